"""Figures that are new, gone or different, by id, with their values as text and by how much they differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from generator import format as fmt
from generator.diff.published import Entry, Published

# What a figure says beside its value, in the order in which a change of it is told.
DIFFERING: dict[str, Callable[[Any], str]] = {
    "lacks": lambda found: "、".join(f"{kind} {n} 项" for kind, n in found.items()) or "不缺",
    "as_of": lambda day: f"截至 {day}" if day else "没有写截至",
    "precision": str,
    "kind": str,
}

ADDED, REMOVED, CORRECTED, UPDATED = "added", "removed", "same_date", "later"


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A figure before and now; ``change``: it is new, it is gone, it is another as of the same date, or of another."""

    id: str
    change: str
    old: Entry | None
    new: Entry | None

    @property
    def entry(self) -> Entry:
        """The figure as it is, or was."""
        found = self.new or self.old
        assert found is not None
        return found

    @property
    def point(self) -> bool:
        """Whether it is a point of a series, which the newest figure says as well."""
        return "@" in self.id

    @property
    def year(self) -> int:
        """The year that it is of."""
        return int(self.id.split("/")[1])

    @property
    def key(self) -> list[str]:
        """The parts of its key: ``["p07", "rlocal-hedong"]``, ``["all"]``."""
        return self.id.split("/")[2].split("+")


def text(entry: Entry | None) -> str:
    """A figure's value for people: ``34.17 亿元``, ``106.32 %``, ``30 件``; why there is none; nothing."""
    if entry is None:
        return "没有"
    value = entry["value"]
    if value is None:
        return "、".join(entry["lacks"]) or "没有可比的数"
    if entry["unit"] == "元":
        return fmt.money(int(Decimal(value) * fmt.FEN_PER_YUAN))
    if entry["unit"] == "1":
        return fmt.percent(Fraction(value))
    number = Fraction(value)
    shown = fmt.grouped(int(number)) if number.denominator == 1 else fmt.grouped(fmt.rounded(number, 2))
    more = " 余" if entry["precision"] == "at_least" else " " if entry["unit"] else ""
    return f"{shown}{more}{entry['unit']}"


def texts(old: Entry | None, new: Entry | None) -> tuple[str, str]:
    """A figure before and now; where both would read alike, with what differs beside it."""
    one, other = text(old), text(new)
    if one != other or not old or not new:
        return one, other
    if old["value"] != new["value"]:
        return f"{one}({old['value']})", f"{other}({new['value']})"
    for name, words in DIFFERING.items():
        if old[name] != new[name]:
            return f"{one}({words(old[name])})", f"{other}({words(new[name])})"
    return one, other


def difference(old: Entry | None, new: Entry | None) -> str:
    """By how much a figure differs, with its sign; empty where there are no two numbers of one unit."""
    if not old or not new or old["value"] is None or new["value"] is None or old["unit"] != new["unit"]:
        return ""
    by = Fraction(new["value"]) - Fraction(old["value"])
    if not by:
        return ""
    sign = "+" if by > 0 else fmt.MINUS
    if new["unit"] == "元":
        return f"{sign}{fmt.money(abs(int(by * fmt.FEN_PER_YUAN)))}"
    if new["unit"] == "1":
        return f"{sign}{fmt.rounded(abs(by) * 100, 2)} 个百分点"
    shown = fmt.grouped(int(abs(by))) if by.denominator == 1 else fmt.grouped(fmt.rounded(abs(by), 2))
    return f"{sign}{shown} {new['unit']}".rstrip()


def _said(entry: Entry) -> tuple[Any, ...]:
    """What a figure says: its value, of which date, how exactly, on whose word, and what it lacks."""
    return (entry["value"], entry["unit"], entry["as_of"], entry["precision"], entry["kind"], entry["lacks"])


def compared(old: Published, new: Published) -> Iterator[FigureChange]:
    """All figures that differ, by id."""
    for figure_id in sorted({*old.figures, *new.figures}):
        was, now = old.figures.get(figure_id), new.figures.get(figure_id)
        if was is None:
            yield FigureChange(figure_id, ADDED, None, now)
        elif now is None:
            yield FigureChange(figure_id, REMOVED, was, None)
        elif _said(was) != _said(now):
            later = (now["as_of"] or "") > (was["as_of"] or "")
            yield FigureChange(figure_id, UPDATED if later else CORRECTED, was, now)


def again(changes: Sequence[FigureChange]) -> set[str]:
    """Points of series that say nothing of their own: the newest figure changes alike, or the series only grows."""
    said = {(c.id, text(c.old), text(c.new)) for c in changes if not c.point}
    return {
        c.id
        for c in changes
        if c.point
        and (c.change != CORRECTED or (c.id.partition("@")[0], text(c.old), text(c.new)) in said)
    }  # fmt: skip


def named(change: FigureChange, names: Mapping[str, str]) -> str:
    """A figure in words: of what, and which measure. ``names``: what parts of keys stand for."""
    label = change.entry["label"]
    parts = [f"{change.year} 年" if part == "all" else names.get(part, part) for part in change.key]
    return " · ".join([*(p for p in parts if p not in label), label])
