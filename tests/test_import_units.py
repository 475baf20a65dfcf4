"""In what unit an amount is meant, and what a cell shows: nobody's 361 thousand is read as 361."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.formatting.rule import Rule
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat

from generator.store import Work
from tests.test_import import HEADERS, ROWS, asked, changes, city, one, refused, taken, work
from tests.test_import_own import convert

__all__ = ["city", "work"]  # fixtures

PLAIN = [h.removesuffix("(万元)") for h in HEADERS]
PAID = HEADERS.index("资金拨付(万元)")
ROW = "年度 2021、项目编号 2、区划代码 510903、资金层级 市、截至月份 2021-12"


def row(paid: object, planned: object = 100) -> list[Any]:
    return [2021, 2, "510903", "市", "2021-12", planned, paid, "s1"]


def headers(unit: str) -> list[str]:
    return [h.replace("万元", unit) for h in HEADERS]


@pytest.mark.parametrize(
    ("unit", "paid"),
    [("千元", 950), ("元", 950_000), ("人民币元", 950_000), ("百万元", 0.95), ("億元", 0.0095), ("十万元", 9.5)],
)
def test_a_column_in_another_unit_is_asked_and_converted(unit: str, paid: float, city: Path, work: Work) -> None:
    factor = paid / 95
    intake = taken(city, work, one([headers(unit), row(paid, 100 * factor)]))
    assert [rule for rule, *_ in asked(intake)] == ["header_unit"] * 2
    assert changes(intake) == {ROW: {"资金拨付(万元)": ("90", "95.00")}}


@pytest.mark.parametrize("unit", ["美元", "万美元", "港币", "万元/亿元"])
def test_a_unit_that_nobody_can_convert_is_refused(unit: str, city: Path, work: Work) -> None:
    assert {rule for rule, _ in refused(taken(city, work, one([headers(unit), row(95)])))} == {"header_unit"}
    above = taken(city, work, one([[f"单位:{unit}"], PLAIN, row(95)]))
    assert "unit_unknown" in {rule for rule, _ in refused(above)}


@pytest.mark.parametrize(
    "line",
    [
        "单位:千元", "单位：千元", "金额单位均为千元", "2021年资金表(千元)", "（千元）", "以千元为单位",
        "计量单位:人民币千元", "2021年12月 单位: 千元 编制日期:2022-01-05", "单位:千元人民币", "单位:个、千元",
        "单位：户、人、千元", "金额:千元", "(金额:千元)", "单位：千元（人民币）", "单位：“千元”",
        "人民币千元", "工程建设 单位:千元", "资金使用 单位：千元", "注:各单位填报时,金额均以千元为单位",
        "单位：千元、元/人",
    ],
)  # fmt: skip
def test_a_unit_in_a_line_above_holds_for_headers_without_one(line: str, city: Path, work: Work) -> None:
    intake = taken(city, work, one([[line], PLAIN, row(950, 1000)]))
    assert changes(intake) == {ROW: {"资金拨付(万元)": ("90", "95.00")}}
    assert "header_unit" in [rule for rule, *_ in asked(intake)]


@pytest.mark.parametrize(
    "line",
    [
        "填报单位:广元(盖章)",
        "补助标准(元/人)",
        "含结转资金(12万元)",
        "货币单位:人民币",
        "单位名称:元和街道",
        "单位:元/平方米",
        "填报单位:元坝区财政局",
        "2021年(3单元)",
        "填报单位:市财政局",
        "(2021年元月)",
        "2021年资金表",
    ],
)
def test_words_that_are_no_unit_are_none(line: str, city: Path, work: Work) -> None:
    intake = taken(city, work, one([[line], HEADERS, *ROWS]))
    assert refused(intake) == []
    assert asked(intake) == []


def test_two_units_above_are_not_chosen_from(city: Path, work: Work) -> None:
    intake = taken(city, work, one([["单位:万元", "", "(元)"], PLAIN, row(95)]))
    assert "unit_unknown" in {rule for rule, _ in refused(intake)}


def test_a_note_below_that_says_another_unit_is_not_passed_over(city: Path, work: Work) -> None:
    note = ["注:金额单位为元。", *[None] * 7]
    intake = taken(city, work, one([HEADERS, *ROWS, note]))
    assert refused(intake) == [("unit_unknown", 4)]
    assert refused(taken(city, work, one([PLAIN, row(950_000, 1_000_000), note]), unit="元")) == []
    same = ["注:金额单位为万元。", *[None] * 7]
    assert refused(taken(city, work, one([HEADERS, *ROWS, same]))) == []


def formatted(code: str, value: float) -> bytes:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for cells in ([*HEADERS], row(value)):
        sheet.append(cells)
    sheet.cell(2, PAID + 1).number_format = code
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("code", "value", "shown"),
    [
        ('0.00"亿元"', 0.0095, "0.0095亿元"), ("0.00亿元", 0.0095, "0.0095亿元"), ('#,##0"元"', 950_000, "950000元"),
        ('0"千元";-0"千元"', 950, "950千元"), ('[Red]0.00_ "亿元"', 0.0095, "0.0095亿元"),
        ('General"亿元"', 0.0095, "0.0095亿元"),
        ("0.00[$亿元-804]", 0.0095, "0.0095亿元"), ('[=0]"-";0.00"亿元"', 0.0095, "0.0095亿元"),
    ],
)  # fmt: skip
def test_the_unit_of_a_number_format_is_read(code: str, value: float, shown: str, city: Path, work: Work) -> None:
    intake = taken(city, work, formatted(code, value))
    assert [(rule, number) for rule, number, *_ in asked(intake)] == [("number_unit", 2)]
    assert shown in intake.questions[0].message
    assert changes(intake) == {ROW: {"资金拨付(万元)": ("90", "95.00")}}


@pytest.mark.parametrize(
    ("code", "value"),
    [("0!.0000", 950_000), ("0\\.0000", 950_000), ('0"."0000', 950_000), ("#,##0.00,", 95_000),
     ('0"万余元"', 95), ('0.0"万元左右"', 95), ('0"万户"', 95), ('0"多人"', 95),
     ("0,,", 95_000_000),
     ('"约"0', 95), ('0"0000"', 95), ('0"万"0000"元"', 950_000), ('0"余"', 95), ('0.00"万美元"', 95)],
)  # fmt: skip
def test_a_cell_that_shows_another_number_is_refused(code: str, value: float, city: Path, work: Work) -> None:
    assert [number for _, number in refused(taken(city, work, formatted(code, value)))] == [2]


@pytest.mark.parametrize(
    "code",
    [
        "0.00",
        "#,##0.00_ ",
        "¥#,##0.00",
        "[$¥-804]#,##0.00",
        "0.00_);(0.00)",
        "General",
        "@",
        "0.0000",
        '"人民币"0.00',
        '"余额"0',
        '0"千克"',
        "[Red]-0.00;0.00",
    ],
)
def test_other_formats_change_nothing(code: str, city: Path, work: Work) -> None:
    intake = taken(city, work, formatted(code, 95))
    assert (refused(intake), asked(intake)) == ([], [])
    assert changes(intake) == {ROW: {"资金拨付(万元)": ("90", "95.00")}}


def test_a_raised_footnote_is_no_digit(city: Path, work: Work) -> None:
    small = TextBlock(InlineFont(vertAlign="superscript"), "1")
    intake = taken(city, work, one([HEADERS, row(CellRichText("95", small))]))
    assert refused(intake) == [("number", 2)]
    assert "95(上标 1)" in str(intake.sent[0].parts[0].refusals[0])


@pytest.mark.parametrize("cell", ["+0.0095", "'0.0095", "０.0095"])
def test_every_cell_of_a_column_in_another_unit_is_converted(cell: str, city: Path, work: Work) -> None:
    intake = taken(city, work, one([headers("亿元"), row(cell, "+0.01")]))
    assert changes(intake) == {ROW: {"资金拨付(万元)": ("90", "95.00")}}


@pytest.mark.parametrize("note", ["注:单位:亿元", "注:补助标准见附件(元/人)", "注:含结转资金(12万元)", "制表人:某科"])
def test_a_note_that_agrees_or_says_no_unit_is_no_matter(note: str, city: Path, work: Work) -> None:
    intake = taken(city, work, one([headers("亿元"), row(0.0095, 0.01), [note, *[None] * 7]]))
    assert refused(intake) == []


def test_a_truth_in_a_percent_format_is_no_broken_workbook(city: Path, work: Work) -> None:
    assert refused(taken(city, work, formatted("0%", True)))[0][0] != "workbook_broken"


def test_formats_of_conditions_are_not_those_of_cells(city: Path, work: Work) -> None:
    made = openpyxl.load_workbook(io.BytesIO(formatted("0.00_ ", 95)))
    sheet = made.active
    assert sheet is not None
    style = DifferentialStyle(numFmt=NumberFormat(numFmtId=164, formatCode="0.00%"))
    sheet.conditional_formatting.add("A1:H9", Rule(type="expression", dxf=style, formula=["TRUE"]))
    out = io.BytesIO()
    made.save(out)
    assert changes(taken(city, work, out.getvalue())) == {ROW: {"资金拨付(万元)": ("90", "95.00")}}


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_other_formats_of_file_tell_the_same(kind: str, city: Path, work: Work, tmp_path: Path) -> None:
    """Saved by LibreOffice: a raised footnote, a unit in the format, a comment on a cell."""
    small = TextBlock(InlineFont(vertAlign="superscript"), "1")
    made = openpyxl.load_workbook(io.BytesIO(one([HEADERS, row(95)])))
    made.worksheets[0].cell(2, PAID + 1).comment = Comment("2021-12-01 约数", "x")
    out = io.BytesIO()
    made.save(out)
    sent = {
        "raised": one([HEADERS, row(CellRichText("95", small))]),
        "unit": formatted('0.0000"亿元"', 0.0095),
        "comment": out.getvalue(),
    }
    for name, content in sent.items():
        (tmp_path / f"{name}.xlsx").write_bytes(content)
    files = [tmp_path / f"{name}.xlsx" for name in sent]
    found = convert(files, kind, tmp_path / kind, tmp_path / "profile")
    assert [number for _, number in refused(taken(city, work, found["raised"]))] == [2]
    for name in ("unit", "comment"):
        assert changes(taken(city, work, found[name])) == {ROW: {"资金拨付(万元)": ("90", "95.00")}}, name
