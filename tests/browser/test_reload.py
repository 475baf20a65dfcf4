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
    page.goto(f"http://127.0.0.1:{running.port}/budget/2021/p01/")
    paid = page.locator(".portal .figures").first
    expect(paid).to_contain_text("720.00")
    project.replace(running.root / BUDGET, "400,400,360", "400,400,361")
    expect(paid).to_contain_text("721.00", timeout=PATIENCE * 1000)
    assert page.url.endswith("/budget/2021/p01/")
    project.replace(running.root / BUDGET, "400,400,361", "400,400,约361")
    running.until("仍是上一次的")
    page.reload()
    expect(paid).to_contain_text("721.00")
    context.close()
