"""How projects stand, judged by rule; and that titles of their pictures say what the figures say, whatever they are."""

from __future__ import annotations

import random
import re
from fractions import Fraction
from typing import Any

import pytest

from generator.format import MINUS
from generator.model import Chart, Missing
from generator.schedule import Lifecycle, Pace, elapsed, pace
from generator.subjects.projects import pages as project_pages
from generator.subjects.projects.project import AGREES, FASTER, SLOWER, money_pace, verdict
from generator.subjects.projects.standing import Standings
from generator.view import prose
from tests.subjects.money import MONTHS, WAN, progress, project, row, site, tables
from tests.toy import figure

NOT, NA = Missing.NOT_REPORTED, Missing.NOT_APPLICABLE
HALF = Fraction(1, 2)


def standings(projects: list[dict[str, Any]], rows: list[dict[str, Any]]) -> Standings:
    return Standings(tables(projects=projects, project_progress=rows), 2021)


def one(
    month: str, work: Any, done: Any = NOT, target: Any = 10, region: str = "510903", **more: Any
) -> dict[str, Any]:
    return progress(1, region, month, target, done, work=work, **more)


# --- time


@pytest.mark.parametrize(
    ("start", "deadline", "month", "share"),
    [
        ("2021-01-01", "2021-12-31", "2021-12", Fraction(1)),
        ("2021-01-01", "2021-12-31", "2021-06", Fraction(181, 365)),
        ("2021-03-01", "2021-12-31", "2021-02", Fraction(0)),
        ("2021-03-31", "2021-12-31", "2021-03", Fraction(1, 276)),
        ("2021-01-01", "2021-10-31", "2021-12", Fraction(1)),
        ("2021-06-01", "2021-05-01", "2021-01", Fraction(1)),
    ],
)
def test_time_that_has_passed(start: str, deadline: str, month: str, share: Fraction) -> None:
    assert elapsed(start, deadline, month) == share


@pytest.mark.parametrize(
    ("points", "state"), [(6, Pace.AHEAD), (5, Pace.ON), (0, Pace.ON), (-5, Pace.ON), (-6, Pace.BEHIND)]
)
def test_five_points_are_the_tolerance(points: int, state: Pace) -> None:
    assert pace(HALF + Fraction(points, 100), HALF) is state


# --- judged by rule


def test_work_is_weighted_by_targets() -> None:
    found = standings([project(1)], [one("2021-12", Fraction(1), target=30), one("2021-12", HALF, region="510904")])
    assert found.projects[1]["2021-12"].work == Fraction(35, 40)


def test_a_target_to_fall_is_a_plain_mean() -> None:
    rows = [one("2021-12", Fraction(1), NA, 30, now=20), one("2021-12", HALF, NA, 10, "510904", now=15)]
    found = standings([project(1, direction="不超过")], rows)
    assert found.projects[1]["2021-12"].work == Fraction(3, 4)
    assert [found.places[1, r]["2021-12"].word for r in ("510903", "510904")] == ["已完成", "滞后"]


def test_numbers_stand_in_where_nobody_reports_progress() -> None:
    found = standings([project(1)], [one("2021-12", NA, 5), one("2021-12", NA, 10, region="510904")])
    assert found.projects[1]["2021-12"].work == Fraction(15, 20)


@pytest.mark.parametrize(
    ("rows", "more", "word"),
    [
        ([one("2021-12", Fraction(1), 10)], {}, "已完成"),
        ([one("2021-12", Fraction(1), 9)], {}, "滞后"),  # the number is not what was promised
        # one place has not reported: all that was reported is done, or not
        ([one("2021-12", Fraction(1), 10), one("2021-12", NOT, region="510904")], {}, "未报送"),
        ([one("2021-12", HALF, 5), one("2021-12", NOT, region="510904")], {}, "滞后"),
        ([one("2021-12", Fraction(1), 9), one("2021-12", NOT, region="510904")], {}, "滞后"),
        ([one("2021-06", HALF)], {}, "序时推进"),
        ([one("2021-06", Fraction(6, 10))], {}, "超序时"),
        ([one("2021-06", Fraction(4, 10))], {}, "滞后"),
        ([one("2021-01", Fraction(0))], {"start": "2021-03-01"}, "未启动"),
        ([one("2021-06", Fraction(0))], {"start": "2021-03-01"}, "滞后"),  # not begun, and late
        ([one("2021-10", Fraction(99, 100))], {"deadline": "2021-10-31"}, "滞后"),  # its time is over
        ([one("2021-12", NOT)], {}, "未报送"),
        ([one("2021-12", HALF)], {"stopped": "2021-11-20", "stop_reason": "调整"}, "已终止"),
        ([one("2021-10", Fraction(8, 10))], {"stopped": "2021-11-20", "stop_reason": "调整"}, "序时推进"),
        ([one("2021-12", Fraction(1), 10)], {"stopped": "2021-11-20", "stop_reason": "调整"}, "已完成"),
    ],
)
def test_the_state(rows: list[dict[str, Any]], more: dict[str, Any], word: str) -> None:
    found = standings([project(1, **more)], rows)
    assert found.projects[1][rows[0]["month"]].word == word


def test_a_month_without_a_row_is_silent_and_says_nothing_of_the_unit() -> None:
    rows = [
        one("2021-11", HALF, lifecycle="实施中", reported="2021-12-09", note="原因"),
        progress(2, "510904", "2021-12", 1, 1),
    ]
    found = standings([project(1), project(2)], rows)
    assert found.projects[1]["2021-12"].word == "未报送"
    absent = found.rows[1, "510903"]["2021-12"]
    assert (absent["lifecycle"], absent["reported"], absent["note"]) == (None, None, None)
    latest = found.latest(1)
    assert latest is not None
    assert latest.month == "2021-11"


def test_done_since_counts_from_the_last_break() -> None:
    works = (Fraction(1), HALF, Fraction(1), Fraction(1))
    rows = [one(m, w, 10 if w == 1 else 5) for m, w in zip(MONTHS, works, strict=False)]
    found = standings([project(1)], rows).projects[1]
    assert [found[m].since for m in MONTHS[:4]] == ["2021-01", None, "2021-03", "2021-03"]


@pytest.mark.parametrize(
    ("said", "claimed", "work", "disagrees"),
    [
        ("实施中", "序时推进", HALF, False), ("实施中", "滞后", HALF, True), ("已完成", None, HALF, True),
        (None, None, HALF, False), ("已完成", None, Fraction(1), False), ("实施中", "滞后", NOT, False),
    ],
)  # fmt: skip
def test_what_a_unit_says_is_held_against_its_figures(said: Any, claimed: Any, work: Any, disagrees: bool) -> None:
    found = standings([project(1)], [one("2021-06", work, 10 if work == 1 else 5, lifecycle=said, schedule=claimed)])
    assert [r.disagrees for r in found.reports("2021-06")] == [disagrees]


# --- words


@pytest.mark.parametrize(
    ("month", "deadline", "words"),
    [
        ("2021-11", "2021-12-31", "提前完成"),
        ("2021-12", "2021-12-31", "按时完成"),
        ("2021-12", "2021-10-31", "超过时限才完成"),
    ],
)
def test_when_something_was_done(month: str, deadline: str, words: str) -> None:
    found = standings([project(1, deadline=deadline)], [one(month, Fraction(1), 10)]).projects[1][month]
    assert found.lifecycle is Lifecycle.DONE
    assert verdict(found, deadline) == words


def test_a_silent_place_leaves_open_what_the_others_finished() -> None:
    rows = [one("2021-12", Fraction(1), 10), one("2021-12", NOT, region="510904")]
    found = standings([project(1)], rows)
    assert found.latest(1) is found.projects[1]["2021-12"]
    assert not found.projects[1]["2021-12"].overdue
    assert verdict(found.latest(1), "2021-12-31") == "报了的地方都完成了，还有地方没有报"


@pytest.mark.parametrize("gap", ["work", "paid"])
def test_no_verdict_on_money_from_a_part(gap: str) -> None:
    shares = {name: figure(value=HALF, unit="%", lacks=((NOT, 1),) if name == gap else ()) for name in ("work", "paid")}
    assert money_pace(**shares) == ""


@pytest.mark.parametrize(("paid", "words"), [(0.5, AGREES), (0.55, AGREES), (0.56, FASTER), (0.44, SLOWER), (None, "")])
def test_money_beside_work(paid: float | None, words: str) -> None:
    share = None if paid is None else Fraction(str(paid))
    assert money_pace(figure(value=HALF, unit="%"), figure(value=share, unit="%")) == words


# --- titles of pictures, over generated tables


def generated(seed: int) -> Any:
    """A site of some projects over some months, with gaps, stops, all kinds of curves, and money that others report."""
    rng = random.Random(seed)
    count, months = rng.randint(1, 6), MONTHS[: rng.randint(1, 12)]
    projects, rows, money = [], [], []
    for n in range(1, count + 1):
        stopped = {"stopped": "2021-05-20", "stop_reason": "调整"} if rng.random() < 0.15 else {}
        projects.append(
            project(n, f"甲项目{n}", deadline=rng.choice(("2021-06-30", "2021-12-31", "2022-06-30")), **stopped)
        )
        for region in rng.sample(("510903", "510904", "local-hedong"), rng.randint(1, 3)):
            step = rng.choice((0, 3, 8, 12, 30))
            for i, month in enumerate(months):
                work = NOT if rng.random() < 0.12 else Fraction(min(step * i, 100), 100)
                done = NOT if work is NOT else int(work * 10)
                rows.append(progress(n, region, month, 10, done, work=work))
                paid = NOT if rng.random() < 0.12 else min(rng.choice((step, 5)) * i, 130) * WAN
                if n % 3:
                    money.append(row(n, region, "县", month, 100 * WAN, 100 * WAN, paid))
    return site(projects=projects, project_progress=rows, budget=money)


def charts(found: Any) -> dict[str, Chart]:
    return {c.id: c for page in project_pages.pages(found) for c in page.charts}


@pytest.mark.parametrize("seed", range(30))
def test_titles_say_what_the_figures_say(seed: int) -> None:
    found = generated(seed)
    drawn = charts(found)
    figures = {k: f for k, f in found.figures.items() if f.id.startswith("projects/2021/")}

    def value(key: str, measure: str) -> Any:
        return figures[f"projects/2021/{key}/{measure}"].value

    names = {
        "done": "已完成",
        "ahead": "超序时",
        "on": "序时推进",
        "behind": "滞后",
        "idle": "未启动",
        "stopped": "已终止",
        "silent": "未报送",
    }
    title = drawn["projects-2021-states"].finding
    whole = sum(value("all", f"state_{n}") for n in names)
    assert f"，{whole} 个项目" in title
    for name, word in names.items():
        count = value("all", f"state_{name}")
        claimed = re.search(rf"(\d+) 个{word}", title)
        everything = name == "done" and title.endswith(f"{whole} 个项目全部完成")
        assert (int(claimed[1]) if claimed else whole if everything else 0) == count, title

    going = {n: figures.get(f"projects/2021/p{n:02d}/margin") for n in range(1, 7)}
    under_way = {
        n: f.value for n, f in going.items()
        if f is not None and f.value is not None and not _ended(found, n)
    }  # fmt: skip
    title = drawn["projects-2021-pace"].finding
    if not under_way:
        assert title == "没有正在实施的项目"
    elif min(under_way.values()) >= 0:
        assert title == "正在实施的项目，形象进度都不低于时间进度"
    else:
        n = int(re.search(r"甲项目(\d)", title)[1])  # type: ignore[index]
        assert under_way[n] == min(under_way.values())
        assert prose(going[n]).removeprefix(MINUS) in title  # type: ignore[arg-type]

    chart = drawn.get("projects-2021-regions")
    if chart:
        behind = {k.split("/")[2]: f.value for k, f in figures.items() if re.search(r"/r[^/]*/state_behind$", k)}
        places = {"r510903": "船山区", "r510904": "安居区", "rlocal-hedong": "河东新区"}
        most = {places[r] for r, n in behind.items() if n == max(behind.values())} if max(behind.values()) else set()
        assert {p for p in places.values() if p in chart.finding} == most, chart.finding
        assert not most or f"{max(behind.values())} 个" in chart.finding
    for n in range(1, 7):
        for kind in ("three", "months"):
            chart = drawn.get(f"projects-2021-p{n:02d}-{kind}")
            if chart is None:
                continue
            months = [
                m for m in MONTHS if getattr(figures.get(f"projects/2021/p{n:02d}/work@{m}"), "value", None) is not None
            ]
            work, time = (figures[f"projects/2021/p{n:02d}/{m}@{months[-1]}"] for m in ("work", "time"))
            whose = "已报的地方" if work.gaps else ""
            assert chart.finding.startswith(f"到 {int(months[-1][5:])}月底，{whose}形象进度 {prose(work)}，"), (
                chart.finding
            )
            assert f"时间已过 {prose(time)}" in chart.finding
            money = found.figures.get(f"budget/2021/p{n:02d}/paid_rate@{months[-1]}")
            shown = f"资金拨付 {prose(money)}" if kind == "three" and money and money.value is not None else ""
            assert re.findall(r"资金拨付 [^，]+", chart.finding) == ([shown] if shown else []), chart.finding


@pytest.mark.parametrize("seed", range(30))
def test_money_is_held_against_the_work_of_the_same_month(seed: int) -> None:
    found = generated(seed)
    for page in project_pages.pages(found):
        if page.template != "projects/project.md.j2":
            continue
        key = f"p{page.data['number']:02d}"
        work = {m: found.figures.get(f"projects/2021/{key}/work@{m}") for m in MONTHS}
        known = [m for m, f in work.items() if f and f.value is not None]
        paid = found.figures.get(f"budget/2021/{key}/paid_rate@{known[-1]}") if known else None
        spoken = page.data["money_pace"]
        if paid is None or paid.value is None or paid.gaps or work[known[-1]].gaps:  # type: ignore[union-attr]
            assert spoken == "", page.path
            continue
        apart = (paid.value - work[known[-1]].value) * 100  # type: ignore[union-attr]
        assert spoken == (AGREES if abs(apart) <= 5 else FASTER if apart > 0 else SLOWER), page.path


def _ended(found: Any, number: int) -> bool:
    """Whether a project is done or was stopped, by its rows alone."""
    rows = [r for r in found.tables.frame("project_progress").to_dict("records") if r["project"] == number]
    month = max(r["month"] for r in rows)
    now = [r for r in rows if r["month"] == month]
    projects = found.tables.frame("projects").to_dict("records")
    stopped = next(r["stopped"] for r in projects if r["number"] == number)
    done = all(r["work"] == 1 and r["done"] == r["target"] for r in now)
    return done or bool(stopped and stopped[:7] <= month)
