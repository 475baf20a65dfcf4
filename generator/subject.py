"""What a subject is: a folder that declares its figures, its pages and its rules. Stages know no subject by name."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from generator import totals
from generator.errors import ProgramError
from generator.measure import Figures
from generator.model import Figure, Page, Problem
from generator.rules import Rule
from generator.settings import Identity
from generator.tables import KEY, Draft, Tables
from generator.titles import TITLES
from generator.totals import Sort
from generator.view import row_id


@dataclass(frozen=True, slots=True)
class Site:
    """What pages are made from: public tables, every subject's figures, who speaks, and the date to count to."""

    tables: Tables
    figures: Figures
    identity: Identity
    as_of: str | None

    @property
    def followed(self) -> bool:
        """Whether pages are to say what can be followed: feeds need the site's address on the web."""
        return bool(self.identity.base_url)


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject by what it declares. ``figures`` sees tables only, ``pages`` also everybody's figures.

    ``titles``: what its own rules are called, by the id that their problems carry; ``needs_all_rows``: those of them
    that are withheld while rows with errors are left out, and what that is called.
    ``published``: the measures that ``control_totals`` may hold for it, and the sort of their units.
    ``names``: what parts of its figures' keys stand for in a year (``p07`` a project, ``r100103`` a place);
    ``counted``: those that a change is counted by, by their letter and in words (``{"p": "个项目"}``).
    """

    name: str
    figures: Callable[[Tables], Iterable[Figure]]
    pages: Callable[[Site], Iterable[Page]]
    rules: tuple[Callable[[Draft], Iterator[Problem]], ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    needs_all_rows: Mapping[str, str] = field(default_factory=dict)
    published: Mapping[str, Sort] = field(default_factory=dict)
    names: Callable[[Tables, int], Mapping[str, str]] = lambda tables, year: {}
    counted: Mapping[str, str] = field(default_factory=dict)


def sources(site: Site, figures: Iterable[Figure], others: Iterable[str] = ()) -> list[dict[str, Any]]:
    """The documents that figures come from, and ``others`` by id, as the list at a page's end shows them."""
    wanted = {source for f in figures for ref in f.rows for source in ref.source.split("+")} | set(others)
    names = ("id", "title", "kind", "publisher", "published", "url")
    rows = [r for r in site.tables.rows("sources") if r["id"] in wanted]
    return [{**{n: r[n] for n in names}, "href": f"data/sources/#row-{r['id']}"} for r in rows]


def newest(documents: Iterable[Mapping[str, Any]]) -> str | None:
    """The day on which the newest of some documents was published; ``None`` when nobody knows of any."""
    return max((d["published"] for d in documents if d["published"]), default=None)


def cited(site: Site, page: Page) -> Page:
    """The page with the documents of all figures in its data in its list of sources, if it has one."""
    if "sources" not in page.data:
        return page
    known = {source["id"] for source in page.data["sources"]}
    wanted = {source for figure in figures_in(page.data) for source in figure["sources"]}
    if wanted <= known:
        return page
    return dataclasses.replace(page, data={**page.data, "sources": sources(site, (), known | wanted)})


def figures_in(data: Any) -> Iterator[Mapping[str, Any]]:
    """All figures in plain data, as ``view`` gives them."""
    if isinstance(data, Mapping):
        if "formula" in data:
            yield data
            return
        for value in data.values():
            yield from figures_in(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from figures_in(value)


def names_of(tables: Tables, subjects: Sequence[Subject], year: int) -> dict[str, str]:
    """What parts of figures' keys stand for in a year, by all subjects."""
    return {part: name for subject in subjects for part, name in subject.names(tables, year).items()}


def corrections(site: Site, table: str, *beginning: int | str) -> list[dict[str, Any]]:
    """What was corrected in rows of a table whose key begins so, oldest first, as pages list it."""
    start = "/".join(map(str, beginning)) + "/"
    names = ("id", "date", "column", "old", "new", "reason", "document")
    return [
        {**{n: r[n] or "" for n in names}, "href": f"data/corrections/#{row_id(r[KEY])}"}
        for r in site.tables.rows("corrections")
        if r["table"] == table and f"{r['row']}/".startswith(start)
    ]


def rules_of(subjects: Sequence[Subject]) -> list[Rule]:
    """What must hold for some subjects: their own rules, and that published totals are what they can show."""
    accepted = {s.name: s.published for s in subjects if s.published}
    return [totals.published(accepted), *(rule for s in subjects for rule in s.rules)]


def titles_of(subjects: Sequence[Subject]) -> dict[str, str]:
    """What every rule is called, the subjects' own included; raises ``ProgramError`` for one with two titles."""
    found = dict(TITLES)
    for subject in subjects:
        for rule, title in subject.titles.items():
            if found.setdefault(rule, title) != title:
                raise ProgramError(f"规则 {rule} 有两个标题:“{found[rule]}”和“{title}”。")
    return found
