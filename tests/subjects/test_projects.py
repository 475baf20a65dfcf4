"""The list of projects: counts, targets and what was done, and the rules that hold of them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from generator.measure import Figures
from generator.model import Figure, Kind, Level, Missing, Precision, RowRef
from generator.subjects.projects import measures, rules, year
from tests.subjects.money import draft, progress, project, tables
from tests.toy import control

NOT, NA = Missing.NOT_REPORTED, Missing.NOT_APPLICABLE


def figures(**rows: Any) -> dict[str, Figure]:
    return dict(Figures(measures.figures(tables(**rows))))


@pytest.mark.parametrize(("number", "key"), [(1, "p01"), (20, "p20"), (100, "p100")])
def test_record(number: int, key: str) -> None:
    assert year.record(number) == key


def test_the_list_is_counted() -> None:
    found = figures(projects=[project(1), project(2, source="paper"), project(1, year=2020)])
    assert list(found) == ["projects/2020/all/count_sum", "projects/2021/all/count_sum"]
    count = found["projects/2021/all/count_sum"]
    assert (count.value, count.unit, count.as_of, count.kind) == (2, "件", None, Kind.PRESS)
    assert count.rows == (RowRef("projects:2021", "2021/*", "gov+paper", 2),)


def test_published_counts_stand_beside_the_counted_ones() -> None:
    total = control("projects/2021/all/count", "30", "件", as_of="2021-12-31")
    found = figures(projects=[project(1)], control_totals=[total, control("budget/2021/all/paid", "1")])
    assert {i: f.value for i, f in found.items()} == {"projects/2021/all/count": 30, "projects/2021/all/count_sum": 1}
    assert found["projects/2021/all/count"].precision is Precision.EXACT
    assert figures(control_totals=[total]).keys() == {"projects/2021/all/count"}


def test_a_total_published_for_rows_is_not_a_second_figure() -> None:
    total = control("projects/2021/p01/done", "6", "处", as_of="2021-12-31")
    found = figures(
        projects=[project(1)], project_progress=[progress(1, "510903", "2021-12", 7, 5)], control_totals=[total]
    )
    assert found["projects/2021/p01/done"].value == 5
    assert found["projects/2021/p01/done"].rows[0].table == "project_progress:2021"


def test_all_that_a_document_counts_may_be_published() -> None:
    assert rules.PUBLISHED == {"count": "count", "target": "count", "done": "count", "now": "count"}


def test_targets_and_what_was_done() -> None:
    found = figures(
        projects=[project(1), project(2)],
        project_progress=[
            progress(1, "510903", "2021-11", 9, 9), progress(1, "510903", "2021-12", 7, 5),
            progress(1, "510904", "2021-12", 3, NOT), progress(2, "510903", "2021-12", NA, 1, source="demo"),
        ],
    )  # fmt: skip
    values = {i: f.value for i, f in found.items() if i.rsplit("/", 1)[1].removesuffix("_sum") in measures.MEASURES}
    assert values == {
        "projects/2021/p01/target": 10, "projects/2021/p01/done": 5,
        "projects/2021/p02/done": 1,
        "projects/2021/p01+r510903/target": 7, "projects/2021/p01+r510903/done": 5,
        "projects/2021/p01+r510904/target": 3, "projects/2021/p01+r510904/done": None,
        "projects/2021/p02+r510903/done": 1,
    }  # fmt: skip
    done = found["projects/2021/p01/done"]
    assert (done.rows[0].key, done.rows[0].rows, done.rows[0].missing) == ("2021/1/*/2021-12", 2, 1)
    assert (done.as_of, done.gaps, done.kind) == ("2021-12", 1, Kind.OFFICIAL)
    assert found["projects/2021/p02/done"].kind is Kind.DEMO
    assert found["projects/2021/p01+r510904/done"].rows[0].key == "2021/1/510904/2021-12"


@pytest.mark.parametrize(
    ("row", "value", "lacks"),
    [
        (progress(1, "510903", "2021-12", 10, 5, work=Fraction(94, 100)), Fraction(94, 100), ()),
        (progress(1, "510903", "2021-12", 10, NOT, work=Fraction(0)), Fraction(0), ()),
        # What a place reports counts, whether or not there is a target to weigh it by.
        (progress(1, "510903", "2021-12", NOT, 5, work=Fraction(94, 100)), Fraction(94, 100), ()),
        (progress(1, "510903", "2021-12", 10, 5), None, ((NOT, 1),)),
        (progress(1, "510903", "2021-12", 10, 5, work=NA), Fraction(1, 2), ()),
        (progress(1, "510903", "2021-12", 10, NOT, work=NA), None, ((NOT, 1),)),
    ],
)
def test_work_of_a_place(row: dict[str, Any], value: Fraction | None, lacks: tuple[Any, ...]) -> None:
    earlier = progress(1, "510903", "2021-11", 10, 1, work=Fraction(1, 10))
    other = progress(1, "510904", "2021-12", 30, 30, work=Fraction(1), source="demo")
    found = figures(projects=[project(1)], project_progress=[earlier, row, other])
    work = found["projects/2021/p01+r510903/work"]
    assert (work.value, work.lacks, work.unit, work.as_of, work.kind) == (value, lacks, "%", "2021-12", Kind.OFFICIAL)
    assert work.rows == (RowRef("project_progress:2021", "2021/1/510903/2021-12", "gov", 1, len(lacks)),)
    assert found["projects/2021/p01+r510904/work"].value == 1
    assert not [i for i in found if "+r" in i and "@" in i]


def test_a_place_without_a_row_has_no_work() -> None:
    rows = [progress(1, "510903", "2021-11", 10, 1), progress(1, "510904", "2021-12", 10, 1)]
    found = figures(projects=[project(1)], project_progress=rows)
    assert [i for i in found if "+r" in i and i.endswith("/work")] == ["projects/2021/p01+r510904/work"]


def test_undated_progress() -> None:
    found = figures(projects=[project(20)], project_progress=[progress(20, "510903", None, 5, 5)])
    assert found["projects/2021/p20/done"].rows[0].key == "2021/20/*/-"
    assert found["projects/2021/p20/done"].as_of is None


def test_projects_of_a_year_as_plain_rows() -> None:
    found = year.projects(tables(projects=[project(2, "甲"), project(1, year=2020)]), 2021)
    assert [(p["number"], p["title"], p["lead"]) for p in found] == [(2, "甲", "示例单位甲")]
    assert year.projects(tables(), 2021) == []


def test_a_figure_by_its_parts() -> None:
    found = Figures(measures.figures(tables(projects=[project(1)])))
    count = measures.of(found, 2021, "all", "count_sum")
    assert count is not None
    assert count.value == 1
    assert measures.of(found, 2021, "p01", "done") is None


# --- rules

PROGRESS = (progress(1, "510903", "2021-12", 7, 5), progress(1, "510904", "2021-12", 3, 3))


@pytest.mark.parametrize(
    ("figure", "value", "agrees"),
    [
        ("projects/2021/all/count", "2", True), ("projects/2021/all/count", "30", False),
        ("projects/2020/all/count", "30", True), ("projects/2021/all/target", "10", True),
        ("projects/2021/all/target", "11", False), ("projects/2021/all/done", "8", True),
        ("projects/2021/all/done", "9", False), ("projects/2021/p01/done", "8", True),
        ("projects/2021/p01/done", "9", False), ("projects/2021/p01+r510904/target", "3", True),
        ("projects/2021/p01+r510904/target", "4", False), ("projects/2021/q20+r510900/target", "4", True),
    ],
)  # fmt: skip
def test_counts_are_held_against_what_was_published(figure: str, value: str, agrees: bool) -> None:
    total = control(figure, value, "件", as_of="2021-12-31")
    found = draft(projects=[project(1), project(2)], project_progress=PROGRESS, control_totals=[total])
    problems = [(p.level, p.rule, p.file, p.row, p.column) for p in rules.as_published(found)]
    assert problems == ([] if agrees else [(Level.WARNING, "control_total", "control_totals.csv", 2, "数值")])


def test_only_the_newest_month_is_held_against_totals() -> None:
    earlier = progress(1, "510903", "2021-11", 7, 4)
    total = control("projects/2021/all/done", "8", "处", as_of="2021-12-31")
    found = draft(projects=[project(1)], project_progress=[earlier, *PROGRESS], control_totals=[total])
    assert list(rules.as_published(found)) == []


def test_progress_is_reported_for_parts_of_the_city() -> None:
    whole = progress(2, "510900", "2021-12", 1, 1)
    found = draft(projects=[project(1)], project_progress=[*PROGRESS, whole])
    assert [(p.level, p.rule, p.row, p.column) for p in rules.regions(found)] == [
        (Level.ERROR, "partition_regions", 4, "区划代码")
    ]
    assert list(rules.regions(draft(project_progress=PROGRESS))) == []


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda r: r.__name__)
def test_rules_are_silent_without_rows(rule: Any) -> None:
    assert list(rule(draft(control_totals=[control("projects/2021/all/count", "1", "件")]))) == []
