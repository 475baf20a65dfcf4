"""Cell text -> canonical text, mended or refused, and its typed value: a table for each type."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.contract import TYPES, Column
from generator.values import lost_zeros, mend, missing, reference, typed

KINDS = ("", "未报送", "不涉及", "待定")
MONEY = Column("安排(万元)", "a", "number", "", unit="万元", scale="money")
YUAN = Column("安排(元)", "a", "number", "", unit="元", scale="money")
PERCENT = Column("率", "p", "number", "", scale="percent")
WORK = Column("进度", "w", "number", "", scale="percent", whole_percent=True)
NUMBER = Column("指数", "n", "number", "")
INTEGER = Column("件数", "i", "integer", "")
DATE, MONTH = Column("日期", "d", "date", ""), Column("月份", "m", "yearmonth", "")
TEXT, LIST = Column("说明", "s", "string", ""), Column("单位", "l", "string", "", many=True)
ENUM = Column("层级", "e", "string", "", constraints=(("enum", ("中央", "市")),))
CODE = Column("代码", "c", "string", "", constraints=(("pattern", "[0-9]{6}"),))

# column, text, canonical text, value, how it was mended
READ: list[tuple[Column, str, str, Any, str | None]] = [
    (MONEY, "7", "7", 7_000_000, None),
    (MONEY, "7.00", "7.00", 7_000_000, None),
    (MONEY, "0.000001", "0.000001", 1, None),
    (MONEY, "-1.5", "-1.5", -1_500_000, None),
    (MONEY, "-0.5", "-0.5", -500_000, None),
    (MONEY, "321400", "321400", 321_400_000_000, None),
    (MONEY, "１２３．４５", "123.45", 123_450_000, "full_width"),
    (MONEY, "1,234.50", "1234.50", 1_234_500_000, "number_form"),
    (MONEY, "'400", "400", 400_000_000, "apostrophe"),
    (MONEY, "+12,345,678", "12345678", 12_345_678_000_000, "number_form"),
    (MONEY, "\x0b12\x01", "12", 12_000_000, "number_form"),
    (MONEY, "1.2000000000", "1.2000000000", 1_200_000, None),
    (YUAN, "0.01", "0.01", 1, None),
    (MONEY, "", "未报送", None, None),
    (MONEY, " － ", "未报送", None, "missing_mark"),
    (MONEY, "不涉及", "不涉及", None, None),
    (MONEY, "待　定", "待定", None, "missing_mark"),
    (PERCENT, "106.32%", "106.32", Fraction(10632, 10000), "percent_sign"),
    (PERCENT, "106.32", "106.32", Fraction(10632, 10000), None),
    (PERCENT, "0", "0", Fraction(0), None),
    (PERCENT, "1.5%", "1.5%", Fraction(15, 1000), None),
    (WORK, "1", "1", Fraction(1, 100), None),
    (WORK, "2.0", "2.0", Fraction(2, 100), None),
    (WORK, "1%", "1", Fraction(1, 100), "percent_sign"),
    (WORK, "0.5%", "0.5%", Fraction(5, 1000), None),
    (PERCENT, "１．５％", "1.5%", Fraction(15, 1000), "percent_sign"),
    (NUMBER, "101.50", "101.50", Decimal("101.50"), None),
    (NUMBER, "+5", "5", Decimal(5), "number_form"),
    (INTEGER, "7.00", "7", 7, "number_form"),
    (INTEGER, "２０２１", "2021", 2021, "full_width"),
    (DATE, "2021-12-31", "2021-12-31", "2021-12-31", None),
    (DATE, "2021年12月31日", "2021-12-31", "2021-12-31", "date_form"),
    (DATE, "2021/1/6 12:09:38", "2021-01-06", "2021-01-06", "date_form"),
    (DATE, "", "", None, None),
    (DATE, "—", "", None, "missing_mark"),
    (DATE, "2021 年 12 月 31 日", "2021-12-31", "2021-12-31", "date_form"),
    (DATE, "2021年1月6日 12:09:38", "2021-01-06", "2021-01-06", "date_form"),
    (DATE, "2021-12-31\x0b", "2021-12-31", "2021-12-31", "date_form"),
    (MONTH, "2021.12", "2021-12", "2021-12", "date_form"),
    (MONTH, "2021 年 12 月", "2021-12", "2021-12", "date_form"),
    (MONTH, "2021　年12月 31日", "2021-12", "2021-12", "date_form"),
    (MONTH, "2021年2月", "2021-02", "2021-02", "date_form"),
    (MONTH, "2021/12/31", "2021-12", "2021-12", "date_form"),
    (TEXT, "=1+1", "=1+1", "=1+1", None),
    (TEXT, "\t=1+1", "\t=1+1", "\t=1+1", None),
    (TEXT, "\t\t说明 ", "\t说明", "\t说明", "text_form"),
    (TEXT, " \t ", "", None, "text_form"),
    (CODE, "\t510903", "510903", "510903", "name_form"),
    (MONEY, "\t12", "12", 12_000_000, "number_form"),
    (TEXT, "# 标题", "# 标题", "# 标题", None),
    (TEXT, "\u202e反向", "\u202e反向", "\u202e反向", None),
    (TEXT, " a　b\u200b ", "a b", "a b", "text_form"),
    (TEXT, "（含园区）", "（含园区）", "（含园区）", None),
    (TEXT, "", "", None, None),
    (LIST, "甲、乙", "甲、乙", ("甲", "乙"), None),
    (LIST, "甲；乙 / 丙\n丁", "甲、乙、丙、丁", ("甲", "乙", "丙", "丁"), "list_form"),
    (LIST, "", "", (), None),
    (ENUM, "中 央", "中央", "中央", "name_form"),
    (CODE, "５１０９０３", "510903", "510903", "name_form"),
]
# column, text, rule, suggestion
REFUSED: list[tuple[Column, str, str, str | None]] = [
    (MONEY, "32.14亿元", "number_unit", "321400"),
    (MONEY, "321400万", "number_unit", "321400"),
    (YUAN, "1.5万", "number_unit", "15000"),
    (MONEY, "32.14 亿元", "number_unit", "321400"),
    (MONEY, "321400 万", "number_unit", "321400"),
    (MONEY, "32.14　亿元整", "number_unit", "321400"),
    (MONEY, "32.14亿元整", "number_unit", "321400"),
    (MONEY, "0,400万", "number_unit", None),
    (MONEY, "(0,400)", "number_brackets", None),
    (MONEY, "0,400", "number_comma", None),
    (MONEY, "-0,400.5", "number_comma", None),
    (MONEY, "000,400", "number_comma", None),
    (NUMBER, "0,400", "number_comma", None),
    (INTEGER, "0,400", "number_comma", None),
    (PERCENT, "0,400%", "number_comma", None),
    (MONEY, "1.234,5", "number_comma", None),
    (MONEY, "（1,234）", "number_brackets", "-1234"),
    (MONEY, "1234,5", "number_comma", None),
    (MONEY, "12,34", "number_comma", None),
    (MONEY, "1.0E+5", "number_science", None),
    (MONEY, "12\n34", "number_broken", None),
    (MONEY, "12 34", "number_broken", None),
    (MONEY, "12\t34", "number_broken", None),
    (MONEY, "12\x0b34", "number_broken", None),
    (MONEY, "12\x8534", "number_broken", None),
    (MONEY, "12\x0134", "number_broken", None),
    (NUMBER, "12\x1f34", "number_broken", None),
    (INTEGER, "12\x0c34", "number_broken", None),
    (PERCENT, "12\x8534%", "number_broken", None),
    (DATE, "2021-1\x0b2-31", "date", None),
    (MONTH, "2021-1\x852", "month", None),
    (MONEY, "约3亿", "number_vague", None),
    (MONEY, "3-5亿", "number_vague", None),
    (MONEY, "不低于85%", "number_vague", None),
    (MONEY, "1²", "number", None),
    (MONEY, "①", "number", None),
    (MONEY, "NaN", "number", None),
    (MONEY, "0.0000001", "decimals", "0"),
    (MONEY, "32.140000000000001", "decimals", "32.14"),
    (MONEY, "99999999999999", "number_large", None),
    (MONEY, "9" * 5000, "number", None),
    (MONEY, "#DIV/0!", "excel_error", None),
    (PERCENT, "1.0632", "percent_scale", "106.32%"),
    (WORK, "0.42", "percent_scale", "42%"),
    (PERCENT, "-1", "percent_scale", "-100%"),
    (INTEGER, "7.5", "integer", None),
    (INTEGER, "二〇二一年", "number", "2021"),
    (DATE, "12月底", "date", "2021-12-31"),
    (DATE, "全年", "date", "2021-12-31"),
    (DATE, "44561", "date", "2021-12-31"),
    (DATE, "2020年2月底", "date", "2020-02-29"),
    (DATE, "31-Dec-20", "date", "2020-12-31"),
    (DATE, "31-Feb-20", "date", None),
    (DATE, "21月", "date", None),
    (MONTH, "12月底", "month", "2021-12"),
    (MONTH, "全年", "month", "2021-12"),
    (MONTH, "二〇二一年", "month", "2021-12"),
    (MONTH, "二〇二〇年六月", "month", "2020-06"),
    (MONTH, "2020年", "month", "2020-12"),
    (MONTH, "2020年12月底", "month", "2020-12"),
    (MONTH, "2020 年 12 月底", "month", "2020-12"),
    (MONTH, "Dec-20", "month", "2020-12"),
    (MONTH, "sep-2020", "month", "2020-09"),
    (DATE, "2018129", "date", None),
    (DATE, "2021-02-30", "date", None),
    (DATE, "####", "excel_error", None),
    (MONTH, "20171011", "month", "2017-10"),
    (MONTH, "2021.1", "month", None),
    (MONTH, "十二月", "month", "2021-12"),
    (MONTH, "2021/12/15", "month", "2021-12"),
    (TEXT, "#REF!", "excel_error", None),
    (ENUM, "中央级", "enum", "中央"),
    (CODE, "3.2E+17", "identifier", None),
    (CODE, "10903", "identifier", "010903"),
]


def _mend(column: Column, text: str) -> Any:
    return mend(column, text, name=column is CODE, kinds=KINDS, year=2021)


@pytest.mark.parametrize(("column", "text", "canonical", "value", "how"), READ)
def test_read(column: Column, text: str, canonical: str, value: Any, how: str | None) -> None:
    cell = _mend(column, text)
    assert (cell.text, cell.how, cell.refusal) == (canonical, how, None)
    found = typed(column, cell.text)
    assert (found, type(found)) == (value, type(value))
    assert (missing(column, cell.text) is None) == (not column.measured or value is not None)


@pytest.mark.parametrize(("column", "text", "rule", "suggestion"), REFUSED)
def test_refused(column: Column, text: str, rule: str, suggestion: str | None) -> None:
    refusal = _mend(column, text).refusal
    assert refusal is not None
    assert (refusal.rule, refusal.suggestion) == (rule, suggestion)
    assert refusal.message
    assert refusal.remedy


def test_every_type_has_its_rows() -> None:
    assert {row[0].type for row in READ} == {row[0].type for row in REFUSED} == TYPES


def test_canonical_texts_stay_as_they_are() -> None:
    for column, _, canonical, _, _ in READ:
        assert _mend(column, canonical).text == canonical
        assert _mend(column, canonical).how is None


def test_references_keep_what_the_lookup_needs() -> None:
    assert reference(" 甲\r\n乙 ").text == "甲\n\n乙"
    assert reference("／").text == ""
    assert reference("1E+5").refusal is not None
    assert lost_zeros(CODE, "1") == "000001"
    assert lost_zeros(TEXT, "1") is None


@given(st.sampled_from([MONEY, PERCENT, NUMBER, INTEGER, DATE, MONTH, TEXT, LIST, ENUM, CODE]), st.text())
def test_any_text_is_read_or_refused(column: Column, text: str) -> None:
    cell = _mend(column, text)
    if cell.refusal is None:
        assert _mend(column, cell.text).text == cell.text
        typed(column, cell.text)


@given(st.decimals(-(10**9), 10**9, places=6))
def test_amounts_are_exact(amount: Decimal) -> None:
    cell = _mend(MONEY, f"{amount:f}")
    assert cell.refusal is None
    assert typed(MONEY, cell.text) == int(amount.scaleb(6))
