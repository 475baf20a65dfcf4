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
    MID,
    MUTED,
    OCHRE,
    PALE,
    PAPER,
    TEAL,
    TEXT,
    WIDE,
    clearing,
    filled,
    fitted,
    house,
    months_axis,
    reach,
    text_width,
)
from generator.schedule import MARKS

Rows = list[dict[str, Any]]
Spec = dict[str, Any]
ROWS = alt.NamedData("rows")
QUIET = alt.Axis(ticks=False, domain=False, labelColor=INK, labelPadding=6)
THREE = {"形象进度": TEAL, "资金拨付": PALE, "时间进度": MUTED}
# From what is over to what has not begun: fill, edge, and the colour of the mark inside. No two look alike.
STATES = {
    "已完成": (TEAL, PAPER, PAPER),
    "超序时": (MID, PAPER, PAPER),
    "序时推进": (PALE, PAPER, INK),
    "滞后": (OCHRE, PAPER, PAPER),
    "未启动": (PAPER, MUTED, INK),
    "已终止": (MUTED, PAPER, PAPER),
    "未报送": (GRID, MUTED, INK),
}
MARK = 15  # the least pixels of a segment that its mark has room in
KEY = 20  # pixels of a line of the key
BELOW = 8  # pixels below the key: the highest label of an axis reaches over the plot
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
    axis = months_axis(width)
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
    whole = (clearing(ROWS).encode(x=x) + time + line + full + hollow + last).add_params(
        alt.param(name="top", value=12)
    )
    return house(whole, width, 240 if wide else 210)


def months(rows: Rows, width: int) -> Spec:
    """Work against the time that has passed: rows of month, series, value (1 is 100 %) or null, whole, tag, at."""
    tags = [(12 - FIRST, r["tag"]) for r in rows if r["tag"]] or [(12 - FIRST, "")]
    return filled(_months(width), rows, top=FIRST + reach(tags, width - text_width("100 %") - 12))


def _scale(part: int, states: tuple[str, ...] = tuple(STATES)) -> alt.Scale:
    """A scale of states to their fills (0), edges (1), or the colours of the marks in them (2)."""
    return alt.Scale(domain=list(states), range=[STATES[s][part] for s in states])


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

    down = 0 if wide else 9  # room for the name above the bar
    base = alt.Chart(ROWS).encode(y=_labels() if wide else alt.Y("label:N", sort=None, title=None, axis=None))
    track = base.mark_bar(height=2, color=GRID, yOffset=down).encode(x=x("whole"))
    bars = base.mark_bar(height=10, yOffset=down).encode(
        x=x("work"), color=alt.Color("state:N", legend=None, scale=_scale(0))
    )
    time = base.mark_tick(color=INK, thickness=2, size=16, opacity=1, yOffset=down).encode(x=x("time"))
    text = base.mark_text(align="left", dx=8, dy=down).encode(x=x("end"), text="shown:N" if wide else "short:N")
    layers = [track, bars, time, text]
    if not wide:
        layers.append(base.mark_text(align="left", baseline="bottom", dy=-1).encode(x=alt.value(0), text="label:N"))
    whole = alt.LayerChart(layer=layers).add_params(alt.param(name="top", value=1))
    return house(whole, width, (24 if wide else 40) * count + 34)


def pace(rows: Rows, width: int) -> Spec:
    """A bar of work, a tick at the time that has passed: label, work, time, whole (1), end, state, shown, short.

    Names stand beside the bars of a wide picture, above those of a narrow one.
    """
    wide = width >= WIDE
    marks = [(r["end"], r["shown" if wide else "short"]) for r in rows]
    rows = fitted(rows, 300 if wide else width * 0.88)
    return filled(_pace(width, len(rows)), rows, top=reach(marks, _plot(rows, width) if wide else width - 6))


def _key(states: tuple[str, ...], columns: int, left: float) -> tuple[list[alt.Chart], int]:
    """What segments look like, each with its mark in it, above the plot from ``left`` on; and the pixels it takes.

    A legend of Vega's has a square and no mark: with both, each state would be shown twice.
    """
    cells = [states[at::columns] for at in range(columns)]
    entries, x = [], left
    for cell in cells:
        for row, state in enumerate(cell):
            entries.append(
                {"state": state, "mark": MARKS[state], "kx": x, "ky": KEY * (row - len(cells[0])) + KEY / 2 - BELOW}
            )
        x += max((text_width(s) for s in cell), default=0) + MARK + 22
    base = alt.Chart(alt.InlineData(values=entries)).encode(y=alt.value(alt.expr("datum.ky")))
    mid = alt.value(alt.expr(f"datum.kx + {MARK / 2}"))
    swatch = base.mark_square(size=MARK**2, opacity=1, strokeWidth=1).encode(
        x=mid, fill=alt.Fill("state:N", legend=None, scale=_scale(0, states)),
        stroke=alt.Stroke("state:N", legend=None, scale=_scale(1, states)),
    )  # fmt: skip
    mark = base.mark_text(fontSize=TEXT).encode(
        x=mid, text="mark:N", color=alt.Color("state:N", legend=None, scale=_scale(2, states))
    )
    word = base.mark_text(align="left").encode(x=alt.value(alt.expr(f"datum.kx + {MARK + 6}")), text="state:N")
    return ([swatch, mark, word] if states else []), KEY * len(cells[0]) + BELOW


def _stack(base: alt.Chart, states: tuple[str, ...], **bar: Any) -> tuple[alt.Chart, alt.Chart]:
    """Segments of states, and the marks inside those that have room."""
    bars = base.mark_bar(strokeWidth=1, **bar).encode(
        fill=alt.Fill("state:N", legend=None, scale=_scale(0, states)),
        stroke=alt.Stroke("state:N", legend=None, scale=_scale(1, states)),
    )
    marks = base.transform_filter("datum.to - datum.from >= least").transform_calculate(
        mid="(datum.from + datum.to) / 2"
    )
    text = marks.mark_text(fontSize=TEXT).encode(
        text="mark:N", color=alt.Color("state:N", legend=None, scale=_scale(2, states))
    )
    return bars, text


def _marked(rows: Rows) -> tuple[Rows, tuple[str, ...]]:
    """Rows with the marks of their states, and the states that there are, in order."""
    there = {r["state"] for r in rows if r["to"] > r["from"]}
    return [{**r, "mark": MARKS[r["state"]]} for r in rows], tuple(s for s in STATES if s in there)


def _apart(whole: alt.LayerChart) -> alt.LayerChart:
    """Layers whose states have colours of their own: those in the key need not be those in the segments."""
    found: alt.LayerChart = whole.resolve_scale(color="independent", fill="independent", stroke="independent")
    return found


@cache
def _states(width: int, present: tuple[str, ...], unnamed: tuple[str, ...]) -> Spec:
    wide = width >= WIDE
    domain = alt.Scale(domainMin=FIRST, domainMax=alt.expr("top"), nice=False, zero=False)
    x = alt.X("month:Q", axis=months_axis(width), scale=domain)
    quiet = alt.Axis(tickCount=4, domain=False, ticks=False)
    scale = alt.Scale(zero=True, nice=False)
    base = alt.Chart(ROWS).encode(x=x)
    bars, marks = _stack(base, present, width=26 if wide else 13)
    key, above = _key(unnamed, 7 if wide else 3, 0)
    bars = bars.encode(y=alt.Y("from:Q", title=None, scale=scale, axis=quiet), y2="to:Q")
    tags = base.transform_filter("datum.tag !== null").mark_text(align="left", dx=18 if wide else 10)
    layers = [clearing(ROWS).encode(x=x), bars, marks.encode(y="mid:Q"), tags.encode(y="at:Q", text="tag:N"), *key]
    whole = alt.LayerChart(layer=layers).add_params(alt.param(name="top", value=12), alt.param(name="least", value=1))
    return house(_apart(whole), width, (310 if wide else 280) + above)


def states(rows: Rows, width: int) -> Spec:
    """How many stand how, month by month, as stacks: rows of month, state, from, to, tag, at.

    The last stack's states are named beside it; a key says what the others are.
    """
    rows = [{**r, "tag": r["tag"] and f"{MARKS[r['state']]} {r['tag']}"} for r in rows]
    named = {r["state"] for r in rows if r["tag"]}
    tags = [(12 - FIRST, f"{r['tag']}    ") for r in rows if r["tag"]] or [(12 - FIRST, "")]
    rows, present = _marked(rows)
    least = max((r["to"] for r in rows), default=0) * MARK / 230
    unnamed = tuple(s for s in present if s not in named)
    return filled(_states(width, present, unnamed), rows, top=FIRST + reach(tags, width - 30), least=least or 1)


@cache
def _regions(width: int, count: int, present: tuple[str, ...]) -> Spec:
    scale = alt.Scale(domainMin=0, domainMax=alt.expr("top"), nice=False)
    columns = 4 if width >= WIDE else 2  # beside the longest name
    base = alt.Chart(ROWS).encode(y=_labels())
    bars, marks = _stack(base, present, height=16)
    key, above = _key(present, columns, 0)
    bars = bars.encode(x=alt.X("from:Q", scale=scale, axis=None), x2="to:Q")
    text = base.transform_filter("datum.tag !== null").mark_text(align="left", dx=8)
    shown = text.encode(x=alt.X("to:Q", scale=scale, axis=None), text="tag:N")
    layers = [bars, marks.encode(x=alt.X("mid:Q", scale=scale, axis=None)), shown, *key]
    whole = alt.LayerChart(layer=layers).add_params(alt.param(name="top", value=1), alt.param(name="least", value=1))
    return house(_apart(whole), width, 30 * count + 8 + above)


def regions(rows: Rows, width: int) -> Spec:
    """Places compared by how their parts of projects stand: rows of label, state, from, to, tag (on the last)."""
    ends = [(r["to"], r["tag"]) for r in rows if r["tag"]]
    rows = [{**r, "label": short["label"]} for r, short in zip(rows, _short(rows, width), strict=True)]
    rows, present = _marked(rows)
    plot = _plot(rows, width)
    top = reach(ends, plot)
    return filled(_regions(width, len({r["label"] for r in rows}), present), rows, top=top, least=top * MARK / plot)


def _short(rows: Rows, width: int) -> Rows:
    """Labels cut to a width, the same one for all rows of a place."""
    names = list(dict.fromkeys(r["label"] for r in rows))
    limit = 260 if width >= WIDE else 110
    cut = {name: row["label"] for name, row in zip(names, fitted([{"label": n} for n in names], limit), strict=True)}
    return [{"label": cut[r["label"]]} for r in rows]
