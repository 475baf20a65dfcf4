"""Subjects and tables to the complete list of pages. Two pages on one path is an error of the program."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from generator import catalog, embeds, origins, search
from generator.errors import ProgramError
from generator.measure import Figures
from generator.model import Page
from generator.origins import Rows
from generator.settings import Identity
from generator.subject import Site, Subject, cited
from generator.tables import Tables


def site_of(tables: Tables, subjects: Sequence[Subject], identity: Identity, as_of: str | None) -> Site:
    """Every subject's figures over the public tables."""
    figures = Figures(figure for subject in subjects for figure in subject.figures(tables))
    return Site(tables, figures, identity, as_of or tables.as_of())


def own(site: Site, subjects: Sequence[Subject]) -> list[Page]:
    """The pages of the subjects: those that all others are about."""
    return [cited(site, page) for subject in subjects for page in subject.pages(site)]


def pages(site: Site, subjects: Sequence[Subject], rows: Rows, found: Sequence[Page] = ()) -> tuple[Page, ...]:
    """All generated pages in the order of their paths; raises ``ProgramError`` if two claim one path.

    ``found`` are the subjects' own, if somebody has them already.
    """
    made = [*(found or own(site, subjects)), *catalog.pages(site, rows)]
    made.append(search.page(made))
    parents = {page.path: page for page in made}
    return unique([*made, *embeds.pages(site, made), *origins.pages(site, rows, parents, subjects)])


def fill(found: Sequence[Page], nav: Iterable[tuple[str, str]], written: Collection[str]) -> tuple[Page, ...]:
    """The pages, and one that says so for each section of the nav that has nothing to show yet.

    ``nav`` pairs titles and staged paths, ``written`` are the paths of hand-written pages. A city lists its sections
    once; which of them have data changes from year to year.
    """
    taken = {page.path for page in found} | set(written)
    empty = [
        Page(
            path=path, title=title, template="empty.md.j2", data={}, section=path,
            description=f"{title}：还没有公布数据。", crumbs=(("首页", ""),),
        )
        for title, staged in nav if (path := staged.removesuffix("index.md")) not in taken
    ]  # fmt: skip
    return unique([*found, *empty])


def columns(nav: Iterable[tuple[str, str]], found: Iterable[Page]) -> dict[str, Page]:
    """The pages that the nav leads to, by path; the home page is no column."""
    paths = {staged.removesuffix("index.md") for _, staged in nav} - {""}
    return {page.path: page for page in found if page.path in paths}


def unique(found: Iterable[Page]) -> tuple[Page, ...]:
    """Pages sorted by path; raises ``ProgramError`` for a path claimed twice, whatever its case."""
    by_path: dict[str, Page] = {}
    for page in found:
        if by_path.setdefault(page.path.casefold(), page) is not page:
            raise ProgramError(f"两个页面用了同一个地址:{page.path or '首页'}")
    return tuple(by_path[path] for path in sorted(by_path))
