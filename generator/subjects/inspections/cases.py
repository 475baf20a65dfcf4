"""Problems that inspections found, as plain rows, and what follows from a row's dates: days, lateness, state.

A row is a dict by column id, dates ISO text or ``None``; ``project`` and ``grievance`` are ``int`` or ``None``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from generator.tables import Draft, Tables

Row = dict[str, Any]
# What became of a problem: a mark, a word, and the style sheet's name for it. Nothing is said by hue alone.
STATES = {
    "mended": ("●", "按期改好", "done"),
    "mended_late": ("▼", "超期改好", "behind"),
    "open": ("◐", "正在改", "on-time"),
    "overdue": ("▼", "超期未改", "overdue"),
}


def rows(tables: Tables | Draft, year: int) -> list[Row]:
    """The problems found in a year, by number."""
    found = tables.rows("inspections", year)
    return sorted(found, key=lambda r: int(r["number"]))


def years(tables: Tables | Draft) -> list[int]:
    """The years that have problems, oldest first."""
    return tables.years("inspections")


def case_id(number: int) -> str:
    """A problem's part of a key, and its place on the year's page: ``i001``."""
    return f"i{number:03d}"


def newest(found: list[Row]) -> str:
    """The newest day on which anything was found or mended: what is not mended by then is open."""
    return max(str(day) for row in found for day in (row["found"], row["mended"]) if day)


def days(row: Mapping[str, Any]) -> int | None:
    """Days from finding to mending; ``None`` while it is not mended."""
    if row["mended"] is None:
        return None
    return (dt.date.fromisoformat(row["mended"]) - dt.date.fromisoformat(row["found"])).days


def late(row: Mapping[str, Any], as_of: str) -> bool:
    """Whether a problem was mended after its deadline, or is open past it; without a deadline nothing is late."""
    return row["deadline"] is not None and str(row["mended"] or as_of) > row["deadline"]


def state(row: Mapping[str, Any], as_of: str) -> str:
    """What became of a problem, one of ``STATES``."""
    if row["mended"]:
        return "mended_late" if late(row, as_of) else "mended"
    return "overdue" if late(row, as_of) else "open"
