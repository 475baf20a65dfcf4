"""What is drawn of a year of inspections: rows for the pictures, and titles that say the finding.

A title claims only what the same figures say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from generator import format as fmt
from generator.model import Chart, Figure
from generator.subjects.inspections import charts
from generator.subjects.inspections.year import Year, demo
from generator.view import View, prose


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
        demo=demo(year),
        csv=year.csv,
    )


def days_finding(known: Sequence[tuple[Fraction, str, str]]) -> str:
    """Who mends fastest and who slowest, from (median of days, name, median as shown)."""
    if not known:
        return "还没有改好的问题"
    fast, slow = min(known)[0], max(known)[0]
    names = {value: "、".join(name for v, name, _ in known if v == value) for value in (fast, slow)}
    shown = {value: text for value, _, text in known}
    if fast == slow:
        whose = "用时的中位数都是" if len(known) > 1 else f"{names[fast]}用时的中位数是"
        return f"{whose} {shown[fast]}"
    return f"改得最快的是{names[fast]}（中位数 {shown[fast]}），最慢的是{names[slow]}（{shown[slow]}）"


def _dots(problems: Sequence[View], days: dict[str, int | None], label: str) -> list[dict[str, Any]]:
    """A row for each problem; those of the same day lie side by side, around the line's middle."""
    same = Counter(days[p["id"]] for p in problems)
    seen: Counter[int | None] = Counter()
    rows = []
    for problem in problems:
        value = days[problem["id"]]
        lane = min(seen[value], charts.LANES - 1) - (min(same[value], charts.LANES) - 1) / 2
        seen[value] += 1
        rows.append({
            "label": label, "days": value, "late": problem["state"]["style"] in ("behind", "overdue"), "lane": lane,
            "median": None, "end": None, "shown": None,
        })  # fmt: skip
    return rows


def _summary(label: str, middle: Figure, days: list[int]) -> dict[str, Any]:
    """The row of a line's median and words, which stand behind its last dot."""
    known = middle.value is not None
    return {
        "label": label,
        "days": None,
        "late": False,
        "lane": 0,
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
            known.append((Fraction(figure.value), line["label"], prose(figure)))
    still = sum(n is None for n in taken.values())
    left_out = f"；没有改好的 {still} 个不在图上" if still else ""
    return Chart(
        id=f"inspections-{year.year}-{name}",
        finding=days_finding(known),
        measure=f"天。圆点：按期改好的问题；三角：超期改好的；竖线：中位数{left_out}",
        describe=f"按{what}排列，每个问题一个点，越靠右用时越长，表在图下",
        draw=charts.days,
        rows=rows,
        demo=demo(year),
        csv=year.csv,
    )
