"""Small hand-made tables of the ten things, over the shipped contract."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from generator import contract, plan
from generator.contract import Contract
from generator.model import Chart, Missing, Page
from generator.subject import Site
from generator.subjects import SUBJECTS
from generator.subjects.grievances import GRIEVANCES
from generator.tables import FILE, ROW, Draft, Tables
from tests import toy

SHIPPED = contract.load(Path(__file__).parents[2] / "data")
NOT = Missing.NOT_REPORTED
CHANNELS = ("12345热线", "来信", "来访", "网络留言", "问卷调查")
START, DEADLINE = "2021-03-15", "2021-12-31"
Row = Mapping[str, Any]
REGIONS = ({"code": "510903", "name": "东山区", "kind": "区", "reports": "是"},)


def thing(number: int, title: str = "", **more: Any) -> dict[str, Any]:
    """A row of table ``grievances``."""
    return {"year": 2021, "number": number, "title": title or f"第{number}件", "category": "出行", "lead": "示例单位甲",
            "partners": ("示例单位乙",), "goal": "办好", "start": START, "deadline": DEADLINE, "source": "gov",
            **more}  # fmt: skip


def origin(number: int, channel: str, count: Any, **more: Any) -> dict[str, Any]:
    """A row of table ``grievance_origins``."""
    return {"year": 2021, "grievance": number, "channel": channel, "count": count, "source": "gov", **more}


def vote(candidate: int, votes: Any, number: Any = Missing.NOT_APPLICABLE, **more: Any) -> dict[str, Any]:
    """A row of table ``votes``; a candidate that became a thing was chosen."""
    chosen = "否" if isinstance(number, Missing) else "是"
    return {"year": 2021, "candidate": candidate, "title": f"候选{candidate}", "votes": votes, "chosen": chosen,
            "grievance": number, "source": "gov", **more}  # fmt: skip


def task(number: int, n: int, planned: str, actual: str | None, **more: Any) -> dict[str, Any]:
    """A row of table ``grievance_tasks``."""
    return {"year": 2021, "grievance": number, "number": n, "title": f"任务{n}", "lead": "示例单位甲",
            "planned": planned, "actual": actual, "source": "gov", **more}  # fmt: skip


def month(number: int, m: int, work: Any, claim: str | None = None, **more: Any) -> dict[str, Any]:
    """A row of table ``grievance_progress``: work in per cent, or why it is missing."""
    share = work if isinstance(work, Missing) else Fraction(work, 100)
    return {"year": 2021, "grievance": number, "month": f"2021-{m:02d}", "work": share, "lifecycle": claim,
            "source": "gov", **more}  # fmt: skip


def survey(number: int, n: int, sample: Any, satisfied: Any, fair: Any, **more: Any) -> dict[str, Any]:
    """A row of table ``satisfaction``."""
    counts = (sample, satisfied, fair)
    rest = NOT if any(isinstance(c, Missing) for c in counts) else sample - satisfied - fair
    return {"year": 2021, "grievance": number, "round": n, "date": f"2021-{6 + n:02d}-16", "method": "随机电话",
            "sample": sample, "satisfied": satisfied, "fair": fair, "dissatisfied": rest, "source": "gov",
            **more}  # fmt: skip


def _with_years(years: Iterable[int]) -> Contract:
    """The shipped contract with a file of each yearly table for each year."""
    once = {r.table.id: r for r in SHIPPED.resources}
    files = [
        replace(r, name=f"{name}-{year}", year=year, path=f"{name}/{year}.csv") if r.year else r
        for name, r in once.items() for year in (sorted(years) if r.year else (None,))
    ]  # fmt: skip
    return replace(SHIPPED, resources=tuple(files))


def tables(**rows: Iterable[Row]) -> Tables:
    """Public tables."""
    given = {"regions": REGIONS, **{name: list(found) for name, found in rows.items()}}
    years = {2021, *(row["year"] for found in given.values() for row in found if "year" in row)}
    return toy.tables(_with_years(years), given)


def draft(**rows: Iterable[Row]) -> Draft:
    """The same as a draft: rows are numbered as Excel shows them."""
    made = tables(**rows)
    frames = {n: f.assign(**{FILE: f"{n}.csv", ROW: range(2, len(f) + 2)}) for n, f in made.frames.items()}
    return Draft(made.contract, frames)


def site(as_of: str | None = None, **rows: Iterable[Row]) -> Site:
    """The shipped subjects over these tables."""
    return plan.site_of(tables(**rows), SUBJECTS, toy.IDENTITY, as_of)


def pages(found: Site) -> dict[str, Page]:
    """The subject's own pages, by path."""
    return {p.path: p for p in GRIEVANCES.pages(found)}


def picture(page: Page, name: str) -> Chart:
    """The chart of a page whose id ends so."""
    return next(c for c in page.charts if c.id.endswith(name))


def heavy(
    count: int = 3, title: str = "城镇老旧小区停车难、消防通道被占(含地下车库不开放和单位停车场夜间不共享)"
) -> Site:
    """A year with everything: long names, gaps, a thing that was reopened, few people asked."""
    numbers = range(1, count + 1)
    work = {3: 5, 6: 40, 9: 100, 11: 70, 12: 78}
    return site(
        grievances=[thing(n, f"{title}{n}", source="demo") for n in numbers],
        grievance_origins=[origin(n, c, 1_234 * n, source="demo") for n in numbers for c in CHANNELS],
        votes=[vote(n, 90_000 - n, n, title=f"{title}{n}", source="demo") for n in numbers]
        + [vote(99, 12, title=title, source="demo")],
        grievance_tasks=[task(n, 1, "2021-06-30", "2021-07-02", source="demo") for n in numbers],
        grievance_progress=[
            month(n, m, NOT if (n, m) == (1, 6) else share - n if share < 100 else share, source="demo")
            for n in numbers for m, share in work.items()
        ],
        satisfaction=[survey(n, r, 38 * n, 10 * n, 9 * n, source="demo") for n in numbers for r in (1, 2)],
    )  # fmt: skip
