"""What is drawn of a year of inspections: rows for the pictures, and titles that say the finding.

A title claims only what the same figures say.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from generator import format as fmt
from generator.measure import basis
from generator.model import Chart, Field, Figure
from generator.subjects.inspections import charts
from generator.subjects.inspections.year import Year
from generator.view import View, prose

ENOUGH = 3  # mended problems that a comparison of medians rests on at least


def months_finding(counts: Sequence[tuple[str, int]], found: int, mended: int) -> str:
    """In which months the most was found, and how much of all is mended; from (month's name, count)."""
    most = max((n for _, n in counts), default=0)
    names = [name for name, n in counts if n == most]
    ending = f"{found} 个都已改好" if mended == found else f"{found} 个里改好了 {mended} 个"
    if len(names) == len(counts) > 1:
        return f"各月都发现 {most} 个，{ending}"
    return f"{'、'.join(names)}发现最多（{'各 ' if len(names) > 1 else ''}{most} 个），{ending}"


def months(year: Year) -> Chart:
    """What each month found, and how much of it is mended."""
    lines = {n: (year.get(f"m{n:02d}", "found"), year.get(f"m{n:02d}", "mended")) for n in range(1, 13)}
    values = {n: [int(f.value or 0) for f in found if f] for n, found in lines.items() if found[0]}
    whole = [int(f.value or 0) for m in ("found", "mended") if (f := year.get("all", m))]
    counts = [(fmt.month(f"{year.year}-{n:02d}"), found) for n, (found, _) in values.items()]
    date = fmt.end_of(year.figures[f"inspections/{year.year}/all/days"].as_of or "")
    return Chart(
        id=f"inspections-{year.year}-months",
        finding=months_finding(counts, whole[0], whole[1]),
        measure=f"个。浅柱和数字：当月发现；深柱：其中到 {date} 已改好",
        describe="每月一根柱子，从 1 月到 12 月，表在图下",
        draw=charts.months,
        rows=[{"month": n, "found": found, "mended": mended} for n, (found, mended) in values.items()],
        **basis(year.figures.values()),
        fields=(
            Field("month", "月份", "月", silent=True),
            Field("found", "发现", "个"),
            Field("mended", "已改好", "个"),
        ),
    )


def days_finding(known: Sequence[tuple[Fraction, str, str, int]]) -> str:
    """Who mends fastest and who slowest, from (median of days, name, median as shown, problems mended).

    The middle of one or two problems says little of who mended them: such are not compared.
    """
    if not known:
        return "还没有改好的问题"
    if len(known) == 1:
        _, name, shown, count = known[0]
        return f"{name}改好 {count} 个，用时的中位数是 {shown}"
    firm = [line for line in known if line[3] >= ENOUGH]
    if len(firm) < 2:
        return f"改好 {ENOUGH} 个以上的不到两家，不比快慢"
    fast, slow = (_level(firm, pick(firm)[0]) for pick in (min, max))
    if fast == slow:
        return f"改好 {ENOUGH} 个以上的，用时的中位数都是 {firm[0][2]}"
    return f"改好 {ENOUGH} 个以上的里，最快的是{fast}，最慢的是{slow}"


def _level(known: Sequence[tuple[Fraction, str, str, int]], value: Fraction) -> str:
    """All who have one median, each with the number of problems that it rests on."""
    names = "、".join(f"{name}（{count} 个）" for v, name, _, count in known if v == value)
    return f"{names}，中位数 {next(shown for v, _, shown, _ in known if v == value)}"


def _dots(problems: Sequence[View], days: dict[str, int | None], label: str) -> list[dict[str, Any]]:
    """A row for each problem."""
    return [
        {
            "label": label, "days": days[p["id"]], "late": p["state"]["style"] in ("behind", "overdue"),
            "median": None, "end": None, "shown": None,
        }
        for p in problems
    ]  # fmt: skip


def _summary(label: str, middle: Figure, days: list[int]) -> dict[str, Any]:
    """The row of a line's median and words, which stand behind its last dot."""
    known = middle.value is not None
    return {
        "label": label,
        "days": None,
        "late": False,
        "median": float(middle.value or 0) if known else None,
        "end": float(max(days, default=0)),
        "shown": f"中位数 {prose(middle)}" if known else "都没有改好",
    }


def days(year: Year, name: str, what: str, lines: Sequence[View], column: str, names: dict[str, str]) -> Chart:
    """Days to mend of each problem, a line for each of ``lines``; ``column`` and ``names`` say whose a problem is."""
    values = {p["id"]: year.figures[p["figure"]].value for p in year.listed}
    taken = {i: None if v is None else int(v) for i, v in values.items()}
    rows: list[dict[str, Any]] = []
    known = []
    for line in lines:
        mine = [p for p in year.listed if names[line["key"]] == p[column]]
        figure = year.figures[line["cells"][3]["id"]]
        rows += _dots(mine, taken, line["label"])
        found = [n for p in mine if (n := taken[p["id"]]) is not None]
        rows.append(_summary(line["label"], figure, found))
        if figure.value is not None:
            known.append((Fraction(figure.value), line["label"], prose(figure), len(found)))
    still = sum(n is None for n in taken.values())
    left_out = f"；没有改好的 {still} 个不在图上" if still else ""
    return Chart(
        id=f"inspections-{year.year}-{name}",
        finding=days_finding(known),
        measure=f"天。圆点：按期改好的问题；三角：超期改好的；竖线：中位数{left_out}",
        describe=f"按{what}排列，每个问题一个点，越靠右用时越长，表在图下",
        draw=charts.days,
        rows=rows,
        **basis(year.figures.values()),
        fields=(
            Field("label", what, silent=True),
            Field("days", "用时", "天", optional=True),
            Field("shown", "中位数", silent=True, optional=True),
        ),
    )
