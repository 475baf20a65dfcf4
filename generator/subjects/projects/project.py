"""A project's own page: what was promised, how far it is, where, since when, and what its money does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from generator import format as fmt
from generator.measure import is_demo
from generator.model import Chart, Entry, Figure, Kind, Page
from generator.schedule import TOLERANCE, Lifecycle, Pace
from generator.subject import corrections, sources
from generator.subjects.inspections.measures import entry as problem_entry
from generator.subjects.inspections.measures import of_project as problems_of
from generator.subjects.projects import following, pictures, spending
from generator.subjects.projects.lateness import last_report
from generator.subjects.projects.lines import ROOT, Lines, state
from generator.subjects.projects.measures import MEASURES
from generator.subjects.projects.standing import Standing
from generator.subjects.projects.traits import PACES
from generator.subjects.projects.year import record
from generator.subjects.updates.measures import entry as news_entry
from generator.subjects.updates.measures import of_project as news_of
from generator.tables import KIND
from generator.view import View, view

AGREES, FASTER, SLOWER = "钱和工作大致同步", "钱比工作走得快", "工作比钱走得快"
MEANS = {
    Lifecycle.DONE: "工作做完了",
    Lifecycle.STOPPED: "项目终止了，不再比快慢",
    Lifecycle.IDLE: "工作还没有开始",
    Pace.AHEAD: "工作走在时间前面",
    Pace.ON: "工作和时间大致同步",
    Pace.BEHIND: "工作落在时间后面，可能到时限做不完",
}
NEAR = 5  # others of the same unit or the same places that a page names


def verdict(standing: Standing | None, deadline: str) -> str:
    """What a standing means in words, beside its mark."""
    if standing is None or standing.lifecycle is None:
        return "报了的地方都完成了，还有地方没有报" if standing and standing.work is not None else ""
    if standing.lifecycle is Lifecycle.DONE and standing.since:
        if standing.since == deadline[:7]:
            return "按时完成"
        return "提前完成" if standing.since < deadline[:7] else "超过时限才完成"
    if standing.overdue:
        return "时限已到，还没有完成"
    return "时限还没有到" if standing.lifecycle in (Lifecycle.ACTIVE, Lifecycle.IDLE) else ""


def money_pace(work: Figure | None, paid: Figure | None) -> str:
    """How the money keeps up with the work, within the tolerance that time has too; empty when one is not wholly known.

    Both are to be of the same month. Work of some places says nothing beside the money of all.
    """
    if work is None or paid is None or work.value is None or paid.value is None or work.gaps or paid.gaps:
        return ""
    apart = Fraction(paid.value) - Fraction(work.value)
    if abs(apart) <= TOLERANCE:
        return AGREES
    return FASTER if apart > 0 else SLOWER


def means(standing: Standing | None) -> str:
    """What the difference between work and time means, in words; empty where nothing is known."""
    if standing is None or standing.lifecycle is None:
        return ""
    if standing.overdue:
        return "工作落在时间后面，时限到了还没有做完"
    word = standing.pace if standing.word in PACES else standing.lifecycle
    return MEANS[word or standing.lifecycle]


def _near(lines: Lines, number: int) -> View:
    """Others of the same unit, the nearest in the list first; and others in the same places: those that share the most
    of them, of the same kind before others.
    """
    found, here = lines.year.projects[number], lines.places[number]
    others = sorted((n for n in lines.year.projects if n != number), key=lambda n: abs(n - number))
    unit = [n for n in others if found["lead"] and lines.year.projects[n]["lead"] == found["lead"]][:NEAR]
    shared = [n for n in others if n not in unit and lines.places[n] & here]
    shared.sort(key=lambda n: (-len(lines.places[n] & here), lines.year.projects[n]["category"] != found["category"]))
    return {
        name: [
            {"label": lines.year.projects[n]["title"], "href": lines.address(n), "state": state(lines.standing(n))}
            for n in some
        ]
        for name, some in (("unit", unit), ("places", shared[:NEAR]))
    }


def milestones(lines: Lines, number: int) -> list[View]:
    """A project's steps in order, with whether each was in time, as of the newest month."""
    now = fmt.end_of(lines.year.newest) if lines.year.newest else fmt.end_of(lines.site.as_of or "")
    stopped = lines.year.standings.plans[number].stopped
    found = []
    for r in lines.site.tables.rows("project_milestones", lines.number):
        if r["project"] != number:
            continue
        late = r["actual"] > r["planned"] if r["actual"] else not stopped and r["planned"] <= now
        done = "已完成" if r["actual"] else "终止，不再实施" if stopped else "没有完成" if late else "未到时间"
        found.append({
            "number": r["number"], "title": r["title"], "planned": r["planned"], "actual": r["actual"] or "",
            "word": f"{done}{'，晚于计划' if late and r['actual'] else ''}", "late": late, "note": r["note"] or "",
            "demo": r[KIND] == Kind.DEMO,
        })  # fmt: skip
    return found


def _months(lines: Lines, key: str, number: int) -> list[View]:
    found = []
    for month, standing in lines.year.standings.projects.get(number, {}).items():
        work, time = lines.get(key, "work", month), lines.get(key, "time", month)
        if work and time:
            found.append(
                {
                    "month": month,
                    "label": fmt.month(month),
                    "work": view(work),
                    "time": view(time),
                    "state": state(standing),
                }
            )
    return found


def _charts(lines: Lines, number: int, works: Sequence[tuple[str, Figure, Figure]]) -> list[Chart]:
    """Pictures of the last month with a report, with that month's money, and of the months."""
    known = [entry for entry in works if entry[1].value is not None]
    if not known:
        return []
    prefix = f"projects-{lines.number}-{record(number)}"
    month, work, time = known[-1]
    paid = lines.money(number, "paid_rate", month)
    drawn = [pictures.three(f"{prefix}-three", month, work, time, paid)]
    return [*drawn, pictures.months(f"{prefix}-months", works)] if len(works) > 1 else drawn


def words(lines: Lines, number: int) -> str:
    """What a project is found by: its number however it is written, its state, its units by all names; then the places
    where it is done, then each problem that inspections found. No amount: the index need not follow those.
    """
    found, standing = lines.year.projects[number], lines.standing(number)
    numbers = [f"项目 {number} 号", f"第 {number} 号", f"第 {number} 项", f"P{number}", f"P{number:02d}"]
    units = [name for unit in (found["lead"], *found["partners"]) for name in (unit, *lines.aliases.get(unit, ()))]
    standings = lines.year.standings
    places = [lines.regions.get(r, r) for n, r in (*standings.places, *standings.undated) if n == number]
    problems = [p["problem"] for p in problems_of(lines.site.tables, lines.number, number)]
    names = [*numbers, found["category"], *([standing.word] if standing else []), *units]
    return "\n".join([" ".join(names), " ".join(dict.fromkeys(places)), *problems])


def feed(lines: Lines, number: int) -> Iterator[Entry]:
    """What those who follow a project are told: its months and steps, what inspections found, the news of it."""
    yield from following.life(lines, number, milestones(lines, number))
    yield from (problem_entry(p) for p in problems_of(lines.site.tables, lines.number, number))
    yield from (news_entry(n) for n in news_of(lines.site.tables, lines.number, number))


def page(lines: Lines, number: int, nearby: Sequence[int]) -> Page:
    """One project."""
    site, found, key = lines.site, lines.year.projects[number], record(number)
    plan, standing = lines.year.standings.plans[number], lines.standing(number)
    latest = lines.year.standings.latest(number)
    works = [
        (m, w, t)
        for m in lines.year.standings.projects.get(number, {})
        if (w := lines.get(key, "work", m)) and (t := lines.get(key, "time", m))
    ]
    month = latest.month if latest else ""
    reported = [r for m in lines.year.standings.months for r in lines.year.rows(number, m)]
    money, age = spending.money(lines, number), lines.get(key, "report_age")
    drawn = _charts(lines, number, works)
    figures = lines.of(key)
    rows = lines.year.rows(number, lines.year.newest or "") or lines.year.undated(number)
    now = {m: f for m in ("work", "time") if (f := lines.get(key, m, month))} if month else {}
    totals = {m: view(f) for m in (*MEASURES, "margin") if (f := lines.get(key, m))}
    places = [lines.place(r) for r in rows]
    return Page(
        path=lines.address(number),
        title=found["title"],
        template="projects/project.md.j2",
        data={
            "year": lines.number,
            "number": number,
            "goal": found["goal"] or "",
            "origin": found["origin"] or "",
            "category": found["category"],
            "lead": found["lead"],
            "unit": lines.year.units.get(found["lead"]),
            "partners": list(found["partners"]),
            "start": found["start"] or "",
            "deadline": found["deadline"] or "",
            "falls": plan.falls,
            "baseline": found["baseline"],
            "measure_unit": found["measure_unit"] or "",
            "stopped": found["stopped"] or "",
            "stop_reason": found["stop_reason"] or "",
            "state": state(standing),
            "month": fmt.month(month) if month else "",
            "latest": {"month": fmt.month(month), "state": state(latest)}
            if latest and latest is not standing
            else None,
            "verdict": verdict(latest, plan.deadline),
            "now": {m: view(f) for m, f in now.items()},
            "totals": totals,
            "means": means(latest),
            "money": money,
            "report": last_report(lines.year, reported),
            "age": view(age) if age else None,
            "money_pace": money_pace(now.get("work"), lines.money(number, "paid_rate", month)) if month else "",
            "places": places,
            "disagree": [p["label"] for p in places if p["disagrees"]],
            "months": _months(lines, key, number),
            "milestones": milestones(lines, number),
            "corrections": [
                c for table in ("budget", "project_progress") for c in corrections(site, table, lines.number, number)
            ],
            "problems": problems_of(site.tables, lines.number, number),
            "news": news_of(site.tables, lines.number, number),
            "sources": sources(site, figures, [found["source"]]),
            "near": _near(lines, number),
            "nearby": [{"label": lines.project(n)["label"], "href": lines.address(n)} for n in nearby],
            "csv": lines.csv,
            "charts": {c.id.rsplit("-", 1)[1]: c.id for c in drawn},
        },
        section=ROOT,
        description=f"{found['title']}：{lines.goal(number)}。牵头单位：{found['lead']}。",
        charts=tuple(drawn),
        crumbs=(("首页", ""), ("民生实事", ROOT), (f"{lines.number} 年", lines.path)),
        demo=found["@kind"] == "演示" or is_demo(figures),
        as_of=lines.year.newest,
        search=words(lines, number),
        feed=tuple(feed(lines, number)) if site.followed else (),
    )


def pages(lines: Lines) -> Iterator[Page]:
    """A page for each project, with its neighbours in the list."""
    numbers = list(lines.year.projects)
    for i, number in enumerate(numbers):
        yield page(lines, number, [*numbers[max(i - 1, 0) : i], *numbers[i + 1 : i + 2]])
