"""A project's money as its own page shows it: the chain, month by month, and by the level that it comes from.

Its figures are those of the budget; the budget has a page of its own for it, with the places.
"""

from __future__ import annotations

from generator import format as fmt
from generator.model import Figure
from generator.subjects.projects.lines import Lines
from generator.subjects.projects.year import record
from generator.view import View, view

CHAIN = ("allocated", "issued", "paid", "issued_rate", "paid_rate")
UNDIVIDED = "lnone"  # the level of what no level is named for


def figures(lines: Lines, key: str, month: str = "") -> list[Figure]:
    """The amounts and rates of a key, as of the newest month or another; none where it has no rows."""
    found = (lines.site.figures.get(f"budget/{lines.number}/{key}/{m}{month and '@' + month}") for m in CHAIN)
    return [f for f in found if f]


def _levels(lines: Lines) -> list[tuple[str, str]]:
    """The levels that money comes from, the highest first: part of a key, and name."""
    table = lines.site.tables.contract.table("budget")
    return [(f"l{code}", name) for c in (table.columns if table else ()) if c.id == "level" for name, code in c.codes]


def _line(label: str, found: list[Figure]) -> View:
    return {"label": label, "href": None, "cells": [view(f) for f in found]}


def money(lines: Lines, number: int) -> View | None:
    """A project's chain as of the newest month that has it, its months and its levels; ``None`` without any money.

    ``late`` is the month that the chain is of, where it is not the newest one.
    """
    key = record(number)
    months = [(m, found) for m in lines.paid_months if (found := figures(lines, key, m))]
    newest = figures(lines, key) or (months[-1][1] if months else [])
    if not newest:
        return None
    levels = [(part, _line(name, found)) for part, name in _levels(lines) if (found := figures(lines, f"{key}+{part}"))]
    return {
        "href": f"budget/{lines.number}/{key}/",
        "chain": {m: view(f) for m in CHAIN for f in newest if f.id.split("@")[0].endswith(f"/{m}")},
        "late": fmt.month(months[-1][0]) if months and not figures(lines, key) else "",
        "months": [_line(fmt.month(m), found) for m, found in months],
        "levels": [line for _, line in levels] if [part for part, _ in levels] != [UNDIVIDED] else [],
    }
