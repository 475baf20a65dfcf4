"""Typed tables, as subjects and rules see them.

A frame has one column per column id of the contract, rows sorted by key, and these shapes:

- ``string date yearmonth``: ``object``, Python ``str`` (ISO text for dates) or ``None``
- ``list`` columns: ``object``, ``tuple[str, ...]``
- ``integer``: ``Int64``; ``scale: money``: ``Int64``, in 分
- ``scale: percent``: ``object``, ``Fraction`` (1 is 100 %) or ``None``; other ``number``: ``object``, ``Decimal``
  or ``None``
- for each measured (number or integer) column ``x`` a column ``x?``: the ``Missing`` kind as ``str``, or ``None``
- ``@key``: the row's key, parts joined by ``/``, coded values by their code, an empty part as ``-``;
  ``@table``: ``budget:2021``; ``@kind``: the ``Kind`` of the row's source as ``str``
  (only in tables with a ``source`` column)

Before publication is decided (``Draft``), frames also hold ``@file`` and ``@row`` (the row Excel shows), and
columns that are not public. ``Tables`` never does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import pandas as pd

from generator.contract import Contract
from generator.model import Kind

T = TypeVar("T")

PICTURE = re.compile(r"!\[([^\]\n]*)\]\(([^()\s]+)\)")  # how a text names one: ``![what is to be seen](file)``
BLANK = "-"  # an empty part of a key
KEY, TABLE, KIND, FILE, ROW = "@key", "@table", "@kind", "@file", "@row"


class Cells(Protocol):
    """The cells of a file as they were found, for messages."""

    @property
    def letters(self) -> Mapping[str, str]:
        """Excel's letter of each column id."""

    def found(self, row: int, column: str) -> str | None:
        """The text of a cell, by the row that Excel shows and the column id."""


def plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """A frame's rows as dicts by column id, what is missing as ``None``."""
    found = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [{str(k): v for k, v in row.items()} for row in found]


class Shown(Protocol):
    """A picture as it is published."""

    @property
    def content(self) -> bytes:
        """Its bytes."""

    @property
    def suffix(self) -> str:
        """``.jpg`` or ``.png``."""

    @property
    def width(self) -> int:
        """In pixels."""

    @property
    def height(self) -> int:
        """In pixels."""


@dataclass(frozen=True, slots=True)
class _Frames:
    contract: Contract
    frames: Mapping[str, pd.DataFrame]
    _plain: dict[str, list[dict[str, Any]]] = field(init=False, default_factory=dict, compare=False, repr=False)
    _once: dict[Any, Any] = field(init=False, default_factory=dict, compare=False, repr=False)

    def has(self, table: str) -> bool:
        """Whether the table is in the contract and has rows."""
        return table in self.frames and len(self.frames[table]) > 0

    def frame(self, table: str) -> pd.DataFrame:
        """All rows of a table, all years together; raises ``KeyError`` for a table not in the contract."""
        return self.frames[table]

    def rows(self, table: str, year: int | None = None) -> list[dict[str, Any]]:
        """A table's rows as plain dicts, of one year or all, by key; none where there is no such table.

        They are made once and shared: not to be changed.
        """
        if table not in self.frames:
            return []
        if table not in self._plain:
            self._plain[table] = plain(self.frames[table])
        found = self._plain[table]
        return found if year is None else [r for r in found if r["year"] == year]

    def once(self, make: Callable[..., T], *args: Hashable) -> T:
        """What ``make(self, *args)`` gives, made once for these tables and shared by all who ask: not to be changed."""
        if (make, args) not in self._once:
            self._once[make, args] = make(self, *args)
        found: T = self._once[make, args]
        return found

    def years(self, table: str) -> list[int]:
        """The years that a table has rows of, oldest first."""
        return sorted({int(r["year"]) for r in self.rows(table) if r["year"] is not None})


@dataclass(frozen=True, slots=True)
class Draft(_Frames):
    """Checked cell by cell, with row numbers and private columns: what rules look at.

    ``sheets`` maps ``@file`` to its cells as found.
    """

    sheets: Mapping[str, Cells] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tables(_Frames):
    """Public tables: what subjects, downloads and everything after them look at.

    ``pictures`` are those that texts name, as they are published, by table and file (``updates/photo.jpg``).
    """

    pictures: Mapping[str, Shown] = field(default_factory=dict, compare=False)

    def as_of(self) -> str | None:
        """The newest 截至 in the data, as ISO text of a day or month; ``None`` without any."""
        found: list[str] = []
        for table in self.contract.tables():
            names = [c.id for c in table.columns if c.public and c.id in ("month", "as_of")]
            found += [v for name in names for v in self.frames[table.id][name] if v]
        # A month sorts before its own days, but stands for its last day.
        return max(found, key=lambda text: text if len(text) == 10 else f"{text}-31", default=None)

    def names(self) -> set[str]:
        """What rows may be called by: each name and alias of the tables that others name by it (``lookup``)."""
        return {
            name
            for table in self.contract.tables()
            for column in (table.column(header) for header in table.lookup)
            for cell in self.frames[table.id][column.id]
            if cell
            for name in (cell if column.many else [cell])
        }

    def demo(self) -> bool:
        """Whether any row is demonstration data."""
        return any(KIND in f.columns and (f[KIND] == Kind.DEMO).any() for f in self.frames.values())
