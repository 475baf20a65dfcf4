"""Workbooks: every value as it is, text never a formula, leading zeros kept, the same bytes each time."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from generator import catalog, extract, workbook
from generator.contract import Column
from generator.errors import InputError
from generator.extract import Extract
from generator.model import Missing
from generator.origins import Rows
from tests import toy

HOSTILE = (
    "=1+1", "@x", "+1", "-1", "\t=1", "{=1}", "<script>alert(1)</script>", "https://example.org/", "mailto:a@b",
    "internal:数据!A1", "0012", "1e5", "TRUE", "#REF!", "_x0041_", "'=1", " 两头有空格 ", "一行\n二行", "&lt;",
    "\x07响",
)  # fmt: skip


def found(folder: Path, rows: toy.Rows = toy.ROWS, label: str = "toys:2021") -> Extract:
    site = toy.site(folder, rows)
    resource = site.tables.contract.resource(label)
    assert resource is not None
    return extract.of(Rows(site.tables), resource)


def made(folder: Path, rows: toy.Rows = toy.ROWS, label: str = "toys:2021", **more: Any) -> bytes:
    what = found(folder, rows, label)
    return workbook.workbook(what, catalog.dictionary(what.resource.table), [("网站", "甲市民生公开")], **more)


def opened(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def one(folder: Path, **cells: Any) -> dict[str, Any]:
    """The cells of a single row, by header."""
    row = {**toy.toy(1, "01", "市", "2021-12", 100_000_000, 1), **cells}
    head, line = opened(made(folder, {"toys": (row,)})).worksheets[0].iter_rows()
    return {h.value: c for h, c in zip(head, line, strict=True)}


def test_three_sheets(tmp_path: Path) -> None:
    book = opened(made(tmp_path))
    assert book.sheetnames == ["数据", "数据字典", "说明"]
    assert [[c.value for c in row] for row in book["说明"].iter_rows()] == [["项", "内容"], ["网站", "甲市民生公开"]]
    for sheet in book.worksheets:
        assert sheet.freeze_panes == "A2"
        assert all(c.font.bold for c in sheet[1])
    data = book["数据"]
    assert data.auto_filter.ref == "A1:M5"
    assert all(d.width > 4 for d in data.column_dimensions.values())


def test_rows_are_typed_and_named_with_their_unit(tmp_path: Path) -> None:
    head, *lines = opened(made(tmp_path))["数据"].iter_rows(values_only=True)
    assert head == (
        "年度", "编号", "地方", "层级", "月份", "安排（万元）", "拨付（万元）", "件数", "完成率（%）", "标签", "说明",
        "来源", "数据性质",
    )  # fmt: skip
    assert lines[0] == (2021, 1, "01", "市", "2021-11", 100, 30, 3, "未报送", None, None, "gov", "官方")
    assert [line[6] for line in lines] == [30, 123.456789, "待定", 0.000001]
    assert lines[3][7] == "不涉及"


def test_a_unit_in_the_header_is_not_said_twice() -> None:
    def heading(name: str, unit: str | None) -> str:
        return workbook.heading(Column(name, "x", "number", "", unit=unit))

    assert [heading("安排(万元)", "万元"), heading("安排", "万元"), heading("件数", None)] == [
        "安排(万元)", "安排（万元）", "件数",
    ]  # fmt: skip


def test_numbers_have_formats_and_names_are_not_grouped(tmp_path: Path) -> None:
    cells = one(tmp_path, count=4321, share=Fraction(985, 1000))
    formats = {
        "年度": "0", "编号": "0", "安排（万元）": "#,##0.00####", "件数": "#,##0", "完成率（%）": "0.00####",
        "地方": "@",
    }  # fmt: skip
    assert {name: cells[name].number_format for name in formats} == formats
    assert (cells["件数"].value, cells["完成率（%）"].value) == (4321, 98.5)


def test_leading_zeros_survive(tmp_path: Path) -> None:
    cell = one(tmp_path, note="000123")["说明"]
    assert (cell.value, cell.data_type, one(tmp_path)["地方"].value) == ("000123", "s", "01")


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_text_whatever_it_looks_like(tmp_path: Path, text: str) -> None:
    cell = one(tmp_path, note=text)["说明"]
    assert (unescape(cell.value), cell.data_type, cell.hyperlink) == (text, "s", None)
    assert cell.quotePrefix is text.startswith(extract.FORMULA), "stays text when somebody edits it"


def test_lists_are_text_too(tmp_path: Path) -> None:
    cell = one(tmp_path, tags=("=1", "乙"))["标签"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1、乙", "s", True)


@pytest.mark.parametrize(
    ("text", "value"),
    [("<r><t>x</t></r>", "<r><t>x</t></r> "), ("<r>&</r>", "<r>&</r> "), ("a\uffffb\ufffe", "a\ufffdb\ufffd")],
)
def test_what_would_break_the_file_does_not(tmp_path: Path, text: str, value: str) -> None:
    assert one(tmp_path, note=text)["说明"].value == value


def test_a_text_longer_than_a_cell_is_cut(tmp_path: Path) -> None:
    assert one(tmp_path, note="长" * 40_000)["说明"].value == "长" * 32_767


@settings(max_examples=15)
@given(st.lists(st.integers(-(10**15), 10**15), min_size=50, max_size=200))
def test_amounts_are_exact(tmp_path_factory: pytest.TempPathFactory, amounts: list[int]) -> None:
    rows = [toy.toy(n, "01", "市", "2021-12", fen, 0) for n, fen in enumerate(amounts)]
    sheet = opened(made(tmp_path_factory.mktemp("amounts"), {"toys": rows})).worksheets[0]
    shown = [row[5] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert [Decimal(str(v)) * 1_000_000 for v in shown] == amounts


@pytest.mark.parametrize(
    ("fen", "value"), [(1_234_567_890_123_456, "1234567890.123456"), (123_456_789_012_345, 123456789.012345)]
)
def test_more_digits_than_excel_keeps_are_text(tmp_path: Path, fen: int, value: Any) -> None:
    assert one(tmp_path, planned=fen)["安排（万元）"].value == value


@pytest.mark.parametrize("kind", [Missing.NOT_REPORTED, Missing.NOT_APPLICABLE, Missing.PENDING])
def test_why_a_value_is_missing_is_text(tmp_path: Path, kind: Missing) -> None:
    cells = one(tmp_path, planned=kind, count=kind)
    assert (cells["安排（万元）"].value, cells["件数"].value) == (str(kind), str(kind))


def test_dates_are_dates_as_far_back_as_excel_counts(tmp_path: Path) -> None:
    days = ["2022-01-05", "1900-02-28", None]
    sources = [{"id": str(n), "title": "甲", "kind": "官方", "published": day} for n, day in enumerate(days)]
    sheet = opened(made(tmp_path, {"sources": sources, "toys": ()}, "sources")).worksheets[0]
    cells = [row[4] for row in sheet.iter_rows(min_row=2)]
    assert [c.value for c in cells] == [dt.datetime(2022, 1, 5), "1900-02-28", None]
    assert cells[0].number_format == "yyyy-mm-dd"
    assert [c.value for c in sheet[1]][-1] == "网址", "a table without sources has no kind"


def test_the_dictionary_is_complete(tmp_path: Path) -> None:
    book = opened(made(tmp_path))
    head, *lines = book["数据字典"].iter_rows(values_only=True)
    assert head == ("列", "说明", "类型", "单位", "允许的值", "标识", "主键")
    table = toy.toy_contract(tmp_path).table("toys")
    assert table is not None
    public = [c for c in table.columns if c.public]
    assert [(line[0], line[5]) for line in lines] == [*((c.name, c.id) for c in public), ("数据性质", "@kind")]
    assert [line[0] for line in lines if line[6]] == list(table.key)
    by_name = {line[0]: line for line in lines}
    assert by_name["安排"] == ("安排", "安排的说明", "数", "万元", None, "planned", None)
    assert by_name["层级"][4] == "市（city）、县（county）"


def test_a_demonstration_says_so(tmp_path: Path) -> None:
    book = opened(made(tmp_path, {"toys": [toy.toy(1, "01", "市", "2021-12", 1, 1, source="demo")]}))
    assert book.sheetnames[0] == "数据（演示）"
    assert "演示" in book.properties.description
    assert "演示" in book.worksheets[0].oddHeader.center.text
    official = opened(made(tmp_path / "official"))
    assert official.properties.description is None
    assert official.worksheets[0].oddHeader.center.text is None


def test_an_empty_table_is_a_workbook_too(tmp_path: Path) -> None:
    book = opened(made(tmp_path, {"toys": ()}))
    assert book["数据"].max_row == 1


def test_more_rows_than_a_sheet_holds_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    with pytest.raises(InputError, match=r"toys/2021\.csv 有 4 行"):
        made(tmp_path)


def test_no_clock(tmp_path: Path) -> None:
    content = made(tmp_path)
    assert content == made(tmp_path / "again")
    assert opened(content).properties.created == opened(content).properties.modified == dt.datetime(1980, 1, 1)


class Memory(dict[str, bytes]):
    """A cache that counts what it was given."""

    put = dict.__setitem__


def test_only_what_changed_is_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Memory()
    first = made(tmp_path, cache=cache)
    assert made(tmp_path, cache=cache) == first == made(tmp_path)
    assert len(cache) == 1
    changed = [dict(r) for r in toy.ROWS["toys"]]
    for cell in ({"note": "=1"}, {"note": "'=1"}, {"paid": 2}, {"paid": Missing.PENDING}, {"source": "demo"}):
        rows = {"toys": [*changed[:-1], {**changed[-1], **cell}]}
        assert made(tmp_path, rows, cache=cache) == made(tmp_path, rows)
    assert len(cache) == 6
    monkeypatch.setattr(workbook, "_program", lambda: "another version")
    made(tmp_path, cache=cache)
    assert len(cache) == 7
