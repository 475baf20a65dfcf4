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

    Looks at the pages that changed, or at all of them when a page or an id went away. Pages are read one at a time,
    and a page that is pointed into once more: all of them together are most of what a build would hold.
    """
    broken: list[str] = []
    places: dict[str, dict[str, list[str]]] = {}  # staged page -> fragment -> the links to it, for the message
    for path in sorted(pages if all_pages else changed):
        here = path.removesuffix("index.md")
        for link in sorted(links(_text(work, docs, path))):
            target, fragment = resolve(here, link)
            staged, shown = f"{target}index.md", f"{here or '首页'} → {link}"
            if target in assets:
                continue
            if staged not in pages:
                broken.append(shown)
            elif fragment:
                places.setdefault(staged, {}).setdefault(fragment, []).append(shown)
    for staged, wanted in places.items():
        known = anchors(_text(work, docs, staged))
        broken += [f"{s}(没有这个位置)" for fragment, shown in wanted.items() if fragment not in known for s in shown]
    if broken:
        more = f" 等 {len(broken)} 处" if len(broken) > SHOWN else ""
        raise ProgramError(f"有链接找不到目标:{';'.join(broken[:SHOWN])}{more}")


def _text(work: Work, docs: str, path: str) -> str:
    return (work.read(docs + path) or b"").decode()
