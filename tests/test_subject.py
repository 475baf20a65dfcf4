"""What subjects declare, taken together: every rule has one title, whoever gives it."""

from __future__ import annotations

from typing import Any

import pytest

from generator import titles
from generator.errors import ProgramError
from generator.subject import Subject, titles_of
from generator.subjects import SUBJECTS


def subject(name: str, **more: Any) -> Subject:
    return Subject(name, figures=lambda tables: (), pages=lambda site: (), **more)


def test_titles_are_the_common_ones_and_the_subjects_own() -> None:
    found = titles_of([subject("home"), subject("water", titles={"leaks": "漏水"})])
    assert found == {**titles.TITLES, "leaks": "漏水"}


@pytest.mark.parametrize("rule", ["leaks", "control_total"])
def test_two_titles_of_one_rule_are_an_error_of_the_program(rule: str) -> None:
    same = {"leaks": "漏水", "control_total": titles.TITLES["control_total"]}
    first = subject("water", titles={"leaks": "漏水"})
    assert titles_of([first, subject("gas", titles=same)]) == titles_of([first])
    with pytest.raises(ProgramError, match=f"规则 {rule} 有两个标题:“{same[rule]}”和“漏气”"):
        titles_of([first, subject("gas", titles={rule: "漏气"})])


def test_subjects_name_what_is_theirs_alone() -> None:
    assert all(titles_of(SUBJECTS).values())
    for one in SUBJECTS:
        assert not set(one.titles) & set(titles.TITLES)
        assert set(one.needs_all_rows) <= set(one.titles)
