"""An older release's data again, as a new release: its inputs come back into the project, today's program builds them.

The configuration stays as it is: whose site this is, and where, is of today. So does the table of corrections, which
tells what happened and is never undone: each cell that a revert changes gets a row there.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import shutil
from collections.abc import Iterator, Mapping, Sequence

from generator import check, contract, corrections, personal, records
from generator.contract import Contract
from generator.diff import published, rows
from generator.diff.published import Published
from generator.errors import InputError, UsageError
from generator.files import explained, put
from generator.format import bare
from generator.model import Level
from generator.read import read
from generator.records import CHINA, History, Record
from generator.release import inputs
from generator.settings import Settings
from generator.store import Work
from generator.subject import Subject

KEPT = "before-revert"  # in the build folder: what was replaced


def restore(settings: Settings, number: int, why: str, subjects: Sequence[Subject]) -> list[str]:
    """Puts the inputs of a release back into the project; gives what was said. Nothing is lost: what stood there is
    kept in the build folder. Raises ``UsageError`` for a release that is not there or no longer whole, for data that
    were never released, and without a reason; ``InputError`` when what came back would not pass the check: nothing is
    changed then.
    """
    personal.refuse({"原因(--note)": why})
    history = records.load(settings.data)
    record = next((r for r in history.records if r.number == number), None)
    if record is None:
        known = f"有第 1 到第 {len(history.records)} 次" if history.records else "还没有发布过"
        raise UsageError(f"没有第 {number} 次发布:{known}。")
    stays = {inputs.CONFIG, *_corrections(contract.load(settings.data))}
    listed = {name: digest for name, digest in history.listed(record.inputs).items() if name not in stays}
    contents = {name: history.held(digest) for name, digest in listed.items()}
    # A page that was withdrawn stays away; without a table there is no site.
    lost = sorted(name for name, content in contents.items() if content is None and not inputs.optional(name))
    if lost or not listed:
        what = "、".join(lost[:3]) if listed else "输入"
        raise UsageError(f"第 {number} 次发布的 {what} 已经撤下,恢复不了。")
    whole = inputs.read(settings)
    now = {name: content for name, content in whole.items() if name not in stays}
    newest = history.newest or record
    released = history.listed(newest.inputs)
    wanted = {name: content for name, content in contents.items() if content is not None}
    wanted |= _sources(settings, wanted, whole)
    if now == wanted:
        return []
    for name, content in now.items():  # what a killed revert has put there already is no change of anybody's
        if content != wanted.get(name) and released.get(name) != records.hash_of(content):
            raise UsageError("数据里有还没有发布的改动。先发布它们,或把它们改回去,再恢复以前的数据。")
    if not why:
        raise UsageError("请用 --note 写明为什么恢复:它会写进更正表和发布记录。")
    lines = _lines(settings, history, newest, record, why)
    table, recorded = _with(settings, lines)
    _tried(settings, subjects, {**wanted, table: recorded})
    kept = settings.build / KEPT
    with explained("恢复数据", f"原来的数据在 {kept}。再运行一次同样的命令就接着做。"):
        if not kept.exists() or all(released.get(n) == records.hash_of(c) for n, c in now.items()):
            shutil.rmtree(kept, ignore_errors=True)
            put(kept, whole)
        put(settings.data, {table.removeprefix(inputs.DATA): recorded})  # the trace first
        for folder, prefix in ((settings.data, inputs.DATA), (settings.docs, inputs.DOCS)):
            put(
                folder,
                {n.removeprefix(prefix): c for n, c in wanted.items() if n.startswith(prefix) and now.get(n) != c},
            )
        for name in sorted(now.keys() - wanted.keys()):
            inputs.place(settings, name).unlink()
    said = [f"数据换成了第 {number} 次发布的;刚才的数据留在 {kept}。"]
    return [*said, f"更正表里加了 {len(lines)} 行:{why}"] if lines else said


def _tried(settings: Settings, subjects: Sequence[Subject], wanted: Mapping[str, bytes]) -> None:
    """Checks the data as they would be, in a folder of their own; raises ``InputError`` with what is wrong."""
    with Work(settings.build).room() as room:
        put(room, {n.removeprefix(inputs.DATA): c for n, c in wanted.items() if n.startswith(inputs.DATA)})
        found = check.check(contract.load(room), subjects)
    wrong = [p for p in found.problems if p.level is Level.ERROR]
    if wrong:
        said = "\n".join(f"  {p.file}:{p.message}" for p in wrong[:10])
        raise InputError(f"恢复以后的数据通不过核对,没有恢复:\n{said}")


def _sources(settings: Settings, wanted: Mapping[str, bytes], now: Mapping[str, bytes]) -> dict[str, bytes]:
    """The documents of both, since the corrections stay and name theirs."""
    found = contract.load(settings.data)
    name = f"{inputs.DATA}{found.of('sources')[0].path}"
    old, new = (read(content.get(name, b""), name)[0] for content in (wanted, now))
    if old is None or new is None or old.header != new.header:
        return {}
    known = {cells for _, cells in old.rows}
    ids = {cells[0] for cells in known}
    more = [cells for _, cells in new.rows if cells not in known and cells[0] not in ids]
    if not more:
        return {}
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([old.header, *(cells for _, cells in old.rows), *more])
    return {name: out.getvalue().encode()}


def _corrections(found: Contract) -> set[str]:
    return {f"{inputs.DATA}{resource.path}" for resource in found.of("corrections")}


def _lines(
    settings: Settings, history: History, newest: Record, old: Record, why: str
) -> list[Mapping[str, str]]:  # fmt: skip
    """The rows that the corrections get: each published cell that is another now, and rows that are gone of which
    something was corrected."""
    found = contract.load(settings.data)
    if found.table("corrections") is None:
        return []
    now, then = _published(history, newest), _published(history, old)
    return list(_cells(found, now, then, f"revert-{len(history.records) + 1}", why))


def _with(settings: Settings, lines: Sequence[Mapping[str, str]]) -> tuple[str, bytes]:
    """The table of corrections with some more rows, in its own order of columns, as UTF-8; and where it is."""
    found = contract.load(settings.data)
    table, path = found.table("corrections"), found.of("corrections")[0].path
    raw, _ = read((settings.data / path).read_bytes(), path)
    if table is None or raw is None:
        raise UsageError("更正表读不懂,没有恢复。先用 portal check 看看。")
    ids = {bare(c.name): c.id for c in table.columns}
    columns = [ids.get(bare(name), "") for name in raw.header]
    done = {cells[columns.index("id")] for _, cells in raw.rows}
    more = [[line.get(column, "") for column in columns] for line in lines if line["id"] not in done]
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([raw.header, *(cells for _, cells in raw.rows), *more])
    return f"{inputs.DATA}{path}", out.getvalue().encode()


def _published(history: History, record: Record) -> Published:
    files = history.listed(record.files)
    return published.read(files, lambda path: history.get(files[path]))


def _cells(found: Contract, now: Published, then: Published, name: str, why: str) -> Iterator[Mapping[str, str]]:
    """A row of the corrections for each cell that figures are made from and that both releases have."""
    today = dt.datetime.now(CHINA).date().isoformat()  # noqa: TID251 - a correction is an event
    changed = [c for c in rows.compared(found, now, then) if c.table != "corrections"]
    spoken = {(str(r["table"]), str(r["row"])) for r in now.rows.get("corrections", {}).values()}
    cells = [
        (change, column)
        for change in changed
        for column in (change.cells if change.change == rows.CHANGED else change.cells[:1])
        if (change.change == rows.CHANGED and rows.counts(column))
        or (change.change == rows.REMOVED and (change.table, change.key) in spoken)
    ]
    for place, (change, column) in enumerate(cells, 1):
        yield {
            "id": f"{name}-{place}", "date": today, "table": change.table, "row": change.key, "column": column.name,
            "old": rows.text(change.old, column),
            "new": rows.text(change.new, column) if change.new else corrections.GONE, "reason": why,
            "source": str((change.new or change.old or {}).get("source", "")),
        }  # fmt: skip
