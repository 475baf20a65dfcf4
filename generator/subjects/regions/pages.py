"""A page for each place and year: its projects, what is late and why, its money, what inspections found there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.model import Figure, Kind, Page
from generator.subject import Site, sources
from generator.subjects.budget.measures import AMOUNTS, RATES
from generator.subjects.grievances import life
from generator.subjects.grievances.ties import tasks_in
from generator.subjects.grievances.year import Shown
from generator.subjects.inspections.measures import of_region as problems_of
from generator.subjects.projects.lateness import is_late, last_report
from generator.subjects.projects.lines import Lines
from generator.subjects.projects.year import by_region, years
from generator.subjects.updates.measures import of_region as news_of
from generator.view import View, view

ROOT = "regions/"
TITLE = "按区划"


def _places(site: Site) -> dict[str, dict[str, Any]]:
    """The rows of the table of regions, by code."""
    return {r["code"]: r for r in site.tables.rows("regions")}


def _money(site: Site, year: int, code: str) -> dict[str, Figure]:
    found = {m: site.figures.get(f"budget/{year}/r{code}/{m}") for m in (*AMOUNTS, *RATES)}
    return {m: f for m, f in found.items() if f}


def _parts(lines: Lines, code: str) -> list[View]:
    """The place's part of each project in the newest month, with who leads it."""
    month = lines.year.newest or ""
    found = []
    for number in by_region(lines.year).get(code, []):
        row = lines.year.standings.rows[number, code].get(month)
        if row is None:
            continue
        project = lines.year.projects[number]
        found.append({
            **lines.place(row), "title": project["title"], "label": f"{number:02d} {project['title']}",
            "href": lines.address(number), "lead": project["lead"], "unit": lines.year.units.get(project["lead"], ""),
            "late": is_late(lines.year, row), "measure_unit": project["measure_unit"] or "",
        })  # fmt: skip
    return found


def place_page(lines: Lines, code: str, place: dict[str, Any], shown: Shown | None) -> Page:
    """A place in a year."""
    site, year, key = lines.site, lines.number, f"r{code}"
    parts, money, counts = _parts(lines, code), _money(site, year, code), lines.counts(key)
    more = {m: f for m in ("listed", "reports_due", "reports_late", "reports_missing") if (f := lines.get(key, m))}
    figures = [*counts.values(), *money.values(), *more.values()]
    rows = [r for (_, region), found in lines.year.standings.rows.items() if region == code for r in found.values()]
    names = [place["name"], *place["aliases"]]
    return Page(
        path=f"{ROOT}{year}/{key}/",
        title=f"{place['name']}（{year} 年）",
        template="regions/place.md.j2",
        data={
            "year": year,
            "name": place["name"],
            "kind": place["kind"],
            "aliases": list(place["aliases"]),
            "note": place["note"] or "",
            "counts": {name: view(f) for name, f in counts.items() if f.value or name == "done"},
            **{m: view(f) for m, f in more.items()},
            "parts": parts,
            "late": [p for p in parts if p["state"] and p["state"]["word"] in ("滞后", "未报送")],
            "report": last_report(lines.year, rows),
            "money": {m: view(f) for m, f in money.items()},
            "tasks": tasks_in(shown, code) if shown else [],
            "problems": problems_of(site.tables, year, code),
            "news": news_of(site.tables, year, code),
            "sources": sources(site, figures),
        },
        section=ROOT,
        description=f"{place['name']} {year} 年的民生实事：哪些办完了，哪些滞后，为什么，钱拨付了多少。",
        crumbs=(("首页", ""), (TITLE, ROOT), (f"{year} 年", f"{ROOT}{year}/")),
        demo=any(f.kind is Kind.DEMO for f in figures) or bool(parts and site.tables.demo()),
        as_of=lines.year.newest,
        search=" ".join([*names, code, place["kind"], "区划"]),
    )  # fmt: skip


def year_page(lines: Lines, places: dict[str, dict[str, Any]]) -> Page:
    """All places of a year side by side."""
    year = lines.number
    codes = lines.regions_with_projects()
    figures = [f for c in codes for f in lines.of(f"r{c}")]
    return Page(
        path=f"{ROOT}{year}/",
        title=f"{year} 年各地",
        template="regions/year.md.j2",
        data={
            "year": year,
            "lines": [lines.tally(f"r{c}", places[c]["name"], f"{ROOT}{year}/r{c}/") for c in codes],
            "sources": sources(lines.site, figures),
        },
        section=ROOT,
        description=f"{lines.site.identity.city} {year} 年各地参与的民生实事和报送情况。",
        crumbs=(("首页", ""), (TITLE, ROOT)),
        demo=any(f.kind is Kind.DEMO for f in figures),
        as_of=lines.year.newest,
        search=f"{year} 年 各地 区划",
    )


def pages(site: Site) -> Iterator[Page]:
    """The list of years, each year, each place; none where no place reports progress."""
    places = _places(site)
    found = [lines for y in years(site.tables) if (lines := Lines(site, y)).regions_with_projects()]
    if not found:
        return
    yield Page(
        path=ROOT,
        title=TITLE,
        template="regions/index.md.j2",
        data={
            "years": [
                {
                    "year": lines.number, "href": f"{ROOT}{lines.number}/",
                    "places": [
                        {"name": places[c]["name"], "href": f"{ROOT}{lines.number}/r{c}/"}
                        for c in lines.regions_with_projects()
                    ],
                }
                for lines in reversed(found)
            ],
        },
        section=ROOT,
        description=f"{site.identity.city}各县（市、区）、市直园区和市本级的民生实事。",
        crumbs=(("首页", ""),),
        as_of=found[-1].year.newest,
        search="区划 县 市 区 园区",
    )  # fmt: skip
    for lines in found:
        yield year_page(lines, places)
        shown = Shown(site, lines.number) if lines.number in life.years(site.tables) else None
        for code in lines.regions_with_projects():
            yield place_page(lines, code, places[code], shown)
