"""The build folder: staged files, cache and rooms; whatever disturbs it, it gives what was put or nothing."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from generator import store
from generator.errors import PortalError, ProgramError
from generator.store import Work
from tests import faults

ROOT = Path(__file__).parent.parent


def test_work_writes_only_what_differs(tmp_path: Path) -> None:
    work = Work(tmp_path / "build")
    assert work.read("docs/index.md") is None
    assert work.digest("docs/index.md") is None
    assert work.write("docs/index.md", b"1")
    before = (tmp_path / "build/docs/index.md").stat()
    assert not work.write("docs/index.md", b"1")
    assert (tmp_path / "build/docs/index.md").stat() == before
    assert work.write("docs/index.md", b"2")
    assert work.read("docs/index.md") == b"2"
    assert work.digest("docs/index.md") == store.digest_of(b"2")


def test_work_changes_files_to_folders_and_back(tmp_path: Path) -> None:
    work = Work(tmp_path)
    for path in ("x", "x/y/z", "x/y", "x"):
        assert work.write(path, b"1")
        assert work.read(path) == b"1"
        assert work.paths() == {path}
    assert work.read("x/y/z") is None


def test_work_lists_and_deletes(tmp_path: Path) -> None:
    work = Work(tmp_path)
    for path in ("docs/a/index.md", "docs/b.md", "docs2/c.md", "state.json"):
        work.write(path, b"1")
    faults.put(tmp_path, {".tmp/1-0": "left by a killed run"})
    assert work.paths("docs/") == {"docs/a/index.md", "docs/b.md"}
    assert work.paths("docs") == {"docs/a/index.md", "docs/b.md", "docs2/c.md"}
    assert len(work.paths()) == 4
    assert work.paths("absent/") == set()
    work.delete("docs/a/index.md")
    work.delete("docs/a/index.md")
    assert not (tmp_path / "docs/a").exists()
    assert work.paths("docs/") == {"docs/b.md"}


def test_work_never_leaves_its_folder(tmp_path: Path) -> None:
    work = Work(tmp_path / "build")
    faults.put(tmp_path, {"secret": "x"})
    (tmp_path / "build").mkdir()
    (tmp_path / "build/way").symlink_to(tmp_path, target_is_directory=True)
    for path in ("../secret", "/secret", "a/../../secret", "", "way/secret", "a\\b", ".tmp/x", store.LOCK):
        for act in (work.read, work.digest, work.delete, lambda path: work.write(path, b"1")):
            with pytest.raises(ProgramError, match=r"不允许|离开"):
                act(path)
    with pytest.raises(ProgramError):
        work.paths("../")
    assert (tmp_path / "secret").read_text() == "x"


def test_work_keeps_json(tmp_path: Path) -> None:
    work = Work(tmp_path)
    assert work.json("state.json") is None
    assert work.save_json("state.json", {"b": 1, "a": ["中"]})
    assert not work.save_json("state.json", {"a": ["中"], "b": 1})
    assert work.json("state.json") == {"a": ["中"], "b": 1}
    for torn in (b'{"a', b"\xff", b"[" * 100_000):
        work.write("state.json", torn)
        assert work.json("state.json") is None


def test_cache_gives_back_what_was_put_or_nothing(tmp_path: Path) -> None:
    work = Work(tmp_path)
    assert work.get("abc") is None
    for value in (b"", b"\n", b"first\nsecond"):
        work.put("abc", value)
        assert work.get("abc") == value
    work.put("ABC", b"another")
    assert work.get("abc") == b"first\nsecond"
    for key in ("", "../x", "a/b", "中", ".x", "k" * 200):
        with pytest.raises(ProgramError, match="键"):
            work.get(key)


def test_cache_takes_torn_and_foreign_files_for_absent(tmp_path: Path) -> None:
    work = Work(tmp_path)
    work.put("one", b"value")
    (entry,) = work.paths("cache/")
    whole = work.read(entry) or b""
    for length in range(len(whole)):
        work.write(entry, whole[:length])
        assert work.get("one") is None
    work.write(entry, whole + b"x")
    assert work.get("one") is None
    work.put("two", b"value")
    (other,) = work.paths("cache/") - {entry}
    work.write(other, whole)  # a good entry, of another key
    assert work.get("two") is None


def test_sweep_drops_what_is_not_kept(tmp_path: Path) -> None:
    work = Work(tmp_path)
    for key in ("one", "two", "three"):
        work.put(key, key.encode())
    faults.put(tmp_path, {".tmp/1-0": "left by a killed run"})
    work.write("docs/index.md", b"1")
    assert work.sweep({"two", "unknown"}) == 2
    assert (work.get("one"), work.get("two")) == (None, b"two")
    assert work.read("docs/index.md") == b"1"
    assert not (tmp_path / ".tmp").exists()


WORK = """
import sys
from pathlib import Path
from generator.errors import PortalError
from generator.store import Work
work = Work(Path(sys.argv[1]))
try:
    work.write("docs/index.md", b"the new page")
    work.put("key", b"the new value")
except PortalError as error:
    sys.exit(str(error))
"""


@pytest.mark.parametrize("how", ["kill", "full", "denied"])
def test_work_disturbed_at_every_operation(tmp_path: Path, how: str) -> None:
    def prepared(name: str) -> Work:
        work = Work(tmp_path / name)
        work.write("docs/index.md", b"old")
        work.put("key", b"old")
        return work

    whole = prepared("whole")
    total = faults.operations(faults.strike(whole.folder, 0, ["-c", WORK, str(whole.folder)], cwd=ROOT))

    def trial(number: int) -> None:
        work = prepared(str(number))
        done = faults.strike(work.folder, number, ["-c", WORK, str(work.folder)], how=how, cwd=ROOT)
        assert faults.killed(done) == (how == "kill")
        assert "Traceback" not in done.stderr
        assert work.read("docs/index.md") in (b"old", b"the new page")
        assert work.get("key") in (b"old", b"the new value")
        assert len(work.paths()) == 2
        assert how != "full" or not any((work.folder / ".tmp").iterdir())

    faults.at_once(trial, range(1, total + 1))


def test_messages_name_the_cause(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", "some.file")

    work = Work(tmp_path)
    work.write("a", b"1")
    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(PortalError, match=r"删除工作文件没有完成:没有权限.*some\.file"):
        work.delete("a")


def test_a_room_is_empty_ones_own_and_gone_afterwards(tmp_path: Path) -> None:
    work = Work(tmp_path / "build")
    with work.room() as one, work.room() as other:
        assert one != other
        assert list(one.iterdir()) == list(other.iterdir()) == []
        (one / "a").mkdir()
        (one / "a/file").write_bytes(b"x")
        assert work.paths() == set()
    assert not one.exists()
    assert not other.exists()


def test_what_a_killed_run_left_in_its_room_is_swept(tmp_path: Path) -> None:
    work = Work(tmp_path / "build")
    killed = work.room()
    left = killed.__enter__()
    (left / "file").write_bytes(b"x")
    work.sweep(set())
    assert not left.exists()
