"""The contract: ``datapackage.yaml`` and its schemas as ``Contract``, ``Table`` and ``Column``.

The only place where a column is described (Frictionless Data Package and Table Schema, with our custom
``id unit scale wholePercent public list counts codes steps`` on fields, ``group lookup refersTo cumulative due suppress
written`` on schemas, ``table year`` on resources, ``closed`` on the package). Dictionary, checks and typed tables come
from here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from generator.errors import UsageError

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's, where it is there: every command reads ten schemas
TYPES = frozenset({"string", "integer", "number", "date", "yearmonth"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``name`` is the Chinese header, ``id`` the identifier in code and JSON.

    ``scale`` is ``money`` (read into integer 分), ``percent`` (read into a fraction, 1 is 100 %) or ``None``.
    ``whole_percent`` says that a whole number is a percentage as it stands: 1 is 1 %, never a ratio.
    ``counts`` says of a text that figures are made from it (a printed number, who leads a project): changed where it
    was published, it needs a correction, as numbers, dates and coded words do. ``codes`` gives a coded value's ASCII
    form for ids and addresses; ``steps`` are those of its words that are gone
    through one after the other.
    """

    name: str
    id: str
    type: str
    description: str
    public: bool = False
    unit: str | None = None
    scale: str | None = None
    whole_percent: bool = False
    many: bool = False
    counts: bool = False
    codes: tuple[tuple[str, str], ...] = ()
    steps: tuple[str, ...] = ()
    constraints: tuple[tuple[str, Any], ...] = ()

    def constraint(self, name: str) -> Any:
        """A Table Schema constraint, or ``None``."""
        return next((value for known, value in self.constraints if known == name), None)

    @property
    def measured(self) -> bool:
        """Whether the cell is a number to compute with (such a cell may be missing by kind)."""
        return self.type in ("number", "integer")


@dataclass(frozen=True, slots=True)
class Reference:
    """``fields`` of this table name rows of ``table`` by its columns ``to`` (all by Chinese header)."""

    fields: tuple[str, ...]
    table: str
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """When rows are due: on ``day`` of the month after ``by``; ``field`` says when they came (both Chinese headers)."""

    by: str
    day: int
    field: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table's schema. ``key`` and ``lookup`` are Chinese headers; ``descriptor`` is the schema as read.

    ``group`` is what the table belongs to, a heading of the catalogue; ``written`` the column that is the text of rows
    which are written as pages.
    """

    id: str
    title: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    references: tuple[Reference, ...]
    missing: tuple[str, ...]
    lookup: tuple[str, ...]
    cumulative_by: str | None
    cumulative: tuple[str, ...]
    due: Due | None
    group: str
    descriptor: dict[str, Any] = field(compare=False, hash=False)
    written: str | None = None

    def column(self, name: str) -> Column:
        """The column with this Chinese header; raises ``KeyError``."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def suppressed(self) -> dict[str, int]:
        """Ids of the columns whose small counts are hidden, each with the smallest count that is not."""
        rules = self.descriptor.get("suppress") or ()
        return {c: int(rule["below"]) for rule in rules for c in self.ids(tuple(rule["fields"]))}

    def ids(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The ids of some headers."""
        return tuple(self.column(name).id for name in names)


@dataclass(frozen=True, slots=True)
class Resource:
    """One file of a table. ``label`` is ``budget:2021`` for a yearly file, else the table's id."""

    name: str
    table: Table
    year: int | None
    path: str

    @property
    def label(self) -> str:
        """How a ``RowRef`` names this file."""
        return self.table.id if self.year is None else f"{self.table.id}:{self.year}"

    @property
    def csv(self) -> str:
        """Where the file's public CSV is, below the site's root: ``data/budget/2021.csv``."""
        return f"data/{self.path}"

    def file(self, extension: str) -> str:
        """Where the file is in another format: beside its CSV, ``data/budget/2021.xlsx``."""
        return PurePosixPath(self.csv).with_suffix(f".{extension}").as_posix()


@dataclass(frozen=True, slots=True)
class Contract:
    """All resources, in the package's order. ``closed`` are the years whose figures are frozen."""

    title: str
    licence: str
    folder: Path
    resources: tuple[Resource, ...]
    descriptor: dict[str, Any] = field(compare=False, hash=False)
    fingerprint: str
    closed: frozenset[int] = frozenset()

    def tables(self) -> tuple[Table, ...]:
        """Each table once, in order."""
        return tuple({r.table.id: r.table for r in self.resources}.values())

    def table(self, table_id: str) -> Table | None:
        """A table by id, or ``None``."""
        return next((r.table for r in self.resources if r.table.id == table_id), None)

    def chosen(self, names: Sequence[str]) -> list[Table]:
        """The tables of some ids or titles, in the package's order; all for none. Raises ``UsageError`` for others."""
        tables = self.tables()
        unknown = [n for n in names if n not in {name for t in tables for name in (t.id, t.title)}]
        if unknown:
            known = "、".join(f"{t.title}({t.id})" for t in tables)
            raise UsageError(f"没有“{'、'.join(unknown)}”这张表。有:{known}。")
        return [t for t in tables if not names or {t.id, t.title} & set(names)]

    def of(self, table_id: str) -> tuple[Resource, ...]:
        """A table's files, in the package's order."""
        return tuple(r for r in self.resources if r.table.id == table_id)

    def resource(self, label: str) -> Resource | None:
        """The file that a ``RowRef`` names, or ``None``."""
        return next((r for r in self.resources if r.label == label), None)


def _read(path: Path, shown: str) -> tuple[dict[str, Any], bytes]:
    try:
        content = path.read_bytes()
        loaded = yaml.load(content.decode("utf-8-sig"), Loader=LOADER)  # noqa: S506 - the safe one, in C
    except FileNotFoundError:
        raise UsageError(f"找不到数据契约文件 {shown}。") from None
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise UsageError(f"数据契约文件 {shown} 读不懂:{str(error).splitlines()[0]}") from None
    if not isinstance(loaded, dict):
        raise UsageError(f"数据契约文件 {shown} 应当是键值结构。")
    return loaded, content


def _column(raw: dict[str, Any], where: str) -> Column:
    kind = raw.get("type", "string")
    if not raw.get("name") or not raw.get("id"):
        raise UsageError(f"{where} 里有一列没有 name(表头)或 id。")
    if kind not in TYPES:
        raise UsageError(f"{where} 的“{raw['name']}”列类型是 {kind},只支持 {'、'.join(sorted(TYPES))}。")
    return Column(
        name=raw["name"],
        id=raw["id"],
        type=kind,
        description=str(raw.get("description", "")),
        public=raw.get("public") is True,
        unit=raw.get("unit"),
        scale=raw.get("scale"),
        whole_percent=raw.get("wholePercent") is True,
        many=raw.get("list") is True,
        counts=raw.get("counts") is True,
        codes=tuple((raw.get("codes") or {}).items()),
        steps=tuple(raw.get("steps") or ()),
        constraints=tuple(
            (k, tuple(v) if isinstance(v, list) else v) for k, v in (raw.get("constraints") or {}).items()
        ),
    )


def _references(raw: dict[str, Any]) -> tuple[Reference, ...]:
    own = [
        Reference(tuple(k["fields"]), k["reference"]["resource"], tuple(k["reference"]["fields"]))
        for k in raw.get("foreignKeys", [])
    ]
    yearly = [Reference(tuple(k["fields"]), k["table"], tuple(k["to"])) for k in raw.get("refersTo", [])]
    return (*own, *yearly)


def _due(raw: dict[str, Any], where: str) -> Due | None:
    due = raw.get("due")
    if due is None:
        return None
    try:
        by, day, field = due["by"], due["day"], due["field"]
    except (KeyError, TypeError):
        raise UsageError(f"{where} 的 due 应当写明 by、day 和 field。") from None
    if day not in range(1, 29):
        raise UsageError(f"{where} 的 due 里,day 应是 1 到 28 的整数。")
    return Due(by, day, field)


def _table(table_id: str, raw: dict[str, Any], where: str) -> Table:
    columns = tuple(_column(f, where) for f in raw.get("fields") or [])
    names = {c.name for c in columns}
    cumulative = raw.get("cumulative") or {}
    references, due = _references(raw), _due(raw, where)
    used = [*raw.get("primaryKey", []), *raw.get("lookup", []), *cumulative.get("fields", [])]
    used += [name for r in references for name in r.fields]
    used += [cumulative["by"]] if "by" in cumulative else []
    used += [due.by, due.field] if due else []
    used += [raw["written"]] if "written" in raw else []
    unknown = [name for name in used if name not in names]
    if unknown or not columns:
        raise UsageError(f"{where} 提到了没有定义的列:{'、'.join(unknown) or '(没有任何列)'}。")
    return Table(
        id=table_id,
        title=str(raw.get("title", table_id)),
        description=str(raw.get("description", "")),
        columns=columns,
        key=tuple(raw.get("primaryKey", ())),
        references=references,
        missing=tuple(raw.get("missingValues", ("",))),
        lookup=tuple(raw.get("lookup", ())),
        cumulative_by=cumulative.get("by"),
        cumulative=tuple(cumulative.get("fields", ())),
        due=due,
        group=str(raw.get("group", "")),
        descriptor=raw,
        written=raw.get("written"),
    )


def _complete(schemas: dict[str, Table]) -> None:
    """Raises ``UsageError`` when a table refers to one that is not listed, or to a column that it does not have."""
    needed: dict[str, str] = {}
    for table in schemas.values():
        for reference in table.references:
            target = schemas.get(reference.table)
            if target and not set(reference.to) <= {c.name for c in target.columns}:
                raise UsageError(f"{table.id} 引用了 {reference.table} 里没有的列:{'、'.join(reference.to)}。")
            needed.setdefault(reference.table, f"{table.id} 的“{'、'.join(reference.fields)}”要引用它")
    lacking = [f"{name}({why})" for name, why in needed.items() if name not in schemas]
    if lacking:
        raise UsageError(f"datapackage.yaml 里没有列出 {'、'.join(lacking)}。还没有数据的,文件里只留表头一行。")


def _closed(years: Any) -> frozenset[int]:
    if years is None:
        return frozenset()
    if not isinstance(years, list) or not all(isinstance(year, int) for year in years):
        raise UsageError("datapackage.yaml 里的 closed 应写成年份的清单,如 [2019, 2020]。")
    return frozenset(years)


def load(folder: Path) -> Contract:
    """The contract of a data folder; raises ``UsageError`` when it is missing or contradicts itself."""
    package, content = _read(folder / "datapackage.yaml", "datapackage.yaml")
    digest = hashlib.blake2b(content, digest_size=16)
    schemas: dict[str, Table] = {}
    files: dict[str, str] = {}
    resources = []
    for raw in package.get("resources") or []:
        try:
            name, path, schema = raw["name"], raw["path"], raw["schema"]
        except (KeyError, TypeError):
            raise UsageError("datapackage.yaml 里有一个资源缺少 name、path 或 schema。") from None
        table_id = raw.get("table", name)
        if table_id not in schemas:
            descriptor, text = _read(folder / schema, schema)
            digest.update(schema.encode() + b"\0" + text)
            schemas[table_id] = _table(table_id, descriptor, schema)
        if files.setdefault(table_id, schema) != schema:
            raise UsageError(f"datapackage.yaml 里的 {table_id} 有两个不同的 schema:{files[table_id]}、{schema}。")
        resources.append(Resource(name, schemas[table_id], raw.get("year"), path))
    _complete(schemas)
    licences = package.get("licenses") or [{}]
    return Contract(
        title=str(package.get("title", package.get("name", ""))),
        licence=str(licences[0].get("name", "")),
        folder=folder,
        resources=tuple(resources),
        descriptor=package,
        fingerprint=digest.hexdigest(),
        closed=_closed(package.get("closed")),
    )
