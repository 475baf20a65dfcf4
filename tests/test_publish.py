"""Releases: what is refused, what is written, what serves it, and what happens when something gets in between."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any, NoReturn

import pytest

from generator import pipeline, records
from generator.errors import InputError, MachineError, UsageError
from generator.release import publish, tree, verify
from generator.store import lock
from tests import project
from tests.released import WWW, correct, diff, release, without_links

NUMBER = "2021,1,510903,市,2021-12,400,400,360,demo"


def served(root: Path) -> Path:
    return root.parent / WWW


def stood(root: Path) -> tuple[dict[str, str], dict[str, str]]:
    """What a refused or broken release may not touch: what is served, and the records."""
    return project.files(served(root).resolve()), project.files(root / "data/releases")


# --- what a release is ------------------------------------------------------------------------------------


def test_the_first_release_is_whole_and_can_be_proved(first: Path) -> None:
    history = records.load(first / "data")
    record = history.newest
    assert record is not None
    assert (record.number, record.previous, record.demonstration) == (1, None, True)
    assert record.approval["changes"] == record.changes
    assert served(first).is_symlink()
    assert served(first).resolve().name == "0001"
    assert verify.verify(served(first)).problems == ()
    assert verify.verify(first / "data").problems == ()
    listed = history.listed(record.files)
    assert set(listed) == {p for p in project.files(first / "site") if not p.startswith("releases/")} - {
        "portal-manifest.json"
    }
    assert set(history.listed(record.inputs)) == {
        *(f"data/{p}" for p in project.files(first / "data") if not p.startswith("releases/")),
        *(f"docs/{p.name}" for p in (first / "docs").glob("*.md")),
        "config",
    }  # fmt: skip


def test_a_plain_build_afterwards_gives_the_same_site(second: Path) -> None:
    assert project.build(second).nothing
    before = project.files(second / "site")
    project.build(second, clean=True)
    assert project.files(second / "site") == before
    inside = {p: d for p, d in before.items() if p != "portal-manifest.json"}
    assert project.files(served(second).resolve()) == inside


def test_records_are_a_chain_and_name_nobody(second: Path) -> None:
    (one, first_bytes), (two, _) = records.load(second / "data").files
    assert two.previous == records.hash_of(first_bytes)
    assert set(json.loads(one.dump())) == set(records.Record.__dataclass_fields__)
    assert two.note == "补记一笔"
    assert two.time.endswith("+08:00")


def test_pages_say_which_release_last_changed_their_figures(second: Path) -> None:
    def foot(path: str) -> str:
        return (second / "site" / path / "index.html").read_text(encoding="utf-8").partition("<footer")[2]

    assert "第 2 次发布(" in foot("budget/2021/p01")
    assert "第 1 次发布(" in foot("budget/2021/p02")
    assert "最近更新" not in foot("about")
    assert "发布记录" in foot("about")
    digest = records.load(second / "data").newest_hash or ""
    assert records.short(digest) in (second / "site/releases/newest.svg").read_text(encoding="utf-8")
    feed = (second / "site/releases/feed.xml").read_text(encoding="utf-8")
    assert digest in feed


def test_what_changed_since_is_marked_until_it_is_released(first: Path) -> None:
    correct(first)
    project.build(first)
    page = (first / "site/budget/2021/p01/index.html").read_text(encoding="utf-8")
    assert "本页有改动,还没有正式发布" in page
    assert "还没有正式发布" not in (first / "site/budget/2021/p02/index.html").read_text(encoding="utf-8")


def test_a_release_page_shows_old_new_difference_and_why(second: Path) -> None:
    page = (second / "site/releases/0002/index.html").read_text(encoding="utf-8")
    for words in ("720.00 万元", "725.00 万元", "+5.00 万元", 'href="../../corrections/#c1"', "示例〔2022〕1号"):
        assert words.replace(" ", "") in page.replace(" ", "").replace("&#8239;", "").replace("\u202f", ""), words


def test_a_report_of_a_wrong_figure_names_the_release(second: Path) -> None:
    from urllib.parse import unquote

    project.replace(second / "mkdocs.yml", 'report: ""', "report: jiucuo@example.org")
    project.build(second)
    page = (second / "site/budget/2021/p01/origin/index.html").read_text(encoding="utf-8")
    reports = [unquote(part.partition('"')[0]) for part in page.split('href="mailto:')[1:]]
    assert reports
    assert all("\r\n发布:第 2 次发布(".replace(":", "：") in text for text in reports)


# --- proving ----------------------------------------------------------------------------------------------


def _rewrite(path: Path, old: str, new: str) -> None:
    """Replaces a file by another: trees share files, which a real change of one does not."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.unlink()
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


TAMPERED = {
    "a page": lambda t: _rewrite(t / "budget/2021/p01/index.html", "365", "999"),
    "a download": lambda t: _rewrite(t / "data/budget/2021.csv", "365", "999"),
    "a file more": lambda t: (t / "extra.html").write_text("x", encoding="utf-8"),
    "a file less": lambda t: (t / "data/figures/index.json").unlink(),
    "an old record": lambda t: _rewrite(t / "releases/0001.json", "示例〔2022〕1号", "示例〔2022〕2号"),
    "the newest record": lambda t: _rewrite(t / "releases/0002.json", '"files": "sha256:', '"files": "sha256:0'),
    "an old record gone": lambda t: (t / "releases/0001.json").unlink(),
    "the list of files": lambda t: _rewrite(t / "releases/files.json", "sha256:", "sha256:0"),
    "what changed": lambda t: _rewrite(t / "releases/0002/changes.json", "c1", "c2"),
    "what changed gone": lambda t: (t / "releases/0002/changes.json").unlink(),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_a_tree_that_was_tampered_with_does_not_hold(what: str, second: Path) -> None:
    assert verify.verify(served(second)).problems == ()
    TAMPERED[what](served(second).resolve())  # type: ignore[no-untyped-call]
    assert verify.verify(served(second)).problems


def test_a_known_hash_tells_a_chain_that_was_made_anew(second: Path) -> None:
    digests = [records.hash_of(content) for _, content in records.load(second / "data").files]
    for digest in (*digests, digests[0].removeprefix("sha256:")[:12]):
        assert verify.verify(served(second), digest).problems == ()
    assert verify.verify(served(second), "0" * 64).problems
    with pytest.raises(UsageError, match="至少前 12 位"):
        verify.verify(served(second), "abc")


def test_a_store_that_lost_or_spoilt_something_does_not_hold(second: Path) -> None:
    objects = sorted((second / "data/releases/objects").rglob("*.gz"))
    content = objects[0].read_bytes()
    objects[0].unlink()
    assert any("不在" in p for p in verify.verify(second / "data").problems)
    objects[0].write_bytes(objects[1].read_bytes())
    assert any("坏了" in p for p in verify.verify(second / "data").problems)
    objects[0].write_bytes(content)
    assert verify.verify(second / "data").problems == ()


def test_a_folder_without_records_is_no_release(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="没有发布记录"):
        verify.verify(tmp_path)


# --- refused ----------------------------------------------------------------------------------------------


def _unset(root: Path) -> None:
    project.replace(root / "mkdocs.yml", "https://www.example.org/minsheng/", '""')
    diff(root)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no approval": ({"approval": ""}, "缺批准文号"),
    "demonstration": ({"demo": False}, "演示行"),
    "never shown": ({}, "还没有看过改动"),
    "shown another": ({"approved": "0" * 64}, "重新送审"),
    "no address": ({}, "网站地址"),
    "no reason": ({}, "更正表里没有说明"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_a_release_is_refused_and_nothing_is_written(why: str, first: Path) -> None:
    wish, said = REFUSED[why]
    before = stood(first)
    if why == "no reason":
        project.replace(first / project.BUDGET, NUMBER, NUMBER.replace("360", "361"))
    else:
        project.edit_rows(first / "data/sources.csv", lambda rows: rows[1].__setitem__(1, "《甲市年鉴》第二版"))
    diff(first)
    if why == "never shown":
        (first / "build" / publish.SHOWN).unlink()
    if why == "no address":
        _unset(first)
    with pytest.raises(InputError, match=said):
        release(first, shown=False, **wish)
    assert stood(first) == before


def test_all_that_stands_in_the_way_is_said_at_once(first: Path) -> None:
    project.replace(first / project.BUDGET, NUMBER, NUMBER.replace("360", "361"))
    with pytest.raises(InputError) as stopped:
        release(first, shown=False, approval="", demo=False, approved="0" * 64)
    assert str(stopped.value).count("\n") == 4


def test_an_approval_holds_for_what_was_shown_alone(first: Path) -> None:
    correct(first)
    approved = diff(first).hash
    project.edit_rows(first / "data/sources.csv", lambda rows: rows[1].__setitem__(1, "《甲市年鉴》第二版"))
    for said in ("", approved, approved.removeprefix("sha256:")[:12]):
        with pytest.raises(InputError, match="重新送审"):
            release(first, shown=False, approved=said)
    now = diff(first).hash
    (first / "build" / publish.SHOWN).unlink()
    assert release(first, shown=False, approved=now.removeprefix("sha256:")[:12]).fresh


def test_data_with_errors_are_not_released(first: Path) -> None:
    before = stood(first)
    project.replace(first / project.BUDGET, NUMBER, NUMBER.replace("360", "三百"))
    with pytest.raises(pipeline.InputProblems):
        release(first, shown=False)
    assert stood(first) == before


def test_nothing_new_is_no_release(first: Path) -> None:
    before = stood(first)
    done = release(first)
    assert not done.fresh
    assert stood(first) == before


@pytest.mark.parametrize("what", ["folder", "file", "link", "inside", "around"])
def test_a_place_that_is_not_ours_is_left_alone(what: str, first: Path, tmp_path: Path) -> None:
    to = tmp_path / "other"
    if what == "folder":
        to.mkdir()
        (to / "index.html").write_text("theirs", encoding="utf-8")
    elif what == "file":
        to.write_text("theirs", encoding="utf-8")
    elif what == "link":
        (tmp_path / "elsewhere").mkdir()
        to.symlink_to(tmp_path / "elsewhere")
    else:
        to = first / "data/www" if what == "inside" else first.parent
    with pytest.raises(UsageError):
        release(first, to=to)
    assert not tree.store(to).exists()


def test_the_second_of_two_at_once_is_told(first: Path) -> None:
    correct(first)
    diff(first)
    with lock(first / "build/publish"), pytest.raises(MachineError, match="另一个 portal 正在这里工作"):
        release(first, shown=False)
    with lock(tree.store(served(first))), pytest.raises(MachineError, match="另一个 portal 正在这里工作"):
        release(first, shown=False)


# --- what gets in between ---------------------------------------------------------------------------------

STEPS = {
    "objects": (publish, "put"),
    "pages": (publish, "again"),
    "switch": (tree, "_copied"),
    "rename": (tree, "_linked"),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("fault", [OSError(28, "full"), KeyboardInterrupt()], ids=["full", "stopped"])
def test_what_is_served_stays_whole_when_a_release_breaks_off(
    step: str, fault: BaseException, first: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    correct(first)
    diff(first)
    before, _ = stood(first)

    def broken(*args: object, **kwargs: object) -> NoReturn:
        raise fault

    with monkeypatch.context() as patch:
        patch.setattr(*STEPS[step], broken)
        with pytest.raises((MachineError, OSError, KeyboardInterrupt)):
            release(first, shown=False)
    assert project.files(served(first).resolve()) == before
    assert verify.verify(served(first)).problems == ()
    written = len(records.load(first / "data").files)
    assert written == (2 if step in ("switch", "rename") else 1)
    done = release(first, shown=False)
    assert done.record.number == 2
    assert done.fresh == (written == 1)
    assert verify.verify(served(first)).problems == ()
    assert verify.verify(first / "data").problems == ()


def test_the_second_write_of_a_record_may_fail_too(first: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Objects are there, the record is not: they do no harm."""
    correct(first)
    diff(first)
    real, calls = publish.put, iter(range(9))

    def second_fails(folder: Path, files: dict[str, bytes]) -> None:
        if next(calls) == 1:
            raise OSError(28, "full")
        real(folder, files)

    with monkeypatch.context() as patch:
        patch.setattr(publish, "put", second_fails)
        with pytest.raises(MachineError, match="磁盘已满"):
            release(first, shown=False)
    assert len(records.load(first / "data").files) == 1
    assert release(first, shown=False).record.number == 2
    assert verify.verify(first / "data").problems == ()


# --- where it is served -----------------------------------------------------------------------------------


def test_files_that_did_not_change_are_shared_between_trees(second: Path) -> None:
    trees = [tree.store(served(second)) / name for name in ("0001", "0002")]
    same, other = "assets/portal.css", "budget/2021/p01/index.html"
    release_inodes = [[(t / path).stat().st_ino for t in trees] for path in (same, other)]
    if (trees[0] / same).stat().st_nlink == 1:  # a copy of the fixture is made without links
        assert (trees[0] / same).read_bytes() == (trees[1] / same).read_bytes()
    assert release_inodes[1][0] != release_inodes[1][1]
    project.edit_rows(second / "data/sources.csv", lambda rows: rows[1].__setitem__(1, "《甲市年鉴》第二版"))
    release(second)
    third = tree.store(served(second)) / "0003"
    assert (third / same).stat().st_ino == (trees[1] / same).stat().st_ino


def test_old_trees_go(first: Path) -> None:
    for n in range(2, 6):
        project.edit_rows(first / "data/sources.csv", lambda rows, n=n: rows[1].__setitem__(1, f"《甲市年鉴》{n}"))
        release(first)
    names = sorted(p.name for p in tree.store(served(first)).iterdir() if p.is_dir())
    assert names == ["0003", "0004", "0005"]


def test_where_links_cannot_be_made_folders_are_renamed(
    first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_links(monkeypatch)
    to = tmp_path / "网站 目录"
    assert "改名" in "".join(release(first, to=to).said)
    assert to.is_dir()
    assert not to.is_symlink()
    assert verify.verify(to).problems == ()
    correct(first)
    assert "改名" in "".join(release(first, to=to).said)
    assert verify.verify(to).problems == ()
    assert "第 2 次" in verify.verify(to).said
    # A command that was killed between its two renames: the next one puts the old site back before anything else.
    to.rename(tree.store(to) / tree.BEFORE)
    project.edit_rows(first / "data/sources.csv", lambda rows: rows[1].__setitem__(1, "《甲市年鉴》第二版"))
    release(first, to=to)
    assert verify.verify(to).problems == ()
    assert not (tree.store(to) / tree.BEFORE).exists()


def test_the_archive_is_the_tree(first: Path, tmp_path: Path) -> None:
    correct(first)
    release(first, archive=tmp_path / "整站.zip")
    with zipfile.ZipFile(tmp_path / "整站.zip") as packed:
        packed.extractall(tmp_path / "unpacked")
    assert project.files(tmp_path / "unpacked") == project.files(served(first).resolve())
    assert verify.verify(tmp_path / "unpacked").problems == ()
    before = (tmp_path / "整站.zip").read_bytes()
    release(first, archive=tmp_path / "整站.zip")
    assert (tmp_path / "整站.zip").read_bytes() == before
