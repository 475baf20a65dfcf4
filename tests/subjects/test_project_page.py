"""A project's own page: what its bars mean in words, its money, its silence and its neighbours."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from generator.schedule import Lifecycle, Pace
from generator.subjects.projects.project import means
from generator.subjects.projects.standing import Standing
from tests.sites import Built, Row

YEAR = "2021"
OTHERS = 5


def words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def standing(lifecycle: Lifecycle | None, pace: Pace | None = None, *, overdue: bool = False) -> Standing:
    return Standing("2021-06", Fraction(1, 2), Fraction(1, 2), lifecycle, pace, overdue)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (None, ""),
        (standing(None), ""),
        (standing(Lifecycle.DONE), "工作做完了"),
        (standing(Lifecycle.STOPPED), "项目终止了，不再比快慢"),
        (standing(Lifecycle.IDLE, Pace.ON), "工作还没有开始"),
        (standing(Lifecycle.IDLE, Pace.BEHIND), "工作落在时间后面，可能到时限做不完"),
        (standing(Lifecycle.ACTIVE, Pace.AHEAD), "工作走在时间前面"),
        (standing(Lifecycle.ACTIVE, Pace.ON), "工作和时间大致同步"),
        (standing(Lifecycle.ACTIVE, Pace.BEHIND), "工作落在时间后面，可能到时限做不完"),
        (standing(Lifecycle.ACTIVE, Pace.BEHIND, overdue=True), "工作落在时间后面，时限到了还没有做完"),
    ],
)
def test_what_the_difference_means(found: Standing | None, said: str) -> None:
    assert means(found) == said


def projects(built: Built) -> dict[int, Row]:
    return {int(p["编号"]): p for p in built.rows(f"projects/{YEAR}")}


def test_the_money_is_there_by_month_and_by_level(shipped: Built) -> None:
    money = shipped.rows(f"budget/{YEAR}")
    for number in projects(shipped):
        mine = [r for r in money if int(r["项目编号"]) == number]
        page = shipped.tree(f"projects/{YEAR}/p{number:02d}/")
        captions = {words(t.find("caption")): t for t in page.xpath("//section[@id='money']//table")}
        months = captions["年初以来累计"].findall("tbody/tr")
        assert len(months) == len({r["截至月份"] for r in mine})
        last = [d.get("data-figure") for d in months[-1].iter("data")]
        assert last[0] == f"budget/{YEAR}/p{number:02d}/allocated@2021-12"
        levels = [words(tr.find("th")) for tr in captions["由哪一级出"].findall("tbody/tr")]
        assert levels == [x for x in ("中央", "省", "市", "县", "其他") if x in {r["资金层级"] for r in mine}]


def test_who_is_responsible_and_how_long_it_has_been_silent(shipped: Built) -> None:
    progress = shipped.rows(f"project_progress/{YEAR}")
    for number, project in projects(shipped).items():
        (section,) = shipped.tree(f"projects/{YEAR}/p{number:02d}/").xpath("//section[@id='reports']")
        assert project["牵头单位"] in words(section)
        reported = [r for r in progress if int(r["项目编号"]) == number and r["报送日期"]]
        ids = [d.get("data-figure") for d in section.iter("data")]
        assert ids == ([f"projects/{YEAR}/p{number:02d}/report_age"] if reported else [])


def test_neighbours_share_the_unit_or_places(shipped: Built) -> None:
    found = projects(shipped)
    places: dict[int, set[str]] = {}
    for r in shipped.rows(f"project_progress/{YEAR}"):
        places.setdefault(int(r["项目编号"]), set()).add(r["区划代码"])
    for number, project in found.items():
        parts = shipped.tree(f"projects/{YEAR}/p{number:02d}/").xpath("//section[@id='near']/ul")
        lists = [[int(a.get("href").strip("./").lstrip("p")) for a in ul.iter("a")] for ul in parts]
        named = dict(
            zip(
                shipped.tree(f"projects/{YEAR}/p{number:02d}/").xpath("//section[@id='near']/h3/text()"),
                lists,
                strict=True,
            )
        )
        unit, same = named.get("同一个单位牵头的", []), named.get("在同样的地方办的", [])
        assert set(unit) <= {n for n, p in found.items() if p["牵头单位"] == project["牵头单位"]} - {number}
        assert unit or sum(p["牵头单位"] == project["牵头单位"] for p in found.values()) == 1
        assert all(places[n] & places[number] for n in same)
        most = max((len(places[n] & places[number]) for n in found if n not in (number, *unit)), default=0)
        assert not same or len(places[same[0]] & places[number]) == most
        assert len(unit) <= OTHERS
        assert len(same) <= OTHERS


def test_a_project_without_any_month_says_so(many: Built) -> None:
    page = many.tree(f"projects/{YEAR}/p300/")
    text = words(page.get_element_by_id("content"))
    assert "未报送" in words(page.xpath("//p[@class='lede']")[0])
    assert "（）" not in text
    assert "没有报送日期的记录" in text
    assert not page.xpath("//figure[@class='chart']")


def test_a_month_without_numbers_is_said_to_be_missing(many: Built) -> None:
    page = many.tree(f"projects/{YEAR}/p01/")
    row = page.get_element_by_id("m2021-06")
    assert "未报送" in words(row)
    assert not [d for d in row.iter("data") if d.text == "0.00"]
