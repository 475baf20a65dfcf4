"""The command line as a clerk and as CI meet it: exit statuses, one line for what is wrong, nothing written."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from generator import cli, pipeline, preview, store
from generator.model import Level, Problem
from tests import mess, project
from tests.project import BUDGET

MKDOCS = """site_name: 甲市民生公开
docs_dir: build/docs
nav:
  - 首页: index.md
extra:
  portal:
    city: 甲市
"""


@pytest.fixture(scope="session")
def warmed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project.warmed(tmp_path_factory)


@pytest.fixture
def root(warmed: Path, tmp_path: Path) -> Path:
    return project.copy(warmed, tmp_path / "project")


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    """A command in this process: exit status, standard output, standard error."""
    status = cli.main([str(a) for a in arguments])
    said = capsys.readouterr()
    return status, said.out, said.err


# --- every messy file, through the command line ------------------------------------------------------------


@pytest.mark.no_cover  # hundreds of checks take twice as long when measured; other tests measure them
@pytest.mark.parametrize("case", mess.index())
def test_a_messy_file(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: object) -> None:
    monkeypatch.setattr(cli, "_subjects", lambda: mess.SUBJECTS)  # type: ignore[attr-defined]
    (tmp_path / "mkdocs.yml").write_text(MKDOCS, encoding="utf-8")
    data = mess.case_folder(case, tmp_path)
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text("the last good site", encoding="utf-8")
    (site / "portal-manifest.json").write_bytes(
        json.dumps({"version": 1, "fingerprint": "x", "files": {"index.html": store.digest_of(b"the last good site")}})
        .encode()
    )  # fmt: skip
    before = project.tree(tmp_path)
    status, out, err = run(
        capsys, "check", "--format", "json", "--config", tmp_path / "mkdocs.yml", "--data", data
    )  # fmt: skip
    report = json.loads(out)
    assert out == mess.expected(case)
    assert err == ""
    assert status == (1 if report["summary"]["错误"] else 0)
    assert project.tree(tmp_path) == before
    if status:
        status, out, err = run(capsys, "build", "--config", tmp_path / "mkdocs.yml", "--data", data)
        assert (status, err) == (1, "数据有错误,网站没有改动。\n")
        assert all(f"{p['level']} {p['title']}(" in out for p in report["problems"])
        assert project.tree(site) == {k.removeprefix("site/"): v for k, v in before.items() if k.startswith("site/")}


def test_a_failed_build_says_what_a_subject_calls_its_rule(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    leak = Problem(Level.ERROR, "leaks", "第 2 行:漏水。", "请堵上。", "money/2021.csv", 2)
    toys = [replace(s, rules=(lambda draft: iter([leak]),), titles={"leaks": "漏水"}) for s in mess.SUBJECTS]
    monkeypatch.setattr(cli, "_subjects", lambda: toys)
    (tmp_path / "mkdocs.yml").write_text(MKDOCS, encoding="utf-8")
    data = mess.case_folder("columns-moved", tmp_path)
    status, out, _ = run(capsys, "build", "--config", tmp_path / "mkdocs.yml", "--data", data)
    assert (status, "  错误 漏水(1 处)" in out.splitlines()) == (1, True)
    said: list[str] = []
    preview.explain(pipeline.InputProblems([leak]), lambda: toys, said.append)
    assert "  错误 漏水(1 处)" in said[0].splitlines()


@pytest.mark.parametrize("form", ["text", "json", "github"])
def test_a_real_process_reports_in_each_form(root: Path, form: str) -> None:
    project.replace(root / BUDGET, "400,320", "约400,320")
    before = project.tree(root)
    done = project.portal("check", "--format", form, cwd=root)
    assert (done.returncode, done.stderr) == (1, "")
    assert "约400" in done.stdout
    assert {"text": "办法:", "json": '"rule": ', "github": "::error file=data/budget/2021.csv,line="}[
        form
    ] in done.stdout
    assert project.tree(root) == before


# --- a failed build ----------------------------------------------------------------------------------------


def test_a_failed_build_leaves_the_site_as_it_was(root: Path) -> None:
    before = project.stamps(root / "site")
    project.replace(root / BUDGET, "400,320", "约400,320")
    done = project.portal("build", cwd=root)
    assert done.returncode == 1
    assert "数据有错误,网站没有改动。" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert project.stamps(root / "site") == before


def test_nothing_changed_costs_nothing_and_touches_nothing(root: Path) -> None:
    project.portal("build", cwd=root)
    before = project.stamps(root)
    code = (
        "import sys; from generator.cli import main; status = main(['build']);"
        "print([m for m in ('pandas', 'altair', 'mkdocs', 'frictionless', 'jinja2') if m in sys.modules], status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env=project.environment(), capture_output=True, text=True, check=True
    )
    assert "没有变化" in done.stdout
    assert done.stdout.splitlines()[-1] == "[] 0"
    after = project.stamps(root)
    # The lock came and went: nothing else moved, not even the time of a folder.
    assert {path for path in before | after if before.get(path) != after.get(path)} <= {"build"}


def test_why_names_the_reasons(root: Path) -> None:
    project.replace(root / "docs/about.md", "# ", "# 再")
    done = project.portal("build", "--why", cwd=root)
    assert done.returncode == 0
    assert "  /about/  手写页面变了" in done.stdout.splitlines()


# --- usage -------------------------------------------------------------------------------------------------

USAGE: dict[str, tuple[list[str], str]] = {
    "no command": ([], "缺少 命令"),
    "unknown command": (["bulid"], "bulid"),
    "unknown option": (["build", "--fast"], "--fast"),
    "no value": (["build", "--jobs"], "--jobs"),
    "not a number": (["build", "--jobs", "x"], "--jobs"),
    "no jobs": (["build", "--jobs", "0"], "--jobs 应是 1 或更大的整数"),
    "no date": (["build", "--as-of", "2021-13-01"], "--as-of"),
    "no configuration": (["build", "--config", "absent.yml"], "absent.yml"),
    "no data": (["check", "--data", "absent"], "datapackage.yaml"),
    "out is the project": (["build", "--out", "."], "--out"),
    "out is the data": (["build", "--out", "data"], "--out"),
    "out is somebody's": (["build", "--out", "theirs"], "theirs"),
    "out is a file": (["build", "--out", "mkdocs.yml"], "--out"),
    "out is a link": (["build", "--out", "link"], "--out"),
}


@pytest.mark.parametrize("name", USAGE)
def test_wrong_usage_is_one_chinese_line_and_writes_nothing(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    arguments, said = USAGE[name]
    (root / "theirs").mkdir()
    (root / "theirs/letter.txt").write_text("mine", encoding="utf-8")
    (root / "elsewhere").mkdir()
    (root / "link").symlink_to(root / "elsewhere")
    before = project.tree(root)
    monkeypatch.chdir(root)
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1
    assert "Traceback" not in err
    assert project.tree(root) == before


def test_what_the_program_did_not_expect_looks_different(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: object) -> None:
        raise KeyError("x")

    monkeypatch.chdir(root)
    monkeypatch.setattr(pipeline, "checked", broken)
    status, out, err = run(capsys, "check")
    assert (status, out) == (3, "")
    assert err == "程序出错:KeyError: 'x'。加上 --debug 可以看到细节。\n"
    status, _, err = run(capsys, "check", "--debug")
    assert status == 3
    assert "Traceback" in err


def test_the_machines_refusal_is_named(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device", "somewhere")

    monkeypatch.chdir(root)
    monkeypatch.setattr(pipeline, "checked", full)
    assert run(capsys, "check") == (3, "", "没有完成:磁盘已满(somewhere)。\n")


def test_stopped_by_hand(root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.chdir(root)
    monkeypatch.setattr(pipeline, "checked", stopped)
    assert run(capsys, "check") == (3, "", "已停止。\n")


def test_two_at_once(root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    before = project.tree(root / "site")
    project.replace(root / "docs/about.md", "# ", "# 再")
    monkeypatch.chdir(root)
    with store.lock(root / "build"):
        status, out, err = run(capsys, "build")
        assert (status, out) == (3, "")
        assert err.startswith("另一个 portal 正在这里工作")
        assert project.tree(root / "site") == before
    assert run(capsys, "build")[0] == 0


@pytest.mark.parametrize("command", [[], ["check"], ["build"], ["preview"]])
def test_help_is_chinese(capsys: pytest.CaptureFixture[str], command: list[str]) -> None:
    status, out, err = run(capsys, *command, "--help")
    assert (status, err) == (0, "")
    assert "用法" in out
    for english in ("usage", "options", "positional", "show this"):
        assert english not in out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--version") == (0, f"{cli._version()}\n", "")
