"""What other catalogues read: DCAT of the whole, schema.org in the pages; both parse, and lead to files that exist."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from rdflib import DCAT, RDF, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, FOAF, XSD

from generator import contract, dcat, plan
from generator.listing import FORMATS
from generator.origins import Rows
from generator.subject import Site
from tests import toy
from tests.test_downloads import assets

# rdflib 7.6 reads JSON-LD through a class of its own that it has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")

BASE = "https://example.org/minsheng"
SCHEMA = Namespace("https://schema.org/")
DEMO = {**toy.ROWS, "toys": (*toy.ROWS["toys"], toy.toy(3, "02", "市", "2021-12", 1, 1, source="demo"))}


def graph(site: Site) -> Graph:
    return Graph().parse(data=assets(site)[dcat.PATH].content, format="json-ld")


def dataset(site: Site, table: str = "toys") -> dict[str, Any]:
    found = site.tables.contract.table(table)
    assert found is not None
    return dcat.dataset(site, found, Rows(site.tables))


def text(found: Graph, subject: URIRef, predicate: URIRef) -> str:
    value = found.value(subject, predicate)
    assert isinstance(value, Literal)
    return str(value)


def with_licence(site: Site, *licences: dict[str, str]) -> Site:
    descriptor = {**site.tables.contract.descriptor, "licenses": list(licences)}
    name = licences[0].get("name", "") if licences else ""
    changed = dataclasses.replace(site.tables.contract, descriptor=descriptor, licence=name)
    return dataclasses.replace(site, tables=dataclasses.replace(site.tables, contract=changed))


def test_no_catalogue_without_an_address(tmp_path: Path) -> None:
    assert dcat.PATH not in assets(toy.site(tmp_path))


@pytest.mark.parametrize("base", [BASE, f"{BASE}/"])
def test_catalogue_of_every_dataset_and_file(tmp_path: Path, base: str) -> None:
    site = toy.site(tmp_path, base_url=base)
    files, found = assets(site), graph(site)
    (root,) = found.subjects(RDF.type, DCAT.Catalog)
    datasets = set(found.objects(root, DCAT.dataset))
    tables = [t.id for t in site.tables.contract.tables()]
    names = {*(f"{t}/#dataset" for t in tables), "#all", "#figures"}
    assert datasets == {URIRef(f"{BASE}/data/{n}") for n in names} == set(found.subjects(RDF.type, DCAT.Dataset))
    seen = {}
    for one in found.objects(None, DCAT.distribution):
        address = found.value(one, DCAT.downloadURL)
        path = str(address).removeprefix(f"{BASE}/")
        assert found.value(one, DCAT.byteSize) == Literal(
            str(len(files[path].content)), datatype=XSD.nonNegativeInteger
        )
        assert found.value(one, DCAT.accessURL) is not None
        seen[path] = str(found.value(one, DCAT.mediaType)).removeprefix("https://www.iana.org/assignments/media-types/")
    expected = {r.file(e): FORMATS[e][1] for r in site.tables.contract.resources for e in FORMATS}
    assert seen == {**expected, "data/all.zip": "application/zip", "data/figures/2021/toy.json": "application/json"}


def test_what_is_said_of_a_dataset_comes_from_the_data(tmp_path: Path) -> None:
    found = graph(toy.site(tmp_path, base_url=BASE))
    toys, places = (URIRef(f"{BASE}/data/{t}/#dataset") for t in ("toys", "places"))
    assert (text(found, toys, DCTERMS.title), text(found, toys, DCTERMS.description)) == ("玩具", "每个玩具的钱。")
    assert found.value(toys, DCTERMS.modified) == Literal("2021-12-31", datatype=XSD.date)
    period = found.value(toys, DCTERMS.temporal)
    assert found.value(period, DCAT.startDate) == Literal("2021-01-01", datatype=XSD.date)
    assert found.value(period, DCAT.endDate) == Literal("2021-12-31", datatype=XSD.date)
    assert found.value(toys, DCAT.landingPage) == URIRef(f"{BASE}/data/toys/")
    assert found.value(toys, DCTERMS.license) == URIRef("https://spdx.org/licenses/CC0-1.0")
    assert found.value(found.value(toys, DCTERMS.publisher), FOAF.name) == Literal("甲市民生公开")
    assert (found.value(places, DCTERMS.modified), found.value(places, DCTERMS.temporal)) == (None, None)


def test_a_period_ends_with_the_newest_date(tmp_path: Path) -> None:
    rows = {"toys": [toy.toy(1, "01", "市", "2021-05", 1, 1)]}
    assert dataset(toy.site(tmp_path, rows))["temporalCoverage"] == "2021-01-01/2021-05-31"
    undated = {"toys": [toy.toy(1, "01", "市", None, 1, 1)]}
    found = dataset(toy.site(tmp_path / "undated", undated))
    assert found["temporalCoverage"] == "2021-01-01/2021-12-31"
    assert "dateModified" not in found
    assert "temporalCoverage" not in dataset(toy.site(tmp_path / "empty", {"toys": ()}))


def test_a_demonstration_says_so_and_speaks_for_nobody(tmp_path: Path) -> None:
    site = toy.site(tmp_path, DEMO, base_url=BASE)
    site = dataclasses.replace(site, identity=dataclasses.replace(site.identity, office="市政府办"))
    found = graph(site)
    for name in ("toys/#dataset", "#all", "#figures", "#catalog"):
        one = URIRef(f"{BASE}/data/{name}")
        assert "（演示数据）" in text(found, one, DCTERMS.title)
        assert "不是任何单位公布的数" in text(found, one, DCTERMS.description)
    assert "演示" not in text(found, URIRef(f"{BASE}/data/places/#dataset"), DCTERMS.title)
    assert set(map(str, found.objects(None, FOAF.name))) == {"甲市民生公开（演示站，非政府网站）"}
    said = dataset(site)
    assert (said["name"], said["publisher"]["name"]) == ("玩具（演示数据）", "甲市民生公开（演示站，非政府网站）")
    assert said["description"].startswith("含演示数据")
    official = toy.site(tmp_path / "official", base_url=BASE)
    official = dataclasses.replace(official, identity=dataclasses.replace(official.identity, office="市政府办"))
    assert dataset(official)["publisher"]["name"] == "市政府办"


@pytest.mark.parametrize(
    ("licence", "address"),
    [
        ({"name": "CC-BY-4.0"}, "https://spdx.org/licenses/CC-BY-4.0"), ({"title": "本市许可"}, None), ({}, None),
        ({"name": "CC-BY-4.0", "path": "https://example.org/l"}, "https://example.org/l"), ({"name": "本市许可"}, None),
        ({"name": "CC-BY-4.0", "path": "licence.txt"}, "https://spdx.org/licenses/CC-BY-4.0"),
    ],
)  # fmt: skip
def test_the_licence_is_an_address_if_it_has_one(tmp_path: Path, licence: dict[str, str], address: str | None) -> None:
    site = with_licence(toy.site(tmp_path, base_url=BASE), licence)
    assert dcat.licence(site.tables.contract) == address
    assert dataset(site).get("license") == address
    stated = set(graph(site).objects(URIRef(f"{BASE}/data/#catalog"), DCTERMS.license))
    if address:
        assert stated == {URIRef(address)}
    else:
        assert len(stated) == ("name" in licence)


# --- in a page --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("base", ["", BASE])
def test_a_page_tells_of_its_files(tmp_path: Path, base: str) -> None:
    site = toy.site(tmp_path, base_url=base)
    page = f"{base or 'https://here.example/x'}/data/toys/"
    found = Graph().parse(data=json.dumps(dataset(site)), format="json-ld", publicID=page)
    (one,) = found.subjects(RDF.type, SCHEMA.Dataset)
    assert one == URIRef(f"{page}#dataset")
    assert found.value(one, SCHEMA.url) == URIRef(page)
    files = {str(found.value(d, SCHEMA.contentUrl)) for d in found.objects(one, SCHEMA.distribution)}
    root = page.removesuffix("data/toys/")
    assert files == {f"{root}data/toys/2021.{e}" for e in FORMATS} <= {f"{root}{path}" for path in assets(site)}


def test_nothing_is_said_of_private_columns(tmp_path: Path) -> None:
    assert "电话" not in str(dataset(toy.site(tmp_path)))
    assert "拨付" in str(dataset(toy.site(tmp_path)))


def test_a_package_without_tables_has_a_catalogue_too(tmp_path: Path) -> None:
    (tmp_path / "datapackage.yaml").write_text("name: nothing")
    found = contract.load(tmp_path)
    identity = dataclasses.replace(toy.IDENTITY, base_url=BASE)
    site = plan.site_of(toy.tables(found, {}), [], identity, None)
    datasets = list(graph(site).subjects(RDF.type, DCAT.Dataset))
    assert datasets == [URIRef(f"{BASE}/data/#all")]
