"""Figures of the ten things, from small hand-made tables: ids, rows, states, lateness, shares and intervals."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.measure import Figures
from generator.model import Figure, Kind, Missing
from generator.subjects.grievances import measures
from generator.subjects.grievances.interval import Z, change, root, wilson
from generator.subjects.grievances.states import State, behind, state
from generator.view import address
from tests.subjects.things import NOT, month, origin, survey, tables, task, thing, vote
from tests.toy import control

NA = Missing.NOT_APPLICABLE
F = Fraction


def figures(**rows: Any) -> dict[str, Figure]:
    return dict(Figures(measures.figures(tables(**rows))))


def values(found: dict[str, Figure], key: str, *names: str) -> list[Any]:
    return [found[f"grievances/2021/{key}/{n}"].value for n in names]


# --- where a thing stands ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("works", "finished", "expected"),
    [
        ([], True, State.SILENT), ([None], True, State.SILENT), ([F(1), None], True, State.SILENT),
        ([F(0)], True, State.IDLE), ([F(0), F(1, 100)], True, State.ACTIVE), ([F(1)], True, State.DONE),
        ([F(1)], False, State.ACTIVE), ([F(1), F(99, 100)], True, State.REOPENED),
        ([F(1), None, F(0)], True, State.REOPENED), ([F(1), F(1, 2), F(1)], True, State.DONE),
        ([F(1, 2), F(1, 4)], True, State.ACTIVE),
    ],
)  # fmt: skip
def test_states(works: list[Fraction | None], finished: bool, expected: State) -> None:
    assert state(works, finished) is expected


@pytest.mark.parametrize(
    ("found", "work", "time", "expected"),
    [
        (State.ACTIVE, F(50, 100), F(55, 100), False), (State.ACTIVE, F(50, 100), F(551, 1000), True),
        (State.ACTIVE, F(97, 100), F(1), True), (State.ACTIVE, F(1), F(1), True), (State.DONE, F(1), F(1), False),
        (State.REOPENED, F(70, 100), F(1), True), (State.IDLE, F(0), F(4, 100), False),
        (State.SILENT, None, F(1), False), (State.ACTIVE, F(1, 100), None, False),
    ],
)  # fmt: skip
def test_behind(found: State, work: Fraction | None, time: Fraction | None, expected: bool) -> None:
    assert behind(found, work, time) is expected


def test_counts_of_states_add_up_to_the_list_and_lateness_is_beside_them() -> None:
    found = figures(
        grievances=[thing(n) for n in range(1, 8)],
        grievance_tasks=[task(6, 1, "2021-12-01", None), task(1, 1, "2021-06-30", "2021-06-30")],
        grievance_progress=[
            month(1, 12, 100), month(2, 11, 100), month(2, 12, 80), month(3, 12, 0), month(4, 12, NOT),
            month(6, 12, 100), month(7, 12, 60),
        ],
    )  # fmt: skip
    # 1 done; 2 open again; 3 idle; 4 and 5 silent; 6 has a task left; 7 is on its way. The deadline is the month's end.
    assert values(found, "all", "done", "reopened", "idle", "silent", "active", "behind") == [1, 1, 1, 2, 2, 4]
    done = found["grievances/2021/all/done"]
    assert [(r.table, r.key, r.rows) for r in done.rows] == [
        ("grievances:2021", "2021/*", 7), ("grievance_progress:2021", "2021/*/*", 7),
        ("grievance_tasks:2021", "2021/*/*", 2),
    ]  # fmt: skip
    assert (done.as_of, done.unit) == ("2021-12", "件")


def test_a_task_finished_after_the_month_is_not_finished_by_then() -> None:
    rows = {"grievances": [thing(1)], "grievance_progress": [month(1, 11, 100)]}
    late = figures(**rows, grievance_tasks=[task(1, 1, "2021-11-20", "2021-12-03")])
    assert values(late, "all", "done", "active") == [0, 1]
    assert values(late, "g01", "tasks", "tasks_done", "tasks_late") == [1, 0, 1]
    intime = figures(**rows, grievance_tasks=[task(1, 1, "2021-11-20", "2021-11-20")])
    assert values(intime, "all", "done", "active") == [1, 0]
    assert values(intime, "g01", "tasks", "tasks_done", "tasks_late") == [1, 1, 0]


# --- the list, what was reported, the ballot ----------------------------------------------------------------


def test_a_list_alone_is_counted_and_the_published_count_stays_another_number() -> None:
    official = control("grievances/2021/all/count", "10", "件", as_of="2021-12-31")
    found = figures(grievances=[thing(1, lead=None), thing(2)], control_totals=[official])
    assert sorted(found) == [f"grievances/2021/all/{m}" for m in ("count", "count_sum", "named")]
    assert values(found, "all", "count", "count_sum", "named") == [10, 2, 1]


def test_reports_are_added_by_thing_and_by_channel_and_say_what_they_lack() -> None:
    found = figures(
        grievances=[thing(1), thing(2)],
        grievance_origins=[
            origin(1, "12345热线", 10), origin(1, "来访", NA), origin(2, "12345热线", 5), origin(2, "来信", NOT)
        ],
    )  # fmt: skip
    assert values(found, "all", "reports") == [15]
    assert [found[f"grievances/2021/{k}/reports"].value for k in ("g01", "g02", "chotline", "cletters")] == [
        10, 5, 15, None,
    ]  # fmt: skip
    assert found["grievances/2021/all/reports"].lacks == ((NOT, 1), (NA, 1))
    assert found["grievances/2021/chotline/reports"].rows[0].key == "2021/*/hotline"
    assert "grievances/2021/csurvey/reports" not in found


def test_the_ballot() -> None:
    found = figures(
        grievances=[thing(1), thing(2)], votes=[vote(1, 5), vote(2, 90, 2), vote(3, NOT, 1), vote(4, 7)]
    )  # fmt: skip
    assert values(found, "all", "votes", "candidates", "chosen") == [102, 4, 2]
    assert found["grievances/2021/all/votes"].lacks == ((NOT, 1),)
    assert (found["grievances/2021/g02/votes"].value, found["grievances/2021/g01/votes"].value) == (90, None)
    assert found["grievances/2021/g02/votes"].rows[0].key == "2021/2"
    # Nobody's rank is known before all votes are.
    assert (found["grievances/2021/g02/rank"].value, found["grievances/2021/g02/rank"].lacks) == (None, ((NOT, 1),))


def test_a_rank_is_one_more_than_those_with_more_votes() -> None:
    votes = [vote(1, 50), vote(2, 90, 2), vote(3, 50, 1), vote(4, 7, 3)]
    found = figures(grievances=[thing(1), thing(2), thing(3)], votes=votes)
    assert [found[f"grievances/2021/g0{n}/rank"].value for n in (1, 2, 3)] == [2, 1, 4]
    assert found["grievances/2021/g01/rank"].rows[0].key == "2021/*"


# --- months ------------------------------------------------------------------------------------------------


def test_work_and_time_by_month_and_the_newest_without_a_month() -> None:
    found = figures(grievances=[thing(1)], grievance_progress=[month(1, 11, 75), month(1, 12, 88)])
    work = {i.rsplit("/", 1)[1]: f.value for i, f in found.items() if "/work" in i}
    assert work == {"work": F(88, 100), "work@2021-11": F(75, 100), "work@2021-12": F(88, 100)}
    assert found["grievances/2021/g01/time@2021-11"].value == F(261, 292)
    assert found["grievances/2021/g01/time"].value == 1
    # A point of a series has an address of its own, although it is a single row.
    places = {address(f) for i, f in found.items() if "/work" in i}
    assert places == {f"grievances/2021/g01/origin/#work{m}" for m in ("", ".2021-11", ".2021-12")}


def test_without_dates_there_is_no_share_of_time_and_nobody_is_behind() -> None:
    found = figures(grievances=[thing(1, deadline=None)], grievance_progress=[month(1, 12, 1)])
    assert not [i for i in found if "/time" in i]
    assert values(found, "all", "behind") == [0]


def test_a_thing_that_is_not_in_the_newest_month_has_no_newest_work() -> None:
    found = figures(grievances=[thing(1), thing(2)], grievance_progress=[month(1, 11, 75), month(2, 12, 3)])
    assert "grievances/2021/g01/work" not in found
    assert values(found, "all", "silent", "active") == [1, 1]
    assert values(found, "g01", "months", "months_silent") == [2, 1]


def test_reports_that_came_late_and_those_that_did_not_come() -> None:
    rows = [
        month(1, 8, 1, reported="2021-09-10"), month(1, 9, 2, reported="2021-10-11"), month(1, 10, NOT),
        month(1, 12, 9, reported="2022-01-10"),
    ]  # fmt: skip
    found = figures(grievances=[thing(1)], grievance_progress=rows)
    assert values(found, "g01", "months", "months_silent", "months_late") == [5, 2, 1]


# --- what people say ---------------------------------------------------------------------------------------


def test_shares_state_their_base_and_what_is_missing() -> None:
    found = figures(
        grievances=[thing(1), thing(2)],
        satisfaction=[survey(1, 1, 400, 120, 150), survey(1, 2, 400, 176, 154), survey(2, 1, 400, NOT, NOT)],
    )
    last = found["grievances/2021/g01/satisfied"]
    assert (last.value, last.base, last.as_of, last.unit) == (F(330, 400), "样本数", "2021-08-16", "%")
    assert found["grievances/2021/g01+s01/satisfied"].value == F(270, 400)
    assert found["grievances/2021/g01/strict"].value == F(176, 400)
    silent = found["grievances/2021/g02/satisfied"]
    assert (silent.value, silent.lacks, silent.rows[0].missing) == (None, ((NOT, 1),), 1)
    assert found["grievances/2021/g02/low"].value is None
    # Only what was counted is pooled, and it says what it is without.
    assert values(found, "all", "asked", "sample", "satisfied") == [2, 800, F(330, 400)]
    assert [(r.key, r.missing) for r in found["grievances/2021/all/satisfied"].rows] == [
        ("2021/1/2", 0),
        ("2021/2/1", 1),
    ]


def test_nobody_asked_is_no_share() -> None:
    found = figures(grievances=[thing(1)], satisfaction=[survey(1, 1, 0, 0, 0)])
    assert values(found, "g01", "sample", "satisfied", "low", "high") == [0, None, None, None]


def test_a_figure_takes_the_weakest_kind_of_its_rows() -> None:
    found = figures(grievances=[thing(1), thing(2, source="paper")], votes=[vote(1, 5, 1, source="demo")])
    kinds = [found[f"grievances/2021/{i}"].kind for i in ("all/count_sum", "g01/votes")]
    assert kinds == [Kind.PRESS, Kind.DEMO]


@pytest.mark.parametrize("method", ["网上问卷", "公众号扫码填写", "网络自愿填报"])
def test_answers_that_people_chose_to_give_have_no_interval(method: str) -> None:
    found = figures(
        grievances=[thing(1)],
        satisfaction=[survey(1, 1, 400, 120, 150, method="入户"), survey(1, 2, 400, 176, 154, method=method)],
    )
    assert values(found, "g01", "sample", "satisfied", "strict") == [400, F(330, 400), F(176, 400)]
    ids = sorted(i for i in found if i.endswith(("/low", "/high")))
    assert ids == ["grievances/2021/g01+s01/high", "grievances/2021/g01+s01/low"]


# --- the interval -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "sample", "low", "high"),
    [
        # Computed from the textbook formula by hand; 81 of 263 is Newcombe's (1998) first example.
        (F(81, 263), 263, "0.2553", "0.3662"), (F(15, 148), 148, "0.0624", "0.1605"),
        (F(0), 20, "0.0000", "0.1611"), (F(1), 29, "0.8830", "1.0000"),
    ],
)  # fmt: skip
def test_the_interval_is_wilsons(share: Fraction, sample: int, low: str, high: str) -> None:
    found = wilson(share, sample)
    assert [f"{float(x):.4f}" for x in found] == [low, high]


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share_keeps_to_its_ends_and_solves_its_equation(counts: tuple[int, int]) -> None:
    yes, sample = counts
    share = F(yes, sample)
    low, high = wilson(share, sample)
    assert 0 <= low <= share + F(1, 10**10)
    assert share - F(1, 10**10) <= high <= 1
    for bound in (low, high):  # (x - p)² = z² x (1 - x) / n
        assert abs((bound - share) ** 2 - Z**2 * bound * (1 - bound) / sample) < F(1, 10**9)
    mirrored = wilson(1 - share, sample)
    assert abs(mirrored[0] - (1 - high)) < F(1, 10**10)


@given(st.fractions(0, 4))
def test_the_root_is_rounded_down_to_the_last_step(value: Fraction) -> None:
    found = root(value)
    assert found**2 <= value < (found + F(1, 10**12)) ** 2
    assert 10**12 % found.denominator == 0


# --- the difference of two surveys ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "earlier", "now", "sample", "expected"),
    [
        # Newcombe (1998), table II, method 10: the published intervals of the differences of 56/70 and 48/80
        # (0.0524 to 0.3339), 9/10 and 3/10 (0.1705 to 0.8090), 10/10 and 0/20 (0.6791 to 1).
        (F(48, 80), 80, F(56, 70), 70, 1), (F(56, 70), 70, F(48, 80), 80, -1), (F(3, 10), 10, F(9, 10), 10, 1),
        (F(0), 20, F(1), 10, 1),
        # 6/7 and 2/7 (0.0582 to 0.8062); 5/56 and 0/29 (-0.0381 to 0.1926).
        (F(2, 7), 7, F(6, 7), 7, 1), (F(0), 29, F(5, 56), 56, 0), (F(5, 56), 56, F(0), 29, 0),
        # The two intervals overlap (0.6285 to 0.7190 and 0.7014 to 0.7853), and yet the rise is sure.
        (F(270, 400), 400, F(298, 400), 400, 1), (F(298, 400), 400, F(270, 400), 400, -1),
        (F(1, 2), 400, F(1, 2), 400, 0), (F(0), 1, F(1), 1, 0),
    ],
)  # fmt: skip
def test_a_change_is_said_only_where_the_difference_leaves_no_doubt(
    before: Fraction, earlier: int, now: Fraction, sample: int, expected: int
) -> None:
    assert change(before, earlier, now, sample) == expected


surveyed = st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(surveyed, surveyed)
def test_a_change_turned_round_is_the_opposite_and_intervals_apart_leave_no_doubt(
    first: tuple[int, int], second: tuple[int, int]
) -> None:
    (a, n), (b, m) = first, second
    found = change(F(a, n), n, F(b, m), m)
    assert found == -change(F(b, m), m, F(a, n), n)
    assert found in (0, 1 if F(b, m) > F(a, n) else -1)
    (low, high), (old_low, old_high) = wilson(F(b, m), m), wilson(F(a, n), n)
    if low > old_high or high < old_low:
        assert found
