"""Pages as they are staged, for tests of what stands on them; drawings are left out."""

from __future__ import annotations

from functools import cache

from bs4 import BeautifulSoup

from generator.model import Page
from generator.pipeline import subject_folders
from generator.stage import Stager
from generator.subject import Site
from generator.subjects import SUBJECTS


@cache
def _stager(demo: bool) -> Stager:
    """Templates are compiled once, however many pages are looked at."""
    return Stager(subject_folders(SUBJECTS), demo_site=demo)


def soup(found: Site, page: Page) -> BeautifulSoup:
    """What stands on a page of a site, below its front matter."""
    text = _stager(found.tables.demo()).stage(page, {c.id: {"wide": "", "narrow": ""} for c in page.charts})
    return BeautifulSoup(text.split("---\n\n", 1)[1], "html.parser")
