"""Runs a Python command and strikes at its Nth file operation below given folders. For tests.

    python tests/faults.py FOLDER N [--how kill|full|denied] (-m MODULE | -c CODE | FILE) ARGUMENTS…

An operation is whatever changes a file or folder: creating, writing (before, and half-way through, each
write), renaming, deleting, making and removing folders. ``kill`` ends the process at once, just before
the operation; ``full`` lets everything that needs space fail from there on (ENOSPC), as a full disk does;
``denied`` lets this one operation fail (EACCES). N = 0 never strikes. The number of operations seen is
the last line of standard error, unless the process was killed. FOLDER may be several, joined by the
system's path separator. Operations are counted by Python's audit events, so the code under test needs
no hooks and may use ``os``, ``pathlib`` or ``shutil``; child processes are not counted.
"""

from __future__ import annotations

import argparse
import builtins
import errno
import io
import os
import runpy
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

COUNT = "operations="
CHANGES = {
    "os.rename": (0, 1),
    "os.remove": (0,),
    "os.rmdir": (0,),
    "os.mkdir": (0,),
    "os.link": (1,),
    "os.symlink": (1,),
    "os.truncate": (0,),
    "os.chmod": (0,),
}
NEEDS_SPACE = {"open", "write", "os.mkdir", "os.link", "os.symlink"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Striker:
    """Counts operations below some folders, and strikes at one of them."""

    def __init__(self, folders: Sequence[str], number: int, how: str) -> None:
        self.folders = [Path(folder).resolve() for folder in folders]
        self.number, self.how, self.count = number, how, 0
        self.guard = threading.RLock()

    def inside(self, path: object) -> bool:
        """Whether a path, as an audit event gives it, lies at or below one of the folders."""
        if not isinstance(path, str | bytes | os.PathLike):
            return False
        place = Path(os.fsdecode(path))
        place = place.parent.resolve() / place.name
        return any(place.is_relative_to(folder) for folder in self.folders)

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        """The audit hook."""
        if event == "open":
            path, _, flags = arguments
            if isinstance(flags, int) and flags & WRITING and self.inside(path):
                self.tick("open", path)
        elif event in CHANGES and any(self.inside(arguments[i]) for i in CHANGES[event]):
            self.tick(event, arguments[CHANGES[event][0]])

    def tick(self, event: str, path: object) -> None:
        """One operation is about to happen."""
        with self.guard:
            self.count += 1
            if not self.number or self.count < self.number:
                return
            if self.how == "kill":
                os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
            if self.how == "full" and event in NEEDS_SPACE:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)
            if self.how == "denied" and self.count == self.number:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)


class Torn(io.BufferedWriter):
    """A file whose writes can be cut in half. Nothing stays in a buffer, so every cut is seen on the disk."""

    striker: Striker

    def write(self, data: Any, /) -> int:
        view = memoryview(data).cast("B")
        half = len(view) // 2
        for piece in (view[:half], view[half:]):
            self.striker.tick("write", self.name)
            super().write(piece)
            self.flush()
        return len(view)


def install(striker: Striker) -> None:
    """From here on every operation is counted; cannot be taken back, so only in a process of its own."""
    genuine = io.open

    def opened(file: Any, mode: str = "r", buffering: int = -1, *rest: Any, **more: Any) -> Any:
        if buffering == 0 or not set(mode) & set("wxa") or "+" in mode or not striker.inside(file):
            return genuine(file, mode, buffering, *rest, **more)
        if "b" not in mode:
            binary = opened(file, mode.replace("t", "") + "b")
            return io.TextIOWrapper(binary, *rest, **more)
        torn = Torn(io.FileIO(file, mode.replace("b", "")))
        torn.striker = striker
        return torn

    io.open = builtins.open = opened
    sys.addaudithook(striker.hook)


def perform(command: Sequence[str]) -> None:
    """Runs a command line as Python would: ``-m``, ``-c`` or a file."""
    kind, *rest = command
    sys.path[0] = str(Path.cwd())  # not the folder of this file
    if kind == "-m":
        sys.argv = rest
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    elif kind == "-c":
        sys.argv = ["-c", *rest[1:]]
        exec(compile(rest[0], "<command>", "exec"), {"__name__": "__main__"})
    else:
        sys.argv = list(command)
        runpy.run_path(kind, run_name="__main__")


def strike(
    folder: Path | str, number: int, command: Sequence[str], *, how: str = "kill", cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs a command in a process of its own and strikes there; ``number`` 0 only counts."""
    line = [sys.executable, __file__, str(folder), str(number), "--how", how, *command]
    environment = {**os.environ, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(line, cwd=cwd, env=environment, capture_output=True, text=True, encoding="utf-8", check=False)


def killed(done: subprocess.CompletedProcess[str]) -> bool:
    """Whether the process was struck dead, and did not end in its own way."""
    return done.returncode == -getattr(signal, "SIGKILL", 0) if os.name != "nt" else COUNT not in done.stderr


def operations(done: subprocess.CompletedProcess[str]) -> int:
    """How many operations an undisturbed run made."""
    last = done.stderr.rstrip().rpartition("\n")[2]
    assert last.startswith(COUNT), done.stderr
    return int(last.removeprefix(COUNT))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("number", type=int)
    parser.add_argument("--how", choices=["kill", "full", "denied"], default="kill")
    own = 5 if sys.argv[3:4] == ["--how"] else 3  # what follows belongs to the command, options and all
    options, command = parser.parse_args(sys.argv[1:own]), sys.argv[own:]
    striker = Striker(options.folder.split(os.pathsep), options.number, options.how)
    install(striker)
    try:
        perform(command)
    finally:
        sys.stderr.write(f"{COUNT}{striker.count}\n")


def put(folder: Path, files: Mapping[str, str]) -> None:
    """Writes files below a folder."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text.encode())


def at_once(function: Any, numbers: Iterable[int]) -> None:
    """The same trial at many operations, in a few processes at a time."""
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(function, numbers))


if __name__ == "__main__":
    main()
