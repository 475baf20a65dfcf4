"""``make bundle``: what is in the zip, and that it installs without a network, by a small project of the same make.

The project's own wheels are half a gigabyte; here they are a few small ones and flit_core as it is installed, found in
a folder (``WHEELS``) instead of an index. Everything else is real: pip, its hashes, the zip, the script for Linux. The
one for Windows is only read.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import platform
import re
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest

from tests.sites import ROOT

MINOR = sys.version_info[1]
TAGS = {
    "win-x64": "win_amd64",
    "linux-x64": "manylinux_2_17_x86_64.manylinux2014_x86_64",
    "linux-arm64": "manylinux_2_28_aarch64",
}
NAME = f"minsheng-portal-0.7.0-py3.{MINOR}.zip"
TOP = "minsheng-portal-0.7.0"
PATIENCE = 120
# Nothing answers there: whoever asks an index or a proxy all the same has failed.
NOWHERE = dict.fromkeys(
    ("PIP_INDEX_URL", "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9/"
)
DATA = "编号,名称\nu1,示例单位\n"
FILES = {
    "pyproject.toml": (
        '[build-system]\nrequires = ["flit_core"]\nbuild-backend = "flit_core.buildapi"\n\n'
        '[project]\nname = "minsheng-portal"\ndescription = "x"\ndynamic = ["version"]\n'
        'dependencies = ["toy==1.0", "fast==1.0"]\n\n'
        '[project.scripts]\nportal = "generator.cli:main"\n\n[tool.flit.module]\nname = "generator"\n'
    ),
    "generator/__init__.py": '"""A small one."""\n\n__version__ = "0.7.0"\n',
    "generator/cli.py": (
        "from pathlib import Path\nimport fast, toy\n\n"
        "def main():\n    print(toy.SAID, fast.SAID, Path('data/units.csv').read_text(encoding='utf-8'))\n"
    ),
    "data/units.csv": DATA,
    ".gitignore": "build/\n.venv/\n",
}


def wheel(folder: Path, name: str, version: str, tag: str, files: dict[str, bytes]) -> str:
    """A wheel; its line of a lock, but for the name."""
    info = f"{name}-{version}.dist-info"
    files = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        **files,
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: {tag}\n".encode(),
    }
    record = io.StringIO()
    csv.writer(record).writerows([*([n, "", ""] for n in files), [f"{info}/RECORD", "", ""]])
    path = folder / f"{name}-{version}-{tag}.whl"
    with zipfile.ZipFile(path, "w") as out:
        for n, content in {**files, f"{info}/RECORD": record.getvalue().encode()}.items():
            out.writestr(zipfile.ZipInfo(n), content)
    return f"--hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


def flit_core(folder: Path) -> tuple[str, str]:
    """The one that is installed, as the wheel that it was."""
    found = distribution("flit_core")
    skipped = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "WHEEL")
    files = {
        str(f): Path(str(f.locate())).read_bytes()
        for f in found.files or []
        if "__pycache__" not in f.parts and f.name not in skipped
    }
    return found.version, wheel(folder, "flit_core", found.version, "py3-none-any", files)


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("all wheels")
    pure = wheel(folder, "toy", "1.0", "py3-none-any", {"toy.py": b"SAID = 'toy'\n"})
    compiled = [
        wheel(folder, "fast", "1.0", f"cp3{MINOR}-cp3{MINOR}-{tag}", {"fast.py": f"SAID = {name!r}\n".encode()})
        for name, tag in TAGS.items()
    ]
    version, built = flit_core(folder)
    lock = f"toy==1.0 {pure}\nfast==1.0 {' '.join(compiled)}\nflit-core=={version} {built}\n"
    (folder / "requirements.lock").write_text(lock, encoding="utf-8")
    wheel(folder, "old", "1.0", "py3-none-any", {})  # in the folder, not in the lock
    return folder


def git(project: Path, *arguments: str) -> None:
    who = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=project, check=True, capture_output=True)


@pytest.fixture(scope="module")
def project(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("bundle") / "project"
    for name, content in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content, encoding="utf-8")
    shutil.copytree(ROOT / ".ci/offline", root / ".ci/offline", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".ci/setup.sh", root / ".ci")
    shutil.copy(wheels / "requirements.lock", root)
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "x")
    (root / "未提交.csv").write_text("x", encoding="utf-8")
    (root / "data/units.csv").write_text("改了,没有提交\n", encoding="utf-8")
    return root


def offline(project: Path, wheels: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    settings = {"WHEELS": str(wheels), "PYTHON": sys.executable, "PYTHONS": f"3.{MINOR}", **environment}
    return subprocess.run(
        ["sh", ".ci/setup.sh", "offline"], cwd=project, env={**os.environ, **NOWHERE, **settings},
        capture_output=True, text=True, encoding="utf-8", timeout=PATIENCE, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def bundle(project: Path, wheels: Path) -> Path:
    done = offline(project, wheels)
    assert done.returncode == 0, done.stdout + done.stderr + logged(project, "offline")
    made = project / "build" / NAME
    assert "有没提交的改动" in done.stdout
    assert hashlib.sha256(made.read_bytes()).hexdigest() in done.stdout
    assert sorted(p.name for p in made.parent.iterdir()) == ["log", NAME]
    return made


def logged(root: Path, name: str) -> str:
    return (root / f"build/log/{name}.log").read_text(encoding="utf-8")


# --- what is in it ----------------------------------------------------------------------------------------------------


def test_it_holds_what_was_committed_the_wheels_of_the_lock_and_both_scripts(bundle: Path) -> None:
    with zipfile.ZipFile(bundle) as opened:
        entries = opened.infolist()
        content = {e.filename.removeprefix(f"{TOP}/"): opened.read(e) for e in entries}
    assert all(e.filename.startswith(f"{TOP}/") for e in entries)
    assert set(content) == {
        *FILES, "requirements.lock", ".ci/setup.sh", ".ci/offline/pack.py", "安装.sh", "安装.bat",
        "wheels/toy-1.0-py3-none-any.whl", f"wheels/flit_core-{distribution('flit_core').version}-py3-none-any.whl",
        *(f"wheels/fast-1.0-cp3{MINOR}-cp3{MINOR}-{tag}.whl" for tag in TAGS.values()),
    }  # fmt: skip
    assert content["data/units.csv"].decode() == DATA
    assert {e.date_time for e in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {e.filename for e in entries if e.external_attr >> 16 & 0o111} == {f"{TOP}/.ci/setup.sh"}
    assert b"\n" not in content["安装.bat"].replace(b"\r\n", b"")


def test_the_same_input_gives_the_same_bytes(bundle: Path, project: Path, tmp_path: Path) -> None:
    (tmp_path / "wheels").mkdir()
    with zipfile.ZipFile(bundle) as opened:
        for name in reversed([n for n in opened.namelist() if n.endswith(".whl")]):  # other times, another order
            (tmp_path / "wheels" / Path(name).name).write_bytes(opened.read(name))
    pack = [sys.executable, ".ci/offline/pack.py", TOP, str(tmp_path / "wheels"), str(tmp_path / "again.zip")]
    subprocess.run(pack, cwd=project, check=True, env={**os.environ, "TZ": "Asia/Shanghai"}, capture_output=True)
    assert (tmp_path / "again.zip").read_bytes() == bundle.read_bytes()


# --- it installs without a network ------------------------------------------------------------------------------------


def alone() -> list[str]:
    """What starts a command where no network is, if this machine lets us; an index that answers is nowhere anyway."""
    for command in (["unshare", "-n"], ["unshare", "-rn"]):
        if (
            shutil.which("unshare")
            and subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0
        ):
            return command
    return []


def unpacked(bundle: Path, to: Path) -> Path:
    with zipfile.ZipFile(bundle) as opened:
        opened.extractall(to)
    return to / TOP


def run(root: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}  # leads to the project that is under test
    settings = {"PYTHON": sys.executable, "PIP_FIND_LINKS": str(root / "nowhere"), **NOWHERE, **environment}
    return subprocess.run(
        [*alone(), *command], cwd=root, env={**inherited, **settings},
        capture_output=True, text=True, encoding="utf-8", timeout=PATIENCE, check=False,
    )  # fmt: skip


def test_it_installs_without_a_network_and_refuses_a_wheel_that_was_changed(bundle: Path, tmp_path: Path) -> None:
    root = unpacked(bundle, tmp_path / "离线 电脑")
    done = run(root, "sh", "安装.sh")
    assert done.returncode == 0, done.stdout + done.stderr + logged(root, "install")
    assert "装好了,没有用网络" in done.stdout
    said = f"toy linux-{'arm64' if platform.machine() == 'aarch64' else 'x64'} {DATA}"
    assert run(root, ".venv/bin/portal").stdout.strip() == said.strip()
    # What "make check" and its like call: nothing is left to install.
    assert run(root, "sh", ".ci/setup.sh", "portal").stdout.strip() == said.strip()

    subprocess.run([root / ".venv/bin/pip", "uninstall", "-qy", "toy"], check=True)
    (root / ".venv/stamp-site").unlink()
    with (root / "wheels/toy-1.0-py3-none-any.whl").open("ab") as file:
        file.write(b"changed")
    done = run(root, "sh", "安装.sh")
    assert done.returncode == 3
    assert "wheels/ 里的文件与锁文件的校验和不符" in done.stderr
    assert not (root / ".venv/stamp-site").exists()


def test_a_machine_without_a_python_that_fits_is_told_which_ones_do(bundle: Path, tmp_path: Path) -> None:
    done = run(unpacked(bundle, tmp_path), "sh", "安装.sh", PYTHON="python-that-is-not-there")
    assert done.returncode == 3
    assert f"安装包里有它的 Python 版本:3.{MINOR}" in done.stderr


# --- what can go wrong ------------------------------------------------------------------------------------------------


def other(project: Path, to: Path) -> Path:
    shutil.copytree(project, to, ignore=shutil.ignore_patterns("build"))
    return to


def test_a_platform_without_a_wheel_stops_it_and_leaves_no_zip(project: Path, wheels: Path, tmp_path: Path) -> None:
    root = other(project, tmp_path / "project")
    some = tmp_path / "wheels"
    shutil.copytree(wheels, some, ignore=shutil.ignore_patterns("*aarch64*"))
    done = offline(root, some, PLATFORMS="linux-arm64")
    assert done.returncode == 3
    assert done.stderr.startswith(f"错误:下载 linux-arm64、Python 3.{MINOR} 的依赖失败:")
    assert "没有适合" in done.stderr
    assert not [*(root / "build").glob("*.zip*")]
    done = offline(root, some, PLATFORMS="win-x64")  # the other platforms are none the worse; the name says which
    assert done.returncode == 0
    assert [p.name for p in (root / "build").glob("*.zip*")] == [f"{TOP}-win-x64-py3.{MINOR}.zip"]


def test_a_wheel_that_the_lock_does_not_know_stops_it(project: Path, wheels: Path, tmp_path: Path) -> None:
    root = other(project, tmp_path / "project")
    some = tmp_path / "wheels"
    shutil.copytree(wheels, some)
    wheel(some, "toy", "1.0", "py3-none-any", {"toy.py": b"SAID = 'another'\n"})
    done = offline(root, some, PLATFORMS="win-x64")
    assert done.returncode == 3
    assert "校验和不符" in done.stderr
    assert not [*(root / "build").glob("*.zip*")]


def test_no_clone_and_no_such_platform(project: Path, wheels: Path, tmp_path: Path) -> None:
    done = offline(other(project, tmp_path / "one"), wheels, PLATFORMS="solaris")
    assert (done.returncode, done.stderr) == (3, "错误:没有这样的平台:solaris。有:win-x64 linux-x64 linux-arm64\n")
    root = other(project, tmp_path / "two")
    shutil.rmtree(root / ".git")
    done = offline(root, wheels)
    assert (done.returncode, done.stderr.startswith("错误:打包要用 git 里提交过的文件")) == (3, True)


# --- Windows, which no test here runs ---------------------------------------------------------------------------------


def test_the_scripts_try_each_python_that_is_packed_and_take_the_same_steps() -> None:
    setup, sh, bat = (
        (ROOT / ".ci" / n).read_text(encoding="utf-8") for n in ("setup.sh", "offline/安装.sh", "offline/安装.bat")
    )
    packed = re.findall(r'^pythons="(.*)"', setup, flags=re.M)[0].split()
    assert packed == ["3.11", "3.12", "3.13"]
    assert all(f"python{v}" in sh and f'"py -{v}"' in bat for v in packed)
    lock = "--require-hashes --no-deps -r"
    editable = "pip install {}--no-index --no-deps --no-build-isolation -e ."
    assert f"pip install $here {lock}" in setup
    assert f"pip install -q --no-index -f wheels {lock} requirements.lock" in bat
    assert editable.format("") in setup
    assert editable.format("-q ") in bat
