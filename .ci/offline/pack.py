"""One zip: what git has of the project, its wheels, and what installs them. The same bytes for the same input.

``python pack.py TOP WHEELS ZIP``: TOP is the one folder in the zip. Prints the SHA-256 of ZIP.
"""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path

OLDEST = (1980, 1, 1, 0, 0, 0)
UNIX = 3
SCRIPTS = ".ci/offline/安装"  # .sh and .bat: beside everything else, where a clerk sees them


def tracked() -> Iterator[tuple[str, int, bytes]]:
    """Name, mode and bytes of what was committed; what was not, is nobody's business."""
    tar = subprocess.run(["git", "archive", "--format=tar", "HEAD"], stdout=subprocess.PIPE, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(tar)) as files:
        for file in files:
            if file.isfile():
                content = files.extractfile(file)
                assert content
                yield file.name, 0o755 if file.mode & 0o100 else 0o644, content.read()


def entries(wheels: Path) -> Iterator[tuple[str, int, bytes | Path]]:
    """All that goes in; wheels by path, because together they are larger than a small machine's memory."""
    for name, mode, content in tracked():
        if name.startswith(SCRIPTS):
            name = Path(name).name
        if name.endswith(".bat"):  # cmd.exe loses its place in files with the line ends of Unix
            content = content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        yield name, mode, content
    for wheel in wheels.glob("*.whl"):
        yield f"wheels/{wheel.name}", 0o644, wheel


def pack(top: str, wheels: Path, archive: Path) -> str:
    """Whole or as it was. Stored, not compressed: wheels are already, and no version of zlib then changes the bytes."""
    part = archive.with_name(f"{archive.name}.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as out:
            for name, mode, content in sorted(entries(wheels), key=itemgetter(0)):
                entry = zipfile.ZipInfo(f"{top}/{name}", OLDEST)
                entry.create_system, entry.external_attr = UNIX, mode << 16
                out.writestr(entry, content if isinstance(content, bytes) else content.read_bytes())
        with part.open("rb") as made:
            digest = hashlib.file_digest(made, "sha256").hexdigest()
        part.replace(archive)
    finally:
        part.unlink(missing_ok=True)
    return digest


if __name__ == "__main__":
    top, wheels, archive = sys.argv[1:]
    sys.stdout.write(pack(top, Path(wheels), Path(archive)) + "\n")
