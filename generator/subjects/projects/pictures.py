"""What is drawn of projects: rows for the pictures, and titles that say the finding.

A title claims only what the same figures say, as they are shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from generator import format as fmt
from generator.charts import spread
from generator.measure import basis
from generator.model import Chart, Field, Figure
from generator.subjects.projects import charts
from generator.subjects.projects.tallies import STATES
from generator.view import prose

Counts = Mapping[str, Figure]  # by state, in the order of STATES
ORDER = ("done", "ahead", "on", "behind", "idle", "stopped", "silent")


def number(figure: Figure) -> int:
    """A count's value."""
    return int(figure.value or 0)


def states_finding(counts: Mapping[str, int], month: str) -> str:
    """How many of all are done, and which of the others there are, as of a month's end."""
    whole = sum(counts.values())
    rest = [f"{counts[name]} 个{STATES[name]}" for name in ORDER[1:] if counts.get(name)]
    head = f"到 {fmt.month(month)}底，{whole} 个项目"
    if not rest:
        return f"{head}全部完成" if whole else f"{head}"
    done = f"{counts['done']} 个已完成，" if counts.get("done") else "还没有一个完成，"
    return f"{head}：{done}{'、'.join(rest)}"


def states(year: int, by_month: Mapping[str, Counts]) -> Chart:
    """Stacks of states by month; the last one's segments carry their names."""
    rows: list[dict[str, Any]] = []
    last = max(by_month)
    ends: list[tuple[float, int]] = []
    for month, counts in by_month.items():
        base = 0
        for name in ORDER:
            value = number(counts[name])
            if not value:
                continue
            tag = f"{STATES[name]} {value}" if month == last else None
            segment = {"state": STATES[name], "count": value, "from": base, "to": base + value, "tag": tag, "at": None}
            rows.append({"month": int(month[5:]), **segment})
            if tag:
                ends.append((base + value / 2, len(rows) - 1))
            base += value
    most = max((r["to"] for r in rows), default=0)
    for index, height in spread(ends, most * 0.075).items():
        rows[index]["at"] = height
    return Chart(
        id=f"projects-{year}-states",
        finding=states_finding({n: number(f) for n, f in by_month[last].items()}, last),
        measure="每个月底的项目数，按状态；状态由数据按规则判定",
        describe="每月一根柱，从下到上是已完成、超序时、序时推进、滞后、未启动、已终止、未报送，表在图下",
        draw=charts.states,
        rows=rows,
        **basis([f for counts in by_month.values() for f in counts.values()]),
        fields=(
            Field("month", "月份", "月", silent=True),
            Field("state", "状态", silent=True),
            Field("count", "项目数", "个", silent=True),
        ),
    )


def _share(figure: Figure | None) -> float | None:
    return None if figure is None or figure.value is None else float(Fraction(figure.value))


def pace_finding(margins: Sequence[tuple[Fraction, str, str]]) -> str:
    """Who is furthest behind the time that has passed, from (margin in points, title, shown) of what is under way."""
    if not margins:
        return "没有正在实施的项目"
    margin, title, shown = min(margins)
    if margin < 0:
        return f"正在实施的项目里，{title}落后时间进度最多，{shown.removeprefix(fmt.MINUS)}"
    return "正在实施的项目，形象进度都不低于时间进度"


def pace(year: int, lines: Sequence[Mapping[str, Any]]) -> Chart:
    """A bar for each project: lines with label, title, state word, ``work``, ``time`` and ``margin`` figures, going."""
    rows = []
    for line in lines:
        work, short = _share(line["work"]), f"{line['mark']} {line['word']}"
        more = f" {prose(line['work'])}" if work not in (None, 1.0) else ""
        if work is not None and line["work"].gaps:  # what has been reported, beside a state that may say nothing was
            more = f"（已报的 {prose(line['work'])}，缺 {line['work'].gaps} 项）"
        rows.append({
            "label": line["label"], "work": work, "time": _share(line["time"]), "whole": 1,
            "end": max(work or 0.0, 1.0), "state": line["word"],
            "shown": short + more, "short": short,
        })  # fmt: skip
    margins = [
        (Fraction(line["margin"].value), _reported(line["margin"]) + line["title"], prose(line["margin"]))
        for line in lines
        if line["going"] and line["margin"] is not None and line["margin"].value is not None
    ]
    return Chart(
        id=f"projects-{year}-pace",
        finding=pace_finding(margins),
        measure="横条：形象进度；竖线：时间进度",
        describe="每个项目一行，按编号排列，表在图下",
        draw=charts.pace,
        rows=rows,
        **basis([line[m] for line in lines for m in ("work", "time")]),
        fields=(
            Field("label", "项目", silent=True),
            Field("shown", "状态", silent=True),
            Field("work", "形象进度", "1"),
            Field("time", "时间进度", "1"),
        ),
    )


def regions_finding(places: Sequence[tuple[str, int, int]]) -> str:
    """Where the most are behind, from (name, projects, behind)."""
    most = max((behind for _, _, behind in places), default=0)
    if not most:
        return "各地都没有滞后的项目"
    names = [name for name, _, behind in places if behind == most]
    return f"滞后最多的是{'、'.join(names)}（{'各 ' if len(names) > 1 else ''}{most} 个）"


def regions(year: int, places: Sequence[tuple[str, Counts]]) -> Chart:
    """A bar for each place: its projects by state."""
    rows: list[dict[str, Any]] = []
    for name, counts in places:
        base = 0
        mine = [(state, number(counts[state])) for state in ORDER if number(counts[state])]
        for state, value in mine:
            rows.append({
                "label": name, "state": STATES[state], "count": value, "from": base, "to": base + value, "tag": None,
            })  # fmt: skip
            base += value
        behind = number(counts["behind"])
        if mine:
            rows[-1]["tag"] = f"完成 {number(counts['done'])}/{base}" + (f" · 滞后 {behind}" if behind else "")
    totals = [(name, sum(map(number, c.values())), number(c["behind"])) for name, c in places]
    return Chart(
        id=f"projects-{year}-regions",
        finding=regions_finding(totals),
        measure="每个地方参与的项目数，按状态",
        describe="每个地方一条，先是已完成，再是实施中、滞后和其他，表在图下",
        draw=charts.regions,
        rows=rows,
        **basis([f for _, counts in places for f in counts.values()]),
        fields=(
            Field("label", "区划", silent=True),
            Field("state", "状态", silent=True),
            Field("count", "项目数", "个", silent=True),
        ),
    )


def _reported(work: Figure) -> str:
    """Whose work a figure is when not every place has reported."""
    return "已报的地方" if work.gaps and work.value is not None else ""


def three_finding(month: str, work: Figure, time: Figure | None, paid: Figure | None) -> str:
    """Work, money and time at one month's end in one sentence; what was not reported is said to be."""
    words = [f"到 {fmt.month(month)}底，{_reported(work)}形象进度 {prose(work)}"]
    if paid is not None and paid.value is not None:
        words.append(f"资金拨付 {prose(paid)}")
    if time is not None:
        words.append(f"时间已过 {prose(time)}")
    return "，".join(words)


def three(chart_id: str, month: str, work: Figure, time: Figure, paid: Figure | None) -> Chart:
    """Three bars on one scale, of one month."""
    rows = []
    for label, figure in (("形象进度", work), ("资金拨付", paid), ("时间进度", time)):
        share = _share(figure)
        shown = prose(figure) if figure else "没有同月的数"
        rows.append({"label": label, "share": share, "end": max(share or 0.0, 1.0), "shown": shown})
    return Chart(
        id=chart_id,
        finding=three_finding(month, work, time, paid),
        measure="同一把尺：工作以目标为 100 %，资金以安排为 100 %，时间以全程为 100 %",
        describe="三条横条：" + "；".join(f"{r['label']} {r['shown']}" for r in rows),
        draw=charts.three,
        rows=rows,
        **basis([work, time, paid]),
        fields=(Field("label", "指标", silent=True), Field("shown", "数值", silent=True)),
    )


def months_finding(works: Sequence[tuple[str, Figure, Figure]]) -> str:
    """How work compared with time at the last month that has a report, from (month, work, time)."""
    known = [(m, w, t) for m, w, t in works if w.value is not None]
    if not known:
        return "还没有报送形象进度"
    month, work, time = known[-1]
    return f"到 {fmt.month(month)}底，{_reported(work)}形象进度 {prose(work)}，时间已过 {prose(time)}"


def months(chart_id: str, works: Sequence[tuple[str, Figure, Figure]]) -> Chart:
    """Work against time, month by month: (month, work, time)."""
    rows: list[dict[str, Any]] = []
    ends: list[tuple[float, int]] = []
    for label, index in (("形象进度", 1), ("时间进度", 2)):
        for entry in works:
            figure: Figure = entry[index]  # type: ignore[assignment]
            rows.append({
                "month": int(entry[0][5:]), "series": label, "value": _share(figure), "whole": not figure.gaps,
                "tag": None, "at": None,
            })  # fmt: skip
        if rows[-1]["value"] is not None:
            rows[-1]["tag"] = f"{label} {prose(works[-1][index])}"  # type: ignore[arg-type]
            ends.append((rows[-1]["value"], len(rows) - 1))
    for position, height in spread(ends, 0.1).items():
        rows[position]["at"] = height
    partial = [fmt.month(m) for m, work, _ in works if work.gaps]
    gaps = f"；空心点的月份报得不全（{'、'.join(partial)}），不连线" if partial else ""
    return Chart(
        id=chart_id,
        finding=months_finding(works),
        measure=f"实线：形象进度；虚线：时间进度{gaps}",
        describe="两条线，逐月的形象进度和时间进度，表在图下",
        draw=charts.months,
        rows=rows,
        **basis([w for _, w, _ in works]),
        fields=(
            Field("month", "月份", "月", silent=True),
            Field("series", "指标", silent=True),
            Field("value", "进度", "1", silent=True),
        ),
    )
