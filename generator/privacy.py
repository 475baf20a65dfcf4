"""What must never be published: columns not marked public, and counts so small that they name people.

A schema says which counts with ``suppress: [{fields: [人数], below: 5, within: [年度]}]``: within rows that
agree in ``within``, counts from 1 to below 5 are hidden, and when only one is, the next smallest as well, so
that a total does not give it back; the 0s where there is nothing else: of 3 who were asked, all 3 satisfied. With
``across: true`` the counts of a row are its parts (of those asked, how many said what): then each row is a group by
itself, and the total that stands beside them gives none of them back.

Not protected: a group of nothing but a single count, or nothing but ones, whose total is published elsewhere (there is
nothing more to hide); and within what bounds the hidden counts are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from generator.contract import Contract, Table
from generator.corrections import TABLE, Correction, recorded
from generator.format import bare
from generator.frames import key_texts
from generator.model import Level, Missing, Problem
from generator.rules import at
from generator.tables import FILE, KEY, ROW, Draft, Tables


def _private(table: Table) -> set[str]:
    return {c.name for c in table.columns if not c.public}


def _small(values: Mapping[int, int], below: int) -> set[int]:
    """Labels to hide among the counts of one group, so that who knows the total and this rule can tell none of them.

    More than the small ones where these are one alone, or all as small or as large as small ones can be: two that are
    8 together and both below 5 are 4 each. Then all that are as large as the next go: which of them went would tell.
    """
    hidden = {label for label, value in values.items() if 0 < value < below}
    rest = {label: value for label, value in values.items() if label not in hidden}
    small = {values[label] for label in hidden}
    if rest and (len(hidden) == 1 or small in ({1}, {below - 1})):
        following = min((value for value in rest.values() if value), default=0)
        hidden |= {label for label, value in rest.items() if value == following}
    return hidden


def _suppress(frame: pd.DataFrame, columns: Iterable[str], below: int, within: list[str]) -> pd.DataFrame:
    """The frame with small counts, and one complementary each, replaced by nothing."""
    frame = frame.copy()
    places = frame.groupby(within, dropna=False, sort=False).ngroup().tolist() if within else [0] * len(frame)
    for column in columns:
        groups: dict[int, dict[int, int]] = defaultdict(dict)
        for position, (place, value) in enumerate(zip(places, frame[column].tolist(), strict=True)):
            if value is not pd.NA:
                groups[place][position] = int(value)
        hidden = set().union(*(_small(values, below) for values in groups.values()))
        where = [position in hidden for position in range(len(frame))]
        frame.loc[where, column] = pd.NA
        frame.loc[where, f"{column}?"] = str(Missing.HIDDEN)
    return frame


def _suppress_across(frame: pd.DataFrame, columns: Sequence[str], below: int) -> pd.DataFrame:
    """The frame with small counts among the parts of each row, and one complementary each, replaced by nothing."""
    frame = frame.copy()
    for position, values in enumerate(zip(*(frame[c].tolist() for c in columns), strict=True)):
        known = {place: int(value) for place, value in enumerate(values) if value is not pd.NA}
        for place in _small(known, below):
            at, column = frame.index[position], columns[place]
            frame.loc[at, column] = pd.NA
            frame.loc[at, f"{column}?"] = str(Missing.HIDDEN)
    return frame


def _public_frame(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Only public columns, with keys made from public parts, and no row numbers."""
    for rule in table.descriptor.get("suppress") or []:
        columns, within = table.ids(tuple(rule["fields"])), list(table.ids(tuple(rule.get("within", ()))))
        if rule.get("across") is True:
            frame = _suppress_across(frame, columns, int(rule["below"]))
        else:
            frame = _suppress(frame, columns, int(rule["below"]), within)
    private = _private(table)
    gone = [c.id for c in table.columns if not c.public]
    gone += [f"{c}?" for c in gone if f"{c}?" in frame.columns]
    if private & set(table.key):
        key = [table.column(name) for name in table.key if name not in private]
        frame = frame.assign(**{KEY: pd.Series(key_texts(key, frame), index=frame.index, dtype=object)})
    return frame.drop(columns=[*gone, FILE, ROW])


def publish(draft: Draft) -> Tables:
    """The public part of checked tables; a table without a public column is not among them."""
    known = tuple(r for r in draft.contract.resources if any(c.public for c in r.table.columns))
    contract = replace(draft.contract, resources=known)
    return Tables(contract, {t.id: _public_frame(t, draft.frame(t.id)) for t in contract.tables()})


def told(draft: Draft) -> Iterator[Problem]:
    """Corrections that would say what is not public: of a private column or key, or a count that is hidden."""
    found = sorted(recorded(draft), key=lambda c: c.order)
    last = {(c.table.id, c.key, c.column.id): c for c in found if c.table and c.column}
    public: dict[str, dict[Any, Mapping[Any, Any]]] = {}
    for correction in found:
        table, column = correction.table, correction.column
        if table is None or column is None:
            continue
        if not column.public or _private(table) & set(table.key):
            message = f"“{table.title}”表的“{column.name}”不公开,更正会公开。"
            yield _told(draft, correction, "column", message, "删去这一行更正;不公开的列改了,不用更正。")
            continue
        if column.id not in table.suppressed:
            continue
        if table.id not in public:
            frame = _public_frame(table, draft.frame(table.id))
            public[table.id] = {row[KEY]: row for row in frame.to_dict("records")}
        row = public[table.id].get(correction.key, {})
        hidden = row.get(f"{column.id}?") == Missing.HIDDEN and last[table.id, correction.key, column.id] is correction
        for name in ("old", "new"):
            text = bare(str(correction.row[name])).replace(",", "")
            small = text.isdecimal() and 0 < int(text) < table.suppressed[column.id]
            if small or (hidden and name == "new" and text.isdecimal()):
                message = f"“{column.name}”的这个数太小或连着太小的数,网站上不公开,更正会说出来。"
                yield _told(draft, correction, name, message, f"写“{Missing.HIDDEN}”。")


def _told(draft: Draft, correction: Correction, name: str, message: str, remedy: str) -> Problem:
    rule, level = "correction_private", Level.ERROR
    return at(draft, TABLE, correction.row, name, rule=rule, level=level, message=message, remedy=remedy)


def _refers(reference: Mapping[str, Any], private: set[str], contract: Contract | None) -> bool:
    """Whether a foreign key or ``refersTo`` touches a private column, here or there."""
    if set(reference.get("fields", ())) & private:
        return True
    there = reference.get("reference", {})
    table = contract.table(reference.get("table") or there.get("resource", "")) if contract else None
    return bool(table and set(reference.get("to") or there.get("fields", ())) & _private(table))


def published(table: Table, contract: Contract | None = None) -> dict[str, Any]:
    """The schema as it is published: no private fields, and nothing that refers to them.

    With the ``contract``, references to private columns of other tables are dropped too. ``suppress`` stays
    out: a threshold helps to undo itself.
    """
    private = _private(table)
    schema = {k: v for k, v in table.descriptor.items() if k != "suppress"}
    if "suppress" in table.descriptor:
        schema["missingValues"] = [*table.missing, str(Missing.HIDDEN)]
    schema["fields"] = [f for f in schema["fields"] if f["name"] not in private]
    for name in ("primaryKey", "lookup"):
        if name in schema:
            schema[name] = [c for c in schema[name] if c not in private]
    for name in ("foreignKeys", "refersTo"):
        if name in schema:
            schema[name] = [r for r in schema[name] if not _refers(r, private, contract)]
    cumulative = schema.get("cumulative")
    if cumulative:
        fields = [c for c in cumulative.get("fields", ()) if c not in private]
        hidden = cumulative.get("by") in private or not fields
        schema["cumulative"] = None if hidden else cumulative | {"fields": fields}
    if {schema.get("due", {}).get(name) for name in ("by", "field")} & private:
        del schema["due"]
    return {k: v for k, v in schema.items() if v not in (None, []) or k == "fields"}
