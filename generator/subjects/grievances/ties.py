"""Things as pages of places, units and the home page list them."""

from __future__ import annotations

from generator.subjects.grievances import life
from generator.subjects.grievances.life import Thing
from generator.subjects.grievances.year import Shown, disagrees, numbered, status, task_status
from generator.view import View, view


def line(shown: Shown, thing: Thing) -> View:
    """A thing as one entry: where it stands, how far it is, what people say, and what its unit says of it."""
    month = shown.newest
    row = next((r for r in thing.progress if r["month"] == month), None)
    figures = {m: f for m in ("work", "satisfied") if (f := shown.get(thing.key, m))}
    return {
        "label": numbered(thing),
        "title": thing.row["title"],
        "href": shown.address(thing),
        "lead": thing.row["lead"] or "",
        "status": status(thing, month),
        "behind": bool(month and (thing.behind(month) or thing.work(month) is None)),
        "note": (row["note"] or "") if row else "",
        "claim": (disagrees(thing, month) or "") if month else "",
        **{m: view(f) for m, f in figures.items()},
    }


def of_unit(shown: Shown, name: str) -> list[View]:
    """The things that a unit, by its name, answers for."""
    return [line(shown, t) for t in shown.things if t.row["lead"] == name]


def tasks_in(shown: Shown, region: str) -> list[View]:
    """The tasks of things that are done in a region, by its code: what, of which thing, planned and actual.

    ``late`` is a task that is over its day and not finished.
    """
    now = shown.newest
    return [
        {
            "title": task["title"], "thing": thing.row["title"], "href": shown.address(thing),
            "lead": task["lead"] or "", "planned": task["planned"], "actual": task["actual"] or "",
            "state": task_status(task, now), "late": life.late_by(task, now) and not life.done_by(task, now),
        }
        for thing in shown.things for task in thing.tasks if task["region"] == region
    ]  # fmt: skip
