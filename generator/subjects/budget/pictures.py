"""What is drawn of a budget year: rows for the pictures, and titles that say the finding.

A title claims only what the same figures say, as they are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from generator import format as fmt
from generator.charts import spread
from generator.measure import basis
from generator.model import Chart, Field, Figure, Kind
from generator.subjects.budget import charts
from generator.subjects.budget.measures import AMOUNTS
from generator.subjects.budget.year import Year
from generator.view import View, cell, prose


def _basis(lines: Sequence[View]) -> dict[str, Any]:
    """What a chart of some lines' cells rests on, as ``measure.basis`` says it."""
    cells = [cell for line in lines for cell in line["cells"]]
    sources = {source for cell in cells for source in cell["sources"]}
    return {"demo": any(cell["kind"] == Kind.DEMO for cell in cells), "sources": tuple(sorted(sources))}


def _over(rate: Figure | None) -> int | None:
    """How a rate, as it is shown, compares with 100 %: 1 above, 0 equal, -1 below; ``None`` without a rate."""
    if rate is None or rate.value is None:
        return None
    shown = fmt.rounded(Fraction(rate.value) * 100, rate.places)
    return (shown > 100) - (shown < 100)


def chain_finding(issued: Figure | None, paid: Figure | None) -> str:
    """What the three bars say: which of 下达 and 拨付 are above 安排, with their rates."""
    words = [f"{name} {prose(f)}" for name, f in (("下达率", issued), ("拨付率", paid)) if f and f.value is not None]
    if not words:
        return "还没有可比的数"
    paid_over = _over(paid)
    if paid_over == 1 and _over(issued) == 1:
        claim = "，都超过安排"
    else:
        claim = {1: "，拨付超过安排", 0: "，拨付与安排持平", -1: "，拨付还没有达到安排", None: ""}[paid_over]
    return "、".join(words) + claim


def chain(chart_id: str, figures: dict[str, Figure | None]) -> Chart:
    base = figures["allocated"]
    rows = []
    for measure, label in AMOUNTS.items():
        figure = figures[measure]
        rate = figures.get(f"{measure}_rate")
        known = figure is not None and figure.value is not None and base is not None and bool(base.value)
        share = float(Fraction(figure.value, base.value)) if known and figure and base else None  # type: ignore[arg-type]
        shown = prose(figure) if figure else "未报送"
        # The words stand behind the bar and behind the 100 % rule, which would cross them out.
        rows.append({
            "label": label, "share": share, "end": max(share or 0.0, 1.0),
            "shown": f"{shown} · {prose(rate)}" if rate else shown,
        })  # fmt: skip
    text = ";".join(f"{r['label']} {r['shown']}" for r in rows)
    return Chart(
        id=chart_id,
        finding=chain_finding(figures["issued_rate"], figures["paid_rate"]),
        measure="同一把尺：以安排为 100 %",
        describe=f"三条横条：{text}。竖线是安排的 100 %",
        draw=charts.chain,
        rows=rows,
        **basis(figures.values()),
        fields=(Field("label", "指标", silent=True), Field("shown", "数值", silent=True)),
    )


def _scale(year: Year, key: str) -> tuple[int, str]:
    """What a project's months are drawn in: as its table has them; of all projects, what the largest is told in."""
    if key != "all":
        return fmt.FEN_PER_WAN, "万元"
    sums = [f.value for measure in AMOUNTS for m in year.months if (f := year.sum(measure, m)) and f.value is not None]
    return fmt.scale(int(max(sums, default=0)))


def months(year: Year, key: str, name: str) -> Chart:
    scale, unit = _scale(year, key)
    rows: list[dict[str, Any]] = []
    ends: list[tuple[float, int]] = []
    drawn: list[Figure | None] = []
    for measure, label in AMOUNTS.items():
        for month in year.months:
            figure = year.get(key, measure, month) if key != "all" else year.sum(measure, month)
            drawn.append(figure)
            value = None if figure is None or figure.value is None else float(Fraction(figure.value) / scale)
            rows.append({
                "month": int(month[5:]), "series": label, "value": value, "whole": bool(figure and not figure.gaps),
                "tag": None, "at": None,
            })  # fmt: skip
            if month == year.months[-1] and figure and figure.value is not None and value is not None:
                rows[-1]["tag"] = f"{label} {fmt.grouped(fmt.rounded(Fraction(figure.value, scale), 2))}"
                ends.append((value, len(rows) - 1))
    most = max((r["value"] or 0 for r in rows), default=0)
    for index, height in spread(ends, most * 0.075).items():
        rows[index]["at"] = height
    paid = year.get(key, "paid") if key != "all" else year.sum("paid")
    rate = year.get(key, "paid_rate") if key != "all" else year.sum("paid_rate")
    partial = sorted({r["month"] for r in rows if not r["whole"]})
    gaps = f"；空心点的月份数据不全（{'、'.join(f'{m}月' for m in partial)}），不连线" if partial else ""
    last = fmt.month(year.months[-1])
    found = f"到 {last}底，{name}拨付 {prose(paid)}" if paid and paid.value is not None else f"{last}的拨付未报送"
    share = f"，为安排的 {prose(rate)}" if rate and rate.value is not None else ""
    return Chart(
        id=f"budget-{year.year}-{key}-months",
        finding=found + share,
        measure=f"年初以来累计，{unit}{gaps}",
        describe=f"{name}安排、下达、拨付三条线，逐月累计，表在图下",
        draw=charts.months,
        rows=rows,
        **basis(drawn),
        fields=(
            Field("month", "月份", "月", silent=True),
            Field("series", "指标", silent=True),
            Field("value", "累计", unit, silent=True),
        ),
    )


def spread_finding(rated: Sequence[tuple[Fraction, str, str]]) -> str:
    """Who has the highest and the lowest 拨付率, from (rate, label, shown); ties go by what is shown."""
    if not rated:
        return "还没有可比的拨付率"
    (_, top, most), (_, bottom, least) = max(rated), min(rated)
    if most == least:
        return f"拨付率都是 {most}" if len(rated) > 1 else f"{top}的拨付率是 {most}"
    return f"拨付率最高的是{top}（{most}），最低的是{bottom}（{least}）"


def bullet(lines: list[View], chart_id: str, what: str) -> Chart:
    rows = []
    lines = [line for line in lines if line["cells"]]
    yuan = [float(v["value"]) for line in lines for v in line["cells"][:3] if v["value"] is not None]
    size, unit = fmt.scale(int(max(yuan, default=0)) * fmt.FEN_PER_YUAN)
    for line in lines:
        allocated, issued, paid, _, rate = line["cells"]
        amounts = {
            m: float(v["value"]) * fmt.FEN_PER_YUAN / size if v["value"] is not None else None
            for m, v in zip(AMOUNTS, (allocated, issued, paid), strict=True)
        }
        most = max((a for a in amounts.values() if a is not None), default=0.0)
        rows.append({"label": line["label"], **amounts, "most": most, "shown": rate["prose"]})
    rated = [(Fraction(line["cells"][4]["value"]), line) for line in lines if line["cells"][4]["value"] is not None]
    return Chart(
        id=chart_id,
        finding=spread_finding([(rate, line["label"], line["cells"][4]["prose"]) for rate, line in rated]),
        measure=f"{unit}。浅条：安排；深条：拨付；竖线：下达；数字：拨付率",
        describe=f"按{what}排列的横条，从安排最多的到最少的，表在图下",
        draw=charts.bullet,
        rows=rows,
        **_basis(lines),
        fields=(
            Field("label", what, silent=True),
            Field("allocated", "安排", unit),
            Field("issued", "下达", unit),
            Field("paid", "拨付", unit),
            Field("shown", "拨付率"),
        ),
    )


def rates(year: Year, lines: list[View]) -> Chart:
    lines = [line for line in lines if line["cells"]]

    def shown(cell: View) -> float | None:
        return float(cell["value"]) * 100 if cell["value"] is not None else None

    ordered = sorted(lines, key=lambda line: -(shown(line["cells"][4]) or 0))
    words = {"over": "个拨付超过安排", "behind": "个低于序时进度"}
    claims = "，".join(f"{cell(f)} {words[m]}" for m in words if (f := year.get("all", m)))
    return Chart(
        id=f"budget-{year.year}-rates",
        finding=f"{len(lines)} 个项目：{claims}",
        measure="占安排的百分比。实心点：拨付率；空心圈：下达率；竖线：100 %",
        describe="每个项目一行，按拨付率从高到低，表在图下",
        draw=charts.rates,
        rows=[
            {"label": line["label"], "issued": shown(line["cells"][3]), "paid": shown(line["cells"][4])}
            for line in ordered
        ],
        **_basis(lines),
        fields=(Field("label", "项目", silent=True), Field("issued", "下达率", "%"), Field("paid", "拨付率", "%")),
    )
