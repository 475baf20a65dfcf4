"""What both writers need: names that are safe everywhere, digests, JSON that is always the same bytes,
and a Chinese sentence for what the machine refuses.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from generator.errors import MachineError, ProgramError

# What Windows cannot store, and what would lead out of the folder.
PART = re.compile(
    r"""(?!\.{1,2}$) (?!(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)) [^\\/:*?"<>|\x00-\x1f]+ (?<![. ])""",
    re.VERBOSE | re.IGNORECASE,
)
CAUSES = {
    "ENOSPC": "磁盘已满",
    "EDQUOT": "磁盘配额已用完",
    "EACCES": "没有权限,或文件正被别的程序占用",
    "EPERM": "没有权限",
    "EROFS": "磁盘是只读的",
    "EFBIG": "文件超过了系统允许的大小",
    "ENAMETOOLONG": "文件名太长",
    "EMFILE": "同时打开的文件太多",
    "EIO": "磁盘读写出错",
    "EEXIST": "那里已有同名的文件",
    "ENOTEMPTY": "文件夹里有不是本程序写的文件",
    "EXDEV": "输出文件夹里有别的磁盘",
}


class Cache(Protocol):
    """Where results are kept between runs."""

    def get(self, key: str) -> bytes | None:
        """What was put under this key, if it is still there."""

    def put(self, key: str, value: bytes) -> None:
        """Keeps a value."""


def digest_of(content: bytes) -> str:
    """The digest used everywhere for content: blake2b, 16 bytes, hex."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def dump(value: Any) -> bytes:
    """JSON that is the same bytes for the same value."""
    return (
        json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode() + b"\n"
    )


@contextlib.contextmanager
def explained(doing: str, advice: str = "") -> Iterator[None]:
    """Turns an ``OSError`` into one Chinese sentence that names the cause and the file, and perhaps the way on."""
    try:
        yield
    except OSError as error:
        raise MachineError(f"{doing}没有完成:{cause(error)}。{advice}") from error


def cause(error: OSError) -> str:
    """Why the machine refused, in Chinese, and the file that it was about."""
    why = CAUSES.get(errno.errorcode.get(error.errno or 0, ""), error.strerror or type(error).__name__)
    return f"{why}({error.filename})" if error.filename else why


def put(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes files, by path in a folder: all beside their places first (hidden from the check), then renamed in order.

    Each is whole or as it was; raises ``OSError``.
    """
    parts = {path: (folder / path).with_name(f".{Path(path).name}.part") for path in files}
    try:
        for path, content in files.items():
            parts[path].parent.mkdir(parents=True, exist_ok=True)
            parts[path].write_bytes(content)
            with parts[path].open("rb+") as file:
                os.fsync(file.fileno())  # or a power cut may leave the new name with nothing behind it
        for path, part in parts.items():
            part.replace(folder / path)
    finally:
        for part in parts.values():
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)


def safe(path: object) -> bool:
    """Whether this is a relative POSIX path that stays in its folder and that every system can store."""
    return isinstance(path, str) and all(PART.fullmatch(part) for part in path.split("/"))


def fold(path: str) -> str:
    """The path as a file system sees it that ignores case and Unicode forms."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def parents(path: str) -> list[str]:
    """Folders above a path, nearest first, without the out folder itself."""
    return [str(p) for p in PurePosixPath(path).parents][:-1]


def check_paths(paths: Iterable[str], reserved: Iterable[str] = ()) -> None:
    """Refuses paths that are unsafe, reserved, or cannot stand side by side on every system."""
    seen: dict[str, str] = {}
    for path in paths:
        if not safe(path) or fold(path).split("/")[0] in reserved:
            raise ProgramError(f"程序要写一个不允许的路径:{path!r}。")
        if (other := seen.setdefault(fold(path), path)) != path:
            raise ProgramError(f"两个文件只有大小写不同,在 Windows 上会互相覆盖:{other} 和 {path}。")
    folders: dict[str, str] = {}
    for key, path in seen.items():
        for folder, folded in zip(parents(path), parents(key), strict=True):
            if folded in seen:
                raise ProgramError(f"{seen[folded]} 既是文件又是文件夹({path})。")
            if (other := folders.setdefault(folded, folder)) != folder:
                raise ProgramError(f"两个文件夹只有大小写不同,在 Windows 上会合成一个:{other} 和 {folder}。")
