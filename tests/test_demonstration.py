"""What is not official says so in pages, pictures and files; the official among it is marked one by one."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from typing import Any

from tests.sites import Built
from tests.truth import budget

STATION = "演示站,非政府网站"
SPLITS = ("months", "levels", "regions", "projects")


def words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def station(text: str) -> str:
    """Full-width or not, it is the same sentence."""
    return text.replace("，", ",")


def banners(built: Built, page: str) -> list[str]:
    return [words(e) for e in built.tree(page).xpath("//aside[@class='banner-demo']")]


def demo_rows(built: Built, page: str) -> list[str]:
    """The rows on a page that come from a demonstration: rows of data, of the catalogue's list, or news."""
    tree = built.tree(page)
    rows = tree.xpath("//tr[@data-row]")
    sources = {s["编号"] for s in built.rows("sources") if s["类别"] == "演示"}
    cited = [r.get("data-row") for r in rows if sources & {words(c) for c in r[1:]}]
    news = tree.xpath("//*[@class='meta' and .//span[@class='tag-demo']]")
    return (
        cited
        + [words(r[0]) for r in tree.xpath("//tr[td/span[@class='tag-demo']] | //ul/li[p/span[@class='tag-demo']]")]
        + [words(e) for e in news]
    )


def test_banners_stand_on_exactly_the_pages_with_demonstration(shipped: Built) -> None:
    kinds = {key: f["kind"] for key, f in shipped.figures.items()}
    with_banner, without = set(), set()
    for page in (*shipped.pages, "404.html"):
        figures = {kinds[e.get("data-figure")] for e in shipped.tree(page).iter("data")}
        table = re.fullmatch(r"data/([a-z_]+)/", page)
        rows = [r for p in shipped.data.rglob("*.csv") if table and table[1] in (p.stem, p.parent.name)
                for r in csv.DictReader(p.read_text(encoding="utf-8").splitlines())]  # fmt: skip
        demo = "演示" in figures or bool(demo_rows(shipped, page)) or any(r.get("来源") == "demo-2021" for r in rows)
        if page.startswith("embed/"):  # a picture and nothing else
            demo = "演示数据" in "".join(shipped.tree(page).xpath("//figure//*[local-name()='text']/text()"))
        assert len(banners(shipped, page)) == demo, page
        (with_banner if demo else without).add(page)
    assert {
        "grievances/2019/",
        "about/",
        "method/",
        "budget/",
        "404.html",
        "data/control_totals/",
        "budget/2021/all/origin/",
    } <= without
    assert {"", "budget/2021/", "budget/2021/p07/", "budget/2021/p07/origin/", "data/", "data/budget/"} <= with_banner


def test_the_banner_comes_before_the_heading_and_says_what_is_official(shipped: Built) -> None:
    for page in shipped.pages:
        if banners(shipped, page):
            banner = shipped.tree(page).xpath("//aside[@class='banner-demo']")[0]
            assert banner.getnext().tag == ("figure" if page.startswith("embed/") else "h1"), page
            assert "演示数据" in words(banner)
            assert "官方" in words(banner)


def test_every_page_says_that_this_is_no_government_site(shipped: Built) -> None:
    for page in (*shipped.pages, "404.html"):
        tree = shipped.tree(page)
        assert station(tree.xpath("string(//title)")).endswith(STATION), page
        for name in ("og:title", "og:site_name"):
            contents = tree.xpath("//meta[@property=$name]/@content", name=name)
            assert [station(c).endswith(STATION) for c in contents] == [True], (page, name)
        footers = tree.xpath("//footer")
        assert len(footers) == (not page.startswith("embed/"))  # in a frame a page has nothing around it
        for footer in footers:
            assert STATION in station(words(footer)), page
            assert not re.search("主办单位|标识码|政府网站标识", words(footer)), page
        assert tree.xpath("//meta[@name='robots']/@content") == ["noindex"], page


def test_there_is_no_sitemap_of_a_demonstration(shipped: Built) -> None:
    assert not (shipped.site / "sitemap.xml").exists()


def pictures(built: Built) -> Iterator[tuple[str, Any]]:
    for page in built.pages:
        for svg in built.tree(page).xpath("//figure//*[local-name()='svg']"):
            yield page, svg


def test_pictures_of_demonstration_say_so_inside(shipped: Built, sichuan: Built) -> None:
    found = {True: 0, False: 0}
    for built in (shipped, sichuan):
        for page, svg in pictures(built):
            figure = next(svg.iterancestors("figure"))
            demo = built is shipped and figure.get("id") not in {"budget-2021-chain", "home-chain"}
            drawn = [words(t) for t in svg.iter() if str(t.tag).endswith("text")]
            assert any("演示" in t for t in drawn) == demo, (page, figure.get("id"))
            found[demo] += 1
    assert found[True] > 100
    assert found[False] >= 2


def test_rows_of_csv_files_say_what_they_are(shipped: Built) -> None:
    kinds = {s["编号"]: s["类别"] for s in shipped.rows("sources")}
    for path in (shipped.site / "data").rglob("*.csv"):
        rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
        for row in rows:
            if "来源" in row:
                assert row["数据性质"] == kinds[row["来源"]], path


def test_json_says_what_it_is(shipped: Built, sichuan: Built) -> None:
    for built, demo in ((shipped, True), (sichuan, False)):
        for path in (built.site / "data/figures").glob("2*/*.json"):
            body = json.loads(path.read_bytes())
            assert body["demonstration"] is demo
            assert all(f["kind"] in {"官方", "转载", "演示"} if demo else f["kind"] == "官方" for f in body["figures"])
    assert {f["kind"] for f in shipped.figures.values()} == {"官方", "转载", "演示"}


# --- the official among the demonstration ------------------------------------------------------------------


def marks(element: Any) -> set[str]:
    """The kinds that stand with a figure: right behind it, in its block's label, or in its row's heading."""
    places = []
    outer = element
    while outer.getparent() is not None and outer.getparent().tag == "a":
        outer = outer.getparent()
    following = outer.getnext()
    if following is not None and re.fullmatch(r"\w*", (outer.tail or "").strip()):  # what is counted, and no more
        places.append([following])
    blocks = [b for b in element.iterancestors("div") if "figure" in b.get("class", "").split()]
    sections = [s for s in element.iterancestors("section") if s.get("class") != "origin-section"]
    places += [block.xpath(".//*[@class='label']//span") for block in blocks]
    places += [row.xpath("./th//span") for row in element.iterancestors("tr")]
    places += [row.xpath("../dt//span") for row in element.iterancestors("dd")]
    places += [section.xpath("./h2/span") for section in sections]
    found = {"tag-official": "官方", "tag-demo": "演示", "tag-press": "转载"}
    for spans in places:
        kinds = {found[s.get("class")] for s in spans if s.get("class") in found}
        if kinds:
            return kinds
    return set()


def test_official_numbers_among_demonstration_are_marked_one_by_one(shipped: Built) -> None:
    count = 0
    for page in shipped.pages:
        if banners(shipped, page):
            for element in shipped.tree(page).iter("data"):
                key = element.get("data-figure")
                kind = shipped.figures[key]["kind"]
                if kind == "官方":
                    assert marks(element) == {"官方"}, (page, key)
                    count += 1
                else:
                    assert "官方" not in marks(element), (page, key)
    assert count >= 10


def test_the_money_page_has_two_blocks_in_order(shipped: Built) -> None:
    page = shipped.tree("budget/2021/")
    order = [e.get("id") for e in page.xpath("//article//*[self::section or self::h2][@id]")]
    assert order == ["chain", "extras", "splits", *SPLITS, "sources"]
    divider = page.get_element_by_id("splits")
    assert divider.tag == "h2"
    assert words(divider).startswith("以下为演示")
    for name in ("chain", "extras"):
        kinds = {shipped.figures[e.get("data-figure")]["kind"] for e in page.get_element_by_id(name).iter("data")}
        assert kinds == {"官方"}, name
        assert page.get_element_by_id(name).xpath(".//span[@class='tag-official']")
    for name in SPLITS:
        section = page.get_element_by_id(name)
        assert {shipped.figures[e.get("data-figure")]["kind"] for e in section.iter("data")} == {"演示"}, name
        assert words(section.find("h2")).endswith("演示"), name


def test_the_money_page_shows_the_official_chain(shipped: Built) -> None:
    chain = words(shipped.tree("budget/2021/").get_element_by_id("chain"))
    for text in ("32.14 亿元", "34.17 亿元", "106.32 %", "32.40 亿元", "100.81 %", "截至 2021-12-31"):
        assert text in chain, text
    extras = words(shipped.tree("budget/2021/").get_element_by_id("extras"))
    for text in ("780.00 万元", "730.60 万元", "448.32 万元", "93.67 %", "57.48 %", "截至时间未注明"):
        assert text in extras, text


# --- months with gaps --------------------------------------------------------------------------------------


def gaps(built: Built, project: str | None) -> dict[str, dict[int, int]]:
    """How many amounts are missing, though they should be there, by column and month."""
    rows = [r for r in built.rows("budget/2021") if project in (None, r["项目编号"])]
    return {
        column: {
            m: sum(r[column] in ("未报送", "待定") for r in rows if int(r["截至月份"][5:]) == m) for m in range(1, 13)
        }
        for column in budget.AMOUNTS.values()
    }


def hollow(svg: Any) -> tuple[int, int]:
    """(hollow points, filled points) of a chart of months: arcs with the paper's fill, arcs with their own."""
    arcs = [p for p in svg.iter() if str(p.tag).endswith("path") and re.match(r"M[\d.,-]+A", p.get("d", ""))]
    empty = [p for p in arcs if p.get("fill") == "#ffffff" and p.get("stroke")]
    return len(empty), len(arcs) - len(empty)


def test_months_that_lack_rows_are_hollow_points_and_say_what_they_lack(shipped: Built) -> None:
    seen = 0
    for number in (None, *(str(n) for n in range(1, 31))):
        page = "budget/2021/" + (f"p{int(number):02d}/" if number else "")
        section = shipped.tree(page).get_element_by_id("months")
        missing = gaps(shipped, number)
        rows = {words(r[0]): r for r in section.xpath(".//tbody/tr")}
        for i, column in enumerate(budget.AMOUNTS.values(), start=1):
            for month, n in missing[column].items():
                said = words(rows[f"{month}月"][i])
                has_value = bool(rows[f"{month}月"][i].xpath(".//data[@value != '']"))
                assert (f"缺 {n} 项" in said) == bool(n and has_value), (page, month, column)
        measure = words(section.xpath(".//*[@class='measure']")[0])
        partial = [m for m in range(1, 13) if any(missing[c][m] for c in missing)]
        assert ("空心点" in measure) == bool(partial), page
        assert all(f"{m}月" in measure for m in partial), page
        seen += len(partial)
    assert seen > 10


def test_hollow_points_are_as_many_as_the_months_with_gaps(shipped: Built) -> None:
    for number in (None, *(str(n) for n in range(1, 31))):
        page = "budget/2021/" + (f"p{int(number):02d}/" if number else "")
        section = shipped.tree(page).get_element_by_id("months")
        key = f"p{int(number):02d}" if number else "all"
        whole = partial = 0
        for figure in shipped.figures.values():
            name = re.fullmatch(rf"budget/2021/{key}/(allocated|issued|paid)(_sum)?@.*", figure["id"])
            if name and figure["value"] is not None:
                lacking = figure["lacks"].get("未报送", 0) + figure["lacks"].get("待定", 0)
                whole, partial = whole + (not lacking), partial + bool(lacking)
        for svg in section.xpath(".//*[local-name()='svg']"):
            assert hollow(svg) == (partial, whole), page
