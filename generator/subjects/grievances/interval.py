"""How far a survey can be trusted: the Wilson interval of a share, in exact arithmetic.

Wilson (1927), https://doi.org/10.1080/01621459.1927.10502953: of the intervals in use it is the one that keeps to
0 … 100 % and stays honest for small samples and for shares near the ends.
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
