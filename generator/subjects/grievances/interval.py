"""How far a survey can be trusted: the interval of a share, and of the change of a share, in exact arithmetic.

Wilson (1927), https://doi.org/10.1080/01621459.1927.10502953: of the intervals in use it is the one that keeps to
0 … 100 % and stays honest for small samples and for shares near the ends.

Newcombe (1998), https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8%3C873::AID-SIM779%3E3.0.CO;2-I: the interval of
a difference of two shares, made from their Wilson intervals (his method 10).
"""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

Z = Fraction(196, 100)  # 95 %
STEPS = 10**12  # a square root is cut off at this fine a step, so that it is the same on every machine
SMALL = 100  # fewer people than this are called few


def root(value: Fraction) -> Fraction:
    """The square root of a value of 0 or more, to 10⁻¹², rounded down; never by floating point."""
    return Fraction(isqrt(value.numerator * STEPS**2 // value.denominator), STEPS)


def wilson(share: Fraction, sample: int) -> tuple[Fraction, Fraction]:
    """The 95 % interval of a share (0 to 1) of a sample of 1 or more."""
    spread = Z**2 / sample
    middle = share + spread / 2
    half = Z * root(share * (1 - share) / sample + spread / (4 * sample))
    low, high = (middle - half) / (1 + spread), (middle + half) / (1 + spread)
    return max(low, Fraction(0)), min(high, Fraction(1))


def change(before: Fraction, earlier: int, now: Fraction, sample: int) -> int:
    """Whether a share of ``earlier`` people rose (1) or fell (-1) when ``sample`` others were asked; 0 if unsure.

    Sure is what the 95 % interval of the difference leaves no doubt of: the square of the difference is more than z²
    times its variance, taken at those ends of the two intervals that face each other. There z² times the variance of
    a share is the square of its distance from the end, which is how Wilson's ends are made.
    """
    if now == before:
        return 0
    sign = 1 if now > before else -1
    (low, high), (old_low, old_high) = wilson(now, sample), wilson(before, earlier)
    near, far = (low, old_high) if sign > 0 else (high, old_low)
    return sign if (now - before) ** 2 > (now - near) ** 2 + (before - far) ** 2 else 0
