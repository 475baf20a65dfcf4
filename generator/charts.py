"""The house style of charts, and drawing them: Altair makes the specification, vl-convert the SVG.

A chart is drawn twice, wide and for a 360-pixel screen. Colours are written as the light scheme's; the style
sheet maps each of them to a variable, so that dark and print need no second drawing and a saved file stays right.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import inspect
import json
import math
import re
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from generator.model import Chart

if TYPE_CHECKING:
    import altair as alt

TEAL = "#0b5a5e"
OCHRE = "#8a5a00"
BRICK = "#a3321d"
INK = "#17211f"
MUTED = "#55625f"
GRID = "#d5dddb"
MID = "#3b817f"
PALE = "#bcd6d2"
PAPER = "#ffffff"
# Each colour's name in the style sheet, which maps it for the dark scheme and for print.
PALETTE = {
    "teal": TEAL, "ochre": OCHRE, "brick": BRICK, "ink": INK,
    "muted": MUTED, "grid": GRID, "mid": MID, "pale": PALE, "paper": PAPER,
}  # fmt: skip

DEMO = "演示数据"  # stands in the picture itself: a picture of it loses the banner
WIDE, NARROW = 640, 296
FONT = "Noto Sans SC"
FONTS = Path(__file__).parent / "fonts"
FAMILY = "'Noto Sans SC','PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif"
TEXT = 13
PADDING = {"left": 2, "right": 2, "top": 20, "bottom": 2}  # above: room for the mark of demonstration data

# Starting a pool and loading the libraries in it takes as long as drawing about this many charts here.
WORTH_A_POOL = 12


def address(chart_id: str, form: str) -> str:
    """Where a chart's file of that form (csv, json, svg) is, below the site's root."""
    return f"charts/{chart_id}.{form}"


@cache
def _versions() -> str:
    names = ("altair", "vl-convert-python")
    fonts = b"".join(p.read_bytes() for p in sorted(FONTS.glob("*.otf")))
    font = hashlib.blake2b(fonts, digest_size=8).hexdigest()
    return ",".join([*(f"{n} {importlib.metadata.version(n)}" for n in names), font])


@cache
def _code(module: str) -> str:
    return inspect.getsource(sys.modules[module])


def key(chart: Chart) -> str:
    """What a drawing depends on: rows, words, the code that draws them, this module, font and library versions."""
    parts = [
        chart.id, chart.finding, chart.describe, str(chart.demo), chart.draw.__qualname__,
        json.dumps(chart.rows, ensure_ascii=False, sort_keys=True),
        _code(chart.draw.__module__), _code(__name__), _versions(),
    ]  # fmt: skip
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


def house(chart: alt.Chart | alt.LayerChart, width: int, height: int) -> dict[str, Any]:
    """The finished Vega-Lite specification of a chart: size, font, quiet axes."""
    styled = (
        chart.properties(width=width, height=height, background="transparent")
        .configure(font=FONT, padding=PADDING, autosize={"type": "fit", "contains": "padding"})
        .configure_view(stroke=None)
        .configure_axis(
            labelFontSize=TEXT, titleFontSize=TEXT, labelColor=MUTED, titleColor=MUTED, labelFontWeight="normal",
            titleFontWeight="normal", gridColor=GRID, domainColor=GRID, tickColor=GRID, labelLimit=0,
        )
        .configure_text(fontSize=TEXT, color=INK)
    )  # fmt: skip
    return dict(styled.to_dict())


def clearing(rows: alt.NamedData) -> alt.Chart:
    """Paper behind the words at the end of lines by month, a layer for below the lines: the grid stops there."""
    import altair as alt

    tagged = alt.Chart(rows).transform_filter("datum.tag !== null").mark_rect(color=PAPER)
    found: alt.Chart = tagged.encode(x="month:Q", x2=alt.value("width"), y=alt.value(-2), y2=alt.value("height"))
    return found


def months_axis(width: int) -> alt.Axis:
    """The axis of months, some of them on a narrow picture, with room for the lowest label of the other axis."""
    import altair as alt

    return alt.Axis(
        title=None, values=list(range(1, 13)) if width >= WIDE else [1, 4, 8, 12], grid=False, labelAngle=0,
        labelExpr="datum.value + '月'", labelPadding=9, ticks=False, zindex=1,
    )  # fmt: skip


def text_width(text: str) -> float:
    """About how wide a label is in pixels: a full em for Chinese, less for the rest."""
    # fsum: what "sum" makes of floats is another number since Python 3.12.
    return TEXT * math.fsum(1 if east_asian_width(c) in "WF" else EMS.get(c, 0.57) for c in text)


def fitted(rows: list[dict[str, Any]], limit: float) -> list[dict[str, Any]]:
    """Rows with their ``label`` cut to a width, no two alike. Vega cuts rare characters in half, and then fails."""
    labels: list[str] = []
    for row in rows:
        label = row["label"]
        if text_width(label) > limit:
            while text_width(f"{label}…") > limit:
                label = label[:-1]
            label = f"{label}…{len(labels) if f'{label}…' in labels else ''}"
        labels.append(label)
    return [{**row, "label": label} for row, label in zip(rows, labels, strict=True)]


def reach(marks: Iterable[tuple[float, str]], plot: float) -> float:
    """Where a scale from 0 must end on ``plot`` pixels so that each mark's words, set behind its end, have room."""
    rooms = ((length, min(text_width(text) + 12, plot * 0.75)) for length, text in marks)
    return max((length * plot / (plot - room) for length, room in rooms), default=1.0) or 1.0


def spread(values: Iterable[tuple[float, int]], least: float) -> dict[int, float]:
    """Heights, by index, for labels that belong to some values: moved apart so that none covers another."""
    placed: dict[int, float] = {}
    top = float("inf")
    for value, index in sorted(values, reverse=True):
        placed[index] = top = min(value, top - least)
    return placed


def filled(spec: dict[str, Any], rows: list[dict[str, Any]], **params: float) -> dict[str, Any]:
    """A specification made once, with this chart's rows and parameter values.

    Making one with Altair costs as much as drawing it, and all charts of one kind differ only here.
    """
    named = [{**p, "value": params[p["name"]]} if p["name"] in params else p for p in spec.get("params", [])]
    return {**spec, "datasets": {**spec.get("datasets", {}), "rows": rows}, **({"params": named} if named else {})}


@cache
def converter() -> Any:
    """vl-convert, knowing the project's own font."""
    import vl_convert

    vl_convert.register_font_directory(str(FONTS))
    return vl_convert


TAG = re.compile(r'<[^<>"]*(?:"[^"]*"[^<>"]*)*>')
NOISE = re.compile(r' (?:aria-[a-z]+|role|pointer-events|class|font-weight|font-family|opacity)="[^"]*"')
EMS = dict.fromkeys(" \u2009.,·:;'|()il-", 0.3) | dict.fromkeys("%mwMW…", 0.95)
LONG = re.compile(r"-?\d+\.\d{3,}")
ID = re.compile(r'(\bid="|url\(#|href="#)([A-Za-z][\w-]*)')


def _tidy(svg: str, chart: Chart, form: str) -> str:
    """Ids made the chart's own (vl-convert numbers them by process history), roles and noise dropped."""
    names: dict[str, str] = {}

    def own(match: re.Match[str]) -> str:
        name = names.setdefault(match[2], f"{chart.id}-{form}-{len(names)}")
        return f"{match[1]}{name}"

    def short(match: re.Match[str]) -> str:
        return f"{float(match[0]):.2f}".rstrip("0").rstrip(".")

    # Tags alone: what stands between them are words from cells.
    svg = TAG.sub(lambda tag: LONG.sub(short, NOISE.sub("", ID.sub(own, tag[0]))), svg)
    svg = re.sub(r'<path d="M[0-9.,-]*h0v0h0Z"[^>]*(/>|></path>)', "", svg)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="{chart.id}-{form}-t"'
    text = escape(f"{chart.finding}。{chart.describe}")
    mark = f'<text x="100%" y="12" text-anchor="end" font-size="13" fill="{MUTED}">{DEMO}</text>' if chart.demo else ""
    body = re.sub(
        r"^<svg[^>]*?( width=[^>]*)>",
        lambda m: f'{head} font-family="{FAMILY}"{m[1]}><title id="{chart.id}-{form}-t">{text}</title>',
        svg,
    )
    return body.replace("</svg>", f"{mark}</svg>").replace("\n", " ")


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def draw(chart: Chart) -> dict[str, str]:
    """The chart as two SVG texts, ``wide`` and ``narrow``, and what they were drawn from, ``spec``; a pure function of
    what ``key`` names."""
    specs = {form: chart.draw(chart.rows, width) for form, width in (("wide", WIDE), ("narrow", NARROW))}
    drawn = {form: _tidy(converter().vegalite_to_svg(spec), chart, form) for form, spec in specs.items()}
    return {**drawn, "spec": json.dumps(specs, ensure_ascii=False, sort_keys=True)}
