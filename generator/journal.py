"""How changed files reach the out folder: all of them, or none, whatever kills the process in between.

New content is first written to ``.portal-new/`` inside the out folder: the same disk, so that a rename
is enough, and one place, so that what a killed run left is found at once and no name grows too long.
The journal, itself renamed into place, is the moment of decision: without it an apply is undone by
dropping that folder, with it every step can be repeated until it is done. The manifest changes last.

``store`` is the face of this module and of ``ground``; nothing else should import them.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.errors import MachineError, ProgramError
from generator.files import check_paths, digest_of, dump, explained, parents, safe
from generator.ground import MANIFEST, STAGING, Plan, Source, hash_of, listed, plan_of, record

JOURNAL = "journal.json"
CHUNK = 1 << 20
# From so many on, one sync of the whole system is quicker than one of each file: 10,000 pages take seconds, not a
# minute. It reports no errors of its own, and only Linux waits for its end, so few files and other systems do without.
MANY = 64 if sys.platform == "linux" else sys.maxsize
# A folder may stay: something else is in it (two spellings), it is gone already, or it is where a disk is mounted.
STAYS = (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT, errno.ENOTDIR, errno.EBUSY)


@dataclass(frozen=True, slots=True)
class Applied:
    """What an apply did, in sorted order."""

    written: tuple[str, ...]
    deleted: tuple[str, ...]
    unchanged: int


def _sync(folder: Path) -> None:
    """Makes renames in a folder last through a power cut, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _chunks(content: bytes | Path) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    with content.open("rb") as stream:
        while block := stream.read(CHUNK):
            yield block


def _put(file: Path, source: Source, *, sync: bool = True) -> None:
    """Writes a temporary file; its digest must be the one that was promised."""
    seen = hashlib.blake2b(digest_size=16)
    with file.open("wb") as stream:
        for block in _chunks(source.content):
            seen.update(block)
            stream.write(block)
        if sync:
            stream.flush()
            os.fsync(stream.fileno())
    if seen.hexdigest() != source.digest:
        name = source.content if isinstance(source.content, Path) else file.name
        raise ProgramError(f"内容和它的摘要对不上:{name}。")


def _prepare(out: Path, plan: Plan, files: Mapping[str, Source], listing: bytes) -> None:
    """Everything up to the moment of decision; an error leaves the out folder as it was."""
    staging = out / STAGING
    made = [folder for folder in (out, *out.parents) if not folder.exists()]
    journal = {"version": 1, "moves": plan.moves, "first": plan.first, "last": plan.last}
    try:
        staging.mkdir(parents=True)
        for number, path in enumerate(plan.moves):
            _put(staging / str(number), files[path], sync=len(plan.moves) < MANY)
        if len(plan.moves) >= MANY:
            os.sync()
        _put(staging / MANIFEST, Source.of(listing))
        _put(staging / "journal", Source.of(dump(journal)))
        _sync(staging)
        (staging / "journal").replace(staging / JOURNAL)
        _sync(staging)
    except BaseException:
        with contextlib.suppress(OSError):  # what cannot be undone now, the next command undoes
            _discard(staging)
        with contextlib.suppress(OSError):
            for folder in made:
                folder.rmdir()
        raise


def _discard(staging: Path) -> None:
    """Drops the staging folder; the journal goes first, for without it the rest means nothing."""
    for file in sorted(staging.iterdir(), key=lambda file: (file.name != JOURNAL, file.name)):
        file.unlink()
    staging.rmdir()


def _remove(out: Path, paths: Collection[str]) -> None:
    """Deletes files, then the folders that this emptied; may be repeated."""
    for path in paths:
        if (out / path).is_symlink() or (out / path).is_file():
            (out / path).unlink()
    folders = {parent for path in paths for parent in parents(path)}
    for folder in sorted(folders, key=lambda f: (-f.count("/"), f)):
        try:
            (out / folder).rmdir()
        except OSError as error:
            if error.errno not in STAYS:
                raise


def _move(temp: Path, target: Path) -> None:
    """Renames a temporary file into place; may be repeated. Empty folders in the way are removed."""
    if not temp.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_dir() and not target.is_symlink():
        for top, _, _ in os.walk(target, topdown=False):
            Path(top).rmdir()
    temp.replace(target)


def _forward(out: Path, plan: Plan) -> None:
    """Carries out a journal, from wherever an earlier attempt stopped."""
    staging = out / STAGING
    # Once a move was made, a path of ``first`` may be a new file on systems that ignore case.
    if (staging / "0").exists():
        _remove(out, plan.first)
    for number, path in enumerate(plan.moves):
        _move(staging / str(number), out / path)
    _remove(out, plan.last)
    _move(staging / MANIFEST, out / MANIFEST)
    touched = {(out / path).parent for path in (*plan.moves, *plan.deleted)} | {out}
    if len(touched) >= MANY:
        os.sync()
    else:
        for folder in sorted(filter(Path.is_dir, touched)):
            _sync(folder)
    _discard(staging)


def _journal(staging: Path) -> Plan | None:
    """The plan of a journal; ``None`` if the moment of decision was never reached."""
    if not os.path.lexists(staging / JOURNAL):
        return None
    raw = record(staging / JOURNAL)
    parts = [raw.get(name) for name in ("moves", "first", "last")]
    if not all(isinstance(part, list) and all(safe(path) for path in part) for part in parts):
        raise MachineError(f"上次更新的记录已损坏。请删除整个文件夹 {staging.parent},再重新生成网站。")
    return Plan(*(tuple(part or ()) for part in parts))


def recover(out: Path) -> str | None:
    """Completes or undoes an apply that was killed; says what it did, ``None`` if there was nothing."""
    staging = out / STAGING
    if staging.is_symlink() or not staging.is_dir():
        return None
    with explained("恢复上次中断的更新"):
        plan = _journal(staging)
        if plan is not None:
            _forward(out, plan)
            return f"上次更新中途停止,现已补完:写入 {len(plan.moves)} 个文件,删除 {len(plan.deleted)} 个。"
        begun = any(staging.iterdir())
        _discard(staging)
    if begun:
        return "上次更新在准备时停止,已撤销:网站没有变化,临时文件已清除。"
    return "上次运行中途停止,网站是完整的;留下的空文件夹已清除。"


def apply(out: Path, files: Mapping[str, Source], *, fingerprint: str) -> Applied:
    """Makes the out folder hold these files, all or none; deletes only what the last manifest listed."""
    check_paths(files, (MANIFEST, STAGING))
    recover(out)
    listing = dump({"version": 1, "fingerprint": fingerprint, "files": {p: s.digest for p, s in files.items()}})
    with explained("更新输出文件夹"):
        plan = plan_of(out, files, listed(out))
        if plan.moves or plan.deleted or hash_of(out / MANIFEST) != digest_of(listing):
            _prepare(out, plan, files, listing)
            with explained("替换网站文件", "网站换到一半;排除原因后再运行一次,会自动补完。"):
                _forward(out, plan)
    return Applied(plan.moves, plan.deleted, len(files) - len(plan.moves))
