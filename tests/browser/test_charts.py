"""Charts that answer: drawn again when asked, each value said by arrow key and by pointer, under the site's policy."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from lxml import html
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Invite, until
from tests.sites import SETTINGS, Built, Server, serving

VEGA = "assets/vega.js"
# A page for each way of drawing that there is: tests/test_pictures.py says that every chart has its files.
PAGES = (
    "",
    "budget/2021/",
    "grievances/2021/",
    "grievances/2021/g03/",
    "inspections/2021/",
    "projects/2021/",
    "projects/2021/p01/",
)


def opened(figure: Locator) -> Locator:
    """The chart that answers, once it is there; it has the focus."""
    figure.locator("[data-chart]").click()
    box = figure.locator(".chart-live")
    expect(figure.locator("[data-chart]")).to_have_text("换回图片")
    expect(box).to_be_focused()
    return box


def inside(box: Locator) -> bool:
    """The frame around what is read stands within the chart."""
    return bool(
        box.evaluate("""box => {
        const outer = box.getBoundingClientRect(), spot = box.querySelector('.spot').getBoundingClientRect();
        return spot.width > 4 && spot.height > 4 && spot.left >= outer.left - 6 && spot.right <= outer.right + 6
            && spot.top >= outer.top - 6 && spot.bottom <= outer.bottom + 6;
    }""")
    )


@pytest.mark.parametrize("path", PAGES)
def test_every_value_is_said_by_arrow_keys(invite: Invite, shipped: Built, path: str) -> None:
    visitor = invite(1000, 900)
    page = visitor.go(path)
    for figure in page.locator("figure.chart").all():
        words = json.loads((shipped.site / f"charts/{figure.get_attribute('id')}.json").read_bytes())["said"]
        box, said = opened(figure), figure.locator(".chart-said")
        expect(figure.locator(".chart-wide")).to_be_hidden()
        framed = 0
        for word in words:
            page.keyboard.press("ArrowRight")
            expect(said).to_have_text(word)
            if box.locator(".spot").is_visible():
                framed += 1
                assert inside(box), word
        assert framed >= len([w for w in words if "没有数" not in w]) / 3  # what is missing, or zero, has no mark
        page.keyboard.press("Home")
        expect(said).to_have_text(words[0])
        page.keyboard.press("End")
        expect(said).to_have_text(words[-1])
        assert ("演示数据" in box.inner_text()) == ("演示数据" in figure.locator(".chart-wide").inner_html())
        figure.locator("[data-chart]").click()
        expect(figure.locator(".chart-wide")).to_be_visible()
        expect(figure.locator(".chart-live")).to_have_count(0)


def test_nothing_is_loaded_before_a_reader_asks(invite: Invite) -> None:
    visitor = invite(360, 740)
    page = visitor.go("budget/2021/")
    page.wait_for_load_state("networkidle")
    assert not [u for u in visitor.asked if "assets/vega" in u or "/charts/" in u]
    opened(page.locator("#budget-2021-levels"))
    opened(page.locator("#budget-2021-regions"))
    assert len([u for u in visitor.asked if u.endswith(VEGA)]) == 1


def test_a_pointer_reads_too_and_colours_follow_the_page(invite: Invite) -> None:
    page = invite(360, 740).go("budget/2021/")
    figure = page.locator("#budget-2021-levels")
    box = opened(figure)
    box.locator("svg .mark-rect path").first.hover(force=True)  # other bars of the same row lie over it
    expect(figure.locator(".chart-said")).to_contain_text("中央 安排")
    before = box.locator("svg").evaluate("e => e.outerHTML")
    page.locator("[data-portal-mode=dark]").click()
    until(page, "was => document.querySelector('#budget-2021-levels .chart-live svg').outerHTML !== was", before)
    teal = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--portal-teal').trim()")
    assert box.locator(f"svg [fill='{teal}']").count() > 0


def test_without_script_there_is_no_button_and_every_file(invite: Invite) -> None:
    page = invite(360, 740, script=False).go("budget/2021/")
    expect(page.locator("[data-chart]").first).to_be_hidden()
    for link in page.locator(".chart-tools > a[download]").all():
        with page.expect_download() as download:
            link.click()
        assert download.value.path().stat().st_size > 100


def test_where_vega_does_not_run_the_picture_stays(invite: Invite) -> None:
    visitor = invite(1000, 900)
    visitor.context.route(
        f"**/{VEGA}", lambda route: route.fulfill(body="window.nothing = 1;", content_type="text/javascript")
    )
    page = visitor.go("budget/2021/")
    figure = page.locator("#budget-2021-chain")
    figure.locator("[data-chart]").click()
    expect(figure.locator("[data-chart]")).to_contain_text("画不了")
    expect(figure.locator(".chart-wide")).to_be_visible()


def test_a_frame_of_the_height_that_we_give_shows_all_of_its_chart(
    invite: Invite, hostile_server: Server, hostile: Built
) -> None:
    """In a column of a phone and in a wide one; source and date stand above the drawing, where any frame shows them."""
    codes = [c for p in hostile.pages for c in hostile.tree(p).xpath("//details[@class='cite']//code/text()")]
    frames = [html.fromstring(code) for code in codes]
    assert {f.get("src").removeprefix(SETTINGS["base_url"]) for f in frames} == {
        p for p in hostile.pages if p.startswith("embed/")
    }
    page = invite(320, 520, home=hostile_server.url).page
    for frame in frames:
        page.goto(frame.get("src").replace(SETTINGS["base_url"], hostile_server.url))
        for width in (320, 360, 700, 960):
            page.set_viewport_size({"width": width, "height": int(frame.get("height"))})
            over = page.evaluate("document.documentElement.scrollHeight - innerHeight")
            assert over <= 0, (frame.get("src"), width)
            note = page.locator("figcaption .note").bounding_box()
            drawing = page.locator("figure svg >> visible=true").bounding_box()
            assert note
            assert drawing
            assert note["y"] + note["height"] <= min(520, drawing["y"]), (frame.get("src"), width)


@pytest.fixture
def elsewhere(tmp_path_factory: pytest.TempPathFactory, server: Server) -> Iterator[Server]:
    """Another site, which frames a chart of ours."""
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "404.html").write_text("", encoding="utf-8")
    frame = f'<iframe src="{server.url}embed/budget-2021-levels/" title="层级" width="100%" height="520"></iframe>'
    (folder / "index.html").write_text(f"<!doctype html><title>报纸</title>{frame}", encoding="utf-8")
    yield from serving(folder)


def test_another_site_shows_a_chart_in_a_frame(invite: Invite, elsewhere: Server, server: Server) -> None:
    visitor = invite(500, 900, home=elsewhere.url)
    page: Page = visitor.go("")
    inner = page.frame_locator("iframe")
    expect(inner.locator("figure.chart svg >> visible=true")).to_have_count(1)
    expect(inner.locator(".note").last).to_contain_text("数据截至 2021-12-31")
    frame = page.frames[1]
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert {u.split("/")[2] for u in visitor.asked} == {elsewhere.url.split("/")[2], server.url.split("/")[2]}
    visitor.asked.clear()
    visitor.said = [m for m in visitor.said if "favicon" not in m]
