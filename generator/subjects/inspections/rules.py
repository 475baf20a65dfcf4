"""What must hold of inspections: the order of their dates, and agreement with what was published."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from generator import totals
from generator.model import Level, Problem
from generator.rules import at, records
from generator.subjects.inspections.cases import Row, rows, years
from generator.subjects.inspections.measures import OFFICIAL, groups
from generator.tables import Draft
from generator.totals import Sort

PUBLISHED: dict[str, Sort] = dict.fromkeys(OFFICIAL, "count")
TITLES = {"mended_first": "整改早于发现", "deadline_first": "期限早于发现", "found_month": "发现日期和月份不符"}


def _each(draft: Draft) -> Iterator[Row]:
    """Every row, by year and number."""
    for year in years(draft):
        yield from rows(draft, year)


def mended_after_found(draft: Draft) -> Iterator[Problem]:
    """Nothing is mended before it was found."""
    for row in _each(draft):
        if row["mended"] and row["mended"] < row["found"]:
            yield at(
                draft, "inspections", row, "mended", rule="mended_first", level=Level.ERROR,
                message=f"{row['mended']} 早于发现日期 {row['found']}。",
                remedy="核对两个日期,改正填错的一个。", allowed=f"{row['found']} 或以后",
            )  # fmt: skip


def deadline_after_found(draft: Draft) -> Iterator[Problem]:
    """No deadline lies before the day on which the problem was found."""
    for row in _each(draft):
        if row["deadline"] and row["deadline"] < row["found"]:
            yield at(
                draft, "inspections", row, "deadline", rule="deadline_first", level=Level.ERROR,
                message=f"{row['deadline']} 早于发现日期 {row['found']}。",
                remedy="核对两个日期,改正填错的一个;没有要求期限的留空。", allowed=f"{row['found']} 或以后",
            )  # fmt: skip


def found_in_month(draft: Draft) -> Iterator[Problem]:
    """A problem is found in the month of its inspection."""
    for row in _each(draft):
        if row["found"][:7] != row["month"]:
            yield at(
                draft, "inspections", row, "found", rule="found_month", level=Level.WARNING,
                message=f"{row['found']} 不在这一行的月份 {row['month']} 里。",
                remedy="核对月份和日期;调度跨月、日期确实在别的月份的,不必改。", allowed=f"{row['month']} 之内",
            )  # fmt: skip


def as_published(draft: Draft) -> Iterator[Problem]:
    """Problems found and mended by a published total's day are as many as it says; without a day, all of them."""
    days = {r["figure"]: r["as_of"] for r in records(draft.frame("control_totals"))}
    values: dict[str, int] = {}
    for year in years(draft):
        for key, found in groups(draft, year).items():
            for measure in OFFICIAL:
                figure = f"inspections/{year}/{key}/{measure}"
                until = days.get(figure) or "9999"
                values[figure] = sum(row[measure] is not None and row[measure] <= until for row in found)
    yield from totals.against_control_totals(draft, values)


RULES: tuple[Callable[[Draft], Iterator[Problem]], ...] = (
    mended_after_found,
    deadline_after_found,
    found_in_month,
    as_published,
)
