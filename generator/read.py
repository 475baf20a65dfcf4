"""Bytes of a table file -> cells, with the row number that Excel shows. Pure: no files are touched here.

Harmless habits (encodings, line ends, delimiters, blank rows) are mended and said; what would have to be
guessed is refused. Strict UTF-8 comes first, UTF-16 by its mark, GB18030 last: it would read almost
anything, and corrupt in silence.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from generator.format import bare, column_letter
from generator.model import Level, Problem

csv.field_size_limit(2**31 - 1)  # the contract's length rule refuses long cells, with a better message

Row = tuple[int, tuple[str, ...]]
DELIMITERS = {",": "逗号", "\t": "制表符", ";": "分号"}
FULL_WIDTH_COMMA = "，"
BOM = "\ufeff"
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SPREADSHEETS = ((ZIP, ".xlsx"), (OLE, ".xls"))
BLANK = " \t\r\n\x0b\x0c\u00a0\u3000\u200b\ufeff"
PIECES = re.compile(rb"[^\r\n,;\t]+")  # about a cell; none of these bytes is ever part of a GB18030 character
# What cells hold beside ASCII, without the letters of two bytes: GBK text often looks like those. It looks like three
# bytes only from E0 on, among GBK's rare characters (test_read counts how seldom).
WRITTEN = re.compile(r"[\xb0\xb1\xb7\xd7\xf7\u2000-\u2bff\u2e80-\u9fff\uff00-\uffef]+")
PRIVATE = re.compile(r"[\ue000-\uf8ff\U000f0000-\U0010ffff]")
LINE_END = re.compile(r"\r\n|\r|\n")
SAVE_AS = "在 Excel 里打开,另存为“CSV UTF-8(逗号分隔)”,再放回来。"


@dataclass(frozen=True, slots=True)
class RawTable:
    """Cells as text. ``rows`` are (row that Excel shows, cells), blank rows left out; ``header_row`` likewise.

    ``letters`` are the columns' own where some have been taken out.
    """

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    delimiter: str
    encoding: str
    header_row: int = 1
    letters: tuple[str, ...] = ()

    def index(self, name: str) -> int | None:
        """Where the column of this header stands; width and spaces do not count."""
        return next((i for i, header in enumerate(self.header) if bare(header) == bare(name)), None)

    def letter(self, index: int) -> str:
        """The letter that Excel shows for a column."""
        return self.letters[index] if self.letters else column_letter(index)


class _Refused(Exception):
    """The file cannot be read; carries the problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def _refuse(rule: str, shown: str, message: str, remedy: str, row: int | None = None) -> _Refused:
    return _Refused(Problem(Level.ERROR, rule, message, remedy, file=shown, row=row))


def _note(rule: str, shown: str, message: str, remedy: str = "", row: int | None = None) -> Problem:
    return Problem(Level.NOTE, rule, message, remedy, file=shown, row=row)


def _row(before: str) -> int:
    """The row, as Excel counts, of what follows ``before``: a line break inside quotes starts no row."""
    delimiter = next((d for line in _lines(before) if (d := _most(line))), ",")
    return sum(1 for _ in csv.reader(io.StringIO(f"{before}x", newline=""), delimiter=delimiter))


def _row_of(content: bytes, at: int) -> int:
    """The row of byte ``at``. Quotes, delimiters and line ends are the same bytes in UTF-8 and in GB18030."""
    return _row(content[:at].decode("latin-1"))


def _everyday(char: str) -> bool:
    try:
        return len(char.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False


def _utf8(cell: bytes) -> bool:
    """Whether a cell is surely UTF-8: all of it can be read so, and says something that people write."""
    try:
        text = "".join(c for c in cell.decode("utf-8") if not c.isascii())
    except UnicodeDecodeError:
        return False
    return WRITTEN.fullmatch(text) is not None and any(_everyday(c) for c in text if c >= "\u2000")


def _gbk(cell: bytes) -> bool:
    """Whether a cell is everyday Chinese in GBK, which pieces of UTF-8 seldom are."""
    try:
        return bool(cell.decode("gb2312"))
    except UnicodeDecodeError:
        return False


def _mixed(content: bytes, shown: str, broken: int) -> None:
    """Refuses cells in UTF-8 among content that is not UTF-8 as a whole; the first bad byte is ``broken``."""
    cells = [found for found in PIECES.finditer(content) if not found[0].isascii()]
    utf8 = [found.start() for found in cells if _utf8(found[0])]
    gbk = [found.start() for found in cells if _gbk(found[0]) and not _utf8(found[0])]
    if not utf8:
        return
    if not gbk:
        row = _row_of(content, broken)
        message = f"第 {row} 行有读不出的字节,别处都是 UTF-8。文件可能没有传完,或者被改坏了。"
        raise _refuse("encoding_unknown", shown, message, f"重新取一份原件;或{SAVE_AS}看看这一行缺了什么。", row)
    u, g = _row_of(content, utf8[0]), _row_of(content, gbk[0])
    message = f"文件里有两种编码:第 {u} 行有 UTF-8 的文字,第 {g} 行有 GBK 的文字。多半是从两个文件拼成的。"
    remedy = f"分别打开原来的文件,各自另存为 CSV UTF-8,再合并。两处都没有乱码的,{SAVE_AS}"
    raise _refuse("encoding_mixed", shown, message, remedy, u if len(utf8) < len(gbk) else g)


def _decode(content: bytes, shown: str) -> tuple[str, str]:
    """Text and the name of its encoding."""
    for magic, kind in SPREADSHEETS:
        if content.startswith(magic):
            message = f"这是一个 Excel 工作簿({kind}),只是文件名改成了 csv。"
            raise _refuse("workbook", shown, message, f"把文件名改回 {kind},{SAVE_AS}")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return content.decode("utf-16"), "UTF-16"
        except UnicodeDecodeError:
            raise _refuse("encoding_unknown", shown, "文件开头是 UTF-16 的标记,后面却读不下去。", SAVE_AS) from None
    if b"\0" in content:
        row = _row_of(content, content.index(b"\0"))
        raise _refuse("nul", shown, f"第 {row} 行有空字节(NUL),文件可能已经损坏。", SAVE_AS, row)
    try:
        return content.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError as error:
        broken = error.start
    _mixed(content, shown, broken)
    return _gb18030(content, shown), "GB18030"


def _gb18030(content: bytes, shown: str) -> str:
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError as error:
        row = _row_of(content, error.start)
        message = f"认不出文件的编码:第 {row} 行既不是 UTF-8,也不是 GB18030。"
        raise _refuse("encoding_unknown", shown, message, SAVE_AS, row) from None
    if found := PRIVATE.search(text):
        row = _row(text[: found.start()])
        message = f"认不出文件的编码:按 GB18030 读,第 {row} 行会出现没有定义的字。"
        raise _refuse("encoding_unknown", shown, message, f"{SAVE_AS}仍有乱码的,重新取一份原件。", row)
    return text


def _lines(text: str) -> list[str]:
    """The first lines that say anything, without what is in quotes."""
    return ["".join(line.split('"')[::2]) for line in LINE_END.split(text[:20_000]) if line.strip(BLANK)][:10]


def _most(line: str) -> str | None:
    """The delimiter that a line has most of."""
    return max(DELIMITERS, key=line.count) if any(d in line for d in DELIMITERS) else None


def _delimiter(text: str, shown: str) -> str:
    """The delimiter of the first line that has any; a comma for a table of one column.

    Full-width commas only stand for delimiters when no line has more real ones: a title above a good table has
    them too, and so has an unquoted number in a table that is delimited by them.
    """
    lines = _lines(text)
    first = next((line for line in lines if _most(line) or FULL_WIDTH_COMMA in line), "")
    if found := _most(first):
        return found
    for line in lines:
        found = _most(line)
        if found and line.count(found) >= line.count(FULL_WIDTH_COMMA):
            return found
    if first:
        row = _row(text[: text.index(FULL_WIDTH_COMMA)])
        message = "这个文件用全角逗号“，”隔开各列,无法和文字里的逗号区分。"
        raise _refuse("full_width_comma", shown, message, "把分隔用的全角逗号换成半角逗号“,”。", row)
    return ","


def _records(text: str, delimiter: str, shown: str) -> Iterator[tuple[str, ...]]:
    done = 0
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            done += 1
            yield tuple(record)
    except csv.Error:
        message = f"第 {done + 1} 行的双引号没有配对,后面的内容分不清属于哪一格。"
        remedy = '检查这一行:一格里有双引号时,整格要用双引号括起来,里面的双引号写两次("")。'
        raise _refuse("quote", shown, message, remedy, done + 1) from None


def _used(cells: tuple[str, ...]) -> int:
    """How many cells there are up to the last one that is not empty."""
    width = len(cells)
    while width and not cells[width - 1].strip(BLANK):
        width -= 1
    return width


def _said(text: str, encoding: str, delimiter: str, shown: str) -> Iterator[Problem]:
    """What was mended in the file as a whole."""
    if encoding == "UTF-8" and text.startswith(BOM):
        yield _note("encoding", shown, "文件是带 BOM 的 UTF-8 编码(Excel 的“CSV UTF-8”),已照此读取。", "不必改。")
    if encoding != "UTF-8":
        yield _note("encoding", shown, f"文件是 {encoding} 编码,已照此读取。", "不必改;也可以另存为 CSV UTF-8。")
    if "\r" in text:
        ends = "CRLF(Windows)" if "\r\n" in text else "CR(旧 Mac)"
        yield _note("line_ends", shown, f"换行符是 {ends},已照此读取。", "不必改。")
    if delimiter in DELIMITERS and delimiter != ",":
        yield _note("delimiter", shown, f"各列用{DELIMITERS[delimiter]}隔开,已照此读取。", "不必改;也可以换成逗号。")


def _counted(rule: str, shown: str, rows: list[int], what: str) -> Iterator[Problem]:
    if rows:
        where = f"第 {rows[0]} 行" if len(rows) == 1 else f"第 {rows[0]} 行起,共 {len(rows)} 行"
        yield _note(rule, shown, f"{where}{what}", "不必改。", rows[0])


def _table(text: str, encoding: str, shown: str, delimiter: str | None) -> tuple[RawTable, list[Problem]]:
    marked, text = text, text.removeprefix(BOM)
    delimiter = delimiter or _delimiter(text, shown)
    problems = list(_said(marked, encoding, delimiter, shown))
    rows: list[Row] = []
    blank: list[int] = []
    broken: list[int] = []
    width = longest = 0
    for number, cells in enumerate(_records(text, delimiter, shown), 1):
        joined = "".join(cells)
        if not joined.strip(BLANK):
            blank.append(number)
            continue
        if "\n" in joined or "\r" in joined:
            broken.append(number)
        width, longest = max(width, _used(cells)), max(longest, len(cells))
        rows.append((number, cells))
    if not rows:
        raise _refuse("empty_file", shown, "文件是空的,连表头也没有。", "至少保留表头一行。")
    problems += _counted("blank_rows", shown, blank, "是空行,已略过。")
    problems += _counted("quoted_newline", shown, broken, "有单元格里换了行,仍按一行读取。")
    if longest > width:
        what = f"右边有 {longest - width} 个空列,已略过。"
        problems.append(_note("trailing_columns", shown, what, "不必改;也可以在 Excel 里删去。"))
    cut = tuple((number, cells[:width]) for number, cells in rows)
    header = cut[0][1] + ("",) * (width - len(cut[0][1]))
    return RawTable(header, cut[1:], delimiter, encoding, cut[0][0]), problems


def read(content: bytes, shown: str, delimiter: str | None = None) -> tuple[RawTable | None, list[Problem]]:
    """The cells of a file named ``shown``; ``None`` and one 错误 when it cannot be read. Never raises.

    Rows are counted as Excel counts them: a record with a line break inside quotes is one row, blank rows
    count. Rows shorter than the header stay short, so that the check can refuse them; the header is as wide as the
    widest row. ``delimiter`` is for somebody who knows it: a full-width comma is never taken for one otherwise.
    """
    try:
        text, encoding = _decode(content, shown)
        if "\0" in text:
            row = _row(text[: text.index("\0")])
            raise _refuse("nul", shown, f"第 {row} 行有空字节(NUL),文件可能已经损坏。", SAVE_AS, row)
        return _table(text, encoding, shown, delimiter)
    except _Refused as refused:
        return None, [refused.problem]
