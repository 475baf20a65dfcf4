"""Pages for other sites' frames: a headline chart with its source and date, and nothing around it.

Headline charts are those of the home page and of the lists (a year of projects, of money, of things …). Such a page is
an ordinary page of the site, ``embed/<chart>/``; the overrides leave header and footer out below ``embed/``, and the
web server lets other sites frame it (docs/handbook/deploy.md).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping

from generator import format as fmt
from generator.charts import TEXT, text_width
from generator.metas import is_list
from generator.model import Chart, Page
from generator.subject import Site, newest, sources

SECTION = "embed/"
HEIGHT = re.compile(r'<svg\b[^>]* height="(\d+)"')
AROUND, LINE = 420, 30  # pixels: the site's banner, source, date and margins; a line of words
LARGEST = 1.25  # how much of itself the wide drawing grows to


def offered(page: Page) -> bool:
    """Whether the charts of a page are headlines."""
    return is_list(page) and page.section != SECTION


def address(chart_id: str) -> str:
    """The page of a chart."""
    return f"{SECTION}{chart_id}/"


def height(chart: Chart, drawings: Mapping[str, str]) -> int:
    """Pixels that a chart's page needs in a narrow frame and, where the drawing is the larger one, in a wide one.

    ``drawings`` are its SVGs, by form. Words are reckoned generously: what does not fit has to be scrolled to.
    """
    tall = {form: int(found[1]) for form, svg in drawings.items() if (found := HEIGHT.search(svg))}
    lines = LINE * (_lines(chart.finding, 13) + _lines(chart.measure, 18))
    return AROUND + lines + max(tall.get("narrow", 0), round(LARGEST * tall.get("wide", 0)))


def _lines(text: str, wide: int) -> int:
    return -(-math.ceil(text_width(text) / TEXT) // wide)


def pages(site: Site, found: Iterable[Page]) -> Iterator[Page]:
    """A page for each headline chart."""
    for page in found:
        for chart in page.charts if offered(page) else ():
            documents = sources(site, (), chart.sources)
            yield Page(
                path=address(chart.id),
                title=f"{chart.finding}（{page.title}）",
                template="embed.md.j2",
                data={
                    "chart": chart.id,
                    "from": {"title": page.title, "href": page.path},
                    "sources": documents,
                    "date": fmt.dated(page.as_of, newest(documents)),
                },
                section=SECTION,
                description=f"{chart.finding}。{chart.measure}。",
                charts=(chart,),
                demo=chart.demo,
                as_of=page.as_of,
            )
