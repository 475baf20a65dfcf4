"""Rows for the pictures of inspections."""

from __future__ import annotations

from typing import Any


def months(n: int, label: str, null: bool) -> list[dict[str, Any]]:
    return [{"month": m, "found": 10 * m, "mended": 0 if null else 9 * m} for m in range(1, min(n, 12) + 1)]


def days(n: int, label: str, null: bool) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for i in range(n):
        name, dots = f"{label}{i}", [None, None] if null else [3, 40 + i, 40 + i, 366]
        rows += [{"label": name, "days": d, "late": d == 366, "median": None, "end": None, "shown": None} for d in dots]
        shown = "都没有改好" if null else "中位数 1,043.5 天"
        rows.append({"label": name, "days": None, "late": False, "median": None if null else 43.5,
                     "end": 0.0 if null else 366.0, "shown": shown})  # fmt: skip
    return rows
