"""Why what was published is another now; without a reason it may not be published.

Every published cell that counts (``rows.counts``) and is another now needs rows in table ``corrections`` that are new
since the release, and lead from the published value to the one that stands there, whether a figure is made from it or
not: two cells may change so that no sum does. A row that is gone needs one whose 新值 is 删去. Rows that are new, gaps
that are filled, and rows whose own 截至 is a later one, need none.

A figure is another at a later date (an update), or because of such rows; one that changed though its rows did not (the
program reckons otherwise) needs a correction whose 数据表 is figures.
In closed years (``closed: [2020]`` in the contract) all of this needs a correction, new rows and later dates too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from generator import corrections as recorded
from generator import extract
from generator.contract import Column
from generator.corrections import Correction
from generator.diff.figures import ADDED as NEW_FIGURE
from generator.diff.figures import REMOVED as REMOVED_FIGURE
from generator.diff.figures import UPDATED, FigureChange
from generator.diff.published import Published
from generator.diff.rows import ADDED, CHANGED, EMPTY, REMOVED, RowChange, absent, counts, text
from generator.format import bare
from generator.model import Missing

LATER, ROWS, FILLED, CORRECTED = "新的一期", "新增的行", "补报", "更正"
KIND, FRESH, REVERTED, WITHDRAWN, NONE = "性质变了", "新的指标", "恢复", "撤下", "没有说明"

MONTH = re.compile(r"(?<![^/])\d{4}-\d{2}(?![^/])")  # a part of a row's key

Place = tuple[str, str, str]  # table, key, column's header


@dataclass(frozen=True, slots=True)
class Reason:
    """``why`` is one of the words above, ``corrections`` the ids that say so; ``wanted`` the cells that lack one, each
    with its values before and now."""

    why: str
    corrections: tuple[str, ...] = ()
    wanted: tuple[tuple[Place, str, str], ...] = ()


@dataclass(slots=True)
class Reasons:
    """What can be a reason: changed rows by file, corrections that are new by the cell that they speak of.

    ``reverts`` is the release whose inputs are taken again, ``withdrawn`` the rows (label, key) that are taken out.
    """

    old: Published
    rows: Sequence[RowChange]
    corrections: Sequence[Correction]
    closed: frozenset[int] = frozenset()
    reverts: int | None = None
    withdrawn: frozenset[tuple[str, str]] = frozenset()
    _by_label: dict[str, list[RowChange]] = field(init=False, default_factory=lambda: defaultdict(list))
    _by_cell: dict[tuple[str, str], list[Correction]] = field(init=False, default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        known = self.old.rows.get(recorded.TABLE, {})
        for change in self.rows:
            if change.change != CHANGED or any(map(counts, change.cells)):
                self._by_label[change.label].append(change)
        for correction in self.corrections:
            if str(correction.row["id"]) not in known:
                table = correction.table.id if correction.table else str(correction.row["table"])
                self._by_cell[table, correction.key].append(correction)

    def of_rows(self) -> Iterator[Reason]:
        """The reasons for changed rows, whatever figures say; those of the corrections themselves need none."""
        for change in self.rows:
            looked = change.change != CHANGED or any(map(counts, change.cells))
            if looked and change.table != recorded.TABLE and self.reverts is None:
                yield self._row(change, _year(change) in self.closed)

    def of(self, change: FigureChange) -> Reason:
        """The reason for a figure's change; a revert is one for what has no other."""
        reason = self._of(change)
        return Reason(REVERTED) if reason.why == NONE and self.reverts is not None else reason

    def _of(self, change: FigureChange) -> Reason:
        closed = change.year in self.closed
        if change.change == UPDATED and not closed:
            return Reason(LATER)
        same = ("value", "unit", "as_of", "lacks", "precision")
        if change.old and change.new and all(change.old[n] == change.new[n] for n in same):
            return Reason(KIND)
        touched = list(self._touching(change)) or list(self._passed(change))
        if not touched:
            named = self._reckoned(change)
            if named:
                return Reason(CORRECTED, named)
            return Reason(FRESH) if change.change == NEW_FIGURE and not closed else self._unexplained(change)
        return self._together([self._row(row, closed) for row in touched])

    def _reckoned(self, change: FigureChange) -> tuple[str, ...]:
        """The corrections of a figure that lead from its published value to the one that it has now."""
        mine = self._by_cell.get((recorded.FIGURES, change.id), ())
        return _ids(mine) if _leads(mine, *_values(change)) else ()

    def _unexplained(self, change: FigureChange) -> Reason:
        values = _values(change)
        return Reason(NONE, wanted=(((recorded.FIGURES, change.id, "数值"), values[0], values[1]),))

    def _touching(self, change: FigureChange) -> Iterator[RowChange]:
        """The changed rows among those that a figure is made from, before or now."""
        entries = [entry for entry in (change.old, change.new) if entry]
        references = {(ref["table"], ref["key"]) for entry in entries for ref in entry["rows"]}
        seen: set[tuple[str, str]] = set()
        for label, pattern in sorted(references):
            parts = pattern.split("/")
            for row in self._by_label.get(label, ()):
                if (label, row.key) not in seen and _matches(parts, row.key.split("/")):
                    seen.add((label, row.key))
                    yield row

    def _passed(self, change: FigureChange) -> Iterator[RowChange]:
        """New rows of a later month, because of which a newest figure is no longer one: nothing was said of it then."""
        if change.change != REMOVED_FIGURE or change.point or change.old is None:
            return
        month = (change.old["as_of"] or "")[:7]
        for label in sorted({ref["table"] for ref in change.old["rows"]}):
            rows = [r for r in self._by_label.get(label, ()) if r.change == ADDED]
            yield from (r for r in rows if month and any(m > month for m in MONTH.findall(r.key)))

    def _row(self, row: RowChange, closed: bool) -> Reason:
        """Whether a changed row may be another one."""
        if (row.label, row.key) in self.withdrawn:
            return Reason(WITHDRAWN)
        if row.change == REMOVED:
            gone = [c for c in self._by_cell.get((row.table, row.key), ()) if c.gone]
            return Reason(CORRECTED, _ids(gone)) if gone else self._wanted(row, [row.cells[0]])
        if row.change == ADDED and not closed:
            return Reason(ROWS)
        if row.later and not closed:
            return Reason(LATER)
        open_cells = [c for c in row.cells if counts(c) and (closed or not absent(row.old, c))]
        if not open_cells:
            return Reason(FILLED)
        found = [self._cell(row, column) for column in open_cells]
        lacking = [column for column, said in zip(open_cells, found, strict=True) if not said]
        if row.change == ADDED and any(found):  # one corrected cell says why the row is there
            lacking = []
        said = _ids(correction for cell in found for correction in cell)
        return (
            self._wanted(row, lacking[:1] if row.change == ADDED else lacking) if lacking else Reason(CORRECTED, said)
        )

    def _cell(self, row: RowChange, column: Column) -> list[Correction]:
        """The corrections of a cell that lead from what was published to what it says now."""
        mine = [c for c in self._by_cell.get((row.table, row.key), ()) if c.column and c.column.id == column.id]
        return mine if _leads(mine, text(row.old, column), text(row.new, column)) else []

    def _wanted(self, row: RowChange, columns: Sequence[Column]) -> Reason:
        now = recorded.GONE if row.change == REMOVED else None
        return Reason(
            NONE,
            wanted=tuple(
                ((row.table, row.key, c.name), text(row.old, c), now or text(row.new, c)) for c in columns
            ),
        )  # fmt: skip

    @staticmethod
    def _together(found: Sequence[Reason]) -> Reason:
        """One reason for all of a figure's rows: the gravest, with all corrections."""
        order = (NONE, CORRECTED, WITHDRAWN, FILLED, LATER, ROWS)
        return Reason(
            min((r.why for r in found), key=order.index),
            tuple(dict.fromkeys(i for r in found for i in r.corrections)),
            tuple(dict.fromkeys(w for r in found for w in r.wanted)),
        )


def telling(old: Published, new: Published, found: Iterable[Correction]) -> list[str]:
    """The ids of new corrections that say a count which is hidden now, or was when it was published."""
    known = old.rows.get(recorded.TABLE, {})
    cells: dict[Place, list[Correction]] = defaultdict(list)
    for correction in found:
        table, column = correction.table, correction.column
        if table and column and column.id in table.suppressed and str(correction.row["id"]) not in known:
            cells[table.id, correction.key, column.id].append(correction)
    said: list[str] = []
    for (table_id, key, column_id), mine in cells.items():
        mine.sort(key=lambda c: c.order)
        was, now = (_cell_of(published, table_id, key, column_id) for published in (old, new))
        if Missing.HIDDEN not in (was, now):
            continue
        for correction in mine:
            first, last = correction is mine[0], correction is mine[-1]
            fine = (was if first else Missing.HIDDEN, now if last else Missing.HIDDEN)
            texts = [bare(str(correction.row[name])) for name in ("old", "new")]
            if any(t != Missing.HIDDEN and not _same(t, right) for t, right in zip(texts, fine, strict=True)):
                said.append(str(correction.row["id"]))
    return said


def _cell_of(published: Published, table: str, key: str, column: str) -> str:
    """A published cell's text, or why there is none."""
    rows = (rows[key] for label, rows in published.rows.items() if label.split(":")[0] == table and key in rows)
    row = next(rows, {})
    value = row.get(column)
    return str(row.get("@missing", {}).get(column, EMPTY)) if value is None else str(value)


def _values(change: FigureChange) -> tuple[str, str]:
    """A figure's values before and now, as published."""
    old, new = (EMPTY if e is None or e["value"] is None else str(e["value"]) for e in (change.old, change.new))
    return old, new


def _leads(corrections: Sequence[Correction], old: str, new: str) -> bool:
    """Whether corrections, one after the other, begin at what was published and end at what stands there now.

    Nothing was published of a row that is new or of a gap, so anything may be said of that.
    """
    found = sorted(corrections, key=lambda c: c.order)
    if not found:
        return False
    first = found[0]
    below = first.table.suppressed.get(first.column.id, 0) if first.table and first.column else 0
    small = old == Missing.HIDDEN or (old.isdecimal() and int(old) < below)  # it may have become one since
    unsaid = small and bare(str(first.row["old"])) == Missing.HIDDEN
    return bool(old == EMPTY or unsaid or _same(str(first.row["old"]), old)) and _says(found[-1], new)


def _says(correction: Correction, now: str) -> bool:
    """Whether the new value of a correction is what stands there: as it is written, or as it is read."""
    if _same(str(correction.row["new"]), now):
        return True
    if correction.value is None or correction.column is None:
        return False
    value, why = correction.value
    column = correction.column.id
    cell = extract.cell({column: value, f"{column}?": why}, correction.column)
    return _same("、".join(cell) if isinstance(cell, tuple) else str(cell or EMPTY), now)


def _matches(pattern: Sequence[str], key: Sequence[str]) -> bool:
    return len(pattern) == len(key) and all(p in ("*", k) for p, k in zip(pattern, key, strict=True))


def _ids(corrections: Iterable[Correction]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(c.row["id"]) for c in corrections))


def _same(said: str, published: str) -> bool:
    """Whether a correction's 原值 is what was published; 119.00 is 119."""
    try:
        return Decimal(bare(said).replace(",", "")) == Decimal(published)
    except InvalidOperation:
        return bare(said) == bare(published)


def _year(change: RowChange) -> int | None:
    """The year that a row is of; ``None`` where its table has none."""
    found = (change.new or change.old or {}).get("year")
    return None if found is None else int(found)


def suggestions(reasons: Iterable[Reason]) -> list[tuple[Place, str, str]]:
    """The cells that lack a correction, once each."""
    return list(dict.fromkeys(w for reason in reasons for w in reason.wanted))
