"""Links to changed or removed pages lead somewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator import links
from generator.errors import ProgramError
from generator.store import Work

PAGES = {
    "index.md": '<a href="budget/">x</a><a href="budget/2021/#rows">x</a><a href="./">x</a>',
    "budget/index.md": '<a href="../">x</a><a href="2021/">x</a><a href="../data/a.csv">x</a>'
    '<a href="../about/#who">x</a>',
    "budget/2021/index.md": '<section id="rows"></section><a href="#rows">x</a><a href="../">x</a>'
    '<a href="../../">x</a>',
    "about/index.md": "[x](../budget/2021/#rows)\n\n## Who { #who .wide }\n\n[in](#who)\n\n"
    "[y](https://example.org/) [z](mailto:a@b.c)",
}
ASSETS = {"data/a.csv"}


def check(tmp_path: Path, pages: dict[str, str], changed: set[str] | None = None, *, every: bool = False) -> None:
    work = Work(tmp_path / "build")
    for path, text in pages.items():
        work.write(f"docs/{path}", text.encode())
    links.check(work, "docs/", set(pages), ASSETS, set(pages) if changed is None else changed, every)


def test_good_links_of_all_sorts(tmp_path: Path) -> None:
    check(tmp_path, PAGES)


@pytest.mark.parametrize(
    ("page", "text", "message"),
    [
        ("index.md", '<a href="absent/">x</a>', "首页 → absent/"),
        ("index.md", '<a href="../">x</a>', "首页 → ../"),
        ("budget/index.md", '<a href="2022/">x</a>', "budget/ → 2022/"),
        ("budget/index.md", '<a href="../data/b.csv">x</a>', "budget/ → ../data/b.csv"),
        ("budget/index.md", '<a href="2021">x</a>', "budget/ → 2021"),
        ("budget/index.md", '<a href="2021/#absent">x</a>', "budget/ → 2021/#absent(没有这个位置)"),
        ("about/index.md", "[x](../budget/2021/#row)", "about/ → ../budget/2021/#row(没有这个位置)"),
        ("about/index.md", "[x](/budget/)", "about/ → /budget/"),
    ],
)
def test_links_to_nowhere(tmp_path: Path, page: str, text: str, message: str) -> None:
    # What others point to stays: only the new link is wrong.
    with pytest.raises(ProgramError) as caught:
        check(tmp_path, {**PAGES, page: f"{PAGES[page]}\n{text}"})
    assert str(caught.value) == f"有链接找不到目标:{message}"


def test_a_fragment_of_the_page_itself(tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match="#absent"):
        check(tmp_path, {**PAGES, "budget/2021/index.md": PAGES["budget/2021/index.md"] + '<a href="#absent">x</a>'})


def test_a_removed_page_is_found_from_an_unchanged_one(tmp_path: Path) -> None:
    pages = {path: text for path, text in PAGES.items() if path != "about/index.md"}
    check(tmp_path, pages, {"budget/2021/index.md"})
    with pytest.raises(ProgramError, match=r"^有链接找不到目标:budget/ → \.\./about/#who$"):
        check(tmp_path, pages, set(), every=True)


def test_a_lost_id_is_found_from_an_unchanged_page(tmp_path: Path) -> None:
    pages = {**PAGES, "budget/2021/index.md": "<p>#rows</p>"}
    check(tmp_path, pages, {"budget/2021/index.md"})
    with pytest.raises(ProgramError, match=r"about/ → \.\./budget/2021/#rows\(没有这个位置\);首页 → budget/2021/#rows"):
        check(tmp_path, pages, {"budget/2021/index.md"}, every=True)


def test_only_changed_pages_are_read(tmp_path: Path) -> None:
    check(tmp_path, {**PAGES, "budget/index.md": '<a href="absent/">x</a>'}, {"index.md", "about/index.md"})


def test_many_are_counted(tmp_path: Path) -> None:
    text = "".join(f'<a href="absent{n}/">x</a>' for n in range(7))
    with pytest.raises(ProgramError) as caught:
        check(tmp_path, {"index.md": text})
    shown = ";".join(f"首页 → absent{n}/" for n in range(5))
    assert str(caught.value) == f"有链接找不到目标:{shown} 等 7 处"
