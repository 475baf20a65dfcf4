"""How many projects stand how, and whether units report in time: counts for the whole, for units and for regions.

For the whole and for a unit they are over projects, for a region over its part of each.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from generator import due
from generator.contract import Due
from generator.format import end_of
from generator.measure import ABSENT, ANY
from generator.model import Figure, Precision, RowRef
from generator.schedule import SILENT, Lifecycle, Pace
from generator.subjects.projects.standing import Row, Standing
from generator.subjects.projects.year import Year, by_region, by_unit, record

# Together they are all projects: each stands in exactly one of these states.
STATES = {
    "done": str(Lifecycle.DONE), "ahead": str(Pace.AHEAD), "on": str(Pace.ON), "behind": str(Pace.BEHIND),
    "idle": str(Lifecycle.IDLE), "stopped": str(Lifecycle.STOPPED), "silent": SILENT,
}  # fmt: skip


# --- how many stand how -----------------------------------------------------------------------------------


def _tally(
    year: Year, key: str, month: str, suffix: str, standings: Mapping[int, Standing], rows: Sequence[Row],
    selected: tuple[RowRef, ...],
) -> Iterator[Figure]:  # fmt: skip
    """How many of some projects, or of their parts in a place, are in each state."""
    refs = (*selected, *year.promise(standings))
    kind = year.kind(rows, standings)
    found = Counter(s.word for s in standings.values())
    for name, word in STATES.items():
        yield Figure(
            f"projects/{year.year}/{key}/state_{name}{suffix}", word, found[word], "个", month, Precision.EXACT,
            f"状态是“{word}”的项目数", refs, kind,
        )  # fmt: skip
    if suffix:
        return
    for name, label, value, formula in (
        ("listed", "项目", len(standings), "项目数"),
        (
            "overdue",
            "时限已到没有完成",
            sum(s.overdue for s in standings.values()),
            "月底已到完成时限、报了进度而还没有完成的项目数",
        ),
    ):
        yield Figure(
            f"projects/{year.year}/{key}/{name}", label, value, "个", month, Precision.EXACT, formula, refs, kind
        )


def states(year: Year) -> Iterator[Figure]:
    """Counts of all by month; in the newest one also by unit and by region."""
    for month in year.standings.months:
        now = {n: found[month] for n, found in year.standings.projects.items()}
        rows = [r for n in now for r in year.rows(n, month)]
        yield from _tally(year, "all", month, f"@{month}", now, rows, tuple(year.selection(rows, ANY, ANY, month)))
    if year.newest:
        yield from _now(year, year.newest)


def _now(year: Year, month: str) -> Iterator[Figure]:
    """States in the newest month: of all, by unit, by region."""
    now = {n: found[month] for n, found in year.standings.projects.items()}
    rows = [r for n in now for r in year.rows(n, month)]
    yield from _tally(year, "all", month, "", now, rows, tuple(year.selection(rows, ANY, ANY, month)))
    for unit, numbers in by_unit(year).items():
        mine = {n: now[n] for n in numbers}
        found = [r for n in mine for r in year.rows(n, month)]
        selected = tuple(ref for n in mine for ref in year.selection(year.rows(n, month), str(n), ANY, month))
        yield from _tally(year, unit, month, "", mine, found, selected)
    for region, numbers in by_region(year).items():
        here = {n: s for n in numbers if (s := year.standings.places[n, region].get(month))}
        found = [year.standings.rows[n, region][month] for n in here]
        selected = tuple(year.selection(found, ANY, region, month))
        if selected:
            yield from _tally(year, f"r{region}", month, "", here, found, selected)


# --- whether units report in time -------------------------------------------------------------------------


def _punctual(year: Year, key: str, rows: Sequence[Row], selected: tuple[RowRef, ...], rule: Due) -> Iterator[Figure]:
    here = [r for r in rows if not r.get(ABSENT)]
    late = sum(bool(r["reported"]) and due.days_late(rule, r["month"], r["reported"]) > 0 for r in here)
    missing = sum(not r["reported"] for r in rows)
    day = f"次月 {rule.day} 日"
    for name, label, value, formula in (
        ("reports_due", "应报送", len(rows), "每个项目在每个地方每月报一次"),
        ("reports_late", "迟报", late, f"报送日期晚于{day}的次数"),
        ("reports_missing", "没有报送", missing, "没有报送日期的次数"),
    ):
        yield Figure(
            f"projects/{year.year}/{key}/{name}", label, value, "次", year.newest, Precision.EXACT, formula, selected,
            year.kind(rows, ()),
        )  # fmt: skip


def _newest(rows: Sequence[Row]) -> Row:
    """The row that was reported last; of several the first by place."""
    day = max(r["reported"] for r in rows)
    return min((r for r in rows if r["reported"] == day), key=_place)


def ages(year: Year) -> Iterator[Figure]:
    """For each project, and each unit that leads some, how many days had passed since it was last reported: up to the
    newest day that the table knows, be it the newest month's end or when somebody reported last. No clock tells it.
    """
    rows = [r for found in year.standings.rows.values() for r in found.values() if r["reported"]]
    if not rows or not year.newest:
        return
    last = _newest(rows)
    end = max(last["reported"], end_of(year.newest))
    groups = {record(number): {number} for number in year.projects}
    groups |= {unit: set(numbers) for unit, numbers in by_unit(year).items()}
    by_number: dict[int, list[Row]] = {}
    for r in rows:
        by_number.setdefault(r["project"], []).append(r)
    for key, numbers in groups.items():
        mine = [r for number in numbers for r in by_number.get(number, ())]
        if not mine:
            continue
        row = _newest(mine)
        others = [last] if end == last["reported"] != row["reported"] else []
        refs = [ref for r in (row, *others) for ref in year.selection([r], *_place(r))]
        yield Figure(
            f"projects/{year.year}/{key}/report_age", "距最近一次报送",
            (dt.date.fromisoformat(end) - dt.date.fromisoformat(row["reported"])).days, "天", end,
            Precision.EXACT, f"从最近一次报送的那天，数到表里最新的日期 {end}", tuple(refs),
            year.kind((row, *others), ()),
        )  # fmt: skip


def _place(row: Row) -> tuple[str, str, str]:
    """What names a row within its year."""
    return str(row["project"]), row["region"], row["month"]


def reports(year: Year) -> Iterator[Figure]:
    """Over the whole year: reports due, late and missing; none where nobody says when he reports."""
    rows = [r for found in year.standings.rows.values() for r in found.values()]
    if year.due is None or not any(r["reported"] for r in rows):
        return
    yield from _punctual(year, "all", rows, tuple(year.selection(rows, ANY, ANY, ANY)), year.due)
    for unit, numbers in by_unit(year).items():
        parts = {
            n: [r for k, found in year.standings.rows.items() if k[0] == n for r in found.values()] for n in numbers
        }
        selected = tuple(ref for n, mine in parts.items() for ref in year.selection(mine, str(n), ANY, ANY))
        yield from _punctual(year, unit, [r for mine in parts.values() for r in mine], selected, year.due)
    for region in by_region(year):
        here = [r for k, found in year.standings.rows.items() if k[1] == region for r in found.values()]
        yield from _punctual(year, f"r{region}", here, tuple(year.selection(here, ANY, region, ANY)), year.due)
