"""A small project of its own for a test: two demonstration projects over three months, with the shipped schemas,
templates and style; and what tests do with it: build it here or through the command line, compare trees.

Charts cost most of a cold build, so ``warmed`` builds it once for all workers, and a test takes a copy.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import filelock
import pytest
import yaml

from generator import pipeline, settings
from generator.pipeline import Outcome
from generator.settings import Settings
from generator.subjects import SUBJECTS

ROOT = Path(__file__).parents[1]
LOCKS = (".portal.lock", ".portal.pid")  # what comes and goes with a running command
BUDGET = "data/budget/2021.csv"
PROJECTS = "data/projects/2021.csv"
REGIONS = "data/regions.csv"
HEADERS = {
    "sources": "编号,名称,类别,发布机构,公布日期,网址,说明",
    "regions": "代码,名称,类型,填报,所在地,别名,说明",
    "units": "编号,名称,别名,来源",
    "control_totals": "指标编号,名称,数值,单位,精度,截至,公布日期,来源",
    "corrections": "编号,更正日期,数据表,行,列,原值,新值,原因,依据,来源",
    "projects/2021": "年度,编号,名称,类别,任务来源,牵头单位,配合单位,目标,目标方向,计量单位,基数,开始日期,完成时限,"
    "终止日期,终止原因,来源",
    "budget/2021": "年度,项目编号,区划代码,资金层级,截至月份,安排(万元),下达(万元),拨付(万元),来源",
}
MONTHS = ("2021-10", "2021-11", "2021-12")
# Who pays for which project where, and how much in all: project, region, level, 安排 in 万元.
PARTS = ((1, "510903", "市", 400), (1, "510903", "省", 240), (1, "510904", "县", 160), (2, "510903", "市", 300))
ROWS: dict[str, tuple[str, ...]] = {
    "sources": ("yb,《甲市年鉴》,官方,市政府,2022-05-01,,", "demo,演示数据,演示,,,,"),
    "regions": (
        "510900,甲市,市,否,,,",
        "510903,东山区,区,是,510900,东区,",
        "510904,西河区,区,是,510900,,",
        "510921,南川县,县,是,510900,,",
    ),
    "units": ("u1,示例单位甲,,demo", "u2,示例单位乙,,demo"),
    "control_totals": (
        "budget/2021/all/issued,公布的下达,1100,万元,约,2021-12-31,2022-05-01,yb",
        "budget/2021/all/allocated,公布的安排,1100,万元,精确,2021-12-31,2022-05-01,yb",
        "budget/2021/all/paid,公布的拨付,990,万元,余,2021-12-31,2022-05-01,yb",
    ),
    "corrections": (),
    "projects/2021": (
        "2021,1,修路,交通,,示例单位甲,,,,,不涉及,,,,,demo",
        "2021,2,办学,教育,,示例单位乙,,,,,不涉及,,,,,demo",
    ),
    "budget/2021": tuple(
        f"2021,{project},{region},{level},{month},{total},{total * step // 10},{total * (step - 1) // 10},demo"
        for project, region, level, total in PARTS
        for step, month in enumerate(MONTHS, 8)
    ),
}


def make(root: Path) -> Path:
    """The project's inputs below ``root``: configuration, overrides, hand-written pages, data."""
    root.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(ROOT / "mkdocs.yml", root / "mkdocs.yml")
    shutil.copytree(ROOT / "overrides", root / "overrides")
    shutil.copytree(ROOT / "data" / "schemas", root / "data" / "schemas")
    (root / "docs").mkdir()
    for page in sorted((ROOT / "docs").glob("*.md")):
        shutil.copyfile(page, root / "docs" / page.name)
    for table, rows in ROWS.items():
        write_rows(root / f"data/{table}.csv", [HEADERS[table].split(","), *(row.split(",") for row in rows)])
    package = yaml.safe_load((ROOT / "data" / "datapackage.yaml").read_text(encoding="utf-8"))
    package["resources"] = [r for r in package["resources"] if r["path"].removesuffix(".csv") in ROWS]
    (root / "data/datapackage.yaml").write_text(yaml.safe_dump(package, allow_unicode=True), encoding="utf-8")
    return root


def sichuan(root: Path) -> Path:
    """The inputs of the second city, in a folder that stands alone."""
    shutil.copytree(ROOT / "tests/cases/sichuan-2021", root, ignore=shutil.ignore_patterns("build", "site"))
    shutil.copytree(ROOT / "overrides", root / "overrides")
    config = root / "mkdocs.yml"
    config.write_text(config.read_text(encoding="utf-8").replace("../../../overrides", "overrides"), encoding="utf-8")
    return root


def inputs(source: Path, target: Path) -> Path:
    """A copy of a project without anything that was made from it."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("build", "site", "__pycache__"))
    return target


def copy(source: Path, target: Path) -> Path:
    """A copy of a project with its working files and its site."""
    shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns(*LOCKS))
    return target


def read_rows(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def write_rows(file: Path, rows: Iterable[Sequence[str]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    file.write_bytes(out.getvalue().encode())


def edit_rows(file: Path, change: Callable[[list[list[str]]], None]) -> None:
    """Lets ``change`` alter the rows of a CSV file in place; row 0 is the header."""
    rows = read_rows(file)
    change(rows)
    write_rows(file, rows)


def replace(file: Path, old: str, new: str) -> None:
    """Replaces a text that must be there, once."""
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{old} is not in {file.name}"
    file.write_bytes(text.replace(old, new, 1).encode())


def load(root: Path, **options: object) -> Settings:
    return settings.load(root / "mkdocs.yml", **options)  # type: ignore[arg-type]


def build(root: Path, **options: object) -> Outcome:
    """A build in this process."""
    return pipeline.build(load(root, **options), lambda: SUBJECTS)


def tree(folder: Path, *, without: Sequence[str] = LOCKS) -> dict[str, str]:
    """Every file and folder below a folder, with the digest of its content; empty if there is no such folder."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.name not in without:
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
    return found


def files(folder: Path) -> dict[str, str]:
    """Every file below a folder with its digest; empty folders do not count."""
    return {path: digest for path, digest in tree(folder).items() if digest != "folder"}


def stamps(folder: Path, *, without: Sequence[str] = LOCKS) -> dict[str, tuple[int, int, int]]:
    """What the file system says of every file: another inode or time means that it was written again."""
    return {
        path.relative_to(folder).as_posix(): (stat.st_ino, stat.st_mtime_ns, stat.st_size)
        for path in sorted(folder.rglob("*"))
        if path.name not in without
        for stat in [path.lstat()]
    }


def pages_that_differ(old: Path, new: Path) -> set[str]:
    """Addresses of pages whose HTML differs between two sites, new ones included, vanished ones left out."""
    return {
        path.removesuffix("index.html")
        for path, digest in tree(new).items()
        if path.endswith("index.html") and tree(old).get(path) != digest
    }


def portal(
    *arguments: str | Path, cwd: Path, env: Mapping[str, str | None] | None = None, program: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own. ``env`` changes the environment, ``None`` takes a variable away."""
    line = [sys.executable, "-m", "generator", *map(str, arguments)]
    return subprocess.run(
        line, cwd=cwd, env=environment(env, program), capture_output=True, text=True, encoding="utf-8", check=False
    )


def environment(env: Mapping[str, str | None] | None = None, program: Path = ROOT) -> dict[str, str]:
    """The environment of a process that finds the program in ``program``."""
    wanted = {**os.environ, "PYTHONPATH": str(program), "PYTHONDONTWRITEBYTECODE": "1", **(env or {})}
    return {name: value for name, value in wanted.items() if value is not None}


def once(tmp_path_factory: pytest.TempPathFactory, name: str, prepare: Callable[[Path], object]) -> Path:
    """A folder that is prepared by the first worker that asks, and read by all; take copies of it."""
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    folder, done = shared / name, shared / f"{name}.done"
    with filelock.FileLock(shared / f"{name}.lock"):
        if not done.exists():
            prepare(folder)
            done.touch()
    return folder


def warmed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small project, built: do not touch it, take a copy."""
    return once(tmp_path_factory, "warmed-project", lambda folder: build(make(folder)))
