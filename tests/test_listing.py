"""The pages of rows: which there are, what is on each, and the address that a row has there."""

from __future__ import annotations

from pathlib import Path

from generator import contract, plan
from generator.model import Page
from generator.origins import Rows
from generator.tables import KEY
from tests import toy
from tests.test_catalog import MONTHLY, of, pages


def keys(page: Page) -> list[str]:
    return [r["key"] for r in page.data["grid"]["rows"]]


def test_a_table_of_one_file_shows_all_its_rows(tmp_path: Path) -> None:
    sources = [{"id": f"s{n:03d}", "title": f"文件{n}", "kind": "官方"} for n in range(500)]
    rows = [toy.toy(1, "01", "市", "2021-12", 1, 1, source="s249")]
    site = toy.site(tmp_path, {"toys": rows, "sources": sources, "control_totals": []})
    found = pages(site)
    assert len(keys(found["data/sources/"])) == 500
    assert found["data/control_totals/"].data["grid"] is None
    origin = next(p for p in plan.pages(site, [toy.TOY], Rows(site.tables)) if p.path == "toy/2021/p01/origin/")
    (source,) = origin.data["sections"][0]["sources"]
    assert source["href"].split("#")[1] in {r["id"] for r in found["data/sources/"].data["grid"]["rows"]}


def test_a_year_has_a_page_of_rows(tmp_path: Path) -> None:
    rows = [toy.toy(n, "01", "市", "2021-12", 1, 1) for n in range(300)]
    page = pages(toy.site(tmp_path, {"toys": rows}))["data/toys/2021/"]
    assert keys(page) == [f"2021/{n}/01/city/2021-12" for n in range(300)]
    assert (page.title, page.data["label"], page.data["files"][0][1]) == (
        "玩具：2021 年", "toys:2021", "data/toys/2021.csv",
    )  # fmt: skip
    assert page.crumbs == (("首页", ""), ("数据", "data/"), ("玩具", "data/toys/"))
    assert page.search is None


def test_a_cumulative_year_has_a_page_for_each_month(tmp_path: Path) -> None:
    more = {**toy.ROWS, "toys": [*toy.ROWS["toys"], toy.toy(9, "01", "市", None, 1, 1, source="demo")]}
    tables = toy.tables(contract.load(toy.write_contract(tmp_path, schemas=MONTHLY)), more)
    found = pages(plan.site_of(tables, [], toy.IDENTITY, None))
    year = found["data/toys/2021/"]
    assert [(p["name"], p["href"], p["rows"], p["kinds"]) for p in year.data["parts"]] == [
        ("2021 年 11 月", "data/toys/2021/2021-11/", "1", ["官方"]),
        ("2021 年 12 月", "data/toys/2021/2021-12/", "3", ["官方", "转载"]),
        ("没有写明月份", "data/toys/2021/undated/", "1", ["演示"]),
    ]
    assert year.data["grid"] is None
    assert keys(found["data/toys/2021/2021-11/"]) == ["2021/1/01/city/2021-11"]
    assert keys(found["data/toys/2021/undated/"]) == ["2021/9/01/city/-"]
    assert found["data/toys/2021/2021-11/"].crumbs[-1] == ("2021 年", "data/toys/2021/")
    assert [found[f"data/toys/2021/{p}/"].as_of for p in ("2021-11", "undated")] == ["2021-11-30", None]
    assert [found[f"data/toys/2021/{p}/"].demo for p in ("2021-11", "undated")] == [False, True]


def test_the_example_is_a_row_of_the_newest_page(tmp_path: Path) -> None:
    found = pages(of(tmp_path, MONTHLY))
    data = found["data/toys/"].data
    assert data["example"] == "data/toys/2021/2021-12/#row-2021.1.01.city.2021-12"
    assert data["pattern"] == {
        "page": "data/toys/年度/月份/",
        "key": "年度、编号、地方、层级、月份",
        "undated": "undated",
    }
    assert found["data/sources/"].data["pattern"] == {"page": "data/sources/", "key": "编号", "undated": None}
    assert found["data/places/"].data["example"] == "data/places/#row-01"


def test_a_key_that_no_address_can_hold_is_no_example(tmp_path: Path) -> None:
    rows = {"toys": [toy.toy(1, "东 区", "市", "2021-12", 1, 1)], "places": [{"code": "东 区", "name": "东区"}]}
    assert pages(toy.site(tmp_path, rows))["data/toys/"].data["example"] is None


def test_rows_of_one_published_key_share_the_first_ones_id(tmp_path: Path) -> None:
    """A key may have private parts; an id stands once on a page all the same."""
    fields = [f | {"public": f["name"] not in ("编号", "电话")} for f in toy.SCHEMAS["toys"]["fields"]]
    schemas = {**toy.SCHEMAS, "toys": {**toy.SCHEMAS["toys"], "fields": fields}}
    found = contract.load(toy.write_contract(tmp_path, schemas=schemas))
    tables = toy.tables(found, {"toys": [toy.toy(n, "01", "市", "2021-12", 1, 1) for n in (1, 2)]})
    tables.frame("toys")[KEY] = "2021/01/city/2021-12"
    site = plan.site_of(tables, [], toy.IDENTITY, None)
    assert [r["anchor"] for r in pages(site)["data/toys/2021/"].data["grid"]["rows"]] == [True, False]
