"""What is drawn of the things of a year: rows for the pictures, and titles that say the finding.

A title claims only what the same figures say, as they are shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generator import format as fmt
from generator.charts import spread
from generator.measure import basis
from generator.model import Chart, Field, Figure
from generator.subjects.grievances import charts
from generator.subjects.grievances.states import BEHIND, State
from generator.view import prose

Figures = Mapping[str, Figure]
APART = 12  # points of a hundred between the words at two lines' ends


def percent(figure: Figure | None) -> float | None:
    """A share for drawing."""
    return None if figure is None or figure.value is None else float(figure.value * 100)


# --- where all things stand -------------------------------------------------------------------------------

LEFT = "任务没完"  # at 100 %, and not settled
CLAIMS = {"done": "已办结", "active": "整治中", "reopened": "重新打开", "idle": "未启动", "silent": "未报送"}


def standing(counts: Figures) -> str:
    """How many things are in each state, those that are none left out, and how many of them are behind."""
    words = [f"{prose(f)}{word}" for m, word in CLAIMS.items() if (f := counts.get(m)) and f.value]
    late = counts.get("behind")
    return "，".join(words) + (f"；其中 {prose(late)}滞后" if late and late.value else "")


def _word(state: State, left: bool, late: bool) -> str:
    """The state beside a bar; that it is late says enough of what is on its way, unless the bar is full."""
    return LEFT if left else "" if late and state is State.ACTIVE else str(state)


def progress(chart_id: str, counts: Figures, lines: Sequence[dict[str, Any]]) -> Chart:
    """All things by number: ``lines`` of label, state, behind, and the figures work and time."""
    rows = []
    for line in lines:
        work: Figure | None = line["work"]
        left = line["state"] is State.ACTIVE and percent(work) == 100
        words = [prose(work)] if work and work.value is not None else []
        words += [_word(line["state"], left, line["behind"])] + ([BEHIND] if line["behind"] else [])
        rows.append({
            "label": line["label"], "work": percent(work), "time": percent(line["time"]), "all": 100,
            "shown": "，".join(filter(None, words)), "behind": line["behind"], "left": left,
        })  # fmt: skip
    return Chart(
        id=chart_id,
        finding=standing(counts),
        measure="整治进度，占整治任务的百分比。条：做完的；竖线：时间进度；滞后的条颜色不同并写明"
        + ("；空心的条：还有任务没有完成，没有办结" if any(r["left"] for r in rows) else ""),
        describe="每件事一行，按编号排列，表在图下",
        draw=charts.progress,
        rows=rows,
        **basis([f for line in lines for f in (line["work"], line["time"])]),
        fields=(Field("label", "事项", silent=True), Field("shown", "整治进度"), Field("time", "时间进度", "%")),
    )


# --- a thing month by month -------------------------------------------------------------------------------


def months_finding(points: Sequence[tuple[str, Figure | None]], state: State, time: Figure | None) -> str:
    """What was reached at the end, whether it had been at 100 % before, and how much time has gone by."""
    month, last = points[-1]
    name = fmt.month(month)
    if last is None or last.value is None:
        return f"{name}的进度未报送"
    passed = f"，时间已过 {prose(time)}" if time and time.value is not None else ""
    if state is State.REOPENED:
        full = next(m for m, f in points if f is not None and f.value is not None and f.value >= 1)
        return f"{fmt.month(full)}曾到 100{fmt.THIN}%，后来重新打开，到 {name}底是 {prose(last)}{passed}"
    return f"到 {name}底做了 {prose(last)}{passed}"


def _tags(ends: list[tuple[float, int]]) -> dict[int, float]:
    """Heights for the words at the lines' ends, moved apart, and up again where one would leave the picture."""
    placed = spread(ends, APART)
    low = min(placed.values(), default=0.0)
    return {i: at - min(low, 0.0) for i, at in placed.items()}


def months(
    chart_id: str, works: Sequence[tuple[str, Figure | None]], times: Mapping[str, Figure], state: State,
) -> Chart:  # fmt: skip
    """Work and time by month: ``works`` for each month from the first, ``times`` by month."""
    rows: list[dict[str, Any]] = []
    ends: list[tuple[float, int]] = []
    series = {"整治进度": works, "时间进度": [(m, times.get(m)) for m, _ in works]}
    for name, points in series.items():
        for month, figure in points:
            value = percent(figure)
            rows.append({"month": int(month[5:]), "series": name, "value": value, "tag": None, "at": None})
            if figure is not None and value is not None and month == works[-1][0]:
                rows[-1]["tag"] = f"{name} {prose(figure)}"
                ends.append((value, len(rows) - 1))
    for index, at in _tags(ends).items():
        rows[index]["at"] = at
    gaps = [fmt.month(m) for m, f in works if f is None or f.value is None]
    return Chart(
        id=chart_id,
        finding=months_finding(works, state, times.get(works[-1][0])),
        measure="百分比。实线：整治进度；虚线：时间进度" + (f"；{'、'.join(gaps)}未报送，断开" if gaps else ""),
        describe="逐月的整治进度和时间进度，表在图下",
        draw=charts.months,
        rows=rows,
        **basis([f for points in series.values() for _, f in points]),
        fields=(
            Field("month", "月份", "月", silent=True),
            Field("series", "指标", silent=True),
            Field("value", "进度", "%", silent=True),
        ),
    )


# --- how they were found and chosen -----------------------------------------------------------------------


def channels_finding(channels: Sequence[tuple[str, Figure]]) -> str:
    """Which channel, or channels, brought the most."""
    rated = [(f.value, name, prose(f)) for name, f in channels if f.value is not None]
    if not rated:
        return "各渠道的件数还没有报送"
    most = max(value for value, _, _ in rated)
    best = [(name, text) for value, name, text in rated if value == most]
    each = "各 " if len(best) > 1 else ""
    return f"反映最多的渠道是{'、'.join(name for name, _ in best)}（{each}{best[0][1]}）"


def channels(chart_id: str, found: Sequence[tuple[str, Figure]]) -> Chart:
    """How much each channel brought: (name, figure)."""
    ordered = sorted(found, key=lambda item: -(item[1].value or 0))
    rows = [
        {"label": name, "value": None if f.value is None else float(f.value), "shown": prose(f), "chosen": True}
        for name, f in ordered
    ]
    return Chart(
        id=chart_id,
        finding=channels_finding(found),
        measure="各渠道反映的件数，问卷调查是选了这些事的份数",
        describe="每个渠道一行，从多到少，表在图下",
        draw=charts.bars,
        rows=rows,
        **basis([f for _, f in found]),
        fields=(Field("label", "名称", silent=True), Field("shown", "数量", silent=True)),
    )


def is_top(votes: Sequence[dict[str, Any]]) -> bool:
    """Whether those chosen have more votes than any that was not; all votes must be known."""
    if any(v["votes"] is None for v in votes):
        return False
    chosen, others = ([int(v["votes"]) for v in votes if (v["chosen"] == "是") is yes] for yes in (True, False))
    return bool(chosen) and (not others or min(chosen) > max(others))


def ballot_finding(candidates: Figure, chosen: Figure, votes: Sequence[dict[str, Any]]) -> str:
    """How many were chosen of how many; that they are the first by votes is said only if they are."""
    first = "得票最多的 " if is_top(votes) else ""
    return f"{prose(candidates)}候选，{first}{prose(chosen)}入选"


def ballot(chart_id: str, counts: Figures, votes: Sequence[dict[str, Any]]) -> Chart:
    """The candidates by votes: rows of table ``votes``; ``counts`` are the figures candidates and chosen."""
    ordered = sorted(votes, key=lambda v: (-(v["votes"] or 0), v["candidate"]))
    rows = []
    for v in ordered:
        number = v["votes?"] if v["votes"] is None else fmt.grouped(int(v["votes"]))
        rows.append({
            "label": v["title"], "value": None if v["votes"] is None else float(v["votes"]),
            "shown": number if v["chosen"] == "是" else f"{number}，未入选", "chosen": v["chosen"] == "是",
        })  # fmt: skip
    return Chart(
        id=chart_id,
        finding=ballot_finding(counts["candidates"], counts["chosen"], votes),
        measure="得票，票",
        describe="每个候选事项一行，从得票最多的到最少的，没有入选的颜色浅并写明，表在图下",
        draw=charts.bars,
        rows=rows,
        **basis(list(counts.values())),
        fields=(Field("label", "名称", silent=True), Field("shown", "数量", silent=True)),
    )
