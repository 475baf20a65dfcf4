"""Workbooks to be filled in: one for each table, with headers, lists, hints and an example from the contract.

What an office fills in here comes back as it should be: columns that hold words are text cells, so that codes keep
their zeros and a month stays a month; dates are dates; numbers are written without separators.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from generator import catalog, lookup
from generator.contract import Column, Table
from generator.extract import cell
from generator.files import explained
from generator.format import column_letter
from generator.tables import Tables
from generator.workbook import DEMO, Book, as_text, cell_kind, fitting, write_about, write_dictionary

CODES = "可以填的"
SAID = re.compile("留空|填不涉及|填未|必填")  # of a column whose description says what is put where there is nothing
EXAMPLE = "示例"  # begins the words of an example that is made up
YEAR = "9999"  # stands for any year
ZEROS = re.compile(r"\.0+$")  # what a number format adds: 100.00
NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
LAST_ROW = 1_048_575
TITLE, MESSAGE, INLINE = 32, 255, 255  # what Excel takes: characters of a hint's title, of a hint, of a list in a cell
NUMBERS = {"money": "0.00####", "percent": "0.00####", "count": "0", "ordinal": "0", "number": "General"}
WORDS = {"未报送": "没有报的数", "不涉及": "不适用的", "待定": "还没有定的"}


def columns_of(table: Table, tables: Tables | None) -> dict[str, list[tuple[str, str]]]:
    """What may be chosen in a column, by id: (what is written, what it stands for) of each row that it may name."""
    found: dict[str, list[tuple[str, str]]] = {}
    for column in table.columns:
        if allowed := column.constraint("enum"):
            found[column.id] = [(str(value), "") for value in allowed]
    for reference in table.references:
        target = tables.contract.table(reference.table) if tables else None
        if len(reference.fields) > 1 or target is None or tables is None or target.id == table.id:
            continue
        column, to, name = table.column(reference.fields[0]), target.column(reference.to[0]), _name(target)
        if to.public:
            rows = tables.rows(target.id)
            if lookup.parts_only(table, target, column):
                rows = [r for r in rows if r["reports"] != "否"]
            found[column.id] = [
                (str(r[to.id]), str(r[name.id] or "") if name and name.id != to.id else "") for r in rows
            ]
    return {column: rows for column, rows in found.items() if rows}


def _name(table: Table) -> Column | None:
    """The column that says in words what a row is."""
    return next((c for c in table.columns if c.name == "名称" and c.public), None)


def example(
    table: Table, tables: Tables | None, choices: Mapping[str, Sequence[tuple[str, str]]], year: int
) -> list[str]:
    """A row as it should be filled in: the table's first of its newest year, or one made from the contract.

    Words for what is not public stay empty.
    """
    rows = tables.rows(table.id) if tables else []
    if rows:
        years = [r["year"] for r in rows if r.get("year")]
        row = next(r for r in rows if not years or r["year"] == max(years))
        return [as_text(cell(row, c)) if c.public else "" for c in table.columns]
    return [_made(column, choices.get(column.id), year) for column in table.columns]


def _made(column: Column, choices: Sequence[tuple[str, str]] | None, year: int) -> str:
    if choices:
        return choices[0][0]
    if column.id == "year":
        return str(year)
    kinds = {"integer": "1", "number": "100", "yearmonth": f"{year}-12", "date": f"{year}-12-31"}
    return kinds.get(column.type, f"{EXAMPLE}{column.name}")


def untouched(table: Table, texts: Mapping[str, str]) -> bool | None:
    """Whether a row that came back, by column id, is the example that was made up: surely, where it has words that only
    the example has; perhaps, where it has none; ``None`` when it is not.

    The year is one that somebody had then, and what names rows of other tables is whatever came first there.
    """
    linked = {r.fields[0] for r in table.references if len(r.fields) == 1}
    surely = False
    for column in table.columns:
        text, words = texts.get(column.id, ""), f"{EXAMPLE}{column.name}"
        if text == words:
            surely = True
        elif column.name not in linked or not text:
            allowed = column.constraint("enum")
            made = _made(column, [(str(allowed[0]), "")] if allowed else None, int(YEAR))
            if not re.fullmatch(re.escape(made).replace(YEAR, "[0-9]{4}"), ZEROS.sub("", text)):
                return None
    return surely


def workbook(table: Table, tables: Tables | None, year: int) -> bytes:
    """A table's workbook: headers, an example row, what may be chosen, what each column is, how it is filled in.

    ``tables`` are the city's own, for lists and example; ``None`` while its data cannot be read. ``year`` stands in an
    example that has to be made up.
    """
    choices = columns_of(table, tables)
    row = example(table, tables, choices, year)
    demo = bool(tables and tables.demo())
    with explained("写 Excel 文件"):
        book = Book(table.title, DEMO if demo else "")
        lists = {column_id: _listed(i, [v for v, _ in rows]) for i, (column_id, rows) in enumerate(choices.items())}
        _filled_in(book, table, row, lists)
        if choices:
            _codes(book, table, choices)
        write_dictionary(book, catalog.dictionary(table, private=True), nature=False)
        write_about(book, _about(table, demo=demo))
        book.book.close()
    return book.out.getvalue()


def write(folder: Path, table: Table, tables: Tables | None, year: int) -> tuple[Path, bool]:
    """Puts a table's workbook into a folder, made if need be; gives its path and whether it is new.

    What is there already stays as it is: somebody may have filled it in. Raises ``MachineError``.
    """
    path = folder / f"{NOT_IN_NAMES.sub('_', table.title)}.xlsx"
    content = workbook(table, tables, year)
    with explained(f"写 {path.name} "):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            file = path.open("xb")
        except FileExistsError:
            return path, False
        try:
            with file:
                file.write(content)
        except OSError:
            path.unlink(missing_ok=True)  # half a workbook looks like a broken one
            raise
    return path, True


def _listed(index: int, values: Sequence[str]) -> Any:
    """A drop-down list: the values themselves where Excel has room for them, else where they stand."""
    if len(",".join(values)) <= INLINE and not any("," in v for v in values):
        return list(values)
    letter = column_letter(2 * index)
    return f"='{CODES}'!${letter}$2:${letter}${len(values) + 1}"


def _filled_in(book: Book, table: Table, row: Sequence[str], lists: Mapping[str, Any]) -> None:
    """The sheet that is filled in. The headers are the contract's own, so that they are known again."""
    numbers = {name: book.book.add_format({"num_format": form, "valign": "top"}) for name, form in NUMBERS.items()}
    kinds = [cell_kind(table, c) for c in table.columns]
    formats = [numbers.get(kind, book.date if kind == "date" else book.text) for kind in kinds]
    names = [c.name for c in table.columns]
    sheet = book.sheet(table.title[:31], [fitting([n, t]) for n, t in zip(names, row, strict=True)], formats)
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{LAST_ROW}"})
    for index, column in enumerate(table.columns):
        sheet.data_validation(1, index, LAST_ROW, index, _rule(table, column, lists.get(column.id)))
        book.words(sheet, 0, index, column.name, book.head)
    for index, text in enumerate(row):
        if kinds[index] in numbers and text and text not in table.missing:
            sheet.write_number(1, index, float(text), numbers[kinds[index]])
        else:
            book.put(sheet, "date" if kinds[index] == "date" else "string")(1, index, text)


def _rule(table: Table, column: Column, choice: Any) -> dict[str, Any]:
    """What a cell shows when it is chosen, and the list that it offers. Only a closed list refuses anything else."""
    hint = {"input_title": column.name[:TITLE], "input_message": _hint(table, column)[:MESSAGE]}
    if choice is None or column.many:
        return {"validate": "any", **hint}
    closed = column.constraint("enum") is not None
    error = "请从清单里选。" if closed else f"清单里没有；名称和别名也认得，见“{CODES}”。"
    return {
        "validate": "list", "source": choice, **hint, "error_type": "stop" if closed else "information",
        "error_title": "不在清单里", "error_message": error,
    }  # fmt: skip


def _hint(table: Table, column: Column) -> str:
    parts = [f"{column.description}。" if column.description else ""]
    if column.unit:
        parts.append(f"单位：{column.unit}，只填数。")
    if column.constraint("required"):
        parts.append("必填。")
    elif not SAID.search(column.description):  # the contract's own words say more, and may say otherwise
        parts.append("必填。" if column.name in table.key else "没有的留空。")
    if column.many:
        parts.append("有几个的，用“、”隔开。")
    if column.type == "yearmonth" and "写成" not in column.description:
        parts.append("写成 2021-12。")
    return "".join(parts)


def _codes(book: Book, table: Table, choices: Mapping[str, Sequence[tuple[str, str]]]) -> None:
    """What may be chosen in each column, and what it stands for."""
    heads = [h for column_id in choices for h in (next(c.name for c in table.columns if c.id == column_id), "是什么")]
    lists = [list(texts) for rows in choices.values() for texts in zip(*rows, strict=True)]
    widths = [fitting([head, *texts]) for head, texts in zip(heads, lists, strict=True)]
    sheet = book.sheet(CODES, widths, [book.text] * len(heads))
    for index, head in enumerate(heads):
        book.words(sheet, 0, index, head, book.head)
    for number, line in enumerate(zip_longest(*lists, fillvalue=""), 1):
        for index, text in enumerate(line):
            book.words(sheet, number, index, text, book.text)


def _about(table: Table, *, demo: bool) -> list[tuple[str, str]]:
    words = "；".join(f"{what}填“{word}”" for word, what in WORDS.items() if word in table.missing)
    said = [
        ("表", table.title),
        ("是什么", table.description),
        ("怎么填", "第 1 行是表头，不要改；第 2 行是示例，改掉或删去。一行一条，不要合并单元格，不要写合计。"),
    ]
    if words:
        said.append(("没有数", f"{words}。空着就是未报送。"))
    if demo:
        said.append(("数据性质", DEMO))
    return said
