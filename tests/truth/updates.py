"""Updates, again: how many are listed, and how many of them are press conferences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.truth.common import Tables, Truth, count_truth, printed

NAMES: dict[str, str] = {}
CONFERENCE = "新闻发布会"


def figures(tables: Tables) -> Iterator[tuple[str, Truth]]:
    """Every figure of the news but published totals."""
    for year in tables.years("updates"):
        rows = tables.of("updates", year)
        if not rows:
            continue
        newest = max(r["日期"] for r in rows)
        whole = (f"updates:{year}", f"{year}/*", len(rows))
        more = {"as_of": newest, "kind": tables.kind(rows), "rows": (whole,)}
        yield f"updates/{year}/all/listed", count_truth(len(rows), "条", **more)
        conferences = [r for r in rows if r["类型"] == CONFERENCE]
        if conferences:
            refs = tuple((f"updates:{year}", f"{year}/{r['编号']}", 1) for r in conferences)
            more = {"as_of": newest, "kind": tables.kind(conferences), "rows": refs}
            yield f"updates/{year}/all/conferences_sum", count_truth(len(conferences), "场", **more)


def from_lines(lines: list[dict[str, str]], figure: dict[str, Any]) -> str | None:
    """A figure's value from the rows that its origin shows."""
    if figure["rows"][0]["table"] == "control_totals":
        return printed(lines, figure)
    if figure["id"].endswith("/conferences_sum"):
        return str(sum(x["类型"] == CONFERENCE for x in lines))
    return str(len(lines))
