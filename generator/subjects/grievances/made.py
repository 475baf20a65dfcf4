"""How a figure of this subject is made: from chosen rows, which know what they lack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from generator.measure import ANY
from generator.model import Figure, Kind, Missing, Precision, RowRef
from generator.subjects.grievances import life
from generator.subjects.grievances.life import Row, Year
from generator.tables import KIND

NAME = "grievances"
PLACES = 1  # shares are shown with one decimal


@dataclass(frozen=True, slots=True)
class Chosen:
    """Some rows of a table of the year, the key pattern that selects just them, and the columns that a value needs."""

    table: str
    pattern: str
    rows: Sequence[Row]
    needs: tuple[str, ...] = ()

    def lacks(self) -> Counter[Missing]:
        """How many rows lack a column that is needed, by the kind of the first that is missing."""
        missing = (next((r[f"{c}?"] for c in self.needs if r[c] is None), None) for r in self.rows)
        return Counter(Missing(kind) for kind in missing if kind)

    def ref(self) -> RowRef:
        """The reference to these rows."""
        sources = "+".join(sorted({r["source"] for r in self.rows}))
        label = f"{self.table}:{self.pattern.split('/')[0]}"
        return RowRef(label, self.pattern, sources, len(self.rows), self.lacks().total())


def figure(
    name: str, label: str, value: int | Fraction | None, unit: str, formula: str, *chosen: Chosen, **more: Any
) -> Figure:
    """A figure of the subject: ``name`` is its id without the subject; what it lacks is what its rows lack."""
    lacks = sum((c.lacks() for c in chosen), Counter[Missing]())
    return Figure(
        id=f"{NAME}/{name}",
        label=label,
        value=value,
        unit=unit,
        as_of=more.pop("as_of", None),
        precision=Precision.EXACT,
        formula=formula,
        rows=tuple(c.ref() for c in chosen),
        kind=Kind.weakest({Kind(r[KIND]) for c in chosen for r in c.rows}),
        lacks=tuple((kind, lacks[kind]) for kind in Missing if lacks[kind]),
        places=PLACES,
        **more,
    )


def total(rows: Sequence[Row], column: str) -> int | None:
    """The sum of a column over the rows that have it; ``None`` when none has."""
    known = [int(r[column]) for r in rows if r[column] is not None]
    return sum(known) if known else None


def listed(year: Year) -> Chosen:
    """The year's list."""
    return Chosen(life.LIST, f"{year.year}/{ANY}", [t.row for t in year.things])
