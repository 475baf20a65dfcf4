"""Rows for the pictures of projects."""

from __future__ import annotations

from typing import Any

STATES = ("已完成", "超序时", "序时推进", "滞后", "未启动", "已终止", "未报送")


def three(n: int, label: str, null: bool) -> list[dict[str, Any]]:
    words = (("形象进度", 0.876), ("资金拨付", 25.06), ("时间进度", 1.0))
    return [
        {"label": x, "share": None if null else share, "end": 1.0 if null else max(share, 1.0),
         "shown": "未报送" if null else f"{share * 100:,.2f} %"}
        for x, share in words
    ][:n]  # fmt: skip


def months(n: int, label: str, null: bool) -> list[dict[str, Any]]:
    rows = [
        {"month": m, "series": series, "value": None if null else m / 12, "whole": m % 4 != 0, "tag": None, "at": None}
        for series in ("形象进度", "时间进度") for m in range(1, min(n, 12) + 1)
    ]  # fmt: skip
    if rows and not null:
        rows[-1] |= {"tag": "时间进度 100.00 %", "at": rows[-1]["value"]}
    return rows


def pace(n: int, label: str, null: bool) -> list[dict[str, Any]]:
    return [
        {"label": f"{i:02d} {label}", "work": None if null else i / 30, "time": None if null else 0.5, "whole": 1,
         "end": 1.0, "state": STATES[i % 7], "shown": f"◐ {STATES[i % 7]} 97.51 %", "short": f"◐ {STATES[i % 7]}"}
        for i in range(n)
    ]  # fmt: skip


def states(n: int, label: str, null: bool) -> list[dict[str, Any]]:
    rows = []
    for m in range(1, min(n, 12) + 1):
        for i, state in enumerate(STATES):
            last = m == min(n, 12) and not null
            rows.append({
                "month": m, "state": state, "from": 4 * i, "to": 4 * i + (0 if null else 4),
                "tag": f"{state} 4" if last else None, "at": 4 * i + 2 if last else None,
            })  # fmt: skip
    return rows


def regions(n: int, label: str, null: bool) -> list[dict[str, Any]]:
    rows = []
    for place in range(n):
        for i, state in enumerate(STATES):
            tag = None if i < 6 else "未报送" if null else "完成 26/30 · 滞后 2"
            rows.append({
                "label": f"{label}{place}", "state": state, "from": 4 * i, "to": 4 * i + (0 if null else 4), "tag": tag,
            })  # fmt: skip
    return rows
