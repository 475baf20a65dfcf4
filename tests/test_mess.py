"""Every messy table of the corpus: its report says what the verdict says. The reports themselves are what the command
line gives, which ``test_cli.py`` holds case by case.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.contract import TYPES
from generator.model import Level
from generator.subject import titles_of
from tests import mess

CASES = mess.index()


@pytest.mark.parametrize("case", CASES)
def test_the_report_fits_the_verdict(case: str) -> None:
    problems = json.loads(mess.expected(case))["problems"]
    levels = {p["level"] for p in problems}
    verdict = CASES[case][1]
    assert (Level.ERROR in levels) == (verdict == "refuse")
    assert (Level.WARNING in levels) or verdict != "warn"
    assert (Level.NOTE in levels and Level.WARNING not in levels) or verdict != "mend"
    assert not problems or verdict != "accept"
    for problem in problems:
        assert problem["title"] == titles_of(mess.SUBJECTS)[problem["rule"]]
        assert problem["remedy"] or problem["level"] != Level.ERROR


def test_contract_itself_is_clean(tmp_path: Path) -> None:
    result = mess.run(mess.case_folder("columns-moved", tmp_path))
    assert result.tables is not None
    assert not result.problems


def test_every_line_of_the_corpus_has_cases() -> None:
    covered = {line for line, _ in CASES.values()}
    assert covered == set(range(len(mess.lines()) + 1))


def test_every_type_of_column_is_in_the_contract(tmp_path: Path) -> None:
    from generator import contract

    columns = [c for t in contract.load(mess.HOME / "contract").tables() for c in t.columns]
    assert {c.type for c in columns} == TYPES
    assert {c.scale for c in columns} == {None, "money", "percent"}
    assert any(c.many for c in columns)
    assert any(not c.public for c in columns)
