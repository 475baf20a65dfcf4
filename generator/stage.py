"""Pages to Markdown: templates, front matter, links, escaping. Nothing here knows MkDocs.

A generated page is one raw HTML block below its front matter: half the cost of Markdown tables, and no
character of a cell can mean anything to Markdown. Text is escaped in one place, ``escaped``.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

import jinja2
import yaml
from jinja2 import meta
from jinja2.bccache import Bucket
from markupsafe import Markup

from generator import charts as drawn
from generator import cite, embeds, feeds, qr, share
from generator import format as fmt
from generator.errors import InputError, ProgramError
from generator.glossary import Term, first_uses
from generator.metas import metas
from generator.model import Page
from generator.settings import Identity

HERE = Path(__file__).parent
TRANSLATION = {ord(c): f"&#{ord(c)};" for c in "&<>\"'`{}[]|*\\"}
BREAKS = re.compile(r"[\s\x00-\x08\x0b\x0c\x0e-\x1f]+")
NOT_YAML = re.compile(r"[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
NOT_SCRIPT = re.compile(f"[<>&{{}}`]|{NOT_YAML.pattern}")
# The engine checks the places within a hand-written page, ``](#place)``: it knows the headings' own ids.
LINK = re.compile(r'<a\b[^<>]*?\bhref="([^"\s]+)"')
WRITTEN_LINK = re.compile(r"\]\((?!#)([^\")\s]+)")
ADDRESS = re.compile(r"[A-Za-z0-9._/#+-]+(\?[a-z]+=[A-Za-z0-9._~%-]+(#[A-Za-z0-9._-]+)?)?")
ANCHOR = re.compile(r'\bid="([^"]+)"')
HEADING_ID = re.compile(r"\{[^{}\n]*#([\w.+-]+)[^{}\n]*\}")


def escaped(value: object) -> Markup:
    """Text of a cell, safe in HTML, in Markdown and for template engines alike; line breaks become spaces."""
    if isinstance(value, Markup):
        return value
    if value is None or isinstance(value, jinja2.Undefined):
        raise ProgramError("模板里用到了没有的值")
    return _escaped(str(value))


@lru_cache(maxsize=1 << 16)
def _escaped(text: str) -> Markup:
    # A thin space belongs between number and unit and must not break; all other white space is one space.
    text = BREAKS.sub(lambda m: m[0] if m[0] == fmt.THIN else " ", text)
    return Markup(text.translate(TRANSLATION).replace(fmt.THIN, "&#8239;"))  # noqa: S704 - escaped just here


def as_script(value: object) -> Markup:
    """A value as JSON inside a script element: nothing in it ends the element or a line, or is a template's."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    text = STRING.sub(lambda s: NOT_SCRIPT.sub(lambda m: f"\\u{ord(m[0]):04x}", s[0]), text)
    return Markup(re.sub(r"\}(?=\})", "} ", text))  # noqa: S704 - escaped just here


def relative(here: str, target: str) -> str:
    """The final URL of ``target`` (below the site's root, may end in a fragment) seen from page ``here``."""
    path, _, fragment = target.partition("#")
    tail = f"#{fragment}" if fragment else ""
    if path == here and tail:
        return tail
    steps = posixpath.relpath(f"/{path}", f"/{here}")
    slash = "/" if path.endswith("/") or not path else ""
    return f"{steps}{slash}{tail}"


class _Compiled(jinja2.BytecodeCache):
    """Compiled templates of this process: a preview builds again and again with the same ones."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Gives what was compiled from the same source, if it is there."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps what was compiled."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


def environment(folders: Mapping[str, Path]) -> jinja2.Environment:
    """The engine's templates, and each subject's below its name."""
    own = jinja2.FileSystemLoader(HERE / "templates")
    subjects = jinja2.PrefixLoader({name: jinja2.FileSystemLoader(path) for name, path in folders.items()})
    return jinja2.Environment(
        loader=jinja2.ChoiceLoader([own, subjects]),
        autoescape=True,
        finalize=escaped,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_COMPILED,
    )


@lru_cache(maxsize=256)
def _used(template: str) -> tuple[str, ...]:
    """The names of the templates that a template uses: those around a page are the same for every kind of it."""
    return tuple(name for name in meta.find_referenced_templates(jinja2.Environment().parse(template)) if name)  # noqa: S701 - parsed only


EVERY = "*"  # in ``released``: what pages say that are not in it
NOBODY = Identity("", "", "", "", "", "")


class Stager:
    """Writes pages as Markdown text, and knows what each text depends on.

    ``columns`` are the nav's pages by path, for the tags of the pages below them; ``terms`` the words that the glossary
    explains, for ``ui.term(word)`` in templates; ``released`` says of pages which release last changed their figures.
    """

    def __init__(
        self,
        folders: Mapping[str, Path],
        *,
        demo_site: bool,
        identity: Identity = NOBODY,
        columns: Mapping[str, Page] | None = None,
        terms: Mapping[str, Term] | None = None,
        released: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        self.env = environment(folders)
        self.demo_site, self.identity, self.columns = demo_site, identity, columns or {}
        self.terms = terms or {}
        self.released = released or {}
        self._terms_key = _digest(json.dumps([dataclasses.astuple(t) for t in self.terms.values()]))
        self._template_keys: dict[str, str] = {}
        parts = ("stage", "format", "model", "charts", "cite", "embeds", "feeds", "qr", "share")
        sources = [HERE / f"{part}.py" for part in parts]
        self.code = _digest("\0".join(p.read_text(encoding="utf-8") for p in sources))

    def template_key(self, name: str) -> str:
        """Hash of a template and of every template that it uses."""
        if name not in self._template_keys:
            seen: dict[str, str] = {}
            self._closure(name, seen)
            self._template_keys[name] = _digest(json.dumps(seen, sort_keys=True))
        return self._template_keys[name]

    def _closure(self, name: str, seen: dict[str, str]) -> None:
        if name in seen or self.env.loader is None:
            return
        seen[name] = self.env.loader.get_source(self.env, name)[0]
        for used in _used(seen[name]):
            self._closure(used, seen)

    def key(self, page: Page, charts: Mapping[str, str], digest: str | None = None) -> dict[str, str]:
        """What a staged page depends on, part by part, so that the reason of a rebuild has a name.

        ``digest`` is that of its data, if somebody has made it already: the data of all pages are many megabytes.
        """
        shown = [page.path, self._matter(page), digest or page.data]
        around = [self.identity.base_url, [one.file for one in feeds.files(page)]]
        data = json.dumps([*shown, *around], ensure_ascii=False, sort_keys=True)
        return {
            "数据": _digest(data),
            "模板": self.template_key(page.template),
            "图": _digest(json.dumps([[charts[c.id], c.finding, c.measure] for c in page.charts])),
            "程序": self.code,
            "名词解释": self._terms_key,
        }

    def stage(self, page: Page, drawings: Mapping[str, Mapping[str, str]]) -> str:
        """The page as Markdown: front matter and one raw HTML block. Raises ``ProgramError`` naming the page."""
        charts = {
            c.id: {
                "id": c.id,
                "finding": c.finding,
                "measure": c.measure,
                **{form: drawn.address(c.id, form) for form in ("csv", "json", "svg")},
                "frame": embeds.address(c.id) if embeds.offered(page) else "",
                "embed": self._embed(page, c.id),
                "height": embeds.height(c, drawings[c.id]),
                **{form: Markup(drawings[c.id][form]) for form in ("wide", "narrow")},  # noqa: S704 - our own SVG
            }
            for c in page.charts
        }
        try:
            html = self.env.get_template(page.template).render(
                page=page,
                data=page.data,
                charts=charts,
                rel=lambda target: _address(relative(page.path, target)),
                explained=first_uses(self.terms),
                notes=_notes(page),
                following=feeds.files(page),
                as_script=as_script,
                report=lambda address: cite.released(address, self._released(page).get("text", "")),
            )
        except (jinja2.TemplateError, ProgramError) as error:
            raise ProgramError(f"页面 {page.path or '首页'} 用模板 {page.template} 写不出来:{error}") from error
        # Without blank lines or indents, Markdown takes it all for one raw block.
        body = "\n".join(line for raw in html.splitlines() if (line := raw.strip()))
        return f"{self.matter(page)}{body}\n"

    def _embed(self, page: Page, chart_id: str) -> str:
        """The whole address of a chart's page for other sites; empty without one, or while the site has none."""
        base = self.identity.base_url
        return feeds.absolute(base, embeds.address(chart_id)) if base and embeds.offered(page) else ""

    def matter(self, page: Page) -> str:
        """Front matter; values are JSON, which YAML reads as it stands."""
        values = {**self._matter(page), **self._absolute(page)}
        lines = "".join(f"{name}: {_scalar(value)}\n" for name, value in values.items())
        return f"---\n{lines}---\n\n"

    def _matter(self, page: Page) -> dict[str, object]:
        """What a page says of itself, its address on the web left out: that is drawn only for pages that are staged."""
        return {
            "title": page.title,
            "description": page.description,
            "section": page.section,
            "crumbs": [{"title": t, "href": relative(page.path, href)} for t, href in page.crumbs],
            "hide": ["navigation", "toc"],
            "demo_site": self.demo_site,
            "demo_page": page.demo,
            "as_of": page.as_of and fmt.end_of(page.as_of),
            "metas": metas(page, self.identity, self.columns, demo_site=self.demo_site),
            **({"release": found} if (found := self._released(page)) else {}),
            # Where the page for wrong addresses, which is none of ours, leads besides the sections.
            **({"lists": page.data["lists"]} if page.data.get("lists") else {}),
        }

    def _released(self, page: Page) -> Mapping[str, str]:
        """The release that a page's foot tells of; nothing while there was none."""
        return self.released.get(page.path) or self.released.get(EVERY, {})

    def _absolute(self, page: Page) -> dict[str, object]:
        """What the head and the foot of a page say of its address on the web; nothing while that is not known."""
        base = self.identity.base_url
        if not base:
            return {}
        here = feeds.absolute(base, page.path)
        return {
            "canonical": here,
            "share": feeds.absolute(base, share.PATH),
            "alternates": [{"type": f.type, "name": f.name, "href": f.file} for f in feeds.files(page)],
            "qr": qr.drawn(here),
        }


def _notes(page: Page) -> Callable[[Mapping[str, Any]], str]:
    """What gives a figure's places in the page's list of sources, ``"1,3"``; nothing where the page has no such list.

    Paper has no links: there these numbers are the way from a figure to its document.
    """
    places = {source["id"]: place for place, source in enumerate(page.data.get("sources", ()), 1)}

    def notes(figure: Mapping[str, Any]) -> str:
        lost = [source for source in figure["sources"] if places and source not in places]
        if lost:
            raise ProgramError(f"{figure['id']} 的来源 {'、'.join(lost)} 不在页面的来源里")
        return ",".join(map(str, sorted(places[source] for source in figure["sources"]))) if places else ""

    return notes


def _scalar(value: object) -> str:
    """A value as JSON that YAML reads as the same: what YAML forbids or folds is written as its number."""
    text = json.dumps(value, ensure_ascii=False)
    return NOT_YAML.sub(lambda m: f"\\u{ord(m[0]):04x}", text)


def _address(url: str) -> Markup:
    """A link of ours as it stands in HTML; our paths are ASCII and need no escaping, which is checked."""
    if not ADDRESS.fullmatch(url):
        raise ProgramError(f"地址里有不该有的字符:{url}")
    return Markup(url)  # noqa: S704 - checked just here


def staged(path: str) -> str:
    """Where a page stands below build/docs: always ``<path>index.md``, so that both engines treat its links alike."""
    return f"{path}index.md"


def hand_written(docs: Path, nav: Mapping[str, str]) -> Iterator[tuple[str, Page, str]]:
    """(file, page, Markdown body) of each hand-written page; ``handbook/`` and ``decisions/`` stay out of the site.

    Raises ``InputError`` for a page without a title or that cannot be read.
    """
    for file in sorted(docs.glob("*.md")):
        try:
            text = file.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError:
            raise InputError(f"docs/{file.name} 不是 UTF-8 编码,请另存为 UTF-8。") from None
        found = re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)
        try:
            matter = yaml.safe_load(found[1]) if found else None
        except yaml.YAMLError as error:
            raise InputError(f"docs/{file.name} 开头的说明读不懂:{str(error).splitlines()[0]}") from None
        if not found or not isinstance(matter, dict) or not matter.get("title"):
            raise InputError(f"docs/{file.name} 的开头缺少标题,请写成:---、title: 标题、---。")
        path = f"{file.stem}/"
        page = Page(
            path=path,
            title=str(matter["title"]),
            template="",
            data={},
            section=path if staged(path) in nav.values() else "",
            description=str(matter.get("description") or matter["title"]),
            crumbs=(("首页", ""),),
        )
        yield file.name, page, text[found.end() :].lstrip("\n")


def links(markdown: str) -> set[str]:
    """Internal link targets of a staged page, as written; what only looks like a link in its words is none."""
    outside = ("http:", "https:", "mailto:", "tel:")
    body, written = _body(markdown)
    found = LINK.findall(body) + (WRITTEN_LINK.findall(body) if written else [])
    return {t for t in found if not t.startswith(outside)}


def anchors(markdown: str) -> set[str]:
    """The ids that a staged page offers; a hand-written one has those of its headings' attributes too."""
    body, written = _body(markdown)
    return set(ANCHOR.findall(body)) | (set(HEADING_ID.findall(body)) if written else set())


def _body(markdown: str) -> tuple[str, bool]:
    """A staged page without its front matter, and whether it is Markdown: generated ones are one block of HTML."""
    body = markdown.split("\n---\n", 1)[1] if markdown.startswith("---\n") and "\n---\n" in markdown else markdown
    return body, not body.lstrip().startswith("<div")


def resolve(here: str, link: str) -> tuple[str, str]:
    """A written link as (path below the root, fragment); what it asks of a list is not part of either."""
    path, _, fragment = link.partition("#")
    path = path.partition("?")[0]
    parts: list[str] = list(PurePosixPath(here).parts)
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return "..", fragment
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    folder = path.endswith(("/", "..")) or path in ("", ".")
    tail = "/" if folder and parts else ""
    return "/".join(parts) + tail, fragment


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
