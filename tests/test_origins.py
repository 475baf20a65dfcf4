"""这个数从哪来: every figure's address shows exactly its rows, and their sum is the figure."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from generator import origins, plan
from generator.errors import ProgramError
from generator.measure import Figures
from generator.model import Figure, Kind, Missing, Page, RowRef
from generator.origins import Rows
from generator.subject import Site
from generator.tables import KEY
from generator.view import address
from tests import toy
from tests.sites import Built


def made(site: Site) -> tuple[Rows, dict[str, Page]]:
    """The origin pages of a site by path."""
    rows = Rows(site.tables)
    parents = {p.path: p for p in toy.pages(site)}
    return rows, {p.path: p for p in origins.pages(site, rows, parents, [toy.TOY])}


def section(found: dict[str, Page], figure: Figure) -> dict[str, Any]:
    path, fragment = address(figure).split("#")
    sections = [s for s in found[path].data["sections"] if s["id"] == fragment]
    assert len(sections) == 1, address(figure)
    return dict(sections[0])


def with_figure(site: Site, *more: Figure) -> Site:
    return Site(site.tables, Figures([*site.figures.values(), *more]), site.identity, site.as_of)


def test_every_address_shows_exactly_the_figures_rows(tmp_path: Path) -> None:
    site = toy.site(tmp_path)
    _, found = made(site)
    expected = {
        "toy/2021/all/planned": ["toy/2021/all/planned"],
        "toy/2021/all/paid_sum": ["2021/1/01/city/2021-12", "2021/1/02/county/2021-12", "2021/2/01/city/2021-12"],
        "toy/2021/all/paid_sum@2021-11": ["2021/1/01/city/2021-11"],
        "toy/2021/p01/paid": ["2021/1/01/city/2021-12", "2021/1/02/county/2021-12"],
        "toy/2021/p02/paid": ["2021/2/01/city/2021-12"],
    }
    for figure_id, keys in expected.items():
        shown = section(found, site.figures[figure_id])
        assert [r["key"] for t in shown["tables"] for r in t["rows"]] == keys, figure_id
        assert figure_id in [f["id"] for f in shown["figures"]]


def test_every_figure_stands_once(tmp_path: Path) -> None:
    site = toy.site(tmp_path)
    _, found = made(site)
    ids = [i for page in found.values() for s in page.data["sections"] for f in s["figures"] for i in f["ids"]]
    assert sorted(ids) == list(site.figures)


def test_the_sum_below_the_rows_is_the_figure(tmp_path: Path) -> None:
    site = toy.site(tmp_path)
    _, found = made(site)
    checked = 0
    for figure in site.figures.values():
        if figure.rows[0].table == "toys:2021":
            table = section(found, figure)["tables"][0]
            names = [c["name"] for c in table["columns"]]
            shown = table["sums"][
                names.index({"planned": "安排", "paid": "拨付"}[figure.id.split("/")[3][:7].split("_")[0]])
            ]
            assert Fraction(shown.replace(",", "")) * 1_000_000 == pytest.approx(figure.value, abs=5000), figure.id
            assert table["count"] == figure.rows[0].rows
            checked += 1
    assert checked == 10


def test_cells_are_shown_for_people(tmp_path: Path) -> None:
    row = toy.toy(
        1, "01", "市", "2021-12", 321_400_123_456, Missing.PENDING, count=1234,
        share=Fraction(3417, 3214), tags=("甲", "乙"), note="说明",
    )  # fmt: skip
    site = toy.site(tmp_path, {"toys": (row,)})
    rows, found = made(site)
    table = section(found, site.figures["toy/2021/p01/paid"])["tables"][0]
    shown = dict(zip([c["name"] for c in table["columns"]], table["rows"][0]["cells"], strict=True))
    assert shown == {
        "年度": "2021", "编号": "1", "地方": "东区", "层级": "市", "月份": "2021-12", "安排": "321,400.123456",
        "拨付": "待定", "件数": "1234", "完成率": "106.32", "标签": "甲、乙", "说明": "说明", "来源": "gov",
    }  # fmt: skip
    assert "电话" not in shown
    missing = [c["name"] for c, gone in zip(table["columns"], table["rows"][0]["missing"], strict=True) if gone]
    assert missing == ["拨付"]
    assert [c["name"] for c in table["columns"] if c["num"]] == ["安排", "拨付", "件数", "完成率"]
    assert table["title"] == "玩具"
    assert rows.records("toys")[0][KEY] == "2021/1/01/city/2021-12"


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (100_000_000, "100.00"), (123_456_789, "123.456789"), (1, "0.000001"), (10_000, "0.01"),
        (-150_000_000, "\u2212150.00"), (1_500_000, "1.50"), (0, "0.00"), (123_400, "0.1234"),
    ],
)  # fmt: skip
def test_an_amount_is_never_rounded_in_its_own_row(tmp_path: Path, fen: int, text: str) -> None:
    contract = toy.toy_contract(tmp_path)
    toys = contract.table("toys")
    assert toys is not None
    assert origins.text_of(toys.column("安排"), {"planned": fen, "planned?": None}) == text


def test_sums_leave_out_what_is_missing_and_what_cannot_be_added(tmp_path: Path) -> None:
    site = toy.site(tmp_path)
    rows = Rows(site.tables)
    toys = site.tables.contract.table("toys")
    assert toys is not None
    shown = origins.grid(rows, toys, rows.records("toys")[1:])
    sums = dict(zip([c["name"] for c in shown["columns"]], shown["sums"], strict=True))
    assert {k: v for k, v in sums.items() if v} == {"安排": "150.00", "拨付": "123.46", "件数": "5"}
    assert origins.grid(rows, toys, [])["sums"] == [""] * len(shown["columns"])


def test_documents_and_kinds_of_a_section(tmp_path: Path) -> None:
    site = toy.site(tmp_path)
    _, found = made(site)
    shown = section(found, site.figures["toy/2021/all/paid_sum"])
    assert [(s["id"], s["kind"], s["href"]) for s in shown["sources"]] == [
        ("gov", "官方", "data/sources/#row-gov"),
        ("paper", "转载", "data/sources/#row-paper"),
    ]
    assert shown["sources"][0]["url"] == "https://example.org/a"


def test_a_row_has_one_address_on_a_page(tmp_path: Path) -> None:
    site = toy.site(tmp_path)
    # Two sections of p01's page show the same rows: this year's newest month, and one row by itself.
    ref = RowRef("toys:2021", "2021/1/01/city/2021-12", "gov")
    site = with_figure(site, toy.figure("toy/2021/p01+r01/count", 4, "个", rows=(ref,)))
    _, found = made(site)
    sections = found["toy/2021/p01/origin/"].data["sections"]
    assert [s["id"] for s in sections] == ["2021-12.toys", "r01.count"]
    for page in found.values():
        rows = [r for s in page.data["sections"] for t in s["tables"] for r in t["rows"]]
        anchors = [r["id"] for r in rows if r["anchor"]]
        assert sorted(anchors) == sorted({r["id"] for r in rows})
    # The smaller selection is the row's own address.
    anchored = {s["id"]: [r["anchor"] for t in s["tables"] for r in t["rows"]] for s in sections}
    assert anchored == {"2021-12.toys": [False, True], "r01.count": [True]}


LIES = {
    "count": ({"rows": (RowRef("toys:2021", "2021/1/*/*/2021-12", "gov", 3),)}, "声称有 3 行"),
    "no rows": ({"rows": (RowRef("toys:2021", "2021/9/*/*/2021-12", "gov", 0),)}, "toys:2021/2021/9/*/*/2021-12 不在"),
    "one row": ({"rows": (RowRef("toys:2021", "2021/9/01/city/2021-12", "gov"),)}, "不在数据里"),
    "year": ({"rows": (RowRef("toys:2020", "2021/1/*/*/2021-12", "gov", 2),)}, "不在数据里"),
    "table": ({"rows": (RowRef("games:2021", "2021/1/*", "gov", 2),)}, "games:2021"),
}  # fmt: skip


@pytest.mark.parametrize("name", LIES)
def test_a_figure_that_lies_about_its_rows(tmp_path: Path, name: str) -> None:
    more, message = LIES[name]
    site = with_figure(toy.site(tmp_path), toy.figure("toy/2021/p01/lie", **more))
    with pytest.raises(ProgramError) as caught:
        made(site)
    assert message in str(caught.value)
    assert "toy/2021/p01/" in str(caught.value)


def test_an_origin_page_knows_its_way_back(tmp_path: Path) -> None:
    site = toy.site(tmp_path)
    _, found = made(site)
    page = found["toy/2021/p01/origin/"]
    assert (page.title, page.section, page.template) == ("页 toy/2021/ · 一号项目：数从哪来", "toy/", "origin.md.j2")
    assert page.crumbs == (("页 toy/2021/", "toy/2021/"),)
    assert found["toy/2021/p02/origin/"].title == "页 toy/2021/ · p02：数从哪来"  # nobody has a name for it
    assert found["toy/2021/all/origin/2021-12/"].title == "页 toy/2021/ · 截至 12月：数从哪来"
    assert len({p.title for p in found.values()}) == len(found)
    assert page.data["back"] == "toy/2021/"
    assert (page.demo, page.as_of) == (False, "2021-12")


def test_a_figure_without_a_page_above_it(tmp_path: Path) -> None:
    site = toy.site(tmp_path)
    with pytest.raises(ProgramError, match="没有上级页面"):
        list(origins.pages(site, Rows(site.tables), {"elsewhere/": toy.page("elsewhere/")}, [toy.TOY]))
    home = {"": toy.page("")}
    assert all(p.data["back"] == "" for p in origins.pages(site, Rows(site.tables), home, [toy.TOY]))


def test_a_demonstration_figure_marks_its_page(tmp_path: Path) -> None:
    rows = {"toys": (toy.toy(1, "01", "市", "2021-12", 1, 1), toy.toy(2, "01", "市", "2021-12", 1, 1, source="demo"))}
    _, found = made(toy.site(tmp_path, rows))
    demo = {path.split("/")[2]: page.demo for path, page in found.items()}
    assert demo == {"all": True, "p01": False, "p02": True}
    shown = found["toy/2021/all/origin/2021-12/"].data["sections"][0]["tables"][0]["rows"]
    assert [r["demo"] for r in shown] == [False, True]


def test_rows_in_another_order_give_the_same_figures_and_addresses(tmp_path: Path) -> None:
    rows = {**toy.ROWS, "toys": tuple(reversed(list(toy.ROWS["toys"])))}
    one, two = toy.site(tmp_path / "a"), toy.site(tmp_path / "b", rows)
    assert dict(one.figures) == dict(two.figures)
    assert made(one)[1].keys() == made(two)[1].keys()
    assert plan.site_of(two.tables, [toy.TOY], toy.IDENTITY, None).as_of == "2021-12-31"


def test_undated_rows(tmp_path: Path) -> None:
    site = toy.site(tmp_path, {"toys": (toy.toy(1, "01", "市", None, 1, 1),)})
    _, found = made(site)
    figure = site.figures["toy/2021/all/paid_sum"]
    assert (figure.rows[0].key, address(figure)) == ("2021/*/*/*/-", "toy/2021/all/origin/undated/#toys")
    assert section(found, figure)["tables"][0]["rows"][0]["key"] == "2021/1/01/city/-"
    assert found["toy/2021/p01/origin/"].as_of is None


def test_kinds_of_all_official_figures(tmp_path: Path) -> None:
    site = toy.site(tmp_path)
    assert {f.kind for f in site.figures.values()} == {Kind.OFFICIAL, Kind.PRESS}


def test_what_is_cumulative_is_not_added_over_months(shipped: Built) -> None:
    """Rows of two months, as 当月拨付 compares them, have no sum; those of one month have."""
    grids = [
        (page, table)
        for page in shipped.pages
        if page.startswith("budget/2021/all/origin/")
        for table in shipped.tree(page).xpath("//table[@data-table='budget:2021']")
    ]
    months = {True: 0, False: 0}
    for page, table in grids:
        several = len({row.get("data-row").rsplit("/", 1)[1] for row in table.xpath(".//tr[@data-row]")}) > 1
        assert bool(table.xpath(".//tr[@class='rowsum']")) != several, page
        months[several] += 1
    assert months[True] > 0
    assert months[False] > 0
