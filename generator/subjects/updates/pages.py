"""Pages of updates."""

from __future__ import annotations

from collections.abc import Iterator

from generator.model import Page
from generator.subject import Site


def pages(site: Site) -> Iterator[Page]:
    """None without rows."""
    if site.tables.has("updates"):
        yield from ()
