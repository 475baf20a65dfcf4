"""When reports were due and when they came: the staleness of units and places, from dates in the data."""

from __future__ import annotations

from collections.abc import Iterable

from generator import due
from generator import format as fmt
from generator.subjects.projects.standing import Row
from generator.subjects.projects.year import Year
from generator.view import View


def last_report(year: Year, rows: Iterable[Row]) -> View | None:
    """The last report among some rows of a year beside what was due; ``None`` where nothing is due or dated.

    ``late`` are those of the newest month that came after the day, ``missing`` those that did not come at all.
    """
    found = list(rows)
    known = [r for r in found if r["reported"]]
    if year.due is None or year.newest is None or not known:
        return None
    last = max(known, key=lambda r: (r["month"], r["reported"]))
    newest = [r for r in found if r["month"] == year.newest]
    return {
        "day": last["reported"],
        "month": fmt.month(last["month"]),
        "due": due.date_of(year.due, year.newest),
        "due_month": fmt.month(year.newest),
        "stale": last["month"] != year.newest,
        "late": any(r["reported"] and due.days_late(year.due, r["month"], r["reported"]) > 0 for r in newest),
        "missing": any(not r["reported"] for r in newest),
    }
