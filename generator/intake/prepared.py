"""What a workbook knows of its cells and text does not: merged ones, dates, ratios; and the marks of our own files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from generator import template, values
from generator.contract import Column
from generator.extract import FORMULA
from generator.format import bare, column_letter
from generator.intake.grid import SMALL
from generator.intake.layout import Left
from generator.intake.part import ALIKE, PLAIN, Part, at
from generator.model import Level, Missing, Problem
from generator.values import short

YEAR_OF = re.compile(r"([12][0-9]{3})年度?")
YUAN = re.compile(r"[¥￥]\s*([0-9].*)")


def prepare(part: Part) -> None:
    """What a workbook knows of its cells and text does not: merged ones, dates, ratios; and our own files' marks."""
    columns = {i: c for c in part.given.columns if (i := part.raw.index(c.name)) is not None}
    _example(part, columns)
    own = {part.raw.letters[i]: i for i in columns}
    _merged(part, columns, own)
    for index, column in columns.items():
        if column.scale == "percent":
            _ratios(part, index, column)
        elif column.scale == "money":
            _signs(part, index, column)
        elif column.id == "year" and column.type == "integer":
            _years(part, index, column)
    places: dict[tuple[int, int], str] = {}
    dates = {(row, own_index) for row, i in part.grid.dates if (own_index := own.get(column_letter(i))) is not None}
    for row, cells in part.raw.rows:
        for index, column in columns.items():
            text = at(cells, index)
            if text[:1] == "'" and text[1:].startswith(FORMULA) and column.type == "string":
                places[row, index] = text[1:]
            elif column.measured and bare(text) == Missing.HIDDEN:
                part.hidden.add((row, column.id))
                places[row, index] = ""
            elif column.type == "string" and (row, index) in dates:
                part.ask(row, column, index, text, "这一格在工作簿里是日期,这一列是文字。", "date_cell")
    part.put(places)


def _example(part: Part, columns: Mapping[int, Column]) -> None:
    """Leaves out the example of a workbook of ours that nobody has replaced. One that is a row of the table changes
    nothing, and stays; one that is made up is known by its words, or else asked about where it was put."""
    gone = set()
    for position, (row, cells) in enumerate(part.raw.rows):
        if position and not any(template.EXAMPLE in cell for cell in cells):
            continue
        sure = template.untouched(part.given, {c.id: values.clean(at(cells, i)) for i, c in columns.items()})
        if sure is None:
            continue
        if not sure:
            message = f"第 {row} 行和空表里的示例行一样,是没有删去的示例、不收吗?"
            part.questions.append(Problem(Level.NOTE, "example_row", message, "", part.shown, row))
        part.left.append(Left(row, part.written(row), "空表里的示例行"))
        gone.add(row)
    part.without(gone)


def _merged(part: Part, columns: Mapping[int, Column], own: Mapping[str, int]) -> None:
    """Cells merged downwards: words are asked for in each row, numbers cannot be shared out."""
    present = {n for n, _ in part.raw.rows}
    places: dict[tuple[int, int], str] = {}
    for top, bottom, left, right in part.grid.merged:
        index = own.get(column_letter(left))
        if index is None or bottom == top or left != right or top not in present:
            continue
        column, text = columns[index], part.cell(top, index)
        rows = [n for n in range(top + 1, bottom + 1) if n in present]
        if not rows or not text.strip():
            continue
        if column.measured and column.name not in part.table.key:
            message = f"第 {top} 到 {bottom} 行 {column.name}:这几行合并成一格,只有一个数,分不清各行是多少。"
            part.refuse("merged_number", message, "在 Excel 里取消合并,把每一行的数填上。", top, column)
            continue
        for row in rows:
            part.ask(row, column, index, text, f"这一格和第 {top} 行合并。", "row_merged")
            places[row, index] = text
    part.put(places)


def _ratios(part: Part, index: int, column: Column) -> None:
    """Numbers up to five in a column of percentages: all of it is asked as ratios, or none of it can be read."""
    spots = {(row, i) for row, i in part.grid.small}
    letter = part.raw.letters[index]
    found: dict[int, Decimal] = {}
    signed = False
    for row, cells in part.raw.rows:
        text = values.clean(at(cells, index)).replace(",", "")
        signed = signed or text.endswith("%")
        if PLAIN.fullmatch(text) and (number := Decimal(text)):
            found[row] = number
    numeric = {row for row, i in spots if column_letter(i) == letter}
    whole = {row for row, n in found.items() if column.whole_percent and n == n.to_integral_value()}
    small = {r for r, n in found.items() if r not in whole and (abs(n) <= 2 or (r in numeric and abs(n) <= SMALL))}
    ratio = any(abs(found[r]) <= 2 for r in small)
    if ratio:  # beside 0.35, 1 is the whole, whatever the contract says of whole numbers; 3 may be 3 % or a slip
        small |= {row for row in whole if abs(found[row]) == 1}
    large = signed or any(abs(n) > SMALL for n in found.values()) or (ratio and not whole <= small)
    if not small:
        return
    if large:
        for row in sorted(small):
            value = part.cell(row, index)
            message = f"第 {row} 行 {column.name}({letter} 列):“{value}”和这一列别的数写法不同,分不清是百分数还是比例。"
            part.refuse("percent_scale", message, "这一列填百分数,2 以内的数请带上百分号。", row, column)
        return
    places = {}
    for row in sorted(small):
        reading = f"{values.digits(found[row] * 100) if ratio else values.digits(found[row])}%"
        part.ask(row, column, index, reading, "", "percent_scale")
        places[row, index] = reading
    part.put(places)


def _signs(part: Part, index: int, column: Column) -> None:
    """Amounts behind the sign of the yuan, which says nothing of ten thousands: asked, with the column's unit."""
    places = {}
    for row, cells in part.raw.rows:
        if found := YUAN.fullmatch(values.clean(at(cells, index))):
            why = f"前面有“¥”,这一列的单位是{column.unit or '元'}。"
            part.ask(row, column, index, found[1], why, "money_sign")
            places[row, index] = found[1]
    part.put(places)


def _years(part: Part, index: int, column: Column) -> None:
    """2021年 is 2021."""
    places = {}
    for row, cells in part.raw.rows:
        if found := YEAR_OF.fullmatch(values.clean(at(cells, index))):
            places[row, index] = found[1]
    for count, ((row, _), reading) in enumerate(places.items()):
        if len(places) > ALIKE and count:
            break
        value, letter = short(part.cell(row, index)), part.raw.letters[index]
        more = f",这一列共 {len(places)} 处" if len(places) > ALIKE else ""
        message = f"第 {row} 行 {column.name}({letter} 列):“{value}”读作“{reading}”(年份写法){more}。"
        part.notes.append(
            Problem(Level.NOTE, "mend", message, "不必改。", part.shown, row, column.name, letter, value, None, reading)
        )
    part.put(places)
