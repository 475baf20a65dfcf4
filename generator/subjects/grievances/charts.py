"""The subject's pictures. Each takes plain rows and a width, and gives a Vega-Lite specification.

Shares in rows are numbers in per cent, for drawing only; what is printed beside a mark comes as text. Titles of things
are long: wide pictures have them beside the marks, narrow ones above.
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
ROWS = alt.NamedData("rows")
SERIES = {"整治进度": TEAL, "时间进度": MUTED}
DASHES = {"整治进度": [1, 0], "时间进度": [4, 3]}
HUNDRED = 100
BESIDE = 230  # the longest label beside a mark
FIRST = 0.5  # where the months begin, a little before January
END = alt.expr("top")


def _label(width: int) -> tuple[alt.Y, float]:
    """The axis of names, and how far a mark stands below its band's middle to leave room for a name above it."""
    if width >= WIDE:
        axis = alt.Axis(ticks=False, domain=False, labelColor=INK, labelPadding=6)
        return alt.Y("label:N", sort=None, title=None, axis=axis), 0
    return alt.Y("label:N", sort=None, title=None, axis=None), 10


def _named(base: alt.Chart, width: int) -> list[alt.Chart]:
    """The names above the marks, on a narrow picture."""
    if width >= WIDE:
        return []
    return [base.mark_text(align="left", baseline="bottom", dy=-2).encode(x=alt.value(0), text="label:N")]


def _cut(rows: Rows, width: int) -> tuple[Rows, float]:
    """Rows with names that fit, and the pixels that marks have beside them."""
    if width < WIDE:
        return fitted(rows, width * 0.88), width - 6  # cut by estimate, so not to the last pixel
    rows = fitted(rows, BESIDE)
    return rows, width - 16 - max((text_width(r["label"]) for r in rows), default=0)


def _height(width: int, count: int, axis: int = 26) -> int:
    return (32 if width >= WIDE else 42) * count + axis


@cache
def _progress(width: int, count: int) -> Spec:
    y, down = _label(width)
    top = alt.param(name="top", value=HUNDRED)
    scale = alt.Scale(domainMin=0, domainMax=END, nice=False)
    beside = width >= WIDE  # names above the bars would be crossed out
    axis = alt.Axis(
        title=None, values=[0, 50, 100], labelExpr="datum.value + ' %'", ticks=False, domain=False, grid=beside
    )
    colour = alt.condition("datum.behind", alt.value(OCHRE), alt.value(TEAL))
    base = alt.Chart(ROWS).encode(y=y)

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=scale, axis=axis)

    whole = base.mark_bar(height=12, color=PALE, yOffset=down).encode(x=x("all"))
    work = base.mark_bar(height=12, yOffset=down).encode(x=x("work"), color=colour)
    hole = base.transform_filter("datum.left").mark_bar(height=6, color=PAPER, yOffset=down).encode(x=x("work"))
    time = base.mark_tick(color=INK, thickness=2, size=20, opacity=1, yOffset=down).encode(x=x("time"))
    text = base.mark_text(align="left", dx=8, dy=down).encode(x=x("all"), text="shown:N")
    layers = alt.LayerChart(layer=[whole, work, hole, time, text, *_named(base, width)])
    return house(layers.add_params(top), width, _height(width, count))


def progress(rows: Rows, width: int) -> Spec:
    """Bars of work on a track to 100 %, a tick for the time that has passed.

    Rows of label, work, time (per cent or null), shown, behind (drawn in ochre), left (drawn hollow), all (100).
    """
    rows, plot = _cut(rows, width)
    marks = [(r["all"], r["shown"]) for r in rows] or [(HUNDRED, "")]
    return filled(_progress(width, len(rows)), rows, top=reach(marks, plot))


@cache
def _months(width: int) -> Spec:
    axis = months_axis(width)
    top = alt.param(name="top", value=12)
    x = alt.X("month:Q", axis=axis, scale=alt.Scale(domainMin=FIRST, domainMax=END, nice=False, zero=False))
    shares = alt.Axis(title=None, values=[0, 50, 100], labelExpr="datum.value + ' %'", ticks=False, domain=False)
    y = alt.Y("value:Q", axis=shares, scale=alt.Scale(domain=[0, HUNDRED]))
    colour = alt.Color("series:N", legend=None, scale=alt.Scale(domain=list(SERIES), range=list(SERIES.values())))
    dash = alt.Scale(domain=list(DASHES), range=list(DASHES.values()))
    base = alt.Chart(ROWS).encode(x=x, y=y, color=colour)
    # A month that was not reported breaks the line: nothing is carried over it.
    lines = base.mark_line(strokeWidth=2).encode(strokeDash=alt.StrokeDash("series:N", legend=None, scale=dash))
    work = base.transform_filter("datum.series === '整治进度' && datum.value !== null")
    points = work.mark_point(filled=True, size=36, opacity=1)
    tags = base.transform_filter("datum.tag !== null").mark_text(align="left", dx=8).encode(text="tag:N", y="at:Q")
    return house(
        (clearing(ROWS).encode(x=x) + lines + points + tags).add_params(top), width, 240 if width >= WIDE else 210
    )


def months(rows: Rows, width: int) -> Spec:
    """Work (solid) against time (dashed): rows of month (1 to 12), series, value (per cent, null), tag, its height."""
    tags = [(12 - FIRST, r["tag"]) for r in rows if r["tag"]] or [(12 - FIRST, "")]
    return filled(_months(width), rows, top=FIRST + reach(tags, width - text_width("100 %") - 12))


@cache
def _satisfaction(width: int, count: int) -> Spec:
    y, down = _label(width)
    scale = alt.Scale(domain=[0, HUNDRED], nice=False)
    axis = alt.Axis(
        title=None, values=[0, 50, 100], labelExpr="datum.value + ' %'", labelFlush=True, ticks=False, domain=False
    )
    base = alt.Chart(ROWS).encode(y=y)

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=scale, axis=axis)

    rail = base.mark_rule(color=GRID, strokeWidth=1, yOffset=down).encode(x=alt.XDatum(0, scale=scale, axis=axis),
                                                                        x2=alt.X2Datum(HUNDRED))  # fmt: skip
    known = base.transform_filter("datum.share !== null")
    ranged = base.transform_filter("datum.low !== null")
    span = ranged.mark_rule(color=TEAL, strokeWidth=3, yOffset=down).encode(x=x("low"), x2="high:Q")
    end = ranged.mark_tick(color=TEAL, thickness=2, size=12, opacity=1, yOffset=down)
    dot = known.mark_point(color=TEAL, fill=PAPER, strokeWidth=2, size=70, opacity=1, yOffset=down)
    # The words stand on the side that has room.
    after = base.transform_filter("datum.right").mark_text(align="left", dx=8, dy=down)
    before = base.transform_filter("!datum.right").mark_text(align="right", dx=-8, dy=down)
    words = [mark.encode(x=x("edge"), text="shown:N") for mark in (after, before)]
    marks = [span, end.encode(x=x("low")), end.encode(x=x("high")), dot.encode(x=x("share"))]
    layers = alt.LayerChart(layer=[rail, *marks, *words, *_named(base, width)])
    return house(layers, width, _height(width, count))


def satisfaction(rows: Rows, width: int) -> Spec:
    """A dot on a whisker for each survey, from 0 to 100 %: label, share, low, high (per cent or null), shown.

    A share without low and high is a dot alone.
    """
    rows, _ = _cut(rows, width)
    placed = []
    for r in rows:
        low, high = (r["share"] if r[end] is None else r[end] for end in ("low", "high"))
        right = r["share"] is None or low < HUNDRED - high
        edge = 0 if r["share"] is None else high if right else low
        placed.append({**r, "right": right, "edge": edge})
    return filled(_satisfaction(width, len(rows)), placed)


@cache
def _bars(width: int, count: int) -> Spec:
    y, down = _label(width)
    top = alt.param(name="top", value=1)
    scale = alt.Scale(domainMin=0, domainMax=END, nice=False)
    colour = alt.condition("datum.chosen", alt.value(TEAL), alt.value(PALE))
    base = alt.Chart(ROWS).encode(y=y)
    bars = base.mark_bar(height=12, yOffset=down).encode(x=alt.X("value:Q", scale=scale, axis=None), color=colour)
    end = alt.X("end:Q", scale=scale, axis=None)
    text = base.mark_text(align="left", dx=6, dy=down).encode(x=end, text="shown:N")
    height = (26 if width >= WIDE else 42) * count + 8
    layers = alt.LayerChart(layer=[bars, text, *_named(base, width)])
    return house(layers.add_params(top), width, height)


def bars(rows: Rows, width: int) -> Spec:
    """Plain bars from zero: label, value (or null), shown, chosen (drawn dark)."""
    rows, plot = _cut(rows, width)
    rows = [{**r, "end": r["value"] or 0} for r in rows]  # no bar, but a word, for what is missing
    return filled(_bars(width, len(rows)), rows, top=reach([(r["end"], r["shown"]) for r in rows], plot))
