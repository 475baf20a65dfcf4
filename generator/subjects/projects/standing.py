"""How each project stands at each month's end, as a whole and in each place: judged by rule from what was reported.

形象进度 of a project is the mean of its places', weighted by their 目标数 (plain where the target is to fall, since
ceilings are no shares of the work); where nobody reports it, 完成数 ÷ 目标数 stands in. docs/method.md says the same.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from generator.format import end_of
from generator.measure import ABSENT, complete
from generator.model import Missing
from generator.schedule import MARKS, SILENT, Lifecycle, Pace, elapsed, pace
from generator.tables import Draft, Tables, plain

Frames = Tables | Draft
Row = Mapping[str, Any]
FALLS = "不超过"  # 目标方向 of a number that is to fall


@dataclass(frozen=True, slots=True)
class Plan:
    """What a project promised. Dates are ISO days; what was not said is the year's first and last."""

    number: int
    year: int
    falls: bool
    start: str
    deadline: str
    stopped: str | None

    def time(self, month: str) -> Fraction:
        """The share of its time that has passed at a month's end, or when it was stopped."""
        now = end_of(month)
        return elapsed(self.start, self.deadline, min(now, self.stopped) if self.stopped else now)


@dataclass(frozen=True, slots=True)
class Standing:
    """How something stands at a month's end.

    ``lifecycle`` is ``None`` when what was reported does not tell: nothing was, or it is done and a place is silent.
    ``since`` is the month from which it has been done without a break.
    """

    month: str
    work: Fraction | None
    time: Fraction
    lifecycle: Lifecycle | None
    pace: Pace | None
    overdue: bool
    since: str | None = None

    @property
    def word(self) -> str:
        """The state in one word: the pace of what is under way, else the lifecycle; not begun and behind is behind."""
        if self.lifecycle is None:
            return SILENT
        if self.pace is Pace.BEHIND or (self.lifecycle is Lifecycle.ACTIVE and self.pace):
            return str(self.pace)
        return str(self.lifecycle)

    @property
    def mark(self) -> str:
        """The state's shape."""
        return MARKS[self.word]


@dataclass(frozen=True, slots=True)
class Report:
    """One place's row of one month: how it stands, and what the unit says of it."""

    row: Row
    standing: Standing

    @property
    def disagrees(self) -> bool:
        """Whether what the unit says of the state is not what its figures say."""
        if self.standing.lifecycle is None:
            return False
        said, claimed = self.row["lifecycle"], self.row["schedule"]
        paced = self.standing.lifecycle is Lifecycle.ACTIVE and claimed and claimed != self.standing.pace
        return bool((said and said != self.standing.lifecycle) or paced)


def plans(tables: Frames, year: int) -> dict[int, Plan]:
    """What the projects of a year promised, by number."""
    return {
        int(r["number"]): Plan(
            int(r["number"]), year, r["direction"] == FALLS, r["start"] or f"{year}-01-01",
            r["deadline"] or f"{year}-12-31", r["stopped"],
        )
        for r in tables.rows("projects", year)
        if r["number"] is not None
    }  # fmt: skip


def progress(tables: Frames, year: int) -> list[dict[str, Any]]:
    """The year's rows of ``project_progress``, with those that should be there and are not."""
    if not tables.has("project_progress"):
        return []
    frame = tables.frame("project_progress")
    return plain(complete(frame[frame["year"] == year], "month", ("project", "region")))


def there(rows: Iterable[Row]) -> int:
    """How many of the rows are in the table."""
    return sum(not row.get(ABSENT) for row in rows)


def work_of(rows: Sequence[Row], plan: Plan) -> tuple[Fraction | None, Counter[Missing]]:
    """形象进度 over some rows, and how many lack what it takes, by kind."""
    reported = any(r["work"] is not None for r in rows) or all(r["work?"] == Missing.NOT_REPORTED for r in rows)
    over = "work" if reported or plan.falls else "done"
    pairs: list[tuple[Fraction, Fraction]] = []
    lacks: Counter[Missing] = Counter()
    for r in rows:
        missing = next((c for c in (over, *(() if plan.falls else ("target",))) if r[c] is None), None)
        if missing:
            lacks[Missing(r[f"{missing}?"])] += 1
        elif over == "done":
            pairs.append((Fraction(int(r["done"])), Fraction(int(r["target"]))))
        else:
            weight = Fraction(1) if plan.falls else Fraction(int(r["target"]))
            pairs.append((r["work"] * weight, weight))
    whole = sum((weight for _, weight in pairs), Fraction(0))
    return (sum((part for part, _ in pairs), Fraction(0)) / whole if whole else None), lacks


def _reached(rows: Sequence[Row], plan: Plan) -> bool:
    """Whether the numbers, where reported, are what was promised."""
    for r in rows:
        found = r["now"] if plan.falls else r["done"]
        if (
            found is not None
            and r["target"] is not None
            and ((found > r["target"]) if plan.falls else found < r["target"])
        ):
            return False
    return True


def judge(rows: Sequence[Row], plan: Plan, month: str, before: Standing | None) -> Standing:
    """How something stands at a month's end by its rows; ``before`` is how it stood a month earlier."""
    work, lacks = work_of(rows, plan)
    time = plan.time(month)
    gaps = sum(n for kind, n in lacks.items() if kind is not Missing.NOT_APPLICABLE)
    full = work is not None and work >= 1 and _reached(rows, plan)
    lifecycle: Lifecycle | None = Lifecycle.ACTIVE
    if full and not gaps:  # a place may have finished before the project was stopped
        lifecycle = Lifecycle.DONE
    elif plan.stopped and plan.stopped[:7] <= month:
        lifecycle = Lifecycle.STOPPED
    elif work is None or full:  # silence is no lateness: the place that has not reported may be done or not
        lifecycle = None
    elif work == 0:
        lifecycle = Lifecycle.IDLE
    going = lifecycle in (Lifecycle.ACTIVE, Lifecycle.IDLE)
    overdue = going and end_of(month) >= plan.deadline
    keeping = (Pace.BEHIND if overdue else pace(work, time)) if going and work is not None else None
    since = ((before.since if before else None) or month) if lifecycle is Lifecycle.DONE else None
    return Standing(month, work, time, lifecycle, keeping, overdue, since)


class Standings:
    """All standings of a year: of projects by number, of places by (number, region), each by month, oldest first."""

    def __init__(self, tables: Frames, year: int) -> None:
        self.plans = plans(tables, year)
        self.rows: dict[tuple[int, str], dict[str, Row]] = defaultdict(dict)
        self.undated: dict[tuple[int, str], Row] = {}  # a document that gives no month
        for row in progress(tables, year):
            if row["project"] not in self.plans:
                continue
            if row["month"]:
                self.rows[int(row["project"]), row["region"]][row["month"]] = row
            else:
                self.undated[int(row["project"]), row["region"]] = row
        self.months = sorted({m for found in self.rows.values() for m in found})
        self.places = {
            key: self._series({m: [r] for m, r in found.items()}, key[0]) for key, found in self.rows.items()
        }
        together: dict[int, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
        for (number, _), found in sorted(self.rows.items()):
            for month, one in found.items():
                together[number][month].append(one)
        self.by_month = {number: dict(found) for number, found in together.items()}
        # Once any of them reports, every project of the list stands somewhere each month: without rows, it is silent.
        self.projects = {
            number: self._series({m: self.by_month.get(number, {}).get(m, []) for m in self.months}, number)
            for number in (self.plans if self.months else ())
        }

    def _series(self, rows: Mapping[str, Sequence[Row]], number: int) -> dict[str, Standing]:
        found: dict[str, Standing] = {}
        before = None
        for month in sorted(rows):
            before = found[month] = judge(rows[month], self.plans[number], month, before)
        return found

    def latest(self, number: int) -> Standing | None:
        """A project's last standing that rests on a report or on its end."""
        known = [s for s in self.projects.get(number, {}).values() if s.lifecycle or s.work is not None]
        return known[-1] if known else None

    def reports(self, month: str) -> list[Report]:
        """The rows of a month with how each place stands, by project and region."""
        return [
            Report(self.rows[key][month], self.places[key][month])
            for key in sorted(self.rows)
            if month in self.rows[key]
        ]
