"""Pages of livelihood projects: the list of years, and a year. Each project's own page is in ``project``."""

from __future__ import annotations

from collections.abc import Iterator

from generator import facets
from generator import format as fmt
from generator.measure import is_demo
from generator.model import Chart, Figure, Kind, Page
from generator.subject import Site, sources
from generator.subjects.projects import pictures, project
from generator.subjects.projects.lines import ROOT, Lines
from generator.subjects.projects.measures import of
from generator.subjects.projects.tallies import STATES
from generator.subjects.projects.traits import NAMES, RANKS, orders, traits
from generator.subjects.projects.year import projects, record, years
from generator.tables import KIND
from generator.view import View, view

TITLE = "民生实事"


def _official(site: Site, year: int) -> Figure | None:
    """How many projects were published, if that was."""
    return of(site.figures, year, "all", "count")


def _headline(lines: Lines) -> View:
    """The year's answer: how many stand how."""
    official = _official(lines.site, lines.number)
    counts = {name: view(f) for name, f in lines.counts("all").items() if f.value or name == "done"}
    more = {m: view(f) for m in ("listed", "overdue") if (f := lines.get("all", m))}
    listed = of(lines.site.figures, lines.number, "all", "count_sum")
    return {
        "official": view(official) if official else None,
        "rows": view(listed) if listed else None,
        "reached": any(f"projects/{lines.number}/{record(n)}/done" in lines.site.figures for n in lines.year.projects),
        "counts": counts,
        **{m: more.get(m) for m in ("listed", "overdue")},
    }


def _line(lines: Lines, number: int) -> View:
    """A line of the list, with where its state stands among all."""
    line = lines.project(number)
    return {**line, "rank": RANKS[line["state"]["word"]] if line["state"] else len(RANKS)}


def _late(lines: Lines) -> list[View]:
    """Projects that are behind or were not reported, with what the unit says of it."""
    found = []
    for number in lines.year.projects:
        line = lines.project(number)
        if line["state"] and line["state"]["word"] in ("滞后", "未报送"):
            rows = lines.year.rows(number, lines.year.newest or "")
            notes = [
                {"where": lines.regions.get(r["region"], r["region"]), "text": r["note"]} for r in rows if r.get("note")
            ]
            found.append({**line, "notes": notes})
    return found


def _narrowing(lines: Lines) -> View | None:
    """What the list of projects can be narrowed down by."""
    tables, found = lines.site.tables, traits(lines.site.tables, lines.year)
    kinds = [
        Kind.weakest({Kind(p[KIND]), *(f.kind for f in lines.of(record(n)))}) for n, p in lines.year.projects.items()
    ]
    return facets.narrowing(NAMES, [found[n] for n in lines.year.projects], kinds, "个", orders(tables))


def _kinds(lines: Lines) -> list[View]:
    """The projects by kind, for those who cannot narrow the list down; nothing where all are of one."""
    found: dict[str, list[View]] = {}
    for number, row in lines.year.projects.items():
        line = {"label": row["title"], "href": lines.address(number)}
        found.setdefault(row["category"] or "没有公布类别", []).append(line)
    return [{"name": name, "projects": some} for name, some in found.items()] if len(found) > 1 else []


def _charts(lines: Lines) -> list[Chart]:
    months = {m: counts for m in lines.year.standings.months if (counts := lines.counts("all", m))}
    if not months:
        return []
    drawn = [pictures.states(lines.number, months)]
    known = [line for n in lines.year.projects if (line := lines.drawn(n))["time"] is not None]
    if known:
        drawn.append(pictures.pace(lines.number, known))
    places = [(lines.regions.get(c, c), lines.counts(f"r{c}")) for c in lines.regions_with_projects()]
    if len(places) > 1:
        drawn.append(pictures.regions(lines.number, places))
    return drawn


def year_page(lines: Lines) -> Page:
    """A year: how many stand how, what is late, then every project, by region and by unit."""
    site, number = lines.site, lines.number
    drawn = _charts(lines)
    figures = lines.of()
    months = {m: lines.counts("all", m) for m in lines.year.standings.months}
    listed = [_line(lines, n) for n in lines.year.projects]
    counts = {y: len(projects(site.tables, y)) for y in years(site.tables)}
    return Page(
        path=lines.path,
        title=f"{number} 年{TITLE}",
        template="projects/year.md.j2",
        data={
            "year": number,
            "headline": _headline(lines),
            "late": _late(lines),
            "projects": listed,
            "narrowing": _narrowing(lines),
            "kinds": _kinds(lines),
            "years": facets.years(counts, number, ROOT),
            "dated": bool(months),
            "paid": any(p["paid"] for p in listed),
            "reached": any(p["target"] or p["done"] for p in listed),
            "months": [
                {"label": fmt.month(m), "counts": {name: view(f) for name, f in counts.items()}}
                for m, counts in months.items() if counts
            ],
            "regions": [
                lines.tally(f"r{c}", lines.regions.get(c, c), f"regions/{number}/r{c}/")
                for c in lines.regions_with_projects()
            ],
            "units": [
                lines.tally(u, lines.unit_names[u], f"units/{number}/{u}/")
                for u in lines.units_with_projects() if lines.counts(u)
            ],
            "sources": sources(site, figures),
            "files": _files(lines),
            "charts": {c.id.split("-", 2)[2]: c.id for c in drawn},
        },
        section=ROOT,
        description=f"{site.identity.city} {number} 年的民生实事，一件一页：承诺了什么，做到哪一步，谁负责，是否滞后。",
        charts=tuple(drawn),
        crumbs=(("首页", ""), (TITLE, ROOT)),
        demo=is_demo(figures),
        as_of=lines.year.newest or max((f.as_of for f in figures if f.as_of), default=None),
        hide_toc=False,
        search=f"{number} 年 民生实事 项目清单 {' '.join(STATES.values())}",
    )  # fmt: skip


def _files(lines: Lines) -> list[tuple[str, str]]:
    """What can be downloaded of a year: text and address."""
    found = []
    for table, text in (("projects", "项目"), ("project_progress", "进度"), ("project_milestones", "节点")):
        resource = lines.site.tables.contract.resource(f"{table}:{lines.number}")
        if resource and lines.site.tables.has(table):
            found.append((f"下载{text} CSV", resource.csv))
    return [*found, ("本页的数 JSON", f"data/figures/{lines.number}/projects.json")]


def index_page(found: list[Lines], site: Site) -> Page:
    """The list of years, newest first."""
    heads = [(lines, _headline(lines)) for lines in reversed(found)]
    figures = [
        f for lines in found
        for f in (*lines.counts("all").values(), lines.get("all", "count_sum"), _official(site, lines.number)) if f
    ]  # fmt: skip
    return Page(
        path=ROOT,
        title=TITLE,
        template="projects/index.md.j2",
        data={
            "years": [{"year": lines.number, "href": lines.path, "headline": head} for lines, head in heads],
            "city": site.identity.city,
            "sources": sources(site, figures),
        },
        section=ROOT,
        description=f"{site.identity.city}的民生实事：每年承诺了什么，做到哪一步。",
        crumbs=(("首页", ""),),
        demo=is_demo(figures),
        as_of=max((f.as_of for f in figures if f.as_of), default=None),
        search="民生实事 各年",
    )


def pages(site: Site) -> Iterator[Page]:
    """The index, then each year and its projects; none without a list."""
    found = [Lines(site, y) for y in years(site.tables)]
    if not found:
        return
    yield index_page(found, site)
    for lines in found:
        yield year_page(lines)
        yield from project.pages(lines)
