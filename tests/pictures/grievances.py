"""Rows for the pictures of the ten things."""

from __future__ import annotations

from typing import Any


def progress(n: int, label: str, null: bool) -> list[dict[str, Any]]:
    return [
        {
            "label": f"{i:02d} {label}", "work": None if null else 100 - 3 * i, "time": None if null else 100.0,
            "all": 100, "behind": bool(i % 2) and not null, "left": i == 0 and not null,
            "shown": "未报送" if null else f"{100 - 3 * i}.0 %，重新打开，滞后",
        }
        for i in range(n)
    ]  # fmt: skip


def months(n: int, label: str, null: bool) -> list[dict[str, Any]]:
    last = min(n, 12)
    rows = [
        {"month": m, "series": series, "value": None if null or (m == 5 and series == "整治进度") else 8.3 * m,
         "tag": None, "at": None}
        for series in ("整治进度", "时间进度") for m in range(1, last + 1)
    ]  # fmt: skip
    if rows and not null:
        rows[last - 1] |= {"tag": "整治进度 100.0 %", "at": 88.0}
        rows[-1] |= {"tag": "时间进度 100.0 %", "at": 100.0}
    return rows


def satisfaction(n: int, label: str, null: bool) -> list[dict[str, Any]]:
    shares = [100.0, 0.0, 71.1, 39.3, 54.3]
    rows = []
    for i in range(n):
        share = None if null else shares[i % 5]
        alone = share is None or i % 5 == 3  # answers that people chose to give have no interval
        low, high = (None, None) if share is None or alone else (max(share - 18, 0), min(share + 15, 100))
        shown = "未报送" if share is None else f"{share} %，自愿填答" if alone else f"{share} %"
        rows.append({"label": f"{i:02d} {label}", "share": share, "low": low, "high": high, "shown": shown})
    return rows


def bars(n: int, label: str, null: bool) -> list[dict[str, Any]]:
    return [
        {
            "label": f"{label}{i}", "value": None if null else 1_234_567.0 / (i + 1), "chosen": not i % 2,
            "shown": "未报送" if null else f"{1_234_567 // (i + 1):,}，未入选",
        }
        for i in range(n)
    ]  # fmt: skip
