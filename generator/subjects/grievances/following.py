"""What people can follow of the ten things: the life of each as it happens, and the days that were planned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from generator.format import end_of
from generator.format import month as month_name
from generator.model import Day, Entry, Kind
from generator.subjects.grievances.life import Row, Thing, done_by, survey_round
from generator.subjects.grievances.year import Shown
from generator.tables import KIND
from generator.view import prose


def _demo(thing: Thing, row: Row) -> bool:
    return Kind.DEMO in (thing.row[KIND], row[KIND])


def _told(shown: Shown, thing: Thing, place: str, what: str, text: str, date: str, row: Row) -> Entry:
    address = f"{shown.address(thing)}#{place}"
    return Entry(address, f"{thing.row['title']}：{what}", text, address, date, _demo(thing, row))


def _finished(shown: Shown, thing: Thing, tasks: Callable[[Row], bool] = lambda row: True) -> Iterator[Entry]:
    """The tasks of a thing that were finished, each on its day."""
    for row in thing.tasks:
        if row["actual"] and tasks(row):
            text = f"计划 {row['planned']} 完成，{row['actual']} 完成。责任单位：{row['lead'] or '没有公布'}。"
            place = f"task-{row['number']}"
            yield _told(shown, thing, place, f"任务完成，{row['title']}", text, row["actual"], row)


def of_unit(shown: Shown, name: str) -> Iterator[Entry]:
    """What happened to the things that a unit, by its name, answers for, and what it finished of those of others."""
    for thing in shown.things:
        if thing.row["lead"] == name:
            yield from life(shown, thing)
        else:
            yield from _finished(shown, thing, lambda task: bool(task["lead"] == name))


def life(shown: Shown, thing: Thing) -> Iterator[Entry]:
    """What happened to a thing by its own tables: months, tasks that were finished, surveys."""
    told = partial(_told, shown, thing)
    for row in thing.progress:
        month = row["month"]
        behind = "，滞后" if thing.behind(month) else ""
        work, time = (shown.get(thing.key, m, month) for m in ("work", "time"))
        said = [f"{name} {prose(f)}" for name, f in (("整治进度", work), ("时间已过", time)) if f]
        note = f"单位说明：{row['note']}" if row["note"] else ""
        yield told(f"m{month}", f"{month_name(month)}底，{thing.state(month)}{behind}", f"{'，'.join(said)}。{note}",
                   end_of(month), row)  # fmt: skip
    yield from _finished(shown, thing)
    for row in thing.surveys:
        found = shown.survey(f"{thing.key}+{survey_round(row)}")
        share = found.get("satisfied")
        said_ = f"{prose(share)} 说满意或基本满意" if share and share.value is not None else "结果没有公布"
        text = f"{row['method']}，问了 {prose(found['sample'])}，{said_}。"
        yield told(f"survey-{row['round']}", f"第 {row['round']} 次满意度调查，{said_}", text, row["date"], row)


def days(
    shown: Shown, things: Callable[[Thing], bool], tasks: Callable[[Row], bool] = lambda row: True
) -> Iterator[Day]:
    """The planned days of some things, and of some tasks of any thing."""
    for thing in shown.things:
        page, row, now = shown.address(thing), thing.row, shown.newest
        if things(thing) and row["deadline"]:
            text = f"{row['goal'] or '目标没有公布'}。责任单位：{row['lead'] or '没有公布'}。"
            yield Day(
                _apart(page, "deadline"),
                f"{row['title']}：完成时限",
                text,
                page,
                row["deadline"],
                row[KIND] == Kind.DEMO,
            )
        for task in filter(tasks, thing.tasks):
            path = f"{page}#task-{task['number']}"
            done = f"{task['actual']} 完成。" if done_by(task, now) else "还没有完成。"
            text = f"计划 {task['planned']} 完成，{done}责任单位：{task['lead'] or '没有公布'}。"
            yield Day(path, f"{row['title']}：{task['title']}", text, path, task["planned"], _demo(thing, task))


def _apart(page: str, what: str) -> str:
    """An id within a page's address, which has a fragment already where a thing stands in a list."""
    return f"{page}.{what}" if "#" in page else f"{page}#{what}"
