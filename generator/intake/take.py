"""From the files that offices sent to what the data folder would become, and, after a yes, to that.

Nothing is written before the folder as it would be has passed the whole check.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from generator import check, contract, header, lookup, personal, records
from generator.contract import Column, Contract, Resource, Table
from generator.errors import MachineError, UsageError
from generator.files import digest_of, explained, put
from generator.intake import answers, files, grid, heads, layout, merge, prepared
from generator.intake.merge import Merged, Row
from generator.intake.part import Part
from generator.lookup import Names
from generator.model import Level, Problem
from generator.read import RawTable
from generator.sheet import Sheet, references
from generator.store import Work, lock
from generator.subject import Subject

ROUNDS = 12
YEAR = re.compile(r"(20[0-9]{2})年")
OURS = frozenset({"数据字典", "说明", "可以填的"})  # sheets of our own workbooks that hold no data


@dataclass(frozen=True, slots=True)
class Options:
    """What somebody said about the files: which table and sheet, what money is in, columns of one value throughout.

    ``delete``: rows that the files do not have are to go.
    """

    table: str | None = None
    sheet: str | None = None
    unit: str | None = None
    fills: Mapping[str, str] = field(default_factory=dict)
    delete: bool = False


@dataclass(slots=True)
class Sent:
    """A file that came in: its parts, and what is to be said of the file or sheet as a whole."""

    name: str
    parts: list[Part] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def all(self) -> Iterator[Problem]:
        """Refusals and notes of the file and its parts; questions are none of them."""
        yield from self.problems
        for part in self.parts:
            yield from part.refusals
            yield from part.notes


@dataclass(slots=True)
class Intake:
    """Everything that there is to say and to write. ``before`` are digests of the files as they were read."""

    sent: list[Sent]
    merged: list[Merged] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)  # of the folder as it would be
    before: dict[str, str] = field(default_factory=dict)

    @property
    def refused(self) -> bool:
        """Whether anything stands against writing."""
        found = [*self.problems, *(p for s in self.sent for p in s.all())]
        return any(p.level is Level.ERROR for p in found)

    @property
    def questions(self) -> list[Problem]:
        """What a yes would answer."""
        return [q for s in self.sent for part in s.parts for q in part.questions]

    @property
    def writes(self) -> dict[str, bytes]:
        """The files that would change, by path in the data folder."""
        return {m.resource.path: m.content for m in self.merged if m.content is not None}


def read(
    found: Contract, subjects: Sequence[Subject], given: Sequence[tuple[str, bytes]], options: Options, work: Work
) -> Intake:
    """What these files, by name, would make of the data folder. Raises ``UsageError`` for options that fit nothing."""
    only = found.chosen([options.table])[0] if options.table else None
    if options.unit is not None and options.unit not in layout.MONEY_UNITS:
        raise UsageError(f"--unit 只能是{'、'.join(layout.MONEY_UNITS)}。")
    _fills(found, options.fills)
    there, before = _there(found, work)
    tables = [(name, content) for name, content in given if not files.of_open(Path(name).name)]
    intake = Intake([_sent(name, content, found, only, options) for name, content in tables], before=before)
    others = Level.WARNING if tables else Level.ERROR
    intake.sent += [_of_open(name, others) for name, _ in given if files.of_open(Path(name).name)]
    parts = [part for sent in intake.sent for part in sent.parts]
    _look(found, there, parts)
    if not any(s.level is Level.ERROR for sent in intake.sent for s in sent.all()):
        _merge(found, subjects, intake, there, parts, options, work)
    return intake


def _fills(found: Contract, fills: Mapping[str, str]) -> None:
    names = {n for t in found.tables() for c in t.columns for n in (c.name, header.base(c.name))}
    if unknown := [name for name in fills if name not in names]:
        raise UsageError(f"--fill 里的“{'、'.join(unknown)}”不是任何一张表的列。")


def _there(found: Contract, work: Work) -> tuple[dict[str, Sheet], dict[str, str]]:
    """The files of the data folder as they are, by path, and their digests. Raises ``UsageError``."""
    sheets, digests = {}, {}
    for resource in found.resources:
        path = found.folder / resource.path
        if path.is_file():
            with explained(f"读取 {resource.path} "):
                digests[resource.path] = digest_of(path.read_bytes())  # first: what is written later is held to this
        sheet = check.sheet_of(found, resource, work)
        if not sheet.readable:
            raise UsageError(f"数据文件夹里的 {resource.path} 现在就读不了。先用 portal check 看看,改好以后再导入。")
        sheets[resource.path] = sheet
    return sheets, digests


def _sent(name: str, content: bytes, found: Contract, only: Table | None, options: Options) -> Sent:
    """One file: its sheets that are tables, and what is wrong with the others."""
    shown, private = personal.named(name)
    sent = Sent(shown)
    if private:
        sent.problems.append(private)
        return sent
    grids, sent.problems = grid.grids(content, shown)
    grids = [_masked(one, shown) for one in grids]
    if options.sheet and grids:
        names = "、".join(g.sheet for g in grids)
        grids = [g for g in grids if g.sheet == options.sheet]
        if not grids:
            message = f"没有工作表“{options.sheet}”。有:{names}。"
            sent.problems.append(Problem(Level.ERROR, "sheet_unknown", message, "用 --sheet 指明其中一张。", shown))
    strangers: list[Problem] = []
    for one in grids:
        if len(grids) > 1 and one.sheet in OURS:
            continue
        result = layout.find(one, found, shown, only, options.unit)
        if isinstance(result, Problem):
            strangers.append(result)
            continue
        label = shown if len(grids) == 1 else f"{shown}“{one.sheet}”"
        part = heads.begin(result, one, label, options.fills, _year(one, name, found))
        prepared.prepare(part)
        sent.parts.append(part)
        if one.hidden:
            message = f"工作表“{one.sheet}”是隐藏的,里面的数也导入了。"
            sent.problems.append(Problem(Level.WARNING, "sheet_hidden", message, "不该导入的,删去这张工作表。", shown))
    for problem in strangers:
        sent.problems.append(_skipped(problem) if sent.parts and problem.rule == "table_unknown" else problem)
    return sent


def _of_open(name: str, level: Level) -> Sent:
    """What is said of a spreadsheet program's own file; an error when nothing else was sent."""
    shown, _ = personal.named(name)
    message = "这是 Excel 或 WPS 打开文件时的临时文件,里面没有表格,没有收。"
    return Sent(shown, problems=[Problem(level, "file_of_open", message, "请选原来的文件(名字前面没有“~$”)。", shown)])


def _masked(one: grid.Grid, shown: str) -> grid.Grid:
    """A sheet with numbers masked that name a person, before anything can quote them."""
    (number, first), *rows = one.rows
    raw, found = personal.cleared(RawTable(first, tuple(rows), "", "", number), shown)
    return replace(one, rows=((number, raw.header), *raw.rows), private=tuple(found))


def _skipped(problem: Problem) -> Problem:
    message = problem.message.removesuffix("。") + ",没有导入。"
    return Problem(Level.WARNING, "sheet_skipped", message, problem.remedy, problem.file)


def _year(one: grid.Grid, name: str, found: Contract) -> int | None:
    """The year that a title or the file's name tells, to read 12月底 by; else the newest that there is."""
    texts = [name, *(cell for _, cells in one.rows[:5] for cell in cells)]
    told = {int(year) for text in texts for year in YEAR.findall(text)}
    return told.pop() if len(told) == 1 else max((r.year for r in found.resources if r.year), default=None)


def _look(found: Contract, there: Mapping[str, Sheet], parts: Sequence[Part]) -> None:
    """Reads all parts until nothing is left to ask; names are followed in all files together."""
    known = _known(found, there)
    for _ in range(ROUNDS):
        again = [answers.look(part, known) for part in parts]
        if any(again):
            continue
        _resolve(found, there, parts)
        answered = [answers.follow(part, _wholes(found, there, part.table)) for part in parts]
        if not any(answered):  # of all parts, not up to the first
            break
    for part in parts:
        answers.finish(part)


def _wholes(found: Contract, there: Mapping[str, Sheet], table: Table) -> dict[str, frozenset[str]]:
    """Rows that are all the others together, by the columns that may not name them."""
    regions = found.table("regions")
    if regions is None:
        return {}
    columns = [c for c in table.columns if references(table).get(c.id) == regions.id]
    sheets = [there[r.path] for r in found.of(regions.id)]
    return {c.id: lookup.wholes(table, regions, c, sheets) for c in columns}


def _known(found: Contract, there: Mapping[str, Sheet]) -> answers.Known:
    """Names of the rows that a column may name."""
    memo: dict[tuple[str, str], Names | None] = {}

    def known(table: Table, column: Column) -> Names | None:
        if (table.id, column.id) not in memo:
            memo[table.id, column.id] = _names(found, there, table, column)
        return memo[table.id, column.id]

    return known


def _names(found: Contract, there: Mapping[str, Sheet], table: Table, column: Column) -> Names | None:
    target = found.table(references(table).get(column.id, ""))
    if target is None:
        return None
    to = next(r.to[0] for r in table.references if r.fields == (column.name,))
    return lookup.names(target, target.column(to), [there[r.path] for r in found.of(target.id)])


def _resolve(found: Contract, there: Mapping[str, Sheet], parts: Sequence[Part]) -> None:
    """Follows names to rows that are there or come in with the others; only of the parts, the folder has been checked.

    A part without a column of its table's is looked up as far as its columns go.
    """
    sheets: dict[str, list[Sheet]] = {t.id: [there[r.path] for r in found.of(t.id)] for t in found.tables()}
    for part in parts:
        rows = sheets[part.table.id]
        for column in part.kept:
            part.sheet.texts.setdefault(column, [""] * len(part.sheet.rows))
            part.sheet.letters.setdefault(column, "")
        if set(part.sheet.texts) >= {c.id for c in part.table.columns}:
            rows.append(part.sheet)
    lookup.resolve(found, sheets, {})


def _merge(
    found: Contract, subjects: Sequence[Subject], intake: Intake, there: Mapping[str, Sheet], parts: Sequence[Part],
    options: Options, work: Work,
) -> None:  # fmt: skip
    rows, problems = merge.gathered(parts)
    by_shown = {part.shown: sent for sent in intake.sent for part in sent.parts}
    for problem in problems:
        by_shown[problem.file].problems.append(problem)
    by_resource: dict[str, dict[merge.Key, Row]] = {}
    for table_id, known in rows.items():
        for key, row in known.items():
            resource = merge.resource_of(found.of(table_id), row.texts)
            if resource is None:
                by_shown[row.part.shown].problems.append(_no_year(row))
                continue
            by_resource.setdefault(resource.path, {})[key] = row
    if any(p.level is Level.ERROR for sent in intake.sent for p in sent.all()):
        return
    for resource in found.resources:
        if resource.path in by_resource:
            came = by_resource[resource.path]
            intake.merged.append(merge.merge(resource, there[resource.path], came, delete=options.delete))
    if intake.writes:
        intake.problems = _would_be(found, subjects, intake, work)


def _no_year(row: Row) -> Problem:
    year = row.texts.get("year", "")
    message = f"第 {row.number} 行是 {year} 年的,数据文件夹里没有这一年的“{row.part.table.title}”表。"
    return Problem(
        Level.ERROR, "year_unknown", message, f"年度写错了的改正;确实是新的一年,先运行 portal new-year {year}。",
        row.part.shown, row.number,
    )  # fmt: skip


class _Looking:
    """What is known of files already; nothing is put there of a folder that is not, and may never be."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def get(self, key: str) -> bytes | None:
        """What was put under this key by an earlier check."""
        return self._work.get(key)

    def put(self, key: str, value: bytes) -> None:
        """Keeps nothing."""


def _would_be(found: Contract, subjects: Sequence[Subject], intake: Intake, work: Work) -> list[Problem]:
    """What the whole check would newly say of the folder with the changes, told by the rows that came in."""
    with work.room() as room, explained("核对导入以后的数据"):
        folder = room / "data"
        shutil.copytree(found.folder, folder, ignore=shutil.ignore_patterns(".*", records.FOLDER))
        for path, content in intake.writes.items():
            (folder / path).write_bytes(content)
        found_then = check.check(contract.load(folder), subjects, cache=_Looking(work)).problems
    after = [p for p in found_then if p.level is not Level.NOTE]
    now = {(p.rule, p.file, p.message) for p in check.check(found, subjects, cache=work).problems} if after else set()
    origins = {(m.resource.path, n): row for m in intake.merged for n, row in m.origins.items()}
    written = {m.resource.path: m.resource for m in intake.merged}
    told = []
    for problem in after:
        if (problem.rule, problem.file, problem.message) in now:
            continue
        row = origins.get((problem.file, problem.row or 0))
        told.append(_told(problem, row, written.get(problem.file)))
    return sorted(told, key=lambda p: (p.level is not Level.ERROR, p.file, p.row or 0))


def _told(problem: Problem, row: Row | None, resource: Resource | None) -> Problem:
    """A problem of the folder as it would be, placed where somebody can mend it."""
    if row is None or resource is None:
        return problem
    message = re.sub(r"^第 [0-9]+ 行", f"第 {row.number} 行", problem.message)
    own = row.part.letter(problem.column)
    if problem.letter:
        message = message.replace(f"({problem.letter} 列)", f"({own} 列)" if own else "", 1)
    return replace(problem, message=message, file=row.part.shown, row=row.number, letter=own)


def write(intake: Intake, folder: Path, work: Path) -> list[str]:
    """Writes what would change, each file whole or not at all; gives their paths.

    Raises ``MachineError`` when another command is at work, when a file is not what it was when it was read, or
    when the machine refuses.
    """
    files = intake.writes
    with lock(work):
        for path in files:
            with explained(f"读取 {path} "):
                if digest_of((folder / path).read_bytes()) != intake.before[path]:
                    raise MachineError(f"{path} 刚才被别的程序改过,没有写入。请再导入一次。")
        with explained("写入数据", "没有写完的文件保持原样,请解决后再导入一次。"):
            put(folder, files)
    return sorted(files)
