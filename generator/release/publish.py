"""A release: refused or written whole. What is served changes last, after the record is there.

A command that was killed leaves the old release as it was; one that was killed between the record and the switch is
completed by the next ``portal publish``.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator import __version__, audit, history, personal, pipeline, records, stale
from generator.diff import told
from generator.diff.published import holds
from generator.errors import InputError, ProgramError, UsageError
from generator.files import explained, put
from generator.making import Kept, Say
from generator.records import CHINA, Record
from generator.release import inputs, revert, tree, withdraw
from generator.release.compare import Compared, Subjects, again, compare, files, strangers
from generator.release.withdraw import Withdrawal
from generator.settings import Settings
from generator.store import Work, lock

SHOWN = "shown-changes.json"  # in the build folder: the hash of the changes that were last shown for approval
IDENTITY = {"office": "主办单位", "contact": "联系方式", "site_code": "网站标识码", "base_url": "网站地址"}


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: where the tree goes, the approval's number, the changes that it was given for (their hash or
    its first digits; those last shown here if none is said), a note, whether demonstration data may be published."""

    to: Path | None = None
    archive: Path | None = None
    approval: str = ""
    approved: str = ""
    note: str = ""
    demo: bool = False
    reverts: int | None = None
    rows: frozenset[tuple[str, str]] = frozenset()
    withdrawn: tuple[Mapping[str, str], ...] = ()
    left: tuple[bytes, ...] = ()  # what stays of objects that lose something

    def __post_init__(self) -> None:
        """Raises ``UsageError`` for words that may not be published: here, so that no command has done anything yet."""
        said = {"批准文号": self.approval, "说明(--note)": self.note}
        for tomb in self.withdrawn[:1]:  # all of one withdrawal say the same
            said |= {"原因(--reason)": tomb["reason"], "依据(--document)": tomb["document"]}
        personal.refuse(said)


@dataclass(frozen=True, slots=True)
class Published:
    """A release that is there: its record, the record's hash, what was said on the way (how trees were switched)."""

    record: Record
    hash: str
    said: tuple[str, ...]
    fresh: bool


def show(settings: Settings, found: Compared) -> None:
    """Notes which changes were shown, so that an approval is bound to them."""
    Work(settings.build).save_json(SHOWN, {"hash": found.changes.hash})


@contextlib.contextmanager
def alone(settings: Settings, wish: Wish) -> Iterator[None]:
    """One release at a time, in this project and at its destination; the second is told at once."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(lock(settings.build / "publish"))
        if wish.to:
            stack.enter_context(lock(tree.store(wish.to)))
        yield


def publish(settings: Settings, subjects: Subjects, wish: Wish, say: Say) -> Published:
    """Writes the next release and puts it where it is served; with nothing new, completes the newest one.

    Raises ``UsageError`` and ``InputError`` for everything that stands in the way, all of it at once.
    """
    if wish.to:
        wish = dataclasses.replace(wish, to=tree.claim(wish.to, [settings.root, settings.data, settings.out]))
    with alone(settings, wish):
        if not wish.withdrawn:
            withdraw.recover(settings)
        withdraw.sweep(records.load(settings.data))
        kept = Kept()  # the site is built three times: what follows from the tables alone is reckoned once
        found = compare(settings, subjects, say, reverts=wish.reverts, withdrawn=wish.rows, kept=kept)
        base = found.history.newest
        if base and not wish.withdrawn and _is(base, found):
            return _deployed(settings, wish, say, base, found.history.newest_hash or "", fresh=False)
        if obstacles := list(_obstacles(settings, found, wish)):
            raise InputError("没有发布:\n" + "\n".join(f"  {o}" for o in obstacles))
        number = base.number + 1 if base else 1
        record = _record(settings, found, wish, number)
        before = {path: digest for path, digest in found.files.items() if holds(path)}
        found = again(found, record, subjects, say, kept)
        now = {path: digest for path, digest in found.files.items() if holds(path)}
        if before != now or inputs.read(settings) != found.inputs:
            raise InputError("没有发布:送审以后、发布当中,数据又被改了。再运行 portal diff,重新送审。")
        say("核对网站")
        if wrong := list(audit.problems(settings.out, demonstration=record.demonstration)):
            raise ProgramError("网站没有通过核对,没有发布:" + "".join(f"\n  {w}" for w in wrong[:20]))
        digest = _written(settings, found, record, wish.left, say)
        say("更新网站")
        pipeline.build(settings, subjects, say, kept)  # now with the record: only what is below releases/ changes
        if files(settings.out) != found.files:
            raise ProgramError("记录写好以后,网站的文件和记录里的不一样。")
        return _deployed(settings, wish, say, records.load(settings.data).newest or record, digest, fresh=True)


def _is(base: Record, found: Compared) -> bool:
    """Whether the built site is the newest release, byte for byte; a new program or look is another release."""
    return base.inputs == found.changes.inputs and found.history.listed(base.files) == found.files


def withdrawn(
    settings: Settings, subjects: Subjects, gone: Withdrawal, wish: Wish, reason: str, document: str, say: Say
) -> Published:
    """Takes something out of everything by a release of its own; where that is refused, it is back where it was.

    Raises ``UsageError`` when there is more to release than this: nobody has approved that.
    """
    wish = dataclasses.replace(wish, rows=gone.rows, withdrawn=gone.tombstones(reason, document), left=gone.left)
    releases = records.load(settings.data)
    if releases.newest is None:
        raise UsageError("还没有发布过:要撤下的直接从数据里删去就行。")
    if records.hash_of(inputs.listed(inputs.read(settings))) != releases.newest.inputs:
        raise UsageError("数据里还有没有发布的改动:撤下不经审签,不能连它们一起发布。先发布它们,或把它们改回去。")
    with withdraw.alone(settings):
        try:
            withdraw.take(settings, gone, len(releases.files))
            done = publish(settings, subjects, wish, say)
        finally:
            withdraw.ended(settings)  # puts back what was not released, drops what was
    withdraw.sweep(records.load(settings.data))
    shutil.rmtree(settings.build / revert.KEPT, ignore_errors=True)
    return done


def _obstacles(settings: Settings, found: Compared, wish: Wish) -> Iterator[str]:
    """Everything that keeps a release from being written, in words with what to do."""
    identity = settings.identity
    wanted = ["base_url"] if found.changes.demonstration else list(IDENTITY)
    if unset := [f"{IDENTITY[k]}(extra.portal.{k})" for k in wanted if not getattr(identity, k)]:
        yield f"{settings.config.name} 里还没有写:{'、'.join(unset)}。"
    if found.changes.demonstration and not wish.demo:
        yield "数据里有演示行。真要发布演示站,请加 --demo。"
    if not wish.approval:
        yield "缺批准文号:--approval 文号。"
    shown = Work(settings.build).json(SHOWN)
    approved = wish.approved or (shown or {}).get("hash", "")
    if wish.withdrawn:
        pass  # cannot wait: the approval is of the withdrawal itself
    elif not approved:
        yield "还没有看过改动:先运行 portal diff --html 审签单.html,送审以后再发布。"
    elif not _means(approved, found.changes.hash):
        now = records.short(found.changes.hash)
        yield f"送审的改动(校验值 {_brief(approved)})和现在的(校验值 {now})不一样:再运行 portal diff,重新送审。"
    yield from _foreign(settings, found)
    yield from _corrections(found)
    if wish.reverts is not None and not wish.note:
        yield "请用 --note 写明原因:它会公布在发布记录里。"


def _corrections(found: Compared) -> Iterator[str]:
    """What the corrections lack, and what they say too much."""
    if found.changes.wanted:
        yield f"{len(found.changes.wanted)} 处改了已经公布的数,更正表里没有说明。portal diff 逐处列出。"
    if found.changes.lost:
        yield f"公布过的更正不能删、不能改:{'、'.join(found.changes.lost)}。请照原样放回去。"
    if found.changes.telling:
        yield f"{told.TELLING}:{'、'.join(found.changes.telling)}。"


def _foreign(settings: Settings, found: Compared) -> Iterator[str]:
    """What is not to be published though it is there: files of others in the out folder, what was withdrawn."""
    if strange := strangers(settings.out):
        yield f"{settings.out} 里有不是本程序写的文件,没有人看过,不能公布:{'、'.join(strange[:3])}。请移走。"
    hashes = {records.hash_of(content): name for name, content in found.inputs.items()}
    hashes |= {digest: path for path, digest in found.files.items() if holds(path)}
    if back := [name for digest, name in hashes.items() if digest in found.history.buried]:
        yield f"撤下过的内容又回来了,和撤下以前一模一样:{'、'.join(sorted(back)[:3])}。"


def _means(said: str, whole: str) -> bool:
    """Whether a hash, or its first digits as they stand on the paper, is this one."""
    digits = said.removeprefix(f"{records.ALGORITHM}:").lower()
    return len(digits) >= records.SHORT and whole.partition(":")[2].startswith(digits)


def _brief(said: str) -> str:
    return said.removeprefix(f"{records.ALGORITHM}:")[: records.SHORT]


def _record(settings: Settings, found: Compared, wish: Wish, number: int) -> Record:
    """The record so far: what pages say of the release. What it hashes is not made yet."""
    return Record(
        number=number,
        time=_now(),
        office="" if found.changes.demonstration else settings.identity.office,
        site=settings.identity.site_name,
        demonstration=found.changes.demonstration,
        as_of=found.as_of,
        program=f"portal {__version__} {stale.code()[: records.SHORT]}",
        previous=found.history.newest_hash,
        approval={"number": wish.approval, "changes": found.changes.hash},
        note=wish.note,
        reverts=wish.reverts,
        withdrawn=wish.withdrawn,
        counts=dict(found.changes.counts),
    )


def _now() -> str:
    """When a release is made, in China's time. The only clock: a release is an event, and no page but the record and
    what names it depends on it."""
    return dt.datetime.now(CHINA).isoformat(timespec="seconds")  # noqa: TID251


def _written(settings: Settings, found: Compared, record: Record, left: Sequence[bytes], say: Say) -> str:
    """Writes the objects, then the record; gives its hash. Objects without a record do no harm."""
    say("写发布记录")
    since = history.since(dataclasses.replace(found.history, pending=record), found.shown)
    pages = {path: [*digests, since.get(path)] for path, digests in found.shown.items()}
    whole = {
        "inputs": inputs.listed(found.inputs),
        "files": inputs.listing(found.files),
        "pages": inputs.listing(pages),
        "changes": found.changes.dump(),
    }
    objects = [*found.inputs.values(), *whole.values(), *left]
    objects += [(settings.out / path).read_bytes() for path in found.files if holds(path)]
    folder = settings.data / records.FOLDER
    fresh = {
        place.relative_to(folder).as_posix(): records.packed(content)
        for content in objects
        if not (place := found.history.place(records.hash_of(content))).is_file()
    }
    named = {name: records.hash_of(content) for name, content in whole.items()}
    record = dataclasses.replace(
        record, inputs=named["inputs"], files=named["files"], pages=named["pages"], changes=named["changes"]
    )
    with explained("写发布记录", "没有发布,已公布的网站没有动。"):
        put(folder, fresh)
        put(folder, {records.name(record.number): record.dump()})
    return records.hash_of(record.dump())


def _deployed(settings: Settings, wish: Wish, say: Say, record: Record, digest: str, *, fresh: bool) -> Published:
    """Puts the built site where it is served."""
    said = []
    if wish.to:
        say("换上新的网站")
        withdrawals = [r.number for r in records.load(settings.data).records if r.withdrawn]
        said.append(tree.switch(settings.out, wish.to, record.number, max(withdrawals, default=0)))
    if wish.archive:
        say("打包")
        tree.zipped(settings.out, wish.archive)
        said.append(f"整个网站打包在 {wish.archive}")
    if not said:
        said.append(f"网站在 {settings.out}。对外的网站用 --to 换上,或用 --zip 打包后上传。")
    return Published(record, digest, tuple(filter(None, said)), fresh)


def summary(done: Published) -> str:
    """A release in words."""
    record = done.record
    if not done.fresh:
        return f"没有新的改动:仍是第 {record.number} 次发布。"
    said = told.summary(record.counts, first=record.number == 1)
    return f"第 {record.number} 次发布:{said}。\n校验值 {done.hash}"
