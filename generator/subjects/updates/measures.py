"""News of the work, and press conferences, as figures."""

from __future__ import annotations

from collections.abc import Iterator

from generator.measure import published
from generator.model import Figure
from generator.tables import Tables


def figures(tables: Tables) -> Iterator[Figure]:
    """Published totals under ``updates/``."""
    yield from published(tables.frame("control_totals"), "updates/")
