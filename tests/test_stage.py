"""Pages to Markdown: no text of a cell means anything to Markdown, HTML or a template; links and keys are right."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import markdown
import pytest
import yaml
from bs4 import BeautifulSoup
from hypothesis import assume, given
from hypothesis import strategies as st

from generator import glossary, stage
from generator.errors import InputError, ProgramError
from generator.model import Page
from generator.stage import Stager
from tests import toy

ROOT = Path(__file__).parents[1]
CELL = '<div class="portal">\n<p title="{{ data.text }}">{{ data.text }}</p>\n<p id="end">end</p>\n</div>\n'
HOSTILE = [
    "<script>alert(1)</script>", "</textarea><b>x</b>", "</p></div><h1>out</h1>", "javascript:alert(1)", "{{ 7*7 }}",
    "{% raw %}", "{# note #}", "{: onclick=x }", "{#id .class}", "`a` ```", "~~~\ncode", "a|b|c",
    "[[wiki]]", "![](x)", "[x](y)",
    "[x]: y", "# head", "    four", "\tcode", "---", "***", "::: note", "!!! note", "/// tab", "<!-- a",
    "-->", "<![CDATA[ x",
    "<?php x ?>", "&lt;b&gt;", "&amp;", "&#60;", "\u202e反向\u200f", "\u2066x\u2069", "a\nb", "a\n\nb",
    "a\r\n\r\n# b", "a\x0bb",
    "a\u2028b\u2029c", "a\x85b", "\x02klzzwxh:0000\x03", "\x00x", "wzxhzdk:0", "\\*x\\*",
    "*x* _y_ __z__", "^x^ ~~y~~ ==z==",
    "'\"", "' onclick='x", '" onclick="x', "$x$ $$y$$", "<https://example.org>", "http://example.org",
    "x <b", "1 < 2 > 0",
    "--8<-- 'x'", "\ufeffx", "𠮷😀", "&", "a&b;c", "%s {0} ${x}", "[^1]", "*[x]: y", "x\u2009元", "  x  ", "_", "",
]  # fmt: skip


def folders(tmp_path: Path, **templates: str) -> dict[str, Path]:
    """A folder of templates for the toy subject."""
    (tmp_path / "toy").mkdir(exist_ok=True)
    for name, text in templates.items():
        (tmp_path / "toy" / f"{name}.md.j2").write_text(text, encoding="utf-8")
    return {"toy": tmp_path / "toy"}


@pytest.fixture(scope="module")
def stager(tmp_path_factory: pytest.TempPathFactory) -> Stager:
    return Stager(folders(tmp_path_factory.mktemp("templates"), page=CELL), demo_site=False)


def body_of(staged: str) -> str:
    found = re.match(r"---\n.*?\n---\n\n(.*)", staged, re.DOTALL)
    assert found
    return found[1]


def engine_extensions() -> dict[str, dict[str, Any]]:
    """The Markdown extensions of the shipped configuration, as MkDocs sets them up."""
    text = re.sub(r"!!python/name:\S+", "null", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    found: dict[str, dict[str, Any]] = {"toc": {}, "tables": {}, "fenced_code": {}}
    for entry in yaml.safe_load(text)["markdown_extensions"]:
        name, options = next(iter(entry.items())) if isinstance(entry, dict) else (entry, {})
        found[name] = {k: v for k, v in options.items() if v is not None}
    return found


EXTENSIONS = engine_extensions()


def rendered(text: str) -> BeautifulSoup:
    html = markdown.markdown(text, extensions=list(EXTENSIONS), extension_configs=EXTENSIONS)
    return BeautifulSoup(html, "html.parser")


def flat(text: str) -> str:
    """What a reader sees of a text: control characters and runs of white space are one space."""
    return re.sub(r"[\s\x00-\x08\x0b\x0c\x0e-\x1f]+", lambda m: "\u202f" if m[0] == "\u2009" else " ", text)


def harmless(stager: Stager, text: str) -> None:
    page = toy.page("toy/2021/", data={"text": text})
    soup = rendered(body_of(stager.stage(page, {})))
    assert [tag.name for tag in soup.find_all(True)] == ["div", "p", "p"], text
    cell, end = soup.find_all("p")
    assert cell.get_text() == flat(text)
    assert cell["title"] == flat(text)
    assert set(cell.attrs) == {"title"}
    assert end.get_text() == "end"
    assert soup.div is not None
    assert soup.div.attrs == {"class": ["portal"]}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_comes_out_literally(stager: Stager, text: str) -> None:
    harmless(stager, text)


MARKS = "".join(chr(c) for c in range(128)) + "\x85\u2028\u2009\u3000（）｜—，。《》\u202e\u200f\ufeff"


@given(st.text(st.sampled_from(MARKS) | st.characters(exclude_categories=["Cs"]), max_size=40))
def test_any_text_comes_out_literally(stager: Stager, text: str) -> None:
    harmless(stager, text)


@given(st.lists(st.sampled_from(HOSTILE), min_size=2, max_size=4))
def test_hostile_texts_side_by_side(stager: Stager, texts: list[str]) -> None:
    harmless(stager, "".join(texts))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_no_template_for_the_next_engine(stager: Stager, text: str) -> None:
    staged = body_of(stager.stage(toy.page("toy/", data={"text": text}), {}))
    assert not re.search(r"\{\{|\{%|\{#|\}\}|%\}|#\}", staged)
    assert "\n\n" not in staged
    assert not re.search(r"^[ \t]", staged, re.MULTILINE)


SCRIPT = '<div class="portal">\n<script type="application/ld+json">{{ as_script(data.said) }}</script>\n</div>\n'


@pytest.fixture(scope="module")
def speaker(tmp_path_factory: pytest.TempPathFactory) -> Stager:
    """Writes data for machines into a page."""
    return Stager(folders(tmp_path_factory.mktemp("scripts"), page=SCRIPT), demo_site=False)


def said(speaker: Stager, text: str) -> None:
    """What machines read of a page is what was put in, and nothing else stands on the page."""
    value = {"name": text, text: [{"deep": {"er": text}}]}
    body = body_of(speaker.stage(toy.page("toy/", data={"said": value}), {}))
    assert len(body.splitlines()) == 3
    assert not re.search(r"\{\{|\{%|\{#|\}\}|%\}|#\}", body)
    for soup in (rendered(body), BeautifulSoup(body, "lxml")):
        (script,) = soup.find_all("script")
        assert json.loads(script.string or "") == value
        assert (soup.div or script).get_text(strip=True) in ("", script.string)
        assert not soup.find_all(["b", "h1", "p", "a", "img", "code"])


@pytest.mark.parametrize("text", [*HOSTILE, "</script ><b>x</b>", "<!--<script ", "]]>", "\\", '\\"', "}}}", "{{{"])
def test_hostile_text_is_data_in_a_script(speaker: Stager, text: str) -> None:
    said(speaker, text)


@given(st.text(st.sampled_from(MARKS) | st.characters(exclude_categories=["Cs"]), max_size=40))
def test_any_text_is_data_in_a_script(speaker: Stager, text: str) -> None:
    said(speaker, text)


@pytest.mark.parametrize("text", [t for t in HOSTILE if t.strip()])
def test_titles_pass_through_front_matter(stager: Stager, text: str) -> None:
    page = toy.page("toy/2021/", title=text, description=text, crumbs=(("首页", ""), (text, "toy/")), data={"text": ""})
    front(stager, page)


@given(st.text(st.sampled_from(MARKS) | st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30))
def test_any_title_passes_through_front_matter(stager: Stager, text: str) -> None:
    front(stager, toy.page("toy/2021/", title=text, description=text, crumbs=((text, "toy/"),), data={"text": ""}))


def front(stager: Stager, page: Page) -> None:
    """The front matter reads back as what was put in."""
    staged = stager.stage(page, {})
    found = re.match(r"---\n(.*?)\n---\n\n<div", staged, re.DOTALL)
    assert found
    assert yaml.safe_load(found[1]) == {
        "title": page.title,
        "description": page.description,
        "section": "toy/",
        "crumbs": [{"title": t, "href": stage.relative(page.path, href)} for t, href in page.crumbs],
        "hide": ["navigation", "toc"],
        "demo_site": False,
        "demo_page": page.demo,
        "as_of": None,
        "metas": [],
    }


def test_front_matter_of_a_demonstration(tmp_path: Path) -> None:
    stager = Stager(folders(tmp_path, page=CELL), demo_site=True)
    text = stager.matter(toy.page("toy/2021/", demo=True, as_of="2021-12"))
    matter = yaml.safe_load(text.strip().strip("-"))
    assert (matter["demo_site"], matter["demo_page"], matter["as_of"]) == (True, True, "2021-12-31")


# --- templates


@pytest.mark.parametrize(
    "template",
    ["{{ data.absent }}", "{{ data.none }}", "{{ absent }}", "{{ data.text.x }}", "{{ data.absent.x }}", "{% if %}"],
)  # fmt: skip
def test_a_value_that_is_not_there_names_page_and_template(tmp_path: Path, template: str) -> None:
    stager = Stager(folders(tmp_path, page=template), demo_site=False)
    with pytest.raises(ProgramError) as caught:
        stager.stage(toy.page("toy/2021/", data={"none": None, "text": "x"}), {})
    assert str(caught.value).startswith("页面 toy/2021/ 用模板 toy/page.md.j2 写不出来:")


def test_an_absent_template_names_the_page(tmp_path: Path) -> None:
    stager = Stager(folders(tmp_path), demo_site=False)
    with pytest.raises(ProgramError, match=r"^页面 首页 用模板 toy/page\.md\.j2 写不出来:"):
        stager.stage(toy.page(""), {})


def test_links_of_templates_are_addresses_only(tmp_path: Path) -> None:
    stager = Stager(folders(tmp_path, page='<div><a href="{{ rel(data.to) }}">x</a></div>'), demo_site=False)
    assert 'href="../../data/sources/#row-a.b"' in stager.stage(
        toy.page("toy/2021/", data={"to": "data/sources/#row-a.b"}), {}
    )
    for bad in ('x" onclick="y', "java script", "x<y", "数据/", "x:y"):
        with pytest.raises(ProgramError, match="地址里有不该有的字符"):
            stager.stage(toy.page("toy/2021/", data={"to": bad}), {})


def test_template_keys_follow_what_is_included(tmp_path: Path) -> None:
    given_folders = folders(
        tmp_path,
        page='{% extends "toy/base.md.j2" %}{% import "toy/macros.md.j2" as m %}',
        base='{% include "toy/part.md.j2" %}',
        macros="{% macro x() %}{% endmacro %}",
        part="<div></div>",
        other="<div></div>",
    )

    def key(name: str = "toy/page.md.j2") -> str:
        return Stager(given_folders, demo_site=False).template_key(name)

    first = key()
    assert key() == first
    for name in ("page", "base", "macros", "part"):
        file = given_folders["toy"] / f"{name}.md.j2"
        before = file.read_text()
        file.write_text(before + "\n")
        assert key() != first, name
        file.write_text(before)
    folders(tmp_path, other="changed")
    assert key() == first
    assert key("toy/part.md.j2") != key("toy/other.md.j2")


def test_templates_that_include_each_other_have_keys(tmp_path: Path) -> None:
    found = folders(tmp_path, page='{% include "toy/b.md.j2" %}', b='{% include "toy/page.md.j2" %}')
    assert Stager(found, demo_site=False).template_key("toy/page.md.j2")


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        ({}, set()), ({"data": {"text": "y"}}, {"数据"}), ({"title": "y"}, {"数据"}), ({"path": "y/"}, {"数据"}),
        ({"description": "y"}, {"数据"}), ({"section": "y"}, {"数据"}), ({"crumbs": (("y", ""),)}, {"数据"}),
        ({"demo": True}, {"数据"}), ({"as_of": "2021-12"}, {"数据"}), ({"template": "toy/other.md.j2"}, {"模板"}),
        ({"charts": ()}, {"图"}),
    ],
)  # fmt: skip
def test_a_page_depends_on_all_that_it_shows(tmp_path: Path, change: dict[str, Any], parts: set[str]) -> None:
    stager = Stager(folders(tmp_path, page=CELL, other="x"), demo_site=False)
    values = {"path": "toy/", "data": {"text": "x"}, "charts": (toy.chart(),)}
    old = stager.key(toy.page(**values), {"toy-2021": "a"})
    new = stager.key(toy.page(**{**values, **change}), {"toy-2021": "a"})
    assert set(old) == {"数据", "模板", "图", "程序", "名词解释"}
    assert {name for name in old if old[name] != new[name]} == parts


def test_a_page_depends_on_its_drawings_and_on_the_site(tmp_path: Path) -> None:
    page = toy.page("toy/", data={"text": "x"}, charts=(toy.chart(),))
    one, two = (Stager(folders(tmp_path, page=CELL), demo_site=demo) for demo in (False, True))
    old = one.key(page, {"toy-2021": "a"})
    assert {n for n, v in one.key(page, {"toy-2021": "b"}).items() if v != old[n]} == {"图"}
    assert {n for n, v in two.key(page, {"toy-2021": "a"}).items() if v != old[n]} == {"数据"}


def test_a_page_depends_on_the_words_that_are_explained(tmp_path: Path) -> None:
    page = toy.page("toy/", data={"text": "x"})
    one, two = (
        Stager(folders(tmp_path, page=CELL), demo_site=False, terms=glossary.terms(f"## 拨付 {{#a}}\n\n{text}\n"))
        for text in ("付了的钱。", "已付的钱。")
    )
    old = one.key(page, {})
    assert {n for n, v in two.key(page, {}).items() if v != old[n]} == {"名词解释"}


def test_charts_stand_in_the_page_as_drawn(tmp_path: Path) -> None:
    stager = Stager(
        folders(tmp_path, page="<div>{{ charts['toy-2021'].wide }}|{{ charts['toy-2021'].finding }}</div>"),
        demo_site=False,
    )
    page = toy.page("toy/", charts=(toy.chart(),))
    staged = stager.stage(page, {"toy-2021": {"wide": "<svg></svg>", "narrow": "<svg/>"}})
    assert "<div><svg></svg>|乙比甲多</div>" in staged


# --- addresses

PATHS = st.lists(st.sampled_from(["a", "b", "2021", "p07+r1", "data", "x.csv"]), max_size=5).map("/".join)
PAGE_PATHS = PATHS.map(lambda p: f"{p}/" if p else "")


@given(PAGE_PATHS, PAGE_PATHS | PATHS, st.sampled_from(["", "#row-1.2"]))
def test_relative_is_what_a_browser_resolves(here: str, target: str, fragment: str) -> None:
    assume(not here.startswith(f"{target}/"))  # a file and a folder of one name: no site has both
    base = "https://example.org/sub/"
    assert urljoin(base + here, stage.relative(here, target + fragment)) == base + target + fragment


@given(PAGE_PATHS, PAGE_PATHS | PATHS, st.sampled_from(["", "row-1.2"]))
def test_resolve_undoes_relative(here: str, target: str, fragment: str) -> None:
    assume(not here.startswith(f"{target}/"))
    link = stage.relative(here, f"{target}#{fragment}" if fragment else target)
    assert stage.resolve(here, link) == (target, fragment)


@pytest.mark.parametrize(
    ("here", "target", "link"),
    [
        ("", "", "./"), ("", "budget/", "budget/"), ("budget/", "", "../"), ("budget/2021/", "budget/", "../"),
        ("budget/2021/", "budget/2021/p07/", "p07/"),
        ("budget/2021/p07/", "data/budget/2021.csv", "../../../data/budget/2021.csv"),
        ("a/", "a/#x", "#x"), ("a/", "b/#x", "../b/#x"), ("", "a/#x", "a/#x"),
    ],
)  # fmt: skip
def test_relative(here: str, target: str, link: str) -> None:
    assert stage.relative(here, target) == link


def test_a_link_above_the_root() -> None:
    assert stage.resolve("a/", "../../x/") == ("..", "")


def test_links_and_anchors_of_a_staged_page() -> None:
    text = '<a id="x" href="a/#b">x</a> <a href="#x">[y](../c/)</a> [z](https://e.org) [w](#w)'
    text += "\n\n## W {#w}\n\n## V { .x #v }"
    assert stage.links(text) == {"a/#b", "#x", "../c/"}
    assert stage.anchors(text) == {"x", "w", "v"}


def test_words_that_look_like_links_are_none() -> None:
    title = '[x](y) {#z} <a href="w">'
    matter = f"---\ntitle: {json.dumps(title)}\n---\n\n"
    words = '[x](y) &lt;a href="w"&gt; {#z}'
    block = f'<div class="portal">\n<h1 id="a">&#91;x](y)</h1><text>{words}</text>\n<a href="../b/">b</a>'
    assert stage.links(matter + block) == {"../b/"}
    assert stage.anchors(matter + block) == {"a"}
    assert stage.links(f"{matter}# T\n\n[x](../c/)") == {"../c/"}


# --- hand-written pages


def hand(tmp_path: Path, text: str, name: str = "about.md") -> list[tuple[str, Page, str]]:
    (tmp_path / name).write_bytes(text.encode())
    return list(stage.hand_written(tmp_path, {"关于": "about/index.md"}))


def test_hand_written_pages(tmp_path: Path) -> None:
    (tmp_path / "handbook").mkdir()
    (tmp_path / "handbook/clerks.md").write_text("# none\n")
    found = hand(tmp_path, "\ufeff---\r\ntitle: 关于\r\ndescription: 说明\r\n---\r\n\r\n# 正文\r\n")
    found = hand(tmp_path, "---\ntitle: 2021\n---\nx\n", "z.md")
    assert [(name, p.path, p.title, p.description, p.section, body) for name, p, body in found] == [
        ("about.md", "about/", "关于", "说明", "about/", "# 正文\n"),
        ("z.md", "z/", "2021", "2021", "", "x\n"),
    ]
    assert found[0][1].crumbs == (("首页", ""),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# 关于\n", "docs/about.md 的开头缺少标题,请写成:---、title: 标题、---。"),
        ("---\ndescription: x\n---\n", "docs/about.md 的开头缺少标题,请写成:---、title: 标题、---。"),
        ("---\ntitle: ''\n---\n", "docs/about.md 的开头缺少标题,请写成:---、title: 标题、---。"),
        ("---\n- title\n---\n", "docs/about.md 的开头缺少标题,请写成:---、title: 标题、---。"),
        ("---\ntitle: x\n", "docs/about.md 的开头缺少标题,请写成:---、title: 标题、---。"),
        ("---\ntitle: [\n---\n", "docs/about.md 开头的说明读不懂:while parsing a flow node"),
    ],
)
def test_hand_written_pages_that_cannot_be_used(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        hand(tmp_path, text)
    assert str(caught.value) == message


def test_hand_written_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "about.md").write_bytes("---\ntitle: 关于\n---\n".encode("gb18030"))
    with pytest.raises(InputError, match=r"^docs/about\.md 不是 UTF-8 编码,请另存为 UTF-8。$"):
        list(stage.hand_written(tmp_path, {}))


def test_where_a_page_stands() -> None:
    assert (stage.staged(""), stage.staged("a/b/")) == ("index.md", "a/b/index.md")


def test_page_data_is_json(stager: Stager) -> None:
    page = toy.page("toy/", data={"text": "x"})
    assert json.loads(json.dumps(page.data)) == page.data
