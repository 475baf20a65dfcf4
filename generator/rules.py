"""Reusable rules. A rule is a small generator of Problems over a ``Draft``; its docstring is the rule.

The rules in ``generic`` follow from the contract and run for every table; the others are called by a
subject's own ``rules.py``, which knows what its columns mean. No rule knows a subject. What they are called:
``titles``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby, pairwise
from statistics import median
from typing import Any

import pandas as pd

from generator import corrections
from generator.contract import Column, Table
from generator.corrections import Correction
from generator.format import end_of
from generator.measure import UNITS
from generator.model import Level, Problem
from generator.tables import FILE, KEY, ROW, Draft
from generator.values import short

Rule = Callable[[Draft], Iterator[Problem]]
Row = Mapping[str, Any]

TENFOLD = 10
CALM = 2  # a step below this is no sign of growth from a small first amount
UNIT_JUMP = 1000  # 万 for 亿 or 元 for 万 is 10⁴; growth from a small first month rarely passes 10³


def at(
    draft: Draft,
    table: str,
    row: Row,
    column: str | None,
    *,
    rule: str,
    level: Level,
    message: str,
    remedy: str = "",
    allowed: str | None = None,
    suggestion: str | None = None,
) -> Problem:
    """A problem of a draft row (a mapping with ``@file`` and ``@row``): file, row, header, letter and value are filled.

    ``column`` is a column id, or ``None`` for the row as a whole. ``message`` follows the place, written as for
    a cell by itself: 第 7 行 拨付(万元)(H 列):…
    """
    file, number = str(row[FILE]), int(row[ROW])
    known = draft.contract.table(table)
    name = letter = value = None
    if column is not None and known is not None:
        name = next(c.name for c in known.columns if c.id == column)
        sheet = draft.sheets.get(file)
        if sheet is not None:
            letter, value = sheet.letters.get(column), sheet.found(number, column)
    where = f"第 {number} 行" + (f" {name}" if name else "") + (f"({letter} 列)" if letter else "")
    return Problem(level, rule, f"{where}:{message}", remedy, file, number, name, letter, value, allowed, suggestion)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """A frame's rows as mappings, for the few that a rule reports."""
    return [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]


def shown(column: Column, value: Any) -> str:
    """A typed value as a clerk would write it, with its unit."""
    unit = column.unit or ""
    if column.scale == "money":
        number = Decimal(int(value)) / UNITS.get(unit or "元", 100)
        text = f"{number:f}"
        return (text.rstrip("0").rstrip(".") if "." in text else text) + unit
    if column.scale == "percent":
        return f"{float(value * 100):g}%"
    return ("、".join(value) if column.many else str(value)) + unit


def _column(table: Table, column_id: str) -> Column:
    return next(c for c in table.columns if c.id == column_id)


# --- rules that follow from the contract -----------------------------------------------------------------


def keys_unique(draft: Draft, table: Table) -> Iterator[Problem]:
    """A key stands for one row only."""
    frame = draft.frame(table.id)
    twice = frame[frame[KEY].duplicated(keep=False)] if table.key and len(frame) else frame[:0]
    first: dict[str, dict[str, Any]] = {}
    values = [c.id for c in table.columns]
    for row in records(twice.sort_values([FILE, ROW], kind="stable")):
        other = first.setdefault(row[KEY], row)
        if other is row:
            continue
        same = all(str(row[c]) == str(other[c]) for c in values)
        place = f"第 {other[ROW]} 行" + ("" if other[FILE] == row[FILE] else f"({other[FILE]})")
        what = "内容完全相同" if same else "内容却不一样"
        remedy = "删去其中一行。" if same else "核对原件,只留正确的一行。"
        keys = "、".join(table.key)
        message = f"和{place}的{keys}相同,{what}。"
        column = table.ids(table.key)[0]
        yield at(draft, table.id, row, column, rule="key_twice", level=Level.ERROR, message=message, remedy=remedy)


def months_in_year(draft: Draft, table: Table) -> Iterator[Problem]:
    """A month belongs to the year of its row."""
    months = [c.id for c in table.columns if c.type == "yearmonth"]
    if not any(c.id == "year" and c.type == "integer" for c in table.columns):
        return
    frame = draft.frame(table.id)
    for month in months:
        pairs = zip(frame[month], frame["year"], strict=True)
        wrong = [m is not None and not pd.isna(y) and m[:4] != f"{y:04d}" for m, y in pairs]
        for row in records(frame[wrong]):
            message = f"{row[month]} 不在 {row['year']} 年度内。"
            yield at(
                draft, table.id, row, month, rule="month_in_year", level=Level.ERROR, message=message,
                remedy="改正月份或年度;别的年度的数放到那一年的文件。", allowed=f"{row['year']}-01 至 {row['year']}-12",
            )  # fmt: skip


def years_of_files(draft: Draft, table: Table) -> Iterator[Problem]:
    """A file of one year holds rows of that year only."""
    frame = draft.frame(table.id)
    if "year" not in frame.columns:
        return
    for resource in draft.contract.of(table.id):
        if resource.year is None:
            continue
        mine = frame[(frame[FILE] == resource.path) & (frame["year"] != resource.year).fillna(False)]
        for row in records(mine):
            message = f"这是 {resource.year} 年的文件,这一行却是 {row['year']} 年。"
            yield at(
                draft, table.id, row, "year", rule="file_year", level=Level.ERROR, message=message,
                remedy="改正年度,或把这一行移到那一年的文件里。", allowed=str(resource.year),
            )  # fmt: skip


def _series(frame: pd.DataFrame, table: Table, by: str, column: str) -> pd.DataFrame:
    """Reported values in order of ``by`` within the other key columns, with ``@s``, the series' number."""
    others = [c for c in table.ids(table.key) if c != by]
    known = frame[frame[column].notna() & frame[by].notna()]
    numbers = known.groupby(others, dropna=False, sort=False).ngroup() if others else pd.Series(0, index=known.index)
    return known.assign(**{"@s": numbers}).sort_values(["@s", by], kind="stable")


def never_falls(draft: Draft, table: Table) -> Iterator[Problem]:
    """A cumulative amount does not fall from one month to the next, unless a correction says so, to this very value."""
    if not table.cumulative_by:
        return
    by = table.column(table.cumulative_by).id
    corrected: dict[tuple[str, str], list[Correction]] = defaultdict(list)
    for correction in corrections.recorded(draft, table.id):
        if correction.column is not None:
            corrected[correction.key, correction.column.id].append(correction)
    for name in table.cumulative:
        column = table.column(name)
        frame = _series(draft.frame(table.id), table, by, column.id)
        before = frame.groupby("@s")[[column.id, by, ROW]].shift(1)
        falls = (frame[column.id] < before[column.id]).fillna(False)
        earlier = before[falls]
        for row, old, month in zip(records(frame[falls]), earlier[column.id], earlier[by], strict=True):
            explained = corrected.get((row[KEY], column.id), [])
            if any(c.value == corrections.cell(row, column) for c in explained):
                continue
            message = f"累计数从 {month} 的 {shown(column, old)} 降到 {shown(column, row[column.id])}。"
            remedy = "累计数不会变小:核对这两个月;确实要调减的,在更正表(corrections)里写明原因和依据。"
            if explained:
                other = explained[-1].row
                remedy = f"更正表第 {other[ROW]} 行写的新值是“{short(other['new'])}”,和这一格不符:核对后改正其中一处。"
            yield at(
                draft, table.id, row, column.id, rule="never_falls", level=Level.ERROR, message=message,
                remedy=remedy, allowed=f"不小于 {shown(column, old)}",
            )  # fmt: skip


GENERIC: tuple[Callable[[Draft, Table], Iterator[Problem]], ...] = (
    keys_unique,
    years_of_files,
    months_in_year,
    never_falls,
)


def generic(draft: Draft) -> Iterator[Problem]:
    """All rules that follow from the contract, for every table."""
    for table in draft.contract.tables():
        if draft.has(table.id):
            for rule in GENERIC:
                yield from rule(draft, table)


# --- rules that a subject calls ---------------------------------------------------------------------------


def chain(draft: Draft, table: str, columns: Sequence[str]) -> Iterator[Problem]:
    """Each amount of a chain is usually no more than the one before it; more is worth a remark.

    What the chain is called, only the subject knows: its ``titles`` have ``chain``.
    """
    known = draft.contract.table(table)
    if known is None:
        return
    frame = draft.frame(table)
    for upper, lower in pairwise(columns):
        over = (frame[lower] > frame[upper]).fillna(False)
        first, second = _column(known, upper), _column(known, lower)
        for row in records(frame[over]):
            message = f"{shown(second, row[lower])},比{first.name}的 {shown(first, row[upper])} 还多。"
            remedy = "上级追加或跨年资金会这样,不必改;如果是填错了,请改正。"
            yield at(draft, table, row, lower, rule="chain", level=Level.NOTE, message=message, remedy=remedy)


def in_order(draft: Draft, table: str, first: str, second: str, level: Level = Level.ERROR) -> Iterator[Problem]:
    """Of two dates of a row, the second is not before the first."""
    known = draft.contract.table(table)
    if known is None or not draft.has(table):
        return
    names = {c.id: c.name for c in known.columns}
    frame = draft.frame(table)
    pairs = zip(frame[first], frame[second], strict=True)
    for row in records(frame[[bool(a and b and b < a) for a, b in pairs]]):
        message = f"{names[second]} {row[second]} 早于{names[first]} {row[first]}。"
        yield at(
            draft, table, row, second, rule="dates_order", level=level, message=message,
            remedy="核对这两个日期,改正填错的一个。", allowed=f"不早于 {row[first]}",
        )  # fmt: skip


def reported_after(draft: Draft, table: str) -> Iterator[Problem]:
    """A month is reported after it has ended: an earlier date cannot be about the whole month."""
    known = draft.contract.table(table)
    if known is None or known.due is None or not draft.has(table):
        return
    month, field = known.column(known.due.by).id, known.column(known.due.field).id
    frame = draft.frame(table)
    pairs = zip(frame[month], frame[field], strict=True)
    for row in records(frame[[bool(m and d and d < end_of(m)) for m, d in pairs]]):
        message = f"{row[field]} 报送时,{row[month]} 还没有过完。"
        yield at(
            draft, table, row, field, rule="report_early", level=Level.WARNING, message=message,
            remedy="核对截至月份和报送日期:月底以后才能报这个月的累计数。", allowed=f"不早于 {end_of(row[month])}",
        )  # fmt: skip


def _near(a: int, b: int) -> bool:
    """Whether two amounts are less than ten times apart."""
    return a < TENFOLD * b and b < TENFOLD * a


def _settled(values: list[int], i: int, steady: bool) -> bool:
    """Whether a series had found its size before position ``i``, so that a tenfold step is no early growth.

    A few amounts are enough, or a last step that was small; a ``steady`` column is settled from its first.
    """
    return steady or i >= 3 or (i == 2 and values[0] <= values[1] < CALM * values[0])


def _spikes(values: list[int], months: list[str], steady: bool = False) -> Iterator[tuple[int, str]]:
    """Positions in one series that look like another unit, and what they were compared with.

    A step of ten times (or to a tenth) is suspicious once the series has settled: growth at the start of a year
    is not. What comes later does not excuse it, so that a jump that stays is not forgotten next month. Before
    that, a value between two others is suspicious when it is ten times both, or a tenth of both: growth passes
    one neighbour, not both. Whatever the place, a thousandfold step is.
    """
    odd = 0  # the last position that was found; the way back from it is not another
    for i in range(1, len(values)):
        value, before = values[i], values[i - 1]
        if _near(value, before) or (odd and odd == i - 1 and _near(value, values[i - 2])):
            continue
        after = values[i + 1] if i + 1 < len(values) else None
        apart = after is not None and not _near(value, after) and (value > before) == (value > after)
        jump = value >= UNIT_JUMP * before or value * UNIT_JUMP <= before
        if apart or jump or _settled(values, i, steady):
            odd = i
            yield i, f"{months[i - 1]} 的"


def _alone(draft: Draft, table: Table, column: str, by: str | None) -> Iterator[tuple[dict[str, Any], int]]:
    """Rows without a series, a thousandfold apart from the median of their neighbours in other regions.

    Regions differ tenfold as a matter of course; neighbours are rows that share every key column but the
    one that names a row of a table with ``lookup``.
    """
    names = {r.table: r.fields[0] for r in table.references if len(r.fields) == 1}
    spread = {table.column(f).id for t, f in names.items() if (s := draft.contract.table(t)) and s.lookup}
    keys = list(table.ids(table.key))
    others = [k for k in keys if k not in spread]
    frame = draft.frame(table.id)
    known = frame[(frame[column] > 0).fillna(False)]
    if not others or len(others) == len(keys) or not len(known):
        return
    length = known.groupby([k for k in keys if k != by], dropna=False)[column].transform("size")
    places = known.groupby(others, dropna=False, sort=False).ngroup().tolist()
    groups: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for position, (place, value, n) in enumerate(zip(places, known[column].tolist(), length.tolist(), strict=True)):
        groups[place].append((position, int(value), int(n) if by else 1))
    for group in (g for g in groups.values() if len(g) >= 4):
        for position, value, _ in (item for item in group if item[2] == 1):
            rest = median(v for p, v, _ in group if p != position)
            if value >= UNIT_JUMP * rest or value * UNIT_JUMP <= rest:
                yield records(known.iloc[position : position + 1])[0], int(rest)


def tenfold(draft: Draft, table: str, columns: Sequence[str] = (), *, steady: Sequence[str] = ()) -> Iterator[Problem]:
    """An amount far from its neighbours in time (or, without any, in place) looks like 万 and 亿 mixed up.

    How far, and why normal growth at the start of a year is not: see ``_spikes`` and ``_alone``. ``steady``
    columns do not grow from nothing: what is planned for a year is there in its first month.
    """
    known = draft.contract.table(table)
    if known is None or not draft.has(table):
        return
    by = known.column(known.cumulative_by).id if known.cumulative_by else None
    for column_id in columns or known.ids(known.cumulative):
        column = _column(known, column_id)
        hits: list[tuple[dict[str, Any], int, str]] = []
        if by:
            frame = draft.frame(table)
            frame = _series(frame[(frame[column_id] > 0).fillna(False)], known, by, column_id)
            start = 0
            amounts, months = frame[column_id].tolist(), frame[by].tolist()
            for _, members in groupby(frame["@s"].tolist()):
                end = start + len(list(members))
                values = [int(v) for v in amounts[start:end]]
                for i, what in _spikes(values, months[start:end], column_id in steady):
                    hits.append((records(frame.iloc[start + i : start + i + 1])[0], values[i - 1], what))
                start = end
        hits += [(row, rest, "其他地方的中位数") for row, rest in _alone(draft, known, column_id, by)]
        for row, other, what in hits:
            message = f"{shown(column, row[column_id])},而{what} {shown(column, other)},相差十倍以上。万/亿 混写?"
            remedy = f"核对单位:这一列是{column.unit or '元'}。数没有错的,不必改。"
            yield at(draft, table, row, column_id, rule="tenfold", level=Level.WARNING, message=message, remedy=remedy)


def partition_of_levels(
    draft: Draft, table: str, *, level: str, month: str, group: Sequence[str], whole: str
) -> Iterator[Problem]:
    """The undivided level, and a blank month, stand only where all rows of the group have them."""
    known = draft.contract.table(table)
    if known is None or not draft.has(table):
        return
    frame = draft.frame(table)
    keys = [frame[g] for g in group]
    tests = ((level, frame[level] == whole, f"填了{whole}"), (month, frame[month].isna(), "没有填月份"))
    for column, marked, what in tests:
        count = marked.astype(int).groupby(keys, dropna=False).transform("sum")
        size = marked.groupby(keys, dropna=False).transform("size")
        names = "、".join(_column(known, g).name for g in group)
        for row in records(frame[marked & (count < size)]):
            message = f"这一行{what},同一{names}的其他行却没有。两种写法混用会重复计算。"
            remedy = f"同一{names}的行要么都这样填,要么都不这样填。"
            yield at(
                draft, table, row, column, rule="partition_levels", level=Level.ERROR, message=message, remedy=remedy
            )


def partition_of_regions(draft: Draft, table: str) -> Iterator[Problem]:
    """Rows belong to regions that report; exactly one region, the whole, does not."""
    known, regions = draft.contract.table(table), draft.frame("regions")
    if known is None or not len(regions):
        return
    wholes = records(regions[regions["reports"] == "否"])
    if len(wholes) != 1:
        found = f"现在有 {len(wholes)} 个" + (":" + "、".join(str(r["name"]) for r in wholes) if wholes else "")
        row = wholes[1] if wholes else records(regions[:1])[0]
        message = f"填报为“否”的区划(全市)应当正好一个,{found}。"
        yield at(
            draft, "regions", row, "reports", rule="partition_regions", level=Level.ERROR, message=message,
            remedy="只有全市填“否”,其余都填“是”。",
        )  # fmt: skip
    names = {r["code"]: r["name"] for r in wholes}
    for reference in known.references:
        if reference.table != "regions" or len(reference.fields) != 1 or known.id == "regions":
            continue
        column = known.column(reference.fields[0]).id
        frame = draft.frame(table)
        for row in records(frame[frame[column].isin(list(names))]):
            message = f"{names[row[column]]}是合计,不填报。合计由程序从各地的行算出来。"
            yield at(
                draft, table, row, column, rule="partition_regions", level=Level.ERROR, message=message,
                remedy="删去这一行;如果是市本级的数,请填市本级。",
            )  # fmt: skip
