"""Every messy table of the corpus as a file that an office sends: the verdict, what is said, and what a yes writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generator import contract, values
from generator.contract import Resource
from generator.intake import take, told
from generator.sheet import parse
from generator.store import Work
from tests import mess

CASES = mess.imports()
Cells = dict[tuple[str, ...], Any]


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Work:
    """What is known of the contract's own files, for all cases."""
    return Work(tmp_path_factory.mktemp("work"))


def cells(content: bytes, resource: Resource) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every cell of a file as a value, by its row's key and its column."""
    sheet, table = parse(content, resource), resource.table
    keys = list(zip(*(sheet.texts[i] for i in table.ids(table.key)), strict=True))
    for column in table.columns:
        for key, text in zip(keys, sheet.texts[column.id], strict=True):
            yield (*key, column.name), (values.typed(column, text), values.missing(column, text))


@pytest.mark.parametrize("case", CASES)
def test_what_is_said_and_what_a_yes_writes(case: str, tmp_path: Path, work: Work) -> None:
    intake, folder = mess.taken(case, tmp_path, work)
    assert mess.verdict(intake) == CASES[case]
    assert told.text(intake) == mess.said(case)
    if intake.refused or not intake.writes:
        return
    before = {r.path: (folder / r.path).read_bytes() for r in contract.load(folder).resources}
    assert take.write(intake, folder, tmp_path / "build") == sorted(intake.writes)
    for merged in intake.merged:  # nothing has changed of which nobody was told
        resource, path = merged.resource, merged.resource.path
        old, new = (dict(cells(text, resource)) for text in (before[path], (folder / path).read_bytes()))
        differing = {place for place in old.keys() | new.keys() if old.get(place) != new.get(place)}
        width = len(resource.table.columns)
        assert len(differing) == sum(map(len, merged.changed.values())) + width * len(merged.new)
    for path in before.keys() - intake.writes.keys():
        assert (folder / path).read_bytes() == before[path]


def test_each_line_has_the_verdicts_that_were_agreed() -> None:
    lines = {name: line for name, (line, _) in mess.index().items()}
    assert set(CASES) == set(lines)
    agreed = json.loads((mess.HOME / "verdicts.json").read_text(encoding="utf-8"))
    assert set(agreed) == {str(n) for n in range(1, len(mess.lines()) + 1)}
    for line, verdicts in agreed.items():
        found = {CASES[case] for case, number in lines.items() if str(number) == line}
        assert set(verdicts) <= found, line
