"""A page for each place and year: its projects, what is late and why, its money, what inspections found there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.model import Day, Entry, Figure, Kind, Page
from generator.subject import Site, sources
from generator.subjects.budget.measures import AMOUNTS, RATES
from generator.subjects.grievances import following as things
from generator.subjects.grievances import life
from generator.subjects.grievances.ties import tasks_in
from generator.subjects.grievances.year import Shown
from generator.subjects.inspections.measures import of_region as problems_of
from generator.subjects.projects import following
from generator.subjects.projects.lateness import last_report
from generator.subjects.projects.lines import Lines
from generator.subjects.projects.standing import Row
from generator.subjects.projects.year import record
from generator.subjects.regions.places import places, years
from generator.subjects.updates.measures import entry as news_entry
from generator.subjects.updates.measures import of_region as news_of
from generator.view import View, view

ROOT = "regions/"
TITLE = "按区划"


def _money(site: Site, year: int, code: str) -> dict[str, Figure]:
    found = {m: site.figures.get(f"budget/{year}/r{code}/{m}") for m in (*AMOUNTS, *RATES)}
    return {m: f for m, f in found.items() if f}


def _rows(lines: Lines, code: str) -> dict[int, Row]:
    """What the place reports of its part of each project in the newest month, or undated, by the project's number."""
    standings = lines.year.standings
    rows = {n: found.get(lines.year.newest or "") for (n, region), found in standings.rows.items() if region == code}
    rows |= {n: row for (n, region), row in standings.undated.items() if region == code}
    return {n: row for n, row in sorted(rows.items()) if row is not None}


def _parts(lines: Lines, rows: Mapping[int, Row]) -> list[View]:
    """The place's part of each project, with who leads it."""
    found = []
    for number, row in rows.items():
        project = lines.year.projects[number]
        found.append({
            **lines.place(row), "id": record(number), "title": project["title"],
            "label": f"{number:02d} {project['title']}", "href": lines.address(number), "lead": project["lead"],
            "unit": lines.year.units.get(project["lead"], ""), "measure_unit": project["measure_unit"] or "",
        })  # fmt: skip
    return found


def _feed(lines: Lines, code: str, rows: Mapping[int, Row]) -> Iterator[Entry]:
    """What those who follow a place are told: how its parts of projects stand, and the news of it."""
    for row in rows.values():
        yield from following.part(lines, code, row)
    yield from (news_entry(n) for n in news_of(lines.site.tables, lines.number, code))


def _days(lines: Lines, code: str, rows: Mapping[int, Row], shown: Shown | None) -> Iterator[Day]:
    """What is planned for a place: the days of the projects that it has a part in, and of tasks that are done there."""
    yield from following.days(lines, rows)
    if shown:
        yield from things.days(shown, lambda thing: False, lambda task: bool(task["region"] == code))


def place_page(lines: Lines, code: str, place: dict[str, Any], shown: Shown | None) -> Page:
    """A place in a year."""
    site, year, key = lines.site, lines.number, f"r{code}"
    here = _rows(lines, code)
    parts, money, counts = _parts(lines, here), _money(site, year, code), lines.counts(key)
    more = {m: f for m in ("listed", "reports_due", "reports_late", "reports_missing") if (f := lines.get(key, m))}
    figures = [*counts.values(), *money.values(), *more.values()]
    rows = [r for (_, region), found in lines.year.standings.rows.items() if region == code for r in found.values()]
    names = [place["name"], *place["aliases"]]
    tasks = tasks_in(shown, code) if shown else []
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
            "dated": bool(counts),
            "tasks": tasks,
            "late_tasks": [t for t in tasks if t["late"]],
            "problems": problems_of(site.tables, year, code),
            "news": news_of(site.tables, year, code),
            "sources": sources(site, figures, [t["source"] for t in tasks]),
        },
        section=ROOT,
        description=f"{place['name']} {year} 年的民生实事：哪些办完了，哪些滞后，为什么，钱拨付了多少。",
        crumbs=(("首页", ""), (TITLE, ROOT), (f"{year} 年", f"{ROOT}{year}/")),
        demo=any(f.kind is Kind.DEMO for f in figures) or any(t["demo"] for t in tasks),
        as_of=lines.year.newest,
        search=" ".join([*names, code, place["kind"], "区划"]),
        feed=tuple(_feed(lines, code, here)) if site.followed else (),
        days=tuple(_days(lines, code, here, shown)) if site.followed else (),
    )  # fmt: skip


def year_page(lines: Lines) -> Page:
    """All places of a year side by side."""
    year = lines.number
    here = places(lines.site, year)
    codes = [c for c in here if lines.counts(f"r{c}")]
    figures = [f for c in codes for f in lines.of(f"r{c}")]
    return Page(
        path=f"{ROOT}{year}/",
        title=f"{year} 年各地",
        template="regions/year.md.j2",
        data={
            "year": year,
            "lines": [lines.tally(f"r{c}", here[c]["name"], f"{ROOT}{year}/r{c}/") for c in codes],
            "others": [
                {"name": row["name"], "href": f"{ROOT}{year}/r{c}/"} for c, row in here.items() if c not in codes
            ],
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
    """The list of years, each year, each place that some table speaks of."""
    found = [Lines(site, y) for y in years(site)]
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
                        {"name": row["name"], "href": f"{ROOT}{lines.number}/r{code}/"}
                        for code, row in places(site, lines.number).items()
                    ],
                }
                for lines in reversed(found)
            ],
        },
        section=ROOT,
        description=f"{site.identity.city}各地的民生实事：做到哪一步，哪些滞后，钱拨付了多少。",
        crumbs=(("首页", ""),),
        as_of=found[-1].year.newest,
        search="区划 县 市 区 园区",
    )  # fmt: skip
    for lines in found:
        yield year_page(lines)
        shown = Shown(site, lines.number) if lines.number in life.years(site.tables) else None
        for code, place in places(site, lines.number).items():
            yield place_page(lines, code, place, shown)
