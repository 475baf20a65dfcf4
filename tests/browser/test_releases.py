"""The pages of releases and the feet that lead to them: in all looks and widths, with the keyboard, valid, light."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import Invite
from tests.browser.test_axe import MODES, audit, mode
from tests.sites import Server, serving
from tests.test_nu import check, unexplained

PAGES = ("releases/", "releases/0002/", "releases/0001/", "budget/2021/p01/", "about/")


@pytest.fixture
def released(second: Path) -> Iterator[Server]:
    """A site with two releases, as it is served."""
    yield from serving((second.parent / "www").resolve())


def test_release_pages_read_well_in_every_look_and_width(released: Server, invite: Invite) -> None:
    for path in PAGES:
        page = invite(320, 740, home=released.url).go(path)
        for name in MODES:
            with mode(page, name):
                assert audit(page, name) == [], (path, name)
                assert page.evaluate("document.scrollingElement.scrollWidth") <= 320, (path, name)
    dark = invite(1440, 900, dark=True, home=released.url).go("releases/0002/")
    assert audit(dark) == []


def test_release_pages_are_valid(released: Server) -> None:
    assert unexplained(check(*(released.url + path for path in PAGES))) == []


def test_the_foot_leads_to_the_release_without_script(released: Server, invite: Invite) -> None:
    page = invite(script=False, home=released.url).go("budget/2021/p01/")
    page.get_by_role("link", name="第 2 次发布").click()
    assert page.locator("h1").inner_text() == "第 2 次发布"
    assert "365.00" in page.locator("table").inner_text()
    page.get_by_role("link", name="c1").first.click()
    assert page.url.endswith("/corrections/#c1")
    page = invite(script=False, home=released.url).go("about/")
    page.get_by_role("link", name="发布记录", exact=True).click()
    assert page.locator(".entry").count() == 2


def test_the_newest_hash_is_in_every_foot(released: Server, invite: Invite) -> None:
    visitor = invite(home=released.url)
    page = visitor.go("budget/2021/p02/")
    picture = page.locator(".portal-footer__hash img")
    picture.scroll_into_view_if_needed()
    assert picture.get_attribute("alt")
    assert picture.evaluate("async image => { await image.decode(); return image.naturalWidth; }") == 200
