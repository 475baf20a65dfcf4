"""What must hold of the list of projects, of their progress and their milestones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from generator import format as fmt
from generator import rules, totals
from generator.measure import gather
from generator.model import Level, Problem
from generator.subjects.projects import plausible
from generator.subjects.projects.measures import MEASURES, SPLITS
from generator.subjects.projects.standing import FALLS, Standings
from generator.tables import ROW, Draft
from generator.totals import Sort

PUBLISHED: dict[str, Sort] = {"count": "count", **dict.fromkeys(MEASURES, "count")}
TITLES = {
    "stop_reason": "终止的日期和原因",
    "target_side": "目标方向与填报的列",
    "work_falls": "进度变小",
    "status_disagrees": "填报与数据不一致",
    **plausible.TITLES,
}


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


def dates(draft: Draft) -> Iterator[Problem]:
    """A project ends after it begins; a month is reported after it has ended."""
    yield from rules.in_order(draft, "projects", "start", "deadline")
    yield from rules.in_order(draft, "projects", "start", "stopped")
    yield from rules.reported_after(draft, "project_progress")


def stopped(draft: Draft) -> Iterator[Problem]:
    """A project that was stopped says on which day and why."""
    for row in draft.rows("projects"):
        if bool(row["stopped"]) == bool(row["stop_reason"]):
            continue
        lacking, given = ("stop_reason", "终止日期") if row["stopped"] else ("stopped", "终止原因")
        yield rules.at(
            draft, "projects", row, lacking, rule="stop_reason", level=Level.ERROR,
            message=f"填了{given},这一格却是空的。", remedy="终止的项目,日期和原因都要公布;没有终止的,两格都留空。",
        )  # fmt: skip


def sides(draft: Draft) -> Iterator[Problem]:
    """What is to be enough is counted in 完成数, what is to fall in 现值; never in the other."""
    falling = {(r["year"], r["number"]): r["direction"] == FALLS for r in draft.rows("projects")}
    for row in draft.rows("project_progress"):
        falls = falling.get((row["year"], row["project"]))
        wrong, right = ("done", "现值") if falls else ("now", "完成数")
        if falls is None or row[wrong] is None:
            continue
        direction = "不超过" if falls else "不少于"
        yield rules.at(
            draft, "project_progress", row, wrong, rule="target_side", level=Level.ERROR,
            message=f"这个项目的目标方向是{direction},数应当填在“{right}”里。",
            remedy=f"把数移到“{right}”,这一格填不涉及;或改正项目表里的目标方向。", allowed="不涉及",
        )  # fmt: skip


def falls(draft: Draft) -> Iterator[Problem]:
    """形象进度 of a place does not become smaller from one month to the next."""
    series: dict[tuple[int, int, str], list[dict[str, object]]] = {}
    for row in draft.rows("project_progress"):
        if row["month"] and row["work"] is not None and row["project"] is not None:
            series.setdefault((row["year"], row["project"], row["region"]), []).append(row)
    for rows in series.values():
        for before, row in pairwise(sorted(rows, key=lambda r: str(r["month"]))):
            if row["work"] < before["work"]:  # type: ignore[operator]
                old, new = (fmt.percent(r["work"], 0) for r in (before, row))  # type: ignore[arg-type]
                yield rules.at(
                    draft, "project_progress", row, "work", rule="work_falls", level=Level.WARNING,
                    message=f"从 {before['month']} 的 {old} 降到 {new}。",
                    remedy="形象进度是累计数:核对这两个月;确实要调减的,请单位在“单位说明”里写明原因。",
                )  # fmt: skip


def disagree(draft: Draft) -> Iterator[Problem]:
    """The state that a unit reports is the one that its figures give (docs/method.md, 做到哪一步).

    Where a project's dates are wrong, so is the time that has passed: that error is enough.
    """
    for year in draft.years("projects"):
        standings = Standings(draft, year)
        for month in standings.months:
            for report in standings.reports(month):
                plan = standings.plans[report.row["project"]]
                if not report.disagrees or ROW not in report.row or plan.deadline < plan.start:
                    continue
                said = "、".join(w for w in (report.row["lifecycle"], report.row["schedule"]) if w)
                standing = report.standing
                why = (
                    f"形象进度 {fmt.percent(standing.work)},时间已过 {fmt.percent(standing.time)}"
                    if standing.work is not None
                    else ""
                )
                yield rules.at(
                    draft, "project_progress", report.row, "lifecycle", rule="status_disagrees", level=Level.NOTE,
                    message=f"填报的是“{said}”,按数据是“{standing.word}”({why})。",
                    remedy="网站上两种都会列出。请单位核对状态和进度,改正填错的一处。", allowed=standing.word,
                )  # fmt: skip


RULES = (as_published, regions, dates, stopped, sides, falls, disagree, *plausible.RULES)
