"""Each rule of a subject speaks in its case, and what it says is held word by word."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator import report
from generator.subject import titles_of
from generator.subjects import SUBJECTS
from tests import mess, rule_cases


@pytest.mark.parametrize("case", rule_cases.cases())
def test_the_report_is_the_expected_one(case: str, tmp_path: Path) -> None:
    found = rule_cases.run(rule_cases.folder(case, tmp_path / "data"))
    assert report.json(found.problems, SUBJECTS) == rule_cases.expected(case)
    assert case.split("-")[0] in {p.rule for p in found.problems}


def test_the_base_is_clean(tmp_path: Path) -> None:
    found = rule_cases.run(rule_cases.folder(None, tmp_path / "data"))
    assert found.tables is not None
    assert found.problems == ()


def test_every_rule_has_a_case() -> None:
    texts = [mess.expected(case) for case in mess.index()] + [rule_cases.expected(case) for case in rule_cases.cases()]
    seen = {problem["rule"] for text in texts for problem in json.loads(text)["problems"]}
    assert seen == set(titles_of(SUBJECTS))
