"""The glossary: official terms, each explained once, in the hand-written page ``docs/glossary.md``.

A term is a heading with an id, its explanation the paragraph below: ``## 拨付 {#term-paid}``. Templates write
``ui.term("拨付")``; the first use on a page becomes a link that shows the explanation on hover, opens it over the page
where the browser can, and leads to it where it cannot.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

PATH = "glossary/"
FILE = "glossary.md"
ENTRY = re.compile(r"^## +(?P<word>\S.*?) +\{#(?P<id>[a-z0-9-]+)\}\n+(?P<text>[^#\n].*)$", re.MULTILINE)
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)|[*_`]")


@dataclass(frozen=True, slots=True)
class Term:
    """A word, what it means in a sentence or two, and where that stands below the site's root."""

    word: str
    text: str
    href: str


def terms(markdown: str) -> dict[str, Term]:
    """The terms of the page by word; words without an id or an explanation are only headings."""
    found = (m.groupdict() for m in ENTRY.finditer(markdown))
    return {
        e["word"]: Term(e["word"], LINK.sub(lambda m: m[1] or "", e["text"]).strip(), f"{PATH}#{e['id']}")
        for e in found
    }


def first_uses(known: Mapping[str, Term]) -> Callable[[str], Term | None]:
    """Gives each known word's term once, for the first use on a page; ``None`` afterwards and for other words."""
    left = dict(known)
    return lambda word: left.pop(word, None)
