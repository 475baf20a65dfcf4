"""Make the demonstration rows that ship with the project.

What was published is transcribed by hand and not touched here. No published record splits the year's totals, so
these rows are invented, say so (source ``demo-2021``), name no real unit, and add up exactly to the published totals.
The same seed gives the same bytes.

    python -m bench.demo [FOLDER]      writes every demonstration table; default data/
"""

from __future__ import annotations

from pathlib import Path

from bench.demo import grievances, inspections, money, projects, updates

MAKERS = (money, projects, grievances, inspections, updates)


def make() -> dict[str, bytes]:
    """Every file's path in the data folder, and its bytes."""
    return {path: content for maker in MAKERS for path, content in maker.files().items()}


def write(folder: Path) -> None:
    """Writes the files below ``folder``."""
    for name, content in make().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
