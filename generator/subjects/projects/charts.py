"""The subject's pictures. Each takes plain rows and a width, and gives a Vega-Lite specification.

Shares in rows are numbers, 1 is 100 %, for drawing only; what is printed beside a mark comes as text.
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
    filled,
    fitted,
    house,
    reach,
    text_width,
)

Rows = list[dict[str, Any]]
Spec = dict[str, Any]
ROWS = alt.NamedData("rows")
QUIET = alt.Axis(ticks=False, domain=False, labelColor=INK, labelPadding=6)
THREE = {"形象进度": TEAL, "资金拨付": PALE, "时间进度": MUTED}
# From what is over to what has not begun; a light segment stands between two dark ones.
STATES = {
    "已完成": TEAL,
    "超序时": PALE,
    "序时推进": PALE,
    "滞后": OCHRE,
    "未启动": GRID,
    "已终止": MUTED,
    "未报送": GRID,
}
FIRST = 0.5  # where the months begin, a little before January


def _plot(rows: Rows, width: int) -> float:
    """Pixels beside the row labels."""
    return width - 12 - max((text_width(r["label"]) for r in rows), default=0)


def _labels() -> alt.Y:
    return alt.Y("label:N", sort=None, title=None, axis=QUIET)


def _colours(domain: dict[str, str], field: str) -> alt.Color:
    return alt.Color(field, legend=None, scale=alt.Scale(domain=list(domain), range=list(domain.values())))


@cache
def _three(width: int) -> Spec:
    scale = alt.Scale(domainMin=0, domainMax=alt.expr("top"), nice=False)
    x = alt.X("share:Q", scale=scale, axis=None)
    base = alt.Chart(ROWS).encode(x=x, y=_labels())
    bars = base.mark_bar(height=18).encode(color=_colours(THREE, "label:N"))
    text = base.mark_text(align="left", dx=6).encode(x=alt.X("end:Q", scale=scale, axis=None), text="shown:N")
    whole = alt.Chart(ROWS).transform_filter("datum.label === '时间进度'")
    rule = whole.mark_rule(color=INK, strokeWidth=1.5).encode(x=alt.XDatum(1, scale=scale))
    name = whole.mark_text(baseline="bottom", dy=-3, color=MUTED).encode(
        x=alt.XDatum(1, scale=scale), y=alt.value(0), text=alt.value("100 %")
    )
    return house((bars + text + rule + name).add_params(alt.param(name="top", value=1)), width, 118)


def three(rows: Rows, width: int) -> Spec:
    """Work, money and time on one scale with a rule at 100 %: rows of label, share (null when missing), end, shown."""
    return filled(_three(width), rows, top=reach([(r["end"], r["shown"]) for r in rows], _plot(rows, width)))


@cache
def _months(width: int) -> Spec:
    wide = width >= WIDE
    step = list(range(1, 13)) if wide else [1, 4, 8, 12]
    axis = alt.Axis(title=None, values=step, grid=False, labelAngle=0, labelExpr="datum.value + '月'", ticks=False)
    domain = alt.Scale(domainMin=FIRST, domainMax=alt.expr("top"), nice=False, zero=False)
    x = alt.X("month:Q", axis=axis, scale=domain)
    percent = alt.Axis(values=[0, 0.5, 1], domain=False, ticks=False, labelExpr="format(datum.value * 100, '') + ' %'")
    y = alt.Y("value:Q", title=None, scale=alt.Scale(domain=[0, 1.04]), axis=percent)
    colour = _colours({"形象进度": TEAL, "时间进度": MUTED}, "series:N")
    base = alt.Chart(ROWS).encode(x=x, y=y, color=colour)
    work = base.transform_filter("datum.series === '形象进度'")
    # A month with gaps breaks the line: no rise or fall is claimed from it.
    line = work.transform_calculate(firm="datum.whole ? datum.value : null").mark_line(strokeWidth=2).encode(y="firm:Q")
    time = base.transform_filter("datum.series === '时间进度'").mark_line(strokeWidth=1.5, strokeDash=[4, 3])
    full = work.transform_filter("datum.whole").mark_point(filled=True, size=28, opacity=1)
    hollow = work.transform_filter("!datum.whole && datum.value !== null").mark_point(fill=PAPER, size=36, opacity=1)
    last = base.transform_filter("datum.tag !== null").mark_text(align="left", dx=8).encode(text="tag:N", y="at:Q")
    whole = (time + line + full + hollow + last).add_params(alt.param(name="top", value=12))
    return house(whole, width, 240 if wide else 210)


def months(rows: Rows, width: int) -> Spec:
    """Work against the time that has passed: rows of month, series, value (1 is 100 %) or null, whole, tag, at."""
    tags = [(12 - FIRST, r["tag"]) for r in rows if r["tag"]] or [(12 - FIRST, "")]
    return filled(_months(width), rows, top=FIRST + reach(tags, width - text_width("100 %") - 12))


@cache
def _pace(width: int, count: int) -> Spec:
    scale = alt.Scale(domainMin=0, domainMax=alt.expr("top"), nice=False)
    wide = width >= WIDE
    axis = alt.Axis(
        title=None, orient="top", values=[0, 0.5, 1] if wide else [0, 1], grid=False,
        labelExpr="format(datum.value * 100, '') + ' %'",
        domain=False, ticks=False,
    )  # fmt: skip

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=scale, axis=axis)

    base = alt.Chart(ROWS).encode(y=_labels())
    track = base.mark_bar(height=2, color=GRID).encode(x=x("whole"))
    bars = base.mark_bar(height=10).encode(x=x("work"), color=_colours(STATES, "state:N"))
    time = base.mark_tick(color=INK, thickness=2, size=16, opacity=1).encode(x=x("time"))
    text = base.mark_text(align="left", dx=8).encode(x=x("end"), text="shown:N" if wide else "short:N")
    return house((track + bars + time + text).add_params(alt.param(name="top", value=1)), width, 24 * count + 34)


def pace(rows: Rows, width: int) -> Spec:
    """A bar of work, a tick at the time that has passed: label, work, time, whole (1), end, state, shown, short."""
    marks = [(r["end"], r["shown" if width >= WIDE else "short"]) for r in rows]
    rows = fitted(rows, 300 if width >= WIDE else 118)
    return filled(_pace(width, len(rows)), rows, top=reach(marks, _plot(rows, width)))


@cache
def _states(width: int) -> Spec:
    wide = width >= WIDE
    step = list(range(1, 13)) if wide else [1, 4, 8, 12]
    axis = alt.Axis(title=None, values=step, grid=False, labelAngle=0, labelExpr="datum.value + '月'", ticks=False)
    domain = alt.Scale(domainMin=FIRST, domainMax=alt.expr("top"), nice=False, zero=False)
    x = alt.X("month:Q", axis=axis, scale=domain)
    quiet = alt.Axis(tickCount=4, domain=False, ticks=False)
    y = alt.Y("from:Q", title=None, scale=alt.Scale(zero=True, nice=False), axis=quiet)
    base = alt.Chart(ROWS).encode(x=x)
    bars = base.mark_bar(width=26 if wide else 11, stroke=PAPER, strokeWidth=1).encode(
        y=y, y2="to:Q", color=_colours(STATES, "state:N")
    )
    tags = base.transform_filter("datum.tag !== null").mark_text(align="left", dx=18 if wide else 10)
    whole = (bars + tags.encode(y="at:Q", text="tag:N")).add_params(alt.param(name="top", value=12))
    return house(whole, width, 300 if wide else 260)


def states(rows: Rows, width: int) -> Spec:
    """How many stand how, month by month, as stacks: rows of month, state, from, to, tag, at."""
    tags = [(12 - FIRST, f"{r['tag']}    ") for r in rows if r["tag"]] or [(12 - FIRST, "")]
    return filled(_states(width), rows, top=FIRST + reach(tags, width - 30))


@cache
def _regions(width: int, count: int) -> Spec:
    scale = alt.Scale(domainMin=0, domainMax=alt.expr("top"), nice=False)
    base = alt.Chart(ROWS).encode(y=_labels())
    bars = base.mark_bar(height=16, stroke=PAPER, strokeWidth=1).encode(
        x=alt.X("from:Q", scale=scale, axis=None), x2="to:Q", color=_colours(STATES, "state:N")
    )
    text = base.transform_filter("datum.tag !== null").mark_text(align="left", dx=8)
    shown = text.encode(x=alt.X("to:Q", scale=scale, axis=None), text="tag:N")
    return house((bars + shown).add_params(alt.param(name="top", value=1)), width, 30 * count + 8)


def regions(rows: Rows, width: int) -> Spec:
    """Places compared by how their parts of projects stand: rows of label, state, from, to, tag (on the last)."""
    marks = [(r["to"], r["tag"]) for r in rows if r["tag"]]
    rows = [{**r, "label": short["label"]} for r, short in zip(rows, _short(rows, width), strict=True)]
    return filled(_regions(width, len({r["label"] for r in rows})), rows, top=reach(marks, _plot(rows, width)))


def _short(rows: Rows, width: int) -> Rows:
    """Labels cut to a width, the same one for all rows of a place."""
    names = list(dict.fromkeys(r["label"] for r in rows))
    limit = 260 if width >= WIDE else 110
    cut = {name: row["label"] for name, row in zip(names, fitted([{"label": n} for n in names], limit), strict=True)}
    return [{"label": cut[r["label"]]} for r in rows]
