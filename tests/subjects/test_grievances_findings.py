"""What titles of pictures claim is derived again from the tables, another way, over years made at random."""

from __future__ import annotations

import random
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest

from tests.subjects.things import CHANNELS, NOT, month, origin, pages, picture, site, survey, task, thing, vote

T = "\u2009"


def percent(value: Fraction) -> str:
    """A share as it is shown, worked out another way than the program does."""
    exact = Decimal(value.numerator * 100) / Decimal(value.denominator)
    return f"{exact.quantize(Decimal('0.1'), rounding=ROUND_HALF_UP)}{T}%"


def made(rng: random.Random) -> dict[str, Any]:
    """A year at random: some things reopened, silent, never asked about; ties now and then."""
    numbers = range(1, rng.randint(1, 6) + 1)
    months = range(rng.randint(3, 11), 13)
    rows: dict[str, Any] = {
        "grievances": [thing(n, f"事{n}", deadline=rng.choice([None, "2021-10-31", "2022-06-30"])) for n in numbers],
        "grievance_origins": [
            origin(n, c, rng.choice([NOT, 5, 5, rng.randint(0, 9)])) for n in numbers for c in CHANNELS
        ],
        "grievance_tasks": [task(n, 1, "2021-06-30", rng.choice([None, "2021-07-01"])) for n in numbers if n % 2],
        "grievance_progress": [
            month(n, m, rng.choice([NOT, 0, 30, 100, 100, rng.randint(0, 100)]))
            for n in numbers for m in months if rng.random() < 0.9
        ],
        "votes": [vote(n, rng.choice([NOT, 40, rng.randint(0, 99)]), n) for n in numbers] + [vote(90, 40)],
    }  # fmt: skip
    rows["satisfaction"] = []
    for n in numbers:
        for r in range(1, rng.randint(0, 2) + 1):
            sample = rng.choice([38, 400, 1200])
            satisfied = rng.choice([NOT, sample // 4, rng.randint(0, sample // 2)])
            method = rng.choice(["随机电话", "入户", "入户", "网上问卷"])
            rows["satisfaction"].append(survey(n, r, sample, satisfied, rng.randint(0, sample // 2), method=method))
    return rows


@pytest.mark.parametrize("seed", range(60))
def test_findings_say_what_the_rows_say(seed: int) -> None:
    rows = made(random.Random(seed))
    found = pages(site(**rows))
    year = found["grievances/2021/"]
    if rows["grievance_progress"]:
        assert picture(year, "-progress").finding == standing(rows)
    if rows["satisfaction"]:
        assert picture(year, "2021-satisfaction").finding == most_and_least(rows)
    assert picture(year, "-channels").finding == loudest(rows)
    assert picture(year, "-ballot").finding == elected(rows)
    for row in rows["grievances"]:
        page = found[f"grievances/2021/g{row['number']:02d}/"]
        months = {r["month"]: r["work"] for r in rows["grievance_progress"] if r["grievance"] == row["number"]}
        newest = max((r["month"] for r in rows["grievance_progress"]), default="")
        for chart in page.charts:
            if chart.id.endswith("months"):
                assert chart.finding == lived(months, newest, row["deadline"])
            else:
                mine = [s for s in rows["satisfaction"] if s["grievance"] == row["number"]]
                assert chart.finding == compared(mine)


def work_at(rows: dict[str, Any], number: int, at: str) -> Any:
    return next((r["work"] for r in rows["grievance_progress"] if (r["grievance"], r["month"]) == (number, at)), NOT)


def standing(rows: dict[str, Any]) -> str:
    newest = max(r["month"] for r in rows["grievance_progress"])
    counts = dict.fromkeys(("已办结", "整治中", "重新打开", "未启动", "未报送"), 0)
    late = 0
    for row in rows["grievances"]:
        n = row["number"]
        work, left = (
            work_at(rows, n, newest),
            [t for t in rows["grievance_tasks"] if t["grievance"] == n and not t["actual"]],
        )
        before = [r["work"] for r in rows["grievance_progress"] if r["grievance"] == n and r["month"] < newest]
        if work is NOT:
            word = "未报送"
        elif work == 1:
            word = "整治中" if left else "已办结"
        else:
            word = "重新打开" if 1 in before else "整治中" if work else "未启动"
        counts[word] += 1
        if word in ("已办结", "未报送") or row["deadline"] is None:
            continue
        late += elapsed(newest, row["deadline"]) == 1 or (elapsed(newest, row["deadline"]) - work) * 100 > 5
    words = "，".join(f"{n}{T}件{word}" for word, n in counts.items() if n)
    return words + (f"；其中 {late}{T}件滞后" if late else "")


def elapsed(at: str, deadline: str) -> Fraction:
    """Days of 2021 counted by day of the year; the start is 15 March."""
    lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    now = sum(lengths[: int(at[5:])]) - 73
    whole = {"2021-10-31": 304 - 73, "2022-06-30": 365 + 181 - 73}[deadline]
    return min(Fraction(now, whole), Fraction(1))


def last_shares(rows: dict[str, Any]) -> dict[int, Fraction | None]:
    last: dict[int, Any] = {}
    for s in rows["satisfaction"]:
        last[s["grievance"]] = s
    return {n: share(s) for n, s in last.items()}


def share(s: dict[str, Any]) -> Fraction | None:
    return None if s["satisfied"] is NOT else Fraction(s["satisfied"] + s["fair"], s["sample"])


def most_and_least(rows: dict[str, Any]) -> str:
    shares = last_shares(rows)
    head = f"{len(shares)}{T}件做过调查"
    shown = {n: percent(s) for n, s in shares.items() if s is not None}
    if not shown:
        return f"{head}，结果还没有报送"
    ranked = sorted({Decimal(text.split(T)[0]) for text in shown.values()})
    low, high = (f"{edge}{T}%" for edge in (ranked[0], ranked[-1]))
    if low == high:
        return f"{head}，满意和基本满意的都是 {low}"
    names = ["、".join(f"{n:02d} 事{n}" for n, text in shown.items() if text == edge) for edge in (high, low)]
    return f"{head}，满意和基本满意最多的是“{names[0]}”（{high}），最少的是“{names[1]}”（{low}）"


def loudest(rows: dict[str, Any]) -> str:
    sums = {}
    for channel in CHANNELS:
        counts = [o["count"] for o in rows["grievance_origins"] if o["channel"] == channel and o["count"] is not NOT]
        if counts:
            sums[channel] = sum(counts)
    if not sums:
        return "各渠道的件数还没有报送"
    top = [c for c in sums if sums[c] == max(sums.values())]
    return f"反映最多的渠道是{'、'.join(top)}（{'各 ' if len(top) > 1 else ''}{max(sums.values())}{T}件）"


def elected(rows: dict[str, Any]) -> str:
    votes = [(v["votes"], v["chosen"] == "是") for v in rows["votes"]]
    known = all(n is not NOT for n, _ in votes)
    first = known and all(n > 40 for n, chosen in votes if chosen)
    return f"{len(votes)}{T}个候选，{'得票最多的 ' if first else ''}{len(votes) - 1}{T}个入选"


def lived(months: dict[str, Any], newest: str, deadline: str | None) -> str:
    name, now = f"{int(newest[5:])}月", months.get(newest, NOT)
    if now is NOT:
        return f"{name}的进度未报送"
    passed = f"，时间已过 {percent(elapsed(newest, deadline))}" if deadline else ""
    full = [m for m in sorted(months) if months[m] == 1]
    if full and now < 1:
        return f"{int(full[0][5:])}月曾到 100{T}%，后来重新打开，到 {name}底是 {percent(now)}{passed}"
    return f"到 {name}底做了 {percent(now)}{passed}"


def interval(s: dict[str, Any]) -> tuple[float, float]:
    """By floating point, from the textbook."""
    p, n, z = float(share(s) or 0), s["sample"], 1.96
    middle, half = p + z * z / (2 * n), z * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def compared(found: list[dict[str, Any]]) -> str:
    """By floating point: the end of the difference's interval that faces 0, on which side of 0 it is."""
    known = [s for s in found if share(s) is not None]
    if not known:
        return "结果还没有报送"
    names = [f"第 {s['round']} 次（{int(s['date'][5:7])}月）" for s in known]
    now = share(known[-1]) or Fraction(0)
    text = f"{names[-1]}：{percent(now)}满意或基本满意"
    if known[-1]["method"] == "网上问卷":
        return f"{text}，只代表愿意答的人"
    if len(known) == 1 or known[-2]["method"] == "网上问卷":
        return text
    before, (low, high), (old_low, old_high) = share(known[-2]) or 0, interval(known[-1]), interval(known[-2])
    least = float(now - before) - ((float(now) - low) ** 2 + (old_high - float(before)) ** 2) ** 0.5
    most = float(now - before) + ((high - float(now)) ** 2 + (float(before) - old_low) ** 2) ** 0.5
    if least > 0:
        return f"{text}，比{names[-2]}多"
    return f"{text}，比{names[-2]}少" if most < 0 else f"{text}，和{names[-2]}分不出高低"
