"""Canonical cells -> typed frames, shaped as ``tables`` says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from generator import values
from generator.contract import Column, Table
from generator.model import Kind
from generator.sheet import Sheet
from generator.tables import FILE, KEY, KIND, ROW, TABLE


def _objects(items: Sequence[Any]) -> np.ndarray[Any, np.dtype[np.object_]]:
    """An object array of any items, tuples too."""
    array = np.empty(len(items), dtype=object)
    for i, item in enumerate(items):
        array[i] = item
    return array


def _series(column: Column, distinct: Sequence[Any], codes: np.ndarray[Any, Any]) -> pd.Series[Any]:
    if column.type == "integer" or column.scale == "money":
        return pd.Series(pd.array(list(distinct), dtype="Int64").take(codes))
    return pd.Series(_objects(distinct)[codes], dtype=object)


def _rank(column: Column, distinct: Sequence[Any]) -> np.ndarray[Any, Any]:
    """Each distinct value's place in sorted order; coded values in the contract's order, nothing first."""
    coded = {word: i for i, (word, _) in enumerate(column.codes)}
    nothing: dict[str, Any] = {"string": "", "date": "", "yearmonth": ""}
    empty = nothing.get(column.type, float("-inf"))

    def place(i: int) -> tuple[int, Any]:
        value = distinct[i]
        return (coded.get(value, len(coded)) if coded else 0, empty if value is None else value)

    ranks = np.empty(len(distinct), dtype=np.int64)
    ranks[sorted(range(len(distinct)), key=place)] = np.arange(len(distinct))
    return ranks


def _part(column: Column, value: Any) -> str:
    """A part of a key as text."""
    if value is None or value == "":
        return "-"
    return dict(column.codes).get(str(value), str(value))


def key_texts(columns: Sequence[Column], frame: pd.DataFrame) -> list[str]:
    """The keys of a frame's rows, from some of its columns."""
    parts = []
    for column in columns:
        memo: dict[Any, str] = {}
        for value in (found := frame[column.id].tolist()):
            if value not in memo:
                memo[value] = _part(column, None if value is pd.NA else value)
        parts.append([memo[value] for value in found])
    return ["/".join(row) for row in zip(*parts, strict=True)] if parts else [""] * len(frame)


def _meta(sheets: Sequence[Sheet], keep: Sequence[Sequence[int]], labels: Mapping[str, str]) -> dict[str, Any]:
    """The columns that say where each row comes from."""
    files = [s.file for s, rows in zip(sheets, keep, strict=True) for _ in rows]
    numbers = [s.rows[i] for s, rows in zip(sheets, keep, strict=True) for i in rows]
    return {TABLE: [labels[f] for f in files], FILE: files, ROW: numbers}


def frame(table: Table, sheets: Sequence[Sheet], labels: Mapping[str, str], kinds: Mapping[str, str]) -> pd.DataFrame:
    """All good rows of a table's sheets, typed and sorted by key.

    ``labels``: file -> ``budget:2021``; ``kinds``: source id -> ``Kind``. Rows with an error are left out.
    """
    keep = [[i for i in range(len(s.rows)) if i not in s.bad] for s in sheets]
    parts: dict[str, Any] = {}
    order: dict[str, Any] = {}
    for column in table.columns:
        texts = [s.texts[column.id][i] for s, rows in zip(sheets, keep, strict=True) for i in rows]
        codes, found = pd.factorize(np.array(texts, dtype=object))
        distinct = [values.typed(column, text) for text in found]
        parts[column.id] = _series(column, distinct, codes)
        if column.measured:
            why = _objects([values.missing(column, text) for text in found])
            parts[f"{column.id}?"] = pd.Series(why[codes], dtype=object)
        if column.name in table.key:
            order[column.id] = _rank(column, distinct)[codes]
        if column.id == "source":
            weakest = _objects([kinds.get(text, Kind.DEMO.value) for text in found])
            parts[KIND] = pd.Series(weakest[codes], dtype=object)
    for name, items in _meta(sheets, keep, labels).items():
        parts[name] = pd.Series(items, dtype="int64" if name == ROW else object)
    result = pd.DataFrame(parts)
    key = [table.column(name) for name in table.key]
    result[KEY] = pd.Series(key_texts(key, result), dtype=object)
    if key and len(result):
        result = result.iloc[np.lexsort([order[c.id] for c in reversed(key)])].reset_index(drop=True)
    return result


def source_kinds(sheets: Sequence[Sheet]) -> dict[str, str]:
    """Source id -> kind, from the sheets of table ``sources``."""
    return {code: kind for s in sheets for code, kind in zip(s.texts["id"], s.texts["kind"], strict=True)}
