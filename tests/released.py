"""The small project with releases, made once for all tests: take copies."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from generator.diff.changes import Changes
from generator.release import compare, publish
from generator.release.publish import Published, Wish
from generator.subjects import SUBJECTS
from tests import project

WWW = "www"
CORRECTION = "c1,2022-02-01,budget,2021/1/510903/city/2021-12,拨付(万元),360,365,漏记一笔(演示),,demo"


def quiet(text: str) -> None:
    """Nobody watches."""


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder, its name too, with what is inside archives, workbooks and compressed files."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        yield name, name.encode()
        if not path.is_file():
            continue
        raw = path.read_bytes()
        yield name, raw
        if path.suffix == ".gz":
            yield name, gzip.decompress(raw)
        elif zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                yield from ((f"{name}!{inner}", packed.read(inner)) for inner in packed.namelist())


def where(folder: Path, *texts: str) -> list[str]:
    return [name for name, content in contents(folder) if any(text.encode() in content for text in texts)]


def without_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which links cannot be made, as Windows is for most."""

    def refused(*args: object, **kwargs: object) -> NoReturn:
        raise OSError(1314, "A required privilege is not held by the client")

    monkeypatch.setattr(Path, "symlink_to", refused)


def diff(root: Path, **options: object) -> Changes:
    """What would change, noted as shown for approval."""
    found = compare.compare(project.load(root), lambda: SUBJECTS, quiet, **options)  # type: ignore[arg-type]
    publish.show(project.load(root), found)
    return found.changes


def release(root: Path, *, shown: bool = True, **wish: object) -> Published:
    """A release of a demonstration to the folder beside the project, its changes shown before."""
    if shown:
        diff(root, reverts=wish.get("reverts"))
    wanted = {"to": root.parent / WWW, "approval": "示例〔2022〕1号", "demo": True, **wish}
    return publish.publish(project.load(root), lambda: SUBJECTS, Wish(**wanted), quiet)  # type: ignore[arg-type]


def correct(root: Path) -> None:
    """Another number for a month that was published, with its reason."""
    project.replace(
        root / project.BUDGET, "2021,1,510903,市,2021-12,400,400,360,demo", "2021,1,510903,市,2021-12,400,400,365,demo"
    )
    with (root / "data/corrections.csv").open("a", encoding="utf-8") as file:
        file.write(f"{CORRECTION}\n")


def _first(folder: Path) -> None:
    root = project.make(folder / "project")
    project.replace(root / "mkdocs.yml", 'base_url: ""', "base_url: https://www.example.org/minsheng/")
    release(root)


def _second(folder: Path, first: Path) -> None:
    project.copy(first, folder)
    correct(folder / "project")
    release(folder / "project", note="补记一笔")


@pytest.fixture
def first(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    """A project of the test's own with one release, served from the folder beside it."""
    made = project.once(tmp_path_factory, "released-once", _first)
    return project.copy(made, tmp_path / "first") / "project"


@pytest.fixture
def second(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    """The same with a second one, which corrects a number."""
    made = project.once(tmp_path_factory, "released-once", _first)
    twice = project.once(tmp_path_factory, "released-twice", lambda folder: _second(folder, made))
    return project.copy(twice, tmp_path / "second") / "project"
