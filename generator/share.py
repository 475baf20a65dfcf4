"""The card that a shared link shows: one picture for the whole site, drawn from its name and description."""

from __future__ import annotations

import hashlib
import importlib.metadata
import textwrap
from html import escape
from unicodedata import east_asian_width

from generator import charts
from generator.feeds import plain
from generator.settings import Identity

PATH = "assets/share.png"
WIDTH, HEIGHT = 1200, 630  # what those who show cards ask for
EDGE = 96
NAME, WORDS, MARK = 84, 40, 34  # sizes of type, in pixels
LINES = 2  # of the name, and of the description
STATION = "演示站,非政府网站"


def _ems(text: str) -> float:
    """About how wide a text is, in ems."""
    return sum(1 if east_asian_width(c) in "WF" else 0.58 for c in text)


def lines(text: str, size: int) -> list[str]:
    """A text cut into lines that fit the card; what does not fit into the last ends in an ellipsis."""
    room = (WIDTH - 2 * EDGE) / size
    found = [""]
    for word in _words(text):
        if found[-1] and _ems(found[-1] + word) > room:
            found.append("")
        found[-1] += word if found[-1] else word.lstrip()
    kept = found[:LINES]
    if len(found) > LINES:
        while _ems(kept[-1] + "…") > room:
            kept[-1] = kept[-1][:-1]
        kept[-1] += "…"
    return kept


def _words(text: str) -> list[str]:
    """Where a line may break: between Chinese characters, at spaces, and within what is too long for anything."""
    found: list[str] = []
    for word in plain(text).replace(" ", "\0 ").split("\0"):
        if any(east_asian_width(c) in "WF" for c in word):
            found += list(word)
        else:
            found += textwrap.wrap(word, 16, drop_whitespace=False) if len(word) > 16 else [word]
    return found


def svg(identity: Identity, *, demo: bool) -> str:
    """The card as SVG."""
    font = f"font-family='{charts.FONT}'"
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{WIDTH}' height='{HEIGHT}' viewBox='0 0 {WIDTH} {HEIGHT}'>",
        f"<rect width='{WIDTH}' height='{HEIGHT}' fill='{charts.PAPER}'/>",
        f"<rect width='{WIDTH}' height='24' fill='{charts.TEAL}'/>",
    ]
    y = 90
    for text, size, fill in ((identity.site_name, NAME, charts.INK), (identity.description, WORDS, charts.MUTED)):
        for line in lines(text, size):
            y += round(size * 1.35)
            parts.append(f"<text x='{EDGE}' y='{y}' {font} font-size='{size}' fill='{fill}'>{escape(line)}</text>")
        y += 20
    if demo:
        parts.append(
            f"<rect x='{EDGE}' y='{HEIGHT - 130}' width='{round(_ems(STATION) * MARK) + 48}' height='66' fill='none' "
            f"stroke='{charts.BRICK}' stroke-width='3'/><text x='{EDGE + 24}' y='{HEIGHT - 85}' {font} "
            f"font-size='{MARK}' fill='{charts.BRICK}'>{STATION}</text>"
        )
    return "".join([*parts, "</svg>"])


def key(drawing: str) -> str:
    """What the picture of a card depends on."""
    version = importlib.metadata.version("vl-convert-python")
    return hashlib.blake2b(f"{version}\0{drawing}".encode(), digest_size=16).hexdigest()


def png(drawing: str) -> bytes:
    """The card as PNG, in the project's own font."""
    made: bytes = charts.converter().svg_to_png(drawing, scale=1)
    return made
