"""From rows to figures: exact sums and ratios over selections of a table's rows.

Selections are named by key patterns (``RowRef``), so that a figure can be followed back to its rows.
Amounts are integers in 分; ratios are exact fractions. Missing values stay out of sums and are counted by kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import pandas as pd

from generator.errors import ProgramError
from generator.format import FEN_PER_WAN, FEN_PER_YI, FEN_PER_YUAN
from generator.model import Figure, Kind, Missing, Precision, RowRef
from generator.tables import KIND, Tables

ANY = "*"
ABSENT = "@absent"  # marks rows that ``complete`` put in for rows that should be there
PRECISIONS = {"精确": Precision.EXACT, "约": Precision.ROUNDED, "余": Precision.AT_LEAST}
UNITS = {"亿元": FEN_PER_YI, "万元": FEN_PER_WAN, "元": FEN_PER_YUAN}


def is_demo(figures: Iterable[Figure | None]) -> bool:
    """Whether any figure is demonstration data."""
    return any(f is not None and f.kind is Kind.DEMO for f in figures)


def basis(figures: Iterable[Figure | None]) -> dict[str, Any]:
    """What a ``Chart`` of some figures rests on: ``demo``, whether any is demonstration data, and ``sources``."""
    known = [f for f in figures if f is not None]
    sources = {s for f in known for ref in f.rows for s in ref.source.split("+")}
    return {"demo": is_demo(known), "sources": tuple(sorted(sources))}


@dataclass(slots=True)
class Pool:
    """What was gathered over some rows: sums, gaps and pairs of columns.

    ``sums[c]`` is the sum of column ``c`` over rows that have it, absent when none has;
    ``pairs[a, b]`` the two sums over rows that have both, for a ratio a ÷ b. ``lacks`` counts the rows that
    have no value, by column or by pair of columns.
    """

    rows: int = 0
    sums: dict[str, int] = field(default_factory=dict)
    lacks: dict[str | tuple[str, str], Counter[Missing]] = field(default_factory=dict)
    pairs: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    kinds: set[Kind] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)

    def ratio(self, over: str, under: str) -> Fraction | None:
        """``over`` ÷ ``under`` over rows that have both; ``None`` when that base is missing or zero."""
        a, b = self.pairs.get((over, under), (0, 0))
        return Fraction(a, b) if b else None

    def lacking(self, what: str | tuple[str, str]) -> tuple[tuple[Missing, int], ...]:
        """How many rows lack a column, or one of a pair of columns, by kind, in the kinds' order."""
        found = self.lacks.get(what, Counter())
        return tuple((kind, found[kind]) for kind in Missing if found[kind])


def complete(frame: pd.DataFrame, by: str, others: Sequence[str]) -> pd.DataFrame:
    """A cumulative table with a row, marked ``@absent``, for each that should be there and is not.

    A series (rows that agree in ``others``) does not end: once reported, it has a row at each later ``by`` of its
    ``year``, and where it has none it counts as 未报送. Nothing is put in before its first row.
    """
    steps: dict[Any, set[Any]] = {}
    series: dict[tuple[Any, ...], dict[Any, int]] = {}
    keys = zip(*(frame[c].tolist() for c in ("year", *others)), strict=True)
    for position, (key, step) in enumerate(zip(keys, frame[by].tolist(), strict=True)):
        if step is not None:
            steps.setdefault(key[0], set()).add(step)
            series.setdefault(key, {})[step] = position
    pattern: list[int] = []
    absent: list[Any] = []
    for key, found in series.items():
        if len(found) < len(steps[key[0]]):
            first = min(found)
            gone = [step for step in sorted(steps[key[0]]) if step > first and step not in found]
            pattern += [found[first]] * len(gone)
            absent += gone
    if not absent:
        return frame
    more = frame.iloc[pattern].copy()
    more[by] = absent
    more[ABSENT] = True
    said = [c for c in more.columns if c not in ("year", *others, by, "source") and c[0] != "@" and c[-1] != "?"]
    for column in said:
        more[column] = pd.NA if isinstance(more[column].dtype, pd.Int64Dtype) else None
        if f"{column}?" in more.columns:
            more[f"{column}?"] = str(Missing.NOT_REPORTED)
    return pd.concat([frame.assign(**{ABSENT: False}), more], ignore_index=True)


def gather(
    frame: pd.DataFrame, by: Sequence[str], columns: Sequence[str], ratios: Sequence[tuple[str, str]] = ()
) -> dict[tuple[Any, ...], Pool]:
    """Sums of ``columns`` of a frame for each combination of the columns ``by``.

    Rows that ``complete`` put in count as lacking, not as rows; a combination that has no others is left out.
    Plain loops over lists: exact integers, and for thousands of rows several times quicker than one
    grouping for each figure.
    """
    pools: dict[tuple[Any, ...], Pool] = {}
    groups = zip(*(frame[c].tolist() for c in by), strict=True) if by else iter([()] * len(frame))
    values = {c: [None if v is pd.NA else v for v in frame[c].tolist()] for c in columns}
    why = {c: frame[f"{c}?"].tolist() for c in columns}
    kinds, sources = frame[KIND].tolist(), frame["source"].tolist()
    absent = frame[ABSENT].tolist() if ABSENT in frame.columns else [False] * len(frame)
    for i, group in enumerate(groups):
        pool = pools.setdefault(group, Pool())
        if not absent[i]:
            pool.rows += 1
            pool.kinds.add(Kind(kinds[i]))
            pool.sources.add(sources[i])
        for column in columns:
            value = values[column][i]
            if value is None:
                pool.lacks.setdefault(column, Counter())[Missing(why[column][i])] += 1
            else:
                pool.sums[column] = pool.sums.get(column, 0) + value
        for over, under in ratios:
            a, b = values[over][i], values[under][i]
            if a is None or b is None:
                lacking = why[over if a is None else under][i]
                pool.lacks.setdefault((over, under), Counter())[Missing(lacking)] += 1
            else:
                x, y = pool.pairs.get((over, under), (0, 0))
                pool.pairs[over, under] = (x + a, y + b)
    return {group: pool for group, pool in pools.items() if pool.rows}


def reference(table: str, parts: Sequence[str], pool: Pool, what: str | tuple[str, str]) -> RowRef:
    """The reference to a pool's rows; ``missing`` counts those that lack ``what``, a column or a pair."""
    missing = sum(n for _, n in pool.lacking(what))
    return RowRef(table, "/".join(parts), "+".join(sorted(pool.sources)), pool.rows, missing)


class Figures(Mapping[str, Figure]):
    """All figures of a site by id. The same id has the same value wherever it stands."""

    def __init__(self, figures: Iterable[Figure] = ()) -> None:
        self._by_id: dict[str, Figure] = {}
        for figure in figures:
            if self._by_id.setdefault(figure.id, figure) != figure:
                raise ProgramError(f"两个不同的数用了同一个编号：{figure.id}")

    def __getitem__(self, key: str) -> Figure:
        return self._by_id[key]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._by_id))

    def __len__(self) -> int:
        return len(self._by_id)


def printed(value: str, unit: str) -> int | Fraction:
    """A value of ``control_totals`` as exact: 分 for amounts, a fraction for %, else a count."""
    exact = Fraction(value)
    if unit == "%":
        return exact / 100
    scaled = exact * UNITS.get(unit, 1)
    return int(scaled) if scaled.denominator == 1 else scaled


def published_on(tables: Tables) -> dict[str, str]:
    """When each source was published, by its id; what is not known is left out."""
    frame = tables.frame("sources")
    return {i: day for i, day in zip(frame["id"], frame["published"], strict=True) if day}


def published(frame: pd.DataFrame, prefix: str) -> Iterator[Figure]:
    """The rows of ``control_totals`` whose id begins with ``prefix``, percentages left out, as figures.

    Percentages that a document prints are not taken over: they are computed from its amounts
    (``rate_of``) and the printed ones held against them by a rule.
    """
    for row in frame.to_dict("records"):
        if not row["figure"].startswith(prefix) or row["unit"] == "%":
            continue
        yield Figure(
            id=row["figure"],
            label=row["label"],
            value=printed(row["value"], row["unit"]),
            unit="元" if row["unit"] in UNITS else row["unit"],
            as_of=row["as_of"],
            precision=PRECISIONS[row["precision"]],
            formula="文件公布的数，照录",
            rows=(RowRef("control_totals", row["figure"], row["source"]),),
            kind=Kind(row[KIND]),
            published=row["published"],
        )


def rate_of(over: Figure, under: Figure, figure_id: str, label: str, base: str) -> Figure:
    """``over`` ÷ ``under`` of two published amounts as a figure; raises ``ProgramError`` if their dates differ."""
    if (over.as_of, over.published) != (under.as_of, under.published):
        raise ProgramError(f"{figure_id}：两个数的截至时间不同，不能相除")
    value = Fraction(over.value, under.value) if over.value is not None and under.value else None
    exact = over.precision is under.precision is Precision.EXACT
    return Figure(
        id=figure_id,
        label=label,
        value=value,
        unit="%",
        as_of=over.as_of,
        precision=Precision.EXACT if exact else Precision.ROUNDED,
        formula=f"{label} = {over.label} ÷ {under.label}",
        rows=(*over.rows, *under.rows),
        kind=Kind.weakest({over.kind, under.kind}),
        published=over.published,
        base=base,
    )
