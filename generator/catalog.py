"""The data catalogue: each table with its dictionary, row count, date, licence and files."""

from __future__ import annotations

from collections.abc import Iterator

from generator import format as fmt
from generator.contract import Column, Table
from generator.model import Kind, Page
from generator.origins import MAX_ROWS_SHOWN, Rows, grid
from generator.subject import Site
from generator.tables import KIND, Tables
from generator.view import View

ROOT = "data/"
TYPES = {"string": "文字", "integer": "整数", "number": "数", "date": "日期", "yearmonth": "年月"}


def _kinds(tables: Tables, table: Table) -> list[str]:
    frame = tables.frame(table.id)
    if KIND not in frame:
        return []
    found = set(frame[KIND])
    return [str(kind) for kind in Kind if kind in found]


def _as_of(tables: Tables, table: Table) -> str:
    names = [c.id for c in table.columns if c.public and c.id in ("month", "as_of")]
    found = [fmt.end_of(v) for n in names for v in tables.frame(table.id)[n] if v]
    return max(found, default="")


def _files(site: Site, table: Table) -> list[View]:
    resources = site.tables.contract.of(table.id)
    return [{"text": f"{r.year} 年 CSV" if r.year else "CSV", "href": r.csv} for r in resources]


def _allowed(column: Column) -> str:
    words = []
    if column.constraint("enum"):
        words.append("、".join(str(v) for v in column.constraint("enum")))
    if column.constraint("minimum") is not None:
        words.append(f"不小于 {column.constraint('minimum')}")
    if column.constraint("required"):
        words.append("必填")
    return ";".join(words)


def _entry(site: Site, table: Table) -> View:
    return {
        "id": table.id,
        "title": table.title,
        "description": table.description,
        "href": f"{ROOT}{table.id}/",
        "rows": len(site.tables.frame(table.id)),
        "as_of": _as_of(site.tables, table),
        "kinds": _kinds(site.tables, table),
        "files": _files(site, table),
    }


def _table_page(site: Site, table: Table, rows: Rows) -> Page:
    entry = _entry(site, table)
    records = rows.records(table.id)
    # Every figure leads to its document there, so sources are shown however many they are.
    small = bool(records) and (len(records) <= MAX_ROWS_SHOWN or table.id == "sources")
    columns = [
        {
            "name": c.name, "id": c.id, "type": TYPES[c.type], "unit": c.unit or "", "description": c.description,
            "allowed": _allowed(c), "key": c.name in table.key,
        }
        for c in table.columns if c.public
    ]  # fmt: skip
    return Page(
        path=f"{ROOT}{table.id}/",
        title=f"数据表：{table.title}",
        template="table.md.j2",
        data={**entry, "columns": columns, "grid": grid(rows, table, records) if small else None},
        section=ROOT,
        description=table.description,
        crumbs=(("首页", ""), ("数据", ROOT)),
        demo=str(Kind.DEMO) in entry["kinds"],
        as_of=entry["as_of"] or None,
    )


def figure_files(site: Site) -> dict[str, list[str]]:
    """Ids of the figures in each published JSON file, by its path."""
    files: dict[str, list[str]] = {}
    for figure in site.figures.values():
        files.setdefault(f"{ROOT}figures/{figure.year}/{figure.subject}.json", []).append(figure.id)
    return files


def pages(site: Site, rows: Rows) -> Iterator[Page]:
    """The catalogue, and a page for each table."""
    tables = site.tables.contract.tables()
    entries = [_entry(site, t) for t in tables]
    files = figure_files(site)
    figures = [{"href": p, "text": f"{p.removeprefix(ROOT)}（{len(ids)} 个数）"} for p, ids in files.items()]
    yield Page(
        path=ROOT,
        title="数据",
        template="catalog.md.j2",
        data={"tables": entries, "figures": figures, "licence": site.tables.contract.licence},
        section=ROOT,
        description=f"{site.identity.city}民生公开的全部数据表：字典、行数、截至日期和下载。",
        crumbs=(("首页", ""),),
        demo=any(str(Kind.DEMO) in e["kinds"] for e in entries),
        as_of=max((e["as_of"] for e in entries if e["as_of"]), default=None),
    )
    for table in tables:
        yield _table_page(site, table, rows)
