"""The files that somebody named: single ones, patterns that the shell has not filled in, and folders of them."""

from __future__ import annotations

import glob
from collections.abc import Iterator, Sequence
from pathlib import Path

from generator.errors import UsageError
from generator.files import explained

TAKEN = frozenset(
    {".xlsx", ".xlsm", ".xls", ".et", ".ods", ".csv", ".tsv", ".txt"}
)  # of a folder; a file named is taken anyway


def found(names: Sequence[str]) -> list[tuple[str, bytes]]:
    """(name, content) of each file once, in order; raises ``UsageError`` when there are none, ``MachineError``."""
    paths = list(dict.fromkeys(path for name in names for path in _paths(name)))
    if not paths:
        raise UsageError(f"{'、'.join(names)} 里没有表格文件({'、'.join(sorted(TAKEN))})。")
    result = []
    for path in paths:
        with explained(f"读取 {path} "):
            result.append((path.name if len(paths) == len({p.name for p in paths}) else str(path), path.read_bytes()))
    return result


def _paths(name: str) -> Iterator[Path]:
    path = Path(name)
    if path.is_dir():
        yield from sorted(p for p in path.iterdir() if p.suffix.lower() in TAKEN and not p.name.startswith(("~$", ".")))
    elif path.is_file():
        yield path
    elif matches := sorted(glob.glob(name)):  # noqa: PTH207 - the name may be absolute, which Path.glob refuses
        for match in matches:
            yield from _paths(match)
    else:
        raise UsageError(f"找不到文件 {name}。检查文件名;文件名里有空格的,要用引号括起来。")
