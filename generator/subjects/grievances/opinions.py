"""What is drawn of surveys: rows for the pictures, and titles that claim no more than the intervals allow."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from generator import format as fmt
from generator.measure import basis
from generator.model import Chart, Field, Figure
from generator.subjects.grievances import charts
from generator.subjects.grievances.interval import change
from generator.subjects.grievances.pictures import Figures, percent
from generator.view import prose

MEASURE = (
    "占样本数的百分比。圆点：调查结果；"
    f"横线：全体群众里说满意或基本满意的，大约在这个范围（95{fmt.THIN}%）"
)  # fmt: skip
OPEN = "自愿填答"


def known(figure: Figure | None) -> Fraction | None:
    """A share as it is shown, for comparing."""
    if figure is None or figure.value is None:
        return None
    return Fraction(fmt.rounded(Fraction(figure.value) * 100, figure.places))


def _row(label: str, found: Figures) -> dict[str, Any]:
    share, low, high = (found.get(m) for m in ("satisfied", "low", "high"))
    shown = prose(share) if share else "没有调查"
    if share and share.value is not None and low is None:
        shown += f"，{OPEN}"
    return {"label": label, "share": percent(share), "low": percent(low), "high": percent(high), "shown": shown}


def spread_finding(asked: Sequence[tuple[str, Figures]], count: Figure) -> str:
    """Which things have the highest and the lowest share, as shown, of all that were asked about."""
    rated = [
        (share, label, prose(f["satisfied"])) for label, f in asked if (share := known(f["satisfied"])) is not None
    ]
    head = f"{prose(count)}做过调查"
    if not rated:
        return f"{head}，结果还没有报送"
    top, bottom = max(r[0] for r in rated), min(r[0] for r in rated)
    if top == bottom:
        return f"{head}，满意和基本满意的都是 {rated[0][2]}"
    best, worst = ([r for r in rated if r[0] == edge] for edge in (top, bottom))
    words = ["、".join(r[1] for r in found) for found in (best, worst)]
    return f"{head}，满意和基本满意最多的是“{words[0]}”（{best[0][2]}），最少的是“{words[1]}”（{worst[0][2]}）"


def satisfaction(chart_id: str, asked: Sequence[tuple[str, Figures]], count: Figure) -> Chart:
    """The last survey of each thing that was asked about: (label, its figures)."""
    ordered = sorted(asked, key=lambda line: -(percent(line[1]["satisfied"]) or 0))
    return _surveys(chart_id, spread_finding(asked, count), [_row(label, f) for label, f in ordered], asked)


def change_finding(rounds: Sequence[tuple[str, Figures]]) -> str:
    """Whether the last survey says more or less than the one before it: only if the difference leaves no doubt.

    Nothing is compared with answers that people chose to give: who answers changes from one time to the next.
    """
    rated = [(label, f) for label, f in rounds if f["satisfied"].value is not None]
    if not rated:
        return "结果还没有报送"
    label, last = rated[-1]
    now = f"{label}：{prose(last['satisfied'])}满意或基本满意"
    if "low" not in last:
        return f"{now}，只代表愿意答的人"
    if len(rated) < 2 or "low" not in rated[-2][1]:
        return now
    before_label, before = rated[-2]
    said = {1: f"比{before_label}多", 0: f"和{before_label}分不出高低", -1: f"比{before_label}少"}
    return f"{now}，{said[change(*_counted(before), *_counted(last))]}"


def _counted(found: Figures) -> tuple[Fraction, int]:
    """The share and the number of people of a survey whose results are known."""
    return Fraction(found["satisfied"].value or 0), int(found["sample"].value or 0)


def rounds(chart_id: str, found: Sequence[tuple[str, Figures]]) -> Chart:
    """A thing's surveys in order: (label, its figures)."""
    return _surveys(chart_id, change_finding(found), [_row(label, f) for label, f in found], found)


def _surveys(chart_id: str, finding: str, rows: list[dict[str, Any]], found: Sequence[tuple[str, Figures]]) -> Chart:
    return Chart(
        id=chart_id,
        finding=finding,
        measure=MEASURE + (f"；{OPEN}的没有这个范围" if any("low" not in f for _, f in found) else ""),
        describe="每次调查一行，表在图下",
        draw=charts.satisfaction,
        rows=rows,
        **basis([f["satisfied"] for _, f in found]),
        fields=(
            Field("label", "事项", silent=True),
            Field("share", "满意和基本满意", "%"),
            Field("low", "下限", "%", optional=True),
            Field("high", "上限", "%", optional=True),
        ),
    )
