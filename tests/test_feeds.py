"""Feeds and calendars of a toy site: valid to parsers that are not ours, and with every title as it is."""

from __future__ import annotations

import dataclasses
import json
import random
from pathlib import Path
from typing import Any

import feedparser
import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from generator import feeds
from generator.model import Day, Entry, Page
from generator.subject import Site
from tests import sites, toy
from tests.planned import BASE, made

MARKS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


def entry(id_: str = "toy/2021/#a", **more: Any) -> Entry:
    values = {"title": "标题", "text": "正文", "path": "toy/2021/", "date": "2021-06-01", "demo": False}
    return Entry(id_, **{**values, **more})


def day(id_: str = "toy/2021/#a", **more: Any) -> Day:
    return Day(**dataclasses.asdict(entry(id_, **more)))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return toy.site(tmp_path, base_url=BASE)


@pytest.fixture
def demo_site(tmp_path: Path) -> Site:
    rows = {**toy.ROWS, "toys": (*toy.ROWS["toys"], toy.toy(3, "02", "市", "2021-12", 1, 1, source="demo"))}
    return toy.site(tmp_path / "demo", rows, base_url=BASE)


def followed(**more: Any) -> Page:
    return toy.page("toy/2021/", **{"feed": (entry(),), "days": (day(),), **more})


def test_files_stand_beside_the_page_that_declares_them(site: Site) -> None:
    pages = [followed(), toy.page("toy/"), toy.page("a/", feed=(entry(),)), toy.page("", days=(day(),))]
    assert set(made(site, pages)) == {
        "toy/2021/feed.xml", "toy/2021/feed.json", "toy/2021/calendar.ics", "a/feed.xml", "a/feed.json", "calendar.ics",
    }  # fmt: skip


def test_nothing_without_the_sites_address(tmp_path: Path) -> None:
    assert made(toy.site(tmp_path), [followed()]) == {}


@pytest.mark.parametrize(
    "base", ["https://a.example", "https://a.example/", "https://a.example/b", "https://a.example/b/"]
)
def test_addresses_do_not_depend_on_the_slash_at_the_bases_end(tmp_path: Path, base: str) -> None:
    found = made(toy.site(tmp_path, base_url=base), [followed()])
    body = json.loads(found["toy/2021/feed.json"])
    assert body["feed_url"] == f"{base.rstrip('/')}/toy/2021/feed.json"


def test_newest_first_and_no_more_than_the_limit(site: Site) -> None:
    many = [
        entry(f"toy/2021/#e{n:03d}", date=f"2021-{n % 12 + 1:02d}-{n % 28 + 1:02d}") for n in range(feeds.MOST + 40)
    ]
    random.Random(1).shuffle(many)
    found = made(site, [followed(feed=tuple(many))])
    items = json.loads(found["toy/2021/feed.json"])["items"]
    assert len(items) == feeds.MOST
    dates = [i["date_modified"] for i in items]
    assert dates == sorted(dates, reverse=True)
    assert min(dates)[:10] >= max(e.date for e in many if f"{BASE}{e.id}" not in {i["id"] for i in items})
    assert [e.id for e in feedparser.parse(found["toy/2021/feed.xml"]).entries] == [i["id"] for i in items]
    random.Random(2).shuffle(many)
    assert made(site, [followed(feed=tuple(many))]) == found


@pytest.mark.parametrize("text", [*sites.HOSTILE, "D:\\Name\\note"])
def test_hostile_titles_survive(site: Site, text: str) -> None:
    survives(site, text)


@given(text=MARKS)
def test_any_title_survives(toys: Site, text: str) -> None:
    survives(toys, text)


@pytest.fixture(scope="module")
def toys(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return toy.site(tmp_path_factory.mktemp("toys"), base_url=BASE)


def survives(site: Site, text: str) -> None:
    """A text comes out of all three files as it went in, but for white space and what cannot be written."""
    here = followed(title=text, feed=(entry(title=text, text=text),), days=(day(title=text, text=text),))
    found = made(site, [here])
    expected = feeds.plain(text)
    parsed = feedparser.parse(found["toy/2021/feed.xml"], sanitize_html=False, resolve_relative_uris=False)
    assert not parsed.bozo, parsed.get("bozo_exception")
    item = json.loads(found["toy/2021/feed.json"])["items"][0]
    event = vobject.readOne(found["toy/2021/calendar.ics"].decode()).vevent
    assert (item["title"], item["content_text"]) == (expected, expected)
    day_text = expected.replace("\\N", "\\ N")  # what the library would take for the end of a line
    assert (event.summary.value, event.description.value) == (day_text, day_text)
    assert parsed.entries[0].get("title_detail", {"type": "text/plain"})["type"] == "text/plain"
    # The feed parser takes some rare letters for wrongly decoded ones and mends them; an XML parser does not.
    title = etree.fromstring(found["toy/2021/feed.xml"]).findtext("{*}entry/{*}title")
    assert title == expected


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a\nb", "a b"),
        (" a\t b ", "a b"),
        ("a\x00b", "a b"),
        ("1\u2009元", "1\u2009元"),
        ("\u202eabc", "abc"),
        ("", ""),
    ],
)
def test_plain(text: str, plain: str) -> None:
    assert feeds.plain(text) == plain


def test_a_demonstration_says_so_in_every_list(demo_site: Site, site: Site) -> None:
    both = (entry("a/#1", title="甲", demo=True), entry("a/#2", title="乙"))
    days = (day("a/#1", title="甲", demo=True), day("a/#2", title="乙"))
    found = made(demo_site, [followed(feed=both, days=days)])
    assert [e.title for e in feedparser.parse(found["toy/2021/feed.xml"]).entries] == ["【演示】甲", "乙"]
    assert [i["title"] for i in json.loads(found["toy/2021/feed.json"])["items"]] == ["【演示】甲", "乙"]
    calendar = vobject.readOne(found["toy/2021/calendar.ics"].decode())
    assert [e.summary.value for e in calendar.vevent_list] == ["【演示】甲", "乙"]
    names = feedparser.parse(found["toy/2021/feed.xml"]).feed.title, json.loads(found["toy/2021/feed.json"])["title"]
    assert {*names, calendar.x_wr_calname.value} == {"页 toy/2021/ – 甲市民生公开 – 演示站,非政府网站"}
    official = made(site, [followed()])
    assert all("演示" not in content.decode() for content in official.values())


def test_a_demonstration_names_no_office(demo_site: Site, site: Site) -> None:
    for one, name in ((demo_site, "甲市民生公开"), (site, "市政府办")):
        identity = dataclasses.replace(one.identity, office="市政府办")
        found = made(dataclasses.replace(one, identity=identity), [followed()])
        assert feedparser.parse(found["toy/2021/feed.xml"]).feed.author == name
