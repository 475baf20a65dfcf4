"""What stands beside a picture: its data as CSV, a file of its own, what a browser needs to draw it again.

The page has the picture itself. A file ``charts/<id>.svg`` carries title, source and date with it, wherever it goes;
``charts/<id>.csv`` has what was drawn; ``charts/<id>.json`` the specification, wide and narrow, with the words that are
said for each row, for ``assets/charts.js``. That runs on the Vega that drew the picture, ``assets/vega.js``.
"""

from __future__ import annotations

import csv
import importlib.metadata
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from typing import Any

from generator import charts
from generator import format as fmt
from generator.downloads import neutral
from generator.errors import ProgramError
from generator.feeds import absolute
from generator.model import Asset, Chart, Field, Page
from generator.store import Work
from generator.subject import Site

RUNTIME = "assets/vega.js"
GLOBAL = "window.portalVega = {embed: vegaEmbed};"
LINE = 20  # pixels from line to line of the words around a picture
SIZE = re.compile(r'<svg[^>]*? width="([0-9.]+)" height="([0-9.]+)"')
PLACES = 2


# --- words ------------------------------------------------------------------------------------------------


def _value(value: Any, field: Field) -> str:
    """A value of a row as people read it; what is missing is said."""
    if value is None:
        return "没有数"
    if isinstance(value, str):
        return value
    exact = Fraction(value) * (100 if field.unit == "1" else 1)
    text = str(fmt.grouped(fmt.rounded(exact, 0 if exact.denominator == 1 and field.unit != "1" else PLACES)))
    unit = {"1": "%"}.get(field.unit, field.unit)
    return f"{text}{'' if unit == '月' else fmt.THIN}{unit}" if unit else text


def said(chart: Chart, row: Mapping[str, Any]) -> str:
    """A row in words: ``12月 拨付 32.40 亿元``, ``甲区 安排 1.20 亿元，下达 …``."""
    known = [f for f in chart.fields if not (f.optional and row[f.id] is None)]
    head = " ".join(_value(row[f.id], f) for f in known if f.silent)
    return f"{head} {'，'.join(f'{f.name} {_value(row[f.id], f)}' for f in known if not f.silent)}".strip()


def data(chart: Chart) -> bytes:
    """What was drawn as CSV, as spreadsheets open it right; numbers as they were drawn, 演示 in a column of its own."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    units = {"1": "（1 为 100 %）", "": "", "月": ""}
    names = [f"{f.name}{units.get(f.unit, f'（{f.unit}）')}" for f in chart.fields]
    writer.writerow([*names, *(["数据性质"] if chart.demo else [])])
    for row in chart.rows:
        cells = ["" if (v := row[f.id]) is None else neutral(v) if isinstance(v, str) else v for f in chart.fields]
        writer.writerow([*cells, *(["演示"] if chart.demo else [])])
    return out.getvalue().encode("utf-8-sig")


# --- drawing it again -----------------------------------------------------------------------------------------


def specification(chart: Chart, drawing: Mapping[str, str]) -> bytes:
    """Both forms of the specification, each row with its place; the words for each; the names of the colours."""
    forms = {}
    for form, spec in json.loads(drawing["spec"]).items():
        rows = spec["datasets"]["rows"]
        if len(rows) != len(chart.rows):
            raise ProgramError(f"{chart.id} 画的行数与数据不符")
        forms[form] = {**spec, "datasets": {"rows": [{**row, "row": i} for i, row in enumerate(rows)]}}
    colours = {value: f"--portal-{name}" for name, value in charts.PALETTE.items()}
    words = [said(chart, row) for row in chart.rows]
    body = {**forms, "said": words, "colours": colours, **({"demo": charts.DEMO} if chart.demo else {})}
    return (json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode()


def runtime(work: Work) -> Asset:
    """Vega as one script, in the version that drew the pictures: kept, since bundling it takes a second."""
    name = f"vega-{importlib.metadata.version('vl-convert-python')}"
    found = work.get(name)
    if found is None:
        found = _bundled()
        work.put(name, found)
    return Asset(RUNTIME, found)


@cache
def _bundled() -> bytes:
    import vl_convert

    return str(vl_convert.javascript_bundle(GLOBAL)).encode()


# --- a file of its own ------------------------------------------------------------------------------------


def _lines(text: str, size: int) -> list[str]:
    """A text cut to the width of a wide picture."""
    room = charts.WIDE * charts.TEXT / size - 8
    found = [""]
    for letter in text:
        if charts.text_width(found[-1] + letter) > room:
            found.append("")
        found[-1] += letter
    return found


def _words(lines: Sequence[str], top: float, look: str) -> str:
    return "".join(
        f'<text x="4" y="{top + LINE * n:.0f}" {look}>{charts.escape(line)}</text>' for n, line in enumerate(lines)
    )


def standing_alone(site: Site, page: Page, chart: Chart, svg: str) -> bytes:
    """The wide picture, its title above, its source and date below; on paper, so that it can be read anywhere."""
    size = SIZE.search(svg)
    if not size:
        raise ProgramError(f"{chart.id} 的图没有大小")
    width, height = (float(n) for n in size.groups())
    title, measure = _lines(chart.finding, 15), _lines(chart.measure, 13)
    date = f"，数据截至 {fmt.end_of(page.as_of)}" if page.as_of else ""
    where = f"，{absolute(site.identity.base_url, page.path)}" if site.identity.base_url else ""
    foot = _lines(f"{site.identity.site_name}{'（演示数据）' if chart.demo else ''}{date}{where}", 13)
    head = 8 + LINE * (len(title) + len(measure))
    total = head + height + 12 + LINE * len(foot)
    look = f'font-family="{charts.FAMILY}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{total:.0f}" {look}>',
        f'<rect width="100%" height="100%" fill="{charts.PAPER}"/>',
        _words(title, 18, f'font-size="15" font-weight="700" fill="{charts.INK}"'),
        _words(measure, 18 + LINE * len(title), f'font-size="13" fill="{charts.MUTED}"'),
        svg.replace("<svg ", f'<svg x="0" y="{head:.0f}" ', 1),
        _words(foot, head + height + 22, f'font-size="13" fill="{charts.MUTED}"'),
        "</svg>\n",
    ]
    return "".join(parts).encode()


def assets(site: Site, work: Work, pages: Sequence[Page], drawings: Mapping[str, Mapping[str, str]]) -> Iterator[Asset]:
    """The files of every chart, once, and what draws them in a browser."""
    seen: set[str] = set()
    for page in pages:
        for chart in page.charts:
            if chart.id in seen:
                continue
            seen.add(chart.id)
            yield Asset(charts.address(chart.id, "csv"), data(chart))
            yield Asset(charts.address(chart.id, "json"), specification(chart, drawings[chart.id]))
            yield Asset(charts.address(chart.id, "svg"), standing_alone(site, page, chart, drawings[chart.id]["wide"]))
    if seen:
        yield runtime(work)
