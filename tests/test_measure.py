"""From rows to figures: exact sums and ratios, gaps counted by kind, one value for an id."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import ProgramError
from generator.measure import Figures, Pool, gather, printed, published, rate_of, reference
from generator.model import Figure, Kind, Missing, Precision, RowRef
from generator.tables import KIND
from tests import toy

NOT, NA, LATER = Missing.NOT_REPORTED, Missing.NOT_APPLICABLE, Missing.PENDING
BIG = 3 * 10**18  # three of these do not fit 64 bits


def money(*rows: tuple[str, Any, Any], kinds: Sequence[str] = (), sources: Sequence[str] = ()) -> pd.DataFrame:
    """A frame of (group, a, b); a ``Missing`` is why a value is not there."""
    found: dict[str, Any] = {"group": [r[0] for r in rows]}
    for n, name in ((1, "a"), (2, "b")):
        found[name] = pd.array([None if isinstance(r[n], Missing) else r[n] for r in rows], dtype="Int64")
        found[f"{name}?"] = [str(r[n]) if isinstance(r[n], Missing) else None for r in rows]
    found["source"] = list(sources) or ["s"] * len(rows)
    found[KIND] = list(kinds) or ["官方"] * len(rows)
    return pd.DataFrame(found)


def pool_of(*rows: tuple[str, Any, Any]) -> Pool:
    return gather(money(*rows), (), ("a", "b"), (("a", "b"),))[()]


def test_sums_are_exact_beyond_64_bits() -> None:
    assert pool_of(*[("x", BIG, 1)] * 4).sums == {"a": 4 * BIG, "b": 4}


@given(st.lists(st.integers(0, 2**62), min_size=1, max_size=20))
def test_sums_are_python_sums(values: list[int]) -> None:
    found = pool_of(*[("x", v, 1) for v in values])
    assert (found.sums["a"], found.rows) == (sum(values), len(values))
    assert type(found.sums["a"]) is int
    assert found.ratio("a", "b") == Fraction(sum(values), len(values))


def test_groups_of_one_column_of_two_and_of_none() -> None:
    frame = money(("x", 1, 2), ("y", 3, 4), ("x", 5, 6))
    assert {g: p.sums for g, p in gather(frame, ("group",), ("a", "b")).items()} == {
        ("x",): {"a": 6, "b": 8},
        ("y",): {"a": 3, "b": 4},
    }
    assert list(gather(frame, ("group", "a"), ("b",))) == [("x", 1), ("y", 3), ("x", 5)]
    assert gather(frame, (), ("a",))[()].rows == 3
    assert gather(frame.iloc[:0], (), ("a",)) == {}


def test_missing_is_not_zero_and_has_kinds() -> None:
    found = pool_of(("x", 5, NOT), ("x", NOT, NOT), ("x", 0, NA), ("x", LATER, 0))
    assert found.sums == {"a": 5, "b": 0}
    assert found.lacking("a") == ((NOT, 1), (LATER, 1))
    assert found.lacking("b") == ((NOT, 2), (NA, 1))
    assert found.lacking("c") == ()
    assert pool_of(("x", NOT, 1)).sums == {"b": 1}


@pytest.mark.parametrize(
    ("rows", "ratio"),
    [
        ([(1, 2), (3, 4)], Fraction(4, 6)),
        ([(1, 2), (NOT, 1000), (1000, NOT)], Fraction(1, 2)),
        ([(7, 2)], Fraction(7, 2)),
        ([(0, 2)], Fraction(0)),
        ([(5, 0)], None),
        ([(5, 1), (5, -1)], None),
        ([(NOT, 1), (1, NOT)], None),
        ([(NOT, NOT)], None),
    ],
)
def test_ratios_are_taken_over_rows_that_have_both(rows: list[tuple[Any, Any]], ratio: Fraction | None) -> None:
    assert pool_of(*[("x", a, b) for a, b in rows]).ratio("a", "b") == ratio


def test_a_ratio_that_was_not_asked_for() -> None:
    assert gather(money(("x", 1, 2)), (), ("a", "b"))[()].ratio("a", "b") is None


def test_what_a_ratio_lacks_is_counted_by_rows() -> None:
    found = pool_of(("x", NOT, NOT), ("x", 1, NA), ("x", LATER, 1), ("x", 1, 1))
    assert found.lacking(("a", "b")) == ((NOT, 1), (NA, 1), (LATER, 1))
    assert reference("t", ("2021", "*"), found, ("a", "b")) == RowRef("t", "2021/*", "s", 4, 3)
    assert reference("t", ("2021", "*"), found, "a") == RowRef("t", "2021/*", "s", 4, 2)


def test_sources_and_kinds_of_a_pool() -> None:
    frame = money(("x", 1, 1), ("x", 1, 1), kinds=("演示", "官方"), sources=("z", "b"))
    found = gather(frame, (), ("a",))[()]
    assert Kind.weakest(found.kinds) is Kind.DEMO
    assert reference("t", ("*",), found, "a") == RowRef("t", "*", "b+z", 2, 0)


@pytest.mark.parametrize(
    ("kinds", "weakest"),
    [
        ({Kind.OFFICIAL}, Kind.OFFICIAL),
        ({Kind.OFFICIAL, Kind.PRESS}, Kind.PRESS),
        ({Kind.OFFICIAL, Kind.PRESS, Kind.DEMO}, Kind.DEMO),
    ],
)
def test_weakest_kind(kinds: set[Kind], weakest: Kind) -> None:
    assert Kind.weakest(kinds) is weakest


def test_no_kind_is_no_kind() -> None:
    with pytest.raises(ValueError, match="empty"):
        Kind.weakest(set())


def test_figures_are_in_the_order_of_their_ids() -> None:
    a, b = toy.figure("toy/2021/all/a"), toy.figure("toy/2021/all/b")
    found = Figures([b, a, toy.figure("toy/2021/all/b")])
    assert (list(found), len(found), found["toy/2021/all/a"]) == ([a.id, b.id], 2, a)
    assert found.get("absent") is None


@pytest.mark.parametrize("change", [{"value": 2}, {"as_of": "2021-11"}, {"kind": Kind.DEMO}, {"label": "别的"}])
def test_one_id_has_one_value(change: dict[str, Any]) -> None:
    with pytest.raises(ProgramError, match=r"^两个不同的数用了同一个编号：toy/2021/all/paid$"):
        Figures([toy.figure(), toy.figure(**change)])


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        ("32.14", "亿元", 321_400_000_000), ("32.4", "亿元", 324_000_000_000), ("32.40", "亿元", 324_000_000_000),
        ("780", "万元", 780_000_000), ("448.32", "万元", 448_320_000), ("0.000001", "万元", 1), ("12.34", "元", 1234),
        ("0.001", "元", Fraction(1, 10)), ("106.32", "%", Fraction(10632, 10000)), ("100", "%", Fraction(1)),
        ("30", "件", 30), ("600", "条", 600), ("1.5", "个", Fraction(3, 2)),
    ],
)  # fmt: skip
def test_printed_values_are_read_exactly(value: str, unit: str, expected: int | Fraction) -> None:
    found = printed(value, unit)
    assert found == expected
    assert type(found) is type(expected)


def totals(tmp_path: Path, *rows: dict[str, Any]) -> list[Figure]:
    found = toy.tables(toy.toy_contract(tmp_path), {"control_totals": rows})
    return list(published(found.frame("control_totals"), "toy/"))


@pytest.mark.parametrize(
    ("unit", "precision", "value", "shown_unit", "kept"),
    [
        ("亿元", "约", 321_400_000_000, "元", Precision.ROUNDED),
        ("万元", "精确", 321_400, "元", Precision.EXACT),
        ("条", "余", 600, "条", Precision.AT_LEAST),
    ],
)
def test_published_totals_as_figures(
    tmp_path: Path, unit: str, precision: str, value: int, shown_unit: str, kept: Precision
) -> None:
    text = {"亿元": "32.14", "万元": "0.3214", "条": "600"}[unit]
    row = toy.control("toy/2021/all/x", text, unit, precision=precision, as_of="2021-12-31", source="paper")
    assert totals(tmp_path, row) == [
        Figure(
            id="toy/2021/all/x",
            label="toy/2021/all/x 的名称",
            value=value,
            unit=shown_unit,
            as_of="2021-12-31",
            precision=kept,
            formula="文件公布的数，照录",
            rows=(RowRef("control_totals", "toy/2021/all/x", "paper"),),
            kind=Kind.PRESS,
        )
    ]


def test_percentages_and_other_subjects_are_not_taken_over(tmp_path: Path) -> None:
    rows = (
        toy.control("toy/2021/all/rate", "106.32", "%"),
        toy.control("toys/2021/all/x", "1"),
        toy.control("toy/2021/all/x", "1", published="2022-01-05"),
    )
    assert [(f.id, f.as_of, f.published) for f in totals(tmp_path, *rows)] == [("toy/2021/all/x", None, "2022-01-05")]


def amount(value: int | None, **more: Any) -> Figure:
    return toy.figure(f"toy/2021/all/{more.get('label', 'x')}", value, **{"as_of": "2021-12-31", **more})


def test_rate_of_two_published_amounts() -> None:
    paid = amount(324, label="拨付", kind=Kind.PRESS, published="2022-01-05")
    base = amount(321, label="安排", kind=Kind.OFFICIAL, published="2022-01-05")
    assert rate_of(paid, base, "toy/2021/all/paid_rate", "拨付率", "安排") == Figure(
        id="toy/2021/all/paid_rate",
        label="拨付率",
        value=Fraction(324, 321),
        unit="%",
        as_of="2021-12-31",
        precision=Precision.EXACT,
        formula="拨付率 = 拨付 ÷ 安排",
        rows=(*paid.rows, *base.rows),
        kind=Kind.PRESS,
        published="2022-01-05",
        base="安排",
    )


@pytest.mark.parametrize(
    ("over", "under", "value"),
    [(5, 2, Fraction(5, 2)), (0, 2, Fraction(0)), (5, 0, None), (None, 2, None), (5, None, None)],
)
def test_a_rate_without_a_base_is_none(over: int | None, under: int | None, value: Fraction | None) -> None:
    assert rate_of(amount(over), amount(under), "toy/2021/all/r", "率", "x").value == value


@pytest.mark.parametrize("loose", [Precision.ROUNDED, Precision.AT_LEAST])
def test_a_rate_is_as_exact_as_its_amounts(loose: Precision) -> None:
    for over, under in ((amount(1, precision=loose), amount(1)), (amount(1), amount(1, precision=loose))):
        assert rate_of(over, under, "toy/2021/all/r", "率", "x").precision is Precision.ROUNDED


@pytest.mark.parametrize("other", [{"as_of": "2021-11-30"}, {"as_of": None}, {"published": "2022-01-05"}])
def test_amounts_of_different_dates_are_not_divided(other: dict[str, Any]) -> None:
    with pytest.raises(ProgramError, match=r"^toy/2021/all/r：两个数的截至时间不同，不能相除$"):
        rate_of(amount(1), amount(1, **other), "toy/2021/all/r", "率", "x")
