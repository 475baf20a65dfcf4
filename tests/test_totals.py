"""Published totals: which may be published, and what must agree with them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from generator import check, contract, rules, totals
from generator.model import Level, Problem
from generator.subject import Subject, rules_of
from generator.totals import Accepted
from tests import mess
from tests.subjects.money import draft
from tests.toy import control


def _found(folder: Path, rule: rules.Rule) -> list[Problem]:
    """What one rule says of a data folder."""
    return [p for p in check.check(contract.load(folder), mess.holding(rule)).problems if p.rule == "control_total"]


@pytest.mark.parametrize(
    ("printed", "unit", "precision", "value", "fits"),
    [
        ("32.14", "亿元", "约", 321_449_999_999, True),
        ("32.14", "亿元", "约", 321_450_000_000, True),
        ("32.14", "亿元", "约", 321_450_000_001, False),
        ("32.14", "亿元", "精确", 321_350_000_000, True),
        ("32.14", "亿元", "精确", 321_349_999_999, False),
        ("600", "条", "余", 634, True),
        ("600", "条", "余", 599, False),
        ("34", "个", "精确", 34, True),
        ("34", "个", "精确", 35, False),
        ("27", "%", "约", Fraction(3, 15), False),
        ("60", "%", "约", Fraction(9, 15), True),
        ("99", "%", "约", Fraction(48, 49), False),
        ("106.32", "%", "约", Fraction(3417, 3214), True),
    ],
)
def test_control_totals(
    printed: str, unit: str, precision: str, value: int | Fraction, fits: bool, tmp_path: Path
) -> None:
    folder = mess.case_folder("bom", tmp_path)
    line = f"x/2021/all/y,公布数,{printed},{unit},{precision},,,s1\n"
    path = folder / "control_totals.csv"
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n" + line, encoding="utf-8")
    found = _found(
        folder, lambda draft: totals.against_control_totals(draft, {"x/2021/all/y": value, "not/2021/all/there": 1})
    )
    assert [p.level for p in found] == ([] if fits else [Level.WARNING])
    assert fits or found[0].suggestion


ACCEPTED: Accepted = {
    "budget": {"allocated": "money", "paid": "money", "paid_rate": "percent"},
    "grievances": {"found": "count"},
}


@pytest.mark.parametrize(
    ("figure", "suggestion"),
    [
        ("budget/2021/all/alocated", "budget/2021/all/allocated"),
        ("budget/2021/all/allocated_sum", "budget/2021/all/allocated"),
        ("budget/2021/all/found", None),  # another subject's measure
        ("bugdet/2021/all/allocated", "budget/2021/all/allocated"),
        ("home/2021/all/allocated", None),
        ("budget/21/all/allocated", None),
        ("budget/1021/all/allocated", None),
        ("budget/２０２１/all/allocated", None),
        ("budget/2201/all/allocated", None),
        ("budget/2021/alll/allocated", "budget/2021/all/allocated"),
        ("budget/2021/p1/allocated", None),
        ("budget/2021/p01+/allocated", None),
        ("budget/2021/p01+r510909/allocated", "budget/2021/p01+r510900/allocated"),
        ("budget/2021/lconty/paid", "budget/2021/lcounty/paid"),
        ("budget/2021/allocated", None),
        ("", None),
    ],
)
def test_an_id_that_no_page_can_show_is_refused(figure: str, suggestion: str | None) -> None:
    problems = list(totals.published(ACCEPTED)(draft(control_totals=[control(figure, "1")])))
    assert [(p.level, p.rule, p.row, p.column, p.suggestion) for p in problems] == [
        (Level.ERROR, "published_id", 2, "指标编号", suggestion)
    ]
    assert problems[0].allowed
    assert problems[0].remedy
    assert f"“{figure}”" in problems[0].message


@pytest.mark.parametrize(
    "figure",
    [
        "budget/2021/all/allocated", "budget/2021/q20+r510900/paid", "budget/2021/p100+rlocal-hedong/paid",
        "budget/2021/p07+lcity/paid", "budget/2021/u01/paid", "budget/2000/all/paid", "budget/2100/all/paid",
    ],
)  # fmt: skip
def test_an_id_that_is_known_passes(figure: str) -> None:
    assert list(totals.published(ACCEPTED)(draft(control_totals=[control(figure, "1")]))) == []


def test_regions_are_not_held_against_an_empty_table() -> None:
    total = control("budget/2021/r510909/paid", "1")
    assert list(totals.published(ACCEPTED)(draft(control_totals=[total], regions=[]))) == []


@pytest.mark.parametrize(
    ("figure", "unit", "allowed"),
    [
        ("budget/2021/all/paid", "亿元", None), ("budget/2021/all/paid", "元", None),
        ("budget/2021/all/paid", "个", "亿元、万元、元"), ("budget/2021/all/paid", "%", "亿元、万元、元"),
        ("budget/2021/all/paid_rate", "%", None), ("budget/2021/all/paid_rate", "万元", "%"),
        ("grievances/2021/all/found", "件", None), ("grievances/2021/all/found", "亿元", "个、件、项、条、场、处、次"),
    ],
)  # fmt: skip
def test_a_unit_is_of_the_sort_that_the_measure_has(figure: str, unit: str, allowed: str | None) -> None:
    problems = list(totals.published(ACCEPTED)(draft(control_totals=[control(figure, "1", unit)])))
    found = [(p.level, p.rule, p.row, p.column, p.allowed) for p in problems]
    assert found == ([(Level.ERROR, "published_unit", 2, "单位", allowed)] if allowed else [])


def test_subjects_declare_what_may_be_published() -> None:
    def subject(name: str, **more: Any) -> Subject:
        return Subject(name, figures=lambda tables: (), pages=lambda site: (), **more)

    subjects = [subject("home"), subject("inspections", published={"mended": "count"})]
    (rule,) = rules_of(subjects)
    rows = [control(f"{s}/2021/all/mended", "34", "个") for s in ("inspections", "home")]
    assert [(p.row, p.allowed) for p in rule(draft(control_totals=rows))] == [(3, "inspections")]


RATES = {"paid_rate": ("paid", "allocated")}
Row = tuple[str, str, str]


@pytest.mark.parametrize(
    ("over", "under", "rate", "fits"),
    [
        (("32.4", "亿元", "约"), ("32.14", "亿元", "约"), ("100.81", "%", "约"), True),
        (("32.4", "亿元", "约"), ("32.14", "亿元", "约"), ("100.98", "%", "约"), True),  # 32.45 ÷ 32.135
        (("32.4", "亿元", "约"), ("32.14", "亿元", "约"), ("100.99", "%", "约"), False),
        (("32.4", "亿元", "约"), ("32.14", "亿元", "约"), ("100.64", "%", "约"), True),
        (("32.4", "亿元", "约"), ("32.14", "亿元", "约"), ("100.63", "%", "约"), False),
        (("32.40", "亿元", "约"), ("32.14", "亿元", "约"), ("100.98", "%", "约"), False),
        (("34.17", "亿元", "约"), ("32.14", "亿元", "约"), ("160.32", "%", "约"), False),
        (("730.60", "万元", "精确"), ("780", "万元", "精确"), ("93.67", "%", "约"), True),
        (("730.60", "万元", "精确"), ("780", "万元", "精确"), ("93.68", "%", "约"), False),
        (("730.60", "万元", "精确"), ("780", "万元", "精确"), ("94", "%", "约"), True),
        (("730.60", "万元", "精确"), ("0.078", "亿元", "精确"), ("93.67", "%", "精确"), True),
        (("600", "万元", "余"), ("780", "万元", "精确"), ("93.67", "%", "约"), True),
        (("600", "万元", "余"), ("780", "万元", "精确"), ("70", "%", "约"), False),
        (("730.60", "万元", "精确"), ("600", "万元", "余"), ("130", "%", "约"), False),
        (("730.60", "万元", "精确"), ("780", "万元", "精确"), ("93", "%", "余"), True),
        (("730.60", "万元", "精确"), ("780", "万元", "精确"), ("94", "%", "余"), False),
        (("1", "万元", "精确"), ("0", "万元", "精确"), ("94", "%", "约"), True),
        (("1", "亿元", "约"), ("0.4", "万元", "约"), ("9", "%", "约"), False),
    ],
)
def test_a_printed_rate_agrees_with_the_printed_amounts(over: Row, under: Row, rate: Row, fits: bool) -> None:
    rows = [
        control(f"budget/2021/all/{m}", v, u, precision=p, as_of="2021-12-31")
        for m, (v, u, p) in (("paid", over), ("allocated", under), ("paid_rate", rate))
    ]
    problems = list(totals.printed_rates(draft(control_totals=rows), "budget", RATES))
    found = [(p.level, p.rule, p.row, p.column) for p in problems]
    assert found == ([] if fits else [(Level.WARNING, "published_rate", 4, "数值")])
    assert all(p.suggestion and p.remedy and f"{over[0]}{over[1]}" in p.message for p in problems)


@pytest.mark.parametrize(
    "change",
    [
        {"as_of": "2021-11-30"}, {"published": "2022-01-01"}, {"figure": "budget/2021/p01/paid_rate"},
        {"figure": "budget/2021/all/share"}, {"unit": "万元"},
    ],
)  # fmt: skip
def test_a_rate_of_other_amounts_is_left_alone(change: dict[str, Any]) -> None:
    amounts = [control(f"budget/2021/all/{m}", "1") for m in ("paid", "allocated")]
    rate = control("budget/2021/all/paid_rate", "50", "%")
    assert len(list(totals.printed_rates(draft(control_totals=[*amounts, rate]), "budget", RATES))) == 1
    assert list(totals.printed_rates(draft(control_totals=[*amounts, rate | change]), "budget", RATES)) == []
    assert list(totals.printed_rates(draft(control_totals=[*amounts, rate]), "budge", RATES)) == []
