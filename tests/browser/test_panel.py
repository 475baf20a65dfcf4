"""Where a number comes from, over the page: which figure was asked for, and every way out and back again."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import Invite, until
from tests.sites import Server

PROJECT = "budget/2021/p07/"
CELL = "#months tbody tr:nth-child(11) td:nth-child({}) a.origin"  # 下达 and 拨付率 of one month: one section


def panel(page: Page) -> Locator:
    return page.locator("dialog.portal-panel[open]")


def asked(page: Page) -> Locator:
    return panel(page).locator("table.formulas tbody tr.asked")


def test_the_figure_that_was_asked_for_comes_first_and_names_the_panel(invite: Invite) -> None:
    page = invite(360, 740).go(PROJECT)
    for column in (2, 5):
        link = page.locator(CELL.format(column))
        name = link.locator("data").get_attribute("data-figure") or ""
        link.click()
        first = panel(page).locator("table.formulas tbody tr").first
        expect(first).to_have_class("asked")
        expect(first.locator(f"data[data-figure='{name}']")).to_be_in_viewport()
        label, value = first.locator("th").inner_text().split()[0], " ".join(first.locator("data").inner_text().split())
        expect(panel(page)).to_have_attribute("aria-label", re.compile(rf"^{label} .*：{re.escape(value)}$"))
        ground = "e => getComputedStyle(e.cells[0]).backgroundColor"
        assert first.evaluate(ground) != panel(page).locator("table.formulas tbody tr").nth(1).evaluate(ground)
        page.keyboard.press("Escape")
        expect(panel(page)).to_have_count(0)
    home = invite(360, 740).go("")
    head = home.locator(".figure", has=home.locator(".origin-link")).nth(1)
    head.locator(".origin-link").click()
    figure = head.locator("> data").get_attribute("data-figure")
    expect(asked(home).locator(f"data[data-figure='{figure}']")).to_be_visible()


def test_back_closes_forward_and_loading_again_open(invite: Invite) -> None:
    visitor = invite(360, 740)
    page = visitor.go("budget/2021/")
    page.goto(f"{visitor.home}{PROJECT}")
    link = page.locator(CELL.format(4))
    link.click()
    expect(asked(page)).to_have_count(1)
    page.go_back()
    expect(panel(page)).to_have_count(0)
    expect(page).to_have_url(visitor.home + PROJECT)
    expect(link).to_be_focused()
    page.go_forward()
    expect(asked(page)).to_have_count(1)
    page.reload()
    expect(asked(page)).to_have_count(1)
    panel(page).get_by_role("button", name="关闭").click()
    expect(panel(page)).to_have_count(0)
    expect(link).to_be_focused()
    page.go_back()  # one step for each page: a panel that was closed leaves none
    expect(page).to_have_url(f"{visitor.home}budget/2021/")


def test_a_panel_is_closed_when_its_step_is_gone_and_not_before(invite: Invite) -> None:
    """What is pressed the moment it is gone is not lost to the step back; two presses are one step."""
    visitor = invite(360, 740)
    page = visitor.go(PROJECT)
    watch = "() => { addEventListener('close', () => { document.title = JSON.stringify(history.state); }, true); }"
    page.evaluate(watch)
    for leave in ("Escape", "Escape Escape", "button", "outside"):
        page.evaluate("document.title = ''")
        page.locator(CELL.format(4)).click()
        expect(asked(page)).to_have_count(1)
        if leave == "button":
            panel(page).get_by_role("button", name="关闭").click()
        elif leave == "outside":
            page.mouse.click(180, 3)
        else:
            for key in leave.split():
                page.keyboard.press(key)
        expect(panel(page)).to_have_count(0)
        expect(page).to_have_title("null")
        expect(page).to_have_url(visitor.home + PROJECT)


# The link is pressed once more in the very moment when the panel is gone, before the browser tells of it.
AT_ONCE = """selector => {
  const panel = document.querySelector('dialog'), own = panel.close.bind(panel);
  panel.close = () => { own(); panel.close = own; document.querySelector(selector).click(); };
  panel.querySelector('button').click();
}"""


def test_what_is_pressed_the_moment_a_panel_is_gone_opens_another(invite: Invite) -> None:
    page = invite(360, 740).go(PROJECT)
    page.locator(CELL.format(4)).click()
    expect(asked(page)).to_have_count(1)
    page.evaluate(AT_ONCE, CELL.format(2))
    expect(asked(page).locator(f"data[data-figure='{PROJECT[:-1]}/allocated@2021-11']")).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel(page)).to_have_count(0)
    until(page, "!history.state")


def test_back_from_the_whole_page_is_the_page_without_its_panel(invite: Invite) -> None:
    visitor = invite(360, 740)
    page = visitor.go(PROJECT)
    page.locator(CELL.format(4)).click()
    panel(page).get_by_role("link", name="打开整页").click()
    page.wait_for_url(f"{visitor.home}{PROJECT}origin/#2021-11")
    page.go_back()
    expect(page).to_have_url(visitor.home + PROJECT)
    expect(page.locator("h1")).to_be_visible()
    expect(panel(page)).to_have_count(0)


def test_without_a_network_the_page_stays_and_offers_to_try_again(
    server: Server, stranger: Callable[..., Page]
) -> None:
    page = stranger()
    page.goto(server.url + PROJECT)
    page.context.set_offline(True)
    page.locator(CELL.format(4)).click()
    expect(panel(page).get_by_role("alert")).to_contain_text("没有取到")
    expect(page).to_have_url(server.url + PROJECT)
    page.context.set_offline(False)
    panel(page).get_by_role("button", name="重试").click()
    expect(asked(page)).to_have_count(1)
    expect(panel(page).get_by_role("alert")).to_have_count(0)


def test_who_has_gone_back_gets_no_panel_that_failed_to_load(stranger: Callable[..., Page], server: Server) -> None:
    page = stranger()
    page.goto(server.url + PROJECT)
    held: list[Route] = []
    page.route("**/origin/**", lambda route: held.append(route))
    page.locator(CELL.format(4)).click()
    until(page, "history.state && history.state.panel")
    page.go_back()
    until(page, "!history.state")
    assert len(held) == 1
    held[0].abort()
    until(page, "!document.querySelector('[aria-busy]')")  # all that the answer leads to has happened
    expect(panel(page)).to_have_count(0)


def copied(page: Page, box: Locator) -> str:
    """What stands in the clipboard when a folded text is opened and copied by the keyboard."""
    box.locator("summary").click()
    button = box.get_by_role("button", name="复制", exact=True)
    expect(button).to_be_visible()
    page.keyboard.press("Tab")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(box.get_by_role("button", name="已复制")).to_be_visible()
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_a_citation_and_the_code_of_a_frame_can_be_copied(invite: Invite, hostile_server: Server) -> None:
    visitor = invite(360, 740, home=hostile_server.url)
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = visitor.go("budget/2021/")
    code = page.locator("details.cite", has=page.locator("code")).first
    assert copied(page, code) == code.locator("code").inner_text()
    page.locator("a.origin").first.click()
    line = asked(page).locator("details.cite")
    today = page.evaluate("new Date().toLocaleDateString('sv')")
    text = copied(page, line)
    assert text == line.locator("p").first.inner_text()
    assert f")[{today}]. 编号 " in text


def test_each_figure_has_a_line_that_an_address_can_name(invite: Invite) -> None:
    page = invite(360, 740, script=False).go(f"{PROJECT}origin/#{PROJECT[:-1]}/paid@2021-11")
    expect(page.locator("tr:target data, code:target")).to_be_in_viewport()
