"""Rules on table ``corrections``: each row leads to a cell, and the data says what was corrected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from rapidfuzz import fuzz, process

from generator import corrections
from generator.contract import Column, Table
from generator.corrections import Correction
from generator.format import bare
from generator.model import Level, Missing, Problem
from generator.rules import Row, at, records, shown
from generator.tables import FILE, KEY, ROW, Draft
from generator.values import short

ALIKE = 60
MOST_HINTS = 20  # a key is looked for among all rows


def _alike(text: str, choices: Collection[str]) -> str | None:
    """What is most like a text."""
    found = process.extractOne(text, list(choices), scorer=fuzz.ratio, score_cutoff=ALIKE)
    return str(found[0]) if found else None


def _misdirected(draft: Draft, correction: Correction) -> Iterator[Problem]:
    """What a correction names that is not there: the table, the column, or a key of the right form."""
    row, table = correction.row, correction.table
    if row["table"] == corrections.FIGURES:
        return  # the figures are not reckoned yet: a release holds such corrections against them
    tables = {bare(t.title): t.id for t in draft.contract.tables()} | {t.id: t.id for t in draft.contract.tables()}

    def wrong(column: str, message: str, allowed: str, hint: str | None) -> Problem:
        remedy = (f"是不是“{hint}”?" if hint else "") + "核对后改正;已经公布过的更正不要删。"
        return at(
            draft, "corrections", row, column, rule="correction", level=Level.ERROR, message=message, remedy=remedy,
            allowed=allowed, suggestion=hint,
        )  # fmt: skip

    if table is None:
        named = _alike(bare(row["table"]), tables)
        hint = tables[named] if named else None
        yield wrong("table", f"没有“{short(row['table'])}”这张表。", "、".join(dict.fromkeys(tables.values())), hint)
        return
    if correction.column is None:
        headers = {bare(c.name): c.name for c in table.columns} | {c.id: c.name for c in table.columns}
        named = _alike(bare(row["column"]), headers)
        message = f"“{table.title}”表里没有“{short(row['column'])}”这一列。"
        yield wrong("column", message, "、".join(c.name for c in table.columns), headers[named] if named else None)
    if len(correction.parts) != len(table.key):
        message = (
            f"“{short(row['row'])}”有 {len(correction.parts)} 部分,“{table.title}”表一行的键有 {len(table.key)} 部分。"
        )
        yield wrong("row", message, "/".join(table.key), None)


def _lost(draft: Draft, table: Table, mine: Sequence[Correction], keys: Collection[str]) -> Iterator[Problem]:
    """Corrections of one table whose row is not there."""
    gone = {c.key for c in mine if c.gone}
    for n, correction in enumerate(c for c in mine if c.key not in keys and c.key not in gone):
        hint = _alike(correction.key, keys) if n < MOST_HINTS else None
        message = f"“{table.title}”表里没有“{short(correction.row['row'])}”这一行。"
        remedy = (f"是不是“{hint}”?" if hint else "") + "核对键的每一部分;已经公布过的更正不要删。"
        yield at(
            draft, "corrections", correction.row, "row", rule="correction_row", level=Level.ERROR, message=message,
            remedy=remedy, allowed="/".join(table.key), suggestion=hint,
        )  # fmt: skip


def _unmet(draft: Draft, correction: Correction, column: Column, row: Row) -> Iterator[Problem]:
    """A correction whose cell does not say what it says."""
    value, why = present = corrections.cell(row, column)
    if correction.gone:
        message = f"{row[FILE]} 第 {row[ROW]} 行还在,这里却写着{corrections.GONE}。"
        remedy = "核对数据和更正:该删的行删掉,不该删的改正新值。"
        yield at(
            draft, "corrections", correction.row, "new", rule="correction_value", level=Level.WARNING, message=message,
            remedy=remedy, allowed=shown(column, value) if value is not None else why or "空的",
        )  # fmt: skip
        return
    if correction.value is not None and corrections.same(correction.value, present):
        return
    counted = correction.table is not None and column.id in correction.table.suppressed
    if counted and bare(str(correction.row["new"])) == Missing.HIDDEN:
        return  # what is hidden may be corrected; ``privacy.told`` sees to the number
    now = shown(column, value) if value is not None else why or "空的"
    new = short(correction.row["new"])
    message = f"{row[FILE]} 第 {row[ROW]} 行“{column.name}”现在是 {now},这里的新值却是“{new}”。"
    yield at(
        draft, "corrections", correction.row, "new", rule="correction_value", level=Level.WARNING, message=message,
        remedy="核对数据和更正,改正填错的一处;更正以后又改过的,再写一行更正。", allowed=now,
    )  # fmt: skip


def lead(draft: Draft) -> Iterator[Problem]:
    """A correction leads to a cell, and the last one of a cell says what stands there now."""
    known: dict[str, list[Correction]] = defaultdict(list)
    for correction in corrections.recorded(draft):
        yield from _misdirected(draft, correction)
        if correction.table is not None and len(correction.parts) == len(correction.table.key):
            known[correction.table.id].append(correction)
    for table in (t for t in draft.contract.tables() if t.id in known):
        frame, mine = draft.frame(table.id), sorted(known[table.id], key=lambda c: c.order)
        places = {key: i for i, key in enumerate(frame[KEY].tolist())}
        yield from _lost(draft, table, mine, places.keys())
        last = {(c.key, c.column): c for c in mine if c.key in places}
        for (key, column), correction in last.items():
            if column is not None:
                yield from _unmet(draft, correction, column, records(frame.iloc[places[key] : places[key] + 1])[0])
