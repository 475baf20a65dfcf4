"""How work compares with time: the share of time that has passed, lifecycle and pace, by rule.

Both follow from dates and figures in the data. What a unit says of itself is another matter, shown beside it.
"""

from __future__ import annotations

import datetime as dt
import enum
from fractions import Fraction

from generator.format import end_of

TOLERANCE = Fraction(5, 100)  # within five points of the time that has passed is on schedule: docs/method.md


class Lifecycle(enum.StrEnum):
    """Whether something has begun, and whether it has ended."""

    IDLE = "未启动"
    ACTIVE = "实施中"
    DONE = "已完成"
    STOPPED = "已终止"


class Pace(enum.StrEnum):
    """How what has begun keeps up with time."""

    AHEAD = "超序时"
    ON = "序时推进"
    BEHIND = "滞后"


SILENT = "未报送"
# Nothing is said by hue alone: each state has a shape and a word.
MARKS: dict[str, str] = {
    Lifecycle.DONE: "●", Pace.ON: "◐", Pace.AHEAD: "▲", Pace.BEHIND: "▼", Lifecycle.IDLE: "○", Lifecycle.STOPPED: "■",
    SILENT: "–",
}  # fmt: skip

# The style of each state in the style sheet.
STYLES: dict[str, str] = {
    Lifecycle.DONE: "done", Pace.ON: "on-time", Pace.AHEAD: "ahead", Pace.BEHIND: "behind",
    Lifecycle.IDLE: "not-started", Lifecycle.STOPPED: "ended", SILENT: "missing",
}  # fmt: skip


def state(word: str, *, overdue: bool = False) -> dict[str, str]:
    """A state for templates: its mark, word and style."""
    return {"mark": MARKS[word], "word": str(word), "style": "overdue" if overdue else STYLES[word]}


def elapsed(start: str, deadline: str, at: str) -> Fraction:
    """The share of the days from start to deadline, both counted, that have passed on a day or at a month's end."""
    first, last, now = (dt.date.fromisoformat(text) for text in (start, deadline, end_of(at)))
    whole = (last - first).days + 1
    if whole <= 0:
        return Fraction(1)
    return min(max(Fraction((now - first).days + 1, whole), Fraction(0)), Fraction(1))


def pace(work: Fraction, time: Fraction) -> Pace:
    """What the difference between work done and time passed means."""
    if work - time > TOLERANCE:
        return Pace.AHEAD
    return Pace.BEHIND if time - work > TOLERANCE else Pace.ON
