"""What a change is called, why it is allowed, and what is warned of: against a release of the small project."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from generator import contract
from generator.diff import changes, figures, rows, told, warnings
from generator.diff.changes import Changes
from generator.diff.published import Published
from generator.errors import InputError
from tests import project
from tests.released import correct, diff

PAID = "2021,1,510903,市,2021-12,400,400,{},demo"
PLACE = ("budget", "2021/1/510903/city/2021-12", "拨付(万元)")
FIGURE = "budget/2021/p01+r510903/paid"


def _paid(root: Path, now: str, was: str = "360") -> None:
    project.replace(root / project.BUDGET, PAID.format(was), PAID.format(now))


def _explain(root: Path, row: str) -> None:
    with (root / "data/corrections.csv").open("a", encoding="utf-8") as file:
        file.write(f"{row}\n")


def _month(root: Path, rows: str = "", *, sources: str = "demo") -> None:
    """A further month: the year's last, so the release has only two."""
    lines = [
        f"2021,{p},{r},{level},2021-12,{total},{total},{total * 9 // 10},{sources}"
        for p, r, level, total in project.PARTS
    ]
    with (root / project.BUDGET).open("a", encoding="utf-8") as file:
        file.write(rows or "\n".join(lines) + "\n")


def _until_november(root: Path) -> None:
    project.edit_rows(
        root / project.BUDGET, lambda rows: rows.__setitem__(slice(None), [r for r in rows if r[4] != "2021-12"])
    )


def _why(found: Changes, figure: str = FIGURE) -> str:
    return found.why[figure].why


# --- reasons ----------------------------------------------------------------------------------------------


def test_a_changed_cell_needs_a_correction_of_its_own(first: Path) -> None:
    _paid(first, "365")
    found = diff(first)
    assert _why(found) == "没有说明"
    assert found.wanted == [(PLACE, "360", "365")]
    # Everything that the cell is in changed, and nothing else did.
    assert {c.id.split("@")[0] for c in found.figures} == {c.id.split("@")[0] for c in found.unexplained}
    assert all("p02" not in c.id and "r510904" not in c.id for c in found.figures)


def test_cells_that_cancel_each_other_out_need_a_word_each(first: Path) -> None:
    """No sum is another, so no figure is: what was published of the rows is."""
    project.replace(first / project.BUDGET, "510903,市,2021-11,400,360,320", "510903,市,2021-11,400,360,321")
    project.replace(first / project.BUDGET, "510903,省,2021-11,240,216,192", "510903,省,2021-11,240,216,191")
    found = diff(first)
    cells = [(level, *values) for level, *values in (("city", "320", "321"), ("province", "192", "191"))]
    places = [(("budget", f"2021/1/510903/{level}/2021-11", "拨付(万元)"), old, new) for level, old, new in cells]
    assert sorted(found.wanted) == sorted(places)
    assert found.counts["rows_changed"] == 2
    said, sheet = told.text(found), told.html(found, site="甲市", as_of=None)
    for text in (said, sheet):
        assert "修路 · 东山区 · 省 · 2021-11" in text
        assert "192 → 191" in text
    assert "2 行改动" in said.splitlines()[0]
    _explain(first, "c1,2022-02-01,budget,2021/1/510903/city/2021-11,拨付(万元),320,321,串行,,demo")
    _explain(first, "c2,2022-02-01,budget,2021/1/510903/province/2021-11,拨付(万元),192,191,串行,,demo")
    assert not diff(first).wanted


def test_a_date_that_no_figure_is_made_from_needs_a_word_too(first: Path) -> None:
    project.replace(first / "data/sources.csv", "2022-05-01", "2022-06-01")
    assert [place for place, _, _ in diff(first).wanted][:1] == [("sources", "yb", "公布日期")]


def test_a_printed_total_of_a_later_date_needs_none(first: Path) -> None:
    totals = first / "data/control_totals.csv"
    project.replace(totals, "990,万元,余,2021-12-31,2022-05-01", "995,万元,余,2022-01-31,2022-06-01")
    assert not diff(first).wanted


def test_a_published_correction_stays(second: Path) -> None:
    table = second / "data/corrections.csv"
    whole = table.read_text(encoding="utf-8")
    table.write_text(whole.splitlines()[0] + "\n", encoding="utf-8")
    found = diff(second)
    assert found.lost == ["c1"]
    assert "公布过的更正" in told.text(found)
    assert "公布过的更正" in told.html(found, site="甲市", as_of=None)
    from tests.released import release

    with pytest.raises(InputError, match="公布过的更正不能删、不能改:c1"):
        release(second, shown=False)
    table.write_text(whole.replace("漏记一笔(演示)", "漏记一笔，已补(演示)"), encoding="utf-8")
    assert not diff(second).lost


def test_the_sheet_says_why_in_words(first: Path) -> None:
    correct(first)
    assert "漏记一笔(演示)" in told.html(diff(first), site="甲市", as_of=None)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("c1,2022-02-01,budget,2021/1/510903/city/2021-12,拨付(万元),360,365,漏记,,demo", "更正"),
        ("c1,2022-02-01,budget,2021/1/东山区/市/2021-12,拨付（万元）,360.00,365.00,漏记,,demo", "更正"),
        ("c1,2022-02-01,budget,2021/1/510903/city/2021-12,拨付(万元),361,365,漏记,,demo", "没有说明"),
        ("c1,2022-02-01,budget,2021/1/510903/city/2021-12,下达(万元),400,400,漏记,,demo", "没有说明"),
        ("c1,2022-02-01,budget,2021/1/510903/city/2021-11,拨付(万元),320,320,漏记,,demo", "没有说明"),
    ],
    ids=["exact", "in words", "another old value", "another column", "another row"],
)
def test_only_a_correction_of_that_cell_from_that_value_counts(row: str, why: str, first: Path) -> None:
    _paid(first, "365")
    _explain(first, row)
    found = diff(first)
    assert _why(found) == why
    assert bool(found.wanted) == (why != "更正")


def test_a_correction_counts_once(second: Path) -> None:
    """One that is published says nothing of a later change, though it begins at the same value."""
    _paid(second, "360", "365")
    from tests.released import release

    _explain(second, "c2,2022-02-02,budget,2021/1/510903/city/2021-12,拨付(万元),365,360,记错,,demo")
    assert release(second).record.number == 3
    _paid(second, "365", "360")
    assert diff(second).wanted == [(PLACE, "360", "365")]


@pytest.fixture
def november(first: Path) -> Path:
    """A release that ends with November."""
    from tests.released import release

    _until_november(first)
    release(first, reverts=1, note="从头来(演示)")
    return first


def test_a_new_month_updates_and_leaves_the_old_ones(november: Path) -> None:
    _month(november)
    found = diff(november)
    assert not found.wanted
    assert _why(found) == "新的一期"
    assert _why(found, "budget/2021/p01/paid@2021-12") == "新增的行"
    assert all(not c.point or c.change == figures.ADDED for c in found.figures)
    assert found.counts["figures"]
    assert found.counts["个项目"] == 2
    shown = told.html(found, site="甲市", as_of="2021-12")
    assert f"另有 {len(found.again)} 个各月的数" in shown


def test_a_late_row_of_a_month_fills_a_gap(november: Path) -> None:
    from tests.released import release

    _month(november, "2021,1,510903,市,2021-12,400,400,360,demo\n")
    release(november)
    _month(november, "2021,1,510903,省,2021-12,240,240,216,demo\n")
    found = diff(november)
    assert not found.wanted
    assert _why(found) == "新增的行"


def test_a_missing_cell_that_is_filled_in_is_no_correction(november: Path) -> None:
    from tests.released import release

    _month(november, "2021,1,510903,市,2021-12,400,400,未报送,demo\n")
    release(november)
    project.replace(november / project.BUDGET, "2021-12,400,400,未报送", "2021-12,400,400,360")
    found = diff(november)
    assert not found.wanted
    assert _why(found) == "补报"
    assert found.figures


def test_a_row_that_is_gone_needs_a_word(first: Path) -> None:
    gone = "2021,1,510904,县,2021-12,160,160,144,demo"
    project.edit_rows(first / project.BUDGET, lambda rows: rows.remove(gone.split(",")))
    found = diff(first)
    assert [(place[:2], new) for place, _, new in found.wanted] == [
        (("budget", "2021/1/510904/county/2021-12"), "删去")
    ]
    _explain(first, "c1,2022-02-01,budget,2021/1/510904/county/2021-12,拨付(万元),144,删去,重复登记,,demo")
    found = diff(first)
    assert not found.wanted
    assert (
        _why(found, "budget/2021/p01/paid_sum" if "budget/2021/p01/paid_sum" in found.why else "budget/2021/p01/paid")
        == "更正"
    )


def test_a_figure_that_is_reckoned_otherwise_needs_a_word(first: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from generator.diff import changes, published

    real = published.read

    def otherwise(paths: object, get: Callable[[str], bytes | None]) -> Published:
        found = real(paths, get)  # type: ignore[arg-type]
        if "releases" in str(getattr(get, "__qualname__", "")) or len(seen) == 0:
            seen.append(1)
            return found
        entry = {**found.figures[FIGURE], "value": "1.00"}
        return Published({**found.figures, FIGURE: entry}, found.rows, found.columns)

    seen: list[int] = []
    monkeypatch.setattr(changes, "read", otherwise)
    found = diff(first)
    assert _why(found) == "没有说明"
    assert found.wanted[0][0] == ("figures", FIGURE, "数值")
    _explain(first, f"c1,2022-02-01,figures,{FIGURE},数值,1.00,{found.wanted[0][2]},算法改正,,demo")
    seen.clear()
    assert _why(diff(first)) == "更正"


def test_another_kind_of_source_is_no_other_number(first: Path) -> None:
    project.replace(first / project.BUDGET, "2021-12,400,400,360,demo", "2021-12,400,400,360,yb")
    found = diff(first)
    assert not found.wanted
    kinds = {c.id for c in found.figures if c.old and c.new and c.old["kind"] != c.new["kind"]}
    assert all(found.why[i].why == "性质变了" for i in kinds)


@pytest.mark.parametrize("what", ["new month", "late row", "filled gap"])
def test_a_closed_year_takes_nothing_without_a_correction(what: str, november: Path) -> None:
    from tests.released import release

    if what != "new month":
        _month(november, "2021,1,510903,市,2021-12,400,400,未报送,demo\n")
        release(november)
    package = november / "data/datapackage.yaml"
    package.write_text(package.read_text(encoding="utf-8") + "closed: [2021]\n", encoding="utf-8")
    row, column, old = "2021/1/510903/city/2021-12", "拨付(万元)", "空"
    if what == "new month":
        _month(november, "2021,1,510903,市,2021-12,400,400,360,demo\n")
        new = "360"
    elif what == "late row":
        _month(november, "2021,1,510903,省,2021-12,240,240,216,demo\n")
        row, new = "2021/1/510903/province/2021-12", "216"
    else:
        project.replace(november / project.BUDGET, "2021-12,400,400,未报送", "2021-12,400,400,360")
        old, new = "未报送", "360"
    found = diff(november)
    assert found.wanted
    assert all(place[1] == row for place, _, _ in found.wanted if place[0] == "budget")
    _explain(november, f"c1,2022-02-01,budget,{row},{column},{old},{new},结账后补记,,demo")
    assert not diff(november).wanted


# --- what is shown ----------------------------------------------------------------------------------------


def test_text_json_and_sheet_say_the_same(first: Path) -> None:
    correct(first)
    found = diff(first)
    said, data = told.text(found), json.loads(told.as_json(found))
    sheet = told.html(found, site="甲市民生公开", as_of="2021-12")
    assert said.startswith("与第 1 次发布相比:1 个项目、13 个数、")
    assert data["hash"] == found.hash
    for text in (said, sheet):
        assert found.hash.partition(":")[2][:12] in text
        assert "360.00" in text
        assert "365.00" in text
        assert "c1" in text
    for step in ("初审", "复审", "终审", "保密审查", "批准文号", "签名"):
        assert step in sheet
    assert "<script" not in sheet
    assert {f["id"] for f in data["figures"]} == {c.id for c in found.figures}
    assert data["pages"]["changed"]
    assert not data["pages"]["removed"]


def test_the_hash_moves_with_everything_that_is_approved(first: Path) -> None:
    seen = {diff(first).hash}
    for file, old, new in (
        ("data/sources.csv", "《甲市年鉴》", "《甲市年鉴》二"),
        ("docs/about.md", "\n---\n", "\n---\n\n新的一句。\n"),
        ("mkdocs.yml", 'office: ""', "office: 某办公室"),
        ("data/budget/2021.csv", PAID.format(360), PAID.format(361)),
    ):
        project.replace(first / file, old, new)
        seen.add(diff(first).hash)
    assert len(seen) == 5
    assert diff(first).hash in seen


def test_before_the_first_release_everything_is_new(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    root = project.copy(project.warmed(tmp_path_factory), tmp_path / "project")
    found = diff(root)
    assert found.base is None
    assert not found.wanted
    assert told.text(found).startswith("还没有发布过:第一次发布:")
    assert "发布审签单" in told.html(found, site="甲市", as_of=None)


# --- warnings ---------------------------------------------------------------------------------------------


def _row(key: str, **cells: object) -> dict[str, object]:
    return {"@key": key, **cells}


def _published(label: str, *rows: dict[str, object]) -> Published:
    return Published({}, {label: {str(r["@key"]): r for r in rows}}, {})


SHIPPED = contract.load(project.ROOT / "data")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("未启动", "已完成", "跳过了实施中"),
        ("实施中", "未启动", "倒退了"),
        ("未启动", "实施中", ""),
        ("实施中", "已完成", ""),
        ("实施中", "已终止", ""),
    ],
)
@pytest.mark.parametrize("month", ["2021-11", "2021-12"], ids=["same month", "next month"])
def test_a_state_that_skips_a_step_is_warned_of(old: str, new: str, said: str, month: str) -> None:
    def row(at: str, state: str) -> dict[str, object]:
        return _row(f"2021/1/510903/{at}", year=2021, project=1, region="510903", month=at, lifecycle=state)

    label = "project_progress:2021"
    before = _published(label, row("2021-11", old))
    after = _published(label, *([row("2021-11", old)] if month != "2021-11" else []), row(month, new))
    found = list(warnings.skipped(SHIPPED, before, after))
    assert [said in words for _, _, words in found] == ([True] if said else [])


def test_a_state_of_an_earlier_month_is_told() -> None:
    def row(at: str, state: str) -> dict[str, object]:
        return _row(f"2021/1/510903/{at}", year=2021, project=1, region="510903", month=at, lifecycle=state)

    label = "project_progress:2021"
    before = _published(label, row("2021-01", "未启动"), row("2021-02", "实施中"))
    after = _published(label, row("2021-01", "已终止"), row("2021-02", "实施中"))
    changed = list(rows.compared(SHIPPED, before, after))
    (state,) = changes._states(SHIPPED, before, after, changed)
    assert (state.row, state.old, state.new) == ("2021/1/510903/2021-01", "未启动", "已终止")
    assert state.about.endswith("2021-01")


def test_what_is_not_told_any_more_is_warned_of_and_an_older_month_is_no_step_back() -> None:
    def row(at: str, paid: str | None) -> dict[str, object]:
        key = f"2021/1/510903/city/{at}"
        return _row(key, year=2021, project=1, region="510903", level="市", month=at, paid=paid)

    label = "budget:2021"
    before = _published(label, row("2021-11", "90"), row("2021-12", "100"))
    (warned,) = warnings.backwards(SHIPPED, before, _published(label, row("2021-11", "90"), row("2021-12", None)))
    assert "由 100 变成 " in warned[2]
    assert not list(warnings.backwards(SHIPPED, before, _published(label, row("2021-11", "90"))))


@pytest.mark.parametrize(("new", "warned"), [("3.6", True), ("3600", True), ("359", False)])
def test_an_amount_ten_times_what_it_was_is_warned_of_in_its_row(new: str, warned: bool) -> None:
    key = "2021/1/510903/city/2021-12"
    before, after = (_published("budget:2021", _row(key, year=2021, paid=paid)) for paid in ("360", new))
    found = [(what, where) for what, where, _ in warnings.tenfold_cells(list(rows.compared(SHIPPED, before, after)))]
    assert found == ([("十倍", f"budget:2021/{key}")] if warned else [])


def _figure(value: str, **more: object) -> dict[str, object]:
    return {
        "value": value, "unit": "个", "as_of": "2021-12", "precision": "exact", "kind": "demo", "lacks": {}, **more,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (_figure("16"), _figure("17"), ("16 个", "17 个")),
        (_figure("16", lacks={"未报送": 2}), _figure("16"), ("16 个(未报送 2 项)", "16 个(不缺)")),
        (_figure("16"), _figure("16", as_of="2022-01"), ("16 个(截至 2021-12)", "16 个(截至 2022-01)")),
        (_figure("0.123401", unit="1"), _figure("0.123402", unit="1"), ("12.34 %(0.123401)", "12.34 %(0.123402)")),
    ],
    ids=["value", "gap", "date", "rounding"],
)
def test_what_differs_is_seen(old: dict[str, object], new: dict[str, object], said: tuple[str, str]) -> None:
    assert tuple(" ".join(t.split()) for t in figures.texts(old, new)) == said


@pytest.mark.parametrize(("old", "new", "warned"), [("44", "40", True), ("44", "44", False), ("44", "50", False)])
def test_progress_that_goes_back_is_warned_of(old: str, new: str, warned: bool) -> None:
    def row(at: str, work: str) -> dict[str, object]:
        return _row(f"2021/1/510903/{at}", year=2021, project=1, region="510903", month=at, work=work)

    label = "project_progress:2021"
    after = _published(label, row("2021-11", old), row("2021-12", new))
    found = list(warnings.backwards(SHIPPED, _published(label, row("2021-11", old)), after))
    assert bool(found) == warned


def test_money_that_falls_and_totals_that_jump_are_warned_of(first: Path) -> None:
    for line in ("400,400,360", "240,240,216", "160,160,144"):
        a, b, c = (int(n) for n in line.split(","))
        project.replace(first / project.BUDGET, f"2021-12,{line},demo", f"2021-12,{a * 20},{b * 20},{c * 20},demo")
    whats = {(what, where) for what, where, _ in diff(first).warnings}
    assert ("十倍", "budget/2021/p01/paid") in whats
    project.replace(
        first / project.BUDGET, "2021,2,510903,市,2021-12,300,300,270,demo", "2021,2,510903,市,2021-12,300,300,250,demo"
    )
    assert ("退步", "budget:2021/2021/2/510903/city/2021-12") in {
        (what, where) for what, where, _ in diff(first).warnings
    }
