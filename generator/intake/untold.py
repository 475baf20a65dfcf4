"""What calamine does not tell of a workbook: errors, formulas without results, formats, footnotes, what is hidden.

It gives error values and formulas that were never calculated as nothing, 3.2亿元 as 3.2, 100% as 1, and 360 with a
small raised 1 as 3601; but a figure that is missing is not one that went wrong, nor 1 per cent the whole.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple
from xml.etree import ElementTree

import xlrd

NOT_CALCULATED = "#CALC!"
RAISED = b"vertAlign"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
TARGET = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT_TARGET = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
VALUE_TYPE = "value-type"
CELL = re.compile(r"([A-Z]+)([0-9]+)")
HIDDEN = re.compile(rb'hidden="(1|true)"')
QUOTED = re.compile(r'"[^"]*"|[\\!].|\[[^\]]*\]')  # what a number format shows as it stands
MEANT = re.compile("[亿億万萬千百十元角币约近余多]|左右|以上|以下")  # words of it that say another number
BUILT_IN_PERCENT = frozenset({"9", "10"})  # ECMA-376, 18.8.30: 0% and 0.00%
Place = tuple[int, int]  # row that Excel shows, index of the column


def lost(content: bytes, kind: str) -> dict[str, dict[Place, str]]:
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
    raised = _raised(archive)
    for name, path in _sheets_xlsx(archive):
        content = archive.read(path)
        if raised or RAISED in content or b't="e"' in content or re.search(rb"</?(\w+:)?f\b", content):
            yield name, dict(_lost_cells(content, raised))


def _raised(archive: zipfile.ZipFile) -> dict[str, str]:
    """Texts of an .xlsx, by their number, of which a part is raised or lowered, with that part told apart."""
    path = "xl/sharedStrings.xml"
    content = archive.read(path) if path in archive.namelist() else b""
    if RAISED not in content:
        return {}
    texts = (e for e in _parsed(content) if e.tag.endswith("}si"))
    return {str(i): told for i, text in enumerate(texts) if (told := _told_apart(text))}


def _told_apart(text: ElementTree.Element) -> str:
    """A rich text with what is raised in brackets: 360(上标 1); empty when nothing is."""
    found, some = "", False
    for run in (e for e in text.iter() if e.tag.endswith("}r")):
        words = "".join(e.text or "" for e in run.iter() if e.tag.endswith("}t"))
        marks = (e.get("val") for e in run.iter() if e.tag.endswith("}vertAlign"))
        small = words.strip() and next((True for mark in marks if mark in ("superscript", "subscript")), False)
        found += f"(上标 {words.strip()})" if small else words
        some = some or bool(small)
    return found if some else ""


def _lost_cells(content: bytes, raised: Mapping[str, str]) -> Iterator[tuple[Place, str]]:
    for cell in _parsed(content).iter():
        if not cell.tag.endswith("}c"):
            continue
        value = next((e.text or "" for e in cell if e.tag.endswith("}v")), "")
        told = raised.get(value, "") if cell.get("t") == "s" else _told_apart(cell)
        if told and re.search(r"[0-9]\(上标", told):  # 360 and a footnote's 1; m² is no number
            yield _place(cell.get("r", "")), told
        elif cell.get("t") == "e":
            yield _place(cell.get("r", "")), value or "#VALUE!"
        elif not value and cell.get("t") != "str" and any(e.tag.endswith("}f") for e in cell):
            yield _place(cell.get("r", "")), NOT_CALCULATED


class Look(NamedTuple):
    """What a number format shows around a number: ``亿元`` behind 3.2, ``%`` behind a ratio."""

    before: str
    after: str


def looks(content: bytes, kind: str) -> dict[str, dict[Place, Look]]:
    """Cells that show something else than the number that is stored in them, by sheet."""
    if kind == ".xls":
        return dict(_looks_xls(content))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return dict(_looks_ods(archive) if kind == ".ods" else _looks_xlsx(archive))


Concealed = tuple[set[int], set[int]]  # rows that Excel shows, indexes of columns


def concealed(content: bytes, kind: str) -> dict[str, Concealed]:
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


@lru_cache(maxsize=1000)
def _look(code: str) -> Look | None:
    """What a number format adds to the number as it is stored; ``None`` where that is nothing that matters."""
    section = code.split(";")[0]
    if "%" in QUOTED.sub("", section):
        return Look("", "%")
    section = re.sub(r"\[[^\]]*\]|_.|\*.", "", section)
    spots = [m.span() for m in re.finditer("[0#?]", QUOTED.sub(lambda m: "x" * len(m[0]), section))]
    if not spots:
        return None
    before, inside, after = section[: spots[0][0]], section[spots[0][0] : spots[-1][1]], section[spots[-1][1] :]
    literal = "".join(m[0].strip('"')[-1:] for m in QUOTED.finditer(inside))
    if after.startswith(",") or re.search("[.,]", literal):
        return Look("", f"(格式 {code})")  # a thousandth is shown, or a point that is none
    parts = [re.sub(r'["\\!]', "", text).strip() for text in (before, after)]
    return Look(*(text if MEANT.search(text) else "" for text in parts)) if MEANT.search("".join(parts)) else None


def _looks_xls(content: bytes) -> Iterator[tuple[str, dict[Place, Look]]]:
    with io.StringIO() as silence:
        book = xlrd.open_workbook(file_contents=content, logfile=silence, formatting_info=True)
    codes = (book.format_map[xf.format_key].format_str for xf in book.xf_list)
    looks = {i: look for i, code in enumerate(codes) if (look := _look(code))}
    for sheet in book.sheets() if looks else ():
        cells = ((r, c) for r in range(sheet.nrows) for c in range(sheet.row_len(r)))
        yield sheet.name, {(r + 1, c): look for r, c in cells if (look := looks.get(sheet.cell_xf_index(r, c)))}


def _looks_xlsx(archive: zipfile.ZipFile) -> Iterator[tuple[str, dict[Place, Look]]]:
    if "xl/styles.xml" not in archive.namelist():
        return
    styles = _parsed(archive.read("xl/styles.xml"))
    codes = {e.get("numFmtId"): e.get("formatCode", "") for e in styles.iter() if e.tag.endswith("}numFmt")}
    codes |= dict.fromkeys(BUILT_IN_PERCENT, "0%")
    xfs: Iterable[ElementTree.Element] = next((e for e in styles if e.tag.endswith("}cellXfs")), ())
    looks = {str(i): look for i, xf in enumerate(xfs) if (look := _look(codes.get(xf.get("numFmtId"), "")))}
    for name, path in _sheets_xlsx(archive) if looks else ():
        cells = (c for c in _parsed(archive.read(path)).iter() if c.tag.endswith("}c"))
        yield name, {_place(c.get("r", "")): look for c in cells if (look := looks.get(c.get("s", "")))}


def _looks_ods(archive: zipfile.ZipFile) -> Iterator[tuple[str, dict[Place, Look]]]:
    """The same from what the cells say that they show."""
    content = archive.read("content.xml")
    for name, cells in _cells_ods(content):
        yield name, {place: look for place, cell in cells if (look := _look_ods(cell))}


def _look_ods(cell: ElementTree.Element) -> Look | None:
    kind = cell.get(f"{OFFICE}{VALUE_TYPE}")
    if kind == "percentage":
        return Look("", "%")
    if kind not in ("float", "currency"):
        return None
    shown = "".join(cell.itertext()).strip()
    found = re.search(r"-?[0-9][0-9,]*(?:\.[0-9]+)?", shown)
    stored = Decimal(cell.get(f"{OFFICE}value") or 0)
    if found and stored and (seen := Decimal(found[0].replace(",", ""))) and not 0.2 < abs(seen / stored) < 5:
        return Look("", f"(显示成 {shown})")
    before, after = (shown[: found.start()], shown[found.end() :]) if found else ("", "")
    return Look(*(t if MEANT.search(t) else "" for t in (before, after))) if MEANT.search(before + after) else None


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
