"""The store when it is killed, when the machine fails, and when two are at it: nothing half-made, nothing lost."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from generator import store
from generator.errors import MachineError
from generator.files import CAUSES, explained
from tests import faults
from tests.test_store import APPLY, NEW, OLD, ROOT, apply, applying, recovering, site, tree

# --- killed


def after_a_kill(out: Path, old: dict[str, Any], new: dict[str, Any], files: Mapping[str, str]) -> None:
    """What must hold whenever an apply was killed: claimable, whole, said, and the next apply completes."""
    store.claim(out)
    pending = (out / ".portal-new").exists()
    said = store.recover(out)
    assert (said is not None) == pending
    found = tree(out)
    assert found in (old, new)
    if said and "已撤销" in said:
        assert found == old
    if said and "补完" in said:
        assert found == new
    assert store.recover(out) is None
    apply(out, files)
    assert tree(out) == new


@pytest.mark.parametrize("old", [OLD, {}], ids=["again", "first"])
def test_killed_at_every_operation(tmp_path: Path, old: dict[str, str]) -> None:
    def start(name: str) -> Path:
        return site(tmp_path / name, old) if old else tmp_path / name

    before = tree(start("before"))
    whole = faults.strike(start("whole"), 0, applying(tmp_path / "whole", NEW), cwd=ROOT)
    after = tree(tmp_path / "whole")
    seen = set()

    def trial(number: int) -> None:
        out = start(str(number))
        assert faults.killed(faults.strike(out, number, applying(out, NEW), cwd=ROOT))
        seen.add("new" if (out / ".portal-new/journal.json").exists() else "old")
        after_a_kill(out, before, after, NEW)

    faults.at_once(trial, range(1, faults.operations(whole) + 1))
    assert seen == {"old", "new"}


def test_killed_while_recovering_at_every_operation(tmp_path: Path) -> None:
    before, whole = tree(site(tmp_path / "before", OLD)), site(tmp_path / "whole", OLD)
    total = faults.operations(faults.strike(whole, 0, applying(whole, NEW), cwd=ROOT))
    after = tree(whole)
    first = [total * part // 12 for part in (3, 7, 10)]

    def broken(name: str, number: int) -> Path:
        out = site(tmp_path / name, OLD)
        assert faults.killed(faults.strike(out, number, applying(out, NEW), cwd=ROOT))
        return out

    for number in first:
        out = broken(f"{number}", number)
        count = faults.operations(faults.strike(out, 0, recovering(out), cwd=ROOT))
        assert count > 0

        def trial(second: int, number: int = number) -> None:
            out = broken(f"{number}-{second}", number)
            assert faults.killed(faults.strike(out, second, recovering(out), cwd=ROOT))
            after_a_kill(out, before, after, NEW)

        faults.at_once(trial, range(1, count + 1))


def test_the_next_apply_completes_even_if_nobody_called_recover(tmp_path: Path) -> None:
    whole = site(tmp_path / "whole", OLD)
    total = faults.operations(faults.strike(whole, 0, applying(whole, NEW), cwd=ROOT))
    for number in (total // 4, total // 2, total * 3 // 4):
        out = site(tmp_path / str(number), OLD)
        assert faults.killed(faults.strike(out, number, applying(out, NEW), cwd=ROOT))
        assert (out / ".portal-new").exists()
        apply(out, NEW)
        assert tree(out) == tree(whole)


def test_an_error_after_the_journal_and_a_kill_while_undoing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal must never outlive the content that it promises, so it is the first to go."""
    out, whole = site(tmp_path / "site", OLD), site(tmp_path / "whole", OLD)
    before = tree(out)
    apply(whole, NEW)
    fsync, unlink, calls = os.fsync, Path.unlink, {"fsync": 0, "unlink": 0}

    def broken_fsync(handle: int) -> None:
        calls["fsync"] += 1
        if (out / ".portal-new/journal.json").exists():
            raise OSError(errno.EIO, "broken")
        fsync(handle)

    def killed_unlink(file: Path, missing_ok: bool = False) -> None:
        calls["unlink"] += 1
        if calls["unlink"] > 1:
            raise KeyboardInterrupt
        unlink(file, missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", broken_fsync)
        patch.setattr(Path, "unlink", killed_unlink)
        with pytest.raises(KeyboardInterrupt):
            apply(out, NEW)
    assert calls["unlink"] == 2
    store.recover(out)
    assert tree(out) in (before, tree(whole))


def test_recover_says_nothing_when_there_is_nothing(tmp_path: Path) -> None:
    assert store.recover(tmp_path / "absent") is None
    assert store.recover(site(tmp_path / "site", OLD)) is None


@pytest.mark.parametrize("text", ["", "{}", '{"version":1,"moves":["../x"],"first":[],"last":[]}'])
def test_a_damaged_journal_is_not_guessed_at(tmp_path: Path, text: str) -> None:
    out = site(tmp_path / "site", OLD)
    faults.put(out, {".portal-new/journal.json": text})
    before = tree(out)
    with pytest.raises(MachineError, match="已损坏"):
        store.recover(out)
    assert tree(out) == before


def test_a_repeated_journal_does_not_delete_again_what_made_room(tmp_path: Path) -> None:
    """Where case is ignored, the deleted spelling is by then the new file."""
    out = site(tmp_path / "site", {})
    journal = {"version": 1, "moves": ["about.html", "b.html"], "first": ["About.html"], "last": []}
    faults.put(out, {".portal-new/journal.json": json.dumps(journal), ".portal-new/1": "b", "About.html": "new"})
    assert store.recover(out) == "上次更新中途停止,现已补完:写入 2 个文件,删除 1 个。"
    assert (out / "About.html").read_text() == "new"
    assert (out / "b.html").read_text() == "b"


# --- the machine fails


@pytest.mark.parametrize(("how", "cause"), [("full", "磁盘已满"), ("denied", "没有权限")])
def test_a_failing_disk_leaves_the_old_site_or_a_journal(tmp_path: Path, how: str, cause: str) -> None:
    before, whole = tree(site(tmp_path / "before", OLD)), site(tmp_path / "whole", OLD)
    total = faults.operations(faults.strike(whole, 0, applying(whole, NEW), cwd=ROOT))
    after = tree(whole)
    causes = []

    def trial(number: int) -> None:
        out = site(tmp_path / str(number), OLD)
        done = faults.strike(out, number, applying(out, NEW), how=how, cwd=ROOT)
        assert "Traceback" not in done.stderr
        causes.append(cause in done.stderr)
        assert (done.returncode == 1) == (cause in done.stderr)
        if (out / ".portal-new/journal.json").exists():
            assert "会自动补完" in done.stderr
            store.recover(out)
            assert tree(out) == after
        else:
            # A failing clean-up after the last step leaves an empty folder for the next command.
            store.recover(out)
            assert tree(out) == (before if done.returncode and "会自动补完" not in done.stderr else after)

    faults.at_once(trial, range(1, total + 1))
    assert sum(causes) > total // 3


def test_a_full_disk_leaves_no_trace_even_of_a_first_apply(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "site"
    total = faults.operations(faults.strike(tmp_path, 0, applying(tmp_path / "whole", OLD), cwd=ROOT))
    for number in range(1, total, 5):
        done = faults.strike(tmp_path, number, applying(out, OLD), how="full", cwd=ROOT)
        if "会自动补完" in done.stderr or not done.returncode:
            break
        assert not out.parent.exists(), number
    else:
        pytest.fail("the disk was never full late enough")


@pytest.mark.skipif(os.name == "nt", reason="limits of file size are POSIX")
def test_a_real_limit_of_the_system(tmp_path: Path) -> None:
    out = site(tmp_path / "site", OLD)
    before = tree(out)
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
    big = json.dumps({**NEW, "zz.html": "z" * 60_000})
    done = subprocess.run(
        [sys.executable, "-c", limit + APPLY, str(out), big],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert "文件超过了系统允许的大小" in done.stderr
    assert tree(out) == before


def test_every_cause_is_an_error_of_the_system() -> None:
    for name, cause in CAUSES.items():
        with pytest.raises(MachineError, match=cause), explained("测试"):
            raise OSError(getattr(errno, name), "in English", "file")


def test_content_is_on_the_disk_before_the_journal_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A power cut cannot be had in a test, so at least the order: every temporary file is synced, then renamed."""
    synced: list[str] = []
    genuine = os.fsync

    def fsync(handle: int) -> None:
        synced.append(Path(f"/dev/fd/{handle}").resolve().name)
        genuine(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    if not Path("/proc/self/fd").exists():
        pytest.skip("handles have no names here")
    out = tmp_path / "site"
    apply(out, {"a": "1", "b/c": "2"})
    assert synced[:6] == ["0", "1", "portal-manifest.json", "journal", ".portal-new", ".portal-new"]
    assert sorted(synced[6:]) == ["b", "site"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux waits for the end of a sync")
def test_many_files_are_synced_at_once_before_the_journal_and_before_it_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    staging = tmp_path / ".portal-new"

    def sync() -> None:
        seen.append((len(list(staging.iterdir())), (tmp_path / "p99/x").exists()))

    monkeypatch.setattr(os, "sync", sync)
    apply(tmp_path, {f"p{number}/x": "1" for number in range(100)})
    assert seen == [(100, False), (1, True)]  # the pages' content alone; the journal alone


# --- two at once

HOLD = """
import sys
from pathlib import Path
from generator import store
with store.lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_second_process_is_told_who_the_first_is_and_a_killed_one_holds_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "build"
    line = [sys.executable, "-c", HOLD, str(folder)]
    with subprocess.Popen(line, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        for _ in range(2):  # asking does not take anything from the holder
            with pytest.raises(MachineError) as caught, store.lock(folder):
                pytest.fail("two at once")
            assert str(caught.value) == f"另一个 portal 正在这里工作(进程 {first.pid}),请等它结束。"
        first.kill()
        first.wait()
        with store.lock(folder), pytest.raises(MachineError, match=str(os.getpid())), store.lock(folder):
            pytest.fail("two at once")
    with store.lock(folder):
        pass


def test_an_unknown_holder_is_no_obstacle_to_the_message(tmp_path: Path) -> None:
    with store.lock(tmp_path):
        (tmp_path / store.HOLDER).unlink()
        with pytest.raises(MachineError, match="进程 未知"), store.lock(tmp_path):
            pytest.fail("two at once")
