"""Figures as plain data for pages, charts and JSON: the value as published, the text as shown, where its rows are."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from typing import Any

from generator import format as fmt
from generator.contract import Resource, Table
from generator.model import Figure, Missing, Precision
from generator.tables import BLANK

View = dict[str, Any]
UNDATED = "undated"
KEPT = 1 << 13  # a figure is shown on several pages, and in a preview again and again
MONTH = re.compile(r"\d{4}-\d{2}")


@lru_cache(maxsize=KEPT)
def address(figure: Figure) -> str:
    """Where a figure's rows are shown: a page below the site's root and a fragment.

    A selection of rows of the whole (``all``) has a page for each date, so that no page holds a year;
    every other record keeps all of its selections on one page. Selections of other tables than the subject's
    own carry their names, those of a whole year say so: an address shows the rows of its figures and no others.
    A single row that is a point of a series has its month.
    """
    name, _, point = figure.id.partition("@")
    subject, year, key, measure = name.split("/")
    first, *rest = key.split("+")
    stamp = figure.as_of[:7] if figure.as_of else UNDATED
    if not any("*" in ref.key for ref in figure.rows):
        return f"{subject}/{year}/{first}/origin/#{'.'.join([*rest, measure, *([point] if point else [])])}"
    which = _selection(figure, subject, stamp)
    if first == "all":
        return f"{subject}/{year}/all/origin/{stamp}/#{which or 'rows'}"
    return f"{subject}/{year}/{first}/origin/#{'.'.join([*rest, stamp, *filter(None, [which])])}"


def _selection(figure: Figure, subject: str, stamp: str) -> str:
    """What tells a selection from others of the same record and date: the tables that it is from, if it is not the
    subject's own alone, ``year`` for rows of the whole year, and for rows of earlier months too the first of them."""
    tables = {ref.table.split(":")[0] for ref in figure.rows}
    parts = [*sorted(tables - {subject}), *([subject] if subject in tables and len(tables) > 1 else [])]
    dated = stamp == UNDATED or any(stamp in ref.key for ref in figure.rows)
    first = min((part for ref in figure.rows for part in ref.key.split("/") if MONTH.fullmatch(part)), default=stamp)
    return ".".join([*parts, *([] if dated else ["year"]), *([f"since-{first}"] if first < stamp else [])])


def month_part(table: Table) -> int | None:
    """Which part of a row's key is the month that the table's pages of rows are cut by; ``None`` if they are not.

    Cumulative tables repeat every series each month: they are the ones that grow.
    """
    key = [name for name in table.key if table.column(name).public]
    by = table.cumulative_by
    return key.index(by) if by in key and table.column(by).type == "yearmonth" else None


def rows_page(resource: Resource, key: str) -> str:
    """The page of the catalogue that shows a row: its table's, its year's, or its month's of the year.

    Made from the contract and the key alone: whatever other rows there are, a row stays where it is.
    """
    root = f"data/{resource.table.id}/"
    if resource.year is None:
        return root
    part = month_part(resource.table)
    if part is None:
        return f"{root}{resource.year}/"
    month = key.split("/")[part]
    return f"{root}{resource.year}/{UNDATED if month == BLANK else month}/"


def row_id(key: str) -> str:
    """The fragment of a row: its key with dots."""
    return "row-" + key.replace("/", ".")


def row_address(resource: Resource, key: str) -> str:
    """Where a row of the data is shown, figure or no figure: ``data/budget/2021/2021-12/#row-2021.7.100103…``."""
    return f"{rows_page(resource, key)}#{row_id(key)}"


def value(figure: Figure) -> str | None:
    """The value as published: amounts in 元 with two decimals, fractions with six, counts as they are."""
    if figure.value is None:
        return None
    if figure.unit == "元":
        return fmt.yuan_value(int(figure.value))
    if figure.unit == "%" or isinstance(figure.value, Fraction):
        return fmt.ratio_value(Fraction(figure.value))
    return str(figure.value)


def absent(figure: Figure) -> str:
    """What stands where there is no value: its kinds of missing, never 0 or blank."""
    kinds = [str(kind) for kind, _ in figure.lacks]
    return "、".join(kinds) if kinds else ("没有可比的数" if figure.unit == "%" else str(Missing.NOT_REPORTED))


def prose(figure: Figure) -> str:
    """The figure in a sentence, unit included: ``34.17 亿元``, ``106.32 %``, ``30 件``, ``600 余条``."""
    if figure.value is None:
        return absent(figure)
    if figure.unit == "元":
        return fmt.money(int(figure.value))
    if figure.unit == "%":
        return fmt.percent(Fraction(figure.value), figure.places)
    more = " 余" if figure.precision is Precision.AT_LEAST else fmt.THIN if figure.unit else ""
    return f"{_number(figure)}{more}{figure.unit}"


def _number(figure: Figure) -> str:
    """A count as it is, a fraction with the figure's decimals."""
    value = figure.value
    if isinstance(value, Fraction):
        return fmt.grouped(fmt.rounded(value, figure.places))
    return fmt.grouped(int(value or 0))


def cell(figure: Figure) -> str:
    """The figure in a table whose header names the unit: 万元, %, or the count."""
    if figure.value is None:
        return absent(figure)
    if figure.unit == "元":
        return fmt.wan(int(figure.value))
    if figure.unit == "%":
        return str(fmt.grouped(fmt.rounded(Fraction(figure.value) * 100, figure.places)))
    return _number(figure)


def lacking(figure: Figure) -> str:
    """``缺 2 项`` for gaps, ``1 项不涉及`` for what does not apply; empty when complete."""
    words = []
    if figure.gaps:
        detail = "、".join(f"{k} {n}" for k, n in figure.lacks if k is not Missing.NOT_APPLICABLE)
        words.append(f"缺 {figure.gaps} 项（{detail}）")
    words += [f"{n} 项不涉及" for k, n in figure.lacks if k is Missing.NOT_APPLICABLE]
    return "，".join(words)


@lru_cache(maxsize=KEPT)
def view(figure: Figure) -> View:
    """A figure as templates use it: everything plain text or number. Shared by all who ask: not to be changed."""
    return {
        "id": figure.id,
        "label": figure.label,
        "short": figure.label.rsplit("·", 1)[-1].strip(),
        "value": value(figure),
        "prose": prose(figure),
        "cell": cell(figure),
        "unit": figure.unit,
        "kind": str(figure.kind),
        "base": figure.base,
        "date": fmt.dated(figure.as_of, figure.published),
        "href": address(figure),
        "sources": sorted({source for ref in figure.rows for source in ref.source.split("+")}),
        "lacks": lacking(figure),
        "lacks_short": f"缺 {figure.gaps} 项" if figure.gaps else lacking(figure),
        "gaps": figure.gaps,
        "formula": figure.formula,
        "absent": figure.value is None,
    }


def as_json(figure: Figure) -> dict[str, Any]:
    """A figure as published in ``data/figures/<year>/<subject>.json``."""
    return {
        "id": figure.id,
        "label": figure.label,
        "value": value(figure),
        "unit": figure.unit if figure.unit != "%" else "1",
        "as_of": figure.as_of,
        "published": figure.published,
        "precision": str(figure.precision),
        "kind": str(figure.kind),
        "base": figure.base,
        "formula": figure.formula,
        "lacks": {str(kind): n for kind, n in figure.lacks},
        "rows": [
            {"table": r.table, "key": r.key, "source": r.source.split("+"), "rows": r.rows, "missing": r.missing}
            for r in figure.rows
        ],
        "href": address(figure),
    }
