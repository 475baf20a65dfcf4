"""The whole way: incremental equals clean, byte for byte, and only what an edit touches is made again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from generator import pipeline
from generator.making import Kept
from generator.subjects import SUBJECTS
from tests import project
from tests.project import BUDGET, PROJECTS, REGIONS, edit_rows, replace

Change = Callable[[Path], object]


@pytest.fixture(scope="session")
def warmed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project.warmed(tmp_path_factory)


@pytest.fixture
def root(warmed: Path, tmp_path: Path) -> Path:
    return project.copy(warmed, tmp_path / "project")


def set_cell(row: int, column: int, text: str, file: str = BUDGET) -> Change:
    return lambda root: edit_rows(root / file, lambda rows: rows[row].__setitem__(column, text))


def with_rows(change: Callable[[list[list[str]]], None], file: str = BUDGET) -> Change:
    return lambda root: edit_rows(root / file, change)


def wording(file: str, old: str, new: str) -> Change:
    return lambda root: replace(root / file, old, new)


def writing(file: str, text: str) -> Change:
    return lambda root: (root / file).write_text(text, encoding="utf-8")


def moved(root: Path) -> None:
    """A region moves to another key: its rows, and nothing of the old place stays."""
    replace(root / REGIONS, "510921,南川县", "510922,南川县")
    replace(root / REGIONS, "510904,西河区", "510905,西河区")
    text = (root / BUDGET).read_text(encoding="utf-8")
    (root / BUDGET).write_text(text.replace(",510904,", ",510905,"), encoding="utf-8")


def third_project(root: Path) -> None:
    row = ["2021", "3", "种树", "生态", "", "示例单位甲", "", "", "", "", "不涉及", "", "", "", "", "demo"]
    edit_rows(root / PROJECTS, lambda rows: rows.append(row))
    amounts = [["2021", "3", "510921", "市", f"2021-{m}", "10", "5", "5", "demo"] for m in (10, 11, 12)]
    edit_rows(root / BUDGET, lambda rows: rows.extend(amounts))


def without_second_project(root: Path) -> None:
    for file, column in ((PROJECTS, 1), (BUDGET, 1)):
        edit_rows(root / file, lambda rows, c=column: rows.__setitem__(slice(None), [r for r in rows if r[c] != "2"]))


def official(root: Path) -> None:
    """No row is a demonstration any more."""
    replace(root / "data/sources.csv", "演示数据,演示", "报送数据,官方")


@dataclass(frozen=True)
class Edit:
    """A change, the only reasons it may give, and the pages that it must rebuild where they are worth a list."""

    change: Change
    reasons: frozenset[str]
    pages: frozenset[str] | None = None
    options: tuple[tuple[str, str], ...] = ()


def edit(change: Change, *reasons: str, pages: set[str] | None = None, **options: str) -> Edit:
    return Edit(change, frozenset(reasons), None if pages is None else frozenset(pages), tuple(options.items()))


DATA = ("数据变了", "图变了")
NOTHING: set[str] = set()
OF_ONE_ROW = {
    "",
    "budget/2021/",
    "budget/2021/all/origin/2021-12/",
    "budget/2021/lcounty/origin/",
    "budget/2021/p01/",
    "budget/2021/p01/origin/",
    "budget/2021/r510904/origin/",
    "data/budget/2021/2021-12/",
    "embed/budget-2021-all-months/",
    "embed/budget-2021-levels/",
    "embed/budget-2021-rates/",
    "embed/budget-2021-regions/",
    "projects/2021/",
    "projects/2021/p01/",
    "regions/2021/r510904/",
    "units/2021/u1/",
}
MINE = "---\ntitle: 说明\n---\n\n# 说明\n\n见[方法](../method/)。\n"
SECOND = {"budget/2021/p02/", "budget/2021/p02/origin/"}

EDITS: dict[str, Edit] = {
    "amount changed": edit(set_cell(9, 7, "150"), *DATA, pages=OF_ONE_ROW),
    "row added": edit(
        with_rows(lambda rows: rows.append(["2021", "2", "510904", "县", "2021-12", "9", "9", "8", "demo"])), *DATA
    ),
    "row deleted": edit(with_rows(lambda rows: rows.pop(12)), *DATA),
    "rows in another order": edit(with_rows(lambda rows: rows.insert(1, rows.pop())), pages=NOTHING),
    "the same in other bytes": edit(
        lambda root: (root / BUDGET).write_bytes((root / BUDGET).read_bytes().replace(b"\n", b"\r\n")), pages=NOTHING
    ),
    "region moved": edit(moved, "数据变了", "新页面"),
    "region renamed": edit(wording(REGIONS, "西河区", "西河新区"), *DATA),
    "project retitled": edit(
        wording(PROJECTS, "修路", "修桥"),
        *DATA,
        pages={"budget/2021/", "budget/2021/p01/", "budget/2021/p01/origin/", "budget/2021/p02/", "data/projects/2021/"}
        | {"projects/2021/all/origin/undated/", "projects/2021/", "projects/2021/p01/", "projects/2021/p02/"}
        | {"units/2021/u1/", "embed/budget-2021-rates/"},
    ),
    "project added": edit(third_project, *DATA, "新页面"),
    "project removed": edit(without_second_project, *DATA),
    "total withdrawn": edit(
        with_rows(lambda rows: rows.pop(1), "data/control_totals.csv"), *DATA,
    ),
    "total changed": edit(
        wording("data/control_totals.csv", "公布的下达,1100", "公布的下达,1100.0"),
        "数据变了",
        pages={"data/control_totals/", "budget/2021/all/origin/"},
    ),
    "no demonstration left": edit(official, *DATA, "手写页面变了"),
    "style": edit(wording("overrides/assets/portal.css", "--portal-band", "--portal-band "), pages=NOTHING),
    "picture added": edit(writing("overrides/assets/new.svg", "<svg/>"), pages=NOTHING),
    "engine template": edit(wording("overrides/main.html", "跳到正文", "直接看正文"), "模板、配置或引擎变了"),
    "page not found": edit(
        wording("overrides/404.html", "找不到这个页面", "没有这个页面"), "模板、配置或引擎变了", pages=NOTHING
    ),
    "site name": edit(
        wording("mkdocs.yml", "site_name: 遂宁市", "site_name: 甲市"), "数据变了", "手写页面变了"
    ),
    "nav title": edit(wording("mkdocs.yml", "- 方法:", "- 办法:"), "模板、配置或引擎变了"),
    "address of the site": edit(
        lambda root: (official(root), replace(root / "mkdocs.yml", 'base_url: ""', "base_url: https://a.example/b/")),
        *DATA, "手写页面变了",
    ),
    "page edited": edit(wording("docs/method.md", "title: 方法", "title: 做法"), "手写页面变了", pages={"method/"}),
    "page added": edit(writing("docs/note.md", MINE), "新页面", pages={"note/"}),
    "handbook edited": edit(
        lambda root: ((root / "docs/handbook").mkdir(), writing("docs/handbook/a.md", "只给填报人看")(root)),
        pages=NOTHING,
    ),
    "output deleted": edit(lambda root: (root / "site/budget/index.html").unlink(), pages=NOTHING),
    "output tampered with": edit(writing("site/data/budget/2021.csv", "0"), pages=NOTHING),
    "output folder deleted": edit(lambda root: shutil.rmtree(root / "site"), pages=NOTHING),
    "staged page deleted": edit(lambda root: (root / "build/docs/budget/index.md").unlink(), pages=NOTHING),
    "cache corrupted": edit(lambda root: spoil(root / "build/cache"), pages=NOTHING),
    "staged page deleted, another edited": edit(
        lambda root: ((root / "build/docs/budget/index.md").unlink(), replace(root / "docs/about.md", "# ", "# 再")),
        "暂存文件缺失或被改", "手写页面变了",
    ),
    "rendered page spoilt, another edited": edit(
        lambda root: (spoil(root / "build/html/budget"), replace(root / "docs/about.md", "# ", "# 再")),
        "输出缺失或被改", "手写页面变了",
    ),
    "cache corrupted, amount changed": edit(
        lambda root: (spoil(root / "build/cache"), set_cell(9, 7, "150")(root)), *DATA, pages=OF_ONE_ROW
    ),
    "date to count to": edit(lambda root: None, "数据变了", pages={"", "embed/home-chain/"}, as_of="2022-01-31"),
    "state deleted": edit(lambda root: (root / "build/state.json").unlink(), "新页面"),
    "state torn": edit(writing("build/state.json", '{"version": 1, "pages": {'), "新页面"),
    "working files deleted": edit(lambda root: shutil.rmtree(root / "build"), "新页面"),
}  # fmt: skip
EVERYTHING = {"state deleted", "state torn", "working files deleted"}
ALL_PAGES = EVERYTHING | {"engine template", "site name", "nav title", "no demonstration left"}
# What changes the wording around the page, but no page: rendered anew, with the same result.
SAME_RESULT = EVERYTHING | {
    "page not found", "staged page deleted, another edited", "rendered page spoilt, another edited",
}  # fmt: skip
# Repaired when something changes, not before: the site does not need them.
IDLE = {"staged page deleted", "cache corrupted"}
# What stands around a page does not stand around those for other sites' frames: rendered anew, with the same result.
AROUND = {"engine template", "nav title"}


def spoil(folder: Path) -> None:
    """Every file below a folder gets a wrong byte in its middle."""
    for file in (f for f in folder.rglob("*") if f.is_file()):
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(content)


def written_and_deleted(old: Path, new: Path) -> tuple[set[str], set[str]]:
    """Files that a site needs to become another."""
    before, after = project.tree(old), project.tree(new)
    files = {p for p, digest in {**before, **after}.items() if digest != "folder"} - {"portal-manifest.json"}
    changed = {p for p in files if before.get(p) != after.get(p)}
    return changed & set(after), changed - set(after)


@pytest.mark.no_cover  # whole builds, again and again, take twice as long when measured; other tests measure them
@pytest.mark.parametrize("name", EDITS)
def test_incremental_equals_clean_and_touches_no_more(warmed: Path, root: Path, tmp_path: Path, name: str) -> None:
    wanted = EDITS[name]
    wanted.change(root)
    fresh = project.inputs(root, tmp_path / "fresh")
    shown = tmp_path / "as it stands"
    shutil.copytree(root / "site", shown) if (root / "site").exists() else shown.mkdir()
    outcome = project.build(root, **dict(wanted.options))
    draws = "图变了" in wanted.reasons or name == "working files deleted"
    assert bool(outcome.drawn) == draws
    if not draws:  # drawing costs most of a clean build; what was drawn for the old inputs must do, and nothing more
        shutil.copytree(warmed / "build/cache", fresh / "build/cache")
    clean = project.build(fresh, **dict(wanted.options))
    assert bool(clean.drawn) == draws
    if name not in IDLE:
        assert project.files(root / "build") == project.files(fresh / "build")
    assert project.tree(root / "site") == project.tree(fresh / "site")
    assert {reason for why in outcome.rebuilt.values() for reason in why} == wanted.reasons
    differ = project.pages_that_differ(warmed / "site", fresh / "site")
    if name not in SAME_RESULT:
        frames = {p for p in outcome.rebuilt if p.startswith("embed/")} if name in AROUND else set()
        assert set(outcome.rebuilt) - frames == differ
    if wanted.pages is not None:
        assert differ == wanted.pages
    if name in ALL_PAGES:
        assert len(outcome.rebuilt) == outcome.pages == clean.pages
    assert (set(outcome.written), set(outcome.deleted)) == written_and_deleted(shown, fresh / "site")
    assert project.build(root, **dict(wanted.options)).nothing


def test_a_process_that_keeps_its_plan_builds_the_same(warmed: Path, tmp_path: Path) -> None:
    """Words, looks, data and again words: each build gives what a clean one gives."""
    root, kept = project.copy(warmed, tmp_path / "kept"), Kept()
    for file, old, new in (
        ("docs/about.md", "\n---\n", "\n---\n\n一句。\n"),
        (project.BUDGET, "2021-12,400,400,360", "2021-12,400,400,361"),
        ("docs/about.md", "一句。", "两句。"),
        ("mkdocs.yml", 'office: ""', "office: 某办公室"),
    ):
        project.replace(root / file, old, new)
        pipeline.build(project.load(root), lambda: SUBJECTS, kept=kept)
    found = project.files(root / "site")
    project.build(root, clean=True)
    assert project.files(root / "site") == found
