"""``portal preview``: the site on loopback, rebuilt and reloaded when something it is made from changes."""

from __future__ import annotations

import http.server
import io
import json
import re
import sys
import threading
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO
from urllib.parse import parse_qs, urlsplit

import jinja2
from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

from generator import pipeline, records, report, report_file, stale
from generator.diff.changes import pages_between
from generator.errors import PortalError, UsageError
from generator.files import cause
from generator.making import Kept
from generator.settings import Settings
from generator.subject import Subject

HERE = Path(__file__).parent
HOST = "127.0.0.1"
HTML = "text/html; charset=utf-8"
RELOAD = "/__portal__/reload.js"
STYLE = "/__portal__/preview.css"
CHANGES = "/__portal__/changes"
PROBLEMS = "/__portal__/problems"  # what is wrong, while something is
DIFFERS = "/__portal__/differs"  # which pages differ from the last release
# Reading is no change, and a build reads so many files that news of it would fill the system's queue.
WRITTEN: list[type[FileSystemEvent]] = [
    FileCreatedEvent, FileModifiedEvent, FileClosedEvent, FileMovedEvent, FileDeletedEvent,
    DirCreatedEvent, DirMovedEvent, DirDeletedEvent,
]  # fmt: skip
QUIET = 0.2  # seconds without a further event before a rebuild: editors save in several steps
PATIENCE = 20.0  # seconds that a browser's question is kept open
# A page reloads when the site has changed. Problems come to the front once; whoever goes back to the last good site is
# left there, and whoever waits on the problems is brought back to the page that was open when they are mended.
SCRIPT = b"""(function ask(n) {
  var here = location.pathname === "%s", back = sessionStorage.getItem("portal-back") || "/";
  if (here) { document.querySelector(".portal-preview a").href = back; }
  var page = here ? new URL(back, location.href).pathname : location.pathname;
  var asked = "%s?after=" + n + "&page=" + encodeURIComponent(page);
  fetch(asked).then(function (r) { return r.json(); }).then(function (a) {
    if (n < 0 || a.number === n) { ask(a.number); return; }
    if (a.problems && !here) { sessionStorage.setItem("portal-back", location.href); location.assign("%s"); return; }
    if (!a.problems && here) { location.assign(back); return; }
    location.reload();
  }).catch(function () { setTimeout(function () { ask(n); }, 1000); });
})(Number(document.currentScript.dataset.number));
""" % (PROBLEMS.encode(), CHANGES.encode(), PROBLEMS.encode())
LOOKS = b""".portal-preview { background: #17211f; color: #fff; font: 14px/1.5 sans-serif; padding: .4rem 1rem; }
.portal-preview a { color: #fff; text-decoration: underline; }
.portal-preview.wrong { background: #962c18; }
.portal-previewed { color: #17211f; font: 16px/1.6 sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
@media print { .portal-preview { display: none; } }
"""
BODY = re.compile(rb"<body[^>]*>")

Say = Callable[[str], None]


class Board:
    """What the browser is told: how often something changed, what is wrong, what differs from the last release.

    ``problems`` is a whole page, ``None`` while nothing is wrong; ``differs`` pages by what happened to them, and
    ``base`` the release that they are compared with. ``early``: pages that are made while the rest of the site is not.
    """

    def __init__(self) -> None:
        self.problems: bytes | None = None
        self.differs: Mapping[str, Sequence[str]] = {}
        self.base = 0
        self.early: Mapping[str, bytes] = {}
        self._number = 0
        self._of_all = 0
        self._of: dict[str, int] = {}  # pages that changed at another time than all others
        self._open: Counter[str] = Counter()
        self._changed = threading.Condition()

    def show(self, early: Mapping[str, bytes]) -> None:
        """The data are right, and some pages are made, while others still are not."""
        with self._changed:
            self._number += 1
            self.problems = None
            self.early = dict(early)
            self._of |= dict.fromkeys(early, self._number)
            self._changed.notify_all()

    def settle(self, problems: bytes | None, *, changed: bool, spared: Collection[str] = ()) -> None:
        """A build is over. If it changed anything, then on all pages but those that were shown as they are now."""
        with self._changed:
            if changed or problems != self.problems:
                self._number += 1
                self._of = {page: self._of[page] for page in spared}
                self._of_all = self._number
            self.problems, self.early = problems, {}
            self._changed.notify_all()

    def number(self, page: str) -> int:
        """When a page last changed, counted in changes."""
        return self._of.get(page, self._of_all)

    def looked_at(self) -> set[str]:
        """The pages that somebody has open."""
        with self._changed:
            return set(+self._open)

    def after(self, seen: int, page: str) -> dict[str, object]:
        """How things are on a page, at once if they are not as seen, else when they change or patience ends."""
        with self._changed:
            self._open[page] += 1
            self._changed.wait_for(lambda: self.number(page) != seen, timeout=PATIENCE)
            self._open[page] -= 1
            return {"number": self.number(page), "problems": self.problems is not None}

    def bar(self, path: str) -> bytes:
        """The line on top of a page: that it is not up to date, or differs from what is published; empty without."""
        if self.problems is not None:
            return _bar(f'数据有错误,这是上一次的网站。<a href="{PROBLEMS}">看错误</a>', wrong=True)
        count = sum(map(len, self.differs.values()))
        if not count:
            return b""
        words = next((w for w, pages in _words(self.differs).items() if path in pages and w != "去掉的页面"), "")
        mine = f"本页是{words.removesuffix('的页面')}的。" if words else "本页和上一次发布一样。"
        return _bar(f'{mine}和第 {self.base} 次发布相比有 {count} 页不同。<a href="{DIFFERS}">看清单</a>', wrong=False)


def _words(differs: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    names = {"added": "新增的页面", "changed": "改动的页面", "removed": "去掉的页面"}
    return {word: differs.get(name, ()) for name, word in names.items()}


def _bar(html: str, *, wrong: bool) -> bytes:
    style = "portal-preview wrong" if wrong else "portal-preview"
    return f'<link rel="stylesheet" href="{STYLE}"><div class="{style}" role="note">{html}</div>'.encode()


def _page(address: str) -> str:
    """A page by the path of its address: ``/budget/2021/`` is ``budget/2021/``."""
    return address.removeprefix("/").removesuffix("index.html")


def listed(title: str, said: str = "", differs: Mapping[str, Sequence[str]] | None = None) -> bytes:
    """A page of the preview's own."""
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(HERE / "templates"), autoescape=True)
    lists = list(_words(differs or {}).items())
    page = environment.get_template("preview.html.j2").render(title=title, said=said, lists=lists, style=STYLE)
    return page.encode()


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the out folder, with the reload script added to pages as they leave; nothing on disk is touched."""

    def __init__(self, *args: object, board: Board, **kwargs: object) -> None:
        self.board = board
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """The answer to a request; only this machine's own names are answered."""
        host = (self.headers.get("Host") or "").rsplit(":", 1)[0]
        if host not in (HOST, "localhost"):
            self.send_error(HTTPStatus.FORBIDDEN)
            return None
        address = urlsplit(self.path)
        if address.path.startswith("/__portal__/"):
            return self._own(address.path, address.query)
        asked = _page(address.path)
        number = self.board.number(asked)  # before the page is read: one that changes meanwhile asks and is told
        if (early := self.board.early.get(asked)) is not None:
            return self._answer(self._with_script(early, asked, number), HTML)
        file = Path(self.translate_path(self.path))
        page = file / "index.html" if file.is_dir() and address.path.endswith("/") else file
        if page.suffix == ".html" and page.is_file():
            shown = page.relative_to(self.directory).as_posix().removesuffix("index.html")
            return self._answer(self._with_script(page.read_bytes(), shown, number), HTML)
        if not file.exists() and (lost := Path(self.directory) / "404.html").is_file():
            return self._answer(self._with_script(lost.read_bytes()), HTML, HTTPStatus.NOT_FOUND)
        return super().send_head()

    def _own(self, path: str, query: str) -> io.BytesIO:
        """What the preview itself has to say."""
        board = self.board
        if path == RELOAD:
            return self._answer(SCRIPT, "text/javascript")
        if path == STYLE:
            return self._answer(LOOKS, "text/css")
        if path == CHANGES:
            asked = parse_qs(query)
            seen, page = (asked.get(name, [""])[0] for name in ("after", "page"))
            found = board.after(int(seen) if seen.isdecimal() else -1, _page(page))
            return self._answer(json.dumps(found).encode(), "application/json")
        if path == PROBLEMS:
            own = board.problems or listed("没有错误", "网站是最新的。")
        else:
            own = listed(f"和第 {board.base} 次发布不同的页面" if board.base else "还没有发布过", "", board.differs)
        back = '<p class="portal-preview"><a href="/">看网站</a></p>'.encode()
        looks = f'<link rel="stylesheet" href="{STYLE}">'.encode()
        own = BODY.sub(lambda m: m[0] + looks + back, own, count=1)
        return self._answer(self._with_script(own), HTML)

    def _with_script(self, html: bytes, path: str | None = None, number: int = -1) -> bytes:
        """A page as it leaves: with the script, and with the line on top if it is one of the site's."""
        tag = f'<script src="{RELOAD}" data-number="{number}"></script></body>'.encode()
        if path is not None and (bar := self.board.bar(path)):
            html = BODY.sub(lambda m: m[0] + bar, html, count=1)
        return html.replace(b"</body>", tag, 1)

    def _answer(self, body: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK) -> io.BytesIO:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        return io.BytesIO(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that it overrides
        """Says nothing: requests are not news to a clerk."""


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Says nothing of a browser that went away before it had its answer; anything else is told as ever."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class Watcher(FileSystemEventHandler):
    """Wakes the rebuild when a file that the site is made from changes."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.event = threading.Event()
        self._own = (settings.build, settings.out)

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Everything counts but our own output and what editors keep beside a file; some save by renaming that."""
        paths = [Path(str(path)) for path in (event.src_path, event.dest_path) if path]
        if any(self._counts(path) for path in paths):
            self.event.set()

    def _counts(self, path: Path) -> bool:
        ours = any(path.is_relative_to(folder) for folder in self._own)
        return not ours and path.suffix not in (".pyc", ".swp") and not path.name.startswith(".")

    def wait(self) -> None:
        """Returns when there was a change and then a quiet moment."""
        while not self.event.wait(QUIET):
            pass  # on Windows, Ctrl+C is seen only between two waits
        while self.event.is_set():
            self.event.clear()
            self.event.wait(QUIET)


def rebuild(
    settings: Settings, subjects: Callable[[], Sequence[Subject]], board: Board, say: Say, kept: Kept | None = None
) -> bool:
    """One build; says whether the site changed. Raises ``PortalError`` and ``OSError``; nothing is shown by halves but
    single pages that are open and whole."""
    outcome = pipeline.build(settings, subjects, kept=kept)
    early = {page: (html, board.bar(page)) for page, html in board.early.items()}
    releases = records.load(settings.data)
    if releases.newest:
        board.base = releases.newest.number
        board.differs = pages_between(releases.listed(releases.newest.pages), outcome.shown)
    looks = any(path.startswith("assets/") for path in outcome.written)
    spared = {
        page for page, shown in early.items()
        if not looks and shown == ((settings.out / page / "index.html").read_bytes(), board.bar(page))
    }  # fmt: skip
    changed = bool(outcome.written or outcome.deleted)
    board.settle(None, changed=changed, spared=spared)
    say("没有变化。" if outcome.nothing else f"已更新:{len(outcome.written)} 个文件,{outcome.pages} 页。")
    return changed


def explain(error: Exception, subjects: Callable[[], Sequence[Subject]], say: Say) -> bytes:
    """Says why a rebuild failed, and gives the page for the browser; the last good site stays."""
    if isinstance(error, pipeline.InputProblems):
        say(report.text(error.problems, subjects()))
        page = report_file.page(error.problems, subjects())
    else:
        said = (
            str(error)
            if isinstance(error, PortalError)
            else f"文件读写出错:{cause(error) if isinstance(error, OSError) else error}"
        )
        say(said)
        page = listed("网站没有更新", said)
    say("网站没有改动,仍是上一次的。")
    return page


def serve(settings: Settings, port: int, board: Board) -> http.server.ThreadingHTTPServer:
    """A server on loopback for the out folder; raises ``UsageError`` when the port is taken."""
    handler = partial(Handler, board=board, directory=str(settings.out))
    try:
        server = _Server((HOST, port), handler)
    except OSError:
        raise UsageError(f"端口 {port} 已被占用,请用 --port 换一个。") from None
    except OverflowError:
        raise UsageError(f"--port 应是 0 到 65535 之间的整数,现在是 {port}。") from None
    return server


def run(load: Callable[[], Settings], subjects: Callable[[], Sequence[Subject]], port: int, say: Say) -> None:
    """Builds, serves and watches until interrupted; ``load`` reads the configuration, anew for each build."""
    settings, code = load(), stale.code()
    pipeline.claim(settings)

    board = Board()
    kept = Kept(looked_at=board.looked_at, ready=board.show)

    def attempt() -> None:
        told: list[str] = []  # said when the browser can be told the same
        try:
            # Keys are made from files: code that was edited and does not run here must not get into them.
            if stale.code() != code:
                raise UsageError("程序的代码改了,请重新启动预览。")
            rebuild(load(), subjects, board, told.append, kept)
        except (PortalError, OSError) as error:
            board.settle(explain(error, subjects, told.append), changed=False)
        for text in told:
            say(text)

    server = serve(settings, port, board)
    watcher, observer = Watcher(settings), Observer()
    folders = {settings.data, settings.docs, settings.overrides, stale.PROGRAM}
    for folder in sorted(f for f in folders if f.is_dir()):
        observer.schedule(watcher, str(folder), recursive=True, event_filter=WRITTEN)
    observer.schedule(watcher, str(settings.root), recursive=False, event_filter=WRITTEN)
    observer.start()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        attempt()
        say(f"预览在 http://{HOST}:{server.server_address[1]}/ ,改了数据会自动更新。按 Ctrl+C 停止。")
        while True:
            watcher.wait()
            attempt()
    finally:
        observer.stop()
        server.shutdown()
        server.server_close()
        observer.join()
