"""A found table read as the check reads a file, with what may be mended after a yes turned into questions.

The check's own parser decides. What it refuses with one likely reading is put to somebody, the reading takes the
cell's place, and the parser looks again, until nothing is left to ask. What it refuses without one stays refused.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from operator import itemgetter

from generator.contract import Column, Table
from generator.format import bare, column_letter
from generator.intake import totals
from generator.intake.layout import Left, units_in
from generator.intake.part import ALIKE, Part, at
from generator.lookup import Names
from generator.model import Level, Problem
from generator.sheet import parse_cells

# Refusals whose suggestion may be taken after a yes. Not those of a closed list: 未完成 is near to 已完成.
ASKED = frozenset({"number_unit", "number", "date", "month", "reference"})
UNSURE = re.compile(r"[0-9]{8}")  # a day where a month is asked: 20171011 may be a number
NUMBERED = re.compile(r"其中:?|[一二三四五六七八九十]+、|\([一二三四五六七八九十]+\)|\(?[0-9]+[)、.]")
LEVEL = "级"  # 县级 is the 县 of a closed list: the only other way to write one of its words that is asked
LEFT_OUT = {"row_total": "合计、小计或分段的标题行", "row_note": "表格下面的说明"}


Known = Callable[[Table, Column], Names | None]


def look(part: Part, known: Known) -> bool:
    """Lets the check's parser read the part as it is now, and turns what it refuses into answers; whether it has to
    look again. Names of other tables' rows are not followed here."""
    part.sheet = parse_cells(part.raw, part.given, part.shown, part.year)
    again, gone = _rows(part, known)
    part.without(gone)
    return _cells(part, part.sheet.problems) or again


def _rows(part: Part, known: Known) -> tuple[bool, set[int]]:
    gone: set[int] = set()
    places: dict[tuple[int, int], str] = {}
    cells = dict(part.raw.rows)
    for problem in part.sheet.problems:
        row = problem.row
        if problem.rule not in LEFT_OUT or row is None:
            continue
        column = part.given.column(problem.column or "")
        index = part.raw.index(column.name)
        reading = _below_heading(part, column, problem.value or "", known)
        if index is not None and reading:
            part.ask(row, column, index, reading, "这一格前面有序号或“其中”,当作一行数据。", "row_total")
            places[row, index] = reading
            continue
        part.left.append(Left(row, part.written(row), LEFT_OUT[problem.rule]))
        if problem.rule == "row_total":
            part.dropped.append((row, cells[row]))
        gone.add(row)
    part.put(places)
    return bool(gone or places), gone


def _below_heading(part: Part, column: Column, text: str, known: Known) -> str | None:
    """The name that stands behind 其中 or a number, if it names a row: then the row is data."""
    names = known(part.table, column)
    found = NUMBERED.match(bare(text))
    rest = bare(text)[found.end() :] if found else ""
    return names.written[rest] if names and rest in names.written else None


def _cells(part: Part, problems: Collection[Problem]) -> bool:
    """Asks for what has a likely reading; whether there was any."""
    places: dict[tuple[int, int], str] = {}
    merged: list[tuple[int, Column, int]] = []
    for problem in problems:
        if problem.level is not Level.ERROR or problem.row is None or problem.column is None:
            continue
        column = next((c for c in part.given.columns if c.name == problem.column), None)
        index = part.raw.index(column.name) if column else None
        if column is None or index is None or (problem.row, index) in places:
            continue
        if problem.rule == "row_merged":
            merged.append((problem.row, column, index))
        elif (reading := _reading(problem, column)) is not None:
            part.ask(problem.row, column, index, reading, _why(problem), problem.rule)
            places[problem.row, index] = reading
    for row, column, index in merged:
        above = bisect_left(part.raw.rows, row, key=itemgetter(0)) - 1
        while not (text := places.get((part.raw.rows[above][0], index), at(part.raw.rows[above][1], index))).strip():
            above -= 1
        part.ask(row, column, index, text, "上面一行有,这一行空着,像是合并的单元格。", "row_merged")
        places[row, index] = text
    part.put(places)
    return bool(places)


def _reading(problem: Problem, column: Column) -> str | None:
    """The one likely meaning of a cell that was refused."""
    if problem.rule == "enum":
        word = bare(problem.value or "").removesuffix(LEVEL)
        return next((str(w) for w in column.constraint("enum") or () if bare(str(w)) == word), None)
    return problem.suggestion if problem.rule in ASKED and not _ambiguous(problem) else None


def _ambiguous(problem: Problem) -> bool:
    return problem.rule == "month" and UNSURE.fullmatch((problem.value or "").strip()) is not None


def _why(problem: Problem) -> str:
    return {
        "number_unit": "数字后面带着单位。",
        "reference": "没有这个名称,有一个相近的。",
        "enum": f"只多了一个“{LEVEL}”字。",
    }.get(problem.rule, "")


def follow(part: Part, wholes: Mapping[str, Collection[str]]) -> bool:
    """The same for names that the lookup has refused; and rows that name a whole (``wholes``: texts by column id, like
    the city itself among its places) are totals, when there are others."""
    totals_of = {
        number
        for column, codes in wholes.items()
        for number, text in zip(part.sheet.rows, part.sheet.texts.get(column, ()), strict=False)
        if text in codes
    }
    if len(totals_of) == len(part.raw.rows):
        totals_of = set()
    for number, cells in part.raw.rows:
        if number in totals_of:
            part.left.append(Left(number, part.written(number), "合计由程序从各行算出"))
            part.dropped.append((number, cells))
    part.without(totals_of)
    return _cells(part, part.sheet.problems) or bool(totals_of)


def finish(part: Part) -> None:
    """Sorts what the last look has found into refusals and mends, and holds the totals against the rows."""
    told = {(p.rule, p.row, p.column) for p in part.refusals}
    unknown = {(row, column_letter(index)) for row, index in part.grid.unknown}
    for problem in part.sheet.problems:
        if problem.level is not Level.ERROR:
            part.notes.append(problem)
        elif problem.rule == "excel_error" and (problem.row, problem.letter) in unknown:
            continue  # nobody sees an error in that cell: it was told as a formula without its result
        elif (problem.rule, problem.row, problem.column) not in told:
            part.refusals.append(problem)
    _unit_below(part)
    kept = {part.raw.header_row, *part.sheet.rows}
    for problem in part.grid.private:
        if problem.row in kept:
            part.refusals.append(problem)
        else:
            message = problem.message.removesuffix("。") + ",这一行没有收。"
            part.notes.append(replace(problem, level=Level.NOTE, message=message, remedy="不必改。"))
    _concealed(part)
    part.notes += totals.check(part.shown, part.given, part.sheet, part.raw, part.dropped)


def _unit_below(part: Part) -> None:
    """A note below the table that says another unit than the columns were read in."""
    own = {c.unit for c in part.given.columns if c.scale == "money" and c.unit}
    read = (part.units or own) | ({part.unit} if part.unit else set())
    for left in part.left if own and not part.told else ():
        others = units_in([left.text]) - read
        if left.row > part.raw.header_row and others:
            said, as_ = "、".join(sorted(others)), part.unit or "、".join(sorted(part.units or own))
            message = f"第 {left.row} 行写着单位:{said},金额各列是按{as_}读的。"
            part.refuse("unit_unknown", message, "核对单位;用 --unit 指明,或删去这一行说明。", left.row)
            return


def _concealed(part: Part) -> None:
    """Says which rows and columns that were taken nobody sees in the file, as is said of sheets."""
    rows = [row for row in part.sheet.rows if row in part.grid.hidden_rows]
    letters = {column_letter(i) for i in part.grid.hidden_columns}
    columns = [f"{c.name}({letter} 列)" for c in part.given.columns if (letter := part.letter(c.name)) in letters]
    said = []
    if rows:
        more = f" 等 {len(rows)} 行" if len(rows) > ALIKE else " 行"
        said.append((f"第 {'、'.join(map(str, rows[:ALIKE]))}{more}", rows[0], "行"))
    if columns:
        said.append(("、".join(columns), part.raw.header_row, "列"))
    for what, row, kind in said:
        message = f"{what}是隐藏的(或者被筛选掉了),里面的数也导入了。"
        remedy = f"在 Excel 或 WPS 里取消隐藏看一看;不该导入的,删去这些{kind}。"
        part.notes.append(Problem(Level.WARNING, "hidden", message, remedy, part.shown, row))


def rows(part: Part) -> Iterator[tuple[int, dict[str, str]]]:
    """(row that Excel shows, canonical text by column id) of each row of data."""
    for position, number in enumerate(part.sheet.rows):
        yield number, {column: texts[position] for column, texts in part.sheet.texts.items()}
