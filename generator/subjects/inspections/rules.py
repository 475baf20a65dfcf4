"""What must hold of inspections."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from generator.model import Problem
from generator.tables import Draft
from generator.totals import Sort

PUBLISHED: dict[str, Sort] = {"found": "count", "mended": "count"}
RULES: tuple[Callable[[Draft], Iterator[Problem]], ...] = ()
