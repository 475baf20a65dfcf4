"""Narrowing lists down as citizens do: every list, by mouse, by keys, from an address, on slow machines, on paper."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import lists
from tests.browser.conftest import Invite, until
from tests.browser.lists import Words
from tests.browser.test_walk import press_until
from tests.sites import HOSTILE, Built, Server

LISTS = {
    "projects/2021/": {"category", "region", "unit", "lifecycle", "schedule", "level"},
    "budget/2021/": {"category", "region", "unit", "lifecycle", "schedule", "level"},
    "grievances/2021/": {"category", "region", "unit", "lifecycle", "schedule"},
    "inspections/2021/": {"kind", "region", "unit", "lifecycle", "method"},
    "updates/2021/": {"kind", "month", "region", "unit", "category"},
}
STATUS = ".facets [role=status]"
SIGN = "[●▲◐▼○■◆]"
# The rows that can be seen, each by its own link or place, in their order.
SEEN = """() => [...document.querySelectorAll('[data-list] [data-at]')].filter(e => e.getClientRects().length)
  .map(e => e.querySelector('th a, h3 a') ? e.querySelector('th a, h3 a').href : e.id)"""
COUNTS = """() => Object.fromEntries([...document.querySelectorAll('.facet')].map(f => [f.querySelector('input').name,
  Object.fromEntries([...f.querySelectorAll('label')].map(l => [l.querySelector('input').value,
    [Number(l.querySelector('.count').textContent), l.querySelector('input').disabled]]))]))"""


def seen(page: Page) -> list[str]:
    found: list[str] = page.evaluate(SEEN)
    return found


def ready(page: Page) -> Page:
    page.locator("form.facets.ready").wait_for()
    return page


def tick(page: Page, facet: str, word: str) -> None:
    """Opens a facet as people do, and ticks or unticks an option."""
    opener = page.locator(".facets-open button")
    if opener.is_visible() and opener.get_attribute("aria-expanded") == "false":
        opener.click()
    box = page.locator(f".facet:has(input[name={facet}])")
    if box.get_attribute("open") is None:
        box.locator("summary").click()
    box.locator("label", has=page.locator(f"input[value='{word}']")).click()


def fits(row: Words, chosen: dict[str, list[str]], but: str = "") -> bool:
    return all(row[f] & set(options) for f, options in chosen.items() if f != but and options)


def counted(rows: list[Words], chosen: dict[str, list[str]], page: Page) -> None:
    """Each option says how many rows it would give under what is chosen in the other facets."""
    for facet, options in page.evaluate(COUNTS).items():
        right = Counter(word for row in rows if fits(row, chosen, facet) for word in row[facet])
        for word, (count, off) in options.items():
            assert count == right[word], (facet, word)
            assert off == (count == 0 and word not in chosen.get(facet, [])), (facet, word)


def downloaded(page: Page) -> tuple[str, list[dict[str, str]]]:
    with page.expect_download() as download:
        page.locator("[data-do=csv]").click()
    body = download.value.path().read_bytes()
    assert body.startswith(b"\xef\xbb\xbf")
    assert body.count(b"\n") == body.count(b"\r\n")
    return download.value.suggested_filename, list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def test_a_true_minus_is_a_hyphen_in_the_file(invite: Invite) -> None:
    page = invite().go("budget/2021/")
    page.locator("[data-list] tbody tr:first-child td.num data").first.evaluate("e => { e.textContent = '−1,234.50'; }")
    assert "-1234.50" in downloaded(page)[1][0].values()


def test_every_list_says_what_it_can_be_narrowed_down_by(shipped: Built) -> None:
    found = [p for p in shipped.pages if shipped.tree(p).xpath("//*[@data-list]")]
    sections = {p.split("/")[0] for p in found}
    assert sections == {p.split("/")[0] for p in LISTS}
    assert {"grievances/2019/", "grievances/2020/", "updates/2021/page/2/", "updates/2021/all/"} < set(found)
    for path in found:
        offered, rows = lists.shown(shipped, path)
        right = lists.expected(shipped, path)
        assert len(rows) == len(right) > 0, path
        whole = lists.expected(shipped, "updates/2021/all/") if path.startswith("updates/") else right
        for facet in offered:
            if facet not in right[0]:  # how the ten things stand is not recomputed here, but read off the page
                continue
            for row, true in zip(rows, right, strict=True):
                assert row[facet] == true[facet] or (facet == "lifecycle" and row[facet] < true[facet]), (path, facet)
            if facet != "lifecycle":
                assert offered[facet] == Counter(w for true in whole for w in true[facet]), (path, facet)
        if path in LISTS:
            assert offered.keys() == LISTS[path], path
        kinds = {e.get("data-kind") for e in shipped.tree(path).xpath("//*[@data-at]")}
        assert kinds == ({"转载"} if path in ("grievances/2019/", "grievances/2020/") else {"演示"}), path
    rows = shipped.tree("grievances/2021/").xpath("//*[@data-list]//tr[@data-at]")
    for row, mine in zip(rows, lists.shown(shipped, "grievances/2021/")[1], strict=True):
        state = lists.words(row[1])
        assert all(word in state for word in mine["lifecycle"] | mine["schedule"])
        assert ("滞后" in state) == (mine["schedule"] == {"滞后"})


def two(offered: dict[str, dict[str, int]], rows: list[Words]) -> tuple[dict[str, list[str]], str]:
    """Two options of one facet and one of another that not all and not none of the rows have; and the other facet."""
    for one, words in offered.items():
        for other, more in offered.items():
            pair = list(words)[:2]
            for word in more:
                chosen = {one: pair, other: [word]}
                found = [r for r in rows if fits(r, chosen)]
                if (
                    one != other
                    and len(pair) == 2
                    and 0 < len(found) < len([r for r in rows if fits(r, chosen, other)])
                ):
                    return chosen, other
    raise AssertionError("nothing tells the rows apart")


@pytest.mark.parametrize("path", LISTS)
def test_facets_words_address_back_and_file(invite: Invite, shipped: Built, path: str) -> None:
    whole = f"{path}all/" if path.startswith("updates/") else path
    offered, rows = lists.shown(shipped, whole)
    phone = path == "inspections/2021/"
    visitor = invite(360, 740) if phone else invite()
    page = ready(visitor.go(path))
    keys = seen(ready(invite().go(whole)))
    assert len(keys) == len(set(keys)) == len(rows)
    chosen, other = two(offered, rows)
    (one, pair), word = next(i for i in chosen.items() if i[0] != other), chosen[other][0]

    def check(now: dict[str, list[str]]) -> list[str]:
        right = [k for k, r in zip(keys, rows, strict=True) if fits(r, now)]
        assert seen(page) == right
        counted(rows, now, page)
        expect(page.locator("[data-list] .rowsum:visible")).to_have_count(0)  # the sum is of all
        expect(page.locator(STATUS)).to_have_text(re.compile(rf"^共 {len(rows)} .，显示 {len(right)} ."))
        return right

    for i, option in enumerate(pair):  # OR within a facet
        tick(page, one, option)
        if path == whole or i:
            until(page, "n => document.querySelectorAll('.facets-chips li').length === n", i + 1)
        if path != whole:
            until(page, "n => document.querySelectorAll('[data-list] > *').length === n", len(rows))
        check({one: pair[: i + 1]})
    tick(page, other, word)  # AND between facets
    found = check(chosen)
    assert parse_qsl(urlsplit(page.url).query) == [(f, w) for f in offered for w in chosen.get(f, [])]

    name, file = downloaded(page)
    assert name == f"{page.locator('h1').inner_text()}（筛选）.csv"
    here = page.url.split("?")[0]
    assert [r["网址"] for r in file] == [k if k.startswith("http") else f"{here}#{k}" for k in found]
    assert {r["数据性质"] for r in file} == {"演示"}
    assert not re.search(SIGN, str(file))  # a word says the state
    text = page.locator("[data-list] [data-at]:visible").all_inner_texts()
    for row, line in zip(file, text, strict=True):
        flat = re.sub(r"[\s,]", "", line)
        for value in list(row.values())[:-2]:
            assert all(re.sub(r"[\s,]", "", part) in flat for part in re.split(r"[()]", value)), (value, line)

    address = page.url
    page.go_back()
    check({one: pair})
    page.go_forward()
    check(chosen)
    ready(visitor.go(address.removeprefix(visitor.home)))  # as somebody gets it who was sent the address
    until(page, "n => document.querySelectorAll('.facets-chips li').length === n", 3)
    if path != whole:
        until(page, "n => document.querySelectorAll('[data-list] > *').length === n", len(rows))
        expect(page.locator("[data-paged]").first).to_be_hidden()
    check(chosen)
    page.locator(".facets-chips button", has_text=word).click()
    check({one: pair})
    page.locator("[data-do=clear]").click()
    expect(page.locator(STATUS)).to_have_text(f"共 {len(rows)} {page.locator('.facets').get_attribute('data-unit')}。")
    assert seen(page) == keys[:10] if path != whole else keys
    assert page.url == visitor.home + path


SORTS = {"projects/2021/": "work", "budget/2021/": "paid_rate", "grievances/2021/": "satisfied"}


@pytest.mark.parametrize("path", SORTS)
def test_order_by_exact_numbers_with_what_is_missing_last(invite: Invite, shipped: Built, path: str) -> None:
    page = ready(invite().go(path))
    before, sort = seen(page), SORTS[path]
    rows = shipped.tree(path).xpath("//*[@data-list]//tr[@data-at]")
    at = [h.get("data-sort") for h in shipped.tree(path).xpath("//*[@data-list]//thead//th")].index(sort)
    values = [next(iter(r[at].xpath(".//data/@value")), "") for r in rows]
    known = [i for i, v in enumerate(values) if v]
    missing = [i for i, v in enumerate(values) if not v]
    if path == "grievances/2021/":
        assert missing
    head = page.locator(f"th[data-sort={sort}]")
    for order, sign, address in (("descending", -1, f"-{sort}"), ("ascending", 1, sort)):
        head.get_by_role("button").click()
        expect(head).to_have_attribute("aria-sort", order)
        right = sorted(known, key=lambda i: sign * float(values[i])) + missing
        assert seen(page) == [before[i] for i in right]
        assert page.url.endswith(f"?sort={address}")
        last = page.locator("[data-list] tbody tr").last
        if path == "budget/2021/":
            expect(last).to_have_class("rowsum")
            expect(last).to_be_visible()
    expect(page.locator(STATUS)).to_contain_text("顺着排")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "none")
    assert seen(page) == before


def test_states_are_ordered_by_what_needs_looking_at(invite: Invite) -> None:
    page = ready(invite().go("projects/2021/?sort=state"))
    words = page.locator("[data-list] tbody tr td:nth-child(2)").all_inner_texts()
    assert words[0].endswith("滞后")
    assert words == sorted(
        words, key=lambda w: ["滞后", "未报送", "未启动", "序时推进", "超序时", "已完成", "已终止"].index(w[2:])
    )


@pytest.mark.parametrize("size", [(360, 740), (1440, 900)], ids=["phone", "desktop"])
def test_the_way_in_by_kind_shows_what_is_left(invite: Invite, size: tuple[int, int]) -> None:
    page = invite(*size).go("")
    page.locator("#topics .ways a").first.click()
    ready(page)
    expect(page.locator(STATUS)).to_have_text(re.compile(r"^共 30 个，显示 \d+ 个。$"))
    expect(page.locator(STATUS)).to_be_in_viewport()


def test_on_a_phone_the_count_stays_in_sight(invite: Invite) -> None:
    page = ready(invite(360, 740).go("projects/2021/"))
    word = page.locator("input[name=unit]").last.get_attribute("value") or ""
    tick(page, "unit", word)
    opener = page.locator(".facets-open button")
    expect(opener).to_have_text(re.compile(r"^筛选（1），显示 \d+ 个$"))
    expect(opener).to_be_in_viewport()


def test_by_keys_alone_on_a_phone(invite: Invite) -> None:
    page = ready(invite(360, 740).go("projects/2021/"))
    opener = page.locator(".facets-open button")
    press_until(page, opener)
    page.keyboard.press("Enter")
    expect(opener).to_have_attribute("aria-expanded", "true")
    box = page.locator(".facet:has(input[name=unit])")
    press_until(page, box.locator("summary"))
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    first = box.locator("input").first
    expect(first).to_be_checked()
    assert box.locator("label").first.evaluate("e => e.getBoundingClientRect().height") >= 44
    expect(page.locator(STATUS)).to_have_text(re.compile("^共 30 个，显示 [1-9] 个。$"))
    page.keyboard.press("Escape")
    expect(box.locator("summary")).to_be_focused()
    expect(first).to_be_hidden()
    press_until(page, page.locator(".facets-chips button"))
    page.keyboard.press("Enter")
    expect(page.locator(STATUS)).to_be_focused()
    press_until(page, page.locator("th[data-sort=name] button"))
    page.keyboard.press("Enter")
    expect(page.locator("th[data-sort=name]")).to_have_attribute("aria-sort", "ascending")
    assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0


def test_words_are_found_in_any_form_and_typing_is_one_step_back(invite: Invite) -> None:
    visitor = invite()
    page = ready(visitor.go("projects/2021/"))
    page.locator("#facets-q").press_sequentially("安居区 示例单位己", delay=5)
    expect(page.locator(STATUS)).to_have_text(re.compile("^共 30 个，显示 [1-9] 个。$"))
    found = seen(page)
    page.locator("#facets-q").fill("示例单位己\u3000安居区")
    assert seen(page) == found
    page.locator("#facets-q").fill("\uff10\uff11 新建")  # digits as wide as characters
    assert seen(page)[0].endswith("/p01/")
    page.locator("#facets-q").fill("没有这样的词")
    expect(page.locator(STATUS)).to_contain_text("没有符合的")
    assert seen(page) == []
    page.locator("#facets-q").fill("学")
    page.reload()
    ready(page)
    expect(page.locator("#facets-q")).to_have_value("学")
    assert 0 < len(seen(page)) < 30
    page.emulate_media(media="print")
    expect(page.locator(STATUS)).to_be_visible()  # paper says that rows are left out
    expect(page.locator("#facets-q")).to_be_hidden()


def test_without_script_the_lists_are_complete(invite: Invite, shipped: Built) -> None:
    visitor = invite(360, 740, script=False)
    for path in (*LISTS, "updates/2021/all/"):
        page = visitor.go(path)
        expect(page.locator("form.facets")).to_be_hidden()
        expect(page.locator("th button")).to_have_count(0)
        assert page.locator("[data-list] [data-at]:visible").count() == len(lists.expected(shipped, path))
    visitor.go("updates/2021/").get_by_role("link", name="全部").last.click()
    visitor.page.wait_for_url(f"{visitor.home}updates/2021/all/")
    visitor.go("grievances/2021/").locator(".facets-years a", has_text="2019").click()
    visitor.page.wait_for_url(f"{visitor.home}grievances/2019/")


def test_titles_that_mean_something_are_words(invite: Invite, hostile_server: Server) -> None:
    page = ready(invite(home=hostile_server.url).go("projects/2021/"))
    for title in HOSTILE:
        page.locator("#facets-q").fill(title[:90])
        assert len(seen(page)) == 1, title
        expect(page.locator(".facets-chips")).to_contain_text(" ".join(title[:90].split()))
        number = HOSTILE.index(title) + 1
        assert [r["项目"] for r in downloaded(page)[1]] == [f"{number:02d} {' '.join(title.split())}"]
    ready(
        invite(home=hostile_server.url).go(
            f"projects/2021/?unit={quote('<b>')}&sort=__proto__&q={quote('<img src=x>')}"
        )
    )
    expect(page.locator("article img, article b")).to_have_count(0)


def test_three_hundred_rows_on_a_slow_machine(invite: Invite, shipped: Built) -> None:
    text = shipped.file("projects/2021/").read_text(encoding="utf-8")
    start = text.index("<tbody>", text.index("data-list")) + len("<tbody>")
    end = text.index("</tbody>", start)
    body = "".join(
        text[start:end].replace("p0", f"p0{i}").replace("</a></th>", f" 第{i}份</a></th>") for i in range(10)
    )
    visitor = invite(360, 740)
    whole = (text[:start] + body + text[end:]).replace("<td>2021-12-31</td>", "<td>=1+1</td>")
    visitor.page.route(
        f"{visitor.home}projects/2021/", lambda route: route.fulfill(body=whole, content_type="text/html")
    )
    visitor.context.new_cdp_session(visitor.page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page = ready(visitor.go("projects/2021/"))
    assert len(seen(page)) == 300
    page.locator("#facets-q").press_sequentially("第3份")
    assert len(seen(page)) == 30
    tick(page, "unit", "示例单位甲")
    units = sum(r["牵头单位"] == "示例单位甲" for r in shipped.rows("projects/2021"))
    assert len(seen(page)) == units
    page.locator("th[data-sort=work] button").click()
    file = downloaded(page)[1]
    assert len(file) == units
    assert "'=1+1" in {r["完成时限"] for r in file}  # a spreadsheet would run it
    page.locator("[data-do=clear]").click()
    assert len(seen(page)) == 300
    expect(page.locator(STATUS)).to_contain_text("倒着排")


MOVED = """() => new Promise(done => {
  let sum = 0;
  const article = document.querySelector('article');
  new PerformanceObserver(all => all.getEntries().forEach(e => {
    if (e.sources.some(s => s.node && article.contains(s.node))) sum += e.value;
  })).observe({type: 'layout-shift', buffered: true});
  setTimeout(() => done(sum), 300);
})"""


@pytest.mark.parametrize(
    ("path", "width"), [("projects/2021/", 1440), ("updates/2021/", 360), ("grievances/2021/", 360)]
)
def test_nothing_moves_when_the_script_comes(invite: Invite, path: str, width: int) -> None:
    """The script is held back until the list is in sight; without room kept for it, all of the list would move."""
    visitor = invite(width, 740)
    page, held = visitor.page, list[Route]()
    page.route("**/facets.js", lambda route: held.append(route))
    page.goto(visitor.home + path, wait_until="domcontentloaded")
    page.locator("[data-list]").evaluate("e => scrollTo(0, e.getBoundingClientRect().top + scrollY - 400)")
    page.wait_for_timeout(200)
    before = page.evaluate(MOVED)
    held.pop().continue_()
    ready(page)
    assert page.evaluate(MOVED) - before < 0.02


def test_only_lists_pay_for_it_and_a_lost_script_leaves_them_whole(
    invite: Invite, server: Server, stranger: Callable[..., Page]
) -> None:
    visitor = invite()
    for path in ("", "projects/2021/p01/", "budget/", "data/"):
        visitor.go(path)
    assert not any("facets.js" in url for url in visitor.asked)
    page = stranger(lambda context: context.route("**/facets.js", lambda route: route.abort()))
    page.goto(f"{server.url}projects/2021/?unit={quote('示例单位甲')}")
    expect(page.locator("form.facets")).to_have_css("display", "none")  # and takes no room
    assert len(seen(page)) == 30
    page = stranger(lambda context: context.route("**/all/", lambda route: route.abort()))
    page.goto(f"{server.url}updates/2021/?q={quote('电梯')}")
    expect(page.locator(STATUS)).to_have_text("没有取到全年的清单，只看得到这一页的。")


def test_a_strict_server_allows_it(server: Server, stranger: Callable[..., Page]) -> None:
    def strict(route: Route) -> None:
        answer = route.fetch()
        header = "default-src 'self'; img-src 'self' data:; script-src 'self'; style-src 'self'"
        route.fulfill(response=answer, headers={**answer.headers, "Content-Security-Policy": header})

    page = stranger()
    said: list[Any] = []
    page.route(re.compile("/budget/2021/"), strict)
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{server.url}budget/2021/?level={quote('中央')}")
    ready(page)
    _, file = downloaded(page)
    assert len(file) == len(seen(page)) < 30
    assert not any("facets.js" in text or "blob:" in text for text in said)
