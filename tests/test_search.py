"""What is found: how text is cut, what is indexed, that it is the same bytes each time, and when it is made again."""

from __future__ import annotations

import dataclasses
import json
import random
import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pagefind_bin
import pytest

from generator import origins, pagefind, plan, search
from generator.errors import MachineError, ProgramError
from generator.model import Page
from generator.store import Work
from generator.subjects import SUBJECTS
from tests import toy
from tests.sites import ROOT, Built, read
from tests.subjects import money

QUERIES = "tests/cases/search/queries"
TITLES = ("老旧小区改造:水电气路", "新建公办幼儿园", "既有住宅加装电梯", "农村公路", '<b>{{ 7 }}</b> & "引号" \'')


NAMES = ("城东区", "城东新区", "东新街", "老城")
KNOWN = search.Wholes(search.wholes(NAMES))


def pages() -> list[Page]:
    found = [
        toy.page(f"toy/{year}/p{n:02d}/", title=title, description=f"{title}:拨付 {n},234.50 万元", search=f"项目 {n}")
        for year in (2020, 2021)
        for n, title in enumerate(TITLES, 1)
    ]
    return [*found, toy.page("about/", title="关于", search="怎么算"), toy.page("toy/2021/p01/origin/")]


def made(folder: Path, found: list[Page]) -> dict[str, bytes]:
    assets = list(pagefind.assets(Work(folder), found, NAMES))
    assert len({a.path for a in assets}) == len(assets)
    return {a.path: a.content for a in assets}


def entries(files: dict[str, bytes], year: str) -> dict[str, dict[str, object]]:
    """What results show, by id."""
    shelves = [json.loads(c) for p, c in files.items() if p.startswith(f"pagefind/{year}/shown/")]
    return {key: value for shelf in shelves for key, value in shelf.items()}


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("老旧小区", "老 旧 小 区"),
        ("项目 7 号", "项 目 7 号"),
        ("项目７，第〇二号", "项 目 7 第 〇 二 号"),
        ("32.14 亿元(106.32 %)", "32 14 亿 元 106 32"),
        ("PDF与Excel2021表", "pdf 与 excel 2021 表"),
        ("《遂宁年鉴(2022)》", "遂 宁 年 鉴 2022"),
        ("udemo-ding_x", "udemo ding x"),
        ("𠮷野家 Ⅷ ㎡", "𠮷 野 家 viii m 2"),
        ("<b>{{ 7 }}</b> & \"'", "b 7 b"),
        ("，。!? \u3000\n", ""),
    ],
)
def test_text_is_cut_into_characters_numbers_and_foreign_words(text: str, cut: str) -> None:
    assert " ".join(search.tokens(text)) == cut


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("老旧小区", "老旧 旧小 小区"),
        ("项目 7 号", "项目 目7 7号"),
        ("第〇二号", "第〇 〇二 二号"),
        ("20 21", "20〇21"),  # not 2021
        ("a 1 b", "a〇1 1〇b"),
        ("梯", ""),
        ("", ""),
    ],
)
def test_what_stands_side_by_side_makes_a_pair(text: str, cut: str) -> None:
    assert " ".join(search.pairs(search.tokens(text))) == cut


def test_names_are_whole_and_so_is_what_they_begin_with() -> None:
    names = ["市公安局", "示例单位乙", "示例单位丁", "示例单位乙", "安居区", "510922", "老城", "安居工程"]
    found = search.wholes(names)
    assert found == ["安 居 区", "安 居 工 程", "市 公 安 局", "示 例 单 位", "示 例 单 位 丁", "示 例 单 位 乙"]
    assert search.wholes([]) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("城东区和老城", "〇城东区"),
        ("修城东新街", "〇东新街"),
        ("修城东新区城东 新区", "〇城东新区 〇城东新区"),
        ("城东新区", "〇城东新区"),
        ("城东新", ""),
        ("", ""),
    ],
)
def test_whole_names_are_found_wherever_they_stand(text: str, found: str) -> None:
    assert " ".join(KNOWN.found(search.tokens(text))) == found


def test_names_that_overlap_are_all_found() -> None:
    known = search.Wholes(search.wholes(["城东新", "城东新街", "东新街", "Park 7 A 8"]))
    found = ["〇城东新", "〇城东新街", "〇东新街", "〇park〇7〇a〇8"]
    assert known.found(search.tokens("在城东新街,park 7 a 8")) == found


def test_a_document_has_each_whole_name_once_where_it_weighs_most() -> None:
    page = toy.page("toy/2021/p01/", title="城东区", description="城东区 8 城东新区", search="城东新区 城东新区")
    text = search.document(page, "zh-2021-2", KNOWN)
    assert re.findall(r'weight="(\d)">(?=[^<]*〇)[^<]*(〇[^<]*)<', text) == [("7", "〇城东区"), ("2", "〇城东新区")]


@pytest.mark.parametrize(("pages", "digits"), [(0, 1), (64, 1), (65, 2), (1024, 2), (1025, 3), (16384, 3), (16385, 4)])
def test_a_shelf_holds_four_pages_or_fewer(pages: int, digits: int) -> None:
    assert search.digits(pages) == digits
    assert search.language(2021, pages) == f"zh-2021-{digits}"


@pytest.mark.parametrize(
    ("path", "year"),
    [
        ("budget/2021/p07/", 2021),
        ("a/2020/2021/", 2020),
        ("data/", None),
        ("", None),
        ("a/20210/", None),
        ("y2021/", None),
    ],
)
def test_the_year_of_an_address(path: str, year: int | None) -> None:
    assert search.year_of(path) == year


def test_pages_of_no_year_are_with_the_newest_and_some_are_in_none() -> None:
    found = search.by_year(pages())
    assert list(found) == [2021, 2020]
    assert [p.path for p in found[2021]] == ["about/", *(f"toy/2021/p{n:02d}/" for n in range(1, 6))]
    assert [p.path for p in found[2020]] == [f"toy/2020/p{n:02d}/" for n in range(1, 6)]
    assert search.by_year([toy.page("a/", search=""), toy.page("b/")]).keys() == {0}
    assert search.by_year([toy.page("b/")]) == {}


def test_a_document_has_title_summary_and_words_but_no_amount() -> None:
    page = toy.page(
        "toy/2021/p01/", title="第 3 次 <改造>", description="拨付 1,234.50 万元,占 98 %", search="项目 7\n城东\n漏水"
    )
    assert search.document(page, "zh-2021-2", KNOWN).split("<body>")[1] == (
        '<p data-pagefind-weight="2">项目 目7</p> _ '
        '<h1 data-pagefind-weight="7">第3 3次 次改 改造</h1> _ '
        '<p data-pagefind-weight="1">拨付 付万 万元 元占 _ 城东 _ 漏水</p> _ '
        '<p data-pagefind-weight="7">第 3 次 改 造</p> _ '
        '<p data-pagefind-weight="2">项 目 7</p> _ '
        '<p data-pagefind-weight="1">拨 付 万 元 占 城 东 漏 水</p> _ </body></html>\n'
    )
    assert '<html lang="zh-2021-2">' in search.document(page, "zh-2021-2", KNOWN)


def test_what_stands_behind_another_page_weighs_less_by_every_word() -> None:
    page = toy.page("toy/2021/p01/", title="改造", search="项目 7\n城东")
    plain, behind = (search.document(p, "zh-2021-1", KNOWN) for p in (page, dataclasses.replace(page, behind=True)))
    weights = [[float(w) for w in re.findall(r'weight="([^"]+)"', text)] for text in (plain, behind)]
    assert weights[1] == pytest.approx([w * search.BEHIND for w in weights[0]])
    assert search.listed(dataclasses.replace(page, behind=True))["behind"] is True
    assert "behind" not in search.listed(page)
    script = (ROOT / "overrides/assets/search.js").read_text(encoding="utf-8")
    assert f"page.behind ? {search.BEHIND} : 1" in script


def test_what_a_result_shows() -> None:
    page = toy.page("toy/2021/p01/", crumbs=(("首页", ""), ("玩具", "toy/"), ("2021 年", "toy/2021/")), demo=True)
    shown = {
        "path": "toy/2021/p01/",
        "title": "页 toy/2021/p01/",
        "text": "说明",
        "way": "玩具 › 2021 年",
        "demo": True,
    }
    assert search.shown(page) == shown


def test_the_search_page_knows_the_years_and_the_ways_in() -> None:
    home = (("首页", ""),)
    found = search.page([*pages(), toy.page("toy/", title="玩具", crumbs=home), toy.page("toy/2021/", crumbs=home)])
    assert found.data == {"years": ["2021", "2020"], "lists": [{"title": "玩具", "href": "toy/"}]}
    assert (found.path, found.search, found.demo) == ("search/", None, False)


def test_the_same_bytes_in_any_order_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = made(tmp_path / "one", pages())
    other = tmp_path / "另一个 地方" / "x"
    other.mkdir(parents=True)
    monkeypatch.chdir(other)
    monkeypatch.setenv("PAGEFIND_SITE", "nowhere")
    monkeypatch.setenv("PAGEFIND_EXCLUDE_SELECTORS", "p")
    monkeypatch.setenv("PAGEFIND_UNSTABLE_INDEX_CHUNK_SIZE", "1")
    shuffled = random.Random(3).sample(pages(), len(pages()))
    assert made(other / "build", shuffled) == one
    documents = {p.path: search.document(p, "zh-2021-1", KNOWN) for p in search.by_year(pages())[2021]}
    backwards = dict(reversed(documents.items()))
    assert pagefind._made(Work(other / "third"), backwards) == pagefind._made(Work(other / "fourth"), documents)


def test_parts_of_another_size_are_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = []
    for size in (100_000, 10):
        monkeypatch.setattr(pagefind, "CHUNK", size)
        counts.append(sum(path.endswith(".pf_index") for path in made(tmp_path, pages())))
    assert counts[0] == 2  # one a year
    assert counts[1] > 10


def test_only_what_is_needed_is_kept(tmp_path: Path) -> None:
    names = {p.rpartition("/")[2] if "/shown/" not in p else "shown" for p in made(tmp_path, pages())}
    fixed = {"pagefind.js", "pagefind-entry.json", "wasm.unknown.pagefind", "pages.json", "names.json", "shown"}
    assert fixed <= names
    assert {n.rpartition(".")[2] for n in names - fixed} == {"pf_meta", "pf_index"}
    assert list((tmp_path / ".tmp").iterdir()) == []


def test_every_page_is_shown_once_under_its_id_and_in_the_plain_list(tmp_path: Path) -> None:
    files = made(tmp_path, pages())
    for year, found in search.by_year(pages()).items():
        shown = entries(files, str(year))
        assert sorted(shown.values(), key=lambda e: str(e["path"])) == [search.shown(p) for p in found]
        assert all(key.startswith(f"zh-{year}-1_") for key in shown)
        for path, content in files.items():
            if path.startswith(f"pagefind/{year}/shown/"):
                assert {f"{k.split('_')[1][:1]}.json" for k in json.loads(content)} == {path.rpartition("/")[2]}
        plain = json.loads(files[f"pagefind/{year}/pages.json"])
        assert plain == [search.listed(p) for p in found]


def change(**values: object) -> Callable[[list[Page]], list[Page]]:
    return lambda found: [dataclasses.replace(found[7], **values) if p is found[7] else p for p in found]


AMOUNT = change(description=f"{TITLES[2]}:拨付 9.99 万元")
INDEXED = ("title", "description", "search")


@pytest.mark.parametrize("name", INDEXED)
def test_one_changed_word_makes_the_index_of_its_year_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    before = made(tmp_path, pages())
    runs: list[Path] = []
    run = pagefind._run
    monkeypatch.setattr(pagefind, "_run", lambda room: (runs.append(room), run(room)))
    assert made(tmp_path, pages()) == before
    assert runs == []
    after = made(tmp_path, change(**{name: "垃圾分类"})(pages()))
    assert len(runs) == 1
    changed = {p for p in before.keys() | after.keys() if before.get(p) != after.get(p)}
    assert changed
    assert all(p.startswith("pagefind/2021/") for p in changed)


def test_a_changed_amount_is_shown_and_indexes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = made(tmp_path, pages())

    def refuse(room: Path) -> None:
        raise AssertionError("indexed again")

    monkeypatch.setattr(pagefind, "_run", refuse)
    after = made(tmp_path, AMOUNT(pages()))
    changed = {p for p in before if before[p] != after[p]}
    assert before.keys() == after.keys()
    assert len(changed) == 2
    assert "pagefind/2021/pages.json" in changed
    assert "9.99 万元" in json.dumps(list(entries(after, "2021").values()), ensure_ascii=False)


def documents(done: int, paid: int, amount: str) -> dict[str, str]:
    """What is indexed of a year in which a project has done and paid so much."""
    budget = [money.row(7, "510904", "市", "2021-03", 9_000_00, 8_000_00, paid)]
    reports = [money.progress(7, "510904", "2021-03", 100, done, work=Fraction(done, 100), source="demo")]
    cases = [money.problem(1, "2021-02-01", "2021-02-09", project=7, problem="屋面渗水")]
    total = toy.control("budget/2021/all/paid", amount, "万元")
    site = money.site(
        budget, projects=[money.project(7, "修路")], project_progress=reports, inspections=cases, control_totals=[total]
    )
    pages = plan.pages(site, SUBJECTS, origins.Rows(site.tables))
    return {p.path: search.document(p, "zh-2021-1", KNOWN) for p in pages if p.search is not None}


def test_of_the_shipped_subjects_a_changed_amount_indexes_nothing_and_a_changed_state_its_page() -> None:
    before = documents(30, 5_000_00, "12")
    assert {"projects/2021/p07/", "budget/2021/p07/", "regions/2021/r510904/"} <= before.keys()
    assert documents(31, 7_000_00, "13") == before
    done = documents(100, 5_000_00, "12")
    assert {p for p in before if before[p] != done[p]} == {"projects/2021/p07/"}


def program(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "program"
    file.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    file.chmod(0o755)
    return file


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("echo first >&2; echo 'no room' >&2; exit 3", MachineError, "搜索索引没有做成:Pagefind 的退出码是 3。no room"),
        ("exit 1", MachineError, "搜索索引没有做成:Pagefind 的退出码是 1。"),
        ("mkdir -p index/fragment", ProgramError, "搜索索引里的页面不对:应有 6 页,有 0 页。"),
        ("mkdir -p index/fragment; echo x | gzip > index/fragment/zh-2021_ab.pf_fragment", ProgramError,
         "看不懂 Pagefind 写的文件:zh-2021_ab.pf_fragment"),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_said_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, kind: type[Exception], said: str
) -> None:
    monkeypatch.setattr(pagefind_bin, "get_executable", lambda: program(tmp_path, text))
    with pytest.raises(kind) as caught:
        made(tmp_path / "build", pages())
    assert str(caught.value) == said
    assert Work(tmp_path / "build").paths() == set()
    assert list((tmp_path / "build/.tmp").iterdir()) == []


def test_a_program_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pagefind_bin, "get_executable", lambda: tmp_path / "nothing")
    with pytest.raises(MachineError, match=r"^写搜索索引没有完成:"):
        made(tmp_path / "build", pages())


# --- the shipped site -------------------------------------------------------------------------------------------------


def test_the_queries_are_worth_asking(shipped: Built) -> None:
    rows = read(ROOT, QUERIES)
    assert len(rows) >= 70
    assert len({r["查询"] for r in rows}) == len(rows)
    assert {r["地址"] for r in rows} <= set(shipped.pages)


def test_what_the_shipped_site_can_be_asked_for(shipped: Built) -> None:
    files = {p.relative_to(shipped.site).as_posix(): p.read_bytes() for p in shipped.site.glob("pagefind/**/*.json")}
    years = shipped.tree("search/").xpath("string(//form/@data-years)").split(" ")
    assert years == sorted(years, reverse=True)
    assert {p.name for p in (shipped.site / "pagefind").iterdir()} == {*years, "names.json"}
    names = json.loads(files["pagefind/names.json"])
    units = [name for row in read(ROOT, "data/units") for name in (row["名称"], *filter(None, [row["别名"]]))]
    regions = [name for row in read(ROOT, "data/regions") for name in (row["名称"], *row["别名"].split("、"))]
    assert {" ".join(n) for n in (*units, *regions) if len(n) > 2 and not n.isdigit()} | {"示 例 单 位"} == set(names)
    found = [e for year in years for e in json.loads(files[f"pagefind/{year}/pages.json"])]
    paths = [e["path"] for e in found]
    assert len(set(paths)) == len(paths)
    assert set(paths) <= set(shipped.pages)
    tables = {p for p in shipped.pages if p.startswith("data/") and p.count("/") <= 2}
    projects = {p for p in shipped.pages if p.startswith("budget/2021/p") and not p.endswith("origin/")}
    assert len(projects) == 30
    assert {"method/", "about/", "budget/", "budget/2021/"} | tables | projects <= set(paths)
    assert not any("/origin/" in p for p in paths)
    for entry in found:
        tree = shipped.tree(entry["path"])
        assert entry["demo"] == bool(tree.xpath("//aside[@class='banner-demo']")), entry["path"]
        assert entry["text"] == tree.xpath("string(//meta[@name='description']/@content)")
        assert entry["title"] == " ".join(tree.xpath("string(//h1)").split())


def test_every_page_but_search_itself_has_the_form(shipped: Built) -> None:
    for page in (*shipped.pages, "404.html"):
        forms = shipped.tree(page).xpath(f"//{'article' if page == 'search/' else 'header'}//form[@role='search']")
        if page.startswith("embed/"):  # in a frame a page has nothing around it
            assert forms == [], page
            continue
        assert len(forms) == 1, page
        assert forms[0].get("method") == "get"
        assert forms[0].xpath(".//input/@name") == ["q"]
        assert forms[0].get("action").endswith("./" if page == "search/" else "search/"), page


def test_the_licence_of_what_is_shipped_is_told() -> None:
    text = (ROOT / "overrides/assets/licences.txt").read_text(encoding="utf-8")
    assert "Copyright 2022 Pagefind" in text
    assert "Arjun Barrett" in text
    assert "pagefind/" in text
