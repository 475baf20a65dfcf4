"""What a site has published: its figures, and its tables' rows, as their JSON files give them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

NOT_DATA = frozenset({"data/datapackage.json", "data/figures/index.json"})

Row = Mapping[str, Any]
Entry = Mapping[str, Any]


def holds(path: str) -> bool:
    """Whether a file of the site holds figures or rows."""
    return path.startswith("data/") and path.endswith(".json") and path not in NOT_DATA


@dataclass(frozen=True, slots=True)
class Published:
    """``figures`` by id; ``rows`` by the file's label (``budget:2021``) and key; ``columns``, id -> name, by table."""

    figures: Mapping[str, Entry]
    rows: Mapping[str, Mapping[str, Row]]
    columns: Mapping[str, Mapping[str, str]]


def read(paths: Iterable[str], get: Callable[[str], bytes | None]) -> Published:
    """What the files of a site say; a file that is not there (withdrawn since) says nothing."""
    figures: dict[str, Entry] = {}
    rows: dict[str, Mapping[str, Row]] = {}
    columns: dict[str, dict[str, str]] = {}
    for path in filter(holds, sorted(paths)):
        content = get(path)
        if content is None:
            continue
        found = json.loads(content)
        if "figures" in found:
            figures.update({entry["id"]: entry for entry in found["figures"]})
            continue
        label = found["table"] if found["year"] is None else f"{found['table']}:{found['year']}"
        rows[label] = {row["@key"]: row for row in found["records"]}
        columns[found["table"]] = {c["id"]: c["name"] for c in found["columns"]}
    return Published(figures, rows, columns)
