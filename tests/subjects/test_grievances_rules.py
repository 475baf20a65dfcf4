"""What must hold of the ten things: each rule speaks on bad rows, by row and column, and is silent on good ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from generator.model import Level, Missing, Problem
from generator.subjects.grievances import rules
from generator.tables import Draft
from tests.subjects.things import NOT, draft, month, survey, task, thing, vote
from tests.toy import control

Rule = Callable[[Draft], Iterator[Problem]]
Found = list[tuple[str, str, int | None, str | None]]


def found(rule: Rule, **rows: Any) -> Found:
    return [(str(p.level)[:2], p.rule, p.row, p.column) for p in rule(draft(**rows))]


def test_a_draft_without_rows_has_no_problems() -> None:
    assert [p for rule in rules.RULES for p in rule(draft())] == []


@pytest.mark.parametrize(
    ("counts", "wrong"),
    [
        ((400, 200, 200), False), ((400, 100, 100), False), ((0, 0, 0), False), ((399, 200, 200), True),
        ((NOT, 200, 200), False), ((100, 101, NOT), True), ((100, NOT, NOT), False),
    ],
)  # fmt: skip
def test_those_who_answered_were_asked(counts: tuple[Any, Any, Any], wrong: bool) -> None:
    row = survey(1, 1, *counts, dissatisfied=0)
    assert found(rules.answers, grievances=[thing(1)], satisfaction=[row]) == (
        [("错误", "answers", 2, "样本数")] if wrong else []
    )


def test_the_ballot_and_the_list_agree() -> None:
    things = [thing(1), thing(2)]
    assert found(rules.ballot, grievances=things, votes=[vote(1, 5, 2), vote(2, 9, 1), vote(3, 1)]) == []
    assert found(rules.ballot, grievances=things) == []  # no ballot was held
    blank = vote(2, 9, chosen="是")
    assert found(rules.ballot, grievances=things, votes=[vote(1, 5, 2), blank]) == [
        ("错误", "vote_chosen", 3, "事项编号"), ("警告", "vote_thing", 2, "编号"),
    ]  # fmt: skip
    unchosen = vote(3, 1, 1, chosen="否")
    assert found(rules.ballot, grievances=things, votes=[vote(1, 5, 2), vote(2, 9, 1), unchosen]) == [
        ("错误", "vote_chosen", 4, "事项编号")
    ]
    assert found(rules.ballot, grievances=things, votes=[vote(1, 5, 2), vote(2, 9, 1), vote(3, 1, 2)]) == [
        ("错误", "vote_chosen", 4, "事项编号")
    ]


def test_years_have_ballots_of_their_own() -> None:
    things = [thing(1), thing(1, year=2020)]
    votes = [vote(1, 5, 1), vote(1, 5, 1, year=2020)]
    assert found(rules.ballot, grievances=things, votes=votes) == []
    assert found(rules.ballot, grievances=things, votes=votes[:1]) == []


@pytest.mark.parametrize(
    ("start", "deadline", "wrong"),
    [("2021-03-15", "2021-12-31", 0), ("2021-03-15", "2021-03-15", 0), ("2021-03-15", "2021-03-14", 1),
     (None, "2021-01-01", 0), ("2021-03-15", None, 0)],
)  # fmt: skip
def test_a_deadline_is_not_before_the_start(start: str | None, deadline: str | None, wrong: int) -> None:
    rows = found(rules.dates, grievances=[thing(1, start=start, deadline=deadline)])
    assert rows == [("错误", "dates_order", 2, "完成时限")] * wrong


def test_nothing_is_planned_or_done_before_it_began() -> None:
    tasks = [
        task(1, 1, "2021-03-15", "2021-03-15"), task(1, 2, "2021-03-14", None), task(1, 3, "2021-06-01", "2020-06-01")
    ]  # fmt: skip
    assert found(rules.dates, grievances=[thing(1)], grievance_tasks=tasks) == [
        ("警告", "task_dates", 3, "计划完成"), ("警告", "task_dates", 4, "实际完成"),
    ]  # fmt: skip
    assert found(rules.dates, grievances=[thing(1, start=None)], grievance_tasks=tasks) == [
        ("警告", "task_dates", 4, "实际完成")
    ]


def test_a_month_is_reported_after_it_has_ended() -> None:
    rows = [month(1, 11, 5, reported="2021-11-30"), month(1, 12, 5, reported="2021-12-30")]
    assert found(rules.dates, grievances=[thing(1)], grievance_progress=rows) == [
        ("警告", "report_early", 3, "报送日期")
    ]


def test_progress_falls_only_where_a_thing_is_open_again() -> None:
    rows = [
        month(1, 6, 50, "整治中"), month(1, 7, NOT), month(1, 8, 40, "整治中"), month(1, 9, 100, "已办结"),
        month(1, 10, 70, "重新打开"), month(1, 11, 70, "重新打开"), month(2, 8, 100), month(2, 9, 99),
    ]  # fmt: skip
    assert found(rules.falls, grievances=[thing(1), thing(2)], grievance_progress=rows) == [
        ("警告", "work_falls", 4, "整治进度(%)"), ("警告", "work_falls", 9, "整治进度(%)"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("work", "claim", "judged"),
    [
        ((0,), "未启动", None), ((0,), "整治中", "未启动"), ((5,), "整治中", None), ((5,), "已办结", "整治中"),
        ((100,), "已办结", None), ((100, 70), "重新打开", None), ((100, 70), "整治中", "重新打开"),
        ((NOT,), "已办结", None), ((5,), None, None), ((40,), "重新打开", "整治中"),
    ],
)  # fmt: skip
def test_what_a_unit_says_is_held_against_its_figures(work: tuple[Any, ...], claim: str | None, judged: str) -> None:
    rows = [month(1, 13 - len(work) + i, w, claim if i == len(work) - 1 else None) for i, w in enumerate(work)]
    problems = list(rules.claims(draft(grievances=[thing(1)], grievance_progress=rows)))
    assert [(p.level, p.rule, p.suggestion) for p in problems] == (
        [(Level.NOTE, "status_disagrees", judged)] if judged else []
    )


def test_tasks_speak_of_the_newest_month_only() -> None:
    rows = [month(1, 11, 100, "已办结"), month(1, 12, 100, "已办结")]
    left = [task(1, 1, "2021-12-20", None)]
    given = {"grievances": [thing(1)], "grievance_progress": rows}
    assert found(rules.claims, **given) == []
    assert found(rules.claims, **given, grievance_tasks=left) == [("提示", "status_disagrees", 3, "填报状态")]


def test_the_list_is_as_long_as_published() -> None:
    official = control("grievances/2021/all/count", "2", "件")
    assert found(rules.as_published, grievances=[thing(1), thing(2)], control_totals=[official]) == []
    assert found(rules.as_published, grievances=[thing(1)], control_totals=[official]) == [
        ("警告", "control_total", 2, "数值")
    ]
    other = [thing(1, year=2020)]
    assert found(rules.as_published, grievances=other, control_totals=[official]) == []


def test_a_candidate_that_was_not_chosen_needs_no_number() -> None:
    assert vote(1, 2)["grievance"] is Missing.NOT_APPLICABLE
    assert found(rules.ballot, grievances=[thing(1)], votes=[vote(1, 2), vote(2, 3, 1)]) == []
