"""Amounts and rates of a budget year: official totals, and sums of rows by month, level, region and project.

安排, 下达, 拨付 are cumulative for the budget year at the end of the month, in 分. 下达率 = 下达 ÷ 安排,
拨付率 = 拨付 ÷ 安排, the bases that yearbooks use (34.17/32.14 = 106.32 %), over 100 % is normal.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import pandas as pd

from generator.measure import ANY, Figures, Pool, complete, gather, published, published_on, rate_of, reference
from generator.model import Figure, Kind, Missing, Precision
from generator.subjects.projects.year import record
from generator.tables import BLANK, Tables

AMOUNTS = {"allocated": "安排", "issued": "下达", "paid": "拨付"}
RATES = {"issued_rate": ("下达率", "issued"), "paid_rate": ("拨付率", "paid")}
PAIRS = tuple((amount, "allocated") for _, amount in RATES.values())
LEVELS = {"中央": "lcentral", "省": "lprovince", "市": "lcity", "县": "lcounty", "其他": "lother", "未分": "lnone"}
CODES = {"中央": "central", "省": "province", "市": "city", "县": "county", "其他": "other", "未分": "none"}

NAMES = {part: "未分层级" if level == "未分" else f"{level}资金" for level, part in LEVELS.items()}

Group = tuple[Any, ...]
Named = Callable[[Group], tuple[str, tuple[str, str, str]]]

# What a figure is a sum over: the columns that are fixed, and from their values the id's key and the
# key pattern (project, region, level) of the rows.
SPLITS: tuple[tuple[tuple[str, ...], Named], ...] = (
    ((), lambda g: ("all", (ANY, ANY, ANY))),
    (("project",), lambda g: (record(g[0]), (str(g[0]), ANY, ANY))),
    (("region",), lambda g: (f"r{g[0]}", (ANY, g[0], ANY))),
    (("level",), lambda g: (LEVELS[g[0]], (ANY, ANY, CODES[g[0]]))),
    (("project", "region"), lambda g: (f"{record(g[0])}+r{g[1]}", (str(g[0]), g[1], ANY))),
    (("project", "level"), lambda g: (f"{record(g[0])}+{LEVELS[g[1]]}", (str(g[0]), ANY, CODES[g[1]]))),
)
OUTSIDE = re.compile(r"q[0-9]+(\+.*)?")  # records of another list, the province's
SERIES_KEY = ("project", "region", "level")
MONTHS = 2  # what it takes to say what one of them added
SERIES = 2  # the first two splits have a figure for each month, the others for the newest only


def years(figures: Figures) -> list[int]:
    """The budget years that have figures, of rows or published, oldest first."""
    return sorted({f.year for f in figures.values() if f.subject == "budget"})


def months(frame: pd.DataFrame) -> list[str]:
    """The months of a year's rows, oldest first; empty when the year is not dated."""
    return sorted({m for m in frame["month"] if m})


def _amounts(
    year: int, key: str, suffix: str, month: str | None, parts: Sequence[str], pool: Pool, published: str | None
) -> Iterator[Figure]:
    table = f"budget:{year}"
    pattern = (str(year), *parts, month or BLANK)
    tail = "_sum" if key == "all" else ""
    kind = Kind.weakest(pool.kinds)
    for measure, label in AMOUNTS.items():
        yield Figure(
            id=f"budget/{year}/{key}/{measure}{tail}{suffix}",
            label=label,
            value=pool.sums.get(measure),
            unit="元",
            as_of=month,
            precision=Precision.EXACT,
            formula=f"各行{label}相加",
            rows=(reference(table, pattern, pool, measure),),
            kind=kind,
            lacks=pool.lacking(measure),
            published=published,
        )
    for measure, (label, amount) in RATES.items():
        yield Figure(
            id=f"budget/{year}/{key}/{measure}{tail}{suffix}",
            label=label,
            value=pool.ratio(amount, "allocated"),
            unit="%",
            as_of=month,
            precision=Precision.EXACT,
            formula=f"{label} = {AMOUNTS[amount]} ÷ 安排，只算两项都有的行",
            rows=(reference(table, pattern, pool, (amount, "allocated")),),
            kind=kind,
            lacks=pool.lacking((amount, "allocated")),
            published=published,
            base="安排",
        )


def _sums(frame: pd.DataFrame, year: int, days: Mapping[str, str]) -> Iterator[Figure]:
    dated = months(frame)

    def day(pool: Pool) -> str | None:
        """Rows that do not say as of when say at least when they were published, if they came out together."""
        found = {days.get(source) for source in pool.sources}
        return found.pop() if not dated and len(found) == 1 else None

    newest = frame[frame["month"] == dated[-1]] if dated else frame
    for n, (by, name) in enumerate(SPLITS):
        for group, pool in gather(newest, by, tuple(AMOUNTS), PAIRS).items():
            key, parts = name(group)
            yield from _amounts(year, key, "", dated[-1] if dated else None, parts, pool, day(pool))
        if n < SERIES and dated:
            for group, pool in gather(frame, (*by, "month"), tuple(AMOUNTS), PAIRS).items():
                key, parts = name(group[:-1])
                yield from _amounts(year, key, f"@{group[-1]}", group[-1], parts, pool, None)


def _differences(rows: pd.DataFrame, before: str, now: str) -> tuple[int | None, Counter[Missing]]:
    """What two months' 拨付 differ by, over series that have both, and why the others have not."""
    paid: dict[Group, dict[str, tuple[int | None, str]]] = {}
    values = [None if v is pd.NA else v for v in rows["paid"].tolist()]
    keys = zip(*(rows[c].tolist() for c in SERIES_KEY), strict=True)
    for key, month, value, why in zip(keys, rows["month"].tolist(), values, rows["paid?"].tolist(), strict=True):
        paid.setdefault(key, {})[month] = value, why
    total: int | None = None
    lacks: Counter[Missing] = Counter()
    for found in paid.values():
        (a, why_now), (b, why_before) = (found.get(m, (None, Missing.NOT_REPORTED)) for m in (now, before))
        if a is None or b is None:
            lacks[Missing(why_now if a is None else why_before)] += 1
        else:
            total = (total or 0) + a - b
    return total, lacks


def _added(frame: pd.DataFrame, year: int) -> Iterator[Figure]:
    """What was paid in the newest month: its 拨付 less that of the month before; nothing in a year's first month."""
    if len(dated := months(frame)) < MONTHS:
        return
    before, now = dated[-2:]
    rows = frame[frame["month"].isin([before, now])]
    pools = {m: pool for (m,), pool in gather(rows, ("month",), ("paid",)).items()}
    total, lacks = _differences(rows, before, now)
    yield Figure(
        f"budget/{year}/all/paid_added_sum", "当月拨付", total, "元", now, Precision.EXACT,
        "各行这个月底的拨付 − 上一次的拨付，再相加；只算两次都有的行",
        tuple(reference(f"budget:{year}", (str(year), ANY, ANY, ANY, m), pools[m], "paid") for m in sorted(pools)),
        Kind.weakest({kind for pool in pools.values() for kind in pool.kinds}),
        tuple((kind, lacks[kind]) for kind in Missing if lacks[kind]),
    )  # fmt: skip


def elapsed(month: str) -> Fraction:
    """The share of the budget year that has passed at the end of a month, the 序时进度 of money."""
    return Fraction(int(month[5:7]), 12)


def _counts(frame: pd.DataFrame, year: int) -> Iterator[Figure]:
    dated = months(frame)
    newest = frame[frame["month"] == dated[-1]] if dated else frame
    pools = gather(newest, ("project",), tuple(AMOUNTS), PAIRS)
    whole = gather(newest, (), tuple(AMOUNTS), PAIRS)[()]
    rates = [pool.ratio("paid", "allocated") for pool in pools.values()]
    share = elapsed(dated[-1]) if dated else Fraction(1)
    counts = {
        "projects": ("有资金数据的项目", len(pools), "按项目编号计数"),
        "over": ("拨付超过安排的项目", sum(r is not None and r > 1 for r in rates), "拨付率大于 100 % 的项目数"),
        "behind": (
            "拨付低于序时进度的项目",
            sum(r is not None and r < share for r in rates),
            "拨付率低于“已过月数 ÷ 12”的项目数",
        ),
    }
    if not dated:  # nobody can be behind at a time that is not known
        del counts["behind"]
    for measure, (label, n, formula) in counts.items():
        yield Figure(
            id=f"budget/{year}/all/{measure}",
            label=label,
            value=n,
            unit="个",
            as_of=dated[-1] if dated else None,
            precision=Precision.EXACT,
            formula=formula,
            rows=(
                reference(
                    f"budget:{year}",
                    (str(year), ANY, ANY, ANY, dated[-1] if dated else BLANK),
                    whole,
                    ("paid", "allocated"),
                ),
            ),
            kind=Kind.weakest(whole.kinds),
            lacks=whole.lacking(("paid", "allocated")),
        )


def _official(tables: Tables) -> Iterator[Figure]:
    summed = _summed(tables)
    amounts = {f.id: f for f in published(tables.frame("control_totals"), "budget/") if (f.year, f.key) not in summed}
    yield from amounts.values()
    for key in sorted({f.id.rsplit("/", 1)[0] for f in amounts.values()}):
        base = amounts.get(f"{key}/allocated")
        for measure, (label, amount) in RATES.items():
            over = amounts.get(f"{key}/{amount}")
            if base and over and (base.as_of, base.published) == (over.as_of, over.published):
                yield rate_of(over, base, f"{key}/{measure}", label, "安排")


def _summed(tables: Tables) -> set[tuple[int, str]]:
    """(year, key) of the sums below ``all``; a total published for one of them is only held against it."""
    if not tables.has("budget"):
        return set()
    frame = tables.frame("budget")
    return {(int(g[0]), name(g[1:])[0]) for by, name in SPLITS[1:] for g in gather(frame, ("year", *by), ())}


def figures(tables: Tables) -> Iterator[Figure]:
    """All figures of the subject: published totals with their rates, then sums of rows for each year."""
    yield from _official(tables)
    if not tables.has("budget"):
        return
    frame = complete(tables.frame("budget"), "month", SERIES_KEY)
    days = published_on(tables)
    for year in sorted(set(frame["year"].tolist())):
        rows = frame[frame["year"] == year]
        yield from _sums(rows, int(year), days)
        yield from _counts(rows, int(year))
        yield from _added(rows, int(year))


def extra_keys(figures: Figures, year: int) -> list[str]:
    """Keys that have published amounts of their own, outside the year's list: ``q20+r100100``."""
    ids = [i.split("/") for i in figures if i.startswith(f"budget/{year}/") and i.endswith("/allocated")]
    return [p[2] for p in ids if figures["/".join(p)].rows[0].table == "control_totals" and OUTSIDE.fullmatch(p[2])]
