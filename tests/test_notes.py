"""On paper a figure's small number is the place of its document in the page's list of sources."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator import stage, view
from generator.errors import ProgramError
from generator.model import Page
from generator.subject import cited
from tests import toy
from tests.sites import Built

DOCUMENT = "data/sources/#row-"


def listed(tree: object) -> list[str]:
    """The ids of the documents in a page's list, in order."""
    hrefs = tree.xpath("//section[@id='sources']//li/a[1]/@href")  # type: ignore[attr-defined]
    return [href.split(DOCUMENT)[1] for href in hrefs]


@pytest.mark.parametrize("site", ["shipped", "sichuan"])
def test_every_figure_that_leads_to_an_origin_has_the_number_of_its_documents(
    site: str, request: pytest.FixtureRequest
) -> None:
    built: Built = request.getfixturevalue(site)
    seen = 0
    for page in built.pages:
        tree = built.tree(page)
        if page.startswith("data/") or "/origin/" in page:
            continue
        for data in tree.xpath("//article//data"):
            outer = data if data.getparent().tag != "a" else data.getparent()
            ids = {s for row in built.figures[data.get("data-figure")]["rows"] for s in row["source"]}
            places = outer.get("data-note", "").split(",")
            assert {listed(tree)[int(place) - 1] for place in places if place} == ids, (page, data.get("data-figure"))
            seen += 1
    assert seen > 100


def test_a_page_lists_the_documents_of_all_figures_that_it_shows(tmp_path: Path) -> None:
    site = toy.site(tmp_path)
    figure = view.view(next(iter(site.figures.values())))
    page = Page("x/", "X", "x", {"deep": [{"f": figure}], "sources": []}, "", "")
    assert [s["id"] for s in cited(site, page).data["sources"]] == figure["sources"]
    without = Page("x/", "X", "x", {"f": figure}, "", "")
    assert cited(site, without) is without


def test_a_figure_of_no_document_in_the_list_is_the_programs_fault() -> None:
    notes = stage._notes(Page("x/", "X", "x", {"sources": [{"id": "b"}, {"id": "a"}]}, "", ""))
    assert notes({"id": "f", "sources": ["a", "b"]}) == "1,2"
    assert notes({"id": "f", "sources": ["a"]}) == "2"
    with pytest.raises(ProgramError, match="c 不在"):
        notes({"id": "f", "sources": ["c"]})
    assert stage._notes(Page("x/", "X", "x", {}, "", ""))({"id": "f", "sources": ["a"]}) == ""
