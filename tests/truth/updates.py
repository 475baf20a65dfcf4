"""Updates, again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.truth.common import Tables, Truth, printed

NAMES: dict[str, str] = {}


def figures(tables: Tables) -> Iterator[tuple[str, Truth]]:
    """Every figure of the subject but published totals."""
    yield from ()


def from_lines(lines: list[dict[str, str]], figure: dict[str, Any]) -> str | None:
    """A figure's value from the rows that its origin shows."""
    return printed(lines, figure)
