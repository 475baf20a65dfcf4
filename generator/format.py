"""How numbers, dates and units are written for people. Pure functions.

Amounts come in 分, exact; rounding happens here, once, half up, for display only.
Sources: look.md's conventions and the units rule for government sites: tables in 万元,
prose in 亿元 with two decimals.
"""

from __future__ import annotations

import calendar
import unicodedata
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

MINUS = "\u2212"  # a hyphen is not read out, and a line may end behind it; files and ids keep the hyphen
THIN = "\u2009"  # thin space, between a number and its unit
FEN_PER_YUAN = 100
FEN_PER_WAN = 1_000_000
FEN_PER_YI = 10_000_000_000
NO_DATE = "截至时间未注明"


def rounded(value: Fraction | int, places: int) -> Decimal:
    """``value`` rounded half up (away from zero) to ``places`` decimals."""
    return _divided(value.numerator, value.denominator, places)


def _divided(over: int, under: int, places: int) -> Decimal:
    """``over`` ÷ ``under`` (positive), rounded half up; in integers, because tables have thousands of these."""
    whole = (2 * abs(over) * 10**places + under) // (2 * under)
    return Decimal(whole if over >= 0 else -whole).scaleb(-places)


def grouped(value: Decimal | int) -> str:
    """Thousands separated by commas, with a true minus sign."""
    return f"{value:,}".replace("-", MINUS)


def wan(fen: int, places: int = 2) -> str:
    """分 as 万元 with two decimals, without the unit: ``321,400.00``."""
    return grouped(_divided(fen, FEN_PER_WAN, places))


def scale(fen: int) -> tuple[int, str]:
    """What an amount is told in, in 分, and its name: 亿元 from 1 亿 on, else 万元."""
    return (FEN_PER_YI, "亿元") if abs(fen) >= FEN_PER_YI else (FEN_PER_WAN, "万元")


def money(fen: int) -> str:
    """An amount in prose: ``32.14 亿元``, ``448.32 万元``."""
    size, unit = scale(fen)
    return f"{grouped(_divided(fen, size, 2))}{THIN}{unit}"


def percent(ratio: Fraction, places: int = 2) -> str:
    """A ratio as a percentage: ``106.32 %`` with a thin space; never clamped."""
    return f"{grouped(rounded(ratio * 100, places))}{THIN}%"


def yuan_value(fen: int) -> str:
    """分 as the exact decimal string in 元 that is published: ``3214000000.00``."""
    sign, rest = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}{rest // FEN_PER_YUAN}.{rest % FEN_PER_YUAN:02d}"


def ratio_value(ratio: Fraction) -> str:
    """A ratio as the six-decimal string that is published: ``1.063161``."""
    return str(rounded(ratio, 6))


@lru_cache(maxsize=1 << 12)
def end_of(as_of: str) -> str:
    """The last day of a month, or the day itself: ``2021-12`` -> ``2021-12-31``."""
    if len(as_of) == 7:
        year, month = int(as_of[:4]), int(as_of[5:])
        return f"{as_of}-{calendar.monthrange(year, month)[1]:02d}"
    return as_of


def day(as_of: str) -> str:
    """A date in Chinese: ``2021 年 12 月 31 日``."""
    year, month, date = (int(part) for part in end_of(as_of).split("-"))
    return f"{year} 年 {month} 月 {date} 日"


def month(as_of: str) -> str:
    """A month in Chinese, for axes and tables: ``12月``."""
    return f"{int(as_of[5:7])}月"


def dated(as_of: str | None, published: str | None = None) -> str:
    """``截至 2021-12-31``; without a date it says so, with the publication date when that is known."""
    if as_of:
        return f"截至 {end_of(as_of)}"
    return f"{NO_DATE}，{published} 公布" if published else NO_DATE


def bare(text: str) -> str:
    """A text for comparison: NFKC, no white space, no invisible characters."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) not in ("Cf", "Cc"))


def column_letter(index: int) -> str:
    """Excel's letter of a column counted from 0: 0 -> A, 26 -> AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
