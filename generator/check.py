"""The data folder -> public tables, or every problem at once. Nothing is written before this passes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache as once
from importlib.metadata import version
from pathlib import Path, PurePosixPath

from generator import (
    constraints,
    contract,
    corrected,
    header,
    model,
    personal,
    privacy,
    read,
    records,
    rules,
    sheet,
    values,
    wording,
    written,
)
from generator import format as fmt
from generator.contract import Contract, Resource
from generator.errors import UsageError
from generator.files import Cache
from generator.frames import frame, source_kinds
from generator.lookup import resolve
from generator.model import Level, Problem
from generator.sheet import Sheet, parse
from generator.subject import Subject, rules_of
from generator.tables import Draft, Tables
from generator.titles import NEEDS_ALL_ROWS

LOOKS_LIKE_DATA = frozenset({".csv", ".tsv", ".xlsx", ".xls", ".et"})
OWN_CODE = (constraints, contract, fmt, header, model, personal, read, sheet, values)
LIBRARIES = ("frictionless", "python-stdnum", "rapidfuzz")
GRAVITY = list(Level)
NEEDED = ("sources", "control_totals")  # every row names its source; any total may have been published


@dataclass(frozen=True, slots=True)
class Checked:
    """Public tables and what was found; ``tables`` is ``None`` when any problem is an error."""

    tables: Tables | None
    problems: tuple[Problem, ...]


@once
def _code() -> bytes:
    """Hash of everything but the data that decides a file's result: our code, the libraries."""
    digest = hashlib.blake2b(digest_size=16)
    for module in OWN_CODE:
        digest.update(Path(str(module.__file__)).read_bytes())
    for name in LIBRARIES:
        digest.update(f"{name}={version(name)}".encode())
    return digest.digest()


def _key(content: bytes, resource: Resource, fingerprint: str) -> str:
    digest = hashlib.blake2b(_code(), digest_size=16)
    for part in (fingerprint.encode(), resource.name.encode(), resource.path.encode(), content):
        digest.update(hashlib.blake2b(part).digest())
    return f"sheet-{digest.hexdigest()}"


def _inside(folder: Path, shown: object) -> Path:
    """The file of a resource; raises ``UsageError`` for a path that leaves the data folder, or a symlink."""
    text = str(shown)
    parts = PurePosixPath(text).parts
    if not isinstance(shown, str) or not parts or "\\" in text or ":" in text or text[:1] == "/" or ".." in parts:
        raise UsageError(f"datapackage.yaml 里的路径“{text}”不在数据文件夹里面。请用 budget/2021.csv 这样的相对路径。")
    path = folder
    for part in parts:
        path = path / part
        if path.is_symlink():
            raise UsageError(f"数据文件夹里的“{text}”是符号链接。请放入文件本身。")
    return path


def _unlisted(contract: Contract) -> Iterator[Problem]:
    """Files that look like data, but that no resource names; and names of files that have a person's number in them."""
    known = {r.path for r in contract.resources}
    for path in sorted(contract.folder.rglob("*")):
        name = path.relative_to(contract.folder).as_posix()
        if name.startswith(f"{records.FOLDER}/"):
            continue  # the program's own: names are hashes
        shown, private = personal.named(name)
        if private:
            yield private
            continue
        hidden = any(part.startswith((".", "~$")) for part in shown.split("/"))
        if hidden or shown in known or path.suffix.lower() not in LOOKS_LIKE_DATA or not path.is_file():
            continue
        workbook = path.suffix.lower() not in (".csv", ".tsv")
        remedy = "用 Excel 把它另存为 CSV UTF-8,再" if workbook else "在 datapackage.yaml 里登记,或"
        remedy += "移出数据文件夹。"
        message = "这个文件没有登记,不会出现在网站上。"
        yield Problem(Level.WARNING, "file_unlisted", message, remedy, shown)


def sheet_of(contract: Contract, resource: Resource, cache: Cache | None) -> Sheet:
    """A resource's file by itself, from the cache when nothing that decides it has changed."""
    path = _inside(contract.folder, resource.path)
    try:
        content = path.read_bytes()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError):
        message = f"找不到文件,或打不开。它应当放着“{resource.table.title}”表。"
        remedy = "放回文件;还没有数据的,只留表头一行。"
        problem = Problem(Level.ERROR, "file_missing", message, remedy, resource.path)
        return Sheet(resource.path, problems=[problem], readable=False)
    key = _key(content, resource, contract.fingerprint) if cache is not None else ""
    kept = cache.get(key) if cache is not None else None
    if kept is not None:
        try:
            return Sheet.load(kept)
        except (ValueError, KeyError, TypeError):
            pass  # a damaged cache costs time, nothing else
    found = parse(content, resource)
    if cache is not None:
        cache.put(key, found.dump())
    return found


def _draft(contract: Contract, sheets: dict[str, list[Sheet]], pages: dict[str, str]) -> Draft:
    labels = {r.path: r.label for r in contract.resources} | pages
    kinds = source_kinds(sheets.get("sources", []))
    frames = {t.id: frame(t, sheets[t.id], labels, kinds) for t in contract.tables()}
    return Draft(contract, frames, {s.file: s for found in sheets.values() for s in found})


def _ruled(draft: Draft, subjects: Sequence[Subject], faulty: bool) -> Iterator[Problem]:
    """What the rules find. What needs all rows is withheld while rows with errors are left out."""
    needs = NEEDS_ALL_ROWS | {rule: what for s in subjects for rule, what in s.needs_all_rows.items()}
    withheld: dict[str, None] = {}
    for rule in (rules.generic, corrected.lead, privacy.told, wording.cells, *rules_of(subjects)):
        for problem in rule(draft):
            if faulty and problem.rule in needs:
                withheld[needs[problem.rule]] = None
            else:
                yield problem
    if withheld:
        what = "和".join(withheld)
        message = f"有错误的行没有参加{what},{what}要等改好以后再做。"
        yield Problem(Level.NOTE, "withheld", message, "先改正错误,再检查一次。")


def ordered(problems: Sequence[Problem], files: Sequence[str]) -> tuple[Problem, ...]:
    """Problems without repeats, by file in the contract's order, then row and column, then gravity."""
    places = {file: i for i, file in enumerate(files)}

    def place(p: Problem) -> tuple[int, str, int, int, str, int, str, str]:
        letter = p.letter or ""
        return (
            places.get(p.file, len(places)), p.file, p.row or 0, len(letter), letter,
            GRAVITY.index(p.level), p.rule, p.message,
        )  # fmt: skip

    return tuple(sorted(dict.fromkeys(problems), key=place))


def _gathered(
    contract: Contract, cache: Cache | None, progress: Callable[[str], None] | None
) -> tuple[Draft, list[Problem]]:
    """All files, each checked by itself, as one draft; and what was found."""
    if lacking := [name for name in NEEDED if contract.table(name) is None]:
        raise UsageError(f"datapackage.yaml 里没有列出 {'、'.join(lacking)}。每个网站都要有,没有数据的只留表头一行。")
    for resource in contract.resources:
        _inside(contract.folder, resource.path)
    problems = list(_unlisted(contract))
    sheets: dict[str, list[Sheet]] = {t.id: [] for t in contract.tables()}
    broken: dict[str, list[Sheet]] = {}
    for resource in contract.resources:
        if progress:
            progress(f"检查 {resource.path}")
        found = sheet_of(contract, resource, cache)
        if found.readable:
            sheets[resource.table.id].append(found)
        else:
            broken.setdefault(resource.table.id, []).append(found)
    pages: dict[str, str] = {}
    for table in written.tables(contract):
        for found, file in written.sheets(contract, table):
            if found.readable and file is not None:
                sheets[table.id].append(found)
                pages[found.file] = file.label
            else:
                broken.setdefault(table.id, []).append(found)
    resolve(contract, sheets, broken)
    for group in (*sheets.values(), *broken.values()):
        problems += [p for s in group for p in s.problems]
    return _draft(contract, sheets, pages), problems


def drafted(contract: Contract, cache: Cache | None = None) -> Draft:
    """The tables with their row numbers and private columns, before any rule; rows with errors are left out."""
    return _gathered(contract, cache, None)[0]


def _descriptions(contract: Contract, config: Path | None) -> Iterator[tuple[Path, str]]:
    """The files whose words say what the data and the site are, each with its name as shown."""
    for path in sorted(contract.folder.rglob("*.yaml")):
        name = path.relative_to(contract.folder).as_posix()
        if not name.startswith(f"{records.FOLDER}/"):
            yield path, personal.masked(name)[0]
    if config:
        yield config, config.name


def check(
    contract: Contract,
    subjects: Sequence[Subject],
    *,
    cache: Cache | None = None,
    progress: Callable[[str], None] | None = None,
    prose: Path | None = None,
    config: Path | None = None,
) -> Checked:
    """Checks all files of a contract's folder, alone and together, by the contract and the subjects' rules; and the
    hand-written pages in the folder ``prose`` and the configuration ``config``, if there are any.

    Arbitrary bytes in the data become problems, never exceptions; raises ``UsageError`` only for a contract
    that cannot be used (paths that leave the folder, symlinks, schemas that contradict themselves).
    """
    draft, problems = _gathered(contract, cache, progress)
    faulty = any(p.level is Level.ERROR for p in problems)
    problems += _ruled(draft, subjects, faulty)
    problems += wording.pages(prose, wording.of(draft)) if prose else ()
    problems += wording.described(_descriptions(contract, config))
    texts = {
        t.id: [str(v) for v in draft.frame(t.id)[t.column(t.written).id] if v]
        for t in contract.tables() if t.written
    }  # fmt: skip
    pictures, found = written.pictures(contract, texts, cache)
    problems += found
    result = ordered([written.placed(p) for p in problems], [r.path for r in contract.resources])
    if any(p.level is Level.ERROR for p in result):
        return Checked(None, result)
    return Checked(replace(privacy.publish(draft), pictures=pictures), result)
