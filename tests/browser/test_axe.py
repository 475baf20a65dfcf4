"""axe-core on every kind of page and in every look of it, and our own measure for what axe cannot decide.

One visit a kind: on a phone light, dark, large type, high contrast, one after the other; then on a wide screen. axe
leaves the contrast of words in drawings, of single characters and of what something else covers for people to look at
("incomplete"): those are measured by ``CONTRAST``, which knows the site's drawings.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Invite
from tests.browser.contrast import readable, shorten
from tests.browser.test_search import seek
from tests.kinds import KINDS
from tests.sites import ROOT

AXE = ROOT / ".ci/node/node_modules/axe-core/axe.min.js"
MODES = ("light", "dark", "large", "contrast")
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# Why axe could not tell the contrast of a text; each is measured by our own means, see above. Anything else that it
# leaves undecided is looked at and then either mended or written down here.
MEASURED = {
    "bgOverlap", "elmPartiallyObscured", "elmPartiallyObscuring", "imgNode", "nonBmp", "pseudoContent",
    "shortTextContent",
}  # fmt: skip
# What a rule finds in one look and not in another; all others look at the markup, which the switches leave alone.
LOOKS = ("color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size")
RUN = """only => axe.run(document, {runOnly: only, resultTypes: ['violations', 'incomplete'], preload: false})
  .then(({violations, incomplete}) => [violations, incomplete].map(found => found.map(({id, nodes}) => ({
    id, count: nodes.length, first: nodes.slice(0, 3).map(n => [n.html.slice(0, 200), n.failureSummary]),
    keys: [...new Set(nodes.flatMap(n => [...n.any, ...n.all, ...n.none]).map(c => c.data && c.data.messageKey))],
  }))))"""


@cache
def source() -> str:
    """The library; given to a page by the debugger, which asks no policy, so that the page's own stays in force."""
    return AXE.read_text(encoding="utf-8")


def audit(page: Page, look: str = "light") -> list[Any]:
    """What breaks a rule of axe or is left undecided, but contrast that is measured by our own means.

    As a page comes it is held to every rule; with a switch on, to those that can find something else then.
    """
    only = {"type": "tag", "values": TAGS} if look == "light" else {"type": "rule", "values": LOOKS}
    if not page.evaluate("'axe' in window"):
        page.evaluate(source())
    broken, undecided = page.evaluate(RUN, only)
    return [*broken, *(r for r in undecided if r["id"] != "color-contrast" or not set(r["keys"]) <= MEASURED)]


@contextmanager
def mode(page: Page, name: str) -> Iterator[None]:
    """A page with one of the switches on, or as if, where it has none; "light" is as it comes."""
    switch = page.locator(f"[data-portal-mode={name}]")

    def turn() -> None:
        if switch.count():
            switch.click()
        elif name != "light":
            page.evaluate("name => document.documentElement.classList.toggle(`portal-${name}`)", name)

    turn()
    yield
    turn()


@pytest.mark.parametrize("kind", KINDS)
def test_no_page_breaks_a_rule_in_any_look(invite: Invite, heaviest: dict[str, str], kind: str) -> None:
    page = invite(360, 740).go(heaviest[kind])
    shorten(page)
    for name in MODES:
        with mode(page, name):
            assert audit(page, name) == []
            readable(page, kind, dark=name == "dark")
    page.set_viewport_size({"width": 1440, "height": 900})  # where more of a page is seen at once
    assert audit(page) == []


def test_an_open_panel_breaks_no_rule(invite: Invite) -> None:
    page = invite(360, 740).go("projects/2021/p07/")
    for name in MODES:
        with mode(page, name):
            page.locator("article a.origin").first.click()
            page.locator("dialog[open]").wait_for()
            assert audit(page, name) == []
            readable(page, dark=name == "dark")
            page.keyboard.press("Escape")


def test_results_of_a_search_break_no_rule(invite: Invite) -> None:
    visitor = invite(360, 740)
    assert seek(visitor.page, visitor.home, "老旧小区")
    for name in MODES:
        with mode(visitor.page, name):
            assert audit(visitor.page, name) == []
            readable(visitor.page, dark=name == "dark")


@pytest.mark.parametrize("path", ["projects/2021/", "updates/2021/"])
@pytest.mark.parametrize("width", [360, 1440])
def test_a_list_that_is_narrowed_down_breaks_no_rule(invite: Invite, path: str, width: int) -> None:
    page = invite(width, 900).go(path)
    page.locator("form.facets.ready").wait_for()
    if page.locator(".facets-open button").is_visible():
        page.locator(".facets-open button").click()
    page.evaluate("document.querySelectorAll('details.facet').forEach(box => { box.open = true })")
    page.locator("details.facet label:has(input:enabled)").first.click()
    page.evaluate("scrollTo(0, 0)")  # where no row is on its way below a header that stays, and its links half a target
    for name in MODES:
        with mode(page, name):
            assert audit(page, name) == []
            readable(page, dark=name == "dark")


def test_axe_sees_what_is_wrong(invite: Invite) -> None:
    page = invite(360, 740).go("about/")
    page.evaluate(
        "document.querySelector('h1').style.color = '#999'; document.querySelector('main a').textContent = ''"
    )
    assert {rule["id"] for rule in audit(page)} >= {"color-contrast", "link-name"}
