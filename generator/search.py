"""What the search index knows of each page, and the page that asks it. Nothing here knows the program that indexes.

Chinese is indexed by single characters. A query is cut in the same way, and what stands side by side in it must stand
side by side in the page. Over words: where a word ends would be decided by one dictionary here and by another one in
each browser, and a word begun in its middle would find nothing (docs/decisions/0008-search.md).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from generator.model import Page

ROOT = "search/"
INDEX = "pagefind/"
HOME = ("首页", "")

# One Chinese character (〇 is none to Unicode), a number, or a run of other letters; overrides/assets/search.js has the
# same, and a test holds the two together.
HAN = "\u3007\u3400-\u9fff\U00020000-\U0003ffff"
TOKEN = re.compile(rf"[{HAN}]|\d+|(?:(?![{HAN}])[^\W\d_])+")
YEAR = re.compile(r"\d{4}")
NUMBER = re.compile(r"\d[\d,.]*")

# A word that no query has: it stands between title, summary and lines of words, so that nothing is found across them.
WALL = " _ "

# What a word weighs by where it stands, before the page's own weight; a title's 7 is what Pagefind has for <h1>.
TITLE, NAMES, REST = 7, 2, 1
BEHIND = 0.04  # of that, on a page that stands behind another


def tokens(text: str) -> list[str]:
    """What is looked for and found: full-width forms and capitals make no difference, punctuation is nothing."""
    return TOKEN.findall(unicodedata.normalize("NFKC", text).lower())


def year_of(path: str) -> int | None:
    """The year that an address belongs to: its first part of four digits."""
    return next((int(part) for part in path.split("/") if YEAR.fullmatch(part)), None)


def by_year(pages: Iterable[Page]) -> dict[int, list[Page]]:
    """The pages that can be found, in the order of their paths, by year, the newest first.

    Pages of no year are with the newest, which is searched first. A site without any year has year 0.
    """
    found = sorted((p for p in pages if p.search is not None), key=lambda p: p.path)
    years = {p.path: year_of(p.path) for p in found}
    newest = max((y for y in years.values() if y is not None), default=0)
    groups: dict[int, list[Page]] = {}
    for page in found:
        year = years[page.path]
        groups.setdefault(newest if year is None else year, []).append(page)
    return {year: groups[year] for year in sorted(groups, reverse=True)}


def name(year: int) -> str:
    """What a year is called in addresses: four digits."""
    return f"{year:04d}"


def document(page: Page, year: int) -> str:
    """A page reduced to what is indexed.

    Amounts in its summary are left out: nobody looks for them, and the index need not be made again each time that
    one changes. The year is in the language, from where each result has it in its id. Tokens hold nothing that HTML
    would mind.
    """
    names, *more = (page.search or "").split("\n")
    rest = WALL.join(" ".join(tokens(line)) for line in (NUMBER.sub(" ", page.description), *more))

    def weighed(tag: str, weight: float, words: str) -> str:
        return f'<{tag} data-pagefind-weight="{weight * (BEHIND if page.behind else 1):g}">{words}</{tag}>'

    return (
        f'<!doctype html><html lang="zh-{name(year)}"><head><meta charset="utf-8"></head><body>'
        f"{weighed('h1', TITLE, ' '.join(tokens(page.title)))}{weighed('p', REST, f'{WALL}{rest}{WALL}')}"
        f"{weighed('p', NAMES, ' '.join(tokens(names)))}</body></html>\n"
    )


def shown(page: Page) -> dict[str, Any]:
    """What a result shows of a page: address, title, summary, the way there, and whether it is demonstration."""
    way = " › ".join(title for title, path in page.crumbs if (title, path) != HOME)
    return {"path": page.path, "title": page.title, "text": page.description, "way": way, "demo": page.demo}


def listed(page: Page) -> dict[str, Any]:
    """A line of the plain list: what is shown of a page, its words, and whether it stands behind another."""
    return {**shown(page), "words": page.search, **({"behind": True} if page.behind else {})}


def _lists(pages: Iterable[Page]) -> list[Mapping[str, str]]:
    """The pages right below the home page: whatever can be found can be found from there as well."""
    return [{"title": p.title, "href": p.path} for p in pages if p.crumbs == (HOME,) and p.path.count("/") == 1]


def page(pages: Sequence[Page]) -> Page:
    """The search page of a site of these pages."""
    return Page(
        path=ROOT,
        title="搜索",
        template="search.md.j2",
        data={"years": [name(y) for y in by_year(pages)], "lists": _lists(pages)},
        section=ROOT,
        description="搜项目、编号、单位、地方和数据。",
        crumbs=(HOME,),
    )
