"""The kinds of page, by the templates that the program has: a new template is a new kind, and is tested.

The fixtures come to every test through ``conftest.py``.
"""

from __future__ import annotations

from collections import defaultdict

import pytest

from generator import pipeline, plan, settings
from generator.origins import Rows
from generator.subjects import SUBJECTS
from tests.sites import ROOT, Built

HAND_WRITTEN, LOST = "docs", "404"
FRAMED = "embed.md.j2"  # for the frames of other sites: without header, tabs, crumbs and footer
# The shipped site has no empty section and no release: tests/test_sparse.py and tests/browser/test_releases.py have.
ELSEWHERE = {"empty.md.j2", "release.md.j2", "releases.md.j2"}


def _templates() -> list[str]:
    own, subjects = ROOT / "generator/templates", ROOT / "generator/subjects"
    files = [(p.name, p) for p in own.glob("*.md.j2")]
    files += [(f"{p.parent.name}/{p.name}", p) for p in subjects.glob("*/*.md.j2")]
    pages = {name for name, p in files if p.read_text(encoding="utf-8").lstrip().startswith("{% extends")}
    return sorted(pages - ELSEWHERE)


KINDS = [*_templates(), HAND_WRITTEN, LOST]


@pytest.fixture(scope="session")
def kinds(shipped: Built) -> dict[str, list[str]]:
    """The addresses of the shipped site's pages by the template that made them, as the program plans them."""
    chosen = settings.load(shipped.root / "mkdocs.yml")
    tables = pipeline.checked(chosen, SUBJECTS, None, lambda text: None).tables
    assert tables is not None
    site = plan.site_of(tables, SUBJECTS, chosen.identity, None)
    found: dict[str, list[str]] = defaultdict(list)
    for page in plan.pages(site, SUBJECTS, Rows(site.tables)):
        found[page.template].append(page.path)
    found[HAND_WRITTEN] = sorted(set(shipped.pages) - {p for paths in found.values() for p in paths})
    found[LOST] = ["404.html"]
    return dict(found)


@pytest.fixture(scope="session")
def heaviest(shipped: Built, kinds: dict[str, list[str]]) -> dict[str, str]:
    """The longest page of each kind."""
    return {kind: max(paths, key=lambda p: shipped.file(p).stat().st_size) for kind, paths in kinds.items()}
