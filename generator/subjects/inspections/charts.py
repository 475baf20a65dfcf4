"""The subject's pictures. Each takes plain rows and a width, and gives a Vega-Lite specification."""

from __future__ import annotations

from functools import cache
from typing import Any

import altair as alt

from generator.charts import GRID, INK, OCHRE, PALE, PAPER, TEAL, WIDE, filled, fitted, house, reach, text_width

Rows = list[dict[str, Any]]
Spec = dict[str, Any]
ROWS = alt.NamedData("rows")
BAND = 40  # pixels for a line of dots
DOT = 9  # pixels that a dot takes up, in either direction
LANES = 15  # so many are told apart in one place; more lie on one another


@cache
def _months(width: int) -> Spec:
    wide = width >= WIDE
    top = alt.param(name="top", value=1)
    axis = alt.Axis(
        title=None, labelAngle=0, labelExpr="datum.value + '月'", ticks=False, domainColor=GRID,
        values=list(range(1, 13)) if wide else [1, 4, 8, 12],
    )  # fmt: skip
    x = alt.X("month:O", axis=axis, scale=alt.Scale(domain=list(range(1, 13)), paddingInner=0.3, paddingOuter=0.2))
    scale = alt.Scale(domainMin=0, domainMax=alt.expr("top"), nice=False)
    base = alt.Chart(ROWS).encode(x=x)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=scale, axis=None)

    found = base.mark_bar(color=PALE, width={"band": 1}).encode(y=y("found"))
    mended = base.mark_bar(color=TEAL, width={"band": 0.5}).encode(y=y("mended"))
    count = base.mark_text(baseline="bottom", dy=-4).encode(y=y("found"), text="found:Q")
    return house((found + mended + count).add_params(top), width, 220 if wide else 180)


def months(rows: Rows, width: int) -> Spec:
    """For each month a light bar (found) with a dark one inside (mended): rows of month (1 to 12), found, mended."""
    most = max((r["found"] or 0 for r in rows), default=0)
    return filled(_months(width), rows, top=most * 1.15 or 1.0)


@cache
def _days(width: int, count: int, band: int) -> Spec:
    top, bands = alt.param(name="top", value=1), max(count, 1)
    scale = alt.Scale(domainMin=0, domainMax=alt.expr("top"), nice=False)
    axis = alt.Axis(
        title=None, tickCount=4 if width >= WIDE else 2, domain=False, ticks=False, labelExpr="datum.value + ' 天'",
        labelOverlap="greedy", labelSeparation=8,
    )  # fmt: skip
    label = alt.Axis(ticks=False, domain=False, labelColor=INK, labelPadding=6, grid=False)
    base = alt.Chart(ROWS).encode(y=alt.Y("label:N", sort=None, title=None, axis=label))

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=scale, axis=axis)

    lane = alt.YOffset("lane:Q", scale=alt.Scale(domain=[-band / 2, band / 2], nice=False, zero=False))
    dots = base.encode(x=x("days"), yOffset=lane)
    on_time = dots.transform_filter("datum.days !== null && !datum.late").mark_point(
        color=TEAL, filled=True, size=64, opacity=1, stroke=PAPER, strokeWidth=1
    )
    late = dots.transform_filter("datum.days !== null && datum.late").mark_point(
        color=OCHRE, shape="triangle-down", fill=PAPER, size=70, strokeWidth=2, opacity=1
    )
    middle = base.mark_tick(color=INK, thickness=2, size=BAND * 0.7, opacity=1).encode(x=x("median"))
    text = (
        base.transform_filter("datum.shown !== null").mark_text(align="left", dx=10).encode(x=x("end"), text="shown:N")
    )
    return house((middle + on_time + late + text).add_params(top), width, band * bands + 30)


def days(rows: Rows, width: int) -> Spec:
    """A dot for each problem, a triangle for one mended late, a tick for the middle of each line.

    Rows of label, days and late (a problem; days null while it is open), or of label, median, end and shown.
    """
    rows = _cut(rows, 200 if width >= WIDE else 84)
    plot = width - 12 - max((text_width(r["label"]) for r in rows), default=0)
    top = reach([(r["end"], r["shown"]) for r in rows if r["shown"]], plot)
    lanes = _lanes(rows, plot / top)
    band = max(BAND, DOT * (2 * max(map(abs, lanes), default=0) + 2))
    placed = [{**r, "lane": lane * DOT} for r, lane in zip(rows, lanes, strict=True)]
    return filled(_days(width, len({r["label"] for r in rows}), band), placed, top=top)


def _lanes(rows: Rows, scale: float) -> list[int]:
    """How many dots above or below its line's middle each row's dot is, so that none hides another.

    ``scale`` is the pixels of a day. From the left, a dot takes the nearest lane whose last dot it does not touch.
    """
    order = sorted((i for i, r in enumerate(rows) if r["days"] is not None), key=lambda i: rows[i]["days"])
    choices = [lane for n in range(LANES // 2 + 1) for lane in ((n, -n) if n else (0,))]
    ends: dict[tuple[str, int], float] = {}
    lanes = [0] * len(rows)
    for i in order:
        at, label = rows[i]["days"] * scale, rows[i]["label"]
        free = (lane for lane in choices if at - ends.get((label, lane), -DOT) >= DOT)
        lanes[i] = next(free, 0)
        ends[label, lanes[i]] = at
    return lanes


def _cut(rows: Rows, limit: float) -> Rows:
    """Rows with their labels cut to a width; rows of one label keep one label."""
    names = list(dict.fromkeys(r["label"] for r in rows))
    short = {name: row["label"] for name, row in zip(names, fitted([{"label": n} for n in names], limit), strict=True)}
    return [{**r, "label": short[r["label"]]} for r in rows]
