"""The rows of the data, each at an address of its own: on its table's page, its year's, or its month's of a year.

Figures or not, large or small: an address is made from the contract and the row's key alone (``view.row_address``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from generator import format as fmt
from generator.contract import Resource, Table
from generator.model import Kind, Page
from generator.origins import Row, Rows, grid
from generator.tables import KEY, KIND, TABLE
from generator.view import UNDATED, View, month_part, row_address, rows_page

ROOT = "data/"
FORMATS = {
    "csv": ("CSV", "text/csv"),
    "xlsx": ("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "json": ("JSON", "application/json"),
}  # what each file is published as: its extension, what it is called, its media type
PLAIN = re.compile(r"[A-Za-z0-9._/-]+")  # a key that can stand in an address as it is


def _kinds(records: Sequence[Row]) -> list[str]:
    found = {r[KIND] for r in records if KIND in r}
    return [str(kind) for kind in Kind if kind in found]


def _dated(table: Table) -> list[str]:
    """The ids of the columns that say as of when a row is; without those, of when something happened.

    What is planned, and when a document came out, says nothing of how new a table is.
    """
    ids = {c.id for c in table.columns if c.public}
    return [i for i in ("month", "as_of") if i in ids] or [i for i in ("date", "actual") if i in ids]


def _as_of(table: Table, records: Sequence[Row]) -> str:
    found = [fmt.end_of(r[n]) for n in _dated(table) for r in records if r[n]]
    return max(found, default="")


def _since(table: Table, records: Sequence[Row]) -> str:
    """The date as a table of the catalogue shows it: missing by its kind."""
    return _as_of(table, records) or ("未注明" if records and _dated(table) else "不涉及" if records else "没有数据")


def facts(table: Table, records: Sequence[Row]) -> View:
    """What is to be said of some rows of a table: how many, as of when, of which kinds."""
    return {
        "rows": fmt.grouped(len(records)),
        "as_of": _as_of(table, records),
        "since": _since(table, records),
        "kinds": _kinds(records),
    }


def pattern(table: Table, resources: Sequence[Resource]) -> View:
    """How the address of a row is made, in words."""
    page, month = f"{ROOT}{table.id}/", None
    if resources and resources[0].year is not None:
        month = table.cumulative_by if month_part(table) is not None else None
        page += f"年度/{month}/" if month else "年度/"
    return {
        "page": page,
        "key": "、".join(n for n in table.key if table.column(n).public),
        "undated": UNDATED if month else None,
    }


def example(resources: Sequence[Resource], records: Sequence[Row]) -> str | None:
    """The address of a row: the first of the newest page, so that it is there."""
    files = {r.label: r for r in resources}
    plain = [r for r in records if PLAIN.fullmatch(r[KEY])]
    first = max(plain, key=lambda r: rows_page(files[r[TABLE]], r[KEY]), default=None)  # of several, the first
    return row_address(files[first[TABLE]], first[KEY]) if first else None


def of(resource: Resource, records: Sequence[Row]) -> list[Row]:
    """The rows of one file."""
    return [r for r in records if r[TABLE] == resource.label]


def title(resource: Resource) -> str:
    """What a file is called: its table's title, and the year of a yearly one."""
    return resource.table.title if resource.year is None else f"{resource.table.title} {resource.year} 年"


def files(resource: Resource) -> dict[str, str]:
    """Where a file is published, by extension."""
    return {extension: resource.csv if extension == "csv" else resource.file(extension) for extension in FORMATS}


def links(resource: Resource) -> list[tuple[str, str, str]]:
    """A file's downloads, as templates show them: the format, where, and which file of which table it is."""
    return [(FORMATS[e][0], path, f"{title(resource)} {FORMATS[e][0]}") for e, path in files(resource).items()]


def year_line(resource: Resource, records: Sequence[Row]) -> View:
    """A year's line on its table's page; an empty year has no page of rows to lead to."""
    mine = of(resource, records)
    href = f"{ROOT}{resource.table.id}/{resource.year}/" if mine else None
    return {"name": f"{resource.year} 年", "href": href, "files": links(resource), **facts(resource.table, mine)}


def shown(rows: Rows, table: Table, records: Sequence[Row]) -> View:
    """Rows as they stand, without sums; each row has its id once."""
    made = grid(rows, table, records)
    claimed: set[str] = set()
    for row in made["rows"]:
        row["anchor"] = row["id"] not in claimed
        claimed.add(row["id"])
    return {k: made[k] for k in ("columns", "rows", "count")}


def _rows_page(
    rows: Rows,
    resource: Resource,
    records: Sequence[Row],
    path: str,
    title: str,
    *,
    parts: list[View] | None = None,
    above: tuple[tuple[str, str], ...] = (),
) -> Page:
    """A page of rows; of a year whose months have pages, the list of these ``parts``."""
    table = resource.table
    here: View = {
        "about": {"title": table.title, "href": f"{ROOT}{table.id}/"},
        "label": resource.label,
        "files": links(resource),
        "parts": parts,
        "grid": None if parts else shown(rows, table, records),
        **facts(table, records),
    }
    return Page(
        path=path,
        title=f"{table.title}：{title}",
        template="rows.md.j2",
        data=here,
        section=ROOT,
        description=f"{table.title}，{title}的每一行，照数据里的样子。",
        crumbs=(("首页", ""), ("数据", ROOT), (table.title, f"{ROOT}{table.id}/"), *above),
        demo=str(Kind.DEMO) in here["kinds"],
        as_of=here["as_of"] or None,
    )


def _month(stamp: str) -> str:
    return "没有写明月份" if stamp == UNDATED else f"{stamp[:4]} 年 {int(stamp[5:7])} 月"


def pages(rows: Rows, resource: Resource) -> Iterator[Page]:
    """The rows of a year's file: on one page, or on one for each month and a list of them; none without rows."""
    records = of(resource, rows.records(resource.table.id))
    if resource.year is None or not records:
        return
    path, title = f"{ROOT}{resource.table.id}/{resource.year}/", f"{resource.year} 年"
    by_page: dict[str, list[Row]] = {}
    for row in records:
        by_page.setdefault(rows_page(resource, row[KEY]), []).append(row)
    if by_page.keys() == {path}:
        yield _rows_page(rows, resource, records, path, title)
        return
    parts = []
    for part, found in sorted(by_page.items()):
        name = _month(part.rstrip("/").rsplit("/", 1)[1])
        parts.append({"name": name, "href": part, **facts(resource.table, found)})
        yield _rows_page(rows, resource, found, part, name, above=((title, path),))
    yield _rows_page(rows, resource, records, path, title, parts=parts)
