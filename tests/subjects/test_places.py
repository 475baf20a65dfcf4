"""Pages of places and units: what they answer for, what is late and why, and when they reported."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from generator import due
from generator.contract import Due
from generator.model import Missing, Page
from generator.subjects.projects import pages as projects
from generator.subjects.projects.lateness import last_report
from generator.subjects.projects.year import Year
from generator.subjects.regions import pages as regions
from generator.subjects.units import pages as units
from tests.subjects.money import problem, progress, project, row, site, tables

NOT = Missing.NOT_REPORTED
TENTH = Due("截至月份", 10, "报送日期")
UNITS = (
    {"id": "u1", "name": "示例单位甲", "aliases": ("旧单位甲",), "source": "gov"},
    {"id": "u2", "name": "示例单位乙", "source": "gov"},
    {"id": "u3", "name": "示例单位丙", "source": "gov"},
)
PROJECTS = (
    project(1, "修路", partners=("示例单位乙",)),
    project(2, "办学", lead="示例单位乙"),
    project(3, "种树", lead="示例单位乙"),
)


def reported(number: int, region: str, month: str, work: Any, day: str | None, **more: Any) -> dict[str, Any]:
    done = NOT if work is NOT else int(work * 10)
    return progress(number, region, month, 10, done, work=work, reported=day, **more)


ROWS = (
    reported(1, "510903", "2021-11", Fraction(8, 10), "2021-12-08"),
    reported(1, "510903", "2021-12", Fraction(8, 10), "2022-01-12", note="雨天多"),
    reported(1, "510904", "2021-11", Fraction(9, 10), "2021-12-08"),
    reported(1, "510904", "2021-12", Fraction(1), "2022-01-08"),
    reported(2, "510903", "2021-11", Fraction(9, 10), "2021-12-09"),
    reported(2, "510903", "2021-12", NOT, None),
    reported(3, "510904", "2021-11", Fraction(1), "2021-12-09"),
    reported(3, "510904", "2021-12", Fraction(1), "2022-01-09"),
)
MONEY = (row(1, "510903", "市", "2021-12", 100, 90, 80), row(1, "510904", "市", "2021-12", 100, 100, 100))


def found(**more: Any) -> dict[str, Page]:
    given = {"projects": PROJECTS, "project_progress": ROWS, "units": UNITS, **more}
    made = site(MONEY, **given)
    return {p.path: p for subject in (regions, units) for p in subject.pages(made)}


def test_search_finds_a_project_by_number_state_unit_place_and_what_inspections_found() -> None:
    case = problem(1, "2021-12-01", None, project=1, region="510903", problem="路面沉陷")
    made = site(MONEY, projects=PROJECTS, project_progress=ROWS, units=UNITS, inspections=[case])
    words = {p.path: (p.search or "").split("\n") for p in projects.pages(made)}
    names, places, *cases = words["projects/2021/p01/"]
    for text in (
        "项目 1 号",
        "第 1 号",
        "第 1 项",
        "P1",
        "P01",
        "示例单位甲",
        "旧单位甲",
        "示例单位乙",
        "滞后",
        "教育",
    ):
        assert text in names.split(" ") or f" {text} " in f" {names} ", text
    assert places.split(" ") == ["船山区", "安居区"]
    assert cases == ["路面沉陷"]
    assert "未报送" in words["projects/2021/p02/"][0]
    assert words["projects/2021/p02/"][1:] == ["船山区"]
    assert "未报送" in words["projects/2021/"][0]


# --- when reports are due


@pytest.mark.parametrize(
    ("month", "day"), [("2021-01", "2021-02-10"), ("2021-11", "2021-12-10"), ("2021-12", "2022-01-10")]
)
def test_the_day_on_which_a_month_is_due(month: str, day: str) -> None:
    assert due.date_of(TENTH, month) == day


@pytest.mark.parametrize(
    ("day", "late"), [("2022-01-10", 0), ("2022-01-11", 1), ("2022-01-02", -8), ("2022-02-10", 31)]
)
def test_days_late(day: str, late: int) -> None:
    assert due.days_late(TENTH, "2021-12", day) == late


def test_the_last_report_beside_what_was_due() -> None:
    year = Year(tables(projects=PROJECTS, project_progress=ROWS, units=UNITS), 2021)
    mine = {
        n: [r for k, months in year.standings.rows.items() if k[0] == n for r in months.values()] for n in (1, 2, 3)
    }
    one, two, three = (last_report(year, mine[n]) for n in (1, 2, 3))
    assert one == {"day": "2022-01-12", "month": "12月", "due": "2022-01-10", "due_month": "12月", "stale": False,
                   "late": True, "missing": False}  # fmt: skip
    assert two is not None
    assert (two["stale"], two["missing"], two["day"], two["month"]) == (True, True, "2021-12-09", "11月")
    assert three is not None
    assert (three["stale"], three["late"], three["missing"]) == (False, False, False)
    assert last_report(year, []) is None


# --- pages


def test_each_place_and_unit_that_answers_for_something_has_a_page() -> None:
    assert set(found()) == {
        "regions/", "regions/2021/", "regions/2021/r510903/", "regions/2021/r510904/",
        "units/", "units/2021/", "units/2021/u1/", "units/2021/u2/",
    }  # fmt: skip


def test_without_progress_a_place_shows_its_money() -> None:
    pages = found(project_progress=())
    place = pages["regions/2021/r510903/"].data
    assert (place["dated"], place["parts"], place["report"]) == (False, [], None)
    assert place["money"]["paid"]["value"] == "0.80"
    assert pages["units/2021/u1/"].data["projects"][0]["state"] is None


def test_a_project_that_nobody_reports_does_not_drop_out() -> None:
    silent = [r for r in ROWS if r["project"] != 3]
    data = found(project_progress=silent)["units/2021/u2/"].data
    assert data["listed"]["value"] == "2"
    assert {name: f["value"] for name, f in data["counts"].items()} == {"done": "0", "silent": "2"}
    assert [(p["title"], p["state"]["word"]) for p in data["late"]] == [("办学", "未报送"), ("种树", "未报送")]


def test_a_place_of_an_undated_document_shows_what_was_done() -> None:
    pages = found(project_progress=[progress(1, "510904", None, 7, 5)])
    (part,) = pages["regions/2021/r510904/"].data["parts"]
    assert (part["title"], part["state"], part["target"]["value"], part["done"]["value"]) == ("修路", None, "7", "5")


def test_a_place_says_what_is_late_and_why() -> None:
    data = found()["regions/2021/r510903/"].data
    assert {name: f["value"] for name, f in data["counts"].items()} == {"done": "0", "behind": "1", "silent": "1"}
    assert [(p["title"], p["state"]["word"], p["note"], p["lead"]) for p in data["late"]] == [
        ("修路", "滞后", "雨天多", "示例单位甲"), ("办学", "未报送", "", "示例单位乙"),
    ]  # fmt: skip
    assert [(p["work"]["id"], p["work"]["prose"]) for p in data["late"]] == [
        ("projects/2021/p01+r510903/work", "80.00\u2009%"), ("projects/2021/p02+r510903/work", "未报送"),
    ]  # fmt: skip
    assert data["money"]["paid"]["value"] == "0.80"
    assert (data["reports_due"]["value"], data["reports_late"]["value"], data["reports_missing"]["value"]) == (
        "4",
        "1",
        "1",
    )


def test_a_place_in_which_all_is_done_has_nothing_late() -> None:
    data = found()["regions/2021/r510904/"].data
    assert data["late"] == []
    assert data["counts"]["done"]["value"] == "2"


def test_a_unit_says_what_it_leads_helps_and_was_called() -> None:
    pages = found()
    one, two = pages["units/2021/u1/"].data, pages["units/2021/u2/"].data
    assert [p["title"] for p in one["projects"]] == ["修路"]
    assert one["aliases"] == ["旧单位甲"]
    assert [p["label"] for p in two["projects"]] == ["02 办学", "03 种树"]
    assert [p["label"] for p in two["helps"]] == ["01 修路"]
    assert [(p["title"], p["state"]["word"]) for p in one["late"]] == [("修路", "滞后")]
    assert [n["note"] for n in one["late"][0]["places"]] == ["雨天多"]


def test_search_knows_names_old_names_and_codes() -> None:
    old = {"code": "510903", "name": "船山区", "kind": "区", "reports": "是", "aliases": ("市中区", "510902")}
    pages = found(regions=[old, {"code": "510904", "name": "安居区", "kind": "区", "reports": "是"}])
    assert {"船山区", "市中区", "510902", "510903"} <= set((pages["regions/2021/r510903/"].search or "").split())
    assert {"示例单位甲", "旧单位甲", "修路"} <= set((pages["units/2021/u1/"].search or "").split())


def test_a_made_up_task_makes_a_page_a_demonstration_and_its_document_is_named() -> None:
    thing = {"year": 2021, "number": 1, "title": "停车难", "source": "gov"}
    task = {"year": 2021, "grievance": 1, "number": 1, "title": "划线", "lead": "示例单位丙", "region": "local-hedong",
            "planned": "2021-06-30", "actual": None}  # fmt: skip
    for source, demo in (("gov", False), ("demo", True)):
        pages = found(grievances=[thing], grievance_tasks=[{**task, "source": source}])
        for path in ("units/2021/u3/", "regions/2021/rlocal-hedong/"):
            page = pages[path]
            assert page.demo is demo, path
            assert source in {s["id"] for s in page.data["sources"]}, path
