"""The kinds of page, by the templates that the program has: a new template is a new kind, and is tested."""

from __future__ import annotations

from tests.sites import ROOT

HAND_WRITTEN, LOST = "docs", "404"
ELSEWHERE = {"empty.md.j2"}  # no section of the shipped site is empty: tests/test_sparse.py looks at one


def _templates() -> list[str]:
    own, subjects = ROOT / "generator/templates", ROOT / "generator/subjects"
    files = [(p.name, p) for p in own.glob("*.md.j2")]
    files += [(f"{p.parent.name}/{p.name}", p) for p in subjects.glob("*/*.md.j2")]
    pages = {name for name, p in files if p.read_text(encoding="utf-8").lstrip().startswith("{% extends")}
    return sorted(pages - ELSEWHERE)


KINDS = [*_templates(), HAND_WRITTEN, LOST]
