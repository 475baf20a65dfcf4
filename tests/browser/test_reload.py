"""The preview in a browser: an edit reaches the open page without a hand on it, and problems do not take it away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests import project
from tests.project import BUDGET
from tests.test_preview import PATIENCE, Preview


@pytest.fixture
def running(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[Preview]:
    found = Preview(project.copy(project.warmed(tmp_path_factory), tmp_path / "project"))
    yield found
    found.close()


def test_an_edit_reaches_the_open_page(browser: Browser, running: Preview) -> None:
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"http://127.0.0.1:{running.port}/budget/2021/p01/")
    paid = page.locator(".portal .figures").first
    expect(paid).to_contain_text("720.00")
    project.replace(running.root / BUDGET, "400,400,360", "400,400,361")
    expect(paid).to_contain_text("721.00", timeout=PATIENCE * 1000)
    assert page.url.endswith("/budget/2021/p01/")
    project.replace(running.root / BUDGET, "400,400,361", "400,400,约361")
    # What is wrong comes to the front; the last good site stays reachable, and says that it is the last.
    expect(page.locator("h1")).to_have_text("数据检查报告", timeout=PATIENCE * 1000)
    expect(page.locator("body")).to_contain_text("约361")
    page.get_by_role("link", name="看网站").click()
    page.wait_for_url("**/budget/2021/p01/")
    expect(page.locator(".portal-preview")).to_contain_text("这是上一次的网站")
    page.get_by_role("link", name="看错误").click()
    project.replace(running.root / BUDGET, "400,400,约361", "400,400,362")
    page.wait_for_url("**/budget/2021/p01/", timeout=PATIENCE * 1000)
    expect(paid).to_contain_text("722.00")
    assert said == []
    context.close()
