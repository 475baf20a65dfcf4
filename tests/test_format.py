"""How numbers, dates and units are written: exact results, rounded half up once, never clamped."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import format as fmt

T = "\u2009"
M = "\u2212"


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        (Fraction(5, 1000), 2, "0.01"), (Fraction(-5, 1000), 2, "-0.01"), (Fraction(4999, 10**6), 2, "0.00"),
        (Fraction(1005, 1000), 2, "1.01"), (Fraction(2675, 1000), 2, "2.68"), (Fraction(-2675, 1000), 2, "-2.68"),
        (Fraction(1, 2), 0, "1"), (Fraction(-1, 2), 0, "-1"), (Fraction(3, 2), 0, "2"), (Fraction(5, 2), 0, "3"),
        (Fraction(1, 3), 6, "0.333333"), (Fraction(2, 3), 6, "0.666667"), (0, 2, "0.00"), (7, 2, "7.00"), (-7, 0, "-7"),
    ],
)  # fmt: skip
def test_rounded_half_up_away_from_zero(value: Fraction | int, places: int, expected: str) -> None:
    assert str(fmt.rounded(value, places)) == expected


@given(st.integers(-(10**18), 10**18), st.integers(1, 10**6), st.integers(0, 6))
def test_rounded_is_quantize_half_up(over: int, under: int, places: int) -> None:
    with localcontext() as context:
        context.prec = 60
        # 60 digits of a fraction below 10**18 never lie closer to a half than the fraction itself does.
        expected = (Decimal(over) / Decimal(under)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    assert fmt.rounded(Fraction(over, under), places) == expected


@pytest.mark.parametrize(
    ("fen", "shown"),
    [
        (321_400_000_000, f"32.14{T}亿元"), (324_000_000_000, f"32.40{T}亿元"), (10**10, f"1.00{T}亿元"),
        (9_999_999_999, f"10,000.00{T}万元"), (-(10**10), f"{M}1.00{T}亿元"),
        (448_320_000, f"448.32{T}万元"), (0, f"0.00{T}万元"), (5_000, f"0.01{T}万元"),
        (4_999, f"0.00{T}万元"), (-448_320_000, f"{M}448.32{T}万元"), (-321_400_000_000, f"{M}32.14{T}亿元"),
        (10**16, f"1,000,000.00{T}亿元"),
    ],
)  # fmt: skip
def test_money_in_prose(fen: int, shown: str) -> None:
    assert fmt.money(fen) == shown


@pytest.mark.parametrize(
    ("fen", "wan", "yuan"),
    [
        (321_400_000_000, "321,400.00", "3214000000.00"), (1, "0.00", "0.01"), (5_000, "0.01", "50.00"),
        (50_000_000, "50.00", "500000.00"), (-1, "0.00", "-0.01"), (-5_000, f"{M}0.01", "-50.00"),
        (-199, "0.00", "-1.99"), (123_456_789_012_345, "123,456,789.01", "1234567890123.45"), (0, "0.00", "0.00"),
    ],
)  # fmt: skip
def test_amounts_in_each_unit(fen: int, wan: str, yuan: str) -> None:
    assert (fmt.wan(fen), fmt.yuan_value(fen)) == (wan, yuan)


@pytest.mark.parametrize(("places", "shown"), [(2, "12.35"), (4, "12.3457"), (6, "12.345678")])
def test_wan_with_more_decimals(places: int, shown: str) -> None:
    assert fmt.wan(12_345_678, places) == shown


@given(st.integers(-(10**20), 10**20))
def test_yuan_is_exact(fen: int) -> None:
    assert Fraction(fmt.yuan_value(fen)) * 100 == fen


@pytest.mark.parametrize(
    ("ratio", "shown", "value"),
    [
        (Fraction(3417, 3214), f"106.32{T}%", "1.063161"), (Fraction(3240, 3214), f"100.81{T}%", "1.008090"),
        (Fraction(0), f"0.00{T}%", "0.000000"), (Fraction(25), f"2,500.00{T}%", "25.000000"),
        (Fraction(-1, 3), f"{M}33.33{T}%", "-0.333333"), (Fraction(1), f"100.00{T}%", "1.000000"),
        (Fraction(99995, 100000), f"100.00{T}%", "0.999950"), (Fraction(1, 10**7), f"0.00{T}%", "0.000000"),
        (Fraction(5, 10**7), f"0.00{T}%", "0.000001"),
    ],
)  # fmt: skip
def test_ratios_are_never_clamped(ratio: Fraction, shown: str, value: str) -> None:
    assert (fmt.percent(ratio), fmt.ratio_value(ratio)) == (shown, value)


def test_percent_with_other_places() -> None:
    assert fmt.percent(Fraction(1, 8), 0) == f"13{T}%"
    assert fmt.percent(Fraction(1, 8), 1) == f"12.5{T}%"


@pytest.mark.parametrize(
    ("as_of", "end", "day", "month"),
    [
        ("2021-12", "2021-12-31", "2021 年 12 月 31 日", "12月"),
        ("2021-02", "2021-02-28", "2021 年 2 月 28 日", "2月"),
        ("2024-02", "2024-02-29", "2024 年 2 月 29 日", "2月"), ("1900-02", "1900-02-28", "1900 年 2 月 28 日", "2月"),
        ("2021-05-12", "2021-05-12", "2021 年 5 月 12 日", "5月"),
    ],
)  # fmt: skip
def test_dates(as_of: str, end: str, day: str, month: str) -> None:
    assert (fmt.end_of(as_of), fmt.day(as_of), fmt.month(as_of)) == (end, day, month)


@pytest.mark.parametrize(
    ("as_of", "published", "shown"),
    [
        ("2021-12", None, "截至 2021-12-31"), ("2021-12-30", "2022-01-05", "截至 2021-12-30"),
        (None, "2021-05-12", "截至时间未注明，2021-05-12 公布"), (None, None, "截至时间未注明"),
    ],
)  # fmt: skip
def test_dated_says_when_no_date_is_known(as_of: str | None, published: str | None, shown: str) -> None:
    assert fmt.dated(as_of, published) == shown


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("船山区", "船山区"), (" 船 山\u3000区\n", "船山区"), ("Ａ１", "A1"), ("船\u200b山\ufeff区", "船山区"),
        ("a\u202eb\x00c", "abc"), ("（试）", "(试)"), ("", ""),
    ],
)  # fmt: skip
def test_bare(text: str, bare: str) -> None:
    assert fmt.bare(text) == bare


@pytest.mark.parametrize(
    ("index", "letter"),
    [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")],
)
def test_column_letter(index: int, letter: str) -> None:
    assert fmt.column_letter(index) == letter


@given(st.integers(0, 10**6))
def test_column_letters_count_up(index: int) -> None:
    number = 0
    for letter in fmt.column_letter(index):
        number = number * 26 + ord(letter) - 64
    assert number == index + 1
