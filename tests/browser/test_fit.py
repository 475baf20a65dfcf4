"""Every page of both sites at 360 pixels, and large at 320: nothing goes beyond the window, no line begins with a
comma; and the longest lists, and titles of all kinds. What the longest page of a kind does in all widths, with its
scripts, is in test_layout."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.sites import Built, Server, serving

PLAIN, LARGE = 360, 320  # what does not fit in any other way of looking does not fit in the larger on the narrower
BATCH = 40  # pages for one frame: a document that has held some hundred bodies becomes slow
KEPT = 3  # rows of a table in its own scroll box: however many there are, the box is as wide

# Pages are put into one frame, body after body: to open each would take ten times as long. Folded parts are unfolded.
WALK = """async ([paths, home, plain, large, kept]) => {
  const frame = document.createElement('iframe');
  frame.style.cssText = 'border:0;height:740px';
  frame.src = home;
  await new Promise(done => { frame.onload = done; document.body.replaceChildren(frame); });
  const texts = await Promise.all(paths.map(async p => {
    const answer = await fetch(home + p);
    return p.endsWith('404.html') || answer.ok ? answer.text() : Promise.reject(Error(p));
  }));
  const inner = frame.contentDocument, root = inner.documentElement, found = [];
  const style = e => frame.contentWindow.getComputedStyle(e);
  const boxed = e => e !== inner.body && (/auto|scroll/.test(style(e).overflowX) || boxed(e.parentElement));
  const name = e => `<${e.tagName.toLowerCase()} class="${e.className}"> ${e.textContent.trim().slice(0, 30)}`;
  const line = (node, at) => {
    const range = inner.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    return range.getClientRects()[0];
  };
  const last = node => {
    const all = inner.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    let text = null;
    while (all.nextNode()) if (all.currentNode.data.trim()) text = all.currentNode;
    return text && line(text, text.data.trimEnd().length - 1);
  };
  paths.forEach((path, at) => {
    const made = new DOMParser().parseFromString(texts[at], 'text/html');
    made.querySelectorAll(`.table-wrap tbody > tr:nth-child(n + ${kept + 1})`).forEach(e => e.remove());
    made.querySelectorAll('details').forEach(e => { e.open = true; });
    inner.body.replaceWith(made.body);
    const all = [...inner.body.querySelectorAll('*:not(svg *)')];
    const walker = inner.createTreeWalker(inner.body, NodeFilter.SHOW_TEXT), ends = [];
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (/^[，。；：、！？）”]/.test(node.data) && node.previousSibling) ends.push(node);
    }
    for (const width of [plain, large]) {
      frame.style.width = width + 'px';
      root.classList.toggle('portal-large', width === large);
      const where = `${path} ${width}: `;
      const over = inner.scrollingElement.scrollWidth - width;
      const out = all.filter(e => {
        const place = e.getBoundingClientRect();
        return place.right > width + 0.5 && place.width && !boxed(e.parentElement);
      });
      if (over > 0 || out.length) found.push(where + `${over} px too wide: ` + out.slice(-3).map(name).join(' | '));
      for (const node of ends) {
        const here = line(node, 0), before = here && last(node.previousSibling);
        if (before && here.top >= before.bottom) found.push(where + 'a line begins with ' + node.data.slice(0, 9));
      }
    }
  });
  return {found, pages: paths.length};
}"""


@pytest.fixture(scope="module")
def official_server(sichuan: Built) -> Iterator[Server]:
    """The Sichuan case."""
    yield from serving(sichuan.site)


@pytest.fixture
def bare(browser: Browser) -> Iterator[Page]:
    """A page that may hold a frame, which the site's policy forbids; what is put into the frame runs no script."""
    with browser.new_context(viewport={"width": 800, "height": 740}, bypass_csp=True, locale="zh-CN") as context:
        yield context.new_page()


def walk(page: Page, home: str, every: list[str]) -> list[str]:
    """What does not fit on some pages of a site, in words."""
    page.goto(home)
    found: list[str] = []
    for start in range(0, len(every), BATCH):
        paths = every[start : start + BATCH]
        answer: dict[str, Any] = page.evaluate(WALK, [paths, home, PLAIN, LARGE, KEPT])
        assert answer["pages"] == len(paths)
        found += answer["found"]
    return found


def test_every_page_of_the_shipped_site_fits(bare: Page, shipped: Built, server: Server) -> None:
    assert walk(bare, server.url, [*shipped.pages, "404.html"]) == []


def test_every_page_of_the_official_case_fits(bare: Page, sichuan: Built, official_server: Server) -> None:
    assert walk(bare, official_server.url, [*sichuan.pages, "404.html"]) == []


def test_the_pages_that_three_hundred_projects_make_longer_fit(
    bare: Page, shipped: Built, many: Built, many_server: Server
) -> None:
    def size(built: Built, page: str) -> int:
        return built.file(page).stat().st_size

    longer = [p for p in many.pages if p in shipped.pages and size(many, p) > 1.3 * size(shipped, p)]
    assert {"projects/2021/", "data/projects/2021/", "regions/2021/r510903/"} < set(longer)
    assert walk(bare, many_server.url, ["", "projects/2021/p300/", *longer]) == []


def test_every_page_that_names_a_hostile_title_fits(bare: Page, hostile: Built, hostile_server: Server) -> None:
    sections = ("projects/2021/", "budget/2021/", "units/2021/")
    named = [p for p in hostile.pages if p.startswith(sections) and "origin" not in p]
    assert walk(bare, hostile_server.url, named) == []
