"""What must hold of inspections: each rule speaks of its row and column, and is silent on good ones."""

from __future__ import annotations

from typing import Any

import pytest

from generator.model import Level
from generator.subjects.inspections import rules
from tests.subjects.money import draft, problem
from tests.toy import control

GOOD = (problem(1, "2021-03-01", "2021-03-11", "2021-03-20"), problem(2, "2021-03-02", None))


def found(rule: Any, *rows: Any, **more: Any) -> list[tuple[Level, str, str, int | None, str | None]]:
    return [(p.level, p.rule, p.file, p.row, p.column) for p in rule(draft(inspections=rows, **more))]


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda r: r.__name__)
def test_good_rows_and_none_at_all(rule: Any) -> None:
    assert found(rule, *GOOD) == found(rule) == []


def test_nothing_is_mended_or_due_before_it_was_found() -> None:
    early = problem(3, "2021-03-03", "2021-03-02", "2021-03-02")
    same = problem(4, "2021-03-03", "2021-03-03", "2021-03-03")
    assert found(rules.mended_after_found, *GOOD, early, same) == [
        (Level.ERROR, "mended_first", "inspections.csv", 4, "整改日期")
    ]
    assert found(rules.deadline_after_found, *GOOD, early, same) == [
        (Level.ERROR, "deadline_first", "inspections.csv", 4, "整改期限")
    ]


def test_a_problem_is_found_in_its_month() -> None:
    other = problem(3, "2021-04-01", None, month="2021-03")
    assert found(rules.found_in_month, *GOOD, other) == [
        (Level.WARNING, "found_month", "inspections.csv", 4, "发现日期")
    ]


@pytest.mark.parametrize(
    ("figure", "value", "as_of", "agrees"),
    [
        ("all/found", "2", "2021-12-31", True), ("all/found", "3", "2021-12-31", False),
        ("all/mended", "1", "2021-12-31", True), ("all/mended", "1", "2021-03-10", False),
        ("all/mended", "0", "2021-03-10", True), ("all/found", "1", "2021-03-01", True), ("all/found", "2", None, True),
        ("u1/found", "2", None, True), ("u1/mended", "2", None, False), ("kprogress/found", "2", None, True),
        ("m03/found", "1", None, False), ("u2/found", "5", None, True),
    ],
)  # fmt: skip
def test_rows_are_held_against_what_was_published_for_the_same_day(
    figure: str, value: str, as_of: str | None, agrees: bool
) -> None:
    total = control(f"inspections/2021/{figure}", value, "个", as_of=as_of)
    problems = found(rules.as_published, *GOOD, control_totals=[total])
    assert problems == ([] if agrees else [(Level.WARNING, "control_total", "control_totals.csv", 2, "数值")])


def test_a_unit_that_nothing_is_known_of_is_no_failure() -> None:
    """While the file of units cannot be read, rules run without it."""
    assert found(rules.as_published, problem(1, "2021-03-01", None, lead="无"), units=[]) == []
