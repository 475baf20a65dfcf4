"""Livelihood projects, again: progress, states and reports by the rules of the method page."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import Any

from tests.sites import Row
from tests.truth.common import (
    WORDS,
    Group,
    Tables,
    Truth,
    count_truth,
    end_of,
    group,
    half_up,
    lacking,
    number_truth,
    printed,
    rate_truth,
)

COUNTED = {"target": "目标数", "done": "完成数", "now": "现值"}
WORK = "形象进度(%)"
NAMES: dict[str, str] = {"work": "形象进度", "time": "时间进度", "listed": "项目"}
STATES = {
    "done": "已完成", "ahead": "超序时", "on": "序时推进", "behind": "滞后", "idle": "未启动", "stopped": "已终止",
    "silent": "未报送",
}  # fmt: skip
FIVE = Fraction(1, 20)
Refs = tuple[tuple[str, str, int], ...]
Named = Callable[[Group], tuple[str, str]]
PROJECT, REGION, MONTH = "项目编号", "区划代码", "截至月份"


# --- one project, or a part of it, at one month's end ---------------------------------------------------------


def percent(text: str) -> Fraction:
    return Fraction(text.removesuffix("%")) / 100


def work(rows: list[Row], falls: bool) -> tuple[Fraction | None, Counter[str]]:
    """The weighted mean of 形象进度, or 完成数 ÷ 目标数 where nobody reports it; and why rows are left out."""
    someone = any(r[WORK] not in WORDS for r in rows) or all(r[WORK] == "未报送" for r in rows)
    column = WORK if someone or falls else "完成数"
    over = under = Fraction(0)
    lacks: Counter[str] = Counter()
    for r in rows:
        gap = next((r[c] for c in ([column] if falls else [column, "目标数"]) if r[c] in WORDS), None)
        if gap:
            lacks[gap] += 1
            continue
        weight = Fraction(1) if falls else Fraction(r["目标数"])
        over += percent(r[WORK]) * weight if column == WORK else Fraction(r["完成数"])
        under += weight
    return (over / under if under else None), lacks


def part(row: Row, falls: bool) -> tuple[Fraction | None, Counter[str]]:
    """形象进度 of one place: what it reports, whatever else is missing in its row."""
    return work([row], falls) if row[WORK] in WORDS else (percent(row[WORK]), Counter())


def span(project: Row) -> tuple[dt.date, dt.date]:
    year = project["年度"]
    return tuple(
        dt.date.fromisoformat(project[c] or f"{year}-{d}") for c, d in (("开始日期", "01-01"), ("完成时限", "12-31"))
    )  # type: ignore[return-value]


def time(project: Row, month: str) -> Fraction:
    first, last = span(project)
    now = min(end_of(month), project["终止日期"] or end_of(month))
    passed = Fraction((dt.date.fromisoformat(now) - first).days + 1, (last - first).days + 1)
    return max(Fraction(0), min(Fraction(1), passed))


def reached(rows: list[Row], falls: bool) -> bool:
    for r in rows:
        found, target = r["现值" if falls else "完成数"], r["目标数"]
        if not {found, target} & set(WORDS) and (int(found) > int(target) if falls else int(found) < int(target)):
            return False
    return True


def state(project: Row, rows: list[Row], month: str) -> tuple[str, bool]:
    """The state in a word, and whether the deadline has come without it being done."""
    falls = project["目标方向"] == "不超过"
    value, lacks = work(rows, falls)
    passed, last = time(project, month), span(project)[1].isoformat()
    gaps = sum(n for word, n in lacks.items() if word != "不涉及")
    if value == 1 and not gaps and reached(rows, falls):
        return "已完成", False
    if project["终止日期"] and project["终止日期"][:7] <= month:
        return "已终止", False
    if value is None or (value == 1 and reached(rows, falls)):  # all that was reported is done, and a place is silent
        return "未报送", False
    overdue = last <= end_of(month)
    if overdue or value < passed - FIVE:
        return "滞后", overdue
    if value == 0:
        return "未启动", False
    return ("超序时" if value > passed + FIVE else "序时推进"), False


class Year:
    """A year's rows by project, region and month."""

    def __init__(self, tables: Tables, year: str) -> None:
        self.year, self.tables = year, tables
        self.projects = {r["编号"]: r for r in tables.of("projects", year)}
        self.rows = [r for r in tables.of("project_progress", year) if r[MONTH]]
        self.months = sorted({r[MONTH] for r in self.rows})
        self.units = {u["名称"]: u["编号"] for u in tables.all("units")}
        self._by: dict[Group, list[Row]] = {}
        for r in self.rows:
            for place in ((r[PROJECT], r[MONTH]), (r[PROJECT], "*"), ("*", r[MONTH])):
                self._by.setdefault(place, []).append(r)

    def of(self, *, project: str = "*", month: str = "*") -> list[Row]:
        """The rows of a project, a month, or both."""
        return self._by.get((project, month), [])

    def promise(self, numbers: Iterable[str]) -> list[tuple[str, str, int]]:
        wanted = list(numbers)
        if len(wanted) == len(self.projects) > 1:
            return [(f"projects:{self.year}", f"{self.year}/*", len(wanted))]
        return [(f"projects:{self.year}", f"{self.year}/{n}", 1) for n in wanted]

    def kind(self, rows: Iterable[Row], numbers: Iterable[str] = ()) -> str:
        return self.tables.kind([*rows, *(self.projects[n] for n in numbers)])


# --- figures ----------------------------------------------------------------------------------------------------


def _sums(tables: Tables, year: str) -> Iterator[tuple[str, Truth]]:
    rows = tables.of("project_progress", year)
    month = max((r[MONTH] for r in rows), default="")
    rows = [r for r in rows if not month or r[MONTH] == month]
    units = {r["编号"]: r["计量单位"] for r in tables.of("projects", year)}
    splits: tuple[tuple[tuple[str, ...], Named, str], ...] = (
        ((), lambda g: ("all", "*/*"), "_sum"),
        ((PROJECT,), lambda g: (f"p{int(g[0]):02d}", f"{g[0]}/*"), ""),
        ((PROJECT, REGION), lambda g: (f"p{int(g[0]):02d}+r{g[1]}", f"{g[0]}/{g[1]}"), ""),
    )
    for columns, named, tail in splits:
        if not columns and len(units) > 1:
            continue
        for values, found in group(rows, *columns).items():
            name, pattern = named(values)
            ref = (f"project_progress:{year}", f"{year}/{pattern}/{month or '-'}", len(found))
            for measure, column in COUNTED.items():
                known = [int(r[column]) for r in found if r[column] not in WORDS]
                if all(r[column] == "不涉及" for r in found):
                    continue
                lacks = lacking(Counter(r[column] for r in found if r[column] in WORDS))
                more = {"as_of": month or None, "kind": tables.kind(found), "rows": (ref,)}
                unit = units[values[0]] if values else ""
                yield (
                    f"projects/{year}/{name}/{measure}{tail}",
                    count_truth(sum(known) if known else None, unit, lacks, **more),
                )


def _progress(year: Year) -> Iterator[tuple[str, Truth]]:
    for number, project in year.projects.items():
        for month in year.months:
            rows = year.of(project=number, month=month)
            if not rows:
                continue
            value, lacks = work(rows, project["目标方向"] == "不超过")
            prefix, missing = f"projects/{year.year}/p{int(number):02d}", lacking(lacks)
            ref = (f"project_progress:{year.year}", f"{year.year}/{number}/*/{month}", len(rows))
            promise = tuple(year.promise([number]))
            done = rate_truth(value, missing, as_of=month, kind=year.kind(rows), rows=(ref,))
            passed = rate_truth(time(project, month), (), as_of=month, kind=year.kind([], [number]), rows=promise)
            yield f"{prefix}/work@{month}", done
            yield f"{prefix}/time@{month}", passed
            if month == year.months[-1]:
                yield f"{prefix}/work", done
                yield f"{prefix}/time", passed
                if project["终止日期"]:
                    continue
                margin = None if value is None else (value - time(project, month)) * 100
                more = {"as_of": month, "kind": year.kind(rows, [number]), "rows": (ref, *promise)}
                yield f"{prefix}/margin", number_truth(margin, "个百分点", 1, missing, **more)


def _parts(year: Year) -> Iterator[tuple[str, Truth]]:
    month = year.months[-1]
    for row in year.of(month=month):
        number, region = row[PROJECT], row[REGION]
        value, lacks = part(row, year.projects[number]["目标方向"] == "不超过")
        ref = (f"project_progress:{year.year}", f"{year.year}/{number}/{region}/{month}", 1)
        found = rate_truth(value, lacking(lacks), as_of=month, kind=year.kind([row]), rows=(ref,))
        yield f"projects/{year.year}/p{int(number):02d}+r{region}/work", found


def _tally(
    year: Year,
    key: str,
    month: str,
    parts: dict[str, list[Row]],
    refs: tuple[tuple[str, str, int], ...],
    stamp: str = "",
) -> Iterator[tuple[str, Truth]]:
    found = {n: state(year.projects[n], rows, month) for n, rows in parts.items()}
    rows = [r for mine in parts.values() for r in mine]
    more = {"as_of": month, "kind": year.kind(rows, parts), "rows": (*refs, *year.promise(parts))}
    prefix = f"projects/{year.year}/{key}"
    for name, word in STATES.items():
        yield f"{prefix}/state_{name}{stamp}", count_truth(sum(w == word for w, _ in found.values()), "个", (), **more)
    if stamp:
        return
    yield f"{prefix}/listed", count_truth(len(parts), "个", (), **more)
    yield f"{prefix}/overdue", count_truth(sum(late for _, late in found.values()), "个", (), **more)


def _states(year: Year) -> Iterator[tuple[str, Truth]]:
    table = f"project_progress:{year.year}"
    for month in year.months:
        rows = year.of(month=month)
        parts = {n: year.of(project=n, month=month) for n in year.projects}
        ref = ((table, f"{year.year}/*/*/{month}", len(rows)),)
        yield from _tally(year, "all", month, parts, ref, f"@{month}")
        if month != year.months[-1]:
            continue
        yield from _tally(year, "all", month, parts, ref)
        for unit in sorted({p["牵头单位"] for p in year.projects.values()} & year.units.keys()):
            mine = {n: r for n, r in parts.items() if year.projects[n]["牵头单位"] == unit}
            refs = tuple((table, f"{year.year}/{n}/*/{month}", len(r)) for n, r in mine.items() if r)
            if mine:
                yield from _tally(year, year.units[unit], month, mine, refs)
        for (region,), here in group(rows, REGION).items():
            ref = ((table, f"{year.year}/*/{region}/{month}", len(here)),)
            yield from _tally(year, f"r{region}", month, {r[PROJECT]: [r] for r in here}, ref)


def late(row: Row) -> bool:
    """Reported after the tenth of the next month."""
    year, month = int(row[MONTH][:4]), int(row[MONTH][5:])
    due = f"{year + month // 12}-{month % 12 + 1:02d}-10"
    return bool(row["报送日期"]) and row["报送日期"] > due


def _reports(year: Year) -> Iterator[tuple[str, Truth]]:
    if not any(r["报送日期"] for r in year.rows):
        return
    table, prefix = f"project_progress:{year.year}", f"projects/{year.year}"
    keys: list[tuple[str, list[Row], Refs]] = [("all", year.rows, ((table, f"{year.year}/*/*/*", len(year.rows)),))]
    for unit in sorted({p["牵头单位"] for p in year.projects.values()} & year.units.keys()):
        mine = {n: year.of(project=n) for n, p in year.projects.items() if p["牵头单位"] == unit}
        refs = tuple((table, f"{year.year}/{n}/*/*", len(rows)) for n, rows in mine.items() if rows)
        keys.append((year.units[unit], [r for rows in mine.values() for r in rows], refs))
    for (region,), rows in group(year.rows, REGION).items():
        keys.append((f"r{region}", rows, ((table, f"{year.year}/*/{region}/*", len(rows)),)))
    for key, rows, refs in keys:
        more = {"as_of": year.months[-1], "kind": year.kind(rows), "rows": refs}
        yield f"{prefix}/{key}/reports_due", count_truth(len(rows), "次", (), **more)
        yield f"{prefix}/{key}/reports_late", count_truth(sum(map(late, rows)), "次", (), **more)
        yield f"{prefix}/{key}/reports_missing", count_truth(sum(not r["报送日期"] for r in rows), "次", (), **more)


def _age(lines: list[Row], newest: str) -> int:
    """Days from the last report among some rows to the newest day of their table."""
    last = max(r["报送日期"] for r in lines)
    return (dt.date.fromisoformat(newest) - dt.date.fromisoformat(last)).days


def _ages(year: Year) -> Iterator[tuple[str, Truth]]:
    table, month = f"project_progress:{year.year}", year.months[-1]
    known = [r for r in year.rows if r["报送日期"]]
    newest = max((r["报送日期"] for r in known), default="")
    newest = max(newest, end_of(month))  # somebody's last report, or the newest month's end

    def last(rows: list[Row]) -> Row:
        day = max(r["报送日期"] for r in rows)
        return min((r for r in rows if r["报送日期"] == day), key=lambda r: (r[PROJECT], r[REGION], r[MONTH]))

    led = {year.units[p["牵头单位"]]: set() for p in year.projects.values() if p["牵头单位"] in year.units}
    for number, project in year.projects.items():
        if project["牵头单位"] in year.units:
            led[year.units[project["牵头单位"]]].add(number)
    keys = {f"p{int(number):02d}": {number} for number in year.projects} | led
    for key, numbers in keys.items():
        if mine := [r for r in known if r[PROJECT] in numbers]:
            shown = [last(mine)]
            if last(known)["报送日期"] != shown[0]["报送日期"] and last(known)["报送日期"] > end_of(month):
                shown.append(last(known))
            refs = tuple((table, f"{year.year}/{r[PROJECT]}/{r[REGION]}/{r[MONTH]}", 1) for r in shown)
            more = {"as_of": newest, "kind": year.kind(shown), "rows": refs}
            yield (
                f"projects/{year.year}/{key}/report_age",
                count_truth(_age(mine, newest), "天", (), **more),
            )


def figures(tables: Tables) -> Iterator[tuple[str, Truth]]:
    """Every figure of the projects but published totals. The files of tests have a row for each month and place."""
    for name in tables.years("projects"):
        projects = tables.of("projects", name)
        if not projects:
            continue
        ref = (f"projects:{name}", f"{name}/*", len(projects))
        more = {"as_of": None, "kind": tables.kind(projects), "rows": (ref,)}
        yield f"projects/{name}/all/count_sum", count_truth(len(projects), "件", (), **more)
        yield from _sums(tables, name)
        year = Year(tables, name)
        if year.rows:
            yield from _progress(year)
            yield from _parts(year)
            yield from _states(year)
            yield from _reports(year)
            yield from _ages(year)


# --- from the rows that are shown ---------------------------------------------------------------------------------


def _split(lines: list[dict[str, str]]) -> tuple[dict[str, Row], list[Row]]:
    """The projects' rows by number, and those of progress, with cells as the files have them."""
    progress = [{k: v.replace(",", "") for k, v in x.items()} for x in lines if PROJECT in x]
    return {x["编号"]: x for x in lines if PROJECT not in x}, progress


def from_lines(lines: list[dict[str, str]], figure: dict[str, Any]) -> str | None:
    """A figure's value from the rows that its origin shows."""
    measure = figure["id"].split("@")[0].rsplit("/", 1)[1]
    if figure["rows"][0]["table"] == "control_totals":
        return printed(lines, figure)
    projects, rows = _split(lines)
    if measure == "count_sum":
        return str(len(lines))
    if measure.removesuffix("_sum") in COUNTED:
        column = COUNTED[measure.removesuffix("_sum")]
        known = [int(r[column]) for r in rows if r[column] not in WORDS]
        return str(sum(known)) if known else None
    if measure == "report_age":
        # Beside the last report stands the newest of all, where that is later: it says to which day is counted.
        return str(_age([min(rows, key=lambda r: r["报送日期"])], figure["as_of"]))
    if measure.startswith("reports_"):
        counts = {"due": len(rows), "late": sum(map(late, rows)), "missing": sum(not r["报送日期"] for r in rows)}
        return str(counts[measure.removeprefix("reports_")])
    return _judged(projects, rows, figure, measure)


def _judged(projects: dict[str, Row], rows: list[Row], figure: dict[str, Any], measure: str) -> str | None:
    month = figure["as_of"]
    if measure == "time":
        (project,) = projects.values()
        return str(half_up(time(project, month), 6))
    # Whether a target is to fall stands in the project's row; a place's rows alone show it by what is reported.
    if measure in ("work", "margin"):
        falls = all(r["完成数"] == "不涉及" and r["现值"] != "不涉及" for r in rows)
        value, _ = part(rows[0], falls) if "+r" in figure["id"] else work(rows, falls)
        if value is None:
            return None
        if measure == "work":
            return str(half_up(value, 6))
        (project,) = projects.values()
        return str(half_up((value - time(project, month)) * 100, 6))
    parts = {n: [r for r in rows if r[PROJECT] == n] for n in projects}
    found = {n: state(projects[n], mine, month) for n, mine in parts.items()}
    counts = {"listed": len(parts), "overdue": sum(x for _, x in found.values())}
    word = STATES.get(measure.removeprefix("state_"), "")
    return str(counts.get(measure, sum(w == word for w, _ in found.values())))
