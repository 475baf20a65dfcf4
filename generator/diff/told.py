"""A change in words: one line, the text of ``portal diff``, and the page for whoever signs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2

from generator import corrections, records
from generator import format as fmt
from generator.diff import figures, reasons, rows
from generator.diff.changes import Changes
from generator.diff.figures import FigureChange

TELLING = "更正说出了网站上不公开的数,原值、新值要写“不公开”"
MOST = 40  # lines of a kind in a terminal; the page and the JSON have all
HERE = Path(__file__).parent
CHANGE = {
    figures.ADDED: "新增", figures.REMOVED: "没有了", figures.CORRECTED: "同一截至时间", figures.UPDATED: "新的一期",
}  # fmt: skip
ROW = {rows.ADDED: "新增", rows.REMOVED: "删去", rows.CHANGED: "改动"}
PAGES = {"added": "新增", "changed": "改动", "removed": "去掉"}


def summary(counts: Mapping[str, int], *, first: bool = False) -> str:
    """How much changes, in one line: ``7 个项目、12 个数、2 个状态``."""
    if first:
        return f"第一次发布:{counts['figures']} 个数、{counts['rows']} 行数据、{counts['pages']} 页"
    words = [(counts[name], name) for name in counts if not name.isascii()]
    words += [(counts["figures"], "个数"), (counts["states"], "个状态")]
    words += [(counts["figures_added"], "个新增的数"), (counts["figures_removed"], "个去掉的数")]
    words.append((counts.get("rows_changed", 0), "行改动"))  # not in records of before it was counted
    words.append((counts["pages_added"] + counts["pages_changed"] + counts["pages_removed"], "页"))
    return "、".join(f"{n} {word}" for n, word in words if n) or "没有变化"


def line(changes: Changes, change: FigureChange) -> dict[str, str]:
    """A figure's change as a line of a table."""
    reason = changes.why[change.id]
    old, new = figures.texts(change.old, change.new)
    return {
        "id": change.id,
        "title": changes.titles[change.id],
        "old": old,
        "new": new,
        "difference": figures.difference(change.old, change.new),
        "as_of": "、".join(dict.fromkeys(str(e["as_of"] or "未注明") for e in (change.old, change.new) if e)),
        "why": reason.why + (f"({'、'.join(reason.corrections)})" if reason.corrections else ""),
        "said": ";".join(filter(None, (changes.said.get(i, "") for i in reason.corrections))),
        "grave": "yes" if reason.why == reasons.NONE else "",
    }


def _ordered(changes: Changes) -> list[FigureChange]:
    """What lacks a reason first, then what changed at its date, then totals, then the rest; points of series last."""

    def place(c: FigureChange) -> tuple[bool, bool, bool, bool, str]:
        grave = changes.why[c.id].why != reasons.NONE
        return grave, c.point, c.change not in (figures.CORRECTED, figures.REMOVED), c.key != ["all"], c.id

    return sorted(changes.figures, key=place)


def _of(changes: Changes, where: str) -> str:
    """What a warning is about: the row in words, if it is of one."""
    return f"{changes.abouts[where]}," if where in changes.abouts else ""


def _told_rows(changes: Changes) -> list[rows.RowChange]:
    """The rows that were published and are others, or gone; the corrections are not corrected."""
    return [c for c in changes.rows if c.change != rows.ADDED and c.table != corrections.TABLE]


def _row(changes: Changes, change: rows.RowChange) -> str:
    cells = [f"{k.name} {rows.text(change.old, k)} → {rows.text(change.new, k)}" for k in change.cells]
    what = ";".join(cells) if change.change == rows.CHANGED else ROW[change.change]
    return f"{changes.abouts[f'{change.label}/{change.key}']}:{what} {change.label}/{change.key}"


def _few(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield f"\n{title}({len(lines)})"
        yield from (f"  {text}" for text in lines[:MOST])
        if len(lines) > MOST:
            yield f"  ……还有 {len(lines) - MOST} 条,用 --format json 或 --html 看全部"


def text(changes: Changes) -> str:
    """The whole for a terminal."""
    return "\n".join(_text(changes))


def _text(changes: Changes) -> Iterator[str]:
    against = f"与第 {changes.base} 次发布相比" if changes.base else "还没有发布过"
    yield f"{against}:{summary(changes.counts, first=changes.base is None)}。"
    warned = [f"{what}:{_of(changes, where)}{words}({where})" for what, where, words in changes.warnings]
    yield from _few("要看一看的", warned)
    again = changes.again
    made = [line(changes, c) for c in _ordered(changes) if c.id not in again]
    yield from _few(
        "数", [f"{m['title']}:{m['old']} → {m['new']} {m['difference']} 〔{m['why']}〕 {m['id']}" for m in made]
    )
    yield from _few("状态", [f"{s.about}:{s.column} {s.old} → {s.new}" for s in changes.states])
    yield from _few("改动和删去的数据行", [_row(changes, c) for c in _told_rows(changes)])
    if changes.base:
        for name, word in PAGES.items():
            yield from _few(f"{word}的页面", [f"/{path}" for path in changes.pages.get(name, ())])
    if changes.lost:
        yield f"\n公布过的更正不能删,也不能改原值、新值和行列:{'、'.join(changes.lost)}。请照原样放回去。"
    if changes.telling:
        yield f"\n{TELLING}:{'、'.join(changes.telling)}。"
    if changes.wanted:
        yield f"\n下面 {len(changes.wanted)} 处改了已经公布的数,没有说明。"
        yield "在更正表(corrections)里各加一行,写明原因和依据:"
        for (table, key, column), old, new in changes.wanted[:MOST]:
            yield f"  数据表 {table},行 {key},列 {column},原值 {old},新值 {new}"
    yield f"\n改动的校验值 {records.short(changes.hash)}(报批时写在审签单上)"


def as_json(changes: Changes) -> str:
    """The whole as JSON, with its own hash and what is wanted before it may be published."""
    wanted = [
        {"table": table, "row": key, "column": column, "old": old, "new": new}
        for (table, key, column), old, new in changes.wanted
    ]
    whole = {**changes.as_json(), "hash": changes.hash, "wanted": wanted}
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, indent=1)


def html(changes: Changes, *, site: str, as_of: str | None) -> str:
    """A page of its own, to be printed and signed: nothing is loaded, nothing runs."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )  # fmt: skip
    again = changes.again
    data: dict[str, Any] = {
        "site": site,
        "as_of": as_of and fmt.day(fmt.end_of(as_of)),
        "base": changes.base,
        "demo": changes.demonstration,
        "hash": changes.hash,
        "short": records.short(changes.hash),
        "summary": summary(changes.counts, first=changes.base is None),
        "warnings": [(what, where, f"{_of(changes, where)}{words}") for what, where, words in changes.warnings],
        "lines": [line(changes, c) for c in _ordered(changes) if c.id not in again],
        "points": len(again),
        "states": changes.states,
        "rows": [
            (
                ROW[c.change], changes.abouts[f"{c.label}/{c.key}"], f"{c.label}/{c.key}",
                [(k.name, rows.text(c.old, k), rows.text(c.new, k)) for k in c.cells],
            )
            for c in _told_rows(changes)
        ],
        "rows_added": sum(1 for c in changes.rows if c.change == rows.ADDED),
        "pages": [(PAGES[name], paths) for name, paths in changes.pages.items() if paths],
        "wanted": changes.wanted,
        "lost": changes.lost,
        "telling": f"{TELLING}:{'、'.join(changes.telling)}。" if changes.telling else "",
    }  # fmt: skip
    return environment.get_template("sheet.html.j2").render(data)
