"""What can be followed of the shipped cities: dated by the data alone, under ids that never change."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import random
import re
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from lxml import html

from generator import feeds
from generator.view import prose
from tests import project, sites
from tests.planned import BASE, Planned, planned
from tests.test_share import scanned

DATE = re.compile(r"(?<!\d)(?:19|20)\d\d-\d\d-\d\d(?!\d)")


def test_who_can_be_followed(suining: Planned) -> None:
    """Site, corrections, each project, detailed thing, place and unit have feeds; site, places and units plan."""
    feed = {p.path for p in suining.pages if p.feed}
    days = {p.path for p in suining.pages if p.days}
    shapes = {
        "projects": r"projects/\d{4}/p\d+/", "things": r"grievances/\d{4}/g\d+/",
        "places": r"regions/\d{4}/r[\w-]+/", "units": r"units/\d{4}/u[\w-]+/",
    }  # fmt: skip
    have = {name: {p.path for p in suining.pages if re.fullmatch(shape, p.path)} for name, shape in shapes.items()}
    assert {name: len(found) for name, found in have.items()} == {
        "projects": 30,
        "things": 10,
        "places": 9,
        "units": 17,
    }
    planning = {p.path for p in suining.pages if p.path in have["units"] and "/2021/" in p.path}
    told = ("projects", "news", "things", "tasks")  # of the list of 2019 nothing is known but who answers for what
    leading = {p.path for p in suining.pages if p.path in planning and any(p.data[name] for name in told)}
    assert len(leading) >= 8
    assert feed == {"", "corrections/"} | have["projects"] | have["things"] | have["places"] | leading
    assert days == {""} | have["places"] | planning


def test_an_official_city_without_months_can_be_followed_too(sichuan_planned: Planned) -> None:
    found = {p.path: [e.date for e in p.feed] for p in sichuan_planned.pages if p.feed}
    published = {r["published"] for r in sichuan_planned.site.tables.rows("sources")}
    assert "" in found
    assert len(found) > 20
    assert {d for dates in found.values() for d in dates} == published
    assert not any("演示" in content.decode() for content in sichuan_planned.files.values())


def test_atom_is_valid_and_says_the_same_as_json(both: tuple[Planned, Planned]) -> None:
    for one in both:
        assert one.feeds()
        for page, atom, body in one.feeds():
            assert not atom.bozo, (page.path, atom.get("bozo_exception"))
            assert atom.version == "atom10"
            links = {link["rel"]: link["href"] for link in atom.feed.links}
            assert links == {"self": f"{BASE}{page.path}feed.xml", "alternate": f"{BASE}{page.path}"}
            assert atom.feed.id == f"{BASE}{page.path}feed.xml"
            assert atom.feed.language == "zh-CN"
            assert atom.feed.updated == atom.entries[0].updated
            assert atom.feed.author
            assert [(e.id, e.title, e.link, e.updated, e.content[0].value) for e in atom.entries] == [
                (i["id"], i["title"], i["url"], i["date_modified"], i["content_text"]) for i in body["items"]
            ]


def test_json_feed_has_what_version_1_1_asks_for(both: tuple[Planned, Planned]) -> None:
    keys = {"version", "title", "description", "home_page_url", "feed_url", "language", "authors", "items"}
    for one in both:
        for page, _, body in one.feeds():
            assert set(body) == keys
            assert body["version"] == "https://jsonfeed.org/version/1.1"
            assert (body["home_page_url"], body["feed_url"]) == (f"{BASE}{page.path}", f"{BASE}{page.path}feed.json")
            for item in body["items"]:
                assert all(isinstance(item[k], str) and item[k] for k in ("id", "url", "title", "content_text"))
                assert dt.datetime.fromisoformat(item["date_modified"]).tzinfo


def test_calendars_are_valid(both: tuple[Planned, Planned]) -> None:
    for one in both:
        for page, events in one.calendars():
            content = one.files[f"{page.path}calendar.ics"]
            assert max(len(line) for line in content.split(b"\r\n")) <= 75
            assert b"\n" not in content.replace(b"\r\n", b"")
            assert len(events) == len(page.days)
            wanted = {f"{BASE}{d.id}": d for d in page.days}
            for event in events:
                own = wanted[event.uid.value]
                assert type(event.dtstart.value) is dt.date  # a whole day
                assert event.dtstart.value.isoformat() == own.date
                assert event.url.value == f"{BASE}{own.path}"
                assert event.dtstamp.value == dt.datetime.fromisoformat(f"{one.site.as_of}T00:00:00+00:00")
                assert event.summary.value.startswith("【演示】") == own.demo


def test_ids_are_unique_and_one_id_is_one_thing(both: tuple[Planned, Planned]) -> None:
    for one in both:
        for pool in ("feed", "days"):
            seen: dict[str, Any] = {}
            for page in one.pages:
                found = getattr(page, pool)
                assert len({e.id for e in found}) == len(found), page.path
                for e in found:
                    assert seen.setdefault(e.id, e) == e, (page.path, e.id)


def test_every_entry_leads_to_a_page_and_a_place_on_it(both: tuple[Planned, Planned]) -> None:
    count: Counter[bool] = Counter()
    for one in both:
        for page in one.pages:
            for e in (*page.feed, *page.days):
                path, _, fragment = e.path.partition("#")
                assert path in one.anchors, e.path
                assert not fragment or fragment in one.anchors[path], e.path
                count[bool(fragment)] += 1
    assert min(count.values()) > 100


def test_entries_of_demonstration_rows_say_so(suining: Planned) -> None:
    """All projects, things and news of 2021 are demonstration: no entry is without its mark."""
    for _, atom, _ in suining.feeds():
        assert all(e.title.startswith("【演示】") for e in atom.entries)
        assert atom.feed.title.endswith("演示站,非政府网站")


def test_what_a_projects_entry_says_is_what_its_page_says(suining: Planned) -> None:
    home = {e.id: e for p in suining.pages if p.path == "" for e in p.feed}
    for page in suining.pages:
        if re.fullmatch(r"projects/2021/p\d+/", page.path):
            own, shown = home[page.path], page.data
            assert own.title == f"{page.title}：{shown['state']['word']}"
            assert own.date == shown["now"]["work"]["date"].removeprefix("截至 ") or shown["latest"]
            paid = suining.site.figures.get(f"budget/2021/{page.path.split('/')[2]}/paid_rate")
            assert not paid or paid.value is None or prose(paid) in own.text


def test_a_places_feed_speaks_of_its_own_part(suining: Planned) -> None:
    for page in suining.pages:
        if re.fullmatch(r"regions/2021/r[\w-]+/", page.path):
            parts = {f"{page.path}#{p['id']}": p for p in page.data["parts"]}
            told = {e.id: e for e in page.feed if e.id.startswith(page.path)}
            assert set(told) == set(parts)
            for key, part in parts.items():
                assert told[key].title == f"{part['title']}：{part['state']['word']}"
            assert {e.id for e in page.feed} - set(told) == {n["href"] for n in page.data["news"]}


def test_a_units_feed_has_what_it_answers_for(suining: Planned) -> None:
    feeds, several = {p.path: p.feed for p in suining.pages}, set()
    for page in suining.pages:
        if re.fullmatch(r"units/2021/u[\w-]+/", page.path):
            wanted = {p["href"] for p in page.data["projects"]} | {n["href"] for n in page.data["news"]}
            for thing in page.data["things"]:
                wanted |= {e.id for e in feeds[thing["href"]] if e.id.startswith(thing["href"])}
            for task in suining.site.tables.rows("grievance_tasks", 2021):
                if task["actual"] and task["lead"] == page.data["name"]:
                    wanted.add(f"grievances/2021/g{task['grievance']:02d}/#task-{task['number']}")
            assert {e.id for e in page.feed} == wanted
            several |= {len(page.data["things"]) > 0, wanted == set()}
    assert several == {True, False}


def test_a_things_feed_has_its_life(suining: Planned) -> None:
    for page in suining.pages:
        if re.fullmatch(r"grievances/2021/g\d+/", page.path):
            shown, ids = page.data, {e.id for e in page.feed}
            assert {f"{page.path}#task-{t['number']}" for t in shown["tasks"] if t["actual"]} <= ids
            assert {f"{page.path}#survey-{s['round']}" for s in shown["surveys"]} <= ids
            assert {u["href"] for u in shown["updates"]} <= ids
            assert sum(i.startswith("inspections/") for i in ids) == len(shown["inspections"])


def test_every_date_is_one_of_the_data(both: tuple[Planned, Planned]) -> None:
    """Nothing comes from the clock: each day that stands in a file stands in a table, or ends a month of one."""
    for one in both:
        tables = one.site.tables
        cells = {str(v) for t in tables.contract.tables() for row in tables.rows(t.id) for v in row.values()}
        known = {d for cell in cells for d in DATE.findall(cell)}
        known |= {feeds.fmt.end_of(cell) for cell in cells if re.fullmatch(r"\d{4}-\d\d", cell)}
        assert known
        for path, content in one.files.items():
            text = content.decode().replace("\r\n ", "")
            stamps = {f"{d[:4]}-{d[4:6]}-{d[6:8]}" for d in re.findall(r"(?:DTSTAMP:|DATE:)(\d{8})", text)}
            assert {*DATE.findall(text), *stamps} <= known, path


def edited(folder: Path, change: Callable[[list[list[str]]], list[list[str]]], *tables: str) -> Path:
    """A copy of the shipped data, some tables of it changed; gives its folder."""
    data = Path(shutil.copytree(sites.ROOT / "data", folder / "data"))
    for name in tables:
        file = data / f"{name}.csv"
        head, *rows = csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"), newline=""))
        project.write_rows(file, [head, *change(rows)])
    return data


def test_the_order_of_rows_changes_nothing(tmp_path: Path, suining: Planned) -> None:
    def shuffled(rows: list[list[str]]) -> list[list[str]]:
        return random.Random(len(rows)).sample(rows, len(rows))

    names = (
        "projects",
        "project_milestones",
        "project_progress",
        "updates",
        "inspections",
        "grievance_tasks",
        "budget",
    )
    data = edited(tmp_path, shuffled, *(f"{n}/2021" for n in names))
    assert planned(sites.ROOT / "mkdocs.yml", data).files == suining.files


def test_ids_stay_when_other_rows_go(tmp_path: Path, suining: Planned) -> None:
    """The first rows of news and steps go: what is left keeps its ids, and is word for word what it was."""
    data = edited(tmp_path, lambda rows: [r for r in rows if r[1] != "1"], "updates/2021", "project_milestones/2021")
    after = planned(sites.ROOT / "mkdocs.yml", data)
    for pool in ("feed", "days"):
        old, new = ({e.id: e for p in one.pages for e in getattr(p, pool)} for one in (suining, after))
        assert set(new) < set(old)
        assert all(old[i] == e for i, e in new.items())
        gone = set(old) - set(new)
        assert all(i.startswith(("updates/2021/n001/", "projects/2021/p01/#step-")) for i in gone)


def test_nothing_is_said_without_the_sites_address() -> None:
    found = planned(sites.ROOT / sites.CASE / "mkdocs.yml", sites.ROOT / sites.CASE / "data", base="")
    assert not any(p.feed or p.days for p in found.pages)
    assert found.files == {}


# --- a built site -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def based(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small project with an address, built."""
    folder = tmp_path_factory.mktemp("based") / "project"
    warmed = project.warmed(tmp_path_factory)
    project.inputs(warmed, folder)
    shutil.copytree(warmed / "build/cache", folder / "build/cache")
    project.replace(folder / "mkdocs.yml", 'base_url: ""', f"base_url: {BASE}")
    project.build(folder)
    return folder


def trees(root: Path) -> list[tuple[str, Any]]:
    parser = html.HTMLParser(encoding="utf-8")
    files = sorted((root / "site").rglob("index.html"))
    return [
        (
            f.relative_to(root / "site").as_posix().removesuffix("index.html"),
            html.fromstring(f.read_bytes(), parser=parser),
        )
        for f in files
    ]


def test_heads_name_the_address_and_what_can_be_followed(based: Path) -> None:
    count = 0
    for page, tree in trees(based):
        assert tree.xpath("//head/link[@rel='canonical']/@href") == [f"{BASE}{page}"]
        meta = {m.get("property") or m.get("name"): m.get("content") for m in tree.xpath("//head/meta[@content]")}
        assert meta["og:url"] == f"{BASE}{page}"
        assert meta["og:image"] == f"{BASE}assets/share.png"
        assert meta["twitter:card"] == "summary_large_image"
        assert meta["og:title"]
        assert meta["og:description"]
        named = {link.get("href"): link.get("type") for link in tree.xpath("//head/link[@rel='alternate']")}
        shown = {a.get("href"): a.get("type") for a in tree.xpath("//*[contains(@class, 'follow')]//a")}
        there = {f.file: f.type for f in (*feeds.FEEDS, feeds.CALENDAR) if (based / "site" / page / f.file).is_file()}
        assert named == shown == there, page
        count += bool(there)
    assert count >= 3
    assert (based / "site/assets/share.png").is_file()


def test_the_code_on_a_page_opens_that_page(based: Path) -> None:
    for page, tree in trees(based):
        if page.startswith("embed/"):  # in a frame a page has nothing around it
            continue
        (figure,) = tree.xpath("//footer//figure[@class='portal-qr']")
        svg = figure.find("svg")
        size = svg.get("viewbox").split()[2]  # the parser writes names of attributes small
        assert scanned({"size": size, "d": svg.findall("path")[1].get("d")}) == [f"{BASE}{page}"]
        assert svg.get("aria-label")
        assert "扫一扫在手机打开当前页" in "".join(figure.itertext())


def test_a_page_that_is_not_there_has_no_address(based: Path) -> None:
    text = (based / "site/404.html").read_text(encoding="utf-8")
    assert "canonical" not in text
    assert "portal-qr" not in text


def test_without_an_address_nothing_of_all_this_is_there(tmp_path_factory: pytest.TempPathFactory) -> None:
    root = project.warmed(tmp_path_factory)
    names = {p.name for p in (root / "site").rglob("*")}
    assert not names & {"feed.xml", "feed.json", "calendar.ics", "share.png"}
    for page, tree in trees(root):
        assert not tree.xpath("//link[@rel='canonical' or @rel='alternate'] | //*[@class='portal-qr']"), page
        assert not tree.xpath("//*[contains(@class, 'follow')] | //meta[contains(@property, 'og:image')]"), page


def test_feeds_follow_the_data_and_only_those_that_changed_are_written(based: Path, tmp_path: Path) -> None:
    root = project.copy(based, tmp_path / "copy")
    project.edit_rows(root / project.BUDGET, lambda rows: rows[9].__setitem__(7, "150"))
    outcome = project.build(root)
    written = {p for p in outcome.written if p.endswith((".xml", ".json", ".ics")) and "data/" not in p}
    assert {"feed.xml", "feed.json", "units/2021/u1/feed.xml", "regions/2021/r510904/feed.xml"} & written
    assert not any(p.startswith("units/2021/u2/") for p in written)
    assert "assets/share.png" not in outcome.written
    text = (root / "site/feed.xml").read_text(encoding="utf-8")
    assert text != (based / "site/feed.xml").read_text(encoding="utf-8")
    fresh = project.inputs(root, tmp_path / "fresh")
    shutil.copytree(root / "build/cache", fresh / "build/cache")
    project.build(fresh)
    assert project.tree(root / "site") == project.tree(fresh / "site")


def test_a_page_stays_where_the_feed_says(based: Path) -> None:
    """Every address in a feed of a built site is a page of it."""
    pages = {page for page, _ in trees(based)}
    for file in (based / "site").rglob("feed.json"):
        for item in json.loads(file.read_bytes())["items"]:
            assert urlsplit(item["url"]).path.removeprefix(urlsplit(BASE).path) in pages


@pytest.mark.parametrize("address", ["", "https://b.example/"])
def test_another_address_reaches_every_page(based: Path, tmp_path: Path, address: str) -> None:
    root = project.copy(based, tmp_path / "copy")
    project.replace(root / "mkdocs.yml", f"base_url: {BASE}", f'base_url: "{address}"')
    assert project.build(root).pages == len(trees(root))
    left = [p for p in (root / "site").rglob("*") if p.is_file() and BASE.encode() in p.read_bytes()]
    assert left == []
    fresh = project.inputs(root, tmp_path / "fresh")
    shutil.copytree(root / "build/cache", fresh / "build/cache")
    project.build(fresh)
    assert project.tree(root / "site") == project.tree(fresh / "site")
