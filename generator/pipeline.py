"""The whole way from tables to a site, as one function of settings and subjects.

check → plan → charts → stage → render → finish → apply. Everything is gathered and checked before
anything is written to the out folder, and what did not change is not drawn, staged, rendered or written.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator import making, stale, store
from generator.errors import InputError, UsageError
from generator.making import Kept, Pool, Run, Say, Why
from generator.model import Problem
from generator.settings import Settings
from generator.store import Work, digest_of

if TYPE_CHECKING:
    from generator.check import Checked
    from generator.model import Asset, Page
    from generator.records import History
    from generator.stage import Stager
    from generator.subject import Site, Subject
    from generator.tables import Tables

Written = Sequence[tuple[str, "Page", str]]  # hand-written pages: file, page, body

CHECKED, PLANNED = "核对", "计划"  # what a process keeps that builds again and again
STATE = "state.json"
VERSION = 2


class InputProblems(InputError):
    """The data has 错误; they are in ``problems``."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("数据有错误,网站没有改动。")
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a build did: pages rebuilt with their reasons, files written and deleted in the out folder.

    ``shown``: what each page shows, in digests (``history.shown``).
    """

    pages: int
    rebuilt: Why
    drawn: int
    written: tuple[str, ...]
    deleted: tuple[str, ...]
    problems: tuple[Problem, ...]
    recovered: str | None = None
    nothing: bool = False
    shown: Mapping[str, Sequence[str]] = field(default_factory=dict)


def subject_folders(subjects: Sequence[Subject]) -> dict[str, Path]:
    """Where each subject's templates are: beside the function that makes its pages."""
    return {s.name: Path(s.pages.__code__.co_filename).parent for s in subjects}


def claim(settings: Settings) -> None:
    """Refuses an out folder that is not ours to write, or that is mixed up with what the site is made from."""
    sources = [settings.data, settings.docs, settings.overrides, settings.build]
    store.claim(settings.out, [settings.root, *sources], sources)


def build(
    settings: Settings,
    subjects: Callable[[], Sequence[Subject]],
    say: Say = lambda text: None,
    kept: Kept | None = None,
) -> Outcome:
    """Builds the site. ``subjects`` is called only when something changed, since loading them takes time. ``kept`` is
    for a process that builds again and again: while only words and looks change, pages are not planned anew.

    Raises ``InputProblems`` when the data has errors (the out folder is untouched), and ``PortalError``.
    """
    claim(settings)
    with store.lock(settings.build):
        recovered = store.recover(settings.out)
        work = Work(settings.build)
        state = {} if settings.clean else (work.json(STATE) or {})
        if settings.clean:
            _forget(work)
        state = state if state.get("version") == VERSION else {}
        inputs = stale.inputs(settings)
        manifest = store.manifest(settings.out)
        if state.get("inputs") == inputs and manifest and _same(settings, state, manifest):
            problems = tuple(_problem(p) for p in state["problems"])
            shown = state["shown"]
            return Outcome(len(state["pages"]), {}, 0, (), (), problems, recovered, nothing=True, shown=shown)
        return _build(Run(settings, work, say, state, inputs, kept=kept), tuple(subjects()), recovered)


def _same(settings: Settings, state: Mapping[str, Any], manifest: Mapping[str, Any]) -> bool:
    return bool(state.get("manifest") == manifest["fingerprint"] and store.intact(settings.out, manifest))


def _problem(raw: Mapping[str, Any]) -> Problem:
    from generator.model import Level

    return Problem(**{**raw, "level": Level(raw["level"])})


def _forget(work: Work) -> None:
    for path in sorted(work.paths("")):
        work.delete(path)


def checked(settings: Settings, subjects: Sequence[Subject], work: Work | None, say: Say) -> Checked:
    """The check alone, as ``portal check`` and every build run it."""
    from generator import check, contract

    return check.check(
        contract.load(settings.data), subjects, cache=work, progress=say, prose=settings.docs, config=settings.config
    )


def _build(run: Run, subjects: Sequence[Subject], recovered: str | None) -> Outcome:
    with ExitStack() as stack:
        pool = Pool(run.settings.jobs, stack)
        problems, assets, drawn = _staged(run, subjects, pool)
        theme = making.render(run, pool)
    files = making.finish(run, assets, theme)
    run.say("更新网站")
    fingerprint = digest_of(json.dumps({p: s.digest for p, s in files.items()}, sort_keys=True).encode())
    applied = store.apply(run.settings.out, files, fingerprint=fingerprint)
    run.work.save_json(STATE, {
        "version": VERSION, "inputs": run.inputs, "pages": run.keys, "manifest": fingerprint,
        "problems": [p.as_json() for p in problems], "theme": run.state.get("theme"), "shown": run.shown,
    })  # fmt: skip
    run.work.sweep(run.work.used)
    done = (applied.written, applied.deleted)
    return Outcome(len(run.keys), run.why, drawn, *done, problems, recovered, shown=run.shown)


def _staged(run: Run, subjects: Sequence[Subject], pool: Pool) -> tuple[tuple[Problem, ...], list[Asset], int]:
    """From the data to build/docs; gives the problems, the files beside the pages, and how many charts were drawn.

    Tables, figures, pages and drawings end here: rendering needs none of them, and their memory.
    """
    from generator import downloads, feeds, history, pagefind, pictures, plan, records, stage
    from generator.model import Asset

    run.say("核对数据")
    depends = ("数据", "手写页面", "配置", "组件版本")
    found = run.once(CHECKED, depends, lambda: checked(run.settings, subjects, run.work, run.say))
    if found.tables is None:
        raise InputProblems(found.problems)
    run.say("计算指标")
    written = list(stage.hand_written(run.settings.docs, dict(run.settings.nav)))
    releases = records.load(run.settings.data, run.settings.pending)
    planned = _planned(run, subjects, found.tables, releases, written, pool)
    site = planned.site
    own = {page.path for _, page, _ in written}
    pages = plan.fill((*planned.pages, *history.pages(site, releases)), run.settings.nav, own)
    texts = [dataclasses.replace(page, data={"": body}) for _, page, body in written]
    run.shown = history.shown([*pages, *texts], run.state.get("shown", {}))
    findable = [*pages, *(dataclasses.replace(page, search=body) for _, page, body in written)]
    assets = [*planned.assets, *downloads.sitemap(site, pages), *feeds.assets(site, pages), *history.assets(releases)]
    assets += [Asset(f"{page.path}{one.path}", one.content) for page in pages for one in page.files]
    assets += pagefind.assets(run.work, findable, site.tables.names())
    if site.followed:
        assets.append(making.card(run, site))
    stager = _stager(run, subjects, site, releases, pages, written)
    drawings, keys, drawn = making.draw(run, pages, pool)
    assets += pictures.assets(site, run.work, pages, drawings)
    making.stage(run, stager, pages, assets, drawings, keys)
    return found.problems, assets, drawn


@dataclass(frozen=True, slots=True)
class _Planned:
    """What follows from the tables alone: figures, pages, and the files beside them."""

    site: Site
    pages: tuple[Page, ...]
    assets: tuple[Asset, ...]


def _stager(
    run: Run, subjects: Sequence[Subject], site: Site, releases: History, pages: Sequence[Page], written: Written
) -> Stager:
    from generator import glossary, history, plan, stage

    words = next((body for name, _, body in written if name == glossary.FILE), "")
    return stage.Stager(
        subject_folders(subjects),
        demo_site=site.tables.demo(),
        identity=site.identity,
        columns=plan.columns(run.settings.nav, [*pages, *(page for _, page, _ in written)]),
        terms=glossary.terms(words),
        released=history.feet(releases, run.shown),
    )


def _first(
    run: Run, subjects: Sequence[Subject], site: Site, releases: History, pages: Sequence[Page], written: Written,
    pool: Pool,
) -> None:  # fmt: skip
    """Makes the pages that somebody is looking at before all others, if there was a build before."""
    from generator import history

    looked_at = run.kept.looked_at() if run.kept and run.state.get("pages") else ()
    chosen = [page for page in pages if page.path in looked_at]
    texts = {page.path for _, page, _ in written} & set(looked_at)
    if chosen or texts:
        run.shown = history.shown(chosen, run.state.get("shown", {}))
        making.first(run, _stager(run, subjects, site, releases, pages, written), chosen, texts, pool)


def _planned(
    run: Run, subjects: Sequence[Subject], tables: Tables, releases: History, written: Written, pool: Pool
) -> _Planned:
    from generator import downloads, origins, plan

    fresh = False

    def make() -> _Planned:
        nonlocal fresh
        fresh = True
        site = plan.site_of(tables, subjects, run.settings.identity, run.settings.as_of)
        with _public(tables):
            own = plan.own(site, subjects)
            _first(run, subjects, site, releases, own, written, pool)
            rows = origins.Rows(site.tables)
            pages = plan.pages(site, subjects, rows, own)
        return _Planned(site, pages, tuple(downloads.assets(site, rows, run.work)))

    found = run.once(PLANNED, ("数据", "配置", "组件版本", "截至"), make)
    if not fresh:
        _first(run, subjects, found.site, releases, found.pages, written, pool)
    return found


@contextlib.contextmanager
def _public(tables: Tables) -> Iterator[None]:
    """Explains a column that pages are made from and that the contract has made private; raises ``UsageError``."""
    try:
        yield
    except KeyError as error:
        private = [
            f"“{t.title}”表的“{c.name}”"
            for t in tables.contract.tables() for c in t.columns if not c.public and {c.id, c.name} & set(error.args)
        ]  # fmt: skip
        if not private:
            raise
        raise UsageError(
            f"{'、'.join(private)}在数据契约里改成了不公开,可是网站的页面要用它,做不出来。"
            f"请在 schemas/ 里写回 public: true;不想公开的内容,从这一列里删去。"
        ) from error


def jobs_of_machine() -> int:
    """How many processes to use when nobody says: as many as there are processors for us."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
