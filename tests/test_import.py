"""Workbooks as offices really make them, into the toy city of the messy tables: what text files cannot have."""

from __future__ import annotations

import datetime as dt
import io
import shutil
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from generator import contract
from generator.errors import MachineError, UsageError
from generator.intake import take, told
from generator.intake.take import Intake, Options
from generator.store import Work, lock
from tests import mess

HEADERS = ["年度", "项目编号", "区划代码", "资金层级", "截至月份", "年初预算安排数(万元)", "资金拨付(万元)", "来源"]
ROWS: list[list[Any]] = [
    [2021, 1, "510903", "市", "2021-12", 400, 200.5, "s1"],
    [2021, 2, "510903", "市", "2021-12", 100, 95, "s1"],
]
RATES = ["指标", "完成率(%)", "件数", "指数", "日期", "说明"]
PROJECTS = ["年度", "编号", "名称", "牵头单位", "配合单位", "联系人", "备注", "来源"]
CASES = mess.HOME.parent / "import"
Sheets = Mapping[str, Sequence[Sequence[Any]]]


def book(sheets: Sheets, *touch: Callable[[openpyxl.Workbook], object], merged: Iterable[str] = ()) -> bytes:
    """A workbook of these sheets; ``merged`` ranges of the first one."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    for area in merged:
        made.worksheets[0].merge_cells(area)
    for change in touch:
        change(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def one(
    rows: Sequence[Sequence[Any]], *touch: Callable[[openpyxl.Workbook], object], merged: Iterable[str] = ()
) -> bytes:
    return book({"Sheet1": rows}, *touch, merged=merged)


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """The toy city's data folder."""
    return Path(shutil.copytree(mess.HOME / "contract", tmp_path / "data"))


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Work:
    return Work(tmp_path_factory.mktemp("work"))


def taken(city: Path, work: Work, *files: bytes | tuple[str, bytes], **said: Any) -> Intake:
    """What these files would make of the city."""
    named = [f if isinstance(f, tuple) else (f"报送{n}.xlsx", f) for n, f in enumerate(files)]
    return take.read(contract.load(city), mess.SUBJECTS, named, Options(**said), work)


def asked(intake: Intake) -> list[tuple[str, int | None, str | None, str | None]]:
    """(rule, row, letter, reading) of each question."""
    return [(q.rule, q.row, q.letter, q.suggestion) for q in intake.questions]


def refused(intake: Intake) -> list[tuple[str, int | None]]:
    found = [*intake.problems, *(p for s in intake.sent for p in s.all())]
    return [(p.rule, p.row) for p in found if p.level == "错误"]


def noted(intake: Intake) -> set[str]:
    return {p.rule for s in intake.sent for p in s.all() if p.level != "错误"}


def changes(intake: Intake) -> dict[str, dict[str, tuple[str, str]]]:
    """By row: column -> (old, new)."""
    return {k: {c.column: (c.old, c.new) for c in cs} for m in intake.merged for k, cs in m.changed.items()}


PAID = "年度 2021、项目编号 2、区划代码 510903、资金层级 市、截至月份 2021-12"


def test_a_good_workbook_changes_what_is_new_and_nothing_else(city: Path, work: Work, tmp_path: Path) -> None:
    intake = taken(city, work, one([HEADERS, *ROWS]))
    assert (intake.refused, asked(intake), noted(intake)) == (False, [], set())
    assert changes(intake) == {PAID: {"资金拨付(万元)": ("90", "95.00")}}
    merged = intake.merged[0]
    assert (merged.unchanged, merged.new, len(merged.missing)) == (1, [], 2)
    take.write(intake, city, tmp_path / "build")
    assert (city / "money/2021.csv").read_text(encoding="utf-8").splitlines()[1:] == [
        "2021,1,510903,市,2021-11,300,100,s1",
        "2021,1,510903,市,2021-12,400,200.5,s1",
        "2021,1,510981,市,2021-12,500,0,s1",
        "2021,2,510903,市,2021-12,100,95.00,s1",
    ]
    again = taken(city, work, one([HEADERS, *ROWS]))
    assert again.writes == {}
    assert told.text(again).endswith("没有变化。")


TITLES = [["示例市2021年12月民生资金表"], [None] * 7 + ["单位:万元"]]
LEVELS = [
    ["年度", "项目编号", "区划代码", "资金层级", "截至月份", "资金", None, "来源"],
    [None, None, None, None, None, "年初预算安排数", "资金拨付", None],
]
MERGED = ["A1:H1", *(f"{c}3:{c}4" for c in "ABCDEH"), "F3:G3"]


def test_titles_units_levels_totals_and_notes(city: Path, work: Work) -> None:
    total = ["合计", None, None, None, None, 500, 295.5, None]
    intake = taken(city, work, one([*TITLES, *LEVELS, *ROWS, total, ["制表人:某科"]], merged=[*MERGED, "A8:H8"]))
    assert refused(intake) == []
    assert asked(intake) == [("unit_above", 4, None, None)]
    assert {"header_row", "header_levels", "header_mended", "total_agrees"} <= noted(intake)
    assert changes(intake) == {PAID: {"资金拨付(万元)": ("90", "95.00")}}
    assert [x.row for x in intake.sent[0].parts[0].left] == [1, 2, 8, 7]


def test_another_unit_above_is_asked_and_converted(city: Path, work: Work) -> None:
    rows = [[*r[:5], r[5] / 10_000, r[6] / 10_000, r[7]] for r in ROWS]
    titles = [TITLES[0], [None] * 7 + ["单位:亿元"]]
    intake = taken(city, work, one([*titles, *LEVELS, *rows], merged=MERGED))
    assert [q[0] for q in asked(intake)] == ["unit_above", "header_unit", "header_unit"]
    assert changes(intake) == {PAID: {"资金拨付(万元)": ("90", "95.00")}}
    said = taken(
        city, work, one([*titles[:1], *LEVELS, *rows], merged=[m for m in MERGED if m == "A1:H1"]), unit="亿元"
    )
    assert changes(said) == changes(intake)
    with pytest.raises(UsageError, match="--unit"):
        taken(city, work, one([HEADERS]), unit="千元")


def test_three_levels_and_the_unit_in_the_upper_one(city: Path, work: Work) -> None:
    levels = [
        ["基本情况", None, None, None, None, "资金情况(元)", None, "来源"],
        ["项目", None, "地方", None, "时间", "民生资金", None, None],
        ["年度", "项目编号", "区划代码", "资金层级", "截至月份", "年初预算安排数", "资金拨付", None],
    ]
    rows = [[*r[:5], r[5] * 10_000, r[6] * 10_000, r[7]] for r in ROWS]
    intake = taken(city, work, one([*levels, *rows], merged=["A1:E1", "F1:G1", "H1:H3", "A2:B2", "C2:D2", "F2:G2"]))
    assert refused(intake) == []
    assert [q[0] for q in asked(intake)] == ["header_unit", "header_unit"]
    assert changes(intake) == {PAID: {"资金拨付(万元)": ("90", "95.00")}}


def test_a_total_that_is_not_the_sum_is_told_with_the_sum(city: Path, work: Work) -> None:
    total = ["合计", None, None, None, None, 500, 300, None]
    intake = taken(city, work, one([HEADERS, *ROWS, total]))
    warned = [p for s in intake.sent for p in s.all() if p.rule == "total_differs"]
    assert [(p.row, p.letter, p.value) for p in warned] == [(4, "G", "300万元")]
    assert "各行相加是 295.5万元" in warned[0].message
    assert not intake.refused


def test_cells_merged_downwards_are_asked_and_never_a_number(city: Path, work: Work) -> None:
    rows = [ROWS[0], [None, None, "510981", "市", "2021-12", 500, 0, None]]
    words = taken(city, work, one([HEADERS, *rows], merged=["A2:A3", "B2:B3", "H2:H3"]))
    assert sorted(asked(words)) == [
        ("row_merged", 3, "A", "2021"),
        ("row_merged", 3, "B", "1"),
        ("row_merged", 3, "H", "s1"),
    ]
    assert changes(words) == {}
    rows[1] = [2021, 1, "510981", "市", "2021-12", 500, None, "s1"]
    number = taken(city, work, one([HEADERS, *rows], merged=["G2:G3"]))
    assert refused(number) == [("merged_number", 2)]


def test_dates_of_a_workbook_are_dates(city: Path, work: Work) -> None:
    day = dt.datetime(2021, 12, 30, 8, 30)
    intake = taken(
        city, work, one([RATES, ["001", 98.5, 34, 101.5, day, "一般"], ["002", 100, 0, 99, dt.date(2022, 1, 5), None]])
    )
    assert asked(intake) == []
    assert changes(intake) == {
        "指标 001": {"日期": ("2021-12-31", "2021-12-30")}, "指标 002": {"日期": ("", "2022-01-05")},
    }  # fmt: skip
    month = taken(city, work, one([HEADERS, [*ROWS[1][:4], dt.date(2021, 12, 1), 100, 95, "s1"]]))
    assert changes(month) == {PAID: {"资金拨付(万元)": ("90", "95.00")}}
    serial = taken(city, work, one([RATES, ["001", 98.5, 34, 101.5, 44560, "一般"]]))
    assert asked(serial) == [("date", 2, "E", "2021-12-30")]
    word = taken(city, work, one([RATES, ["001", 98.5, 34, 101.5, dt.date(2021, 12, 31), dt.date(2021, 1, 2)]]))
    assert asked(word) == [("date_cell", 2, "F", "2021-01-02")]


@pytest.mark.parametrize(
    ("values", "readings", "wrong"),
    [
        ([0.985, 1.0632], ["98.5%", "106.32%"], []),
        ([0.985, 2.5], ["98.5%", "250%"], []),
        ([2.5, 3], ["2.5%", "3%"], []),  # asked, though it is read as it stands: the format is not known
        ([0.985, 95.5], [], [("percent_scale", 2)]),
        (["98.5%", 0.97], [], [("percent_scale", 3)]),
        ([98.5, 99], [], []),
        ([0, 98.5], [], []),
    ],
)
def test_ratios_in_a_column_of_percentages(
    city: Path, work: Work, values: list[Any], readings: list[str], wrong: list[tuple[str, int]]
) -> None:
    rows = [[code, value, 1, 1, None, None] for code, value in zip(("001", "002"), values, strict=True)]
    intake = taken(city, work, one([RATES, *rows]))
    assert [q.suggestion for q in intake.questions] == readings
    assert refused(intake) == wrong


@pytest.fixture
def whole_percent(city: Path) -> Path:
    """The toy city, whose contract says that a whole number is a percentage as it stands."""
    schema = city / "schemas/rates.yaml"
    said = schema.read_text(encoding="utf-8")
    schema.write_text(said.replace("scale: percent,", "scale: percent, wholePercent: true,"), encoding="utf-8")
    return city


@pytest.mark.parametrize(
    ("values", "readings", "wrong"),
    [
        ([0.35, 1, 0.8, 0], ["35%", "100%", "80%"], []),
        (["0.35", "1", "1.0"], ["35%", "100%", "100%"], []),
        ([0.35, 1, 3], [], [("percent_scale", 2), ("percent_scale", 3)]),
        ([0.35, 1, 80], [], [("percent_scale", 2), ("percent_scale", 3)]),
        ([1, 2, 0], [], []),  # nothing but whole numbers: the contract has said what they are
        ([1, 80], [], []),
        (["35%", 1], [], []),
    ],
)
def test_one_beside_ratios_is_the_whole_even_where_whole_numbers_are_percentages(
    whole_percent: Path, work: Work, values: list[Any], readings: list[str], wrong: list[tuple[str, int]]
) -> None:
    rows = [[f"00{n}", value, 1, 1, None, None] for n, value in enumerate(values, 1)]
    intake = taken(whole_percent, work, one([RATES, *rows]))
    assert [q.suggestion for q in intake.questions] == readings
    assert refused(intake) == wrong


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("510905", "有几个一样相近(510903、510904)"),  # and 510900, which is the whole city and may not report
        ("510983", "有几个一样相近(510903、510981)"),
        ("51090", "有几个一样相近(510903、510904)"),
        ("遂宁", "最像“遂宁市”,但它是合计,不单独填报"),
    ],
)
def test_no_row_is_guessed_among_several_nor_put_to_the_whole(city: Path, work: Work, code: str, said: str) -> None:
    intake = taken(city, work, one([HEADERS, [*ROWS[0][:2], code, *ROWS[0][3:]], ROWS[1]]))
    assert (asked(intake), refused(intake)) == ([], [("reference", 2)])
    assert said in told.text(intake)
    assert [x.row for x in intake.sent[0].parts[0].left] == []


def test_a_code_that_was_taken_for_a_number_is_read_and_said(city: Path, work: Work) -> None:
    intake = taken(city, work, one([HEADERS, [*ROWS[1][:2], "510903.0", *ROWS[1][3:]]]))
    assert (asked(intake), refused(intake)) == ([], [])
    assert changes(intake) == {PAID: {"资金拨付(万元)": ("90", "95.00")}}
    assert "“510903.0”读作“510903”(数字写法)" in told.text(intake)


def error_cell(made: openpyxl.Workbook) -> None:
    made.worksheets[0]["G2"] = "#DIV/0!"
    made.worksheets[0]["G2"].data_type = "e"


def formula(made: openpyxl.Workbook) -> None:
    made.worksheets[0]["G2"] = "=F2/2"


def test_a_formula_without_a_result_is_told_as_one_and_not_as_an_error_that_nobody_sees(city: Path, work: Work) -> None:
    intake = taken(city, work, one([HEADERS, *ROWS], formula))
    assert refused(intake) == [("not_calculated", 2)]
    said = told.text(intake)
    assert "第 2 行 G 列是公式,算出来的数没有存在文件里。 用 Excel 或 WPS 打开文件,保存一次,再导入。" in said
    assert "#CALC!" not in said


@pytest.mark.parametrize(("cell", "reading"), [("市级", "市"), ("市 级", "市")])
def test_a_level_with_its_suffix_is_asked(city: Path, work: Work, cell: str, reading: str) -> None:
    rows = [HEADERS, [*ROWS[0][:3], cell, *ROWS[0][4:]]]
    intake = taken(city, work, one(rows))
    assert (asked(intake), refused(intake)) == ([("enum", 2, "D", reading)], [])


@pytest.mark.parametrize("cell", ["县乡", "区级", "级"])
def test_other_words_of_a_closed_list_stay_refused(city: Path, work: Work, cell: str) -> None:
    intake = taken(city, work, one([HEADERS, [*ROWS[0][:3], cell, *ROWS[0][4:]]]))
    assert (asked(intake), refused(intake)) == ([], [("enum", 2)])


def test_the_sign_of_the_yuan_and_the_word_behind_a_year(city: Path, work: Work) -> None:
    row = ["2021年", *ROWS[1][1:6], "￥1,000.00", "s1"]
    intake = taken(city, work, one([HEADERS, row]))
    assert (asked(intake), refused(intake)) == ([("money_sign", 2, "G", "1,000.00")], [])
    assert "“￥1,000.00”读作“1,000.00”吗?前面有“¥”,这一列的单位是万元。" in told.text(intake)
    assert "第 2 行 年度(A 列):“2021年”读作“2021”(年份写法)。" in told.text(intake)
    assert changes(intake) == {PAID: {"资金拨付(万元)": ("90", "1000.00")}}
    many = taken(city, work, one([HEADERS, *([["2021年度", *ROWS[1][1:]]] * 21)]))
    assert "“2021年度”读作“2021”(年份写法),这一列共 21 处。" in told.text(many)


def test_an_empty_cell_does_not_take_a_number_away_without_a_question(city: Path, work: Work) -> None:
    intake = taken(city, work, one([HEADERS, [*ROWS[1][:6], None, "s1"]]))
    assert (asked(intake), refused(intake)) == ([("emptied", 2, "G", "未报送")], [])
    assert "空着的读作“未报送”吗?现在的数据里是“90”。" in told.text(intake)
    assert changes(intake) == {PAID: {"资金拨付(万元)": ("90", "未报送")}}
    dash = taken(city, work, one([HEADERS, [*ROWS[1][:6], "—", "s1"]]))  # was put there by somebody
    assert asked(dash) == []
    new = taken(city, work, one([HEADERS, [2021, 2, "510904", "市", "2021-12", 1, None, "s1"]]))
    assert asked(new) == []


def test_what_is_hidden_in_a_sheet_is_said(city: Path, work: Work) -> None:
    def hide(made: openpyxl.Workbook) -> None:
        page = made.worksheets[0]
        page.row_dimensions[3].hidden = True
        page.row_dimensions[9].hidden = True  # nothing stands there
        page.column_dimensions["F"].hidden = True

    intake = taken(city, work, one([HEADERS, *ROWS], hide))
    said = [(p.level, p.message) for s in intake.sent for p in s.all() if p.rule == "hidden"]
    assert said == [
        ("警告", "第 3 行是隐藏的(或者被筛选掉了),里面的数也导入了。"),
        ("警告", "年初预算安排数(万元)(F 列)是隐藏的(或者被筛选掉了),里面的数也导入了。"),
    ]
    assert not intake.refused
    assert "hidden" not in noted(taken(city, work, one([HEADERS, *ROWS])))


def test_a_file_that_is_there_while_another_is_open_is_named_and_left(city: Path, work: Work) -> None:
    lock = ("~$报送.xlsx", b"lock")
    intake = taken(city, work, one([HEADERS, *ROWS]), lock)
    assert not intake.refused
    assert changes(intake) == {PAID: {"资金拨付(万元)": ("90", "95.00")}}
    assert "这是 Excel 或 WPS 打开文件时的临时文件,里面没有表格,没有收。 请选原来的文件" in told.text(intake)
    assert refused(taken(city, work, lock)) == [("file_of_open", None)]


def test_an_example_of_ours_that_nobody_replaced_is_left_out(city: Path, work: Work) -> None:
    unit = ["u9", "示例市水利局", None, "s1"]
    header = ["编号", "名称", "别名", "来源"]
    example = [f"示例{name}" for name in header]
    alone = taken(city, work, one([header, example]))
    assert (alone.refused, alone.writes, asked(alone)) == (False, {}, [])
    assert "没有收 1 行:\n    第 2 行(空表里的示例行):示例编号 示例名称 示例别名 示例来源" in told.text(alone)
    for rows in ([example, unit], [unit, example]):
        intake = taken(city, work, one([header, *rows]))
        assert [m.new for m in intake.merged] == [["编号 u9"]]
        assert len(intake.sent[0].parts[0].left) == 1
    touched = taken(city, work, one([header, ["u9", *example[1:2], None, "s1"]]))
    assert [m.new for m in touched.merged] == [["编号 u9"]]


def test_an_example_without_words_of_its_own_is_asked_about(city: Path, work: Work) -> None:
    example = [2021, 1, "510903", "中央", "2021-12", 100, 100, "s1"]
    intake = taken(city, work, one([HEADERS, example, ROWS[1]]))
    assert asked(intake) == [("example_row", 2, None, None)]
    assert "第 2 行和空表里的示例行一样,是没有删去的示例、不收吗?" in told.text(intake)
    assert list(changes(intake)) == [PAID]
    below = taken(city, work, one([HEADERS, ROWS[1], example]))
    assert asked(below) == []


def test_a_document_is_no_workbook_whatever_is_in_it(city: Path, work: Work) -> None:
    intake = taken(city, work, ("说明.docx", b"words"))
    assert refused(intake) == [("not_a_table", None)]
    assert "这是 .docx 文件,不是工作簿。" in told.text(intake)


def test_errors_and_formulas_without_a_result_are_not_nothing(city: Path, work: Work) -> None:
    assert refused(taken(city, work, one([HEADERS, *ROWS], error_cell))) == [("excel_error", 2)]
    found = refused(taken(city, work, one([HEADERS, *ROWS], formula)))
    assert found == [("not_calculated", 2)]


def test_long_numbers_lose_their_digits_in_a_workbook(city: Path, work: Work) -> None:
    intake = taken(city, work, one([RATES, [123456789012345678, 98.5, 34, 101.5, None, None]]))
    assert ("identifier", 2) in refused(intake)
    digits = taken(city, work, one([RATES, ["001", 98.5, 34, 0.1 + 0.2, None, "一般"]]))
    assert changes(digits)["指标 001"]["指数"] == ("101.5", "0.3")


def test_sheets_are_taken_one_by_one(city: Path, work: Work) -> None:
    rates = [RATES, ["001", 97, 34, 101.5, "2021-12-31", "一般"]]
    both = {"资金": [HEADERS, *ROWS], "指标": rates, "随手记": [["买纸"], ["打电话"]]}
    intake = taken(city, work, book(both))
    assert [p.table.id for p in intake.sent[0].parts] == ["money", "rates"]
    assert sorted(intake.writes) == ["money/2021.csv", "rates.csv"]
    assert noted(intake) == {"sheet_skipped"}
    only = taken(city, work, book(both), sheet="指标")
    assert list(only.writes) == ["rates.csv"]
    assert refused(taken(city, work, book(both), sheet="别的")) == [("sheet_unknown", None)]

    def hide(made: openpyxl.Workbook) -> None:
        made["指标"].sheet_state = "hidden"

    assert "sheet_hidden" in noted(taken(city, work, book(both, hide)))


def test_several_files_speak_of_each_other(city: Path, work: Work, tmp_path: Path) -> None:
    units = one([["编号", "名称", "别名", "来源"], ["u3", "示例市水利局", None, "s1"]])
    projects = one([
        PROJECTS,
        [2021, 3, "修渠", "示例市水利局", None, "某人", None, "s1"],
    ])  # fmt: skip
    intake = taken(city, work, projects, units)
    assert (refused(intake), asked(intake)) == ([], [])
    assert [m.new for m in intake.merged] == [["编号 u3"], ["年度 2021、编号 3"]]
    assert len(take.write(intake, city, tmp_path / "build")) == 2
    assert refused(taken(city, work, one([HEADERS, ROWS[0]]), one([HEADERS, [*ROWS[0][:6], 201, "s1"]]))) == [
        ("key_twice", 2)
    ]
    same = taken(city, work, one([HEADERS, ROWS[1]]), one([HEADERS, ROWS[1]]))
    assert refused(same) == []
    assert "key_repeated" in noted(same)


def test_one_bad_file_keeps_all_of_them_out(city: Path, work: Work) -> None:
    intake = taken(city, work, one([HEADERS, *ROWS]), one([HEADERS, [*ROWS[1][:5], "约三百", 1, "s1"]]))
    assert intake.refused
    assert intake.writes == {}
    assert [bool([p for p in s.all() if p.level == "错误"]) for s in intake.sent] == [False, True]


def test_columns_that_hold_one_value_are_filled(city: Path, work: Work) -> None:
    rows = [[*r[1:4], *r[5:7]] for r in ROWS]
    short = one([[*HEADERS[1:4], *HEADERS[5:7]], *rows])
    assert [r for r, _ in refused(taken(city, work, short))] == ["header_missing"] * 3
    intake = taken(city, work, short, fills={"年度": "2021", "截至月份": "2021-12", "来源": "s1"})
    assert changes(intake) == {PAID: {"资金拨付(万元)": ("90", "95.00")}}
    with pytest.raises(UsageError, match="不是任何一张表的列"):
        taken(city, work, short, fills={"没有": "1"})


def test_rows_that_are_missing_stay_until_somebody_says_so(city: Path, work: Work, tmp_path: Path) -> None:
    kept = taken(city, work, one([HEADERS, *ROWS]))
    assert len(kept.merged[0].missing) == 2
    assert "来件里没有 2 行(保留)" in told.text(kept)
    gone = taken(city, work, one([HEADERS, *ROWS]), delete=True)
    assert "来件里没有 2 行(删去)" in told.text(gone)
    take.write(gone, city, tmp_path / "build")
    assert len((city / "money/2021.csv").read_text(encoding="utf-8").splitlines()) == 3


def test_missing_rows_of_the_files_own_places_and_months_are_named_first(city: Path, work: Work) -> None:
    kept = taken(city, work, one([HEADERS, ROWS[1]]))
    said = told.text(kept)
    assert (
        "    来件里没有的 1 行,在这份来件涉及的区划代码、截至月份里:\n"
        "      年度 2021、项目编号 1、区划代码 510903、资金层级 市、截至月份 2021-12\n"
        "    来件里没有的另外 2 行,不在这份来件涉及的区划代码、截至月份里。"
    ) in said
    assert said.count("510981") == 0
    gone = told.text(taken(city, work, one([HEADERS, ROWS[1]]), delete=True))
    assert [line[7:].split("、")[1:3] for line in gone.splitlines() if line.startswith("    删去:")] == [
        ["项目编号 1", "区划代码 510903"], ["项目编号 1", "区划代码 510903"], ["项目编号 1", "区划代码 510981"],
    ]  # fmt: skip
    rates = taken(city, work, one([RATES, ["001", 97, 34, 101.5, "2021-12-31", "一般"]]))
    assert "    来件里没有的 1 行:\n      指标 002" in told.text(
        rates
    )  # without months and places the whole file is asked for


def test_a_column_that_is_not_public_stays_as_it_is(city: Path, work: Work) -> None:
    header = [name for name in PROJECTS if name != "联系人"]
    hidden = [c.name for c in contract.load(city).table("projects").columns if not c.public]  # type: ignore[union-attr]
    assert hidden
    rows = [[2021, 1, "公办幼儿园建设(二期)", "示例市教育局", "示例市卫生健康委员会、示例市教育局", None, "s1"]]
    intake = taken(city, work, one([header, *rows]))
    assert refused(intake) == []
    assert changes(intake) == {"年度 2021、编号 1": {"名称": ("公办幼儿园建设", "公办幼儿园建设(二期)")}}
    before = (city / "projects/2021.csv").read_text(encoding="utf-8").splitlines()[1].split(",")
    after = intake.writes["projects/2021.csv"].decode().splitlines()[1].split(",")
    assert after[5] == before[5] == "示例"


def test_a_year_that_is_not_there(city: Path, work: Work) -> None:
    rows = [[2022, 1, "新的项目", "示例市教育局", None, None, None, "s1"]]
    assert refused(taken(city, work, one([PROJECTS, *rows]))) == [("year_unknown", 2)]


def test_what_the_whole_check_says_is_told_by_the_row_that_came_in(city: Path, work: Work) -> None:
    falling = [*ROWS[0][:6], 50, "s1"]
    swapped = [HEADERS[-1], *HEADERS[:-1]]
    intake = taken(city, work, one([["表"], swapped, [falling[-1], *falling[:-1]]]))
    told_of = [p for p in intake.problems if p.level == "错误"]
    assert [(p.file, p.row, p.letter) for p in told_of] == [("报送0.xlsx", 3, "H")]
    assert told_of[0].message.startswith("第 3 行 资金拨付(万元)(H 列):")


@pytest.mark.parametrize("name", ["password.xls", "password.xlsx", "password.ods"])
def test_a_password_is_explained(city: Path, work: Work, name: str) -> None:
    intake = taken(city, work, (name, (CASES / name).read_bytes()))
    assert refused(intake) == [("password", None)]
    assert "密码" in intake.sent[0].problems[0].remedy


def archive(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in files.items():
            made.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "empty_file"),
        (b"%PDF-1.7\n", "not_a_table"),
        (b"\xef\xbb\xbf<html><table><tr><td>1", "not_a_table"),
        (archive(readme=b"x"), "not_a_table"),
        (b"PK\x03\x04 half", "workbook_broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "workbook_broken"),
        (one([HEADERS])[:2000], "workbook_broken"),
        (one([[]]), "empty_file"),
        (one([HEADERS]), "no_rows"),
        (one([["a", "b"], [1, 2]]), "table_unknown"),
        (bytes(range(1, 256)), "encoding_unknown"),
    ],
)
def test_what_is_no_table_is_refused(city: Path, work: Work, content: bytes, rule: str) -> None:
    assert [r for r, _ in refused(taken(city, work, ("来件.xls", content)))] == [rule]


def test_a_workbook_that_unpacks_without_end_is_refused(
    city: Path, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    from generator.intake import grid

    content = one([HEADERS, *ROWS])
    monkeypatch.setattr(grid, "LARGEST_INSIDE", 100)
    assert refused(taken(city, work, content)) == [("too_large", None)]
    monkeypatch.setattr(grid, "LARGEST_FILE", 100)
    assert refused(taken(city, work, content)) == [("too_large", None)]


def test_a_name_that_lies_about_the_content(city: Path, work: Work) -> None:
    intake = taken(city, work, ("资金.csv", one([HEADERS, *ROWS])))
    assert noted(intake) == {"workbook"}
    assert changes(intake) == {PAID: {"资金拨付(万元)": ("90", "95.00")}}


MOBILE = "138" + "0013" + "8000"


def test_numbers_of_persons_are_masked_before_anything_is_said(city: Path, work: Work) -> None:
    below = one([HEADERS, *ROWS, [f"制表人:某科 电话 {MOBILE}"]])
    beside = one([HEADERS, [*ROWS[0][:7], f"s1 {MOBILE}"]])
    above = one([[f"联系人电话{MOBILE}"], HEADERS, *ROWS])
    fine, bad, title = (taken(city, work, content) for content in (below, beside, above))
    assert "personal" in noted(fine)
    assert not fine.refused
    assert ("personal", 2) in refused(bad)
    assert not title.refused
    name = taken(city, work, (f"{MOBILE}.xlsx", below))
    assert [r for r, _ in refused(name)] == ["personal"]
    for intake in (fine, bad, title, name):
        assert MOBILE not in told.text(intake)


def test_a_file_changed_meanwhile_is_not_overwritten(city: Path, work: Work, tmp_path: Path) -> None:
    intake = taken(city, work, one([HEADERS, *ROWS]))
    (city / "money/2021.csv").write_bytes(b"changed")
    with pytest.raises(MachineError, match="刚才被别的程序改过"):
        take.write(intake, city, tmp_path / "build")
    assert (city / "money/2021.csv").read_bytes() == b"changed"


def test_two_at_once_and_a_full_disk_leave_the_files_whole(
    city: Path, work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = taken(
        city, work, book({"a": [HEADERS, *ROWS], "b": [RATES, ["001", 97, 34, 101.5, "2021-12-31", "一般"]]})
    )
    before = {path: (city / path).read_bytes() for path in intake.writes}
    assert len(before) == 2
    with lock(tmp_path / "build"), pytest.raises(MachineError, match="另一个 portal"):
        take.write(intake, city, tmp_path / "build")
    write, count = Path.write_bytes, []

    def full(path: Path, content: bytes) -> int:
        count.append(path)
        if len(count) == 2:
            write(path, content[:10])
            raise OSError(28, "full", str(path))
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(MachineError, match="磁盘已满"):
        take.write(intake, city, tmp_path / "build")
    assert {path: (city / path).read_bytes() for path in before} == before
    assert not list(city.rglob(".*.part"))


def test_a_table_that_is_like_two_has_to_be_named(city: Path, work: Work) -> None:
    rows = one([["编号", "名称", "来源"], ["u2", "示例市教育局", "s1"]])
    assert refused(taken(city, work, rows, table="责任单位"))[0][0] == "header_missing"
    with pytest.raises(UsageError, match="没有“别的”这张表"):
        taken(city, work, rows, table="别的")
