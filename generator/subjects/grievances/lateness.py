"""When reports of a unit's things were due and when they came, from dates in the data."""

from __future__ import annotations

from generator import due
from generator import format as fmt
from generator.subjects.grievances import life
from generator.subjects.grievances.work import is_late
from generator.subjects.grievances.year import Shown
from generator.view import View


def last_report(shown: Shown, name: str) -> View | None:
    """The last report on the things of a unit, by its name, beside what was due; as for projects.

    ``late`` if any report of the newest month came after the day, ``missing`` if any thing has none; ``None`` where
    nothing is due or dated.
    """
    things = [t for t in shown.things if t.row["lead"] == name]
    known = [r for t in things for r in t.progress if r["reported"]]
    table = shown.site.tables.contract.table(life.PROGRESS)
    if table is None or table.due is None or shown.newest is None or not known:
        return None
    last = max(known, key=lambda r: (r["month"], r["reported"]))
    newest = [r for r in known if r["month"] == shown.newest]
    return {
        "day": last["reported"],
        "month": fmt.month(last["month"]),
        "due": due.date_of(table.due, shown.newest),
        "due_month": fmt.month(shown.newest),
        "stale": last["month"] != shown.newest,
        "late": any(is_late(r, table.due) for r in newest),
        "missing": len(newest) < len(things),
    }
