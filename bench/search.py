"""``python -m bench.search``: what searching costs among ten thousand pages, in bytes over the network.

The shipped site's own pages again and again, with other places and numbers in each; the index made from them; the first
query of a visitor, then others, in a browser that keeps what it has. Never a test: it takes half a minute. Numbers and
what was promised: docs/decisions/0013-measured.md.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Page, sync_playwright

from generator import pagefind
from generator.store import Work
from tests import toy
from tests.browser.conftest import FLAGS
from tests.sites import ROOT, serving

MANY = 10_000
FIRST, NEXT = 250_000, 30_000  # what was promised
NAMES = "嘉陵涪江渠县阆中剑阁旺苍青川昭化利州苍溪射洪蓬溪船山安居大英高坪顺庆西充营山仪陇南部华蓥岳池武胜邻水"
QUERIES = ("老旧小区", "电梯", "适老化", "项目 7", "公办幼儿园", "滞后")
SENT = """() => performance.getEntriesByType('resource')
  .filter(e => e.transferSize && /pagefind|search.js/.test(e.name)).reduce((sum, e) => sum + e.encodedBodySize, 0)"""


def site(folder: Path, shipped: Path) -> Path:
    """The search page, its scripts, and an index of many pages."""
    own = json.loads((shipped / "pagefind/2021/pages.json").read_bytes())
    chance = random.Random(7)

    def copy(number: int) -> Any:
        page = own[number % len(own)]
        place = "".join(chance.sample(NAMES, 2)) + "县"
        words = re.sub("船山区|安居区|射洪市|蓬溪县|大英县", place, page["words"])
        title, more = f"{place}{page['title']}", f"{words} 编号 {number}"
        return toy.page(f"toy/2021/x{number}/", title=title, description=page["text"], search=more)

    made = folder / "site"
    for name in ("assets", "search"):
        shutil.copytree(shipped / name, made / name)
    for asset in pagefind.assets(Work(folder / "build"), [copy(n) for n in range(MANY)]):
        (made / asset.path).parent.mkdir(parents=True, exist_ok=True)
        (made / asset.path).write_bytes(asset.content)
    return made


def cost(page: Page, home: str, query: str) -> int:
    """The bytes of one query, beside the page itself."""
    page.goto(f"{home}search/?q={quote(query)}")
    page.locator(".found-status", has_text=re.compile(r"[。：]$")).wait_for()
    sent: int = page.evaluate(SENT)
    return sent


def main() -> None:
    """Prints each query's bytes and how they compare with what was promised."""
    shipped = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "site"
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        running = serving(site(Path(folder), shipped))
        server = next(running)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(viewport={"width": 360, "height": 740})
        for number, query in enumerate(QUERIES):
            sent, most = cost(page, server.url, query), NEXT if number else FIRST
            print(
                f"{query:8} {sent / 1000:6.0f} KB of {most / 1000:.0f}{'' if sent <= most else '  MORE THAN PROMISED'}"
            )
        browser.close()
        next(running, None)


if __name__ == "__main__":
    main()
