"""``python -m bench.search``: what searching costs among ten thousand pages, in bytes over the network.

The shipped site's own pages again and again, with other places and numbers in each; the index made from them; the first
query of a visitor, then another one. Every query is taken as some visitor's second: it needs again what the first one
has brought, and gains from no other. The promise is a test (tests/browser/test_search.py), which asks the same; here
are the single numbers (docs/decisions/0013-measured.md).
"""

from __future__ import annotations

import json
import random
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Browser, Page, sync_playwright

from generator import pagefind
from generator.store import Work
from tests import toy
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.sites import ROOT, serving

MANY = 10_000
FIRST, NEXT = 250_000, 30_000  # what was promised
NAMES = "嘉陵涪江渠县阆中剑阁旺苍青川昭化利州苍溪射洪蓬溪船山安居大英高坪顺庆西充营山仪陇南部华蓥岳池武胜邻水"
OPENING = "老旧小区"
QUERIES = (
    "电梯", "适老化", "项目 7", "公办幼儿园", "滞后", "桥梁", "7 号", "510922", "物业收费", "公益性岗位开发",
    "养老金 发到", "2021年民生资金", "民生实事", "项目 7 资金", "第 10 项", "数据表 来源", "Control_Totals",
    # Names, which begin alike; within a longer word; and what no page has as it was written.
    "示例单位乙", "示例单位", "示例旧单位丁", "示例单位癸 图书馆", "示例单位癸图书馆", "蓬溪县农村公路",
    "例单位乙", "示例单", "小区老旧改造", "34 个问题", "飞机场",
)  # fmt: skip
NEEDED = """() => performance.getEntriesByType('resource').filter(e => /pagefind|search.js/.test(e.name))
  .map(e => [e.name, e.encodedBodySize])"""


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

    names = json.loads((shipped / "pagefind/names.json").read_bytes())
    made = folder / "site"
    for name in ("assets", "search"):
        shutil.copytree(shipped / name, made / name)
    page = made / "search/index.html"
    text, times = re.subn('data-years="[^"]*"', 'data-years="2021"', page.read_text(encoding="utf-8"))
    assert times == 1
    page.write_text(text, encoding="utf-8")
    for asset in pagefind.assets(Work(folder / "build"), [copy(n) for n in range(MANY)], names):
        (made / asset.path).parent.mkdir(parents=True, exist_ok=True)
        (made / asset.path).write_bytes(asset.content)
    return made


def needed(page: Page, home: str, query: str) -> dict[str, int]:
    """The bytes of each file that a query needs, beside the page itself, by address; kept ones too.

    Raises ``RuntimeError`` when searching failed.
    """
    page.goto(f"{home}search/?q={quote(query)}")
    status = page.locator(".found-status", has_text=re.compile(r"[。：]$"))
    status.wait_for()
    if "搜索没有成功" in status.inner_text():
        raise RuntimeError(query)
    return dict(page.evaluate(NEEDED))


def costs(browser: Browser, home: str, queries: Iterable[str]) -> dict[str, int]:
    """The bytes of ``OPENING``, a visitor's first query, and of each of these as such a visitor's second."""
    with browser.new_context(viewport={"width": 360, "height": 740}) as context:
        page = context.new_page()
        opening = needed(page, home, OPENING)
        found = {OPENING: sum(opening.values())}
        for query in queries:
            found[query] = sum(size for name, size in needed(page, home, query).items() if name not in opening)
    return found


def main() -> None:
    """Prints each query's bytes and how they compare with what was promised."""
    shipped = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "site"
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        running = serving(site(Path(folder), shipped))
        server = next(running)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for query, sent in costs(browser, server.url, QUERIES).items():
            most = FIRST if query == OPENING else NEXT
            said = "" if sent <= most else "  MORE THAN PROMISED"
            print(f"{query:12} {sent / 1000:6.1f} KB of {most / 1000:.0f}{said}")
        browser.close()
        next(running, None)


if __name__ == "__main__":
    main()
