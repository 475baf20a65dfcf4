"""Words that are not to be written: in cells, in hand-written pages, and not where old words belong."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from generator import check, contract
from generator.model import Level, Problem
from generator.wording import Words
from tests import mess
from tests.sites import ROOT, Built

SCHEMA = ROOT / "data/schemas/terms.yaml"
LISTED = "  - {name: terms, table: terms, path: terms.csv, schema: schemas/terms.yaml}\n"
MOBILE = "138" + "0013" + "8000"


def words(*rows: tuple[str, str, str]) -> Words:
    return Words([{"word": w, "instead": i, "note": n} for w, i, n in rows])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("送到射洪县", ["“射洪县”应写作“射洪市”(2019 年撤县设市)"]),
        ("射洪县、射洪县", ["“射洪县”应写作“射洪市”(2019 年撤县设市)"]),
        ("城乡低保户和低保户", ["“低保户”应写作“城乡低保户”"]),
        ("城乡低保户", []),  # what is to be written holds the word
        ("某某词", ["“某某词”不该用"]),
        ("a.c", ["“a.c”应写作“abc”"]),
        ("abc", []),
        ("", []),
    ],
)
def test_a_word_is_found_and_what_to_write_is_said(text: str, found: list[str]) -> None:
    known = words(
        ("射洪县", "射洪市", "2019 年撤县设市"), ("低保户", "城乡低保户", ""), ("某某词", "", ""), ("a.c", "abc", "")
    )  # fmt: skip
    assert [why for _, why in known.find(text)] == found


def test_without_words_nothing_is_found() -> None:
    assert list(Words([]).find("射洪县")) == []


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """The toy city with two words, and a folder of hand-written pages."""
    folder = Path(shutil.copytree(mess.HOME / "contract", tmp_path / "data"))
    shutil.copy(SCHEMA, folder / "schemas")
    (folder / "terms.csv").write_text("词,改为,说明\n射洪县,射洪市,\n改造,提升,\n", encoding="utf-8")
    package = (folder / "datapackage.yaml").read_text(encoding="utf-8")
    (folder / "datapackage.yaml").write_text(package + LISTED, encoding="utf-8")
    (tmp_path / "docs").mkdir()
    return folder


def found(city: Path) -> list[Problem]:
    checked = check.check(contract.load(city), mess.SUBJECTS, prose=city.parent / "docs")
    return [p for p in checked.problems if p.rule in ("term", "personal")]


def test_cells_are_looked_through_but_not_names_and_titles(city: Path) -> None:
    problems = found(city)
    assert [(p.file, p.row, p.column, p.level) for p in problems] == [("projects/2021.csv", 3, "名称", Level.WARNING)]
    assert problems[0].message == "第 3 行 名称(C 列):“改造”应写作“提升”。"
    assert "射洪县" in (city / "regions.csv").read_text(encoding="utf-8")  # an alias, which has to stay


def test_hand_written_pages_are_looked_through(city: Path) -> None:
    page = city.parent / "docs/about.md"
    page.write_text(f"---\ntitle: 关于\n---\n\n射洪县的改造。\n\n电话 {MOBILE}。\n", encoding="utf-8")
    problems = [p for p in found(city) if p.file.startswith("docs/")]
    assert [(p.file, p.row, p.rule, p.level) for p in problems] == [
        ("docs/about.md", 5, "term", Level.WARNING),
        ("docs/about.md", 5, "term", Level.WARNING),
        ("docs/about.md", 7, "personal", Level.ERROR),
    ]
    assert all(MOBILE not in str(p.as_json()) for p in problems)
    page.write_bytes(b"\xff\xfe")
    assert [p for p in found(city) if p.file.startswith("docs/")] == []  # the build says that it cannot be read


def test_the_words_are_in_nothing_that_is_published(shipped: Built) -> None:
    rows = (ROOT / "data/terms.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert len(rows) >= 2
    assert not (shipped.site / "data/terms").exists()
    notes = [row.split(",")[2] for row in rows]
    texts = [f for f in shipped.site.rglob("*") if f.suffix in (".html", ".json", ".csv", ".xml", ".jsonld", ".yaml")]
    assert len(texts) > 500
    for file in texts:
        text = file.read_text(encoding="utf-8")
        assert "terms.csv" not in text, file
        assert not any(note in text for note in notes), file
