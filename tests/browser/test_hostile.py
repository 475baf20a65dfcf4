"""Titles that look like markup, code or commands are words, wherever they stand; long and odd ones break no page."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Invite
from tests.browser.contrast import readable
from tests.browser.test_axe import audit
from tests.browser.test_layout import BUDGETS, MEASURE, small, weigh
from tests.kinds import KINDS
from tests.sites import HOSTILE, MANY, Built, Server, serving

NUMBERS = range(1, len(HOSTILE) + 1)
LISTS = ("budget/2021/", "projects/2021/", "regions/2021/r510904/", "data/projects/2021/")
EACH = pytest.mark.parametrize("number", NUMBERS, ids=[f"p{n:02d}" for n in NUMBERS])


def title(number: int) -> str:
    return " ".join(HOSTILE[number - 1].split())


def words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def test_there_is_something_of_every_kind() -> None:
    whole = "".join(HOSTILE)
    for part in (
        "<script>",
        "{{",
        "{%",
        "{#",
        "`",
        "|",
        "[[",
        "![](",
        "# ---",
        ":::",
        "<!--",
        "&lt;",
        "**",
        "javascript:",
    ):
        assert part in whole
    assert {unicodedata.bidirectional(c) for c in whole} >= {"RLO", "PDF", "R"}
    assert {len(t) for t in HOSTILE} >= {1, 120}
    assert any(ord(c) >= 0x1F300 for c in whole)
    assert "\u200d" in whole  # emoji of several characters


@EACH
def test_a_title_stands_as_it_is(hostile: Built, number: int) -> None:
    name, page = title(number), f"budget/2021/p{number:02d}/"
    tree = hostile.tree(page)
    assert words(tree.find(".//h1")) == f"{name}：资金"
    assert words(tree.find(".//title")).startswith(f"{name}：资金 – ")
    assert tree.xpath("//meta[@property='og:title']/@content")[0].startswith(f"{name}：资金")
    assert tree.xpath("//meta[@name='description']/@content")[0].startswith(f"{name}的资金")
    assert words(tree.xpath("//nav[@class='crumbs']//li[last()]")[0]) == f"{name}：资金"
    origin = hostile.tree(f"{page}origin/")
    assert f"“{name}：资金”" in words(origin.xpath("//p[@class='lede']")[0])
    assert words(origin.find(".//h1")) == f"{name}：资金：数从哪来"
    assert words(origin.xpath("//nav[@class='crumbs']//a")[-1]) == f"{name}：资金"
    lines = hostile.tree("budget/2021/").xpath("//section[@id='projects']//tbody/tr/th/a")
    assert f"{number:02d} {name}" in [words(a) for a in lines]
    assert name in [words(c) for c in hostile.tree("data/projects/2021/").xpath("//tr[@data-row]/td")]


def test_no_title_made_an_element_or_an_attribute(hostile: Built) -> None:
    for page in hostile.pages:
        tree = hostile.tree(page)
        assert (
            tree.xpath(
                "//article//script[not(@type)] | //article//img | //article//b | //article//em | //article//strong[a]"
            )
            == []
        )
        assert tree.xpath("//@onclick | //@onerror | //a[starts-with(@href, 'javascript:')]") == []
        assert "49" not in {words(e) for e in tree.iter("h1", "title")}


def test_files_hold_the_titles_as_they_are(hostile: Built) -> None:
    text = (hostile.site / "data/projects/2021.csv").read_text(encoding="utf-8-sig")
    package = json.loads((hostile.site / "data/datapackage.json").read_bytes())
    assert package["resources"]
    for given in HOSTILE:
        assert given.replace('"', '""') in text or f"'{given}" in text, given


@EACH
def test_a_title_breaks_no_page(invite: Invite, hostile_server: Server, number: int) -> None:
    visitor = invite(360, 740, home=hostile_server.url)
    own = [f"{section}/2021/p{number:02d}/" for section in ("projects", "budget")]
    for path in (*own, *(f"{p}origin/" for p in own)):
        page = visitor.go(path)
        assert page.evaluate(MEASURE)["scroll"] <= 0, path
        expect(page.locator("h1")).to_be_in_viewport()
        expect(page.locator(".portal-footer")).to_have_count(1)
        assert page.locator("h1").evaluate("e => getComputedStyle(e).direction") == "ltr"
    assert visitor.complaints() == []


@pytest.mark.parametrize("width", [320, 360, 1440])
@pytest.mark.parametrize("path", LISTS)
def test_lists_of_them_break_no_page(invite: Invite, hostile_server: Server, path: str, width: int) -> None:
    page = invite(width, 740, home=hostile_server.url).go(path)
    found = page.evaluate(MEASURE)
    assert found["scroll"] <= 0
    assert all(t["out"] <= 1 for chart in found["charts"] for t in chart["texts"])
    shown = page.locator("main tbody").evaluate_all("all => all.map(t => t.textContent).join(' ')")
    assert [t for t in HOSTILE if " ".join(t.split()) not in " ".join(shown.split())] == []


# --- every kind of page of sites that are odd ----------------------------------------------------------------

# Lines of text that lie on one another. What is cut off by a box of its own (a table that scrolls) is not seen there.
OVERLAPS = """() => {
  const boxes = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const clip = e => {
    let [left, right, top, bottom] = [-1e6, 1e6, -1e6, 1e6];
    for (; e && e !== document.body; e = e.parentElement) {
      const c = getComputedStyle(e);
      if (c.overflowX === 'visible' && c.overflowY === 'visible') continue;
      const b = e.getBoundingClientRect();
      [left, right] = [Math.max(left, b.left), Math.min(right, b.right)];
      [top, bottom] = [Math.max(top, b.top), Math.min(bottom, b.bottom)];
    }
    return {left, right, top, bottom};
  };
  while (walker.nextNode()) {
    const node = walker.currentNode, e = node.parentElement;
    if (!node.textContent.trim() || e.closest('svg, script, style, .portal-skip, option')) continue;
    if (e.closest('details:not([open])') && !e.closest('summary')) continue;
    if (getComputedStyle(e).visibility === 'hidden' || !e.getClientRects().length) continue;
    const range = document.createRange(), c = clip(e);
    range.selectNodeContents(node);
    for (const r of range.getClientRects()) {
      const b = {left: Math.max(r.left, c.left), right: Math.min(r.right, c.right), top: Math.max(r.top, c.top),
                 bottom: Math.min(r.bottom, c.bottom), text: node.textContent.trim().slice(0, 30)};
      if (b.right - b.left > 4 && b.bottom - b.top > 4) boxes.push(b);
    }
  }
  boxes.sort((a, b) => a.top - b.top);
  const found = [];
  boxes.forEach((a, i) => {
    for (let j = i + 1; j < boxes.length && boxes[j].top < a.bottom; j++) {
      const b = boxes[j], across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - b.top;
      if (across > 4 && down > 0.6 * Math.min(a.bottom - a.top, b.bottom - b.top)) found.push([a.text, b.text]);
    }
  });
  return found.slice(0, 5);
}"""


# How far below one thing another begins.
APART = """names => names.map(name => document.querySelector(name).getBoundingClientRect().top)
  .reduce((above, below) => below - above)"""


def longest(built: Built, paths: list[str]) -> str | None:
    """The longest of some pages that a site has."""
    there = [p for p in paths if p in built.pages or p == "404.html"]
    return max(there, key=lambda p: built.file(p).stat().st_size, default=None)


def sound(invite: Invite, home: str, path: str, width: int) -> Page:
    """The page does not move sideways and no words lie on others."""
    page = invite(width, 740, home=home).go(path)
    assert page.evaluate(MEASURE)["scroll"] <= 0, path
    assert page.evaluate(OVERLAPS) == [], path
    return page


@pytest.mark.parametrize("kind", KINDS)
def test_no_kind_of_page_breaks_on_a_narrow_phone(
    invite: Invite, hostile_server: Server, hostile: Built, kinds: dict[str, list[str]], kind: str
) -> None:
    """Nor does it break a rule of axe, or any part of it escape a thumb, with all that a city may say of itself:
    codes, feeds, frames and reports are only where the site has an address."""
    path = longest(hostile, kinds[kind])
    assert path is not None
    page = sound(invite, hostile_server.url, path, 320)
    assert small(page) == []
    assert audit(page) == []
    readable(page, kind, dark=False)


def test_home_and_project_are_as_light_with_all_that_a_city_may_say(
    browser: Browser, hostile_server: Server, hostile: Built, kinds: dict[str, list[str]]
) -> None:
    for kind in BUDGETS:
        path = longest(hostile, kinds[kind])
        assert path is not None
        with browser.new_context(viewport={"width": 360, "height": 740}) as context:
            sizes = weigh(context.new_page(), hostile_server.url + path)
        assert sum(sizes.values()) <= BUDGETS[kind], (path, sizes)


@pytest.fixture(scope="module")
def none_server(none: Built) -> Iterator[Server]:
    yield from serving(none.site)


@pytest.mark.parametrize("width", [320, 1440])
def test_three_hundred_projects(invite: Invite, many_server: Server, many: Built, width: int) -> None:
    """All in one list; a project without a month and a month without a number among them."""
    rows = many.tree("projects/2021/").xpath("//table[@data-list]/tbody/tr")
    assert len(rows) == MANY
    for path in ("", "projects/", "projects/2021/", "projects/2021/p300/", "projects/2021/p01/", "budget/2021/"):
        page = sound(invite, many_server.url, path, width)
        if path in ("projects/2021/", "budget/2021/"):  # nothing long lies between the heading and what it promises
            page.locator("form.facets.ready").wait_for()
            assert page.evaluate(APART, ["#projects", "[data-list]"]) < 1.5 * 740


@pytest.mark.parametrize("width", [320, 1440])
def test_no_project_at_all(invite: Invite, none_server: Server, none: Built, width: int) -> None:
    assert not [p for p in none.pages if p.startswith("projects/2021/p")]
    assert none.tree("").xpath("//dl[@class='brief']//data[@data-figure='budget/2021/all/paid']")
    for path in ("", "projects/", "budget/2021/", "grievances/2021/", "regions/", "units/"):
        sound(invite, none_server.url, path, width)
