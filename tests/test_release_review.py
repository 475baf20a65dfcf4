"""What a review of releases found, each case once: it must not come back."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import lxml.html
import pytest

from generator import records
from generator.errors import InputError, UsageError
from generator.release import publish, revert, tree, verify, withdraw
from generator.subjects import SUBJECTS
from tests import project
from tests.released import WWW, correct, diff, release, where, without_links
from tests.test_canaries import NEWS, _news
from tests.test_withdraw import take_out

CELL = "2021/1/510903/city/2021-12"


def explain(root: Path, row: str) -> None:
    with (root / "data/corrections.csv").open("a", encoding="utf-8") as file:
        file.write(f"{row}\n")


def edition(root: Path, words: str = "第二版") -> None:
    """A change that no figure is made from."""
    project.edit_rows(root / "data/sources.csv", lambda rows: rows[1].__setitem__(1, f"《甲市年鉴》{words}"))


# --- reasons ----------------------------------------------------------------------------------------------


def test_a_correction_must_say_what_stands_there(first: Path) -> None:
    project.replace(first / project.BUDGET, "2021-12,400,400,360", "2021-12,400,400,361")
    explain(first, f"c1,2022-02-01,budget,{CELL},拨付(万元),360,365,漏记,,demo")
    assert diff(first).wanted
    explain(first, f"c2,2022-02-02,budget,{CELL},拨付(万元),365,361,又改,,demo")
    assert not diff(first).wanted


def test_a_printed_total_is_corrected_by_its_cell(first: Path) -> None:
    totals = first / "data/control_totals.csv"
    project.replace(
        totals, "公布的拨付,990,万元,余,2021-12-31,2022-05-01", "公布的拨付,995,万元,余,2021-12-31,2022-05-01"
    )
    found = diff(first)
    assert [place for place, _, _ in found.wanted] == [("control_totals", "budget/2021/all/paid", "数值")]
    explain(first, "c1,2022-02-01,control_totals,budget/2021/all/paid,数值,990,995,印错,,yb")
    assert not diff(first).wanted


def test_a_gap_that_is_filled_excuses_nothing_else_of_its_row(first: Path) -> None:
    totals = first / "data/control_totals.csv"
    old = "公布的拨付,990,万元,余,2021-12-31,2022-05-01"
    project.replace(totals, old, "公布的拨付,990,万元,余,2021-12-31,")
    release(first, reverts=1, note="先空着(演示)")
    project.replace(totals, "公布的拨付,990,万元,余,2021-12-31,", "公布的拨付,995,万元,余,2021-12-31,2022-05-01")
    assert [place[2] for place, _, _ in diff(first).wanted] == ["数值"]


def test_a_figure_that_says_another_unit_is_not_of_another_kind_only(first: Path) -> None:
    totals = first / "data/control_totals.csv"
    project.replace(totals, "公布的拨付,990,万元,余", "公布的拨付,990,万元,精确")
    assert [place[2] for place, _, _ in diff(first).wanted] == ["精度"]


def test_a_closed_year_is_not_opened_by_the_change_itself(first: Path) -> None:
    package = first / "data/datapackage.yaml"
    text = package.read_text(encoding="utf-8")
    package.write_text(f"{text}closed: [2021]\n", encoding="utf-8")
    release(first)
    package.write_text(text, encoding="utf-8")
    project.replace(
        first / project.BUDGET, "2021,2,510903,市,2021-12,300,300,270", "2021,2,510903,市,2021-12,300,300,未报送"
    )
    release(first, reverts=1, note="先空着(演示)")
    package.write_text(f"{text}closed: [2021]\n", encoding="utf-8")
    release(first)
    package.write_text(text, encoding="utf-8")
    project.replace(
        first / project.BUDGET, "2021,2,510903,市,2021-12,300,300,未报送", "2021,2,510903,市,2021-12,300,300,270"
    )
    assert diff(first).wanted


def test_what_the_store_lost_is_no_reason(first: Path) -> None:
    history = records.load(first / "data")
    assert history.newest
    digest = history.listed(history.newest.files)["data/figures/2021/budget.json"]
    history.place(digest).unlink()
    assert any("不在" in p for p in verify.verify(first / "data").problems)
    with pytest.raises(InputError, match="缺"):
        diff(first)


# --- what is published ------------------------------------------------------------------------------------


def test_a_new_look_is_a_new_release(first: Path) -> None:
    with (first / "overrides/assets/portal.css").open("a", encoding="utf-8") as file:
        file.write("/* neu */\n")
    done = release(first)
    assert (done.fresh, done.record.number) == (True, 2)
    assert verify.verify(first.parent / WWW).problems == ()


def test_what_lies_in_the_out_folder_is_not_published(first: Path) -> None:
    (first / "site/data/内部.xlsx").write_bytes(b"x")
    correct(first)
    with pytest.raises(InputError, match="不是本程序写的文件"):
        release(first)
    assert len(records.load(first / "data").files) == 1


def test_data_that_change_while_a_release_is_made_stop_it(first: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    correct(first)
    diff(first)
    real = publish.again

    def meanwhile(*args: Any) -> Any:
        edition(first)
        return real(*args)

    monkeypatch.setattr(publish, "again", meanwhile)
    with pytest.raises(InputError, match="发布当中,数据又被改了"):
        release(first, shown=False)
    assert len(records.load(first / "data").files) == 1


def test_the_folder_that_is_served_is_never_renamed(first: Path) -> None:
    """Even where the same release is put there once more, because somebody has changed a file of it."""
    served = (first.parent / WWW).resolve()
    (served / "index.html").unlink()
    (served / "index.html").write_text("changed", encoding="utf-8")
    release(first)
    assert (first.parent / WWW).resolve().name == "0001-2"
    assert verify.verify(first.parent / WWW).problems == ()
    (tree.store(first.parent / WWW) / "0003-备份").mkdir()
    edition(first)
    release(first)
    assert (tree.store(first.parent / WWW) / "0003-备份").is_dir()


def test_a_rename_that_fails_brings_the_old_site_back(
    first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_links(monkeypatch)
    to = tmp_path / "plain"
    release(first, to=to)
    before = project.files(to)
    real = Path.rename

    def busy(self: Path, target: Path) -> Path:
        if self.name.endswith(".part"):
            raise PermissionError(13, "in use")
        return real(self, target)

    edition(first)
    diff(first)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", busy)
        with pytest.raises(Exception, match="原来的网站没有动"):
            release(first, shown=False, to=to)
    assert project.files(to) == before


def test_a_strange_file_beside_the_releases_is_seen(second: Path) -> None:
    www = second.parent / WWW
    assert verify.verify(www).problems == ()
    (www / "releases/evil.html").write_text("<p>1</p>", encoding="utf-8")
    (www / "releases/0001/more.json").write_text("{}", encoding="utf-8")
    assert sorted(verify.verify(www).problems) == ["多出文件:releases/0001/more.json", "多出文件:releases/evil.html"]


# --- withdrawn --------------------------------------------------------------------------------------------


def test_a_withdrawn_row_is_in_no_older_list_of_changes(second: Path) -> None:
    """Nor what the corrections say of it."""
    take_out(second, withdraw.row(project.load(second), "budget", CELL))
    www = second.parent / WWW
    assert not (www / "releases/0002/changes.json").exists()
    page = lxml.html.parse(str(www / "releases/0002/index.html")).getroot().find(".//article")
    checksum = r"[0-9a-f]{16,}"  # may have any three digits
    assert "365" not in re.sub(checksum, "", "".join(page.itertext()))
    assert [row[0] for row in project.read_rows(second / "data/corrections.csv")[1:]] == []
    assert verify.verify(www).problems == ()
    assert verify.verify(second / "data").problems == ()


def test_older_forms_of_a_withdrawn_row_are_gone_too(first: Path) -> None:
    old = "旧的说法不该留"
    project.replace(first / project.PROJECTS, "2021,2,办学", f"2021,2,{old}")
    release(first)
    project.replace(first / project.PROJECTS, f"2021,2,{old}", "2021,2,办学校")
    release(first)
    with pytest.raises(Exception, match="错误"):  # money is spent on it: the check says so, and nothing is lost
        take_out(first, withdraw.row(project.load(first), "projects", "2021/2"))
    assert where(first / "data/releases", old)
    text = (first / project.BUDGET).read_text(encoding="utf-8")
    (first / project.BUDGET).write_text(
        "".join(x for x in text.splitlines(keepends=True) if not x.startswith("2021,2,")), encoding="utf-8"
    )
    release(first, reverts=1, note="去掉(演示)")
    take_out(first, withdraw.row(project.load(first), "projects", "2021/2"))
    assert where(first.parent, old) == []


def test_a_page_of_news_goes_with_its_pictures(first: Path) -> None:
    from tests.test_written import photo

    _news(first)
    secret = "不该公开的一篇"
    (first / "data/updates/a.md").write_text(
        NEWS.format(title=secret, body="一段。\n\n![门口](a.jpg)"), encoding="utf-8"
    )
    (first / "data/updates/a.jpg").write_bytes(photo((90, 60)))
    release(first)
    with pytest.raises(UsageError, match="还在文章里用着"):
        withdraw.file(project.load(first), "data/updates/a.jpg")
    take_out(first, withdraw.row(project.load(first), "updates", "2021/1"))
    assert not (first / "data/updates/a.md").exists()
    assert not (first / "data/updates/a.jpg").exists()
    assert where(first.parent, secret) == []
    assert verify.verify(first / "data").problems == ()


def test_a_withdrawal_that_was_killed_is_taken_back_or_completed(first: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = withdraw.row(project.load(first), "budget", "2021/2/510903/city/2021-12")
    before = project.files(first / "data")
    with monkeypatch.context() as patch:
        patch.setattr(withdraw, "ended", lambda settings: None)  # as if the machine had gone dark
        patch.setattr(publish, "_written", lambda *a: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            take_out(first, gone)
    assert project.files(first / "data") != before
    withdraw.recover(project.load(first))
    assert project.files(first / "data") == before
    take_out(first, withdraw.row(project.load(first), "budget", "2021/2/510903/city/2021-12"))
    withdraw.recover(project.load(first))
    assert "2021,2,510903,市,2021-12" not in (first / project.BUDGET).read_text(encoding="utf-8")


def test_what_was_withdrawn_does_not_come_back_as_it_was(first: Path) -> None:
    before = (first / project.BUDGET).read_bytes()
    take_out(first, withdraw.row(project.load(first), "budget", "2021/2/510903/city/2021-12"))
    (first / project.BUDGET).write_bytes(before)
    with pytest.raises(InputError, match="撤下过的内容又回来了"):
        release(first)


def test_trees_from_before_a_withdrawal_go_with_the_next_switch(first: Path, tmp_path: Path) -> None:
    edition(first)
    release(first)
    take_out(
        first,
        withdraw.row(project.load(first), "budget", "2021/2/510903/city/2021-12"),
        to=None,
        archive=tmp_path / "a.zip",
    )
    edition(first, "第三版")
    release(first)
    assert [p.name for p in tree.store(first.parent / WWW).iterdir() if p.is_dir()] == ["0004"]


# --- reverted ---------------------------------------------------------------------------------------------


def test_a_revert_past_a_row_that_was_corrected_leaves_a_word(first: Path) -> None:
    project.edit_rows(
        first / project.BUDGET,
        lambda rows: rows.append(["2021", "2", "510904", "县", "2021-12", "50", "50", "40", "demo"]),
    )
    release(first)
    project.replace(first / project.BUDGET, "2021,2,510904,县,2021-12,50,50,40", "2021,2,510904,县,2021-12,50,50,45")
    explain(first, "c1,2022-02-01,budget,2021/2/510904/county/2021-12,拨付(万元),40,45,漏记,,new")
    project.edit_rows(
        first / "data/sources.csv", lambda rows: rows.append(["new", "一份新文件", "演示", "", "", "", ""])
    )
    release(first)
    revert.restore(project.load(first), 1, "都不对(演示)", SUBJECTS)
    rows = project.read_rows(first / "data/corrections.csv")
    assert [(row[0], row[6]) for row in rows[1:]] == [("c1", "45"), ("revert-4-1", "删去")]
    assert "new" in {row[0] for row in project.read_rows(first / "data/sources.csv")}
    assert release(first, reverts=1, note="都不对(演示)").record.number == 4


def test_a_revert_that_would_not_pass_changes_nothing(second: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = project.files(second / "data")
    monkeypatch.setattr(revert, "_sources", lambda *args: {"data/sources.csv": b"x\n"})
    with pytest.raises(InputError, match="通不过核对"):
        revert.restore(project.load(second), 1, "x", SUBJECTS)
    assert project.files(second / "data") == before


def test_the_trace_of_a_revert_survives_another_encoding(second: Path) -> None:
    path = second / "data/corrections.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
    release(second)
    revert.restore(project.load(second), 1, "不对(演示)", SUBJECTS)
    rows = project.read_rows(path)
    assert [row[0] for row in rows[1:]] == ["c1", "revert-4-1"]


def test_a_revert_that_was_killed_is_completed_with_its_trace(second: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = revert.put, iter(range(9))

    def dies(folder: Path, files: dict[str, bytes]) -> None:
        if next(calls) == 2:
            raise KeyboardInterrupt
        real(folder, files)

    with monkeypatch.context() as patch:
        patch.setattr(revert, "put", dies)
        with pytest.raises(KeyboardInterrupt):
            revert.restore(project.load(second), 1, "不对(演示)", SUBJECTS)
    revert.restore(project.load(second), 1, "不对(演示)", SUBJECTS)
    assert [row[0] for row in project.read_rows(second / "data/corrections.csv")[1:]] == ["c1", "revert-3-1"]
    assert "2021-12,400,400,360" in (second / project.BUDGET).read_text(encoding="utf-8")


# --- proving ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values", [{"time": 5}, {"withdrawn": ["x"]}, {"files": {}}, {"counts": {"a": "b"}}, {"number": "1"}]
)
def test_a_record_of_nonsense_is_explained(values: dict[str, Any], first: Path) -> None:
    path = (first.parent / WWW).resolve() / "releases/0001.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    path.unlink()
    path.write_text(json.dumps({**found, **values}), encoding="utf-8")
    with pytest.raises(InputError, match="不是一条发布记录"):
        verify.verify(first.parent / WWW)


@pytest.mark.parametrize("text", ["[]", "{", "5", "[" * 100_000])
def test_a_list_of_nonsense_does_not_hold(text: str, first: Path) -> None:
    www = (first.parent / WWW).resolve()
    listed = www / "releases/files.json"
    listed.unlink()
    listed.write_text(text, encoding="utf-8")
    record = json.loads((www / "releases/0001.json").read_text(encoding="utf-8"))
    (www / "releases/0001.json").unlink()
    record["files"] = records.hash_of(text.encode())
    (www / "releases/0001.json").write_text(json.dumps(record), encoding="utf-8")
    assert verify.verify(first.parent / WWW).problems


def test_a_store_beside_pages_does_not_hide_them(first: Path) -> None:
    www = (first.parent / WWW).resolve()
    for path in (first / "data/releases/objects").rglob("*.gz"):
        target = www / path.relative_to(first / "data")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    (www / "index.html").unlink()
    (www / "index.html").write_text("changed", encoding="utf-8")
    assert verify.verify(www).problems == ("文件变了:index.html",)


def test_hidden_files_count(first: Path) -> None:
    ((first.parent / WWW).resolve() / ".htaccess").write_text("x", encoding="utf-8")
    assert verify.verify(first.parent / WWW).problems == ("多出文件:.htaccess",)
