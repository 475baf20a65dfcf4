"""A second place, official throughout: the same program, no mark of a demonstration, no date that is not known."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from tests.sites import ROOT, Built, build, copy_sichuan

UNDATED = "截至时间未注明，2021-05-12 公布"


def text(built: Built, page: str) -> str:
    return " ".join("".join(built.tree(page).get_element_by_id("content").itertext()).split())


def line(built: Built, page: str, label: str) -> list[str]:
    """A row of the table of regions by its first cell, as shown."""
    rows = built.tree(page).xpath(
        "//section[@id='regions']//tr[th[@scope='row'][normalize-space()=$label]]", label=label
    )
    assert len(rows) == 1, (page, label)
    return ["".join(c.itertext()) for c in rows[0]][1:]


def test_nothing_says_demonstration(sichuan: Built) -> None:
    files = [p for p in sichuan.site.rglob("*") if p.is_file() and p.suffix not in {".css", ".js"}]
    assert len(files) > 50
    marks = ("演示", 'banner-demo"', 'tag-demo"', "noindex", 'portal-footer__demo"')
    found = {(p.relative_to(sichuan.site).as_posix(), m) for p in files for m in marks if m.encode() in p.read_bytes()}
    # The dictionary and the published schemas list the kinds of source that the contract allows; search shows that too.
    searched = [p for p in files if p.is_relative_to(sichuan.site / "pagefind") and p.suffix == ".json"]
    allowed = {"data/sources/index.html", "data/datapackage.json", "data/catalog.jsonld", "data/index.html"}
    allowed |= {p.relative_to(sichuan.site).as_posix() for p in searched}
    entries = json.loads((sichuan.site / "pagefind/2021/pages.json").read_bytes())
    assert [e["path"] for e in entries if e["demo"] or "演示" in json.dumps(e, ensure_ascii=False)] == ["data/sources/"]
    assert not any(e["demo"] for e in entries)
    # Pages for other sites' frames are never to be found by themselves.
    assert {(p, m) for p, m in found if p.startswith("embed/") and m != "noindex"} == set()
    assert {(p, m) for p, m in found if not p.startswith("embed/") and (p not in allowed or m != "演示")} == set()
    for page in ("data/sources/", "data/"):
        elements = [e for e in sichuan.tree(page).iter() if isinstance(e.tag, str)]
        said = {e.tag for e in elements if "演示" in (e.text or "")} | {
            next(e.iterancestors()).tag for e in elements if "演示" in (e.tail or "")
        }
        assert said <= {"td", "p", "script"}, page  # the JSON-LD of the page


def test_the_frame_is_an_ordinary_sites(sichuan: Built) -> None:
    for page in (*sichuan.pages, "404.html"):
        tree = sichuan.tree(page)
        assert bool(tree.xpath("//meta[@name='robots']")) == page.startswith("embed/"), page
        assert tree.xpath("//aside") == []
        assert "演示" not in tree.xpath("string(//title)") + tree.xpath("string(//footer)")


def test_home_says_how_far_a_list_without_months_is(sichuan: Built) -> None:
    (brief,) = sichuan.tree("").xpath("//dl[@class='brief']")
    found = [d.get("data-figure") for d in brief.iter("data")]
    assert found[:3] == [f"projects/2021/all/{m}" for m in ("count_sum", "target", "done")]
    assert "1\u202f件：目标 89\u202f处，完成 89\u202f处" in "".join(brief.itertext())


def test_the_published_sums_are_on_the_pages(sichuan: Built) -> None:
    home, year = text(sichuan, ""), text(sichuan, "budget/2021/")
    for amount in ("9,820.00", "9,732.30", "3,882.97"):
        assert f"{amount} 万元" in year
    assert "9,820.00 万元" in home
    assert line(sichuan, "budget/2021/", "合计")[-5:] == ["9,820.00", "9,732.30", "3,882.97", "99.11", "39.54"]
    assert "目标数 89" in text(sichuan, "budget/2021/p20/")
    assert "完成数 89 " in text(sichuan, "budget/2021/p20/")


def test_the_published_rates_are_on_the_pages(sichuan: Built) -> None:
    for page in ("budget/2021/", "budget/2021/p20/"):
        assert line(sichuan, page, "成都市")[-2] == "117.01"
        assert line(sichuan, page, "遂宁市")[-2:] == ["93.67", "57.48"]
        assert line(sichuan, page, "遂宁市")[:2] == ["7", "7"]


def test_every_city_is_there(sichuan: Built) -> None:
    names = {r["名称"] for r in sichuan.rows("regions") if r["填报"] == "是"}
    assert len(names) == 21
    tree = sichuan.tree("budget/2021/")
    found = ["".join(h.itertext()) for h in tree.xpath("//section[@id='regions']//tbody/tr/th")]
    assert set(found) - {"合计"} == names


def test_a_date_that_is_not_known_is_said_to_be(sichuan: Built) -> None:
    for page in ("", "budget/2021/", "budget/2021/all/origin/"):
        assert UNDATED in text(sichuan, page), page
    assert {f["as_of"] for f in sichuan.figures.values()} == {None}
    for page in sichuan.pages:
        assert not re.search(r"截至 ?\d", text(sichuan, page)), page
        assert "None" not in text(sichuan, page), page


def test_every_figure_is_official_and_marked_so(sichuan: Built) -> None:
    assert {f["kind"] for f in sichuan.figures.values()} == {"官方"}
    assert sichuan.tree("").xpath("//span[@class='tag-official']")


def test_the_programs_files_name_no_place() -> None:
    words = re.compile(r"遂宁|[Ss]uining|5109|四川|[Ss]ichuan|射洪|船山")
    files = [p for folder in ("generator", "overrides") for p in (ROOT / folder).rglob("*") if p.is_file()]
    found = [
        (p.relative_to(ROOT).as_posix(), m[0]) for p in files if p.suffix not in {".pyc", ".otf"}
        for m in words.finditer(p.read_text(encoding="utf-8"))
    ]  # fmt: skip
    assert len(files) > 40
    assert found == []


def test_the_address_reaches_only_what_needs_it(tmp_path: Path, sichuan: Built) -> None:
    """Without it the site is the same, but for what is absolute."""
    root = copy_sichuan(tmp_path / "based")
    config = root / "mkdocs.yml"
    text = config.read_text(encoding="utf-8")
    config.write_text(re.sub("base_url: .*", 'base_url: ""', text), encoding="utf-8")
    shutil.copytree(sichuan.root / "build/cache", root / "build/cache")
    build(root)
    based = Built(root)
    ours, theirs = (
        {p.relative_to(b.site).as_posix(): p.read_bytes() for p in b.site.rglob("*") if p.is_file()}
        for b in (based, sichuan)
    )
    changed = {p for p in ours.keys() | theirs.keys() if ours.get(p) != theirs.get(p)}
    followed = {p for p in changed if p.endswith(("feed.xml", "feed.json", "calendar.ics"))}
    pages = {f"{p}index.html" for p in sichuan.pages}
    beside = {"404.html", "sitemap.xml", "portal-manifest.json", "assets/share.png", "data/catalog.jsonld"}
    saved = {
        p for p in changed if re.fullmatch(r"charts/.*\.svg|data/.*\.xlsx", p)
    }  # a saved file says where it is from
    assert followed
    assert saved
    assert changed - pages - followed - saved <= beside
    assert {*followed, "sitemap.xml", "assets/share.png", "data/catalog.jsonld"} & set(ours) == set()
    address = "https://www.example.org/minsheng/"
    for page in sichuan.pages:
        assert sichuan.tree(page).xpath("//link[@rel='canonical']/@href") == [f"{address}{page}"]
        absolute = (
            "//link[@rel='canonical' or @rel='alternate'] | //*[@class='portal-qr'] | //code[contains(., 'iframe')]"
        )
        assert based.tree(page).xpath(absolute) == [], page


def test_what_a_project_is_to_reach_is_said_wherever_it_is_summed_up(sichuan: Built) -> None:
    """Its list gives no goal in words, but a number."""
    target = sichuan.figures["projects/2021/p20/target"]
    said = f"目标 {target['value']}"
    (text,) = sichuan.tree("projects/2021/p20/").xpath("//meta[@name='description']/@content")
    assert said in text
    assert "没有公布" not in text
