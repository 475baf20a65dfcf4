"""Any file that an office may send -> sheets of cells as text, with the rows that Excel shows. Known by its content.

The only module that knows pandas' Excel reader and calamine below it, which reads .xlsx, .xls, .et and .ods alike. What
calamine does not tell is looked for besides, in ``untold``.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pandas as pd
import python_calamine as calamine
import xlrd

from generator.intake import untold
from generator.intake.untold import Look, Place
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
BROKEN = "工作簿打不开,可能没有传完,或者已经损坏。"
SAVE = "用 Excel 或 WPS 打开,另存为 .xlsx,再导入。"


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
            wrong, looks = untold.lost(content, kind), untold.looks(content, kind)
            concealed = untold.concealed(content, kind)
            source: Any = book.book  # calamine's own workbook; the stubs know it for other engines
            found = [
                replace(
                    _sheet(book, meta, wrong.get(meta.name, {}), looks.get(meta.name, {})),
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
    book: pd.ExcelFile, meta: calamine.SheetMetadata, wrong: Mapping[Place, str], looks: Mapping[Place, Look]
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
            elif isinstance(value, (int, float)) and not isinstance(value, bool):
                look = looks.get((number, index))
                cells[index] = _shown(value, look) if look else cells[index]
                if not look and 0 < abs(value) <= SMALL:
                    small.add((number, index))
        rows.append((number, tuple(cells)))
    hidden = meta.visible != calamine.SheetVisibleEnum.Visible
    unknown = tuple(sorted(place for place, text in wrong.items() if text == untold.NOT_CALCULATED))
    return Grid(meta.name, _trimmed(rows), merged, frozenset(dates), frozenset(small), unknown, hidden)


def _shown(value: float, look: Look) -> str:
    """A number as its format shows it."""
    plain = _number(float(Decimal(_number(value)) * 100)) if look.ratio else _number(value)
    return f"{look.before}{plain}{look.after}"


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
