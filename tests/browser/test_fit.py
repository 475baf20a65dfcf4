"""Every page of both sites at 320 and 360 pixels, plain and large: nothing goes beyond the window, no line begins with
a comma. What the longest page of a kind does in all widths, and with the scripts of the page, is in test_layout."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.sites import Built, Server, serving

WIDTHS = (320, 360)
BATCH = 40  # pages for one frame: a document that has held some hundred bodies becomes slow
KEPT = 3  # rows of a table in its own scroll box: however many there are, the box is as wide

# Pages are put into one frame, body after body: to open each would take ten times as long. Folded parts are unfolded.
WALK = """async ([paths, home, widths, kept]) => {
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
    for (const large of [false, true]) for (const width of large ? [...widths].reverse() : widths) {
      frame.style.width = width + 'px';
      root.classList.toggle('portal-large', large);
      const where = `${path} ${width}${large ? ' large' : ''}: `;
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


def walk(page: Page, built: Built, home: str) -> list[str]:
    """What does not fit on any page of a site, in words."""
    page.goto(home)
    found: list[str] = []
    every = [*built.pages, "404.html"]
    for start in range(0, len(every), BATCH):
        paths = every[start : start + BATCH]
        answer: dict[str, Any] = page.evaluate(WALK, [paths, home, list(WIDTHS), KEPT])
        assert answer["pages"] == len(paths)
        found += answer["found"]
    return found


def test_every_page_of_the_shipped_site_fits(bare: Page, shipped: Built, server: Server) -> None:
    assert walk(bare, shipped, server.url) == []


def test_every_page_of_the_official_case_fits(bare: Page, sichuan: Built, official_server: Server) -> None:
    assert walk(bare, sichuan, official_server.url) == []
