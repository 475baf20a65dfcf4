"""The header of a sheet that came in, settled by questions: names that are near, other units, columns of others."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from decimal import Decimal

from generator import header, values
from generator.contract import Column
from generator.extract import NATURE
from generator.format import bare, column_letter
from generator.header import base, unit_of
from generator.intake.grid import Grid
from generator.intake.layout import Found
from generator.intake.part import PLAIN, Part, at
from generator.model import Level, Problem
from generator.values import FEN, short

ROUNDS = 6  # a header, then a unit, then a cell, then a name; each round leaves less


def begin(found: Found, grid: Grid, shown: str, fills: Mapping[str, str], year: int | None) -> Part:
    """A part whose header is settled, or refused; ``fills`` are columns, by header, that hold one value throughout."""
    part = Part(shown, grid, found.table, found.raw, list(found.left), year, notes=list(found.notes), unit=found.unit)
    part.told, part.units = found.given, found.units
    part.raw = replace(part.raw, letters=tuple(part.raw.letter(i) for i in range(len(part.raw.header))))
    if grid.asked:
        part.questions.append(Problem(Level.NOTE, "full_width_comma", grid.asked, "", shown))
    _unit(part)
    _fill(part, fills)
    for _ in range(ROUNDS):
        if not _settle(part):
            break
    _keep(part)
    if grid.unknown:
        row, index = grid.unknown[0]
        several = f"等 {len(grid.unknown)} 格" if len(grid.unknown) > 1 else ""
        message = f"第 {row} 行 {column_letter(index)} 列{several}是公式,算出来的数没有存在文件里。"
        part.refuse("not_calculated", message, "用 Excel 或 WPS 打开文件,保存一次,再导入。", row)
    if not part.raw.rows:
        part.refuse("no_rows", "只有表头,没有数据行。", "检查是不是发错了文件。")
    return part


def _unit(part: Part) -> None:
    """Asks whether what a line above the table says of the unit holds for its columns."""
    known = {base(c.name): c for c in part.table.columns if c.scale == "money"}
    columns = [(i, c) for i, name in enumerate(part.raw.header) if (c := known.get(base(name)))]
    other = [name for i, _ in columns if unit_of(name := part.raw.header[i]) not in (None, part.unit)]
    if not part.unit or not columns:
        return
    if part.unit not in FEN:
        message = f"表头上面写着单位:{part.unit},不知道怎样换算成{columns[0][1].unit}。"
        part.refuse("unit_unknown", message, "换算好再导入;金额单位就是表头括号里的,删去上面那一行。")
        return
    if other:
        message = f"表头上面写着单位:{part.unit},“{'、'.join(other)}”写着别的单位,照表头读吗?"
    else:
        message = f"表头上面写着单位:{part.unit},金额各列照此读吗?"
    part.questions.append(Problem(Level.NOTE, "unit_above", message, "", part.shown, part.raw.header_row))


def _fill(part: Part, fills: Mapping[str, str]) -> None:
    names = {bare(n) for n in part.raw.header}
    for column in part.table.columns:
        value = next((v for n, v in fills.items() if bare(n) in (bare(column.name), base(column.name))), None)
        if value is not None and bare(column.name) not in names:
            part.raw = replace(
                part.raw,
                header=(*part.raw.header, column.name),
                letters=(*part.raw.letters, "填"),
                rows=tuple((n, (*cells, value)) for n, cells in part.raw.rows),
            )


def _settle(part: Part) -> bool:
    """One round over the header: renames and drops columns that may be; whether anything has changed."""
    _, problems = header.match(part.raw, part.given, part.shown)
    letters = {letter: i for i, letter in enumerate(part.raw.letters)}
    gone: set[int] = set()
    names = list(part.raw.header)
    for problem in problems:
        index = letters.get(problem.letter or "")
        if index is None:
            continue
        if problem.rule == "header_near" and problem.suggestion:
            said = _as(part, index, problem.suggestion)
            part.ask_header(index, problem.suggestion, said, problem.rule)
            names[index] = problem.suggestion
        elif problem.rule == "header_unit" and problem.suggestion:
            if _convert(part, index, part.table.column(problem.suggestion)):
                names[index] = problem.suggestion
        elif problem.rule == "header_unknown":
            if bare(part.raw.header[index]) != bare(NATURE):
                part.ask_header(
                    index, "", f"“{short(part.raw.header[index])}”不是这张表的列,不收这一列吗?", problem.rule
                )
            gone.add(index)
        elif problem.rule == "header_blank" and not any(at(cells, index).strip() for _, cells in part.raw.rows):
            gone.add(index)
    changed = bool(gone) or tuple(names) != part.raw.header
    part.raw = replace(part.raw, header=tuple(names))
    _drop(part, gone)
    return changed


def _as(part: Part, index: int, right: str) -> str:
    name = short(part.raw.header[index])
    if base(name) == base(right):
        return f"“{name}”没有写单位,按{unit_of(right)}读吗?"
    return f"“{name}”读作“{right}”吗?"


def _drop(part: Part, gone: Collection[int]) -> None:
    if not gone:
        return
    kept = [i for i in range(len(part.raw.header)) if i not in gone]
    part.raw = replace(
        part.raw,
        header=tuple(part.raw.header[i] for i in kept),
        letters=tuple(part.raw.letters[i] for i in kept),
        rows=tuple((n, tuple(at(cells, i) for i in kept)) for n, cells in part.raw.rows),
    )


def _convert(part: Part, index: int, column: Column) -> bool:
    """Asks whether a whole column in another unit may be converted, and does; nothing where nobody knows how."""
    given, own = unit_of(part.raw.header[index]) or "", column.unit or ""
    if given not in FEN or own not in FEN:
        return False
    places: dict[tuple[int, int], str] = {}
    for row, cells in part.raw.rows:
        text = values.clean(at(cells, index)).removeprefix("'").strip().replace(",", "").removeprefix("+")
        if PLAIN.fullmatch(text):
            places[row, index] = values.digits(Decimal(text) * FEN[given] / FEN[own])
    shown = next(((part.cell(*place), text) for place, text in places.items()), ("", ""))
    message = f"单位是{given},换算成{own}吗?(如“{shown[0]}”换成“{shown[1]}”,共 {len(places)} 格)"
    part.ask_header(index, column.name, message, "header_unit")
    part.put(places)
    return True


def _keep(part: Part) -> None:
    """Columns that are not public are not in our own files: what is there stays."""
    present = {bare(n) for n in part.raw.header}
    part.kept = {c.id for c in part.table.columns if not c.public and bare(c.name) not in present}
