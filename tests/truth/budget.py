"""The money, again: sums and rates of 安排, 下达, 拨付 by every split, and the rates of published amounts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.sites import Row
from tests.truth.common import (
    MONEY,
    WORDS,
    Group,
    Tables,
    Truth,
    added,
    amount_truth,
    count_truth,
    group,
    half_up,
    lacking,
    number,
    printed,
    rate_truth,
    yuan,
)

AMOUNTS = {"allocated": "安排(万元)", "issued": "下达(万元)", "paid": "拨付(万元)"}
RATES = {"issued_rate": "issued", "paid_rate": "paid"}
LEVELS = {"中央": "central", "省": "province", "市": "city", "县": "county", "其他": "other", "未分": "none"}
NAMES = {"allocated": "安排", "issued": "下达", "paid": "拨付", "issued_rate": "下达率", "paid_rate": "拨付率"}
WAN = MONEY["万元"]


def _sum(rows: list[Row], column: str) -> tuple[Fraction | None, tuple[tuple[str, int], ...]]:
    found = [number(r[column]) for r in rows]
    known = [n for n in found if n is not None]
    return (sum(known, Fraction(0)) if known else None), lacking(Counter(r[column] for r in rows if r[column] in WORDS))


def _rate(rows: list[Row], over: str, under: str) -> tuple[Fraction | None, tuple[tuple[str, int], ...]]:
    """Over the rows that have both; a row without is counted by why its first one is missing."""
    both = [r for r in rows if r[over] not in WORDS and r[under] not in WORDS]
    a, b = (sum((number(r[c]) or Fraction(0) for r in both), Fraction(0)) for c in (over, under))
    lacks = Counter(r[over] if r[over] in WORDS else r[under] for r in rows if r not in both)
    return (a / b if b else None), lacking(lacks)


Named = Callable[[Group], tuple[str, str]]
PROJECT, REGION, LEVEL = "项目编号", "区划代码", "资金层级"
SPLITS: tuple[tuple[tuple[str, ...], Named], ...] = (
    ((), lambda g: ("all", "*/*/*")),
    ((PROJECT,), lambda g: (f"p{int(g[0]):02d}", f"{g[0]}/*/*")),
    ((REGION,), lambda g: (f"r{g[0]}", f"*/{g[0]}/*")),
    ((LEVEL,), lambda g: (f"l{LEVELS[g[0]]}", f"*/*/{LEVELS[g[0]]}")),
    ((PROJECT, REGION), lambda g: (f"p{int(g[0]):02d}+r{g[1]}", f"{g[0]}/{g[1]}/*")),
    ((PROJECT, LEVEL), lambda g: (f"p{int(g[0]):02d}+l{LEVELS[g[1]]}", f"{g[0]}/*/{LEVELS[g[1]]}")),
)


def _money(
    tables: Tables, year: str, rows: list[Row], month: str, suffix: str, splits: int
) -> Iterator[tuple[str, Truth]]:
    for columns, named in SPLITS[:splits]:
        for values, found in group(rows, *columns).items():
            name, pattern = named(values)
            tail = ("_sum" if name == "all" else "") + suffix
            more = {
                "as_of": month or None,
                "kind": tables.kind(found),
                "rows": ((f"budget:{year}", f"{year}/{pattern}/{month or '-'}", len(found)),),
            }
            for measure, column in AMOUNTS.items():
                yield f"budget/{year}/{name}/{measure}{tail}", amount_truth(*_sum(found, column), **more)
            for measure, amount in RATES.items():
                rate = _rate(found, AMOUNTS[amount], AMOUNTS["allocated"])
                yield f"budget/{year}/{name}/{measure}{tail}", rate_truth(*rate, **more)


def _behind(tables: Tables, year: str, rows: list[Row], month: str) -> Iterator[tuple[str, Truth]]:
    """How many projects there are, have paid more than was allocated, and less than the year has gone by."""
    by_project = group(rows, PROJECT)
    rates = [_rate(found, AMOUNTS["paid"], AMOUNTS["allocated"])[0] for found in by_project.values()]
    _, lacks = _rate(rows, AMOUNTS["paid"], AMOUNTS["allocated"])
    counts = {
        "projects": len(by_project),
        "over": sum(r > 1 for r in rates if r is not None),
    }
    if month:  # without a date nobody knows how much of the year has gone by
        counts["behind"] = sum(r < Fraction(int(month[5:]), 12) for r in rates if r is not None)
    ref = (f"budget:{year}", f"{year}/*/*/*/{month or '-'}", len(rows))
    for measure, n in counts.items():
        more = {"as_of": month or None, "kind": tables.kind(rows), "rows": (ref,)}
        yield f"budget/{year}/all/{measure}", count_truth(n, "个", lacks, **more)


def _added(tables: Tables, year: str, rows: list[Row], months: list[str]) -> Iterator[tuple[str, Truth]]:
    """What was paid in the newest month, over the rows that say so for both months."""
    if len(months) < 2:
        return
    before, now = months[-2:]
    rows = [r for r in rows if r["截至月份"] in (before, now)]
    known, lacks = _less(rows, now)
    refs = tuple(
        (f"budget:{year}", f"{year}/*/*/*/{m}", n)
        for m in (before, now) if (n := sum(r["截至月份"] == m for r in rows))
    )  # fmt: skip
    more = {"as_of": now, "kind": tables.kind(rows), "rows": refs}
    yield f"budget/{year}/all/paid_added_sum", amount_truth(known, lacking(lacks), **more)


def _less(rows: list[Row], now: str) -> tuple[Fraction | None, Counter[str]]:
    """The newest month's 拨付 less the other month's, place by place, and why it is not known for some."""
    total, lacks = None, Counter()
    for pair in group(rows, PROJECT, REGION, LEVEL).values():
        then = next((r[AMOUNTS["paid"]] for r in pair if r["截至月份"] != now), "未报送")
        here = next((r[AMOUNTS["paid"]] for r in pair if r["截至月份"] == now), "未报送")
        a, b = number(here), number(then)
        if a is None or b is None:
            lacks[here if a is None else then] += 1
        else:
            total = (total or Fraction(0)) + a - b
    return total, lacks


def _printed_rates(tables: Tables) -> Iterator[tuple[str, Truth]]:
    """Rates of published amounts, each over the published 安排."""
    rows = {r["指标编号"]: r for r in tables.totals if r["单位"] in MONEY and r["指标编号"].startswith("budget/")}
    for name, row in rows.items():
        prefix, measure = name.rsplit("/", 1)
        base = rows.get(f"{prefix}/allocated")
        if base and f"{measure}_rate" in RATES:
            over, under = (Fraction(Decimal(r["数值"])) * MONEY[r["单位"]] for r in (row, base))
            refs = tuple(("control_totals", n, 1) for n in (name, f"{prefix}/allocated"))
            more = {"as_of": row["截至"] or None, "kind": tables.sources[row["来源"]], "rows": refs}
            yield f"{prefix}/{measure}_rate", rate_truth(over / under, (), **more)


def figures(tables: Tables) -> Iterator[tuple[str, Truth]]:
    """Every figure of the money; published amounts are everybody's (``common.published``)."""
    summed = set()
    for year in tables.years("budget"):
        rows = tables.of("budget", year)
        if not rows:
            continue
        months = sorted({r["截至月份"] for r in rows} - {""})
        newest = months[-1] if months else ""
        now = [r for r in rows if r["截至月份"] == newest]
        found = dict(_money(tables, year, now, newest, "", len(SPLITS)))
        summed |= set(found)
        yield from found.items()
        yield from _behind(tables, year, now, newest)
        yield from _added(tables, year, rows, months)
        for month in months:
            then = [r for r in rows if r["截至月份"] == month]
            yield from _money(tables, year, then, month, f"@{month}", 2)
    yield from ((i, t) for i, t in _printed_rates(tables) if i not in summed)


# --- from the rows that are shown ---------------------------------------------------------------------------


def _divided(lines: list[dict[str, str]], over: str) -> Fraction | None:
    under = AMOUNTS["allocated"]
    both = [x for x in lines if x[over] not in WORDS and x[under] not in WORDS]
    a, b = added(both, over), added(both, under)
    return a / b if a is not None and b else None


def _counted(lines: list[dict[str, str]], measure: str, as_of: str | None) -> int:
    projects = defaultdict(list)
    for line in lines:
        projects[line["项目编号"]].append(line)
    rates = [r for found in projects.values() if (r := _divided(found, AMOUNTS["paid"])) is not None]
    elapsed = Fraction(int(as_of[5:7]), 12) if as_of else 1
    over, behind = sum(r > 1 for r in rates), sum(r < elapsed for r in rates)
    return {"projects": len(projects), "over": over, "behind": behind}[measure]


def from_lines(lines: list[dict[str, str]], figure: dict[str, Any]) -> str | None:
    """A figure's value from the rows that its origin shows."""
    measure = figure["id"].rsplit("/", 1)[1].split("@")[0].removesuffix("_sum")
    if figure["rows"][0]["table"] == "control_totals":
        return _printed(lines, figure)
    if measure == "paid_added":
        cells = [{k: v.replace(",", "") for k, v in line.items()} for line in lines]
        added_, _ = _less(cells, figure["as_of"])
        return None if added_ is None else yuan(added_)
    if measure in AMOUNTS:
        total = added(lines, AMOUNTS[measure])
        return None if total is None else yuan(total * WAN)
    if measure in RATES:
        rate = _divided(lines, AMOUNTS[RATES[measure]])
        return None if rate is None else str(half_up(rate, 6))
    return str(_counted(lines, measure, figure["as_of"]))


def _printed(lines: list[dict[str, str]], figure: dict[str, Any]) -> str:
    if figure["unit"] != "1":
        return printed(lines, figure)
    prefix = figure["id"].removesuffix("_rate")
    by_key = {line["@"]: Fraction(Decimal(line["数值"])) * MONEY[line["单位"]] for line in lines}
    return str(half_up(by_key[prefix] / by_key[f"{prefix.rsplit('/', 1)[0]}/allocated"], 6))
