"""One year of a site: its things, their figures and addresses, and what pages say of them first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from generator import format as fmt
from generator import measure
from generator.model import Figure, Kind
from generator.schedule import Pace
from generator.subject import Site
from generator.subjects.grievances import life
from generator.subjects.grievances.life import Row, Thing
from generator.subjects.grievances.states import BEHIND, MARKS, State
from generator.tables import KIND
from generator.view import View, view

ROOT = "grievances/"
TITLE = "最不满意的十件事"
SURVEY = ("sample", "satisfied", "strict", "low", "high")
COUNTS = ("done", "active", "reopened", "idle", "silent", "behind")
STYLES = {
    State.DONE: "done", State.ACTIVE: "on-time", State.REOPENED: "behind", State.IDLE: "not-started",
    State.SILENT: "missing",
}  # fmt: skip


class Shown:
    """One year of a site: shorthand for its rows and figures."""

    def __init__(self, site: Site, year: int) -> None:
        self.site, self.year = site, year
        self.rows = life.year_of(site.tables, year)
        self.things = self.rows.things
        self.newest = self.rows.newest
        regions = site.tables.rows("regions")
        self.regions = {r["code"]: r["name"] for r in regions}
        self._places = {r["code"] for r in regions if r["reports"] == "是"}
        leads = self.rows.leads | {r["lead"] for r in site.tables.rows("projects", year)}
        self._units = {r["name"]: r["id"] for r in site.tables.rows("units") if r["name"] in leads}
        self.figures = [f for f in site.figures.values() if f.subject == "grievances" and f.year == year]

    @property
    def path(self) -> str:
        """The year's page."""
        return f"{ROOT}{self.year}/"

    @property
    def detailed(self) -> bool:
        """Whether more is known of the year than its list; then each thing has a page."""
        found = (self.rows.votes, *(x for t in self.things for x in (t.origins, t.tasks, t.progress, t.surveys)))
        return any(len(rows) for rows in found)

    def get(self, key: str, measure: str, month: str = "") -> Figure | None:
        """A figure of this year, or ``None``."""
        return self.site.figures.get(f"grievances/{self.year}/{key}/{measure}{month and '@' + month}")

    def need(self, key: str, measure: str) -> Figure:
        """A figure of this year that is there because its rows are."""
        return self.site.figures[f"grievances/{self.year}/{key}/{measure}"]

    def views(self, key: str, *measures: str) -> dict[str, View]:
        """Some figures of a key as views, those that there are."""
        return {m: view(f) for m in measures if (f := self.get(key, m))}

    def survey(self, key: str) -> dict[str, Figure]:
        """The figures of a survey, by measure; none without one."""
        return {m: f for m in SURVEY if (f := self.get(key, m))}

    def of(self, thing: Thing) -> list[Figure]:
        """A thing's figures."""
        return [f for f in self.figures if f.key.split("+")[0] == thing.key]

    def csv(self, table: str) -> str | None:
        """The year's file of a table."""
        resource = self.site.tables.contract.resource(f"{table}:{self.year}")
        return resource.csv if resource else None

    @property
    def count(self) -> Figure:
        """How many things there are: as published, else as listed."""
        return self.get("all", "count") or self.need("all", "count_sum")

    def address(self, thing: Thing) -> str:
        """Where a thing is shown: on its own page, or in the year's list when nothing more is known of it."""
        return f"{self.path}{thing.key}/" if self.detailed else f"{self.path}#{thing.key}"

    def unit(self, name: str | None) -> str | None:
        """The page of a unit in this year; it has one if it leads a project, a thing or a task."""
        found = self._units.get(name or "")
        return f"units/{self.year}/{found}/" if found else None

    def region(self, code: str | None) -> str | None:
        """The page of a place that a task of this year names; every place that reports has one, the city has none."""
        return f"regions/{self.year}/r{code}/" if code in self._places else None


def status(thing: Thing, month: str | None) -> list[View]:
    """The marks of where a thing stands, with their words; the second says that it is behind."""
    if month is None:
        return []
    state = thing.state(month)
    marks = [{"mark": MARKS[state], "word": str(state), "style": STYLES[state]}]
    if thing.behind(month):
        over = (thing.time(month) or 0) >= 1
        word = f"{Pace.BEHIND}，已过时限" if over else BEHIND
        marks.append({"mark": MARKS[BEHIND], "word": word, "style": "overdue" if over else "behind"})
    return marks


def task_status(task: Row, month: str | None) -> View:
    """The mark of where a task stands by a month's end, with its word."""
    done, late = life.done_by(task, month), life.late_by(task, month)
    found = ("●", "按时完成", "done") if done else ("◐", "没有完成", "on-time")
    if late:
        found = ("▼", "晚于计划完成", "behind") if done else ("▼", "逾期，没有完成", "overdue")
    return dict(zip(("mark", "word", "style"), found, strict=True))


def disagrees(thing: Thing, month: str) -> str | None:
    """What the unit reported for a month, where the figures say something else."""
    claim = thing.claim(month)
    state = thing.state(month)
    return claim if claim and state is not State.SILENT and claim != state else None


def numbered(thing: Thing) -> str:
    """A thing's number and title, for tables and pictures."""
    return f"{thing.number:02d} {thing.row['title']}"


def answer(shown: Shown) -> View:
    """What the first sentence of a year says."""
    first = shown.get("all", "done")
    return {
        "year": shown.year,
        "count": view(shown.count),
        "states": [
            {"figure": view(f), "word": word}
            for m, word in zip(COUNTS[:-1], (s.value for s in _order()), strict=True)
            if (f := shown.get("all", m)) and f.value
        ],
        "behind": view(f) if (f := shown.get("all", "behind")) and f.value else None,
        "date": fmt.dated(first.as_of) if first else "",
        "survey": shown.views("all", "asked", "sample", "satisfied"),
        "named": view(shown.need("all", "named")),
        "unnamed": shown.need("all", "named").value == 0,
        "detailed": shown.detailed,
    }


def _order() -> Sequence[State]:
    return (State.DONE, State.ACTIVE, State.REOPENED, State.IDLE, State.SILENT)


def is_demo(figures: Iterable[Figure], rows: Iterable[Row] = ()) -> bool:
    """Whether any figure or row is demonstration data."""
    return measure.is_demo(figures) or any(r[KIND] == Kind.DEMO for r in rows)


def as_of(figures: Iterable[Figure]) -> str | None:
    """The newest date of some figures."""
    return max((f.as_of for f in figures if f.as_of), default=None)


def words(site: Site, *names: Any) -> str:
    """What else people may search for: units with the names that they had, titles, numbers."""
    aliases = {r["name"]: r["aliases"] or () for r in site.tables.rows("units")}
    found: list[str] = []
    for name in names:
        found += [name, *aliases.get(name, ())] if name else []
    return " ".join(dict.fromkeys(found))
