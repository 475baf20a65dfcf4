"""In what unit an amount is meant, and what a cell shows: nobody's 361 thousand is read as 361."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from generator.store import Work
from tests.test_import import HEADERS, ROWS, asked, changes, city, one, refused, taken, work

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
        "计量单位:人民币千元", "2021年12月 单位: 千元 编制日期:2022-01-05", "单位:千元人民币",
    ],
)  # fmt: skip
def test_a_unit_in_a_line_above_holds_for_headers_without_one(line: str, city: Path, work: Work) -> None:
    intake = taken(city, work, one([[line], PLAIN, row(950, 1000)]))
    assert changes(intake) == {ROW: {"资金拨付(万元)": ("90", "95.00")}}
    assert "header_unit" in [rule for rule, *_ in asked(intake)]


@pytest.mark.parametrize(
    "line", ["填报单位:元坝区财政局", "2021年(3单元)", "填报单位:市财政局", "(2021年元月)", "2021年资金表"]
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
    ],
)  # fmt: skip
def test_the_unit_of_a_number_format_is_read(code: str, value: float, shown: str, city: Path, work: Work) -> None:
    intake = taken(city, work, formatted(code, value))
    assert [(rule, number) for rule, number, *_ in asked(intake)] == [("number_unit", 2)]
    assert shown in intake.questions[0].message
    assert changes(intake) == {ROW: {"资金拨付(万元)": ("90", "95.00")}}


@pytest.mark.parametrize(
    ("code", "value"),
    [("0!.0000", 950_000), ("0\\.0000", 950_000), ('0"."0000', 950_000), ("#,##0.00,", 95_000), ("0,,", 95_000_000),
     ('"约"0', 95), ('0"余"', 95), ('0.00"万美元"', 95)],
)  # fmt: skip
def test_a_cell_that_shows_another_number_is_refused(code: str, value: float, city: Path, work: Work) -> None:
    assert [number for _, number in refused(taken(city, work, formatted(code, value)))] == [2]


@pytest.mark.parametrize(
    "code", ["0.00", "#,##0.00_ ", "¥#,##0.00", "[$¥-804]#,##0.00", "0.00_);(0.00)", "General", "@", "0.0000"]
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
