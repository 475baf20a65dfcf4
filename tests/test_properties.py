"""What must not reach the output: the order of rows, the number of processes, where, when and under which locale."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from generator import charts, parallel
from tests import project
from tests.project import BUDGET

pytestmark = pytest.mark.no_cover  # whole builds, again and again; other tests measure them


@pytest.fixture(scope="session")
def warmed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project.warmed(tmp_path_factory)


def test_two_processes_give_what_one_gives(warmed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts, "WORTH_A_POOL", 1)
    monkeypatch.setattr(parallel, "WORTH_A_POOL", 2)
    started: list[int] = []
    start = parallel.run

    def counted(jobs: int) -> object:
        started.append(jobs)
        return start(jobs)

    monkeypatch.setattr(parallel, "run", counted)
    root = project.inputs(warmed, tmp_path / "two")
    outcome = project.build(root, jobs=2)
    assert started == [2]
    assert outcome.drawn
    assert project.tree(root / "site") == project.tree(warmed / "site")


def shuffled(root: Path) -> None:
    """Every table's rows in another order."""
    for file in sorted((root / "data").rglob("*.csv")):
        rows = project.read_rows(file)
        body = rows[1:]
        random.Random(7).shuffle(body)
        project.write_rows(file, [rows[0], *body])


CIRCUMSTANCES: dict[str, tuple[Callable[[Path], None], dict[str, str | None]]] = {
    "shuffled rows": (shuffled, {}),
    "another time zone": (lambda root: None, {"TZ": "Pacific/Kiritimati"}),
    "another locale": (lambda root: None, {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0"}),
    "another hash seed": (lambda root: None, {"PYTHONHASHSEED": "4242"}),
    "no home": (lambda root: None, {"HOME": None, "USER": None}),
}


@pytest.mark.parametrize("name", CIRCUMSTANCES)
def test_circumstances_leave_no_trace(warmed: Path, tmp_path: Path, name: str) -> None:
    change, env = CIRCUMSTANCES[name]
    # Another folder each time, one that shells dislike; in a locale that cannot say Chinese, files still can.
    place = "some where" if "LC_ALL" in env else "某 处"
    root = project.inputs(warmed, tmp_path / place / "project")
    change(root)
    # Drawings are made from the same rows; what draws them is tested in test_charts.
    shutil.copytree(warmed / "build/cache", root / "build/cache")
    done = project.portal("build", cwd=root, env=env)
    assert (done.returncode, done.stderr) == (0, "")
    assert project.tree(root / "site") == project.tree(warmed / "site")


Step = tuple[str, int, int]
STEPS = st.tuples(st.sampled_from(["amount", "drop", "add", "title", "page"]), st.integers(1, 11), st.integers(1, 99))


def take(root: Path, step: Step) -> None:
    """One edit of a clerk; whatever it is, the data stays valid."""
    kind, place, amount = step
    file = root / BUDGET
    rows = project.read_rows(file)
    if kind == "amount":
        row = rows[1 + place % (len(rows) - 1)]
        row[5:8] = [row[5], row[6], row[7]] if row[4] != "2021-12" else [f"{900 + amount}", f"{950 + amount}", "940"]
    elif kind == "drop" and len(rows) > 6:
        del rows[1 + place % (len(rows) - 1)]
    elif kind == "add":
        key = ["2021", "2", "510921", "县", "2021-12"]
        rows = [r for r in rows if r[:5] != key] + [[*key, str(amount), str(amount), "0", "demo"]]
    elif kind == "title":
        projects = project.read_rows(root / project.PROJECTS)
        projects[1][2] = f"修路 {amount}"
        project.write_rows(root / project.PROJECTS, projects)
    elif kind == "page":
        (root / "docs/note.md").write_text(f"---\ntitle: 说明 {amount}\n---\n\n# 说明\n", encoding="utf-8")
    project.write_rows(file, rows)


@hypothesis_settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example([("drop", 1, 1), ("add", 1, 5), ("title", 1, 2), ("page", 1, 1), ("amount", 3, 7)])
@given(st.lists(STEPS, min_size=1, max_size=4))
def test_any_history_ends_where_a_clean_build_does(warmed: Path, tmp_path: Path, steps: list[Step]) -> None:
    root, fresh = tmp_path / "history", tmp_path / "fresh"
    for folder in (root, fresh):
        shutil.rmtree(folder, ignore_errors=True)
    project.copy(warmed, root)
    for step in steps:
        take(root, step)
        project.build(root)
    project.inputs(root, fresh)
    shutil.copytree(root / "build/cache", fresh / "build/cache")
    project.build(fresh)
    assert project.tree(root / "site") == project.tree(fresh / "site")
    assert project.files(root / "build") == project.files(fresh / "build")
