"""Pages on loopback on which workbooks are dropped, mends and questions read, and a yes writes.

The only module that knows Flask. Everything is below an address that nobody can guess, only for loopback's own hosts,
and what changes something must come from these pages. An upload lives in memory until it is answered; of a file that is
refused nothing is kept, here or in the working files.
"""

from __future__ import annotations

import base64
import hashlib
import io
import secrets
import socket
import threading
import webbrowser
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import jinja2
from flask import Flask, Request, Response, abort, request, send_file
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from generator import contract, pipeline, report_file, template
from generator.errors import PortalError, UsageError
from generator.intake import layout, take, told
from generator.intake.take import Intake, Options
from generator.model import Level, Problem
from generator.settings import Settings
from generator.store import Work
from generator.subject import Subject

HERE = Path(__file__).parent
HOST = "127.0.0.1"
LARGEST = 100_000_000  # bytes of one upload, all files together
FILLS = 4  # columns of one value that can be given
PARTS = {"desk.css": "text/css", "desk.js": "text/javascript"}
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",  # without a referrer a form's Origin would be null
    "X-Content-Type-Options": "nosniff",
}
FAILED = {
    400: "这个请求看不懂。",
    403: "只能从本机打开的这个页面里操作。",
    404: "没有这个页面。",
    405: "没有这个页面。",
}

Say = Callable[[str], None]


class _Request(Request):
    """Keeps uploads in memory: nothing of them is put on disk before a yes."""

    def _get_file_stream(self, *_of: Any, **_what: Any) -> IO[bytes]:
        return io.BytesIO()


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An intake that waits for its answer."""

    token: str
    intake: Intake
    asked: tuple[str, ...]  # the words of each question


class Desk:
    """What the pages do. ``settings`` are read anew each time: the configuration may change while the desk is open."""

    def __init__(self, settings: Callable[[], Settings], subjects: Callable[[], Sequence[Subject]]) -> None:
        self._settings, self._subjects = settings, subjects
        self._waiting: _Waiting | None = None
        self._one = threading.Lock()
        folder = jinja2.FileSystemLoader(HERE)
        self._env = jinja2.Environment(loader=folder, autoescape=True, trim_blocks=True, lstrip_blocks=True)

    def _page(self, name: str, status: int = 200, **data: Any) -> tuple[str, int]:
        site = self._settings().identity.site_name
        return self._env.get_template("desk.html.j2").render(page=name, site=site, **data), status

    def home(self) -> tuple[str, int]:
        """Where files are dropped, workbooks to be filled in are found, and the state of the data is told."""
        found = contract.load(self._settings().data)
        return self._page("home", tables=found.tables(), units=layout.MONEY_UNITS, fills=range(FILLS))

    def look(self, files: Sequence[FileStorage], form: Mapping[str, str]) -> tuple[str, int]:
        """Reads what was dropped, and shows what it would make of the data."""
        sent = [(_name(file.filename), file.stream.read()) for file in files if file.filename]
        if not sent:
            return self.told("没有选文件。请先选一个或几个表格文件。", 400)
        with self._one:
            self._waiting = None
            chosen = self._settings()
            intake = take.read(contract.load(chosen.data), self._subjects(), sent, _options(form), Work(chosen.build))
            asked = tuple(told.grouped(intake.questions))
            token = ""
            if not intake.refused and intake.writes:
                self._waiting = _Waiting(secrets.token_urlsafe(16), intake, asked)
                token = self._waiting.token
        return self._page("look", intake=intake, sent=[_shown(s) for s in intake.sent], asked=asked, token=token)

    def write(self, form: Mapping[str, str]) -> tuple[str, int]:
        """Writes what was shown, once every question has its yes."""
        with self._one:
            waiting, self._waiting = self._waiting, None
            if waiting is None or not secrets.compare_digest(form.get("token", ""), waiting.token):
                return self.told("这一批已经处理过了,或者后来又放了别的文件。请重新放一次。", 409)
            if any(form.get(f"yes{i}") != "1" for i in range(len(waiting.asked))):
                return self.told("还有没回答的问题,什么也没有写。请重新放一次,每一条都看过再写。", 400)
            chosen = self._settings()
            written = take.write(waiting.intake, chosen.data, chosen.build)
        return self._page("written", written=[f"{chosen.data.name}/{path}" for path in written])

    def drop(self) -> tuple[str, int]:
        """Forgets what was shown."""
        with self._one:
            self._waiting = None
        return self.told("没有写入,来件也没有留下。")

    def report(self) -> Response:
        """The check's report on the data as they are; its looks are inside, and allowed by what they are."""
        found = pipeline.checked(self._settings(), self._subjects(), None, lambda text: None)
        content = report_file.page(found.problems, self._subjects())
        looks = content.partition(b"<style>")[2].partition(b"</style>")[0]
        allowed = base64.b64encode(hashlib.sha256(looks).digest()).decode()
        policy = POLICY.replace("style-src", f"style-src 'sha256-{allowed}'")
        return Response(content, mimetype="text/html", headers={"Content-Security-Policy": policy})

    def template(self, name: str) -> tuple[str, bytes]:
        """(file name, content) of a table's workbook to be filled in; raises ``UsageError`` for no such table."""
        chosen = self._settings()
        found = contract.load(chosen.data)
        (table,) = found.chosen([name])
        tables = pipeline.checked(chosen, self._subjects(), None, lambda text: None).tables
        year = max((r.year for r in found.of(table.id) if r.year), default=2000)
        return f"{table.title}.xlsx", template.workbook(table, tables, year)

    def told(self, text: str, status: int = 200) -> tuple[str, int]:
        """A page that says one thing."""
        return self._page("told", status, text=text)


def _name(name: str | None) -> str:
    """The file's own name, without folders that a browser may send."""
    return (name or "").replace("\\", "/").rpartition("/")[2]


def _options(form: Mapping[str, str]) -> Options:
    fills = {form.get(f"column{i}", "").strip(): form.get(f"value{i}", "").strip() for i in range(FILLS)}
    return Options(
        table=form.get("table") or None,
        sheet=form.get("sheet", "").strip() or None,
        unit=form.get("unit") or None,
        fills={column: value for column, value in fills.items() if column},
        delete=form.get("delete") == "1",
    )


def _shown(sent: take.Sent) -> dict[str, Any]:
    """A file as a page shows it."""
    levels: dict[Level, list[Problem]] = {level: [] for level in Level}
    for problem in sent.all():
        levels[problem.level].append(problem)
    return {
        "name": sent.name,
        "parts": [{"table": p.table.title, "sheet": p.grid.sheet, "rows": len(p.raw.rows)} for p in sent.parts],
        "errors": levels[Level.ERROR], "warnings": levels[Level.WARNING], "notes": levels[Level.NOTE],
        "left": sorted((x for p in sent.parts for x in p.left), key=lambda x: x.row),
    }  # fmt: skip


def app(desk: Desk, secret: str, port: int) -> Flask:
    """The desk as a WSGI application at ``http://127.0.0.1:port/secret/``."""
    made = Flask("portal-desk", static_folder=None)
    made.request_class = _Request
    made.config["MAX_CONTENT_LENGTH"] = LARGEST
    hosts = {f"{HOST}:{port}", f"localhost:{port}"}

    @made.before_request
    def guarded() -> None:
        if request.host not in hosts:
            abort(403)
        if request.method == "POST" and request.headers.get("Origin") not in {f"http://{host}" for host in hosts}:
            abort(403)

    @made.after_request
    def headed(answer: Response) -> Response:
        policy = answer.headers.get("Content-Security-Policy", POLICY)
        answer.headers.update({**HEADERS, "Content-Security-Policy": policy})
        return answer

    @made.errorhandler(Exception)
    def failed(error: Exception) -> tuple[str, int]:
        if isinstance(error, RequestEntityTooLarge):
            return desk.told(f"文件太大了,一次最多 {LARGEST // 1_000_000} MB。", 413)
        if isinstance(error, HTTPException):
            code = error.code or 500
            return FAILED.get(code, "没有完成。"), code
        if isinstance(error, PortalError):
            return desk.told(str(error), 400 if isinstance(error, UsageError) else 500)
        return desk.told(f"程序出错:{type(error).__name__}。数据没有改动。请把这句话告诉管程序的同事。", 500)

    base = f"/{secret}/"
    made.add_url_rule(base, "home", desk.home)
    made.add_url_rule(
        f"{base}look", "look", lambda: desk.look(request.files.getlist("files"), request.form), methods=["POST"]
    )
    made.add_url_rule(f"{base}write", "write", lambda: desk.write(request.form), methods=["POST"])
    made.add_url_rule(f"{base}drop", "drop", desk.drop, methods=["POST"])
    made.add_url_rule(f"{base}report", "report", desk.report)
    made.add_url_rule(f"{base}template/<name>", "template", lambda name: _workbook(*desk.template(name)))
    made.add_url_rule(f"{base}<any({','.join(PARTS)}):name>", "part", lambda name: send_file(HERE / name, PARTS[name]))
    return made


def _workbook(name: str, content: bytes) -> Response:
    return send_file(io.BytesIO(content), as_attachment=True, download_name=name)


class _Quiet(WSGIRequestHandler):
    """Says nothing of single requests: their addresses hold the secret."""

    def log(self, *_said: Any) -> None:
        return


def serve(
    settings: Callable[[], Settings], subjects: Callable[[], Sequence[Subject]], port: int
) -> tuple[BaseWSGIServer, str]:
    """The server, not yet running, and the address to open. Raises ``UsageError`` when the port is taken."""
    settings()
    secret = secrets.token_urlsafe(12)
    try:
        with socket.create_server((HOST, port)):
            pass  # werkzeug would end the process, with words of its own
    except OSError:
        raise UsageError(f"端口 {port} 已被占用。请用 --port 换一个。") from None
    server = make_server(HOST, port, lambda environ, start: [], threaded=True, request_handler=_Quiet)
    server.app = app(Desk(settings, subjects), secret, server.server_port)
    return server, f"http://{HOST}:{server.server_port}/{secret}/"


def run(
    settings: Callable[[], Settings], subjects: Callable[[], Sequence[Subject]], port: int, say: Say, *, show: bool
) -> None:
    """Serves until it is stopped; ``show`` opens the address in the browser."""
    server, address = serve(settings, subjects, port)
    with server:
        say(f"收表台在 {address} ,只有本机能打开。用完按 Ctrl+C,或者关掉这个窗口。")
        if show:
            webbrowser.open(address)
        server.serve_forever()
