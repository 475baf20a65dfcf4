"""The page of corrections: which number, what it was, what it is, by how much it differs, why, by which document.

Rules see to it that each row leads to a cell and that the cell says what the correction says (``generator.corrected``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from generator import format as fmt
from generator import values
from generator.contract import Column, Table
from generator.model import Entry, Kind, Page
from generator.subject import Site, sources
from generator.subjects.ties import Ties
from generator.tables import BLANK, KEY, KIND
from generator.view import View, row_id

ROOT = "corrections/"
TITLE = "更正记录"
OWN = {"projects": "project", "grievances": "grievance"}  # tables whose own number is what others name it by


def _number(table: Table, column: Column, text: str) -> Decimal | None:
    """The number that a text is in a column, read as the column's own cells are; nothing for words."""
    cell = values.mend(column, text, kinds=table.missing)
    if not column.measured or cell.refusal or values.missing(column, cell.text):
        return None
    return Decimal(cell.text.rstrip("%"))


def _difference(table: Table, column: Column, old: str, new: str) -> str:
    """By how much a number differs, in its column's unit; nothing for words."""
    before, after = (_number(table, column, text) for text in (old, new))
    if before is None or after is None:
        return ""
    unit = "个百分点" if column.scale == "percent" else column.unit or ""
    return f"{'+' if after > before else ''}{fmt.grouped(after - before)}{fmt.THIN}{unit}".rstrip(fmt.THIN)


def _parts(table: Table, key: str) -> dict[str, str]:
    """The parts of a row's key by column id; none that are left empty."""
    texts = key.strip("/").split("/")
    columns = [table.column(name) for name in table.key]
    return {c.id: t for c, t in zip(columns, texts, strict=False) if t != BLANK} if len(texts) == len(columns) else {}


class _Names:
    """What rows are tied to and what places are called, looked up once for all corrections."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.regions = {r["code"]: r["name"] for r in site.tables.rows("regions")}
        self._ties: dict[int, Ties] = {}

    def ties(self, year: int) -> Ties:
        """A year's projects and things."""
        return self._ties.setdefault(year, Ties(self.site, year))

    def words(self, table: Table, parts: Mapping[str, str]) -> list[str]:
        """What the parts of a key mean beside what the row is tied to: place, level, month."""
        found = []
        for column_id, text in parts.items():
            column = next(c for c in table.columns if c.id == column_id)
            codes = {code: word for word, code in column.codes}
            if column_id == "region":
                found.append(self.regions.get(text, text))
            elif column.type == "yearmonth":
                found.append(fmt.month(text))
            elif codes:
                found.append(f"{column.name}：{codes.get(text, text)}")
        return found

    def about(self, table: Table | None, key: str) -> tuple[list[View], str]:
        """What a corrected row is of, as links and in words; its key as it stands where that cannot be said."""
        parts = _parts(table, key) if table else {}
        if table is None or not parts:
            return [], key
        year = parts.get("year", "")
        numbers: dict[str, Any] = {"project": None, "grievance": None}
        for name in numbers:
            text = parts.get(name) or (parts.get("number") if OWN.get(table.id) == name else None)
            numbers[name] = int(text) if text and text.isdigit() else None
        tied = self.ties(int(year)).of(numbers) if year.isdigit() else []
        return tied, "，".join([f"{year} 年{table.title}" if year else table.title, *self.words(table, parts)])


def _line(names: _Names, row: Mapping[str, Any]) -> View:
    table = names.site.tables.contract.table(row["table"])
    column = next((c for c in table.columns if fmt.bare(c.name) == fmt.bare(row["column"])), None) if table else None
    about, words = names.about(table, row["row"])
    return {
        "id": row["id"], "date": row["date"], "about": about, "words": words,
        "column": column.name if column else row["column"], "old": row["old"], "new": row["new"],
        "difference": _difference(table, column, row["old"], row["new"]) if table and column else "",
        "reason": row["reason"], "document": row["document"] or "", "kind": str(row[KIND]),
        "href": f"data/corrections/#{row_id(row[KEY])}",
    }  # fmt: skip


def _entry(line: View) -> Entry:
    what = line["about"][0]["label"] if line["about"] else line["words"]
    text = f"{line['words']}，{line['column']}由 {line['old']} 改为 {line['new']}。{line['reason']}"
    path = f"{ROOT}#{line['id']}"
    return Entry(path, f"更正：{what}", text, path, line["date"], line["kind"] == Kind.DEMO)


def pages(site: Site) -> Iterator[Page]:
    """One page, the newest first; it is there before anything was corrected, and says so."""
    if site.tables.contract.table("corrections") is None:
        return
    rows = sorted(site.tables.rows("corrections"), key=lambda r: (r["date"], r["id"]), reverse=True)
    names = _Names(site)
    lines = [_line(names, row) for row in rows]
    yield Page(
        path=ROOT,
        title=TITLE,
        template="corrections/list.md.j2",
        data={"lines": lines, "sources": sources(site, (), {r["source"] for r in rows})},
        section="data/",
        description=f"{site.identity.city}已经公布的数改过哪些：原来是多少，改成多少，为什么，依据什么。",
        crumbs=(("首页", ""),),
        demo=any(line["kind"] == Kind.DEMO for line in lines),
        as_of=max((r["date"] for r in rows), default=None),
        search="更正 勘误 改正 改过的数 错了",
        feed=tuple(map(_entry, lines)) if site.followed else (),
    )
