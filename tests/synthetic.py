"""A small staged tree, as the stages before rendering leave it: nav pages, record pages, a deep one, a CSV."""

from __future__ import annotations

import shutil
from pathlib import Path

import yaml

from generator import settings

ROOT = Path(__file__).parents[1]

TABLE = """<div class="table-wrap" tabindex="0"><table class="data"><caption>各月累计,万元</caption>
<thead><tr><th scope="col">月份</th><th scope="col" class="num">安排</th></tr></thead>
<tbody><tr data-row="2021-12"><th scope="row">12 月</th><td class="num">321,400</td></tr></tbody></table></div>"""

FIGURE = (
    '<p class="lede">安排 <data value="3214000000.00" data-figure="budget/2021/{key}/allocated">32.14 亿元</data>,'
    '看<a href="{up}method/#大小">怎么算的</a>和<a href="{up}data/all.csv">数据</a>。</p>'
)


LONG = """<p>先看大小。</p>

## 大小 { #大小 }

正文[数据](../data/)。

### 比例

| 甲 | 乙 |
|---|---:|
| 1 | 2 |"""


def page(docs: Path, path: str, title: str, body: str, *, section: str, demo: bool = True, toc: bool = False) -> None:
    """Writes one staged page; its crumbs are the home page and its section."""
    up = "../" * path.count("/")
    crumbs = [{"title": "首页", "href": up}] if path else []
    if path not in ("", section):
        crumbs.append({"title": "栏目", "href": up + section})
    matter = {
        "title": title,
        "description": f"{title}:「说明」<&>",
        "section": section,
        "crumbs": crumbs,
        "hide": ["navigation"] if toc else ["navigation", "toc"],
        "demo_site": demo,
        "demo_page": demo,
        "as_of": "2021-12-31",
    }
    file = docs / path / "index.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(matter, allow_unicode=True, sort_keys=False)
    file.write_text(f"---\n{text}---\n\n<h1>{title}</h1>\n\n{body}\n", encoding="utf-8", newline="\n")


def tree(root: Path, records: int = 6, *, demo: bool = True, config: Path = ROOT / "mkdocs.yml") -> Path:
    """The shipped configuration and overrides over a small staged tree; gives the configuration's path."""
    root.mkdir(parents=True, exist_ok=True)
    text = config.read_text(encoding="utf-8").replace("../../../overrides", "overrides")
    (root / "mkdocs.yml").write_text(text, encoding="utf-8", newline="\n")
    shutil.copytree(ROOT / "overrides", root / "overrides")
    docs = root / "build/docs"
    figure = FIGURE.format(key="all", up="")
    page(docs, "", "首页标题", f"{figure}\n\n{TABLE}", section="", demo=demo)
    page(docs, "budget/", "民生资金", FIGURE.format(key="all", up="../"), section="budget/", demo=demo)
    page(docs, "data/", "数据 & 下载", "<p>下载。</p>", section="data/", demo=demo)
    page(docs, "method/", "方法", LONG, section="method/", demo=demo, toc=True)
    page(docs, "about/", "关于", "<p>关于。</p>", section="about/", demo=demo)
    for title, path in settings.load(root / "mkdocs.yml").nav:
        if not (docs / path).exists():
            page(docs, path.removesuffix("index.md"), title, "<p>别的栏目。</p>", section=path.removesuffix("index.md"))
    for number in range(1, records + 1):
        body = f"{FIGURE.format(key=f'p{number:02d}', up='../../../')}\n\n{TABLE}"
        page(docs, f"budget/2021/p{number:02d}/", f"第 {number} 项", body, section="budget/", demo=demo)
    deep = FIGURE.format(key="p01+r510903", up="../../../../../")
    page(docs, "budget/2021/p01/regions/510903/", "船山区", deep, section="budget/", demo=demo)
    (docs / "data/all.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    return root / "mkdocs.yml"


def staged(config: Path) -> list[str]:
    """Every staged page of a tree, sorted."""
    docs = config.parent / "build/docs"
    return sorted(p.relative_to(docs).as_posix() for p in docs.rglob("*.md"))
