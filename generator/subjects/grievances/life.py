"""A year's things, each with all that is reported of it, from tables that are public or still being checked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from generator import schedule
from generator.format import end_of
from generator.subjects.grievances import states
from generator.subjects.grievances.states import State
from generator.tables import Draft, Tables

Row = dict[str, Any]
LIST = "grievances"
ORIGINS, VOTES, TASKS = "grievance_origins", "votes", "grievance_tasks"
PROGRESS, SURVEYS = "grievance_progress", "satisfaction"


def survey_round(row: Row) -> str:
    """A survey's part of a key: ``s01``, the round."""
    return f"s{int(row['round']):02d}"


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing of a year. Rows are in the order of their keys; ``vote`` is the candidate that it was."""

    row: Row
    origins: Sequence[Row]
    vote: Row | None
    tasks: Sequence[Row]
    progress: Sequence[Row]
    surveys: Sequence[Row]

    @property
    def number(self) -> int:
        """Its number in the year."""
        return int(self.row["number"])

    @property
    def key(self) -> str:
        """Its part of a figure's key: ``g03``."""
        return f"g{self.number:02d}"

    @property
    def survey(self) -> Row | None:
        """The last survey, if it was ever asked about."""
        return self.surveys[-1] if self.surveys else None

    def works(self, month: str) -> list[Fraction | None]:
        """Work done by each reported month up to ``month``; the last is ``None`` when that month is not there."""
        rows = [r for r in self.progress if r["month"] <= month]
        absent = not rows or rows[-1]["month"] != month
        return [*(r["work"] for r in rows), *([None] if absent else [])]

    def work(self, month: str) -> Fraction | None:
        """Work done by the end of a month, where it was reported."""
        return self.works(month)[-1]

    def time(self, month: str) -> Fraction | None:
        """The share of its time that has passed at a month's end; ``None`` when start or deadline is not known."""
        start, deadline = self.row["start"], self.row["deadline"]
        return schedule.elapsed(start, deadline, month) if start and deadline else None

    def state(self, month: str) -> State:
        """Where it stands at the end of a month, by its figures."""
        return states.state(self.works(month), finished=all(done_by(t, month) for t in self.tasks))

    def behind(self, month: str) -> bool:
        """Whether it is behind time at the end of a month."""
        return states.behind(self.state(month), self.work(month), self.time(month))

    def claim(self, month: str) -> str | None:
        """The state that its unit reported for a month."""
        return next((r["lifecycle"] for r in self.progress if r["month"] == month), None)


@dataclass(frozen=True, slots=True)
class Year:
    """A year's things by number, the ballot, and the months that any of them reported."""

    year: int
    things: Sequence[Thing]
    votes: Sequence[Row]
    months: Sequence[str]

    @property
    def newest(self) -> str | None:
        """The newest month with reports."""
        return self.months[-1] if self.months else None

    @property
    def leads(self) -> set[str]:
        """The units, by name, that answer for a thing or for a task of one."""
        return {row["lead"] for t in self.things for row in (t.row, *t.tasks) if row["lead"]}


def done_by(task: Row, month: str | None) -> bool:
    """Whether a task was finished at a month's end; without a month, at any time."""
    return bool(task["actual"]) and (month is None or task["actual"] <= end_of(month))


def late_by(task: Row, month: str | None) -> bool:
    """Whether a task was finished after its day, or by a month's end is over it."""
    if done_by(task, month):
        return bool(task["actual"] > task["planned"])
    return month is not None and bool(task["planned"] < end_of(month))


def _by_thing(rows: Iterable[Row], *order: str) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda r: tuple(r[c] for c in order)):
        if row["grievance"] is not None:
            found[int(row["grievance"])].append(row)
    return found


def years(frames: Tables | Draft) -> list[int]:
    """The years that have a list of things, oldest first."""
    return frames.years(LIST)


def year_of(frames: Tables | Draft, year: int) -> Year:
    """All that the tables say of a year."""
    votes = frames.rows(VOTES, year)
    origins = _by_thing(frames.rows(ORIGINS, year))
    tasks = _by_thing(frames.rows(TASKS, year), "number")
    progress = _by_thing(frames.rows(PROGRESS, year), "month")
    surveys = _by_thing(frames.rows(SURVEYS, year), "round")
    chosen = {number: rows[0] for number, rows in _by_thing(votes, "candidate").items()}
    listed = sorted(frames.rows(LIST, year), key=lambda r: int(r["number"]))
    things = [
        Thing(row, origins[n], chosen.get(n), tasks[n], progress[n], surveys[n])
        for row in listed
        for n in [int(row["number"])]
    ]
    return Year(year, things, votes, sorted({r["month"] for t in things for r in t.progress}))
