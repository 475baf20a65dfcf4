"""The configuration: what it gives, and each way in which it cannot be used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator import settings
from generator.errors import UsageError

GOOD = "site_name: 甲市民生公开\nnav: [{首页: index.md}, {数据: data/index.md}]\nextra: {portal: {city: 甲市}}\n"


def load(tmp_path: Path, text: str, **options: Any) -> settings.Settings:
    (tmp_path / "mkdocs.yml").write_text(text, encoding="utf-8")
    return settings.load(tmp_path / "mkdocs.yml", **options)


def test_defaults(tmp_path: Path) -> None:
    found = load(tmp_path, GOOD)
    root = tmp_path.resolve()
    assert (found.root, found.docs, found.data, found.out, found.build) == (
        root, root / "docs", root / "data", root / "site", root / "build",
    )  # fmt: skip
    assert found.overrides == root / "overrides"
    assert found.nav == (("首页", "index.md"), ("数据", "data/index.md"))
    assert (found.jobs, found.as_of, found.clean) == (1, None, False)
    assert found.identity == settings.Identity("甲市", "甲市民生公开", "", "", "", "")


def test_options_and_identity(tmp_path: Path) -> None:
    text = """
nav: []
theme: {name: material, custom_dir: ../look}
extra: {portal: {city: 甲市, office: 市政府办, contact: 12345, site_code: 5109000001, base_url: "https://example.org/p/"}}
"""
    found = load(tmp_path, text, data=tmp_path / "d", out=tmp_path / "o", jobs=4, as_of="2021-12-31", clean=True)
    assert (found.data, found.out) == ((tmp_path / "d").resolve(), (tmp_path / "o").resolve())
    assert (found.jobs, found.as_of, found.clean) == (4, "2021-12-31", True)
    assert found.overrides == (tmp_path.parent / "look").resolve()
    assert found.identity == settings.Identity(
        "甲市", "甲市", "市政府办", "12345", "5109000001", "https://example.org/p/"
    )


def test_a_theme_may_be_a_name(tmp_path: Path) -> None:
    assert load(tmp_path, GOOD + "theme: material\n").overrides == tmp_path.resolve() / "overrides"


def test_tags_of_the_engine_are_passed_over(tmp_path: Path) -> None:
    text = (
        GOOD
        + "copyright: !ENV [YEAR, 2021]\nslugify: !!python/name:os.system\nmade: !!python/object/apply:os.abort []\n"
    )
    assert load(tmp_path, text).identity.city == "甲市"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [", "配置文件 mkdocs.yml 读不懂:while parsing a flow node"),
        ("", "配置文件 mkdocs.yml 是空的或不是键值结构。"),
        ("- a", "配置文件 mkdocs.yml 是空的或不是键值结构。"),
        ("nav: []", "配置文件 mkdocs.yml 里缺少 extra.portal.city(城市名称)。"),
        ("nav: []\nextra: 甲市", "配置文件 mkdocs.yml 里缺少 extra.portal.city(城市名称)。"),
        ("nav: []\nextra: {portal: 甲市}", "配置文件 mkdocs.yml 里缺少 extra.portal.city(城市名称)。"),
        ("nav: []\nextra: {portal: {city: ''}}", "配置文件 mkdocs.yml 里缺少 extra.portal.city(城市名称)。"),
        *(
            (f"{nav}\nextra: {{portal: {{city: 甲市}}}}", "mkdocs.yml 的 nav 应当是“标题: 路径/index.md”的清单,")
            for nav in ("", "nav: a.md", "nav: [a.md]", "nav: [{首页: [a.md]}]", "nav: [{首页: a.md, 数据: b.md}]")
        ),
    ],
)  # fmt: skip
def test_configurations_that_cannot_be_used(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        load(tmp_path, text)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_no_configuration(tmp_path: Path) -> None:
    message = "找不到配置文件 absent.yml。请在项目文件夹里运行,或用 --config 指明。"
    with pytest.raises(UsageError) as caught:
        settings.load(tmp_path / "absent.yml")
    assert str(caught.value) == message


def test_a_folder_or_foreign_bytes_are_no_configuration(tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_bytes("城市: 甲".encode("gb18030"))
    with pytest.raises(UsageError, match=r"^配置文件 mkdocs.yml 读不懂:"):
        settings.load(tmp_path / "mkdocs.yml")
    (tmp_path / "folder.yml").mkdir()
    with pytest.raises(UsageError, match=r"^配置文件 folder.yml 打不开"):
        settings.load(tmp_path / "folder.yml")


@pytest.mark.parametrize(
    "as_of", ["2021-12", "2021/12/31", "", "2021-13-01", "2021-02-29", "２０２１-12-31", "2021-12-31 "]
)
def test_dates_that_are_none(tmp_path: Path, as_of: str) -> None:
    with pytest.raises(UsageError) as caught:
        load(tmp_path, GOOD, as_of=as_of)
    assert str(caught.value) == f"--as-of 应写成 2021-12-31 这样的日期,现在是“{as_of}”。"


@pytest.mark.parametrize("jobs", [0, -1])
def test_jobs(tmp_path: Path, jobs: int) -> None:
    with pytest.raises(UsageError) as caught:
        load(tmp_path, GOOD, jobs=jobs)
    assert str(caught.value) == f"--jobs 应是 1 或更大的整数,现在是 {jobs}。"


def test_settings_are_frozen(tmp_path: Path) -> None:
    with pytest.raises(AttributeError):
        load(tmp_path, GOOD).jobs = 2  # type: ignore[misc]


@pytest.mark.parametrize(
    ("key", "value", "word"),
    [
        ("base_url", "www.example.org", "完整地址"),
        ("base_url", 'https://a.example/"x', "完整地址"),
        ("site_code", "51090", "10 位数字"),
        ("report", "打 12345", "电子邮箱"),
    ],
)
def test_an_identity_that_pages_could_not_carry_is_refused(tmp_path: Path, key: str, value: str, word: str) -> None:
    config = tmp_path / "mkdocs.yml"
    text = json.dumps({"site_name": "甲", "nav": [], "extra": {"portal": {"city": "甲市", key: value}}})
    config.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=word):
        settings.load(config)
