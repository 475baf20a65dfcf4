"""Taking a row, a file or an old input out of everything: data, site, feeds, index, downloads, and the store.

What stays is a tombstone in the new release's record: the hash of what is gone, why, by which document. What others
have copied, and what Git remembers, is out of reach: the handbook says so.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator import check, contract, corrections, records, written
from generator.diff.published import holds
from generator.errors import InputError, UsageError
from generator.files import explained, put
from generator.records import History
from generator.release import inputs
from generator.settings import Settings
from generator.store import Work, lock
from generator.tables import FILE, KEY, ROW, TABLE, Draft

LIST = "list.json"

Tombstone = Mapping[str, str]
Row = tuple[str, str]  # label, key


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What goes: ``write`` and ``delete`` in the project, ``gone`` in the store; ``rows`` as (label, key).

    ``gone`` is by hash what stays of each object: the same without the rows, nothing where all of it goes. ``what`` is
    public, and for ever: it says of which sort it was, and no name.
    """

    what: str
    gone: Mapping[str, bytes | None]
    write: Mapping[Path, bytes]
    delete: tuple[Path, ...] = ()
    rows: frozenset[Row] = frozenset()

    @property
    def left(self) -> tuple[bytes, ...]:
        """What stays of objects that lose rows."""
        return tuple(content for content in self.gone.values() if content is not None)

    def tombstones(self, reason: str, document: str) -> tuple[Tombstone, ...]:
        """What is kept of it: one for each hash, one without where nothing of it was in the store."""
        base = {"what": self.what, "reason": reason, "document": document}
        found = (
            {**base, "hash": digest, **({} if left is None else {"instead": records.hash_of(left)})}
            for digest, left in sorted(self.gone.items())
        )
        return tuple(found) or ({**base, "hash": ""},)

    def lost(self, history: History) -> list[int]:
        """The releases that cannot come back any more: an input that they cannot be without is gone as a whole."""
        whole = {digest for digest, left in self.gone.items() if left is None}
        return [
            record.number
            for record in history.records
            if any(
                not inputs.optional(name) and history.current(digest) in whole
                for name, digest in history.listed(record.inputs).items()
            )
        ]


def row(settings: Settings, table: str, key: str) -> Withdrawal:
    """A row by its table (id or title) and its key as the site shows it, with what the corrections say of it.

    Raises ``UsageError`` when it is not there.
    """
    found = contract.load(settings.data)
    wanted = found.chosen([table])[0]
    draft = check.drafted(found, Work(settings.build))
    mine = [r for r in draft.frame(wanted.id).to_dict("records") if r[KEY] == key] if draft.has(wanted.id) else []
    if len(mine) != 1:
        raise UsageError(f"“{wanted.title}”表里没有键是“{key}”的行。键写在网站的数据页上,各部分用 / 连接。")
    if str(mine[0][FILE]).endswith(".md"):
        return file(settings, f"{inputs.DATA}{mine[0][FILE]}")
    return _rows(settings, draft, f"“{wanted.title}”表的一行", wanted.id, [mine[0]])


def _rows(
    settings: Settings,
    draft: Draft,
    what: str,
    table: str,
    mine: Sequence[Mapping[Any, Any]],
    delete: Sequence[str] = (),
) -> Withdrawal:
    """Rows of a table, the corrections that speak of them, and the files in ``delete``."""
    keys = {str(r[KEY]) for r in mine}
    said = [c.row for c in corrections.recorded(draft, table) if c.key in keys]
    gone = [r for r in (*mine, *said) if f"{inputs.DATA}{r[FILE]}" not in delete]
    write: dict[Path, bytes] = {}
    for one in sorted(gone, key=lambda r: int(r[ROW]), reverse=True):  # from below, so that the numbers above hold
        path = settings.data / str(one[FILE])
        write[path] = _without(write.get(path) or path.read_bytes(), int(one[ROW]))
    history = records.load(settings.data)
    rows = frozenset((str(r[TABLE]), str(r[KEY])) for r in (*mine, *said))
    paths = {f"{inputs.DATA}{r[FILE]}" for r in (*mine, *said)}
    left = _released(settings, history, rows, paths) if rows else {}
    listed = [item for r in history.records for item in history.listed(r.inputs).items()]
    left |= {history.current(d): None for n, d in listed if n in delete}
    places = tuple(p for name in delete if (p := inputs.place(settings, name)).is_file())
    taken = {
        digest: None if content is not None and records.hash_of(content) in history.buried else content
        for digest, content in left.items()
        if history.get(digest) is not None
    }
    return Withdrawal(what, taken, write, places, rows)


def file(settings: Settings, name: str) -> Withdrawal:
    """A file of the project, ``data/…`` or ``docs/…``; of a page of news its row and its pictures too.

    Raises ``UsageError`` when it is none of the inputs, or when the site cannot be without it.
    """
    shown = name.replace("\\", "/")
    known = inputs.read(settings)
    history = records.load(settings.data)
    released = {n for r in history.records for n in history.listed(r.inputs)}
    found = contract.load(settings.data)
    listed = {f"{inputs.DATA}{r.path}" for r in found.resources}
    if shown in listed or shown == inputs.CONFIG or shown.startswith((f"{inputs.DATA}schemas/", f"{inputs.DATA}datap")):
        raise UsageError(f"{shown} 是网站要用的表,不能整个撤下。请撤下其中的行:portal withdraw --row 表 键。")
    if shown not in known and shown not in released:
        raise UsageError(f"没有 {shown} 这个文件。请写成 data/… 或 docs/…。")
    draft = check.drafted(found, Work(settings.build))
    table = next((t for t in written.tables(found) if shown.startswith(f"{inputs.DATA}{t.id}/")), None)
    if table is None or not table.written:
        return _rows(settings, draft, "一个文件", "", [], [shown])
    rows = draft.frame(table.id).to_dict("records") if draft.has(table.id) else []
    mine = [r for r in rows if f"{inputs.DATA}{r[FILE]}" == shown]
    text = table.column(table.written).id
    shared = {p for r in rows if r not in mine for p, _ in written.named(str(r[text]))}
    if shown.removeprefix(f"{inputs.DATA}{table.id}/") in {p for r in rows for p, _ in written.named(str(r[text]))}:
        raise UsageError(f"{shown} 还在文章里用着。请撤下那一篇;只撤图片的,先从正文里去掉并发布一次,再撤。")
    pictures = [p for r in mine for p, _ in written.named(str(r[text])) if p not in shared]
    delete = [shown, *(f"{inputs.DATA}{table.id}/{p}" for p in pictures)]
    return _rows(settings, draft, "一篇文章" if mine else "一个文件", table.id, mine, delete)


def old_input(settings: Settings, digest: str) -> Withdrawal:
    """An input of an earlier release by its hash (its first digits are enough). It may not be one of today's."""
    history = records.load(settings.data)
    digits = digest.removeprefix(f"{records.ALGORITHM}:").lower()
    listed = [item for r in history.records for item in history.listed(r.inputs).items()]
    names = {h: n for n, d in listed for h in (d, history.current(d))}
    named = [d for d in names if d.partition(":")[2].startswith(digits)] if len(digits) >= records.SHORT else []
    mine = list({history.current(d) for d in named})
    if len(mine) != 1:
        raise UsageError(f"以前的输入里没有校验值是“{digest}”的(至少写前 {records.SHORT} 位)。")
    if history.get(mine[0]) is None:
        raise UsageError(f"{names[mine[0]]} 的这一份已经撤下了。")
    if mine[0] in {records.hash_of(content) for content in inputs.read(settings).values()}:
        raise UsageError(f"{names[mine[0]]} 现在还在用。请撤下它本身(--file),或其中的行(--row)。")
    return Withdrawal("以前的一个输入", {mine[0]: None}, {})


def _without(content: bytes, number: int) -> bytes:
    """A CSV file without the row that Excel shows under this number; every other byte as it was."""
    lines = content.splitlines(keepends=True)
    reader = csv.reader(io.StringIO(content.decode("utf-8-sig", errors="replace"), newline=""))
    start = 0
    for place, _ in enumerate(reader, 1):
        if place == number:
            return b"".join(lines[:start] + lines[reader.line_num :])
        start = reader.line_num
    raise InputError("这一行在文件里找不到了:文件刚才被改过。请再运行一次。")


def _released(
    settings: Settings, history: History, rows: frozenset[Row], paths: set[str]
) -> dict[str, bytes | None]:  # fmt: skip
    """The objects of the store that have some of the rows, in any of their forms, by hash, with what is left of them:
    tables, figures and changes that name them, and the inputs that they were read from, now ``paths``."""
    found: dict[str, bytes | None] = {}
    ids: set[str] = set()
    looked: set[str] = set()
    for record in history.records:
        holding: set[Row] = set()
        for name, digest in history.listed(record.files).items():
            content = _json(history.get(digest)) if holds(name) else None
            if content is None:
                continue
            own = set(_figures(content, rows))
            ids |= own
            if (left := _rest(content, rows)) is not None:
                holding |= rows & _held(content)
                found[history.current(digest)] = left
            elif own:
                found[history.current(digest)] = None
        inputs_of = {name: history.current(digest) for name, digest in history.listed(record.inputs).items()}
        if not looked.issuperset(inputs_of.values()):
            looked |= set(inputs_of.values())
            older, seen = _older(settings, history, inputs_of, rows)
            if holding - seen:  # published, but today's program reads those rows otherwise
                older |= dict.fromkeys(paths & inputs_of.keys())
            found |= {inputs_of[name]: left for name, left in older.items()}
    for record in history.records:
        content = _json(history.get(record.changes)) or {}
        told = {(r["table"], r["key"]) for r in content.get("rows", ())}
        told |= {(r["table"], r["row"]) for r in content.get("states", ())}
        if told & rows or any(f["id"] in ids for f in content.get("figures", ())):
            found[record.changes] = None
    return found


def _rest(table: Mapping[str, Any], rows: frozenset[Row]) -> bytes | None:
    """A published table without the rows; ``None`` when it has none of them."""
    if not rows & _held(table):
        return None
    left = [r for r in table["records"] if (_label(table), r["@key"]) not in rows]
    return json.dumps({**table, "records": left}, ensure_ascii=False).encode()


def _label(table: Mapping[str, Any]) -> str:
    return f"{table.get('table')}:{table['year']}" if table.get("year") else str(table.get("table"))


def _held(table: Mapping[str, Any]) -> set[Row]:
    """The rows of a published table."""
    return {(_label(table), str(r["@key"])) for r in table.get("records", ())}


def _older(
    settings: Settings, history: History, listed: Mapping[str, str], rows: frozenset[Row]
) -> tuple[dict[str, bytes | None], set[Row]]:
    """The inputs of a release that have the rows, by path, without them; nothing is left of a page, which is a row. And
    which of the rows were found."""
    contents = {name: content for name, digest in listed.items() if (content := history.get(digest)) is not None}
    with Work(settings.build).room() as room:
        put(room, {n.removeprefix(inputs.DATA): c for n, c in contents.items() if n.startswith(inputs.DATA)})
        try:
            draft = check.drafted(contract.load(room))
        except (UsageError, InputError):
            return {}, set()
        held = [
            (f"{inputs.DATA}{r[FILE]}", int(r[ROW]), (str(r[TABLE]), str(r[KEY])))
            for table in draft.contract.tables()
            if draft.has(table.id)
            for r in draft.frame(table.id)[[FILE, ROW, TABLE, KEY]].to_dict("records")
        ]
    mine = sorted((h for h in held if h[2] in rows), key=lambda h: -h[1])  # from below: the numbers above hold
    found: dict[str, bytes | None] = {name: None for name, _, _ in mine if not name.endswith(".csv")}
    for name, number, _ in mine:
        if name.endswith(".csv"):
            found[name] = _without(found.get(name) or contents[name], number)
    return found, {row for _, _, row in mine}


def _json(content: bytes | None) -> dict[str, Any] | None:
    found = json.loads(content) if content and content.lstrip()[:1] == b"{" else None
    return found if isinstance(found, dict) else None


def _figures(found: Mapping[str, Any], rows: frozenset[Row]) -> Iterator[str]:
    """The figures of a file that are made from one of the rows alone or name it."""
    for figure in found.get("figures", ()):
        if isinstance(figure, dict) and any((r["table"], r["key"]) in rows for r in figure.get("rows", ())):
            yield str(figure["id"])


def take(settings: Settings, withdrawal: Withdrawal, releases: int) -> None:
    """Takes it out of the project's own files. What stood there is kept in the build folder until it is released."""
    with explained("撤下"):
        kept = settings.taken_out
        shutil.rmtree(kept, ignore_errors=True)
        paths = [*withdrawal.write, *withdrawal.delete]
        names = {str(number): path for number, path in enumerate(paths)}
        put(kept, {name: path.read_bytes() for name, path in names.items()})
        after = {path: records.hash_of(content) for path, content in withdrawal.write.items()}
        files = {name: [str(path), after.get(path, "")] for name, path in names.items()}
        listed = {"releases": releases, "files": files}
        put(kept, {LIST: json.dumps(listed).encode()})
        for path, content in withdrawal.write.items():
            put(path.parent, {path.name: content})
        for path in withdrawal.delete:
            path.unlink()


def recover(settings: Settings) -> None:
    """Ends a withdrawal that was killed: puts back what no release has taken out, and forgets what one has.

    Raises ``MachineError`` while one is at work, ``InputError`` when a file was changed since: nothing of that is lost.
    """
    if settings.taken_out.exists():
        with alone(settings):
            ended(settings)


@contextlib.contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """One withdrawal at a time; nobody else puts back what it has taken out."""
    with lock(settings.build / "withdraw"):
        yield


def ended(settings: Settings) -> None:
    """The same for whoever is alone."""
    kept = settings.taken_out
    try:
        listed = json.loads((kept / LIST).read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        shutil.rmtree(kept, ignore_errors=True)
        return
    with explained("撤下"):
        if len(records.load(settings.data).files) == listed["releases"]:
            _put_back(kept, listed["files"])
        shutil.rmtree(kept, ignore_errors=True)


def _put_back(kept: Path, files: Mapping[str, Sequence[str]]) -> None:
    """What stood there, unless somebody has changed it since."""
    back: dict[Path, bytes] = {}
    for name, (shown, after) in files.items():
        path, before = Path(shown), (kept / name).read_bytes()
        now = records.hash_of(path.read_bytes()) if path.is_file() else ""
        if now not in (after, records.hash_of(before)):
            raise InputError(
                f"上一次撤下没有做完就停了,后来 {path} 又改过。撤下以前的那一份是 {kept / name}:"
                f"换回那一份,把后来的改动再做一遍;确定不要那一份的,删去 {kept} 文件夹。"
            )
        if now == after:
            back[path] = before
    for path, content in back.items():
        put(path.parent, {path.name: content})


def sweep(history: History) -> None:
    """Deletes from the store what records say is withdrawn. Done again by each release, so that a command that was
    killed in between leaves nothing behind."""
    with explained("撤下"):
        for digest in history.buried:
            if records.HASH.fullmatch(digest):
                history.place(digest).unlink(missing_ok=True)
        for part in (history.folder / records.OBJECTS).rglob(".*.part"):  # of a write that was killed
            part.unlink(missing_ok=True)
