"""Looks at a finished site as a stranger would: pages that lead nowhere, requests to others, tags that must be there.

The build has checked its own links already; this reads what is about to be published, whoever wrote it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADS = {
    "img": "src",
    "script": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
    "object": "data",
}
LINKS = {"a": "href", "area": "href"}
FETCHED = frozenset({"stylesheet", "icon", "preload", "modulepreload"})
ALONE = "404.html"  # is shown at any address: its links are of the whole site


class _Page(HTMLParser):
    """What a page points to, what it loads, and what its head says."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: set[str] = set()
        self.loads: set[str] = set()
        self.ids: set[str] = set()
        self.metas: set[str] = set()
        self.hidden = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if "id" in found:
            self.ids.add(found["id"])
        if tag in LINKS and LINKS[tag] in found:
            self.links.add(found[LINKS[tag]])
        elif tag in LOADS and LOADS[tag] in found:
            self.loads.add(found[LOADS[tag]])
        elif tag == "link" and set(found.get("rel", "").split()) & FETCHED:
            self.loads.add(found.get("href", ""))
        elif tag == "meta":
            self.metas.add(found.get("name") or found.get("http-equiv", ""))
            self.hidden |= found.get("name") == "robots" and "noindex" in found.get("content", "")


def problems(site: Path, *, demonstration: bool = False) -> Iterator[str]:
    """What must not be published, in words. A ``demonstration`` must not be found by search engines."""
    names = {p.relative_to(site).as_posix() for p in site.rglob("*") if p.is_file()}
    ids: dict[str, set[str]] = {}
    pages: dict[str, _Page] = {}
    for name in sorted(n for n in names if n.endswith(".html")):
        page = _Page()
        page.feed((site / name).read_text(encoding="utf-8"))
        pages[name], ids[name] = page, page.ids
    for name, page in pages.items():
        yield from (f"{name} 从别的网站加载 {url}" for url in sorted(page.loads) if _foreign(url))
        if "Content-Security-Policy" not in page.metas:
            yield f"{name} 没有内容安全策略"
        if demonstration and not page.hidden:
            yield f"{name} 是演示站的一页,没有写明不让搜索引擎收录"
        if name == ALONE:
            continue
        for url in sorted(page.links | page.loads):
            if not _foreign(url) and (lost := _lost(name, url, names, ids)):
                yield f"{name} 的链接 {lost}"


def _foreign(url: str) -> bool:
    parts = urlsplit(url)
    return bool(parts.scheme and parts.scheme != "data") or bool(parts.netloc)


def _lost(page: str, url: str, names: set[str], ids: dict[str, set[str]]) -> str:
    """What is wrong with a link; empty if it leads somewhere."""
    parts = urlsplit(url)
    if parts.scheme == "data":
        return ""
    target = page
    if parts.path:
        joined = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(parts.path)))
        target = "" if joined == "." else joined
        if parts.path.endswith("/") or target == "" or target not in names:
            target = posixpath.join(target, "index.html")
    if target not in names:
        return f"{url} 没有通到哪里"
    fragment = unquote(parts.fragment)
    return f"{url} 指着页面里没有的位置" if fragment and fragment not in ids.get(target, {fragment}) else ""
