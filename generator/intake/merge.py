"""Rows that came in against the rows that are there, by key: new, changed, unchanged, missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from generator import values
from generator.contract import Resource, Table
from generator.intake import canonical
from generator.intake.answers import rows
from generator.intake.part import Part
from generator.model import Level, Problem
from generator.sheet import Sheet, references

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row that came in, by column id, and where from."""

    texts: Mapping[str, str]
    part: Part
    number: int

    def hides(self, column: str) -> bool:
        """Whether a cell is not said: what is there stays."""
        return column in self.part.kept or (self.number, column) in self.part.hidden


@dataclass(frozen=True, slots=True)
class Change:
    """A cell that would change."""

    key: str
    column: str
    old: str
    new: str


@dataclass(slots=True)
class Merged:
    """What a file of the data folder would become. ``origins`` says of each row, by its number in the new file, where
    it came from; ``content`` is ``None`` when nothing would change. Of the ``missing`` rows the first ``within`` are of
    the times and places that the file speaks of, by the columns ``scope``."""

    resource: Resource
    new: list[str] = field(default_factory=list)
    changed: dict[str, list[Change]] = field(default_factory=dict)
    unchanged: int = 0
    missing: list[str] = field(default_factory=list)
    within: int = 0
    scope: tuple[str, ...] = ()
    deleted: bool = False
    content: bytes | None = None
    origins: dict[int, Row] = field(default_factory=dict)


def key(table: Table, texts: Mapping[str, str]) -> Key:
    """A row's key as canonical texts."""
    return tuple(texts[c] for c in table.ids(table.key))


def label(table: Table, texts: Mapping[str, str]) -> str:
    """A row's key in words: 年度 2021、项目编号 3."""
    return "、".join(f"{name} {texts[table.column(name).id] or '(空)'}" for name in table.key)


def same(table: Table, column: str, one: str, other: str) -> bool:
    """Whether two canonical texts of a column say the same: 7 and 7.00."""
    found = next(c for c in table.columns if c.id == column)
    return (values.typed(found, one), values.missing(found, one)) == (
        values.typed(found, other),
        values.missing(found, other),
    )


def gathered(parts: Sequence[Part]) -> tuple[dict[str, dict[Key, Row]], list[Problem]]:
    """All rows by table and key. Equal rows of one key are merged, which is said; different ones are refused."""
    found: dict[str, dict[Key, Row]] = {}
    problems: list[Problem] = []
    for part in parts:
        known = found.setdefault(part.table.id, {})
        for number, texts in rows(part):
            if set(part.table.ids(part.table.key)) - set(texts):
                continue
            row = Row(texts, part, number)
            first = known.setdefault(key(part.table, texts), row)
            if first is not row:
                problems.append(_twice(part.table, first, row))
    return found, problems


def _twice(table: Table, first: Row, row: Row) -> Problem:
    where = (
        f"第 {first.number} 行" if first.part.shown == row.part.shown else f"{first.part.shown} 第 {first.number} 行"
    )
    differing = [
        c.name for c in table.columns if not same(table, c.id, first.texts.get(c.id, ""), row.texts.get(c.id, ""))
    ]
    named = label(table, row.texts)
    if not differing:
        message = f"第 {row.number} 行和{where}完全一样({named}),只收一次。"
        return Problem(Level.NOTE, "key_repeated", message, "不必改。", row.part.shown, row.number)
    message = f"第 {row.number} 行和{where}是同一行({named}),但“{'、'.join(differing)}”不一样。"
    return Problem(Level.ERROR, "key_twice", message, "核对原件,只留对的一行。", row.part.shown, row.number)


def resource_of(resources: Iterable[Resource], texts: Mapping[str, str]) -> Resource | None:
    """The file that a row belongs into: that of its year."""
    found = list(resources)
    if all(r.year is None for r in found):
        return found[0] if found else None
    return next((r for r in found if str(r.year) == texts.get("year")), None)


def merge(resource: Resource, there: Sheet, came: Mapping[Key, Row], *, delete: bool) -> Merged:
    """One file and the rows that came in for it."""
    table, merged = resource.table, Merged(resource)
    old = {key(table, texts): texts for texts in _there(there)}
    result: dict[Key, Mapping[str, str]] = {k: texts for k, texts in old.items() if k in came or not delete}
    _missing(merged, old, came)
    merged.deleted = delete and bool(merged.missing)
    for k, row in came.items():
        known = old.get(k)
        if known is None:
            merged.new.append(label(table, row.texts))
            result[k] = {c.id: canonical.text(c, row.texts.get(c.id, "")) for c in table.columns}
            continue
        changes = list(_changes(table, known, row))
        if changes:
            _emptied(table, row, changes)
            merged.changed[label(table, row.texts)] = changes
            result[k] = known | {table.column(c.column).id: c.new for c in changes}
        else:
            merged.unchanged += 1
    if merged.new or merged.changed or merged.deleted:
        merged.content, ordered = canonical.content(table, list(result.values()))
        numbered = ((number, came.get(key(table, row))) for number, row in enumerate(ordered, 2))
        merged.origins = {number: row for number, row in numbered if row}
    return merged


def _missing(merged: Merged, old: Mapping[Key, Mapping[str, str]], came: Mapping[Key, Row]) -> None:
    """The rows that did not come: first those of the months and places that did, where they may have been forgotten."""
    table = merged.resource.table
    linked = references(table)
    columns = [c for c in map(table.column, table.key) if c.type == "yearmonth" or c.id in linked]
    present = {tuple(row.texts[c.id] for c in columns) for row in came.values()}
    missing = [texts for k, texts in old.items() if k not in came]
    within = [texts for texts in missing if tuple(texts[c.id] for c in columns) in present]
    others = [texts for texts in missing if tuple(texts[c.id] for c in columns) not in present]
    merged.missing = [label(table, texts) for texts in (*within, *others)]
    merged.within, merged.scope = len(within), tuple(c.name for c in columns)


def _emptied(table: Table, row: Row, changes: Sequence[Change]) -> None:
    """Asks whether a number that is there is to go: an empty cell may as well mean that nothing is new."""
    for change in changes:
        column = table.column(change.column)
        index = row.part.raw.index(column.name)
        if index is None or row.part.cell(row.number, index).strip():
            continue  # a dash or a word was put there by somebody
        if column.measured and values.missing(column, change.new) and not values.missing(column, change.old):
            row.part.ask(row.number, column, index, change.new, f"现在的数据里是“{change.old}”。", "emptied")


def _there(sheet: Sheet) -> Iterator[dict[str, str]]:
    for position in range(len(sheet.rows)):
        yield {column: texts[position] for column, texts in sheet.texts.items()}


def _changes(table: Table, known: Mapping[str, str], row: Row) -> Iterator[Change]:
    for column in table.columns:
        if column.id not in row.texts or row.hides(column.id):
            continue
        old, new = known[column.id], row.texts[column.id]
        if not same(table, column.id, old, new) and f"'{new}" != old:  # an apostrophe of ours is taken off (answers)
            yield Change(label(table, row.texts), column.name, old, canonical.text(column, new))
