"""The contract's types and constraints, checked by Frictionless; its English errors as our Chinese ones."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from generator.contract import Column, Table
from generator.errors import UsageError
from generator.values import Refusal

CONSTRAINT = re.compile(r'constraint "(\w+)"')
OURS = frozenset({"unique", "required"})  # the rest depends on the text alone; an empty one needs no library
MOST = 5000  # Frictionless takes half a millisecond an error: a swapped column must not take minutes


def _descriptor(table: Table) -> dict[str, Any]:
    """The schema for distinct texts: no keys, no ``unique``, patterns that hold for the whole text."""
    fields = []
    for column in table.columns:
        limits = {k: list(v) if isinstance(v, tuple) else v for k, v in column.constraints if k not in OURS}
        if "pattern" in limits:  # Frictionless anchors "a|b" as "^a|b$"
            limits["pattern"] = f"(?:{limits['pattern']})"
        fields.append({"name": column.name, "type": column.type, "constraints": limits})
    return {"fields": fields, "missingValues": [""]}


def _allowed(column: Column) -> str | None:
    low, high = column.constraint("minimum"), column.constraint("maximum")
    unit = column.unit or ""
    if low is not None and high is not None:
        return f"{low} 到 {high}{unit}"
    if low is not None:
        return f"不小于 {low}{unit}"
    return f"不大于 {high}{unit}" if high is not None else None


def _refusal(column: Column, kind: str, text: str) -> tuple[Refusal, str | None]:
    """Our words for a broken constraint, and what is allowed."""
    if kind == "required":
        return Refusal("required", "没有填", f"这一格必须填:{column.description}。"), "不能为空"
    if kind in ("minimum", "maximum"):
        allowed = _allowed(column)
        return Refusal("range", f"超出了范围({allowed})", "核对数值和单位。"), allowed
    if kind in ("maxLength", "minLength"):
        low, high = column.constraint("minLength"), column.constraint("maxLength")
        allowed = f"最多 {high} 个字" if kind == "maxLength" else f"至少 {low} 个字"
        return Refusal("length", f"有 {len(text)} 个字,{allowed}", "写短一些,细节另附文件。"), allowed
    if kind == "enum":
        allowed = "、".join(str(v) for v in column.constraint("enum"))
        return Refusal("enum", "不在允许的范围里", f"只能填:{allowed}。"), allowed
    allowed = column.constraint("pattern")
    return Refusal("pattern", "格式不对", f"按这一列的写法填:{column.description}。"), allowed


def broken(table: Table, distinct: Mapping[str, Sequence[str]]) -> dict[tuple[str, str], tuple[Refusal, str | None]]:
    """(column id, canonical text) -> the refusal and what is allowed, for texts that break the contract.

    ``distinct`` holds each column's different texts, ``""`` for nothing: a constraint on a cell depends on
    its text alone, so each is checked once. At most ``MOST`` different texts are refused.
    Raises ``UsageError`` for a schema that Frictionless refuses.
    """
    from frictionless import Checklist, FrictionlessException, Resource, Schema  # slow to import

    height = max((len(texts) for texts in distinct.values()), default=0)
    if not height:
        return {}
    columns = table.columns
    rows = [[c.name for c in columns]]
    rows += [[texts[i] if i < len(texts) else "" for texts in (distinct[c.id] for c in columns)] for i in range(height)]
    try:
        schema = Schema.from_descriptor(_descriptor(table))
        report = Resource(data=lambda: iter(rows), schema=schema).validate(Checklist(), limit_errors=MOST)
    except FrictionlessException as faulty:
        raise UsageError(f"数据契约里 {table.id} 的定义不对:{faulty.error.message}") from None
    found: dict[tuple[str, str], tuple[Refusal, str | None]] = {}
    names = {c.name: c for c in columns}
    for error in (e for task in report.tasks for e in task.errors):
        column = names.get(getattr(error, "field_name", ""))
        index = getattr(error, "row_number", 0) - 2
        if column is None or index >= len(distinct[column.id]):
            continue
        text = distinct[column.id][index]
        match = CONSTRAINT.search(error.note)
        found.setdefault((column.id, text), _refusal(column, match[1] if match else "", text))
    for column in columns:
        if column.constraint("required") and "" in distinct[column.id]:
            found.setdefault((column.id, ""), _refusal(column, "required", ""))
    return found
