"""Twenty workbooks as offices mail them, made by somebody who had not read the program, and saved by LibreOffice.

``truth.json`` is what a careful clerk understands each to mean, cell by cell. A file may be read, asked about or
refused; none may be misread: what is taken without a question is the truth, and where a question's suggestion is not, a
question or a warning speaks of that column. ``verdict`` is what the program does; ``expect`` what the maker thought.
"""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pytest

from generator import contract
from generator.intake import files, take, told
from generator.intake.take import Intake
from generator.store import Work
from generator.subjects import SUBJECTS
from tests.sites import ROOT

HOME = ROOT / "tests/cases/offices"
TRUTH: dict[str, dict[str, Any]] = json.loads((HOME / "truth.json").read_text(encoding="utf-8"))
SPOKEN = ("?", "吗", "注意", "警告", "合计是", "相差")


def test_every_workbook_has_its_truth() -> None:
    assert {p.name for p in HOME.iterdir()} == {*TRUTH, "truth.json"}
    assert len(TRUTH) == 20


def verdict(intake: Intake) -> str:
    if intake.refused:
        return "refuse"
    return "ask" if intake.questions else "read"


def same(mine: str, truth: str) -> bool:
    """Whether two cells say the same; 119.00 is 119."""
    try:
        return Decimal(mine.removesuffix("%")) == Decimal(truth.removesuffix("%"))
    except InvalidOperation:
        return mine.strip() == truth.strip()


@pytest.mark.parametrize("name", sorted(TRUTH))
def test_no_workbook_is_misread(name: str, tmp_path: Path) -> None:
    found, truth = contract.load(ROOT / "data"), TRUTH[name]
    intake = take.read(found, SUBJECTS, files.found([HOME / name]), take.Options(), Work(tmp_path))
    assert verdict(intake) == truth["verdict"]
    if intake.refused:
        return
    table = found.table(truth["table"])
    assert table is not None
    rows: dict[tuple[str, ...], dict[str, str]] = {}
    for merged in intake.merged:
        content = intake.writes.get(merged.resource.path) or (ROOT / "data" / merged.resource.path).read_bytes()
        for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"))):
            rows[tuple(row.get(k, "") for k in table.key)] = row
    spoken = [line for line in told.text(intake).splitlines() if any(word in line for word in SPOKEN)]
    for row in truth["rows"]:
        mine = rows[tuple(str(row["key"][k]) for k in table.key)]
        for column, value in row["values"].items():
            if not same(mine[column], str(value)):
                assert truth["verdict"] == "ask", (column, mine[column], value)
                assert any(column in line for line in spoken), (column, mine[column], value)
