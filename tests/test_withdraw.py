"""What is withdrawn is nowhere any more, and what is reverted is as it was, with a trace."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from generator import pipeline, records
from generator.errors import InputError, UsageError
from generator.release import publish, revert, tree, verify, withdraw
from generator.release.publish import Published, Wish
from generator.subjects import SUBJECTS
from tests import project
from tests.released import WWW, correct, diff, quiet, release, where

ROW = "2021,2,510903,市,2021-12,300,300,270,demo"
SECRET = "不该公开的一句话"
REASON = "文中有不该公开的内容(演示)"


def take_out(root: Path, gone: withdraw.Withdrawal, **wish: object) -> Published:
    wanted = {"to": root.parent / WWW, "approval": "示例〔2022〕9号", "demo": True, **wish}
    return publish.withdrawn(
        project.load(root), lambda: SUBJECTS, gone, Wish(**wanted), REASON, "示例〔2022〕9号", quiet  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.fixture
def telling(first: Path) -> Path:
    """Two releases, the second with a project whose title should not be there."""
    line = f"2021,3,{SECRET},交通,,示例单位甲,,,,,不涉及,,,,,demo"
    with (first / project.PROJECTS).open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    release(first)
    return first


# --- withdrawn --------------------------------------------------------------------------------------------


def test_a_withdrawn_row_is_nowhere_and_its_tombstone_holds(telling: Path) -> None:
    assert where(telling.parent, SECRET)
    before = (telling / project.PROJECTS).read_bytes()
    done = take_out(telling, withdraw.row(project.load(telling), "projects", "2021/3"))
    assert where(telling.parent, SECRET) == []
    assert done.record.number == 3
    assert {t["reason"] for t in done.record.withdrawn} == {REASON}
    assert all(records.HASH.fullmatch(t["hash"]) for t in done.record.withdrawn)
    assert (telling / project.PROJECTS).read_bytes() == b"\n".join(before.splitlines()[:-1]) + b"\n"
    assert verify.verify(telling.parent / WWW).problems == ()
    assert verify.verify(telling / "data").problems == ()
    page = (telling / "site/releases/0003/index.html").read_text(encoding="utf-8")
    assert page.count(REASON) == 1


def test_what_is_left_of_older_releases_can_come_back(telling: Path) -> None:
    """Two rows of one file go, one after the other; the releases that had them are as they were but for these."""
    project.replace(telling / project.PROJECTS, SECRET, "修桥")
    release(telling)
    done = take_out(telling, withdraw.row(project.load(telling), "projects", "2021/3"))
    take_out(telling, withdraw.row(project.load(telling), "budget", "2021/2/510903/city/2021-12"))
    again = take_out(telling, withdraw.row(project.load(telling), "budget", "2021/1/510904/county/2021-12"))
    assert where(telling.parent, SECRET, "修桥", ROW, "510904,县,2021-12") == []
    assert verify.verify(telling / "data").problems == ()
    history = records.load(telling / "data")
    listed = history.listed(history.records[1].inputs)
    for name in (project.PROJECTS, project.BUDGET):
        assert history.get(listed[name]) == (telling / name).read_bytes(), name
    with (telling / project.PROJECTS).open("a", encoding="utf-8") as file:
        file.write("2021,3,修渠,交通,,示例单位甲,,,,,不涉及,,,,,demo\n")
    release(telling)
    revert.restore(project.load(telling), 2, "x", SUBJECTS)
    assert "修渠" not in (telling / project.PROJECTS).read_text(encoding="utf-8")
    assert release(telling, reverts=2, note="x").record.reverts == 2
    left = [t["instead"] for record in (done.record, again.record) for t in record.withdrawn if "instead" in t]
    assert left
    history.place(left[-1]).unlink()
    assert verify.verify(telling / "data").problems


def test_only_its_tombstones_excuse_what_is_gone(telling: Path) -> None:
    done = take_out(telling, withdraw.row(project.load(telling), "projects", "2021/3"))
    buried = {t["hash"] for t in done.record.withdrawn}
    left = next(p for p in sorted((telling / "data/releases/objects").rglob("*.gz")))
    assert records.hash_of(gzip.decompress(left.read_bytes())) not in buried
    left.unlink()
    assert verify.verify(telling / "data").problems


def test_old_values_of_what_was_withdrawn_are_not_said_again(first: Path) -> None:
    take_out(first, withdraw.row(project.load(first), "budget", "2021/2/510903/city/2021-12"))
    history = records.load(first / "data")
    changes = history.listed(history.records[-1].changes)
    gone = [f for f in changes["figures"] if f["why"] == "撤下"]
    assert gone
    assert all(f["old"] is None and f["difference"] == "" for f in gone)
    assert "270" not in re.sub(r"[0-9a-f]{16,}", "", str(changes))  # a checksum may have any three digits


def test_a_withdrawal_that_would_break_the_data_is_undone(first: Path) -> None:
    before = project.files(first / "data")
    with pytest.raises(pipeline.InputProblems):
        take_out(first, withdraw.row(project.load(first), "regions", "510903"))
    assert project.files(first / "data") == before
    with pytest.raises(InputError, match="缺批准文号"):
        take_out(first, withdraw.row(project.load(first), "budget", "2021/2/510903/city/2021-12"), approval="")
    assert project.files(first / "data") == before


def test_a_withdrawn_file_is_nowhere(first: Path) -> None:
    page = first / "docs/notice.md"
    page.write_text(f"---\ntitle: 通知\n---\n\n{SECRET}\n", encoding="utf-8")
    release(first)
    take_out(first, withdraw.file(project.load(first), "docs/notice.md"))
    assert where(first.parent, SECRET) == []
    assert not page.exists()
    assert verify.verify(first / "data").problems == ()
    assert revert.restore(project.load(first), 2, "x", SUBJECTS) == []  # all that came with it is as it is now
    assert not page.exists()


def test_an_old_input_is_withdrawn_alone(telling: Path) -> None:
    project.replace(telling / project.PROJECTS, SECRET, "修桥")
    release(telling)
    history = records.load(telling / "data")
    digest = history.listed(history.records[1].inputs)["data/projects/2021.csv"]
    now = history.listed(history.records[2].inputs)["data/projects/2021.csv"]
    with pytest.raises(UsageError, match="现在还在用"):
        withdraw.old_input(project.load(telling), now)
    take_out(telling, withdraw.old_input(project.load(telling), digest[7:19]))
    assert records.load(telling / "data").get(digest) is None
    assert verify.verify(telling / "data").problems == ()
    with pytest.raises(UsageError, match="已经撤下"):
        revert.restore(project.load(telling), 2, "x", SUBJECTS)


def test_nothing_that_was_not_approved_goes_along(first: Path) -> None:
    project.edit_rows(first / "data/sources.csv", lambda rows: rows[1].__setitem__(1, "《甲市年鉴》第二版"))
    before = project.files(first / "data")
    with pytest.raises(UsageError, match="还有没有发布的改动"):
        take_out(first, withdraw.row(project.load(first), "budget", "2021/2/510903/city/2021-12"))
    assert project.files(first / "data") == before


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (lambda s: withdraw.row(s, "没有的表", "1"), "没有“没有的表”这张表"),
        (lambda s: withdraw.row(s, "budget", "2021/9"), "没有键是“2021/9”的行"),
        (lambda s: withdraw.file(s, "data/budget/2021.csv"), "不能整个撤下"),
        (lambda s: withdraw.file(s, "data/schemas/budget.yaml"), "不能整个撤下"),
        (lambda s: withdraw.file(s, "../../etc/passwd"), "没有 ../../etc/passwd 这个文件"),
        (lambda s: withdraw.old_input(s, "abc"), "没有校验值是“abc”的"),
    ],
)
def test_what_cannot_be_withdrawn_is_explained(what: object, said: str, first: Path) -> None:
    with pytest.raises(UsageError, match=said):
        what(project.load(first))  # type: ignore[operator]


def test_a_killed_withdrawal_is_completed_by_the_next_release(telling: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(publish, "_deployed", lambda *args, **kwargs: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            take_out(telling, withdraw.row(project.load(telling), "projects", "2021/3"))
    assert len(records.load(telling / "data").files) == 3
    release(telling)
    assert [w for w in where(telling.parent, SECRET) if "/releases/objects/" in w or f"/{WWW}" in w] == []


def test_what_a_killed_withdrawal_took_out_is_back_before_any_command(first: Path) -> None:
    before = project.files(first / "data")
    chosen = project.load(first)
    withdraw.take(chosen, withdraw.row(chosen, "budget", "2021/1/510904/county/2021-12"), 1)
    assert project.files(first / "data") != before
    assert project.portal("check", cwd=first).returncode == 0
    assert project.files(first / "data") == before
    assert not chosen.taken_out.exists()


def test_what_was_changed_after_a_killed_withdrawal_is_not_lost(first: Path) -> None:
    chosen = project.load(first)
    withdraw.take(chosen, withdraw.row(chosen, "budget", "2021/1/510904/county/2021-12"), 1)
    with (first / project.BUDGET).open("a", encoding="utf-8") as file:
        file.write("2021,2,510904,市,2021-12,77,77,77,demo\n")
    before = project.files(first / "data")
    for command in (("check",), ("build",), ("publish", "--demo", "--approval", "x")):
        done = project.portal(*command, cwd=first)
        assert done.returncode == 1
        assert "上一次撤下没有做完" in done.stdout + done.stderr
    assert project.files(first / "data") == before
    (kept,) = (p for p in chosen.taken_out.iterdir() if p.name != withdraw.LIST)
    assert ROW.replace("2,510903,市,2021-12,300,300,270", "1,510904,县,2021-12,160,160,144") in kept.read_text("utf-8")


def test_a_row_of_several_lines_is_cut_out_whole() -> None:
    head, last = "\ufeff甲,乙\r\n", "3,五\r\n"
    one, two = '1,"一\r\n二"\r\n', '2,"三"",""四"\r\n'
    content = f"{head}{one}{two}{last}".encode()
    assert withdraw._without(content, 2) == f"{head}{two}{last}".encode()
    assert withdraw._without(content, 3) == f"{head}{one}{last}".encode()


# --- reverted ---------------------------------------------------------------------------------------------


def test_a_revert_brings_the_data_back_and_leaves_a_trace(second: Path) -> None:
    now = project.files(second / "data")
    said = revert.restore(project.load(second), 1, "补记的一笔不对(演示)", SUBJECTS)
    assert len(said) == 2
    assert diff(second, reverts=1).counts["figures"] == 13
    done = release(second, reverts=1, note="补记的一笔不对(演示)")
    assert (done.record.number, done.record.reverts) == (3, 1)
    rows = project.read_rows(second / "data/corrections.csv")
    assert [row[0] for row in rows[1:]] == ["c1", "revert-3-1"]
    assert rows[2][2:8] == ["budget", "2021/1/510903/city/2021-12", "拨付(万元)", "365", "360", "补记的一笔不对(演示)"]
    assert "恢复到" in (second / "site/releases/0003/index.html").read_text(encoding="utf-8")
    kept = second / "build" / revert.KEPT
    assert project.files(kept / "data") == {p: d for p, d in now.items() if not p.startswith("releases/")}
    history = records.load(second / "data")
    first, third = (history.listed(history.records[n].inputs) for n in (0, 2))
    assert {name for name in first if first[name] != third[name]} == {"data/corrections.csv"}
    assert verify.verify(second.parent / WWW).problems == ()


def test_a_revert_loses_nothing_that_was_not_released(second: Path) -> None:
    project.edit_rows(second / "data/sources.csv", lambda rows: rows[1].__setitem__(1, "《甲市年鉴》第二版"))
    before = project.files(second / "data")
    with pytest.raises(UsageError, match="还没有发布的改动"):
        revert.restore(project.load(second), 1, "x", SUBJECTS)
    assert project.files(second / "data") == before


@pytest.mark.parametrize(
    ("number", "why", "said"), [(1, "", "--note"), (0, "x", "没有第 0 次"), (9, "x", "有第 1 到第 2 次")]
)
def test_a_revert_without_reason_or_release_is_refused(number: int, why: str, said: str, second: Path) -> None:
    before = project.files(second / "data")
    with pytest.raises(UsageError, match=said):
        revert.restore(project.load(second), number, why, SUBJECTS)
    assert project.files(second / "data") == before


def test_a_revert_takes_away_what_came_later(first: Path) -> None:
    (first / "docs/notice.md").write_text("---\ntitle: 通知\n---\n\n一句。\n", encoding="utf-8")
    correct(first)
    release(first)
    revert.restore(project.load(first), 1, "x", SUBJECTS)
    assert not (first / "docs/notice.md").exists()
    assert (first / "build" / revert.KEPT / "docs/notice.md").is_file()


def test_trees_of_before_go_with_what_is_withdrawn(telling: Path) -> None:
    take_out(telling, withdraw.row(project.load(telling), "projects", "2021/3"))
    assert [p.name for p in tree.store(telling.parent / WWW).iterdir() if p.is_dir()] == ["0003"]
