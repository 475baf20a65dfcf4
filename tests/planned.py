"""The shipped cities as far as their pages, and the files beside them: nothing is rendered. Fixtures for tests."""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import feedparser
import pytest
import vobject

from generator import check, contract, feeds, origins, plan, settings, stage
from generator.model import Asset, Page
from generator.pipeline import subject_folders
from generator.subject import Site
from generator.subjects import SUBJECTS
from tests import sites

BASE = "https://www.example.gov.cn/minsheng/"


def made(site: Site, pages: Iterable[Page]) -> dict[str, bytes]:
    """The files by their path; each has a path of its own."""
    found: list[Asset] = list(feeds.assets(site, tuple(pages)))
    assert len({a.path for a in found}) == len(found)
    return {a.path: a.content for a in found}


@dataclasses.dataclass(frozen=True)
class Planned:
    """The pages of a city and the files beside them."""

    site: Site
    pages: tuple[Page, ...]

    @functools.cached_property
    def files(self) -> dict[str, bytes]:
        return made(self.site, self.pages)

    @functools.cached_property
    def anchors(self) -> dict[str, set[str]]:
        """The ids that each page with something to follow offers, and every page that such an entry leads to."""
        stager = stage.Stager(subject_folders(SUBJECTS), demo_site=self.site.tables.demo(), identity=self.site.identity)
        wanted = {one.path.split("#")[0] for page in self.pages for one in (*page.feed, *page.days)}
        return {
            p.path: stage.anchors(stager.stage(p, {c.id: {"wide": "", "narrow": ""} for c in p.charts}))
            for p in self.pages if p.path in wanted
        }  # fmt: skip

    def feeds(self) -> list[tuple[Page, Any, dict[str, Any]]]:
        """Each page with a feed: as Atom, parsed, and as JSON."""
        return [
            (p, feedparser.parse(self.files[f"{p.path}feed.xml"]), json.loads(self.files[f"{p.path}feed.json"]))
            for p in self.pages if p.feed
        ]  # fmt: skip

    def calendars(self) -> list[tuple[Page, list[Any]]]:
        """Each page with a calendar, and its events, parsed."""
        return [
            (p, vobject.readOne(self.files[f"{p.path}calendar.ics"].decode()).vevent_list) for p in self.pages if p.days
        ]


def planned(config: Path, data: Path, base: str = BASE) -> Planned:
    loaded = settings.load(config, data=data)
    found = check.check(contract.load(loaded.data), SUBJECTS)
    assert found.tables is not None, [p.message for p in found.problems if p.level == "错误"]
    site = plan.site_of(found.tables, SUBJECTS, dataclasses.replace(loaded.identity, base_url=base), None)
    return Planned(site, plan.pages(site, SUBJECTS, origins.Rows(site.tables)))


@pytest.fixture(scope="session")
def suining() -> Planned:
    return planned(sites.ROOT / "mkdocs.yml", sites.ROOT / "data")


@pytest.fixture(scope="session")
def sichuan_planned() -> Planned:
    return planned(sites.ROOT / sites.CASE / "mkdocs.yml", sites.ROOT / sites.CASE / "data")


@pytest.fixture(scope="session")
def both(suining: Planned, sichuan_planned: Planned) -> tuple[Planned, Planned]:
    return suining, sichuan_planned
