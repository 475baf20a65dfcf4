"""Sites that tests look at: each built once per test run, by the command line, and shared by all workers.

The fixtures come to every test through ``conftest.py``. A root is a copy, so that nothing is written in the
project's own folder, and nothing of it is left out: the configuration, hand-written pages, overrides and data.
"""

from __future__ import annotations

import csv
import gzip
import http.server
import json
import os
import posixpath
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from filelock import FileLock
from lxml import html

ROOT = Path(__file__).parent.parent
CASE = Path("tests/cases/sichuan-2021")
HOST = "127.0.0.1"

Row = dict[str, str]

# Titles that mean something to HTML, Markdown, template engines, terminals or spreadsheets, and odd lengths.
HOSTILE = (
    "<script>alert(1)</script>",
    "{{ 7*7 }}{% raw %}{# 注 #}",
    "`a` | b [[x]] ![](y) # --- ::: <!-- &lt; <b>粗</b> **星** _下_ \\n",
    '"><img src=x onerror=alert(2)> \' onclick="alert(3)"',
    "--- # 标题 [链接](javascript:alert(4)) {#id .class} ~~~",
    "\u202e从右到左\u202c和\u200f标记\u200e",
    "长" * 120,
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" + "a" * 40,
    "短",
    "👵🏽👨‍👩‍👧‍👦 老旧小区 🏘️ 改造 ①②③ ☎️",
)

# Everything that a city may say of itself; nothing of it is anybody's. The address is the Sichuan case's own.
SETTINGS = {
    "base_url": "https://www.example.org/minsheng/",
    "office": "某市人民政府办公室",
    "contact": "12345",
    "site_code": '"5100000000"',
    "report": "jiucuo@example.org",
    "icp": "蜀ICP备00000000号",
    "police": "川公网安备 00000000000000号",
    "find_error": "https://www.example.org/find?code=5100000000&to=me",
    "site_mark": "https://www.example.org/mark",
    "mourning": "true",
}


@dataclass(frozen=True)
class Built:
    """A finished site with the root it was built from; pages are parsed once."""

    root: Path
    _trees: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def site(self) -> Path:
        """The out folder."""
        return self.root / "site"

    @property
    def data(self) -> Path:
        """The tables that it was built from."""
        return self.root / "data"

    @cached_property
    def pages(self) -> tuple[str, ...]:
        """Addresses of all pages but 404: ``""``, ``budget/2021/`` and so on."""
        found = (p.relative_to(self.site).as_posix() for p in self.site.rglob("index.html"))
        return tuple(sorted(p.removesuffix("index.html") for p in found))

    @cached_property
    def figures(self) -> dict[str, dict[str, Any]]:
        """Every figure that is published as JSON, by id."""
        index = json.loads((self.site / "data/figures/index.json").read_bytes())
        files = [json.loads((self.site / "data/figures" / f["path"]).read_bytes()) for f in index["files"]]
        return {f["id"]: f for body in files for f in body["figures"]}

    def file(self, page: str) -> Path:
        """The file of a page's address."""
        return self.site / page if page.endswith(".html") else self.site / page / "index.html"

    def tree(self, page: str) -> Any:
        """A page as an lxml tree."""
        if page not in self._trees:
            self._trees[page] = html.fromstring(self.file(page).read_bytes(), parser=html.HTMLParser(encoding="utf-8"))
        return self._trees[page]

    def rows(self, name: str) -> list[Row]:
        """The rows of one of its tables: ``budget/2021``."""
        return read(self.data, name)


def read(folder: Path, name: str) -> list[Row]:
    """The rows of a CSV file as text, by header."""
    with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[Row], columns: list[str] | None = None) -> None:
    """Rows as a CSV file of the kind that the project keeps."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns or list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def resolve(page: str, link: str) -> tuple[str, str]:
    """A link on a page as (path below the site, fragment); a folder keeps its slash, the root is ``""``."""
    parts = urlsplit(link)
    here = page if page.endswith("/") or not page else posixpath.dirname(page) + "/"
    path = posixpath.normpath(posixpath.join("/", here, unquote(parts.path))) if parts.path else f"/{page}"
    if parts.path.endswith(("/", ".")) and not path.endswith("/"):
        path += "/"
    return path.lstrip("/"), unquote(parts.fragment)


def build(root: Path, *options: str) -> str:
    """Builds a root's site through the command line; gives what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "generator", "build", "--config", str(root / "mkdocs.yml"), *options],
        cwd=ROOT,
        env={**os.environ, "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def copy_shipped(to: Path) -> Path:
    """What the shipped site is built from, below a folder; gives its root."""
    to.mkdir(parents=True)
    shutil.copyfile(ROOT / "mkdocs.yml", to / "mkdocs.yml")
    for name in ("data", "docs", "overrides"):
        shutil.copytree(ROOT / name, to / name)
    return to


def copy_sichuan(to: Path) -> Path:
    """What the Sichuan case is built from: its configuration looks for the overrides three folders up."""
    shutil.copytree(ROOT / "overrides", to / "overrides")
    ignored = shutil.ignore_patterns("build", "site")
    return Path(shutil.copytree(ROOT / CASE, to / CASE, ignore=ignored))


def configured(root: Path) -> Path:
    """The root with everything that extra.portal may say."""
    config = root / "mkdocs.yml"
    text = config.read_text(encoding="utf-8")
    for key, value in SETTINGS.items():
        unset = rf'^    {key}: (""|false|{re.escape(value)})'
        text, count = re.subn(unset, f"    {key}: {value}", text, flags=re.MULTILINE)
        assert count == 1, key
    config.write_text(text, encoding="utf-8")
    return root


def copy_hostile(to: Path) -> Path:
    """The shipped site with everything configured, as many projects as there are hostile titles, and the rows that name
    them or none."""
    root = configured(copy_shipped(to))
    projects = read(root / "data", "projects/2021")[: len(HOSTILE)]
    numbers = {p["编号"] for p in projects}
    titles = [{**p, "名称": title} for p, title in zip(projects, HOSTILE, strict=True)]
    for path in (root / "data").glob("*/2021.csv"):
        rows = read(path.parent, path.stem)
        if rows and "项目编号" in rows[0]:
            write(path, [r for r in rows if r["项目编号"] in {*numbers, "不涉及"}], list(rows[0]))
    totals = [r for r in read(root / "data", "control_totals") if "/all/" not in r["指标编号"]]
    corrections = read(root / "data", "corrections")
    kept = [c for c in corrections if c["行"].split("/")[1] in numbers]
    write(root / "data/projects/2021.csv", titles)
    write(root / "data/control_totals.csv", totals)
    write(root / "data/corrections.csv", kept, list(corrections[0]))
    return root


MANY = 300
SILENT = "2021-06"  # a month in which nobody reported a number


def copy_many(to: Path) -> Path:
    """The shipped site with 300 projects in its year: the last has no month at all, and one month has no numbers."""
    root = copy_shipped(to)
    projects, progress = (read(root / "data", f"{name}/2021") for name in ("projects", "project_progress"))
    for name in ("project_progress", "budget"):
        rows = progress if name == "project_progress" else read(root / "data", f"{name}/2021")
        measured = [c for c in rows[0] if "%" in c or "万元" in c or c in ("完成数", "现值")]
        for row in rows:
            if row["截至月份"] == SILENT:
                row.update({c: "未报送" for c in measured if row[c] != "不涉及"})
        write(root / f"data/{name}/2021.csv", rows)
    last = sorted({r["截至月份"] for r in progress})[-2:]
    for number in range(len(projects) + 1, MANY + 1):
        model = projects[number % 28]
        mine = [r for r in progress if r["项目编号"] == model["编号"] and r["截至月份"] in last]
        projects.append({**model, "编号": str(number), "名称": f"{model['名称']}（{number}）"})
        if number < MANY:
            place = mine[0]["区划代码"]
            progress += [{**r, "项目编号": str(number)} for r in mine if r["区划代码"] == place]
    write(root / "data/projects/2021.csv", projects)
    write(root / "data/project_progress/2021.csv", progress)
    return root


def copy_none(to: Path) -> Path:
    """The shipped site without any project: what hangs on none stays, and what was published of the whole."""
    root = copy_shipped(to)
    for path in (root / "data").glob("*/2021.csv"):
        rows = read(path.parent, path.stem)
        if rows and "项目编号" in rows[0]:
            write(path, [r for r in rows if r["项目编号"] == "不涉及"], list(rows[0]))
    for name in ("projects/2021", "corrections"):
        write(root / f"data/{name}.csv", [], list(read(root / "data", name)[0]))
    totals = read(root / "data", "control_totals")
    write(root / "data/control_totals.csv", [r for r in totals if "/all/" in r["指标编号"]])
    return root


Factory = pytest.TempPathFactory


def shared(factory: Factory, name: str, prepare: Callable[[Path], Path]) -> Built:
    """The site of that name, prepared and built by whichever worker comes first."""
    base = factory.getbasetemp()
    base = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    place = base / f"shared-{name}"
    with FileLock(base / f"shared-{name}.lock"):
        said = place.with_suffix(".json")
        if not said.is_file():
            shutil.rmtree(place, ignore_errors=True)
            root = prepare(place)
            build(root)
            said.write_text(json.dumps(str(root)), encoding="utf-8")
        return Built(Path(json.loads(said.read_text(encoding="utf-8"))))


def warmed(built: Built, copy: Callable[[Path], Path]) -> Callable[[Path], Path]:
    """A copy that begins with the pictures of a site that is built: most of its own are the same, and drawn once."""

    def prepare(place: Path) -> Path:
        root = copy(place)
        shutil.copytree(built.root / "build/cache", root / "build/cache")
        return root

    return prepare


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: Factory) -> Built:
    """The site that ships."""
    return shared(tmp_path_factory, "shipped", copy_shipped)


@pytest.fixture(scope="session")
def sichuan(tmp_path_factory: Factory) -> Built:
    """The Sichuan case, official throughout."""
    return shared(tmp_path_factory, "sichuan", copy_sichuan)


@pytest.fixture(scope="session")
def hostile(shipped: Built, tmp_path_factory: Factory) -> Built:
    """The shipped site with hostile project titles."""

    return shared(tmp_path_factory, "hostile", warmed(shipped, copy_hostile))


@pytest.fixture(scope="session")
def many(shipped: Built, tmp_path_factory: Factory) -> Built:
    """The shipped site with 300 projects."""
    return shared(tmp_path_factory, "many", warmed(shipped, copy_many))


@pytest.fixture(scope="session")
def none(shipped: Built, tmp_path_factory: Factory) -> Built:
    """The shipped site without projects."""
    return shared(tmp_path_factory, "none", warmed(shipped, copy_none))


# --- a server -----------------------------------------------------------------------------------------------


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder below a path, compressed as a city's web server would, and 404.html where nothing is."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are written apart: without it each answer waits for a receipt
    server: Server

    def do_GET(self) -> None:
        """Answers with a file, a redirect to its folder, or the 404 page."""
        path = unquote(urlsplit(self.path).path)
        file = self.server.find(path)
        status = 200
        if file and file.is_dir() and not path.endswith("/"):
            self.send_response(301)
            self.send_header("Location", posixpath.basename(path) + "/")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        file = file / "index.html" if file and file.is_dir() else file
        if file is None or not file.is_file():
            status, file = 404, self.server.folder / "404.html"
        self._send(status, file)

    def _send(self, status: int, file: Path) -> None:
        body = file.read_bytes()
        kind = self.guess_type(str(file))
        text = kind.startswith("text/") or kind.endswith(("json", "javascript", "xml"))
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if text else kind)
        self.send_header("Cache-Control", "no-cache" if kind == "text/html" else "max-age=31536000")
        if text and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, 6, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Says nothing."""


class Server(http.server.ThreadingHTTPServer):
    """A site on loopback, below ``prefix``."""

    daemon_threads = True

    def __init__(self, folder: Path, prefix: str = "/") -> None:
        super().__init__((HOST, 0), Handler)
        self.folder, self.prefix = folder, prefix

    @property
    def url(self) -> str:
        """Where the site's home page is."""
        return f"http://{HOST}:{self.server_address[1]}{self.prefix}"

    def find(self, path: str) -> Path | None:
        """What an address below the prefix stands for; nothing outside of it is there."""
        if not path.startswith(self.prefix):
            return None
        found = (self.folder / path[len(self.prefix) :]).resolve()
        return found if found.is_relative_to(self.folder.resolve()) and found.exists() else None

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that went away is no error."""


def serving(folder: Path, prefix: str = "/") -> Iterator[Server]:
    """A running server, stopped in the end; for fixtures."""
    with Server(folder, prefix) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
