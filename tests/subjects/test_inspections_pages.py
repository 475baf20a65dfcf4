"""Pages of inspections: what they claim is what their figures say; every problem stands there with its address."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections import defaultdict
from fractions import Fraction
from typing import Any

import pytest
from bs4 import BeautifulSoup

from generator.model import Chart, Page
from generator.subject import Site
from generator.subjects.inspections import pages as inspection_pages
from generator.subjects.inspections.pictures import days_finding, months_finding
from tests.subjects.money import UNITS, problem, project, site
from tests.subjects.staged import soup
from tests.toy import control

T = "\u2009"
F = Fraction
OFFICIAL = [control(f"inspections/2021/all/{m}", "34", "个", as_of="2021-12-31") for m in ("found", "mended")]


def pages(found: Site) -> dict[str, Page]:
    return {p.path: p for p in inspection_pages.pages(found)}


def html(found: Site, path: str = "inspections/2021/") -> BeautifulSoup:
    return soup(found, pages(found)[path])


def picture(page: Page, name: str) -> Chart:
    return next(c for c in page.charts if c.id.endswith(name))


# --- what titles claim


@pytest.mark.parametrize(
    ("counts", "found", "mended", "finding"),
    [
        ([("3月", 4)], 4, 4, "3月发现最多（4 个），4 个都已改好"),
        ([("3月", 4), ("6月", 5)], 9, 7, "6月发现最多（5 个），9 个里改好了 7 个"),
        ([("3月", 5), ("5月", 1), ("6月", 5)], 11, 11, "3月、6月发现最多（各 5 个），11 个都已改好"),
        ([("3月", 2), ("6月", 2)], 4, 0, "各月都发现 2 个，4 个里改好了 0 个"),
    ],
)
def test_months_finding(counts: Any, found: int, mended: int, finding: str) -> None:
    assert months_finding(counts, found, mended) == finding


@pytest.mark.parametrize(
    ("known", "finding"),
    [
        ([], "还没有改好的问题"),
        ([(F(3), "甲", "3 天", 1)], "甲改好 1 个，用时的中位数是 3 天"),
        ([(F(3), "甲", "3 天", 3), (F(9), "乙", "9 天", 2)], "改好 3 个以上的不到两家，不比快慢"),
        ([(F(3), "甲", "3 天", 3), (F(3), "乙", "3 天", 5)], "改好 3 个以上的，用时的中位数都是 3 天"),
        (
            [(F(3), "甲", "3 天", 4), (F(9), "乙", "9 天", 3), (F(9), "丙", "9 天", 7), (F(1), "丁", "1 天", 2)],
            "改好 3 个以上的里，最快的是甲（4 个），中位数 3 天，最慢的是乙（3 个）、丙（7 个），中位数 9 天",
        ),
    ],
)
def test_days_finding(known: Any, finding: str) -> None:
    assert days_finding(known) == finding


def generated(rng: random.Random) -> list[dict[str, Any]]:
    """A year of problems: some open, some late, days that tie."""
    rows = []
    for number in range(1, rng.randint(2, 25)):
        found = dt.date(2021, rng.randint(1, 12), rng.randint(1, 28))
        took = rng.choice((None, rng.randint(0, 12), rng.randint(0, 80)))
        mended = None if took is None else (found + dt.timedelta(days=took)).isoformat()
        deadline = (found + dt.timedelta(days=rng.randint(0, 40))).isoformat() if rng.random() < 0.8 else None
        where = {"lead": rng.choice(UNITS)["name"], "region": rng.choice(("510903", "510904"))}
        kind = rng.choice(("进度", "资金", "质量", "资料"))
        rows.append(problem(number, found.isoformat(), mended, deadline, kind=kind, **where))
    return rows


@pytest.mark.parametrize("seed", range(15))
def test_titles_follow_from_the_rows_however_these_fall(seed: int) -> None:
    """Each claim is worked out again from the rows and compared with the words of the title."""
    rows = generated(random.Random(seed))
    page = pages(site(inspections=rows))["inspections/2021/"]
    by_month: dict[int, int] = defaultdict(int)
    for row in rows:
        by_month[int(row["found"][5:7])] += 1
    title = picture(page, "months").finding
    mended = sum(bool(r["mended"]) for r in rows)
    assert (f"{len(rows)} 个都已改好" in title) == (mended == len(rows))
    if mended < len(rows):
        assert title.endswith(f"{len(rows)} 个里改好了 {mended} 个")
    most = max(by_month.values())
    assert f"{most} 个" in title
    if not title.startswith("各月"):
        named = {int(n) for n in re.findall(r"(\d+)月", title)}
        assert named == {m for m, n in by_month.items() if n == most}
    for name, column, ending in (("kinds", "kind", "问题"), ("units", "lead", "")):
        title = picture(page, name).finding
        known, counts = {}, {}
        for label in {r[column] for r in rows}:
            took = sorted(
                (dt.date.fromisoformat(r["mended"]) - dt.date.fromisoformat(r["found"])).days
                for r in rows if r[column] == label and r["mended"]
            )  # fmt: skip
            if took:
                counts[f"{label}{ending}"] = len(took)
                known[f"{label}{ending}"] = (took[(len(took) - 1) // 2] + took[len(took) // 2]) / 2
        firm = {k: v for k, v in known.items() if counts[k] >= 3}
        said = re.fullmatch(r".+，?最快的是(.+)，中位数 ([\d.]+)\u2009天，最慢的是(.+)，中位数 ([\d.]+)\u2009天", title)
        if said:
            for names, days, end in ((said[1], said[2], min), (said[3], said[4], max)):
                assert float(days) == end(firm.values())
                assert set(names.split("、")) == {f"{k}（{counts[k]} 个）" for k, v in firm.items() if v == float(days)}
        elif "不比快慢" in title:
            assert len(known) > 1 > len(firm) - 1
        else:
            assert len(set(firm.values())) == 1 or len(known) <= 1, title


# --- what is drawn


def test_every_problem_that_is_mended_is_a_dot() -> None:
    rows = [
        problem(1, "2021-03-01", "2021-03-11", "2021-03-05"), problem(2, "2021-03-01", "2021-03-11", "2021-03-20"),
        problem(3, "2021-03-01", None), problem(4, "2021-05-01", None, kind="资金"),
    ]  # fmt: skip
    chart = picture(pages(site(inspections=rows))["inspections/2021/"], "kinds")
    dots = [(r["label"], r["days"], r["late"]) for r in chart.rows if not r["shown"]]
    assert sorted(dots, key=str) == sorted(
        [("进度问题", 10, True), ("进度问题", 10, False), ("进度问题", None, False), ("资金问题", None, False)], key=str
    )
    drawn = chart.draw(chart.rows, 640)["datasets"]["rows"]
    assert len({r["lane"] for r in drawn if r["days"] == 10}) == 2  # side by side, not one on the other
    words = {r["label"]: r["shown"] for r in chart.rows if r["shown"]}
    assert words == {"进度问题": f"中位数 10{T}天", "资金问题": "都没有改好"}
    assert chart.measure.endswith("没有改好的 2 个不在图上")


# --- what stands on the page


def test_the_first_sentence_is_the_answer() -> None:
    rows = [problem(1, "2021-03-01", "2021-03-11"), problem(2, "2021-03-01", None)]
    lede = html(site(inspections=rows, control_totals=OFFICIAL)).find(class_="lede")
    assert lede is not None
    text = lede.get_text().replace("\u202f", T)
    assert (
        text
        == f"2021 年月调度、季核查发现 34{T}个问题官方，34{T}个已改好官方，一半在 10{T}天以内改好，截至 2021-12-31。"
    )
    alone = html(site(inspections=rows)).find(class_="lede")
    assert alone is not None
    assert f"发现 2{T}个问题，1{T}个已改好" in alone.get_text().replace("\u202f", T)


def test_each_problem_has_its_place_its_ties_and_its_state() -> None:
    rows = [
        problem(1, "2021-03-01", "2021-03-11", "2021-03-05", project=7, result="已经改"),
        problem(2, "2021-04-01", None, project=8),
    ]
    found = html(site(inspections=rows, projects=[project(7, "修路")]))
    first = found.find(id="i001")
    assert first is not None
    text = first.get_text(" ", strip=True)
    for words in ("问题1", "船山区", "示例单位甲", "▼ 超期改好", "2021-03-05", "已经改", "07 修路"):
        assert words in text
    link = first.find("a", string="07 修路")
    assert link is not None
    assert link["href"] == "../../projects/2021/p07/"  # type: ignore[index]
    second = found.find(id="i002")
    assert second is not None
    assert "◐ 正在改" in second.get_text()
    assert second.find("a") is None  # a project that is not listed has no page; what is open has no days
    assert [li["id"] for li in found.select(".entry")] == ["i002", "i001"]


def test_published_totals_alone_make_a_page_and_nothing_makes_none() -> None:
    found = site(control_totals=OFFICIAL)
    page = pages(found)["inspections/2021/"]
    assert (page.demo, page.charts) == (False, ())
    assert html(found).find("table") is None
    assert pages(site()) == {}
    part = site(control_totals=[control("inspections/2021/u1/found", "3", "个")])
    assert "还没有公布" in html(part).get_text()


def test_the_list_of_years_newest_first() -> None:
    rows = [problem(1, "2021-03-01", None), problem(1, "2020-03-01", None, year=2020)]
    page = pages(site(inspections=rows))["inspections/"]
    assert [y["href"] for y in page.data["years"]] == ["inspections/2021/", "inspections/2020/"]
    assert "2021 年月调度" in html(site(inspections=rows), "inspections/").get_text()


def test_search_knows_the_units_and_their_old_names() -> None:
    units = [{**UNITS[0], "aliases": ("示例旧单位",)}, UNITS[1]]
    search = pages(site(inspections=[problem(1, "2021-03-01", None)], units=units))["inspections/2021/"].search
    assert search is not None
    assert "示例单位甲 示例旧单位" in search
    assert "示例单位乙" not in search
