"""The corpus of messy tables: cases as data folders, one comparer, one command to update.

    python -m tests.mess --make      writes the messy files again from tests/cases/mess/make.py
    python -m tests.mess --update    writes every expected.json and import.txt again; look at the difference first

A case is a folder of files laid over tests/cases/mess/contract. ``index.json`` gives each case its line of
``lines.txt`` (0: a rule of ours) and its verdict: accept, mend, warn, refuse. ``import.json`` has the verdicts on the
same files when an office sends them: accept, mend, ask, refuse; ``import.txt`` is what is said then.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from generator import contract, report, rules, totals
from generator.check import Checked, check
from generator.intake import take, told
from generator.intake.take import Intake
from generator.model import Problem
from generator.rules import Rule
from generator.store import Work
from generator.subject import Subject
from generator.tables import Draft

HOME = Path(__file__).parent / "cases" / "mess"
AMOUNTS = ("allocated", "paid")
NOT_DATA = ("expected.json", "import.txt")
SENT = (".csv", ".xlsx")


def index() -> dict[str, tuple[int, str]]:
    """Case -> (line, verdict)."""
    found = json.loads((HOME / "index.json").read_text(encoding="utf-8"))
    return {name: (line, verdict) for name, (line, verdict) in found.items()}


def lines() -> list[str]:
    """What office-made tables look like, one habit a line, counted from 1."""
    return (HOME / "lines.txt").read_text(encoding="utf-8").splitlines()


def case_folder(case: str, tmp_path: Path) -> Path:
    """The case as a data folder of its own, below ``tmp_path``."""
    folder = tmp_path / "data"
    shutil.copytree(HOME / "contract", folder)
    for path in sorted((HOME / case).rglob("*")):
        place = folder / path.relative_to(HOME / case)
        if path.suffix == ".absent":
            place.with_suffix("").unlink()
        elif path.is_file() and path.name not in NOT_DATA:
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
    return folder


def _figures(draft: Draft) -> dict[str, int | Fraction]:
    money, rates = draft.frame("money"), draft.frame("rates")
    newest = money[money["month"] == "2021-12"]
    values: dict[str, int | Fraction] = {}
    if len(newest):
        values["money/2021/all/allocated"] = int(newest["allocated"].sum())
    total = int(rates["count"].sum())
    for code, count in zip(rates["id"], rates["count"], strict=True):
        if total:
            values[f"rates/2021/g{code[1:]}/share"] = Fraction(int(count), total)
        if code == "999":
            values["rates/2021/all/closed"] = Fraction(total - int(count), total)
    return values


def toy_rules(draft: Draft) -> Iterator[Problem]:
    """The rules of the toy subject."""
    yield from rules.chain(draft, "money", AMOUNTS)
    yield from rules.tenfold(draft, "money", AMOUNTS)
    yield from rules.partition_of_levels(
        draft, "money", level="level", month="month", group=("year", "project"), whole="未分"
    )
    yield from rules.partition_of_regions(draft, "money")
    yield from totals.printed_rates(draft, "money", {"paid_rate": ("paid", "allocated")})
    yield from totals.against_control_totals(draft, _figures(draft))


SUBJECTS = (
    Subject(
        "money", figures=lambda tables: (), pages=lambda site: (), rules=(toy_rules,),
        titles={"chain": "安排、下达、拨付的次序"},
        published={"allocated": "money", "paid": "money", "paid_rate": "percent"},
    ),
    Subject(
        "rates", figures=lambda tables: (), pages=lambda site: (), published={"share": "percent", "closed": "percent"}
    ),
)  # fmt: skip


def holding(rule: Rule) -> tuple[Subject, ...]:
    """The toy subjects with one rule in place of theirs."""
    return replace(SUBJECTS[0], rules=(rule,)), *SUBJECTS[1:]


def run(folder: Path) -> Checked:
    """The check of a data folder with the toy subjects' rules."""
    return check(contract.load(folder), SUBJECTS)


def imports() -> dict[str, str]:
    """Case -> verdict of the import."""
    return dict(json.loads((HOME / "import.json").read_text(encoding="utf-8")))


def taken(case: str, tmp_path: Path, work: Work) -> tuple[Intake, Path]:
    """The files of a case as an office would send them, to the city whose data are the contract's own."""
    folder = tmp_path / "data"
    shutil.copytree(HOME / "contract", folder)
    files = [(p.name, p.read_bytes()) for p in sorted((HOME / case).rglob("*")) if p.suffix in SENT]
    return take.read(contract.load(folder), SUBJECTS, files, take.Options(), work), folder


def said(case: str) -> str:
    """What the import must say."""
    return (HOME / case / "import.txt").read_text(encoding="utf-8")


def verdict(intake: Intake) -> str:
    """What has to happen before the files can be written: nothing, a look at what was mended, a yes, another file."""
    if intake.refused:
        return "refuse"
    if intake.questions:
        return "ask"
    said = [p for s in intake.sent for p in s.all()] or [left for s in intake.sent for p in s.parts for left in p.left]
    return "mend" if said or intake.problems else "accept"


def expected(case: str) -> str:
    """The full JSON report that a case must give."""
    return (HOME / case / "expected.json").read_text(encoding="utf-8")


def _make() -> None:
    sys.path.insert(0, str(HOME))
    import make  # type: ignore[import-not-found]

    for name in index() if (HOME / "index.json").exists() else ():
        shutil.rmtree(HOME / name, ignore_errors=True)
    make.make(HOME)
    found = {name: [line, verdict] for name, (line, verdict, _) in make.CASES.items()}
    text = ",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in found.items())
    (HOME / "index.json").write_text(f"{{\n{text}\n}}\n", encoding="utf-8")


def _update(tmp: Path) -> None:
    for case in index():
        result = run(case_folder(case, tmp / case))
        (HOME / case / "expected.json").write_text(
            report.json(result.problems, SUBJECTS), encoding="utf-8", newline="\n"
        )
        intake, _ = taken(case, tmp / f"{case}-sent", Work(tmp / "build"))
        (HOME / case / "import.txt").write_text(told.text(intake), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    import tempfile

    if "--make" in sys.argv:
        _make()
    with tempfile.TemporaryDirectory() as folder:
        _update(Path(folder))
