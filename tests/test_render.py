"""Batches give the bytes of a full build, whatever the cut; and the frame around a page says what it must."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from generator import render, settings
from generator.errors import ProgramError, UsageError
from generator.model import Batch, Rendered
from tests import synthetic, zensical


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthetic.tree(tmp_path_factory.mktemp("tree"))


@pytest.fixture(scope="module")
def full(config: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = tmp_path_factory.mktemp("full") / "site"
    zensical.build_mkdocs(config.parent, site)
    return site


def batch(config: Path, pages: Iterable[str], out: Path, *, theme: bool = False) -> Batch:
    docs, pages = config.parent / "build/docs", tuple(pages)
    nav = [path for _, path in settings.load(config).nav]
    return Batch(config, docs, pages, render.stubs(docs, nav, pages), out, theme)


def one(config: Path, path: str, out: Path) -> BeautifulSoup:
    pages = render.render(batch(config, [path], out)).pages
    return BeautifulSoup(pages[render.address(path)], "lxml")


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_every_cut_gives_the_bytes_of_a_full_build(config: Path, full: Path, tmp_path: Path, size: int) -> None:
    pages = synthetic.staged(config)
    found: dict[str, str] = {}
    for start in range(0, len(pages), size):
        got = render.render(batch(config, pages[start : start + size], tmp_path))
        assert got.problems == ()
        assert got.theme == {}
        found |= got.pages
    assert found.keys() == zensical.pages(full)
    assert {p: h.encode() for p, h in found.items()} == {p: (full / p).read_bytes() for p in found}


def test_the_theme_comes_when_asked_and_is_that_of_a_full_build(config: Path, full: Path, tmp_path: Path) -> None:
    theme = render.render(batch(config, [], tmp_path, theme=True)).theme
    assert all((full / p).read_bytes() == content for p, content in theme.items())
    made = {p.relative_to(full).as_posix() for p in (full / "assets").rglob("*") if p.is_file()} | {"404.html"}
    left = made - theme.keys()
    assert all(p.startswith(render.UNUSED) or p.endswith(".map") for p in left)


def test_all_that_a_page_asks_for_is_in_the_theme(config: Path, tmp_path: Path) -> None:
    got = render.render(batch(config, ["index.md"], tmp_path, theme=True))
    soup = BeautifulSoup(got.pages["index.html"], "lxml")
    asked = {str(t.get("src") or t.get("href")) for t in soup.select("script[src], link[href]")}
    assert asked <= {f"./{p}" for p in got.theme} | set(got.theme)
    for name, content in got.theme.items():
        if name.endswith((".css", ".js", ".svg")) and "assets/portal" in name:
            assert b"//" not in content.replace(b"http://www.w3.org/2000/svg", b"")


def test_no_clock_and_nothing_left_behind(config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = synthetic.staged(config)
    first = render.render(batch(config, pages, tmp_path, theme=True))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    monkeypatch.delenv("NO_MKDOCS_2_WARNING", raising=False)
    again = render.render(batch(config, pages, tmp_path, theme=True))
    assert (first.pages, first.theme) == (again.pages, again.theme)
    assert os.environ["SOURCE_DATE_EPOCH"] == "1700000000"
    assert list(tmp_path.iterdir()) == []


def test_an_edited_override_is_seen_in_the_same_process(tmp_path: Path) -> None:
    config = synthetic.tree(tmp_path / "tree", records=1)
    before = render.render(batch(config, ["index.md"], tmp_path)).pages["index.html"]
    main = config.parent / "overrides/main.html"
    main.write_text(main.read_text(encoding="utf-8").replace("数据截至", "数字截至"), encoding="utf-8")
    after = render.render(batch(config, ["index.md"], tmp_path)).pages["index.html"]
    assert "数字截至" in after
    assert "数字截至" not in before


def test_links_that_cannot_be_checked_in_a_batch_are_warnings(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    config = synthetic.tree(tmp_path / "tree", records=1)
    page = config.parent / "build/docs/method/index.md"
    page.write_text(page.read_text(encoding="utf-8") + "\n[x](../budget/2021/p01/index.md)\n", encoding="utf-8")
    problems = render.render(batch(config, ["method/index.md"], tmp_path)).problems
    assert len(problems) == 1
    assert "method/index.md" in problems[0]
    assert "budget/2021/p01/index.md" in problems[0]
    assert capfd.readouterr() == ("", "")


def test_what_cannot_go_on_says_where(tmp_path: Path) -> None:
    config = synthetic.tree(tmp_path / "tree", records=1)
    with pytest.raises(ProgramError, match=r"budget/9999/index\.md"):
        render.render(batch(config, ["budget/9999/index.md"], tmp_path))
    main = config.parent / "overrides/main.html"
    text = main.read_text(encoding="utf-8")
    main.write_text(text.replace("{{ page.content }}", "{{ page.content | nonsense }}"), encoding="utf-8")
    with pytest.raises(ProgramError, match="nonsense"):
        render.render(batch(config, ["index.md"], tmp_path))
    config.write_text(
        config.read_text(encoding="utf-8").replace("name: material", "name: immaterial"), encoding="utf-8"
    )
    with pytest.raises(UsageError, match="immaterial"):
        render.render(batch(config, ["index.md"], tmp_path))


def test_importing_costs_nothing() -> None:
    code = "import sys, generator.render; print([m for m in ('mkdocs', 'material', 'jinja2') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=synthetic.ROOT)
    assert done.stdout.strip() == "[]"


def test_stub_keeps_what_other_pages_show() -> None:
    assert render.stub("---\ntitle: 民生资金\nas_of: 2021\ndemo_site: true\n---\n\n<h1>x</h1>\n") == (
        "---\ndemo_site: true\ntitle: 民生资金\n---\n"
    )
    assert render.stub("<h1>x</h1>\n") == "---\n{}\n---\n"


@pytest.mark.parametrize("change", ["mkdocs.yml", "overrides/main.html", "overrides/new"])
def test_the_engine_key_sees_configuration_and_overrides(tmp_path: Path, change: str) -> None:
    config = synthetic.tree(tmp_path / "tree", records=1)
    overrides = config.parent / "overrides"
    before = render.engine_key(config, overrides)
    assert before == render.engine_key(config, overrides)
    with (config.parent / change).open("a", encoding="utf-8") as file:
        file.write(" ")
    assert before != render.engine_key(config, overrides)


def test_the_engine_key_passes_over_assets_that_pages_only_link_to(config: Path) -> None:
    overrides = config.parent / "overrides"
    before = render.engine_key(config, overrides)
    with (overrides / "assets/portal.css").open("a", encoding="utf-8") as file:
        file.write(" ")
    assert before == render.engine_key(config, overrides)


def test_the_engine_key_sees_versions(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = render.engine_key(config, config.parent / "overrides")
    monkeypatch.setattr(metadata, "version", lambda package: "0")
    assert before != render.engine_key(config, config.parent / "overrides")


# --- the frame ---------------------------------------------------------------------------------------------


def test_a_record_page_knows_its_section_and_its_way(config: Path, tmp_path: Path) -> None:
    soup = one(config, "budget/2021/p01/regions/510903/index.md", tmp_path)
    tabs = soup.select('nav.portal-nav[aria-label="栏目"] a')
    nav = settings.load(config).nav
    assert [(a.get_text(), a.get("aria-current")) for a in tabs] == [
        (title, "true" if path == "budget/index.md" else None) for title, path in nav
    ]
    crumbs = soup.select('nav[aria-label="面包屑"] ol > li')
    assert [c.get_text(strip=True) for c in crumbs] == ["首页", "栏目", "船山区"]
    assert crumbs[-1]["aria-current"] == "page"
    assert [a["href"] for a in soup.select(".crumbs a")] == ["../../../../../", "../../../../../budget/"]


def test_a_section_page_is_the_current_one(config: Path, tmp_path: Path) -> None:
    soup = one(config, "method/index.md", tmp_path)
    assert [(a.get_text(), a["aria-current"]) for a in soup.select(".portal-nav [aria-current]")] == [("方法", "page")]
    assert soup.select_one('[data-md-type="toc"] a[href="#大小"]')
    assert not one(config, "about/index.md", tmp_path).select('[data-md-type="toc"]')


def test_a_demonstration_says_so_everywhere(config: Path, tmp_path: Path) -> None:
    got = render.render(batch(config, ["budget/index.md"], tmp_path, theme=True))
    for html in (got.pages["budget/index.html"], got.theme["404.html"].decode()):
        soup = BeautifulSoup(html, "lxml")
        assert soup.title
        assert soup.title.get_text().endswith("遂宁市民生公开 – 演示站,非政府网站")
        assert soup.select('meta[name="robots"][content="noindex"]')
        assert "演示站,非政府网站" in soup.select_one(".portal-footer").get_text()  # type: ignore[union-attr]
        assert "演示站" in str(soup.select_one('meta[property="og:title"]'))
        assert not soup.find(string=re.compile("主办单位"))


def official(tmp_path: Path) -> Path:
    config = synthetic.tree(tmp_path / "tree", records=1, demo=False)
    text = config.read_text(encoding="utf-8")
    for key, value in {
        "office": "某市人民政府 <办公室>", "contact": "0825-0000000", "site_code": "5109000000",
        "base_url": "https://example.gov.cn/minsheng/",
    }.items():  # fmt: skip
        text = text.replace(f'{key}: ""', f'{key}: "{value}"')
    config.write_text(text, encoding="utf-8")
    return config


def test_an_official_site_says_whose_it_is(tmp_path: Path) -> None:
    config = official(tmp_path)
    soup = one(config, "index.md", tmp_path)
    footer = soup.select_one(".portal-footer")
    assert footer
    assert "主办单位:某市人民政府 <办公室>" in footer.get_text()
    assert "数据截至 2021-12-31" in footer.get_text()
    assert "5109000000" in footer.get_text()
    assert "演示" not in str(soup)
    assert not soup.select('meta[name="robots"]')


def test_only_the_404_page_follows_the_base_url(tmp_path: Path) -> None:
    config = official(tmp_path)
    got = render.render(batch(config, ["budget/index.md"], tmp_path, theme=True))
    assert "example.gov.cn" not in got.pages["budget/index.html"]
    soup = BeautifulSoup(got.theme["404.html"], "lxml")
    links = [str(t.get("href") or t.get("src")) for t in soup.select("article a, link, script[src]")]
    assert links
    assert all(link.startswith("/minsheng/") for link in links)


def test_text_is_escaped(config: Path, tmp_path: Path) -> None:
    soup = one(config, "data/index.md", tmp_path)
    assert soup.select_one('meta[name="description"]')["content"] == "数据 & 下载:「说明」<&>"  # type: ignore[index]
    assert soup.title
    assert soup.title.get_text().startswith("数据 & 下载 – ")


def test_inline_scripts_are_the_same_on_every_page(config: Path, tmp_path: Path) -> None:
    got = render.render(batch(config, synthetic.staged(config), tmp_path, theme=True))
    hashes = {
        page: hashes_of(html) for page, html in [*got.pages.items(), ("404.html", got.theme["404.html"].decode())]
    }
    assert len(set(hashes.values())) == 1
    assert len(next(iter(hashes.values()))) == 1


def hashes_of(html: str) -> tuple[str, ...]:
    scripts = BeautifulSoup(html, "lxml").select("script:not([src]):not([type='application/json'])")
    return tuple(hashlib.sha256(s.get_text().encode()).hexdigest() for s in scripts)


def test_nothing_from_outside_and_no_inline_style(config: Path, tmp_path: Path) -> None:
    got: Rendered = render.render(batch(config, synthetic.staged(config), tmp_path))
    for html in got.pages.values():
        soup = BeautifulSoup(html, "lxml")
        targets = [str(t.get("src") or t.get("href")) for t in soup.select("[src], [href]")]
        assert not [t for t in targets if "//" in t]
        assert not soup.select("style, [style]")
        assert soup.html
        assert soup.html["lang"] == "zh-CN"


def test_the_case_differs_from_the_shipped_configuration_only_where_it_must() -> None:
    shipped = (synthetic.ROOT / "mkdocs.yml").read_text(encoding="utf-8").splitlines()
    case = (synthetic.ROOT / "tests/cases/sichuan-2021/mkdocs.yml").read_text(encoding="utf-8").splitlines()
    differing = {line.strip().split(":")[0].removeprefix("- ") for line in set(shipped) ^ set(case) if "#" not in line}
    elsewhere = {"方法", "关于", "十件事", "督查", "动态"}  # sections that the case has nothing for
    assert differing == {"site_name", "site_description", "custom_dir", "city", "base_url", *elsewhere}
