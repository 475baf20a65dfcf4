"""The policy (CSP) that every page carries: no script but our files and the one inline script, by its hash."""

from __future__ import annotations

import base64
import hashlib
import re

from tests.sites import ROOT, Built

INLINE = ROOT / "overrides/partials/javascripts/base.html"
SCRIPT = re.compile(rb"<script(?P<attributes>[^>]*)>(?P<text>.*?)</script>", re.DOTALL)
DATA = b'type="application/ld+json"'


def policy(built: Built, page: str) -> dict[str, list[str]]:
    """A page's directives and what each allows."""
    (meta,) = built.tree(page).xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    return {name: allowed for name, *allowed in (part.split() for part in meta.split(";"))}


def inline_hash() -> str:
    found = SCRIPT.findall(INLINE.read_bytes())
    assert len(found) == 1
    return f"'sha256-{base64.b64encode(hashlib.sha256(found[0][1]).digest()).decode()}'"


def test_every_page_allows_our_files_and_the_one_inline_script(shipped: Built) -> None:
    allowed = ["'self'", inline_hash()]
    for page in (*shipped.pages, "404.html"):
        found = policy(shipped, page)
        assert found["default-src"] == ["'none'"], page
        assert found["script-src"] == [*allowed, *(["'wasm-unsafe-eval'"] if page == "search/" else [])], page
        assert not any(
            "unsafe-inline" in a or "unsafe-eval" in a.split("wasm-") for part in found.values() for a in part
        )


def test_pages_have_no_other_inline_script_and_no_inline_style(shipped: Built) -> None:
    ours = SCRIPT.findall(INLINE.read_bytes())[0][1]
    for page in (*shipped.pages, "404.html"):
        html = shipped.file(page).read_bytes()
        inline = [text for attributes, text in SCRIPT.findall(html) if text and DATA not in attributes]
        assert inline == [ours], page
        assert b"<style" not in html
        assert not re.search(rb"<[^>]*\s(style|on[a-z]+)=\"", html), page
