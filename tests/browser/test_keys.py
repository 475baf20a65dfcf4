"""What axe cannot see: the way of the keyboard, the names of links beside one another, and states without colour."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Invite
from tests.sites import Built

PAGES = {
    "home": "", "project": "projects/2021/p07/", "list": "projects/2021/", "thing": "grievances/2021/g03/",
    "search": "search/?q=老旧小区",
}  # fmt: skip

# What the Tab key should reach, in the order of the document.
REACHED = """() => [...document.querySelectorAll('a[href], button, input, select, summary, [tabindex="0"]')]
  .filter(e => !e.disabled && e.getClientRects().length && getComputedStyle(e).visibility !== 'hidden')
  .filter(e => !e.matches('.md-toggle') && (e.matches('summary') || !e.closest('details:not([open])')))
  .map((e, i) => { e.dataset.stop = i; return e.outerHTML.slice(0, 120); })"""
# Where it is: what stop, whether it stands out, whether it is seen, and whether nothing lies over it.
STOP = """() => {
  const e = document.activeElement, own = getComputedStyle(e), box = e.getBoundingClientRect();
  const within = (n, most) => Math.min(Math.max(n, 1), most - 1);
  return {
    stop: e === document.body ? -1 : Number(e.dataset.stop), html: e.outerHTML.slice(0, 120),
    outline: own.outlineStyle === 'solid' && parseFloat(own.outlineWidth) >= 2,
    inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    clear: [...e.getClientRects()].some(r => {
      const x = within((r.left + r.right) / 2, innerWidth), y = within((r.top + r.bottom) / 2, innerHeight);
      const found = document.elementFromPoint(x, y);
      return found && (e.contains(found) || found.contains(e));
    }),
  };
}"""


def ready(page: Page) -> Page:
    if page.locator("form.facets").count():
        page.locator("form.facets.ready").wait_for()
    if "search/" in page.url:
        page.locator("ol.found a").first.wait_for()
    return page


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_the_tab_key_goes_everywhere_in_order_and_is_seen(invite: Invite, path: str, width: int) -> None:
    """Forwards through all that can be used and out again, nothing left out and nothing a trap; each stop is outlined,
    in the window and not covered."""
    page = ready(invite(width, 800).go(path))
    reached = page.evaluate(REACHED)
    assert len(reached) > 25
    for number, html in enumerate(reached):
        page.keyboard.press("Tab")
        here: dict[str, Any] = page.evaluate(STOP)
        assert here["stop"] == number, (html, here)
        assert here["outline"], here
        assert here["inside"], here
        assert here["clear"], here
    page.keyboard.press("Tab")
    assert page.evaluate(STOP)["stop"] in (-1, 0), "the page does not let go"


def test_the_tab_key_goes_through_an_open_panel_and_stays_there(invite: Invite) -> None:
    page = invite(360, 740).go("projects/2021/p07/")
    page.locator("article a.origin").first.focus()
    page.keyboard.press("Enter")
    page.locator("dialog[open]").wait_for()
    page.evaluate("document.querySelectorAll('dialog details').forEach(box => { box.open = true })")
    page.evaluate(REACHED)
    inside = page.evaluate("[...document.querySelectorAll('dialog [data-stop]')].map(e => e.dataset.stop)")
    assert len(inside) > 5
    for stop in inside:  # the first is where one comes to stand
        if stop != inside[0]:
            page.keyboard.press("Tab")
        here: dict[str, Any] = page.evaluate(STOP)
        assert str(here["stop"]) == stop, here
        assert here["outline"], here
        assert here["inside"], here
        assert here["clear"], here
    for _ in inside:  # round by the browser's own buttons; what lies below is not reached
        page.keyboard.press("Tab")
        assert page.evaluate("(e => e === document.body || !!e.closest('dialog'))(document.activeElement)")


# --- names ------------------------------------------------------------------------------------------------------------


def name(link: Any) -> str:
    return " ".join((link.get("aria-label") or "".join(link.itertext())).split())


def context(link: Any) -> Any:
    """What a link is read with (WCAG 2.4.4): its row of a table, its item of a list, its paragraph, or what it is a
    part of by a heading."""
    for above in link.iterancestors("tr", "li", "p", "dd", "div", "section", "figure"):
        if above.tag != "div" or above.get("class") in {"figure", "entry"}:
            return above
    return None


def test_links_of_one_name_in_one_place_lead_to_one_target(heaviest: dict[str, str], shipped: Built) -> None:
    """No two links of a row, an item or a paragraph say the same and lead elsewhere; and no link says nothing.

    A bare number is read with the words before it, of which each has its own: "21 个", "0"."""
    for path in heaviest.values():
        places: dict[Any, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for link in shipped.tree(path).xpath("//a[@href]"):
            assert name(link), (path, link.get("href"))
            if not link.xpath(".//data"):
                places[context(link)][name(link)].add(link.get("href"))
        double = {n: t for names in places.values() for n, t in names.items() if len(t) > 1}
        assert double == {}, path


# --- states -----------------------------------------------------------------------------------------------------------

STATE = re.compile(r"[●▲◐▼○■◆–] \w+")


def test_a_state_has_a_shape_and_a_word(shipped: Built) -> None:
    seen: dict[str, set[str]] = defaultdict(set)
    for path in shipped.pages:
        for element in shipped.tree(path).xpath("//*[contains(concat(' ', @class, ' '), ' status ')]"):
            text = " ".join("".join(element.itertext()).split())
            assert STATE.match(text), (path, text)
            seen[text.split()[0]].add(text.split()[1])
    assert len(seen) >= 6
