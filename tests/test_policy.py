"""The policy (CSP) that every page carries: no script but our files and the one inline script, by its hash."""

from __future__ import annotations

import base64
import hashlib
import re
from xml.etree import ElementTree

import pytest

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


DEPLOY = (ROOT / "docs/handbook/deploy.md").read_text(encoding="utf-8")


def served(language: str) -> dict[str, str]:
    """The policies that a configuration in the handbook sends: for pages, for the search page, for what is embedded."""
    (block,) = re.findall(rf"```{language}\n(.*?)```", DEPLOY, flags=re.DOTALL)
    lines = re.findall(
        r"^\s*(?:header )?(\S+)\s+(?:Content-Security-Policy )?\"(default-src [^\"]*)\"", block, flags=re.M
    )
    kinds = {
        "default": "",
        "@plain": "",
        "~^/search/": "search",
        "@search": "search",
        "~^/embed/": "embed",
        "@embed": "embed",
    }
    assert len(lines) == 3
    return {kinds[matcher]: text for matcher, text in lines}


@pytest.mark.parametrize("language", ["nginx", "caddyfile"])
def test_servers_send_what_pages_say(shipped: Built, language: str) -> None:
    """The same policy, and who may frame a page, which only a header can say."""
    found = served(language)
    meta = "//meta[@http-equiv='Content-Security-Policy']/@content"
    ((plain,), (search,)) = (shipped.tree(page).xpath(meta) for page in ("", "search/"))
    assert found[""] == f"{plain}; frame-ancestors 'self'"
    assert found["search"] == f"{search}; frame-ancestors 'self'"
    assert found["embed"] == f"{plain}; frame-ancestors *"


@pytest.mark.parametrize("language", ["nginx", "caddyfile"])
def test_servers_know_the_types_of_all_files(shipped: Built, sichuan: Built, language: str) -> None:
    """Common ones are known to any server; the others, and the feeds, stand in the configuration."""
    known = {".css", ".csv", ".html", ".js", ".json", ".png", ".svg", ".txt", ".xlsx", ".xml", ".zip"}
    (block,) = re.findall(rf"```{language}\n(.*?)```", DEPLOY, flags=re.DOTALL)
    files = [p for built in (shipped, sichuan) for p in built.site.rglob("*") if p.is_file()]
    for suffix in {p.suffix for p in files} - known:
        assert re.search(rf"\b{suffix[1:]}\b", block), suffix
    for name in (
        "atom+xml",
        "feed+json",
        "ld+json",
        "text/calendar",
        "nosniff",
        "Referrer-Policy",
        "no-cache",
        "404.html",
    ):
        assert name in block


def test_iis_sends_what_pages_say_and_knows_the_types(shipped: Built) -> None:
    (block,) = re.findall(r"```xml\n(.*?)```", DEPLOY, flags=re.DOTALL)
    found = {place.get("path"): place for place in ElementTree.fromstring(f"<all>{block}</all>")}
    header = ".//add[@name='Content-Security-Policy']"
    sent = {str(path): [add.get("value") for add in place.findall(header)] for path, place in found.items()}
    nginx = served("nginx")
    assert sent == {
        "民生公开": [nginx[""]], "民生公开/search": [nginx["search"]], "民生公开/embed": [nginx["embed"]],
        "民生公开/assets": [],
    }  # fmt: skip
    types = {m.get("fileExtension") for m in found["民生公开"].iter("mimeMap")}
    usual = {".css", ".html", ".js", ".png", ".svg", ".txt", ".xlsx", ".xml", ".zip"}
    assert {p.suffix for p in shipped.site.rglob("*") if p.is_file()} <= types | usual


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
