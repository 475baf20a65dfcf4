"""The staged tree is anybody's: MkDocs alone gives our bytes, Zensical the same site; and it works below any path."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from lxml import html

from generator import settings
from tests import zensical
from tests.sites import Built, Server, resolve, serving

BOTH = pytest.mark.parametrize("name", ["shipped", "sichuan"])
PREFIX = "/a/b/c/"
OUTSIDE = re.compile(r"[a-z]+:|//")


@pytest.fixture
def built(request: pytest.FixtureRequest, name: str) -> Built:
    found: Built = request.getfixturevalue(name)
    return found


@pytest.fixture
def server(built: Built) -> Iterator[Server]:
    yield from serving(built.site, PREFIX)


@pytest.fixture
def visit(server: Server) -> Iterator[Visit]:
    with contextlib.closing(http.client.HTTPConnection(*server.server_address[:2], timeout=60)) as connection:
        yield Visit(server.url, connection)


def address(built: Built) -> str:
    """Where the site says that it is on the web; empty while it does not."""
    return settings.load(built.root / "mkdocs.yml").identity.base_url


@BOTH
def test_plain_mkdocs_gives_the_same_bytes(built: Built, tmp_path: Path) -> None:
    options = ("--strict", "--quiet", "-f", str(built.root / "mkdocs.yml"), "-d", str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", *options],
        cwd=tmp_path,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    ours = {p.relative_to(built.site).as_posix(): p for p in built.site.rglob("*") if p.is_file()}
    theirs = {p.relative_to(tmp_path).as_posix(): p for p in tmp_path.rglob("*") if p.is_file()}
    # The manifest is the program's own; a sitemap of a demonstration, or without an address, is not ours.
    assert {p for p in ours if p not in theirs} <= {"portal-manifest.json"}
    assert {p for p in theirs if p.endswith((".html", ".csv", ".json")) and p not in ours} == set()
    different = {p for p in ours.keys() & theirs.keys() if ours[p].read_bytes() != theirs[p].read_bytes()}
    # These begin with the site's address, which our program hands to MkDocs and MkDocs alone does not know.
    assert different == ({"404.html", "sitemap.xml"} if address(built) else set())
    assert sum(p.endswith(".html") for p in ours) == len(built.pages) + 1


@BOTH
def test_zensical_agrees(built: Built, tmp_path: Path) -> None:
    zensical.build(built.root, tmp_path / "zensical")
    assert zensical.compare(built.site, tmp_path / "zensical") == []


# --- links ------------------------------------------------------------------------------------------------


def references(tree: Any) -> Iterator[tuple[str, str]]:
    """(attribute, address) of everything that a page points to or loads."""
    for element in tree.iter():
        for attribute in ("href", "src", "action", "poster", "data", "srcset", "xlink:href"):
            if isinstance(element.tag, str) and attribute in element.attrib:
                yield attribute, element.get(attribute)


@BOTH
def test_links_are_relative_and_stay_inside(built: Built) -> None:
    outside = set()
    for page in built.pages:
        for _, link in references(built.tree(page)):
            if OUTSIDE.match(link):
                outside.add(link)
            else:
                assert not link.startswith("/"), (page, link)
                assert ".." not in resolve(page, link)[0], (page, link)
                assert link.count("../") <= page.count("/"), (page, link)
    own = address(built)  # canonical links and share cards
    assert {u for u in outside if not own or not u.startswith(own)} <= {s["网址"] for s in built.rows("sources")}


@BOTH
def test_style_sheets_and_scripts_load_nothing_from_outside(built: Built) -> None:
    for file in built.site.rglob("*.css"):
        for address in re.findall(r"(?:url\(|@import)\s*[\"']?([^\"')\s]+)", file.read_text(encoding="utf-8")):
            assert address.startswith(("data:", "#")) or (file.parent / address).is_file(), (file.name, address)


class Visit:
    """What a visitor gets, each address once."""

    def __init__(self, home: str, connection: http.client.HTTPConnection) -> None:
        self.home, self.connection = home, connection
        self.seen: dict[str, tuple[int, str, bytes]] = {}

    def get(self, url: str) -> tuple[int, str, bytes]:
        """Status, kind and body of an address."""
        if url not in self.seen:
            self.connection.request("GET", urlsplit(url).path)
            answer = self.connection.getresponse()
            self.seen[url] = (answer.status, answer.getheader("Content-Type", ""), answer.read())
        return self.seen[url]


@BOTH
def test_below_a_path_every_link_arrives(built: Built, visit: Visit) -> None:
    waiting, ids, links = [visit.home], {}, set()
    while waiting:
        url = waiting.pop()
        if url in ids:
            continue
        status, kind, body = visit.get(url)
        assert status == 200, url
        tree = html.fromstring(body) if kind.startswith("text/html") else None
        ids[url] = {e.get("id") for e in tree.iter() if isinstance(e.tag, str)} if tree is not None else set()
        for _, link in references(tree) if tree is not None else ():
            target = urljoin(url, link)
            if target.startswith(f"http://{urlsplit(visit.home).netloc}"):
                assert target.startswith(visit.home), (url, link)
                address, _, fragment = target.partition("#")
                links.add((url, address, unquote(fragment)))
                waiting.append(address)
    broken = {(here, address, f) for here, address, f in links if f and f not in ids[address]}
    assert broken == set()
    reached = {u.removeprefix(visit.home) for u in ids}
    assert reached >= set(built.pages) - orphans(built), "pages that no link leads to"
    assert any(u.endswith(".css") for u in reached)
    assert any(u.endswith(".js") for u in reached)
    assert any(u.endswith(".csv") for u in reached)


def orphans(built: Built) -> set[str]:
    """Origin pages of figures that are only published as JSON: their address is in the file."""
    return {f["href"].split("#")[0] for f in built.figures.values()}


@BOTH
def test_every_file_of_the_site_is_reachable(built: Built, visit: Visit) -> None:
    for file in built.site.rglob("*"):
        if file.is_file() and file.name != "404.html":
            status, _, body = visit.get(visit.home + file.relative_to(built.site).as_posix())
            assert (status, body) == (200, file.read_bytes()), file


@BOTH
def test_an_address_that_is_not_there_gets_the_404_page(built: Built, visit: Visit) -> None:
    status, kind, body = visit.get(f"{visit.home}no/such/page/")
    assert (status, kind) == (404, "text/html; charset=utf-8")
    assert body == (built.site / "404.html").read_bytes()
