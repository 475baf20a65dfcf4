"""What must hold of the ten things, beyond types, keys and references (which the contract says)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from generator import rules, totals
from generator.model import Level, Problem
from generator.rules import at
from generator.subjects.grievances import life
from generator.subjects.grievances.life import Row, Thing, Year
from generator.subjects.grievances.states import State, state
from generator.tables import Draft
from generator.totals import Sort

PUBLISHED: dict[str, Sort] = {"count": "count"}
TITLES = {
    "answers": "满意度的人数",
    "vote_chosen": "票选结果与事项",
    "vote_thing": "事项没有票选",
    "task_dates": "任务的日期",
    "work_falls": "进度变小",
    "status_disagrees": "填报与数据不一致",
}
NEEDS_ALL_ROWS = {"vote_thing": "查对票选"}
ANSWERS = ("satisfied", "fair", "dissatisfied")


def _years(draft: Draft) -> Iterator[Year]:
    for year in life.years(draft):
        yield life.year_of(draft, year)


def answers(draft: Draft) -> Iterator[Problem]:
    """Those who said something are no more than those who were asked."""
    for row in draft.rows(life.SURVEYS):
        found = [int(row[c]) for c in ANSWERS if row[c] is not None]
        if row["sample"] is not None and sum(found) > row["sample"]:
            message = f"样本数是 {row['sample']},满意、基本满意、不满意加起来却有 {sum(found)} 人。"
            yield at(
                draft, life.SURVEYS, row, "sample", rule="answers", level=Level.ERROR, message=message,
                remedy="核对调查报告,改正填错的一格;没有表态的人算在样本数里,不用另填。",
                allowed=f"不小于 {sum(found)}",
            )  # fmt: skip


def _vote(draft: Draft, row: Row, taken: dict[int, Row]) -> Iterator[Problem]:
    """What is wrong with a candidate; ``taken`` are the candidates chosen so far, by the thing that they became."""
    chosen, number = row["chosen"] == "是", row["grievance"]
    if chosen == (number is None):
        told = ("入选了,却没有事项编号。", "填上定下来以后的事项编号。") if chosen else (
            f"没有入选,却填了事项编号 {number}。", "入选填“是”,或者事项编号填“不涉及”。")  # fmt: skip
        message, remedy = told
    elif chosen and taken.setdefault(int(number), row) is not row:
        message = f"和第 {taken[int(number)]['@row']} 行的候选事项都成了第 {number} 件事。"
        remedy = "核对票选结果:一件事只对应一个候选事项。"
    else:
        return
    yield at(draft, life.VOTES, row, "grievance", rule="vote_chosen", level=Level.ERROR, message=message, remedy=remedy)


def ballot(draft: Draft) -> Iterator[Problem]:
    """A candidate that was chosen became one thing of the list, and each thing of the list was chosen."""
    for year in _years(draft):
        taken: dict[int, Row] = {}
        for row in sorted(year.votes, key=lambda r: int(r["@row"])):
            yield from _vote(draft, row, taken)
        for thing in year.things if year.votes else ():
            if thing.number not in taken:
                message = f"第 {thing.number} 件事在票选表里没有入选的候选事项。"
                yield at(
                    draft, life.LIST, thing.row, "number", rule="vote_thing", level=Level.WARNING, message=message,
                    remedy="票选表里把它的候选事项的入选填“是”,事项编号填它的编号;不是票选定下来的,不必改。",
                )  # fmt: skip


def _task_dates(draft: Draft, thing: Thing) -> Iterator[Problem]:
    start = thing.row["start"]
    first = start or f"{thing.row['year']}-01-01"
    since = "这件事的开始日期" if start else "这一年的第一天"
    for task in thing.tasks:
        for column in ("planned", "actual"):
            if task[column] and task[column] < first:
                yield at(
                    draft, life.TASKS, task, column, rule="task_dates", level=Level.WARNING,
                    message=f"{task[column]} 早于{since} {first}。",
                    remedy="核对日期,年份最容易填错;确实更早的,不必改。", allowed=f"不早于 {first}",
                )  # fmt: skip


def dates(draft: Draft) -> Iterator[Problem]:
    """A deadline is not before the start, nothing is planned or done before a thing began or reported too early."""
    yield from rules.in_order(draft, life.LIST, "start", "deadline")
    yield from rules.reported_after(draft, life.PROGRESS)
    for year in _years(draft):
        for thing in year.things:
            yield from _task_dates(draft, thing)


def _falls(draft: Draft, thing: Thing) -> Iterator[Problem]:
    known = [r for r in thing.progress if r["work"] is not None]
    for before, row in pairwise(known):
        if row["work"] < before["work"] and row["lifecycle"] != State.REOPENED:
            old, new = (f"{float(r['work'] * 100):g}%" for r in (before, row))
            yield at(
                draft, life.PROGRESS, row, "work", rule="work_falls", level=Level.WARNING,
                message=f"进度从 {before['month']} 的 {old} 降到 {new},填报状态却不是“重新打开”。",
                remedy="核对这两个月的进度;问题确实又出现了的,填报状态填“重新打开”,并在单位说明里写明原因。",
            )  # fmt: skip


def falls(draft: Draft) -> Iterator[Problem]:
    """Progress falls only where a thing is open again."""
    for year in _years(draft):
        for thing in year.things:
            yield from _falls(draft, thing)


def _judged(year: Year, thing: Thing, month: str) -> set[State]:
    """What a month's figures allow. Tasks tell of the newest month only: earlier, more or fewer may have been left."""
    if month == year.newest:
        return {thing.state(month)}
    return {state(thing.works(month), finished) for finished in (True, False)}


def claims(draft: Draft) -> Iterator[Problem]:
    """What a unit says of a thing is what its figures say: docs/method.md, 十件事办到哪一步."""
    for year in _years(draft):
        for thing in year.things:
            for row in (r for r in thing.progress if r["work"] is not None and r["lifecycle"]):
                allowed = _judged(year, thing, row["month"])
                if row["lifecycle"] not in allowed:
                    words = "或".join(sorted(allowed))
                    yield at(
                        draft, life.PROGRESS, row, "lifecycle", rule="status_disagrees", level=Level.NOTE,
                        message=f"填报的是“{row['lifecycle']}”,按进度和任务判定是“{words}”。",
                        remedy="核对进度、任务的实际完成日期和填报状态;都没有错的不必改,网站上两个都会列出。",
                        suggestion=words,
                    )  # fmt: skip


def as_published(draft: Draft) -> Iterator[Problem]:
    """The count of a year's things agrees with what was published."""
    values = {f"grievances/{year.year}/all/count": len(year.things) for year in _years(draft)}
    yield from totals.against_control_totals(draft, values)


RULES: tuple[Callable[[Draft], Iterator[Problem]], ...] = (answers, ballot, dates, falls, claims, as_published)
