"""Pages of news: the list of years, a year's list ten to a page and on one, and a page for each piece."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from generator import facets
from generator import format as fmt
from generator.files import digest_of
from generator.model import Asset, Figure, Kind, Page
from generator.subject import Site, sources
from generator.subjects.projects.traits import orders
from generator.subjects.ties import Ties
from generator.subjects.updates.measures import of_project, parts, plain, rows
from generator.subjects.updates.measures import years as listed_years
from generator.tables import PICTURE
from generator.view import View, prose, view

ROOT = "updates/"
TITLE = "动态"
PER_PAGE = 10
ABOUT = {"projects": "project", "grievances": "grievance"}  # the tables that a piece of news may point to
FACETS = {"kind": "类型", "month": "月份", "region": "地方", "unit": "单位", "category": "领域"}
HEADLINES = ("count", "conferences", "listed")


class Year:
    """One year of news: its rows newest first, its figures, and what people call places."""

    def __init__(self, site: Site, year: int) -> None:
        self.site, self.year = site, year
        self.rows = rows(site.tables, year)
        self.news = [plain(row) for row in self.rows]
        self.ties = Ties(site, year)
        regions = site.tables.frame("regions")
        self.regions = dict(zip(regions["code"], regions["name"], strict=True))
        units = site.tables.frame("units")
        self.units = dict(zip(units["name"], units["id"], strict=True))

    @property
    def path(self) -> str:
        """The first page of the year's list."""
        return f"{ROOT}{self.year}/"

    def figure(self, measure: str) -> Figure | None:
        """A figure of the year: published, or for conferences what is listed."""
        head = f"{ROOT}{self.year}/all/{measure}"
        return self.site.figures.get(head) or self.site.figures.get(f"{head}_sum")

    def headline(self) -> View:
        """The year's figures by measure."""
        return {m: view(f) for m in HEADLINES if (f := self.figure(m))}

    def about(self, news: View) -> list[View]:
        """What a piece of news is about, and who published it, as far as these have pages."""
        region, unit = news["region"], self.units.get(news["unit"])
        place = self.ties.page("regions", f"r{region}") if region else None
        office = self.ties.page("units", unit) if unit else None
        found = self.ties.of(news)
        found += [{"what": "地方", "label": self.regions[region], "href": place}] if place else []
        return [*found, *([{"what": "单位", "label": news["unit"], "href": office}] if office else [])]

    def words(self, row: dict[str, Any]) -> str:
        """What the search finds a piece of news by: unit and place with their old names, and the project's number."""
        found = [row["kind"], *_names(self.site, "units", "name", row["unit"])]
        found += _names(self.site, "regions", "code", row["region"])
        if row["project"] is not None:
            found.append(f"项目 {row['project']} 号")
        return " ".join([*found, *(t["label"] for t in self.ties.of(row))])

    @cached_property
    def narrowing(self) -> View | None:
        """What the year's list can be narrowed down by."""
        kinds = [Kind(news["nature"]) for news in self.news]
        months = [fmt.month(f"{self.year}-{n:02d}") for n in range(12, 0, -1)]
        order = {"month": months, "region": orders(self.site.tables)["region"]}
        return facets.narrowing(FACETS, [self._traits(news) for news in self.news], kinds, "条", order)

    def _traits(self, news: View) -> dict[str, list[str]]:
        categories = [self.categories.get((table, news[column])) for table, column in ABOUT.items()]
        return {
            "kind": [news["kind"]],
            "month": [fmt.month(news["date"][:7])],
            "region": [self.regions[news["region"]]] if news["region"] else [],
            "unit": [news["unit"]] if news["unit"] else [],
            "category": list(dict.fromkeys(c for c in categories if c)),
        }

    @cached_property
    def categories(self) -> dict[tuple[str, int], str]:
        """The category of each project and each of the ten things of the year, by table and number."""
        return {
            (table, int(r["number"])): r["category"] for table in ABOUT for r in self.site.tables.rows(table, self.year)
        }


def _names(site: Site, table: str, column: str, value: str | None) -> list[str]:
    """The name and the aliases of a row of a table that is looked up by name."""
    frame = site.tables.frame(table)
    return [n for r in frame[frame[column] == value].to_dict("records") for n in (r["name"], *r["aliases"])]


def _entry(year: Year, news: View) -> View:
    """A piece of news in a list."""
    return {**news, "place": year.regions.get(news["region"])}


def _pager(year: Year, number: int, count: int) -> View:
    """Where a page of the list stands, and the pages beside it."""
    paths = [year.path, *(f"{year.path}page/{n}/" for n in range(2, count + 1))]
    return {
        "number": number,
        "count": count,
        "newer": paths[number - 2] if number > 1 else None,
        "older": paths[number] if number < count else None,
        "path": paths[number - 1],
        "all": f"{year.path}all/" if count > 1 else None,
        "rows": len(year.news),
    }


def _narrowing(year: Year, first: int, length: int) -> View | None:
    """The whole year's options, with the places of the rows of one page."""
    whole = year.narrowing
    cut = slice(first, first + length)
    return whole and {**whole, "rows": whole["rows"][cut], "kinds": whole["kinds"][cut]}


def list_page(year: Year, shown: Sequence[View], number: int, count: int) -> Page:
    """One page of a year's list; the first says how much was published in all."""
    pager = _pager(year, number, count)
    head = year.headline()
    used = [f for m in HEADLINES if (f := year.figure(m))]
    title = f"{year.year} 年{TITLE}"
    crumbs = (("首页", ""), (TITLE, ROOT))
    return Page(
        path=pager["path"],
        title=title if number == 1 else f"{title}（第 {number} 页）",
        template="updates/year.md.j2",
        data={
            "year": year.year,
            "headline": head,
            "entries": [_entry(year, news) for news in shown],
            "narrowing": _narrowing(year, PER_PAGE * (number - 1), len(shown)),
            "years": _years(year),
            "pager": pager,
            "sources": sources(year.site, used),
            "files": _files(year) if number == 1 else [],
        },
        section=ROOT,
        description=_sentence(year) if number == 1 else f"{title}，第 {number} 页，共 {count} 页。",
        crumbs=crumbs if number == 1 else (*crumbs, (title, year.path)),
        demo=any(f.kind is Kind.DEMO for f in used) or any(news["demo"] for news in shown),
        as_of=max((f.as_of for f in used if f.as_of), default=None),
    )


def _years(year: Year) -> list[View]:
    """The lists of all years that have one."""
    tables = year.site.tables
    return facets.years({y: len(rows(tables, y)) for y in listed_years(tables)}, year.year, ROOT)


def all_page(year: Year) -> Page:
    """A year's whole list on one page: for those who look without script, and what the script narrows down."""
    title = f"{year.year} 年{TITLE}"
    used = [f for m in HEADLINES if (f := year.figure(m))]
    return Page(
        path=f"{year.path}all/",
        title=f"{title}（全部）",
        template="updates/year.md.j2",
        data={
            "year": year.year,
            "headline": year.headline(),
            "entries": [_entry(year, news) for news in year.news],
            "narrowing": year.narrowing,
            "years": _years(year),
            "pager": {"number": None, "count": 1, "newer": None, "older": None, "all": None},
            "sources": sources(year.site, used),
            "files": _files(year),
        },
        section=ROOT,
        description=f"{title}，全部 {len(year.news)} 条列在一页。",
        crumbs=(("首页", ""), (TITLE, ROOT), (title, year.path)),
        demo=any(f.kind is Kind.DEMO for f in used) or any(news["demo"] for news in year.news),
        as_of=max((f.as_of for f in used if f.as_of), default=None),
    )


def _sentence(year: Year) -> str:
    texts = {"count": "发布动态 {}", "conferences": "开新闻发布会 {}", "listed": "这里选登 {}"}
    said = [text.format(prose(f)) for m, text in texts.items() if (f := year.figure(m))]
    return f"{year.site.identity.city} {year.year} 年{'，'.join(said)}。"


def _files(year: Year) -> list[tuple[str, str]]:
    resource = year.site.tables.contract.resource(f"updates:{year.year}")
    files = [("下载动态 CSV", resource.csv)] if resource and year.rows else []
    return [*files, ("本页的数 JSON", f"data/figures/{year.year}/updates.json")]


def _parts(site: Site, row: dict[str, Any]) -> tuple[list[View], list[Asset]]:
    """The paragraphs of a piece of news and its pictures, which are files beside the page, numbered."""
    found: list[View] = []
    files: list[Asset] = []
    for text in parts(row):
        named = PICTURE.fullmatch(text)
        picture = site.tables.pictures.get(f"updates/{named[2]}") if named else None
        if named and picture:
            files.append(Asset(f"{len(files) + 1}{picture.suffix}", picture.content))
            size = {"width": picture.width, "height": picture.height}
            found.append({"src": files[-1].path, "alt": named[1], **size, "digest": digest_of(picture.content)})
        else:
            found.append({"text": text})
    return found, files


def news_page(year: Year, index: int) -> Page:
    """A piece of news: its text, what it is about, its neighbours, and other news of the same project."""
    row, news = year.rows[index], year.news[index]
    others = of_project(year.site.tables, year.year, news["project"]) if news["project"] is not None else []
    newer, older = year.news[index - 1] if index else None, year.news[index + 1 :][:1]
    shown, files = _parts(year.site, row)
    return Page(
        path=news["href"],
        title=news["title"],
        template="updates/news.md.j2",
        data={
            **_entry(year, news),
            "parts": shown,
            "ties": year.about(news),
            "others": [n for n in others if n["id"] != news["id"]],
            "newer": newer,
            "older": older[0] if older else None,
            "sources": sources(year.site, (), {row["source"]}),
        },
        section=ROOT,
        description=news["first"],
        crumbs=(("首页", ""), (TITLE, ROOT), (f"{year.year} 年", year.path)),
        demo=news["demo"],
        as_of=row["date"],
        search=year.words(row),
        behind=bool(year.ties.of(row)),
        files=tuple(files),
    )


def index_page(found: list[Year], site: Site) -> Page:
    """The list of years, newest first."""
    used = [f for year in found for m in HEADLINES if (f := year.figure(m))]
    return Page(
        path=ROOT,
        title=TITLE,
        template="updates/index.md.j2",
        data={
            "years": [
                {
                    "year": y.year,
                    "href": y.path,
                    "headline": y.headline(),
                    "entries": [_entry(y, news) for news in y.news[:3]],
                }
                for y in reversed(found)
            ],
            "sources": sources(site, used),
        },
        section=ROOT,
        description=f"{site.identity.city}民生实事的工作动态和新闻发布会。",
        crumbs=(("首页", ""),),
        demo=any(f.kind is Kind.DEMO for f in used),
        as_of=max((f.as_of for f in used if f.as_of), default=None),
    )


def pages(site: Site) -> Iterator[Page]:
    """The index, then each year's list and news; none without either news or published totals."""
    years = sorted({f.year for f in site.figures.values() if f.subject == "updates"})
    found = [Year(site, year) for year in years]
    if found:
        yield index_page(found, site)
    for year in found:
        cuts = [year.news[i : i + PER_PAGE] for i in range(0, len(year.news), PER_PAGE)] or [[]]
        for number, shown in enumerate(cuts, 1):
            yield list_page(year, shown, number, len(cuts))
        if len(cuts) > 1:
            yield all_page(year)
        for index in range(len(year.rows)):
            yield news_page(year, index)
