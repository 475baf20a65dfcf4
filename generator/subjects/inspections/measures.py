"""What monthly and quarterly inspections found, and how it was mended, as figures."""

from __future__ import annotations

from collections.abc import Iterator

from generator.measure import published
from generator.model import Figure
from generator.tables import Tables


def figures(tables: Tables) -> Iterator[Figure]:
    """Published totals under ``inspections/``."""
    yield from published(tables.frame("control_totals"), "inspections/")
