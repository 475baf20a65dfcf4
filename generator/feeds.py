"""What people can follow: a page's entries as Atom and JSON Feed, planned days as a calendar.

A subject declares entries and days on its page; nothing here knows a subject. The files stand beside the page and hold
absolute addresses, so there are none while the site's address is not configured. No clock: dates are those of the data,
and ids are addresses of ours, made from keys alone (docs/decisions/0010-following.md).
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree

from generator import format as fmt
from generator.model import Asset, Day, Entry, Page
from generator.settings import Identity
from generator.subject import Site

ATOM = "http://www.w3.org/2005/Atom"
JSON_FEED = "https://jsonfeed.org/version/1.1"
LANGUAGE = "zh-CN"
MIDNIGHT = "T00:00:00+08:00"  # where all of China's clocks stand; the data knows days
MOST = 100  # a reader fetches the whole file each time it looks: some 20 KB compressed, and months of news
DEMO = "【演示】"
STATION = " – 演示站,非政府网站"
# White space, what XML 1.0 has no way to write, byte order marks, and what turns the words around it about: one space.
UNWRITTEN = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]+")


@dataclass(frozen=True, slots=True)
class File:
    """One way to follow a page: what it is called, the file beside the page, its media type."""

    name: str
    file: str
    type: str


FEEDS = (
    File("Atom", "feed.xml", "application/atom+xml"),
    File("JSON Feed", "feed.json", "application/feed+json"),
)
CALENDAR = File("日历", "calendar.ics", "text/calendar")


def files(page: Page) -> tuple[File, ...]:
    """The files that stand beside a page, by what it declares."""
    return (*(FEEDS if page.feed else ()), *((CALENDAR,) if page.days else ()))


def absolute(base: str, path: str) -> str:
    """The address on the web of what stands below the site's root; with or without a slash at the base's end."""
    return f"{base.rstrip('/')}/{path}"


def newest(entries: Sequence[Entry]) -> list[Entry]:
    """A feed's entries, newest first, of one day by id, and no more than a reader should have to fetch."""
    return sorted(sorted(entries, key=lambda e: e.id), key=lambda e: e.date, reverse=True)[:MOST]


def plain(text: str) -> str:
    """Text of cells as one line, without what a feed cannot hold."""
    return UNWRITTEN.sub(" ", text).strip()


def title_of(title: str, *, demo: bool) -> str:
    """An entry's title; lists show nothing else of it, so what it is stands in it."""
    return f"{DEMO if demo else ''}{plain(title)}"


def _name(site: Site, page: Page) -> str:
    """What a feed is called: the page, the site, and that this is a demonstration if it is one."""
    own = "" if page.title == site.identity.site_name else f"{page.title} – "
    return plain(f"{own}{site.identity.site_name}") + (STATION if site.tables.demo() else "")


def _author(site: Site) -> str:
    """Who speaks; a demonstration shows no office."""
    identity: Identity = site.identity
    return identity.site_name if site.tables.demo() else identity.office or identity.site_name


# --- feeds ------------------------------------------------------------------------------------------------


def atom(site: Site, page: Page) -> bytes:
    """A page's entries as Atom (RFC 4287)."""
    base = site.identity.base_url
    entries = newest(page.feed)
    root = ElementTree.Element("feed", {"xmlns": ATOM, "xml:lang": LANGUAGE})

    def text(parent: ElementTree.Element, tag: str, words: str) -> None:
        ElementTree.SubElement(parent, tag).text = words

    here = absolute(base, page.path)
    text(root, "id", f"{here}{FEEDS[0].file}")
    text(root, "title", _name(site, page))
    text(root, "subtitle", plain(page.description))
    text(root, "updated", f"{entries[0].date}{MIDNIGHT}")
    ElementTree.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": here})
    own = {"rel": "self", "type": FEEDS[0].type, "href": f"{here}{FEEDS[0].file}"}
    ElementTree.SubElement(root, "link", own)
    text(ElementTree.SubElement(root, "author"), "name", plain(_author(site)))
    for entry in entries:
        made = ElementTree.SubElement(root, "entry")
        text(made, "id", absolute(base, entry.id))
        text(made, "title", title_of(entry.title, demo=entry.demo))
        text(made, "updated", f"{entry.date}{MIDNIGHT}")
        ElementTree.SubElement(made, "link", {"rel": "alternate", "href": absolute(base, entry.path)})
        text(made, "content", plain(entry.text))
    ElementTree.indent(root, "")
    written = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{written}\n'.encode()


def json_feed(site: Site, page: Page) -> bytes:
    """The same entries as JSON Feed 1.1."""
    base = site.identity.base_url
    here = absolute(base, page.path)
    body: dict[str, Any] = {
        "version": JSON_FEED,
        "title": _name(site, page),
        "description": plain(page.description),
        "home_page_url": here,
        "feed_url": f"{here}{FEEDS[1].file}",
        "language": LANGUAGE,
        "authors": [{"name": plain(_author(site))}],
        "items": [
            {
                "id": absolute(base, e.id),
                "url": absolute(base, e.path),
                "title": title_of(e.title, demo=e.demo),
                "content_text": plain(e.text),
                "date_modified": f"{e.date}{MIDNIGHT}",
            }
            for e in newest(page.feed)
        ],
    }
    return (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode()


# --- calendars --------------------------------------------------------------------------------------------


def calendar(site: Site, page: Page) -> bytes:
    """A page's planned days as iCalendar (RFC 5545), each of them a whole day."""
    from icalendar import Calendar, vText

    head = Calendar()
    head.add("prodid", "-//minsheng-portal//ZH")
    head.add("version", "2.0")
    head.add("method", "PUBLISH")
    head.add("x-wr-calname", vText(_name(site, page)))  # not of the standard: it would not be escaped
    start, end = head.to_ical().split(b"END:VCALENDAR")
    days = sorted(page.days, key=lambda d: (d.date, d.id))
    events = (_event(day, site.identity.base_url, fmt.end_of(site.as_of or day.date)) for day in days)
    return b"".join([start, *events, b"END:VCALENDAR", end])


def _whole(text: str) -> str:
    """Text as the library writes it: it takes a backslash before N, but no other, for a line break already written."""
    return text.replace("\\N", "\\ N")


@lru_cache(maxsize=1 << 15)
def _event(day: Day, base: str, stamp: str) -> bytes:
    """One day. The same day stands in the calendars of the site, of a unit and of several places: written once."""
    from icalendar import Event

    event = Event()
    event.add("uid", absolute(base, day.id))
    event.add("dtstamp", dt.datetime.fromisoformat(stamp).replace(tzinfo=dt.UTC))
    event.add("dtstart", dt.date.fromisoformat(day.date))
    event.add("summary", _whole(title_of(day.title, demo=day.demo)))
    event.add("description", _whole(plain(day.text)))
    event.add("url", absolute(base, day.path))
    event.add("transp", "TRANSPARENT")  # nobody is busy because of it
    made: bytes = event.to_ical()
    return made


WRITERS = {FEEDS[0].file: atom, FEEDS[1].file: json_feed, CALENDAR.file: calendar}


def assets(site: Site, pages: Sequence[Page]) -> Iterator[Asset]:
    """The files beside every page that declares something to follow; none without the site's address."""
    if not site.followed:
        return
    for page in pages:
        for one in files(page):
            yield Asset(f"{page.path}{one.file}", WRITERS[one.file](site, page))
