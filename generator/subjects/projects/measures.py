"""Livelihood projects as figures: the list, targets and what was done, how far each is; and the counts of ``tallies``.

Numbers keep the units that documents print. Percentages are exact fractions; how a project stands is judged in
``standing``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from generator.measure import ABSENT, ANY, Figures, gather, published, reference
from generator.model import Figure, Kind, Missing, Precision, RowRef
from generator.subjects.projects import tallies
from generator.subjects.projects.standing import Plan, there, work_of
from generator.subjects.projects.year import Year, projects, record, years
from generator.tables import BLANK, KIND, Tables

MEASURES = {"target": "目标数", "done": "完成数", "now": "现值"}
REACHED = ("target", "done")  # of what is to be enough; what is to fall has no 完成数
POINTS = "个百分点"
Group = tuple[Any, ...]


# What a figure is a sum over, and from the values of those columns the id's key and the key pattern of the rows.
SPLITS: tuple[tuple[tuple[str, ...], Callable[[Group], tuple[str, tuple[str, str]]]], ...] = (
    ((), lambda g: ("all", (ANY, ANY))),
    (("project",), lambda g: (record(g[0]), (str(g[0]), ANY))),
    (("project", "region"), lambda g: (f"{record(g[0])}+r{g[1]}", (str(g[0]), g[1]))),
)


def of(figures: Figures, year: int, key: str, measure: str) -> Figure | None:
    """A figure of this subject by its parts, or ``None``."""
    return figures.get(f"projects/{year}/{key}/{measure}")


# --- the list, and its sums -------------------------------------------------------------------------------


def _count(tables: Tables, year: int) -> Iterator[Figure]:
    frame = tables.frame("projects")
    rows = frame[frame["year"] == year]
    sources = "+".join(sorted(set(rows["source"])))
    yield Figure(
        id=f"projects/{year}/all/count_sum",
        label="列出的民生实事",
        value=len(rows),
        unit="件",
        as_of=None,
        precision=Precision.EXACT,
        formula="项目表里的行数",
        rows=(RowRef(f"projects:{year}", f"{year}/{ANY}", sources, len(rows)),),
        kind=Kind.weakest({Kind(k) for k in rows[KIND]}),
    )


def _sums(tables: Tables, year: int) -> Iterator[Figure]:
    """Targets and what was done, as of the newest month; only what some row reports."""
    if not tables.has("project_progress"):
        return
    frame = tables.frame("project_progress")
    frame = frame[frame["year"] == year]
    months = sorted({m for m in frame["month"] if m})
    newest = months[-1] if months else None
    frame = frame[frame["month"] == newest] if newest else frame
    units = {p["number"]: p["measure_unit"] or "" for p in projects(tables, year)}
    for by, name in SPLITS:
        for group, pool in gather(frame, by, tuple(MEASURES)).items():
            key, parts = name(group)
            if key == "all" and len(units) > 1:  # kindergartens and kilometres do not add up
                continue
            for measure, label in MEASURES.items():
                lacks = pool.lacking(measure)
                if pool.sums.get(measure) is None and {kind for kind, _ in lacks} == {Missing.NOT_APPLICABLE}:
                    continue
                yield Figure(
                    id=f"projects/{year}/{key}/{measure}{'_sum' if key == 'all' else ''}",
                    label=label,
                    value=pool.sums.get(measure),
                    unit=units.get(group[0], "") if group else "",
                    as_of=newest,
                    precision=Precision.EXACT,
                    formula=f"各行{label}相加",
                    rows=(reference(f"project_progress:{year}", (str(year), *parts, newest or BLANK), pool, measure),),
                    kind=Kind.weakest(pool.kinds),
                    lacks=lacks,
                )


# --- progress ---------------------------------------------------------------------------------------------


def _lacking(lacks: Counter[Missing]) -> tuple[tuple[Missing, int], ...]:
    return tuple((kind, lacks[kind]) for kind in Missing if lacks[kind])


def _ratio(year: Year, number: int, month: str, suffix: str) -> Iterator[Figure]:
    """形象进度, the share of time, and their difference, of one project at one month's end."""
    plan: Plan = year.standings.plans[number]
    rows = year.rows(number, month)
    if not there(rows):
        return
    work, lacks = work_of(rows, plan)
    missing = sum(lacks.values())
    selected = tuple(year.selection(rows, str(number), ANY, month, missing=missing))
    promise, time = tuple(year.promise([number])), plan.time(month)
    how = "各行形象进度的平均" if plan.falls else "各行形象进度按目标数加权平均；都没有报形象进度的，用完成数 ÷ 目标数"
    prefix, kind = f"projects/{year.year}/{record(number)}", year.kind(rows, ())
    yield Figure(
        f"{prefix}/work{suffix}", "形象进度", work, "%", month, Precision.EXACT, how, selected, kind, _lacking(lacks),
        base="目标数",
    )  # fmt: skip
    yield Figure(
        f"{prefix}/time{suffix}", "时间进度", time, "%", month, Precision.EXACT,
        "从开始日期到月底（终止的到终止日期）的天数 ÷ 从开始日期到完成时限的天数", promise,
        year.kind((), [number]), base="全程天数",
    )  # fmt: skip
    if suffix or plan.stopped:
        return
    yield Figure(
        f"{prefix}/margin", "形象进度减时间进度", None if work is None else (work - time) * 100, POINTS, month,
        Precision.EXACT, "形象进度 − 时间进度", (*selected, *promise), year.kind(rows, [number]), _lacking(lacks),
        places=1,
    )  # fmt: skip


def _parts(year: Year, number: int, month: str) -> Iterator[Figure]:
    """形象进度 of each place's part of a project: as its row says, by the numbers where it has none to say."""
    for row in year.rows(number, month):
        if row.get(ABSENT):
            continue
        work, lacks = work_of([row], year.standings.plans[number])
        if row["work"] is not None:  # no weight is needed where there is nothing to weigh against
            work, lacks = row["work"], Counter()
        parts = (str(number), row["region"], month)
        yield Figure(
            f"projects/{year.year}/{record(number)}+r{row['region']}/work", "形象进度", work, "%", month,
            Precision.EXACT, "这一行的形象进度；不涉及或待定的，用完成数 ÷ 目标数",
            tuple(year.selection([row], *parts, missing=sum(lacks.values()))), year.kind([row], ()), _lacking(lacks),
            base="目标数",
        )  # fmt: skip


def _progress(year: Year) -> Iterator[Figure]:
    for number in year.projects:
        for month in year.standings.by_month.get(number, {}):
            yield from _ratio(year, number, month, f"@{month}")
            if month == year.newest:
                yield from _ratio(year, number, month, "")
                yield from _parts(year, number, month)


def figures(tables: Tables) -> Iterator[Figure]:
    """Published totals under ``projects/``, counts of the list, targets, progress, states and reports."""
    rows: list[Figure] = []
    for number in years(tables):
        rows += [*_count(tables, number), *_sums(tables, number)]
        year = tables.once(Year, number)
        rows += [*_progress(year), *tallies.states(year), *tallies.reports(year), *tallies.ages(year)]
    ids = {f.id for f in rows}  # a total published for one of them is only held against it
    yield from (f for f in published(tables.frame("control_totals"), "projects/") if f.id not in ids)
    yield from rows
