"""What all demonstration tables share: the seed, the places, how rows become a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

SEED = 20211231
YEAR = 2021
SOURCE = "demo-2021"
MONTHS = range(1, 13)

COUNTIES = ("510903", "510904", "510921", "510923", "510981")
CITY, JINGKAI, HEDONG, GAOXIN = "local-shiben", "local-jingkai", "local-hedong", "local-gaoxin"
REGIONS = dict(zip("abcdeBJHG", (*COUNTIES, CITY, JINGKAI, HEDONG, GAOXIN), strict=True))
NOT_REPORTED, NOT_APPLICABLE, PENDING = "未报送", "不涉及", "待定"


def unit(stem: str) -> str:
    """The name of a demonstration unit: 甲 -> 示例单位甲. Never a real one."""
    return f"示例单位{stem}" if stem else ""


def nearest(value: int, grain: int) -> int:
    """Rounded half up to a multiple of ``grain``."""
    return (2 * value + grain) // (2 * grain) * grain


def table(header: str, rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV file as the project writes them."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header.split())
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")
