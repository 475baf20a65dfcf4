"""What looks wrong in a change, though it may be right: to be looked at by whoever signs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from generator.contract import Column, Contract, Table
from generator.diff.figures import FigureChange, text
from generator.diff.published import Published, Row
from generator.diff.rows import RowChange, pairs
from generator.diff.rows import text as cell

TENFOLD = 10
Warned = tuple[str, str, str]  # what, the row's or figure's id, in words


def _number(row: Row, column: Column) -> Fraction | None:
    value = row.get(column.id)
    return None if value is None or not column.measured else Fraction(str(value))


def backwards(contract: Contract, old: Published, new: Published) -> Iterator[Warned]:
    """Cumulative numbers and progress of a series that are less than in the release before."""
    for table, label, before, after in pairs(contract, old, new):
        for column in (c for c in table.columns if c.public and _grows(table, c)):
            was, now = _number(before, column), _number(after, column)
            if was is not None and (now is None or now < was):
                how = "变成" if now is None else "退到"
                words = f"{column.name}由 {cell(before, column)} {how} {cell(after, column)}"
                yield "退步", f"{label}/{after['@key']}", words


def _grows(table: Table, column: Column) -> bool:
    """Whether a column only grows from month to month: cumulative ones, and how far the work has come."""
    return column.name in table.cumulative or (column.scale == "percent" and table.due is not None)


def skipped(contract: Contract, old: Published, new: Published) -> Iterator[Warned]:
    """States that leave out a step, or go back, on a way that the contract names (``steps``)."""
    for table, label, before, after in pairs(contract, old, new):
        for column in (c for c in table.columns if c.public and c.steps):
            was, now = before.get(column.id), after.get(column.id)
            if was in column.steps and now in column.steps:
                by = column.steps.index(now) - column.steps.index(was)
                if by > 1 or by < 0:
                    between = column.steps[column.steps.index(was) + 1 : column.steps.index(now)]
                    how = f"跳过了{'、'.join(between)}" if by > 1 else "倒退了"
                    yield "状态", f"{label}/{after['@key']}", f"{column.name}由{was}到{now},{how}"


def tenfold_cells(changes: Sequence[RowChange]) -> Iterator[Warned]:
    """Amounts of a row that was published that are ten times what they were, or a tenth."""
    for change in changes:
        for column in (c for c in change.cells if c.scale == "money" and change.old and change.new):
            was, now = _number(change.old or {}, column), _number(change.new or {}, column)
            if was and now and was > 0 and now > 0 and (now >= TENFOLD * was or was >= TENFOLD * now):
                words = f"{column.name}由 {cell(change.old, column)} 变成 {cell(change.new, column)},相差十倍以上"
                yield "十倍", f"{change.label}/{change.key}", words


def tenfold(changes: Sequence[FigureChange]) -> Iterator[Warned]:
    """Totals that are ten times what they were, or a tenth: 万 and 亿 may have been mixed up."""
    for change in changes:
        if change.point or len(change.key) > 1 or not change.old or not change.new or change.new["unit"] != "元":
            continue
        was, now = Fraction(change.old["value"] or 0), Fraction(change.new["value"] or 0)
        if was > 0 and now > 0 and (now >= TENFOLD * was or was >= TENFOLD * now):
            words = f"{change.entry['label']}由 {text(change.old)} 变成 {text(change.new)},相差十倍以上,万和亿混写了?"
            yield "十倍", change.id, words
