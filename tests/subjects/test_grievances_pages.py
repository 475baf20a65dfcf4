"""Pages of the ten things: the answer first, the life in order, what is not known said as such, findings that hold."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from generator import charts, contract, plan
from generator.model import Missing
from generator.subject import Site
from generator.subjects import SUBJECTS
from generator.subjects.grievances import GRIEVANCES, ties
from generator.subjects.grievances.year import Shown
from tests import toy
from tests.subjects.staged import soup
from tests.subjects.things import (
    CHANNELS,
    NOT,
    heavy,
    month,
    origin,
    pages,
    picture,
    site,
    survey,
    task,
    thing,
    vote,
)  # fmt: skip
from tests.toy import control

T = "\u2009"
ROOT = Path(__file__).parents[2]


def html(found: Site, path: str) -> BeautifulSoup:
    return soup(found, pages(found)[path])


def said(element: Any) -> str:
    return re.sub(r"\s+", "", element.get_text())


YEAR: dict[str, Any] = {
    "grievances": [thing(1, "停车难"), thing(2, "噪声"), thing(3, "看病排队", lead=None)],
    "grievance_origins": [origin(n, c, 10 * n) for n in (1, 2, 3) for c in CHANNELS],
    "votes": [vote(1, 30, 2, title="噪声"), vote(2, 50, 1, title="车位少"), vote(3, 20, 3), vote(4, 10, title="油烟")],
    "grievance_tasks": [
        task(1, 1, "2021-06-30", "2021-06-30"), task(2, 1, "2021-06-30", "2021-07-01"), task(2, 2, "2021-12-20", None)
    ],
    "grievance_progress": [
        month(1, 11, 90, "整治中"), month(1, 12, 100, "已办结"), month(2, 11, 100, "已办结"),
        month(2, 12, 70, "重新打开", note="又响起来了"), month(3, 11, 10), month(3, 12, NOT),
    ],
    "satisfaction": [survey(1, 1, 400, 120, 150), survey(1, 2, 400, 176, 154), survey(2, 1, 38, 14, 13)],
}  # fmt: skip


# --- which pages there are ----------------------------------------------------------------------------------


def test_without_a_list_there_are_no_pages() -> None:
    assert pages(site()) == {}
    counted = control("grievances/2021/all/count", "10", "件", as_of="2021-12-31")
    assert pages(site(control_totals=[counted])) == {}
    without = contract.load(ROOT / "tests/cases/sichuan-2021/data")
    assert without.table("grievances") is None
    assert list(GRIEVANCES.pages(plan.site_of(toy.tables(without, {}), SUBJECTS, toy.IDENTITY, None))) == []


def test_a_year_with_its_list_alone_has_addresses_but_no_pages_for_its_things() -> None:
    rows = [thing(n, year=2020, lead=None, start=None, deadline=None, source="paper") for n in (1, 2)]
    found = site(grievances=rows)
    own = list(pages(found))
    assert own == ["grievances/", "grievances/2020/"]
    page = html(found, "grievances/2020/")
    assert [r.get("id") for r in page.find_all("tr") if r.get("id")] == ["g01", "g02"]
    assert page.get_text().count("未公布") == 2
    assert "只查到名单，没有公布责任单位；怎么办的、办得怎样，没有查到" in said(page.find(class_="lede"))
    links = [a["href"] for a in html(found, "grievances/").find_all("a")]
    assert "2020/#g02" in links


def test_things_of_a_year_with_more_have_pages_of_their_own() -> None:
    own = list(pages(site(**YEAR)))
    assert own == ["grievances/", "grievances/2021/", *(f"grievances/2021/g{n:02d}/" for n in (1, 2, 3))]


def test_among_other_years_a_published_list_has_titles_and_its_mark_but_no_units() -> None:
    paper = [thing(n, f"旧事{n}", year=2020, lead="市某部门", source="paper") for n in (1, 2)]
    made_up = [thing(1, "停车难", source="demo")]
    found = site(grievances=[*paper, *made_up], grievance_progress=[month(1, 12, 50, source="demo")])
    page = html(found, "grievances/")
    assert page.find(class_="banner-demo")
    assert "市某部门" not in said(page)
    assert "市某部门" not in str(pages(found)["grievances/"].data)
    part = page.find(id="y2020")
    assert [said(li) for li in part.find_all("li")] == ["旧事1", "旧事2"]
    assert said(part.find("p")) == "公布了2件转载，2020年的名单和责任单位。"
    assert "示例单位甲" in said(page.find(id="y2021"))
    cells = [said(td) for td in page.find(id="years").find_all("tr")[2].find_all("td")]
    assert cells == ["2转载", "2转载", "未公布", "未公布", "未公布", "未公布"]
    own = html(found, "grievances/2020/")
    assert not own.find(class_="banner-demo")
    assert said(own.find(class_="lede")).startswith("2020年公布了2件转载最不满意的事")
    assert "市某部门" in said(own)


def test_units_and_places_lead_to_their_pages_where_there_are_any() -> None:
    units = [
        {"id": f"u{n}", "name": f"示例单位{name}", "aliases": (), "source": "gov"} for n, name in enumerate("甲乙")
    ]
    rows = {**YEAR, "grievance_tasks": [task(1, 1, "2021-06-30", "2021-06-30", region="510903")]}
    thing_page = html(site(**rows, units=units), "grievances/2021/g01/")
    # The partner leads nothing.
    assert {a["href"] for a in thing_page.find_all("a", string="示例单位甲")} == {"../../../units/2021/u0/"}
    assert [a["href"] for a in thing_page.find_all("a", string="东山区")] == ["../../../regions/2021/r510903/"]
    assert not thing_page.find_all("a", string="示例单位乙")
    year = html(site(**rows, units=units), "grievances/2021/")
    assert {a["href"] for a in year.find_all("a", string="示例单位甲")} == {"../../units/2021/u0/"}


# --- the answer first -----------------------------------------------------------------------------------------


def test_a_year_begins_with_how_many_are_in_which_state() -> None:
    found = site(**YEAR, control_totals=[control("grievances/2021/all/count", "10", "件", as_of="2021-12-31")])
    for path in ("grievances/", "grievances/2021/"):
        assert said(html(found, path).find(class_="lede")) == (
            "2021年定下10件最不满意的事：1件已办结，1件重新打开，1件未报送；其中1件滞后（截至2021-12-31）。"
            "最近一次调查合计问了438人，81.5%说满意或基本满意。"
        )
    assert pages(found)["grievances/2021/"].description == (
        f"甲市 2021 年群众最不满意的事，10{T}件：1{T}件已办结，1{T}件重新打开，1{T}件未报送；其中 1{T}件滞后。"
    )


def test_a_thing_begins_with_where_it_stands() -> None:
    found = site(**YEAR)
    ledes = [said(html(found, f"grievances/2021/g{n:02d}/").find(class_="lede")) for n in (1, 2, 3)]
    assert ledes == [
        "●已办结：到12月底整治做了100.0%（截至2021-12-31）。最近一次调查，82.5%说满意或基本满意。",
        (
            "◆重新打开▼滞后，已过时限：到12月底整治做了70.0%，时间已过100.0%（截至2021-12-31）。"
            "最近一次调查，71.1%说满意或基本满意。"
        ),
        "–未报送（截至2021-12-31）。这件事还没有做过满意度调查。",
    ]


def test_the_life_of_a_thing_is_told_in_order() -> None:
    about = {"year": 2021, "grievance": 2, "source": "gov", "project": Missing.NOT_APPLICABLE, "region": "510903"}
    found = site(
        **YEAR,
        inspections=[{
            **about, "month": "2021-09", "number": 7, "method": "季核查", "kind": "质量", "problem": "夜里还在施工",
            "lead": "示例单位甲", "found": "2021-09-12", "deadline": "2021-09-30", "mended": None, "result": None,
        }],
        updates=[{
            **about, "number": 12, "date": "2021-09-20", "kind": "工作动态", "title": "夜查工地", "text": "查了",
            "unit": None,
        }],
    )  # fmt: skip
    page = html(found, "grievances/2021/g02/")
    order = ["found", "chosen", "decided", "tasks", "months", "inspections", "satisfaction", "updates", "sources"]
    assert [s.get("id") for s in page.find_all("section")] == order
    assert "夜里还在施工" in said(page.find(id="inspections"))
    assert "还没有改好" in said(page.find(id="inspections"))
    assert [a["href"] for a in page.find(id="updates").find_all("a")] == ["../../../updates/2021/n012/"]
    assert "../../../inspections/2021/" in [a["href"] for a in page.find(id="inspections").find_all("a")]
    # Nothing was found about other things, and that is said; there is no news of them.
    other = html(found, "grievances/2021/g01/")
    assert said(other.find(id="inspections")) == "督查发现的问题2021年的督查没有查到这件事的问题。当年查到的全部问题"
    assert not other.find(id="updates")
    # Where nothing is known of inspections, nothing is said of them.
    assert not html(site(**YEAR), "grievances/2021/g01/").find(id="inspections")


def test_the_ballot_says_the_place_and_the_title_it_had() -> None:
    page = html(site(**YEAR), "grievances/2021/g01/")
    assert said(page.find(id="chosen")) == "公开票选得50票，在4个候选里排第1，定下来整治。票选时的名称是“车位少”。"
    assert page.find(id="chosen").find("data", {"data-figure": "grievances/2021/g01/rank"}).text == "1"
    assert "票选时的名称" not in said(html(site(**YEAR), "grievances/2021/g02/").find(id="chosen"))


def test_without_all_votes_the_ballot_says_no_place() -> None:
    page = html(site(**{**YEAR, "votes": [vote(1, 30, 1), vote(2, NOT)]}), "grievances/2021/g01/")
    assert said(page.find(id="chosen")).startswith("公开票选得30票，定下来整治。")


def test_what_a_unit_says_and_what_the_figures_say_stand_side_by_side() -> None:
    rows = {**YEAR, "grievance_tasks": [task(1, 1, "2022-01-30", None)]}
    page = html(site(**rows), "grievances/2021/g01/")
    assert "单位填报的是“已办结”；按进度和任务判定是“整治中”，因为还有任务没有完成" in said(page)
    assert "单位填报：已办结" in said(html(site(**rows), "grievances/2021/").find(id="things"))
    assert "单位填报的是" not in said(html(site(**YEAR), "grievances/2021/g01/"))


@pytest.mark.parametrize(
    ("sample", "satisfied", "fair", "words"),
    [
        (400, 176, 154, "问了400人，82.5%说满意或基本满意。全体群众里说满意或基本满意的，大约在78.5%到"),
        (99, 40, 40, "只问了99人，人数少，结果只能参考：80.8%说满意或基本满意。全体群众里"),
        (38, 14, 13, "只问了38人，人数少，结果只能参考：71.1%说满意或基本满意。全体群众里"),
    ],
)  # fmt: skip
def test_the_interval_in_plain_words(sample: int, satisfied: int, fair: int, words: str) -> None:
    rows = {"grievances": [thing(1)], "satisfaction": [survey(1, 1, sample, satisfied, fair)]}
    text = said(html(site(**rows), "grievances/2021/g01/").find(id="satisfaction"))
    assert f"最近一次{words}" in text
    assert re.search("全体群众里说满意或基本满意的，大约在[0-9.]+%到[0-9.]+%之间（95%）", text)


def test_nothing_follows_for_everybody_from_answers_that_people_chose_to_give() -> None:
    rows = {
        "grievances": [thing(1), thing(2)],
        "satisfaction": [
            survey(1, 1, 400, 120, 150), survey(1, 2, 1200, 400, 500, method="网上问卷"), survey(2, 1, 400, 120, 150)
        ],
    }  # fmt: skip
    found = site(**rows)
    part = html(found, "grievances/2021/g01/").find(id="satisfaction")
    assert "75.0%说满意或基本满意。这次是自愿填答的，只代表愿意答的人，不能推算到全体群众。" in said(part)
    assert [said(r).count("不推算") for r in part.find_all("tr")] == [0, 0, 2]
    assert "区间对它不成立" in said(part)
    chart = picture(pages(found)["grievances/2021/g01/"], "satisfaction")
    assert chart.finding == f"第 2 次（8月）：75.0{T}%满意或基本满意，只代表愿意答的人"
    assert [(r["low"] is None, r["shown"]) for r in chart.rows] == [
        (False, f"67.5{T}%"), (True, f"75.0{T}%，自愿填答")
    ]  # fmt: skip
    year = html(found, "grievances/2021/").find(id="satisfaction")
    assert [said(r).count("不推算") for r in year.find_all("tr")] == [0, 2, 0]
    assert "区间对它不成立" in said(year)
    other = html(found, "grievances/2021/g02/").find(id="satisfaction")
    assert "不成立" not in said(other)


def test_missing_is_said_by_its_kind() -> None:
    rows = {
        "grievances": [thing(1), thing(2)],
        "grievance_origins": [origin(1, "来信", Missing.NOT_APPLICABLE), origin(1, "来访", NOT)],
        "grievance_progress": [month(1, 11, 5), month(1, 12, NOT), month(2, 12, 7)],
        "satisfaction": [survey(1, 1, 400, NOT, 3)],
    }
    page = html(site(**rows), "grievances/2021/g01/")
    assert [said(r) for r in page.find(id="found").find_all("tr")[1:3]] == ["来信不涉及", "来访未报送"]
    assert "12月底未报送" in said(page.find(id="months"))
    assert "未报送" in said(page.find(id="satisfaction"))
    assert "还没有做过满意度调查" not in said(page)
    assert "没有调查" in said(html(site(**rows), "grievances/2021/").find(id="things"))


def test_every_link_of_a_row_leads_to_that_row() -> None:
    found = heavy()
    for path in pages(found):
        page = html(found, path)
        for row in page.find_all("tr", attrs={"data-row": True}):
            links = [a["href"] for a in row.find_all("a") if a["href"].startswith("#")]
            assert links == [f"#{row['id']}"], path


def test_pages_can_be_found_by_what_people_type() -> None:
    found = pages(site(**YEAR, units=[{"id": "u1", "name": "示例单位甲", "aliases": ("旧甲",), "source": "gov"}]))
    thing_page = found["grievances/2021/g01/"]
    for word in ("第 1 件", "示例单位甲", "旧甲", "示例单位乙", "车位少", "2021 年"):
        assert word in (thing_page.search or "")
    assert "十件事" in (found["grievances/"].search or "")
    assert "噪声" in (found["grievances/2021/"].search or "")


# --- pictures ---------------------------------------------------------------------------------------------------


def test_missing_is_no_mark_in_a_picture() -> None:
    page = pages(site(**YEAR))["grievances/2021/"]
    rows = picture(page, "-progress").rows
    assert [(r["work"], r["shown"]) for r in rows] == [
        (100.0, f"100.0{T}%，已办结"), (70.0, f"70.0{T}%，重新打开，滞后"), (None, "未报送")
    ]  # fmt: skip
    assert [r["left"] for r in rows] == [False, False, False]
    months = picture(pages(site(**YEAR))["grievances/2021/g03/"], "months").rows
    assert [r["value"] for r in months if r["series"] == "整治进度"] == [10.0, None]


def test_a_full_bar_with_a_task_left_does_not_look_settled() -> None:
    for deadline, words in (("2021-12-31", f"100.0{T}%，任务没完，滞后"), ("2022-06-30", f"100.0{T}%，任务没完")):
        rows = {
            "grievances": [thing(1, deadline=deadline), thing(2)], "grievance_tasks": [task(1, 1, "2022-01-30", None)],
            "grievance_progress": [month(1, 12, 100), month(2, 12, 100)],
        }  # fmt: skip
        chart = picture(pages(site(**rows))["grievances/2021/"], "-progress")
        assert [(r["left"], r["shown"]) for r in chart.rows] == [(True, words), (False, f"100.0{T}%，已办结")]
        assert "空心的条：还有任务没有完成" in chart.measure
    assert "空心" not in picture(pages(site(**YEAR))["grievances/2021/"], "-progress").measure


def test_words_at_the_ends_of_two_lines_stay_apart_and_inside() -> None:
    for share_done in (0, 1, 50, 99, 100):
        rows = {"grievances": [thing(1)], "grievance_progress": [month(1, 3, share_done), month(1, 12, share_done)]}
        ends = [r["at"] for r in picture(pages(site(**rows))["grievances/2021/g01/"], "months").rows if r["tag"]]
        assert abs(ends[0] - ends[1]) >= 12
        assert all(0 <= at <= 100 for at in ends)


def test_every_picture_of_a_heavy_year_can_be_drawn() -> None:
    drawn = [chart for page in pages(heavy()).values() for chart in page.charts]
    assert len(drawn) >= 10
    for chart in drawn:
        assert charts.draw(chart).keys() == {"wide", "narrow", "spec"}
        assert chart.demo


def test_a_place_says_of_its_tasks_what_the_page_of_the_thing_says() -> None:
    days = [("2021-06-30", "2021-06-30"), ("2021-06-30", "2021-07-01"), ("2021-12-20", None), ("2022-02-28", None)]
    tasks = [task(1, n, *d, region="510903") for n, d in enumerate(days, 1)]
    elsewhere = task(1, 5, "2021-06-30", None, region="510904")
    found = site(**{**YEAR, "grievance_tasks": [*tasks, elsewhere]})
    words = ["按时完成", "晚于计划完成", "逾期，没有完成", "没有完成"]
    assert [t["state"]["word"] for t in ties.tasks_in(Shown(found, 2021), "510903")] == words
    page = pages(found)["grievances/2021/g01/"]
    assert [t["status"]["word"] for t in page.data["tasks"]] == [*words, "逾期，没有完成"]
