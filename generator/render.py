"""Staged Markdown to HTML, in batches. The only module that knows MkDocs.

A batch is a docs folder with some pages and, for the nav's other pages, stubs that have a title and no
text. Its pages come out byte for byte as in a build of the whole tree, so the same function serves a
small change, a pool of processes and a distributed build. MkDocs and the theme are imported when first
used: a build in which nothing changed never pays for them.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import logging
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from generator.errors import ProgramError, UsageError
from generator.model import Batch, Rendered

if TYPE_CHECKING:
    from jinja2.bccache import BytecodeCache
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.theme import Theme

ENGINE = ("mkdocs", "mkdocs-material", "markdown", "jinja2", "pymdown-extensions")

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's, where it is there

# Front matter that other pages show: nav titles, whether the 404 page belongs to a demonstration, and where it leads.
SHARED = ("title", "demo_site", "lists")

GENERATED = '<div class="portal'  # how the one block of a generated page begins

# The theme's scripts, its colours and its mark; nothing on the site asks for them.
UNUSED = ("assets/javascripts/", "assets/stylesheets/palette", "assets/images/favicon.png")

# MkDocs puts a build date into its templates' context. Ours print none; fixed, nobody's can.
ENVIRONMENT = {"SOURCE_DATE_EPOCH": "0", "NO_MKDOCS_2_WARNING": "1"}


def stub(markdown: str) -> str:
    """A staged page reduced to what other pages show of it: front matter with its title, and no text."""
    matter = markdown.split("---\n", 2)[1] if markdown.startswith("---\n") else ""
    kept = {k: v for k, v in (yaml.load(matter, Loader=LOADER) or {}).items() if k in SHARED}  # noqa: S506 - a SafeLoader
    return f"---\n{yaml.safe_dump(kept, allow_unicode=True, sort_keys=True)}---\n"


def stubs(docs: Path, nav: Iterable[str], pages: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Stubs of the nav's staged pages that are not among ``pages``; what is not staged is left out."""
    rest = sorted(set(nav) - set(pages))
    return tuple((p, stub((docs / p).read_text(encoding="utf-8"))) for p in rest if (docs / p).is_file())


def engine_key(config: Path, overrides: Path) -> str:
    """Hash of all that shapes a page besides its Markdown: configuration, overrides, versions, this module.

    Files below ``assets/`` are passed through: pages only link to them, by names that do not change.
    """
    digest = hashlib.sha256()
    assets = overrides / "assets"
    shaping = (f for f in overrides.rglob("*") if f.is_file() and not f.is_relative_to(assets))
    files = [config, Path(__file__), *shaping]
    named = {f.relative_to(overrides).as_posix() if f.is_relative_to(overrides) else f.name: f for f in files}
    for name in sorted(named):
        digest.update(f"{name}\0{hashlib.sha256(named[name].read_bytes()).hexdigest()}\n".encode())
    for package in ENGINE:
        digest.update(f"{package}=={metadata.version(package)}\n".encode())
    return digest.hexdigest()


def render(batch: Batch) -> Rendered:
    """HTML of the batch's pages, and of the theme's shared files when asked; warnings come back as text.

    Raises ``UsageError`` when the configuration cannot be used, ``ProgramError`` when a page or a template
    cannot be rendered: both say which.
    """
    batch.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="batch-", dir=batch.out) as name:
        docs, site = Path(name) / "docs", Path(name) / "site"
        _fill(batch, docs)
        with _environment(), _listening() as heard:
            _build(batch, docs, site, heard)
        pages = {p: (site / p).read_text(encoding="utf-8") for p in map(address, batch.pages)}
        return Rendered(pages=pages, theme=_theme(site) if batch.theme else {}, problems=tuple(heard))


def address(staged: str) -> str:
    """Where a staged page ends up in the site: ``budget/index.md`` is ``budget/index.html``."""
    return staged.removesuffix(".md") + ".html"


def _fill(batch: Batch, docs: Path) -> None:
    docs.mkdir()
    for path in batch.pages:
        target = docs / path
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(batch.docs / path, target)
        except FileNotFoundError:
            raise ProgramError(f"要生成的页面 {path} 不在暂存目录里。") from None
        except OSError:  # another disk, or a file system without links
            shutil.copyfile(batch.docs / path, target)
    for path, text in batch.stubs:
        if path in batch.pages:
            continue
        (docs / path).parent.mkdir(parents=True, exist_ok=True)
        (docs / path).write_text(text, encoding="utf-8", newline="\n")


def _build(batch: Batch, docs: Path, site: Path, heard: list[str]) -> None:
    from mkdocs.commands.build import build
    from mkdocs.config import load_config
    from mkdocs.exceptions import MkDocsException

    try:
        config = load_config(str(batch.config), docs_dir=str(docs), site_dir=str(site))
    except MkDocsException as error:
        raise UsageError(f"配置文件 {batch.config.name} 不能用:{_cause(error, heard)}") from error
    _point(config)
    _lighten(config.theme, batch.theme)
    _spare(config)
    try:
        build(config)
    except OSError:  # the machine's fault, not the page's
        raise
    except Exception as error:
        raise ProgramError(f"页面生成失败:{_cause(error, heard)}") from error


def _cause(error: Exception, heard: list[str]) -> str:
    """MkDocs names the page or the setting in its log, and the error itself often says only "aborted"."""
    return ";".join(heard) or f"{type(error).__name__}: {error}"


def _point(config: MkDocsConfig) -> None:
    """Tell the 404 page where the site is. It is served at any depth, so its links start at the site's path.

    No other page looks at ``site_url``.
    """
    portal = config.extra.get("portal") or {}
    config.site_url = str(portal.get("base_url") or "") or config.site_url


def _lighten(theme: Theme, wanted: bool) -> None:
    """Spare a batch what only a whole site needs.

    MkDocs lists the theme's files for every build, and the theme has 14,000 icons; and it compiles every
    template anew. So the listing knows what is wanted, and compiled templates are kept for the process,
    by their source: an edited template is compiled again.
    """
    import jinja2

    make, cache = theme.get_env, _bytecode()
    files = _theme_files(theme.dirs) if wanted else []

    class Loader(jinja2.FileSystemLoader):
        def list_templates(self) -> list[str]:
            return files

    def get_env() -> jinja2.Environment:
        env = make()
        env.loader, env.bytecode_cache = Loader(theme.dirs), cache
        return env

    theme.get_env = get_env  # type: ignore[method-assign]
    theme.static_templates.intersection_update({"404.html"} if wanted else ())


@functools.cache
def _bytecode() -> BytecodeCache:
    from jinja2.bccache import Bucket, BytecodeCache

    class Kept(BytecodeCache):
        def __init__(self) -> None:
            self.kept: dict[str, bytes] = {}

        def load_bytecode(self, bucket: Bucket) -> None:
            code = self.kept.get(bucket.key)
            if code is not None:
                bucket.bytecode_from_string(code)

        def dump_bytecode(self, bucket: Bucket) -> None:
            self.kept[bucket.key] = bucket.bytecode_to_string()

    return Kept()


def _spare(config: MkDocsConfig) -> None:
    """Keep generated pages from being parsed. Each is one block of HTML, which comes back as it went in; to find that
    out, Markdown and MkDocs read it four times, and that is half of the work on a page."""
    from mkdocs.plugins import BasePlugin
    from mkdocs.structure.pages import Page

    class Spared(BasePlugin):  # type: ignore[type-arg,no-untyped-call]
        def on_page_markdown(self, markdown: str, *, page: Page, **_: object) -> str:
            text = markdown.strip()
            if not (text.startswith(GENERATED) and text.endswith("</div>") and "\n\n" not in text):
                return markdown
            kept[page.file.src_uri] = text
            return ""

        def on_page_content(self, html: str, *, page: Page, **_: object) -> str:
            return kept.pop(page.file.src_uri, html)

    kept: dict[str, str] = {}
    config.plugins["spared"] = Spared()


def _theme_files(dirs: list[str]) -> list[str]:
    """The ``assets/`` of the theme's folders, without what nothing on the site asks for."""
    found = set()
    for folder in map(Path, dirs):
        for file in (folder / "assets").rglob("*"):
            path = file.relative_to(folder).as_posix()
            if file.is_file() and not path.startswith(UNUSED) and not path.endswith(".map"):
                found.add(path)
    return sorted(found)


def _theme(site: Path) -> dict[str, bytes]:
    files = [site / "404.html", *(f for f in (site / "assets").rglob("*") if f.is_file())]
    return {f.relative_to(site).as_posix(): f.read_bytes() for f in sorted(files)}


@contextlib.contextmanager
def _environment() -> Iterator[None]:
    before = {k: os.environ.get(k) for k in ENVIRONMENT}
    os.environ.update(ENVIRONMENT)
    try:
        yield
    finally:
        for key, value in before.items():
            if value is None:
                os.environ.pop(key, None)
            else:
                os.environ[key] = value


class _Ear(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(record.getMessage())


@contextlib.contextmanager
def _listening() -> Iterator[list[str]]:
    """MkDocs' warnings and errors, in the order they came; nothing reaches the terminal."""
    logger, ear = logging.getLogger("mkdocs"), _Ear()
    before = logger.propagate
    logger.addHandler(ear)
    logger.propagate = False
    try:
        yield ear.heard
    finally:
        logger.propagate = before
        logger.removeHandler(ear)
