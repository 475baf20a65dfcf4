"""The page of one thing: its life in order, from the first complaint to the last survey."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator import format as fmt
from generator.model import Chart, Entry, Page
from generator.subject import sources
from generator.subjects.grievances import following, life, opinions, pictures
from generator.subjects.grievances.interval import SMALL
from generator.subjects.grievances.life import Row, Thing, survey_round
from generator.subjects.grievances.states import State
from generator.subjects.grievances.surveys import is_open
from generator.subjects.grievances.work import is_late
from generator.subjects.grievances.year import (
    ROOT,
    TITLE,
    Shown,
    as_of,
    disagrees,
    is_demo,
    numbered,
    status,
    task_status,
    words,
)
from generator.tables import KEY
from generator.view import View, prose, view

MEASURES = ("work", "time", "reports", "tasks", "tasks_done", "tasks_late", "months", "months_silent", "months_late")

CELLS = {"claim": "lifecycle", "reported": "reported", "note": "note"}


def _about(shown: Shown, table: str, thing: Thing) -> list[Row]:
    """The year's rows of another subject's table that are about this thing."""
    rows = shown.site.tables.rows(table, shown.year)
    return [r for r in rows if r["grievance"] == thing.number]


def _cell(row: Row, column: str) -> str:
    """A count as it stands in the data, or why it is missing."""
    return str(row[f"{column}?"]) if row[column] is None else fmt.grouped(int(row[column]))


def _origins(thing: Thing) -> list[View]:
    return [
        {"key": r[KEY], "channel": r["channel"], "count": _cell(r, "count"), "absent": r["count"] is None}
        for r in thing.origins
    ]


def _vote(shown: Shown, thing: Thing) -> View | None:
    """What the thing was on the ballot: its votes and rank, and its title if that was another."""
    if thing.vote is None:
        return None
    title = thing.vote["title"]
    return {
        "title": title if title != thing.row["title"] else None,
        **shown.views("all", "candidates", "chosen"),
        **shown.views(thing.key, "votes", "rank"),
    }


def _tasks(shown: Shown, thing: Thing) -> list[View]:
    return [
        {
            "key": t[KEY], "number": t["number"], "title": t["title"], "lead": t["lead"],
            "lead_href": shown.unit(t["lead"]), "planned": t["planned"], "actual": t["actual"],
            "region": shown.regions.get(t["region"], t["region"]) if t["region"] else "全市",
            "region_href": shown.region(t["region"]), "status": task_status(t, shown.newest),
        }
        for t in thing.tasks
    ]  # fmt: skip


def _months(shown: Shown, thing: Thing) -> list[str]:
    """The months from the thing's first report on, in which any thing was reported."""
    return [m for m in shown.rows.months if thing.progress and m >= thing.progress[0]["month"]]


def _progress(shown: Shown, thing: Thing) -> list[View]:
    table = shown.site.tables.contract.table(life.PROGRESS)
    rows = {r["month"]: r for r in thing.progress}
    lines = []
    for month in _months(shown, thing):
        row = rows.get(month)
        lines.append({
            "key": row[KEY] if row else None, "month": month, "name": fmt.month(month),
            "work": view(f) if (f := shown.get(thing.key, "work", month)) else None,
            "time": view(f) if (f := shown.get(thing.key, "time", month)) else None,
            **{n: row[c] if row else None for n, c in CELLS.items()},
            "late": bool(row and table and is_late(row, table.due)),
        })  # fmt: skip
    return lines


def _surveys(shown: Shown, thing: Thing) -> list[View]:
    return [
        {
            "key": r[KEY], "round": r["round"], "date": r["date"], "method": r["method"],
            **{c: _cell(r, c) for c in ("satisfied", "fair", "dissatisfied")},
            "figures": {m: view(f) for m, f in shown.survey(f"{thing.key}+{survey_round(r)}").items()},
        }
        for r in thing.surveys
    ]  # fmt: skip


def _inspections(shown: Shown, rows: Sequence[Row]) -> list[View]:
    names = ("found", "problem", "lead", "deadline", "mended", "result")
    ordered = sorted(rows, key=lambda r: (r["found"], r["number"]))
    return [
        {"key": r[KEY], "number": r["number"], **{n: r[n] for n in names}, "lead_href": shown.unit(r["lead"])}
        for r in ordered
    ]


def _updates(shown: Shown, rows: Sequence[Row]) -> list[View]:
    ordered = sorted(rows, key=lambda r: (r["date"], r["number"]), reverse=True)
    return [
        {"date": r["date"], "title": r["title"], "href": f"updates/{shown.year}/n{int(r['number']):03d}/"}
        for r in ordered
    ]


def _round(row: Row) -> str:
    return f"第 {row['round']} 次（{fmt.month(row['date'])}）"


def _drawn(shown: Shown, thing: Thing) -> Iterator[Chart]:
    name = f"grievances-{shown.year}-{thing.key}"
    if months := _months(shown, thing):
        works = [(m, shown.get(thing.key, "work", m)) for m in months]
        times = {m: f for m in months if (f := shown.get(thing.key, "time", m))}
        yield pictures.months(f"{name}-months", works, times, thing.state(months[-1]))
    if thing.surveys:
        found = [(_round(r), shown.survey(f"{thing.key}+{survey_round(r)}")) for r in thing.surveys]
        yield opinions.rounds(f"{name}-satisfaction", found)


def _last(shown: Shown, thing: Thing) -> View | None:
    """The last survey in plain words: few people say little, and that is said."""
    found = shown.survey(thing.key)
    if not found:
        return None
    sample = found["sample"].value
    known = found["satisfied"].value is not None and sample is not None
    return {
        "known": known,
        "few": known and sample is not None and sample < SMALL,
        **{m: view(f) for m, f in found.items()},
    }


def _description(shown: Shown, thing: Thing) -> str:
    now = shown.newest
    marks = "、".join(s["word"] for s in status(thing, now))
    work = shown.get(thing.key, "work")
    said = f"：{marks}" + (f"，整治做了 {prose(work)}" if work and work.value is not None else "") if marks else ""
    return f"{shown.year} 年最不满意的事第 {thing.number} 件，{thing.row['title']}{said}。"


def _feed(shown: Shown, thing: Thing) -> Iterator[Entry]:
    """What those who follow a thing are told: its life, what inspections found, the news of it."""
    # Both of them need this subject's names to be there first.
    from generator.subjects.inspections.measures import entry as problem_entry
    from generator.subjects.inspections.measures import of_grievance as problems_of
    from generator.subjects.updates.measures import entry as news_entry
    from generator.subjects.updates.measures import of_grievance as news_of

    tables = shown.site.tables
    yield from following.life(shown, thing)
    yield from (problem_entry(p) for p in problems_of(tables, shown.year, thing.number))
    yield from (news_entry(n) for n in news_of(tables, shown.year, thing.number))


def thing_page(shown: Shown, thing: Thing, nearby: Sequence[Thing]) -> Page:
    """A thing's life: found, chosen, decided, broken down, done month by month, inspected, judged, reported on."""
    figures, now = shown.of(thing), shown.newest
    inspections, updates = (_about(shown, table, thing) for table in ("inspections", "updates"))
    drawn = tuple(_drawn(shown, thing))
    inspected = bool(shown.site.tables.rows("inspections", shown.year)) or None
    row = thing.row
    partners = row["partners"] or ()
    others = [f for key in ("candidates", "chosen") if (f := shown.get("all", key))]
    return Page(
        path=f"{shown.path}{thing.key}/",
        title=row["title"],
        template="grievances/thing.md.j2",
        data={
            "year": shown.year,
            "number": thing.number,
            "month": fmt.month(now) if now else None,
            "date": fmt.dated(now) if now else None,
            "status": status(thing, now),
            "done": now is not None and thing.state(now) is State.DONE,
            "finished": all(life.done_by(t, now) for t in thing.tasks),
            "claim": disagrees(thing, now) if now else None,
            "figures": shown.views(thing.key, *MEASURES),
            "decided": {n: row[n] for n in ("lead", "category", "goal", "start", "deadline")},
            "lead_href": shown.unit(row["lead"]),
            "partners": [{"name": name, "href": shown.unit(name)} for name in partners],
            "origins": _origins(thing),
            "vote": _vote(shown, thing),
            "tasks": _tasks(shown, thing),
            "progress": _progress(shown, thing),
            "surveys": _surveys(shown, thing),
            "last": _last(shown, thing),
            "open": any(is_open(r) for r in thing.surveys),
            "inspections": _inspections(shown, inspections),
            "inspections_href": inspected and f"inspections/{shown.year}/",
            "updates": _updates(shown, updates),
            "nearby": [{"label": numbered(t), "href": shown.address(t)} for t in nearby],
            "sources": sources(shown.site, figures, [r["source"] for r in (row, *inspections, *updates)]),
            "json": f"data/figures/{shown.year}/grievances.json",
            "charts": {c.id.rsplit("-", 1)[1]: c.id for c in drawn},
        },
        section=ROOT,
        description=_description(shown, thing),
        charts=drawn,
        crumbs=(("首页", ""), (TITLE, ROOT), (f"{shown.year} 年", shown.path)),
        demo=is_demo([*figures, *others], [row, *inspections, *updates]),
        as_of=as_of(figures),
        hide_toc=False,
        search=words(
            shown.site, f"十件事 第 {thing.number} 件", f"{shown.year} 年", row["category"], row["lead"], *partners,
            *(t["lead"] for t in thing.tasks), thing.vote["title"] if thing.vote else None,
        ),
        feed=tuple(_feed(shown, thing)) if shown.site.followed else (),
    )  # fmt: skip
