"""Documentation is tested: commands and options in both directions, shell blocks, links, what is public."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from generator import cli
from generator.subjects import SUBJECTS
from tests.sites import CASE, Built

ROOT = Path(__file__).parent.parent
README, ENGLISH = ROOT / "README.md", ROOT / "README.en.md"
HANDBOOK = sorted((ROOT / "docs/handbook").glob("*.md"))
NOTES = sorted((ROOT / "docs/decisions").glob("*.md"))
GUIDES = [README, ENGLISH, *HANDBOOK]
PORTAL = re.compile(r"(?:\.venv/bin/|\.venv\\Scripts\\)?portal\b|python -m generator\b")
IMAGES_AT_MOST = 400 * 1024
PATIENCE = 120


def text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def tracked() -> list[Path]:
    """Files that are in git; in an export without git, everything that is not made."""
    made = {".git", ".venv", "build", "site", ".hypothesis", "__pycache__"}
    git = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if git.returncode == 0:
        return [f for p in git.stdout.decode().split("\0") if p and (f := ROOT / p).is_file()]
    return [f for f in ROOT.rglob("*") if f.is_file() and made.isdisjoint(f.relative_to(ROOT).parts)]


def blocks(markdown: str, language: str) -> list[str]:
    return [m[1] for m in re.finditer(rf"^ *```{language}\n(.*?)^ *```", markdown, flags=re.M | re.S)]


def code(markdown: str) -> list[str]:
    """Everything set as code: lines of blocks, and spans."""
    fenced = re.findall(r"^ *```\w*\n(.*?)^ *```", markdown, flags=re.M | re.S)
    rest = re.sub(r"^ *```.*?^ *```", "", markdown, flags=re.M | re.S)
    return [line for block in fenced for line in block.splitlines()] + re.findall(r"`([^`\n]+)`", rest)


def shell(file: Path) -> list[str]:
    """The commands of a file's sh blocks."""
    lines = [line.strip() for block in blocks(text(file), "sh") for line in block.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


# --- commands and options ---------------------------------------------------------------------------------


def usage(capsys: pytest.CaptureFixture[str], *command: str) -> str:
    assert cli.main([*command, "--help"]) == 0
    return capsys.readouterr().out


@pytest.fixture
def commands(capsys: pytest.CaptureFixture[str]) -> dict[str, set[str]]:
    """What the program has: its commands, each with its options; those of ``portal`` itself under ``""``."""
    top = usage(capsys)
    names = re.findall(r"^ {4}([a-z][a-z-]*) {2,}", top, flags=re.M)
    assert {"check", "build", "preview"} <= set(names)
    found = {n: set(re.findall(r"--[a-z][a-z-]+", usage(capsys, n))) for n in names}
    return {"": set(re.findall(r"--[a-z][a-z-]+", top)), **found}


def portal_lines(file: Path) -> list[str]:
    """Code of a document that is a portal command, without what calls it."""
    return [PORTAL.sub("", c.strip(), count=1).strip() for c in code(text(file)) if PORTAL.match(c.strip())]


@pytest.mark.parametrize("file", [README, ENGLISH], ids=name)
def test_every_command_and_option_is_documented(file: Path, commands: dict[str, set[str]]) -> None:
    said = code(text(file))
    options = {o for c in said for o in re.findall(r"--[a-z][a-z-]+", c)}
    assert set(commands) - {""} <= {line.split()[0] for line in portal_lines(file) if line}
    assert set().union(*commands.values()) <= options


@pytest.mark.parametrize("file", GUIDES, ids=name)
def test_every_documented_command_and_option_exists(file: Path, commands: dict[str, set[str]]) -> None:
    for line in portal_lines(file):
        word = line.split()[0] if line else ""
        assert word.startswith("-") or word in commands, f"{name(file)}: portal {line}"
        known = commands.get(word, set()) | commands[""]
        assert set(re.findall(r"--[a-z][a-z-]+", line)) <= known, f"{name(file)}: portal {line}"
    every = set().union(*commands.values())
    alone = {m[1] for c in code(text(file)) if (m := re.match(r"(--[a-z][a-z-]+)", c))}
    assert alone <= every


def targets() -> set[str]:
    """The targets that ``make help`` lists."""
    return set(re.findall(r"^([a-z-]+):.*## ", text(ROOT / "Makefile"), flags=re.M))


@pytest.mark.parametrize("file", [README, ENGLISH], ids=name)
def test_make_targets_are_documented_and_exist(file: Path) -> None:
    said = {w for c in code(text(file)) for w in re.findall(r"^make ([a-z-]+)", c)}
    assert said == targets()


@pytest.mark.parametrize("target", sorted(targets()))
def test_make_knows_every_target(target: str) -> None:
    done = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


# --- shell blocks run -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def project(sichuan: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small copy of the project: the Sichuan case as its data, everything else as it is; drawn before."""
    root = tmp_path_factory.mktemp("docs") / "project"
    for folder in ("docs", "overrides"):
        shutil.copytree(ROOT / folder, root / folder)
    shutil.copytree(sichuan.root, root / CASE)
    shutil.copytree(sichuan.root / "data", root / "data")
    shutil.copytree(sichuan.root / "build/cache", root / "build/cache")
    shutil.copy(ROOT / "mkdocs.yml", root)
    (root / "收件").mkdir()
    shutil.copy(root / "data/budget/2021.csv", root / "收件/资金 报表.csv")
    return root


def started(project: Path, arguments: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "generator", *arguments], cwd=project, text=True, encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "NO_MKDOCS_2_WARNING": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def run(project: Path, arguments: list[str]) -> tuple[int, str]:
    process = started(project, arguments)
    output, _ = process.communicate(timeout=PATIENCE)
    return process.returncode, output


def serving(project: Path, arguments: list[str]) -> None:
    """Says its address, and stops when asked to."""
    process = started(project, [*arguments, "--port", "0"])
    assert process.stdout
    try:
        lines = iter(process.stdout.readline, "")
        assert any("http://127.0.0.1:" in line for line in lines)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)


def all_shell() -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for file in GUIDES:
        for line in shell(file):
            if line not in seen:
                seen.add(line)
                yield name(file), line


def test_every_shell_command_runs(project: Path) -> None:
    found = list(all_shell())
    for where, line in found:
        words = shlex.split(line)
        if PORTAL.match(line):
            arguments = shlex.split(PORTAL.sub("", line, count=1))
            if arguments[0] in ("preview", "desk"):
                serving(project, arguments + ["--no-open"] * (arguments[0] == "desk"))
            else:
                status, output = run(project, arguments)
                assert status == 0, f"{where}: {line}\n{output}"
        elif words[0] == "make":
            assert set(words[1:]) <= targets(), f"{where}: {line}"
        else:  # as the handbook says: nothing is found
            assert line == "grep -rl 联系电话 site", f"{where}: nobody tests {line}"
            assert subprocess.run(words, cwd=project, capture_output=True, check=False).stdout == b""
    assert len(found) >= 8


def spoilt(root: Path) -> Path:
    """The shipped project with the five cells of the handbook's example."""
    shutil.copytree(ROOT / "data", root / "data")
    shutil.copy(ROOT / "mkdocs.yml", root)
    file = root / "data/budget/2021.csv"
    rows = [line.split(",") for line in text(file).split("\n")]
    for row, column, value in ((4, 7, "约105"), (5, 3, "县级"), (6, 2, "船山区"), (8, 4, "2021年7月"), (10, 7, "1")):
        rows[row - 1][column] = value
    file.write_text("\n".join(",".join(row) for row in rows), encoding="utf-8")
    return root


def test_the_handbooks_report_is_what_the_program_says(tmp_path: Path) -> None:
    status, output = run(spoilt(tmp_path), ["check"])
    assert status == 1
    (example,) = blocks(text(ROOT / "docs/handbook/report.md"), "text")
    rest = iter(output.splitlines())
    for line in example.splitlines():
        assert line in rest, f"docs/handbook/report.md: no longer said, or not here: {line}\n\n{output[:3000]}"


def test_the_handbooks_import_is_what_the_program_says(tmp_path: Path) -> None:
    page = text(ROOT / "docs/handbook/import.md")
    book = openpyxl.Workbook()
    for line in re.findall(r"^\| [1-7] \|(.*)\|$", page, flags=re.M):
        book.worksheets[0].append(
            [int(c) if c.isascii() and c.isdigit() else c or None for c in map(str.strip, line.split("|"))]
        )
    book.save(tmp_path / "安居区报表.xlsx")
    shutil.copytree(ROOT / "data", tmp_path / "data")
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    status, output = run(tmp_path, ["import", "安居区报表.xlsx", "--look"])
    assert status == 0
    (example,) = blocks(page, "text")
    rest = iter(output.splitlines())
    for line in example.splitlines():
        assert line in rest, f"docs/handbook/import.md: no longer said, or not here: {line}\n\n{output[:3000]}"


# --- what is public ---------------------------------------------------------------------------------------


def test_handbook_and_notes_are_not_in_the_site(project: Path) -> None:
    status, output = run(project, ["build"])
    assert status == 0, output
    files = [f for f in (project / "site").rglob("*") if f.is_file()]
    paths = [f.relative_to(project / "site").as_posix() for f in files]
    assert "about/index.html" in paths
    assert not [p for p in paths if "handbook" in p or "decisions" in p]
    assert not [p for p in paths if p.startswith(("docs/", "images/")) or p.endswith(".md")]
    titles = [text(f).splitlines()[0].lstrip("# ") for f in (*HANDBOOK, *NOTES)]
    pages = [text(f) for f in files if f.suffix == ".html"]
    headings = {h for p in pages for h in re.findall(r"<h1[^>]*>([^<]*)</h1>", p)}
    assert headings.isdisjoint(titles)


# --- form -------------------------------------------------------------------------------------------------


def test_both_readmes_have_the_same_parts() -> None:
    def parts(file: Path) -> list[str]:
        return [len(m[1]) * "#" for m in re.finditer(r"^(#+) ", text(file), flags=re.M)]

    def tables(file: Path) -> list[int]:
        return [len(m[0].splitlines()) for m in re.finditer(r"(?:^\|.*\n)+", text(file), flags=re.M)]

    def options(file: Path) -> list[str]:
        return re.findall(r"^\| `(--[a-z-]+)", text(file), flags=re.M)

    assert parts(README) == parts(ENGLISH)
    assert tables(README) == tables(ENGLISH)
    assert options(README) == options(ENGLISH)
    for language in ("sh", "powershell"):
        assert blocks(text(README), language) == blocks(text(ENGLISH), language)
    for pattern in (r'src="([^"]+)"', r"\]\(((?:docs|generator|[A-Z]+)[^)#]*)\)"):
        first, second = (re.findall(pattern, text(file)) for file in (README, ENGLISH))
        assert [link for link in first if link != ENGLISH.name] == [link for link in second if link != README.name]


def slug(heading: str) -> str:
    """The fragment that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


# The top level of docs/ is the site's: its links are the site's addresses, and the build checks those. Cases are
# wrong on purpose.
MARKDOWN = [
    f
    for f in tracked()
    if f.suffix == ".md" and f.parent != ROOT / "docs" and not f.is_relative_to(ROOT / "tests/cases")
]


@pytest.mark.parametrize("file", MARKDOWN, ids=name)
def test_relative_links_lead_somewhere(file: Path) -> None:
    plain = re.sub(r"^ *```.*?^ *```|`[^`\n]*`", "", text(file), flags=re.M | re.S)
    links = re.findall(r"\]\(([^)\s]+)\)", plain) + re.findall(r'(?:src|href)="([^"]+)"', plain)
    for link in links:
        if re.match(r"https?:|mailto:", link):
            continue
        path, _, fragment = link.partition("#")
        target = file.parent / path if path else file
        assert target.exists(), f"{name(file)}: {link}"
        if fragment:
            headings = re.findall(r"^#+ (.*)$", text(target), flags=re.M)
            assert fragment in {slug(h) for h in headings}, f"{name(file)}: {link}"


def test_every_document_is_reachable_from_the_readme() -> None:
    seen: set[Path] = set()
    todo = [README]
    while todo:
        file = todo.pop()
        if file not in seen and file.suffix == ".md":
            seen.add(file)
            links = re.findall(r"\]\(([^)\s#]+)", text(file))
            todo += [(file.parent / link).resolve() for link in links if not link.startswith("http")]
    assert {*HANDBOOK, *NOTES, ENGLISH, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"} <= seen


def test_notes_are_numbered_without_gaps() -> None:
    assert [f.name[:5] for f in NOTES] == [f"{n:04d}-" for n in range(1, len(NOTES) + 1)]
    for note in NOTES:
        assert text(note).startswith(f"# {note.name[:4]}"), note.name


def test_pictures_are_small_and_described() -> None:
    pictures = sorted((ROOT / "docs/images").glob("*"))
    assert all(p.suffix == ".png" for p in pictures)
    assert sum(p.stat().st_size for p in pictures) < IMAGES_AT_MOST
    shown = re.findall(r'<img src="([^"]+)"[^>]* alt="[^"]+"', text(README))
    assert [name(p) for p in pictures] == sorted(shown)


def test_the_changelog_names_the_version() -> None:
    from generator import __version__

    changelog = text(ROOT / "CHANGELOG.md")
    assert __version__ in changelog
    assert re.search(r"^## \[(Unreleased|\d+\.\d+\.\d+)\]", changelog, flags=re.M)


# What only one machine or network knows: a person's or a server's folders, indexes of packages, inner hosts.
PRIVATE = {
    "a folder of one machine": r"(?<![\w.:/<>{}*$\\-])/(?:home|Users|root|work|mnt|opt)/\w",
    "an index of packages": r"(?:--(?:extra-)?index-url|--trusted-host|--find-links)[ =]\S|index-url\s*=\s*\S",
    "an inner host": r"https?://(?:\d{1,3}(?:\.\d{1,3}){3}|[\w-]+(?:\.[\w-]+)*\.(?:local|internal|lan|corp|svc)|[\w-]+)[:/]",
}
LOOPBACK = re.compile(r"https?://(?:127\.0\.0\.1|localhost)\b")


def test_nothing_of_one_machine_is_in_git() -> None:
    found = []
    for file in tracked():
        try:
            content = LOOPBACK.sub("", text(file))
        except UnicodeDecodeError:
            continue
        found += [f"{name(file)}: {what}: {m[0]}" for what, p in PRIVATE.items() for m in re.finditer(p, content)]
    assert not found


def test_the_handbook_lists_exactly_the_measures_that_can_be_published() -> None:
    """The table of docs/handbook/update.md, read row by row, is what the subjects accept in control_totals."""
    rows = re.findall(r"^\| (?:`(\w+)`)? ?\| (`.*) \| (\S+) \|$", text(ROOT / "docs/handbook/update.md"), flags=re.M)
    listed: dict[str, dict[str, str]] = {}
    subject = ""
    for named, measures, unit in rows:
        subject = named or subject
        listed.setdefault(subject, {}).update(dict.fromkeys(re.findall(r"`(\w+)`", measures), unit))
    words = {"money": "金额", "percent": "%", "count": "个数"}
    accepted = {s.name: {m: words[sort] for m, sort in s.published.items()} for s in SUBJECTS if s.published}
    assert listed == accepted
