"""Rows that were added, taken out or changed, and the states that moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generator.contract import Column, Contract, Table
from generator.diff.published import Published, Row

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
EMPTY = "（空）"


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row of a file (``label``) that is there, is gone or is another; ``cells`` are the columns that differ."""

    label: str
    key: str
    change: str
    cells: tuple[Column, ...]
    old: Row | None
    new: Row | None

    @property
    def table(self) -> str:
        """The table's id."""
        return self.label.split(":")[0]

    @property
    def later(self) -> bool:
        """Whether the row says of itself that it is of a later date now, as a printed total does each month."""
        was, now = ((row or {}).get("as_of") for row in (self.old, self.new))
        return bool(was and now and str(now) > str(was))


def text(row: Row | None, column: Column) -> str:
    """A cell as it was published: its exact text, why there is none, or that it is empty."""
    if row is None:
        return EMPTY
    value = row.get(column.id)
    if value is None:
        return str(row.get("@missing", {}).get(column.id, EMPTY))
    return "、".join(value) if isinstance(value, list) else str(value)


def absent(row: Row | None, column: Column) -> bool:
    """Whether nothing was said: no row, an empty cell, or a number that is missing by kind."""
    return row is None or row.get(column.id) in (None, [])


def counts(column: Column) -> bool:
    """Whether figures are made from a column: numbers, dates, coded words, and what the contract says; not notes."""
    return column.measured or column.counts or column.type in ("date", "yearmonth") or bool(column.codes)


def compared(contract: Contract, old: Published, new: Published) -> Iterator[RowChange]:
    """All rows that differ, file by file, by key."""
    for label in sorted({*old.rows, *new.rows}):
        table = contract.table(label.split(":")[0])
        if table is None:
            continue
        before, after = old.rows.get(label, {}), new.rows.get(label, {})
        columns = [c for c in table.columns if c.public]
        for key in sorted({*before, *after}):
            was, now = before.get(key), after.get(key)
            cells = tuple(c for c in columns if text(was, c) != text(now, c))
            if was is None or now is None:
                yield RowChange(label, key, ADDED if was is None else REMOVED, cells, was, now)
            elif cells:
                yield RowChange(label, key, CHANGED, cells, was, now)


# --- series: the newest row of each thing that is told month by month --------------------------------------


def period(table: Table) -> Column | None:
    """The column of a table's key that says of which month a row is."""
    return next((c for name in table.key if (c := table.column(name)).type == "yearmonth"), None)


def newest(table: Table, rows: Mapping[str, Row]) -> dict[tuple[Any, ...], Row]:
    """The newest row of each series of a table: rows that agree in their key but for the month."""
    told = period(table)
    keys = [c for name in table.key if (c := table.column(name)).public and c is not told]
    found: dict[tuple[Any, ...], Row] = {}
    for row in rows.values():
        series = tuple(row.get(c.id) for c in keys)
        before = found.get(series)
        if before is None or told is None or str(row[told.id] or "") > str(before[told.id] or ""):
            found[series] = row
    return found


def pairs(contract: Contract, old: Published, new: Published) -> Iterator[tuple[Table, str, Row, Row]]:
    """Each series' newest row before and now: table, label, old, new. What is new or gone has no pair, nor has a series
    whose newest row is gone: an older one is no step back."""
    for label in sorted({*old.rows} & {*new.rows}):
        table = contract.table(label.split(":")[0])
        if table is None or old.rows[label] == new.rows[label]:
            continue
        before, after = newest(table, old.rows[label]), newest(table, new.rows[label])
        told = period(table)
        for series in sorted(before.keys() & after.keys(), key=str):
            was, now = before[series], after[series]
            back = told is not None and str(now[told.id] or "") < str(was[told.id] or "")
            if was != now and not back:
                yield table, label, was, now
