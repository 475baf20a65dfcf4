"""The steps of a build that reuse what was made before: drawing, staging, rendering, the theme's files.

Each looks at keys of content, makes what is stale, and notes new keys and reasons in the ``Run``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from generator import stale
from generator.errors import InputError, ProgramError
from generator.model import Batch
from generator.settings import Settings
from generator.store import Source, Work, digest_of

if TYPE_CHECKING:
    from generator.model import Asset, Chart, Page
    from generator.stage import Stager
    from generator.subject import Site

T = TypeVar("T")

DOCS = "docs/"
HTML = "html/"
THEME = "theme/"

Say = Callable[[str], None]
Why = dict[str, list[str]]
Drawings = dict[str, dict[str, str]]


@dataclass(slots=True)
class Kept:
    """What a process that builds again and again keeps in its memory: what was made last, and from which inputs.

    ``looked_at`` gives the paths of pages that somebody has open: they are made before all others, and their HTML goes
    to ``ready``. What of them is about other pages may be as it was until the whole is done.
    """

    looked_at: Callable[[], Collection[str]] = tuple
    ready: Callable[[Mapping[str, bytes]], None] = lambda html: None
    _made: dict[str, tuple[tuple[str, ...], Any, set[str]]] = field(default_factory=dict)

    def once(self, name: str, key: tuple[str, ...], work: Work, make: Callable[[], T]) -> T:
        """What ``make`` gives, made once for a key; what it asked of the build folder's cache stays there."""
        if name in self._made and self._made[name][0] == key:
            work.used |= self._made[name][2]
        else:
            self._made.pop(name, None)  # not two at a time in memory
            before = set(work.used)
            made = make()
            self._made[name] = (key, made, work.used - before)
        found: T = self._made[name][1]
        return found

    def last(self, name: str) -> Any:
        """What was made last of this name; ``None`` before."""
        return self._made[name][1] if name in self._made else None


@dataclass(slots=True)
class Run:
    """What the steps of one build share: what the last one left (``state``), and what this one finds.

    ``keys`` are each staged page's keys and digests, ``why`` the reasons for each page that was made again, ``shown``
    what each page shows.
    """

    settings: Settings
    work: Work
    say: Say
    state: dict[str, Any]
    inputs: Mapping[str, str]
    keys: dict[str, dict[str, Any]] = field(default_factory=dict)
    why: Why = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    lost: bool = False
    kept: Kept | None = None
    shown: dict[str, list[str]] = field(default_factory=dict)

    def once(self, name: str, depends: Sequence[str], make: Callable[[], T]) -> T:
        """What ``make`` gives; somebody who keeps it is asked instead while these inputs are the same.

        What is in memory was made by the code that runs, whatever its files say now.
        """
        if not self.kept:
            return make()
        return self.kept.once(name, tuple(self.inputs[one] for one in depends), self.work, make)

    def old(self, path: str) -> dict[str, Any]:
        """What the last build noted of a staged page; empty if it did not have it."""
        found: dict[str, Any] = self.state.get("pages", {}).get(path) or {}
        return found


class Pool:
    """One executor for drawing and rendering, started when there is enough to do."""

    def __init__(self, jobs: int, stack: ExitStack) -> None:
        self.jobs, self.stack = jobs, stack
        self.executor: Executor | None = None

    def get(self, worth: bool) -> tuple[Executor, int]:
        """An executor and how many jobs it has; a pool that runs already is used even for a little."""
        from generator import parallel

        if self.executor is None:
            if not worth or self.jobs == 1:
                return parallel.Serial(), 1
            self.executor = self.stack.enter_context(parallel.run(self.jobs))
        return self.executor, self.jobs


def draw(run: Run, pages: Sequence[Page], pool: Pool) -> tuple[Drawings, dict[str, str], int]:
    """Drawings by chart id, keys by chart id, and how many had to be drawn."""
    from generator import charts, parallel

    wanted: dict[str, Chart] = {}
    for page in pages:
        for chart in page.charts:
            if wanted.setdefault(chart.id, chart) is not chart:
                raise ProgramError(f"两张图用了同一个编号:{chart.id}")
    keys = {chart_id: charts.key(chart) for chart_id, chart in wanted.items()}
    kept = {chart_id: run.work.get(f"chart-{key}") for chart_id, key in keys.items()}
    drawings: Drawings = {chart_id: json.loads(found) for chart_id, found in kept.items() if found is not None}
    missing = [wanted[i] for i in sorted(set(wanted) - set(drawings))]
    if missing:
        run.say(f"画图 {len(missing)} 张")
        executor, _ = pool.get(worth=len(missing) >= charts.WORTH_A_POOL)
        for chart, drawing in zip(missing, parallel.each(executor, charts.draw, missing), strict=True):
            run.work.put(f"chart-{keys[chart.id]}", json.dumps(drawing, sort_keys=True).encode())
            drawings[chart.id] = drawing
    return drawings, keys, len(missing)


def card(run: Run, site: Site) -> Asset:
    """The picture that shared links show, kept from the last build if nothing in it changed."""
    from generator import share
    from generator.model import Asset

    drawing = share.svg(site.identity, demo=site.tables.demo())
    key = f"share-{share.key(drawing)}"
    picture = run.work.get(key)
    if picture is None:
        picture = share.png(drawing)
        run.work.put(key, picture)
    return Asset(share.PATH, picture)


def first(run: Run, stager: Stager, pages: Sequence[Page], written: Collection[str], pool: Pool) -> None:
    """Makes some pages before all others, generated ones and, by their paths, hand-written ones.

    They are noted as made: the rest of the build makes them again only if something about them was not known yet.
    """
    from generator.render import address, engine_key

    drawings, keys, _ = draw(run, pages, pool)
    for page in pages:
        _stage_page(run, stager, page, drawings, keys)
    _stage_written(run, stager, (), only=written)
    engine = engine_key(run.settings.config, run.settings.overrides)
    todo = [path for path in run.keys if _stale_html(run, path, engine)]
    if todo:
        _batches(run, pool, todo, theme=False)
        made = {path.removesuffix("index.md"): run.work.read(HTML + address(path)) or b"" for path in todo}
        run.state["pages"] = {**run.state.get("pages", {}), **run.keys}
        assert run.kept
        run.kept.ready(made)


def stage(
    run: Run, stager: Stager, pages: Sequence[Page], assets: Sequence[Asset], drawings: Drawings, keys: dict[str, str]
) -> None:
    """Writes build/docs: generated pages that are stale, hand-written ones, files; takes away what is no more."""
    from generator import links

    run.say("写页面")
    for page in pages:
        _stage_page(run, stager, page, drawings, keys)
    _stage_written(run, stager, {page.path for page in pages})
    for asset in assets:
        run.work.write(DOCS + asset.path, asset.content)
    files = {a.path for a in assets}
    removed = run.work.paths(DOCS) - {DOCS + p for p in (*run.keys, *files)}
    for path in removed:
        run.work.delete(path)
    links.check(run.work, DOCS, set(run.keys), files, run.changed, run.lost or bool(removed))


def _stage_page(run: Run, stager: Stager, page: Page, drawings: Drawings, charts: dict[str, str]) -> None:
    from generator.stage import staged

    path = staged(page.path)
    key, old = stager.key(page, charts, run.shown.get(page.path, [None])[0]), run.old(path)
    why = stale.reasons(old.get("stage"), key)
    if not why and run.work.digest(DOCS + path) != old["md"]:
        why = ["暂存文件缺失或被改"]
    digest = _put(run, path, stager.stage(page, drawings).encode()) if why else old["md"]
    if why:
        run.why[page.path] = why
    run.keys[path] = {"stage": key, "md": digest}


def _stage_written(run: Run, stager: Stager, taken: Collection[str], only: Collection[str] | None = None) -> None:
    from generator.stage import hand_written, staged

    for name, page, body in hand_written(run.settings.docs, dict(run.settings.nav)):
        if only is not None and page.path not in only:
            continue
        if page.path in taken:
            raise InputError(f"docs/{name} 占用了程序要用的地址 {page.path},请改个文件名。")
        path, text = staged(page.path), f"{stager.matter(page)}{body}".encode()
        old = run.old(path)
        if old.get("md") != digest_of(text) or run.work.digest(DOCS + path) != digest_of(text):
            _put(run, path, text)
            run.why[page.path] = ["手写页面变了"] if old else ["新页面"]
        run.keys[path] = {"stage": {}, "md": digest_of(text)}


def _put(run: Run, path: str, text: bytes) -> str:
    """Writes a staged page and gives its digest; notes whether an id went away that other pages may point to."""
    from generator.stage import anchors

    before = run.work.read(DOCS + path) or b""
    run.work.write(DOCS + path, text)
    run.changed.add(path)
    run.lost |= bool(anchors(before.decode(errors="replace")) - anchors(text.decode()))
    return digest_of(text)


def render(run: Run, pool: Pool) -> dict[str, bytes]:
    """Renders the staged pages whose key changed into build/html; gives the theme's shared files."""
    from generator.render import address, engine_key

    engine = engine_key(run.settings.config, run.settings.overrides)
    todo = [path for path in run.keys if _stale_html(run, path, engine)]
    look = f"{engine}-{run.inputs['样式']}"
    theme = _theme(run, look)
    if todo or theme is None:
        made = _batches(run, pool, todo)
        if theme is None:
            theme = made
            _keep_theme(run, look, theme)
    for path in run.work.paths(HTML) - {HTML + address(path) for path in run.keys}:
        run.work.delete(path)
    return theme


def _stale_html(run: Run, path: str, engine: str) -> bool:
    """Whether a page must be rendered; notes its key, the reason, or the HTML that still holds."""
    from generator.render import address

    old, key = run.old(path), {"正文": run.keys[path]["md"], "模板、配置或引擎": engine}
    why = stale.reasons(old.get("render"), key)
    if not why and run.work.digest(HTML + address(path)) != old.get("html"):
        why = ["输出缺失或被改"]
    run.keys[path] |= {"render": key, "html": old.get("html")}
    if why:
        run.why.setdefault(path.removesuffix("index.md"), why)
    return bool(why)


def _batches(run: Run, pool: Pool, todo: Sequence[str], *, theme: bool = True) -> dict[str, bytes]:
    """Renders pages and writes each batch as it comes, so that only one is held; gives the theme's files."""
    from generator import parallel
    from generator.render import render as rendered
    from generator.render import stubs

    run.say(f"生成网页 {len(todo)} 页")
    executor, jobs = pool.get(worth=parallel.workers(len(todo), run.settings.jobs) > 1)
    nav = [path for _, path in run.settings.nav]
    docs, out = run.work.folder / DOCS, run.work.folder / "batches"
    cuts = parallel.batches(todo, jobs) or ((),)
    batches = [
        Batch(run.settings.config, docs, cut, stubs(docs, nav, cut), out, theme=theme and i == 0)
        for i, cut in enumerate(cuts)
    ]
    shared: dict[str, bytes] = {}
    said: set[str] = set()
    for result in parallel.each(executor, rendered, batches):
        said.update(result.problems)
        shared.update(result.theme)
        for path, html in result.pages.items():
            run.work.write(HTML + path, html.encode())
            run.keys[path.removesuffix(".html") + ".md"]["html"] = digest_of(html.encode())
    if said:
        raise InputError("页面引擎有警告,手写页面可能有断链:\n" + "\n".join(sorted(said)))
    return shared


def _theme(run: Run, look: str) -> dict[str, bytes] | None:
    """The theme's files kept from the last build, or ``None`` when they must be made again."""
    kept = run.state.get("theme") or {}
    if (kept.get("look"), kept.get("home")) != (look, _home(run)):
        return None
    files = {path: run.work.read(THEME + path) or b"" for path in kept["files"]}
    return files if {p: digest_of(c) for p, c in files.items()} == kept["files"] else None


def _keep_theme(run: Run, look: str, theme: Mapping[str, bytes]) -> None:
    for path, content in theme.items():
        run.work.write(THEME + path, content)
    for path in run.work.paths(THEME) - {THEME + p for p in theme}:
        run.work.delete(path)
    files = {path: digest_of(content) for path, content in theme.items()}
    run.state["theme"] = {"look": look, "home": _home(run), "files": files}


def _home(run: Run) -> str | None:
    """The home page's digest: from it the 404 page learns whether this is a demonstration."""
    found: str | None = run.keys.get("index.md", {}).get("md")
    return found


def finish(run: Run, assets: Sequence[Asset], theme: Mapping[str, bytes]) -> dict[str, Source]:
    """Everything that the site consists of, by its path."""
    from generator.render import address

    folder: Path = run.work.folder / HTML
    files = {address(path): Source(str(keys["html"]), folder / address(path)) for path, keys in run.keys.items()}
    for path, content in [*((a.path, a.content) for a in assets), *theme.items()]:
        if path in files:
            raise ProgramError(f"两个文件用了同一个地址:{path}")
        files[path] = Source.of(content)
    return files
