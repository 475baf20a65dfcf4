"""What must hold of news: its date is in its year, and press conferences are as many as were published."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from generator import totals
from generator.model import Level, Problem
from generator.rules import at, records
from generator.subjects.updates.measures import CONFERENCE, rows, years
from generator.tables import Draft
from generator.totals import Sort

PUBLISHED: dict[str, Sort] = {"count": "count", "conferences": "count"}
TITLES = {"date_in_year": "日期不在年度内"}


def date_in_year(draft: Draft) -> Iterator[Problem]:
    """News is dated in the year that it is listed in."""
    for year in years(draft):
        for row in rows(draft, year):
            if row["date"][:4] != f"{year:04d}":
                yield at(
                    draft, "updates", row, "date", rule="date_in_year", level=Level.ERROR,
                    message=f"{row['date']} 不在 {year} 年度内。",
                    remedy="改正日期或年度;别的年度的动态放到那一年的文件。", allowed=f"{year}-01-01 至 {year}-12-31",
                )  # fmt: skip


def as_published(draft: Draft) -> Iterator[Problem]:
    """Press conferences up to a published total's day are as many as it says; the list of news is a selection."""
    days = {r["figure"]: r["as_of"] for r in records(draft.frame("control_totals"))}
    values: dict[str, int] = {}
    for year in years(draft):
        figure = f"updates/{year}/all/conferences"
        until = days.get(figure) or "9999"
        values[figure] = sum(r["kind"] == CONFERENCE and r["date"] <= until for r in rows(draft, year))
    yield from totals.against_control_totals(draft, values)


RULES: tuple[Callable[[Draft], Iterator[Problem]], ...] = (date_in_year, as_published)
