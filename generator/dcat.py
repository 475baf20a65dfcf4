"""The tables as other catalogues read them: DCAT 3 of the whole, and schema.org's Dataset inside each page of data.

https://www.w3.org/TR/vocab-dcat-3/ and https://schema.org/Dataset; neither names a context that has to be fetched.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from generator import listing
from generator.contract import Contract, Resource, Table
from generator.format import end_of
from generator.listing import FORMATS, ROOT
from generator.model import Kind, Page
from generator.origins import Rows
from generator.subject import Site
from generator.view import View

ALL = f"{ROOT}all.zip"
PATH = f"{ROOT}catalog.jsonld"
ZIP = "application/zip"
PACKAGE = "https://specs.frictionlessdata.io/data-package/"
SPDX = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*")
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
SCHEMA_CONTEXT = {
    "@vocab": "https://schema.org/",
    **{name: {"@type": "@id"} for name in ("url", "contentUrl", "license")},
}


# --- what both say ----------------------------------------------------------------------------------------


def licence(contract: Contract) -> str | None:
    """The address of the licence: as stated, else by its SPDX name; ``None`` for one that has neither."""
    stated = (contract.descriptor.get("licenses") or [{}])[0]
    path, name = str(stated.get("path") or ""), str(stated.get("name") or "")
    if path.startswith(("http://", "https://")):
        return path
    return f"https://spdx.org/licenses/{name}" if SPDX.fullmatch(name) else None


def publisher(site: Site) -> str:
    """Who publishes; a demonstration speaks for no office."""
    if site.tables.demo():
        return f"{site.identity.site_name}（演示站，非政府网站）"
    return site.identity.office or site.identity.site_name


def _called(title: str, kinds: Sequence[str]) -> str:
    return f"{title}（演示数据）" if str(Kind.DEMO) in kinds else title


def _described(description: str, kinds: Sequence[str]) -> str:
    if str(Kind.DEMO) not in kinds:
        return description
    only = "演示数据" if set(kinds) == {str(Kind.DEMO)} else "含演示数据（“数据性质”一列逐行标明）"
    return f"{only}，不是任何单位公布的数。{description}"


def _period(resources: Sequence[Resource], rows: Rows, as_of: str) -> tuple[str, str] | None:
    """The years that a table has rows of, up to its newest date; ``None`` for a table without years."""
    records = rows.records(resources[0].table.id)
    years = [r.year for r in resources if r.year is not None and listing.of(r, records)]
    if not years:
        return None
    last = f"{max(years)}-12-31"
    return f"{min(years)}-01-01", end_of(as_of) if as_of[:4] == last[:4] else last


# --- schema.org, inside a page ----------------------------------------------------------------------------


def _addresses(site: Site, here: str) -> Callable[[str], str]:
    """How a page names addresses of the site: whole, or from where it is as long as the site's own is not known."""
    base = site.identity.base_url.rstrip("/")

    def url(path: str) -> str:
        if base:
            return f"{base}/{path}"
        return posixpath.relpath(f"/{path}", f"/{here}") + ("/" if path.endswith("/") else "")

    return url


def _said(site: Site, kind: str, path: str, url: Callable[[str], str]) -> View:
    """What is true of everything that the site describes."""
    return {
        "@context": SCHEMA_CONTEXT, "@type": kind, "@id": f"{url(path)}#{kind.lower()}", "url": url(path),
        "inLanguage": "zh-CN", "isAccessibleForFree": True, "license": licence(site.tables.contract),
        "publisher": {"@type": "Organization", "name": publisher(site)}, "spatialCoverage": site.identity.city,
    }  # fmt: skip


def _files(resources: Sequence[Resource], url: Callable[[str], str]) -> list[View]:
    return [
        {"@type": "DataDownload", "name": called, "encodingFormat": FORMATS[extension][1], "contentUrl": url(path)}
        for r in resources
        for (_, _, called), (extension, path) in zip(listing.links(r), listing.files(r).items(), strict=True)
    ]


def _given(found: View) -> View:
    return {name: value for name, value in found.items() if value is not None}


def dataset(site: Site, table: Table, rows: Rows) -> View:
    """A table, for its own page."""
    resources = site.tables.contract.of(table.id)
    said = listing.facts(table, rows.records(table.id))
    path = f"{ROOT}{table.id}/"
    url, period = _addresses(site, path), _period(resources, rows, said["as_of"])
    return _given({
        **_said(site, "Dataset", path, url),
        "name": _called(table.title, said["kinds"]),
        "description": f"{_described(table.description, said['kinds'])}列：{'、'.join(_columns(table))}。",
        "dateModified": end_of(said["as_of"]) if said["as_of"] else None,
        "temporalCoverage": "/".join(period) if period else None,
        "includedInDataCatalog": {"@type": "DataCatalog", "name": site.identity.site_name, "url": url(ROOT)},
        "distribution": _files(resources, url),
    })  # fmt: skip


def part(site: Site, resource: Resource, page: Page) -> View:
    """One file of a table, or a month of it, for the page of its rows."""
    url, whole = _addresses(site, page.path), f"{ROOT}{resource.table.id}/"
    kinds = [str(Kind.DEMO)] if page.demo else []
    return _given({
        **_said(site, "Dataset", page.path, url),
        "name": _called(page.title, kinds),
        "description": _described(resource.table.description, kinds),
        "dateModified": end_of(page.as_of) if page.as_of else None,
        "temporalCoverage": str(resource.year),
        "isPartOf": {
            "@type": "Dataset", "@id": f"{url(whole)}#dataset", "name": resource.table.title, "url": url(whole),
        },
        "distribution": _files([resource], url),
    })  # fmt: skip


def catalog(site: Site, *, demo: bool) -> View:
    """All tables, for the page that lists them."""
    url, contract = _addresses(site, ROOT), site.tables.contract
    return _given({
        **_said(site, "DataCatalog", ROOT, url),
        "name": _called(contract.title, [str(Kind.DEMO)] if demo else []),
        "dataset": [
            {"@type": "Dataset", "@id": f"{page}#dataset", "name": table.title, "url": page}
            for table in contract.tables() for page in (url(f"{ROOT}{table.id}/"),)
        ],
    })  # fmt: skip


def _columns(table: Table) -> list[str]:
    return [c.name for c in table.columns if c.public]


# --- DCAT, of the whole -----------------------------------------------------------------------------------


def _text(text: str) -> dict[str, str]:
    return {"@language": "zh", "@value": text}


def _day(text: str) -> dict[str, str]:
    return {"@type": "xsd:date", "@value": text}


class _Catalogue:
    """What every dataset's description needs: where the site is, whose it is, and how large its files are."""

    def __init__(self, site: Site, sizes: Mapping[str, int]) -> None:
        self.base, self.sizes = site.identity.base_url.rstrip("/"), sizes
        address = licence(site.tables.contract)
        words = site.tables.contract.licence
        self.licence = {"@id": address} if address else {"@type": "dct:LicenseDocument", "rdfs:label": words}
        self.licensed = {"dct:license": self.licence} if address or words else {}
        self.publisher = {"@type": "foaf:Organization", "@id": f"{self.base}/#publisher", "foaf:name": publisher(site)}
        self.city = {"@type": "dct:Location", "rdfs:label": _text(site.identity.city)}

    def dataset(self, path: str, name: str, title: str, description: str, files: Sequence[View], **more: Any) -> View:
        """A dataset whose page is ``path``."""
        page = {"@id": f"{self.base}/{path}"}
        return {
            "@id": f"{self.base}/{path}#{name}",
            "@type": "dcat:Dataset",
            "dct:title": _text(title),
            "dct:description": _text(description),
            "dct:publisher": {"@id": self.publisher["@id"]},
            "dct:spatial": self.city,
            "dcat:landingPage": page,
            "dcat:distribution": [{**f, "dcat:accessURL": page} for f in files],
            **self.licensed,
            **more,
        }

    def file(self, path: str, title: str, media: str, **more: Any) -> View:
        """One file of a dataset."""
        return {
            "@id": f"{self.base}/{path}#distribution",
            "@type": "dcat:Distribution",
            "dct:title": _text(title),
            "dcat:downloadURL": {"@id": f"{self.base}/{path}"},
            "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{media}"},
            "dcat:byteSize": {"@type": "xsd:nonNegativeInteger", "@value": str(self.sizes[path])},
            **self.licensed,
            **more,
        }


def _table(made: _Catalogue, table: Table, resources: Sequence[Resource], rows: Rows) -> View:
    said = listing.facts(table, rows.records(table.id))
    period = _period(resources, rows, said["as_of"])
    more: View = {}
    if said["as_of"]:
        more["dct:modified"] = _day(end_of(said["as_of"]))
    if period:
        start, end = map(_day, period)
        more["dct:temporal"] = {"@type": "dct:PeriodOfTime", "dcat:startDate": start, "dcat:endDate": end}
    files = [
        made.file(path, called, FORMATS[extension][1])
        for r in resources
        for (_, _, called), (extension, path) in zip(listing.links(r), listing.files(r).items(), strict=True)
    ]
    title, words = _called(table.title, said["kinds"]), _described(table.description or table.title, said["kinds"])
    return made.dataset(f"{ROOT}{table.id}/", "dataset", title, words, files, **more)


def catalogue(site: Site, rows: Rows, figures: Sequence[str], sizes: Mapping[str, int]) -> View | None:
    """The catalogue of all tables, of all in one file, and of the figures; ``None`` while the site has no address.

    ``figures`` are the paths of the figures' files, ``sizes`` the bytes of every file by its path.
    """
    if not site.identity.base_url:
        return None
    contract, made = site.tables.contract, _Catalogue(site, sizes)
    kinds = [str(Kind.DEMO), ""] if site.tables.demo() else []
    dated = {"dct:modified": _day(end_of(site.as_of))} if site.as_of else {}
    title = contract.title or site.identity.site_name
    everything = made.file(ALL, "全部数据 ZIP", ZIP, **{"dct:conformsTo": {"@id": PACKAGE}})
    numbers = [made.file(p, p.removeprefix(f"{ROOT}figures/"), FORMATS["json"][1]) for p in figures]
    datasets = [_table(made, t, contract.of(t.id), rows) for t in contract.tables()]
    words = "全部数据表的 CSV 和数据契约，装在一个文件里。"
    datasets.append(
        made.dataset(ROOT, "all", _called("全部数据", kinds), _described(words, kinds), [everything], **dated)
    )
    if numbers:
        words = "网站上的每个数：编号、数值、单位、截至日期、算法和来源。"
        datasets.append(
            made.dataset(ROOT, "figures", _called("网站上的数", kinds), _described(words, kinds), numbers, **dated)
        )
    return {
        "@context": CONTEXT,
        "@id": f"{made.base}/{ROOT}#catalog",
        "@type": "dcat:Catalog",
        "dct:title": _text(_called(title, kinds)),
        "dct:description": _text(_described(f"{site.identity.city}民生公开的全部数据表。", kinds)),
        "dct:publisher": made.publisher,
        "foaf:homepage": {"@id": f"{made.base}/"},
        "dcat:dataset": datasets,
        **made.licensed,
        **dated,
    }
