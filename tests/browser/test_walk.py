"""A citizen on the way from home to a figure, its rows and their file: by finger, by keys, without script."""

from __future__ import annotations

import csv
import io

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Invite, Visitor

PHONE, DESKTOP = (360, 740), (1440, 900)
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])

# The way: what to activate, and the address (below the home) that it leads to.
MONEY = ("nav.portal-nav a:text-is('民生资金')", "budget/")
YEAR = ("article h2 a:has-text('2021')", "budget/2021/")
PROJECT = ("#projects tbody th a >> nth=6", "budget/2021/p07/")
FIGURE = ("#months tbody tr:nth-child(11) td:nth-child(4) a.origin", "budget/2021/p07/origin/#2021-11")
STEPS = (MONEY, YEAR, PROJECT, FIGURE)
FILE = "a[href$='.csv']"


def press_until(page: Page, target: Locator) -> None:
    """Goes on with the Tab key until the target has the focus."""
    element = target.element_handle()
    assert element
    for _ in range(400):
        page.keyboard.press("Tab")
        if element.evaluate("e => e === document.activeElement"):
            return
    raise AssertionError("the Tab key does not get there")


def highlighted(page: Page) -> None:
    """The section that the address names is in sight, and stands out."""
    target = page.locator(":target")
    expect(target).to_have_count(1)
    expect(target).to_be_in_viewport()
    ground = "e => getComputedStyle(e).backgroundColor"
    assert target.evaluate(ground) not in {page.locator("body").evaluate(ground), "rgba(0, 0, 0, 0)"}


def rows(page: Page) -> list[list[str]]:
    return [r.locator("td").all_inner_texts() for r in page.locator(":target tr[data-row]").all()]


def activate(page: Page, link: Locator, *, by_keys: bool) -> None:
    """Through a link by finger, or by the Tab key and Enter."""
    expect(link).to_have_count(1)
    if by_keys:
        press_until(page, link)
        page.keyboard.press("Enter")
    else:
        link.click()


def on_from_panel(page: Page, link: Locator, *, by_keys: bool) -> None:
    """With script a figure opens its origin over the page: it is read there, closed, opened again, and left by its
    link to the whole page."""
    panel = page.locator("dialog[open]")
    expect(panel).to_be_visible()
    expect(panel.locator(f"data[data-figure='{link.locator('data').get_attribute('data-figure')}']")).to_be_visible()
    assert panel.evaluate("e => e.contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    activate(page, panel.locator(".portal-panel__head a"), by_keys=by_keys)


def walk(visitor: Visitor, *, by_keys: bool, script: bool = True) -> None:
    page = visitor.go("")
    for selector, address in STEPS:
        link = page.locator(selector)
        activate(page, link, by_keys=by_keys)
        if script and address == FIGURE[1]:
            on_from_panel(page, link, by_keys=by_keys)
        page.wait_for_url(visitor.home + address)
        expect(page.locator("h1")).to_be_visible()
    highlighted(page)
    shown = page.locator(":target data[data-figure='budget/2021/p07/paid@2021-11']")
    found = rows(page)
    assert shown.get_attribute("value") == f"{sum(round(float(r[7].replace(',', '')) * 10_000) for r in found)}.00"
    link = page.locator(f":target {FILE}")
    expect(link).to_have_count(1)
    with page.expect_download() as download:
        activate(page, link, by_keys=by_keys)
    text = download.value.path().read_bytes().decode("utf-8-sig")
    there = [r for r in csv.DictReader(io.StringIO(text)) if (r["项目编号"], r["截至月份"]) == ("7", "2021-11")]
    assert sum(float(r["拨付(万元)"]) for r in there) == pytest.approx(sum(float(r[7].replace(",", "")) for r in found))
    assert len(there) == len(found)


@SIZES
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_walk(invite: Invite, size: tuple[int, int], dark: bool) -> None:
    walk(invite(*size, dark=dark), by_keys=False)


@SIZES
def test_the_walk_by_keys_alone(invite: Invite, size: tuple[int, int]) -> None:
    walk(invite(*size), by_keys=True)


@SIZES
def test_the_walk_without_script(invite: Invite, size: tuple[int, int]) -> None:
    walk(invite(*size, script=False), by_keys=False, script=False)


def test_a_row_has_an_address_that_shows_it(invite: Invite) -> None:
    visitor = invite(*PHONE)
    page = visitor.go("budget/2021/all/origin/2021-12/#row-2021.30.510923.county.2021-12")
    row = page.locator("tr:target")
    expect(row).to_be_in_viewport()
    ground = "e => getComputedStyle(e.cells[0]).backgroundColor"
    assert row.evaluate(ground) != page.locator("tr[data-row]").first.evaluate(ground)


def test_the_document_of_a_figure_is_one_link_away(invite: Invite) -> None:
    page = invite(*PHONE).go("budget/2021/all/origin/#paid")
    page.locator(":target .note a", has_text="遂宁年鉴").click()
    expect(page.locator("tr:target")).to_contain_text("《遂宁年鉴(2022)》")
    expect(page.locator("tr:target")).to_be_in_viewport()


@SIZES
def test_the_skip_link_comes_first_and_works(invite: Invite, size: tuple[int, int]) -> None:
    page = invite(*size).go("budget/2021/")
    page.keyboard.press("Tab")
    link = page.locator(".portal-skip")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('#content').contains(document.activeElement)")


def test_the_focus_can_be_seen(invite: Invite) -> None:
    page = invite(*DESKTOP).go("")
    for _ in range(12):
        page.keyboard.press("Tab")
        style = page.evaluate("""() => {
            const e = document.activeElement, own = getComputedStyle(e), box = e.getBoundingClientRect();
            return {outline: own.outlineStyle, width: parseFloat(own.outlineWidth), seen: box.bottom > 0};
        }""")
        assert style["outline"] == "solid", page.evaluate("document.activeElement.outerHTML")
        assert style["width"] >= 2
