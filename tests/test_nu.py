"""The Nu checker over every kind of page: no error and no warning, but what ``nu-allowed.toml`` explains."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.sites import ROOT, Built, Server, serving

JAR = ROOT / ".ci/node/node_modules/vnu-jar/build/dist/vnu.jar"
# Pages are asked for from a server: of files, the checker thinks that the policy's 'self' is nothing. It takes 13 s for
# all 445 pages of the shipped site and 3 s for one of each kind.
JAVA = (
    "java",
    "-Xss4m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Dnu.validator.servlet.allow-forbidden-hosts=true",
)
ALLOWED: list[dict[str, Any]] = tomllib.loads((ROOT / "tests/nu-allowed.toml").read_text(encoding="utf-8"))["allowed"]
WITH_TITLES = re.compile(
    r"(projects|budget)/2021/(p\d\d/(origin/)?)?|(regions|units|updates|inspections|data/projects)/2021/"
)

Message = dict[str, Any]


def check(*addresses: str) -> list[Message]:
    """What the checker says of pages or files, in one process."""
    done = subprocess.run(
        [*JAVA, "-jar", str(JAR), "--format", "json", "--stdout", *addresses],
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    messages: list[Message] = json.loads(done.stdout)["messages"]
    assert [m for m in messages if m["type"] == "non-document-error"] == []
    return messages


def allows(entry: dict[str, Any], message: Message) -> bool:
    """Whether an entry speaks of a message."""
    whole = re.fullmatch(entry["message"], message["message"], flags=re.S)
    return bool(whole) and entry.get("extract", "") in message.get("extract", "")


def unexplained(messages: list[Message]) -> list[str]:
    found = [m for m in messages if not any(allows(entry, m) for entry in ALLOWED)]
    return [f"{m.get('url')}: {m['message']} {m.get('extract', '')!r}" for m in found]


def served(site: Built, pages: list[str]) -> list[Message]:
    serve: Iterator[Server] = serving(site.site)
    server = next(serve)
    assert len(pages) > 15
    messages = check(*(server.url + page for page in pages))
    next(serve, None)
    return messages


def test_markup_is_as_the_standard_says(
    heaviest: dict[str, str], shipped: Built, hostile: Built, sichuan: Built
) -> None:
    """The longest page of each kind; those that hold hostile titles; and an official site whose address is known, so
    that its pages have feeds, codes and cards. One test, since both halves look at the same messages."""
    official = [p for p in sichuan.pages if p.count("/") < 3 or p.endswith("/p01/")]
    everything = [
        *served(shipped, [*heaviest.values()]),
        *served(hostile, [p for p in hostile.pages if WITH_TITLES.fullmatch(p)]),
        *served(sichuan, [*official, "404.html"]),
    ]
    assert unexplained(everything) == []
    unused = [entry["message"] for entry in ALLOWED if not any(allows(entry, m) for m in everything)]
    assert unused == []


def test_what_is_allowed_is_dated_and_explained() -> None:
    for entry in ALLOWED:
        assert entry["date"].isoformat() >= "2026-11-01"
        assert re.match(r"https://github\.com/[\w.-]+/[\w.-]+/issues/\d+$", entry["report"])
        assert len(entry["reason"]) > 100


SPOILED = {"<h1": "<span><h1", '<html lang="zh-CN"': "<html", 'id="content"': 'id="content" other="x"'}


def test_faults_are_seen(shipped: Built, tmp_path: Path) -> None:
    html = shipped.file("about/").read_text(encoding="utf-8")
    for right, wrong in SPOILED.items():
        assert html.count(right) == 1
        html = html.replace(right, wrong)
    file = tmp_path / "index.html"
    file.write_text(html, encoding="utf-8")
    found = " ".join(unexplained(check(str(file))))
    assert all(f"“{word}”" in found for word in ("h1", "lang", "other")), found
