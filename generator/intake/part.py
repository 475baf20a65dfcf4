"""A sheet on its way in: what of it was read so far, and what is to be asked and said of it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter

from generator.contract import Column, Table
from generator.intake.grid import Grid
from generator.intake.layout import Left
from generator.model import Level, Problem
from generator.read import RawTable, Row
from generator.sheet import Sheet, narrowed
from generator.values import short

PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?")
ALIKE = 20  # more of the same in one column than this are said once


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
    told: bool = False  # somebody has said the unit
    units: frozenset[str] = frozenset()  # of money, as headers say

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
        return " ".join(c.strip() for c in row_of(self.grid.rows, row) if c.strip())

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
        return at(row_of(self.raw.rows, row), index)


def row_of(rows: Sequence[Row], number: int) -> tuple[str, ...]:
    """The cells of a row by its number, in rows that are in order."""
    place = bisect_left(rows, number, key=itemgetter(0))
    return rows[place][1] if place < len(rows) and rows[place][0] == number else ()


def at(cells: tuple[str, ...], index: int) -> str:
    """A cell of a row, empty where the row ends before it."""
    return cells[index] if index < len(cells) else ""
