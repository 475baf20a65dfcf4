"""What projects are sorted by in lists: their kind, places, unit, how they stand, and who pays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from generator.schedule import SILENT, Lifecycle, Pace
from generator.subjects.projects.year import Year, by_region
from generator.tables import Tables

NAMES = {
    "category": "类别", "region": "区划", "unit": "牵头单位", "lifecycle": "办到哪一步", "schedule": "进度快慢",
    "level": "资金层级",
}  # fmt: skip
# What needs looking at comes first.
STEPS = (*map(str, (Lifecycle.IDLE, Lifecycle.ACTIVE, Lifecycle.DONE, Lifecycle.STOPPED)), SILENT)
PACES = tuple(map(str, (Pace.BEHIND, Pace.ON, Pace.AHEAD)))
RANKS = {
    word: rank
    for rank, word in enumerate(
        map(str, (Pace.BEHIND, SILENT, Lifecycle.IDLE, Pace.ON, Pace.AHEAD, Lifecycle.DONE, Lifecycle.STOPPED))
    )
}
Traits = dict[int, dict[str, list[str]]]


def levels(tables: Tables) -> list[str]:
    """The levels that money comes from, the highest first."""
    table = tables.contract.table("budget")
    return [name for c in (table.columns if table else ()) if c.id == "level" for name, _ in c.codes]


def orders(tables: Tables) -> dict[str, Iterable[str]]:
    """The order of the options where it is not that of the rows."""
    names = [r["name"] for r in tables.rows("regions")]
    return {"region": names, "lifecycle": STEPS, "schedule": PACES, "level": levels(tables)}


def paid_by(tables: Tables, year: int, column: str) -> Mapping[int, list[str]]:
    """The values of a column of the year's rows of money, by project: ``level``, ``region``."""
    found: dict[int, list[str]] = defaultdict(list)
    for row in tables.rows("budget", year):
        if row["project"] is not None and row[column] and row[column] not in found[int(row["project"])]:
            found[int(row["project"])].append(row[column])
    return found


def traits(tables: Tables, year: Year) -> Traits:
    """What each project of a year is, has and stands at, by facet; places are those where it is done."""
    places: dict[int, list[str]] = defaultdict(list)
    names = {r["code"]: r["name"] for r in tables.rows("regions")}
    for code, numbers in by_region(year).items():
        for number in numbers:
            places[number].append(names.get(code, code))
    money = paid_by(tables, year.year, "level")
    return {
        number: {
            "category": [project["category"]] if project["category"] else [],
            "region": places[number],
            "unit": [project["lead"]] if project["lead"] else [],
            "level": money.get(number, []),
            **_stands(year, number),
        }
        for number, project in year.projects.items()
    }


def _stands(year: Year, number: int) -> dict[str, list[str]]:
    """How far a project is, and whether it keeps up; nothing where no month was reported."""
    standing = year.standings.projects.get(number, {}).get(year.newest or "")
    if standing is None:
        return {"lifecycle": [], "schedule": []}
    pace = [standing.word] if standing.word in PACES else []
    return {"lifecycle": [str(standing.lifecycle or SILENT)], "schedule": pace}
