"""The numbers are right, and each leads to its rows: recomputed from the CSV files without the program."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests import truth
from tests.sites import Built, resolve
from tests.truth import Tables, Truth

BOTH = pytest.mark.parametrize("name", ["shipped", "sichuan"])


@pytest.fixture
def built(request: pytest.FixtureRequest, name: str) -> Built:
    found: Built = request.getfixturevalue(name)
    return found


@cache
def truths(folder: Path) -> dict[str, Truth]:
    return truth.figures(folder)


@cache
def tables(folder: Path) -> Tables:
    return Tables(folder)


# --- the recomputation itself -------------------------------------------------------------------------------


def test_half_up_is_half_up() -> None:
    cases = {"0.005": "0.01", "0.004999": "0.00", "1.015": "1.02", "-0.005": "-0.01", "2.675": "2.68"}
    assert {text: str(truth.half_up(Fraction(text), 2)) for text in cases} == cases


def test_the_recomputation_uses_nothing_of_the_program() -> None:
    here = Path(__file__).parent
    for module in (here / "test_truth.py", here / "sites.py", *(here / "truth").glob("*.py")):
        text = module.read_text(encoding="utf-8")
        assert not re.search(r"^\s*(?:from|import) (?:generator|pandas)\b", text, flags=re.M), module


def test_the_published_totals_come_out(shipped: Built) -> None:
    found = truths(shipped.data)
    expected = {
        "allocated": "32.14 亿元", "issued": "34.17 亿元", "paid": "32.40 亿元",
        "issued_rate": "106.32 %", "paid_rate": "100.81 %",
    }  # fmt: skip
    for measure, text in expected.items():
        official, summed = (found[f"budget/2021/all/{measure}{tail}"] for tail in ("", "_sum"))
        assert official.prose == summed.prose == text.replace(" ", truth.NARROW)
        assert (official.kind, summed.kind) == ("官方", "演示")


# --- values -------------------------------------------------------------------------------------------------


@BOTH
def test_exactly_the_figures_that_can_be_computed_again_are_published(built: Built) -> None:
    expected = truths(built.data)
    assert built.figures.keys() - expected.keys() == set(), "figures of a kind that nobody recomputes"
    assert expected.keys() - built.figures.keys() == set(), "figures that should be there"


@BOTH
def test_published_values_are_the_recomputed_ones(built: Built) -> None:
    for key, expected in truths(built.data).items():
        found = built.figures[key]
        assert found["value"] == expected.value, key
        assert (found["unit"], found["as_of"], found["kind"]) == (expected.unit, expected.as_of, expected.kind), key
        assert found["lacks"] == dict(expected.lacks), key
        rows = tuple((r["table"], r["key"], r["rows"]) for r in found["rows"])
        assert sorted(rows) == sorted(expected.rows), key
        assert sum(r["missing"] for r in found["rows"]) == sum(n for _, n in expected.lacks), key


def shown(built: Built) -> Iterator[tuple[str, Any, str]]:
    """(page, element, id) of every figure on every page."""
    for page in (*built.pages, "404.html"):
        for element in built.tree(page).iter("data"):
            assert "data-figure" in element.attrib, page
            yield page, element, element.get("data-figure")


def in_cell(element: Any) -> bool:
    """Whether a figure stands in a column whose header names the unit; origin pages name it beside each number."""
    cell = next(element.iterancestors("td"), None)
    return cell is not None and "formulas" not in next(element.iterancestors("table")).get("class", "").split()


@BOTH
def test_every_number_on_every_page_is_the_recomputed_one(built: Built) -> None:
    expected = truths(built.data)
    count = 0
    for page, element, key in shown(built):
        assert key in expected, (page, key)
        right = expected[key]
        assert element.get("value") == (right.value or ""), (page, key)
        text = "".join(element.itertext())
        assert text == (right.cell if in_cell(element) else right.prose), (page, key)
        count += 1
    assert count > len(expected)


@BOTH
def test_no_number_stands_for_itself(built: Built) -> None:
    """A number in a cell is a figure or stands in a row of the data; one with a thin space was made by the program."""
    outside = (
        "not(ancestor::data or ancestor::tr[@data-row or @class='rowsum'] or ancestor::svg or ancestor::figcaption"
        " or ancestor::details[@class='cite']"  # how the figure beside it is cited, in words to be copied
        " or ancestor::span[@class='difference'])"  # of two values of one row of corrections, held to it by their test
    )
    cells = texts = 0
    for page in built.pages:
        if page.startswith("data/"):  # the catalogue counts its own rows
            continue
        tree = built.tree(page)
        for cell in tree.iter("td"):
            if re.fullmatch(r"[-−]?[\d,.]+\s*%?", "".join(cell.itertext()).strip()):
                row = next(cell.iterancestors("tr"))
                assert cell.find(".//data") is not None or row.get("data-row") or row.get("class") == "rowsum", (
                    page, "".join(row.itertext()),
                )  # fmt: skip
                cells += 1
        for text in tree.xpath(f"//article//text()[{outside}]"):
            assert not re.search(rf"\d[{truth.NARROW}\u2009]", text), (page, text)
            texts += 1
    assert cells
    assert texts


@BOTH
def test_what_a_sum_lacks_stands_beside_it(built: Built) -> None:
    expected = truths(built.data)
    said = 0
    for page, element, key in shown(built):
        if in_cell(element):
            cell = next(element.iterancestors("td"))
            right = expected[key]
            wanted = right.lacking if right.value is not None else ""
            assert "".join(t for s in cell.iter("small") for t in s.itertext()) == wanted, (page, key)
            said += bool(wanted)
    assert said or not any(t.lacks for t in expected.values())


@BOTH
def test_headers_name_the_unit_of_their_numbers(built: Built) -> None:
    units = {"元": "万元", "1": "%"}
    expected = truths(built.data)
    for page, element, key in shown(built):
        if in_cell(element):
            cell = next(element.iterancestors("td"))
            table = next(cell.iterancestors("table"))
            header = table.xpath("./thead/tr/th")[len(list(cell.itersiblings(preceding=True)))]
            words = " ".join("".join(header.itertext()).split())
            assert units.get(expected[key].unit, "") in words, (page, key, words)
            measure = key.rsplit("/", 1)[1].split("@")[0].removesuffix("_sum")
            names = truth.SUBJECTS[key.split("/")[0]].NAMES
            assert words.startswith(names.get(measure, words)), (page, key, words)


@BOTH
def test_every_published_figure_is_shown_somewhere(built: Built) -> None:
    """By its value; one that has the value and rows of another shares its line, and both ids are printed there."""
    printed = {"".join(c.itertext()) for p in built.pages for c in built.tree(p).xpath("//code[@class='figure-id']")}
    assert printed == built.figures.keys()
    values = defaultdict(set)
    for _, element, key in shown(built):
        values[built.figures[key]["href"]].add(element.get("value"))
    for figure in built.figures.values():
        assert (figure["value"] or "") in values[figure["href"]], figure["id"]


# --- where a figure comes from --------------------------------------------------------------------------------


def way(page: str, element: Any) -> set[str]:
    """Where a figure leads: by the link that it is, the link in its block, or the section of rows that it heads."""
    links = [a.get("href") for a in element.iterancestors("a")]
    links += [a.get("href") for block in element.iterancestors("div") if "figure" in block.get("class", "").split()
              for a in block.iter("a") if "origin-link" in a.get("class", "").split()] if not links else []  # fmt: skip
    found = {"#".join(resolve(page, link)) for link in links}
    found |= {f"{page}#{s.get('id')}" for s in element.iterancestors("section") if s.get("class") == "origin-section"}
    return found


@BOTH
def test_every_number_leads_to_its_rows_without_script(built: Built) -> None:
    for page, element, key in shown(built):
        assert built.figures[key]["href"] in way(page, element), (page, key)


@dataclass(frozen=True)
class Origin:
    """One address that figures lead to: its section, the figures, and what should be there."""

    address: str
    page: str
    section: Any
    figures: list[dict[str, Any]]

    def tables(self) -> dict[str, Any]:
        """The tables of rows by the table that they are from, with its year."""
        found = [t for t in self.section.iter("table") if t.get("data-table")]
        assert len({t.get("data-table") for t in found}) == len(found), self.address
        return {t.get("data-table"): t for t in found}

    def selections(self) -> set[tuple[str, str]]:
        """What the tables say that they select: table and key pattern."""
        return {(label, pattern) for label, t in self.tables().items() for pattern in t.get("data-select").split()}

    def lines(self) -> list[dict[str, str]]:
        """All rows shown, cells by header, each once; the key is ``@``."""
        found = {}
        for label, table in self.tables().items():
            header = ["".join(c.itertext()) for c in table.xpath("./thead/tr/th")]
            for row in table.iter("tr"):
                if row.get("data-row"):
                    cells = ["".join(c.itertext()) for c in row]
                    found[label, row.get("data-row")] = dict(
                        zip([*header, "@"], [*cells, row.get("data-row")], strict=True)
                    )
        return list(found.values())


@cache
def origins(root: Path) -> dict[str, Origin]:
    """Every section of rows, by address; read once for each site."""
    built = Built(root)
    by_address = defaultdict(list)
    for figure in built.figures.values():
        by_address[figure["href"]].append(figure)
    found = {}
    for page in sorted({address.split("#")[0] for address in by_address}):
        assert page in built.pages, page
        for section in built.tree(page).iter("section"):
            if section.get("class") == "origin-section":
                address = f"{page}#{section.get('id')}"
                assert address not in found, address
                found[address] = Origin(address, page, section, by_address.get(address, []))
    assert found.keys() == by_address.keys()
    return found


@BOTH
def test_an_origin_shows_exactly_the_rows_that_the_selection_names(built: Built) -> None:
    expected, data = truths(built.data), tables(built.data)
    for origin in origins(built.root).values():
        for figure in origin.figures:
            wanted = {(label, pattern) for label, pattern, _ in expected[figure["id"]].rows}
            assert origin.selections() == wanted, figure["id"]
        for label, table in origin.tables().items():
            rows = [r.get("data-row") for r in table.iter("tr") if r.get("data-row")]
            patterns = table.get("data-select").split()
            right = [key for pattern in patterns for key, _ in data.selected(label, pattern)]
            assert sorted(rows) == sorted(right), origin.address
            assert len(rows) == len(set(rows)), origin.address
            assert f"{len(rows)} 行" in "".join(table.find("caption").itertext()), origin.address


@BOTH
def test_cells_stand_as_in_the_data(built: Built) -> None:
    data = tables(built.data)
    names = {r["代码"]: r["名称"] for r in built.rows("regions")}
    for origin in origins(built.root).values():
        rights = {key: row for label, pattern in origin.selections() for key, row in data.selected(label, pattern)}
        for line in origin.lines():
            right = rights[line["@"]]
            for column, text in right.items():
                wanted = names.get(text, text) if column == "区划代码" else text
                if column.endswith(("(万元)", "(%)")) and text not in truth.WORDS:
                    assert Decimal(line[column].replace(",", "")) == Decimal(text.removesuffix("%")), (
                        origin.address,
                        line,
                    )
                else:
                    # The paragraphs of a text stand on one line in a table.
                    assert line[column] == re.sub(r"\s*\n\s*", " ", wanted), (origin.address, line)


@BOTH
def test_the_rows_at_a_figures_address_give_the_figure(built: Built) -> None:
    for origin in origins(built.root).values():
        lines = origin.lines()
        for figure in origin.figures:
            found = truth.SUBJECTS[figure["id"].split("/")[0]].from_lines(lines, figure)
            assert found == figure["value"], figure["id"]


@BOTH
def test_the_last_row_is_the_sum_of_the_rows(built: Built) -> None:
    seen = 0
    for origin in origins(built.root).values():
        for label, table in origin.tables().items():
            header = ["".join(c.itertext()) for c in table.xpath("./thead/tr/th")]
            rows = [["".join(c.itertext()) for c in r] for r in table.iter("tr") if r.get("data-row")]
            sums = [["".join(c.itertext()) for c in r] for r in table.iter("tr") if r.get("class") == "rowsum"]
            shown = [dict(zip(header, r, strict=True)) for r in rows]
            addable = tables(built.data).addable(label.split(":")[0], shown)
            known = [c for c in addable if any(r[header.index(c)] not in truth.WORDS for r in rows)]
            assert len(sums) == (len(rows) > 1 and bool(known)), origin.address
            for column, text in zip(header, sums[0] if sums else [], strict=bool(sums)):
                if column in addable:
                    total = truth.added(shown, column)
                    places = 2 if column.endswith("(万元)") else 0
                    right = "" if total is None else f"{truth.half_up(total, places):,}"
                    assert text == right, (origin.address, column)
                    seen += 1
                else:
                    assert text == ("合计" if column == header[0] else ""), (origin.address, column)
    assert seen


@BOTH
def test_the_document_is_named_and_linked_to_its_row(built: Built) -> None:
    sources = {s["编号"]: s for s in built.rows("sources")}
    expected, data = truths(built.data), tables(built.data)
    page = built.tree("data/sources/")
    for origin in origins(built.root).values():
        wanted = {
            row["来源"] for f in origin.figures for label, pattern, _ in expected[f["id"]].rows
            for _, row in data.selected(label, pattern)
        }  # fmt: skip
        notes = [a for p in origin.section.iter("p") if p.get("class") == "note" for a in p.iter("a")]
        found = {resolve(origin.page, a.get("href")): "".join(a.itertext()) for a in notes}
        assert found == {("data/sources/", f"row-{s}"): sources[s]["名称"] for s in wanted}, origin.address
        for source in wanted:
            row = page.get_element_by_id(f"row-{source}")
            assert row.get("data-row") == source
            assert sources[source]["名称"] in ["".join(c.itertext()) for c in row]


@BOTH
def test_each_row_has_one_address(built: Built) -> None:
    for page in built.pages:
        tree = built.tree(page)
        ids = [e.get("id") for e in tree.iter() if isinstance(e.tag, str) and e.get("id")]
        assert len(ids) == len(set(ids)), page
        at = {e.get("id"): e for e in tree.iter("tr") if e.get("id")}
        for row in tree.iter("tr"):
            if row.get("data-row"):
                links = [a.get("href") for a in row.iter("a") if a.get("href", "").startswith("#")]
                assert len(links) == 1, (page, row.get("data-row"))
                assert at[links[0][1:]].get("data-row") == row.get("data-row"), page
