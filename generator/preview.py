"""``portal preview``: the site on loopback, rebuilt and reloaded when something it is made from changes."""

from __future__ import annotations

import http.server
import io
import threading
from collections.abc import Callable, Sequence
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from generator import pipeline, report, stale
from generator.errors import PortalError, UsageError
from generator.settings import Settings
from generator.subject import Subject

HOST = "127.0.0.1"
RELOAD = "/__portal__/reload.js"
CHANGES = "/__portal__/changes"
QUIET = 0.2  # seconds without a further event before a rebuild: editors save in several steps
PATIENCE = 20.0  # seconds that a browser's question is kept open
SCRIPT = b"""(function ask(n) {
  fetch("%s?after=" + n).then(function (r) { return r.text(); }).then(function (t) {
    if (n >= 0 && Number(t) !== n) { location.reload(); } else { ask(Number(t)); }
  }).catch(function () { setTimeout(function () { ask(n); }, 1000); });
})(-1);
""" % CHANGES.encode()

Say = Callable[[str], None]


class Versions:
    """Counts rebuilds; readers wait for the next one."""

    def __init__(self) -> None:
        self.number = 0
        self._changed = threading.Condition()

    def step(self) -> None:
        """One more rebuild is there."""
        with self._changed:
            self.number += 1
            self._changed.notify_all()

    def after(self, seen: int) -> int:
        """The current number, at once if it is not the one seen, else when it changes or patience ends."""
        with self._changed:
            self._changed.wait_for(lambda: self.number != seen, timeout=PATIENCE)
            return self.number


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the out folder, with the reload script added to pages as they leave; nothing on disk is touched."""

    def __init__(self, *args: object, versions: Versions, **kwargs: object) -> None:
        self.versions = versions
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """The answer to a request; only this machine's own names are answered."""
        host = (self.headers.get("Host") or "").rsplit(":", 1)[0]
        if host not in (HOST, "localhost"):
            self.send_error(HTTPStatus.FORBIDDEN)
            return None
        address = urlsplit(self.path)
        if address.path == RELOAD:
            return self._answer(SCRIPT, "text/javascript")
        if address.path == CHANGES:
            seen = address.query.removeprefix("after=")
            number = self.versions.after(int(seen) if seen.isdecimal() else -1)
            return self._answer(str(number).encode(), "text/plain")
        file = Path(self.translate_path(self.path))
        page = file / "index.html" if file.is_dir() and address.path.endswith("/") else file
        if page.suffix == ".html" and page.is_file():
            return self._answer(self._with_script(page.read_bytes()), "text/html; charset=utf-8")
        if not file.exists() and (lost := Path(self.directory) / "404.html").is_file():
            return self._answer(self._with_script(lost.read_bytes()), "text/html; charset=utf-8", HTTPStatus.NOT_FOUND)
        return super().send_head()

    def _with_script(self, html: bytes) -> bytes:
        tag = f'<script src="{RELOAD}"></script></body>'.encode()
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


class Watcher(FileSystemEventHandler):
    """Wakes the rebuild when a file that the site is made from changes."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.event = threading.Event()
        self._own = (settings.build, settings.out)

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Everything but reading, and but our own output, counts."""
        path = Path(str(event.src_path))
        if event.event_type in ("opened", "closed_no_write") or any(path.is_relative_to(p) for p in self._own):
            return
        if path.suffix not in (".pyc", ".swp") and not path.name.startswith("."):
            self.event.set()

    def wait(self) -> None:
        """Returns when there was a change and then a quiet moment."""
        while not self.event.wait(QUIET):
            pass  # on Windows, Ctrl+C is seen only between two waits
        while self.event.is_set():
            self.event.clear()
            self.event.wait(QUIET)


def rebuild(settings: Settings, subjects: Callable[[], Sequence[Subject]], say: Say) -> bool:
    """One build; says whether the site changed. Raises ``PortalError`` and ``OSError``; nothing is shown by halves."""
    outcome = pipeline.build(settings, subjects)
    say("没有变化。" if outcome.nothing else f"已更新:{len(outcome.written)} 个文件,{outcome.pages} 页。")
    return bool(outcome.written or outcome.deleted)


def explain(error: Exception, subjects: Callable[[], Sequence[Subject]], say: Say) -> None:
    """Why a rebuild failed; the last good site stays."""
    if isinstance(error, pipeline.InputProblems):
        say(report.text(error.problems, subjects()))
    else:
        say(str(error) if isinstance(error, PortalError) else f"文件读写出错:{error}")
    say("网站没有改动,仍是上一次的。")


def serve(settings: Settings, port: int, versions: Versions) -> http.server.ThreadingHTTPServer:
    """A server on loopback for the out folder; raises ``UsageError`` when the port is taken."""
    handler = partial(Handler, versions=versions, directory=str(settings.out))
    try:
        server = http.server.ThreadingHTTPServer((HOST, port), handler)
    except OSError:
        raise UsageError(f"端口 {port} 已被占用,请用 --port 换一个。") from None
    except OverflowError:
        raise UsageError(f"--port 应是 0 到 65535 之间的整数,现在是 {port}。") from None
    server.daemon_threads = True
    return server


def run(load: Callable[[], Settings], subjects: Callable[[], Sequence[Subject]], port: int, say: Say) -> None:
    """Builds, serves and watches until interrupted; ``load`` reads the configuration, anew for each build."""
    settings, code = load(), stale.code()
    pipeline.claim(settings)

    def attempt() -> bool:
        try:
            # Keys are made from files: code that was edited and does not run here must not get into them.
            if stale.code() != code:
                say("程序的代码改了,请重新启动预览。")
                return False
            return rebuild(load(), subjects, say)
        except (PortalError, OSError) as error:
            explain(error, subjects, say)
            return False

    versions = Versions()
    server = serve(settings, port, versions)
    watcher, observer = Watcher(settings), Observer()
    folders = {settings.data, settings.docs, settings.overrides, stale.PROGRAM}
    for folder in sorted(f for f in folders if f.is_dir()):
        observer.schedule(watcher, str(folder), recursive=True)
    observer.schedule(watcher, str(settings.root), recursive=False)
    observer.start()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        attempt()
        say(f"预览在 http://{HOST}:{server.server_address[1]}/ ,改了数据会自动更新。按 Ctrl+C 停止。")
        while True:
            watcher.wait()
            if attempt():
                versions.step()
    finally:
        observer.stop()
        server.shutdown()
        server.server_close()
        observer.join()
