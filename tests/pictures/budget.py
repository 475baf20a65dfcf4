"""Rows for the pictures of the money."""

from __future__ import annotations

from typing import Any


def chain(n: int, label: str, null: bool) -> list[dict[str, Any]]:
    shares = [None if null else 1.0, None if null else 25.06, None if null else 1.0]
    shown = ["未报送"] * 3 if null else ["9,999.99 万元", "9,999.99 万元 · 2,506.00 %", "9,999.99 万元 · 100.00 %"]
    words = zip(("安排", "下达", "拨付"), shares, shown, strict=True)
    return [{"label": x, "share": share, "end": max(share or 0, 1), "shown": text} for x, share, text in words][:n]


def months(n: int, label: str, null: bool) -> list[dict[str, Any]]:
    rows = [
        {"month": m, "series": series, "value": None if null else 34.17 * m,
         "whole": m % 4 != 0, "tag": None, "at": None}
        for series in ("安排", "下达", "拨付") for m in range(1, min(n, 12) + 1)
    ]  # fmt: skip
    if rows and not null:
        rows[-1] |= {"tag": "拨付 123,456.78", "at": rows[-1]["value"]}
    return rows


def bullet(n: int, label: str, null: bool) -> list[dict[str, Any]]:
    amounts = {m: None if null else v for m, v in (("allocated", 32.14), ("issued", 34.17), ("paid", 32.4))}
    shown = "没有可比的数" if null else "2,500.00 %"
    return [{"label": f"{label}{i}", **amounts, "most": 0.0 if null else 34.17, "shown": shown} for i in range(n)]


def rates(n: int, label: str, null: bool) -> list[dict[str, Any]]:
    return [
        {"label": f"{i:02d} {label}", "issued": None if null else 106.3 + i, "paid": None if null else 2500.0 - 80 * i}
        for i in range(n)
    ]
