"""What was done about each thing: tasks, work against time month by month, reports that came late, where it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from generator import due
from generator.contract import Due
from generator.measure import ANY
from generator.model import Figure
from generator.subjects.grievances import life, states
from generator.subjects.grievances.life import Row, Thing, Year
from generator.subjects.grievances.made import Chosen, figure, listed
from generator.tables import KEY

STATES = {
    "done": "已办结的事", "active": "整治中的事", "reopened": "重新打开的事", "idle": "未启动的事",
    "silent": "未报送进度的事", "behind": "滞后的事",
}  # fmt: skip


def _tasks(year: Year, thing: Thing) -> Iterator[Figure]:
    if not thing.tasks:
        return
    now = year.newest
    rows = Chosen(life.TASKS, f"{year.year}/{thing.number}/{ANY}", thing.tasks)
    done, late = (sum(test(t, now) for t in thing.tasks) for test in (life.done_by, life.late_by))
    counts = {
        "tasks": ("任务", len(thing.tasks), "任务表里的行数"),
        "tasks_done": ("完成的任务", done, "到截至月底有实际完成日期的任务数"),
        "tasks_late": ("晚于计划的任务", late, "实际完成晚于计划的任务数，加上到截至月底已过计划日期还没有完成的"),
    }
    for measure, (label, n, formula) in counts.items():
        yield figure(f"{year.year}/{thing.key}/{measure}", label, n, "项", formula, rows, as_of=now)


def _suffixes(year: Year, month: str) -> tuple[str, ...]:
    """A point of a series has its month; the newest is the figure without one, too."""
    return ("", f"@{month}") if month == year.newest else (f"@{month}",)


def _works(year: Year, thing: Thing) -> Iterator[Figure]:
    for row in thing.progress:
        chosen = Chosen(life.PROGRESS, row[KEY], [row], ("work",))
        for suffix in _suffixes(year, row["month"]):
            name = f"{year.year}/{thing.key}/work{suffix}"
            formula = "单位报送的整治进度，照录"
            yield figure(name, "整治进度", row["work"], "%", formula, chosen, as_of=row["month"], base="整治任务")


def _times(year: Year, thing: Thing) -> Iterator[Figure]:
    chosen = Chosen(life.LIST, thing.row[KEY], [thing.row])
    formula = "从开始日期到截至月底的天数 ÷ 从开始日期到完成时限的天数，两头都算，最多 100 %"
    for month in year.months:
        time = thing.time(month)
        if time is not None:
            for suffix in _suffixes(year, month):
                name = f"{year.year}/{thing.key}/time{suffix}"
                yield figure(name, "时间进度", time, "%", formula, chosen, as_of=month, base="从开始到时限")


def months_between(first: str, last: str) -> int:
    """How many calendar months there are from one to another, both counted."""
    (a, b), (c, d) = ((int(m[:4]), int(m[5:])) for m in (first, last))
    return (c * 12 + d) - (a * 12 + b) + 1


def is_late(row: Row, rule: Due | None) -> bool:
    """Whether a month's report came after the day on which it was due."""
    return rule is not None and bool(row["reported"]) and due.days_late(rule, row["month"], row["reported"]) > 0


def _reporting(year: Year, thing: Thing, rule: Due | None) -> Iterator[Figure]:
    if not thing.progress or year.newest is None:
        return
    chosen = Chosen(life.PROGRESS, f"{year.year}/{thing.number}/{ANY}", thing.progress)
    months = months_between(thing.progress[0]["month"], year.newest)
    silent = months - sum(r["work"] is not None for r in thing.progress)
    late = sum(is_late(r, rule) for r in thing.progress)
    counts = {
        "months": ("应报的月份", months, "从第一次报送到截至月份的月数"),
        "months_silent": ("未报送的月份", silent, "应报的月份里没有进度的月数"),
        "months_late": ("晚报的月份", late, "报送日期晚于应报日期的月数"),
    }
    for measure, (label, n, formula) in counts.items():
        name = f"{year.year}/{thing.key}/{measure}"
        yield figure(name, label, n, "个月", formula, chosen, as_of=year.newest)


def _states(year: Year) -> Iterator[Figure]:
    now = year.newest
    if now is None:
        return
    found = Counter(states.KEYS[t.state(now)] for t in year.things)
    found["behind"] = sum(t.behind(now) for t in year.things)
    progress = [r for t in year.things for r in t.progress]
    tasks = [r for t in year.things for r in t.tasks]
    rows = [listed(year), Chosen(life.PROGRESS, f"{year.year}/{ANY}/{ANY}", progress)]
    rows += [Chosen(life.TASKS, f"{year.year}/{ANY}/{ANY}", tasks)] if tasks else []
    formula = "按各件事的进度、任务和时限判定，见方法"
    for measure, label in STATES.items():
        yield figure(f"{year.year}/all/{measure}", label, found[measure], "件", formula, *rows, as_of=now)


def figures(year: Year, rule: Due | None) -> Iterator[Figure]:
    """A year's figures of work; ``rule`` is when a month's rows are due."""
    yield from _states(year)
    for thing in year.things:
        yield from _tasks(year, thing)
        yield from _works(year, thing)
        yield from _times(year, thing)
        yield from _reporting(year, thing, rule)
