"""When rows are due, and how late they came. Counted from dates in the data, never from a clock."""

from __future__ import annotations

import datetime as dt

from generator.contract import Due


def date_of(due: Due, month: str) -> str:
    """The day on which the rows of a month are due: ``2021-12`` -> ``2022-01-10``."""
    year, number = divmod(int(month[:4]) * 12 + int(month[5:7]), 12)
    return f"{year:04d}-{number + 1:02d}-{due.day:02d}"


def days_late(due: Due, month: str, reported: str) -> int:
    """Days after the due day on which a month's row came; 0 or less is in time."""
    return (dt.date.fromisoformat(reported) - dt.date.fromisoformat(date_of(due, month))).days
