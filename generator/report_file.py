"""The report as a file to hand on: a page to read, or the clerk's own tables back with the cells in question marked."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import jinja2

from generator import contract, personal, report
from generator.errors import UsageError
from generator.files import explained
from generator.format import column_letter
from generator.model import Level, Problem
from generator.read import RawTable, read
from generator.subject import Subject, titles_of
from generator.workbook import Book, fitting, plain

HERE = Path(__file__).parent
PAGE, TABLES = ".html", ".xlsx"
COLOURS = {Level.ERROR: "#F7D4CD", Level.WARNING: "#F7E7C4"}
LIST = "全部问题"
HEADS = ("程度", "种类", "文件", "行", "列", "现在是", "为什么", "建议", "怎么办")
WIDTHS = (6, 18, 24, 6, 18, 24, 60, 18, 48)
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
NAME = 28  # letters of the 31 that Excel allows, with room for a number behind
COMMENT = 1_000  # characters that a reader sees of one


def known(path: Path) -> None:
    """Raises ``UsageError`` for a file that no report can be."""
    if path.suffix.lower() not in (PAGE, TABLES):
        raise UsageError(f"报告只能是 {PAGE} 或 {TABLES},不能是“{path.name}”。")


def write(path: Path, problems: Sequence[Problem], subjects: Sequence[Subject], data: Path) -> None:
    """Writes the report as HTML or XLSX, by the file's ending; a report that is there already gives way.

    ``data`` is the folder of the tables. Raises ``UsageError`` for another ending, ``MachineError`` when the file
    cannot be written.
    """
    known(path)
    is_page = path.suffix.lower() == PAGE
    made = page(problems, subjects) if is_page else workbook(problems, subjects, data)
    part = path.with_name(f".{path.name}.part")
    with explained(f"写报告 {path.name} "):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.write_bytes(made)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def page(problems: Sequence[Problem], subjects: Sequence[Subject]) -> bytes:
    """One page without scripts, all of its looks inside: summary, then each file's problems, the gravest first."""
    folder = jinja2.FileSystemLoader(HERE / "templates")
    env = jinja2.Environment(loader=folder, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    titles = titles_of(subjects)
    files = [
        {
            "name": file or "整个数据文件夹",
            "groups": [
                {"level": str(level), "style": level.name.lower(), "title": titles.get(rule, rule), "problems": found}
                for (level, rule), found in groups.items()
            ],
        }
        for file, groups in report.groups(problems).items()
    ]
    text = env.get_template("report.html.j2").render(summary=report.summary(problems), files=files)
    return text.encode()


def workbook(problems: Sequence[Problem], subjects: Sequence[Subject], data: Path) -> bytes:
    """All problems in a list, then each table that has errors or warnings, as it is, with their cells marked."""
    files = list(report.groups(problems))
    problems = sorted(problems, key=lambda p: files.index(p.file))
    names = _names(data)
    with explained("写 Excel 文件"):
        book = Book("检查报告", report.summary(problems))
        _list(book, problems, titles_of(subjects))
        for file, raw, marked in _tables(problems, data):
            _table(book, names.get(file, file.removesuffix(".csv")), raw, marked)
        book.book.close()
    return book.out.getvalue()


def _list(book: Book, problems: Sequence[Problem], titles: dict[str, str]) -> None:
    sheet = book.sheet(LIST, WIDTHS, [book.long] * len(HEADS))
    sheet.autofilter(0, 0, max(len(problems), 1), len(HEADS) - 1)
    for index, head in enumerate(HEADS):
        book.words(sheet, 0, index, head, book.head)
    for row, p in enumerate(problems, 1):
        where = f"{p.column}({p.letter} 列)" if p.column and p.letter else p.letter and f"{p.letter} 列"
        line = (str(p.level), titles.get(p.rule, p.rule), p.file, str(p.row or ""), where, p.value, p.message,
                p.suggestion or p.allowed, p.remedy)  # fmt: skip
        for index, text in enumerate(line):
            book.words(sheet, row, index, text or "", book.long)


Marked = dict[tuple[int, str | None], list[Problem]]


def _tables(problems: Sequence[Problem], data: Path) -> Iterator[tuple[str, RawTable, Marked]]:
    """The files that have errors or warnings, read once more, and what is said of which cell: (row, letter)."""
    files: dict[str, Marked] = {}
    for problem in problems:
        if problem.level in COLOURS and problem.file and problem.row:
            place = (problem.row, problem.letter)
            files.setdefault(problem.file, defaultdict(list))[place].append(problem)
    for file, marked in files.items():
        try:
            raw, _ = read((data / file).read_bytes(), file)
        except OSError:
            continue
        if raw is not None:
            yield file, personal.cleared(raw, file)[0], marked


def _names(data: Path) -> dict[str, str]:
    """What tables are called by those who fill them in: ``民生资金 2021``, by their files."""
    return {r.path: " ".join(map(str, filter(None, (r.table.title, r.year)))) for r in contract.load(data).resources}


def _table(book: Book, name: str, raw: RawTable, marked: Marked) -> None:
    looks = {
        level: book.book.add_format({"num_format": "@", "bg_color": colour, "valign": "top"})
        for level, colour in COLOURS.items()
    }
    lines = [(raw.header_row, raw.header), *raw.rows]
    width = max(len(cells) for _, cells in lines)
    widths = [fitting([cells[i] for _, cells in lines[:200] if i < len(cells)]) for i in range(width)]
    sheet = book.sheet(_unused(book, name), widths, [book.text] * width)
    for number, cells in lines:
        rest = marked.get((number, None), [])  # of the whole row: said in its first cell
        for index, text in enumerate(cells):
            found = marked.get((number, column_letter(index)), []) + (rest if index == 0 else [])
            look = looks[min((p.level for p in found), key=list(Level).index)] if found else None
            if look:
                sheet.write_string(number - 1, index, plain(text), look)
                sheet.write_comment(number - 1, index, _said(found), {"x_scale": 2.5, "y_scale": 1.5})
            else:
                book.words(sheet, number - 1, index, text, book.head if number == raw.header_row else book.text)


def _said(problems: Sequence[Problem]) -> str:
    parts = []
    for p in problems:
        more = (("建议", p.suggestion), ("办法", p.remedy))
        parts.append("\n".join([f"{p.level}:{p.message}", *(f"{name}:{text}" for name, text in more if text)]))
    return plain("\n\n".join(parts))[:COMMENT]


def _unused(book: Book, wanted: str) -> str:
    """A name for a sheet that no other has, as Excel takes it: of a long title the end goes, not the year."""
    name = NOT_IN_NAMES.sub(" ", wanted).strip(" '")
    title, _, year = name.rpartition(" ")
    if title and year.isdigit():
        name = f"{title[: NAME - 1 - len(year)]} {year}"
    name = name[:NAME]
    taken: Any = {s.get_name().lower() for s in book.book.worksheets()}
    return next(n for n in (name, *(f"{name} {i}" for i in range(2, 100))) if n.lower() not in taken)
