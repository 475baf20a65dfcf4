"""Page tags of government sites (``<meta name=… content=…>``), after the rules in 政府网站发展指引, annex 2.

They add up: every page says whose site it is, list pages also which column they are, record pages also their title,
date and source. What is not configured or not known is left out, never invented; ``PubDate`` is the date of the
content, since a build time there counts as a forged date. A demonstration carries no code and no publisher.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from generator import format as fmt
from generator.model import Page
from generator.settings import Identity
from generator.subject import newest

# Below a column, what only lists: a year, a further page of its list.
LIST = re.compile(r"[0-9]{4}/(page/[0-9]+/)?")


def metas(page: Page, identity: Identity, columns: Mapping[str, Page], *, demo_site: bool) -> list[dict[str, str]]:
    """The tags of a page as (name, content), in the order of the rules. ``columns``: the nav's pages by path."""
    found = _site(identity, demo_site)
    column = columns.get(page.section) if page.path else None
    if column:
        found += _column(column, identity)
    if page.path and not is_list(page):
        found += _article(page, identity, demo_site)
    return [{"name": name, "content": content} for name, content in found if content]


def is_list(page: Page) -> bool:
    """Whether a page is a column or a list below one, rather than a record."""
    return page.path == page.section or bool(LIST.fullmatch(page.path.removeprefix(page.section)))


def _site(identity: Identity, demo_site: bool) -> list[tuple[str, str]]:
    return [
        ("SiteName", identity.site_name),
        ("SiteDomain", urlsplit(identity.base_url).hostname or ""),
        ("SiteIDCode", "" if demo_site else identity.site_code),
    ]


def _column(column: Page, identity: Identity) -> list[tuple[str, str]]:
    return [
        ("ColumnName", column.title),
        ("ColumnDescription", column.description),
        ("ColumnKeywords", f"{identity.city},{column.title}"),
        ("ColumnType", column.title),
    ]


def _article(page: Page, identity: Identity, demo_site: bool) -> list[tuple[str, str]]:
    return [
        ("ArticleTitle", page.title),
        ("PubDate", f"{day} 00:00" if (day := _day(page)) else ""),
        ("ContentSource", "" if demo_site else identity.office),
    ]


def _day(page: Page) -> str:
    """How far a page's data reach; where nothing says that, the day on which the newest of its documents came out."""
    if page.as_of:
        return fmt.end_of(page.as_of)
    shown = [page.data, *page.data.get("sections", ())]
    return newest(document for part in shown for document in part.get("sources", ())) or ""
