"""What calamine does not tell of a workbook: errors, formulas without results, formats, footnotes, what is hidden.

It gives error values and formulas that were never calculated as nothing, 3.2亿元 as 3.2, 100% as 1, and 360 with a
small raised 1 as 3601; but a figure that is missing is not one that went wrong, nor 1 per cent the whole.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple
from xml.etree import ElementTree

import xlrd

NOT_CALCULATED = "#CALC!"
RAISED = b"vertAlign"
NOTED = re.compile(r"[0-9]\(上标")  # 360 and a footnote's 1; m² is no number
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
TARGET = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT_TARGET = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
VALUE_TYPE = "value-type"
CELL = re.compile(r"([A-Z]+)([0-9]+)")
HIDDEN = re.compile(rb'hidden="(1|true)"')
TOKEN = re.compile(
    r"\"(?P<quoted>[^\"]*)\"|[\\!](?P<escaped>.)|\[[^\]]*\]|_.|\*.|(?P<place>[0#?])|(?P<other>.)", re.DOTALL
)  # of a number format
BEFORE = re.compile(r"约|^近$|超过?$|不足|(?:美元|US)?\$|美元|港币|港元|欧元|日元")
BEHIND = re.compile(
    "(?:[亿億万萬千百十]+(?:元|角)?|元|角)(?:整|人民币)?|[亿億万萬]?(?:美元|港币|港元|欧元|日元)|多|余|左右|以上|以下|%"
)
SCALED = re.compile("[亿億万萬]|[千百十]+(?:余|多|元|人|户|个|美元)|[多余][人户个元]|左右|以上|以下")
SHOWN = re.compile(r"[-+]?(?:[0-9][0-9, ]*)?\.?[0-9]+(?:E[-+]?[0-9]+)?", re.IGNORECASE)
BUILT_IN_PERCENT = frozenset({"9", "10"})  # ECMA-376, 18.8.30: 0% and 0.00%
Place = tuple[int, int]  # row that Excel shows, index of the column


def lost(content: bytes, kind: str) -> dict[str, dict[Place, str]]:
    """Cells that hold an error, or a formula without its result, by sheet: what stands there instead."""
    if kind == ".xls":
        raised = _raised_xls(content)
        return {name: found | noted for (name, found), noted in zip(_lost_xls(content), raised, strict=True)}
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


def _raised_xls(content: bytes) -> Iterator[dict[Place, str]]:
    """Texts of each sheet of an .xls of which a part is raised or lowered, with that part told apart."""
    with io.StringIO() as silence:
        book = xlrd.open_workbook(file_contents=content, logfile=silence, formatting_info=True)
    for sheet in book.sheets():
        found = {}
        for (row, column), runs in sheet.rich_text_runlist_map.items():
            if not runs:
                continue
            text, ends = str(sheet.cell_value(row, column)), [start for start, _ in runs[1:]]
            told = text[: runs[0][0]]
            for (start, font), end in zip(runs, [*ends, len(text)], strict=True):
                small = book.font_list[font].escapement and text[start:end].strip()
                told += f"(上标 {text[start:end].strip()})" if small else text[start:end]
            if NOTED.search(told):
                found[row + 1, column] = told
        yield found


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
        if NOTED.search(told):
            yield _place(cell.get("r", "")), told
        elif cell.get("t") == "e":
            yield _place(cell.get("r", "")), value or "#VALUE!"
        elif not value and cell.get("t") != "str" and any(e.tag.endswith("}f") for e in cell):
            yield _place(cell.get("r", "")), NOT_CALCULATED


class Look(NamedTuple):
    """What a number format shows around a number: ``亿元`` behind 3.2, ``%`` behind a ratio."""

    before: str
    after: str
    ratio: bool = False  # whether a hundred times the number is shown


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
    return next((look for section in code.split(";") if (look := _section(section, code))), None)


def _section(section: str, code: str) -> Look | None:
    section = re.sub(r"General|G/通用格式", "0", section)
    section = re.sub(r"\[\$([^\]\-]*)(?:-[^\]]*)?\]", r'"\1"', section)  # a currency is a word like others
    parts, state = ["", "", ""], 0  # what is written before, among and behind the places of digits
    scaled = ratio = False
    for token in TOKEN.finditer(section):
        literal = token["quoted"] or token["escaped"] or ""
        if token["place"]:
            if state == 2 and parts[2]:
                parts[1] += parts[2]
            parts[2], state, scaled = "", 2, False
        elif token["other"]:
            ratio = ratio or token["other"] == "%"
            scaled = scaled or (state == 2 and token["other"] == "," and not parts[2])
            literal = token["other"] if not token["other"].isascii() else ""
        parts[state] += literal
    if not state:
        return None
    if ratio:
        return Look("", "%", ratio=True)
    before, among, after = (part.strip(" ()（）") for part in parts)
    if scaled or re.search("[.,0-9亿億万萬]", among) or after[:1].isdecimal():
        return Look("", f"(格式 {code})")  # a thousandth is shown, or a point or noughts that are none
    return _words(before, after)


def _words(before: str, after: str) -> Look | None:
    """What stands around a number, as far as it says another one."""
    before, after = (re.sub(r"\s", "", text) for text in (before, after))
    said = (before if BEFORE.search(before) else "", after if BEHIND.fullmatch(after) or SCALED.search(after) else "")
    return Look(*said) if any(said) else None


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
    own: Iterable[ElementTree.Element] = next((e for e in styles if e.tag.endswith("}numFmts")), ())
    codes = {e.get("numFmtId"): e.get("formatCode", "") for e in own}  # those of conditional formats are others
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
        return Look("", "%", ratio=True)
    if kind not in ("float", "currency"):
        return None
    shown = _paragraphs(cell)
    found = list(SHOWN.finditer(shown))
    if len(found) != 1:
        return None  # a date, a code with strokes, a fraction
    stored, seen = (float(text or 0) for text in (cell.get(f"{OFFICE}value"), re.sub("[, ]", "", found[0][0])))
    if stored and seen and not 0.2 < abs(seen / stored) < 5:
        return Look("", f"(显示成 {shown})")
    return _words(shown[: found[0].start()].strip(" ()（）¥￥"), shown[found[0].end() :].strip(" ()（）"))


def _paragraphs(cell: ElementTree.Element) -> str:
    """What a cell of an .ods shows: without the comment that hangs on it."""
    return "".join("".join(p.itertext()) for p in cell if p.tag.endswith("}p")).strip()


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
    small = {
        style.get(f"{STYLE}name", "")
        for style in _parsed(content).iter(f"{STYLE}style")
        if any(not e.get(f"{STYLE}text-position", "0%").startswith("0%") for e in style)  # "super 58%", "33% 58%"
    }
    if not small and b"formula" not in content and b'value-type="error"' not in content:
        return
    for name, cells in _cells_ods(content):
        yield name, {place: text for place, cell in cells if (text := _lost_ods_cell(cell) or _noted_ods(cell, small))}


def _noted_ods(cell: ElementTree.Element, small: Collection[str]) -> str | None:
    """A text of which a part is raised or lowered, with that part told apart."""
    told = ""
    for line in (p for p in cell if p.tag.endswith("}p")) if small else ():
        told += line.text or ""
        for span in line:
            words, name = "".join(span.itertext()), next((v for k, v in span.items() if k.endswith("}style-name")), "")
            told += (f"(上标 {words.strip()})" if name in small and words.strip() else words) + (span.tail or "")
    return told if NOTED.search(told) else None


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
    shown = _paragraphs(cell)
    if any(key.endswith(f"}}{VALUE_TYPE}") and value == "error" for key, value in cell.items()):
        return shown or "#VALUE!"
    if cell.get(f"{TABLE}formula") and shown.startswith(("#", "Err:")):
        return shown
    if cell.get(f"{TABLE}formula") and not cell.get(f"{OFFICE}{VALUE_TYPE}"):
        return NOT_CALCULATED
    return None
