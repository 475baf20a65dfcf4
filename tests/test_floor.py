"""The oldest browsers, Chromium 86 and Safari 13: nothing in our scripts and style sheets that they do not know.

``.ci/node/floor.mjs`` asks eslint-plugin-compat and doiuse, in one process. What stands there all the same is explained
here, one by one: where it is not known, a page is as complete as where it is.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections import defaultdict

from tests.sites import ROOT

ASSETS = ROOT / "overrides/assets"
INLINE = ROOT / "overrides/partials/javascripts/base.html"
SPOILED = {
    "syntax.js": "a?.b; a ?? b; 1n; /(?<=a)b/.test(c);",
    "newer.js": "a ??= b;",
    "calls.js": "structuredClone(a); 'a'.replaceAll('b', 'c'); [1].at(-1); new ResizeObserver(a); Object.hasOwn(a)",
    "spoiled.css": ".a:has(b) { color: light-dark(#000, #fff) } .c { & .d { color: red } }"
    " .e { display: flex; gap: 1em } .f { inset: 0 } :is(h, i) { color: red }"
    " @container (min-width: 1px) { .g { color: red } }",
}

EXCEPTIONS = {
    "accent-color": "the colour of a tick: without it, the system's own",
    "css-display-contents": "partly known: faults on buttons and tables; here it is on a plain div of the header",
    "css-focus-visible": "in Safari 13 the rule is void and every focus has its outline, after a click too",
    "css-masks": "only 'mask-image: none', which takes the theme's arrow away, prefixed and plain",
    "css-math-functions": "min(), which Safari 11.1 knows; what is lacking is clamp()",
    "css-media-scripting": "keeps room for the form of lists; where it is void, facets.js makes the room when it comes",
    "css-overflow": "only auto, hidden and visible, which all know; what is lacking is 'clip' and pairs of values",
    "css-overscroll-behavior": "in Safari 13 the page may scroll on when a panel is at its end",
    "css-paged-media": "margins of sheets: without them, those of the printer",
    "css-sticky": "partly known: Chromium 86 has it on th and td, not on thead and tr, where it is not used",
    "intrinsic-width": "max-content, given with its prefix too; as a width, both know it",
    "multicolumn": "break-inside and break-after on paper; what Chromium 86 lacks of it is between columns",
    "text-decoration": "thickness and offset of underlines: without them, the usual underline",
}


def found(sources: dict[str, str]) -> dict[str, set[str]]:
    """What was found in each source, by name; and the words of it where no name says enough."""
    done = subprocess.run(
        ["node", str(ROOT / ".ci/node/floor.mjs")],
        input=json.dumps(sources), capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    names: dict[str, set[str]] = defaultdict(set)
    for source, name, _, message in json.loads(done.stdout):
        general = name.startswith("no-restricted") or name.endswith("-list")
        names[source].add(re.sub(r'^.*?"|".*$', "", message) if general else name)
    return names


def sources() -> dict[str, str]:
    """Our scripts and style sheets, the inline one too."""
    scripts = re.findall(r"<script>(.*?)</script>", INLINE.read_text(encoding="utf-8"), flags=re.S)
    assert len(scripts) == 1
    ours = {p.name: p.read_text(encoding="utf-8") for p in sorted(ASSETS.iterdir()) if p.suffix in {".js", ".css"}}
    assert {"portal.js", "search.js", "facets.js", "portal.css"} <= ours.keys()
    return {**ours, "inline.js": scripts[0]}


def test_nothing_is_newer_than_the_oldest_browsers_but_what_is_explained() -> None:
    names = found({**sources(), **SPOILED})
    ours = {source: names[source] for source in sources()}
    assert {source: left for source, some in ours.items() if (left := some - EXCEPTIONS.keys())} == {}
    assert EXCEPTIONS.keys() - set().union(*ours.values()) == set(), "no longer there"
    # The same run sees what is newer, or it would prove nothing.
    assert names["syntax.js"] >= {"?.", "??", "1n", "(?<="}
    assert names["newer.js"] == {"syntax"}
    assert names["calls.js"] == {
        "structuredClone", "String.replaceAll()", "Array.at()", "ResizeObserver", "Object.hasOwn()",
    }  # fmt: skip
    assert names["spoiled.css"] >= {
        "css-has", "css-nesting", "flexbox-gap", "css-container-queries", "light-dark", "inset", ":is",
    }  # fmt: skip
