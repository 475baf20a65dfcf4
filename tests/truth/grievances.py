"""The ten things, again: counts, sums, shares of time and of answers, states and the Wilson interval."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from tests.sites import Row
from tests.truth.common import (
    NARROW,
    WORDS,
    Tables,
    Truth,
    absent,
    count_truth,
    end_of,
    half_up,
    lacking,
    printed,
    remark,
)

NAMES = {
    "work": "整治进度", "time": "时间进度", "satisfied": "满意和基本满意", "strict": "只算满意", "low": "区间从",
    "high": "区间到", "sample": "问了", "named": "写明责任单位", "done": "已办结",
}  # fmt: skip
CHANNELS = {"12345热线": "hotline", "来信": "letters", "来访": "visits", "网络留言": "web", "问卷调查": "survey"}
SHARES = {"satisfied": ("满意", "基本满意"), "strict": ("满意",)}
DUE_DAY = 10
NUMBER, WORK, MONTH, SAMPLE = "事项编号", "整治进度(%)", "截至月份", "样本数"

Found = Iterator[tuple[str, Truth]]


def _share(value: Fraction | None, lacks: tuple[tuple[str, int], ...], **more: object) -> Truth:
    """A share as it is shown: one decimal, rounded half up."""
    nothing = absent(lacks, "没有可比的数")
    cell = nothing if value is None else f"{half_up(value * 100, 1):,}"
    prose = nothing if value is None else f"{cell}{NARROW}%"
    exact = None if value is None else f"{half_up(value, 6)}"
    return Truth(exact, prose, cell, "1", lacks=lacks, lacking=remark(lacks), **more)  # type: ignore[arg-type]


def _whole(text: str) -> int:
    return int(text.replace(",", ""))


def _work(row: Row) -> Fraction | None:
    return None if row[WORK] in WORDS else Fraction(Decimal(row[WORK].removesuffix("%"))) / 100


# --- one value from rows; the same for rows of a file and rows of a page ----------------------------------


def _added(rows: list[Row], column: str) -> int | None:
    known = [_whole(r[column]) for r in rows if r[column] not in WORDS]
    return sum(known) if known else None


def _said(rows: list[Row], columns: tuple[str, ...]) -> Fraction | None:
    """Those who gave one of some answers, over those who were asked, where both are counted."""
    known = [r for r in rows if not {r[c] for c in (SAMPLE, *columns)} & set(WORDS)]
    asked = sum(_whole(r[SAMPLE]) for r in known)
    return Fraction(sum(_whole(r[c]) for r in known for c in columns), asked) if asked else None


def _bound(rows: list[Row], sign: int) -> Fraction | None:
    """A bound of the Wilson interval, by the other form of the formula and a decimal square root of fifty digits.

    It solves (x - p)² = z² x (1 - x) / n for x.
    """
    share = _said(rows, SHARES["satisfied"])
    if share is None:
        return None
    n, z = _whole(rows[0][SAMPLE]), Fraction(196, 100)
    a, b, c = 1 + z**2 / n, -(2 * share + z**2 / n), share**2
    under = b * b - 4 * a * c
    with localcontext() as context:
        context.prec = 50
        root = Fraction((Decimal(under.numerator) / Decimal(under.denominator)).sqrt())
    return (-b + sign * root) / (2 * a)


def _elapsed(row: Row, month: str) -> Fraction:
    """Days gone by at a month's end, over all days from start to deadline."""
    first, last, now = (dt.date.fromisoformat(t) for t in (row["开始日期"], row["完成时限"], end_of(month)))
    days = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    return Fraction(sum(day <= now for day in days), len(days))


def _done(task: Row, now: str | None) -> bool:
    return bool(task["实际完成"]) and (now is None or task["实际完成"] <= end_of(now))


def _late(task: Row, now: str | None) -> bool:
    until = task["实际完成"] if _done(task, now) else (end_of(now) if now else "")
    return until > task["计划完成"]


def _came_late(row: Row) -> bool:
    """Reported after the tenth of the next month."""
    if not row["报送日期"]:
        return False
    next_month = dt.date.fromisoformat(end_of(row[MONTH])) + dt.timedelta(days=DUE_DAY)
    return dt.date.fromisoformat(row["报送日期"]) > next_month


def _months(rows: list[Row], now: str) -> int:
    first = min(r[MONTH] for r in rows)
    return (int(now[:4]) - int(first[:4])) * 12 + int(now[5:]) - int(first[5:]) + 1


def _reporting(rows: list[Row], now: str) -> dict[str, int]:
    months = _months(rows, now)
    return {
        "months": months,
        "months_silent": months - len([r for r in rows if r[WORK] not in WORDS]),
        "months_late": len([r for r in rows if _came_late(r)]),
    }


def _tasks(rows: list[Row], now: str | None) -> dict[str, int]:
    return {
        "tasks": len(rows), "tasks_done": len([t for t in rows if _done(t, now)]),
        "tasks_late": len([t for t in rows if _late(t, now)]),
    }  # fmt: skip


def _judged(thing: Row, progress: list[Row], tasks: list[Row], now: str) -> tuple[str, bool]:
    """The state of a thing at the end of a month, and whether it is behind."""
    by_month = {r[MONTH]: _work(r) for r in progress}
    work = by_month.get(now)
    if work is None:
        return "silent", False
    if work == 1:
        state = "done" if all(_done(t, now) for t in tasks) else "active"
    elif 1 in [w for m, w in by_month.items() if m < now]:
        state = "reopened"
    else:
        state = "active" if work else "idle"
    if state == "done" or not (thing["开始日期"] and thing["完成时限"]):
        return state, False
    passed = _elapsed(thing, now)
    return state, thing["完成时限"] <= end_of(now) or (passed - work) * 100 > 5


def _mine(thing: Row, *tables: list[Row]) -> list[list[Row]]:
    return [[r for r in rows if r[NUMBER] == thing["编号"]] for rows in tables]


def finished(tables: Tables, year: str) -> list[str]:
    """The titles of a year's things that are done."""
    y = _Year(tables, year)
    judged = {t["名称"]: _judged(t, *_mine(t, y.progress, y.tasks), str(y.now)) for t in y.things}
    return [title for title, (state, _) in judged.items() if state == "done"]


def _states(things: list[Row], progress: list[Row], tasks: list[Row], now: str) -> dict[str, int]:
    found: Counter[str] = Counter()
    for thing in things:
        state, behind = _judged(thing, *_mine(thing, progress, tasks), now)
        found[state] += 1
        found["behind"] += behind
    return {m: found[m] for m in ("done", "active", "reopened", "idle", "silent", "behind")}


def _ballot(rows: list[Row]) -> dict[str, int]:
    return {"candidates": len(rows), "chosen": len([r for r in rows if r["入选"] == "是"])}


def _rank(rows: list[Row], number: str) -> int | None:
    """The place of one among all by votes, best first; nothing as long as somebody's votes are not known."""
    votes = {r[NUMBER]: r["得票"] for r in rows}
    if any(r["得票"] in WORDS for r in rows):
        return None
    return sorted((_whole(r["得票"]) for r in rows), reverse=True).index(_whole(votes[number])) + 1


# --- every figure ------------------------------------------------------------------------------------------


class _Year:
    """A year's tables, and what every figure of it needs."""

    def __init__(self, tables: Tables, year: str) -> None:
        self.tables, self.year = tables, year
        names = ("grievances", "grievance_origins", "votes", "grievance_tasks", "grievance_progress", "satisfaction")
        self.things, self.origins, self.votes, self.tasks, self.progress, self.surveys = (
            tables.of(name, year) for name in names
        )
        self.now = max((r[MONTH] for r in self.progress), default=None)

    def count(self, name: str, value: int | None, unit: str, *chosen: tuple[str, str, list[Row]], column: str = "",
              as_of: str | None = None) -> tuple[str, Truth]:  # fmt: skip
        rows = [r for _, _, found in chosen for r in found]
        lacks = lacking(Counter(r[column] for r in rows if r[column] in WORDS)) if column else ()
        return f"grievances/{self.year}/{name}", count_truth(value, unit, lacks, **self.more(chosen, as_of))

    def share(self, name: str, value: Fraction | None, *chosen: tuple[str, str, list[Row]], columns: tuple[str, ...],
              as_of: str | None = None) -> tuple[str, Truth]:  # fmt: skip
        rows = [r for _, _, found in chosen for r in found]
        words = [next((r[c] for c in columns if r[c] in WORDS), "") for r in rows]
        lacks = lacking(Counter(w for w in words if w))
        return f"grievances/{self.year}/{name}", _share(value, lacks, **self.more(chosen, as_of))

    def more(self, chosen: tuple[tuple[str, str, list[Row]], ...], as_of: str | None) -> dict[str, object]:
        rows = [r for _, _, found in chosen for r in found]
        refs = tuple((f"{table}:{self.year}", f"{self.year}/{key}", len(found)) for table, key, found in chosen)
        return {"as_of": as_of, "kind": self.tables.kind(rows), "rows": refs}


def _listed(y: _Year) -> Found:
    rows = ("grievances", "*", y.things)
    yield y.count("all/count_sum", len(y.things), "件", rows)
    yield y.count("all/named", len([t for t in y.things if t["责任单位"]]), "件", rows)
    every = [("all", "*/*", y.origins)]
    every += [(f"g{int(t['编号']):02d}", f"{t['编号']}/*", [r for r in y.origins if r[NUMBER] == t["编号"]])
              for t in y.things]  # fmt: skip
    every += [(f"c{code}", f"*/{code}", [r for r in y.origins if r["渠道"] == name]) for name, code in CHANNELS.items()]
    for key, pattern, found in every:
        if found:
            selected = ("grievance_origins", pattern, found)
            yield y.count(f"{key}/reports", _added(found, "件数"), "件", selected, column="件数")
    if y.votes:
        rows = ("votes", "*", y.votes)
        yield y.count("all/votes", _added(y.votes, "得票"), "票", rows, column="得票")
        for measure, n in _ballot(y.votes).items():
            yield y.count(f"all/{measure}", n, "个", rows)
        for row in (r for r in y.votes if r[NUMBER] not in WORDS):
            own = ("votes", row["候选编号"], [row])
            yield y.count(f"g{int(row[NUMBER]):02d}/votes", _added([row], "得票"), "票", own, column="得票")
            yield y.count(f"g{int(row[NUMBER]):02d}/rank", _rank(y.votes, row[NUMBER]), "", rows, column="得票")


def _worked(y: _Year) -> Found:
    if y.now:
        rows = [("grievances", "*", y.things), ("grievance_progress", "*/*", y.progress)]
        rows += [("grievance_tasks", "*/*", y.tasks)] if y.tasks else []
        for measure, n in _states(y.things, y.progress, y.tasks, y.now).items():
            yield y.count(f"all/{measure}", n, "件", *rows, as_of=y.now)
    for thing in y.things:
        number = thing["编号"]
        key = f"g{int(number):02d}"
        tasks, months = ([r for r in rows if r[NUMBER] == number] for rows in (y.tasks, y.progress))
        for measure, n in (_tasks(tasks, y.now) if tasks else {}).items():
            yield y.count(f"{key}/{measure}", n, "项", ("grievance_tasks", f"{number}/*", tasks), as_of=y.now)
        for measure, n in (_reporting(months, y.now) if months and y.now else {}).items():
            yield y.count(f"{key}/{measure}", n, "个月", ("grievance_progress", f"{number}/*", months), as_of=y.now)
        for row in months:
            own = ("grievance_progress", f"{number}/{row[MONTH]}", [row])
            for tail in {f"@{row[MONTH]}", "" if row[MONTH] == y.now else f"@{row[MONTH]}"}:
                yield y.share(f"{key}/work{tail}", _work(row), own, columns=(WORK,), as_of=row[MONTH])
        for month in sorted({r[MONTH] for r in y.progress}) if thing["开始日期"] and thing["完成时限"] else ():
            own = ("grievances", number, [thing])
            for tail in {f"@{month}", "" if month == y.now else f"@{month}"}:
                yield y.share(f"{key}/time{tail}", _elapsed(thing, month), own, columns=(), as_of=month)


def _asked(y: _Year) -> Found:
    last: dict[str, Row] = {}
    for row in sorted(y.surveys, key=lambda r: int(r["轮次"])):
        last[row[NUMBER]] = row
    keyed = [(f"g{int(r[NUMBER]):02d}+s{int(r['轮次']):02d}", r) for r in y.surveys]
    keyed += [(f"g{int(n):02d}", r) for n, r in last.items()]
    for key, row in keyed:
        own, day = ("satisfaction", f"{row[NUMBER]}/{row['轮次']}", [row]), row["调查日期"]
        yield y.count(f"{key}/sample", _added([row], SAMPLE), "人", own, column=SAMPLE, as_of=day)
        for measure, columns in SHARES.items():
            value = _said([row], columns)
            yield y.share(f"{key}/{measure}", value, own, columns=(SAMPLE, *columns), as_of=day)
        # Whoever wants to answers a form on the net: nothing follows for the others, so there is no interval.
        for measure, sign in () if "网上" in row["调查方式"] else (("low", -1), ("high", 1)):
            columns = (SAMPLE, *SHARES["satisfied"])
            yield y.share(f"{key}/{measure}", _bound([row], sign), own, columns=columns, as_of=day)
    if last:
        rows = [last[n] for n in sorted(last, key=int)]
        chosen = [("satisfaction", f"{r[NUMBER]}/{r['轮次']}", [r]) for r in rows]
        day = max(r["调查日期"] for r in rows)
        yield y.count("all/asked", len(rows), "件", *chosen, as_of=day)
        yield y.count("all/sample", _added(rows, SAMPLE), "人", *chosen, column=SAMPLE, as_of=day)
        columns = SHARES["satisfied"]
        yield y.share("all/satisfied", _said(rows, columns), *chosen, columns=(SAMPLE, *columns), as_of=day)


def figures(tables: Tables) -> Found:
    """Every figure of the subject but published totals."""
    for year in tables.years("grievances"):
        found = _Year(tables, year)
        if found.things:
            yield from _listed(found)
            yield from _worked(found)
            yield from _asked(found)


# --- from the rows that are shown ---------------------------------------------------------------------------


def _several(lines: list[dict[str, str]], now: str) -> dict[str, int]:
    """The lines of three tables on one page, told apart by their headers."""
    by_header = [[x for x in lines if column in x] for column in ("目标", WORK, "任务")]
    return _states(*by_header, now)


def _counted(lines: list[dict[str, str]], measure: str, now: str | None) -> int | None:
    first = lines[0]
    if measure in ("count", "named"):
        return len([x for x in lines if measure == "count" or x["责任单位"]])
    if measure in ("candidates", "chosen"):
        return _ballot(lines)[measure]
    if measure.startswith("tasks"):
        return _tasks(lines, now)[measure]
    if measure.startswith("months"):
        return _reporting(lines, now or "")[measure]
    if measure == "asked":
        return len({x[NUMBER] for x in lines})
    column = {"reports": "件数", "votes": "得票", "sample": SAMPLE}.get(measure)
    if column in first:
        return _added(lines, str(column))
    return _several(lines, now or "")[measure]


def from_lines(lines: list[dict[str, str]], figure: dict[str, Any]) -> str | None:
    """A figure's value from the rows that its origin shows."""
    if figure["rows"][0]["table"] == "control_totals":
        return printed(lines, figure)
    measure, now = figure["id"].rsplit("/", 1)[1].split("@")[0].removesuffix("_sum"), figure["as_of"]
    if figure["unit"] != "1":
        own = figure["id"].split("/")[2].removeprefix("g").lstrip("0")
        count = _rank(lines, own) if measure == "rank" else _counted(lines, measure, now)
        return None if count is None else str(count)
    if measure == "work":
        value = _work(lines[0])
    elif measure == "time":
        value = _elapsed(lines[0], now)
    elif measure in SHARES:
        value = _said(lines, SHARES[measure])
    else:
        value = _bound(lines, -1 if measure == "low" else 1)
    return None if value is None else str(half_up(value, 6))
