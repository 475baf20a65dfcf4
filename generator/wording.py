"""Words that the city does not want written, each with what to write instead: table ``terms``, kept by the city.

They are looked for in cells, and in the pages that are written by hand; those are looked through for numbers of persons
as well. Not where old words belong: names and aliases that rows are known by, titles of documents as they were printed,
what a correction says was published before.
"""

from __future__ import annotations

import contextlib
import html
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from generator import personal
from generator.contract import Column, Table
from generator.model import Level, Problem
from generator.rules import at, records
from generator.tables import Draft
from generator.values import short

TABLE = "terms"
QUOTING = frozenset({TABLE, "sources", "corrections"})
# Of Markdown and HTML, not seen where they stand. Four stars and more are a number's hidden part.
# A star between digits may be a sign of times: 1500*1200*800.
MARKS = re.compile(
    r"(?<!\*)\*{2,3}(?!\*)|(?<![*0-9\\])\*(?!\*)|(?<![*\\])\*(?![*0-9])|__|~~|==|`|<!--.*?-->|</?[A-Za-z][^>]*>|\\(?=[-._])"
)
REMEDY = "照“改为”写;确实要照原样的,不必改。"


class Words:
    """The words of the table, to be found in any text."""

    def __init__(self, rows: Sequence[dict[str, Any]]) -> None:
        self._instead = {str(r["word"]): (str(r["instead"]), str(r["note"] or "")) for r in rows}
        # What is to be written may hold the word itself: 城乡低保户 for 低保户. It is found first, and is right.
        right = {instead for instead, _ in self._instead.values() if instead}
        both = sorted({*self._instead, *right}, key=lambda text: (-len(text), text))
        self._pattern = re.compile("|".join(map(re.escape, both))) if both else None

    def find(self, text: str) -> Iterator[tuple[str, str]]:
        """(word, why it should not stand there) of each that stands in a text, once."""
        if self._pattern is None:
            return
        for word in dict.fromkeys(found[0] for found in self._pattern.finditer(text)):
            instead, note = self._instead.get(word, ("", ""))
            if word in self._instead and word != instead:
                ask = f"应写作“{instead}”" if instead else "不该用"
                yield word, f"“{word}”{ask}{f'({note})' if note else ''}"


def of(draft: Draft) -> Words:
    """The words of checked tables; none where there is no such table."""
    return Words(records(draft.frame(TABLE)) if draft.has(TABLE) else [])


def _prose(table: Table) -> list[Column]:
    """Columns that hold words of ours: no codes, no closed lists, no names of other rows."""
    linked = {name for reference in table.references for name in reference.fields}
    return [
        c for c in table.columns
        if c.type == "string" and not c.constraint("enum") and c.name not in {*table.key, *linked}
    ]  # fmt: skip


def _problem(draft: Draft, table: Table, column: Column, row: dict[str, Any], why: str) -> Problem:
    message = f"{why}。"
    return at(draft, table.id, row, column.id, rule="term", level=Level.WARNING, message=message, remedy=REMEDY)


def cells(draft: Draft) -> Iterator[Problem]:
    """Words in the cells of all tables but those that quote, or say what things were called before."""
    if not draft.has(TABLE):
        return
    words = of(draft)
    for table in draft.contract.tables():
        if table.id in QUOTING or table.lookup or not draft.has(table.id):
            continue
        frame = draft.frame(table.id)
        for column in _prose(table):
            texts = ["、".join(v) if column.many else str(v or "") for v in frame[column.id].tolist()]
            said = {text: [why for _, why in words.find(text)] for text in dict.fromkeys(texts)}
            if not any(said.values()):
                continue
            hits = [text for text in texts if said[text]]
            for row, text in zip(records(frame[[bool(said[text]) for text in texts]]), hits, strict=True):
                yield from (_problem(draft, table, column, row, why) for why in said[text])


def pages(folder: Path, words: Words) -> Iterator[Problem]:
    """Words, and numbers that name a person, in a folder's hand-written pages; what cannot be read is told later."""
    for file in sorted(folder.glob("*.md")):
        shown, private = personal.named(f"docs/{file.name}")
        if private:
            yield private
        for number, line in _lines(file):
            text, kinds = personal.masked(line)
            if not kinds:  # as it is read on the page, where marks of bold words and &nbsp; are not seen
                text, kinds = personal.masked(html.unescape(MARKS.sub("", line)))
            if kinds:
                yield _private(shown, number, text, kinds)
            for word, why in words.find(text if kinds else line):
                yield Problem(Level.WARNING, "term", f"第 {number} 行:{why}。", REMEDY, shown, number, None, None, word)


def described(files: Iterable[tuple[Path, str]]) -> Iterator[Problem]:
    """Numbers that name a person in files that describe data or the site (schemas, the package, the configuration):
    their words are published too. ``files``: each with its name as shown."""
    for file, shown in files:
        for number, line in _lines(file):
            text, kinds = personal.masked(line)
            if kinds:
                yield _private(shown, number, text, kinds)


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    """The lines of a text with their numbers; none of what cannot be read, which is told elsewhere."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        yield from enumerate(file.read_text(encoding="utf-8-sig").splitlines(), 1)


def _private(shown: str, number: int, text: str, kinds: Sequence[str]) -> Problem:
    message = f"第 {number} 行:“{short(text.strip())}”里有{'、'.join(dict.fromkeys(kinds))}。"
    return Problem(Level.ERROR, "personal", message, personal.REMEDY, shown, number)
