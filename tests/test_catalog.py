"""The data catalogue: each table with its dictionary, row count, date, licence and files."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from generator import catalog, contract, listing, plan
from generator.model import Page
from generator.origins import Rows
from generator.subject import Site
from tests import toy


def pages(site: Site) -> dict[str, Page]:
    return {p.path: p for p in catalog.pages(site, Rows(site.tables))}


def entries(page: Page) -> list[dict[str, Any]]:
    return [t for group in page.data["groups"] for t in group["tables"]]


def formats(path: str, what: str) -> list[tuple[str, str, str]]:
    return [(name, f"{path}.{name.lower()}", f"{what} {name}") for name in ("CSV", "XLSX", "JSON")]


def grouped(**groups: str) -> dict[str, Any]:
    return {name: {**schema, "group": groups.get(name, "")} for name, schema in toy.SCHEMAS.items()}


def of(folder: Path, schemas: dict[str, Any], rows: toy.Rows = toy.ROWS, years: tuple[int, ...] = (2021,)) -> Site:
    found = contract.load(toy.write_contract(folder, years, schemas))
    return plan.site_of(toy.tables(found, rows), [toy.TOY], toy.IDENTITY, None)


MONTHLY = {**toy.SCHEMAS, "toys": {**toy.SCHEMAS["toys"], "cumulative": {"by": "月份", "fields": ["拨付"]}}}


# --- the catalogue ----------------------------------------------------------------------------------------


def test_catalogue_of_all_tables(tmp_path: Path) -> None:
    found = pages(toy.site(tmp_path))
    assert list(found) == [
        "data/", "data/sources/", "data/places/", "data/control_totals/", "data/toys/", "data/toys/2021/",
    ]  # fmt: skip
    page = found["data/"]
    assert page.data["licence"] == "CC0-1.0"
    assert [(t["id"], t["rows"], t["as_of"], t["kinds"]) for t in entries(page)] == [
        ("sources", "3", "", []), ("places", "2", "", []), ("control_totals", "1", "2021-12-31", ["官方"]),
        ("toys", "4", "2021-12-31", ["官方", "转载"]),
    ]  # fmt: skip
    assert entries(page)[3]["files"] == [{"name": "2021", "links": formats("data/toys/2021", "玩具 2021 年")}]
    assert entries(page)[0]["files"] == [{"name": "", "links": formats("data/sources", "来源")}]
    assert (page.data["all"], page.data["described"]) == ("data/all.zip", False)
    assert page.data["count"] == 4
    (year,) = page.data["figures"]
    assert year == {"year": 2021, "files": [{"href": "data/figures/2021/toy.json", "text": "toy.json", "count": "11"}]}
    assert (page.as_of, page.demo, page.section) == ("2021-12-31", False, "data/")
    assert page.description.startswith("甲市民生公开的全部数据表")


def test_tables_stand_in_groups_and_those_that_grow_come_first(tmp_path: Path) -> None:
    site = of(tmp_path, grouped(sources="名录", control_totals="公布的总数", toys="玩具"))
    groups = pages(site)["data/"].data["groups"]
    assert [(g["name"], [t["id"] for t in g["tables"]]) for g in groups] == [
        ("玩具", ["toys"]), ("名录", ["sources"]), ("其他", ["places"]), ("公布的总数", ["control_totals"]),
    ]  # fmt: skip


def test_years_are_listed_compactly(tmp_path: Path) -> None:
    found = pages(of(tmp_path, toy.SCHEMAS, years=(2020, 2021)))
    toys = entries(found["data/"])[3]
    assert toys["files"] == [{"name": str(y), "links": formats(f"data/toys/{y}", f"玩具 {y} 年")} for y in (2020, 2021)]
    assert [
        (y["name"], y["rows"], y["href"], y["since"], y["files"][0][1]) for y in found["data/toys/"].data["years"]
    ] == [
        ("2020 年", "0", None, "没有数据", "data/toys/2020.csv"),
        ("2021 年", "4", "data/toys/2021/", "2021-12-31", "data/toys/2021.csv"),
    ]
    assert "data/toys/2020/" not in found


def test_licence_is_named_for_people_and_machines(tmp_path: Path) -> None:
    found = toy.toy_contract(tmp_path)
    both = dataclasses.replace(found, descriptor={"licenses": [{"name": "CC-BY-4.0", "title": "署名"}]})
    assert catalog.licence(both) == "署名（CC-BY-4.0）"
    assert catalog.licence(dataclasses.replace(found, descriptor={})) == ""
    assert {p.data["licence"] for p in pages(toy.site(tmp_path)).values() if "licence" in p.data} == {"CC0-1.0"}


def test_kinds_strongest_first_and_demonstrations_marked(tmp_path: Path) -> None:
    rows = [toy.toy(n, "01", "市", "2021-12", 1, 1, source=s) for n, s in enumerate(("demo", "gov"))]
    found = pages(toy.site(tmp_path, {"toys": rows}))
    assert found["data/toys/"].data["kinds"] == ["官方", "演示"]
    demo = {path: page.demo for path, page in found.items()}
    assert (demo["data/toys/"], demo["data/toys/2021/"], demo["data/"], demo["data/places/"]) == (
        True,
        True,
        True,
        False,
    )


def test_as_of_is_a_day_or_the_reason_that_there_is_none(tmp_path: Path) -> None:
    rows = [toy.toy(n, "01", "市", m, 1, 1) for n, m in enumerate(("2021-02", "2020-12"))]
    found = pages(toy.site(tmp_path, {"toys": rows, "control_totals": [toy.control("toy/2021/all/planned", "1")]}))
    assert found["data/toys/"].data["as_of"] == found["data/toys/"].as_of == "2021-02-28"
    assert {t: found[f"data/{t}/"].data["since"] for t in ("places", "control_totals")} == {
        "places": "不涉及", "control_totals": "未注明",
    }  # fmt: skip


def test_without_an_as_of_what_happened_last_says_how_new_a_table_is(tmp_path: Path) -> None:
    """Plans and dates of publication do not; and 截至 is taken where there is one."""

    table = toy.toy_contract(tmp_path).tables()[0]

    def dated(*names: str) -> list[str]:
        columns = tuple(contract.Column(n, n, "date", "", public=n != "actual") for n in names)
        return listing._dated(dataclasses.replace(table, columns=columns))

    assert dated("planned", "date") == ["date"]
    assert dated("date", "as_of") == ["as_of"]
    assert dated("planned", "published", "actual") == []  # a column that is not public says nothing


def test_an_empty_package(tmp_path: Path) -> None:
    (tmp_path / "datapackage.yaml").write_text("name: nothing")
    found = contract.load(tmp_path)
    site = plan.site_of(toy.tables(found, {}), [], toy.IDENTITY, None)
    page = pages(site)["data/"]
    assert (page.data["groups"], page.data["figures"], page.as_of, site.as_of) == ([], [], None, None)


# --- the dictionary ---------------------------------------------------------------------------------------


def test_dictionary_of_a_table(tmp_path: Path) -> None:
    page = pages(toy.site(tmp_path))["data/toys/"]
    columns = {c["name"]: c for c in page.data["columns"]}
    assert "电话" not in columns
    assert columns["年度"] == {
        "name": "年度", "id": "year", "type": "整数", "unit": "", "description": "年度的说明",
        "allowed": "不小于 2000；必填", "key": True,
    }  # fmt: skip
    assert columns["层级"]["allowed"] == "市（city）、县（county）"
    assert (columns["安排"]["type"], columns["安排"]["unit"], columns["安排"]["key"]) == ("数", "万元", False)
    assert columns["月份"]["type"] == "年月"
    assert columns["标签"]["type"] == "文字，可有几个"
    assert page.crumbs == (("首页", ""), ("数据", "data/"))
    assert page.search is not None
    assert "安排" in page.search
    assert "电话" not in page.search


def test_limits_are_said(tmp_path: Path) -> None:
    limits = {"安排": {"minimum": 0, "maximum": 9}, "拨付": {"maximum": 9}, "说明": {"maxLength": 300}}
    fields = [f | {"constraints": limits.get(f["name"], {})} for f in toy.SCHEMAS["toys"]["fields"]]
    page = pages(of(tmp_path, {**toy.SCHEMAS, "toys": {**toy.SCHEMAS["toys"], "fields": fields}}))["data/toys/"]
    allowed = {c["name"]: c["allowed"] for c in page.data["columns"]}
    assert [allowed[n] for n in limits] == ["0 到 9", "不大于 9", "最多 300 个字"]


def test_references_lead_to_the_tables_that_they_name(tmp_path: Path) -> None:
    page = pages(toy.site(tmp_path))["data/toys/"]
    assert page.data["references"] == [
        {"fields": "来源", "title": "来源", "to": "编号", "href": "data/sources/"},
        {"fields": "地方", "title": "地方", "to": "代码", "href": "data/places/"},
    ]


def test_what_is_due_and_what_is_cumulative_is_said(tmp_path: Path) -> None:
    due = {"due": {"by": "月份", "day": 10, "field": "说明"}}
    page = pages(of(tmp_path, {**MONTHLY, "toys": {**MONTHLY["toys"], **due}}))["data/toys/"]
    assert page.data["due"] == {"by": "月份", "day": 10, "field": "说明"}
    assert page.data["cumulative"] == {"by": "月份", "columns": "拨付"}
    plain = pages(toy.site(tmp_path / "plain"))["data/toys/"]
    assert (plain.data["due"], plain.data["cumulative"]) == (None, None)


def test_nothing_is_said_of_private_columns(tmp_path: Path) -> None:
    private = {"说明", "拨付"}
    fields = [f | {"public": f["public"] and f["name"] not in private} for f in toy.SCHEMAS["toys"]["fields"]]
    more = {"fields": fields, "due": {"by": "月份", "day": 10, "field": "说明"}}
    places = {**toy.SCHEMAS["places"], "fields": [toy.column("代码", "code", public=False), toy.column("名称", "name")]}
    schemas = {**MONTHLY, "places": places, "toys": {**MONTHLY["toys"], **more}}
    found = contract.load(toy.write_contract(tmp_path, schemas=schemas))
    site = plan.site_of(toy.tables(found, toy.ROWS), [], toy.IDENTITY, None)
    data = pages(site)["data/toys/"].data
    assert [r["fields"] for r in data["references"]] == ["来源"]
    assert (data["due"], data["cumulative"]) == (None, None)
    assert "电话" not in str(data)
