"""What must hold of the list of projects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from generator import rules, totals
from generator.measure import gather
from generator.model import Problem
from generator.subjects.projects.measures import MEASURES, SPLITS
from generator.tables import Draft
from generator.totals import Sort

PUBLISHED: dict[str, Sort] = {"count": "count", **dict.fromkeys(MEASURES, "count")}


def as_published(draft: Draft) -> Iterator[Problem]:
    """The count of the list, and sums of its rows for the same date, agree with what was published."""
    values: dict[str, int] = {}
    if draft.has("projects"):
        for year, n in Counter(draft.frame("projects")["year"].tolist()).items():
            values[f"projects/{year}/all/count"] = n
    if draft.has("project_progress"):
        printed = draft.frame("control_totals")
        wanted = set(zip(printed["figure"], (a[:7] if a else None for a in printed["as_of"]), strict=True))
        for by, name in SPLITS:
            pools = gather(draft.frame("project_progress"), ("year", "month", *by), tuple(MEASURES))
            for (year, month, *group), pool in pools.items():
                prefix = f"projects/{year}/{name(tuple(group))[0]}"
                found = {f"{prefix}/{measure}": total for measure, total in pool.sums.items()}
                values |= {figure: total for figure, total in found.items() if (figure, month) in wanted}
    yield from totals.against_control_totals(draft, values)


def regions(draft: Draft) -> Iterator[Problem]:
    """Rows are reported for parts of the city, never for the whole."""
    if draft.has("project_progress"):
        yield from rules.partition_of_regions(draft, "project_progress")


RULES = (as_published, regions)
