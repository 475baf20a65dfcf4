"""Lighthouse as a phone on a slow network sees it: the home page and a project's page of the demonstration, and of an
official site what search engines see.

Its scores are budgets, not times: the network is simulated, so that they follow from bytes, requests and what waits for
what. Only processor time is measured, which a busy machine lengthens: hence the median of three. Measured with two
processes for each core beside it: first paint 0.90 to 1.20 s of the 1.8 that cost nothing, blocked for 0 to 38 ms of
200, and 100 points in each of six runs.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.conftest import FLAGS
from tests.sites import ROOT, Built, Server, serving

RUNS = 3
LEAST = 99
ALL = ("performance", "accessibility", "best-practices", "seo")
# A demonstration must not be found by search engines; that is all that may keep it from 100.
HIDDEN = {"is-crawlable"}

Result = dict[str, Any]


def measure(runs: list[tuple[str, tuple[str, ...]]]) -> list[Result]:
    """Scores of addresses, each in a fresh profile of one browser."""
    asked = {
        "chrome": shutil.which("chromium") or "/usr/bin/chromium",
        "flags": FLAGS,
        "runs": [{"url": url, "categories": categories} for url, categories in runs],
    }
    done = subprocess.run(
        ["node", str(ROOT / ".ci/node/lighthouse.mjs")],
        input=json.dumps(asked), capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: list[Result] = json.loads(done.stdout)
    assert [r["error"] for r in found] == [""] * len(runs)
    return found


@pytest.fixture(scope="module")
def official(sichuan: Built) -> Iterator[Server]:
    yield from serving(sichuan.site)


def fast(found: Result) -> None:
    """The median of a page's score for speed is high enough, and nothing moves while it is read.

    Two runs of three decide what the median is worth; the third is made where they differ.
    """
    runs, most = [found], RUNS // 2
    while max(good := sum(map(reached, runs)), len(runs) - good) <= most:
        runs += measure([(found["url"], ALL)])
    assert good > most, runs
    assert all(r["measures"]["cumulative-layout-shift"] < 0.02 for r in runs)


def reached(found: Result) -> bool:
    return bool(found["scores"]["performance"] >= LEAST)


def test_lighthouse_finds_nothing_to_better(server: Server, official: Server, heaviest: dict[str, str]) -> None:
    """One test, so that one process and one browser do all of it."""
    home, project, real = measure([
        (server.url + heaviest["home/home.md.j2"], ALL),
        (server.url + heaviest["projects/project.md.j2"], ALL),
        (official.url, ("seo",)),
    ])  # fmt: skip
    for found in (home, project):
        assert [found["scores"][name] for name in ("accessibility", "best-practices")] == [100, 100], found["lowered"]
        assert set(found["lowered"]["seo"]) == HIDDEN
        fast(found)
    assert real["scores"] == {"seo": 100}, real["lowered"]
