"""``portal new-year``: empty files and their resources, all or nothing, and a site that copes with an empty year."""

from __future__ import annotations

import csv
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import html

from generator import cli, contract, new_year
from generator.errors import MachineError, UsageError
from tests import project, toy

ROOT = Path(__file__).parents[1]
SICHUAN = ROOT / "tests/cases/sichuan-2021/data"
PACKAGE = "datapackage.yaml"


def text(folder: Path) -> str:
    return (folder / PACKAGE).read_bytes().decode()


def package(folder: Path) -> dict[str, Any]:
    return yaml.safe_load(text(folder))  # type: ignore[no-any-return]


def data(source: Path, target: Path) -> Path:
    shutil.copytree(source, target)
    return target


def headers(folder: Path, resource: dict[str, Any]) -> list[str]:
    schema = yaml.safe_load((folder / resource["schema"]).read_text(encoding="utf-8"))
    return [f["name"] for f in schema["fields"]]


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    return data(ROOT / "data", tmp_path / "data")


def meant(before: dict[str, Any], year: int) -> dict[str, Any]:
    """What the package should say, made in another way: each table's entries by year, in their old order."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for r in before["resources"]:
        tables.setdefault(r.get("table", r["name"]), []).append(r)
    for found in tables.values():
        dated = [r for r in found if "year" in r]
        if dated and year not in [r["year"] for r in dated]:
            old = dated[0]["year"]
            entry = {k: v.replace(str(old), str(year)) if k in ("name", "path") else v for k, v in dated[0].items()}
            found.append({**entry, "year": year})
            found.sort(key=lambda r: r["year"])
    return {**before, "resources": [r for found in tables.values() for r in found]}


# --- what it makes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", [ROOT / "data", SICHUAN], ids=["shipped", "sichuan"])
@pytest.mark.parametrize("year", [2022, 2018, 2025])
def test_the_package_says_what_was_meant_and_keeps_every_line(folder: Path, year: int, tmp_path: Path) -> None:
    here = data(folder, tmp_path / "data")
    new_year.prepare(here, year)
    assert package(here) == meant(package(folder), year)
    lines = iter(text(here).splitlines())
    assert all(line in lines for line in text(folder).splitlines()), "a line was lost, changed or moved"
    assert list(package(here)["resources"][-1]) == list(package(folder)["resources"][-1])
    for resource in package(here)["resources"]:
        if resource.get("year") == year:
            content = (here / resource["path"]).read_bytes()
            assert content.count(b"\n") == 1
            assert content.endswith(b"\n")
            assert not content.startswith("\ufeff".encode())
            assert next(csv.reader([content.decode()])) == headers(here, resource)
    contract.load(here)


def test_each_yearly_table_is_told_of_in_the_contracts_order(shipped: Path) -> None:
    files = new_year.prepare(shipped, 2022)
    yearly = {r["table"]: None for r in package(ROOT / "data")["resources"] if "year" in r}
    assert [f.path for f in files] == [f"{table}/2022.csv" for table in yearly]
    assert all((f.rows, f.listed) == (None, False) for f in files)
    assert files[0].title == "民生实事项目"


def test_twice_changes_nothing(shipped: Path) -> None:
    new_year.prepare(shipped, 2022)
    before = project.stamps(shipped)
    assert all((f.rows, f.listed) == (0, True) for f in new_year.prepare(shipped, 2022))
    assert project.stamps(shipped) == before


def test_a_year_with_data_is_left_alone(shipped: Path) -> None:
    before = project.stamps(shipped)
    files = {f.path: f.rows for f in new_year.prepare(shipped, 2021)}
    assert files["projects/2021.csv"] == 30
    assert files["budget/2021.csv"] == len(project.read_rows(shipped / "budget/2021.csv")) - 1
    assert project.stamps(shipped) == before


def test_what_exists_is_taken_in_as_it_is(shipped: Path) -> None:
    """A file that nobody listed, and an entry whose file is missing: the other half is made."""
    other = "年度,编号\r\n2022,1\r\n".encode("gb18030")
    (shipped / "projects/2022.csv").write_bytes(other)
    (shipped / PACKAGE).write_bytes(
        text(shipped).encode()
        + b"  - {name: votes-2022, table: votes, year: 2022, path: votes/2022.csv, schema: schemas/votes.yaml}\n"
    )
    files = {f.path: f for f in new_year.prepare(shipped, 2022)}
    assert (shipped / "projects/2022.csv").read_bytes() == other
    assert (files["projects/2022.csv"].rows, files["projects/2022.csv"].listed) == (1, False)
    assert (files["votes/2022.csv"].rows, files["votes/2022.csv"].listed) == (None, True)
    assert [r["name"] for r in package(shipped)["resources"]].count("votes-2022") == 1
    assert (shipped / "votes/2022.csv").is_file()


# --- the package in other hands ---------------------------------------------------------------------------

FLOW = "  - {name: toys-2021, table: toys, year: 2021, path: toys/2021.csv, schema: schemas/toys.yaml}"
HEAD = "# 开头\nname: toy\nresources: # 表\n"
ONE = "".join(
    f"  - {{name: {t}, path: {t}.csv, schema: schemas/{t}.yaml}}\n" for t in ("sources", "places", "control_totals")
)
NEW = FLOW.replace("2021", "2022")
BLOCK = "  - name: toys-2021\n    table: toys\n    year: 2021\n    path: toys/2021.csv\n    schema: schemas/toys.yaml"
BASE = "base: &toys {table: toys, schema: schemas/toys.yaml}\n"
MERGED = "  - {<<: *toys, name: toys-2021, year: 2021, path: toys/2021.csv}"
STYLES = {
    "a comment behind": (f"{HEAD}{ONE}{FLOW} # 去年\n# 完\n", f"{HEAD}{ONE}{FLOW} # 去年\n{NEW}\n# 完\n"),
    "no line break at the end": (f"{HEAD}{ONE}{FLOW}", f"{HEAD}{ONE}{FLOW}\n{NEW}\n"),
    "lines of Windows": (
        f"{HEAD}{ONE}{FLOW}\n".replace("\n", "\r\n"), f"{HEAD}{ONE}{FLOW}\n{NEW}\n".replace("\n", "\r\n"),
    ),
    "a byte order mark": (f"\ufeff{HEAD}{ONE}{FLOW}\n", f"\ufeff{HEAD}{ONE}{FLOW}\n{NEW}\n"),
    "a line for each property": (
        f"{HEAD}{ONE}{BLOCK}\n\n# 完\nlicenses: []\n",
        f"{HEAD}{ONE}{BLOCK}\n{BLOCK.replace('2021', '2022')}\n\n# 完\nlicenses: []\n",
    ),
    "quoted": (
        f"{HEAD}{ONE}{FLOW}\n".replace("toys-2021", '"toys-2021"').replace("toys/2021.csv", "'toys/2021.csv'"),
        f"{HEAD}{ONE}{FLOW}\n{NEW}\n".replace("toys-2021", '"toys-2021"').replace("toys/2021.csv", "'toys/2021.csv'")
        .replace("toys-2022", '"toys-2022"').replace("toys/2022.csv", "'toys/2022.csv'"),
    ),
    "in the middle": (
        f"{HEAD}{FLOW}\n{ONE}", f"{HEAD}{FLOW}\n{NEW}\n{ONE}",
    ),
    "a merged entry": (
        f"{BASE}{HEAD}{ONE}{MERGED}\n", f"{BASE}{HEAD}{ONE}{MERGED}\n{MERGED.replace('2021', '2022')}\n",
    ),
    "more said of the file": (
        f"{HEAD}{ONE}{FLOW[:-1]}, title: 2021 年, bytes: 2021}}\n",
        f"{HEAD}{ONE}{FLOW[:-1]}, title: 2021 年, bytes: 2021}}\n{NEW[:-1]}, title: 2021 年, bytes: 2021}}\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STYLES)
def test_the_package_keeps_its_hand(name: str, tmp_path: Path) -> None:
    before, after = STYLES[name]
    toy.write_contract(tmp_path)
    (tmp_path / PACKAGE).write_bytes(before.encode())
    new_year.prepare(tmp_path, 2022)
    assert text(tmp_path) == after
    assert [r.label for r in contract.load(tmp_path).of("toys")] == ["toys:2021", "toys:2022"]


REFUSED: dict[str, tuple[str, str]] = {
    "a list in one line": (
        HEAD + "  [" + ", ".join(line.strip(" -") for line in f"{ONE}{FLOW}".splitlines()) + "]\n", "写法特殊",
    ),
    "a name without its year": (f"{HEAD}{ONE}{FLOW.replace('toys-2021', 'toys')}\n", "应当带着年份 2021"),
    "a file without its year": (f"{HEAD}{ONE}{FLOW.replace('toys/2021', 'toys/new')}\n", "应当带着年份 2021"),
    "a name that is taken": (f"{HEAD}{ONE.replace('name: places', 'table: places, name: toys-2022')}{FLOW}\n",
                             "两个资源的 name 都是 toys-2022"),
    "a file that is taken": (f"{HEAD}{ONE.replace('path: places.csv', 'path: toys/2022.csv')}{FLOW}\n",
                             "两个资源的 path 都是 toys/2022.csv"),
    "a file outside": (f"{HEAD}{ONE}{FLOW.replace('toys/2021', '../2021')}\n", "路径 ../2022.csv 不合规"),
    "no yearly table": (f"{HEAD}{ONE}", "没有一年一个文件的表"),
    "an anchor": (f"{HEAD}{ONE}{FLOW.replace('{name', '&a {name')}\n", "写法特殊"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_it_cannot_do_safely_it_leaves(name: str, tmp_path: Path) -> None:
    """One sentence and no change."""
    before, said = REFUSED[name]
    toy.write_contract(tmp_path)
    (tmp_path / PACKAGE).write_bytes(before.encode())
    tree = project.tree(tmp_path)
    with pytest.raises(UsageError, match=said):
        new_year.prepare(tmp_path, 2022)
    assert project.tree(tmp_path) == tree


@pytest.mark.parametrize("year", [1999, 2101, 22, -1])
def test_a_year_that_cannot_be(year: int, shipped: Path) -> None:
    before = project.stamps(shipped)
    with pytest.raises(UsageError, match="年份应在 2000 到 2100 之间"):
        new_year.prepare(shipped, year)
    assert project.stamps(shipped) == before


# --- all or nothing ---------------------------------------------------------------------------------------


def failing(function: Callable[..., Any], after: int) -> Callable[..., Any]:
    left = iter(range(after))

    def wrapper(*arguments: Any, **named: Any) -> Any:
        if next(left, None) is None:
            raise OSError(28, os.strerror(28), "x")
        return function(*arguments, **named)

    return wrapper


@pytest.mark.no_cover  # the same run again and again; other tests measure it
@pytest.mark.parametrize("after", [0, 1, 7, 12])
@pytest.mark.parametrize("step", ["write_bytes", "replace"])
def test_a_full_disk_leaves_nothing_half_and_the_next_run_goes_on(
    step: str, after: int, shipped: Path, tmp_path: Path
) -> None:
    whole = data(shipped, tmp_path / "whole")
    new_year.prepare(whole, 2022)
    before = text(shipped)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, step, failing(getattr(Path, step), after))
        with pytest.raises(MachineError, match="磁盘已满"):
            new_year.prepare(shipped, 2022)
    assert text(shipped) == before
    assert not list(shipped.rglob("*.part"))
    made = [f for f in shipped.rglob("2022.csv") if f.is_file()]
    assert len(made) == (after if step == "replace" else 0)
    new_year.prepare(shipped, 2022)
    assert project.files(shipped) == project.files(whole)


# --- the command ------------------------------------------------------------------------------------------


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    status = cli.main([str(a) for a in arguments])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_the_command_says_what_it_made_and_what_comes_next(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = project.make(tmp_path / "project")
    options = ("--config", root / "mkdocs.yml")
    status, out, err = run(capsys, "new-year", "2022", *options)
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[:2] == ["  data/projects/2022.csv  民生实事项目:新建", "  data/budget/2022.csv  民生资金:新建"]
    assert lines[2] == "2022 年的空表备好了:新建 2 个文件,在 datapackage.yaml 里登记 2 个。"
    assert "portal check" in lines[3]
    status, out, err = run(capsys, "new-year", "2022", *options)
    assert (status, out.splitlines()[-1]) == (0, "没有变化:2022 年的表都已经有了。")
    status, out, err = run(capsys, "new-year", "2021", *options)
    assert "  data/projects/2021.csv  民生实事项目:已有 2 行,没有动" in out
    assert run(capsys, "new-year", "3000", *options)[0] == 2
    status, out, err = run(capsys, "new-year", "明年", *options)
    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1


def test_another_folder_of_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = project.make(tmp_path / "project")
    (root / "data").rename(tmp_path / "elsewhere")
    options = ("--config", root / "mkdocs.yml", "--data", tmp_path / "elsewhere")
    assert run(capsys, "new-year", "2022", *options)[0] == 0
    assert (tmp_path / "elsewhere/budget/2022.csv").is_file()
    assert not (root / "data").exists()
    assert run(capsys, "check", *options)[0] == 0


# --- the site ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def warmed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project.warmed(tmp_path_factory)


@pytest.fixture
def root(warmed: Path, tmp_path: Path) -> Path:
    return project.copy(warmed, tmp_path / "project")


def tree_of(root: Path, page: str) -> Any:
    content = (root / "site" / page / "index.html").read_bytes()
    return html.fromstring(content, parser=html.HTMLParser(encoding="utf-8"))


def counts(root: Path, page: str) -> dict[str, str]:
    """How many rows a table's page says that it has in each year."""
    (table,) = tree_of(root, page).xpath("//table[caption[starts-with(., '各年的行')]]")
    return {r.find("th").text_content(): r.findtext("td") for r in table.xpath("./tbody/tr")}


def words(root: Path, page: str) -> str:
    tree = tree_of(root, page)
    return " ".join("".join(tree.get_element_by_id("content").itertext()).split())


def append(root: Path, table: str, *rows: str) -> None:
    project.edit_rows(root / f"data/{table}/2022.csv", lambda found: found.extend(r.split(",") for r in rows))


def test_an_empty_year_changes_the_catalogue_alone(root: Path) -> None:
    before = project.copy(root / "site", root / "before")
    new_year.prepare(root / "data", 2022)
    outcome = project.build(root)
    assert outcome.problems == ()
    assert {path.split("/")[0] for path in project.pages_that_differ(before, root / "site")} == {"data"}
    assert not (root / "site/budget/2022").exists()
    assert "2022 年" not in words(root, "") + words(root, "budget")
    assert (root / "site/data/budget/2022.csv").read_bytes().count(b"\r\n") == 1
    for page in ("data/budget", "data/projects"):
        assert counts(root, page)["2022 年"] == "0"
        assert not (root / "site" / page / "2022").exists()
    index = json.loads((root / "site/data/figures/index.json").read_bytes())
    assert {f["year"] for f in index["files"]} == {2021}


NEW_PROJECTS = ("2022,1,修桥,交通,,示例单位甲,,,,,不涉及,,,,,demo", "2022,2,办医,医疗,,示例单位乙,,,,,不涉及,,,,,demo")


def test_a_year_of_projects_alone_leaves_the_money_where_it_was(root: Path) -> None:
    home, money = words(root, ""), words(root, "budget")
    new_year.prepare(root / "data", 2022)
    append(root, "projects", *NEW_PROJECTS)
    assert project.build(root).problems == ()
    told = "2022 年的民生实事也已经公布。"
    assert told in words(root, "")
    assert (words(root, "").replace(told, ""), words(root, "budget")) == (home, money)
    assert not (root / "site/budget/2022").exists()
    assert counts(root, "data/projects") == {"2021 年": "2", "2022 年": "2"}


def test_the_first_money_of_a_year_is_told_as_it_is(root: Path) -> None:
    """January: something allocated, nothing issued or paid yet, and one project without any row."""
    new_year.prepare(root / "data", 2022)
    append(root, "projects", *NEW_PROJECTS)
    append(root, "budget", "2022,1,510903,市,2022-01,400,未报送,0,demo")
    project.build(root)
    year = words(root, "budget/2022")
    assert "400.00" in year
    assert "未报送" in year
    assert words(root, "budget").index("2022 年") < words(root, "budget").index("2021 年")
    assert "修桥" in words(root, "budget/2022/p01")


def test_the_shipped_data_copes_with_an_empty_year(shipped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--config", ROOT / "mkdocs.yml", "--data", shipped, "--format", "json")
    before = json.loads(run(capsys, "check", *options)[1])["summary"]
    new_year.prepare(shipped, 2022)
    status, out, _ = run(capsys, "check", *options)
    assert (status, json.loads(out)["summary"]) == (0, before)
