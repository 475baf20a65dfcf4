"""One file, looked at by itself: bytes -> canonical cells with the rows and letters that Excel shows."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace

from generator import constraints, header, personal, values
from generator.contract import Column, Resource, Table
from generator.format import bare
from generator.model import Level, Problem
from generator.read import RawTable, read
from generator.values import Cell, Refusal, short

SINGLY = 20  # more mends than this of one sort in one column are said once
TOTAL = re.compile(r"(合计|小计|总计|共计|总数|合计数)(\([^()]*\))?:?")
KEY_TOTAL = re.compile(
    r"全市|其中|其中:.*|.*(合计|小计|总计|共计)(\([^()]*\))?:?|[一二三四五六七八九十]+、.*|\([一二三四五六七八九十]+\).*"
    r"|[0-9]+[、.][^0-9].*|\([0-9]+\)[^0-9].*"
)
SUSPECTS = re.compile(r"计|总数|全市|其中|、|[(（]|[:：]|[0-9０-９][.．][^0-9０-９]")  # rows worth a closer look
FOOT = re.compile(r"(制表|填表|审核|填报|编制|联系|负责|单位负责|备注|说明|注)(人|单位|时间|日期|电话)?:.*")
HOW = {
    "full_width": "全角",
    "number_form": "数字写法",
    "apostrophe": "前面的单引号",
    "percent_sign": "百分号",
    "date_form": "日期写法",
    "name_form": "名称写法",
    "text_form": "空格",
    "list_form": "清单写法",
    "missing_mark": "缺报",
}


@dataclass(slots=True)
class Sheet:
    """A file's cells. ``texts`` are canonical, by column id; ``raw`` keeps what was mended, by position.

    ``bad`` holds positions of rows with an error; ``readable`` is false when columns are missing or in doubt: then
    ``problems`` are all that is used of it.
    """

    file: str
    rows: list[int] = field(default_factory=list)
    texts: dict[str, list[str]] = field(default_factory=dict)
    raw: dict[str, dict[int, str]] = field(default_factory=dict)
    letters: dict[str, str] = field(default_factory=dict)
    bad: set[int] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    readable: bool = True

    def at(self, position: int, column: str) -> str:
        """The text of a cell as it was found."""
        return self.raw.get(column, {}).get(position, self.texts[column][position])

    def found(self, row: int, column: str) -> str | None:
        """The text of a cell as it was found, by the row that Excel shows, shortened."""
        position = bisect_left(self.rows, row)
        if position == len(self.rows) or self.rows[position] != row or column not in self.texts:
            return None
        return short(self.at(position, column))

    def problem(
        self, level: Level, rule: str, position: int, column: Column, message: str, remedy: str,
        allowed: str | None = None, suggestion: str | None = None,
    ) -> Problem:  # fmt: skip
        """A problem of one cell; ``message`` follows its place."""
        row, letter = self.rows[position], self.letters[column.id]
        value = short(self.at(position, column.id))
        return Problem(
            level, rule, f"第 {row} 行 {column.name}({letter} 列):{message}", remedy, self.file, row, column.name,
            letter, value, allowed, suggestion,
        )  # fmt: skip

    def refuse(self, position: int, column: Column, refusal: Refusal, allowed: str | None = None) -> None:
        """Adds an error of one cell and marks its row."""
        value = short(self.at(position, column.id))
        message = f"“{value}”{refusal.message}。" if value else f"{refusal.message}。"
        self.bad.add(position)
        self.problems.append(
            self.problem(
                Level.ERROR, refusal.rule, position, column, message, refusal.remedy, allowed, refusal.suggestion
            )
        )

    def mended(self, rule: str, what: str, column: Column, positions: list[int]) -> None:
        """Notes of mended cells, one each, or one for all when there are many."""
        many = len(positions) > SINGLY
        for position in positions[: 1 if many else None]:
            old, new = short(self.at(position, column.id)), short(self.texts[column.id][position])
            message = f"“{old}”读作“{new}”({what})" if new else f"“{old}”按没有填处理({what})"
            message += f",这一列共 {len(positions)} 处" if many else ""
            self.problems.append(self.problem(Level.NOTE, rule, position, column, f"{message}。", "不必改。"))

    def dump(self) -> bytes:
        """The sheet as bytes, for a cache."""
        plain = {f.name: getattr(self, f.name) for f in fields(self)}
        plain |= {"bad": sorted(self.bad), "problems": [p.as_json() for p in self.problems]}
        return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def load(cls, content: bytes) -> Sheet:
        """A sheet from ``dump``; raises ``ValueError``, ``KeyError`` or ``TypeError`` for anything else."""
        plain = json.loads(content)
        plain["bad"] = set(plain["bad"])
        plain["raw"] = {c: {int(k): v for k, v in cells.items()} for c, cells in plain["raw"].items()}
        plain["problems"] = [Problem(**p | {"level": Level(p["level"])}) for p in plain["problems"]]
        return cls(**plain)


def references(table: Table) -> dict[str, str]:
    """Text columns, by id, that name rows of one other table: column id -> table id."""
    found = {}
    for reference in table.references:
        column = table.column(reference.fields[0])
        if len(reference.fields) == 1 and column.type == "string" and not column.many:
            found[column.id] = reference.table
    return found


def _row_problem(table: Table, cells: dict[str, str]) -> tuple[str, Refusal] | None:
    """The column and refusal of a row that is no data: a total, a heading, words below the table."""
    keys = set(table.ids(table.key))
    named = keys | set(references(table))
    filled = {c: bare(text) for c, text in cells.items() if text}
    first = next(iter(filled), None)
    heads = first if keys and not keys & set(filled) else None  # a heading that stands beside the key
    for column_id, text in filled.items():
        key_like = column_id in named
        if len(filled) <= 4 and (key_like or column_id == first) and FOOT.fullmatch(text):
            return column_id, Refusal("row_note", "是表格下面的说明,不是数据", "删去这一行。")
        if TOTAL.fullmatch(text) or ((key_like or column_id == heads) and KEY_TOTAL.fullmatch(text)):
            remedy = "删去这一行。合计由程序从各行算出来,不用填。"
            return column_id, Refusal("row_total", "像是合计、小计或分段的标题行", remedy)
    return None


def _no_data(sheet: Sheet, table: Table, width: int, raw: RawTable) -> None:
    """Totals, headings and words below the table, and rows that are too short; they leave the other checks."""
    order = sorted(sheet.letters, key=lambda c: (len(sheet.letters[c]), sheet.letters[c]))
    for position, (_, cells) in enumerate(raw.rows):
        if SUSPECTS.search(" ".join(cells).replace(" ", "")):
            found = _row_problem(table, {c: sheet.texts[c][position] for c in order})
            if found:
                sheet.refuse(position, next(c for c in table.columns if c.id == found[0]), found[1])
                continue
        if len(cells) < width:
            row = sheet.rows[position]
            message = f"第 {row} 行只有 {len(cells)} 格,表头有 {width} 格。"
            remedy = "补上缺的格(没有数的留空);全角逗号“，”不能当分隔符。"
            sheet.bad.add(position)
            sheet.problems.append(Problem(Level.ERROR, "row_width", message, remedy, sheet.file, row))


def _merged(sheet: Sheet, table: Table, column: Column) -> set[int]:
    """Positions of required key cells that are blank below a filled one: merged cells leave such blanks."""
    if column.name not in table.key or not column.constraint("required"):
        return set()
    found: set[int] = set()
    above = ""
    for position, text in enumerate(sheet.texts[column.id]):
        if position in sheet.bad:
            continue
        if not text and above:
            found.add(position)
        above = text or above
    for position in found:
        remedy = "在 Excel 里取消合并单元格,把每一行都填上。"
        sheet.refuse(position, column, Refusal("row_merged", "没有填,上面一行有;看起来是合并的单元格", remedy))
    return found


def _column(sheet: Sheet, table: Table, column: Column, year: int | None) -> set[str]:
    """Mends one column in place; gives back its distinct canonical texts, refused ones left out."""
    found = sheet.texts[column.id]
    skip = sheet.bad | _merged(sheet, table, column)
    linked = column.id in references(table)
    pattern = column.constraint("pattern") is not None
    name = pattern or column.name in table.key or (column.name in table.lookup and not column.many)
    cells: dict[str, Cell] = {
        text: values.reference(text) if linked else values.mend(column, text, name=name, kinds=table.missing, year=year)
        for text in dict.fromkeys(found)
    }
    changed = {text for text, cell in cells.items() if cell.text != text}
    if changed:
        where = {i: text for i, text in enumerate(found) if text in changed}
        sheet.raw[column.id] = {i: text for i, text in where.items() if i not in skip or text}
        sheet.texts[column.id] = [cells[text].text for text in found]
        mends: dict[str, list[int]] = defaultdict(list)
        for position, text in where.items():
            cell = cells[text]
            if position in skip:
                continue
            if cell.refusal:
                sheet.refuse(position, column, cell.refusal)
            elif cell.how:
                mends[cell.how].append(position)
        for how, positions in mends.items():
            sheet.mended("missing_mark" if how == "missing_mark" else "mend", HOW[how], column, positions)
    kept = {text for i, text in enumerate(found) if i not in skip} if skip else set(found)
    return {cells[text].text for text in kept if cells[text].refusal is None}


def _plain(column: Column, text: str) -> str:
    """Canonical text as Frictionless should see it: a missing value as nothing, a percentage as a number."""
    if values.missing(column, text):
        return ""
    return text.removesuffix("%") if column.scale == "percent" else text


def _constraints(sheet: Sheet, table: Table, distinct: dict[str, set[str]], refused: dict[str, set[int]]) -> None:
    """Errors of cells whose text breaks the contract."""
    plain = {c.id: sorted({_plain(c, text) for text in distinct[c.id]}) for c in table.columns}
    broken = constraints.broken(table, plain)
    by_column: dict[str, set[str]] = defaultdict(set)
    for column_id, text in broken:
        by_column[column_id].add(text)
    for column in table.columns:
        wrong = by_column.get(column.id)
        if not wrong:
            continue
        for position, text in enumerate(sheet.texts[column.id]):
            shown = _plain(column, text)
            if shown in wrong and position not in refused[column.id]:
                sheet.refuse(position, column, *broken[column.id, shown])


def _unique(sheet: Sheet, table: Table) -> Iterator[tuple[int, Column, int]]:
    """Positions whose text a ``unique`` column already has, with the position of the first."""
    for column in table.columns:
        if column.constraint("unique"):
            first: dict[str, int] = {}
            for position, text in enumerate(sheet.texts[column.id]):
                if text and first.setdefault(text, position) != position:
                    yield position, column, first[text]


def _in_order(sheet: Sheet) -> None:
    """File first, then row by row, column by column."""
    sheet.problems.sort(key=lambda p: (p.row or 0, len(p.letter or ""), p.letter or ""))


def _cells(sheet: Sheet, table: Table, year: int | None, no_data: set[int]) -> None:
    """Mends the cells of every column of ``table``, and holds them to the contract's constraints."""
    distinct, refused = {}, {}
    for column in table.columns:
        before, sheet.bad = sheet.bad, set(no_data)
        distinct[column.id] = _column(sheet, table, column, year)
        refused[column.id] = set(sheet.bad)
        sheet.bad |= before
    _constraints(sheet, table, distinct, refused)
    for position, column, other in list(_unique(sheet, table)):
        message = f"和第 {sheet.rows[other]} 行相同,这一列不能重复"
        sheet.refuse(position, column, Refusal("unique", message, "核对原件,改正其中一行。"))


def narrowed(table: Table, columns: Collection[str]) -> Table:
    """The table as if it had these columns only."""
    kept = tuple(c for c in table.columns if c.id in columns)
    names = {c.name for c in kept}
    references = tuple(r for r in table.references if names.issuperset(r.fields))
    return replace(table, columns=kept, key=tuple(n for n in table.key if n in names), references=references)


def _in_doubt(raw: RawTable, columns: dict[str, int]) -> set[int]:
    """Positions of rows whose cells may stand in the wrong columns, in a file whose header has errors."""
    named = {i for i, cell in enumerate(raw.header) if bare(cell)}
    last = max(columns.values())
    return {
        position
        for position, (_, cells) in enumerate(raw.rows)
        if len(cells) <= last or any(bare(cell) for i, cell in enumerate(cells) if i not in named)
    }


def parse(content: bytes, resource: Resource) -> Sheet:
    """A resource's file by itself: read, header recognised, cells mended, the contract's constraints held.

    With an error in the header the sheet is not readable, but the cells of the columns that are sure are
    checked all the same, so that one run names as much as it can.
    """
    raw, problems = read(content, resource.path)
    if raw is None:
        return Sheet(resource.path, problems=problems, readable=False)
    return parse_cells(raw, resource.table, resource.path, resource.year, problems)


def parse_cells(raw: RawTable, table: Table, shown: str, year: int | None, problems: Sequence[Problem] = ()) -> Sheet:
    """The same for the cells of a file named ``shown``, with the ``problems`` that reading it has found."""
    sheet = Sheet(shown, problems=list(problems))
    raw, private = personal.cleared(raw, shown)  # first of all: what follows quotes what it finds
    columns, found = header.match(raw, table, shown)
    sheet.problems += found
    sheet.readable = not any(p.level is Level.ERROR for p in sheet.problems)
    sheet.problems += private
    if not columns:
        return sheet
    sheet.rows = [number for number, _ in raw.rows]
    sheet.letters = {c: raw.letter(i) for c, i in columns.items()}
    for column_id, index in columns.items():
        sheet.texts[column_id] = [cells[index] if index < len(cells) else "" for _, cells in raw.rows]
    if not sheet.readable:
        table = narrowed(table, columns)
        sheet.bad = _in_doubt(raw, columns)
    _no_data(sheet, table, len(raw.header) if sheet.readable else 0, raw)
    _cells(sheet, table, year, set(sheet.bad))
    rows = {p.row for p in private}
    sheet.bad |= {position for position, row in enumerate(sheet.rows) if row in rows} if rows else set()
    _in_order(sheet)
    return sheet
