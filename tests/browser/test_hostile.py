"""Titles that look like markup, code or commands are words, wherever they stand; long and odd ones break no page."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Invite
from tests.browser.test_layout import MEASURE
from tests.sites import HOSTILE, Built, Server

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
