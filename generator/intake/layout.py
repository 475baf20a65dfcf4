"""Where in a sheet the table is: titles and units above it, a header of several levels, which table of the contract."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from generator.contract import Contract, Table
from generator.format import bare
from generator.header import SURE, base, unit_of
from generator.intake.grid import Grid
from generator.model import Level, Problem
from generator.read import RawTable, Row
from generator.values import money_unit

SEARCHED = 40  # rows in which a header may begin
LEVELS = 3
# Where a line says the unit of money: 单位:个、万元, (元), 以元为单位, 金额:万元; not who reports (填报单位).
SAID = re.compile(
    r"单位(?:均|都)?(?:为|是)?:?[(\"“【\[]*(?=([^。;()]{1,30}))"
    r"|\(([^()]{1,12})\)|以([^,。;()]{1,6})为单位|金额:([^。;()]{1,6})|^(人民币[^,。;()]{1,4})$"
)
MONEY = re.compile(
    r"((?:人民币)?[亿億万萬千百十]*(?:美|港|欧|日)?[元币](?:人民币)?)(?=$|[^\u4e00-\u9fff]|[编制填报日时年月])"
)
EACH = re.compile(r"[^、,或:]*元/(?![亿億万萬千百十]*元)[^、,或:]*")  # 元/人 is a rate, no unit of amounts
PARTS = re.compile("[、,/或:]|和(?=[亿億万萬千百十]*元)")
MONEY_UNITS = ("亿元", "万元", "元")
ORDINALS = "甲乙丙丁戊己庚辛壬癸"


@dataclass(frozen=True, slots=True)
class Left:
    """A row that is no data, and why it stays out."""

    row: int
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Found:
    """A sheet's table: ``raw`` with one header row, in the contract's words where they are sure."""

    table: Table
    raw: RawTable
    unit: str | None  # of money, as a line above the table says, where a column does not say the same
    left: tuple[Left, ...]
    notes: tuple[Problem, ...] = ()
    units: frozenset[str] = frozenset()  # of money, as headers say
    given: bool = False  # whether somebody has said the unit: then lines beside the table do not count


@dataclass(slots=True)
class _Header:
    """A place where a header may be: rows ``first`` to ``last`` (positions), and its columns' names by level."""

    first: int
    last: int
    levels: list[list[str]]
    hits: dict[str, dict[int, str]] = field(default_factory=dict)  # table id -> index -> header of the contract


def _spread(grid: Grid, first: int, last: int) -> list[tuple[str, ...]]:
    """The rows of a header with merged cells filled; without merged cells, upper levels go on to the right."""
    width = max(len(cells) for _, cells in grid.rows)
    lines = [[*cells, *[""] * (width - len(cells))] for _, cells in grid.rows[first : last + 1]]
    numbers = {number: i for i, (number, _) in enumerate(grid.rows[first : last + 1])}
    for top, bottom, left, right in grid.merged:
        if top in numbers and right < len(lines[0]):
            text = lines[numbers[top]][left]
            for number in range(top, bottom + 1):
                if number in numbers:
                    lines[numbers[number]][left : right + 1] = [text] * (right + 1 - left)
    if not grid.merged:
        for level, line in enumerate(lines[:-1]):
            for i in range(1, len(line)):
                if not line[i].strip() and lines[level + 1][i].strip():
                    line[i] = line[i - 1]
    return [tuple(line) for line in lines]


def _names(levels: Sequence[str]) -> Iterator[str]:
    """What a column of some levels may be called, the likeliest first."""
    parts: list[str] = []
    for text in levels:
        if text.strip() and (not parts or bare(parts[-1]) != bare(text)):
            parts.append(text)
    unit = next((u for p in reversed(parts[:-1]) if (u := unit_of(p))), None)
    plain = [base(p) for p in parts[:-1]]
    for begin in range(len(parts) - 1, -1, -1):
        name = "".join([*plain[begin:], *parts[-1:]]) if begin < len(parts) - 1 else parts[-1]
        yield f"{name}({unit})" if unit and not unit_of(name) else name


def _said(levels: Sequence[str]) -> str:
    """What a column calls itself, with its unit."""
    return next(_names(levels), "")


def _headers(grid: Grid) -> Iterator[_Header]:
    for first in range(min(SEARCHED, len(grid.rows))):
        for last in range(first, min(first + LEVELS, len(grid.rows))):
            lines = _spread(grid, first, last)
            levels = [list(column) for column in zip(*lines, strict=True)]
            if last > first and not _deeper(lines):
                break
            yield _Header(first, last, levels)


def _deeper(lines: Sequence[Sequence[str]]) -> bool:
    """Whether the last line still is a header: words only."""
    texts = [bare(text) for text in lines[-1] if text.strip()]
    return bool(texts) and not any(re.fullmatch(r"[-+0-9.,%]+", text) for text in texts)


def _match(header: _Header, tables: Sequence[Table], *, near: bool) -> None:
    """Which columns of each table the header has; ``near`` forgives a wrong character."""
    for table in tables:
        known = {base(c.name): c.name for c in table.columns}
        hits: dict[int, str] = {}
        for index, levels in enumerate(header.levels):
            for name in _names(levels):
                text = base(name)
                found = known.get(text)
                if not found and near and len(text) > 1:
                    close = process.extractOne(text, list(known), scorer=fuzz.ratio, score_cutoff=SURE)
                    found = known[close[0]] if close else None
                if found and found not in hits.values():
                    hits[index] = found
                    break
        header.hits[table.id] = hits


def _best(headers: Sequence[_Header], tables: Sequence[Table]) -> list[tuple[_Header, Table]]:
    """The places and tables that have most columns, all that are alike; fewest levels and highest place first."""
    scored = [
        (len(h.hits[t.id]), len(h.hits[t.id]) / len(t.columns), -(h.last - h.first), -h.first, h, t)
        for h in headers
        for t in tables
        if len(h.hits[t.id]) * 2 >= len(t.columns) or len(h.hits[t.id]) * 3 >= 2 * _filled(h)
    ]
    scored = [s for s in scored if s[0] >= 2]
    if not scored:
        return []
    top = max((s[:4] for s in scored), default=None)
    return [(s[4], s[5]) for s in scored if top and s[:2] == top[:2] and s[2:4] == top[2:4]]


def _filled(header: _Header) -> int:
    return sum(any(text.strip() for text in levels) for levels in header.levels)


def find(
    grid: Grid, contract: Contract, shown: str, only: Table | None = None, unit: str | None = None
) -> Found | Problem:
    """The table of a sheet, or why there is none. ``unit`` is what money is in, where somebody has said it."""
    tables = (only,) if only else contract.tables()
    headers = list(_headers(grid))
    for near in (False, True):
        for header in headers:
            _match(header, tables, near=near)
        best = _best(headers, tables)
        if len(best) > 1 and len({t.id for _, t in best}) > 1:
            names = "、".join(f"{t.title}({t.id})" for _, t in best)
            message = f"{_where(grid)}分不清是哪张表:{names}都像。"
            return Problem(Level.ERROR, "table_unclear", message, "用 --table 指明是哪一张。", shown)
        if best:
            return _found(grid, *best[0], shown, unit)
    return _nothing(grid, headers, tables, shown)


def _where(grid: Grid) -> str:
    return f"工作表“{grid.sheet}”" if grid.sheet else ""


def _nothing(grid: Grid, headers: Sequence[_Header], tables: Sequence[Table], shown: str) -> Problem:
    likely = max(((len(h.hits[t.id]), t.id, t, h) for h in headers for t in tables), default=None, key=lambda s: s[:2])
    remedy = "检查是不是发错了表;表头照 portal template 做的空表写,或者用 --table 指明是哪一张。"
    if likely and likely[0]:
        _, _, table, header = likely
        missing = [c.name for c in table.columns if c.name not in header.hits[table.id].values()]
        remedy = f"最像“{table.title}”,但是没有找到:{'、'.join(missing)}。{remedy}"
    return Problem(Level.ERROR, "table_unknown", f"{_where(grid)}认不出是哪张表。", remedy, shown)


def units_in(texts: Iterable[str]) -> set[str]:
    """The units of money that lines beside a table name."""
    said = (next(filter(None, m.groups())) for text in texts for m in SAID.finditer(bare(text)))
    parts = (part.strip('"”】]:') for run in said for part in PARTS.split(EACH.sub("", run)))
    return {unit for part in parts if (found := MONEY.match(part)) and (unit := money_unit(found[1]))}


def _unit_above(grid: Grid, header: _Header) -> str | None:
    """The unit of money that lines above the table name; all in one text when they name several."""
    found = units_in(c for _, cells in grid.rows[: header.first] for c in cells)
    return "、".join(sorted(found)) or None


def _named(levels: Sequence[str], right: str | None, table: Table, unit: str | None) -> str:
    """A column's header as one text: the contract's word if it is one, with the unit that the file says."""
    names = list(_names(levels))
    if not names:
        return ""
    if right is None:
        return names[0].strip()
    said = next((n for n in names if base(n) == base(right)), None)
    column = table.column(right)
    if said is None:  # near only: left as it is, to be asked
        name = next(n for n in names if fuzz.ratio(base(n), base(right)) >= SURE)
        return name if unit_of(name) or column.scale != "money" or not unit else f"{name}({unit})"
    own = unit_of(said) or (unit if column.scale == "money" else None)
    if own and unit_of(right):
        return right if own == unit_of(right) else f"{base(right)}({own})"
    # Only money is in several units: a header without the % that the contract has means the same.
    return right if column.scale != "money" else said.strip()


def _found(grid: Grid, header: _Header, table: Table, shown: str, unit: str | None) -> Found:
    above = unit or _unit_above(grid, header)
    hits = header.hits[table.id]
    names = tuple(_named(levels, hits.get(i), table, above) for i, levels in enumerate(header.levels))
    left = [Left(n, _joined(cells), "表头上面的标题或说明") for n, cells in grid.rows[: header.first]]
    rows: list[Row] = []
    flat = [[bare(t) for t in cells] for _, cells in grid.rows[header.first : header.last + 1]]
    for position, (number, cells) in enumerate(grid.rows[header.last + 1 :]):
        why = _no_row(grid, number, cells, flat, first=position == 0)
        if why:
            left.append(Left(number, _joined(cells), why))
        else:
            rows.append((number, cells))
    raw = RawTable(names, tuple(rows), "", "", grid.rows[header.last][0])
    notes = [*_notes(grid, header, shown), *_renamed(header, raw, table, shown)]
    own = {unit_of(_said(header.levels[i])) for i, right in hits.items() if table.column(right).scale == "money"}
    needed = above if not unit and own - {above} else None
    return Found(table, raw, needed, tuple(left), tuple(notes), frozenset(u for u in own if u), given=unit is not None)


def _renamed(header: _Header, raw: RawTable, table: Table, shown: str) -> Iterator[Problem]:
    """Columns whose header is the contract's only when it is read without spaces, width and unit."""
    for index, right in header.hits[table.id].items():
        said = _said(header.levels[index])
        if raw.header[index] == right and said != right:
            row, letter = raw.header_row, raw.letter(index)
            message = f"第 {row} 行 {letter} 列:表头“{said.strip()}”读作“{right}”。"
            yield Problem(Level.NOTE, "header_mended", message, "不必改。", shown, row, said, letter, said, None, right)


def _notes(grid: Grid, header: _Header, shown: str) -> Iterator[Problem]:
    first, last = grid.rows[header.first][0], grid.rows[header.last][0]
    if header.first:
        yield Problem(Level.NOTE, "header_row", f"表头在第 {first} 行,上面的标题已略过。", "不必改。", shown, first)
    if last > first:
        message = f"第 {first} 到 {last} 行是多级表头,已合成一行。"
        yield Problem(Level.NOTE, "header_levels", message, "不必改。", shown, first)


def _joined(cells: Sequence[str]) -> str:
    return " ".join(c.strip() for c in cells if c.strip())


def _no_row(
    grid: Grid, number: int, cells: Sequence[str], header: Sequence[Sequence[str]], *, first: bool
) -> str | None:
    """Why a row below the header is surely no data: the header again, numbers of columns, a line across the table."""
    texts = [bare(c) for c in cells]
    filled = [t for t in texts if t]
    if texts in header:
        return "又一次的表头"
    if first and len(filled) > 2 and _counting(filled):
        return "表头下面的列号"
    across = any(a == b == number and y - x + 1 >= max(3, len(cells) // 2) for a, b, x, y in grid.merged)
    return "横跨整张表的一行字" if across and len(filled) == 1 else None


def _counting(texts: Sequence[str]) -> bool:
    """甲 乙 1 2 3, or 1 2 3 4."""
    words = [t for t in texts if t in ORDINALS]
    numbers = [t.strip("()") for t in texts[len(words) :]]
    return texts[: len(words)] == list(ORDINALS[: len(words)]) and numbers == [str(i + 1) for i in range(len(numbers))]
