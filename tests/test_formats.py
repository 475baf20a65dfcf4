"""Every file of the built sites in every format: the same values, nothing private, and a page that offers them."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import openpyxl
import pytest
import yaml
from frictionless import Package
from rdflib import DCAT, RDF, Graph, Namespace
from rdflib.namespace import DCTERMS

from generator import settings
from tests.sites import Built, resolve

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")

SITES = pytest.mark.parametrize("name", ["shipped", "sichuan", "hostile"])
FORMATS = ("csv", "xlsx", "json")
SUFFIXES = (".csv", ".xlsx", ".json", ".zip")
KINDS = {"未报送", "不涉及", "待定", "不公开"}
SCHEMA = Namespace("https://schema.org/")
BASE = "https://example.org/minsheng"


@pytest.fixture
def built(request: pytest.FixtureRequest, name: str) -> Built:
    found: Built = request.getfixturevalue(name)
    return found


def address(built: Built) -> str:
    """Where the site says that it is on the web; empty while it does not."""
    return settings.load(built.root / "mkdocs.yml").identity.base_url.rstrip("/")


def resources(data: Path) -> list[dict[str, Any]]:
    """The files of a contract that have public columns, with their schemas."""
    found = yaml.safe_load((data / "datapackage.yaml").read_text(encoding="utf-8"))["resources"]
    whole = [{**r, "schema": yaml.safe_load((data / r["schema"]).read_text(encoding="utf-8"))} for r in found]
    return [r for r in whole if fields(r)]


def fields(resource: dict[str, Any]) -> list[dict[str, Any]]:
    return [f for f in resource["schema"]["fields"] if f.get("public")]


def file(built: Built, resource: dict[str, Any], extension: str) -> Path:
    return (built.site / "data" / resource["path"]).with_suffix(f".{extension}")


def lines(built: Built, resource: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    """The CSV: its header, and its cells."""
    text = file(built, resource, "csv").read_bytes().decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text, newline=""))
    return head, rows


def bare(text: str) -> str:
    """A CSV's cell without the apostrophe that keeps it from being run."""
    return text[1:] if text.startswith("'") and text[1:].startswith(("=", "+", "-", "@", "\t", "\r")) else text


@SITES
def test_every_file_has_every_format(built: Built) -> None:
    stems = {r["path"].removesuffix(".csv") for r in resources(built.data)}
    assert stems
    expected = {f"{stem}.{e}" for stem in stems for e in FORMATS}
    own = {"datapackage.json", "all.zip", *(["catalog.jsonld"] if address(built) else [])}
    folder = built.site / "data"
    found = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file() and p.suffix != ".html"}
    assert {p for p in found if not p.startswith("figures/")} == expected | own


@SITES
def test_workbooks_hold_what_the_csv_does(built: Built) -> None:
    for resource in resources(built.data):
        head, rows = lines(built, resource)
        book = openpyxl.load_workbook(file(built, resource, "xlsx"))
        top, *shown = book.worksheets[0].iter_rows()
        columns = fields(resource)
        assert [c.value for c in top] == [f["name"] for f in columns] + head[len(columns) :]
        assert len(shown) == len(rows)
        numeric = [f.get("type") in ("integer", "number") for f in columns] + [False]
        for cells, row in zip(shown, rows, strict=True):
            for cell, text, number in zip(cells, row, numeric, strict=False):
                assert cell.data_type != "f"
                assert cell.hyperlink is None
                if number and text not in KINDS and text:
                    assert Decimal(str(cell.value)) == Decimal(text)
                elif cell.is_date:
                    assert cell.value.date().isoformat() == text
                else:
                    assert (cell.value or "") == bare(text)
        assert ("演示" in book.sheetnames[0]) == ("演示" in [row[-1] for row in rows])


@SITES
def test_dictionaries_are_those_of_the_pages(built: Built) -> None:
    for resource in resources(built.data):
        book = openpyxl.load_workbook(file(built, resource, "xlsx"))
        _, *shown = book["数据字典"].iter_rows(values_only=True)
        rows = built.tree(f"data/{resource['table']}/").xpath("//table[contains(@class,'dictionary')]/tbody/tr")
        page = [["".join(c.itertext()).removesuffix(" 主键") for c in row] for row in rows]
        units = [f"{line[2]}，{line[3]}" if line[3] else line[2] for line in shown]
        assert [[line[0], line[1], unit, line[4] or "", line[5]] for line, unit in zip(shown, units, strict=True)][
            : len(page)
        ] == page
        assert [line[0] for line in shown] == lines(built, resource)[0]
        about = dict(book["说明"].iter_rows(values_only=True))
        assert about["许可"] in built.file("data/").read_text(encoding="utf-8")
        assert ("演示数据" in about) == ("演示" in book.sheetnames[0])


@SITES
def test_json_holds_what_the_csv_does(built: Built) -> None:
    for resource in resources(built.data):
        head, rows = lines(built, resource)
        found = json.loads(file(built, resource, "json").read_bytes())
        columns = fields(resource)
        assert [c["id"] for c in found["columns"]] == [f["id"] for f in columns]
        assert (found["table"], found["year"]) == (resource["table"], resource.get("year"))
        assert found["rows"] == len(found["records"]) == len(rows)
        assert found["demonstration"] == ("演示" in [row[-1] for row in rows])
        for record, row in zip(found["records"], rows, strict=True):
            assert record.keys() <= {"@key", "@kind", "@missing", *(f["id"] for f in columns)}
            if len(head) > len(columns):
                assert record["@kind"] == row[-1]
            for field, text in zip(columns, row, strict=False):
                value = record[field["id"]]
                if field.get("list"):
                    assert "、".join(value) == bare(text)
                elif text in KINDS and field.get("type") in ("integer", "number"):
                    assert (value, record["@missing"][field["id"]]) == (None, text)
                else:
                    assert ("" if value is None else str(value)) == bare(text)


@SITES
def test_the_archive_is_the_package(built: Built) -> None:
    report = Package(str(built.site / "data/all.zip")).validate()
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "message"])[:10]
    assert report.stats["tasks"] == len(resources(built.data))
    with zipfile.ZipFile(built.site / "data/all.zip") as archive:
        assert {n: archive.read(n) for n in archive.namelist()} == {
            n: (built.site / "data" / n).read_bytes()
            for n in ("datapackage.json", *(r["path"] for r in resources(built.data)))
        }


# --- pages --------------------------------------------------------------------------------------------------


@SITES
def test_the_hint_for_wechat_stands_once_where_there_are_files(built: Built) -> None:
    seen = 0
    for page in built.pages:
        tree = built.tree(page)
        files = [a for a in tree.iter("a") if re.search(rf"(?<!feed)({'|'.join(SUFFIXES)})$", a.get("href") or "")]
        hints = tree.xpath("//*[contains(concat(' ',@class,' '),' wechat-only ')]")
        assert len(hints) == bool(files), page
        seen += len(hints)
        if files:
            first = files[0].xpath("./following::*[contains(@class,'wechat-only')] | ./ancestor::table")
            assert first, "the hint follows the first file"
    assert seen > 10


@SITES
def test_the_pages_of_the_data_offer_every_format(built: Built) -> None:
    offered: dict[str, set[str]] = {}
    for page in (p for p in built.pages if p.startswith("data/")):
        offered[page] = {resolve(page, a.get("href"))[0] for a in built.tree(page).iter("a") if a.get("href")}
    for resource in resources(built.data):
        stem = f"data/{resource['path'].removesuffix('.csv')}"
        wanted = {f"{stem}.{e}" for e in FORMATS}
        assert wanted <= offered["data/"]
        assert wanted <= offered[f"data/{resource['table']}/"]
        if f"{stem}/" in offered:
            assert all(wanted <= links for page, links in offered.items() if page.startswith(f"{stem}/"))
    assert "data/all.zip" in offered["data/"]
    links = [a.get("href") for a in built.tree("data/").xpath("//article//a")]
    assert links[0].endswith("all.zip"), "on top"


@SITES
def test_pages_tell_machines_of_their_files(built: Built) -> None:
    base = address(built) or BASE
    for table in {r["table"] for r in resources(built.data)}:
        page = f"data/{table}/"
        (script,) = built.tree(page).xpath("//script[@type='application/ld+json']/text()")
        found = Graph().parse(data=script, format="json-ld", publicID=f"{base}/{page}")
        (one,) = found.subjects(RDF.type, SCHEMA.Dataset)
        urls = {str(found.value(d, SCHEMA.contentUrl)) for d in found.objects(one, SCHEMA.distribution)}
        files = [file(built, r, e) for r in resources(built.data) if r["table"] == table for e in FORMATS]
        assert urls == {f"{base}/{p.relative_to(built.site).as_posix()}" for p in files}
        assert str(found.value(one, SCHEMA.url)) == f"{base}/{page}"
        kinds = {row[-1] for r in resources(built.data) if r["table"] == table for row in lines(built, r)[1]}
        assert ("演示" in str(found.value(one, SCHEMA.name))) == ("演示" in kinds)
    there = (built.site / "data/catalog.jsonld").exists()
    assert there == bool(address(built)), "without an address of the site, its addresses would be nobody's"


@SITES
def test_every_page_of_data_is_described_where_it_stands(built: Built) -> None:
    """The list of tables, each table, each file's rows and each month of them; a part says what it is of."""
    tables, shapes = {r["table"] for r in resources(built.data)}, set()
    for page in (p for p in built.pages if p.startswith("data/")):
        (script,) = built.tree(page).xpath("//script[@type='application/ld+json']/text()")
        here = urljoin(f"{address(built) or BASE}/", page)
        said = json.loads(script)
        steps = page.split("/")[1:-1]
        shapes.add(len(steps))
        assert (said["@type"], urljoin(here, said["url"])) == ("Dataset" if steps else "DataCatalog", here)
        if not steps:
            listed = {urljoin(here, d["url"]): d["@id"] for d in said["dataset"]}
            assert set(listed) == {f"{here}{t}/" for t in tables}
        if len(steps) > 1:
            table = urljoin(f"{address(built) or BASE}/", f"data/{steps[0]}/")
            assert (urljoin(here, said["isPartOf"]["url"]), said["isPartOf"]["@id"][-8:]) == (table, "#dataset")
            files = {urljoin(here, d["contentUrl"]) for d in said["distribution"]}
            assert files == {f"{table}{steps[1]}.{e}" for e in FORMATS}
        assert ("演示" in said["name"]) == bool(built.tree(page).find_class("banner-demo"))
    assert shapes >= {0, 1, 2}


def test_the_catalogue_leads_to_every_file(sichuan: Built) -> None:
    """With an address: every distribution exists, in the size that is stated; and the page links to the catalogue."""
    root, site, base = sichuan.root, sichuan.site, address(sichuan)
    found = Graph().parse(data=(site / "data/catalog.jsonld").read_bytes(), format="json-ld")
    tables = {r["table"] for r in resources(root / "data")}
    datasets = {str(d).removeprefix(f"{base}/data/") for d in found.subjects(RDF.type, DCAT.Dataset)}
    assert datasets == {*(f"{t}/#dataset" for t in tables), "#all", "#figures"}
    paths = set()
    for one in found.objects(None, DCAT.distribution):
        path = str(found.value(one, DCAT.downloadURL)).removeprefix(f"{base}/")
        assert (site / path).stat().st_size == int(str(found.value(one, DCAT.byteSize)))
        paths.add(path)
    everything = {p.relative_to(site).as_posix() for p in (site / "data").rglob("*") if p.is_file()}
    own = {"data/datapackage.json", "data/catalog.jsonld", "data/figures/index.json"}
    assert paths == {p for p in everything if not p.endswith(".html")} - own
    assert "演示" not in "".join(map(str, found.objects(None, DCTERMS.title)))
    assert 'href="catalog.jsonld"' in (site / "data/index.html").read_text(encoding="utf-8")
