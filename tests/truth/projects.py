"""Livelihood projects, again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from tests.truth.common import WORDS, Group, Tables, Truth, count_truth, group, lacking, printed

COUNTED = {"target": "目标数", "done": "完成数"}
NAMES: dict[str, str] = {}
Named = Callable[[Group], tuple[str, str]]
PROJECT, REGION = "项目编号", "区划代码"


def _progress(tables: Tables, year: str) -> Iterator[tuple[str, Truth]]:
    rows = tables.of("project_progress", year)
    month = max((r["截至月份"] for r in rows), default="")
    rows = [r for r in rows if not month or r["截至月份"] == month]
    splits: tuple[tuple[tuple[str, ...], Named, str], ...] = (
        ((), lambda g: ("all", "*/*"), "_sum"),
        ((PROJECT,), lambda g: (f"p{int(g[0]):02d}", f"{g[0]}/*"), ""),
        ((PROJECT, REGION), lambda g: (f"p{int(g[0]):02d}+r{g[1]}", f"{g[0]}/{g[1]}"), ""),
    )
    for columns, named, tail in splits:
        for values, found in group(rows, *columns).items():
            name, pattern = named(values)
            ref = (f"project_progress:{year}", f"{year}/{pattern}/{month or '-'}", len(found))
            for measure, column in COUNTED.items():
                known = [int(r[column]) for r in found if r[column] not in WORDS]
                lacks = lacking(Counter(r[column] for r in found if r[column] in WORDS))
                more = {"as_of": month or None, "kind": tables.kind(found), "rows": (ref,)}
                total = sum(known) if known else None
                yield f"projects/{year}/{name}/{measure}{tail}", count_truth(total, "", lacks, **more)


def figures(tables: Tables) -> Iterator[tuple[str, Truth]]:
    """Every figure of the projects but published totals."""
    for year in tables.years("projects"):
        projects = tables.of("projects", year)
        if not projects:
            continue
        ref = (f"projects:{year}", f"{year}/*", len(projects))
        more = {"as_of": None, "kind": tables.kind(projects), "rows": (ref,)}
        yield f"projects/{year}/all/count_sum", count_truth(len(projects), "件", (), **more)
        yield from _progress(tables, year)


def from_lines(lines: list[dict[str, str]], figure: dict[str, Any]) -> str | None:
    """A figure's value from the rows that its origin shows."""
    measure = figure["id"].rsplit("/", 1)[1].split("@")[0].removesuffix("_sum")
    if figure["rows"][0]["table"] == "control_totals":
        return printed(lines, figure)
    if measure == "count":
        return str(len(lines))
    known = [int(x[COUNTED[measure]].replace(",", "")) for x in lines if x[COUNTED[measure]] not in WORDS]
    return str(sum(known)) if known else None
