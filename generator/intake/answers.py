"""A found table read as the check reads a file, with what may be mended after a yes turned into questions.

The check's own parser decides. What it refuses with one likely reading is put to somebody, the reading takes the
cell's place, and the parser looks again, until nothing is left to ask. What it refuses without one stays refused.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from operator import itemgetter

from generator import header, template, values
from generator.contract import Column, Table
from generator.extract import FORMULA, NATURE
from generator.format import bare, column_letter
from generator.intake import totals
from generator.intake.grid import SMALL, Grid
from generator.intake.layout import Found, Left, base, unit_of
from generator.lookup import Names
from generator.model import Level, Missing, Problem
from generator.read import RawTable, Row
from generator.sheet import Sheet, narrowed, parse_cells
from generator.values import FEN, short

ROUNDS = 6  # a header, then a unit, then a cell, then a name; each round leaves less
# Refusals whose suggestion may be taken after a yes. Not those of a closed list: 未完成 is near to 已完成.
ASKED = frozenset({"number_unit", "number", "date", "month", "reference"})
UNSURE = re.compile(r"[0-9]{8}")  # a day where a month is asked: 20171011 may be a number
NUMBERED = re.compile(r"其中:?|[一二三四五六七八九十]+、|\([一二三四五六七八九十]+\)|\(?[0-9]+[)、.]")
PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?")
LEVEL = "级"  # 县级 is the 县 of a closed list: the only other way to write one of its words that is asked
YEAR_OF = re.compile(r"([12][0-9]{3})年度?")
YUAN = re.compile(r"[¥￥]\s*([0-9].*)")
ALIKE = 20  # more mends than this of one column are said once
LEFT_OUT = {"row_total": "合计、小计或分段的标题行", "row_note": "表格下面的说明"}


@dataclass(slots=True)
class Part:
    """A sheet on its way in: ``raw`` as read so far, ``sheet`` as the check sees that, and what is to be said of it.

    ``kept`` are columns that the file does not have and the published rows do; ``hidden`` are cells, by row and column,
    that our own files call 不公开.
    """

    shown: str
    grid: Grid
    table: Table
    raw: RawTable
    left: list[Left]
    year: int | None = None
    sheet: Sheet = field(default_factory=lambda: Sheet(""))
    kept: set[str] = field(default_factory=set)
    hidden: set[tuple[int, str]] = field(default_factory=set)
    questions: list[Problem] = field(default_factory=list)
    refusals: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    dropped: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)  # totals, to be checked
    unit: str | None = None

    @property
    def given(self) -> Table:
        """The table as if it had the columns that the file has."""
        return narrowed(self.table, {c.id for c in self.table.columns if c.id not in self.kept})

    def letter(self, name: str | None) -> str | None:
        """The letter of the column with this header of the contract, in the file that came in."""
        found = self.raw.index(name) if name else None
        return None if found is None else self.raw.letter(found)

    def written(self, row: int) -> str:
        """A row as it stands in the file."""
        return " ".join(c.strip() for c in _row(self.grid.rows, row) if c.strip())

    def put(self, places: Mapping[tuple[int, int], str]) -> None:
        """Changes cells of ``raw``, by row that Excel shows and index."""
        rows = {row for row, _ in places}
        self.raw = replace(
            self.raw,
            rows=tuple(
                (n, tuple(places.get((n, i), c) for i, c in enumerate(cells)) if n in rows else cells)
                for n, cells in self.raw.rows
            ),
        )

    def without(self, rows: Collection[int]) -> None:
        """Takes rows out of ``raw``."""
        self.raw = replace(self.raw, rows=tuple(r for r in self.raw.rows if r[0] not in rows))

    def ask(self, row: int, column: Column, index: int, reading: str, why: str, rule: str) -> None:
        """Asks whether a cell may be read so."""
        value, letter = short(self.cell(row, index)), self.raw.letter(index)
        said = f"“{value}”" if value.strip() else "空着的"
        read = f"读作“{short(reading)}”" if reading else "就当作没有数"
        message = f"第 {row} 行 {column.name}({letter} 列):{said}{read}吗?{why}"
        self.questions.append(
            Problem(Level.NOTE, rule, message, "", self.shown, row, column.name, letter, value, None, reading)
        )

    def ask_header(self, index: int, reading: str, message: str, rule: str) -> None:
        """Asks about a column as a whole."""
        row, letter, name = self.raw.header_row, self.raw.letter(index), self.raw.header[index]
        self.questions.append(
            Problem(
                Level.NOTE, rule, f"第 {row} 行 {letter} 列:{message}", "", self.shown, row, name or None, letter,
                short(name), None, reading,
            )
        )  # fmt: skip

    def refuse(
        self, rule: str, message: str, remedy: str, row: int | None = None, column: Column | None = None
    ) -> None:
        """Adds an error."""
        name = column.name if column else None
        self.refusals.append(Problem(Level.ERROR, rule, message, remedy, self.shown, row, name))

    def cell(self, row: int, index: int) -> str:
        """The text of a cell as it is read now."""
        return _at(_row(self.raw.rows, row), index)


def _row(rows: Sequence[Row], number: int) -> tuple[str, ...]:
    """The cells of a row by its number, in rows that are in order."""
    at = bisect_left(rows, number, key=itemgetter(0))
    return rows[at][1] if at < len(rows) and rows[at][0] == number else ()


def _at(cells: tuple[str, ...], index: int) -> str:
    return cells[index] if index < len(cells) else ""


def begin(found: Found, grid: Grid, shown: str, fills: Mapping[str, str], year: int | None) -> Part:
    """A part whose header is settled, or refused; ``fills`` are columns, by header, that hold one value throughout."""
    part = Part(shown, grid, found.table, found.raw, list(found.left), year, notes=list(found.notes), unit=found.unit)
    part.raw = replace(part.raw, letters=tuple(part.raw.letter(i) for i in range(len(part.raw.header))))
    if grid.asked:
        part.questions.append(Problem(Level.NOTE, "full_width_comma", grid.asked, "", shown))
    _unit(part)
    _fill(part, fills)
    for _ in range(ROUNDS):
        if not _settle(part):
            break
    _keep(part)
    if grid.unknown:
        row, index = grid.unknown[0]
        several = f"等 {len(grid.unknown)} 格" if len(grid.unknown) > 1 else ""
        message = f"第 {row} 行 {column_letter(index)} 列{several}是公式,算出来的数没有存在文件里。"
        part.refuse("not_calculated", message, "用 Excel 或 WPS 打开文件,保存一次,再导入。", row)
    if not part.raw.rows:
        part.refuse("no_rows", "只有表头,没有数据行。", "检查是不是发错了文件。")
    return part


def _unit(part: Part) -> None:
    """Asks whether what a line above the table says of the unit holds for its columns."""
    known = {base(c.name): c for c in part.table.columns if c.scale == "money"}
    columns = [(i, c) for i, name in enumerate(part.raw.header) if (c := known.get(base(name)))]
    other = [name for i, _ in columns if unit_of(name := part.raw.header[i]) not in (None, part.unit)]
    if not part.unit or not columns:
        return
    if other:
        message = f"表头上面写着单位:{part.unit},“{'、'.join(other)}”写着别的单位,照表头读吗?"
    else:
        message = f"表头上面写着单位:{part.unit},金额各列照此读吗?"
    part.questions.append(Problem(Level.NOTE, "unit_above", message, "", part.shown, part.raw.header_row))


def _fill(part: Part, fills: Mapping[str, str]) -> None:
    names = {bare(n) for n in part.raw.header}
    for column in part.table.columns:
        value = next((v for n, v in fills.items() if bare(n) in (bare(column.name), base(column.name))), None)
        if value is not None and bare(column.name) not in names:
            part.raw = replace(
                part.raw,
                header=(*part.raw.header, column.name),
                letters=(*part.raw.letters, "填"),
                rows=tuple((n, (*cells, value)) for n, cells in part.raw.rows),
            )


def _settle(part: Part) -> bool:
    """One round over the header: renames and drops columns that may be; whether anything has changed."""
    _, problems = header.match(part.raw, part.given, part.shown)
    letters = {letter: i for i, letter in enumerate(part.raw.letters)}
    gone: set[int] = set()
    names = list(part.raw.header)
    for problem in problems:
        index = letters.get(problem.letter or "")
        if index is None:
            continue
        if problem.rule == "header_near" and problem.suggestion:
            said = _as(part, index, problem.suggestion)
            part.ask_header(index, problem.suggestion, said, problem.rule)
            names[index] = problem.suggestion
        elif problem.rule == "header_unit" and problem.suggestion:
            _convert(part, index, part.table.column(problem.suggestion))
            names[index] = problem.suggestion
        elif problem.rule == "header_unknown":
            if bare(part.raw.header[index]) != bare(NATURE):
                part.ask_header(
                    index, "", f"“{short(part.raw.header[index])}”不是这张表的列,不收这一列吗?", problem.rule
                )
            gone.add(index)
        elif problem.rule == "header_blank" and not any(_at(cells, index).strip() for _, cells in part.raw.rows):
            gone.add(index)
    changed = bool(gone) or tuple(names) != part.raw.header
    part.raw = replace(part.raw, header=tuple(names))
    _drop(part, gone)
    return changed


def _as(part: Part, index: int, right: str) -> str:
    name = short(part.raw.header[index])
    if base(name) == base(right):
        return f"“{name}”没有写单位,按{unit_of(right)}读吗?"
    return f"“{name}”读作“{right}”吗?"


def _drop(part: Part, gone: Collection[int]) -> None:
    if not gone:
        return
    kept = [i for i in range(len(part.raw.header)) if i not in gone]
    part.raw = replace(
        part.raw,
        header=tuple(part.raw.header[i] for i in kept),
        letters=tuple(part.raw.letters[i] for i in kept),
        rows=tuple((n, tuple(_at(cells, i) for i in kept)) for n, cells in part.raw.rows),
    )


def _convert(part: Part, index: int, column: Column) -> None:
    """Asks whether a whole column in another unit may be converted, and does."""
    given, own = unit_of(part.raw.header[index]) or "", column.unit or ""
    places: dict[tuple[int, int], str] = {}
    for row, cells in part.raw.rows:
        text = values.clean(_at(cells, index)).replace(",", "")
        if PLAIN.fullmatch(text):
            places[row, index] = values.digits(Decimal(text) * FEN[given] / FEN[own]) if given in FEN else text
    if given not in FEN or own not in FEN:
        return
    shown = next(((part.cell(*place), text) for place, text in places.items()), ("", ""))
    message = f"单位是{given},换算成{own}吗?(如“{shown[0]}”换成“{shown[1]}”,共 {len(places)} 格)"
    part.ask_header(index, column.name, message, "header_unit")
    part.put(places)


def _keep(part: Part) -> None:
    """Columns that are not public are not in our own files: what is there stays."""
    present = {bare(n) for n in part.raw.header}
    part.kept = {c.id for c in part.table.columns if not c.public and bare(c.name) not in present}


# --- cells ------------------------------------------------------------------------------------------------------------


def prepare(part: Part) -> None:
    """What a workbook knows of its cells and text does not: merged ones, dates, ratios; and our own files' marks."""
    columns = {i: c for c in part.given.columns if (i := part.raw.index(c.name)) is not None}
    _example(part, columns)
    own = {part.raw.letters[i]: i for i in columns}
    _merged(part, columns, own)
    for index, column in columns.items():
        if column.scale == "percent":
            _ratios(part, index, column)
        elif column.scale == "money":
            _signs(part, index, column)
        elif column.id == "year" and column.type == "integer":
            _years(part, index, column)
    places: dict[tuple[int, int], str] = {}
    dates = {(row, own_index) for row, i in part.grid.dates if (own_index := own.get(column_letter(i))) is not None}
    for row, cells in part.raw.rows:
        for index, column in columns.items():
            text = _at(cells, index)
            if text[:1] == "'" and text[1:].startswith(FORMULA) and column.type == "string":
                places[row, index] = text[1:]
            elif column.measured and bare(text) == Missing.HIDDEN:
                part.hidden.add((row, column.id))
                places[row, index] = ""
            elif column.type == "string" and (row, index) in dates:
                part.ask(row, column, index, text, "这一格在工作簿里是日期,这一列是文字。", "date_cell")
    part.put(places)


def _example(part: Part, columns: Mapping[int, Column]) -> None:
    """Leaves out the example of a workbook of ours that nobody has replaced. One that is a row of the table changes
    nothing, and stays; one that is made up is known by its words, or else asked about where it was put."""
    gone = set()
    for position, (row, cells) in enumerate(part.raw.rows):
        if position and not any(template.EXAMPLE in cell for cell in cells):
            continue
        sure = template.untouched(part.given, {c.id: values.clean(_at(cells, i)) for i, c in columns.items()})
        if sure is None:
            continue
        if not sure:
            message = f"第 {row} 行和空表里的示例行一样,是没有删去的示例、不收吗?"
            part.questions.append(Problem(Level.NOTE, "example_row", message, "", part.shown, row))
        part.left.append(Left(row, part.written(row), "空表里的示例行"))
        gone.add(row)
    part.without(gone)


def _merged(part: Part, columns: Mapping[int, Column], own: Mapping[str, int]) -> None:
    """Cells merged downwards: words are asked for in each row, numbers cannot be shared out."""
    present = {n for n, _ in part.raw.rows}
    places: dict[tuple[int, int], str] = {}
    for top, bottom, left, right in part.grid.merged:
        index = own.get(column_letter(left))
        if index is None or bottom == top or left != right or top not in present:
            continue
        column, text = columns[index], part.cell(top, index)
        rows = [n for n in range(top + 1, bottom + 1) if n in present]
        if not rows or not text.strip():
            continue
        if column.measured and column.name not in part.table.key:
            message = f"第 {top} 到 {bottom} 行 {column.name}:这几行合并成一格,只有一个数,分不清各行是多少。"
            part.refuse("merged_number", message, "在 Excel 里取消合并,把每一行的数填上。", top, column)
            continue
        for row in rows:
            part.ask(row, column, index, text, f"这一格和第 {top} 行合并。", "row_merged")
            places[row, index] = text
    part.put(places)


def _ratios(part: Part, index: int, column: Column) -> None:
    """Numbers up to five in a column of percentages: all of it is asked as ratios, or none of it can be read."""
    spots = {(row, i) for row, i in part.grid.small}
    letter = part.raw.letters[index]
    found: dict[int, Decimal] = {}
    signed = False
    for row, cells in part.raw.rows:
        text = values.clean(_at(cells, index)).replace(",", "")
        signed = signed or text.endswith("%")
        if PLAIN.fullmatch(text) and (number := Decimal(text)):
            found[row] = number
    numeric = {row for row, i in spots if column_letter(i) == letter}
    whole = {row for row, n in found.items() if column.whole_percent and n == n.to_integral_value()}
    small = {r for r, n in found.items() if r not in whole and (abs(n) <= 2 or (r in numeric and abs(n) <= SMALL))}
    ratio = any(abs(found[r]) <= 2 for r in small)
    if ratio:  # beside 0.35, 1 is the whole, whatever the contract says of whole numbers; 3 may be 3 % or a slip
        small |= {row for row in whole if abs(found[row]) == 1}
    large = signed or any(abs(n) > SMALL for n in found.values()) or (ratio and not whole <= small)
    if not small:
        return
    if large:
        for row in sorted(small):
            value = part.cell(row, index)
            message = f"第 {row} 行 {column.name}({letter} 列):“{value}”和这一列别的数写法不同,分不清是百分数还是比例。"
            part.refuse("percent_scale", message, "这一列填百分数,2 以内的数请带上百分号。", row, column)
        return
    places = {}
    for row in sorted(small):
        reading = f"{values.digits(found[row] * 100) if ratio else values.digits(found[row])}%"
        part.ask(row, column, index, reading, "", "percent_scale")
        places[row, index] = reading
    part.put(places)


def _signs(part: Part, index: int, column: Column) -> None:
    """Amounts behind the sign of the yuan, which says nothing of ten thousands: asked, with the column's unit."""
    places = {}
    for row, cells in part.raw.rows:
        if found := YUAN.fullmatch(values.clean(_at(cells, index))):
            why = f"前面有“¥”,这一列的单位是{column.unit or '元'}。"
            part.ask(row, column, index, found[1], why, "money_sign")
            places[row, index] = found[1]
    part.put(places)


def _years(part: Part, index: int, column: Column) -> None:
    """2021年 is 2021."""
    places = {}
    for row, cells in part.raw.rows:
        if found := YEAR_OF.fullmatch(values.clean(_at(cells, index))):
            places[row, index] = found[1]
    for count, ((row, _), reading) in enumerate(places.items()):
        if len(places) > ALIKE and count:
            break
        value, letter = short(part.cell(row, index)), part.raw.letters[index]
        more = f",这一列共 {len(places)} 处" if len(places) > ALIKE else ""
        message = f"第 {row} 行 {column.name}({letter} 列):“{value}”读作“{reading}”(年份写法){more}。"
        part.notes.append(
            Problem(Level.NOTE, "mend", message, "不必改。", part.shown, row, column.name, letter, value, None, reading)
        )
    part.put(places)


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
        while not (text := places.get((part.raw.rows[above][0], index), _at(part.raw.rows[above][1], index))).strip():
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
    kept = {part.raw.header_row, *part.sheet.rows}
    for problem in part.grid.private:
        if problem.row in kept:
            part.refusals.append(problem)
        else:
            message = problem.message.removesuffix("。") + ",这一行没有收。"
            part.notes.append(replace(problem, level=Level.NOTE, message=message, remedy="不必改。"))
    _concealed(part)
    part.notes += totals.check(part.shown, part.given, part.sheet, part.raw, part.dropped)


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
