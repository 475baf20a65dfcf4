"""What must hold of the money, beyond types and keys (which the contract says)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from generator import rules, totals
from generator.measure import gather
from generator.model import Problem
from generator.subjects.budget.measures import AMOUNTS, PAIRS, RATES, SPLITS
from generator.tables import Draft
from generator.totals import Sort

PUBLISHED: dict[str, Sort] = {**dict.fromkeys(AMOUNTS, "money"), **dict.fromkeys(RATES, "percent")}
TITLES = {"chain": "安排、下达、拨付的次序"}


def chain(draft: Draft) -> Iterator[Problem]:
    """Issued above allocated, or paid above issued, is worth a remark."""
    if draft.has("budget"):
        yield from rules.chain(draft, "budget", tuple(AMOUNTS))


def jumps(draft: Draft) -> Iterator[Problem]:
    """A tenfold jump looks like 万 and 亿 mixed up."""
    if draft.has("budget"):
        yield from rules.tenfold(draft, "budget", tuple(AMOUNTS), steady=("allocated",))


def levels(draft: Draft) -> Iterator[Problem]:
    """Level 未分 and a blank month stand only where all rows of the project and year have them."""
    if draft.has("budget"):
        yield from rules.partition_of_levels(
            draft, "budget", level="level", month="month", group=("year", "project"), whole="未分"
        )


def regions(draft: Draft) -> Iterator[Problem]:
    """Rows partition the city: parts only, never the whole."""
    if draft.has("budget"):
        yield from rules.partition_of_regions(draft, "budget")


def as_published(draft: Draft) -> Iterator[Problem]:
    """Sums and rates of rows agree with every total published for the same date, within its printed precision."""
    if not draft.has("budget"):
        return
    printed = draft.frame("control_totals")
    wanted = set(zip(printed["figure"], (a[:7] if a else None for a in printed["as_of"]), strict=True))
    values: dict[str, int | Fraction] = {}
    months, frame = {month for _, month in wanted}, draft.frame("budget")
    frame = frame[[month in months for month in frame["month"]]]  # most months of 100,000 rows have no total
    for by, name in SPLITS:
        for (year, month, *group), pool in gather(frame, ("year", "month", *by), tuple(AMOUNTS), PAIRS).items():
            prefix = f"budget/{year}/{name(tuple(group))[0]}"
            found: dict[str, int | Fraction | None] = {m: pool.sums.get(m) for m in AMOUNTS}
            found |= {m: pool.ratio(amount, "allocated") for m, (_, amount) in RATES.items()}
            for measure, value in found.items():
                if value is not None and (f"{prefix}/{measure}", month) in wanted:
                    values[f"{prefix}/{measure}"] = value
    yield from totals.against_control_totals(draft, values)


def as_printed(draft: Draft) -> Iterator[Problem]:
    """A printed percentage agrees with the amounts printed beside it; no row is needed for that."""
    yield from totals.printed_rates(draft, "budget", {m: (amount, "allocated") for m, (_, amount) in RATES.items()})


RULES = (chain, jumps, levels, regions, as_published, as_printed)
