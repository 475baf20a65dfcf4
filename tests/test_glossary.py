"""The glossary: what its page says is what words on other pages show, once a page, wherever a word is a label."""

from __future__ import annotations

from typing import Any

import pytest

from generator import glossary
from tests.kinds import KINDS
from tests.sites import ROOT, Built, resolve

PAGE = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
TERMS = glossary.terms(PAGE)
# Labels that are to be explained: heads of tables, of lists of facts and of figures.
LABELS = "//th[@scope='col'] | //dt | //span[@class='label']"


def test_every_heading_of_the_page_is_a_term_with_an_explanation() -> None:
    headings = [line for line in PAGE.splitlines() if line.startswith("## ")]
    assert len(TERMS) == len(headings)
    assert all(5 < len(t.text) < 120 and t.text.endswith("。") for t in TERMS.values())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("## 拨付 {#a}\n\n已经*付*了，见[方法](../m/)。\n\n还有。\n", ("拨付", "已经付了，见方法。", "glossary/#a")),
        ("## 拨付\n\n没有编号。\n", None),
        ("## 拨付 {#term-paid}\n\n## 下达 {#term-issued}\n", None),
        ("# 名词 {#x}\n\n不是词。\n", None),
    ],
)  # fmt: skip
def test_what_is_a_term(text: str, found: tuple[str, str, str] | None) -> None:
    assert [(t.word, t.text, t.href) for t in glossary.terms(text).values()] == ([found] if found else [])


def test_only_the_first_use_is_explained() -> None:
    explained = glossary.first_uses(TERMS)
    assert explained("拨付") is TERMS["拨付"]
    assert explained("拨付") is None
    assert explained("没有这个词") is None


def label(element: Any) -> str:
    """A label's own words, without unit, mark or year."""
    own = [element.text or "", *(a.text or "" for a in element.xpath("a"))]
    return "".join(own).strip()


@pytest.mark.parametrize("kind", [k for k in KINDS if "/" in k])
def test_labels_that_are_terms_are_explained_once(shipped: Built, heaviest: dict[str, str], kind: str) -> None:
    page = heaviest[kind]
    links = shipped.tree(page).xpath("//a[@class='term']")
    words = [a.text for a in links]
    assert len(words) == len(set(words))
    labels = {label(e) for e in shipped.tree(page).xpath(LABELS)}
    assert labels & set(TERMS) <= set(words), page
    for link in links:
        path, fragment = resolve(page, link.get("href"))
        assert f"{path}#{fragment}" == TERMS[link.text].href
        assert shipped.tree(path).xpath(f"//h2[@id='{fragment}']")[0].text == link.text
        assert link.get("title") == TERMS[link.text].text
