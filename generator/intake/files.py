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
OPEN = ("~$", ".~")  # how names begin that a spreadsheet program gives to its own files while it has one open


def of_open(name: str) -> bool:
    """Whether a file is there only while a spreadsheet program has another one open: it holds no table."""
    return name.startswith(OPEN)


def found(names: Sequence[str]) -> list[tuple[str, bytes]]:
    """(name, content) of each file once, in order; raises ``UsageError`` when there are none, ``MachineError``.

    A spreadsheet program's own file of an open one comes without its content, which Windows keeps locked.
    """
    paths = list(dict.fromkeys(path for name in names for path in _paths(name)))
    if not paths:
        raise UsageError(f"{'、'.join(names)} 里没有表格文件({'、'.join(sorted(TAKEN))})。")
    result = []
    for path in paths:
        with explained(f"读取 {path} "):
            shown = path.name if len(paths) == len({p.name for p in paths}) else str(path)
            result.append((shown, b"" if of_open(path.name) else path.read_bytes()))
    return result


def _paths(name: str) -> Iterator[Path]:
    path = Path(name)
    if path.is_dir():
        tables = (p for p in path.iterdir() if p.suffix.lower() in TAKEN)
        yield from sorted(p for p in tables if not p.name.startswith((*OPEN, ".")))
    elif path.is_file():
        yield path
    elif matches := sorted(glob.glob(name)):  # noqa: PTH207 - the name may be absolute, which Path.glob refuses
        for match in matches:
            yield from _paths(match)
    else:
        raise UsageError(f"找不到文件 {name}。检查文件名;文件名里有空格的,要用引号括起来。")
