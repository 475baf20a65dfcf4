"""Small hand-made tables of the money subjects, over a shipped contract; amounts in 分."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from generator import contract, plan
from generator.contract import Contract, Resource
from generator.subject import Site
from generator.subjects import SUBJECTS
from generator.tables import FILE, ROW, Draft, Tables
from tests import toy

CONTRACT = contract.load(Path(__file__).parents[2] / "data")
WAN = 1_000_000
REGIONS = (
    {"code": "510900", "name": "遂宁市", "kind": "市", "reports": "否"},
    {"code": "510903", "name": "船山区", "kind": "区", "reports": "是"},
    {"code": "510904", "name": "安居区", "kind": "区", "reports": "是"},
    {"code": "local-hedong", "name": "河东新区", "kind": "市直园区", "reports": "是"},
)
UNITS = (
    {"id": "u1", "name": "示例单位甲", "source": "gov"},
    {"id": "u2", "name": "示例单位乙", "source": "gov"},
)
Row = Mapping[str, Any]


def row(project: int, region: str, level: str, month: str | None, *amounts: Any, **more: Any) -> dict[str, Any]:
    """A row of table ``budget``: 安排, 下达, 拨付 in 分, or why they are missing."""
    allocated, issued, paid = amounts
    return {"year": 2021, "project": project, "region": region, "level": level, "month": month, "allocated": allocated,
            "issued": issued, "paid": paid, "source": "gov", **more}  # fmt: skip


def project(number: int, title: str = "", **more: Any) -> dict[str, Any]:
    """A row of table ``projects``."""
    return {"year": 2021, "number": number, "title": title or f"项目{number}", "category": "教育", "lead": "示例单位甲",
            "baseline": toy.Missing.NOT_APPLICABLE, "source": "gov", **more}  # fmt: skip


def progress(number: int, region: str, month: str | None, target: Any, done: Any, **more: Any) -> dict[str, Any]:
    """A row of table ``project_progress``."""
    return {"year": 2021, "project": number, "region": region, "month": month, "target": target, "done": done,
            "now": toy.Missing.NOT_APPLICABLE, "work": toy.Missing.NOT_REPORTED, "source": "gov", **more}  # fmt: skip


def problem(number: int, found: str, mended: str | None, deadline: str | None = None, **more: Any) -> dict[str, Any]:
    """A row of table ``inspections``, of the month in which it was found."""
    return {"year": 2021, "month": found[:7], "number": number, "method": "月调度", "kind": "进度",
            "problem": f"问题{number}", "project": toy.Missing.NOT_APPLICABLE, "grievance": toy.Missing.NOT_APPLICABLE,
            "region": "510903", "lead": "示例单位甲", "found": found, "deadline": deadline, "mended": mended,
            "result": None, "source": "demo", **more}  # fmt: skip


def news(number: int, date: str, **more: Any) -> dict[str, Any]:
    """A row of table ``updates``."""
    return {"year": 2021, "number": number, "date": date, "kind": "工作动态", "title": f"动态{number}",
            "text": "第一段。\n\n第二段。", "project": toy.Missing.NOT_APPLICABLE,
            "grievance": toy.Missing.NOT_APPLICABLE, "unit": None, "region": None, "source": "demo",
            **more}  # fmt: skip


def _with_years(years: Iterable[int]) -> Contract:
    """The contract with a file of each yearly table for each year."""
    files: dict[str, Resource] = {}
    for r in CONTRACT.resources:
        for year in [None] if r.year is None else years:
            found = (
                r
                if year is None
                else replace(r, name=f"{r.table.id}-{year}", year=year, path=f"{r.table.id}/{year}.csv")
            )
            files[found.label] = found
    return replace(CONTRACT, resources=tuple(files.values()))


def tables(budget: Iterable[Row] = (), **more: Iterable[Row]) -> Tables:
    """Public tables; projects that have money are listed unless ``projects`` says otherwise."""
    rows = list(budget)
    listed = [project(n) for n in sorted({r["project"] for r in rows})]
    given = {
        "regions": REGIONS,
        "budget": rows,
        "projects": listed,
        "units": UNITS,
        **{name: list(found) for name, found in more.items()},
    }
    years = {2021, *(row["year"] for found in given.values() for row in found if "year" in row)}
    return toy.tables(_with_years(sorted(years)), given)


def draft(budget: Iterable[Row] = (), **more: Iterable[Row]) -> Draft:
    """The same as a draft: rows are numbered as Excel shows them."""
    frames = {
        name: f.assign(**{FILE: f"{name}.csv", ROW: range(2, len(f) + 2)})
        for name, f in tables(budget, **more).frames.items()
    }
    return Draft(CONTRACT, frames)


def site(budget: Iterable[Row] = (), as_of: str | None = None, **more: Iterable[Row]) -> Site:
    """The shipped subjects over these tables."""
    return plan.site_of(tables(budget, **more), SUBJECTS, toy.IDENTITY, as_of)


MONTHS = tuple(f"2021-{m:02d}" for m in range(1, 13))
LEVELS = ("中央", "省", "市", "县", "其他")


def heavy(projects: int = 30, title: str = "城镇老旧小区改造及配套基础设施建设提升工程(含加装电梯、雨污分流)") -> Site:
    """A year with everything: long names, twelve months with gaps, all levels and regions, rates far over 100 %."""
    codes = [r["code"] for r in REGIONS if r["reports"] == "是"]
    rows = []
    for number in range(1, projects + 1):
        for n, month in enumerate(MONTHS, 1):
            for i, code in enumerate(codes):
                level = LEVELS[(number + i) % len(LEVELS)]
                base = number * 1_234_567_891 + i
                gap = n == 3 and number == 1
                paid = toy.Missing.NOT_REPORTED if gap else base * n * (number + 5) // 150
                rows.append(row(number, code, level, month, base, base * n // 11, paid, source="demo"))
    return site(
        rows,
        regions=[{**r, "name": f"{r['name']}经济技术开发区管理委员会"} for r in REGIONS],
        projects=[project(n, f"{title}{n}", source="demo") for n in range(1, projects + 1)],
        project_progress=[
            progress(n, code, month, 100, 8 * m, work=Fraction(8 * m, 100), source="demo")
            for n in range(1, projects + 1)
            for code in codes
            for m, month in enumerate(MONTHS, 1)
        ],
        inspections=[problem(1, "2021-03-01", "2021-05-01", "2021-04-01", project=1), problem(2, "2021-06-01", None)],
        control_totals=[
            toy.control(f"budget/2021/all/{m}", v, "亿元", as_of="2021-12-31", precision="约")
            for m, v in (("allocated", "32.14"), ("issued", "34.17"), ("paid", "32.4"))
        ],
    )
