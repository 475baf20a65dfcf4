"""Searching as a citizen does: the written-down queries, the keyboard, old browsers, strict servers, several years."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from bench import search as bench
from generator import pagefind, search
from generator.store import Work
from tests import toy
from tests.browser.conftest import Invite, Prepare
from tests.browser.test_walk import press_until
from tests.sites import ROOT, Built, Server, read, serving

QUERIES = [(r["查询"], r["地址"]) for r in read(ROOT, "tests/cases/search/queries")]
SCRIPT = (ROOT / "overrides/assets/search.js").read_text(encoding="utf-8")
FIRST = 3
FOUND, STATUS = "ol.found > li", ".found-status"
MOST_BYTES = 120_000  # for a first query, compressed, beside the page itself: docs/decisions/0008-search.md


def seek(page: Page, home: str, query: str, more: str = "") -> list[str]:
    """Opens the search page with a query, and gives the addresses found, below the home page."""
    page.goto(f"{home}search/?q={quote(query)}{more}")
    page.locator(STATUS, has_text=re.compile(r"[。：]$")).wait_for()  # looks oftener than expect does
    links = page.locator(f"{FOUND} a").evaluate_all("links => links.map(a => a.href)")
    return [str(href).removeprefix(home) for href in links]


def without_wasm(context: BrowserContext) -> None:
    """As in a browser older than Pagefind's program needs."""
    context.add_init_script("delete window.WebAssembly")


def without_segmenter(context: BrowserContext) -> None:
    """As in a browser that cannot tell Chinese words."""
    context.add_init_script("delete Intl.Segmenter")


def test_each_query_finds_its_page(invite: Invite) -> None:
    visitor = invite(360, 740)
    found = {query: seek(visitor.page, visitor.home, query)[:FIRST] for query, _ in QUERIES}
    assert {q: found[q] for q, path in QUERIES if path not in found[q]} == {}
    assert any(".pf_index" in url for url in visitor.asked)
    assert not any("pages.json" in url for url in visitor.asked)


@pytest.mark.parametrize("lacking", [without_wasm, without_segmenter], ids=["wasm", "segmenter"])
def test_an_older_browser_finds_the_same(server: Server, stranger: Callable[..., Page], lacking: Prepare) -> None:
    page = stranger(lacking)
    some, most = (QUERIES[::5], FIRST) if lacking is without_segmenter else (QUERIES, 5)  # the list has a simpler order
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    found = {query: seek(page, server.url, query)[:most] for query, _ in some}
    assert {q: found[q] for q, path in some if path not in found[q]} == {}
    assert any("pages.json" in url for url in asked) == (lacking is without_wasm)


@pytest.mark.parametrize(("policy", "plain"), [("'self' 'wasm-unsafe-eval'", False), ("'self'", True)])
def test_a_server_that_allows_little(server: Server, stranger: Callable[..., Page], policy: str, plain: bool) -> None:
    def strict(route: Route) -> None:
        answer = route.fetch()
        header = f"default-src 'self'; img-src 'self' data:; script-src {policy}"
        route.fulfill(response=answer, headers={**answer.headers, "Content-Security-Policy": header})

    page = stranger()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.route(re.compile(r"/search/(\?|$)"), strict)
    assert "projects/2021/p15/" in seek(page, server.url, "装电梯")[:FIRST]
    assert any("pages.json" in url for url in asked) == plain
    assert any(".pf_index" in url for url in asked) != plain


def test_what_a_first_query_costs(invite: Invite) -> None:
    visitor = invite()
    sizes: dict[str, int] = {}
    visitor.page.on("response", lambda r: sizes.update({r.url: int(r.headers.get("content-length", 0))}))
    seek(visitor.page, visitor.home, "老旧小区")
    own = {u: n for u, n in sizes.items() if "/pagefind/" in u or u.endswith("search.js")}
    assert len(own) >= 6
    assert sum(own.values()) <= MOST_BYTES, own
    before = len(visitor.asked)
    visitor.go("budget/2021/")
    assert not any("pagefind" in u or u.endswith("search.js") for u in visitor.asked[before:])


def test_what_was_promised_holds_among_ten_thousand_pages(browser: Browser, shipped: Built, tmp_path: Path) -> None:
    """The shipped pages again and again (bench/search.py); each query is the second of another visitor."""
    for server in serving(bench.site(tmp_path, shipped.site)):
        first, *others = bench.costs(browser, server.url, bench.QUERIES).items()
    assert first[0] == bench.OPENING
    assert first[1] <= bench.FIRST
    assert len(others) >= 12
    assert {query: sent for query, sent in others if not 0 < sent <= bench.NEXT} == {}


def test_the_form_at_the_top_leads_there_by_keys_alone(invite: Invite) -> None:
    visitor = invite(360, 740)
    page = visitor.go("budget/2021/p07/")
    press_until(page, page.locator(".portal-search input"))
    page.keyboard.type("电梯")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{visitor.home}search/?q={quote('电梯')}")
    expect(page.locator("#finder-q")).to_have_value("电梯")
    expect(page.locator(STATUS)).to_have_attribute("role", "status")
    expect(page.locator(STATUS)).to_have_text(re.compile(r"^找到 \d+ 页写着“电梯”。$"))
    press_until(page, page.locator(f"{FOUND} a[href$='projects/2021/p15/']"))
    page.keyboard.press("Enter")
    page.wait_for_url(f"{visitor.home}projects/2021/p15/")
    page.go_back()
    expect(page.locator(FOUND).first).to_be_visible()


def test_a_result_marks_the_words_and_the_demonstration(invite: Invite) -> None:
    visitor = invite()
    seek(visitor.page, visitor.home, "老旧小区 改造")
    item = visitor.page.locator(FOUND).first
    assert item.locator("a mark").all_inner_texts() == ["老旧小区", "改造"]
    expect(item.locator(".tag-demo")).to_have_text("演示")
    seek(visitor.page, visitor.home, "下达率")
    expect(visitor.page.locator(f"{FOUND} .tag-demo")).to_have_count(0)


def test_ten_at_a_time(invite: Invite) -> None:
    visitor = invite(360, 740)
    page = visitor.page
    first = seek(page, visitor.home, "资金")
    total = int(re.findall(r"\d+", page.locator(STATUS).inner_text())[0])
    assert len(first) == 10 < 20 < total
    page.get_by_role("button", name="再看 10 条").click()
    expect(page.locator(FOUND)).to_have_count(20)
    expect(page.locator(f"{FOUND}:nth-child(11) a")).to_be_focused()
    while page.locator(".found-more button").is_visible():
        count = page.locator(FOUND).count()
        page.locator(".found-more button").click()
        expect(page.locator(FOUND)).to_have_count(min(count + 10, total))
    assert len(set(page.locator(f"{FOUND} a").evaluate_all("links => links.map(a => a.href)"))) == total


NOTHING = "没有找到“{}”。换一个短些的词试试，或者从下面的清单里找。"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("飞机场", NOTHING),  # each character is somewhere
        ("龘龘 电梯", NOTHING),  # one word is nowhere
        ("<img src=x onerror=alert(1)>", NOTHING),
        ("，。", "请写下要找的字，标点不算。"),
    ],
)
def test_nothing_found(invite: Invite, query: str, said: str) -> None:
    visitor = invite(360, 740)
    assert seek(visitor.page, visitor.home, query) == []
    expect(visitor.page.locator(STATUS)).to_have_text(said.format(query))
    expect(visitor.page.locator("#lists a").first).to_be_visible()


def test_the_same_characters_apart_are_offered_as_that(invite: Invite) -> None:
    visitor = invite()
    assert "projects/2021/p13/" in seek(visitor.page, visitor.home, "小区老旧改造")
    expect(visitor.page.locator(STATUS)).to_have_text(
        re.compile(r"^没有照原样写着“小区老旧改造”的页面。(各年一共)?有 \d+ 页分开写着这些字：$")
    )


@pytest.mark.parametrize(
    "query",
    [
        "示例单位", "示例单位乙", "例单位乙", "单位", "示例旧单位丁", "示例单位癸 图书馆", "示例单位癸图书馆",
        "由示例单位癸", "蓬溪县农村公路", "蓬溪县船山区", "小区老旧改造", "老旧小区蓬溪县改造", "修桥", "老改",
        "市公安局", "遂宁市教育",
        "安居区 危房", "安居区危房", "7 号", "号7", "2021年民生资金", "34 个问题", "区小旧老造", "飞机场",
    ],
)  # fmt: skip
def test_index_and_plain_list_answer_alike(
    server: Server, stranger: Callable[..., Page], query: str
) -> None:  # the list looks for the words themselves, and knows nothing of pairs and whole names
    said, found = [], []
    for page in (stranger(), stranger(without_wasm)):
        first = set(seek(page, server.url, query))
        said.append(page.locator(STATUS).inner_text())
        while page.locator(".found-more button").is_visible():
            count = page.locator(FOUND).count()
            page.locator(".found-more button").click()
            expect(page.locator(FOUND)).not_to_have_count(count)
        found.append(set(page.locator(f"{FOUND} a").evaluate_all("links => links.map(a => a.href)")))
        assert len(first) <= len(found[-1])
    assert said[0] == said[1]
    assert found[0] == found[1]


def test_a_place_and_what_is_done_there_need_no_space(invite: Invite) -> None:
    page, home = (visitor := invite()).page, visitor.home
    apart = seek(page, home, "蓬溪县 农村公路")
    assert seek(page, home, "蓬溪县农村公路")[0] == apart[0] == "projects/2021/p17/"
    assert "".join(page.locator(f"{FOUND} a").first.locator("mark").all_inner_texts()) == "农村公路"


def test_numbers_are_left_out_when_nothing_has_them(invite: Invite) -> None:
    visitor = invite(360, 740)
    assert "inspections/2021/" in seek(visitor.page, visitor.home, "34 个问题")
    expect(visitor.page.locator(STATUS)).to_have_text(
        re.compile(r"^没有照原样写着“34 个问题”的页面。(各年一共)?有 \d+ 页写着数字以外的字：$")
    )
    assert seek(visitor.page, visitor.home, "987654321") == []


FIRST_OF_ALL = {
    "适老化": "projects/2021/p10/",
    "电梯": "projects/2021/p15/",
    "满意": "grievances/",
    "安居区": "regions/2021/r510904/",
}


def test_what_stands_behind_a_page_is_found_after_it(invite: Invite) -> None:
    visitor = invite(360, 740)
    assert {q: seek(visitor.page, visitor.home, q)[0] for q in FIRST_OF_ALL} == FIRST_OF_ALL


def test_without_a_query_the_page_waits(invite: Invite) -> None:
    page = invite(360, 740).go("search/")
    expect(page.locator("[data-portal=plain]")).to_be_hidden()
    expect(page.locator("[data-portal=found]")).to_be_hidden()


def test_without_script_it_says_where_to_look(invite: Invite) -> None:
    visitor = invite(360, 740, script=False)
    page = visitor.go("search/?q=x")
    expect(page.locator("[data-portal=plain]")).to_be_visible()
    page.locator("#lists a", has_text="民生资金").click()
    page.wait_for_url(visitor.home + "budget/")


def test_a_lost_network_is_told(server: Server, stranger: Callable[..., Page]) -> None:
    page = stranger(lambda context: context.route(re.compile("/pagefind/"), lambda route: route.abort()))
    assert seek(page, server.url, "电梯") == []
    assert page.locator(STATUS).inner_text().startswith("搜索没有成功：")
    expect(page.locator("#lists a").first).to_be_visible()


def test_hostile_titles_are_words(invite: Invite, hostile_server: Server) -> None:
    visitor = invite(360, 740, home=hostile_server.url)
    for query in ("alert", "7", "script", "粗", "资金"):
        assert seek(visitor.page, visitor.home, query), query
        assert visitor.page.locator(f"{FOUND} *:not(a, p, mark, span)").count() == 0
        assert visitor.page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"), query
    assert visitor.complaints() == []


def test_the_browser_cuts_text_as_the_index_does(invite: Invite) -> None:
    page = invite().page
    cut = re.search(r"  var HAN = .*?\n  function flat", SCRIPT, flags=re.S)
    assert cut
    own = "var whole = new Set();" + cut[0].removesuffix("function flat")
    code = "".join(chr(n) for n in range(0x20, 0x3000) if chr(n).isprintable())
    texts = [q for q, _ in QUERIES] + ["20 21", "20 a", "县2021"]
    texts += ["a老b２〇Ⅷ½é", "𠮷a\U00030000", "İSTANBUL ΑΣ", *re.findall(".{1,40}", code)]
    shown = page.evaluate(f"texts => {{ {own} return texts.map(t => [tokens(t), pairs(tokens(t))]); }}", texts)
    for text, (tokens, pairs) in zip(texts, shown, strict=True):
        assert tokens == search.tokens(text)
        assert pairs == (tokens if len(tokens) == 1 else search.pairs(tokens)), text


# --- several years ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def years(shipped: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The shipped site's search page over three years of a toy."""
    folder = tmp_path_factory.mktemp("years")
    site = Path(shutil.copytree(shipped.site, folder / "site"))
    shutil.rmtree(site / "pagefind")
    pages = [
        toy.page(f"toy/{y}/p01/", title=f"{y} 年的{title}", search="共同")
        for y, title in ((2021, "路灯"), (2020, "公园"), (2019, "路灯和桥"))
    ]
    for asset in pagefind.assets(Work(folder / "build"), pages, []):
        (site / asset.path).parent.mkdir(parents=True, exist_ok=True)
        (site / asset.path).write_bytes(asset.content)
    file = site / "search/index.html"
    text = re.sub(r'data-years="[^"]*"', 'data-years="2021 2020 2019"', file.read_text(encoding="utf-8"))
    file.write_text(text, encoding="utf-8")
    yield from serving(site)


@pytest.mark.parametrize("lacking", [None, without_wasm], ids=["index", "list"])
def test_all_years_on_request(years: Server, stranger: Callable[..., Page], lacking: Any) -> None:
    page = stranger(lacking) if lacking else stranger()
    assert seek(page, years.url, "共同") == ["toy/2021/p01/"]
    page.get_by_role("link", name="在全部年份里搜").click()
    expect(page.locator(FOUND)).to_have_count(3)
    assert page.url.endswith("&years=all")
    expect(page.locator(STATUS)).to_have_text("各年一共找到 3 页写着“共同”。")
    page.get_by_role("link", name="只看 2021 年").click()
    expect(page.locator(FOUND)).to_have_count(1)
    assert "years" not in page.url


def test_what_the_newest_year_lacks_is_looked_for_in_the_others(years: Server, invite: Invite) -> None:
    visitor = invite(360, 740, home=years.url)
    assert seek(visitor.page, years.url, "公园") == ["toy/2020/p01/"]
    expect(visitor.page.locator(STATUS)).to_have_text("各年一共找到 1 页写着“公园”。")
    expect(visitor.page.locator(".found-more a")).to_be_hidden()
    assert seek(visitor.page, years.url, "路灯") == ["toy/2021/p01/"]


def test_a_year_in_the_query_is_searched(years: Server, invite: Invite) -> None:
    visitor = invite(360, 740, home=years.url)
    assert seek(visitor.page, years.url, "2019 共同") == ["toy/2019/p01/"]
    assert seek(visitor.page, years.url, "2021 共同") == ["toy/2021/p01/"]


def test_a_search_in_all_years_goes_on_in_them(years: Server, invite: Invite) -> None:
    visitor = invite(home=years.url)
    seek(visitor.page, years.url, "共同", "&years=all")
    visitor.page.locator("#finder-q").fill("路灯")
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.locator(FOUND)).to_have_count(2)
    assert "years=all" in visitor.page.url
