"""The only writer below the build folder and the out folder.

``Work`` is the build folder: staged files, state and a cache, all of which may be deleted at the cost
of time. What concerns the out folder is told in ``ground`` and ``journal`` and offered from here.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import filelock

from generator.errors import MachineError, ProgramError, UsageError
from generator.files import digest_of, dump, explained, safe
from generator.ground import MANIFEST, STAGING, Source, intact, manifest
from generator.journal import JOURNAL, Applied, apply, recover

__all__ = ["Applied", "Source", "Work", "apply", "claim", "digest_of", "intact", "lock", "manifest", "recover"]

LOCK = ".portal.lock"
HOLDER = ".portal.pid"
TEMP = ".tmp"
CACHE = "cache"
KEY = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,150}")


class Work:
    """The build folder. Paths are relative and POSIX; a file is whole or absent, whoever is killed.

    ``used`` holds the cache keys asked for or put so far: what a ``sweep`` after a build should keep.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.used: set[str] = set()
        self._inside: set[Path] = set()
        self._numbers = itertools.count()

    def _file(self, path: str) -> Path:
        """The place of a path; raises ``ProgramError`` for one that leaves the folder, by name or by link."""
        if not safe(path) or path.split("/")[0] in (TEMP, LOCK, HOLDER):
            raise ProgramError(f"程序要用一个不允许的路径:{path!r}。")
        file = self.folder / path
        if file.parent not in self._inside:
            if not file.parent.resolve().is_relative_to(self.folder.resolve()):
                raise ProgramError(f"路径离开了工作文件夹:{path!r}。")
            self._inside.add(file.parent)
        return file

    def write(self, path: str, content: bytes) -> bool:
        """Writes a file if its content differs; returns whether it did. What stands in the way is removed."""
        if self.read(path) == content:
            return False
        file = self._file(path)
        # Not beside the file: a reader of the folder (MkDocs) must not find it.
        temp = self.folder / TEMP / f"{os.getpid()}-{next(self._numbers)}"
        with explained("写入工作文件"):
            try:
                temp.parent.mkdir(parents=True, exist_ok=True)
                temp.write_bytes(content)
                self._make_room(file)
                temp.replace(file)
            except BaseException:
                with contextlib.suppress(OSError):
                    temp.unlink(missing_ok=True)
                raise
        return True

    def _make_room(self, file: Path) -> None:
        """A path is a file or a folder, never both: the older one goes."""
        if file.is_dir() and not file.is_symlink():
            shutil.rmtree(file)
        for parent in file.relative_to(self.folder).parents:
            if (self.folder / parent).is_file():
                (self.folder / parent).unlink()
        file.parent.mkdir(parents=True, exist_ok=True)

    def read(self, path: str) -> bytes | None:
        """Content of a file, ``None`` if it is absent."""
        file = self._file(path)
        with explained("读取工作文件"):
            try:
                return file.read_bytes()
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                return None
            except PermissionError:
                if file.is_dir():  # how Windows answers for a folder
                    return None
                raise

    def digest(self, path: str) -> str | None:
        """Digest of a file's content, ``None`` if it is absent."""
        content = self.read(path)
        return None if content is None else digest_of(content)

    def delete(self, path: str) -> None:
        """Deletes a file, if it is there, and the folders that this emptied."""
        file = self._file(path)
        with explained("删除工作文件"):
            if file.is_file() or file.is_symlink():
                file.unlink()
            for parent in list(file.relative_to(self.folder).parents)[:-1]:
                with contextlib.suppress(OSError):  # not empty, or never there
                    (self.folder / parent).rmdir()

    def paths(self, prefix: str = "") -> set[str]:
        """Paths of all files that begin so; give ``docs/`` for a folder. Files in the making are not seen."""
        top = prefix.rpartition("/")[0]
        if top and not safe(top):
            raise ProgramError(f"程序要用一个不允许的路径:{prefix!r}。")
        found: set[str] = set()
        for folder, _, names in os.walk(self.folder / top):
            place = Path(folder).relative_to(self.folder)
            found.update((place / name).as_posix() for name in names)
        own = (f"{TEMP}/", LOCK, HOLDER)
        return {path for path in found if path.startswith(prefix) and not path.startswith(own)}

    def json(self, name: str) -> Any:
        """A saved value; ``None`` if it is absent or cannot be read as JSON."""
        try:
            return json.loads(self.read(name) or b"")
        except (ValueError, RecursionError):
            return None

    def save_json(self, name: str, value: Any) -> bool:
        """Saves a value, the same bytes for the same value; returns whether they changed."""
        return self.write(name, dump(value))

    def _entry(self, key: str) -> str:
        if not KEY.fullmatch(key):
            raise ProgramError(f"缓存的键不合规:{key!r}。")
        name = digest_of(key.encode())  # not the key: case, length and reserved names do not matter then
        return f"{CACHE}/{name[:2]}/{name[2:]}"

    def get(self, key: str) -> bytes | None:
        """A cached value; ``None`` if it is absent, torn, or was put under another key."""
        self.used.add(key)
        entry = self.read(self._entry(key)) or b""
        seal, _, value = entry.partition(b"\n")
        return value if seal == _seal(key, value) else None

    def put(self, key: str, value: bytes) -> None:
        """Caches a value; safe from several processes at once."""
        self.used.add(key)
        self.write(self._entry(key), _seal(key, value) + b"\n" + value)

    @contextlib.contextmanager
    def room(self) -> Iterator[Path]:
        """An empty folder for a program that needs files; gone afterwards, or with the sweep after a killed build."""
        room = self.folder / TEMP / f"{os.getpid()}-{next(self._numbers)}"
        with explained("写入工作文件"):
            room.mkdir(parents=True)
        try:
            yield room
        finally:
            shutil.rmtree(room, ignore_errors=True)

    def sweep(self, keep: set[str]) -> int:
        """Drops cache entries under other keys, and what killed runs left; only under the lock. Counts entries."""
        wanted = {self._entry(key) for key in keep}
        unused = sorted(self.paths(f"{CACHE}/") - wanted)
        with explained("清理缓存"):
            for path in unused:
                (self.folder / path).unlink(missing_ok=True)
            shutil.rmtree(self.folder / TEMP, ignore_errors=True)
        return len(unused)


def _seal(key: str, value: bytes) -> bytes:
    return digest_of(key.encode() + b"\n" + value).encode()


@contextlib.contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Only one process at a time; the second is told at once who the first is. Dies with its process."""
    with explained("锁定工作文件夹"):
        folder.mkdir(parents=True, exist_ok=True)
        held = filelock.FileLock(folder / LOCK)
        try:
            held.acquire(blocking=False)
        except filelock.Timeout:
            raise MachineError(f"另一个 portal 正在这里工作(进程 {_holder(folder)}),请等它结束。") from None
    try:
        with explained("锁定工作文件夹"):
            (folder / HOLDER).write_text(str(os.getpid()), encoding="ascii")
        yield
    finally:
        with contextlib.suppress(OSError):
            (folder / HOLDER).unlink(missing_ok=True)
        held.release()


def _holder(folder: Path) -> str:
    """The process that holds the lock; it may be just starting or ending. Not from the locked file: see Windows."""
    try:
        return (folder / HOLDER).read_text(encoding="ascii") or "未知"
    except (OSError, ValueError):
        return "未知"


def claim(out: Path, protected: Iterable[Path] = (), closed: Iterable[Path] = ()) -> None:
    """Refuses an out folder that is not ours to write: only absent, empty, or with our manifest or journal.

    It may be or contain no ``protected`` folder, and lie in no ``closed`` one.
    """
    if out.is_symlink():
        raise UsageError(f"输出文件夹 {out} 是一个链接。请用 --out 指明真实的文件夹。")
    if out.exists() and not out.is_dir():
        raise UsageError(f"输出位置 {out} 是一个文件,不是文件夹。请用 --out 换一个位置。")
    for folder in protected:
        if folder.resolve().is_relative_to(out.resolve()):
            raise UsageError(f"输出文件夹 {out} 就是或包含了 {folder},网站不能写在那里。请用 --out 换一个文件夹。")
    for folder in closed:
        if out.resolve().is_relative_to(folder.resolve()):
            raise UsageError(f"输出文件夹 {out} 在 {folder} 里面,会和那里的文件混在一起。请用 --out 换一个文件夹。")
    with explained("查看输出文件夹"):
        names = {file.name for file in out.iterdir()} if out.exists() else set()
    foreign = sorted(names - {STAGING, LOCK, HOLDER})
    if not foreign or manifest(out) is not None or (out / STAGING / JOURNAL).is_file():
        return
    if MANIFEST in foreign:
        raise UsageError(f"{out} 里的 {MANIFEST} 已损坏或不是本程序写的。请删除整个文件夹,或用 --out 换一个。")
    raise UsageError(f"{out} 里已有不是本程序写的文件({'、'.join(foreign[:3])})。请换一个空文件夹,或先清空它。")
