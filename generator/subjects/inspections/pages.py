"""Pages of inspections: the list of years, and a year with every problem."""

from __future__ import annotations

from collections.abc import Iterator

from generator import facets
from generator.measure import is_demo
from generator.model import Chart, Kind, Page
from generator.subject import Site, sources
from generator.subjects.inspections import pictures
from generator.subjects.inspections.cases import STATES, rows, years
from generator.subjects.inspections.measures import MEASURES, kinds, units
from generator.subjects.inspections.year import ROOT, Year
from generator.view import View, prose, view

TITLE = "督查"
FACETS = {"kind": "问题类别", "region": "区划", "unit": "责任单位", "lifecycle": "改到哪一步", "method": "发现方式"}


def _headline(year: Year) -> View:
    """The figures for the top of a page: published where they are, else of the rows."""
    return {m: view(f) for m in MEASURES if (f := year.headline(m))}


def _cases(year: Year) -> list[View]:
    """Every problem with its place, ties and days, newest first."""
    return [
        {
            **problem,
            "place": year.regions.get(problem["region"], problem["region"]),
            "days": view(year.figures[problem["figure"]]),
            "ties": year.ties.of(problem),
        }
        for problem in year.listed
    ]


def _narrowing(year: Year) -> View | None:
    """What the list of problems can be narrowed down by."""
    found = [
        {
            "kind": [p["kind"]] if p["kind"] else [],
            "region": [year.regions.get(p["region"], p["region"])] if p["region"] else [],
            "unit": [p["lead"]] if p["lead"] else [],
            "lifecycle": [p["state"]["word"]],
            "method": [p["method"]] if p["method"] else [],
        }
        for p in year.listed
    ]
    kinds = [Kind.weakest({Kind(p["nature"]), year.figures[p["figure"]].kind}) for p in year.listed]
    words = [STATES[state][1] for state in ("overdue", "open", "mended_late", "mended")]
    return facets.narrowing(FACETS, found, kinds, "个", {"region": year.regions.values(), "lifecycle": words})


def _drawn(year: Year, by_kind: list[View], by_unit: list[View]) -> list[Chart]:
    """The pictures of a year that has problems."""
    if not year.listed:
        return []
    kind_names = {key: name for name, key in kinds(year.site.tables).items()}
    unit_names = {key: name for name, key in units(year.site.tables).items()}
    return [
        pictures.months(year),
        pictures.days(year, "kinds", "问题类别", by_kind, "kind", kind_names),
        pictures.days(year, "units", "责任单位", by_unit, "lead", unit_names),
    ]


def _sentence(year: Year) -> str:
    words = {"found": "发现 {} 问题", "mended": "{} 已改好", "days": "一半在 {} 以内改好"}
    said = [text.format(prose(f)) for m, text in words.items() if (f := year.headline(m)) and f.value is not None]
    return f"{year.site.identity.city} {year.year} 年月调度、季核查：{'，'.join(said)}。"


def _files(year: Year) -> list[tuple[str, str]]:
    files = [("下载明细 CSV", year.csv)] if year.csv else []
    more = [("下载公布的总数 CSV", "data/control_totals.csv")] if year.official else []
    return [*files, *more, ("本页的数 JSON", f"data/figures/{year.year}/inspections.json")]


def _leads(year: Year) -> list[str]:
    """The units that have something to mend, with their old names."""
    names = {problem["lead"] for problem in year.listed}
    frame = year.site.tables.frame("units")
    return [n for r in frame[frame["name"].isin(names)].to_dict("records") for n in (r["name"], *r["aliases"])]


def year_page(year: Year) -> Page:
    """A year: what was found and mended, by month, kind, unit and region, and every problem."""
    by_kind, by_unit = year.split(year.kinds), year.split(year.units, "units")
    drawn = _drawn(year, by_kind, by_unit)
    whole = year.get("all", "found")
    return Page(
        path=year.path,
        title=f"{year.year} 年{TITLE}",
        template="inspections/year.md.j2",
        data={
            "year": year.year,
            "headline": _headline(year),
            "official": year.official,
            "split_kind": str(whole.kind) if whole else "",
            "sum": year.line("all", "合计")["cells"],
            "months": year.by_month(),
            "kinds": by_kind,
            "units": by_unit,
            "regions": year.split({f"r{code}": name for code, name in year.regions.items()}, "regions"),
            "cases": _cases(year),
            "narrowing": _narrowing(year),
            "years": facets.years(
                {y: len(rows(year.site.tables, y)) for y in years(year.site.tables)}, year.year, ROOT
            ),
            "sources": sources(year.site, year.figures.values()),
            "files": _files(year),
            "charts": {c.id.split("-", 2)[2]: c.id for c in drawn},
        },
        section=ROOT,
        description=_sentence(year),
        charts=tuple(drawn),
        crumbs=(("首页", ""), (TITLE, ROOT)),
        demo=is_demo(year.figures.values()),
        as_of=max((f.as_of for f in year.figures.values() if f.as_of), default=None),
        search="\n".join([" ".join(["月调度 季核查 整改", *_leads(year)]), *(p["problem"] for p in year.listed)]),
    )


def index_page(found: list[Year], site: Site) -> Page:
    """The list of years, newest first."""
    shown = [f for year in found for m in MEASURES if (f := year.headline(m))]
    return Page(
        path=ROOT,
        title=TITLE,
        template="inspections/index.md.j2",
        data={
            "years": [{"year": y.year, "href": y.path, "headline": _headline(y)} for y in reversed(found)],
            "sources": sources(site, shown),
        },
        section=ROOT,
        description=f"{site.identity.city}月调度、季核查发现了什么问题，是谁的责任，多少天改好。",
        crumbs=(("首页", ""),),
        demo=any(f.kind is Kind.DEMO for f in shown),
        as_of=max((f.as_of for f in shown if f.as_of), default=None),
    )


def pages(site: Site) -> Iterator[Page]:
    """The index, then each year that has problems or published totals; nothing at all without either."""
    known = sorted({f.year for f in site.figures.values() if f.subject == "inspections"})
    found = [Year(site, year) for year in known]
    if found:
        yield index_page(found, site)
    for year in found:
        yield year_page(year)
