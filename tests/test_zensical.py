"""The synthetic tree comes out the same from both engines, and the comparison notices when it does not."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest

from tests import synthetic, zensical


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("sites")
    root = synthetic.tree(folder / "tree").parent
    zensical.build_mkdocs(root, folder / "mkdocs")
    zensical.build(root, folder / "zensical")
    return folder / "mkdocs", folder / "zensical"


def test_both_engines_agree(sites: tuple[Path, Path]) -> None:
    assert zensical.compare(*sites) == []


def test_what_is_compared_is_there(sites: tuple[Path, Path]) -> None:
    seen = zensical.see(sites[0], "budget/2021/p01/index.html")
    assert seen.figures == (("budget/2021/p01/allocated", "3214000000.00", "32.14 亿元"),)
    assert seen.rows == ("2021-12",)
    assert seen.current == ("民生资金",)
    assert {"/index.html", "/budget/index.html", "/data/all.csv", "/method/index.html#大小"} <= set(seen.links)


@pytest.mark.parametrize(
    ("found", "changed", "named"),
    [
        ('value="3214000000.00"', 'value="3215000000.00"', "figures"),
        ('data-row="2021-12"', 'data-row="2021-11"', "rows"),
        ('href="../../../method/', 'href="../../method/', "links"),
        ("各月累计", "各月合计", "text"),
        ("<title>", "<title>另", "title"),
        ('aria-current="true"', "", "current"),
    ],
)
def test_a_difference_is_named(sites: tuple[Path, Path], tmp_path: Path, found: str, changed: str, named: str) -> None:
    for site, edit in ((tmp_path / "a", False), (tmp_path / "b", True)):
        page = site / "budget/2021/p01/index.html"
        page.parent.mkdir(parents=True)
        html = (sites[0] / "budget/2021/p01/index.html").read_text(encoding="utf-8")
        assert found in html
        page.write_text(html.replace(found, changed) if edit else html, encoding="utf-8")
    problems = zensical.compare(tmp_path / "a", tmp_path / "b")
    assert f"budget/2021/p01/index.html: {named} differ" in problems[0]


def test_a_page_that_only_one_made_is_named(sites: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x/index.html").write_bytes((sites[0] / "index.html").read_bytes())
    assert "only Zensical made it" in zensical.compare(tmp_path / "x", sites[1])[0]
    assert "only MkDocs made it" in zensical.compare(sites[0], tmp_path / "x")[0]


def test_absence_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", absent)
    with pytest.raises(zensical.EngineError, match="not installed"):
        zensical.build(tmp_path, tmp_path / "out")


def test_the_sichuan_configuration_agrees_too(tmp_path: Path) -> None:
    case = synthetic.ROOT / "tests/cases/sichuan-2021/mkdocs.yml"
    root = synthetic.tree(tmp_path / "tree", records=1, config=case).parent
    zensical.build_mkdocs(root, tmp_path / "mkdocs")
    zensical.build(root, tmp_path / "zensical")
    assert zensical.compare(tmp_path / "mkdocs", tmp_path / "zensical") == []
