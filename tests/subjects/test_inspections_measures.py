"""Counts and days of inspections, on tables small enough to count by eye."""

from __future__ import annotations

import datetime as dt
import random
from fractions import Fraction
from typing import Any

import pytest

from generator.measure import Figures
from generator.model import Kind, Missing, Precision
from generator.subjects.inspections import measures
from generator.subjects.inspections.cases import days, late, newest, state
from tests.subjects.money import problem, tables
from tests.toy import control

ROWS = (
    problem(1, "2021-03-01", "2021-03-11", "2021-03-20", kind="资料", project=7),
    problem(2, "2021-03-02", "2021-04-01", "2021-03-20", region="510904", lead="示例单位乙", project=7, grievance=3),
    problem(3, "2021-12-01", None, "2021-12-10"),
    problem(4, "2021-12-02", "2021-12-31", None, kind="资料", source="gov"),
)


def figures(rows: Any = ROWS, **more: Any) -> Figures:
    return Figures(measures.figures(tables(inspections=rows, **more)))


def values(found: Figures, key: str) -> list[Any]:
    prefix = f"inspections/2021/{key}"
    names = [f"{m}{'_sum' if key == 'all' and m in measures.OFFICIAL else ''}" for m in measures.MEASURES]
    return [found[f"{prefix}/{name}"].value for name in names]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("all", [4, 3, 2, 29]), ("m03", [2, 2, 1, 20]), ("m12", [2, 1, 1, 29]), ("kpapers", [2, 2, 0, Fraction(39, 2)]),
        ("kprogress", [2, 1, 2, 30]), ("r510903", [3, 2, 1, Fraction(39, 2)]), ("r510904", [1, 1, 1, 30]),
        ("u1", [3, 2, 1, Fraction(39, 2)]), ("u2", [1, 1, 1, 30]), ("p07", [2, 2, 1, 20]), ("g03", [1, 1, 1, 30]),
    ],
)  # fmt: skip
def test_found_mended_late_and_the_median_of_days(key: str, expected: list[Any]) -> None:
    assert values(figures(), key) == expected


def test_no_key_without_rows() -> None:
    keys = {i.split("/")[2] for i in figures()}
    assert keys == {
        "all", "m03", "m12", "kpapers", "kprogress", "r510903", "r510904", "u1", "u2", "p07", "g03",
        "i001", "i002", "i003", "i004",
    }  # fmt: skip
    assert set(figures(())) == set()


def test_days_of_one_problem() -> None:
    found = figures()
    assert [found[f"inspections/2021/i{n:03d}/days"].value for n in (1, 2, 3, 4)] == [10, 30, None, 29]
    still = found["inspections/2021/i003/days"]
    assert (still.lacks, still.rows[0].missing, still.kind) == (((Missing.PENDING, 1),), 1, Kind.DEMO)
    assert found["inspections/2021/i004/days"].kind is Kind.OFFICIAL


def test_rows_by_pattern_where_the_key_has_the_part_else_one_by_one() -> None:
    found = figures()
    rows = {i: [(r.key, r.rows, r.missing) for r in found[f"inspections/2021/{i}"].rows] for i in (
        "all/days", "m12/days", "u1/days", "u1/found",
    )}  # fmt: skip
    assert rows["all/days"] == [("2021/*/*", 4, 1)]
    assert rows["m12/days"] == [("2021/2021-12/*", 2, 1)]
    assert rows["u1/days"] == [("2021/2021-03/1", 1, 0), ("2021/2021-12/3", 1, 1), ("2021/2021-12/4", 1, 0)]
    assert [missing for _, _, missing in rows["u1/found"]] == [0, 0, 0]


def test_as_of_is_the_newest_day_and_the_kind_the_weakest() -> None:
    found = figures()
    whole = found["inspections/2021/all/found_sum"]
    assert (whole.as_of, whole.kind, whole.precision, whole.unit) == ("2021-12-31", Kind.DEMO, Precision.EXACT, "个")
    assert {f.as_of for f in found.values()} == {"2021-12-31"}


@pytest.mark.parametrize(("took", "places"), [((10, 20, 31), 0), ((10, 21), 1), ((10, 20), 0)])
def test_a_half_day_has_a_decimal_and_whole_days_have_none(took: tuple[int, ...], places: int) -> None:
    first = dt.date(2021, 5, 1)
    rows = [problem(n, "2021-05-01", (first + dt.timedelta(days=t)).isoformat()) for n, t in enumerate(took, 1)]
    assert figures(rows)["inspections/2021/all/days"].places == places


def test_nothing_mended_has_no_median() -> None:
    found = figures([problem(1, "2021-05-01", None)])["inspections/2021/all/days"]
    assert (found.value, found.lacks) == (None, ((Missing.PENDING, 1),))


def test_a_total_published_for_a_part_is_only_held_against_it() -> None:
    totals = [control(f"inspections/2021/{k}/found", "9", "个") for k in ("all", "u1", "u9")]
    found = figures(control_totals=totals)
    assert [found[f"inspections/2021/{k}/found"].value for k in ("all", "u1", "u9")] == [9, 3, 9]
    assert found["inspections/2021/all/found_sum"].value == 4


# --- one row


@pytest.mark.parametrize(
    ("mended", "deadline", "word"),
    [
        ("2021-05-10", "2021-05-10", "mended"), ("2021-05-11", "2021-05-10", "mended_late"),
        ("2021-05-11", None, "mended"), (None, "2021-06-30", "open"), (None, None, "open"),
        (None, "2021-06-29", "overdue"),
    ],
)  # fmt: skip
def test_what_became_of_a_problem(mended: str | None, deadline: str | None, word: str) -> None:
    row = problem(1, "2021-05-01", mended, deadline)
    assert state(row, "2021-06-30") == word
    assert late(row, "2021-06-30") == (word in ("mended_late", "overdue"))


def test_days_are_calendar_days() -> None:
    assert days(problem(1, "2021-02-27", "2021-03-01")) == 2
    assert days(problem(1, "2021-12-31", "2022-01-01")) == 1
    assert days(problem(1, "2021-12-31", "2021-12-31")) == 0
    assert days(problem(1, "2021-12-31", None)) is None
    assert newest([problem(1, "2021-12-31", None), problem(2, "2021-01-01", "2022-01-05")]) == "2022-01-05"


def test_the_median_is_the_middle_whatever_the_order() -> None:
    rng = random.Random(7)
    for _ in range(200):
        took = [rng.choice((None, rng.randint(0, 90))) for _ in range(rng.randint(1, 9))]
        first = dt.date(2021, 5, 1)
        rows = [
            problem(n, "2021-05-01", None if t is None else (first + dt.timedelta(days=t)).isoformat())
            for n, t in enumerate(took, 1)
        ]
        value = measures.value_of("days", rows, "2021-12-31")
        known = [t for t in took if t is not None]
        if not known:
            assert value is None
            continue
        assert value is not None
        assert sum(t <= value for t in known) * 2 >= len(known) <= sum(t >= value for t in known) * 2


# --- for other subjects


def test_problems_of_a_project_thing_region_and_unit_newest_first() -> None:
    found = tables(inspections=ROWS)
    assert [p["id"] for p in measures.of_project(found, 2021, 7)] == ["i002", "i001"]
    assert [p["id"] for p in measures.of_grievance(found, 2021, 3)] == ["i002"]
    assert [p["id"] for p in measures.of_region(found, 2021, "510903")] == ["i004", "i003", "i001"]
    assert [p["id"] for p in measures.of_unit(found, 2021, "u1")] == ["i004", "i003", "i001"]
    assert measures.of_project(found, 2021, 8) == measures.of_project(found, 2020, 7) == []
    first = measures.of_project(found, 2021, 7)[0]
    assert (first["href"], first["figure"]) == ("inspections/2021/#i002", "inspections/2021/i002/days")
    assert first["state"] == {"mark": "▼", "word": "超期改好", "style": "behind"}
    assert (first["project"], first["grievance"], first["demo"]) == (7, 3, True)
    assert measures.of_region(found, 2021, "510903")[0]["state"]["word"] == "已改好"
