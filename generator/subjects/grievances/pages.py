"""Pages of the ten things: the years side by side, a year, and the life of each thing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from generator import facets
from generator.model import Chart, Kind, Page
from generator.subject import Site, sources
from generator.subjects.grievances import life, opinions, pictures
from generator.subjects.grievances.life import Thing
from generator.subjects.grievances.measures import CHANNELS
from generator.subjects.grievances.states import BEHIND, State
from generator.subjects.grievances.surveys import is_open
from generator.subjects.grievances.thing import thing_page
from generator.subjects.grievances.year import (
    COUNTS,
    ROOT,
    TITLE,
    Shown,
    answer,
    as_of,
    disagrees,
    is_demo,
    numbered,
    status,
    words,
)
from generator.tables import KIND
from generator.view import View, prose, view

FACETS = {
    "category": "类别",
    "region": "任务所在地",
    "unit": "责任单位",
    "lifecycle": "办到哪一步",
    "schedule": "进度快慢",
}
# What needs looking at comes first.
RANKS = (BEHIND, State.SILENT, State.REOPENED, State.IDLE, State.ACTIVE, State.DONE)
NAMES = ("十件事", "群众最不满意的10件事")  # what people may call them


def _lines(shown: Shown) -> list[View]:
    """A line for each thing of a year."""
    now = shown.newest
    return [
        {
            "number": t.number,
            "key": t.key,
            "title": t.row["title"],
            "lead": t.row["lead"],
            "lead_href": shown.unit(t.row["lead"]),
            "href": shown.address(t),
            "status": status(t, now),
            "rank": _rank(t, now),
            "claim": disagrees(t, now) if now else None,
            **shown.views(t.key, "work", "time", "reports", "votes", *(shown.survey(t.key))),
        }
        for t in shown.things
    ]


def _rank(thing: Thing, month: str | None) -> int:
    """Where a thing's state stands among all."""
    if month is None:
        return len(RANKS)
    return RANKS.index(BEHIND if thing.behind(month) else thing.state(month))


def _traits(shown: Shown, thing: Thing) -> dict[str, list[str]]:
    """What a thing is, has and stands at, by facet; places are those of its tasks."""
    row, now = thing.row, shown.newest
    places = dict.fromkeys(shown.regions.get(t["region"], t["region"]) for t in thing.tasks if t["region"])
    return {
        "category": [row["category"]] if row["category"] else [],
        "region": list(places),
        "unit": [row["lead"]] if row["lead"] else [],
        "lifecycle": [str(thing.state(now))] if now else [],
        "schedule": [BEHIND] if now and thing.behind(now) else [],
    }


def _narrowing(shown: Shown) -> View | None:
    """What the list of things can be narrowed down by."""
    kinds = [Kind.weakest({Kind(t.row[KIND]), *(f.kind for f in shown.of(t))}) for t in shown.things]
    orders = {"region": shown.regions.values(), "lifecycle": map(str, State)}
    return facets.narrowing(FACETS, [_traits(shown, t) for t in shown.things], kinds, "件", orders)


def _titles(shown: Shown) -> list[View]:
    """The lines of a year among others. Of a published list these are titles: no unit of it stands beside what is
    made up to show the years after it, under a banner that speaks of the whole page."""
    names = ("number", "title", "href", *(("lead", "lead_href") if shown.detailed else ()))
    return [{n: line[n] for n in names} for line in _lines(shown)]


def _asked(shown: Shown) -> list[tuple[Thing, dict[str, Any]]]:
    """The things that people were asked about, with the figures of the last survey."""
    return [(t, found) for t in shown.things if (found := shown.survey(t.key))]


def _ballot(shown: Shown) -> list[View]:
    """The candidates by votes, as they stand in the data."""
    things = {t.number: t for t in shown.things}
    lines = []
    for v in sorted(shown.rows.votes, key=lambda v: (-(v["votes"] or 0), v["candidate"])):
        thing = things.get(v["grievance"] or 0)
        lines.append({
            "key": v["@key"], "candidate": v["candidate"], "title": v["title"], "chosen": v["chosen"],
            "votes": v["votes?"] if v["votes"] is None else f"{int(v['votes']):,}",
            "href": shown.address(thing) if thing else None,
            "reports": shown.views(thing.key, "reports").get("reports") if thing else None,
        })  # fmt: skip
    return lines


def _drawn(shown: Shown) -> Iterator[Chart]:
    name = f"grievances-{shown.year}"
    if shown.newest:
        counts = {m: f for m in COUNTS if (f := shown.get("all", m))}
        lines = [
            {
                "label": numbered(t), "state": t.state(shown.newest), "behind": t.behind(shown.newest),
                "work": shown.get(t.key, "work"), "time": shown.get(t.key, "time"),
            }
            for t in shown.things
        ]  # fmt: skip
        yield pictures.progress(f"{name}-progress", counts, lines)
    if asked := _asked(shown):
        found = [(numbered(t), figures) for t, figures in asked]
        yield opinions.satisfaction(f"{name}-satisfaction", found, shown.need("all", "asked"))
    if channels := _channels(shown):
        yield pictures.channels(f"{name}-channels", channels)
    if shown.rows.votes:
        counts = {m: shown.need("all", m) for m in ("candidates", "chosen")}
        yield pictures.ballot(f"{name}-ballot", counts, shown.rows.votes)


def _channels(shown: Shown) -> list[tuple[str, Any]]:
    return [(channel, f) for channel, code in CHANNELS.items() if (f := shown.get(f"c{code}", "reports"))]


def _files(shown: Shown) -> list[tuple[str, str]]:
    """What can be downloaded of a year: text and address."""
    tables = {
        "名单": life.LIST, "反映来源": life.ORIGINS, "票选": life.VOTES, "任务": life.TASKS, "进度": life.PROGRESS,
        "满意度": life.SURVEYS,
    }  # fmt: skip
    found = [(f"{text} CSV", csv) for text, table in tables.items() if (csv := shown.csv(table))]
    return [*found, ("本页的数 JSON", f"data/figures/{shown.year}/grievances.json")]


def _sentence(shown: Shown) -> str:
    counts = {m: f for m in COUNTS if (f := shown.get("all", m))}
    city = shown.site.identity.city
    head = f"{city} {shown.year} 年群众最不满意的事，{prose(shown.count)}"
    return f"{head}：{pictures.standing(counts)}。" if counts else f"{head}：名单和责任单位。"


def _counts(site: Site) -> dict[int, int]:
    """How many things each year lists."""
    return {year: len(site.tables.rows(life.LIST, year)) for year in life.years(site.tables)}


def year_page(shown: Shown) -> Page:
    """A year: where its things stand, what people say, how they were chosen; or the list, if no more is known."""
    drawn = tuple(_drawn(shown))
    rows = [t.row for t in shown.things]
    return Page(
        path=shown.path,
        title=f"{shown.year} 年{TITLE}",
        template="grievances/year.md.j2",
        data={
            "year": shown.year,
            "answer": answer(shown),
            "lines": _lines(shown),
            "narrowing": _narrowing(shown),
            "years": facets.years(_counts(shown.site), shown.year, ROOT),
            "ballot": _ballot(shown),
            "totals": shown.views("all", "reports", "votes", "candidates", "chosen", "count", "count_sum"),
            "channels": [{"name": name, "figure": view(f)} for name, f in _channels(shown)],
            "open": any(is_open(t.survey) for t in shown.things if t.survey),
            "first": pictures.is_top(shown.rows.votes),
            "sources": sources(shown.site, shown.figures),
            "files": _files(shown),
            "charts": {c.id.split("-", 2)[2]: c.id for c in drawn},
        },
        section=ROOT,
        description=_sentence(shown),
        charts=drawn,
        crumbs=(("首页", ""), (TITLE, ROOT)),
        demo=is_demo(shown.figures, rows),
        as_of=as_of(shown.figures),
        hide_toc=False,
        search=words(
            shown.site, "十件事", "群众最不满意的10件事", *(r["lead"] for r in rows), *(r["title"] for r in rows)
        ),
    )


def index_page(found: Sequence[Shown], site: Site) -> Page:
    """The years side by side, newest first, and the list of each."""
    figures = [f for shown in found for f in shown.figures]
    rows = [t.row for shown in found for t in shown.things]
    lists = [
        {
            **answer(shown), "href": shown.path, "kind": str(shown.count.kind), "lines": _titles(shown),
            "list_kind": str(shown.need("all", "count_sum").kind),
            **shown.views("all", "done", "satisfied", "reports", "votes"),
        }
        for shown in reversed(found)
    ]  # fmt: skip
    return Page(
        path=ROOT,
        title=TITLE,
        template="grievances/index.md.j2",
        data={"years": lists, "sources": sources(site, figures)},
        section=ROOT,
        description=f"{site.identity.city}群众最不满意的十件事：哪些事，谁来办，办得怎样，群众满意不满意。",
        crumbs=(("首页", ""),),
        demo=is_demo(figures, rows),
        as_of=as_of(figures),
        search=words(site, *NAMES, "满意度 测评"),
    )


def pages(site: Site) -> Iterator[Page]:
    """The index, each year and, where more than the list is known, its things; nothing without a list."""
    found = [Shown(site, year) for year in life.years(site.tables)]
    if found:
        yield index_page(found, site)
    for shown in found:
        yield year_page(shown)
        for place, thing in enumerate(shown.things if shown.detailed else ()):
            yield thing_page(
                shown, thing, [*shown.things[max(place - 1, 0) : place], *shown.things[place + 1 : place + 2]]
            )
