"""A release where it is served: a whole tree each, and one step that switches to it.

``/srv/portal`` is a link to ``/srv/portal.releases/0007``. Where a system gives no links (Windows without the right to
make them), folders are renamed instead: for a moment there is no folder, and the next command completes that.
"""

from __future__ import annotations

import contextlib
import filecmp
import os
import re
import shutil
import zipfile
from collections.abc import Iterable
from pathlib import Path

from generator import records
from generator.downloads import entry
from generator.errors import UsageError
from generator.files import explained
from generator.ground import manifest

NUMBERED = re.compile(r"([0-9]{4,})(-[0-9]+)?(\.part)?")
KEPT = 3  # trees that stay: to go back to by hand, and to link files to
BEFORE = "before"  # where the old folder waits while folders are renamed


def store(to: Path) -> Path:
    """Where the trees stand: beside what is served."""
    return to.with_name(f"{to.name}.releases")


def claim(to: Path, protected: Iterable[Path]) -> Path:
    """The destination as a whole path; refuses one that is not ours to switch: a folder of others, or the project's."""
    to = to.parent.resolve() / to.name  # the link itself is what is switched, so it is not resolved
    if to.name in ("", ".."):
        raise UsageError(f"发布的位置不能是 {to}。请用 --to 写明一个文件夹。")
    for folder in protected:
        for mine in (to, store(to)):
            if folder.resolve().is_relative_to(mine.resolve()) or mine.resolve().is_relative_to(folder.resolve()):
                raise UsageError(f"发布的位置 {to} 和 {folder} 混在一起了。请用 --to 换一个位置。")
    if to.is_symlink():
        if to.resolve().parent != store(to).resolve():
            raise UsageError(f"{to} 是一个链接,但不是本程序建的。请用 --to 换一个位置。")
    elif to.exists() and not (to / records.FOLDER / records.name(1)).is_file() and (to.is_file() or any(to.iterdir())):
        raise UsageError(f"{to} 已经在了,里面不是本程序发布的网站。请先移走它,或用 --to 换一个位置。")
    return to


def switch(site: Path, to: Path, number: int, since: int = 0) -> str:
    """Makes the tree of a release from the built site and serves it; says how. Some older ones stay, but none from
    before release ``since``, which withdrew something."""
    with explained("换上新的网站", "原来的网站没有动,解决以后再运行一次。"):
        return _switch(site, to, number, max(since, number - KEPT + 1))


def _switch(site: Path, to: Path, number: int, oldest: int) -> str:
    place = store(to)
    place.mkdir(parents=True, exist_ok=True)
    if not to.exists() and (place / BEFORE).is_dir():
        (place / BEFORE).rename(to)  # what a killed command left half renamed
    current = to.resolve() if to.exists() else None
    # Never the folder that is served: it would be away for a moment.
    names = (f"{number:04d}{suffix}" for suffix in ("", *(f"-{n}" for n in range(2, 99))))
    made = next(place / name for name in names if place / name != current)
    part = place / f"{number:04d}.part"
    shutil.rmtree(part, ignore_errors=True)
    _copied(site, part, current)
    if current and _same(part, current):
        shutil.rmtree(part)
        _tidy(place, oldest, current)
        return f"{to} 已经是第 {number} 次发布"
    shutil.rmtree(made, ignore_errors=True)  # of an earlier try that was killed
    said = _linked(part, made, to) if not to.exists() or to.is_symlink() else None
    if said is None:
        said = _renamed(part, number, to, place)
    _tidy(place, oldest, to.resolve())
    return said


def _tidy(place: Path, oldest: int, current: Path) -> None:
    """Takes away trees that are older, and what killed commands left; what is not ours stays."""
    for tree in sorted(place.iterdir()):
        found = NUMBERED.fullmatch(tree.name)
        if found and tree.is_dir() and tree != current and (found[3] or int(found[1]) < oldest):
            shutil.rmtree(tree, ignore_errors=True)


def _linked(part: Path, made: Path, to: Path) -> str | None:
    """One link, replaced in one step; ``None`` where links cannot be made."""
    link = to.with_name(f"{to.name}.new")
    link.unlink(missing_ok=True)
    try:
        link.symlink_to(Path(made.parent.name) / made.name, target_is_directory=True)
    except (OSError, NotImplementedError):  # not allowed on this machine, or not there
        return None
    part.rename(made)
    link.replace(to)
    return f"{to} 已换成第 {int(made.name.partition('-')[0])} 次发布"


def _renamed(part: Path, number: int, to: Path, place: Path) -> str:
    """Without links: the old folder out of the way, the new one in its place."""
    before = place / BEFORE
    shutil.rmtree(before, ignore_errors=True)
    if to.exists():
        to.rename(before)
    try:
        part.rename(to)
    except OSError:
        if before.exists():
            before.rename(to)
        raise
    shutil.rmtree(before, ignore_errors=True)
    return f"{to} 已换成第 {number} 次发布(这台机器不能建链接,用的是改名,换的一瞬间网站不可见)"


def published(site: Path) -> list[str]:
    """The files of a built site, as the build has listed them."""
    return sorted((manifest(site) or {"files": {}})["files"])


def _copied(site: Path, part: Path, current: Path | None) -> None:
    """The whole site in a folder of its own; files that did not change are shared with the tree that is served."""
    for name in published(site):
        path, target = site / name, part / name
        target.parent.mkdir(parents=True, exist_ok=True)
        old = current / name if current else None
        if old and old.is_file() and not old.is_symlink() and filecmp.cmp(path, old, shallow=False):
            with contextlib.suppress(OSError, NotImplementedError):  # a file system, or a system, without hard links
                os.link(old, target)
                continue
        shutil.copyfile(path, target)


def _same(a: Path, b: Path) -> bool:
    names = [{p.relative_to(tree).as_posix() for p in tree.rglob("*") if p.is_file()} for tree in (a, b)]
    return names[0] == names[1] and all(filecmp.cmp(a / n, b / n, shallow=False) for n in names[0])


def zipped(site: Path, archive: Path) -> None:
    """The whole site as one file, the same bytes for the same site; whole or as it was."""
    part = archive.with_name(f".{archive.name}.part")
    with explained("打包"):
        try:
            archive.parent.mkdir(parents=True, exist_ok=True)
            with zipfile.ZipFile(part, "w") as out:
                for name in published(site):
                    out.writestr(entry(name), (site / name).read_bytes())
            part.replace(archive)
        finally:
            part.unlink(missing_ok=True)
