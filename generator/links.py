"""Links to changed or removed pages lead somewhere: checked over the staged pages at every build."""

from __future__ import annotations

from collections.abc import Collection

from generator.errors import ProgramError
from generator.stage import anchors, links, resolve
from generator.store import Work

SHOWN = 5


def check(
    work: Work, docs: str, pages: Collection[str], assets: Collection[str], changed: Collection[str], all_pages: bool
) -> None:
    """Raises ``ProgramError`` naming links that lead nowhere.

    Looks at the pages that changed, or at all of them when a page or an id went away.
    """
    known = _Known(work, docs)
    broken: list[str] = []
    for path in sorted(pages if all_pages else changed):
        here = path.removesuffix("index.md")
        for link in sorted(links(known.text(path))):
            target, fragment = resolve(here, link)
            staged = f"{target}index.md"
            if target in assets:
                continue
            if staged not in pages:
                broken.append(f"{here or '首页'} → {link}")
            elif fragment and fragment not in known.ids(staged):
                broken.append(f"{here or '首页'} → {link}(没有这个位置)")
    if broken:
        more = f" 等 {len(broken)} 处" if len(broken) > SHOWN else ""
        raise ProgramError(f"有链接找不到目标:{';'.join(broken[:SHOWN])}{more}")


class _Known:
    """Staged pages as they are read once, and the ids that they offer."""

    def __init__(self, work: Work, docs: str) -> None:
        self._work, self._docs = work, docs
        self._texts: dict[str, str] = {}
        self._ids: dict[str, set[str]] = {}

    def text(self, path: str) -> str:
        """A staged page."""
        if path not in self._texts:
            self._texts[path] = (self._work.read(self._docs + path) or b"").decode()
        return self._texts[path]

    def ids(self, path: str) -> set[str]:
        """Where links to a page may lead."""
        if path not in self._ids:
            self._ids[path] = anchors(self.text(path))
        return self._ids[path]
