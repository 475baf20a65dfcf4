"""Rows of totals, left out of the data and held against it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from generator import values
from generator.contract import Column, Table
from generator.model import Level, Problem
from generator.read import RawTable
from generator.sheet import Sheet


def _summed(table: Table) -> list[Column]:
    """Columns whose values add up: money and counts, but no keys and no percentages."""
    return [
        c for c in table.columns
        if c.measured and c.name not in table.key and c.scale != "percent" and c.unit != "%"
    ]  # fmt: skip


def _value(table: Table, column: Column, text: str) -> int | None:
    cell = values.mend(column, text, kinds=table.missing)
    if cell.refusal or values.missing(column, cell.text):
        return None
    found = values.typed(column, cell.text)
    return int(found) if found is not None and found == int(found) else None


def check(
    shown: str, table: Table, sheet: Sheet, raw: RawTable, dropped: Sequence[tuple[int, tuple[str, ...]]]
) -> Iterator[Problem]:
    """Says of each total whether it is what the rows above it, below it, or all rows add up to."""
    columns = [(c, i) for c in _summed(table) if (i := raw.index(c.name)) is not None]
    borders = sorted(row for row, _ in dropped)
    for row, cells in dropped:
        stated = {c.id: v for c, i in columns if i < len(cells) and (v := _value(table, c, cells[i])) is not None}
        if not stated:
            continue
        groups = [list(group) for group in _groups(sheet, row, borders) if group]
        sums = [{c.id: _sum(sheet, table, c, group) for c, _ in columns if c.id in stated} for group in groups]
        if stated in sums:
            message = f"第 {row} 行是合计,与各行相加一致,已略过。"
            yield Problem(Level.NOTE, "total_agrees", message, "不必改。", shown, row)
            continue
        nearest = max(sums, key=lambda s: sum(s[c] == stated[c] for c in stated), default={})
        for column, index in columns:
            if column.id in stated and nearest.get(column.id) != stated[column.id]:
                own, text = nearest.get(column.id), _text(column, stated[column.id])
                computed = "没有可以相加的行" if own is None else f"各行相加是 {_text(column, own)}"
                message = f"第 {row} 行 {column.name}({raw.letter(index)} 列):合计是 {text},{computed}。"
                remedy = "核对原件:是合计错了,还是少了行、数字有误。合计不导入,网站上的合计由各行算出。"
                yield Problem(
                    Level.WARNING, "total_differs", message, remedy, shown, row, column.name, raw.letter(index), text
                )


def _groups(sheet: Sheet, row: int, borders: Sequence[int]) -> Iterator[Sequence[int]]:
    """Positions of rows that a total may be of: all, those up to the total before, those up to the next one."""
    before = max((b for b in borders if b < row), default=0)
    after = min((b for b in borders if b > row), default=10**9)
    yield range(len(sheet.rows))
    yield [i for i, n in enumerate(sheet.rows) if before < n < row]
    yield [i for i, n in enumerate(sheet.rows) if row < n < after]


def _sum(sheet: Sheet, table: Table, column: Column, group: Sequence[int]) -> int:
    found = (_value(table, column, sheet.texts[column.id][i]) for i in group)
    return sum(v for v in found if v is not None)


def _text(column: Column, value: int) -> str:
    if column.scale != "money":
        return f"{value}{column.unit or ''}"
    unit = column.unit or "元"
    return values.digits(Decimal(value) / values.FEN[unit]) + unit
