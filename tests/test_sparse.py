"""Data that is whole by the contract but sparse: what is not there is said, and no page fails or leads nowhere.

The build itself refuses links to nowhere, so a build that ends is half of each test.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import psutil
import pytest
import yaml
from lxml import html

from generator.errors import UsageError
from tests import project
from tests.project import BUDGET, PROJECTS, ROWS

TOTALS = "data/control_totals.csv"
PACKAGE = "data/datapackage.yaml"


@pytest.fixture(scope="session")
def warmed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project.warmed(tmp_path_factory)


@pytest.fixture
def root(warmed: Path, tmp_path: Path) -> Path:
    return project.copy(warmed, tmp_path / "project")


def only_header(root: Path, name: str) -> None:
    project.edit_rows(root / name, lambda rows: rows.__delitem__(slice(1, None)))


def words(root: Path, page: str) -> str:
    tree = html.fromstring((root / "site" / page / "index.html").read_bytes(), parser=html.HTMLParser(encoding="utf-8"))
    return " ".join("".join(tree.get_element_by_id("content").itertext()).split())


def test_official_totals_alone_make_a_site(root: Path) -> None:
    only_header(root, BUDGET)
    project.build(root)
    assert "1,100.00" in words(root, "")
    assert "以下为演示" not in words(root, "budget/2021")
    assert not (root / "site/budget/2021/p01").exists()


def test_totals_without_any_project(root: Path) -> None:
    only_header(root, BUDGET)
    only_header(root, PROJECTS)
    project.build(root)
    assert "1,100.00" in words(root, "budget/2021")


def test_nothing_at_all(root: Path) -> None:
    for name in (BUDGET, PROJECTS, TOTALS):
        only_header(root, name)
    project.build(root)
    assert "还没有公布数据" in words(root, "")


def test_a_section_without_data_says_so(root: Path) -> None:
    project.build(root)
    assert "还没有公布这一部分的数据" in words(root, "inspections")
    assert not list((root / "site/inspections").glob("*/"))
    assert "还没有公布这一部分的数据" not in words(root, "projects")


def test_totals_of_a_year_without_a_file(root: Path) -> None:
    row = ["budget/2020/all/allocated", "上一年的安排", "900", "万元", "精确", "2020-12-31", "", "yb"]
    project.edit_rows(root / TOTALS, lambda rows: rows.append(row))
    project.build(root)
    assert "900.00" in words(root, "budget/2020")
    assert "明细 CSV" not in words(root, "budget/2020")
    assert "明细 CSV" in words(root, "budget/2021")


def test_rows_that_are_not_the_published_total_are_not_said_to_be(root: Path) -> None:
    project.build(root)
    assert "与公布的总数一致" in words(root, "budget/2021")
    project.replace(root / TOTALS, ",990,", ",991,")
    project.build(root)
    assert "与公布的总数一致" not in words(root, "budget/2021")


def test_a_project_that_has_not_reported_yet_keeps_its_page(root: Path) -> None:
    project.edit_rows(root / BUDGET, lambda rows: rows.__setitem__(
        slice(None), [r for r in rows if not (r[1] == "2" and r[4] == "2021-12")]
    ))  # fmt: skip
    project.build(root)
    page = words(root, "budget/2021/p02")
    assert "12月的数未报送，上面是 11月底的" in page
    assert "截至 2021-11-30" in page
    year = words(root, "budget/2021")
    assert "02 办学 示例单位乙 未报送 未报送 未报送 未报送 未报送".replace(" ", "") in year.replace(" ", "")
    assert "缺 1 项" in year


def test_a_month_that_lacks_rows_is_hollow(root: Path) -> None:
    gone = [r for r in project.read_rows(root / BUDGET) if not (r[2] == "510904" and r[4] == "2021-11")]
    project.write_rows(root / BUDGET, gone)
    project.build(root)
    assert "空心点的月份数据不全（11月），不连线" in words(root, "budget/2021")


@pytest.mark.parametrize("table", ROWS)
def test_a_table_that_is_not_listed(root: Path, table: str) -> None:
    """Either the site does without, or one sentence says which table is wanted and for what."""
    package = yaml.safe_load((root / PACKAGE).read_text(encoding="utf-8"))
    package["resources"] = [r for r in package["resources"] if r["path"] != f"{table}.csv"]
    (root / PACKAGE).write_text(yaml.safe_dump(package, allow_unicode=True), encoding="utf-8")
    (root / f"data/{table}.csv").unlink()
    name = table.split("/")[0]
    if name in ("budget", "corrections"):
        project.build(root)
        assert words(root, "budget/2021")
    else:
        with pytest.raises(UsageError, match=f"没有列出.*{name}"):
            project.build(root)


def test_workers_end_with_the_process_that_started_them(tmp_path: Path) -> None:
    script = textwrap.dedent("""
        import os, time
        from generator import parallel

        if __name__ == "__main__":
            with parallel.run(2) as pool:
                print(*{pool.submit(os.getpid).result() for _ in range(8)}, flush=True)
                time.sleep(600)
    """)
    (tmp_path / "parent.py").write_text(script, encoding="utf-8")
    line = [sys.executable, str(tmp_path / "parent.py")]
    with subprocess.Popen(line, env=project.environment(), stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        workers = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
        parent.send_signal(signal.SIGKILL)
    assert workers
    _, alive = psutil.wait_procs(workers, timeout=30)  # bounds a test that would otherwise hang
    assert alive == []
