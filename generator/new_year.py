"""A new year's empty files, and their resources in ``datapackage.yaml``: what ``portal new-year`` makes.

Each table of one file a year gets one for the new year, header only. The file is UTF-8 without a byte order mark and
with LF, like the data that ships: Excel is to open it by "From Text/CSV" anyway, which asks for the encoding (a mark
would only mend the double click, which ruins months and long numbers too), and every check remarks on a mark.

The package is a hand-kept file: comments, order and style stay. New entries are copies of the entry of the year before,
set beside it as text; what the result says is compared with what was meant before anything is written. The package is
replaced last, so a run that dies leaves at most files that nobody lists, and the next run takes them in.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from generator import contract
from generator.contract import Contract, Resource, Table
from generator.errors import UsageError
from generator.files import explained, put, safe
from generator.read import read

PACKAGE = "datapackage.yaml"
FIRST, LAST = 2000, 2100  # the years that the contract's own columns accept


@dataclass(frozen=True, slots=True)
class File:
    """One table's file of the year: its title for people, its place below the data folder, and what was done.

    ``rows`` is how many rows an existing file has, ``None`` for one that was made; ``listed`` whether the package
    had named it before.
    """

    title: str
    path: str
    rows: int | None
    listed: bool


def prepare(folder: Path, year: int) -> tuple[File, ...]:
    """Makes what the year lacks, and tells of each yearly table's file, in the contract's order.

    What exists is left alone. Raises ``UsageError`` for a year or a contract that this cannot be done for, and
    ``MachineError``; then at most some empty files were made, and running it again goes on from there.
    """
    if not FIRST <= year <= LAST:
        raise UsageError(f"年份应在 {FIRST} 到 {LAST} 之间,现在是 {year}。")
    found = contract.load(folder)
    last = {t.id: _model(found.of(t.id), year) for t in found.tables()}
    models = {name: model for name, model in last.items() if model}
    if not models:
        raise UsageError(f"{PACKAGE} 里没有一年一个文件的表,不用做这一步。")
    wanted = {name: _new(model, year) for name, model in models.items()}
    _refuse_clashes(found, wanted)
    before = (folder / PACKAGE).read_bytes()
    after = before
    for name, resource in wanted.items():
        if resource is not models[name]:
            after = _inserted(after, models[name], resource)
    files = tuple(_seen(folder, r, listed=r is models[name]) for name, r in wanted.items())
    new = {f.path: _header(r.table) for f, r in zip(files, wanted.values(), strict=True) if f.rows is None}
    if after != before:
        new[PACKAGE] = after
    with explained("新建文件", "请解决后再运行一次,已经做好的会接着用。"):
        put(folder, new)  # the package comes last
    return files


def _model(resources: Sequence[Resource], year: int) -> Resource | None:
    """The year's own resource if there is one, else the one to copy: of the year before, or the earliest."""
    dated = {r.year: r for r in resources if r.year is not None}
    before = [y for y in dated if y <= year]
    return dated[max(before)] if before else dated[min(dated)] if dated else None


def _new(model: Resource, year: int) -> Resource:
    """The year's resource, named as the model is."""
    if model.year == year:
        return model
    old, new = str(model.year), str(year)
    if old not in model.name or old not in model.path:
        raise UsageError(f"{PACKAGE} 里 {model.name} 的 name 和 path 应当带着年份 {old},否则不知道新的一年叫什么。")
    return Resource(model.name.replace(old, new), model.table, year, model.path.replace(old, new))


def _refuse_clashes(found: Contract, wanted: Mapping[str, Resource]) -> None:
    """A new name or file may be nobody else's, and stays in the folder."""
    listed = [*found.resources, *(r for r in wanted.values() if r not in found.resources)]
    for what, values in (("name", [r.name for r in listed]), ("path", [r.path for r in listed])):
        twice = sorted({v for v in values if values.count(v) > 1})
        if twice:
            raise UsageError(f"{PACKAGE} 里会有两个资源的 {what} 都是 {twice[0]}。请先改好 {PACKAGE}。")
    outside = [r.path for r in wanted.values() if not safe(r.path)]
    if outside:
        raise UsageError(f"{PACKAGE} 里的路径 {outside[0]} 不合规:应在数据文件夹里,用 / 分隔。")


def _seen(folder: Path, resource: Resource, *, listed: bool) -> File:
    file = folder / resource.path
    if not file.exists():
        return File(resource.table.title, resource.path, None, listed)
    with explained(f"读取 {resource.path} "):
        raw, _ = read(file.read_bytes(), resource.path)
    return File(resource.table.title, resource.path, len(raw.rows) if raw else 0, listed)


def _header(table: Table) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([c.name for c in table.columns])
    return out.getvalue().encode()


# --- the package as text ----------------------------------------------------------------------------------


def _inserted(content: bytes, model: Resource, new: Resource) -> bytes:
    """The package with ``new`` listed beside ``model``, in the same hand; raises ``UsageError`` if that fails."""
    text = content.decode("utf-8")
    try:
        start, end, entry = _entry(text, model, new)
    except (LookupError, AttributeError, ValueError):
        entry = ""
        start = end = 0
    at = end if (new.year or 0) > (model.year or 0) else start
    gap = "" if at == 0 or text[at - 1] == "\n" else "\n"
    result = f"{text[:at]}{gap}{entry}{text[at:]}"
    if _loaded(result) != _meant(_loaded(text), model, new):
        raise UsageError(
            f"{PACKAGE} 的写法特殊,程序不敢改,没有动任何文件。请照 {model.name} 的写法手工加上 {new.name},再运行一次。"
        )
    return result.encode()


def _entry(text: str, model: Resource, new: Resource) -> tuple[int, int, str]:
    """Where the lines of ``model`` begin and end, and the lines of ``new``; raises what an odd file causes."""
    node = _node(text, model.name)
    values = {key.value: value for key, value in node.value}
    last = max(value.end_mark.index for value in (node, *values.values()) if not _block(value))
    start = text.rindex("\n", 0, node.start_mark.index) + 1
    end = text.index("\n", last) + 1 if "\n" in text[last:] else len(text)
    copied = text[start:last]
    # From the end, so that the places before stay right.
    for name, old in sorted({"name": model.name, "year": str(model.year), "path": model.path}.items(),
                            key=lambda item: -values[item[0]].start_mark.index):  # fmt: skip
        mark, stop = values[name].start_mark.index - start, values[name].end_mark.index - start
        fresh = {"name": new.name, "year": str(new.year), "path": new.path}[name]
        copied = copied[:mark] + copied[mark:stop].replace(old, fresh) + copied[stop:]
    return start, end, copied + ("\r\n" if text[:end].endswith("\r\n") else "\n")


def _block(node: yaml.Node) -> bool:
    """Whether a node ends only where the next one begins, comments between them included."""
    return isinstance(node, yaml.CollectionNode) and not node.flow_style


def _node(text: str, name: str) -> yaml.MappingNode:
    """The entry with this name in the list of resources."""
    root: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    package = {key.value: value for key, value in root.value}
    for node in package["resources"].value:
        if any(key.value == "name" and value.value == name for key, value in node.value):
            found: yaml.MappingNode = node
            return found
    raise LookupError(name)


def _loaded(text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return None


def _meant(package: dict[str, Any], model: Resource, new: Resource) -> dict[str, Any]:
    """What the package should say with ``new`` in it: after the year before, or before the earliest year."""
    resources = list(package["resources"])
    at = next(i for i, r in enumerate(resources) if r["name"] == model.name)
    entry = {**resources[at], "name": new.name, "year": new.year, "path": new.path}
    resources.insert(at + ((new.year or 0) > (model.year or 0)), entry)
    return {**package, "resources": resources}
