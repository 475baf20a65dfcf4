"""发布记录: the releases as pages and files below ``releases/``, and when each page's figures were last changed.

What stands below ``releases/`` is left out of a record's hashes, because it tells of the record: its hash is known only
afterwards. Everything else of a site is the same before and after its record is written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from generator import format as fmt
from generator import records
from generator.diff import told
from generator.files import digest_of, dump
from generator.model import Asset, Entry, Page
from generator.records import History, Record
from generator.stage import EVERY
from generator.subject import Site, figures_in

ROOT = f"{records.FOLDER}/"
PICTURE = f"{ROOT}newest.svg"
FILES = f"{ROOT}files.json"
TITLE = "发布记录"
MOST = 300  # lines of changes on a page: its JSON has all
FRESH = "本页有改动,还没有正式发布"

Shown = Mapping[str, Sequence[str]]  # page path -> [digest of all that it shows, digest of its figures]


def _digest(value: Any) -> str:
    return digest_of(dump(value))


def shown(pages: Sequence[Page], before: Shown) -> dict[str, list[str]]:
    """What each page shows, in two digests: everything, and its figures alone (empty without any).

    ``before`` is what was found last: of a page that shows the same, the figures need not be looked for again. Pages
    below ``releases/`` are left out: they tell of releases.
    """
    made: dict[str, list[str]] = {}
    for page in pages:
        if page.path.startswith(ROOT):
            continue
        whole = _digest([page.title, page.description, page.data, [[c.id, c.rows] for c in page.charts]])
        known = before.get(page.path)
        made[page.path] = [whole, known[1] if known and known[0] == whole else _told(page)]
    return made


def _told(page: Page) -> str:
    names = ("id", "value", "date", "kind", "lacks")
    found = [*([f[n] for n in names] for f in figures_in(page.data)), *([c.id, c.rows] for c in page.charts)]
    return _digest(sorted(found)) if found else ""


def since(history: History, found: Shown) -> dict[str, int | None]:
    """The release that last changed the figures of each page that has some; ``None`` where none did yet.

    Empty while nothing was ever released.
    """
    if not history.records:
        return {}
    before = history.listed(history.newest.pages) if history.newest else {}
    fresh = history.pending.number if history.pending else None
    last = {path: line[2] for path, line in before.items()}
    return {
        path: last[path] if path in before and before[path][1] == figures else fresh
        for path, (_, figures) in found.items()
        if figures
    }


def words(record: Record) -> str:
    """A release as pages name it: ``第 3 次发布(2022-01-10)``."""
    return f"第 {record.number} 次发布({record.day})"


def feet(history: History, found: Shown) -> dict[str, dict[str, str]]:
    """What the foot of each page says of releases: ``href`` and ``picture`` below the site's root, and ``text``, which
    last changed its figures; under ``*`` for pages that have none. Empty while nothing was ever released."""
    if not history.records:
        return {}
    by_number = {record.number: record for record in history.records}
    every = {"href": ROOT, "picture": PICTURE}
    said = {path: every | _foot(by_number.get(number or 0)) for path, number in since(history, found).items()}
    return {**said, EVERY: every}


def _foot(record: Record | None) -> dict[str, str]:
    return {"href": f"{ROOT}{record.number:04d}/", "text": words(record)} if record else {"text": FRESH}


def _view(record: Record, content: bytes | None) -> dict[str, Any]:
    return {
        "number": record.number,
        "day": record.day,
        "time": record.time.replace("T", " ")[:16],
        "office": record.office,
        "as_of": fmt.end_of(record.as_of) if record.as_of else "",
        "approval": record.approval.get("number", ""),
        "approved": records.short(record.approval.get("changes", "")),
        "note": record.note,
        "reverts": record.reverts,
        "demo": record.demonstration,
        "program": record.program,
        "summary": told.summary(record.counts, first=record.number == 1),
        "withdrawn": list({t["what"]: dict(t) for t in record.withdrawn}.values()),
        "hash": records.hash_of(content) if content else "",
        "short": records.short(records.hash_of(content)) if content else "",
        "previous": record.previous or "",
        "href": f"{ROOT}{record.number:04d}/",
        "file": f"{ROOT}{records.name(record.number)}" if content else "",
    }


def _views(history: History) -> list[dict[str, Any]]:
    found = [_view(record, content) for record, content in history.files]
    if history.pending:
        found.append(_view(history.pending, None))
    return found[::-1]


def _entry(view: Mapping[str, Any]) -> Entry:
    text = "。".join(filter(None, [view["summary"], view["note"], f"校验值 {view['hash']}" if view["hash"] else ""]))
    return Entry(view["href"], f"第 {view['number']} 次发布", text, view["href"], view["day"], view["demo"])


def pages(site: Site, history: History) -> Iterator[Page]:
    """The list of releases, and a page for each with what it changed; none while nothing was released."""
    if not history.records:
        return
    views = _views(history)
    crumbs: tuple[tuple[str, str], ...] = (("首页", ""),)
    yield Page(
        path=ROOT,
        title=TITLE,
        template="releases.md.j2",
        data={"releases": views},
        section="data/",
        description=f"{site.identity.city}民生公开每一次发布：什么时候、改了什么、怎样核对。",
        crumbs=crumbs,
        as_of=history.records[-1].as_of,
        search="发布记录 历史 版本 校验值 哪天发布",
        behind=True,
        feed=tuple(map(_entry, views)) if site.followed else (),
    )
    by_number = {record.number: record for record in history.records}
    known = {str(row["id"]) for row in site.tables.rows("corrections")}
    for view in views:
        yield Page(
            path=view["href"],
            title=f"第 {view['number']} 次发布",
            template="release.md.j2",
            data={"release": view, **_changes(history, by_number[view["number"]], known)},
            section="data/",
            description=f"第 {view['number']} 次发布（{view['day']}）改了哪些数、哪些状态、哪些页面。",
            crumbs=(*crumbs, (TITLE, ROOT)),
            as_of=by_number[view["number"]].as_of,
        )


def _changes(history: History, record: Record, known: Collection[str]) -> dict[str, Any]:
    """What a release changed, as its page lists it; nothing where that was withdrawn. ``known``: the corrections that
    are still there to lead to."""
    found = history.listed(record.changes)
    if not found:
        return {"gone": bool(record.changes), "lines": [], "more": 0, "states": [], "json": ""}
    lines = [
        {
            "title": f["title"], "difference": f["difference"], "why": f["why"],
            "corrections": [c for c in f["corrections"] if c in known],
            **{side: f[side]["text"] if f[side] else "没有" for side in ("old", "new")},
        }
        for f in found["figures"] if not f.get("again")
    ]  # fmt: skip
    order = {why: place for place, why in enumerate(("更正", "恢复", "撤下"))}
    lines.sort(key=lambda line: order.get(line["why"], len(order)))
    return {
        "gone": False,
        "lines": lines[:MOST],
        "more": max(0, len(lines) - MOST),
        "states": found["states"],
        "json": f"{ROOT}{record.number:04d}/changes.json",
    }


def picture(digest: str) -> bytes:
    """The newest hash as a small picture for each page's foot: pages need not change for it."""
    text = f"{records.ALGORITHM} {records.short(digest)}"
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 16" width="200" height="16">'
        f'<text x="0" y="12" font-family="monospace" font-size="11" fill="#767676">{text}</text></svg>\n'
    ).encode()


def assets(history: History) -> Iterator[Asset]:
    """Records, the newest list of files, and what each release changed, for whoever verifies."""
    for record, content in history.files:
        yield Asset(f"{ROOT}{records.name(record.number)}", content)
        if (changes := history.get(record.changes) if record.changes else None) is not None:
            yield Asset(f"{ROOT}{record.number:04d}/changes.json", changes)
    if history.records:  # while the first release is made, it is there already, and says nothing
        yield Asset(PICTURE, picture(history.newest_hash or ""))
    if history.newest and (files := history.get(history.newest.files)) is not None:
        yield Asset(FILES, files)
