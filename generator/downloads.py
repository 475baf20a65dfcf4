"""Files beside the pages: public CSV, figures as JSON, the published contract, the sitemap."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any
from xml.sax.saxutils import escape

from generator import privacy
from generator.catalog import figure_files
from generator.contract import Resource
from generator.format import FEN_PER_WAN
from generator.model import Asset, Page
from generator.origins import Row, Rows
from generator.subject import Site
from generator.tables import KIND, TABLE
from generator.view import as_json

NATURE = "数据性质"
MOST_PLACES = 20
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def neutral(text: str) -> str:
    """Text that a spreadsheet would run as a formula, made harmless with a leading apostrophe."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _number(value: int, places: int) -> str:
    """An integer with a decimal point ``places`` from the right, without trailing zeros: 分 as 万元, exactly."""
    whole, part = divmod(abs(value), 10**places)
    return f"{'-' if value < 0 else ''}{whole}.{part:0{places}d}".rstrip("0").rstrip(".")


def _decimal(value: Fraction | Decimal | int) -> str:
    """A number as its exact decimals, without exponent and without zeros at its end."""
    exact = Fraction(value)
    places = next((n for n in range(MOST_PLACES) if (exact * 10**n).denominator == 1), MOST_PLACES)
    return _number(round(exact * 10**places), places) if places else str(exact)


def _cell(row: Row, column: Any) -> str:
    value = row[column.id]
    if column.measured:
        if row.get(f"{column.id}?"):
            return str(row[f"{column.id}?"])
        if value is None:
            return ""
        if column.scale == "money":
            return _number(int(value), len(str(FEN_PER_WAN)) - 1)
        return _decimal(value * 100 if column.scale == "percent" else value)
    if value is None:
        return ""
    return neutral("、".join(value) if column.many else str(value))


def table_csv(site: Site, rows: Rows, resource: Resource) -> bytes:
    """A file's public rows as CSV that Excel opens right: BOM, CRLF, formulas neutralised, 数据性质 last."""
    columns = [c for c in resource.table.columns if c.public]
    known = KIND in site.tables.frame(resource.table.id)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([c.name for c in columns] + ([NATURE] if known else []))
    for row in rows.records(resource.table.id):
        if row[TABLE] == resource.label:
            writer.writerow([_cell(row, c) for c in columns] + ([row[KIND]] if known else []))
    return out.getvalue().encode("utf-8-sig")


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


def _package(site: Site) -> Asset:
    contract = site.tables.contract
    resources = [
        {
            "name": r.name, "path": r.path, "encoding": "utf-8-sig", "title": r.table.title,
            "schema": _with_nature(privacy.published(r.table, contract), KIND in site.tables.frame(r.table.id)),
        }
        for r in contract.resources
    ]  # fmt: skip
    kept = {k: contract.descriptor[k] for k in ("name", "title", "licenses") if k in contract.descriptor}
    return Asset("data/datapackage.json", pretty({**kept, "resources": resources}))


def _with_nature(schema: dict[str, Any], known: bool) -> dict[str, Any]:
    extra = [{"name": NATURE, "id": "kind", "type": "string", "description": "官方、转载或演示"}] if known else []
    return {**schema, "fields": [*schema["fields"], *extra]}


def sitemap(site: Site, pages: tuple[Page, ...]) -> Iterator[Asset]:
    """The sitemap, dated by the data; left out when the site's address is not configured."""
    base = site.identity.base_url.rstrip("/")
    if not base or site.tables.demo():
        return
    entries = "".join(
        f"<url><loc>{escape(f'{base}/{p.path}')}</loc>{f'<lastmod>{p.as_of[:10]}</lastmod>' if p.as_of else ''}</url>\n"
        for p in pages
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    yield Asset("sitemap.xml", f"{head}{entries}</urlset>\n".encode())


def assets(site: Site, rows: Rows, pages: tuple[Page, ...]) -> Iterator[Asset]:
    """Everything made beside the pages."""
    for resource in site.tables.contract.resources:
        yield Asset(resource.csv, table_csv(site, rows, resource))
    yield _package(site)
    yield from _figures(site)
    yield from sitemap(site, pages)
