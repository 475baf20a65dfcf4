"""Every published figure computed again from the CSV files, with Python's csv, decimal and fractions alone.

Nothing of the program is used here, on purpose: what it says must follow from the tables by the rules that the
method page states. There is a module for each subject, with

- ``figures(tables)``: every figure that the subject should give, by id;
- ``from_lines(lines, figure)``: a figure's value from the rows that its origin shows, and from nothing else;
- ``NAMES``: how the header begins above a measure's numbers in a table.

A kind of figure that nobody computes a second time is one too many.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

from tests.truth.common import *  # noqa: F403 - one name for all that tests need of it
from tests.truth.common import Tables, Truth, published

MODULES = sorted(p.stem for p in Path(__file__).parent.glob("[a-z]*.py") if p.stem != "common")
SUBJECTS: dict[str, ModuleType] = {name: importlib.import_module(f"{__name__}.{name}") for name in MODULES}


def figures(folder: Path) -> dict[str, Truth]:
    """Every figure that a data folder should give, by id."""
    tables = Tables(folder)
    found = {i: truth for module in SUBJECTS.values() for i, truth in module.figures(tables)}
    return found | dict(published(tables, set(found)))
