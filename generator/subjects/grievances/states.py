"""Where a thing stands at the end of a month, judged from its figures and dates, not from what is said of it."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from fractions import Fraction

from generator import schedule


class State(enum.StrEnum):
    """What a thing is: every thing is in exactly one of these at the end of a month."""

    DONE = "已办结"
    ACTIVE = "整治中"
    REOPENED = "重新打开"
    IDLE = "未启动"
    SILENT = "未报送"


BEHIND = "滞后"
KEYS = {
    State.DONE: "done", State.ACTIVE: "active", State.REOPENED: "reopened", State.IDLE: "idle", State.SILENT: "silent",
}  # fmt: skip
# Nothing is said by hue alone: each state has a shape and a word.
MARKS = {
    State.DONE: "●", State.ACTIVE: "◐", State.REOPENED: "◆", State.IDLE: "○", State.SILENT: "–", BEHIND: "▼",
}  # fmt: skip


def state(works: Sequence[Fraction | None], finished: bool) -> State:
    """The state at the last of some months: work done at each (1 is 100 %), and whether no task is left by then.

    A thing that was at 100 % before and is not now is open again, however little is left.
    """
    now = works[-1] if works else None
    if now is None:
        return State.SILENT
    if now >= 1:
        return State.DONE if finished else State.ACTIVE
    if any(work is not None and work >= 1 for work in works[:-1]):
        return State.REOPENED
    return State.ACTIVE if now > 0 else State.IDLE


def behind(found: State, work: Fraction | None, time: Fraction | None) -> bool:
    """Whether work is more than the tolerance behind time, or the deadline has come and it is not done.

    Nothing is known of what was not reported, or has no dates.
    """
    if found in (State.DONE, State.SILENT) or work is None or time is None:
        return False
    return time >= 1 or schedule.pace(work, time) is schedule.Pace.BEHIND
