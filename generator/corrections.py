"""Table ``corrections`` read for what it means: which cell each row speaks of, and what that cell should say now.

Clerks write keys and headers by hand, so a word is taken for its code, a region's name for its code, and
brackets and widths do not count. What leads nowhere is left for a rule to say (``corrected.lead``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from generator import values
from generator.contract import Column, Table
from generator.format import bare
from generator.tables import BLANK, ROW, Draft, Tables

TABLE = "corrections"
FIGURES = "figures"  # 数据表 of a correction that speaks of a figure: the rows did not change, the reckoning did
GONE = "删去"  # 新值 of a correction of a whole row

Value = tuple[Any, str | None]  # what a cell holds: a typed value, or nothing and why it is missing
Names = Mapping[str, str]  # bare name -> code


@dataclass(frozen=True, slots=True)
class Correction:
    """A row of ``corrections``. ``table`` and ``column`` are ``None`` when there is no such one.

    ``parts`` is the row's key (of a figure its id), in the form of ``@key`` as far as it can be read; ``value`` what
    新值 means in its column, ``None`` when it cannot be read.
    """

    row: Mapping[str, Any]
    table: Table | None = None
    column: Column | None = None
    parts: tuple[str, ...] = ()
    value: Value | None = None

    @property
    def key(self) -> str:
        """The key of the row that it speaks of."""
        return "/".join(self.parts)

    @property
    def gone(self) -> bool:
        """Whether it says that the row is no longer there."""
        return bare(str(self.row["new"])) == GONE

    @property
    def order(self) -> tuple[str, int]:
        """Later corrections come after earlier ones: by date, then as they stand in the file."""
        return str(self.row["date"]), int(self.row.get(ROW) or 0)


def cell(row: Mapping[str, Any], column: Column) -> Value:
    """What a cell of a frame's row holds."""
    value = row[column.id]
    absent = value is None or value is pd.NA
    return (None if absent else value, row.get(f"{column.id}?") if absent else None)


def _names(draft: Draft | Tables, table: Table) -> dict[str, Names]:
    """Column id -> names, for the columns of a table that name rows of one other table."""
    found: dict[str, Names] = {}
    for reference in table.references:
        target = draft.contract.table(reference.table)
        if len(reference.fields) > 1 or target is None or not draft.has(target.id):
            continue
        frame, to = draft.frame(target.id), target.column(reference.to[0])
        codes: dict[str, str] = {}
        for header in (to.name, *target.lookup):
            column = target.column(header)
            for code, text in zip(frame[to.id], frame[column.id], strict=True):
                for name in text if column.many else [text]:
                    if name:
                        codes.setdefault(bare(name), code)
        found[table.column(reference.fields[0]).id] = codes
    return found


def _part(column: Column, text: str, names: Names) -> str:
    """A part of a key as ``@key`` has it, as far as it can be read."""
    if text.strip() in ("", BLANK):
        return BLANK
    codes = {bare(word): code for word, code in column.codes}
    known = names.get(bare(text)) or codes.get(bare(text))
    if known:
        return known
    if bare(text) in codes.values():
        return bare(text)
    mended = values.mend(column, text, name=True)
    return text.strip() if mended.refusal or column.codes else mended.text


def _value(table: Table, column: Column, text: str, names: Names) -> Value | None:
    """What a text means in a column, ``None`` when it cannot be read."""
    mended = values.mend(column, text, kinds=table.missing)
    if mended.refusal:
        return None
    shown = mended.text
    if names:
        shown = "、".join(names.get(bare(t), t) for t in (shown.split("、") if column.many else [shown]))
    return values.typed(column, shown), values.missing(column, shown)


def _one(row: Mapping[str, Any], table: Table, names: Mapping[str, Names]) -> Correction:
    column = next((c for c in table.columns if bare(c.name) == bare(row["column"])), None)
    key = [table.column(name) for name in table.key]
    text = str(row["row"]).strip().strip("/")
    texts = text.split("/") if len(key) > 1 else [text]
    if len(texts) == len(key):
        texts = [_part(c, t, names.get(c.id, {})) for c, t in zip(key, texts, strict=True)]
    value = _value(table, column, str(row["new"]), names.get(column.id, {})) if column else None
    return Correction(row, table, column, tuple(texts), value)


def recorded(draft: Draft | Tables, only: str | None = None) -> Iterator[Correction]:
    """All corrections, or those of one table, in the table's order; of public tables as well as of checked ones."""
    if not draft.has(TABLE):
        return
    names: dict[str, Mapping[str, Names]] = {}
    for row in draft.frame(TABLE).to_dict("records"):
        given = {str(k): v for k, v in row.items()}
        table = draft.contract.table(given["table"])
        if only is not None and given["table"] != only:
            continue
        if table is None:
            yield Correction(given, parts=(str(row["row"]).strip(),))
            continue
        if table.id not in names:
            names[table.id] = _names(draft, table)
        yield _one(given, table, names[table.id])


def same(a: Value, b: Value) -> bool:
    """Whether two cells say the same; texts are compared without width and spaces."""
    if isinstance(a[0], str) and isinstance(b[0], str):
        return bare(a[0]) == bare(b[0])
    return a == b
