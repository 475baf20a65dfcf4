"""``portal preview`` as a process: served on loopback, rebuilt when a file changes, the last good site kept."""

from __future__ import annotations

import contextlib
import dataclasses
import http.client
import json
import queue
import re
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from watchdog.events import FileCreatedEvent, FileModifiedEvent, FileMovedEvent

from generator import pipeline, preview
from generator.errors import UsageError
from generator.making import Kept
from generator.subjects import SUBJECTS
from tests import project
from tests.project import BUDGET
from tests.released import quiet

PATIENCE = 60.0  # bounds a test that would otherwise hang; nothing is measured


@pytest.fixture(scope="session")
def warmed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project.warmed(tmp_path_factory)


class Preview:
    """A running preview: what it says, line by line, and what it answers."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.process = subprocess.Popen(
            [sys.executable, "-m", "generator", "preview", "--port", "0", "--jobs", "1"], cwd=root,
            env=project.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        )  # fmt: skip
        self.lines: queue.Queue[str] = queue.Queue()
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()
        self.port = int(re.findall(r":(\d+)/", self.until("预览在 "))[0])

    def _listen(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))

    def until(self, said: str) -> str:
        """The next line with these words in it."""
        while True:
            line = self.lines.get(timeout=PATIENCE)
            if said in line:
                return line

    def get(self, path: str, host: str | None = None) -> tuple[int, str]:
        """Status and body of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.request("GET", path, headers={"Host": host} if host else {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode("utf-8", errors="replace")

    def state(self, page: str = "/") -> dict[str, object]:
        """How things are, as a page is told."""
        found: dict[str, object] = json.loads(self.get(f"{preview.CHANGES}?after=-1&page={page}")[1])
        return found

    def stop(self) -> int:
        """Ctrl+C; the exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=PATIENCE)

    def close(self) -> None:
        """Ends it, whatever state it is in."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.listener.join()
        for stream in (self.process.stdout, self.process.stderr):
            if stream:
                stream.close()


@pytest.fixture
def running(warmed: Path, tmp_path: Path) -> Iterator[Preview]:
    found = Preview(project.copy(warmed, tmp_path / "project"))
    yield found
    found.close()


def test_a_clerks_afternoon(running: Preview) -> None:
    script = f'<script src="{preview.RELOAD}" data-number="{{}}"></script></body>'
    status, home = running.get("/")
    assert (status, home.count(script.format(running.state()["number"]))) == (200, 1)
    assert running.get(preview.RELOAD)[0] == 200
    assert running.get("/budget/2021/")[0] == 200
    assert running.get("/data/budget/2021.csv")[1].startswith("\ufeff年度,")
    status, lost = running.get("/absent/")
    assert status == 404
    assert "找不到这个页面" in lost
    assert script.format(-1) in lost

    number = running.state()["number"]
    hasty = socket.create_connection(("127.0.0.1", running.port))
    hasty.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # hangs up without a farewell
    hasty.sendall(f"GET {preview.CHANGES}?after={number}&page=/no/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    hasty.close()
    answers: queue.Queue[str] = queue.Queue()
    asked = f"{preview.CHANGES}?after={number}&page=/budget/2021/"
    ask = threading.Thread(target=lambda: answers.put(running.get(asked)[1]), daemon=True)
    ask.start()
    project.replace(running.root / BUDGET, "400,400,360", "400,400,361")
    # The page that is open comes first, all others in one go; it is not called twice.
    assert json.loads(answers.get(timeout=PATIENCE)) == {"number": number + 1, "problems": False}
    assert "991.00" in running.get("/budget/2021/")[1]
    running.until("已更新")
    assert "991.00" in running.get("/budget/2021/")[1]
    assert running.state("/budget/2021/") == {"number": number + 1, "problems": False}
    assert running.state() == {"number": number + 2, "problems": False}
    number += 1

    before = project.tree(running.root / "site")
    project.replace(running.root / BUDGET, "400,400,361", "400,400,约361")
    running.until("不是一个确定的数")
    running.until("仍是上一次的")
    assert project.tree(running.root / "site") == before
    assert "991.00" in running.get("/budget/2021/")[1]
    assert running.state() == {"number": number + 2, "problems": True}
    assert "约361" in running.get(preview.PROBLEMS)[1]
    assert preview.PROBLEMS in running.get("/budget/2021/")[1]

    project.replace(running.root / BUDGET, "400,400,约361", "400,400,362")
    running.until("已更新")
    assert "992.00" in running.get("/budget/2021/")[1]
    assert running.state() == {"number": number + 3, "problems": False}
    assert "没有错误" in running.get(preview.PROBLEMS)[1]
    assert preview.PROBLEMS not in running.get("/budget/2021/")[1]
    # What is on disk is the site itself: the script is added as pages leave.
    assert preview.RELOAD not in (running.root / "site/index.html").read_text(encoding="utf-8")
    assert running.stop() == 0
    assert running.process.stderr
    assert running.process.stderr.read() == ""


def test_what_is_open_is_made_first_and_as_it_will_be(warmed: Path, tmp_path: Path) -> None:
    root = project.copy(warmed, tmp_path / "project")
    chosen, board = project.load(root), preview.Board()
    at_first: dict[str, bytes] = {}
    others: list[bool] = []

    def ready(html: Mapping[str, bytes]) -> None:
        at_first.update(html)
        others.append("720.00" in (root / "site/budget/2021/p01/index.html").read_text(encoding="utf-8"))
        board.show(html)

    kept = Kept(looked_at=lambda: {"budget/2021/", "method/", "data/", "nowhere/"}, ready=ready)
    preview.rebuild(chosen, lambda: SUBJECTS, board, quiet, kept)
    project.replace(root / BUDGET, "400,400,360", "400,400,361")
    with (root / "docs/method.md").open("a", encoding="utf-8") as file:
        file.write("\n又一句。\n")
    assert preview.rebuild(chosen, lambda: SUBJECTS, board, quiet, kept)
    assert sorted(at_first) == ["budget/2021/", "method/"]
    assert others == [True]
    for page, html in at_first.items():
        assert html == (root / "site" / page / "index.html").read_bytes(), page
    assert "991.00" in at_first["budget/2021/"].decode()
    assert "又一句" in at_first["method/"].decode()
    assert "721.00" in (root / "site/budget/2021/p01/index.html").read_text(encoding="utf-8")
    fresh = project.copy(root, tmp_path / "fresh")
    pipeline.build(dataclasses.replace(project.load(fresh), clean=True), lambda: SUBJECTS)
    assert project.files(root / "site") == project.files(fresh / "site")


def test_a_page_is_called_again_only_if_it_was_not_shown_as_it_is() -> None:
    board = preview.Board()
    board.show({"a/": b"new"})
    one, other = board.number("a/"), board.number("b/")
    assert one != other
    board.settle(None, changed=True, spared={"a/"})
    assert board.number("a/") == one
    assert board.number("b/") not in (one, other)
    board.show({"a/": b"newer"})
    board.settle(None, changed=True)
    assert board.number("a/") == board.number("b/")
    assert not board.early


def test_a_page_that_was_made_first_goes_again_if_the_rest_is_wrong() -> None:
    board = preview.Board()
    board.settle(b"wrong", changed=False)
    board.show({"a/": b"new"})
    assert (board.problems, board.number("a/")) == (None, 2)
    board.settle(b"wrong", changed=False)
    assert (board.problems, board.early, board.number("a/")) == (b"wrong", {}, 3)


@pytest.mark.parametrize("beside", [".budget.csv.part", "budget.csv~", "lu123.tmp"])
def test_a_file_that_is_saved_by_renaming_another_counts(tmp_path: Path, beside: str) -> None:
    root = tmp_path / "project"
    chosen = dataclasses.replace(project.load(project.make(root)), out=root / "site")
    watcher = preview.Watcher(chosen)
    data = root / "data"
    watcher.on_any_event(FileCreatedEvent(str(root / "site" / "index.html")))
    watcher.on_any_event(FileModifiedEvent(str(data / ".budget.csv.swp")))
    assert not watcher.event.is_set()
    watcher.on_any_event(FileMovedEvent(str(data / beside), str(data / "budget.csv")))
    assert watcher.event.is_set()


def test_only_this_machines_names_are_answered_on_a_port_of_ones_own(running: Preview) -> None:
    for host in ("example.org", "127.0.0.1.example.org:80", "[::1]"):
        for path in ("/", preview.RELOAD, preview.STYLE, preview.CHANGES, preview.PROBLEMS, preview.DIFFERS):
            assert running.get(path, host)[0] == 403, host
    assert running.get("/", f"localhost:{running.port}")[0] == 200
    chosen = project.load(running.root)
    with pytest.raises(UsageError, match="已被占用"):
        preview.serve(chosen, running.port, preview.Board())
    with pytest.raises(UsageError, match="65535"):
        preview.serve(chosen, 70_000, preview.Board())


def test_pages_that_differ_from_the_last_release_are_marked_and_listed(first: Path) -> None:
    running = Preview(first)
    try:
        assert "portal-preview" not in running.get("/budget/2021/p01/")[1]
        project.replace(first / BUDGET, "2021-12,400,400,360", "2021-12,400,400,361")
        running.until("已更新")
        assert "本页是改动的。和第 1 次发布相比有" in running.get("/budget/2021/p01/")[1]
        assert "本页和上一次发布一样。" in running.get("/budget/2021/p02/")[1]
        listed = running.get(preview.DIFFERS)[1]
        assert '<a href="/budget/2021/p01/">' in listed
        assert "/budget/2021/p02/" not in listed
        (first / "docs/method.md").write_text("没有标题", encoding="utf-8")
        running.until("仍是上一次的")
        assert "method.md" in running.get(preview.PROBLEMS)[1]
        assert "361" in running.get("/budget/2021/p01/")[1]
    finally:
        running.close()
