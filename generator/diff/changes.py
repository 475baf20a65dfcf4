"""What a release would change in public, put together: what people are shown, and what an approval is bound to."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from generator import corrections, records
from generator.contract import Contract, Table
from generator.diff import figures, reasons, rows, warnings
from generator.diff.figures import FigureChange
from generator.diff.published import Entry, Published, read
from generator.diff.reasons import WITHDRAWN, Reason, Reasons
from generator.diff.rows import RowChange
from generator.model import Missing
from generator.subject import Subject, names_of
from generator.tables import Tables

SPOKEN = {"table", "row", "column", "old", "new"}  # what a correction says of what was corrected
Shown = Mapping[str, Sequence[Any]]  # page path -> [digest of all that it shows, digest of its figures, …]


@dataclass(frozen=True, slots=True)
class State:
    """A coded word that moved: of which thing, which column, from what to what."""

    table: str
    row: str
    about: str
    column: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Changes:
    """All that differs from release ``base`` (``None`` before the first). ``titles``: what figures are called;
    ``abouts``: what rows are of (by file and key), ``said``: what corrections give as their reason, by their ids.

    ``inputs`` is the hash of what the site is made from, so that an approval holds for this and nothing else.
    """

    base: int | None
    base_hash: str | None
    inputs: str
    figures: tuple[FigureChange, ...] = ()
    why: Mapping[str, Reason] = field(default_factory=dict)
    row_reasons: tuple[Reason, ...] = ()
    said: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    abouts: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[rows.RowChange, ...] = ()
    states: tuple[State, ...] = ()
    warnings: tuple[warnings.Warned, ...] = ()
    pages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    demonstration: bool = False
    withdrawn: frozenset[tuple[str, str]] = frozenset()
    telling: tuple[str, ...] = ()  # ids of corrections that say a hidden count
    counted: frozenset[str] = frozenset()  # ids of corrections of columns whose small counts are hidden

    @property
    def unexplained(self) -> list[FigureChange]:
        """Figures that were published and are others without a reason."""
        return [c for c in self.figures if self.why[c.id].why == reasons.NONE]

    @property
    def again(self) -> set[str]:
        """Figures whose change another one says."""
        return figures.again(self.figures)

    @property
    def wanted(self) -> list[tuple[reasons.Place, str, str]]:
        """The cells that lack a correction, with their values before and now."""
        return reasons.suggestions([*self.why.values(), *self.row_reasons])

    @property
    def lost(self) -> list[str]:
        """The ids of published corrections that are gone, or say something else of what was corrected."""
        return [
            c.key for c in self.rows
            if c.table == corrections.TABLE and c.change != rows.ADDED and (c.label, c.key) not in self.withdrawn
            and (c.change == rows.REMOVED or any(x.id in SPOKEN and not self._hushed(c, x.id) for x in c.cells))
        ]  # fmt: skip

    def _hushed(self, change: RowChange, column: str) -> bool:
        """Whether a published correction now calls hidden what it said: what has become a small count since."""
        return change.key in self.counted and (change.new or {}).get(column) == Missing.HIDDEN

    def _line(self, change: FigureChange, again: set[str]) -> dict[str, Any]:
        """A figure's change as data."""
        gone = self._gone(change)
        old = None if gone else change.old
        return {
            "id": change.id,
            "title": WITHDRAWN if gone and not change.new else self.titles[change.id],
            "change": change.change,
            "again": change.id in again,
            "unit": change.entry["unit"],
            "old": _value(old),
            "new": _value(change.new),
            "difference": figures.difference(old, change.new),
            "why": self.why[change.id].why,
            "corrections": list(self.why[change.id].corrections),
        }

    def _gone(self, change: FigureChange) -> bool:
        """Whether a figure is another because something was withdrawn: then its old value is not said again."""
        return self.why[change.id].why == WITHDRAWN

    def as_json(self) -> dict[str, Any]:
        """The changes as published with the release: plain data."""
        again = self.again
        return {
            "base": self.base,
            "base_hash": self.base_hash,
            "inputs": self.inputs,
            "demonstration": self.demonstration,
            "counts": dict(self.counts),
            "figures": [
                self._line(c, again)
                for c in self.figures
            ],
            "rows": [
                {
                    "table": c.label, "key": c.key, "change": c.change,
                    "cells": [
                        {"column": cell.name, "old": rows.text(c.old, cell), "new": rows.text(c.new, cell)}
                        for cell in c.cells
                    ] if c.change == rows.CHANGED else [],
                }
                for c in self.rows
                if (c.label, c.key) not in self.withdrawn
            ],
            "states": [{name: getattr(s, name) for name in State.__dataclass_fields__} for s in self.states],
            "warnings": [{"what": what, "where": where, "words": words} for what, where, words in self.warnings],
            # A page that was withdrawn may be withdrawn for its name.
            "pages": {n: [] if self.withdrawn and n == "removed" else list(p) for n, p in self.pages.items()},
        }  # fmt: skip

    def dump(self) -> bytes:
        """The same as a file; its hash is what an approval is bound to."""
        return (json.dumps(self.as_json(), ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()

    @property
    def hash(self) -> str:
        """The hash of ``dump``."""
        return records.hash_of(self.dump())


def _value(entry: Entry | None) -> dict[str, Any] | None:
    if entry is None:
        return None
    return {**{name: entry[name] for name in ("value", "as_of", "kind", "lacks")}, "text": figures.text(entry)}


def between(
    history: records.History,
    tables: Tables,
    subjects: Sequence[Subject],
    files: Mapping[str, str],
    get: Callable[[str], bytes | None],
    shown: Shown,
    inputs: str,
    *,
    reverts: int | None = None,
    withdrawn: frozenset[tuple[str, str]] = frozenset(),
) -> Changes:
    """What a site changes against the newest release. ``files`` and ``get`` are the site's (path -> hash, content),
    ``shown`` its pages, ``inputs`` the hash of what it is made from. Raises ``InputError`` for a damaged store."""
    base = history.newest
    new = read(files, get)
    demo = tables.demo()
    if base is None:
        pages = {"added": tuple(sorted(shown)), "changed": (), "removed": ()}
        counts = {"figures": len(new.figures), "rows": sum(map(len, new.rows.values())), "pages": len(shown)}
        return Changes(None, None, inputs, pages=pages, counts=counts, demonstration=demo)
    before = json.loads(history.held(base.files) or b"{}")
    old = read(before, lambda path: history.held(before[path]))
    contract = tables.contract
    closed = contract.closed | _closed(history, base)
    changed_rows = tuple(rows.compared(contract, old, new))
    found = tuple(figures.compared(old, new))
    recorded = list(corrections.recorded(tables))
    reckon = Reasons(old, changed_rows, recorded, closed, reverts, withdrawn)
    names = {year: names_of(tables, subjects, year) for year in {c.year for c in found}}
    states = () if withdrawn else tuple(_states(contract, old, new, changed_rows))
    looked = (
        warnings.backwards(contract, old, new), warnings.skipped(contract, old, new), warnings.tenfold(found),
        warnings.tenfold_cells(changed_rows),
    )  # fmt: skip
    # Of a withdrawal they would say again what is taken out.
    warned = [] if withdrawn else [w for each in looked for w in each]
    pages = pages_between(history.listed(base.pages), shown)
    return Changes(
        base.number,
        history.newest_hash,
        inputs,
        figures=found,
        why={c.id: reckon.of(c) for c in found},
        row_reasons=tuple(reckon.of_rows()),
        said={str(c.row["id"]): str(c.row["reason"] or "") for c in recorded},
        titles={c.id: figures.named(c, names[c.year]) for c in found},
        abouts={f"{c.label}/{c.key}": _of_row(contract, old, new, c) for c in changed_rows},
        rows=changed_rows,
        states=states,
        warnings=tuple(sorted(warned)),
        pages=pages,
        counts=_counts(found, changed_rows, states, pages, subjects),
        demonstration=demo,
        withdrawn=withdrawn,
        telling=tuple(reasons.telling(old, new, recorded)),
        counted=frozenset(
            str(c.row["id"]) for c in recorded if c.table and c.column and c.column.id in c.table.suppressed
        ),
    )


def _closed(history: records.History, base: records.Record) -> frozenset[int]:
    """The years that were closed in a release: to open one in the same breath as changing it changes nothing."""
    listed = history.listed(base.inputs)
    content = history.get(listed.get("data/datapackage.yaml", ""))
    package = yaml.safe_load(content) if content else None
    years = package.get("closed") if isinstance(package, dict) else None
    return frozenset(years or ())


def _states(contract: Contract, old: Published, new: Published, changed: Sequence[rows.RowChange]) -> list[State]:
    """The coded words that moved: from a series' newest row to a newer one, and in any row that was published."""
    moved = [(table, label, before, after) for table, label, before, after in rows.pairs(contract, old, new)]
    moved += [
        (table, c.label, c.old, c.new)
        for c in changed if c.old and c.new and (table := contract.table(c.table)) is not None
    ]  # fmt: skip
    found = set()
    for table, label, before, after in moved:
        for column in (c for c in table.columns if c.public and c.codes and c.name not in table.key):
            if before.get(column.id) != after.get(column.id):
                words = (column.name, rows.text(before, column), rows.text(after, column))
                found.add(State(label, str(after["@key"]), _about(new, table, after), *words))
    return sorted(found, key=lambda s: (s.table, s.row, s.column))


def _of_row(contract: Contract, old: Published, new: Published, change: rows.RowChange) -> str:
    table = contract.table(change.table)
    side, row = (new, change.new) if change.new is not None else (old, change.old)
    return _about(side, table, row) if table and row is not None else change.key


def _about(new: Published, table: Table, row: Mapping[str, Any]) -> str:
    """What a row is of, in words: its own title, and those of the rows that it names (a project, a place)."""
    words = [row.get("title")]
    # In the order of the key: of which project, then where. On whose word is not what it is of.
    places = {name: place for place, name in enumerate(table.key)}
    named_by = [r for r in table.references if "source" not in table.ids(r.fields)]
    for reference in sorted(named_by, key=lambda r: places.get(r.fields[-1], len(places))):
        parts = [str(row.get(c)) for c in table.ids(reference.fields)]
        for label in (reference.table, f"{reference.table}:{row.get('year')}"):
            named = new.rows.get(label, {}).get("/".join(parts), {})
            words.append(named.get("title") or named.get("name"))
    period = rows.period(table)
    when = str(row.get(period.id) or "") if period else ""
    own = [str(w) for w in dict.fromkeys([*words, *_parts(table, row), when]) if w]
    return " · ".join(own) or str(row["@key"])


def _parts(table: Table, row: Mapping[str, Any]) -> list[str]:
    """The coded parts of a row's key: of which level, by which channel."""
    return [str(row.get(c.id) or "") for name in table.key if (c := table.column(name)).public and c.codes]


def pages_between(before: Shown, now: Shown) -> dict[str, tuple[str, ...]]:
    """The pages that were ``added``, ``changed`` in what they show, or ``removed``."""
    return {
        "added": tuple(sorted(now.keys() - before.keys())),
        "changed": tuple(sorted(p for p in now.keys() & before.keys() if now[p][0] != before[p][0])),
        "removed": tuple(sorted(before.keys() - now.keys())),
    }


def _counts(
    found: Sequence[FigureChange],
    changed: Sequence[rows.RowChange],
    states: Sequence[State],
    pages: Mapping[str, Sequence[str]],
    subjects: Sequence[Subject],
) -> dict[str, int]:
    """How much changes; what another figure says as well is not counted."""
    again = figures.again(found)
    counts = Counter(c.change for c in found if c.id not in again)
    records = {(c.year, part) for c in found if not c.point for part in c.key}
    made = {
        "figures": counts[figures.CORRECTED] + counts[figures.UPDATED],
        "figures_added": counts[figures.ADDED],
        "figures_removed": counts[figures.REMOVED],
        "states": len(states),
        "rows": len(changed),
        "rows_changed": sum(1 for c in changed if c.change != rows.ADDED and c.table != corrections.TABLE),
        **{f"pages_{name}": len(paths) for name, paths in pages.items()},
    }
    for prefix, words in {k: v for s in subjects for k, v in s.counted.items()}.items():
        made[words] = len({r for r in records if r[1][:1] == prefix and r[1][1:].isdigit()})
    return made
