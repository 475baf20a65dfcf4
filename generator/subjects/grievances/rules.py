"""What must hold of grievances."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from generator.model import Problem
from generator.tables import Draft
from generator.totals import Sort

PUBLISHED: dict[str, Sort] = {"count": "count"}
RULES: tuple[Callable[[Draft], Iterator[Problem]], ...] = ()
