"""The data catalogue: each table with its dictionary, row counts, date, licence and files, and where its rows are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from generator import dcat, listing
from generator import format as fmt
from generator.contract import Column, Contract, Table
from generator.listing import ROOT, facts
from generator.model import Kind, Page
from generator.origins import Rows
from generator.subject import Site
from generator.view import View

TYPES = {"string": "文字", "integer": "整数", "number": "数", "date": "日期", "yearmonth": "年月"}
OTHER = "其他"


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


def dictionary(table: Table, *, private: bool = False) -> list[View]:
    """What each public column is, in the words of the table's page; for who fills it in, every column."""
    return [_column(table, c) for c in table.columns if c.public or private]


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


# --- the pages --------------------------------------------------------------------------------------------


def _table_page(site: Site, table: Table, rows: Rows) -> Page:
    contract = site.tables.contract
    records, resources = rows.records(table.id), contract.of(table.id)
    said = facts(table, records)
    single = next((r for r in resources if r.year is None), None)
    return Page(
        path=f"{ROOT}{table.id}/",
        title=f"数据表：{table.title}",
        template="table.md.j2",
        data={
            **said,
            "id": table.id,
            "title": table.title,
            "description": table.description,
            "licence": licence(contract),
            "years": [listing.year_line(r, records) for r in resources if r.year is not None],
            "files": listing.links(single) if single else [],
            "columns": dictionary(table),
            "dataset": dcat.dataset(site, table, rows),
            "references": _references(contract, table),
            "due": _due(table),
            "cumulative": _cumulative(table),
            "pattern": listing.pattern(table, resources),
            "example": listing.example(resources, records),
            "grid": listing.shown(rows, table, records) if single and records else None,
        },
        section=ROOT,
        description=table.description,
        crumbs=(("首页", ""), ("数据", ROOT)),
        demo=str(Kind.DEMO) in said["kinds"],
        as_of=said["as_of"] or None,
        search=" ".join(
            [
                f"{table.id} 数据表 CSV XLSX Excel JSON 下载",
                *(c.name for c in table.columns if c.public),
                *_documents(site, table),
            ]
        ),
        behind=True,
    )


def _documents(site: Site, table: Table) -> list[str]:
    """The titles of the documents, for who remembers where a number was published."""
    return [str(t) for t in site.tables.frame("sources")["title"]] if table.id == "sources" else []


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
                 "href": f"{ROOT}{table.id}/", **facts(table, records)}  # fmt: skip
        files = [{"name": str(r.year or ""), "links": listing.links(r)} for r in resources]
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
    demo = any(str(Kind.DEMO) in e["kinds"] for e in entries)
    yield Page(
        path=ROOT,
        title="数据",
        template="catalog.md.j2",
        data={
            "groups": groups, "count": len(entries), "figures": _figures(site), "licence": licence(contract),
            "city": site.identity.city, "all": dcat.ALL,
            "described": bool(site.identity.base_url), "dataset": dcat.catalog(site, demo=demo),
        },
        section=ROOT,
        description=f"{site.identity.city}民生公开的全部数据表：字典、行数、截至日期和下载。",
        crumbs=(("首页", ""),),
        demo=demo,
        as_of=max((e["as_of"] for e in entries if e["as_of"]), default=None),
        search="数据目录 开放数据 下载 CSV XLSX Excel JSON ZIP 数据表 字典 许可",
    )  # fmt: skip
    for table in contract.tables():
        yield _table_page(site, table, rows)
    for resource in contract.resources:
        for page in listing.pages(rows, resource):
            yield replace(page, data={**page.data, "dataset": dcat.part(site, resource, page)})
