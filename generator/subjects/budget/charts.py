"""The subject's pictures. Each takes plain rows and a width, and gives a Vega-Lite specification.

Amounts in rows are numbers in 亿元 or 万元, for drawing only; what is printed beside a mark comes as text.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import altair as alt

from generator.charts import (
    GRID,
    INK,
    MUTED,
    OCHRE,
    PALE,
    PAPER,
    TEAL,
    WIDE,
    clearing,
    filled,
    fitted,
    house,
    months_axis,
    reach,
    text_width,
)

Rows = list[dict[str, Any]]
Spec = dict[str, Any]
SERIES = {"安排": MUTED, "下达": OCHRE, "拨付": TEAL}
BARS = {"安排": PALE, "下达": OCHRE, "拨付": TEAL}
DASHES = {"安排": [2, 3], "下达": [7, 3], "拨付": [1, 0]}
QUIET = alt.Axis(ticks=False, domain=False, labelColor=INK, labelPadding=6)
ROWS = alt.NamedData("rows")
FIRST = 0.5  # where the months begin, a little before January


def _plot(rows: Rows, width: int) -> float:
    """Pixels beside the row labels."""
    return width - 12 - max((text_width(r["label"]) for r in rows), default=0)


def _labels(**axis: Any) -> alt.Y:
    return alt.Y("label:N", sort=None, title=None, axis=alt.Axis(**{**QUIET.to_dict(), **axis}))


@cache
def _chain(width: int) -> Spec:
    top = alt.param(name="top", value=1)
    scale = alt.Scale(domainMin=0, domainMax=alt.expr("top"), nice=False)
    x = alt.X("share:Q", scale=scale, axis=None)
    colour = alt.Color("label:N", legend=None, scale=alt.Scale(domain=list(BARS), range=list(BARS.values())))
    base = alt.Chart(ROWS).encode(x=x, y=_labels())
    bars = base.mark_bar(height=20).encode(color=colour)
    text = base.mark_text(align="left", dx=6).encode(x=alt.X("end:Q", scale=scale, axis=None), text="shown:N")
    whole = alt.Chart(ROWS).transform_filter("datum.label === '安排'")
    rule = whole.mark_rule(color=INK, strokeWidth=1.5).encode(x=alt.XDatum(1, scale=scale))
    name = whole.mark_text(baseline="bottom", dy=-3, color=MUTED).encode(
        x=alt.XDatum(1, scale=scale), y=alt.value(0), text=alt.value("100 %")
    )
    return house((bars + text + rule + name).add_params(top), width, 124)


def chain(rows: Rows, width: int) -> Spec:
    """Three bars on one scale with a tick at 100 %: rows of label, share (1 is 安排; null when missing), end, shown."""
    marks = [(r["end"], r["shown"]) for r in rows]
    return filled(_chain(width), rows, top=reach(marks, _plot(rows, width)))


@cache
def _months(width: int) -> Spec:
    wide = width >= WIDE
    axis = months_axis(width)
    top = alt.param(name="top", value=12)
    x = alt.X("month:Q", axis=axis, scale=alt.Scale(domainMin=FIRST, domainMax=alt.expr("top"), nice=False, zero=False))
    y = alt.Y("value:Q", title=None, scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=4, domain=False, ticks=False))
    colour = alt.Color("series:N", legend=None, scale=alt.Scale(domain=list(SERIES), range=list(SERIES.values())))
    dash = alt.Scale(domain=list(DASHES), range=list(DASHES.values()))
    base = alt.Chart(ROWS).encode(x=x, y=y, color=colour)
    # A month with gaps breaks the line: no rise or fall is claimed from it.
    lines = (
        base.transform_calculate(firm="datum.whole ? datum.value : null")
        .mark_line(strokeWidth=2)
        .encode(y=alt.Y("firm:Q"), strokeDash=alt.StrokeDash("series:N", legend=None, scale=dash))
    )
    full = base.transform_filter("datum.whole").mark_point(filled=True, size=28, opacity=1)
    hollow = base.transform_filter("!datum.whole && datum.value !== null").mark_point(fill=PAPER, size=36, opacity=1)
    last = base.transform_filter("datum.tag !== null").mark_text(align="left", dx=8).encode(text="tag:N", y="at:Q")
    return house(
        (clearing(ROWS).encode(x=x) + lines + full + hollow + last).add_params(top), width, 280 if wide else 240
    )


def months(rows: Rows, width: int) -> Spec:
    """Cumulative lines by month: rows of month (1 to 12), series, value or null, whole (no gaps), tag, its height."""
    left = text_width(f"{max((r['value'] or 0 for r in rows), default=0):,.0f}") + 12
    tags = [(12 - FIRST, r["tag"]) for r in rows if r["tag"]] or [(12 - FIRST, "")]
    return filled(_months(width), rows, top=FIRST + reach(tags, width - left))


@cache
def _bullet(width: int, count: int) -> Spec:
    top = alt.param(name="top", value=1)
    scale = alt.Scale(domainMin=0, domainMax=alt.expr("top"), nice=False)
    axis = alt.Axis(title=None, tickCount=4, domain=False, ticks=False)

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=scale, axis=axis)

    base = alt.Chart(ROWS).encode(y=_labels())
    allocated = base.mark_bar(height=18, color=PALE).encode(x=x("allocated"))
    paid = base.mark_bar(height=8, color=TEAL).encode(x=x("paid"))
    issued = base.mark_tick(color=OCHRE, thickness=3, size=22, opacity=1).encode(x=x("issued"))
    text = base.mark_text(align="left", dx=8).encode(x=x("most"), text="shown:N")
    return house((allocated + paid + issued + text).add_params(top), width, 34 * count + 30)


def bullet(rows: Rows, width: int) -> Spec:
    """For each label a light bar (安排), a dark one (拨付), a tick (下达): rows of label, the amounts, most, shown."""
    marks = [(r["most"], r["shown"]) for r in rows]
    rows = fitted(rows, 260 if width >= WIDE else 110)
    return filled(_bullet(width, len(rows)), rows, top=reach(marks, _plot(rows, width)))


@cache
def _rates(width: int, count: int) -> Spec:
    low, high = alt.param(name="low", value=0), alt.param(name="high", value=100)
    scale = alt.Scale(domainMin=alt.expr("low"), domainMax=alt.expr("high"), nice=False, zero=False)
    axis = alt.Axis(title=None, orient="top", labelExpr="datum.value + ' %'", tickCount=4, grid=False, domainColor=GRID)

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=scale, axis=axis)

    y = _labels(grid=True)
    base = alt.Chart(ROWS).encode(y=y)
    rule = alt.Chart(ROWS).mark_rule(color=INK, strokeWidth=1).encode(x=alt.XDatum(100, scale=scale, axis=axis))
    issued = base.mark_point(color=OCHRE, fill=PAPER, size=60, strokeWidth=2, opacity=1).encode(x=x("issued"))
    paid = base.mark_point(color=TEAL, filled=True, size=64, opacity=1).encode(x=x("paid"))
    return house((rule + issued + paid).add_params(low, high), width, 24 * count + 34)


def rates(rows: Rows, width: int) -> Spec:
    """A dot for each 拨付率, a ring for each 下达率, a rule at 100 %: rows of label, issued, paid (percent or null)."""
    found = [v for r in rows for v in (r["issued"], r["paid"]) if v is not None] or [100.0]
    rows = fitted(rows, 340 if width >= WIDE else 120)
    return filled(_rates(width, len(rows)), rows, low=min(90.0, *found) - 4, high=max(110.0, *found) + 4)
