"""``portal import`` as a clerk types it: files, folders and patterns, a yes at the terminal, and what goes wrong."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest

from generator import cli
from tests import mess, project
from tests.test_cli import MKDOCS, run
from tests.test_import import HEADERS, ROWS, one


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a space and Chinese in its path, and two files that came in."""
    folder = tmp_path / "我的 项目"
    shutil.copytree(mess.HOME / "contract", folder / "data")
    (folder / "mkdocs.yml").write_text(MKDOCS, encoding="utf-8")
    (folder / "收件").mkdir()
    (folder / "收件/资金 12月.xlsx").write_bytes(one([HEADERS, *ROWS]))
    (folder / "收件/~$资金 12月.xlsx").write_bytes(b"lock of a program that has it open")
    (folder / "收件/说明.docx").write_bytes(b"no table")
    monkeypatch.setattr(cli, "_subjects", lambda: mess.SUBJECTS)
    monkeypatch.chdir(folder)
    return folder


def money(home: Path) -> str:
    return (home / "data/money/2021.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "names", [["收件"], ["收件/*.xlsx"], ["收件/资金 12月.xlsx"], ["收件/资金 12月.xlsx", "收件/~$资金 12月.xlsx"]]
)
def test_files_patterns_and_folders(home: Path, capsys: pytest.CaptureFixture[str], names: list[str]) -> None:
    status, out, _ = run(capsys, "import", *names, "--yes")
    assert status == 0
    assert "已写入 data/money/2021.csv" in out
    assert "95.00" in money(home)
    status, out, _ = run(capsys, "import", *names, "--yes")
    assert (status, out.strip().splitlines()[-1]) == (0, "没有变化。")
    assert ("打开文件时的临时文件" in out) == (names not in (["收件"], ["收件/资金 12月.xlsx"]))


def test_a_look_writes_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = project.tree(home / "data")
    status, out, _ = run(capsys, "import", "收件", "--look")
    assert status == 0
    assert "“90”→“95.00”" in out
    assert project.tree(home / "data") == before


@pytest.mark.parametrize(("answer", "written"), [("y", True), ("是", True), ("", False), ("n", False)])
def test_a_yes_at_the_terminal_writes(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, answer: str, written: bool
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(f"{answer}\n"))
    status, out, err = run(capsys, "import", "收件")
    assert "写入数据吗?" in err
    assert ("95.00" in money(home)) == written
    assert status == (0 if written else 1)
    assert ("没有写入。" in out) != written


def test_without_a_terminal_nobody_has_said_yes(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    status, out, err = run(capsys, "import", "收件")
    assert (status, "没有写入。" in out, "--yes" in err) == (1, True, True)
    assert "95.00" not in money(home)


def test_an_error_in_a_file_is_told_and_nothing_is_written(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "收件/坏的.xlsx").write_bytes(one([HEADERS, [*ROWS[0][:5], "约三百", 1, "s1"]]))
    before = project.tree(home / "data")
    status, out, err = run(capsys, "import", "收件", "--yes")
    assert status == 1
    assert "坏的.xlsx" in out
    assert "“约三百”不是一个确定的数" in out
    assert out.strip().endswith("有错误,什么也没有写。改好文件再导入。")
    assert "Traceback" not in out + err
    assert project.tree(home / "data") == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["没有.xlsx"], "找不到文件 没有.xlsx"),
        (["空"], "没有表格文件"),
        (["收件", "--table", "别的"], "没有“别的”这张表"),
        (["收件", "--unit", "千元"], "--unit 只能是"),
        (["收件", "--fill", "来源"], "--fill 写成“列=值”"),
        (["收件", "--fill", "别的=1"], "不是任何一张表的列"),
    ],
)
def test_what_is_said_wrongly_is_explained(
    home: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    (home / "空").mkdir()
    status, _, err = run(capsys, "import", *arguments)
    assert status == 2
    assert said in err


def test_data_that_cannot_be_read_has_to_be_mended_first(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "data/rates.csv").write_text("别的\n", encoding="utf-8")
    status, _, err = run(capsys, "import", "收件", "--yes")
    assert status == 2
    assert "data" in err or "rates.csv" in err
    assert "95.00" not in money(home)


def test_two_files_of_one_name_are_told_apart(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "别处").mkdir()
    shutil.copy(home / "收件/资金 12月.xlsx", home / "别处")
    _, out, _ = run(capsys, "import", "收件", "别处", "--look")
    assert "收件/资金 12月.xlsx" in out
    assert "别处/资金 12月.xlsx" in out
    assert "只收一次" in out
