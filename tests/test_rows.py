"""Every row of every table has one address in the site, made from its table, its year and its key alone.

The tables are read as plain CSV and YAML and the pages as HTML: nothing of the program is used here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.sites import Built, Row, read, resolve
from tests.truth.common import key

BOTH = pytest.mark.parametrize("name", ["shipped", "sichuan"])


@pytest.fixture
def built(name: str, request: pytest.FixtureRequest) -> Built:
    return request.getfixturevalue(name)  # type: ignore[no-any-return]


def resources(built: Built) -> list[dict[str, Any]]:
    """Of tables that have public columns: the others leave nothing on the site (``tests/test_published.py``)."""
    every = yaml.safe_load((built.data / "datapackage.yaml").read_text(encoding="utf-8"))["resources"]
    return [r for r in every if any(field.get("public") for field in schema(built, r)["fields"])]


def schema(built: Built, resource: dict[str, Any]) -> dict[str, Any]:
    return yaml.safe_load((built.data / resource["schema"]).read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def page_of(resource: dict[str, Any], described: dict[str, Any], row: Row) -> str:
    """As docs/decisions/0002-figures.md says it: the table's page, the year's, or the month's of a cumulative one."""
    page = f"data/{resource.get('table', resource['name'])}/"
    if "year" not in resource:
        return page
    page += f"{resource['year']}/"
    by = (described.get("cumulative") or {}).get("by")
    return f"{page}{row[by] or 'undated'}/" if by in described["primaryKey"] else page


def rows(built: Built) -> Iterator[tuple[str, str, str, Row]]:
    """Page, label, key and cells of every row of every table."""
    for resource in resources(built):
        described = schema(built, resource)
        label = resource.get("table", resource["name"]) + (f":{resource['year']}" if "year" in resource else "")
        for row in read(built.data, resource["path"].removesuffix(".csv")):
            yield page_of(resource, described, row), label, key(described, row), row


def shown(built: Built, page: str) -> dict[str, Any]:
    """The rows that a page shows, by their id; an id that stands twice is caught by ``test_truth``."""
    return {e.get("id"): e for e in built.tree(page).iter("tr") if e.get("data-row") and e.get("id")}


def words(element: Any) -> list[str]:
    return ["".join(cell.itertext()) for cell in element]


@BOTH
def test_every_row_is_at_its_address(built: Built) -> None:
    pages: dict[str, dict[str, Any]] = {}
    found = Counter[str]()
    for page, label, row_key, row in rows(built):
        if page not in pages:
            pages[page] = shown(built, page)
        element = pages[page][f"row-{row_key.replace('/', '.')}"]
        assert element.get("data-row") == row_key
        assert next(element.iterancestors("table")).get("data-table") == label
        header = words(next(element.iterancestors("table")).find("thead/tr"))
        cells = dict(zip(header, words(element), strict=True))
        # Names and amounts are written for people; test_truth holds those. These stand as they are.
        plain = {c: t for c, t in row.items() if c in ("年度", "编号", "截至月份", "来源", "原值", "序号", "名称")}
        assert {c: cells[c] for c in plain} == plain
        found[label] += 1
    for label, count in found.items():
        table, _, year = label.partition(":")
        there = [p for p in pages if p.startswith(f"data/{table}/{year}")]
        assert sum(len(pages[p]) for p in there) == count, "a page shows a row that is not in the data"
    assert set(found) >= {"sources", "regions", "control_totals", "projects:2021", "budget:2021"}


@BOTH
def test_no_other_page_of_the_catalogue_has_rows(built: Built) -> None:
    wanted = {page for page, *_ in rows(built)}
    found = {p for p in built.pages if p.startswith("data/") and shown(built, p)}
    assert found == wanted


@BOTH
def test_each_tables_page_says_how_many_rows_and_leads_to_them(built: Built) -> None:
    counts = Counter(label for _, label, _, _ in rows(built))
    by_year: dict[str, list[dict[str, Any]]] = {}
    for resource in resources(built):
        by_year.setdefault(resource.get("table", resource["name"]), []).append(resource)
    for table, files in by_year.items():
        page = f"data/{table}/"
        tree = built.tree(page)
        facts = {d.findtext("dt"): " ".join(d.find("dd").text_content().split()) for d in tree.xpath("//dl/div")}
        total = sum(counts[table if "year" not in f else f"{table}:{f['year']}"] for f in files)
        assert facts["行数"] == f"{total:,}", table
        assert "CC-BY-4.0" in facts["许可"]
        lines = tree.xpath("//table[caption[starts-with(., '各年的行')]]/tbody/tr")
        said = {line.find("th").text_content(): line for line in lines}
        assert list(said) == [f"{f['year']} 年" for f in files if "year" in f]
        for file in (f for f in files if "year" in f):
            line, count = said[f"{file['year']} 年"], counts[f"{table}:{file['year']}"]
            assert line.findtext("td") == f"{count:,}"
            led = {resolve(page, a.get("href"))[0] for a in line.iter("a")}
            rows_page = {f"{page}{file['year']}/"} if count else set()
            assert led == rows_page | {f"data/{table}/{file['year']}.{e}" for e in ("csv", "xlsx", "json")}


@BOTH
def test_the_example_of_each_table_is_a_row(built: Built) -> None:
    tables = {label.split(":")[0] for _, label, _, _ in rows(built)}
    for table in tables:
        (link,) = built.tree(f"data/{table}/").xpath("//a[code]")
        page, fragment = resolve(f"data/{table}/", link.get("href"))
        assert fragment in shown(built, page), table
        assert link.text_content() == f"{page}#{fragment}"


@BOTH
def test_a_month_is_reached_from_its_year(built: Built) -> None:
    for page in {p for p, *_ in rows(built) if p.count("/") == 4}:
        year = "/".join(page.split("/")[:3]) + "/"
        links = {resolve(year, a.get("href"))[0] for a in built.tree(year).iter("a") if a.get("href")}
        assert page in links


@BOTH
def test_pages_of_rows_are_light(built: Built) -> None:
    """A month of the shipped year is 11 KB compressed; a page of rows stays below the weight of a picture."""
    import gzip

    for page in {p for p, *_ in rows(built)}:
        assert len(gzip.compress(built.file(page).read_bytes(), 6)) < 40_000, page
