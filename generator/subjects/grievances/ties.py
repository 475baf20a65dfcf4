"""Things as pages of places, units and the home page list them."""

from __future__ import annotations

from generator.model import Kind
from generator.subjects.grievances import life
from generator.subjects.grievances.life import Row, Thing
from generator.subjects.grievances.year import Shown, disagrees, numbered, status, task_status
from generator.tables import KIND
from generator.view import View, view


def _note(thing: Thing, month: str | None) -> str:
    """What its unit says of a thing for a month."""
    return next((r["note"] or "" for r in thing.progress if r["month"] == month), "")


def line(shown: Shown, thing: Thing) -> View:
    """A thing as one entry: where it stands, how far it is, what people say, and what its unit says of it."""
    month = shown.newest
    figures = {m: f for m in ("work", "satisfied") if (f := shown.get(thing.key, m))}
    return {
        "label": numbered(thing),
        "title": thing.row["title"],
        "href": shown.address(thing),
        "lead": thing.row["lead"] or "",
        "lead_href": shown.unit(thing.row["lead"]),
        "status": status(thing, month),
        "behind": bool(month and (thing.behind(month) or thing.work(month) is None)),
        "note": _note(thing, month),
        "claim": (disagrees(thing, month) or "") if month else "",
        **{m: view(f) for m, f in figures.items()},
    }


def of_unit(shown: Shown, name: str) -> list[View]:
    """The things that a unit, by its name, answers for."""
    return [line(shown, t) for t in shown.things if t.row["lead"] == name]


def helped_by(shown: Shown, name: str) -> list[View]:
    """The things in which a unit, by its name, is a partner, and who answers for them."""
    return [
        {
            "label": numbered(t), "href": shown.address(t), "lead": t.row["lead"] or "",
            "lead_href": shown.unit(t.row["lead"]),
        }
        for t in shown.things if name in (t.row["partners"] or ())
    ]  # fmt: skip


def _task(shown: Shown, thing: Thing, task: Row) -> View:
    """A task as one entry: what, of which thing, where, who answers for it, planned and actual.

    ``late`` is a task that is over its day and not finished; of such a task stands also what the thing's unit says of
    the thing, which need not be the unit of the task.
    """
    now = shown.newest
    late = life.late_by(task, now) and not life.done_by(task, now)
    return {
        "title": task["title"], "thing": thing.row["title"], "href": shown.address(thing),
        "lead": task["lead"] or "", "lead_href": shown.unit(task["lead"]),
        "region": shown.regions.get(task["region"], task["region"]) if task["region"] else "全市",
        "region_href": shown.region(task["region"]), "planned": task["planned"], "actual": task["actual"] or "",
        "state": task_status(task, now), "late": late, "note": _note(thing, now) if late else "",
        "said_by": thing.row["lead"] or "", "source": task["source"], "demo": task[KIND] == Kind.DEMO,
    }  # fmt: skip


def _tasks(shown: Shown, column: str, value: str) -> list[View]:
    return [_task(shown, thing, t) for thing in shown.things for t in thing.tasks if t[column] == value]


def tasks_in(shown: Shown, region: str) -> list[View]:
    """The tasks of things that are done in a region, by its code."""
    return _tasks(shown, "region", region)


def tasks_of(shown: Shown, name: str) -> list[View]:
    """The tasks of things that a unit, by its name, answers for, whoever answers for the thing."""
    return _tasks(shown, "lead", name)
