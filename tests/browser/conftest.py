"""A browser, the sites on a server that compresses, and one visitor for each test, of whom nothing may be asked twice.

A visitor's requests and complaints are kept: whatever a test looks at, nothing may go to another origin, no script
may fail, no dialog may open.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.sites import SETTINGS, Built, Server, serving

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
]  # fmt: skip


# The system's Chromium without windows; that it is not there is an error. The windowed one, told to show nothing,
# starts three more processes for its menus with every visitor, and takes twice as long.
CHROMIUM = shutil.which("chromium-headless-shell") or "/usr/bin/chromium-headless-shell"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests of a worker."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@pytest.fixture(scope="session")
def server(shipped: Built) -> Iterator[Server]:
    """The shipped site."""
    yield from serving(shipped.site)


@pytest.fixture(scope="session")
def hostile_server(hostile: Built) -> Iterator[Server]:
    """The site with hostile titles, below the path of its address."""
    yield from serving(hostile.site, urlsplit(SETTINGS["base_url"]).path)


@pytest.fixture(scope="session")
def many_server(many: Built) -> Iterator[Server]:
    """The site with 300 projects."""
    yield from serving(many.site)


def until(page: Page, said: str, arg: object = None) -> None:
    """Waits for what a script says of the page. Playwright's own ``wait_for_function`` asks again from inside the page,
    where the site's policy allows no script made from text: it fails whenever the first answer is no."""
    end = time.monotonic() + 30
    while not page.evaluate(said, arg):
        assert time.monotonic() < end, f"never became true: {said}"
        page.wait_for_timeout(20)


class Visitor:
    """One browser window, and what happened in it."""

    def __init__(self, context: BrowserContext, home: str) -> None:
        self.context, self.home = context, home
        self.page: Page = context.new_page()
        self.asked: list[str] = []
        self.said: list[str] = []
        context.on("request", lambda request: self.asked.append(request.url))
        context.on("weberror", lambda error: self.said.append(f"error: {error.error}"))
        context.on("console", lambda message: self.said.append(f"{message.type}: {message.text} {message.location}"))
        self.page.on("dialog", self._dialog)

    def _dialog(self, dialog: Any) -> None:
        self.said.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def go(self, path: str) -> Page:
        """Opens an address below the site's home."""
        self.page.goto(self.home + path, wait_until="load")
        return self.page

    @property
    def path(self) -> str:
        """Where the visitor is, below the site's home."""
        assert self.page.url.startswith(self.home)
        return self.page.url.removeprefix(self.home)

    def complaints(self) -> list[str]:
        """What should not have happened."""
        outside = [u for u in self.asked if not u.startswith((self.home, "data:", "blob:"))]
        lost = [m for m in self.said if not ("404" in m and "404.html" in m)]
        return outside + lost


Invite = Callable[..., Visitor]


Prepare = Callable[[BrowserContext], None]


@pytest.fixture
def stranger(browser: Browser) -> Iterator[Callable[..., Page]]:
    """A visitor whose browser or network lacks something, so that complaints are to be expected."""
    contexts: list[BrowserContext] = []

    def make(prepare: Prepare = lambda context: None) -> Page:
        contexts.append(browser.new_context(locale="zh-CN", viewport={"width": 360, "height": 740}))
        contexts[-1].set_default_timeout(30_000)
        prepare(contexts[-1])
        return contexts[-1].new_page()

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def invite(browser: Browser, server: Server) -> Iterator[Invite]:
    """Makes visitors: ``invite(width=360, dark=True, script=False)``; in the end none may have a complaint."""
    visitors: list[Visitor] = []

    def make(
        width: int = 1440, height: int = 900, *, dark: bool = False, script: bool = True, home: str = server.url
    ) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            has_touch=width < 600,
            locale="zh-CN",
            reduced_motion="reduce",
        )
        context.set_default_timeout(30_000)
        visitors.append(Visitor(context, home))
        return visitors[-1]

    yield make
    complaints = [c for visitor in visitors for c in visitor.complaints()]
    for visitor in visitors:
        visitor.context.close()
    assert complaints == []
