"""What carries a page to a phone: the code that is scanned, and the card that a shared link shows."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import numpy as np
import pytest
import zxingcpp

from generator import feeds, qr, share
from tests import sites, toy
from tests.planned import BASE, Planned

# --- codes ------------------------------------------------------------------------------------------------


def picture(code: dict[str, Any], scale: int = 4) -> Any:
    """The pixels that a browser makes of a code's path: relative steps and strokes, one module wide."""
    size = int(code["size"])
    grid = np.full((size, size), 255, dtype=np.uint8)
    steps = re.fullmatch(r"M0 \.5((?:m-?\d+ \d+h\d+)+)", str(code["d"]))
    assert steps
    x = y = 0
    for dx, dy, run in re.findall(r"m(-?\d+) (\d+)h(\d+)", steps[1]):
        x, y = x + int(dx), y + int(dy)
        grid[y, x : x + int(run)] = 0
        x += int(run)
    return np.kron(grid, np.ones((scale, scale), dtype=np.uint8))


def scanned(code: dict[str, Any]) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(picture(code))]


def test_the_code_of_every_page_can_be_scanned(both: tuple[Planned, Planned]) -> None:
    for one in both:
        for page in one.pages:
            address = feeds.absolute(BASE, page.path)
            assert scanned(qr.drawn(address)) == [address]


@pytest.mark.parametrize(
    "address", ["https://a.example/", "https://a.example/" + "b/" * 60, "https://例子.example/路/"]
)
def test_short_and_long_addresses_can_be_scanned(address: str) -> None:
    assert scanned(qr.drawn(address)) == [address]


# --- the card ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["甲市民生公开", *sites.HOSTILE])
@pytest.mark.parametrize("demo", [True, False])
def test_the_card_is_a_picture_of_the_size_that_is_asked_for(name: str, demo: bool) -> None:
    identity = dataclasses.replace(toy.IDENTITY, site_name=name, description=name)
    drawing = share.svg(identity, demo=demo)
    assert ("演示站" in drawing) == demo
    made = share.png(drawing)
    assert made[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(made[16:20]), int.from_bytes(made[20:24])) == (1200, 630)
    assert share.png(drawing) == made


@pytest.mark.parametrize("text", [*sites.HOSTILE, "", "名", "一二三四五六七八九十" * 9, "word " * 60])
def test_words_fit_the_card(text: str) -> None:
    for size in (share.NAME, share.WORDS):
        found = share.lines(text, size)
        assert len(found) <= share.LINES
        assert all(share._ems(line) * size <= share.WIDTH - 2 * share.EDGE for line in found)
