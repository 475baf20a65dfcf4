"""Every page of both sites, read by those who hear or feel it, and by programs: headings, tables, names, language."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from tests.sites import Built, resolve

BOTH = pytest.mark.parametrize("name", ["shipped", "sichuan"])


@pytest.fixture
def built(request: pytest.FixtureRequest, name: str) -> Built:
    found: Built = request.getfixturevalue(name)
    return found


def words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def every(built: Built) -> list[tuple[str, Any]]:
    return [(page, built.tree(page)) for page in (*built.pages, "404.html")]


@BOTH
def test_language_and_viewport(built: Built) -> None:
    for page, tree in every(built):
        assert tree.get("lang") == "zh-CN", page
        assert tree.xpath("//meta[@name='viewport']/@content") == ["width=device-width,initial-scale=1"], page
        assert built.file(page).read_bytes().lstrip().lower().startswith(b"<!doctype html>"), page


@BOTH
def test_one_first_heading_and_no_level_left_out(built: Built) -> None:
    for page, tree in every(built):
        levels = [int(h.tag[1]) for h in tree.iter("h1", "h2", "h3", "h4", "h5", "h6")]
        assert levels.count(1) == 1, page
        assert levels[0] == 1, page
        assert all(b - a <= 1 for a, b in pairwise(levels)), page
        assert all(words(h) for h in tree.iter("h1", "h2", "h3")), page


@BOTH
def test_titles_and_descriptions_tell_pages_apart(built: Built) -> None:
    titles = Counter(tree.xpath("string(//title)").strip() for _, tree in every(built))
    assert [t for t, n in titles.items() if n > 1] == []
    for page, tree in every(built):
        assert len(tree.xpath("//meta[@name='description']/@content")[0]) >= 8, page


@BOTH
def test_headings_and_regions_tell_the_parts_of_a_page_apart(built: Built) -> None:
    for page, tree in every(built):
        for names in ([words(h) for h in tree.iter("h2")], tree.xpath("//*[@role='region']/@aria-label")):
            assert [n for n, count in Counter(names).items() if count > 1] == [], page


@BOTH
def test_tables_have_captions_and_every_header_a_scope(built: Built) -> None:
    count = 0
    for page, tree in every(built):
        for table in tree.xpath("//article//table"):
            count += 1
            assert words(table.find("caption")), page
            assert {h.get("scope") for h in table.iter("th")} <= {"col", "row"}, page
            assert table.xpath("./thead/tr/th[@scope='col']"), page
            columns = sum(int(c.get("colspan", "1")) for c in table.xpath("./thead/tr[1]/*"))
            for row in table.xpath("./tbody/tr"):
                assert sum(int(c.get("colspan", "1")) for c in row) == columns, (page, words(row))
    assert count > len(built.pages)


@BOTH
def test_everything_to_activate_has_a_name(built: Built) -> None:
    for page, tree in every(built):
        for element in tree.xpath("//a[@href] | //button | //*[@role='region'] | //nav"):
            name = element.get("aria-label") or element.get("title") or words(element)
            assert name.strip(), (page, element.attrib)
        names = [n.get("aria-label") for n in tree.iter("nav")]
        assert len(names) == len(set(names)), (page, names)


@BOTH
def test_pictures_are_described(built: Built) -> None:
    for page, tree in every(built):
        for figure in tree.xpath("//figure[@class='chart']"):
            finding = words(figure.find_class("finding")[0])
            assert finding, page
            for svg in figure.xpath(".//*[local-name()='svg']"):
                assert svg.get("role") == "img"
                title = tree.get_element_by_id(svg.get("aria-labelledby"))
                said = "".join(title.itertext())
                assert re.sub(r"[\s，,]", "", finding) in re.sub(r"[\s，,]", "", said), page
                assert len(said) > len(finding) + 10, page


@BOTH
def test_nothing_is_styled_or_scripted_in_place(built: Built) -> None:
    """For a strict Content-Security-Policy: one script, the same on every page, and nothing else."""
    scripts: dict[str, int] = Counter()
    for page, tree in every(built):
        assert tree.xpath("//*[@style] | //style") == [], page
        assert [a for e in tree.iter() for a in e.attrib if a.startswith("on")] == [], page
        for script in tree.xpath("//script[not(@src)][not(@type)]"):
            scripts["".join(script.itertext())] += 1
    assert len(scripts) == 1


@BOTH
def test_numbers_for_people_have_a_true_minus_and_numbers_for_programs_a_hyphen(built: Built) -> None:
    shown = [data for _, tree in every(built) for data in tree.iter("data")]
    assert [words(d) for d in shown if re.search(r"-\d", words(d))] == []
    assert [d.get("value") for d in shown if "\u2212" in d.get("value", "")] == []
    below = {words(d)[0] for d in shown if d.get("value", "").startswith("-")}
    assert below <= {"\u2212"}
    figures = [f["value"] for f in built.figures.values() if f["value"] and f["value"].startswith("-")]
    assert bool(figures) == bool(below)


@BOTH
def test_units_in_answers_and_lists_lead_to_their_pages(built: Built) -> None:
    paths = {u["名称"]: f"units/2021/{u['编号']}/" for u in built.rows("units")}
    found = set()
    for page in ("", "projects/2021/", "budget/2021/", "regions/2021/"):
        for name, path in paths.items():
            if path not in built.pages:
                continue
            for text in built.tree(page).xpath("//article//text()[contains(., $name)]", name=name):
                near = [text.getparent(), *text.getparent().iterancestors()]
                if {e.tag for e in near} & {"form", "svg", "figure", "script", "dt"}:
                    continue
                link = next((e.get("href") for e in near if e.tag == "a"), None)
                assert link, (page, text)
                found.add(page)
                if text.strip() == name:
                    assert resolve(page, link)[0] == path
    assert found >= {"projects/2021/", "budget/2021/"}
