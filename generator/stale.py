"""What is stale, by content: fingerprints of inputs, keys of pages, and the named reasons for a rebuild.

No clock and no file times anywhere. This module imports no library that takes time to load: a build in
which nothing changed ends here.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from generator import records
from generator.settings import Settings

PROGRAM = Path(__file__).parent
LIBRARIES = (
    "altair", "frictionless", "icalendar", "jinja2", "markdown", "mkdocs", "mkdocs-material", "pagefind-bin", "pandas",
    "pillow", "pymdown-extensions", "segno", "vl-convert-python", "xlsxwriter",
)  # fmt: skip
SKIPPED = {"__pycache__", "build", "site", ".git"}


def _files(folder: Path) -> Iterator[Path]:
    """All files below a folder, in no particular order; hidden and cache folders left out."""
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                if entry.name not in SKIPPED:
                    yield from _files(Path(entry.path))
            elif not entry.name.startswith(".") and not entry.name.endswith(".pyc"):
                yield Path(entry.path)


def _hash(parts: Iterable[tuple[str, bytes]]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for name, content in sorted(parts):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def folder_key(folder: Path) -> str:
    """Hash of the names and contents of all files below a folder."""
    return _hash((f.relative_to(folder).as_posix(), f.read_bytes()) for f in _files(folder))


def data(settings: Settings) -> Iterator[tuple[str, Path]]:
    """The files of the data folder by their path in it, records of releases left out."""
    for file in _files(settings.data):
        name = file.relative_to(settings.data).as_posix()
        if not name.startswith(f"{records.FOLDER}/"):
            yield name, file


def _released(settings: Settings) -> Iterator[tuple[str, bytes]]:
    """The records of releases, and the one in the making; what they name by its hash needs no reading."""
    folder = settings.data / records.FOLDER
    yield from ((f.name, f.read_bytes()) for f in folder.glob("*.json"))
    if settings.pending:
        yield "pending", settings.pending.dump()


def code() -> str:
    """Hash of the program's code: all of it that is read but once in a process."""
    return _hash((f.relative_to(PROGRAM).as_posix(), f.read_bytes()) for f in _files(PROGRAM) if f.suffix == ".py")


def inputs(settings: Settings) -> dict[str, str]:
    """A hash for each thing that a build depends on, by its Chinese name."""
    versions = [f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES]
    return {
        "数据": _hash((name, f.read_bytes()) for name, f in data(settings)),
        "发布": _hash(_released(settings)),
        "手写页面": _hash((f.name, f.read_bytes()) for f in settings.docs.glob("*.md")),
        "样式": folder_key(settings.overrides),
        "配置": _hash([("config", settings.config.read_bytes())]),
        "程序": folder_key(PROGRAM),
        "组件版本": _hash([("versions", ",".join(versions).encode())]),
        "截至": settings.as_of or "",
    }


def reasons(old: Mapping[str, str] | None, new: Mapping[str, str]) -> list[str]:
    """Why something with these keys is stale: names of the parts that changed; empty when it is not."""
    if old is None:
        return ["新页面"]
    return [f"{name}变了" for name in new if old.get(name) != new[name]]
