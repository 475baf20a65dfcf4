"""Inspections, again: problems found, mended and late, and the median of days, by every split."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from tests.sites import Row, read
from tests.truth.common import NARROW, WORDS, Tables, Truth, absent, count_truth, half_up, printed, remark

NAMES: dict[str, str] = {"found": "发现", "mended": "已改好", "late": "超期", "days": "用时"}
KINDS = {"进度": "kprogress", "资金": "kmoney", "质量": "kquality", "资料": "kpapers"}
FOUND, DEADLINE, MENDED = "发现日期", "整改期限", "整改日期"


def _days(row: Row) -> int | None:
    """Days between two dates as calendars count them."""
    if not row[MENDED]:
        return None
    return dt.date.fromisoformat(row[MENDED]).toordinal() - dt.date.fromisoformat(row[FOUND]).toordinal()


def _late(row: Row, newest: str) -> bool:
    return bool(row[DEADLINE]) and row[DEADLINE] < (row[MENDED] or newest)


def _median(rows: list[Row]) -> Fraction | None:
    found = sorted(n for r in rows if (n := _days(r)) is not None)
    if not found:
        return None
    half, odd = divmod(len(found), 2)
    return Fraction(found[half]) if odd else Fraction(found[half - 1] + found[half], 2)


def _days_truth(value: Fraction | None, open_: int, **more: object) -> Truth:
    lacks = (("待定", open_),) if open_ else ()
    if value is None:
        shown = (absent(lacks, "未报送"),) * 2
    else:
        cell = f"{half_up(value, 0 if value.denominator == 1 else 1):,}"
        shown = (f"{cell}{NARROW}天", cell)
    exact = None if value is None else f"{half_up(value, 6)}"
    return Truth(exact, *shown, "天", lacks=lacks, lacking=remark(lacks), **more)  # type: ignore[arg-type]


def _split(rows: list[Row], units: dict[str, str]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found["all"].append(row)
        found[f"m{row['月份'].split('-')[1]}"].append(row)
        found[KINDS[row["问题类别"]]].append(row)
        found[f"r{row['区划代码']}"].append(row)
        found[units[row["责任单位"]]].append(row)
        if row["项目编号"] not in WORDS:
            found[f"p{int(row['项目编号']):02d}"].append(row)
        if row["事项编号"] not in WORDS:
            found[f"g{int(row['事项编号']):02d}"].append(row)
    return found


def _key(row: Row) -> str:
    return f"{row['年度']}/{row['月份']}/{row['编号']}"


def figures(tables: Tables) -> Iterator[tuple[str, Truth]]:
    """Every figure of the inspections but published totals."""
    units = {u["名称"]: u["编号"] for u in read(tables.folder, "units")}
    for year in tables.years("inspections"):
        rows = tables.of("inspections", year)
        if not rows:
            continue
        newest = max(d for r in rows for d in (r[FOUND], r[MENDED]))
        table = f"inspections:{year}"
        for key, found in _split(rows, units).items():
            refs = tuple((table, _key(r), 1) for r in found)
            if key == "all" or key[0] == "m":
                month = "*" if key == "all" else f"{year}-{key[1:]}"
                refs = ((table, f"{year}/{month}/*", len(found)),)
            more = {"as_of": newest, "kind": tables.kind(found), "rows": refs}
            tail = "_sum" if key == "all" else ""
            mended, late = sum(bool(r[MENDED]) for r in found), sum(_late(r, newest) for r in found)
            prefix = f"inspections/{year}/{key}"
            yield f"{prefix}/found{tail}", count_truth(len(found), "个", **more)
            yield f"{prefix}/mended{tail}", count_truth(mended, "个", **more)
            yield f"{prefix}/late", count_truth(late, "个", **more)
            yield f"{prefix}/days", _days_truth(_median(found), len(found) - mended, **more)
        for row in rows:
            ref = (table, _key(row), 1)
            one = {"as_of": newest, "kind": tables.kind([row]), "rows": (ref,)}
            value, lacks = _days(row), () if row[MENDED] else (("待定", 1),)
            yield f"inspections/{year}/i{int(row['编号']):03d}/days", count_truth(value, "天", lacks, **one)


def from_lines(lines: list[dict[str, str]], figure: dict[str, Any]) -> str | None:
    """A figure's value from the rows that its origin shows."""
    if figure["rows"][0]["table"] == "control_totals":
        return printed(lines, figure)
    _, _, key, measure = figure["id"].split("/")
    if key[0] == "i":
        value = _days(lines[0])
        return None if value is None else str(value)
    if measure == "days":
        middle = _median(lines)
        return None if middle is None else str(half_up(middle, 6))
    counted = {
        "found": len(lines),
        "mended": sum(bool(x[MENDED]) for x in lines),
        "late": sum(_late(x, figure["as_of"]) for x in lines),
    }
    return str(counted[measure.removesuffix("_sum")])
