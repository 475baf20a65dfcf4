"""News: what is counted, the list ten to a page, a page each, and what must hold."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup

from generator.measure import Figures
from generator.model import Kind, Level, Page
from generator.subject import Site
from generator.subjects.units import pages as unit_pages
from generator.subjects.updates import measures, rules
from generator.subjects.updates import pages as update_pages
from tests.subjects.money import draft, news, progress, project, site, tables
from tests.subjects.staged import soup
from tests.toy import control

T = "\u2009"
ROWS = (
    news(1, "2021-03-01", project=7, unit="示例单位甲"),
    news(2, "2021-04-15", kind="新闻发布会", source="gov"),
    news(3, "2021-05-01", project=7, region="510904", grievance=3),
)
OFFICIAL = (
    control("updates/2021/all/count", "600", "条", precision="余", as_of="2021-12-31"),
    control("updates/2021/all/conferences", "4", "场", as_of="2021-12-31"),
)


def pages(found: Site) -> dict[str, Page]:
    return {p.path: p for p in update_pages.pages(found)}


def html(found: Site, path: str) -> BeautifulSoup:
    return soup(found, pages(found)[path])


def words(found: Site, path: str) -> str:
    return " ".join(html(found, path).get_text(" ", strip=True).replace("\u202f", T).split(" "))


def many(n: int) -> list[dict[str, Any]]:
    return [news(i, f"2021-{1 + i // 28:02d}-{1 + i % 28:02d}") for i in range(1, n + 1)]


# --- figures


def test_what_is_listed_and_what_was_published_are_two_numbers() -> None:
    found = Figures(measures.figures(tables(updates=ROWS, control_totals=OFFICIAL)))
    assert {i.removeprefix("updates/2021/all/"): f.value for i, f in found.items()} == {
        "count": 600, "conferences": 4, "listed": 3, "conferences_sum": 1,
    }  # fmt: skip
    listed, conferences = found["updates/2021/all/listed"], found["updates/2021/all/conferences_sum"]
    assert [(r.key, r.rows) for r in listed.rows] == [("2021/*", 3)]
    assert [(r.key, r.rows) for r in conferences.rows] == [("2021/2", 1)]
    assert (listed.kind, conferences.kind, listed.as_of) == (Kind.DEMO, Kind.OFFICIAL, "2021-05-01")


def test_no_conference_is_no_figure() -> None:
    assert set(Figures(measures.figures(tables(updates=ROWS[:1])))) == {"updates/2021/all/listed"}
    assert set(Figures(measures.figures(tables()))) == set()


def test_paragraphs_are_parted_by_blank_lines() -> None:
    row = news(1, "2021-03-01", text="一\n二\n\n \n三\n\n")
    assert measures.paragraphs(row) == ["一 二", "三"]


def test_news_of_a_project_thing_region_and_unit_newest_first() -> None:
    found = tables(updates=ROWS)
    assert [n["id"] for n in measures.of_project(found, 2021, 7)] == ["n003", "n001"]
    assert [n["id"] for n in measures.of_grievance(found, 2021, 3)] == ["n003"]
    assert [n["id"] for n in measures.of_region(found, 2021, "510904")] == ["n003"]
    assert [n["id"] for n in measures.of_unit(found, 2021, "u1")] == ["n001"]
    assert measures.of_project(found, 2020, 7) == measures.of_unit(found, 2021, "u2") == []
    first = measures.of_project(found, 2021, 7)[0]
    assert (first["href"], first["first"], first["demo"]) == ("updates/2021/n003/", "第一段。", True)


# --- pages


@pytest.mark.parametrize(
    ("n", "sizes"), [(1, [1]), (10, [10]), (11, [10, 1]), (20, [10, 10]), (24, [10, 10, 4])]
)  # fmt: skip
def test_ten_to_a_page_each_piece_once_newest_first(n: int, sizes: list[int]) -> None:
    found = site(updates=many(n))
    paths = ["updates/2021/", *(f"updates/2021/page/{i}/" for i in range(2, len(sizes) + 1))]
    lists = [pages(found)[path].data for path in paths]
    assert [len(d["entries"]) for d in lists] == sizes
    assert f"updates/2021/page/{len(sizes) + 1}/" not in pages(found)
    shown = [e["date"] for d in lists for e in d["entries"]]
    assert shown == sorted(shown, reverse=True)
    assert {e["id"] for d in lists for e in d["entries"]} == {f"n{i:03d}" for i in range(1, n + 1)}
    whole = pages(found).get("updates/2021/all/")
    assert [e["date"] for e in whole.data["entries"]] == shown if whole else len(sizes) == 1
    around = [(d["pager"]["newer"], d["pager"]["older"]) for d in lists]
    assert around == list(zip([None, *paths[:-1]], [*paths[1:], None], strict=True))


def test_a_page_says_where_it_stands() -> None:
    found = site(updates=many(24))
    pager = html(found, "updates/2021/page/2/").find("nav", class_="pager")
    assert pager is not None
    assert pager.get_text("|", strip=True) == "上一页|第 2 页，共 3 页|下一页"
    assert [a["href"] for a in pager.find_all("a")] == ["../../", "../3/"]
    assert pages(found)["updates/2021/page/2/"].title.endswith("（第 2 页）")
    assert html(site(updates=many(3)), "updates/2021/").find("nav", class_="pager") is None


def test_the_first_sentence_says_that_the_list_is_a_selection() -> None:
    found = site(updates=ROWS, control_totals=OFFICIAL)
    lede = html(found, "updates/2021/").find(class_="lede")
    assert lede is not None
    text = lede.get_text().replace("\u202f", T)
    assert text == f"2021 年发布动态 600 余条官方，开新闻发布会 4{T}场官方，这里选登 3{T}条，截至 2021-12-31。"
    assert "这里选登" in words(found, "updates/")


def test_a_piece_of_news_has_its_text_ties_and_neighbours() -> None:
    found = site(updates=ROWS, projects=[project(7, "修路")])
    page = html(found, "updates/2021/n003/")
    story = page.find(class_="story")
    assert story is not None
    assert [p.get_text() for p in story.find_all("p")] == ["第一段。", "第二段。"]
    links = {a.get_text(): a["href"] for a in page.find_all("a")}
    assert links["07 修路"] == "../../../projects/2021/p07/"
    assert links["动态1"] == "../n001/"  # other news of the project
    assert links["动态2"] == "../n002/"  # the one before
    assert "安居区" in page.get_text()
    assert pages(found)["updates/2021/n003/"].data["newer"] is None
    assert pages(found)["updates/2021/n001/"].data["older"] is None


def test_places_and_units_are_linked_where_they_have_a_page() -> None:
    rows = [news(1, "2021-03-01", region="510904", unit="示例单位甲"), news(2, "2021-03-02", region="510903")]
    projects, reports = [project(7, "修路")], [progress(7, "510904", "2021-03", 5, 5)]
    page = html(site(updates=rows, projects=projects, project_progress=reports), "updates/2021/n001/")
    links = {a.get_text(): a["href"] for a in page.select("#about a")}
    assert links == {"安居区": "../../../regions/2021/r510904/", "示例单位甲": "../../../units/2021/u1/"}
    other = html(site(updates=rows, projects=projects, project_progress=reports), "updates/2021/n002/")
    assert other.find(id="about") is None


def test_a_unit_that_answers_only_for_one_of_the_ten_things_or_a_task_of_one_is_linked() -> None:
    rows = [news(1, "2021-03-01", unit="示例单位甲"), news(2, "2021-03-02", unit="示例单位乙")]
    units = [{"id": f"u{n}", "name": f"示例单位{name}", "source": "gov"} for n, name in enumerate("甲乙", 1)]
    thing = {"year": 2021, "number": 1, "title": "停车难", "lead": "示例单位甲", "source": "gov"}
    found = site(updates=rows, units=units, grievances=[thing])
    links = {a.get_text(): a["href"] for a in html(found, "updates/2021/n001/").select("#about a")}
    assert links == {"示例单位甲": "../../../units/2021/u1/"}
    assert html(found, "updates/2021/n002/").find(id="about") is None
    assert {f"units/2021/{u}/" for u in ("u1", "u2")} & {p.path for p in unit_pages.pages(found)} == {"units/2021/u1/"}
    task = {"year": 2021, "grievance": 1, "number": 1, "title": "划线", "lead": "示例单位乙", "planned": "2021-06-30"}
    found = site(updates=rows, units=units, grievances=[thing], grievance_tasks=[{**task, "source": "gov"}])
    links = {a.get_text(): a["href"] for a in html(found, "updates/2021/n002/").select("#about a")}
    assert links == {"示例单位乙": "../../../units/2021/u2/"}
    assert "units/2021/u2/" in {p.path for p in unit_pages.pages(found)}


def test_search_finds_news_by_what_people_know() -> None:
    rows = [news(1, "2021-03-01", project=7, region="510904", unit="示例单位甲")]
    found = site(
        updates=rows, projects=[project(7, "修路")],
        units=[{"id": "u1", "name": "示例单位甲", "aliases": ("示例旧单位",), "source": "gov"}],
    )  # fmt: skip
    search = pages(found)["updates/2021/n001/"].search
    assert search is not None
    for text in ("项目 7 号", "修路", "安居区", "示例单位甲", "示例旧单位", "工作动态"):
        assert text in search


def test_demonstration_and_official_news_do_not_mix() -> None:
    found = pages(site(updates=ROWS))
    assert [found[f"updates/2021/n00{n}/"].demo for n in (1, 2, 3)] == [True, False, True]
    assert found["updates/2021/"].demo
    assert not pages(site(control_totals=OFFICIAL))["updates/2021/"].demo


def test_published_totals_alone_make_a_page_and_nothing_makes_none() -> None:
    assert "600 余条" in words(site(control_totals=OFFICIAL), "updates/2021/")
    assert pages(site()) == {}
    assert "还没有公布" in words(site(control_totals=[control("updates/2021/u1/count", "3", "条")]), "updates/2021/")


# --- rules


def test_news_is_dated_in_its_year() -> None:
    rows = [*ROWS, news(4, "2022-01-02")]
    assert [(p.level, p.rule, p.row, p.column) for p in rules.date_in_year(draft(updates=rows))] == [
        (Level.ERROR, "date_in_year", 5, "日期")
    ]
    assert list(rules.date_in_year(draft(updates=ROWS))) == []


@pytest.mark.parametrize(
    ("figure", "value", "as_of", "agrees"),
    [
        ("conferences", "1", "2021-12-31", True), ("conferences", "4", "2021-12-31", False),
        ("conferences", "0", "2021-04-14", True), ("conferences", "1", None, True), ("count", "600", None, True),
    ],
)  # fmt: skip
def test_conferences_are_held_against_what_was_published_and_the_selection_is_not(
    figure: str, value: str, as_of: str | None, agrees: bool
) -> None:
    total = control(f"updates/2021/all/{figure}", value, "场", as_of=as_of)
    found = [(p.level, p.rule, p.row) for p in rules.as_published(draft(updates=ROWS, control_totals=[total]))]
    assert found == ([] if agrees else [(Level.WARNING, "control_total", 2)])
