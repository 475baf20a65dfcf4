"""Which column of a file is which column of the contract, and what is wrong with its header row."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from rapidfuzz import fuzz, process

from generator.contract import Table
from generator.format import bare
from generator.model import Level, Problem
from generator.read import RawTable
from generator.values import money_unit, short

NEAR = 60
SURE = 75  # one wrong character of four: its cells are checked as those of the column that it probably means
LOOK_AHEAD = 12
BRACKET = re.compile(r"\(([^()]*)\)$")


def base(name: str) -> str:
    """A bare header without the unit in brackets at its end."""
    return BRACKET.sub("", bare(name))


def unit_of(name: str) -> str | None:
    """The unit in brackets at the end of a header."""
    found = BRACKET.search(bare(name))
    return money_unit(found[1]) if found else None


def _misplaced(raw: RawTable, table: Table, shown: str) -> Problem | None:
    """Title lines above the header, or a header of several merged levels."""
    bases = {base(c.name) for c in table.columns}
    lines = [(raw.header_row, raw.header), *raw.rows[:LOOK_AHEAD]]
    hits = [{i for i, cell in enumerate(cells) if base(cell) in bases} for _, cells in lines]
    best = max(range(len(lines)), key=lambda i: len(hits[i]))
    below = set().union(*hits[1:4]) - hits[0]
    if hits[0] and below:
        last = max(i for i in range(1, min(4, len(lines))) if hits[i] - hits[0])
        message = f"第 {lines[0][0]} 到 {lines[last][0]} 行像是合并单元格做的多级表头。"
        remedy = "取消合并,只留一行表头,每列写全名:" + "、".join(c.name for c in table.columns) + "。"
        return Problem(Level.ERROR, "header_merged", message, remedy, shown, lines[0][0])
    if best and not hits[0] and len(hits[best]) * 2 >= len(bases):
        number = lines[best][0]
        message = f"表头应当是第 1 行,现在第 {number} 行才像表头,上面多了标题、单位之类的行。"
        remedy = f"删去第 {number} 行以上的各行;单位写在表头的括号里。"
        return Problem(Level.ERROR, "header_rows_above", message, remedy, shown, number)
    return None


class _Matcher:
    """One pass over the header cells of a file."""

    def __init__(self, raw: RawTable, table: Table, shown: str) -> None:
        self.raw, self.table, self.shown = raw, table, shown
        self.known = {bare(c.name): c for c in table.columns}
        self.names = [bare(cell) for cell in raw.header]
        self.columns: dict[str, int] = {}  # recognised columns, by id
        self.open = [name for name in self.known if name not in self.names]
        self.allowed = "、".join(c.name for c in table.columns)

    def problem(
        self, level: Level, rule: str, index: int, message: str, remedy: str, hint: str | None = None
    ) -> Problem:
        """A problem of one header cell; ``message`` follows its place."""
        cell, letter = short(self.raw.header[index]), self.raw.letter(index)
        row = self.raw.header_row
        return Problem(
            level, rule, f"第 {row} 行 {letter} 列:{message}", remedy, self.shown, row, cell or None, letter, cell,
            self.allowed if level is Level.ERROR else None, hint,
        )  # fmt: skip

    def close(self, name: str) -> str | None:
        """The contract's column, not yet found, that a header probably means."""
        same = next((o for o in self.open if base(o) == base(name)), None)
        near = process.extractOne(name, self.open, scorer=fuzz.ratio, score_cutoff=NEAR)
        near = near or process.extractOne(base(name), [base(o) for o in self.open], score_cutoff=NEAR + 10)
        found = same or (next(o for o in self.open if near[0] in (o, base(o))) if near else None)
        if found:
            self.open.remove(found)
        return found

    def strange(self, index: int) -> Problem:
        """The problem of a header that the contract does not have."""
        name, cell = self.names[index], short(self.raw.header[index])
        if not name:
            first = next((n for n, cells in self.raw.rows if len(cells) > index and bare(cells[index])), None)
            message = f"这一列没有表头,第 {first} 行却有内容。" if first else "这一列没有表头。"
            remedy = "补上表头,或删去这一列;数字里有逗号的,整格要用双引号括起来。"
            return self.problem(Level.ERROR, "header_blank", index, message, remedy)
        found = self.close(name)
        if found is None:
            remedy = "删去这一列,或改成契约里有的列。要增加列,请先在 schemas/ 里登记。"
            return self.problem(Level.ERROR, "header_unknown", index, f"“{cell}”不是这张表的列。", remedy)
        right = self.known[found].name
        if base(found) == base(name) and unit_of(name) and unit_of(found):
            message = f"单位是{unit_of(name)},这张表要求{unit_of(found)}。"
            remedy = f"把这一列的数换算成{unit_of(found)},表头写成“{right}”。"
            return self.problem(Level.ERROR, "header_unit", index, message, remedy, right)
        if fuzz.ratio(base(name), base(found)) >= SURE:
            self.columns[self.known[found].id] = index
        message = f"“{cell}”不是这张表的列,是不是“{right}”?"
        return self.problem(Level.ERROR, "header_near", index, message, f"核对后把表头写成“{right}”。", right)

    def run(self) -> Iterator[Problem]:
        """All problems of the header, column by column, then what is missing."""
        counts = Counter(self.names)
        for index, name in enumerate(self.names):
            if name not in self.known:
                yield self.strange(index)
            elif self.names.index(name) != index:
                message = f"“{self.known[name].name}”出现了 {counts[name]} 次。"
                yield self.problem(Level.ERROR, "header_twice", index, message, "只留一列。")
            else:
                self.columns[self.known[name].id] = index
                if self.raw.header[index] != self.known[name].name:
                    message = f"表头“{short(self.raw.header[index])}”读作“{self.known[name].name}”。"
                    yield self.problem(Level.NOTE, "header_mended", index, message, "不必改。", self.known[name].name)
        for name in self.open:
            right = self.known[name].name
            message = f"第 {self.raw.header_row} 行:缺少“{right}”列。"
            remedy = f"补上这一列,没有数的留空。这一列是:{self.known[name].description}。"
            yield Problem(
                Level.ERROR, "header_missing", message, remedy, self.shown, self.raw.header_row,
                allowed=self.allowed, suggestion=right,
            )  # fmt: skip


def match(raw: RawTable, table: Table, shown: str) -> tuple[dict[str, int], list[Problem]]:
    """Column id -> index in the file, and the problems; with an error among them, only columns that are sure.

    A column in another unit is not among those, and nothing is when few are: it may be another table.
    """
    misplaced = _misplaced(raw, table, shown)
    if misplaced:
        return {}, [misplaced]
    matcher = _Matcher(raw, table, shown)
    problems = list(matcher.run())
    return matcher.columns if len(matcher.columns) * 2 > len(table.columns) else {}, problems
