"""Every published figure computed again from the CSV files, with Python's csv, decimal and fractions alone.

Nothing of the program is used here, on purpose: what it says must follow from the tables by the rules that the
method page states. ``figures`` gives all that there should be, so a kind of figure that nobody computes a second
time is one too many.
"""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from tests.sites import Row, read

AMOUNTS = {"allocated": "安排(万元)", "issued": "下达(万元)", "paid": "拨付(万元)"}
RATES = {"issued_rate": "issued", "paid_rate": "paid"}
COUNTED = {"target": "目标数", "done": "完成数"}
LEVELS = {"中央": "central", "省": "province", "市": "city", "县": "county", "其他": "other", "未分": "none"}
WORDS = ("未报送", "不涉及", "待定")
MONEY = {"亿元": 100_000_000, "万元": 10_000, "元": 1}
KINDS = ("官方", "转载", "演示")
NARROW = "\u202f"

Group = tuple[str, ...]


@dataclass(frozen=True)
class Truth:
    """What a figure must be: published value, text in a sentence and in a table, and the rows it comes from."""

    value: str | None
    prose: str
    cell: str
    unit: str
    as_of: str | None
    kind: str
    lacks: tuple[tuple[str, int], ...]
    rows: tuple[tuple[str, str, int], ...]  # table, key pattern, how many
    lacking: str = ""


def half_up(value: Fraction, places: int) -> Decimal:
    """A fraction as a decimal, rounded half up once, from its exact value."""
    scaled = value * 10**places
    whole, rest = divmod(abs(scaled.numerator), scaled.denominator)
    whole += 2 * rest >= scaled.denominator
    return Decimal(whole if scaled >= 0 else -whole).scaleb(-places)


def yuan(value: Fraction) -> str:
    """An amount as it is published: 元 with two decimals."""
    return f"{half_up(value, 2):.2f}"


def money(value: Fraction) -> str:
    """An amount in a sentence: 亿元 from 1 亿 on, else 万元."""
    unit = "亿元" if abs(value) >= MONEY["亿元"] else "万元"
    return f"{half_up(value / MONEY[unit], 2):,}{NARROW}{unit}"


def number(text: str) -> Fraction | None:
    """万元 as 元; nothing for a word that says why it is missing."""
    return None if text in WORDS else Fraction(Decimal(text)) * MONEY["万元"]


def weakest(kinds: Iterable[str]) -> str:
    """The kind that a figure takes from its rows."""
    return KINDS[max(KINDS.index(k) for k in kinds)]


def lacking(lacks: Counter[str]) -> tuple[tuple[str, int], ...]:
    """How many are missing, by word, in the words' order."""
    return tuple((w, lacks[w]) for w in WORDS if lacks[w])


def remark(lacks: tuple[tuple[str, int], ...]) -> str:
    """What stands beside a number that lacks some of its rows."""
    gaps = sum(n for word, n in lacks if word != "不涉及")
    return f"缺 {gaps} 项" if gaps else "".join(f"{n} 项不涉及" for _, n in lacks)


def absent(lacks: tuple[tuple[str, int], ...], otherwise: str) -> str:
    """What stands where nothing can be added."""
    return "、".join(word for word, _ in lacks) or otherwise


class Tables:
    """A data folder as rows of text, and from which kind of source each row is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sources = {s["编号"]: s["类别"] for s in read(folder, "sources")}
        self.totals = read(folder, "control_totals")
        self.years = sorted(p.stem for p in (folder / "budget").glob("*.csv"))
        self._keyed: dict[str, list[tuple[list[str], Row]]] = {}
        self._chosen: dict[tuple[str, str], list[tuple[str, Row]]] = {}

    def of(self, name: str, year: str) -> list[Row]:
        """A year's rows of a table; none when there is no such table."""
        path = self.folder / name / f"{year}.csv"
        return read(self.folder, f"{name}/{year}") if path.is_file() else []

    def selected(self, label: str, pattern: str) -> list[tuple[str, Row]]:
        """The rows that a figure names, with their keys: by table, with its year, and key pattern."""
        if (label, pattern) not in self._chosen:
            self._chosen[label, pattern] = self._select(label, pattern)
        return self._chosen[label, pattern]

    def _select(self, label: str, pattern: str) -> list[tuple[str, Row]]:
        if label not in self._keyed:
            name, _, year = label.partition(":")
            rows = self.of(name, year) if year else read(self.folder, name)
            self._keyed[label] = [(key(name, r).split("/"), r) for r in rows]
        if label == "control_totals":
            return [("/".join(k), r) for k, r in self._keyed[label] if "/".join(k) == pattern]
        wanted = pattern.split("/")
        fixed = [(i, part) for i, part in enumerate(wanted) if part != "*"]
        return [
            ("/".join(k), r) for k, r in self._keyed[label]
            if len(k) == len(wanted) and all(k[i] == part for i, part in fixed)
        ]  # fmt: skip

    def kind(self, rows: Iterable[Row]) -> str:
        """The weakest kind among some rows."""
        return weakest(self.sources[r["来源"]] for r in rows)


# --- rows -------------------------------------------------------------------------------------------------


def key(table: str, row: Row) -> str:
    """A row's key as it is published."""
    if table == "budget":
        parts = (row["年度"], row["项目编号"], row["区划代码"], LEVELS[row["资金层级"]], row["截至月份"] or "-")
    elif table == "project_progress":
        parts = (row["年度"], row["项目编号"], row["区划代码"], row["截至月份"] or "-")
    elif table == "projects":
        parts = (row["年度"], row["编号"])
    else:
        parts = (row["指标编号"],)
    return "/".join(parts)


# --- figures ----------------------------------------------------------------------------------------------


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


def _amount_truth(value: Fraction | None, lacks: tuple[tuple[str, int], ...], **more: object) -> Truth:
    nothing = absent(lacks, "未报送")
    shown = (nothing, nothing) if value is None else (money(value), f"{half_up(value / MONEY['万元'], 2):,}")
    return Truth(None if value is None else yuan(value), *shown, "元", lacks=lacks, lacking=remark(lacks), **more)  # type: ignore[arg-type]


def _rate_truth(value: Fraction | None, lacks: tuple[tuple[str, int], ...], **more: object) -> Truth:
    nothing = absent(lacks, "没有可比的数")
    cell = nothing if value is None else f"{half_up(value * 100, 2):,}"
    prose = nothing if value is None else f"{cell}{NARROW}%"
    exact = None if value is None else f"{half_up(value, 6)}"
    return Truth(exact, prose, cell, "1", lacks=lacks, lacking=remark(lacks), **more)  # type: ignore[arg-type]


def _count_truth(value: int | None, unit: str, lacks: tuple[tuple[str, int], ...] = (), **more: object) -> Truth:
    nothing = absent(lacks, "未报送")
    shown = (nothing, nothing) if value is None else (f"{value:,}{NARROW if unit else ''}{unit}", f"{value:,}")
    return Truth(None if value is None else str(value), *shown, unit, lacks=lacks, lacking=remark(lacks), **more)  # type: ignore[arg-type]


def _group(rows: Iterable[Row], *columns: str) -> dict[Group, list[Row]]:
    found: dict[Group, list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(row[c] for c in columns), []).append(row)
    return found


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
        for group, found in _group(rows, *columns).items():
            name, pattern = named(group)
            tail = ("_sum" if name == "all" else "") + suffix
            more = {
                "as_of": month or None,
                "kind": tables.kind(found),
                "rows": ((f"budget:{year}", f"{year}/{pattern}/{month or '-'}", len(found)),),
            }
            for measure, column in AMOUNTS.items():
                yield f"budget/{year}/{name}/{measure}{tail}", _amount_truth(*_sum(found, column), **more)
            for measure, amount in RATES.items():
                rate = _rate(found, AMOUNTS[amount], AMOUNTS["allocated"])
                yield f"budget/{year}/{name}/{measure}{tail}", _rate_truth(*rate, **more)


def _behind(tables: Tables, year: str, rows: list[Row], month: str) -> Iterator[tuple[str, Truth]]:
    """How many projects there are, have paid more than was allocated, and less than the year has gone by."""
    by_project = _group(rows, PROJECT)
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
        yield f"budget/{year}/all/{measure}", _count_truth(n, "个", lacks, **more)


def _progress(tables: Tables, year: str) -> Iterator[tuple[str, Truth]]:
    rows = tables.of("project_progress", year)
    month = max((r["截至月份"] for r in rows), default="")
    rows = [r for r in rows if not month or r["截至月份"] == month]
    splits: tuple[tuple[tuple[str, ...], Named, str], ...] = (
        ((), lambda g: ("all", "*/*"), "_sum"),
        ((PROJECT,), lambda g: (f"p{int(g[0]):02d}", f"{g[0]}/*"), ""),
        ((PROJECT, REGION), lambda g: (f"p{int(g[0]):02d}+r{g[1]}", f"{g[0]}/{g[1]}"), ""),
    )
    for columns, named, tail in splits:
        for group, found in _group(rows, *columns).items():
            name, pattern = named(group)
            ref = (f"project_progress:{year}", f"{year}/{pattern}/{month or '-'}", len(found))
            for measure, column in COUNTED.items():
                known = [int(r[column]) for r in found if r[column] not in WORDS]
                lacks = lacking(Counter(r[column] for r in found if r[column] in WORDS))
                more = {"as_of": month or None, "kind": tables.kind(found), "rows": (ref,)}
                total = sum(known) if known else None
                yield f"projects/{year}/{name}/{measure}{tail}", _count_truth(total, "", lacks, **more)


def _published(tables: Tables, sums: set[str]) -> Iterator[tuple[str, Truth]]:
    """What documents print, but percentages, which follow from their amounts; and what is summed from rows."""
    amounts: dict[str, tuple[Fraction, Row]] = {}
    for row in tables.totals:
        name = row["指标编号"]
        if row["单位"] == "%" or name in sums:
            continue
        ref = ("control_totals", name, 1)
        more = {"as_of": row["截至"] or None, "kind": tables.sources[row["来源"]], "rows": (ref,)}
        if row["单位"] in MONEY:
            value = Fraction(Decimal(row["数值"])) * MONEY[row["单位"]]
            amounts[name] = (value, row)
            yield name, _amount_truth(value, (), **more)
        else:
            yield name, _count_truth(int(row["数值"]), row["单位"], (), **more)
    for name, (value, row) in amounts.items():
        prefix, measure = name.rsplit("/", 1)
        base = amounts.get(f"{prefix}/allocated")
        if base and f"{measure}_rate" in RATES:
            refs = tuple(("control_totals", n, 1) for n in (name, f"{prefix}/allocated"))
            more = {"as_of": row["截至"] or None, "kind": tables.sources[row["来源"]], "rows": refs}
            yield f"{prefix}/{measure}_rate", _rate_truth(value / base[0], (), **more)


def figures(folder: Path) -> dict[str, Truth]:
    """Every figure that a data folder should give, by id."""
    tables, found = Tables(folder), {}
    for year in tables.years:
        rows = tables.of("budget", year)
        months = sorted({r["截至月份"] for r in rows} - {""})
        newest = months[-1] if months else ""
        now = [r for r in rows if r["截至月份"] == newest]
        found |= dict(_money(tables, year, now, newest, "", len(SPLITS)))
        found |= dict(_behind(tables, year, now, newest))
        for month in months:
            then = [r for r in rows if r["截至月份"] == month]
            found |= dict(_money(tables, year, then, month, f"@{month}", 2))
        projects = tables.of("projects", year)
        ref = (f"projects:{year}", f"{year}/*", len(projects))
        more = {"as_of": None, "kind": tables.kind(projects), "rows": (ref,)}
        found[f"projects/{year}/all/count_sum"] = _count_truth(len(projects), "件", (), **more)
        found |= dict(_progress(tables, year))
    return found | dict(_published(tables, set(found)))


def end_of(as_of: str) -> str:
    """A month's last day, or the day itself."""
    year, month, *day = as_of.split("-")
    return as_of if day else f"{as_of}-{calendar.monthrange(int(year), int(month))[1]:02d}"
