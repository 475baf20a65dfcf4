"""A file's public rows with every value as exact text: what its CSV, workbook and JSON are all written from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from generator import listing
from generator.contract import Column, Resource
from generator.format import FEN_PER_WAN
from generator.model import Kind, Missing
from generator.origins import Row, Rows
from generator.tables import KEY, KIND
from generator.view import View

NATURE = "数据性质"
NATURE_ID = "@kind"  # no column has such an id, as in the typed tables; ``kind`` some tables have
MOST_PLACES = 20
ABSENT = frozenset(map(str, Missing))
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet may run when text begins so

Cell = str | tuple[str, ...] | None  # a list of texts in columns of many; a number, or why there is none, is text too


@dataclass(frozen=True, slots=True)
class Extract:
    """The public rows of one file. ``kinds`` is what each row is (官方…), ``None`` in tables without sources.

    Numbers are in the unit that their column names, exact; ``facts`` is what is to be said of these rows.
    """

    resource: Resource
    columns: tuple[Column, ...]
    keys: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]
    kinds: tuple[str, ...] | None
    facts: View

    @property
    def title(self) -> str:
        """The table's title, with the year of a yearly file."""
        return listing.title(self.resource)

    @property
    def demo(self) -> bool:
        """Whether any row is demonstration data."""
        return str(Kind.DEMO) in self.facts["kinds"]


def shifted(value: int, places: int) -> str:
    """An integer with a decimal point ``places`` from the right, without trailing zeros: 分 as 万元, exactly."""
    whole, part = divmod(abs(value), 10**places)
    return f"{'-' if value < 0 else ''}{whole}.{part:0{places}d}".rstrip("0").rstrip(".")


def decimals(value: Fraction | Decimal | int) -> str:
    """A number as its exact decimals, without exponent and without zeros at its end."""
    exact = Fraction(value)
    places = next((n for n in range(MOST_PLACES) if (exact * 10**n).denominator == 1), MOST_PLACES)
    return shifted(round(exact * 10**places), places) if places else str(exact)


def cell(row: Row, column: Column) -> Cell:
    """A cell as exact text, in the unit that its column names; a list in columns of many."""
    value = row[column.id]
    if not column.measured:
        return tuple(value or ()) if column.many else value if value is None else str(value)
    if row.get(f"{column.id}?"):
        return str(row[f"{column.id}?"])
    if value is None:
        return None
    if column.scale == "money":
        return shifted(int(value), len(str(FEN_PER_WAN)) - 1)
    return decimals(value * 100 if column.scale == "percent" else value)


def of(rows: Rows, resource: Resource) -> Extract:
    """The public rows of a file, in the order of their keys."""
    table = resource.table
    columns = tuple(c for c in table.columns if c.public)
    records: Sequence[Row] = listing.of(resource, rows.records(table.id))
    known = KIND in rows.tables.frame(table.id)
    return Extract(
        resource,
        columns,
        tuple(str(r[KEY]) for r in records),
        tuple(tuple(cell(r, c) for c in columns) for r in records),
        tuple(str(r[KIND]) for r in records) if known else None,
        listing.facts(table, records),
    )
