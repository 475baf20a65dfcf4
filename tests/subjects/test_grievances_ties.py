"""Things as pages of places and units list them: the same states as on their own pages, and when reports came."""

from __future__ import annotations

from typing import Any

import pytest

from generator.subjects.grievances.lateness import last_report
from generator.subjects.grievances.thing import thing_page
from generator.subjects.grievances.ties import helped_by, tasks_in, tasks_of
from generator.subjects.grievances.year import Shown
from tests.subjects.things import NOT, month, site, task, thing

PLACE = {"region": "510903"}


def shown(**rows: Any) -> Shown:
    return Shown(site(**rows), 2021)


def test_a_task_in_a_place_stands_as_on_its_things_page() -> None:
    tasks = [
        task(1, 1, "2021-06-30", "2021-06-30", **PLACE), task(1, 2, "2021-06-30", "2021-07-01", **PLACE),
        task(1, 3, "2021-12-20", None, **PLACE), task(1, 4, "2022-03-31", None, **PLACE),
        task(1, 5, "2021-06-30", None),
    ]  # fmt: skip
    found = shown(grievances=[thing(1)], grievance_tasks=tasks, grievance_progress=[month(1, 12, 50)])
    listed = tasks_in(found, "510903")
    own = thing_page(found, found.things[0], []).data["tasks"]
    assert [t["state"] for t in listed] == [t["status"] for t in own[:4]]
    assert [(t["state"]["mark"], t["state"]["word"], t["late"]) for t in listed] == [
        ("●", "按时完成", False), ("▼", "晚于计划完成", False), ("▼", "逾期，没有完成", True), ("◐", "没有完成", False),
    ]  # fmt: skip


def test_a_late_task_carries_what_the_things_unit_says_in_the_newest_month() -> None:
    tasks = [
        task(1, 1, "2021-12-20", None, lead="示例单位丙"), task(1, 2, "2022-03-31", None, lead="示例单位丙"),
        task(2, 1, "2021-12-20", None, lead="示例单位丙"), task(3, 1, "2021-12-20", None, lead="示例单位丙"),
    ]  # fmt: skip
    progress = [month(1, 11, 40, note="十一月"), month(1, 12, 50, note="十二月"), month(2, 11, 40, note="十一月")]
    found = shown(grievances=[thing(1), thing(2), thing(3, lead=None)], grievance_tasks=tasks,
                  grievance_progress=[*progress, month(3, 12, 50, note="没有单位的事")])  # fmt: skip
    assert [(t["late"], t["said_by"], t["note"]) for t in tasks_of(found, "示例单位丙")] == [
        (True, "示例单位甲", "十二月"), (False, "示例单位甲", ""), (True, "示例单位甲", ""), (True, "", "没有单位的事"),
    ]  # fmt: skip
    assert tasks_of(found, "示例单位甲") == []


def test_a_unit_helps_with_the_things_whose_partner_it_is() -> None:
    things = [thing(1, "停车难"), thing(2, "噪声", partners=()), thing(3, "看病", lead=None, partners=("示例单位乙",))]
    found = shown(grievances=things, units=[{"id": "u1", "name": "示例单位甲", "source": "gov"}])
    assert helped_by(found, "示例单位乙") == [
        {"label": "01 停车难", "href": "grievances/2021/#g01", "lead": "示例单位甲", "lead_href": "units/2021/u1/"},
        {"label": "03 看病", "href": "grievances/2021/#g03", "lead": "", "lead_href": None},
    ]
    assert helped_by(found, "示例单位甲") == []


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # Both in time; one late; the second thing silent in the newest month; all silent since November.
        ([(1, 12, "2022-01-10"), (2, 12, "2022-01-05")], ("2022-01-10", "12月", False, False, False)),
        ([(1, 12, "2022-01-11"), (2, 12, "2022-01-05")], ("2022-01-11", "12月", False, True, False)),
        ([(1, 12, "2022-01-09"), (2, 11, "2021-12-30")], ("2022-01-09", "12月", False, False, True)),
        ([(1, 11, "2021-12-08"), (2, 12, None), (3, 12, "2022-01-02")], ("2021-12-08", "11月", True, False, True)),
    ],
)
def test_the_last_report_of_a_units_things(rows: list[Any], expected: tuple[Any, ...]) -> None:
    progress = [month(n, m, 50 if day else NOT, reported=day) for n, m, day in rows]
    found = shown(grievances=[thing(1), thing(2), thing(3, lead="示例单位丙")], grievance_progress=progress)
    report = last_report(found, "示例单位甲")
    assert report
    assert tuple(report[n] for n in ("day", "month", "stale", "late", "missing")) == expected
    assert (report["due"], report["due_month"]) == ("2022-01-10", "12月")


def test_where_nothing_is_dated_there_is_no_last_report() -> None:
    found = shown(grievances=[thing(1)], grievance_progress=[month(1, 12, 50)])
    assert last_report(found, "示例单位甲") is None
    assert last_report(found, "示例单位癸") is None
    assert last_report(shown(grievances=[thing(1)]), "示例单位甲") is None
