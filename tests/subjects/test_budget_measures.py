"""Figures of the money, from small hand-made tables: ids, key patterns, exact sums, rates, gaps, official totals."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.measure import Figures
from generator.model import Figure, Kind, Missing, Precision, RowRef
from generator.subjects.budget import measures
from tests.subjects.money import WAN, row, site, tables
from tests.toy import control

NOT, NA = Missing.NOT_REPORTED, Missing.NOT_APPLICABLE


def figures(*rows: Any, totals: Any = ()) -> dict[str, Figure]:
    return dict(Figures(measures.figures(tables(rows, control_totals=totals))))


DATED = (
    row(1, "510903", "市", "2021-11", 100 * WAN, 100 * WAN, 40 * WAN),
    row(1, "510903", "市", "2021-12", 100 * WAN, 110 * WAN, 105 * WAN),
    row(1, "local-hedong", "县", "2021-12", 50 * WAN, 50 * WAN, NOT),
    row(2, "510903", "中央", "2021-12", 300 * WAN, 300 * WAN, 30 * WAN, source="demo"),
)


def test_every_id_of_a_small_year() -> None:
    found = figures(*DATED)
    keys = {i.split("/")[2] for i in found if "@" not in i}
    assert keys == {
        "all", "p01", "p02", "r510903", "rlocal-hedong", "lcity", "lcounty", "lcentral", "p01+r510903",
        "p01+rlocal-hedong", "p02+r510903", "p01+lcity", "p01+lcounty", "p02+lcentral",
    }  # fmt: skip
    five = {"allocated", "issued", "paid", "issued_rate", "paid_rate"}
    assert {i.split("/")[3] for i in found if i.startswith("budget/2021/p01/") and "@" not in i} == five
    assert {i.split("/")[3] for i in found if i.startswith("budget/2021/all/") and "@" not in i} == {
        *(f"{m}_sum" for m in five), "projects", "over", "behind", "paid_added_sum",
    }  # fmt: skip
    stamped = {i.split("/")[2] + "@" + i.split("@")[1] for i in found if "@" in i}
    assert stamped == {"all@2021-11", "all@2021-12", "p01@2021-11", "p01@2021-12", "p02@2021-12"}


@pytest.mark.parametrize(
    ("figure_id", "wan", "pattern", "rows"),
    [
        ("budget/2021/all/paid_sum", 135, "2021/*/*/*/2021-12", 3),
        ("budget/2021/all/paid_sum@2021-11", 40, "2021/*/*/*/2021-11", 1),
        ("budget/2021/all/allocated_sum", 450, "2021/*/*/*/2021-12", 3),
        ("budget/2021/p01/issued", 160, "2021/1/*/*/2021-12", 2),
        ("budget/2021/p01/paid@2021-11", 40, "2021/1/*/*/2021-11", 1),
        ("budget/2021/r510903/allocated", 400, "2021/*/510903/*/2021-12", 2),
        ("budget/2021/rlocal-hedong/paid", None, "2021/*/local-hedong/*/2021-12", 1),
        ("budget/2021/lcentral/issued", 300, "2021/*/*/central/2021-12", 1),
        ("budget/2021/p01+r510903/paid", 105, "2021/1/510903/*/2021-12", 1),
        ("budget/2021/p01+lcounty/allocated", 50, "2021/1/*/county/2021-12", 1),
    ],
)
def test_sums_and_the_rows_that_they_come_from(figure_id: str, wan: int | None, pattern: str, rows: int) -> None:
    found = figures(*DATED)[figure_id]
    assert found.value == (None if wan is None else wan * WAN)
    assert (found.rows[0].table, found.rows[0].key, found.rows[0].rows) == ("budget:2021", pattern, rows)
    assert found.as_of == pattern[-7:]


def test_rates_over_rows_that_have_both_and_over_100_percent() -> None:
    found = figures(*DATED)
    rate = found["budget/2021/p01/paid_rate"]
    assert (rate.value, rate.base, rate.unit) == (Fraction(105, 100), "安排", "%")
    assert rate.lacks == ((NOT, 1),)
    assert rate.rows == (RowRef("budget:2021", "2021/1/*/*/2021-12", "gov", 2, 1),)
    assert found["budget/2021/p01/issued_rate"].value == Fraction(160, 150)
    assert found["budget/2021/all/paid_rate_sum"].value == Fraction(135, 400)
    assert found["budget/2021/rlocal-hedong/paid_rate"].value is None
    assert "拨付 ÷ 安排" in rate.formula


def test_gaps_and_what_does_not_apply_are_counted() -> None:
    found = figures(
        row(1, "510903", "市", "2021-12", 1, 1, NOT),
        row(1, "510904", "市", "2021-12", 1, NA, NA),
        row(1, "local-hedong", "市", "2021-12", NOT, 1, 5),
    )
    paid = found["budget/2021/p01/paid"]
    assert (paid.value, paid.lacks, paid.gaps, paid.rows[0].missing) == (5, ((NOT, 1), (NA, 1)), 1, 2)
    assert found["budget/2021/p01/issued"].gaps == 0
    assert found["budget/2021/p01/paid_rate"].value is None


def test_what_a_month_added_is_over_series_that_have_both_months() -> None:
    added = figures(*DATED)["budget/2021/all/paid_added_sum"]
    assert (added.value, added.as_of, added.kind) == (65 * WAN, "2021-12", Kind.DEMO)
    assert added.lacks == ((NOT, 2),)  # one began in December, one says nothing
    assert [(r.key, r.rows) for r in added.rows] == [("2021/*/*/*/2021-11", 1), ("2021/*/*/*/2021-12", 3)]
    silent = figures(row(1, "510903", "市", "2021-11", 9, 9, 4), row(2, "510903", "市", "2021-12", 9, 9, 4))
    assert silent["budget/2021/all/paid_added_sum"].value is None
    assert "budget/2021/all/paid_added_sum" not in figures(*DATED[1:])


def test_a_sum_takes_the_weakest_kind() -> None:
    found = figures(*DATED)
    kinds = {k: found[f"budget/2021/{k}/allocated"].kind for k in ("p01", "p02", "r510903", "rlocal-hedong")}
    assert kinds == {"p01": Kind.OFFICIAL, "p02": Kind.DEMO, "r510903": Kind.DEMO, "rlocal-hedong": Kind.OFFICIAL}
    assert found["budget/2021/all/paid_sum"].kind is Kind.DEMO
    assert found["budget/2021/all/paid_sum@2021-11"].kind is Kind.OFFICIAL


@pytest.mark.parametrize(
    ("paid", "month", "over", "behind"),
    [
        ((105, 100), "2021-12", 1, 0), ((100, 99), "2021-12", 0, 1), ((50, 49), "2021-06", 0, 1),
        ((50, 51), "2021-06", 0, 0), ((NOT, 10), "2021-12", 0, 1), ((NOT, NOT), "2021-12", 0, 0),
        ((0, 0), "2021-01", 0, 2),
    ],
)  # fmt: skip
def test_counts_of_projects(paid: tuple[Any, Any], month: str, over: int, behind: int) -> None:
    rows = [
        row(n, "510903", "市", month, 100 * WAN, 0, p if isinstance(p, Missing) else p * WAN)
        for n, p in enumerate(paid, 1)
    ]
    found = figures(*rows)
    values = [found[f"budget/2021/all/{m}"].value for m in ("projects", "over", "behind")]
    assert values == [2, over, behind]
    assert found["budget/2021/all/over"].lacks == (((NOT, paid.count(NOT)),) if NOT in paid else ())


def test_a_year_without_dates_has_no_series_and_nobody_is_behind() -> None:
    found = figures(row(20, "510903", "未分", None, 780 * WAN, 730 * WAN, 448 * WAN))
    assert not [i for i in found if "@" in i]
    assert found["budget/2021/p20/paid"].as_of is None
    assert found["budget/2021/p20/paid"].rows[0].key == "2021/20/*/*/-"
    assert found["budget/2021/lnone/paid"].rows[0].key == "2021/*/*/none/-"
    assert found["budget/2021/all/over"].value == 0
    assert "budget/2021/all/behind" not in found


def test_only_the_newest_month_counts_without_a_suffix() -> None:
    found = figures(*reversed(DATED))
    assert found == figures(*DATED)
    assert found["budget/2021/all/paid_sum"].value == found["budget/2021/all/paid_sum@2021-12"].value
    assert found["budget/2021/all/projects"].value == 2


def test_years_do_not_mix() -> None:
    found = figures(
        row(1, "510903", "市", "2021-12", 1, 1, 1), row(1, "510903", "市", "2020-12", 5, 5, 5, year=2020)
    )  # fmt: skip
    assert found["budget/2021/all/paid_sum"].value == 1
    assert found["budget/2020/all/paid_sum"].value == 5
    assert found["budget/2020/all/paid_sum"].rows[0].table == "budget:2020"


YEARBOOK = tuple(
    control(f"budget/2021/all/{m}", v, "亿元", as_of="2021-12-31", precision="约")
    for m, v in (("allocated", "32.14"), ("issued", "34.17"), ("paid", "32.4"))
)


def test_official_totals_and_their_sums_side_by_side() -> None:
    found = figures(*DATED, totals=YEARBOOK)
    official, summed = found["budget/2021/all/allocated"], found["budget/2021/all/allocated_sum"]
    assert (official.value, official.as_of, official.kind) == (321_400_000_000, "2021-12-31", Kind.OFFICIAL)
    assert official.rows == (RowRef("control_totals", "budget/2021/all/allocated", "gov"),)
    assert (summed.value, summed.as_of) == (450 * WAN, "2021-12")


def test_rates_of_official_totals_are_computed() -> None:
    found = figures(totals=(*YEARBOOK, control("budget/2021/all/paid_rate", "99.99", "%")))
    paid = found["budget/2021/all/paid_rate"]
    assert (paid.value, paid.precision) == (Fraction(3240, 3214), Precision.ROUNDED)
    assert [r.key for r in paid.rows] == ["budget/2021/all/paid", "budget/2021/all/allocated"]
    assert found["budget/2021/all/issued_rate"].value == Fraction(3417, 3214)
    assert sorted(found) == sorted(f"budget/2021/all/{m}" for m in (
        "allocated", "issued", "paid", "issued_rate", "paid_rate",
    ))  # fmt: skip


def test_published_totals_of_different_dates_have_no_rate() -> None:
    late = control("budget/2021/all/paid", "32.4", "亿元", as_of="2022-03-31")
    found = figures(totals=(*YEARBOOK[:2], late))
    assert found["budget/2021/all/paid"].as_of == "2022-03-31"
    assert "budget/2021/all/paid_rate" not in found
    assert "budget/2021/all/issued_rate" in found


def test_a_total_published_for_a_sum_is_not_doubled() -> None:
    total = control("budget/2021/p01/allocated", "999", as_of="2021-12-31")
    other = control("budget/2021/p09/allocated", "999", as_of="2021-12-31")
    found = figures(*DATED, totals=(total, other))
    assert found["budget/2021/p01/allocated"].value == 150 * WAN
    assert found["budget/2021/p09/allocated"].value == 999 * WAN


def test_nothing_at_all() -> None:
    assert figures() == {}
    assert measures.years(site().figures) == []


def test_years_of_rows_and_of_totals() -> None:
    totals = [control("budget/2019/all/paid", "1"), control("budget/2018/all/paid_rate", "99", "%")]
    found = site([row(1, "510903", "市", "2021-12", 1, 1, 1)], control_totals=totals)
    # A percentage alone is no figure: it is held against amounts, not taken over.
    assert measures.years(found.figures) == [2019, 2021]


def test_a_month_without_its_rows_lacks_them() -> None:
    """A series does not end: a row that is absent counts as 未报送, and is not taken for nothing."""
    rows = [
        row(n, place, "市", f"2021-{m:02d}", 100 * WAN, 100 * WAN, m * WAN)
        for n, place in ((1, "510903"), (1, "510904"), (2, "510903"))
        for m in range(1, 5)
        if not (place == "510904" and m in (1, 3)) and not (n == 2 and m == 4)
    ]
    found = figures(*rows)
    lacks = {m: found[f"budget/2021/all/paid_sum@2021-{m:02d}"].lacks for m in range(1, 5)}
    # 510904 begins in February: nothing is missing before.
    assert lacks == {1: (), 2: (), 3: ((NOT, 1),), 4: ((NOT, 1),)}
    march = found["budget/2021/all/paid_sum@2021-03"]
    assert (march.value, march.rows[0].rows, march.rows[0].missing, march.gaps) == (6 * WAN, 2, 1, 1)
    assert found["budget/2021/p01/paid_rate@2021-03"].lacks == ((NOT, 1),)
    assert "budget/2021/p02/paid" not in found
    assert found["budget/2021/p02/paid@2021-03"].value == 3 * WAN


def test_rows_without_a_date_say_when_they_were_published() -> None:
    found = figures(row(1, "510903", "未分", None, 1, 1, 1))
    assert {f.published for f in found.values() if "*" in f.rows[0].key} == {"2022-01-05", None}
    assert found["budget/2021/p01/paid"].published == "2022-01-05"
    assert figures(row(1, "510903", "市", "2021-12", 1, 1, 1))["budget/2021/p01/paid"].published is None
    mixed = figures(row(1, "510903", "未分", None, 1, 1, 1), row(1, "510904", "未分", None, 1, 1, 1, source="paper"))
    assert mixed["budget/2021/p01/paid"].published is None


def test_extras_are_published_records_outside_the_list() -> None:
    totals = [
        *YEARBOOK,
        *(control(f"budget/2021/q20+r510900/{m}", "780") for m in ("allocated", "paid")),
        control("budget/2021/p09/allocated", "1"), control("budget/2020/q01/allocated", "1"),
    ]  # fmt: skip
    found = Figures(measures.figures(tables(DATED, control_totals=totals)))
    assert measures.extra_keys(found, 2021) == ["q20+r510900"]


@given(st.lists(st.tuples(st.integers(0, 10**15), st.integers(0, 10**15)), min_size=1, max_size=6))
def test_splits_add_up_to_the_whole(amounts: list[tuple[int, int]]) -> None:
    places = ("510903", "510904", "local-hedong")
    levels = ("中央", "市")
    rows = [
        row(1 + n // 3, places[n % 3], levels[n % 2], "2021-12", a, a, p) for n, (a, p) in enumerate(amounts)
    ]  # fmt: skip
    found = figures(*rows)
    whole = found["budget/2021/all/paid_sum"].value
    assert whole == sum(p for _, p in amounts)
    for start in ("p", "r", "l"):
        parts = [
            f.value
            for i, f in found.items()
            if i.startswith(f"budget/2021/{start}") and i.endswith("/paid") and "+" not in i
        ]
        assert sum(parts) == whole
    crossed = [f.value for i, f in found.items() if "+r" in i and i.endswith("/paid")]
    assert sum(crossed) == whole


def test_every_level_of_the_contract_has_a_code() -> None:
    table = tables().contract.table("budget")
    assert table is not None
    level = table.column("资金层级")
    assert dict(level.codes) == measures.CODES
    assert {k: v[1:] for k, v in measures.LEVELS.items()} == measures.CODES
    assert set(measures.LEVELS) == set(level.constraint("enum"))
