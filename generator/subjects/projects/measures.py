"""Counts of projects, and targets with what was done, as figures; units are those that the documents print."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from generator.measure import ANY, Figures, gather, published, reference
from generator.model import Figure, Kind, Precision, RowRef
from generator.tables import BLANK, KIND, Tables

MEASURES = {"target": "目标数", "done": "完成数"}


def record(number: int) -> str:
    """A project's part of a key: ``p07``."""
    return f"p{number:02d}"


# What a figure is a sum over, and from the values of those columns the id's key and the key pattern of the rows.
SPLITS: tuple[tuple[tuple[str, ...], Callable[[tuple[Any, ...]], tuple[str, tuple[str, str]]]], ...] = (
    ((), lambda g: ("all", (ANY, ANY))),
    (("project",), lambda g: (record(g[0]), (str(g[0]), ANY))),
    (("project", "region"), lambda g: (f"{record(g[0])}+r{g[1]}", (str(g[0]), g[1]))),
)


def projects(tables: Tables, year: int) -> list[dict[str, Any]]:
    """The projects of a year by number, as plain dicts (number, title, category, lead, ...)."""
    frame = tables.frame("projects")
    return [{str(k): v for k, v in r.items()} for r in frame[frame["year"] == year].to_dict("records")]


def _count(tables: Tables, year: int) -> Iterator[Figure]:
    frame = tables.frame("projects")
    rows = frame[frame["year"] == year]
    sources = "+".join(sorted(set(rows["source"])))
    yield Figure(
        id=f"projects/{year}/all/count_sum",
        label="列出的民生实事",
        value=len(rows),
        unit="件",
        as_of=None,
        precision=Precision.EXACT,
        formula="项目表里的行数",
        rows=(RowRef(f"projects:{year}", f"{year}/{ANY}", sources, len(rows)),),
        kind=Kind.weakest({Kind(k) for k in rows[KIND]}),
    )


def _progress(tables: Tables, year: int) -> Iterator[Figure]:
    if not tables.has("project_progress"):
        return
    frame = tables.frame("project_progress")
    frame = frame[frame["year"] == year]
    months = sorted({m for m in frame["month"] if m})
    newest = months[-1] if months else None
    frame = frame[frame["month"] == newest] if newest else frame
    stamp = newest or BLANK
    for by, name in SPLITS:
        for group, pool in gather(frame, by, tuple(MEASURES)).items():
            key, parts = name(group)
            suffix = "_sum" if key == "all" else ""
            for measure, label in MEASURES.items():
                yield Figure(
                    id=f"projects/{year}/{key}/{measure}{suffix}",
                    label=label,
                    value=pool.sums.get(measure),
                    unit="",
                    as_of=newest,
                    precision=Precision.EXACT,
                    formula=f"各行{label}相加",
                    rows=(reference(f"project_progress:{year}", (str(year), *parts, stamp), pool, measure),),
                    kind=Kind.weakest(pool.kinds),
                    lacks=pool.lacking(measure),
                )


def figures(tables: Tables) -> Iterator[Figure]:
    """Published totals under ``projects/``, counts of the list, and targets with what was done."""
    years = sorted(set(tables.frame("projects")["year"])) if tables.has("projects") else []
    rows = [f for year in years for made in (_count, _progress) for f in made(tables, int(year))]
    ids = {f.id for f in rows}  # a total published for one of them is only held against it
    yield from (f for f in published(tables.frame("control_totals"), "projects/") if f.id not in ids)
    yield from rows


def of(figures: Figures, year: int, key: str, measure: str) -> Figure | None:
    """A figure of this subject by its parts, or ``None``."""
    return figures.get(f"projects/{year}/{key}/{measure}")
