"""Cells that name rows of other tables: names and aliases mended to codes, and what leads nowhere refused."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import process

from generator.contract import Column, Contract, Reference, Table
from generator.format import bare
from generator.sheet import HOW, Sheet
from generator.values import KINDS, SEPARATORS, Refusal, lost_zeros, short

NEAR = 55
LISTED = 4  # names that are equally near and are told
POINT_ZERO = re.compile(r"([0-9]+)\.0+")  # a code that a program has taken for a number: 12.0
Sheets = Mapping[str, Sequence[Sheet]]  # by table id


@dataclass(frozen=True, slots=True)
class Names:
    """How rows of a table may be named: bare name -> canonical text, and bare name -> how it is written.

    ``wholes`` are canonical texts of rows that are the others together, where none of those may be named.
    """

    codes: Mapping[str, str]
    written: Mapping[str, str]
    wholes: frozenset[str] = frozenset()

    def code(self, text: str) -> str | None:
        """The canonical text of the row that a text names."""
        name = bare(text)
        point = POINT_ZERO.fullmatch(name)
        return self.codes.get(name) or (self.codes.get(point[1]) if point else None)

    def near(self, text: str) -> list[str]:
        """The written names that are most like ``text``, one of each row: several when they are equally near."""
        found = process.extract(bare(text), list(self.codes), score_cutoff=NEAR, limit=None) if text else []
        first: dict[str, str] = {}
        for name, score, _ in found:
            if score == found[0][1]:
                first.setdefault(self.codes[name], self.written[name])
        # A whole is passed over only for what is as near: 某市 is not 某市高新区 because 某市 itself may not report.
        return [name for code, name in first.items() if code not in self.wholes] or list(first.values())


def _named(sheet: Sheet, table: Table, to: Column) -> Iterator[tuple[int, Column, str, str]]:
    """(position, column, name, canonical text) of every name of every row."""
    for header in table.lookup or (to.name,):
        column = table.column(header)
        for position, text in enumerate(sheet.texts[column.id]):
            for name in text.split("、") if column.many else [text]:
                if name:
                    yield position, column, name, sheet.texts[to.id][position]


def names(table: Table, to: Column, sheets: Sequence[Sheet]) -> Names:
    """All names of a table's rows; a name of two rows stands for the first."""
    codes: dict[str, str] = {}
    written: dict[str, str] = {}
    for sheet in sheets:
        for position, text in enumerate(sheet.texts[to.id]):
            if text and position not in sheet.bad:
                codes.setdefault(bare(text), text)
                written.setdefault(bare(text), text)
        for _, _, name, code in _named(sheet, table, to):
            if code:
                codes.setdefault(bare(name), code)
                written.setdefault(bare(name), name)
    return Names(codes, written)


def parts_only(table: Table, target: Table, column: Column) -> bool:
    """Whether a column may only name regions that report, and not the one that is all the others together: one of the
    key. What a row only mentions is another matter."""
    return target.id == "regions" and column.name in table.key and "reports" in {c.id for c in target.columns}


def wholes(table: Table, target: Table, column: Column, sheets: Sequence[Sheet]) -> frozenset[str]:
    """Rows that are all the others together, where a column may not name them."""
    if not parts_only(table, target, column):
        return frozenset()
    to = target.column(target.key[0]).id
    return frozenset(
        code
        for sheet in sheets
        for code, reports in zip(sheet.texts[to], sheet.texts["reports"], strict=True)
        if reports == "否"
    )


def doubled(table: Table, sheets: Sequence[Sheet]) -> None:
    """A name or alias stands for one row only."""
    if not table.lookup or not table.key:
        return
    to = table.column(table.key[0])
    first: dict[str, tuple[str, int]] = {}
    for sheet in sheets:
        for position, column, name, code in list(_named(sheet, table, to)):
            owner, where = first.setdefault(bare(name), (code, sheet.rows[position]))
            if owner != code and column.name not in table.key and not column.constraint("unique"):
                message = f"里的“{short(name)}”也是第 {where} 行的名称或别名,分不清指哪一行"
                sheet.refuse(position, column, Refusal("alias_twice", message, "同一个名称只留在一行里。"))


def _unknown(text: str, target: Table, to: Column, known: Names) -> Refusal:
    parts = [part for part in SEPARATORS.split(text.replace("\r", "\n")) if part.strip()]
    if len(parts) > 1:
        remedy = "只填一个;要填几个,请分成几行,或与管理数据的同事商量增加一列。"
        return Refusal("several", "写了几个,这一格只能填一个", remedy)
    zeros = lost_zeros(to, text)
    if zeros and bare(zeros) in known.codes:
        return Refusal("identifier", "比编号应有的位数少", "前面的 0 丢了。把这一列设为“文本”格式再填。", zeros)
    near, hint = known.near(text), None
    if len(near) > 1:
        ask = f"有几个一样相近({'、'.join(near[:LISTED])}{' 等' if len(near) > LISTED else ''}),分不清是哪一个。"
    elif near and known.codes[bare(near[0])] in known.wholes:
        ask = f"最像“{near[0]}”,但它是合计,不单独填报。"
    else:
        hint = near[0] if near else None
        ask = f"是不是“{hint}”?" if hint else ""
    remedy = f"{ask}核对后改正;确实是新的,先在“{target.title}”表里加一行。"
    return Refusal("reference", f"在“{target.title}”表里找不到", remedy, hint)


def _one(text: str, column: Column, known: Names) -> str | None:
    """The canonical text of a cell, or ``None`` when (a part of) it names nothing."""
    if not column.many:
        return known.code(text)
    parts = [known.code(part) for part in text.split("、")]
    return "、".join(p for p in parts if p) if all(parts) else None


def _single(sheet: Sheet, reference: Reference, table: Table, target: Table, known: Names) -> None:
    """Mends or refuses one column that names rows of a table."""
    column, to = table.column(reference.fields[0]), target.column(reference.to[0])
    found = sheet.texts[column.id]
    codes = {text: _one(text, column, known) for text in dict.fromkeys(found) if text}
    refusals = {text: _refusal(text, column, target, to, known) for text, code in codes.items() if code is None}
    where: dict[str, list[int]] = defaultdict(list)
    for position, text in enumerate(found):
        if text and codes[text] != text:
            where[text].append(position)
    sheet.texts[column.id] = [codes.get(text) or text for text in found]
    raw = sheet.raw.setdefault(column.id, {})
    for text, positions in where.items():
        for position in positions:
            raw.setdefault(position, text)
        if text in refusals:
            for position in (p for p in positions if p not in sheet.bad):
                sheet.refuse(position, column, refusals[text])
        else:
            what = ("mend", HOW["number_form"]) if POINT_ZERO.fullmatch(bare(text)) else ("alias", "名称对应")
            sheet.mended(*what, column, [p for p in positions if p not in sheet.bad])


def _refusal(text: str, column: Column, target: Table, to: Column, known: Names) -> Refusal:
    """Why a cell names nothing; of a list, what its first unknown part may mean, in the whole cell."""
    if not column.many:
        return _unknown(text, target, to, known)
    parts = text.split("、")
    at = next((i for i, part in enumerate(parts) if known.code(part) is None), 0)
    refusal = _unknown(parts[at], target, to, known)
    hint = refusal.suggestion and "、".join([*parts[:at], refusal.suggestion, *parts[at + 1 :]])
    return replace(refusal, suggestion=hint)


def _composite(sheet: Sheet, reference: Reference, table: Table, target: Table, rows: set[tuple[str, ...]]) -> None:
    """Refuses rows whose columns together name no row of the other table; 不涉及 names none and need not."""
    columns = [table.column(name) for name in reference.fields]
    texts = zip(*(sheet.texts[c.id] for c in columns), strict=True)
    for position, parts in enumerate(texts):
        if position in sheet.bad or not all(parts) or parts in rows or KINDS & set(parts):
            continue
        named = "、".join(f"{c.name} {short(part)}" for c, part in zip(columns, parts, strict=True))
        message = f"在“{target.title}”表里找不到({named})"
        remedy = f"核对后改正;确实有的,先在“{target.title}”表里加一行。"
        sheet.refuse(position, columns[-1], Refusal("reference", message, remedy))


def resolve(contract: Contract, sheets: Sheets, broken: Sheets) -> None:
    """Follows every reference of every sheet, in place.

    ``broken`` sheets could not be read whole. References to their tables are left as they are; their own cells are
    looked up as far as their columns are known, so that one run names as much as it can.
    """
    for table in contract.tables():
        doubled(table, sheets[table.id])
    for table in contract.tables():
        for reference in table.references:
            target = contract.table(reference.table)
            if target is None or target.id in broken:
                continue
            if len(reference.fields) == 1:
                column = table.column(reference.fields[0])
                known = names(target, target.column(reference.to[0]), sheets[target.id])
                known = replace(known, wholes=wholes(table, target, column, sheets[target.id]))
                for sheet in [*sheets[table.id], *(s for s in broken.get(table.id, ()) if column.id in s.texts)]:
                    _single(sheet, reference, table, target, known)
            else:
                ids = target.ids(reference.to)
                rows = {t for s in sheets[target.id] for t in zip(*(s.texts[i] for i in ids), strict=True)}
                for sheet in sheets[table.id]:
                    _composite(sheet, reference, table, target, rows)
