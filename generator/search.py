"""What the search index knows of each page, and the page that asks it. Nothing here knows the program that indexes.

Chinese is indexed by pairs of characters. A query is cut in the same way, and what stands side by side in it must stand
side by side in the page. Over words: where a word ends would be decided by one dictionary here and by another one in
each browser, and a word begun in its middle would find nothing. Over single characters, which are indexed besides: most
of them stand in most pages, and a visitor would have to fetch all those places (docs/decisions/0008-search.md).

Names of units and places are indexed as a whole besides, wherever they stand: many begin alike, with the city's own
name, and the pairs of that stand in most pages.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, pairwise, takewhile
from typing import Any

from generator.model import Page

ROOT = "search/"
INDEX = "pagefind/"
HOME = ("首页", "")

# One Chinese character (〇 is none to Unicode), a number, or a run of other letters; overrides/assets/search.js has the
# same, and a test holds the two together.
HAN = "\u3007\u3400-\u9fff\U00020000-\U0003ffff"
TOKEN = re.compile(rf"[{HAN}]|\d+|(?:(?![{HAN}])[^\W\d_])+")
ONE = re.compile(f"[{HAN}]")
JOINT = "〇"  # between two tokens that would run into one (20 and 21 are not 2021), and before a whole name
NAME = 3  # a name of so many tokens is worth a word of its own: it has several pairs
YEAR = re.compile(r"\d{4}")
NUMBER = re.compile(r"\d[\d,.]*")

# A word that no query has: it stands between title, summary and lines of words, so that nothing is found across them.
WALL = " _ "

# What a word weighs by where it stands, before the page's own weight. Titles are <h1>, which Pagefind prefers besides.
TITLE, NAMES, REST = 7, 2, 1
BEHIND = 0.04  # of that, on a page that stands behind another

SHELF = 4  # so many pages, on average and at most, are in one file of what results show


def tokens(text: str) -> list[str]:
    """What is looked for and found: full-width forms and capitals make no difference, punctuation is nothing."""
    return TOKEN.findall(unicodedata.normalize("NFKC", text).lower())


def pairs(cut: Sequence[str]) -> list[str]:
    """Each token with the one after it, n - 1 words of n tokens; overrides/assets/search.js has the same."""
    return [a + ("" if ONE.match(a) or ONE.match(b) else JOINT) + b for a, b in pairwise(cut)]


def wholes(names: Iterable[str]) -> list[str]:
    """The names that are indexed as a whole, cut and joined by spaces: 示 例 单 位 乙; and what several of them begin
    with, which stands in as many pages as all of them together."""
    cut = sorted({found for name in names if len(found := tuple(tokens(name))) >= NAME})
    begun = (
        tuple(a for a, _ in takewhile(lambda both: both[0] == both[1], zip(one, other, strict=False)))
        for one, other in pairwise(cut)
    )
    return sorted(" ".join(name) for name in {*cut, *(b for b in begun if len(b) >= NAME)})


class Wholes:
    """Finds whole names in text that is cut."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_first: dict[str, list[tuple[list[str], str]]] = {}
        for name in names:
            cut = name.split(" ")
            word = JOINT + cut[0] + "".join(pair.removeprefix(a) for a, pair in zip(cut, pairs(cut), strict=False))
            self._by_first.setdefault(cut[0], []).append((cut, word))

    def found(self, cut: Sequence[str]) -> list[str]:
        """The word of each name that stands in the text, in the text's order."""
        return [
            word
            for at, token in enumerate(cut)
            for name, word in self._by_first.get(token, ())
            if cut[at : at + len(name)] == name
        ]


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


def digits(pages: int) -> int:
    """By how many digits of its id a year of so many pages finds what a result shows: 16 files, 256, 4,096 ..."""
    found = 1
    while pages > SHELF * 16**found:
        found += 1
    return found


def language(year: int, pages: int) -> str:
    """What Pagefind is told is the language of a year of so many pages, and writes in front of each id.

    From there a result has its year and the digits of its shelf: zh-2021-2.
    """
    return f"zh-{name(year)}-{digits(pages)}"


def document(page: Page, tongue: str, known: Wholes) -> str:
    """A page reduced to what is indexed, in the ``language`` of its year.

    Amounts in its summary are left out: nobody looks for them, and the index need not be made again each time that
    one changes. First all pairs, line by line, names before all else: what begins at the same place in many pages
    takes less room. Then each token and each whole name by itself, once. Tokens hold nothing that HTML would mind.
    """
    first, *more = (page.search or "").split("\n")
    names, title = tokens(first), tokens(page.title)
    rest = [tokens(line) for line in (NUMBER.sub(" ", page.description), *more)]
    seen: set[str] = set()

    def weighed(weight: float, words: str, tag: str = "p") -> str:
        return f'<{tag} data-pagefind-weight="{weight * (BEHIND if page.behind else 1):g}">{words}</{tag}>{WALL}'

    def lines(weight: float, *cut: Sequence[str], tag: str = "p") -> str:
        return weighed(weight, WALL.join(" ".join(pairs(line)) for line in cut), tag)

    def apart(weight: float, *cut: Sequence[str]) -> str:
        words = dict.fromkeys(chain(*cut, *(known.found(line) for line in cut)))
        new = [word for word in words if word not in seen]
        seen.update(new)
        return weighed(weight, " ".join(new))

    return (
        f'<!doctype html><html lang="{tongue}"><head><meta charset="utf-8"></head><body>'
        f"{lines(NAMES, names)}{lines(TITLE, title, tag='h1')}{lines(REST, *rest)}"
        f"{apart(TITLE, title)}{apart(NAMES, names)}{apart(REST, *rest)}</body></html>\n"
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
