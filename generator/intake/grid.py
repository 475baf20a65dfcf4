"""Any file that an office may send -> sheets of cells as text, with the rows that Excel shows. Known by its content.

The only module that knows pandas' Excel reader, calamine below it, and xlrd. Calamine reads .xlsx, .xls, .et and .ods
alike, but gives error values and formulas that were never calculated as nothing, and 100% as 1: those are looked for
here besides, since a figure that is missing is not one that went wrong, nor 1 per cent the whole.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import python_calamine as calamine
import xlrd

from generator.model import Level, Problem
from generator.read import BLANK, FULL_WIDTH_COMMA, OLE, ZIP, Row, read

LARGEST_FILE = 30_000_000  # bytes; a workbook of 100,000 rows has some five million
LARGEST_INSIDE = 600_000_000  # bytes when unpacked
MOST_CELLS = 100_000_000  # empty ones count: a sheet that was formatted to its end has many
EXACT = 10**15  # Excel keeps fifteen digits of a number
SMALL = 5  # a number up to this may be a ratio where a percentage is asked
LOCKED = "EncryptedPackage".encode("utf-16-le")
MANIFEST = "META-INF/manifest.xml"
WEB = re.compile(rb"\s*(<!doctype html|<html|<table|<meta|<\?xml[^>]*\?>\s*<html)", re.IGNORECASE)
DOCUMENTS = (".doc", ".docx", ".wps", ".pdf", ".ppt", ".pptx", ".jpg", ".jpeg", ".png", ".zip", ".rar", ".7z")
FOREIGN = (b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf")
NOT_CALCULATED = "#CALC!"
BROKEN = "工作簿打不开,可能没有传完,或者已经损坏。"
SAVE = "用 Excel 或 WPS 打开,另存为 .xlsx,再导入。"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
TARGET = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT_TARGET = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
VALUE_TYPE = "value-type"
CELL = re.compile(r"([A-Z]+)([0-9]+)")
HIDDEN = re.compile(rb'hidden="(1|true)"')
QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')  # what a number format shows as it stands
BUILT_IN_PERCENT = frozenset({"9", "10"})  # ECMA-376, 18.8.30: 0% and 0.00%

Place = tuple[int, int]  # row that Excel shows, index of the column


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet's cells as text, blank rows left out.

    ``merged`` are ranges (first row, last row, first column, last column); ``dates`` cells that are a date or a time to
    the program that wrote them; ``small`` numbers that may be ratios; ``unknown`` formulas without a result. ``asked``
    is a question about the file as a whole, ``private`` what was masked; ``sheet`` is empty for a text file. What is
    hidden, the whole sheet or some of it, is read like the rest.
    """

    sheet: str
    rows: tuple[Row, ...]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    dates: frozenset[Place] = frozenset()
    small: frozenset[Place] = frozenset()
    unknown: tuple[Place, ...] = ()
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    asked: str = ""
    private: tuple[Problem, ...] = ()


class Unreadable(Exception):
    """The file cannot be read; ``rule``, message and remedy say why."""

    def __init__(self, rule: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.rule, self.remedy = rule, remedy


def grids(content: bytes, shown: str) -> tuple[list[Grid], list[Problem]]:
    """A file's sheets that hold anything; none and an error when it cannot be read. Never raises."""
    try:
        if len(content) > LARGEST_FILE:
            size = f"{len(content) / 1_000_000:.0f} MB"
            raise Unreadable("too_large", f"文件有 {size},太大了。", "只留要导入的工作表,删去图片,再保存。")
        if content.startswith((ZIP, OLE)):
            return _workbook(content, shown)
        if content.startswith(FOREIGN):
            raise Unreadable(
                "not_a_table", "这不是表格文件(像是 PDF、图片或压缩包)。", "请报送单位发来 Excel 或 WPS 表格。"
            )
        if WEB.match(content.removeprefix(b"\xef\xbb\xbf")[:300]):
            raise Unreadable("not_a_table", "这是一个网页,只是文件名像表格。", SAVE)
        if shown.lower().endswith(DOCUMENTS):
            ending = shown.rpartition(".")[2]
            raise Unreadable("not_a_table", f"这是 .{ending} 文件,不是工作簿。", "请报送单位发来 Excel 或 WPS 表格。")
        return _text(content, shown)
    except Unreadable as error:
        return [], [Problem(Level.ERROR, error.rule, str(error), error.remedy, file=shown)]


# --- text -------------------------------------------------------------------------------------------------------------


def _text(content: bytes, shown: str) -> tuple[list[Grid], list[Problem]]:
    raw, problems = read(content, shown)
    asked = ""
    if any(p.rule == "full_width_comma" for p in problems):
        raw, problems = read(content, shown, FULL_WIDTH_COMMA)
        asked = "各列用全角逗号“，”隔开,照此分列吗?文字里有全角逗号的,会分错。"
    if raw is None:
        return [], problems
    return [Grid("", ((raw.header_row, raw.header), *raw.rows), asked=asked)], problems


# --- workbooks --------------------------------------------------------------------------------------------------------


def _workbook(content: bytes, shown: str) -> tuple[list[Grid], list[Problem]]:
    kind = _kind(content)
    try:
        with pd.ExcelFile(io.BytesIO(content), engine="calamine") as book:
            wrong, percent, concealed = _lost(content, kind), _percent(content, kind), _concealed(content, kind)
            source: Any = book.book  # calamine's own workbook; the stubs know it for other engines
            found = [
                replace(
                    _sheet(book, meta, wrong.get(meta.name, {}), percent.get(meta.name, frozenset())),
                    hidden_rows=frozenset(rows), hidden_columns=frozenset(columns),
                )
                for meta in source.sheets_metadata if _holds(meta)
                for rows, columns in [concealed.get(meta.name, (set(), set()))]
            ]  # fmt: skip
    except calamine.PasswordError:
        raise _locked() from None
    except Unreadable:
        raise
    except Exception as error:  # a broken workbook makes its readers raise almost anything
        raise Unreadable("workbook_broken", BROKEN, SAVE) from error
    said: list[Problem] = []
    if not shown.lower().endswith((".xlsx", ".xlsm", ".xls", ".et", ".ods", ".ett")):
        message = f"文件名不像工作簿,内容是 {kind} 工作簿,已照工作簿读取。"
        said.append(Problem(Level.NOTE, "workbook", message, "不必改。", file=shown))
    filled = [grid for grid in found if grid.rows]
    if not filled:
        raise Unreadable("empty_file", "工作簿里没有内容。", "检查是不是发错了文件。")
    return filled, said


def _holds(meta: calamine.SheetMetadata) -> bool:
    return meta.typ == calamine.SheetTypeEnum.WorkSheet


def _locked() -> Unreadable:
    remedy = "请报送单位去掉密码再发;知道密码的,打开后在“文件—信息—保护工作簿”里清除密码,再保存。"
    return Unreadable("password", "工作簿加了打开密码,读不了。", remedy)


def _kind(content: bytes) -> str:
    """Excel's name of what the bytes are; raises ``Unreadable`` for what is no workbook, or locked."""
    if content.startswith(OLE):
        if LOCKED in content or _encrypted(content):
            raise _locked()
        return ".xls"
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names, inside = archive.namelist(), sum(i.file_size for i in archive.infolist())
            manifest = archive.read(MANIFEST) if MANIFEST in names and inside <= LARGEST_INSIDE else b""
    except zipfile.BadZipFile:
        raise Unreadable("workbook_broken", BROKEN, "重新取一份原件。") from None
    if inside > LARGEST_INSIDE:
        raise Unreadable(
            "too_large", f"工作簿解开后有 {inside / 1_000_000:.0f} MB,太大了。", "只留要导入的工作表,再保存。"
        )
    if "content.xml" in names:
        if b"encryption-data" in manifest:
            raise _locked()
        return ".ods"
    if any(name.startswith("xl/") for name in names):
        return ".xlsx"
    raise Unreadable("not_a_table", "这是一个压缩包或文档,不是表格。", "解开压缩包,把里面的表格一个个导入。")


def _encrypted(content: bytes) -> bool:
    """Whether an .xls needs a password; calamine only says that it cannot read it."""
    try:
        with io.StringIO() as silence:
            xlrd.open_workbook(file_contents=content, logfile=silence, on_demand=True).release_resources()
    except Exception as error:  # noqa: BLE001 - see above
        return "encrypted" in str(error)
    return False


def _sheet(
    book: pd.ExcelFile, meta: calamine.SheetMetadata, wrong: Mapping[Place, str], percent: Collection[Place]
) -> Grid:
    source: Any = book.book
    sheet = source.get_sheet_by_name(meta.name)
    if (sheet.total_height or 0) * (sheet.total_width or 0) > MOST_CELLS:
        raise Unreadable("too_large", f"工作表“{meta.name}”有 {sheet.total_height} 行。", "删去下面没有用的行,再保存。")
    frame = pd.read_excel(book, sheet_name=meta.name, header=None, dtype=object, na_filter=False)
    ranges = sheet.merged_cell_ranges or []
    merged = tuple(sorted((a[0] + 1, b[0] + 1, a[1], b[1]) for a, b in ranges))
    dates: set[Place] = set()
    small: set[Place] = set()
    rows: list[Row] = []
    bad: dict[int, dict[int, str]] = {}
    for (row, column), text in wrong.items():
        bad.setdefault(row, {})[column] = text
    for number, values in enumerate(frame.itertuples(index=False, name=None), 1):
        cells = [_cell(value) for value in values]
        for column, text in bad.get(number, {}).items():
            cells += [""] * (column + 1 - len(cells))
            cells[column] = text
        if not any(cell.strip(BLANK) for cell in cells):
            continue
        for index, value in enumerate(values):
            if isinstance(value, (dt.date, dt.time)):
                dates.add((number, index))
            elif isinstance(value, (int, float)) and (number, index) in percent:
                cells[index] = f"{_number(float(Decimal(_number(value)) * 100))}%"  # as it is shown
            elif isinstance(value, (int, float)) and 0 < abs(value) <= SMALL:
                small.add((number, index))
        rows.append((number, tuple(cells)))
    hidden = meta.visible != calamine.SheetVisibleEnum.Visible
    unknown = tuple(sorted(place for place, text in wrong.items() if text == NOT_CALCULATED))
    return Grid(meta.name, _trimmed(rows), merged, frozenset(dates), frozenset(small), unknown, hidden)


def _trimmed(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Without the empty columns at the right, all rows as wide as the widest."""
    width = max((i + 1 for _, cells in rows for i, c in enumerate(cells) if c.strip(BLANK)), default=0)
    return tuple((number, (*cells[:width], *[""] * (width - len(cells)))) for number, cells in rows)


def _cell(value: Any) -> str:
    """A cell as somebody would have typed it."""
    if isinstance(value, str):
        return value
    if value is None or value is pd.NaT:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "seconds")
    return str(value)


def _number(value: float) -> str:
    """Up to fifteen digits, as Excel keeps them; longer ones in science notation, which the check refuses: 3.2E+17."""
    if abs(value) >= EXACT:
        return f"{value:.14E}"
    if isinstance(value, int):
        return str(value)
    text = f"{value:.15g}"
    if "e" not in text:
        return text
    return f"{value:.20f}".rstrip("0").rstrip(".") if abs(value) < 1 else text


# --- what calamine does not tell --------------------------------------------------------------------------------------


def _lost(content: bytes, kind: str) -> dict[str, dict[Place, str]]:
    """Cells that hold an error, or a formula without its result, by sheet: what stands there instead."""
    if kind == ".xls":
        return dict(_lost_xls(content))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return dict(_lost_ods(archive) if kind == ".ods" else _lost_xlsx(archive))


def _lost_xls(content: bytes) -> Iterator[tuple[str, dict[Place, str]]]:
    with io.StringIO() as silence, xlrd.open_workbook(file_contents=content, logfile=silence, on_demand=True) as book:
        for name in book.sheet_names():
            sheet = book.sheet_by_name(name)
            yield (
                name,
                {
                    (row + 1, index): xlrd.error_text_from_code.get(int(sheet.cell_value(row, index)), "#VALUE!")
                    for row in range(sheet.nrows)
                    for index, kind in enumerate(sheet.row_types(row))
                    if kind == xlrd.XL_CELL_ERROR
                },
            )


def _parsed(content: bytes) -> ElementTree.Element:
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:  # no spreadsheet program writes those
        raise ValueError
    return ElementTree.fromstring(content)  # noqa: S314 - no entities, see above


def _part(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _sheets_xlsx(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """The sheets of an .xlsx by name, and where in the archive they stand."""
    links = {e.get("Id"): e.get("Target", "") for e in _parsed(archive.read("xl/_rels/workbook.xml.rels"))}
    book = _parsed(archive.read("xl/workbook.xml"))
    for sheet in [*book.iter(f"{SHEET}sheet"), *book.iter(f"{STRICT}sheet")]:
        yield sheet.get("name", ""), _part(links[sheet.get(TARGET) or sheet.get(STRICT_TARGET)])


def _lost_xlsx(archive: zipfile.ZipFile) -> Iterator[tuple[str, dict[Place, str]]]:
    for name, path in _sheets_xlsx(archive):
        content = archive.read(path)
        if b't="e"' in content or re.search(rb"</?(\w+:)?f\b", content):
            yield name, dict(_lost_cells(content))


def _lost_cells(content: bytes) -> Iterator[tuple[Place, str]]:
    for cell in _parsed(content).iter():
        if not cell.tag.endswith("}c"):
            continue
        value = next((e.text or "" for e in cell if e.tag.endswith("}v")), "")
        if cell.get("t") == "e":
            yield _place(cell.get("r", "")), value or "#VALUE!"
        elif not value and cell.get("t") != "str" and any(e.tag.endswith("}f") for e in cell):
            yield _place(cell.get("r", "")), NOT_CALCULATED


def _percent(content: bytes, kind: str) -> dict[str, set[Place]]:
    """Cells that are shown as percentages, by sheet: what is stored there is a ratio."""
    if kind == ".xls":
        return dict(_percent_xls(content))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return dict(_percent_ods(archive) if kind == ".ods" else _percent_xlsx(archive))


Concealed = tuple[set[int], set[int]]  # rows that Excel shows, indexes of columns


def _concealed(content: bytes, kind: str) -> dict[str, Concealed]:
    """Rows and columns that are hidden or filtered away, by sheet."""
    if kind == ".xls":
        return dict(_concealed_xls(content))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return dict(_concealed_ods(archive) if kind == ".ods" else _concealed_xlsx(archive))


def _concealed_xls(content: bytes) -> Iterator[tuple[str, Concealed]]:
    with io.StringIO() as silence:
        book = xlrd.open_workbook(file_contents=content, logfile=silence, formatting_info=True)
    for sheet in book.sheets():
        rows = {index + 1 for index, info in sheet.rowinfo_map.items() if info.hidden}
        yield sheet.name, (rows, {index for index, info in sheet.colinfo_map.items() if info.hidden})


def _concealed_xlsx(archive: zipfile.ZipFile) -> Iterator[tuple[str, Concealed]]:
    for name, path in _sheets_xlsx(archive):
        content = archive.read(path)
        if not HIDDEN.search(content):  # LibreOffice says of every row that it is not
            continue
        rows: set[int] = set()
        columns: set[int] = set()
        number = 0
        for element in _parsed(content).iter():
            hidden = element.get("hidden") in ("1", "true")
            if element.tag.endswith("}row"):
                number = int(element.get("r") or number + 1)
                rows |= {number} if hidden else set()
            elif element.tag.endswith("}col") and hidden:
                columns |= set(range(int(element.get("min", "1")) - 1, int(element.get("max", "1"))))
        yield name, (rows, columns)


def _concealed_ods(archive: zipfile.ZipFile) -> Iterator[tuple[str, Concealed]]:
    content = archive.read("content.xml")
    if b"visibility=" not in content:
        return
    for sheet in _parsed(content).iter(f"{TABLE}table"):
        yield (
            sheet.get(f"{TABLE}name", ""),
            ({n + 1 for n in _collapsed(sheet, "row")}, _collapsed(sheet, "column")),
        )


def _collapsed(sheet: ElementTree.Element, kind: str) -> set[int]:
    """Indexes of rows or columns of an .ods that are not shown."""
    found: set[int] = set()
    at = 0
    for element in sheet.iter(f"{TABLE}table-{kind}"):
        many = int(element.get(f"{TABLE}number-{kind}s-repeated", "1"))
        if element.get(f"{TABLE}visibility", "visible") != "visible":
            found |= set(range(at, at + many))
        at += many
    return found


def _is_percent(code: str) -> bool:
    return "%" in QUOTED.sub("", code)


def _percent_xls(content: bytes) -> Iterator[tuple[str, set[Place]]]:
    if b"%" not in content and "%".encode("utf-16-le") not in content:
        return
    with io.StringIO() as silence:
        book = xlrd.open_workbook(file_contents=content, logfile=silence, formatting_info=True)
    formats = {i for i, xf in enumerate(book.xf_list) if _is_percent(book.format_map[xf.format_key].format_str)}
    for sheet in book.sheets():
        cells = ((r, c) for r in range(sheet.nrows) for c in range(sheet.row_len(r)))
        yield sheet.name, {(r + 1, c) for r, c in cells if sheet.cell_xf_index(r, c) in formats}


def _percent_xlsx(archive: zipfile.ZipFile) -> Iterator[tuple[str, set[Place]]]:
    if "xl/styles.xml" not in archive.namelist():
        return
    styles = _parsed(archive.read("xl/styles.xml"))
    codes = {e.get("numFmtId"): e.get("formatCode", "") for e in styles.iter() if e.tag.endswith("}numFmt")}
    shown = {number for number, code in codes.items() if _is_percent(code)} | BUILT_IN_PERCENT
    xfs: Iterable[ElementTree.Element] = next((e for e in styles if e.tag.endswith("}cellXfs")), ())
    formats = {str(i) for i, xf in enumerate(xfs) if xf.get("numFmtId") in shown}
    if not formats:
        return
    for name, path in _sheets_xlsx(archive):
        cells = _parsed(archive.read(path)).iter()
        yield name, {_place(c.get("r", "")) for c in cells if c.tag.endswith("}c") and c.get("s") in formats}


def _percent_ods(archive: zipfile.ZipFile) -> Iterator[tuple[str, set[Place]]]:
    content = archive.read("content.xml")
    if b'value-type="percentage"' in content:
        for name, cells in _cells_ods(content):
            yield name, {place for place, cell in cells if cell.get(f"{OFFICE}{VALUE_TYPE}") == "percentage"}


def _place(name: str) -> Place:
    found = CELL.fullmatch(name)
    if not found:
        raise ValueError(name)
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column - 1


def _lost_ods(archive: zipfile.ZipFile) -> Iterator[tuple[str, dict[Place, str]]]:
    content = archive.read("content.xml")
    if b"formula" not in content and b'value-type="error"' not in content:
        return
    for name, cells in _cells_ods(content):
        yield name, {place: text for place, cell in cells if (text := _lost_ods_cell(cell))}


def _cells_ods(content: bytes) -> Iterator[tuple[str, Iterator[tuple[Place, ElementTree.Element]]]]:
    """The sheets of an .ods by name, with their cells; one that is repeated many times is empty, and stands once."""
    for sheet in _parsed(content).iter(f"{TABLE}table"):
        yield sheet.get(f"{TABLE}name", ""), _cells_of(sheet)


def _cells_of(sheet: ElementTree.Element) -> Iterator[tuple[Place, ElementTree.Element]]:
    number = 1
    for row in sheet.iter(f"{TABLE}table-row"):
        rows, index = int(row.get(f"{TABLE}number-rows-repeated", "1")), 0
        for cell in row:
            columns = int(cell.get(f"{TABLE}number-columns-repeated", "1"))
            filled = cell.get(f"{OFFICE}{VALUE_TYPE}") is not None
            for down in range(rows if filled else 1):
                for right in range(columns if filled else 1):
                    yield (number + down, index + right), cell
            index += columns
        number += rows


def _lost_ods_cell(cell: ElementTree.Element) -> str | None:
    shown = "".join(cell.itertext()).strip()
    if any(key.endswith(f"}}{VALUE_TYPE}") and value == "error" for key, value in cell.items()):
        return shown or "#VALUE!"
    if cell.get(f"{TABLE}formula") and shown.startswith(("#", "Err:")):
        return shown
    if cell.get(f"{TABLE}formula") and not cell.get(f"{OFFICE}{VALUE_TYPE}"):
        return NOT_CALCULATED
    return None
