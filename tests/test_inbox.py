"""The folder that departments upload into: what the forge's run says of it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.sites import ROOT

WORKFLOW = ROOT / ".github/workflows/inbox.yml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The script in a folder of its own, an environment that counts as installed, a command that says a word."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/setup.sh", tmp_path / ".ci")
    for name in ("pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    programs = tmp_path / ".venv/bin"
    programs.mkdir(parents=True)
    (programs / "python").write_text("#!/bin/sh\necho x\n", encoding="utf-8")
    words = "import='一个格子里的 ``` | 记号'"
    (programs / "portal").write_text(
        f'#!/bin/sh\n{words}\necho "$@"\necho "$import"\nexit ${{SAYS:-0}}\n', encoding="utf-8"
    )
    for program in programs.iterdir():
        program.chmod(0o755)
    stamp = "{ echo x; sed '/^\\[tool\\./,$d' pyproject.toml; cat requirements.lock; } >.venv/stamp-site"
    subprocess.run(["sh", "-c", stamp], cwd=tmp_path, check=True)
    return tmp_path


@pytest.mark.parametrize(("status", "said"), [(0, "可以收"), (1, "现在还收不了")])
def test_the_report_is_on_the_page_of_the_run(status: int, said: str, root: Path) -> None:
    env = {**os.environ, "GITHUB_STEP_SUMMARY": str(root / "summary.md"), "SAYS": str(status)}
    line = ["sh", ".ci/setup.sh", "inbox"]
    done = subprocess.run(line, cwd=root, env=env, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == status, done.stderr
    assert done.stdout == "import 收件 --look\n一个格子里的 ``` | 记号\n"
    summary = (root / "summary.md").read_text(encoding="utf-8")
    assert summary.startswith(f"## 收件:{said}")
    assert "\n    import 收件 --look\n    一个格子里的 ``` | 记号\n" in summary


def test_the_run_only_looks_and_may_only_read() -> None:
    found = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    assert found["permissions"] == {"contents": "read"}
    assert found[True]["push"]["paths"] == ["收件/**"]  # YAML reads "on" as a truth
    runs = [step["run"] for step in found["jobs"]["report"]["steps"] if "run" in step]
    assert runs == ["sh .ci/setup.sh inbox"]
