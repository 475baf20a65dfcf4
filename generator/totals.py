"""Rules on published totals: which may be published, and what must agree with them. No rule knows a subject."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, Literal

from rapidfuzz import process

from generator import format as fmt
from generator.contract import Column
from generator.measure import UNITS
from generator.model import Level, Problem
from generator.rules import Row, Rule, at, records
from generator.tables import Draft

Sort = Literal["money", "percent", "count"]
Accepted = Mapping[str, Mapping[str, Sort]]  # subject -> measure -> the sort of its unit

SORTS: dict[Sort, str] = {"money": "金额", "percent": "百分数", "count": "个数"}
USUAL: dict[Sort, tuple[str, ...]] = {"money": tuple(UNITS), "percent": ("%",), "count": ("个", "件", "项")}
YEARS = range(2000, 2101)  # as the tables allow
NEAR = 60
PART = re.compile(r"[a-z][0-9]{2,}|[klru][a-z0-9-]+")  # of a key: docs/decisions/0002-figures.md


# --- what may be published --------------------------------------------------------------------------------


def sort_of(unit: str) -> Sort:
    """The sort of a printed unit."""
    return "percent" if unit == "%" else "money" if unit in UNITS else "count"


def _near(text: str, choices: Mapping[str, object] | set[str]) -> str | None:
    found = process.extractOne(text, sorted(choices), score_cutoff=NEAR)
    return str(found[0]) if found else None


def _named(draft: Draft) -> dict[str, set[str]]:
    """All parts of keys that name a level or a region, by their first letter; left out when none is known."""
    levels = [dict(c.codes) for t in draft.contract.tables() for c in t.columns if c.id == "level"]
    regions = draft.frame("regions")["code"] if draft.has("regions") else ()
    found = {"l": {f"l{c}" for codes in levels for c in codes.values()}, "r": {f"r{c}" for c in regions}}
    return {letter: parts for letter, parts in found.items() if parts}


def _odd_part(key: str, named: Mapping[str, set[str]]) -> tuple[str, str | None] | None:
    """The first part of a key that stands for nothing, and what was perhaps meant."""
    if key == "all":
        return None
    for part in key.split("+"):
        known = named.get(part[:1], set())
        if not (part in known if known else PART.fullmatch(part)):
            return part, _near(part, known | {"all"})
    return None


def _odd_id(figure: str, accepted: Accepted, named: Mapping[str, set[str]]) -> tuple[str, str, str | None] | None:
    """What is wrong with the id of a published total: a clause, what is allowed, and the id that was perhaps meant."""
    parts = figure.split("/")
    if len(parts) != 4:
        return "不是四部分", "主题/年度/范围/指标,如 budget/2021/all/allocated", None
    subject, year, key, measure = parts

    def meant(i: int, part: str | None) -> str | None:
        return "/".join([*parts[:i], part, *parts[i + 1 :]]) if part else None

    if subject not in accepted:
        return f"的主题“{subject}”没有", "、".join(accepted), meant(0, _near(subject, accepted))
    if not re.fullmatch("[0-9]{4}", year) or int(year) not in YEARS:
        return f"的年度“{year}”不对", f"{YEARS[0]} 到 {YEARS[-1]}", None
    odd = _odd_part(key, named)
    if odd:
        allowed = "all(全市),或用 + 连接的项目(p01)、区划(r 加代码)、层级(lcity)等"
        return f"的范围“{odd[0]}”认不出", allowed, meant(2, key.replace(odd[0], odd[1]) if odd[1] else None)
    if measure not in accepted[subject]:
        allowed = "、".join(f"{m}({SORTS[sort]})" for m, sort in accepted[subject].items())
        return f"的指标“{measure}”不是 {subject} 可以公布的数", allowed, meant(3, _near(measure, accepted[subject]))
    return None


def _units(column: Column, sort: Sort) -> tuple[str, ...]:
    """The units of a sort that the contract allows."""
    return tuple(u for u in column.constraint("enum") or () if sort_of(u) == sort) or USUAL[sort]


def published(accepted: Accepted) -> Rule:
    """The rule that holds ``control_totals`` to what subjects say may be published; a mistyped id shows nowhere."""

    def rule(draft: Draft) -> Iterator[Problem]:
        """A published total names a subject, year, key and measure that are known, in a unit of the measure's sort."""
        table = draft.contract.table("control_totals")
        units = next(c for c in table.columns if c.id == "unit") if table else None
        named = _named(draft)
        for row in records(draft.frame("control_totals")):
            figure = row["figure"]
            odd = _odd_id(figure, accepted, named)
            if odd:
                remedy = (f"是不是“{odd[2]}”?" if odd[2] else "") + "核对后改正;编号不对的数不会出现在网站上。"
                yield at(
                    draft, "control_totals", row, "figure", rule="published_id", level=Level.ERROR,
                    message=f"“{figure}”{odd[0]}。", remedy=remedy, allowed=odd[1], suggestion=odd[2],
                )  # fmt: skip
                continue
            subject, _, _, measure = figure.split("/")
            sort = accepted[subject][measure]
            if units is not None and sort_of(row["unit"]) != sort:
                message = f"“{row['unit']}”不是{SORTS[sort]}的单位,{measure} 是{SORTS[sort]}。"
                yield at(
                    draft, "control_totals", row, "unit", rule="published_unit", level=Level.ERROR, message=message,
                    remedy="照原文填单位;数值和单位要配得上。", allowed="、".join(_units(units, sort)),
                )  # fmt: skip

    return rule


# --- what must agree --------------------------------------------------------------------------------------


def _scale(unit: str) -> Fraction:
    return Fraction(1, 100) if unit == "%" else Fraction(UNITS.get(unit, 1))


def _half(value: str) -> Fraction:
    """Half of the last printed decimal."""
    return Fraction(1, 2 * 10 ** len(value.partition(".")[2]))


def _span(row: Row) -> tuple[Fraction, Fraction | None]:
    """The least and the greatest value that a printed amount may stand for; ``None``: no limit."""
    scale, value = _scale(row["unit"]), Fraction(row["value"])
    if row["precision"] == "余":
        return value * scale, None
    half = _half(row["value"]) if row["precision"] == "约" else Fraction(0)
    return max(value - half, Fraction(0)) * scale, (value + half) * scale


def _may_be(rate: Row, over: Row, under: Row) -> bool:
    """Whether some amounts that round to the printed ones give a rate that rounds to the printed one."""
    (over_low, over_high), (under_low, under_high) = _span(over), _span(under)
    low = over_low / under_high if under_high else Fraction(0)
    high = over_high / under_low if over_high is not None and under_low else None
    printed, half = Fraction(rate["value"]) / 100, _half(rate["value"]) / 100
    if rate["precision"] == "余":
        return high is None or high >= printed
    return low <= printed + half and (high is None or high >= printed - half)


def printed_rates(draft: Draft, subject: str, rates: Mapping[str, tuple[str, str]]) -> Iterator[Problem]:
    """A printed percentage agrees with the published amounts of the same date, as far as their decimals tell.

    ``rates``: measure -> the measures that it is over and under. Needs no rows but those of ``control_totals``.
    """
    rows: dict[str, dict[str, Any]] = {r["figure"]: r for r in records(draft.frame("control_totals"))}
    for figure, row in rows.items():
        key, _, measure = figure.rpartition("/")
        if row["unit"] != "%" or measure not in rates or not key.startswith(f"{subject}/"):
            continue
        over, under = (rows.get(f"{key}/{m}") for m in rates[measure])
        if over is None or under is None or len({(r["as_of"], r["published"]) for r in (row, over, under)}) > 1:
            continue
        base = Fraction(under["value"]) * _scale(under["unit"])
        if not base or _may_be(row, over, under):
            continue
        places = len(row["value"].partition(".")[2])
        exact = fmt.rounded(Fraction(over["value"]) * _scale(over["unit"]) / base * 100, max(places, 2))
        terms = " ÷ ".join(f"{r['label']} {r['value']}{r['unit']}" for r in (over, under))
        message = f"{row['label']}公布的是 {row['value']}%,按公布的数({terms})算出来是 {exact}%。"
        yield at(
            draft, "control_totals", row, "value", rule="published_rate", level=Level.WARNING, message=message,
            remedy="对照原件核对这三个数:抄错的改正;原件就是这样印的,照原样保留并在来源的说明里写清。",
            suggestion=f"{exact}",
        )  # fmt: skip


def against_control_totals(draft: Draft, values: Mapping[str, int | Fraction]) -> Iterator[Problem]:
    """What the rows give agrees with the published total, within half of its last printed decimal; 余 is a floor.

    ``values``: figure id -> exact value, 分 for amounts, a ``Fraction`` (1 is 100 %) for 百分比, else a count.
    """
    for row in records(draft.frame("control_totals")):
        value = values.get(row["figure"])
        if value is None:
            continue
        printed, places = Fraction(row["value"]), len(row["value"].partition(".")[2])
        computed, half = Fraction(value) / _scale(row["unit"]), _half(row["value"])
        fits = computed >= printed if row["precision"] == "余" else abs(computed - printed) <= half
        if fits:
            continue
        exact = fmt.rounded(computed, max(places, 2 if computed.denominator != 1 else 0))
        floor = "余(不少于)" if row["precision"] == "余" else ""
        message = f"{row['label']}公布的是 {row['value']}{row['unit']}{floor},按明细算出来是 {exact}{row['unit']}。"
        yield at(
            draft, "control_totals", row, "value", rule="control_total", level=Level.WARNING, message=message,
            remedy="核对明细和公布的数:明细不全的补全;公布有误的,照原样保留并在说明里写清。",
            suggestion=f"{exact}",
        )  # fmt: skip
