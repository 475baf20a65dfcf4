"""What must hold of the money: each rule speaks on bad rows, by row and column, and is silent on good ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.model import Level, Missing, Problem
from generator.subjects.budget import rules
from generator.tables import Draft
from tests.subjects.money import WAN, draft, row
from tests.toy import control

NOT = Missing.NOT_REPORTED
Rule = Callable[[Draft], Iterator[Problem]]


def found(rule: Rule, *rows: Any, **more: Any) -> list[tuple[Level, str, int | None, str | None]]:
    return [(p.level, p.rule, p.row, p.column) for p in rule(draft(rows, **more))]


def one(
    *amounts: Any, level: str = "市", month: str | None = "2021-12", region: str = "510903", number: int = 1
) -> Any:
    values = [a if isinstance(a, Missing) else a * WAN for a in amounts]
    return row(number, region, level, month, *values)


NOTE = (Level.NOTE, "chain", 2)


@pytest.mark.parametrize(
    ("amounts", "columns"),
    [
        ((3, 2, 1), []), ((2, 2, 2), []), ((2, 3, 1), ["下达(万元)"]), ((3, 1, 2), ["拨付(万元)"]),
        ((1, 2, 3), ["下达(万元)", "拨付(万元)"]), ((1, NOT, 3), []), ((NOT, NOT, NOT), []), ((0, 0, 0), []),
    ],
)  # fmt: skip
def test_more_than_the_step_before_is_remarked(amounts: tuple[Any, ...], columns: list[str]) -> None:
    assert found(rules.chain, one(*amounts)) == [(*NOTE, c) for c in columns]


def test_a_tenfold_jump_is_a_warning() -> None:
    steady = [one(100, 100, 10 + m, month=f"2021-{m:02d}") for m in range(1, 7)]
    assert found(rules.jumps, *steady) == []
    assert found(rules.jumps, *steady, one(100, 100, 160_000, month="2021-07")) == [
        (Level.WARNING, "tenfold", 8, "拨付(万元)")
    ]
    assert found(rules.jumps, *steady, *(one(100, 100, 160_000 + m, month=f"2021-{m:02d}") for m in (7, 8, 9))) == [
        (Level.WARNING, "tenfold", 8, "拨付(万元)")
    ]


def test_only_what_is_paid_may_grow_from_a_small_first_amount() -> None:
    assert found(rules.jumps, one(100, 10, 1, month="2021-01"), one(1100, 110, 11, month="2021-02")) == [
        (Level.WARNING, "tenfold", 3, "安排(万元)")
    ]


def test_undivided_levels_and_blank_months_stand_alone() -> None:
    whole = [one(1, 1, 1, level="未分", month=None), one(1, 1, 1, level="未分", month=None, region="510904")]
    assert found(rules.levels, *whole) == []
    assert found(rules.levels, *whole, one(1, 1, 1, number=2)) == []
    mixed = found(rules.levels, *whole, one(1, 1, 1, region="local-hedong"))
    assert mixed == [
        (Level.ERROR, "partition_levels", 2, "资金层级"), (Level.ERROR, "partition_levels", 3, "资金层级"),
        (Level.ERROR, "partition_levels", 2, "截至月份"), (Level.ERROR, "partition_levels", 3, "截至月份"),
    ]  # fmt: skip


def test_the_whole_city_is_never_a_row() -> None:
    assert found(rules.regions, one(1, 1, 1)) == []
    assert found(rules.regions, one(1, 1, 1), one(1, 1, 1, region="510900")) == [
        (Level.ERROR, "partition_regions", 3, "区划代码")
    ]


DECEMBER = (
    row(1, "510903", "市", "2021-12", 100 * WAN, 110 * WAN, 90 * WAN),
    row(2, "510904", "县", "2021-12", 50 * WAN, 50 * WAN, 60 * WAN),
    row(1, "510903", "市", "2021-11", 100 * WAN, 100 * WAN, 10 * WAN),
)


@pytest.mark.parametrize(
    ("figure", "value", "unit", "more", "agrees"),
    [
        ("all/allocated", "150", "万元", {}, True), ("all/allocated", "151", "万元", {}, False),
        ("all/allocated", "0.02", "亿元", {}, True), ("all/allocated", "0.015", "亿元", {}, True),
        ("all/allocated", "0.01", "亿元", {}, True), ("all/allocated", "0.03", "亿元", {}, False),
        ("all/paid", "150.00", "万元", {}, True), ("all/paid", "100", "万元", {"as_of": "2021-11-30"}, False),
        ("all/paid", "10", "万元", {"as_of": "2021-11-30"}, True),
        ("all/paid", "1", "万元", {"as_of": "2021-10-31"}, True),
        ("all/paid", "1", "万元", {"as_of": None}, True), ("p01/paid", "90", "万元", {}, True),
        ("p01/paid", "91", "万元", {}, False), ("r510904/issued", "50", "万元", {}, True),
        ("r510904/issued", "5", "万元", {}, False), ("lcounty/paid", "6", "万元", {}, False),
        ("p01+r510903/paid", "91", "万元", {}, False), ("p02+lcounty/paid", "61", "万元", {}, False),
        ("all/issued_rate", "106.67", "%", {}, True), ("all/issued_rate", "106.66", "%", {}, False),
        ("p02/paid_rate", "120", "%", {}, True), ("p02/paid_rate", "1.2", "%", {}, False),
        ("all/paid", "140", "万元", {"precision": "余"}, True), ("all/paid", "151", "万元", {"precision": "余"}, False),
        ("p09/paid", "1", "万元", {}, True), ("q20+r510900/paid", "1", "万元", {}, True),
    ],
)  # fmt: skip
def test_sums_are_held_against_what_was_published(
    figure: str, value: str, unit: str, more: dict[str, Any], agrees: bool
) -> None:
    total = control(f"budget/2021/{figure}", value, unit, **{"as_of": "2021-12-31", **more})
    expected = [] if agrees else [(Level.WARNING, "control_total", 2, "数值")]
    assert found(rules.as_published, *DECEMBER, control_totals=[total]) == expected


def test_undated_rows_are_held_against_undated_totals() -> None:
    rows = [row(20, "510903", "未分", None, 780 * WAN, 730 * WAN, 448 * WAN)]
    totals = [control("budget/2021/all/allocated", "781"), control("budget/2021/all/issued", "731", as_of="2021-12-31")]
    assert found(rules.as_published, *rows, control_totals=totals) == [(Level.WARNING, "control_total", 2, "数值")]


def test_a_rate_leaves_out_rows_that_lack_one_of_both() -> None:
    rows = [one(100, 100, 50), one(100, 100, NOT, region="510904")]
    total = control("budget/2021/all/paid_rate", "50.00", "%", as_of="2021-12-31")
    assert found(rules.as_published, *rows, control_totals=[total]) == []


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda r: r.__name__)
def test_every_rule_is_silent_without_rows_and_says_what_it_is(rule: Rule) -> None:
    assert found(rule, control_totals=[control("budget/2021/all/paid", "1", as_of="2021-12-31")]) == []
    assert rule.__doc__
    assert rule.__doc__.strip().endswith(".")


@pytest.mark.parametrize(("rate", "agrees"), [("106.32", True), ("160.32", False)])
def test_printed_percentages_are_held_against_printed_amounts_without_any_row(rate: str, agrees: bool) -> None:
    totals = [
        control(f"budget/2021/all/{m}", v, u, precision="约", as_of="2021-12-31")
        for m, v, u in (("allocated", "32.14", "亿元"), ("issued", "34.17", "亿元"), ("issued_rate", rate, "%"))
    ]
    assert found(rules.as_printed, control_totals=totals) == (
        [] if agrees else [(Level.WARNING, "published_rate", 4, "数值")]
    )


def test_every_measure_of_the_official_block_may_be_published() -> None:
    assert set(rules.PUBLISHED) == {"allocated", "issued", "paid", "issued_rate", "paid_rate"}
    assert {m for m, sort in rules.PUBLISHED.items() if sort == "percent"} == {"issued_rate", "paid_rate"}


def test_every_rule_has_its_test_here() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    assert all(f"rules.{rule.__name__}" in text for rule in rules.RULES)
