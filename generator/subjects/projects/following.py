"""What people can follow of projects: how each stands, in words, and the days that were planned.

Only made where the site's address is known. Words are those of the pages: figures as they are shown, states as judged.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from generator.format import end_of
from generator.format import month as month_name
from generator.measure import is_demo
from generator.model import Day, Entry, Figure, Kind
from generator.subjects.projects.lines import Lines
from generator.subjects.projects.standing import Row
from generator.subjects.projects.year import record
from generator.tables import KIND
from generator.view import View, prose

Figures = Mapping[str, Figure | None]
WORK = {"work": "形象进度", "time": "时间已过", "target": "目标", "done": "完成", "now": "现值"}
MONEY = {"allocated": "安排", "issued": "下达", "paid": "拨付", "paid_rate": "拨付率"}


def _said(figures: Figures, names: Mapping[str, str]) -> str:
    """Some figures in words: ``形象进度 87.50 %，目标 6 个``; what there is none of is left out."""
    known = [(name, f) for m, name in names.items() if (f := figures.get(m)) and f.value is not None]
    return "，".join(f"{name} {prose(f)}" for name, f in known)


def _text(lines: Lines, number: int, figures: Figures) -> str:
    """Work, money, and who answers for both."""
    parts = [_said(figures, WORK), _said(figures, MONEY), f"牵头单位：{lines.year.projects[number]['lead']}"]
    return "。".join(p for p in parts if p) + "。"


def _date(lines: Lines, figures: Figures, row: Row) -> str | None:
    """The as-of of some figures; where nothing says one, when its source was published; ``None`` if nobody knows."""
    dated = [end_of(f.as_of) for f in figures.values() if f and f.as_of]
    if dated:
        return max(dated)
    published = {r["id"]: r["published"] for r in lines.site.tables.rows("sources")}
    day: str | None = published.get(row.get("source"))
    return day


def _demo(figures: Figures, row: Row) -> bool:
    return row.get(KIND) == Kind.DEMO or is_demo(figures.values())


def project(lines: Lines, number: int) -> Iterator[Entry]:
    """A project as it stands: one entry, told again when there are newer figures; none where nothing has a date."""
    row, key, standing = lines.year.projects[number], record(number), lines.standing(number)
    figures = {**{m: lines.get(key, m) for m in WORK}, **{m: lines.money(number, m) for m in MONEY}}
    date = _date(lines, figures, row)
    if date:
        state = f"：{standing.word}" if standing else ""
        path = lines.address(number)
        text = _text(lines, number, figures)
        yield Entry(path, f"{row['title']}{state}", text, path, date, _demo(figures, row))


def part(lines: Lines, code: str, row: Row) -> Iterator[Entry]:
    """A place's part of a project, as it stands; it is read in the place's own list."""
    number = int(row["project"])
    key, found = f"{record(number)}+r{code}", lines.year.projects[number]
    money = {m: lines.site.figures.get(f"budget/{lines.number}/{key}/{m}") for m in MONEY}
    figures = {**{m: lines.get(key, m) for m in WORK}, **money}
    date = end_of(row["month"]) if row["month"] else _date(lines, figures, row)
    if date:
        standing = lines.year.standings.places.get((number, code), {}).get(row["month"] or "")
        path = f"regions/{lines.number}/r{code}/#{record(number)}"
        state = f"：{standing.word}" if standing else ""
        note = f"单位说明：{row['note']}" if row.get("note") else ""
        text = f"{_text(lines, number, figures)}{note}"
        yield Entry(path, f"{found['title']}{state}", text, path, date, _demo(figures, row))


def life(lines: Lines, number: int, steps: Sequence[View]) -> Iterator[Entry]:
    """What a project's own page tells of it: each month's standing, each step that was finished."""
    row, key, page = lines.year.projects[number], record(number), lines.address(number)
    for month, standing in lines.year.standings.projects.get(number, {}).items():
        figures = {m: lines.get(key, m, month) for m in ("work", "time")}
        if all(figures.values()):
            title = f"{row['title']}：{month_name(month)}底，{standing.word}"
            path = f"{page}#m{month}"
            text = f"{_said(figures, WORK) or '没有报送进度'}。"
            yield Entry(path, title, text, path, end_of(month), _demo(figures, row))
    for step in steps:
        if step["actual"]:
            path = f"{page}#step-{step['number']}"
            title = f"{row['title']}：{step['title']}"
            text = f"计划 {step['planned']} 完成，{step['actual']} {step['word']}。{step['note']}"
            yield Entry(path, title, text, path, step["actual"], row[KIND] == Kind.DEMO or step["demo"])


def days(lines: Lines, numbers: Collection[int]) -> Iterator[Day]:
    """The planned days of some projects: their steps, and the day on which each is to be done."""
    wanted = {n: lines.year.projects[n] for n in numbers}
    for number, row in wanted.items():
        if row["deadline"]:
            path = lines.address(number)
            title = f"{row['title']}：完成时限"
            text = f"{lines.goal(number)}。牵头单位：{row['lead']}。{_stopped(row)}"
            yield Day(f"{path}#deadline", title, text, path, row["deadline"], row[KIND] == Kind.DEMO)
    for step in lines.site.tables.rows("project_milestones", lines.number):
        if step["project"] in wanted:
            row = wanted[int(step["project"])]
            path = f"{lines.address(int(step['project']))}#step-{step['number']}"
            done = f"{step['actual']} 完成。" if step["actual"] else "还没有完成。"
            text = f"计划 {step['planned']} 完成，{done}牵头单位：{row['lead']}。{_stopped(row)}"
            demo = Kind.DEMO in (row[KIND], step[KIND])
            yield Day(path, f"{row['title']}：{step['title']}", text, path, step["planned"], demo)


def _stopped(row: Mapping[str, Any]) -> str:
    return f"项目已在 {row['stopped']} 终止。" if row["stopped"] else ""
