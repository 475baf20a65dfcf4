"""What is stale, by content: each input has its name, and nothing else changes a key."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from generator import stale
from generator.settings import Settings
from tests import toy


def add(path: str) -> Callable[[Settings, pytest.MonkeyPatch], None]:
    def change(settings: Settings, patch: pytest.MonkeyPatch) -> None:
        file = settings.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes((file.read_bytes() if file.exists() else b"") + b"\n")

    return change


def program(settings: Settings, patch: pytest.MonkeyPatch) -> None:
    folder = settings.root / "program"
    folder.mkdir()
    (folder / "a.py").write_text("")
    patch.setattr(stale, "PROGRAM", folder)


def version(settings: Settings, patch: pytest.MonkeyPatch) -> None:
    real = stale.importlib.metadata.version
    patch.setattr(stale.importlib.metadata, "version", lambda name: "0.0" if name == "jinja2" else real(name))


CHANGES: dict[str, tuple[Callable[[Settings, pytest.MonkeyPatch], None], list[str]]] = {
    "nothing": (lambda settings, patch: None, []),
    "a row": (add("data/toys/2021.csv"), ["数据变了"]),
    "a new file": (add("data/new/2022.csv"), ["数据变了"]),
    "the contract": (add("data/datapackage.yaml"), ["数据变了"]),
    "a schema": (add("data/schemas/toys.yaml"), ["数据变了"]),
    "a page": (add("docs/about.md"), ["手写页面变了"]),
    "a new page": (add("docs/new.md"), ["手写页面变了"]),
    "a handbook": (add("docs/handbook/a.md"), []),
    "a style": (add("overrides/assets/a.css"), ["样式变了"]),
    "a template": (add("overrides/main.html"), ["样式变了"]),
    "the configuration": (add("mkdocs.yml"), ["配置变了"]),
    "the program": (program, ["程序变了"]),
    "a library": (version, ["组件版本变了"]),
    "a cache": (add("data/__pycache__/x.bin"), []),
    "a hidden file": (add("data/.~lock.2021.csv#"), []),
    "compiled code": (add("overrides/hooks.pyc"), []),
    "something else": (add("README.md"), []),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_change_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    settings = toy.settings(tmp_path)
    (tmp_path / "data/toys").mkdir()
    (tmp_path / "data/toys/2021.csv").write_text("年度\n")
    before = stale.inputs(settings)
    change, expected = CHANGES[name]
    change(settings, monkeypatch)
    assert stale.reasons(before, stale.inputs(settings)) == expected


def test_the_date_to_count_to_is_an_input(tmp_path: Path) -> None:
    one, two = toy.settings(tmp_path), toy.settings(tmp_path, as_of="2021-12-31")
    assert stale.reasons(stale.inputs(one), stale.inputs(two)) == ["截至变了"]
    assert stale.inputs(one) == stale.inputs(toy.settings(tmp_path, jobs=4, out=tmp_path / "elsewhere", clean=True))


def test_names_are_those_that_people_see(tmp_path: Path) -> None:
    assert list(stale.inputs(toy.settings(tmp_path))) == [
        "数据", "发布", "手写页面", "样式", "配置", "程序", "组件版本", "截至",
    ]  # fmt: skip


def test_folder_key_knows_no_time_and_no_order(tmp_path: Path) -> None:
    for root, names in (("one", ["a/x", "b", "c"]), ("two", ["c", "b", "a/x"])):
        for name in names:
            file = tmp_path / root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(name)
            os.utime(file, (1, 1) if root == "one" else (2_000_000_000, 2_000_000_000))
    assert stale.folder_key(tmp_path / "one") == stale.folder_key(tmp_path / "two")


def test_folder_key_sees_names_contents_and_borders(tmp_path: Path) -> None:
    trees = [{"a": b"1"}, {"a": b"2"}, {"b": b"1"}, {"a": b"1", "b": b""}, {"x/a": b"1"}, {"a": b"1b\0"}, {}]
    keys = set()
    for n, tree in enumerate(trees):
        folder = tmp_path / str(n)
        folder.mkdir()
        for name, content in tree.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(content)
        keys.add(stale.folder_key(folder))
    assert len(keys) == len(trees)
    assert stale.folder_key(tmp_path / "absent") == stale.folder_key(tmp_path / "6")


@pytest.mark.parametrize(
    ("old", "new", "reasons"),
    [
        (None, {"数据": "1"}, ["新页面"]),
        (None, {}, ["新页面"]),
        ({}, {"数据": "1"}, ["数据变了"]),
        ({"数据": "1"}, {"数据": "1"}, []),
        ({"数据": "1", "图": "2"}, {"数据": "0", "图": "0"}, ["数据变了", "图变了"]),
        ({"数据": "1", "旧": "2"}, {"数据": "1"}, []),
    ],
)
def test_reasons(old: dict[str, str] | None, new: dict[str, str], reasons: list[str]) -> None:
    assert stale.reasons(old, new) == reasons
