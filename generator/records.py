"""Releases as ``data/releases/`` keeps them: a record each, and what records speak of under the hash of its content.

- ``0003.json``: the record of release 3, never changed once it is there. It names the hash of the record before it, so
  that records are a chain; whatever else is large (lists of hashes, inputs, what was published) it names by its hash.
- ``objects/ab/cd….gz``: content, compressed, by the hash of what it is.

A build only reads this. Hashes name their algorithm (``sha256:…``), so that another one can follow.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator.errors import InputError

FOLDER = "releases"  # below the data folder, and below the site's root
OBJECTS = "objects"
ALGORITHM = "sha256"
HASH = re.compile(r"sha256:[0-9a-f]{64}")
NAME = re.compile(r"([0-9]{4,})\.json")
CHINA = dt.timezone(dt.timedelta(hours=8))  # where all of China's clocks stand
SHORT = 12  # digits of a hash that people compare by eye


def hash_of(content: bytes) -> str:
    """The hash of some content, with the algorithm's name."""
    return f"{ALGORITHM}:{hashlib.sha256(content).hexdigest()}"


def short(value: str) -> str:
    """A hash as people read it: its first digits."""
    return value.partition(":")[2][:SHORT]


def name(number: int) -> str:
    """The file of a release's record."""
    return f"{number:04d}.json"


@dataclass(frozen=True, slots=True)
class Record:
    """One release. ``time`` is ISO with its offset, ``previous`` the hash of the record before it.

    ``inputs``, ``files``, ``pages`` and ``changes`` are hashes of objects: what the site was made from (hashes by path
    below the project), every file of it that is not below ``releases/`` (hashes by path), what each page showed
    (``page path -> [digest of all, digest of its figures, the release that changed those]``), and what changed against
    the release before. ``approval`` pairs the number of the approval and the hash of the changes that were shown for
    it. ``reverts`` is the release whose inputs were taken again. ``withdrawn`` are tombstones: what was taken out of
    the store, by its hash, with the reason and the document; ``instead`` is the hash of the same without it.
    """

    number: int
    time: str
    office: str
    site: str
    demonstration: bool
    as_of: str | None
    program: str
    previous: str | None = None
    approval: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    reverts: int | None = None
    withdrawn: tuple[Mapping[str, str], ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    inputs: str = ""
    files: str = ""
    pages: str = ""
    changes: str = ""

    @property
    def day(self) -> str:
        """The day of the release, ISO."""
        return self.time[:10]

    def dump(self) -> bytes:
        """The record's file: JSON that people can read, the same bytes for the same record."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return (json.dumps(values, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def parse(content: bytes, shown: str) -> Record:
    """A record from its file; raises ``InputError`` for what is none."""
    try:
        raw = json.loads(content)
        known = {key: raw[key] for key in Record.__dataclass_fields__}
        record = Record(**{**known, "withdrawn": tuple(known["withdrawn"])})
        if not _typed(record) or name(record.number) != Path(shown).name or set(raw) != set(known):
            raise ValueError(shown)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise InputError(f"{shown} 不是一条发布记录,或被改过。请从备份或代码库里取回原来的文件。") from None
    return record


def _typed(record: Record) -> bool:
    """Whether a record's values are what they should be: whoever tampers with one may put anything there."""
    found: dict[str, Any] = {name: getattr(record, name) for name in Record.__dataclass_fields__}
    texts = [found[n] for n in ("time", "office", "site", "program", "note", "inputs", "files", "pages", "changes")]
    texts += [*found["approval"], *found["approval"].values()]
    texts += [text for t in found["withdrawn"] for text in (*t.keys(), *t.values())]
    return (
        all(isinstance(text, str) for text in texts)
        and all(isinstance(n, int) for n in (found["number"], *found["counts"].values()))
        and isinstance(found["as_of"], str | None)
        and isinstance(found["reverts"], int | None)
    )


@dataclass(frozen=True, slots=True)
class History:
    """The releases of a data folder, oldest first, each with the bytes of its file.

    ``pending`` is the release that is being made, not yet among them.
    """

    folder: Path
    files: tuple[tuple[Record, bytes], ...] = ()
    pending: Record | None = None

    @property
    def records(self) -> tuple[Record, ...]:
        """The releases, oldest first, with the one in the making."""
        return (*(record for record, _ in self.files), *((self.pending,) if self.pending else ()))

    @property
    def buried(self) -> set[str]:
        """The hashes of what was withdrawn, by the release in the making too: no object any more, whatever is there."""
        return {t["hash"] for record in self.records for t in record.withdrawn if t.get("hash")}

    def current(self, digest: str) -> str:
        """The hash of what stands for an object: itself, or what a withdrawal left of it."""
        instead = {t["hash"]: t["instead"] for record in self.records for t in record.withdrawn if t.get("instead")}
        for _ in instead:  # each leads on once at most, whatever somebody wrote there
            digest = instead.get(digest, digest)
        return digest

    @property
    def newest(self) -> Record | None:
        """The newest release that is recorded."""
        return self.files[-1][0] if self.files else None

    @property
    def newest_hash(self) -> str | None:
        """The hash of its record."""
        return hash_of(self.files[-1][1]) if self.files else None

    def place(self, digest: str) -> Path:
        """Where an object stands."""
        hexes = digest.partition(":")[2]
        return self.folder / OBJECTS / hexes[:2] / f"{hexes[2:]}.gz"

    def get(self, digest: str) -> bytes | None:
        """An object, or what a withdrawal left of it; ``None`` when it is not there or withdrawn as a whole. Raises
        ``InputError`` when it is not what its name says."""
        digest = self.current(digest)
        if not HASH.fullmatch(digest) or digest in self.buried:
            return None
        try:
            packed = self.place(digest).read_bytes()
        except FileNotFoundError:
            return None
        try:
            content = gzip.decompress(packed)
        except (OSError, EOFError, zlib.error):
            content = None
        if content is None or hash_of(content) != digest:
            raise InputError(f"{self.place(digest)} 坏了:内容和文件名对不上。请从备份或代码库里取回原来的文件。")
        return content

    def listed(self, digest: str) -> Any:
        """An object that is JSON; empty when it is not there."""
        content = self.get(digest) if digest else None
        return {} if content is None else json.loads(content)

    def held(self, digest: str) -> bytes | None:
        """An object that must be there unless it was withdrawn; raises ``InputError`` when it is lost."""
        content = self.get(digest)
        if content is None and digest not in self.buried:
            raise InputError(f"保存的发布里缺 {self.place(digest)}。请从备份或代码库里取回原来的文件。")
        return content


def packed(content: bytes) -> bytes:
    """An object's file, without the time at which it was made."""
    return gzip.compress(content, 9, mtime=0)


def chain(place: Path) -> tuple[tuple[Record, bytes], ...]:
    """The records in a folder by number, whether they hold together or not; raises ``InputError`` for what is none."""
    paths = sorted(p for p in place.glob("*.json") if NAME.fullmatch(p.name)) if place.is_dir() else []
    return tuple((parse(content, f"{FOLDER}/{p.name}"), content) for p in paths for content in [p.read_bytes()])


def load(folder: Path, pending: Record | None = None) -> History:
    """The releases below a data folder. Raises ``InputError`` for a broken chain: one missing, or not the one named."""
    found = chain(folder / FOLDER)
    if broken := next(breaks(found), None):
        raise InputError(broken)
    return History(folder / FOLDER, found, pending)


def breaks(found: Sequence[tuple[Record, bytes]]) -> Iterator[str]:
    """What is wrong with a chain of records, in words: numbers without gaps, each naming the one before it."""
    before: str | None = None
    for number, (record, content) in enumerate(found, 1):
        if record.number != number:
            yield f"缺第 {number} 次发布的记录({FOLDER}/{name(number)})。"
            return
        if record.previous != before:
            yield f"第 {number} 次发布的记录和前一次的接不上:前一次的记录被改过。"
        before = hash_of(content)
