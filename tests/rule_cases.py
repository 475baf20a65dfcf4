"""A case for each rule that is a subject's own: files laid over a small clean data folder, and the whole report.

    python -m tests.rule_cases      writes every expected.json again; look at the difference before committing

Cases are folders of tests/cases/rules, named as the rule, with anything after a dash to tell two of one rule apart.
The base has the shipped schemas; a case replaces files of it. Rules that know no subject have theirs in tests/mess.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import yaml

from generator import contract, report
from generator.check import Checked, check
from generator.subjects import SUBJECTS

ROOT = Path(__file__).parents[1]
HOME = Path(__file__).parent / "cases" / "rules"
BASE = HOME / "base"


def cases() -> list[str]:
    """The names of all cases."""
    return sorted(p.name for p in HOME.iterdir() if p.is_dir() and p != BASE)


def folder(case: str | None, target: Path) -> Path:
    """A case, or the base alone, as a data folder of its own: the base's tables with the shipped schemas."""
    shutil.copytree(BASE, target)
    shutil.copytree(ROOT / "data" / "schemas", target / "schemas")
    if case:
        shutil.copytree(HOME / case, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("expected.json"))
    package = yaml.safe_load((ROOT / "data" / "datapackage.yaml").read_text(encoding="utf-8"))
    package["resources"] = [r for r in package["resources"] if (BASE / r["path"]).exists()]
    (target / "datapackage.yaml").write_text(yaml.safe_dump(package, allow_unicode=True), encoding="utf-8")
    return target


def run(data: Path) -> Checked:
    """The check of a data folder with the shipped subjects' rules."""
    return check(contract.load(data), SUBJECTS)


def expected(case: str) -> str:
    """The full JSON report that a case must give."""
    return (HOME / case / "expected.json").read_text(encoding="utf-8")


if __name__ == "__main__":
    for name in cases():
        with tempfile.TemporaryDirectory() as place:
            found = run(folder(name, Path(place) / "data"))
        text = report.json(found.problems, SUBJECTS)
        (HOME / name / "expected.json").write_text(text, encoding="utf-8", newline="\n")
