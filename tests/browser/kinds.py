"""The kinds of page, by the templates that the program has: a new template is a new kind, and is tested."""

from __future__ import annotations

from tests.sites import ROOT

HAND_WRITTEN, LOST = "docs", "404"


def _templates() -> list[str]:
    own, subjects = ROOT / "generator/templates", ROOT / "generator/subjects"
    files = [(p.name, p) for p in own.glob("*.md.j2")]
    files += [(f"{p.parent.name}/{p.name}", p) for p in subjects.glob("*/*.md.j2")]
    return sorted(name for name, p in files if p.read_text(encoding="utf-8").lstrip().startswith("{% extends"))


KINDS = [*_templates(), HAND_WRITTEN, LOST]
