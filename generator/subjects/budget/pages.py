"""Pages of the money: the list of years, a year, and each project's money."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from generator import facets
from generator import format as fmt
from generator.measure import is_demo
from generator.model import Kind, Page
from generator.subject import Site, corrections, sources
from generator.subjects.budget import pictures
from generator.subjects.budget.measures import AMOUNTS, extra_keys, years
from generator.subjects.budget.year import COLUMNS, ROOT, Year
from generator.subjects.projects import traits
from generator.subjects.projects import year as plans
from generator.subjects.projects.measures import REACHED
from generator.subjects.projects.year import record
from generator.view import View, prose, view

TITLE = "民生资金"


def _numbered(project: View) -> str:
    return f"{project['number']:02d} {project['title']}"


def _address(year: Year, project: View) -> str:
    return f"{year.path}{record(project['number'])}/"


def _shown(year: Year) -> list[View]:
    """The projects that have a page: those with rows in the year, be it that the newest month lacks them."""
    numbers = set(year.frame["project"])
    return [p for p in year.projects if p["number"] in numbers]


def _narrowing(year: Year) -> View | None:
    """What the list of projects can be narrowed down by; places are those that the money is for."""
    tables = year.site.tables
    found = traits.traits(tables, tables.once(plans.Year, year.year))
    places = traits.paid_by(tables, year.year, "region")
    shown = [int(p["number"]) for p in _shown(year)]
    rows = [{**found[n], "region": [year.regions.get(code, code) for code in places[n]]} for n in shown]
    kinds = [Kind.weakest({f.kind for f in year.of(record(n))}) for n in shown]
    return facets.narrowing(traits.NAMES, rows, kinds, "个", traits.orders(tables))


def _headline(year: Year) -> View:
    """Official amounts and rates for the top of a page; sums of rows where nothing was published."""
    found = {m: f for m in COLUMNS if (f := year.get("all", m))}
    return {m: view(f) for m, f in found.items()}


def _months_table(year: Year, key: str) -> list[View]:
    lines = []
    for month in year.months:
        found = (year.sum(m, month) if key == "all" else year.get(key, m, month) for m in COLUMNS)
        cells = [view(f) for f in found if f]
        lines.append({"label": fmt.month(month), "href": None, "cells": cells})
    return lines


def _extras(year: Year) -> list[View]:
    extras = []
    for key in extra_keys(year.figures, year.year):
        _, *places = key.split("+")
        cells = [view(f) for m in COLUMNS if (f := year.figures.get(f"budget/{year.year}/{key}/{m}"))]
        counts = [view(f) for m in REACHED if (f := year.figures.get(f"projects/{year.year}/{key}/{m}"))]
        where = "".join(year.name(p) for p in places)
        first = year.figures[f"budget/{year.year}/{key}/allocated"]
        extras.append({
            "title": first.label.split("·")[0].strip(), "where": where,
            "cells": cells, "counts": counts, "date": fmt.dated(first.as_of, first.published), "kind": str(first.kind),
        })  # fmt: skip
    return extras


def _agrees(year: Year) -> bool:
    """Whether each total published as of the newest month is, as it is shown, the sum of the rows."""
    pairs = [(year.get("all", m), year.sum(m)) for m in AMOUNTS]
    return all(a and b and a.as_of and b.as_of and a.as_of[:7] == b.as_of and prose(a) == prose(b) for a, b in pairs)


def year_page(year: Year) -> Page:
    """The money of a year: official totals and chain, then every split."""
    title = f"{year.year} 年{TITLE}"
    headline = {m: year.get("all", m) for m in COLUMNS}
    drawn = [pictures.chain(f"budget-{year.year}-chain", headline)]
    levels, regions = year.split("l"), year.split("r")
    levels = levels if len(levels) > 1 else []
    lines = [
        year.line(
            record(p["number"]), _numbered(p), href=_address(year, p), lead=p["lead"], lead_href=year.unit(p["lead"])
        )
        for p in _shown(year)
    ]  # fmt: skip
    if year.months:
        drawn.append(pictures.months(year, "all", "各项目合计"))
    if levels:
        drawn.append(pictures.bullet(levels, f"budget-{year.year}-levels", "资金层级"))
    if len(regions) > 1:
        drawn.append(pictures.bullet(regions, f"budget-{year.year}-regions", "区划"))
    if len(lines) > 1:
        drawn.append(pictures.rates(year, lines))
    figures = year.of()
    newest = year.get("all", "projects")
    return Page(
        path=year.path,
        title=title,
        template="budget/year.md.j2",
        data={
            "year": year.year,
            "headline": _headline(year),
            "official": year.official,
            "counts": {m: view(f) for m in ("projects", "over", "behind") if (f := year.get("all", m))},
            "sums": [view(f) for m in COLUMNS if (f := year.sum(m))],
            "months": _months_table(year, "all"),
            "levels": levels,
            "regions": regions,
            "projects": lines,
            "narrowing": _narrowing(year),
            "years": facets.years(_counts(year.site), year.year, ROOT),
            "extras": _extras(year),
            "demo_split": is_demo([newest]),
            "agrees": year.official and _agrees(year),
            "split_kind": str(newest.kind) if newest else "",
            "sources": sources(year.site, figures),
            "files": _files(year),
            "charts": {c.id.split("-", 2)[2]: c.id for c in drawn},
        },
        section=ROOT,
        description=_sentence(year),
        charts=tuple(drawn),
        crumbs=(("首页", ""), (TITLE, ROOT)),
        demo=is_demo(figures),
        as_of=max((f.as_of for f in figures if f.as_of and f.subject == "budget"), default=None),
        hide_toc=False,
        search=f"{year.year} 年 {' '.join(AMOUNTS.values())}",
    )


def _counts(site: Site) -> dict[int, int]:
    """How many projects the money of each year is listed by."""
    rows = {(r["year"], r["project"]) for r in site.tables.rows("budget") if r["project"] is not None}
    return Counter(int(year) for year, _ in rows)


def _files(year: Year) -> list[tuple[str, str]]:
    """What can be downloaded of a year: text and address."""
    files = [("下载明细 CSV", year.csv)] if year.csv else []
    return [
        *files,
        ("下载公布的总数 CSV", "data/control_totals.csv"),
        ("本页的数 JSON", f"data/figures/{year.year}/budget.json"),
    ]


def _sentence(year: Year) -> str:
    words = [f"{label} {prose(f)}" for m, label in AMOUNTS.items() if (f := year.get("all", m))]
    return f"{year.site.identity.city} {year.year} 年民生实事资金：{'、'.join(words)}。"


def project_page(year: Year, project: View, nearby: Sequence[View]) -> Page:
    """A project's money: chain, months, regions, levels, neighbours."""
    key = record(project["number"])
    latest = year.latest(project["number"])
    found = {m: year.get(key, m, latest) for m in COLUMNS}
    regions, levels = year.split(f"{key}+r"), year.split(f"{key}+l")
    drawn = [pictures.chain(f"budget-{year.year}-{key}-chain", found)]
    if year.months:
        drawn.append(pictures.months(year, key, "本项目"))
    figures = year.of(key)
    return Page(
        path=f"{year.path}{key}/",
        title=f"{project['title']}：资金",
        template="budget/project.md.j2",
        data={
            "year": year.year,
            "number": int(project["number"]),
            "title": project["title"],
            "category": project["category"],
            "project": f"projects/{year.year}/{key}/",
            "lead": project["lead"],
            "lead_href": year.unit(project["lead"]),
            "headline": {m: view(f) for m, f in found.items() if f},
            "counts": [view(f) for m in REACHED if (f := year.figures.get(f"projects/{year.year}/{key}/{m}"))],
            "months": _months_table(year, key) if year.months else [],
            "regions": regions,
            "levels": levels if len(levels) > 1 or "未分" not in {line["label"] for line in levels} else [],
            "corrections": corrections(year.site, "budget", year.year, int(project["number"])),
            "sources": sources(year.site, figures),
            "nearby": [{"label": _numbered(p), "href": _address(year, p)} for p in nearby],
            "csv": year.csv,
            "late": {"newest": fmt.month(year.months[-1]), "latest": fmt.month(latest)} if latest else None,
            "charts": {c.id.rsplit("-", 1)[1]: c.id for c in drawn},
        },
        section=ROOT,
        description=f"{project['title']}的资金："
        + "、".join(f"{AMOUNTS[m]} {prose(f)}" for m in AMOUNTS if (f := found[m])),
        charts=tuple(drawn),
        crumbs=(("首页", ""), (TITLE, ROOT), (f"{year.year} 年", year.path)),
        demo=is_demo(figures),
        as_of=year.months[-1] if year.months else None,
        search=_words(year, project),
        behind=True,
    )


def _words(year: Year, project: View) -> str:
    """What a project is also called: its number, its unit by all names, its kind. Not the year: all have it."""
    number = int(project["number"])
    names = [project["lead"], *year.aliases.get(project["lead"], ())]
    return " ".join([f"项目 {number} 第 {number} 号", project["category"], *names])


def index_page(found: list[Year], site: Site) -> Page:
    """The list of years, newest first."""
    figures = [f for year in found for m in COLUMNS if (f := year.get("all", m))]
    return Page(
        path=ROOT,
        title=TITLE,
        template="budget/index.md.j2",
        data={
            "years": [{"year": y.year, "href": y.path, "headline": _headline(y)} for y in reversed(found)],
            "city": site.identity.city,
            "sources": sources(site, figures),
        },
        section=ROOT,
        description=f"{site.identity.city}民生实事的钱：安排了多少，下达了多少，拨付了多少。",
        crumbs=(("首页", ""),),
        demo=is_demo(figures),
        as_of=max((f.as_of for f in figures if f.as_of), default=None),
        search=" ".join(f"{y.year} 年" for y in found),
    )


def pages(site: Site) -> Iterator[Page]:
    """The index, then each year and its projects."""
    found = [Year(site, y) for y in years(site.figures)]
    yield index_page(found, site)
    for year in found:
        yield year_page(year)
        shown = _shown(year)
        for index, project in enumerate(shown):
            yield project_page(year, project, [*shown[max(index - 1, 0) : index], *shown[index + 1 : index + 2]])
