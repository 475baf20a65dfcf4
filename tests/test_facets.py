"""What lists can be narrowed down by, as data, and the script: small, old enough, and made from its source."""

from __future__ import annotations

import gzip
import re
import subprocess
from pathlib import Path

import pytest

from generator import facets
from generator.model import Kind
from tests.sites import ROOT

SCRIPT = ROOT / "overrides/assets/facets.js"
DEMO, OFFICIAL = Kind.DEMO, Kind.OFFICIAL
ROWS = [{"a": ["甲", "乙"], "b": ["丙"]}, {"a": ["乙"], "b": ["丙"]}, {"b": ["丙"]}, {"a": ["甲"], "b": ["丙"]}]


def test_options_are_counted_ordered_and_pointed_to() -> None:
    rows = [*ROWS, {"a": ["乙", "丁"], "b": ["丙"], "c": ["戊"]}]
    kinds = [DEMO, DEMO, OFFICIAL, DEMO, DEMO]
    found = facets.narrowing({"a": "子", "b": "丑", "c": "寅"}, rows, kinds, "个", {"a": ["丁", "己", "乙"]})
    assert found is not None
    assert [(f["id"], f["name"]) for f in found["facets"]] == [("a", "子"), ("c", "寅")]  # all have the one word of b
    assert found["facets"][0]["options"] == [
        {"word": "丁", "count": 1}, {"word": "乙", "count": 3}, {"word": "甲", "count": 2},
    ]  # fmt: skip
    assert found["rows"] == ["2,1|", "1|", "|", "2|", "1,0|0"]
    assert found["kinds"] == ["演示", "演示", "官方", "演示", "演示"]
    assert (found["count"], found["unit"]) == (5, "个")


def test_a_short_list_needs_none_and_one_year_no_others() -> None:
    assert facets.narrowing({"a": "子"}, ROWS, [DEMO] * 4, "个") is None
    assert facets.years({2021: 3}, 2021, "projects/") == []
    assert facets.years({2020: 1, 2021: 3}, 2020, "projects/") == [
        {"year": 2021, "count": 3, "href": "projects/2021/", "here": False},
        {"year": 2020, "count": 1, "href": "projects/2020/", "here": True},
    ]


def test_the_script_is_what_its_source_gives(tmp_path: Path) -> None:
    made = tmp_path / "facets.js"
    subprocess.run(["sh", str(ROOT / ".ci/setup.sh"), "bundle", str(made)], check=True)
    assert made.read_bytes() == SCRIPT.read_bytes(), "make scripts"


def test_the_script_is_small_and_says_whose_it_is() -> None:
    assert len(gzip.compress(SCRIPT.read_bytes(), 6)) < 20_000
    assert SCRIPT.read_text(encoding="utf-8").startswith('/* Made by "make scripts"')
    assert "TanStack Table" in (ROOT / "overrides/assets/licences.txt").read_text(encoding="utf-8")


# What Chromium 86 or Safari 13 lacks (the library's replaceAll is for columns named by a path, and ours are not); and
# the one fault of Safari's that the bundler is told to overlook.
NEWER = (
    r"structuredClone|Object\.hasOwn\(|\.at\(|\.replaceChildren|groupBy|findLast|\.toSorted|\.toReversed|WeakRef"
    r"|\.isConnected\?|\?\.|\?\?|Array\.fromAsync|\.randomUUID|ResizeObserver|AbortSignal|\\p\{|\(\?<|allSettled|Promise\.any"
)


@pytest.mark.parametrize(
    "pattern", [NEWER, r"\.\.\.\w+\]=\[", r"\beval\(|new Function|\.style\b|innerHTML|document\.write"]
)
def test_the_script_calls_nothing_newer_and_makes_no_markup(pattern: str) -> None:
    assert re.findall(pattern, SCRIPT.read_text(encoding="utf-8")) == []
