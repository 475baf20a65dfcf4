"""Proves a published tree, or the store of a project, against its records.

What it proves: the files are those of the newest record; no record was changed after a later one named it; and, with a
hash that somebody noted at the time, that the chain up to there is the one of that time. It does not prove that numbers
are right, nor that a whole chain was not made anew by somebody who has all of it, unless such a hash is known.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator import history, records
from generator.diff.published import holds
from generator.errors import InputError, UsageError
from generator.records import Record
from generator.release.compare import OURS, files

MOST = 20


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was looked at, in words, and what does not hold."""

    said: str
    problems: tuple[str, ...]


def verify(folder: Path, known: str = "") -> Verdict:
    """Verifies a folder; raises ``UsageError`` where there are no records."""
    found = records.chain(folder / records.FOLDER)
    if not found:
        where = f"{records.FOLDER}/{records.name(1)} 起"
        raise UsageError(f"{folder} 里没有发布记录({where})。请指明发布出来的文件夹,或数据文件夹。")
    wrong = list(records.breaks(found))
    wrong += _known(found, known)
    newest = found[-1][0]
    tombs = records.History(folder / records.FOLDER, found).buried
    looked = []
    if (folder / records.FOLDER / records.OBJECTS).is_dir():
        looked.append("记录和保存的数据")
        wrong += _store(folder, found, tombs)
    if not looked or (folder / history.FILES).is_file():  # a copied store must not hide the pages
        own = "、".join(name for name in OURS if (folder / name).exists())
        besides = f",还有程序自己的 {own}" if own else ""
        looked.append(f"记录和网站的全部文件({records.FOLDER}/ 里说明发布的页面{besides}除外)")
        wrong += _tree(folder, newest, found, tombs)
    hashed = records.hash_of(found[-1][1])
    said = f"{len(found)} 次发布的记录,最新是第 {newest.number} 次({newest.day}),校验值 {hashed}"
    said += f"\n核对了{'、'.join(looked)}"
    shown = wrong[:MOST] + ([f"……还有 {len(wrong) - MOST} 处"] if len(wrong) > MOST else [])
    return Verdict(said, tuple(shown))


def _known(found: Sequence[tuple[Record, bytes]], known: str) -> Iterator[str]:
    if not known:
        return
    digits = known.removeprefix(f"{records.ALGORITHM}:").lower()
    if len(digits) < records.SHORT or digits.strip("0123456789abcdef"):
        raise UsageError(f"--known 写校验值,至少前 {records.SHORT} 位,现在是“{known}”。")
    if not any(records.hash_of(content).partition(":")[2].startswith(digits) for _, content in found):
        yield f"没有一次发布的校验值是 {known}:记下它以后,记录被重做过,或者不是这个网站的。"


def _tree(folder: Path, newest: Record, found: Sequence[tuple[Record, bytes]], tombs: set[str]) -> Iterator[str]:
    """What does not hold of a published tree."""
    listed = folder / history.FILES
    content = listed.read_bytes() if listed.is_file() else b""
    if records.hash_of(content) != newest.files:
        yield f"{history.FILES} 缺失,或不是第 {newest.number} 次发布记录里的那一个。"
    else:
        before, now = _mapping(content), files(folder)
        yield from (f"缺文件:{path}" for path in sorted(before.keys() - now.keys()))
        yield from (f"多出文件:{path}" for path in sorted(now.keys() - before.keys()))
        yield from (f"文件变了:{path}" for path in sorted(p for p in before if p in now and before[p] != now[p]))
    yield from (f"多出文件:{path}" for path in _strange(folder, found))
    for record, _ in found:
        changes = folder / history.ROOT / f"{record.number:04d}" / "changes.json"
        if changes.is_file():
            if record.changes in tombs:
                yield f"第 {record.number} 次发布的改动清单已经撤下,却还在。"
            elif records.hash_of(changes.read_bytes()) != record.changes:
                yield f"第 {record.number} 次发布的改动清单和记录对不上。"
        elif record.changes not in tombs:
            yield f"第 {record.number} 次发布的改动清单不在,也没有撤下的记录。"


def _strange(folder: Path, found: Sequence[tuple[Record, bytes]]) -> list[str]:
    """Files below ``releases/`` that no build writes: their names are known, though what they say is in no record."""
    own = {"index.html", "feed.json", "feed.xml", *(Path(name).name for name in (history.FILES, history.PICTURE))}
    for record, _ in found:
        own |= {records.name(record.number)}
        own |= {f"{record.number:04d}/{name}" for name in ("index.html", "changes.json")}
    root = folder / history.ROOT
    names = (path.relative_to(root).as_posix() for path in sorted(root.rglob("*")) if path.is_file())
    return [f"{history.ROOT}{n}" for n in names if n not in own and not n.startswith(f"{records.OBJECTS}/")]


def _store(folder: Path, found: Sequence[tuple[Record, bytes]], tombs: set[str]) -> Iterator[str]:
    """What does not hold of a project's store: everything that records name is there, or was withdrawn."""
    place = records.History(folder / records.FOLDER, tuple(found))
    for record, _ in found:
        named = {record.inputs, record.files, record.pages, record.changes}
        try:
            named |= set(_mapping(place.get(record.inputs)).values())
            named |= {digest for path, digest in _mapping(place.get(record.files)).items() if holds(path)}
            named |= {place.current(digest) for digest in named}
            yield from (
                f"第 {record.number} 次发布的 {digest} 不在,也没有撤下的记录。"
                for digest in sorted(named - tombs)
                if place.get(digest) is None
            )
        except InputError as error:
            yield str(error)


def _mapping(content: bytes | None) -> dict[str, str]:
    """A list by path; empty for anything else, which then does not hold."""
    try:
        found = json.loads(content or b"{}")
    except (ValueError, RecursionError):
        return {}
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}
