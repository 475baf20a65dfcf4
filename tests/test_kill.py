"""The real process, killed at its file operations or on a disk that fills up: nothing is lost, nothing half done."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests import faults, project
from tests.project import BUDGET

COMMAND = ("-m", "generator", "build", "--jobs", "1")
# The journal's own operations are each struck in test_store_faults.py; here the whole command is, at so many places.
STRIKES = 4


@pytest.fixture(scope="session")
def warmed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project.warmed(tmp_path_factory)


def edit(root: Path) -> None:
    """An edit that rewrites pages, adds some and deletes some: the second project goes, a hand-written page comes."""
    rows = project.read_rows(root / BUDGET)
    project.write_rows(root / BUDGET, [r for r in rows if r[1] != "2"])
    projects = project.read_rows(root / project.PROJECTS)
    project.write_rows(root / project.PROJECTS, [r for r in projects if r[1] != "2"])
    (root / "docs/note.md").write_text("---\ntitle: 说明\n---\n\n# 说明\n", encoding="utf-8")


@pytest.fixture(scope="session")
def edited(warmed: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str], int]:
    """The old site with the edit made, the new site's tree, and the number of operations of the build between."""

    def prepare(folder: Path) -> None:
        project.copy(warmed, folder)
        edit(folder)
        done = project.copy(folder, folder.with_name("edited-done"))
        ran = faults.strike(os.pathsep.join([str(done / "build"), str(done / "site")]), 0, COMMAND, cwd=done)
        assert ran.returncode == 0, ran.stderr
        folder.with_name("edited-count").write_text(str(faults.operations(ran)), encoding="ascii")

    folder = project.once(tmp_path_factory, "edited", prepare)
    count = int(folder.with_name("edited-count").read_text(encoding="ascii"))
    return folder, project.tree(folder.with_name("edited-done") / "site"), count


def struck(edited: Path, to: Path, number: int, how: str) -> tuple[Path, object]:
    root = project.copy(edited, to)
    folders = os.pathsep.join([str(root / "build"), str(root / "site")])
    return root, faults.strike(folders, number, COMMAND, how=how, cwd=root)


def whole(root: Path, *sites: dict[str, str]) -> bool:
    """Whether the out folder is one of these sites, or a half of which the journal knows the rest."""
    found = project.tree(root / "site")
    shown = {path: digest for path, digest in found.items() if not path.startswith(".portal-new")}
    return shown in sites or ".portal-new/journal.json" in found


def places(count: int, share: int) -> list[int]:
    """``STRIKES`` operations, spread evenly over a run, its last ones included; two tests take turns."""
    last = [count - n for n in range(0, 8, 2)]
    spread = [1 + count * n // STRIKES for n in range(STRIKES)]
    return sorted({*spread, *last})[share::2]


@pytest.mark.parametrize("share", [0, 1])
def test_a_killed_build_is_made_good_by_the_next(
    warmed: Path, edited: tuple[Path, dict[str, str], int], tmp_path: Path, share: int
) -> None:
    source, new, count = edited
    old = project.tree(warmed / "site")
    assert old != new
    for number in places(count, share):
        root, done = struck(source, tmp_path / str(number), number, "kill")
        assert faults.killed(done), number
        assert whole(root, old, new), number
        project.build(root)
        assert project.tree(root / "site") == new, number
        assert project.build(root).nothing
        shutil.rmtree(root)


@pytest.mark.parametrize("share", [0, 1])
def test_a_full_disk_is_explained_and_loses_nothing(
    warmed: Path, edited: tuple[Path, dict[str, str], int], tmp_path: Path, share: int
) -> None:
    source, new, count = edited
    old = project.tree(warmed / "site")
    for number in places(count, share)[::2]:
        root, done = struck(source, tmp_path / str(number), number, "full")
        said = [line for line in done.stderr.splitlines() if not line.startswith(faults.COUNT)]
        if done.returncode:
            assert done.returncode == 3, (number, done.stderr)
            assert len(said) == 1, (number, done.stderr)
            assert "磁盘" in said[0], (number, said)
        assert whole(root, old, new), number
        project.build(root)
        assert project.tree(root / "site") == new, number
        shutil.rmtree(root)
