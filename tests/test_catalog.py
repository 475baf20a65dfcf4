"""The data catalogue: each table with its dictionary, row count, date, licence and files."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator import catalog, contract, plan
from generator.model import Page
from generator.origins import MAX_ROWS_SHOWN, Rows
from generator.subject import Site
from tests import toy


def pages(site: Site) -> dict[str, Page]:
    return {p.path: p for p in catalog.pages(site, Rows(site.tables))}


def test_catalogue_of_all_tables(tmp_path: Path) -> None:
    found = pages(toy.site(tmp_path))
    assert list(found) == ["data/", "data/sources/", "data/places/", "data/control_totals/", "data/toys/"]
    page = found["data/"]
    assert page.data["licence"] == "CC0-1.0"
    assert [(t["id"], t["rows"], t["as_of"], t["kinds"]) for t in page.data["tables"]] == [
        ("sources", 3, "", []), ("places", 2, "", []), ("control_totals", 1, "2021-12-31", ["官方"]),
        ("toys", 4, "2021-12-31", ["官方", "转载"]),
    ]  # fmt: skip
    assert page.data["tables"][3]["files"] == [{"text": "2021 年 CSV", "href": "data/toys/2021.csv"}]
    assert page.data["tables"][0]["files"] == [{"text": "CSV", "href": "data/sources.csv"}]
    assert [f["href"] for f in page.data["figures"]] == ["data/figures/2021/toy.json"]
    assert "11 个数" in page.data["figures"][0]["text"]
    assert (page.as_of, page.demo, page.section) == ("2021-12-31", False, "data/")
    assert page.description.startswith("甲市民生公开的全部数据表")


def test_dictionary_of_a_table(tmp_path: Path) -> None:
    page = pages(toy.site(tmp_path))["data/toys/"]
    columns = {c["name"]: c for c in page.data["columns"]}
    assert "电话" not in columns
    assert columns["年度"] == {
        "name": "年度", "id": "year", "type": "整数", "unit": "", "description": "年度的说明",
        "allowed": columns["年度"]["allowed"], "key": True,
    }  # fmt: skip
    assert "不小于 2000" in columns["年度"]["allowed"]
    assert "必填" in columns["年度"]["allowed"]
    assert columns["层级"]["allowed"] == "市、县"
    assert (columns["安排"]["type"], columns["安排"]["unit"], columns["安排"]["key"]) == ("数", "万元", False)
    assert columns["月份"]["type"] == "年月"
    assert page.crumbs == (("首页", ""), ("数据", "data/"))


def test_files_of_all_years(tmp_path: Path) -> None:
    found = toy.toy_contract(tmp_path, years=(2020, 2021))
    site = plan.site_of(toy.tables(found, toy.ROWS), [toy.TOY], toy.IDENTITY, None)
    assert [f["href"] for f in pages(site)["data/toys/"].data["files"]] == ["data/toys/2020.csv", "data/toys/2021.csv"]


def test_kinds_strongest_first_and_demonstrations_marked(tmp_path: Path) -> None:
    rows = [toy.toy(n, "01", "市", "2021-12", 1, 1, source=s) for n, s in enumerate(("demo", "gov"))]
    found = pages(toy.site(tmp_path, {"toys": rows}))
    assert found["data/toys/"].data["kinds"] == ["官方", "演示"]
    assert (found["data/toys/"].demo, found["data/"].demo, found["data/places/"].demo) == (True, True, False)


@pytest.mark.parametrize(
    ("count", "shown"), [(0, False), (1, True), (MAX_ROWS_SHOWN, True), (MAX_ROWS_SHOWN + 1, False)]
)
def test_small_tables_show_their_rows(tmp_path: Path, count: int, shown: bool) -> None:
    rows = [toy.toy(n, "01", "市", "2021-12", 1, 1) for n in range(count)]
    page = pages(toy.site(tmp_path, {"toys": rows}))["data/toys/"]
    assert page.data["rows"] == count
    assert (page.data["grid"] is not None) is shown
    if shown:
        assert [r["key"] for r in page.data["grid"]["rows"]] == [f"2021/{n}/01/city/2021-12" for n in range(count)]


def test_sources_are_shown_however_many(tmp_path: Path) -> None:
    """Every figure leads to its document there."""
    sources = [{"id": f"s{n}", "title": f"文件{n}", "kind": "官方"} for n in range(MAX_ROWS_SHOWN + 50)]
    rows = [toy.toy(1, "01", "市", "2021-12", 1, 1, source="s249")]
    site = toy.site(tmp_path, {"toys": rows, "sources": sources})
    ids = {r["id"] for r in pages(site)["data/sources/"].data["grid"]["rows"]}
    origin = next(p for p in plan.pages(site, [toy.TOY], Rows(site.tables)) if p.path == "toy/2021/p01/origin/")
    (source,) = origin.data["sections"][0]["sources"]
    assert source["href"].split("#")[1] in ids


def test_as_of_is_a_day(tmp_path: Path) -> None:
    rows = [toy.toy(n, "01", "市", m, 1, 1) for n, m in enumerate(("2021-02", "2020-12"))]
    found = pages(toy.site(tmp_path, {"toys": rows}))
    assert found["data/toys/"].data["as_of"] == found["data/toys/"].as_of == "2021-02-28"


def test_an_empty_package(tmp_path: Path) -> None:
    (tmp_path / "datapackage.yaml").write_text("name: nothing")
    found = contract.load(tmp_path)
    site = plan.site_of(toy.tables(found, {}), [], toy.IDENTITY, None)
    page = pages(site)["data/"]
    assert (page.data["tables"], page.data["figures"], page.as_of, site.as_of) == ([], [], None, None)
