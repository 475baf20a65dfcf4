"""The staged tree built by Zensical, and compared with the same tree built by MkDocs.

Material for MkDocs ends in 2027; Zensical reads the same mkdocs.yml and the same overrides. As long as both
give the same pages, figures and internal links, moving is a matter of one module.

    python tests/zensical.py [folder of mkdocs.yml]
"""

from __future__ import annotations

import os
import posixpath
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from lxml import html

SHOWN = 5
FRAME = ("portal-name", "portal-nav", "portal-footer", "crumbs")


class EngineError(Exception):
    """An engine is absent or could not build the tree."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reader, or a later release, takes from a page."""

    title: str
    figures: tuple[tuple[str, str, str], ...]
    links: tuple[str, ...]
    current: tuple[str, ...]
    rows: tuple[str, ...]
    text: str


def copy(root: Path, to: Path) -> Path:
    """The configuration, its overrides and the staged tree, below a folder of their own; gives the new root.

    Zensical always writes to the configuration's ``site_dir``, and keeps a cache beside it.
    """
    text = (root / "mkdocs.yml").read_text(encoding="utf-8")
    custom = re.search(r"^  custom_dir: *(\S+)$", text, flags=re.M)
    docs = re.search(r"^docs_dir: *(\S+)$", text, flags=re.M)
    if custom is None or docs is None:
        raise EngineError("mkdocs.yml names no docs_dir or no theme.custom_dir")
    to.mkdir(parents=True, exist_ok=True)
    text = text.replace(custom[0], "  custom_dir: overrides").replace(docs[0], "docs_dir: docs")
    text = re.sub(r"^site_dir: .*$", "site_dir: site", text, flags=re.M)
    (to / "mkdocs.yml").write_text(text, encoding="utf-8")
    shutil.copytree(root / docs[1], to / "docs")
    shutil.copytree(root / custom[1], to / "overrides")
    return to


def build(root: Path, out: Path) -> None:
    """Builds the tree of ``root/mkdocs.yml`` with Zensical into ``out``. That it is not there is an error."""
    try:
        metadata.version("zensical")
    except metadata.PackageNotFoundError:
        raise EngineError("zensical is not installed; the comparison cannot be left out") from None
    _run("zensical", root, out, ("build", "--config-file", "mkdocs.yml", "--clean"))


def build_mkdocs(root: Path, out: Path) -> None:
    """The same with MkDocs, as anybody would run it."""
    _run("mkdocs", root, out, ("build", "--quiet"))


def _run(engine: str, root: Path, out: Path, arguments: tuple[str, ...]) -> None:
    with tempfile.TemporaryDirectory() as name:
        copied = copy(root, Path(name) / "tree")
        done = subprocess.run(
            [sys.executable, "-m", engine, *arguments],
            cwd=copied,
            env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        if done.returncode or not (copied / "site/index.html").is_file():
            raise EngineError(f"{engine} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        if re.search(r"\b(warning|error)\b", done.stdout + done.stderr, flags=re.I):
            raise EngineError(f"{engine} complained:\n{done.stdout}\n{done.stderr}")
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(copied / "site", out)


def compare(mkdocs_site: Path, zensical_site: Path) -> list[str]:
    """Every way in which the two sites differ for a reader; empty when they do not."""
    one, other = pages(mkdocs_site), pages(zensical_site)
    problems = [f"{p}: only MkDocs made it" for p in sorted(one - other)]
    problems += [f"{p}: only Zensical made it" for p in sorted(other - one)]
    for page in sorted(one & other):
        left, right = see(mkdocs_site, page), see(zensical_site, page)
        for field in Seen.__dataclass_fields__:
            a, b = getattr(left, field), getattr(right, field)
            if a != b:
                problems.append(f"{page}: {field} differ: {_difference(a, b)}")
    return problems


def pages(site: Path) -> set[str]:
    """Addresses of a site's pages. The 404 page is none: it has no place in the tree."""
    return {p.relative_to(site).as_posix() for p in site.rglob("*.html")} - {"404.html"}


def see(site: Path, page: str) -> Seen:
    """What counts of one page: figures, links and words of the content, of the nav around it, and the title."""
    tree = html.fromstring((site / page).read_bytes(), parser=html.HTMLParser(encoding="utf-8"))
    found = tree.xpath("//*[@id='content']")
    if not found:
        raise EngineError(f"{page} has no #content")
    content = found[0]
    frame = [e for name in FRAME for e in tree.xpath(f"//*[contains(@class, '{name}')]/descendant-or-self::a")]
    return Seen(
        title="".join(tree.xpath("//title/text()")).strip(),
        figures=tuple((d.get("data-figure"), d.get("value"), words(d)) for d in content.xpath(".//data[@data-figure]")),
        links=tuple(resolve(page, a) for a in [*frame, *content.xpath(".//article//*[@href or @action]")]),
        current=tuple(words(a) for a in tree.xpath("//*[contains(@class, 'portal-nav')]//*[@aria-current]")),
        rows=tuple(content.xpath(".//@data-row")),
        text=words(content),
    )


def words(element: Any) -> str:
    """What is read in an element, white space aside."""
    return " ".join(" ".join(element.itertext()).split())


def resolve(page: str, tag: Any) -> str:
    """A link's target as a path below the site, with ``index.html`` spelled out; other sites' stay as they are."""
    href = tag.get("href") or tag.get("action") or ""
    parts = urlsplit(href)
    if parts.scheme or parts.netloc:
        return href
    path = unquote(parts.path)
    here = posixpath.dirname(page)
    target = posixpath.normpath(posixpath.join("/", here, path)) if path else f"/{page}"
    if path.endswith(("/", ".")):
        target = posixpath.join(target, "index.html")
    return target + (f"#{unquote(parts.fragment)}" if parts.fragment else "")


def _difference(one: object, other: object) -> str:
    if isinstance(one, tuple) and isinstance(other, tuple):
        here, there = Counter(one), Counter(other)
        lost, gained = list((here - there).elements()), list((there - here).elements())
        if lost or gained:
            return f"only MkDocs {lost[:SHOWN]}, only Zensical {gained[:SHOWN]}"
        return "the same ones in another order"
    start = next((i for i, (a, b) in enumerate(zip(str(one), str(other), strict=False)) if a != b), 0)
    return f"{str(one)[max(0, start - 20) : start + 40]!r} against {str(other)[max(0, start - 20) : start + 40]!r}"


def main(arguments: list[str]) -> int:
    """Builds both and says how they differ."""
    root = Path(arguments[0] if arguments else ".").resolve()
    with tempfile.TemporaryDirectory() as name:
        one, other = Path(name) / "mkdocs", Path(name) / "zensical"
        try:
            build_mkdocs(root, one)
            build(root, other)
        except EngineError as error:
            sys.stderr.write(f"{error}\n")
            return 1
        problems = compare(one, other)
        sys.stdout.write("".join(f"{p}\n" for p in problems) or f"{len(pages(one))} pages agree\n")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
