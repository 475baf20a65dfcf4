"""A page for each unit and year: what it leads and is to do, what is late and why, and whether it reports in time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generator.model import Day, Entry, Kind, Page
from generator.subject import Site, sources
from generator.subjects.grievances import lateness, life, ties
from generator.subjects.grievances.following import days as planned
from generator.subjects.grievances.following import of_unit as things_of
from generator.subjects.grievances.year import Shown
from generator.subjects.inspections.measures import of_unit as problems_of
from generator.subjects.projects import following
from generator.subjects.projects.lateness import last_report
from generator.subjects.projects.lines import Lines
from generator.subjects.projects.standing import Row
from generator.subjects.projects.year import by_unit, years
from generator.subjects.updates.measures import entry as news_entry
from generator.subjects.updates.measures import of_unit as news_of
from generator.tables import KIND, Tables
from generator.view import View, view

ROOT = "units/"
TITLE = "按单位"


def _units(site: Site) -> dict[str, dict[str, Any]]:
    """The rows of the table of units, by id."""
    return {r["id"]: r for r in site.tables.rows("units")}


def names(tables: Tables) -> dict[str, str]:
    """What each unit is called, by its part of a key: its id."""
    return {r["id"]: r["name"] for r in tables.rows("units")}


def _projects(lines: Lines, unit: str) -> list[View]:
    """The projects that a unit leads, with their money, and what was said of them in each place."""
    found = []
    for number in by_unit(lines.year).get(unit, []):
        rows = lines.year.rows(number, lines.year.newest or "")
        places = [p for r in rows if (p := lines.place(r))["note"] or p["disagrees"]]
        money = {m: view(f) for m in ("allocated", "paid", "paid_rate") if (f := lines.money(number, m))}
        found.append({**lines.project(number), "money": money, "places": places})
    return found


def _helps(lines: Lines, name: str) -> list[View]:
    """The projects in which a unit is a partner."""
    return [
        {"label": f"{n:02d} {p['title']}", "href": lines.address(n)}
        for n, p in lines.year.projects.items() if name in p["partners"]
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Year:
    """A year as this subject sees it: its projects, its things, and who answers for any of them."""

    lines: Lines
    shown: Shown | None  # only where there is a list of things
    listed: list[str]  # ids of the units that answer for something: those that lead projects first


def _year(site: Site, number: int, units: Mapping[str, dict[str, Any]]) -> Year:
    lines = Lines(site, number)
    shown = Shown(site, number) if number in life.years(site.tables) else None
    leads = [u for u in lines.units_with_projects() if u in units]
    answering = shown.rows.leads if shown else set()
    others = [u for u, row in units.items() if u not in leads and row["name"] in answering]
    return Year(lines, shown, [*leads, *others])


def _late(things: Sequence[View], tasks: Sequence[View]) -> dict[str, list[View]]:
    """The things that are behind, each with its late tasks, and the late tasks of other things."""
    late = [t for t in tasks if t["late"]]
    behind = [{**t, "tasks": [x for x in late if x["href"] == t["href"]]} for t in things if t["behind"]]
    there = {t["href"] for t in behind}
    return {"late_things": behind, "late_tasks": [t for t in late if t["href"] not in there]}


def _feed(found: Year, unit: dict[str, Any]) -> Iterator[Entry]:
    """What those who follow a unit are told: how the projects and things that it answers for stand, what it finished of
    others', and its news."""
    lines, key = found.lines, unit["id"]
    for number in by_unit(lines.year).get(key, []):
        yield from following.project(lines, number)
    if found.shown:
        yield from things_of(found.shown, unit["name"])
    yield from (news_entry(n) for n in news_of(lines.site.tables, lines.number, key))


def _days(found: Year, unit: dict[str, Any]) -> Iterator[Day]:
    """What a unit has planned: the days of the projects and things that it answers for, and of its tasks."""
    yield from following.days(found.lines, by_unit(found.lines.year).get(unit["id"], []))
    if found.shown:
        name = unit["name"]
        yield from planned(
            found.shown, lambda thing: bool(thing.row["lead"] == name), lambda task: bool(task["lead"] == name)
        )


def unit_page(found: Year, unit: dict[str, Any]) -> Page:
    """A unit in a year."""
    lines, shown, name = found.lines, found.shown, unit["name"]
    site, year, key = lines.site, lines.number, unit["id"]
    things, tasks = (ties.of_unit(shown, name), ties.tasks_of(shown, name)) if shown else ([], [])
    led, counts = _projects(lines, key), lines.counts(key)
    more = {m: f for m in ("listed", "reports_due", "reports_late", "reports_missing") if (f := lines.get(key, m))}
    figures = [*counts.values(), *more.values()]
    return Page(
        path=f"{ROOT}{year}/{key}/",
        title=f"{name}（{year} 年）",
        template="units/unit.md.j2",
        data={
            "year": year,
            "name": name,
            "aliases": list(unit["aliases"]),
            "counts": {name: view(f) for name, f in counts.items() if f.value or name == "done"},
            **{m: view(f) for m, f in more.items()},
            "projects": led,
            "paid": any(p["money"] for p in led),
            "late": [p for p in led if p["state"] and p["state"]["word"] in ("滞后", "未报送")],
            **_late(things, tasks),
            "things": things,
            "tasks": tasks,
            "helps": _helps(lines, name),
            "helps_things": ties.helped_by(shown, name) if shown else [],
            "report": last_report(lines.year, _rows(lines, key)),
            "things_report": lateness.last_report(shown, name) if shown else None,
            "problems": problems_of(site.tables, year, key),
            "news": news_of(site.tables, year, key),
            "sources": sources(site, figures, [unit["source"], *(t["source"] for t in tasks)]),
        },
        section=ROOT,
        description=f"{name} {year} 年负责的民生实事和群众不满的事：哪些办完了，哪些滞后，是否按时报送。",
        crumbs=(("首页", ""), (TITLE, ROOT), (f"{year} 年", f"{ROOT}{year}/")),
        demo=unit[KIND] == Kind.DEMO or any(f.kind is Kind.DEMO for f in figures) or any(t["demo"] for t in tasks),
        as_of=lines.year.newest,
        search="\n".join([" ".join([name, *unit["aliases"], "单位"]), *(p["title"] for p in (*led, *things))]),
        feed=tuple(_feed(found, unit)) if site.followed else (),
        days=tuple(_days(found, unit)) if site.followed else (),
    )


def _report(lines: Lines, unit: str, name: str) -> View | None:
    """When a unit last reported, of which month, and when that had been due; ``None`` where nobody says it."""
    age, said = lines.get(unit, "report_age"), last_report(lines.year, _rows(lines, unit))
    return {"label": name, "href": f"{ROOT}{lines.number}/{unit}/", "age": view(age), **said} if age and said else None


def _rows(lines: Lines, unit: str) -> list[Row]:
    """The rows of the projects that a unit leads."""
    numbers = by_unit(lines.year).get(unit, [])
    return [r for (n, _), months in lines.year.standings.rows.items() if n in numbers for r in months.values()]


def year_page(found: Year, units: dict[str, dict[str, Any]]) -> Page:
    """All units of a year side by side."""
    lines = found.lines
    year = lines.number
    keys = [u for u in found.listed if lines.counts(u)]
    others = [u for u in found.listed if not lines.counts(u)]
    figures = [f for u in keys for f in lines.of(u)]
    return Page(
        path=f"{ROOT}{year}/",
        title=f"{year} 年各单位",
        template="units/year.md.j2",
        data={
            "year": year,
            "lines": [lines.tally(u, units[u]["name"], f"{ROOT}{year}/{u}/") for u in keys],
            "reports": [line for u in keys if (line := _report(lines, u, units[u]["name"]))],
            "others": [{"name": units[u]["name"], "href": f"{ROOT}{year}/{u}/"} for u in others],
            "sources": sources(lines.site, figures),
        },
        section=ROOT,
        description=f"{lines.site.identity.city} {year} 年各单位负责的民生实事和群众不满的事。",
        crumbs=(("首页", ""), (TITLE, ROOT)),
        demo=any(f.kind is Kind.DEMO for f in figures),
        as_of=lines.year.newest,
        search=f"{year} 年 各单位 牵头单位",
    )


def pages(site: Site) -> Iterator[Page]:
    """The list of years, each year, each unit that answers for something."""
    units = _units(site)
    every = sorted({*years(site.tables), *life.years(site.tables)})
    found = [year for y in every if (year := _year(site, y, units)).listed]
    if not found:
        return
    yield Page(
        path=ROOT,
        title=TITLE,
        template="units/index.md.j2",
        data={
            "years": [
                {
                    "year": year.lines.number, "href": f"{ROOT}{year.lines.number}/",
                    "units": [
                        {"name": units[u]["name"], "href": f"{ROOT}{year.lines.number}/{u}/"} for u in year.listed
                    ],
                }
                for year in reversed(found)
            ],
        },
        section=ROOT,
        description=f"{site.identity.city}民生实事的牵头单位：各自负责什么，是否按时报送。",
        crumbs=(("首页", ""),),
        as_of=found[-1].lines.year.newest,
        search="单位 部门 牵头单位",
    )  # fmt: skip
    for year in found:
        yield year_page(year, units)
        for unit in year.listed:
            yield unit_page(year, units[unit])
