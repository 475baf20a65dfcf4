"""The site as it would be, beside the newest release."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator import history, pipeline, records
from generator.diff import changes
from generator.diff.changes import Changes
from generator.ground import MANIFEST
from generator.making import Kept, Say
from generator.records import History
from generator.release import inputs, tree
from generator.settings import Settings
from generator.store import HOLDER, LOCK, Work
from generator.subject import Subject
from generator.tables import Tables

OURS = (MANIFEST, LOCK, HOLDER)  # the program's own in an out folder: no part of the site

Subjects = Callable[[], Sequence[Subject]]


@dataclass(frozen=True, slots=True)
class Compared:
    """A built site: what it changes, its files (path -> hash, those below ``releases/`` left out), its inputs' bytes,
    what its pages show, and the releases before it."""

    settings: Settings
    changes: Changes
    files: Mapping[str, str]
    inputs: Mapping[str, bytes]
    shown: Mapping[str, Sequence[str]]
    history: History
    as_of: str | None


def files(folder: Path) -> dict[str, str]:
    """The hash of every file of a tree but those below ``releases/`` and the program's own, by path."""
    names = (path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file())
    return {
        n: records.hash_of((folder / n).read_bytes()) for n in names if not n.startswith(history.ROOT) and n not in OURS
    }


def strangers(out: Path) -> list[str]:
    """Files in the out folder that no build has written: nobody has seen them, and they are not published."""
    ours = {*tree.published(out), *OURS}
    names = (path.relative_to(out).as_posix() for path in sorted(out.rglob("*")) if path.is_file())
    return [name for name in names if name not in ours]


def compare(
    settings: Settings,
    subjects: Subjects,
    say: Say,
    *,
    reverts: int | None = None,
    withdrawn: frozenset[tuple[str, str]] = frozenset(),
    kept: Kept | None = None,
) -> Compared:
    """Builds the site into the out folder and says what it changes. Raises what ``pipeline.build`` raises.

    ``kept`` is for whoever goes on to build the same again.
    """
    kept = kept or Kept()
    outcome = pipeline.build(settings, subjects, say, kept)
    say("与上一次发布比较")
    before = records.load(settings.data)
    # A build that had nothing to do has checked nothing.
    checked = kept.last(pipeline.CHECKED) or pipeline.checked(settings, subjects(), Work(settings.build), say)
    tables: Tables | None = checked.tables
    assert tables is not None  # it was just built from them
    contents = inputs.read(settings)
    found = files(settings.out)

    def get(path: str) -> bytes | None:
        return (settings.out / path).read_bytes()

    made = changes.between(
        before, tables, subjects(), found, get, outcome.shown, records.hash_of(inputs.listed(contents)),
        reverts=reverts, withdrawn=withdrawn,
    )  # fmt: skip
    as_of = settings.as_of or tables.as_of()
    return Compared(settings, made, found, contents, outcome.shown, before, as_of)


def again(compared: Compared, pending: records.Record, subjects: Subjects, say: Say, kept: Kept) -> Compared:
    """The same site, told that it is a release: its pages name it. Its files are others, what it says is not."""
    settings = dataclasses.replace(compared.settings, pending=pending)
    outcome = pipeline.build(settings, subjects, say, kept)
    return dataclasses.replace(compared, files=files(settings.out), shown=outcome.shown)
