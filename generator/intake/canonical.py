"""Tables as they are kept: rows in the order of their keys, one way to write what is new, so that diffs are small."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from generator import values
from generator.contract import Column, Table

Texts = Mapping[str, str]  # canonical text by column id
CENTS = 2  # decimals that an amount has at least: 975.00


def text(column: Column, shown: str) -> str:
    """A canonical text in the one way that it is written: amounts with two decimals at least, other numbers without
    zeros at their end, a percentage that would be unclear with its sign. What is there already stays as it is."""
    if not column.measured or not shown or values.missing(column, shown):
        return shown
    number, sign = shown.removesuffix("%"), shown[len(shown.removesuffix("%")) :]
    whole, _, rest = number.partition(".")
    rest = rest.rstrip("0")
    if column.scale == "money":
        rest = rest.ljust(CENTS, "0")
    return f"{whole}.{rest}{sign}" if rest else f"{whole}{sign}"


def order(table: Table, row: Texts) -> tuple[tuple[bool, object], ...]:
    """Where a row stands: by the values of its key, nothing first."""
    typed = [values.typed(column, row[column.id]) for column in map(table.column, table.key)]
    return tuple((value not in (None, ""), 0 if value is None else value) for value in typed)


def content(table: Table, rows: Sequence[Texts]) -> tuple[bytes, list[Texts]]:
    """The file of a table, UTF-8 with LF, and its rows in their order; a table without a key keeps the given order."""
    ordered = sorted(rows, key=lambda row: order(table, row)) if table.key else list(rows)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([c.name for c in table.columns])
    writer.writerows([row[c.id] for c in table.columns] for row in ordered)
    return out.getvalue().encode(), ordered
