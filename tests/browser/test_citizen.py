"""Who is late in my county, why, what was promised, how much was paid, is anyone satisfied: asked by keyboard alone.

What a page should say is computed here from the tables, by means of their text alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Invite, Visitor
from tests.browser.test_walk import SIZES, highlighted, on_from_panel, press_until
from tests.sites import Built, Row

YEAR = "2021"
COUNTY = "510904"  # where something is late, its unit says why, and one of the ten things has a task
RENAMED, OLD_NAME = "510981", "射洪县"
SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])


def bare(text: str) -> str:
    """Words without the spaces between numbers and units."""
    return re.sub(r"\s", "", text)


def number(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def total(rows: Iterable[Row], column: str) -> Decimal:
    return sum((number(r[column]) for r in rows), Decimal(0))


def percent(share: Decimal | float, digits: int) -> str:
    return f"{float(share) * 100:.{digits}f}%"


@dataclass(frozen=True)
class Promise:
    """A project of the county that is past its time, by its rows."""

    month: str
    project: Row
    here: Row
    everywhere: list[Row]
    money: list[Row]

    @property
    def path(self) -> str:
        return f"{YEAR}/p{int(self.project['编号']):02d}/"

    @property
    def work(self) -> str:
        """The progress of its work: that of each place, weighed by what was to be done there."""
        done = sum((number(r["形象进度(%)"]) * number(r["目标数"]) for r in self.everywhere), Decimal(0))
        return percent(done / total(self.everywhere, "目标数") / 100, 2)

    @property
    def paid(self) -> str:
        return percent(total(self.money, "拨付(万元)") / total(self.money, "安排(万元)"), 2)


@pytest.fixture(scope="module")
def promise(shipped: Built) -> Promise:
    """The county's first project that is past its time, not done, and explained."""
    progress = shipped.rows(f"project_progress/{YEAR}")
    month = max(r["截至月份"] for r in progress)
    newest = [r for r in progress if r["截至月份"] == month]
    projects = {r["编号"]: r for r in shipped.rows(f"projects/{YEAR}")}
    late = [
        r for r in newest
        if r["区划代码"] == COUNTY and r["单位说明"] and number(r["完成数"]) < number(r["目标数"])
        and projects[r["项目编号"]]["完成时限"] <= f"{month}-31"
    ]  # fmt: skip
    here = min(late, key=lambda r: int(r["项目编号"]))
    mine = here["项目编号"]
    money = [r for r in shipped.rows(f"budget/{YEAR}") if (r["项目编号"], r["截至月份"]) == (mine, month)]
    return Promise(month, projects[mine], here, [r for r in newest if r["项目编号"] == mine], money)


@dataclass(frozen=True)
class Thing:
    """One of the ten things, with a task in the county."""

    row: Row
    task: Row
    survey: Row

    @property
    def path(self) -> str:
        return f"grievances/{YEAR}/g{int(self.row['编号']):02d}/"

    @property
    def said(self) -> tuple[str, str, str, str]:
        """How many were asked, the share that is satisfied, and where it would be with others (Wilson, z = 1.96)."""
        n, z = int(self.survey["样本数"]), 1.96
        share = (int(self.survey["满意"]) + int(self.survey["基本满意"])) / n
        middle = (share + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
        low, high = percent(middle - half, 1), percent(middle + half, 1)
        return f"问了{n:,}人", f"{percent(share, 1)}说满意或基本满意", low, high


@pytest.fixture(scope="module")
def thing(shipped: Built) -> Thing:
    """The county's first task, what it belongs to, and what people last said of that."""
    task = next(r for r in shipped.rows(f"grievance_tasks/{YEAR}") if r["区划代码"] == COUNTY)
    row = next(r for r in shipped.rows(f"grievances/{YEAR}") if r["编号"] == task["事项编号"])
    asked = [r for r in shipped.rows(f"satisfaction/{YEAR}") if r["事项编号"] == task["事项编号"]]
    return Thing(row, task, max((r for r in asked if r["满意"].isdigit()), key=lambda r: int(r["轮次"])))


@pytest.fixture(scope="module")
def names(shipped: Built) -> dict[str, str]:
    return {r["代码"]: r["名称"] for r in shipped.rows("regions")}


FOCUS = """() => {
  const e = document.activeElement, own = getComputedStyle(e), box = e.getBoundingClientRect();
  return {outline: own.outlineStyle, width: parseFloat(own.outlineWidth),
          seen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth};
}"""


def follow(visitor: Visitor, link: Locator, address: str, *, panel: bool = False) -> Page:
    """On to a link with the Tab key, which shows where it is, and through it with Enter; ``panel``: it opens over the
    page, and the whole page is one link further."""
    page = visitor.page
    expect(link).to_have_count(1)
    press_until(page, link)
    focus = page.evaluate(FOCUS)
    assert (focus["outline"], focus["seen"]) == ("solid", True), address
    assert focus["width"] >= 2
    page.keyboard.press("Enter")
    if panel:
        on_from_panel(page, link, by_keys=True)
    page.wait_for_url(visitor.home + address)
    expect(page.locator("h1")).to_be_visible()
    return page


def says(place: Locator, *words: str) -> None:
    """The words stand there, whatever the spaces."""
    expect(place).to_have_count(1)
    text = bare(place.inner_text())
    assert [w for w in words if bare(w) not in text] == [], text


# --- the questions, one after the other ------------------------------------------------------------------------------


def what_is_done_here(page: Page, thing: Thing) -> None:
    """The county's page: its task of one of the ten things, and whether that was in time."""
    planned, actual = thing.task["计划完成"], thing.task["实际完成"]
    state = "没有完成" if not actual else "晚于计划完成" if actual > planned else "按时完成"
    says(page.locator("#things tbody tr", has_text=thing.task["任务"]), thing.row["名称"], state, planned, actual)


def who_is_late_and_why(page: Page, promise: Promise) -> None:
    """The county's page: the project, whose it is, how far it is, and what its unit says, side by side."""
    unit = promise.project["计量单位"]
    says(
        page.locator("#late li", has_text=promise.project["名称"]),
        "▼ 滞后", f"牵头：{promise.project['牵头单位']}", f"目标 {number(promise.here['目标数']):,} {unit}",
        f"完成 {number(promise.here['完成数']):,} {unit}", f"单位说明：{promise.here['单位说明']}",
    )  # fmt: skip


def what_was_promised(page: Page, promise: Promise, county: str) -> None:
    """The project's page: the goal, until when, how far, and three measures on one scale."""
    deadline = promise.project["完成时限"]
    done = f"{total(promise.everywhere, '完成数'):,} {promise.project['计量单位']}"
    says(page.locator(".lede"), f"{promise.project['目标']}，{deadline} 前完成", f"形象进度 {promise.work}", "▼ 滞后")
    says(page.locator("dl.promise"), f"{deadline} 前完成", done)
    three = (f"形象进度 {promise.work}", f"资金拨付 {promise.paid}", "时间已过 100.00 %")
    says(page.locator("figure.chart .finding").first, *three)
    says(page.locator("#regions tbody tr", has_text=county), promise.here["单位说明"])


def how_much_was_paid(page: Page, promise: Promise) -> None:
    """Where the rate comes from: the very rows of the table, whose sums give it."""
    highlighted(page)
    heads = page.locator(":target table.rows thead th").all_inner_texts()
    shown = [dict(zip(heads, r.locator("td").all_inner_texts(), strict=True))
             for r in page.locator(":target tr[data-row]").all()]  # fmt: skip
    for column in ("安排(万元)", "拨付(万元)"):
        assert sorted(number(r[column]) for r in shown) == sorted(number(r[column]) for r in promise.money)
    rate = page.locator(f":target data[data-figure='budget/{promise.path}paid_rate']")
    says(rate, promise.paid)


def is_anyone_satisfied(page: Page, thing: Thing, county: str) -> None:
    """The thing's page: what is done here, how many were asked, what they said, and how sure that is, in words."""
    asked, satisfied, low, high = thing.said
    says(page.locator("#tasks tbody tr", has_text=thing.task["任务"]).filter(has_text=county), thing.task["计划完成"])
    says(page.locator("#satisfaction > p").first, asked, satisfied, f"{low} 到 {high} 之间")


def to_the_county(visitor: Visitor, code: str) -> Page:
    """By the sections at the top of any page."""
    follow(visitor, visitor.page.locator(".portal-nav a", has_text="各地"), "regions/")
    follow(visitor, visitor.page.locator(f"article a[href='{YEAR}/']"), f"regions/{YEAR}/")
    return follow(visitor, visitor.page.locator(f"article th a[href='r{code}/']"), f"regions/{YEAR}/r{code}/")


@SIZES
@SCRIPT
def test_five_questions(
    invite: Invite, names: dict[str, str], promise: Promise, thing: Thing, size: tuple[int, int], script: bool
) -> None:
    visitor = invite(*size, script=script)
    page, county, place = visitor.go(""), names[COUNTY], f"regions/{YEAR}/r{COUNTY}/"
    follow(visitor, page.locator(f".ways a[href='{place}']"), place)
    expect(page.locator("h1")).to_contain_text(county)
    who_is_late_and_why(page, promise)
    project = promise.project["名称"]
    follow(visitor, page.locator("#late a", has_text=project), f"projects/{promise.path}")
    what_was_promised(page, promise, county)
    origin = f"budget/{promise.path}origin/#{promise.month}"
    follow(visitor, page.locator("#money .answer a.origin").last, origin, panel=script)
    how_much_was_paid(page, promise)
    follow(visitor, page.locator(".crumbs a", has_text=project), f"budget/{promise.path}")
    says(page.locator(".lede"), f"为安排的 {promise.paid}")
    to_the_county(visitor, COUNTY)
    what_is_done_here(page, thing)
    follow(visitor, page.locator("#things a", has_text=thing.row["名称"]), thing.path)
    is_anyone_satisfied(page, thing, county)
    follow(visitor, page.locator("#satisfaction a[href$='#interval']"), "method/#interval")
    says(page.locator(":target"), "满意度可信到什么程度")


def looked_up(visitor: Visitor) -> None:
    link = visitor.page.locator(f"ol.found a[href$='regions/{YEAR}/r{RENAMED}/']")
    expect(link).to_be_visible()
    follow(visitor, link, f"regions/{YEAR}/r{RENAMED}/")


def listed(visitor: Visitor) -> None:
    follow(visitor, visitor.page.locator("#lists a", has_text="按区划"), "regions/")
    to_the_county(visitor, RENAMED)


@SIZES
@pytest.mark.parametrize(
    ("script", "find"), [(True, looked_up), (False, listed)], ids=["script", "no-script"]
)  # without script, the search page leads to the lists
def test_a_county_by_its_old_name(
    invite: Invite, names: dict[str, str], size: tuple[int, int], script: bool, find: Callable[[Visitor], None]
) -> None:
    visitor = invite(*size, script=script)
    page = visitor.go("")
    press_until(page, page.locator(".portal-search input"))
    page.keyboard.type(OLD_NAME)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/search/\?q="))
    find(visitor)
    says(page.locator("h1"), names[RENAMED])
    says(page.locator(".meta").first, f"也叫：{OLD_NAME}")
