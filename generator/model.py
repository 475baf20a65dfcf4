"""The records that travel through the stages. Frozen, plain, importing nothing of ours.

``Figure`` ids, ``RowRef`` and ``Page.data`` are frozen interfaces: published addresses and
later releases hang on them (see docs/decisions/0002-figures.md).
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any


class Level(enum.StrEnum):
    """How grave a problem is; only ``ERROR`` stops a build."""

    ERROR = "错误"
    WARNING = "警告"
    NOTE = "提示"


class Missing(enum.StrEnum):
    """Why a value is not there. Missing is never zero."""

    NOT_REPORTED = "未报送"
    NOT_APPLICABLE = "不涉及"
    PENDING = "待定"
    HIDDEN = "不公开"  # a count so small that it would name people; only the check writes it


class Kind(enum.StrEnum):
    """Where a row comes from, strongest first. A figure takes the weakest kind of its rows."""

    OFFICIAL = "官方"
    PRESS = "转载"
    DEMO = "演示"

    @classmethod
    def weakest(cls, kinds: set[Kind]) -> Kind:
        """The weakest of some kinds; raises ``ValueError`` for none."""
        order = list(cls)
        return max(kinds, key=order.index)


class Precision(enum.StrEnum):
    """How exactly a value is known."""

    EXACT = "exact"
    ROUNDED = "rounded"
    AT_LEAST = "at_least"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing about the input that a clerk should know: where, what, what is allowed, how to mend it.

    ``row`` is the row that Excel shows (1 is the header); ``column`` the header and ``letter`` its
    Excel letter. What does not apply is ``None``.
    """

    level: Level
    rule: str
    message: str
    remedy: str = ""
    file: str = ""
    row: int | None = None
    column: str | None = None
    letter: str | None = None
    value: str | None = None
    allowed: str | None = None
    suggestion: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The problem as plain JSON data, level by its Chinese name."""
        return {k: (str(v) if isinstance(v, enum.Enum) else v) for k, v in dataclasses.asdict(self).items()}


@dataclass(frozen=True, slots=True, order=True)
class RowRef:
    """A row, or a selection of rows, of a public table.

    ``table`` is the table's id, with ``:year`` for a table of one file a year; ``key`` the primary
    key's parts joined by ``/``, ``*`` standing for any; ``source`` the ids of the rows' sources joined
    by ``+``. ``rows`` counts the rows selected, ``missing`` the values that were not there, be it that a row has
    none or that the row itself is absent. Never a row number: sorting or inserting rows changes nothing.
    """

    table: str
    key: str
    source: str
    rows: int = 1
    missing: int = 0

    def __str__(self) -> str:
        return f"{self.table}/{self.key}"


@dataclass(frozen=True, slots=True)
class Figure:
    """A computed or headline number, and everything needed to believe it.

    ``value`` is an exact amount in 分 (``unit`` 元), a ``Fraction`` (``unit`` %; 1 is 100 %), a count, or a
    ``Fraction`` of another unit (a median of days), shown with ``places`` decimals;
    ``None`` when nothing was there to sum, ``lacks`` then says why. ``as_of`` is ISO text, a day or a
    month; ``None`` is 未注明, and then ``published`` is shown instead.
    """

    id: str
    label: str
    value: int | Fraction | None
    unit: str
    as_of: str | None
    precision: Precision
    formula: str
    rows: tuple[RowRef, ...]
    kind: Kind
    lacks: tuple[tuple[Missing, int], ...] = ()
    published: str | None = None
    base: str | None = None
    places: int = 2

    def __hash__(self) -> int:
        """By the id alone: equal figures have the same, and what is worked out from a figure is kept by it."""
        return hash(self.id)

    @property
    def subject(self) -> str:
        """First part of the id."""
        return self.id.split("/", 1)[0]

    @property
    def year(self) -> int:
        """Second part of the id."""
        return int(self.id.split("/")[1])

    @property
    def key(self) -> str:
        """Third part of the id: ``all`` or parts joined by ``+``."""
        return self.id.split("/")[2]

    @property
    def gaps(self) -> int:
        """Values that should be there and are not; 不涉及 is no gap."""
        return sum(n for kind, n in self.lacks if kind is not Missing.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Field:
    """A value of a chart's rows for those who ask for it: by ``id``, called ``name``.

    ``unit`` follows the number; ``1`` says that it is a share, shown as a percentage. ``silent``: the name is not said
    before the value, because the value says what it is (a label, a month, words that are ready). ``optional``: where a
    row lacks it nothing is said; elsewhere that it is missing.
    """

    id: str
    name: str
    unit: str = ""
    silent: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture to be drawn from plain rows.

    ``draw`` is a module-level function ``(rows, width) -> altair.Chart`` and ``rows`` its data, JSON-able;
    the cache key is made from both, so nothing is drawn, not even specified, when neither changed.
    ``finding`` is the title, computed from the same rows; ``describe`` the longer text for those who do
    not see the picture; ``fields`` what a row says when it is pointed at, and what the picture's own CSV has.
    ``demo`` and ``sources`` (ids of documents) are those of the figures that are drawn: see ``measure.basis``.
    """

    id: str
    finding: str
    measure: str
    describe: str
    draw: Callable[[list[dict[str, Any]], int], Any]
    rows: list[dict[str, Any]]
    demo: bool
    fields: tuple[Field, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that those who follow a page are told: news, a report, the state of a project.

    ``id`` is an address below the site's root, made from keys alone, that nothing else has: it never changes. ``path``
    is where it can be read, ``date`` an ISO day from the data; ``text`` is plain words.
    """

    id: str
    title: str
    text: str
    path: str
    date: str
    demo: bool


@dataclass(frozen=True, slots=True)
class Day(Entry):
    """A day that something is planned for, told like an ``Entry``."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the site that is not a page: its address and bytes."""

    path: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Page:
    """A page before it is words: its address, its template, and data that is plain, JSON-able and complete.

    ``path`` is the address below the site's root, ``""`` for the home page, else ending in ``/``.
    ``section`` is the path of the nav entry it belongs to, ``crumbs`` the way there as (title, path).
    Everything the page shows is in ``data`` and ``charts``: they are what is hashed, stored, compared.
    ``search`` is what the search index knows of the page besides title and description: in its first line what the
    page is also called (numbers, names, aliases), in more lines what it speaks of; ``None`` keeps the page out of it.
    ``behind`` says that it stands behind another page (a project's money, news of it, a data table), which is to be
    found first. ``files`` stand beside the page, by their names; ``feed`` and ``days`` are what can be followed from
    it, in files too.
    """

    path: str
    title: str
    template: str
    data: Mapping[str, Any]
    section: str
    description: str
    charts: tuple[Chart, ...] = ()
    crumbs: tuple[tuple[str, str], ...] = ()
    demo: bool = False
    as_of: str | None = None
    hide_toc: bool = True
    search: str | None = None
    behind: bool = False
    files: tuple[Asset, ...] = ()
    feed: tuple[Entry, ...] = ()
    days: tuple[Day, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """Pages to be rendered together, and the titles of the nav's other pages.

    ``pages`` are staged paths below ``docs`` (``budget/2021/p07/index.md``). ``stubs`` are the staged paths
    and front matter of the nav's pages that are not in the batch. ``out`` is where a temporary folder may be
    made; ``theme`` asks for the theme's shared files too, which one batch of a build should do.
    """

    config: Path
    docs: Path
    pages: tuple[str, ...]
    stubs: tuple[tuple[str, str], ...]
    out: Path
    theme: bool = False


@dataclass(frozen=True, slots=True)
class Rendered:
    """What ``render(batch)`` gives back, by path below the site (``budget/2021/p07/index.html``).

    ``pages`` are HTML, ``theme`` the shared files (``assets/``, ``404.html``), ``problems`` the engine's
    warnings.
    """

    pages: Mapping[str, str]
    theme: Mapping[str, bytes] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
