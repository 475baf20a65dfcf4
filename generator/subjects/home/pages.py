"""The home page: the year's answer, drawn from all subjects. It uses their figures, never their pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote

from generator import format as fmt
from generator.model import Chart, Day, Entry, Figure, Kind, Page
from generator.subject import Site
from generator.subjects.budget import pictures
from generator.subjects.budget.measures import AMOUNTS, RATES
from generator.subjects.budget.measures import years as budget_years
from generator.subjects.grievances import life
from generator.subjects.grievances.following import days as planned
from generator.subjects.grievances.states import State
from generator.subjects.grievances.ties import line
from generator.subjects.grievances.year import COUNTS, Shown, answer
from generator.subjects.home.changes import changes
from generator.subjects.projects import following
from generator.subjects.projects.lines import Lines
from generator.subjects.projects.year import years as project_years
from generator.subjects.regions.places import places
from generator.subjects.updates.measures import entry as news_entry
from generator.subjects.updates.measures import plain as news_of
from generator.subjects.updates.measures import rows as news_rows
from generator.view import View, view

NEWS = 3
LATE = ("滞后", "未报送")
ROOM = 8  # projects that are late; their number stands above them, all of them in the year's list


def _money(site: Site, year: int) -> dict[str, Figure]:
    """The year's published amounts and rates; sums of rows where nothing was published."""
    names = (*AMOUNTS, *RATES)
    found = {m: f for m in names if (f := site.figures.get(f"budget/{year}/all/{m}"))}
    return found or {m: f for m in names if (f := site.figures.get(f"budget/{year}/all/{m}_sum"))}


def _chain(figures: dict[str, Figure]) -> tuple[Chart, ...]:
    if not figures.get("allocated"):
        return ()
    return (pictures.chain("home-chain", {m: figures.get(m) for m in (*AMOUNTS, *RATES)}),)


def _projects(lines: Lines) -> View:
    """How the year's projects stand, what is late with who answers for it, and the ways in by place and unit."""
    counts = lines.counts("all")
    found = [lines.project(n) for n in lines.year.projects]
    year = lines.number
    return {
        "href": lines.path,
        "counts": {name: view(f) for name, f in counts.items() if f.value or name == "done"},
        "listed": view(f) if (f := lines.get("all", "listed")) else None,
        # Of a list without months, how many and how far in all is what can be said.
        "plain": {m: view(p) for m in ("count_sum", "target", "done") if not f and (p := lines.get("all", m))},
        "kind": str(k.kind) if (k := f or lines.get("all", "count_sum")) else "",
        **_first([p for p in found if p["state"] and p["state"]["word"] in LATE]),
        "topics": _topics(lines),
        "units": [{"name": lines.unit_names[u], "href": f"units/{year}/{u}/"} for u in lines.units_with_projects()],
    }


def _first(late: Sequence[View]) -> View:
    """What is late as far as there is room, the late before the silent, and whether there is more."""
    ordered = sorted(late, key=lambda p: LATE.index(p["state"]["word"]))
    return {"late": ordered[:ROOM], "more": len(ordered) > ROOM}


def _topics(lines: Lines) -> list[View]:
    """The kinds of projects, with the list of each: the year's list narrowed down to it."""
    counts = Counter(p["category"] for p in lines.year.projects.values() if p["category"])
    return [
        {"name": name, "count": count, "href": f"{lines.path}?category={quote(name, safe='')}#list"}
        for name, count in counts.items() if len(counts) > 1
    ]  # fmt: skip


def _things(shown: Shown) -> View:
    """How the year's ten things stand, how satisfied people are, and which are done, late or open again."""
    lines = [line(shown, t) for t in shown.things]
    return {
        "href": shown.path,
        "answer": answer(shown),
        "late": [t for t in lines if t["behind"]],
        "done": [t for t in lines if State.DONE in (s["word"] for s in t["status"])],
        "kind": str(f.kind) if (f := shown.get("all", "done")) else "",
    }


def _lists(site: Site, year: int, projects: View | None, things: View | None) -> list[View]:
    """The year's lists, for whoever came to an address that is not there."""
    found = [
        ("民生实事", projects and projects["href"]),
        ("民生资金", year in budget_years(site.figures) and f"budget/{year}/"),
        ("群众最不满意的事", things and things["href"]),
        ("督查", bool(_inspected(site, year)) and f"inspections/{year}/"),
    ]
    return [{"title": f"{year} 年{title}", "href": href} for title, href in found if href]


def _states(shown: Shown | None) -> list[Figure]:
    return [f for m in COUNTS if shown and (f := shown.get("all", m))]


def _date(figures: Iterable[Figure]) -> str:
    """The date of some figures if they all have the same one: then it need be said only once."""
    found = {fmt.dated(f.as_of, f.published) for f in figures}
    return found.pop() if len(found) == 1 else ""


def _inspected(site: Site, year: int) -> View:
    """What inspections found and what was mended, as published or else as listed."""
    found = {m: site.figures.get(f"inspections/{year}/all/{m}") for m in ("found", "mended")}
    found = {m: f or site.figures.get(f"inspections/{year}/all/{m}_sum") for m, f in found.items()}
    return {m: view(f) for m, f in found.items() if f}


def _news(site: Site, year: int, lines: Lines | None, listed: Shown | None) -> list[View]:
    """The latest news, with the pages of the units that it is of."""

    def page(unit: str) -> str | None:
        return (lines.unit(unit) if lines else None) or (listed.unit(unit) if listed else None)

    return [{**news_of(row), "unit_href": page(row["unit"] or "")} for row in news_rows(site.tables, year)[:NEWS]]


def _feed(site: Site, found: Sequence[Lines]) -> Iterator[Entry]:
    """What those who follow the site are told: how the projects of some years stand, and all news of these years."""
    for lines in found:
        for number in lines.year.projects:
            yield from following.project(lines, number)
        yield from (news_entry(news_of(row)) for row in news_rows(site.tables, lines.number))


def _days(site: Site, found: Sequence[Lines]) -> Iterator[Day]:
    """What is planned in some years: the days of projects, of things and of their tasks."""
    for lines in found:
        yield from following.days(lines, lines.year.projects)
        if lines.number in life.years(site.tables):
            yield from planned(Shown(site, lines.number), lambda thing: True)


def _newest(site: Site) -> int | None:
    """The newest year that has money; without any, that has progress; without any, that has a list of projects.

    A year begins with a list and a first month from one place: until its money is there, it is no answer.
    """
    listed = project_years(site.tables)
    reported = [y for y in listed if f"projects/{y}/all/listed" in site.figures]
    for years in (budget_years(site.figures), reported, listed):
        if years:
            return max(years)
    return None


def pages(site: Site) -> Iterator[Page]:
    """One page: the newest year's answer and the ways in."""
    year = _newest(site)
    money = _money(site, year) if year else {}
    count = site.figures.get(f"projects/{year}/all/count")  # rows that happen to be listed are no such claim
    lines = Lines(site, year) if year and year in project_years(site.tables) else None
    projects = _projects(lines) if lines else None
    newer = [y for y in project_years(site.tables) if year and y > year]
    told = [*([lines] if lines else []), *(Lines(site, y) for y in newer)] if site.followed else []
    listed = Shown(site, year) if year in life.years(site.tables) else None
    things = _things(listed) if listed else None
    inspected = _inspected(site, year) if year else {}
    drawn = _chain(money) if year else ()
    shown = [f for f in (*money.values(), count) if f]
    kinds = {str(f.kind) for f in shown} | {part["kind"] for part in (projects, things) if part}
    yield Page(
        path="",
        title=site.identity.site_name,
        template="home/home.md.j2",
        data={
            "city": site.identity.city,
            "year": year,
            "headline": {m: view(f) for m, f in money.items()},
            "count": view(count) if count else None,
            "projects": projects,
            "places": [
                {"name": row["name"], "href": f"regions/{year}/r{code}/"}
                for code, row in (places(site, year) if year else {}).items()
            ],
            "things": things,
            "corrected": site.tables.has("corrections"),
            "changes": changes(site, year, lines, listed) if year else {},
            "inspected": inspected,
            "news": _news(site, year, lines, listed) if year else [],
            "newer": newer,
            "lists": _lists(site, year, projects, things) if year else [],
            "date": _date([*money.values(), *(lines.counts("all").values() if lines else ()), *_states(listed)]),
            "sources": [],
            "charts": {"chain": drawn[0].id} if drawn else {},
        },
        section="",
        description=f"{site.identity.city}民生实事的项目和资金，逐月公开，每个数都能查到出处。",
        charts=drawn,
        demo=str(Kind.DEMO) in kinds,
        as_of=site.as_of,
        feed=tuple(_feed(site, told)),
        days=tuple(_days(site, told)),
    )
