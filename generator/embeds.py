"""Pages for other sites' frames: a headline chart with its source and date, and nothing around it.

Headline charts are those of the home page and of the lists (a year of projects, of money, of things …). Such a page is
an ordinary page of the site, ``embed/<chart>/``; the overrides leave header and footer out below ``embed/``, and the
web server lets other sites frame it (docs/handbook/deploy.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generator import format as fmt
from generator.metas import is_list
from generator.model import Page
from generator.subject import Site, newest, sources

SECTION = "embed/"


def offered(page: Page) -> bool:
    """Whether the charts of a page are headlines."""
    return is_list(page) and page.section != SECTION


def address(chart_id: str) -> str:
    """The page of a chart."""
    return f"{SECTION}{chart_id}/"


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
