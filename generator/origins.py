"""这个数从哪来: for every figure, the page section that shows exactly its rows, their sum and their document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from generator import format as fmt
from generator.cite import citation, report
from generator.contract import Column, Resource, Table
from generator.errors import ProgramError
from generator.model import Figure, Kind, Page, RowRef
from generator.subject import Site, Subject, names_of
from generator.tables import KEY, KIND, TABLE, Tables
from generator.view import UNDATED, View, address, row_id, view

Row = dict[str, Any]
About = Callable[[Figure], View]  # what a figure is a figure of, in words
LONG_TEXT = 80  # a column that allows more characters than this is given room


def text_of(column: Column, row: Row) -> str:
    """A cell as text for people: amounts in 万元, missing by its kind, lists joined by 、."""
    value = row[column.id]
    if column.measured and row.get(f"{column.id}?"):
        return str(row[f"{column.id}?"])
    if value is None or value != value:
        return ""
    if column.scale == "money":
        places = next(p for p in range(2, 7) if int(value) % 10 ** (6 - p) == 0)
        return fmt.wan(int(value), places)
    if column.scale == "percent":
        text = str(fmt.rounded(Fraction(value) * 100, 2))
        return text.rstrip("0").rstrip(".").replace("-", fmt.MINUS)
    if column.many:
        return "、".join(value)
    return str(value).replace("-", fmt.MINUS) if column.measured else str(value)


class Rows:
    """Finds the rows of references quickly: one pass over a table for each shape of key pattern."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self._index: dict[tuple[str, tuple[int, ...]], dict[tuple[str, ...], list[Row]]] = {}
        self._by_key: dict[str, dict[str, Row]] = {}
        self._names: dict[str, dict[str, str]] = {}
        self._shown: dict[tuple[str, str], list[str]] = {}
        self._readable: dict[str, list[tuple[Column, dict[str, str]]]] = {}

    def records(self, table: str) -> list[Row]:
        """All rows of a table as dicts by column id, plus the ``@`` columns."""
        return self.tables.rows(table)

    def of(self, ref: RowRef) -> list[Row]:
        """The rows that a reference selects, in the order of their keys."""
        table = ref.table.split(":")[0]
        if "*" not in ref.key:
            if table not in self._by_key:
                self._by_key[table] = {r[KEY]: r for r in self.records(table)}
            found = self._by_key[table].get(ref.key)
            return [] if found is None else [found]
        parts = ref.key.split("/")
        fixed = tuple(i for i, part in enumerate(parts) if part != "*")
        shape = (ref.table, fixed)
        if shape not in self._index:
            index = defaultdict(list)
            for row in self.records(table):
                if row[TABLE] == ref.table:
                    key = row[KEY].split("/")
                    index[tuple(key[i] for i in fixed)].append(row)
            self._index[shape] = index
        return self._index[shape].get(tuple(parts[i] for i in fixed), [])

    def cells(self, table: Table, columns: Sequence[Column], row: Row) -> list[str]:
        """A row's cells as text, coded references by their readable names; each row is shown several times."""
        place = (row[TABLE], row[KEY])
        if place not in self._shown:
            if table.id not in self._readable:
                self._readable[table.id] = [(c, self._named(table, c)) for c in columns]
            readable = self._readable[table.id]
            self._shown[place] = [names.get(str(row[c.id])) or text_of(c, row) for c, names in readable]
        return self._shown[place]

    def _named(self, table: Table, column: Column) -> dict[str, str]:
        for reference in table.references:
            target = self.tables.contract.table(reference.table)
            if reference.fields == (column.name,) and target and target.lookup and reference.to == target.key:
                return self._called(target)
        return {}

    def _called(self, target: Table) -> dict[str, str]:
        if target.id not in self._names:
            label = target.column(next(n for n in target.lookup if n not in target.key)).id
            self._names[target.id] = {r[KEY]: r[label] for r in self.records(target.id)}
        return self._names[target.id]


def _source_views(rows: Rows, ids: set[str]) -> list[View]:
    return [
        {
            "id": s["id"],
            "title": s["title"],
            "kind": s["kind"],
            "publisher": s["publisher"],
            "published": s["published"],
            "url": s["url"],
            "href": f"data/sources/#{row_id(s['id'])}",
        }
        for s in rows.records("sources")
        if s["id"] in ids
    ]


def grid(rows: Rows, table: Table, records: Sequence[Row]) -> View:
    """Rows as a table for a page: header, cells as they stand, and the sum of each column that can be added.

    What is cumulative is not added over several months: the sum would mean nothing.
    """
    columns = [c for c in table.columns if c.public]
    names = {*table.key, *(name for reference in table.references for name in reference.fields)}
    by = table.column(table.cumulative_by) if table.cumulative_by else None
    if by and len({r[by.id] for r in records}) > 1:
        names |= set(table.cumulative)
    summed = [c for c in columns if c.measured and c.name not in names and c.scale != "percent"]
    addable = [c for c in summed if c.scale == "money" or c.type == "integer"] if len(records) else []
    sums = []
    for c in columns:
        values = [r[c.id] for r in records if r[c.id] is not None] if c in addable else []
        total = sum(int(v) for v in values)
        sums.append((fmt.wan(total) if c.scale == "money" else fmt.grouped(total)) if values else "")
    return {
        "columns": [
            {
                "name": c.name,
                "num": c.measured and c.name not in table.key,
                "text": (c.constraint("maxLength") or 0) > LONG_TEXT,
            }
            for c in columns
        ],
        "rows": [
            {
                "key": r[KEY],
                "id": row_id(r[KEY]),
                "demo": r.get(KIND) == Kind.DEMO,
                "cells": rows.cells(table, columns, r),
                "missing": [bool(c.measured and r.get(f"{c.id}?")) for c in columns],
            }
            for r in records
        ],
        "sums": sums,
        "count": len(records),
    }


def _found(rows: Rows, figure: Figure, ref: RowRef) -> tuple[Resource, list[Row]]:
    """The file and rows that a figure refers to; raises ``ProgramError`` when they are not what it says."""
    resource = rows.tables.contract.resource(ref.table)
    found = rows.of(ref) if resource else []
    if resource is None or not found:
        raise ProgramError(f"{figure.id} 的行 {ref} 不在数据里")
    if ref.rows != len(found):
        raise ProgramError(f"{figure.id} 声称有 {ref.rows} 行，与数据不符")
    return resource, found


def _section(site: Site, rows: Rows, fragment: str, figures: Sequence[Figure], about: About) -> View:
    chosen: dict[str, dict[str, list[Row]]] = defaultdict(dict)
    files: dict[str, Resource] = {}
    for figure in figures:
        for ref in figure.rows:
            files[ref.table], chosen[ref.table][ref.key] = _found(rows, figure, ref)
    grids = []
    sources: set[str] = set()
    for label, keys in sorted(chosen.items()):
        found = [row for _, selected in sorted(keys.items()) for row in selected]
        sources |= {r["source"] for r in found if r.get("source")}
        file = files[label]
        head = {
            "title": file.table.title, "label": label, "key": " ".join(sorted(keys)), "csv": file.csv,
            "about": f"data/{file.table.id}/",
        }  # fmt: skip
        grids.append({**head, **grid(rows, file.table, found)})
    shown = _merged(figures, about)
    labels = "、".join(dict.fromkeys(f["label"] for f in shown))
    return {
        "id": fragment,
        "name": f"{shown[0]['of']} · {labels}" if shown[0]["of"] else labels,
        "date": shown[0]["date"],
        "figures": [{**f, "cite": citation(site, f), "report": report(site, f)} for f in shown],
        "tables": grids,
        "sources": _source_views(rows, sources),
    }


def _merged(figures: Sequence[Figure], about: About) -> list[View]:
    """Figures as views; a month's figure and the newest one of the same value share a line, with both ids."""
    lines: dict[tuple[str, ...], View] = {}
    for figure in figures:
        shown = {**view(figure), "ids": [], **about(figure)}
        line = lines.setdefault(tuple(str(shown[name]) for name in ("about", "label", "value", "formula")), shown)
        line["ids"].append(figure.id)
    return list(lines.values())


class Names:
    """What the records are called whose figures stand on a page of origins."""

    def __init__(self, tables: Tables, subjects: Sequence[Subject]) -> None:
        self._tables, self._subjects = tables, subjects
        self._years: dict[int, dict[str, str]] = {}

    def of(self, figure: Figure, parts: Sequence[str]) -> list[str]:
        """Parts of a figure's key by name; a published total of a record that no table lists says it in its label."""
        if figure.year not in self._years:
            self._years[figure.year] = names_of(self._tables, self._subjects, figure.year)
        known = self._years[figure.year]
        return [known.get(part) or figure.label.rpartition("·")[0].strip() or part for part in parts if part != "all"]

    def about(self, parent: Page) -> About:
        """What figures below a page are figures of: ``about``, the page and what of their key its address does not
        say; ``of``, the second part of their key, which tells sections of a record's page apart.
        """
        said = parent.path.split("/")

        def name(figure: Figure) -> View:
            parts = figure.key.split("+")
            rest = [part for part in parts if part not in said]
            title = parent.title if str(figure.year) in parent.title else f"{figure.year} 年 {parent.title}"
            return {"about": " · ".join([title, *self.of(figure, rest)]), "of": " · ".join(self.of(figure, parts[1:]))}

        return name


def _title(path: str, parent: Page, names: Names, first: Figure) -> str:
    """What tells a page of origins from others: the page that it is behind, its record, its date."""
    record, _, stamp = path.removeprefix(f"{first.subject}/{first.year}/").strip("/").partition("/origin")
    own = [] if record in parent.path.split("/") else names.of(first, [record])
    stamp = stamp.strip("/")
    date = [] if not stamp else ["没有月份的"] if stamp == UNDATED else [f"截至 {fmt.month(stamp)}"]
    return f"{' · '.join([parent.title, *own, *date])}：数从哪来"


def pages(site: Site, rows: Rows, parents: dict[str, Page], subjects: Sequence[Subject]) -> Iterator[Page]:
    """One page for each record that has figures (for ``all``, one a date), a section for each selection.

    ``parents`` are the subject pages by path: an origin page takes the section, and the way back, of the
    nearest of them. Raises ``ProgramError`` when a figure's rows are not in the data.
    """
    names = Names(site.tables, subjects)
    by_page: dict[str, dict[str, list[Figure]]] = defaultdict(lambda: defaultdict(list))
    for figure in site.figures.values():
        path, fragment = address(figure).split("#")
        by_page[path][fragment].append(figure)
    for path, sections in sorted(by_page.items()):
        parent = _parent(path, parents)
        about = names.about(parent)
        built = [_section(site, rows, fragment, found, about) for fragment, found in sorted(sections.items())]
        figures = [f for found in sections.values() for f in found]
        _claim_rows(built)
        _tell_apart(built)
        title = _title(path, parent, names, figures[0])
        yield Page(
            path=path,
            title=title,
            template="origin.md.j2",
            data={"subject": parent.title, "back": parent.path, "sections": built},
            section=parent.section,
            description=f"{title.removesuffix('：数从哪来')}：每个数由哪些行、怎么算出来，出自哪份文件。",
            crumbs=(*parent.crumbs, (parent.title, parent.path)),
            demo=any(f.kind is Kind.DEMO for f in figures),
            as_of=max((f.as_of for f in figures if f.as_of), default=None),
        )


def _parent(path: str, parents: dict[str, Page]) -> Page:
    parts = path.rstrip("/").split("/")
    for n in range(len(parts), -1, -1):
        candidate = "/".join(parts[:n]) + "/" if n else ""
        if candidate in parents:
            return parents[candidate]
    raise ProgramError(f"{path} 没有上级页面")


def _tell_apart(sections: list[View]) -> None:
    """The newest figure of a series stands in a section of its own, beside the one of its month: it says so."""
    months = {(s["name"], s["date"]) for s in sections if "@" in s["figures"][0]["id"]}
    for section in sections:
        if "@" not in section["figures"][0]["id"] and (section["name"], section["date"]) in months:
            section["name"] = f"最新的{section['name']}"


def _claim_rows(sections: list[View]) -> None:
    """An id stands once on a page: the smallest selection that shows a row is the row's own address."""
    claimed: set[str] = set()
    order = sorted(sections, key=lambda s: (sum(t["count"] for t in s["tables"]), s["id"]))
    for section in order:
        for table in section["tables"]:
            for row in table["rows"]:
                row["anchor"] = row["id"] not in claimed
                claimed.add(row["id"])
