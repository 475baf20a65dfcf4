"""What stands in the out folder, compared with what should: the plan of an apply. Nothing here writes.

A file is ours only if the manifest lists it. Whatever else stands there is never overwritten, never
deleted, and never reached through a link: the plan is refused as a whole instead.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator.errors import UsageError
from generator.files import digest_of, explained, fold, parents, safe

MANIFEST = "portal-manifest.json"
STAGING = ".portal-new"
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Source:
    """The content of one output file, as bytes or as a file to copy, with its known digest."""

    digest: str
    content: bytes | Path

    @classmethod
    def of(cls, content: bytes) -> Source:
        """A source from bytes whose digest is not known yet."""
        return cls(digest_of(content), content)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done: ``first`` goes before the moves because it stands in their way."""

    moves: tuple[str, ...]
    first: tuple[str, ...]
    last: tuple[str, ...]

    @property
    def deleted(self) -> tuple[str, ...]:
        """Everything that goes, in order."""
        return tuple(sorted({*self.first, *self.last}))


def hash_of(file: Path) -> str | None:
    """Digest of a regular file, ``None`` for anything else."""
    try:
        if file.is_symlink():
            return None
        return digest_of(file.read_bytes())
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None
    except PermissionError:
        if file.is_dir():  # how Windows answers for a folder
            return None
        raise


def record(file: Path) -> dict[str, Any]:
    """A JSON object from a file; empty if there is none or it is torn."""
    try:
        value = json.loads(file.read_bytes())
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) and value.get("version") == 1 else {}


def manifest(out: Path) -> dict[str, Any] | None:
    """Our manifest in a folder, ``None`` if there is none that can be trusted: its paths are deleted from."""
    with explained("读取清单"):
        value = record(out / MANIFEST)
    files = value.get("files")
    if not isinstance(files, dict) or not isinstance(value.get("fingerprint"), str):
        return None
    return value if all(safe(p) and isinstance(d, str) for p, d in files.items()) else None


def intact(out: Path, manifest: Mapping[str, Any]) -> bool:
    """Whether every listed file is there with its content, and nothing of an unfinished apply is."""
    if os.path.lexists(out / STAGING):
        return False
    with explained("核对输出文件夹"):
        return all(hash_of(out / path) == digest for path, digest in manifest["files"].items())


@dataclass(slots=True)
class Ground:
    """What stands in the out folder, as far as a plan has to know it."""

    out: Path
    listed: Mapping[str, str]
    folders: dict[str, str | None] = field(default_factory=dict)
    spellings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.spellings.update((fold(path), path) for path in self.listed)

    def kind(self, path: str) -> str:
        """``absent``, ``file``, ``link``, ``folder``, or ``other``: a device, or a junction of Windows."""
        try:
            seen = (self.out / path).lstat()
        except (FileNotFoundError, NotADirectoryError):
            return "absent"
        if stat.S_ISREG(seen.st_mode):
            return "file"
        if stat.S_ISLNK(seen.st_mode):
            return "link"
        # A junction says that it is a folder, and leads elsewhere.
        junction = getattr(seen, "st_reparse_tag", 0) == 0xA0000003
        return "folder" if stat.S_ISDIR(seen.st_mode) and not junction else "other"

    def barrier(self, folder: str) -> str | None:
        """The highest thing on the way to a folder, itself included, that is there and is no real folder."""
        if folder not in self.folders:
            above = self.barrier(folder.rpartition("/")[0]) if folder else None
            stands = above is None and folder and self.kind(folder) in ("file", "link", "other")
            self.folders[folder] = folder if stands else above
        return self.folders[folder]

    def ours(self, path: str) -> bool:
        """Whether the manifest lists this path and a file, not a folder, is still there."""
        return path in self.listed and self.kind(path) in ("file", "link")

    def respelled(self, path: str) -> bool:
        """Whether a listed file is found under this path although it is spelled otherwise in the manifest."""
        old = self.spellings.get(fold(path), path)
        try:
            return old != path and (self.out / old).samefile(self.out / path)
        except OSError:
            return False

    def strangers(self, path: str) -> list[str]:
        """What would have to go to make room for a file, and is not ours to remove."""
        if block := self.barrier(path.rpartition("/")[0]):
            return [] if self.ours(block) else [block]
        kind = self.kind(path)
        if kind == "folder":
            return [p for p in sorted(self.below(path)) if not self.ours(p)]
        return [] if kind == "absent" or self.ours(path) or self.respelled(path) else [path]

    def below(self, folder: str) -> Iterator[str]:
        """Everything below a folder that is not a folder."""
        for top, names, files in os.walk(self.out / folder, onerror=_fail):
            links = [name for name in names if Path(top, name).is_symlink()]
            for name in [*files, *links]:
                yield Path(top, name).relative_to(self.out).as_posix()

    def current(self, path: str, digest: str) -> bool:
        """Whether a path holds this content already."""
        blocked = self.barrier(path.rpartition("/")[0])
        return blocked is None and hash_of(self.out / path) == digest and not self.respelled(path)

    def deletable(self, path: str) -> bool:
        """Whether a listed path may be deleted: not through a link, and no folder. If lost, its folders still go."""
        barred = self.barrier(path.rpartition("/")[0]) is not None
        return not barred and self.kind(path) in ("file", "link", "absent")


def _fail(error: OSError) -> None:
    raise error


def plan_of(out: Path, files: Mapping[str, Source], listed: Mapping[str, str]) -> Plan:
    """Compares what should stand with what does; refuses before anything is written."""
    ground = Ground(out, listed)
    moves = [path for path in sorted(files) if not ground.current(path, files[path].digest)]
    strangers = sorted({s for path in moves for s in ground.strangers(path)})
    if strangers:
        shown = "、".join(strangers[:SHOWN]) + (f" 等 {len(strangers)} 个" if len(strangers) > SHOWN else "")
        raise UsageError(f"{out} 里有不是本程序写的文件,不敢覆盖:{shown}。请移走它们,或用 --out 换一个文件夹。")
    gone = [path for path in sorted(listed) if path not in files and ground.deletable(path)]
    return _ordered(moves, gone)


def _ordered(moves: list[str], gone: list[str]) -> Plan:
    """Deletes that make room come first: a file whose place becomes a folder, or the other way round."""
    targets = {fold(path) for path in moves}
    taken = targets | {fold(parent) for path in moves for parent in parents(path)}
    first = [p for p in gone if fold(p) in taken or not targets.isdisjoint(fold(f) for f in parents(p))]
    early = set(first)
    return Plan(tuple(moves), tuple(first), tuple(p for p in gone if p not in early))


def listed(out: Path) -> Mapping[str, str]:
    """What our manifest lists; refuses a manifest that we cannot vouch for, rather than writing over it."""
    old = manifest(out)
    if old is None and os.path.lexists(out / MANIFEST):
        raise UsageError(f"{out} 里的 {MANIFEST} 已损坏或不是本程序写的。请删除整个文件夹,或用 --out 换一个。")
    return old["files"] if old else {}
