"""Files of rows as Excel workbooks: the rows, what each column is, and where they are from.

The only module that knows XlsxWriter. Text is written as text, whatever it looks like; numbers are numbers as long as
Excel holds them exactly. No clock: the same rows give the same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import unicodedata
import zlib
from collections.abc import Callable, Sequence
from functools import cache as once
from importlib import metadata
from pathlib import Path
from typing import Any

from generator.contract import Column, Table
from generator.errors import InputError
from generator.extract import ABSENT, FORMULA, NATURE, NATURE_ID, Cell, Extract
from generator.files import Cache, digest_of, dump, explained
from generator.view import View

PACKAGE = "xlsxwriter"
DATA, DICTIONARY, ABOUT = "数据", "数据字典", "说明"
DEMO = "含演示数据，不是任何单位公布的数"
FIELDS = (("name", "列", 16), ("description", "说明", 48), ("type", "类型", 14), ("unit", "单位", 8),
          ("allowed", "允许的值", 40), ("id", "标识", 16), ("key", "主键", 6))  # fmt: skip
MOST_ROWS = 1_048_575  # below the header
DIGITS = 15  # more of them Excel does not keep
WIDEST, SAMPLE = 48, 500
NOT_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
FIRST_DAY = dt.date(1900, 3, 1)  # Excel counts a 29 February before it that never was
CREATED = dt.datetime(1980, 1, 1)
NUMBERS = {"money": "#,##0.00####", "percent": "0.00####", "count": "#,##0", "ordinal": "0", "number": "General"}

Put = Callable[[int, int, str], Any]


def workbook(
    found: Extract, dictionary: Sequence[View], about: Sequence[tuple[str, str]], cache: Cache | None = None
) -> bytes:
    """A file as a workbook, kept from the last time when nothing that it shows has changed.

    ``dictionary`` are the table's columns as the catalogue describes them, ``about`` the lines of the last sheet.
    Raises ``InputError`` when there are more rows than a sheet holds.
    """
    if cache is None:
        return _made(found, dictionary, about)
    title, looks = found.title, [heading(c) + cell_kind(found.resource.table, c) for c in found.columns]
    shown = [title, looks, found.cells, found.kinds, list(dictionary), list(about)]
    key = f"workbook-{digest_of(dump([_program(), shown]))}"
    kept = cache.get(key)
    if kept is None:
        kept = _made(found, dictionary, about)
        cache.put(key, kept)
    return kept


@once
def _program() -> str:
    """What else decides the bytes: this module, the library, and what compresses them."""
    code = digest_of(Path(__file__).read_bytes())
    return f"{code} {metadata.version(PACKAGE)} {zlib.ZLIB_RUNTIME_VERSION}"


def heading(column: Column) -> str:
    """A column's Chinese header, with its unit where the header does not name it."""
    unit = column.unit or ""
    return column.name if unit in column.name else f"{column.name}（{unit}）"


def cell_kind(table: Table, column: Column) -> str:
    """What kind of cells a column has; an integer that names something is no count, and is not grouped."""
    if not column.measured:
        return column.type
    names = {*table.key, *(name for r in table.references for name in r.fields)}
    whole = "ordinal" if column.name in names or column.id == "year" else "count"
    return column.scale or (whole if column.type == "integer" else "number")


def plain(text: str) -> str:
    """Text as a cell can hold it: what XML forbids is replaced, and what the library takes for markup gets a space."""
    text = NOT_XML.sub("\ufffd", text)
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text


def exact(text: str) -> bool:
    """Whether Excel keeps every digit of a number."""
    return len(text.lstrip("-").replace(".", "").strip("0")) <= DIGITS


def as_text(cell: Cell) -> str:
    return "、".join(cell) if isinstance(cell, tuple) else cell or ""


def fitting(texts: Sequence[str]) -> int:
    """How wide a column should be, by the widest of some texts; wide characters count twice."""
    widths = (sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text) for text in texts)
    return min(max(widths, default=0) + 3, WIDEST)


class Book:
    """A workbook in the making, and its formats."""

    def __init__(self, title: str, note: str = "") -> None:
        import xlsxwriter

        # Row by row: a year's rows of a large city are not all held at once.
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                   "strings_to_numbers": False}  # fmt: skip
        self.out = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.out, options)
        self.book.set_properties({"title": plain(title), "comments": note, "created": CREATED})
        top = {"valign": "top"}
        self.head = self.book.add_format({"bold": True, "text_wrap": True, "bottom": 1, "bg_color": "#F2F4F3", **top})
        self.text = self.book.add_format({"num_format": "@", **top})
        self.long = self.book.add_format({"num_format": "@", "text_wrap": True, **top})
        # Stays text when somebody edits the cell, as if typed with an apostrophe.
        self.quoted = self.book.add_format({"num_format": "@", "quote_prefix": True, "text_wrap": True, **top})
        self.absent = self.book.add_format({"num_format": "@", "align": "right", "font_color": "#5B6664", **top})
        self.date = self.book.add_format({"num_format": "yyyy-mm-dd", "align": "left", **top})
        self.numbers = {name: self.book.add_format({"num_format": f, **top}) for name, f in NUMBERS.items()}

    def sheet(self, name: str, widths: Sequence[int], formats: Sequence[Any]) -> Any:
        """A sheet with a frozen first row, to be printed across one page."""
        sheet = self.book.add_worksheet(name)
        for i, (width, look) in enumerate(zip(widths, formats, strict=True)):
            sheet.set_column(i, i, width, look)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        return sheet

    def words(self, sheet: Any, row: int, column: int, text: str, look: Any) -> None:
        """Text as text; what looks like a formula is marked as text once more."""
        if text:
            sheet.write_string(row, column, plain(text), self.quoted if text.startswith(FORMULA) else look)

    def put(self, sheet: Any, look: str) -> Put:
        """How cells of a column are written."""
        if look == "date":
            return lambda row, column, text: self._date(sheet, row, column, text)
        if look in self.numbers:
            return lambda row, column, text: self._number(sheet, row, column, text, self.numbers[look])
        return lambda row, column, text: self.words(sheet, row, column, text, self.long)

    def _number(self, sheet: Any, row: int, column: int, text: str, look: Any) -> None:
        if text in ABSENT or not exact(text):
            sheet.write_string(row, column, text, self.absent)
        elif text:
            sheet.write_number(row, column, float(text), look)

    def _date(self, sheet: Any, row: int, column: int, text: str) -> None:
        try:
            day = dt.date.fromisoformat(text)
        except ValueError:
            day = dt.date.min
        if day < FIRST_DAY:
            self.words(sheet, row, column, text, self.text)
        else:
            sheet.write_datetime(row, column, day, self.date)


def _made(found: Extract, dictionary: Sequence[View], about: Sequence[tuple[str, str]]) -> bytes:
    if len(found.cells) > MOST_ROWS:
        raise InputError(f"{found.resource.path} 有 {len(found.cells)} 行，一张 Excel 表放不下，请分成几个文件。")
    with explained("写 Excel 文件"):
        book = Book(found.title, DEMO if found.demo else "")
        _rows(book, found)
        write_dictionary(book, dictionary, nature=found.kinds is not None)
        write_about(book, about)
        book.book.close()
    return book.out.getvalue()


def _rows(book: Book, found: Extract) -> None:
    """The first sheet: a row a row, 数据性质 last."""
    heads = [heading(c) for c in found.columns] + ([] if found.kinds is None else [NATURE])
    looks = [cell_kind(found.resource.table, c) for c in found.columns] + ([] if found.kinds is None else ["string"])
    lines = [[*map(as_text, cells), *([found.kinds[i]] if found.kinds else [])] for i, cells in enumerate(found.cells)]
    widths = [fitting([head, *(line[i] for line in lines[:SAMPLE])]) for i, head in enumerate(heads)]
    formats = [book.numbers.get(look, book.date if look == "date" else book.text) for look in looks]
    sheet = book.sheet(f"{DATA}（演示）" if found.demo else DATA, widths, formats)
    sheet.autofilter(0, 0, len(lines), len(heads) - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{len(lines) + 1}"})
    if found.demo:
        sheet.set_header(f"&C{DEMO}")
    for i, head in enumerate(heads):
        book.words(sheet, 0, i, head, book.head)
    puts = [book.put(sheet, look) for look in looks]
    for row, line in enumerate(lines, 1):
        for i, text in enumerate(line):
            puts[i](row, i, text)


def write_dictionary(book: Book, dictionary: Sequence[View], *, nature: bool) -> None:
    """The second sheet: what each column is, as the table's page says it."""
    last = {"name": NATURE, "id": NATURE_ID, "type": "文字", "unit": "", "key": False, "allowed": "官方、转载、演示",
            "description": "这一行出自官方文件、媒体转载，还是演示数据"}  # fmt: skip
    sheet = book.sheet(DICTIONARY, [width for _, _, width in FIELDS], [book.long] * len(FIELDS))
    for i, (_, title, _) in enumerate(FIELDS):
        book.words(sheet, 0, i, title, book.head)
    for row, column in enumerate([*dictionary, *([last] if nature else [])], 1):
        for i, (name, _, _) in enumerate(FIELDS):
            value = column[name]
            book.words(sheet, row, i, ("是" if value else "") if name == "key" else str(value), book.long)


def write_about(book: Book, about: Sequence[tuple[str, str]]) -> None:
    """The last sheet: whose table this is, as of when, under which licence."""
    sheet = book.sheet(ABOUT, [12, 80], [book.text, book.long])
    book.words(sheet, 0, 0, "项", book.head)
    book.words(sheet, 0, 1, "内容", book.head)
    for row, (name, text) in enumerate(about, 1):
        book.words(sheet, row, 0, name, book.text)
        book.words(sheet, row, 1, text, book.long)
