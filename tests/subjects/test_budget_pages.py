"""Pages of the money: what they claim is what their figures say; every gap, tie and missing part is shown as such."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from bs4 import BeautifulSoup

from generator import charts, plan
from generator.model import Chart, Figure, Missing, Page
from generator.origins import Rows
from generator.subject import Site
from generator.subjects import SUBJECTS
from generator.subjects.budget import pages as budget_pages
from generator.subjects.budget.pictures import chain_finding, spread_finding
from generator.view import address, value
from tests.subjects import money
from tests.subjects.money import WAN, progress, project, row, site
from tests.subjects.staged import soup
from tests.toy import control, figure

T = "\u2009"
YI = 100 * 100 * WAN
NOT = Missing.NOT_REPORTED
YEARBOOK = tuple(
    control(f"budget/2021/all/{m}", v, "亿元", as_of="2021-12-31", precision="约")
    for m, v in (("allocated", "32.14"), ("issued", "34.17"), ("paid", "32.4"))
)


def pages(found: Site) -> dict[str, Page]:
    return {p.path: p for p in plan.pages(found, SUBJECTS, Rows(found.tables))}


def picture(page: Page, name: str) -> Chart:
    return next(c for c in page.charts if c.id.endswith(name))


def html(found: Site, path: str) -> BeautifulSoup:
    return soup(found, pages(found)[path])


def percent(value: Fraction) -> str:
    """A rate as it is shown, worked out another way than the program does."""
    exact = Decimal(value.numerator * 100) / Decimal(value.denominator)
    return f"{exact.quantize(Decimal('0.01'), rounding=ROUND_HALF_UP):,}{T}%"


# --- what titles claim


def rate(value: Fraction | None) -> Figure:
    return figure("budget/2021/all/paid_rate", value, "%")


F = Fraction


@pytest.mark.parametrize(
    ("issued", "paid", "finding"),
    [
        (F(3417, 3214), F(3240, 3214), f"下达率 106.32{T}%、拨付率 100.81{T}%，都超过安排"),
        (F(9, 10), F(11, 10), f"下达率 90.00{T}%、拨付率 110.00{T}%，拨付超过安排"),
        (F(1), F(11, 10), f"下达率 100.00{T}%、拨付率 110.00{T}%，拨付超过安排"),
        (F(11, 10), F(9, 10), f"下达率 110.00{T}%、拨付率 90.00{T}%，拨付还没有达到安排"),
        (F(1), F(1), f"下达率 100.00{T}%、拨付率 100.00{T}%，拨付与安排持平"),
        # What is shown as 100.00 % is not said to be above or below it.
        (F(1), F(100001, 100000), f"下达率 100.00{T}%、拨付率 100.00{T}%，拨付与安排持平"),
        (F(11, 10), F(99999, 100000), f"下达率 110.00{T}%、拨付率 100.00{T}%，拨付与安排持平"),
        (F(100001, 100000), F(11, 10), f"下达率 100.00{T}%、拨付率 110.00{T}%，拨付超过安排"),
        (F(11, 10), None, f"下达率 110.00{T}%"),
        (None, F(9, 10), f"拨付率 90.00{T}%，拨付还没有达到安排"),
        (None, F(11, 10), f"拨付率 110.00{T}%，拨付超过安排"),
        (F(0), F(0), f"下达率 0.00{T}%、拨付率 0.00{T}%，拨付还没有达到安排"),
        (None, None, "还没有可比的数"),
    ],
)
def test_chain_finding(issued: Fraction | None, paid: Fraction | None, finding: str) -> None:
    assert chain_finding(rate(issued), rate(paid)) == finding


def test_chain_finding_without_figures() -> None:
    assert chain_finding(None, None) == "还没有可比的数"
    assert chain_finding(None, rate(F(1, 2))) == f"拨付率 50.00{T}%，拨付还没有达到安排"


@pytest.mark.parametrize(
    ("rated", "finding"),
    [
        ([], "还没有可比的拨付率"),
        ([(F(1), "市", "100 %")], "市的拨付率是 100 %"),
        ([(F(1), "市", "100 %"), (F(1), "县", "100 %")], "拨付率都是 100 %"),
        ([(F(100001, 100000), "市", "100 %"), (F(1), "县", "100 %")], "拨付率都是 100 %"),
        ([(F(1), "市", "100 %"), (F(2), "县", "200 %")], "拨付率最高的是县（200 %），最低的是市（100 %）"),
    ],
)
def test_spread_finding(rated: list[tuple[Fraction, str, str]], finding: str) -> None:
    assert spread_finding(rated) == finding


def test_findings_say_what_the_rows_say() -> None:
    """Worked out again from the rows, another way."""
    rows = [
        row(n, place, level, month, a * YI, a * YI, paid * YI)
        for month, share in (("2021-11", 1), ("2021-12", 2))
        for n, place, level, a, paid in (
            (1, "510903", "中央", 10, 3 * share), (2, "510904", "省", 10, 7 * share),
            (3, "local-hedong", "市", 20, 9 * share)
        )
    ]  # fmt: skip
    page = pages(site(rows))["budget/2021/"]
    assert picture(page, "chain").finding == f"下达率 100.00{T}%、拨付率 {percent(F(38, 40))}，拨付还没有达到安排"
    assert (
        picture(page, "all-months").finding == f"到 12月底，各项目合计拨付 38.00{T}亿元，为安排的 {percent(F(38, 40))}"
    )
    assert (
        picture(page, "levels").finding
        == f"拨付率最高的是省（{percent(F(14, 10))}），最低的是中央（{percent(F(6, 10))}）"
    )
    assert picture(page, "regions").finding == (
        f"拨付率最高的是安居区（{percent(F(14, 10))}），最低的是船山区（{percent(F(6, 10))}）"
    )  # fmt: skip
    # 3 projects: 140 %, 90 %, 60 % of what was planned, at the end of the year.
    assert picture(page, "rates").finding == "3 个项目：1 个拨付超过安排，2 个低于序时进度"
    assert [r["label"] for r in picture(page, "rates").rows] == ["02 项目2", "03 项目3", "01 项目1"]
    assert [line["label"] for line in page.data["regions"]] == ["河东新区", "船山区", "安居区"]


def test_nothing_paid_anywhere_is_no_error() -> None:
    rows = [
        row(n, place, level, "2021-01", 10 * WAN, NOT, NOT)
        for n, (place, level) in enumerate((("510903", "省"), ("510904", "市")), 1)
    ]
    page = pages(site(rows))["budget/2021/"]
    assert picture(page, "levels").finding == "还没有可比的拨付率"
    assert picture(page, "all-months").finding == "1月的拨付未报送"
    assert picture(page, "chain").finding == "还没有可比的数"
    assert picture(page, "rates").finding == "2 个项目：0 个拨付超过安排，0 个低于序时进度"
    # Missing is not zero: there is no bar and no tick.
    assert [(r["issued"], r["paid"]) for r in picture(page, "regions").rows] == [(None, None)] * 2
    assert [r["share"] for r in picture(page, "chain").rows] == [1.0, None, None]
    for chart in page.charts:
        assert charts.draw(chart).keys() == {"wide", "narrow", "spec"}


def test_a_month_with_gaps_is_hollow_and_said() -> None:
    rows = [
        row(n, "510903", "市", f"2021-{m:02d}", WAN, WAN, NOT if (n, m) == (1, 2) else m * WAN)
        for n in (1, 2)
        for m in (1, 2, 3)
    ]
    found = pages(site(rows))
    chart = picture(found["budget/2021/"], "all-months")
    paid = {r["month"]: (r["value"], r["whole"]) for r in chart.rows if r["series"] == "拨付"}
    assert paid == {1: (2.0, True), 2: (2.0, False), 3: (6.0, True)}
    assert chart.measure == "年初以来累计，万元；空心点的月份数据不全（2月），不连线"
    assert picture(found["budget/2021/p02/"], "months").measure == "年初以来累计，万元"
    own = picture(found["budget/2021/p01/"], "months")
    assert [r["value"] for r in own.rows if r["series"] == "拨付"] == [1.0, None, 3.0]


@pytest.mark.parametrize(("fen", "unit", "drawn"), [(YI, "亿元", 1.0), (YI // 2 - WAN, "万元", 4_999.0)])
def test_sums_are_drawn_in_what_they_are_told_in(fen: int, unit: str, drawn: float) -> None:
    rows = [row(1, place, "市", "2021-12", fen, fen, fen) for place in ("510903", "510904")]
    page = pages(site(rows))["budget/2021/"]
    for name, field in (("regions", "allocated"), ("all-months", "value")):
        chart = picture(page, name)
        assert unit in chart.measure
        assert {f.unit for f in chart.fields if f.id == field} == {unit}
        assert max(r[field] for r in chart.rows) == drawn * (2 if name == "all-months" else 1)


def test_numbers_beside_the_lines_are_exact() -> None:
    # 32.145 亿 is 32.144999… in binary; the table beside the picture says 32.15.
    rows = [row(1, "510903", "市", "2021-12", 321_450_000_000, 321_450_000_000, 321_450_000_000)]
    page = pages(site(rows))["budget/2021/"]
    tags = [r["tag"] for r in picture(page, "all-months").rows]
    assert tags == ["安排 32.15", "下达 32.15", "拨付 32.15"]
    assert page.data["sums"][2]["prose"] == f"32.15{T}亿元"


def test_labels_at_the_lines_ends_do_not_cover_each_other() -> None:
    rows = [row(1, "510903", "市", "2021-12", 100 * YI, 100 * YI, 99 * YI)]
    chart = picture(pages(site(rows))["budget/2021/"], "all-months")
    heights = sorted(r["at"] for r in chart.rows if r["tag"])
    assert all(b - a >= 7 for a, b in pairwise(heights))


def test_an_undated_year_has_no_months_and_claims_no_lateness() -> None:
    rows = [row(n, "510903", "未分", None, 100 * WAN, 90 * WAN, 80 * WAN) for n in (1, 2)]
    found = site(rows)
    page = pages(found)["budget/2021/"]
    assert not [c for c in page.charts if c.id.endswith("months")]
    assert picture(page, "rates").finding == "2 个项目：0 个拨付超过安排"
    text = html(found, "budget/2021/").get_text()
    assert "序时" not in text
    assert "截至时间未注明" in text


# --- what pages show


def test_official_block_above_and_demonstration_below() -> None:
    rows = [row(n, p, "市", "2021-12", YI, YI, YI, source="demo") for n, p in ((1, "510903"), (2, "510904"))]
    found = site(rows, control_totals=YEARBOOK)
    page = pages(found)["budget/2021/"]
    assert (page.demo, page.data["official"], page.data["demo_split"]) == (True, True, True)
    assert {m: v["prose"] for m, v in page.data["headline"].items()} == {
        "allocated": f"32.14{T}亿元", "issued": f"34.17{T}亿元", "paid": f"32.40{T}亿元", "issued_rate": f"106.32{T}%",
        "paid_rate": f"100.81{T}%",
    }  # fmt: skip
    assert picture(page, "chain").demo is False
    assert [c.demo for c in page.charts if not c.id.endswith("chain")] == [True] * (len(page.charts) - 1)
    soup = html(found, "budget/2021/")
    assert soup.find("aside", class_="banner-demo")
    shown = {d["data-figure"]: d["value"] for d in soup.find_all("data")}
    assert shown["budget/2021/all/paid"] == "3240000000.00"
    assert shown["budget/2021/all/paid_sum"] == "200000000.00"
    divider = soup.find(id="splits")
    assert divider is not None
    above = [d["data-figure"] for d in divider.find_all_previous("data")]
    below = [d["data-figure"] for d in divider.find_all_next("data")]
    assert all(i.startswith("budget/2021/all/") and not i.endswith("_sum") for i in above)
    assert not set(above) & set(below)


def test_every_figure_shown_has_its_value_and_leads_to_its_rows() -> None:
    found = money.heavy(projects=3)
    seen = 0
    for path in pages(found):
        if not path.startswith("budget/") or "/origin/" in path:
            continue
        for data in html(found, path).find_all("data"):
            known = found.figures[data["data-figure"]]
            assert data["value"] == (value(known) or ""), (path, known.id)
            link = data.find_parent("a")
            if link is not None:
                assert link["href"].split("#")[1] == address(known).split("#")[1]
            seen += 1
    assert seen > 300


def test_tables_are_whole_when_only_some_regions_report_targets() -> None:
    rows = [row(1, p, "市", "2021-12", WAN, WAN, WAN) for p in ("510903", "510904")]
    for reported in ("510903", "510904"):
        found = site(rows, project_progress=[progress(1, reported, "2021-12", 7, 5)])
        for path in ("budget/2021/", "budget/2021/p01/"):
            for table in html(found, path).find_all("table"):
                widths = {len(r.find_all(["th", "td"])) for r in table.find_all("tr")}
                assert len(widths) == 1, (path, table.caption)
        text = html(found, "budget/2021/p01/").find(id="regions").get_text("|")  # type: ignore[union-attr]
        assert "未报送" in text


def test_projects_and_their_neighbours() -> None:
    found = site(
        [row(n, "510903", "市", "2021-12", WAN, WAN, WAN) for n in (1, 2, 9)],
        projects=[project(n) for n in (1, 2, 5, 9)],
    )
    paths = [p for p in pages(found) if p.startswith("budget/2021/p") and "origin" not in p]
    assert paths == ["budget/2021/p01/", "budget/2021/p02/", "budget/2021/p09/"]
    page = pages(found)["budget/2021/p02/"]
    assert all(n["href"] in paths for n in page.data["nearby"])
    assert (page.data["number"], page.section, page.as_of) == (2, "budget/", "2021-12")


def test_extras_of_another_list() -> None:
    totals = [control(f"budget/2021/q20+r510900/{m}", v, published="2021-05-12") for m, v in (
        ("allocated", "780"), ("issued", "730.60"), ("paid", "448.32"),
    )]  # fmt: skip
    counts = [control("projects/2021/q20+r510900/target", "7", "处", published="2021-05-12")]
    found = site(control_totals=[*YEARBOOK, *totals, *counts])
    (extra,) = pages(found)["budget/2021/"].data["extras"]
    assert (extra["where"], extra["date"]) == ("遂宁市", "截至时间未注明，2021-05-12 公布")
    assert [c["prose"] for c in extra["cells"]] == [
        f"780.00{T}万元", f"730.60{T}万元", f"448.32{T}万元", percent(F(73060, 78000)), percent(F(44832, 78000)),
    ]  # fmt: skip
    assert "448.32" in html(found, "budget/2021/").get_text()


@pytest.mark.parametrize(
    "totals",
    [
        (), YEARBOOK[:1], YEARBOOK[1:], [control("budget/2021/p07/allocated", "1")],
        [control("budget/2021/r510903/paid", "1")], [control("budget/2021/all/allocated", "0")],
    ],
)  # fmt: skip
@pytest.mark.no_cover  # whole builds, again and again; other tests measure them
@pytest.mark.parametrize("rows", [(), [row(1, "510903", "市", "2021-12", WAN, WAN, WAN)]])
def test_odd_sets_of_totals_make_whole_pages(totals: Any, rows: Any) -> None:
    found = site(rows, control_totals=totals)
    for page in pages(found).values():
        assert soup(found, page).find("h1"), page.path


def test_the_list_of_years_newest_first() -> None:
    rows = [row(1, "510903", "市", f"{y}-12", WAN, WAN, WAN, year=y) for y in (2020, 2021)]
    found = site(rows, projects=[project(1), project(1, year=2020)])
    page = pages(found)["budget/"]
    assert [y["year"] for y in page.data["years"]] == [2021, 2020]
    assert [y["href"] for y in page.data["years"]] == ["budget/2021/", "budget/2020/"]
    assert page.title == budget_pages.TITLE


def test_home_page_has_the_newest_year() -> None:
    rows = [row(1, "510903", "市", "2021-12", 2 * YI, 2 * YI, YI)]
    page = pages(site(rows))[""]
    assert (page.data["year"], page.data["headline"]["paid"]["prose"]) == (2021, f"1.00{T}亿元")
    assert pages(site())[""].data["headline"] == {}
    official = pages(site(rows, control_totals=YEARBOOK))[""]
    assert official.data["headline"]["paid"]["prose"] == f"32.40{T}亿元"


def test_descriptions_carry_the_numbers() -> None:
    page = pages(site(control_totals=YEARBOOK))["budget/2021/"]
    for text in ("32.14", "34.17", "32.40"):
        assert text in page.description
