"""One year of projects: what figures and pages of it are made from, and references to its rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from generator.measure import ABSENT, ANY
from generator.model import Kind, RowRef
from generator.subjects.projects.standing import Row, Standings
from generator.tables import KIND, Tables


def record(number: int) -> str:
    """A project's part of a key: ``p07``."""
    return f"p{number:02d}"


def names(tables: Tables, year: int) -> dict[str, str]:
    """The projects of a year by their part of a key: ``{"p07": "07 …"}``."""
    return {record(int(p["number"])): f"{p['number']:02d} {p['title']}" for p in projects(tables, year)}


def projects(tables: Tables, year: int) -> list[dict[str, Any]]:
    """The projects of a year by number, as plain dicts (number, title, category, lead, ...)."""
    return tables.rows("projects", year)


def years(tables: Tables) -> list[int]:
    """The years that list projects, oldest first."""
    return tables.years("projects")


def unit_ids(tables: Tables) -> dict[str, str]:
    """The id of each unit, by its name."""
    return {r["name"]: r["id"] for r in tables.rows("units")}


class Year:
    """What figures of a year are made from: its projects, how they stand, and references to their rows."""

    def __init__(self, tables: Tables, year: int) -> None:
        self.year = year
        self.standings = Standings(tables, year)
        self.projects = {int(p["number"]): p for p in projects(tables, year)}
        self.units = unit_ids(tables)
        table = tables.contract.table("project_progress")
        self.due = table.due if table else None
        self.newest = self.standings.months[-1] if self.standings.months else None

    def rows(self, number: int, month: str) -> Sequence[Row]:
        """A project's rows of a month, absent ones included."""
        return self.standings.by_month.get(number, {}).get(month, ())

    def undated(self, number: int) -> Sequence[Row]:
        """A project's rows of a document that gives no month, by region."""
        return [row for (n, _), row in sorted(self.standings.undated.items()) if n == number]

    def promise(self, numbers: Iterable[int]) -> Iterator[RowRef]:
        """References to the rows that say what was promised: one for the whole list, else one a project."""
        wanted = sorted(numbers)
        if len(wanted) == len(self.projects) > 1:
            sources = "+".join(sorted({p["source"] for p in self.projects.values()}))
            yield RowRef(f"projects:{self.year}", f"{self.year}/{ANY}", sources, len(wanted))
            return
        for number in wanted:
            yield RowRef(f"projects:{self.year}", f"{self.year}/{number}", self.projects[number]["source"])

    def selection(self, rows: Iterable[Row], *parts: str, missing: int = 0) -> Iterator[RowRef]:
        """A reference to the rows of a pattern of project, region and month; none when the table has none of them."""
        found = [r for r in rows if not r.get(ABSENT)]
        if found:
            sources = "+".join(sorted({r["source"] for r in found}))
            key = "/".join((str(self.year), *parts))
            yield RowRef(f"project_progress:{self.year}", key, sources, len(found), missing)

    def kind(self, rows: Iterable[Row], numbers: Iterable[int]) -> Kind:
        """The weakest kind among rows and projects."""
        found = {r[KIND] for r in rows if not r.get(ABSENT)} | {self.projects[n][KIND] for n in numbers}
        return Kind.weakest({Kind(k) for k in found})


def by_unit(year: Year) -> dict[str, list[int]]:
    """The projects that each unit leads, by the unit's id, in the order of their first projects."""
    found: dict[str, list[int]] = {}
    for number, project in year.projects.items():
        if project["lead"] in year.units:
            found.setdefault(year.units[project["lead"]], []).append(number)
    return found


def by_region(year: Year) -> dict[str, list[int]]:
    """The projects that are done in each region, by its code."""
    found: dict[str, list[int]] = {}
    for number, region in sorted(year.standings.rows):
        found.setdefault(region, []).append(number)
    return dict(sorted(found.items()))
