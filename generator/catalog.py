"""The data catalogue: each table with its dictionary, row counts, date, licence and files, and where its rows are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from generator import format as fmt
from generator.contract import Column, Contract, Resource, Table
from generator.model import Kind, Page
from generator.origins import Row, Rows, grid
from generator.subject import Site
from generator.tables import KEY, KIND, TABLE
from generator.view import UNDATED, View, month_part, row_address, rows_page

ROOT = "data/"
TYPES = {"string": "文字", "integer": "整数", "number": "数", "date": "日期", "yearmonth": "年月"}
OTHER = "其他"
PLAIN = re.compile(r"[A-Za-z0-9._/-]+")  # a key that can stand in an address as it is


# --- what is said of some rows ----------------------------------------------------------------------------


def _kinds(records: Sequence[Row]) -> list[str]:
    found = {r[KIND] for r in records if KIND in r}
    return [str(kind) for kind in Kind if kind in found]


def _dated(table: Table) -> list[str]:
    """The ids of the columns that say as of when a row is."""
    return [c.id for c in table.columns if c.public and c.id in ("month", "as_of")]


def _as_of(table: Table, records: Sequence[Row]) -> str:
    found = [fmt.end_of(r[n]) for n in _dated(table) for r in records if r[n]]
    return max(found, default="")


def _since(table: Table, records: Sequence[Row]) -> str:
    """The date as a table of the catalogue shows it: missing by its kind."""
    return _as_of(table, records) or ("未注明" if records and _dated(table) else "不涉及" if records else "没有数据")


def _facts(table: Table, records: Sequence[Row]) -> View:
    return {
        "rows": fmt.grouped(len(records)),
        "as_of": _as_of(table, records),
        "since": _since(table, records),
        "kinds": _kinds(records),
    }


def licence(contract: Contract) -> str:
    """The licence as people and machines name it: ``署名 4.0 国际（CC-BY-4.0）``; empty when none is stated."""
    stated = (contract.descriptor.get("licenses") or [{}])[0]
    names = [str(stated[k]) for k in ("title", "name") if stated.get(k)]
    return f"{names[0]}（{names[1]}）" if len(names) > 1 else "".join(names)


# --- the dictionary ---------------------------------------------------------------------------------------


def _allowed(column: Column) -> str:
    codes, low, high = dict(column.codes), column.constraint("minimum"), column.constraint("maximum")
    values = [f"{v}（{codes[v]}）" if v in codes else str(v) for v in column.constraint("enum") or ()]
    words = ["、".join(values)] if values else []
    if low is not None and high is not None:
        words.append(f"{low} 到 {high}")
    elif low is not None or high is not None:
        words.append(f"不大于 {high}" if low is None else f"不小于 {low}")
    if column.constraint("maxLength") is not None:
        words.append(f"最多 {column.constraint('maxLength')} 个字")
    if column.constraint("required"):
        words.append("必填")
    return "；".join(words)


def _column(table: Table, column: Column) -> View:
    return {
        "name": column.name,
        "id": column.id,
        "type": TYPES[column.type] + ("，可有几个" if column.many else ""),
        "unit": column.unit or "",
        "description": column.description,
        "allowed": _allowed(column),
        "key": column.name in table.key,
    }


def _public(table: Table, names: Sequence[str]) -> bool:
    return all(table.column(name).public for name in names)


def _references(contract: Contract, table: Table) -> list[View]:
    """Which columns name rows of which table; nothing of columns that are not public, here or there."""
    found = []
    for reference in table.references:
        target = contract.table(reference.table)
        if target and _public(table, reference.fields) and _public(target, reference.to):
            fields, to = " + ".join(reference.fields), " + ".join(reference.to)
            found.append({"fields": fields, "title": target.title, "to": to, "href": f"{ROOT}{target.id}/"})
    return found


def _due(table: Table) -> View | None:
    due = table.due
    return {"by": due.by, "day": due.day, "field": due.field} if due and _public(table, (due.by, due.field)) else None


def _cumulative(table: Table) -> View | None:
    names = [name for name in table.cumulative if table.column(name).public]
    by = table.cumulative_by
    return {"by": by, "columns": "、".join(names)} if names and by and _public(table, (by,)) else None


# --- where the rows are -----------------------------------------------------------------------------------


def _pattern(table: Table, resources: Sequence[Resource]) -> View:
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


def _example(resources: Sequence[Resource], records: Sequence[Row]) -> str | None:
    """The address of a row: the first of the newest page, so that it is there."""
    files = {r.label: r for r in resources}
    plain = [r for r in records if PLAIN.fullmatch(r[KEY])]
    first = max(plain, key=lambda r: rows_page(files[r[TABLE]], r[KEY]), default=None)  # of several, the first
    return row_address(files[first[TABLE]], first[KEY]) if first else None


def _of(resource: Resource, records: Sequence[Row]) -> list[Row]:
    return [r for r in records if r[TABLE] == resource.label]


def _year(resource: Resource, records: Sequence[Row]) -> View:
    mine = _of(resource, records)
    name = f"{resource.year} 年" if resource.year else "全部"
    href = f"{ROOT}{resource.table.id}/{resource.year}/" if resource.year and mine else None
    return {"name": name, "href": href, "csv": resource.csv, **_facts(resource.table, mine)}


def _shown(rows: Rows, table: Table, records: Sequence[Row]) -> View:
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
        "csv": resource.csv,
        "parts": parts,
        "grid": None if parts else _shown(rows, table, records),
        **_facts(table, records),
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


def _part_name(stamp: str) -> str:
    return "没有写明月份" if stamp == UNDATED else f"{stamp[:4]} 年 {int(stamp[5:7])} 月"


def _year_pages(rows: Rows, resource: Resource, records: Sequence[Row]) -> Iterator[Page]:
    """The rows of a year: on one page, or on one for each month and a list of them."""
    path, title = f"{ROOT}{resource.table.id}/{resource.year}/", f"{resource.year} 年"
    by_page: dict[str, list[Row]] = {}
    for row in records:
        by_page.setdefault(rows_page(resource, row[KEY]), []).append(row)
    if set(by_page) <= {path}:
        yield _rows_page(rows, resource, records, path, title)
        return
    parts = []
    for part, found in sorted(by_page.items()):
        name = _part_name(part.rstrip("/").rsplit("/", 1)[1])
        parts.append({"name": name, "href": part, **_facts(resource.table, found)})
        yield _rows_page(rows, resource, found, part, name, above=((title, path),))
    yield _rows_page(rows, resource, records, path, title, parts=parts)


# --- the pages --------------------------------------------------------------------------------------------


def _table_page(site: Site, table: Table, rows: Rows) -> Iterator[Page]:
    contract = site.tables.contract
    records, resources = rows.records(table.id), contract.of(table.id)
    facts = _facts(table, records)
    single = [r for r in resources if r.year is None]
    for resource in resources:
        if resource.year is not None and (mine := _of(resource, records)):
            yield from _year_pages(rows, resource, mine)
    yield Page(
        path=f"{ROOT}{table.id}/",
        title=f"数据表：{table.title}",
        template="table.md.j2",
        data={
            **facts,
            "id": table.id,
            "title": table.title,
            "description": table.description,
            "licence": licence(contract),
            "years": [_year(r, records) for r in resources if r.year is not None],
            "csv": single[0].csv if single else None,
            "columns": [_column(table, c) for c in table.columns if c.public],
            "references": _references(contract, table),
            "due": _due(table),
            "cumulative": _cumulative(table),
            "pattern": _pattern(table, resources),
            "example": _example(resources, records),
            "grid": _shown(rows, table, records) if single and records else None,
        },
        section=ROOT,
        description=table.description,
        crumbs=(("首页", ""), ("数据", ROOT)),
        demo=str(Kind.DEMO) in facts["kinds"],
        as_of=facts["as_of"] or None,
        search=f"{table.id} 数据表 CSV 下载 " + " ".join(c.name for c in table.columns if c.public),
    )


def figure_files(site: Site) -> dict[str, list[str]]:
    """Ids of the figures in each published JSON file, by its path."""
    files: dict[str, list[str]] = {}
    for figure in site.figures.values():
        files.setdefault(f"{ROOT}figures/{figure.year}/{figure.subject}.json", []).append(figure.id)
    return files


def _groups(site: Site, rows: Rows) -> list[View]:
    """Tables by what they belong to, in the package's order; those that grow with the years come first."""
    contract = site.tables.contract
    found: dict[str, list[View]] = {}
    yearly: set[str] = set()
    for table in contract.tables():
        name, resources, records = table.group or OTHER, contract.of(table.id), rows.records(table.id)
        yearly |= {name} if any(r.year for r in resources) else set()
        entry = {"id": table.id, "title": table.title, "description": table.description,
                 "href": f"{ROOT}{table.id}/", **_facts(table, records)}  # fmt: skip
        files = [{"text": str(r.year or "CSV"), "href": r.csv} for r in resources]
        found.setdefault(name, []).append(
            {**entry, "any": bool(records), "yearly": bool(resources[0].year), "files": files}
        )
    return [{"name": n, "tables": found[n]} for n in sorted(found, key=lambda n: n not in yearly)]


def _figures(site: Site) -> list[View]:
    """The JSON files of figures, a line for each year."""
    years: dict[int, list[View]] = {}
    for path, ids in figure_files(site).items():
        _, _, year, name = path.split("/")
        years.setdefault(int(year), []).append({"href": path, "text": name, "count": fmt.grouped(len(ids))})
    return [{"year": y, "files": years[y]} for y in sorted(years, reverse=True)]


def pages(site: Site, rows: Rows) -> Iterator[Page]:
    """The catalogue, a page for each table, and the pages of the rows of those with one file a year."""
    contract = site.tables.contract
    groups = _groups(site, rows)
    entries = [t for g in groups for t in g["tables"]]
    yield Page(
        path=ROOT,
        title="数据",
        template="catalog.md.j2",
        data={
            "groups": groups, "count": len(entries), "figures": _figures(site), "licence": licence(contract),
            "city": site.identity.city,
        },
        section=ROOT,
        description=f"{site.identity.city}民生公开的全部数据表：字典、行数、截至日期和下载。",
        crumbs=(("首页", ""),),
        demo=any(str(Kind.DEMO) in e["kinds"] for e in entries),
        as_of=max((e["as_of"] for e in entries if e["as_of"]), default=None),
        search="数据目录 开放数据 下载 CSV JSON 数据表 字典 许可",
    )  # fmt: skip
    for table in contract.tables():
        yield from _table_page(site, table, rows)
