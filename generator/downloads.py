"""Files beside the pages: public rows as CSV, workbooks and JSON, figures, the contract, the catalogue, the sitemap."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape

from generator import dcat, embeds, extract, privacy
from generator.catalog import dictionary, figure_files, licence
from generator.contract import Column
from generator.extract import ABSENT, FORMULA, NATURE, NATURE_ID, Cell, Extract
from generator.files import Cache
from generator.listing import ROOT, files
from generator.model import Asset, Page
from generator.origins import Rows
from generator.subject import Site
from generator.tables import KIND
from generator.view import as_json
from generator.workbook import workbook

MEANINGS = "未报送：该报而没有报；不涉及：这一格本来就没有数；待定：还没有定下来。缺的数不当作零。"
OLDEST = (1980, 1, 1, 0, 0, 0)  # the date of every file in an archive: no clock
UNIX = 3  # says so in an archive wherever it is made


def neutral(text: str) -> str:
    """Text that a spreadsheet would run as a formula, made harmless with a leading apostrophe."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _csv_cell(column: Column, cell: Cell) -> str:
    if cell is None:
        return ""
    text = cell if isinstance(cell, str) else "、".join(cell)
    return text if column.measured else neutral(text)


def table_csv(found: Extract) -> bytes:
    """A file's public rows as CSV that Excel opens right: BOM, CRLF, formulas neutralised, 数据性质 last."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([c.name for c in found.columns] + ([] if found.kinds is None else [NATURE]))
    for i, cells in enumerate(found.cells):
        line = [_csv_cell(c, cell) for c, cell in zip(found.columns, cells, strict=True)]
        writer.writerow(line + ([] if found.kinds is None else [found.kinds[i]]))
    return out.getvalue().encode("utf-8-sig")


def _json_cell(column: Column, cell: Cell) -> Any:
    """A value for JSON: counts are numbers, other numbers decimal strings in their column's unit."""
    if column.measured and (cell is None or cell in ABSENT):
        return None
    whole = column.type == "integer" and column.scale is None
    return int(str(cell)) if whole else cell


def _record(found: Extract, i: int) -> dict[str, Any]:
    pairs = list(zip(found.columns, found.cells[i], strict=True))
    missing = {c.id: cell for c, cell in pairs if c.measured and cell in ABSENT}
    return {
        "@key": found.keys[i],
        **({} if found.kinds is None else {NATURE_ID: found.kinds[i]}),
        **({"@missing": missing} if missing else {}),
        **{c.id: _json_cell(c, cell) for c, cell in pairs},
    }


def table_json(site: Site, found: Extract) -> bytes:
    """A file's public rows by their columns' ids, a row a line; why a value is missing stands in ``@missing``."""
    table = found.resource.table
    head = {
        "site": site.identity.site_name,
        "table": table.id,
        "title": table.title,
        "year": found.resource.year,
        "as_of": found.facts["as_of"] or None,
        "licence": licence(site.tables.contract),
        "demonstration": found.demo,
        "rows": len(found.cells),
        "columns": [{"id": c.id, "name": c.name, "type": c.type, "unit": c.unit} for c in found.columns],
    }
    return listed(head, "records", [_record(found, i) for i in range(len(found.cells))])


def _about(site: Site, found: Extract) -> list[tuple[str, str]]:
    """Whose table a workbook is, as of when, under which licence: the lines of its last sheet."""
    identity, table = site.identity, found.resource.table
    demo = "演示站，非政府网站" if site.tables.demo() else ""
    base = identity.base_url.rstrip("/")
    lines = [
        ("网站", f"{identity.site_name}（{demo}）" if demo else identity.site_name),
        ("网址", f"{base}/{ROOT}{table.id}/" if base else ""),
        ("数据表", found.title),
        ("说明", table.description),
        ("行数", found.facts["rows"]),
        ("截至", found.facts["since"]),
        ("许可", licence(site.tables.contract)),
        ("数据性质", "、".join(found.facts["kinds"])),
        ("演示数据", "标着“演示”的行不是任何单位公布的数。" if found.demo else ""),
        ("缺的数", MEANINGS if any(c.measured for c in found.columns) else ""),
    ]
    return [(name, text) for name, text in lines if text]


def pretty(value: Any) -> bytes:
    """JSON as published: sorted keys, one space of indent, a final line break."""
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def listed(head: dict[str, Any], name: str, entries: list[dict[str, Any]]) -> bytes:
    """JSON of ``head`` and a list, an entry a line, so that a changed figure is a changed line."""
    lines = ",\n".join(json.dumps(e, ensure_ascii=False, sort_keys=True) for e in entries)
    return f"{pretty(head).decode().rstrip()[:-2]},\n {json.dumps(name)}: [\n{lines}\n]}}\n".encode()


def _figures(site: Site) -> Iterator[Asset]:
    index = []
    for path, ids in figure_files(site).items():
        found = [site.figures[i] for i in ids]
        dates = [f.as_of for f in found if f.as_of]
        body = {
            "site": site.identity.site_name,
            "demonstration": site.tables.demo(),
            "as_of": max(dates, default=None),
        }
        yield Asset(path, listed(body, "figures", [as_json(f) for f in found]))
        _, _, year, name = path.split("/")
        index.append({"path": f"{year}/{name}", "year": int(year), "subject": name[:-5], "figures": len(found)})
    yield Asset("data/figures/index.json", pretty({"site": site.identity.site_name, "files": index}))


def _package(site: Site) -> bytes:
    """The published contract; its paths hold beside it, on the site and in the archive."""
    contract, demo = site.tables.contract, site.tables.demo()
    resources = [
        {
            "name": r.name, "path": r.path, "format": "csv", "mediatype": "text/csv",
            "encoding": "utf-8-sig", "title": r.table.title,
            "schema": _with_nature(privacy.published(r.table, contract), KIND in site.tables.frame(r.table.id)),
        }
        for r in contract.resources
    ]  # fmt: skip
    kept = {k: contract.descriptor[k] for k in ("name", "title", "licenses") if k in contract.descriptor}
    said = {"description": "含演示数据，不是任何单位公布的数；“数据性质”一列逐行标明。"} if demo else {}
    return pretty({**kept, **said, "resources": resources})


def entry(path: str) -> zipfile.ZipInfo:
    """What an archive says of a file besides its content: nothing of the day and the machine."""
    made = zipfile.ZipInfo(path, OLDEST)
    made.create_system, made.external_attr = UNIX, 0o644 << 16
    made.compress_type = zipfile.ZIP_DEFLATED
    return made


def archive(files: Mapping[str, bytes]) -> bytes:
    """Files in one archive, by name: the same bytes for the same files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for path, content in sorted(files.items()):
            made.writestr(entry(path), content)
    return out.getvalue()


def _with_nature(schema: dict[str, Any], known: bool) -> dict[str, Any]:
    extra = [{"name": NATURE, "id": NATURE_ID, "type": "string", "description": "官方、转载或演示"}] if known else []
    return {**schema, "fields": [*schema["fields"], *extra]}


def sitemap(site: Site, pages: tuple[Page, ...]) -> Iterator[Asset]:
    """The sitemap, dated by the data; left out when the site's address is not configured."""
    base = site.identity.base_url.rstrip("/")
    if not base or site.tables.demo():
        return
    entries = "".join(
        f"<url><loc>{escape(f'{base}/{p.path}')}</loc>{f'<lastmod>{p.as_of[:10]}</lastmod>' if p.as_of else ''}</url>\n"
        for p in pages
        if p.section != embeds.SECTION
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    yield Asset("sitemap.xml", f"{head}{entries}</urlset>\n".encode())


def _tables(site: Site, rows: Rows, cache: Cache | None) -> Iterator[Asset]:
    """Every file in every format, and all of their CSV in one archive with the contract."""
    contract = site.tables.contract
    dictionaries = {t.id: dictionary(t) for t in contract.tables()}
    whole = {"datapackage.json": _package(site)}
    for resource in contract.resources:
        found = extract.of(rows, resource)
        whole[resource.path] = table_csv(found)
        made = {
            "csv": whole[resource.path],
            "xlsx": workbook(found, dictionaries[resource.table.id], _about(site, found), cache),
            "json": table_json(site, found),
        }
        yield from (Asset(path, made[extension]) for extension, path in files(resource).items())
    yield Asset(f"{ROOT}datapackage.json", whole["datapackage.json"])
    yield Asset(dcat.ALL, archive(whole))


def assets(site: Site, rows: Rows, cache: Cache | None = None) -> Iterator[Asset]:
    """Everything that is made beside the pages from tables and figures; what takes time to write is in ``cache``."""
    sizes: dict[str, int] = {}
    for asset in (*_tables(site, rows, cache), *_figures(site)):
        sizes[asset.path] = len(asset.content)
        yield asset
    described = dcat.catalogue(site, rows, list(figure_files(site)), sizes)
    if described:
        yield Asset(dcat.PATH, pretty(described))
