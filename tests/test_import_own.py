"""What the program itself has written comes back in: its own downloads and workbooks to be filled in.

LibreOffice plays the office: it fills nothing in, but saves what it opens in its own way, as .xlsx, .xls, .ods and CSV.
"""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from generator import contract, pipeline, settings, template
from generator.contract import Column, Resource
from generator.intake import canonical, take, told
from generator.intake.take import Intake, Options
from generator.sheet import parse
from generator.store import Work
from generator.subjects import SUBJECTS
from tests.sites import ROOT, Built

CITIES = {"suining": ROOT / "data", "sichuan": ROOT / "tests/cases/sichuan-2021/data"}
OFFICE = shutil.which("soffice") or "soffice"
OF_FILES = {"encoding", "line_ends", "quoted_newline", "workbook"}  # said of a file, not of what was filled in


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Work:
    return Work(tmp_path_factory.mktemp("work"))


def resources() -> list[tuple[str, str]]:
    return [(city, r.path) for city, folder in CITIES.items() for r in contract.load(folder).resources]


def taken(city: str, work: Work, *files: tuple[str, bytes]) -> Intake:
    return take.read(contract.load(CITIES[city]), SUBJECTS, files, Options(), work)


def nothing_new(intake: Intake, rows: int) -> None:
    """All rows were read, as what is there, without a question or a mend."""
    assert not intake.refused, told.text(intake)
    assert intake.questions == []
    assert intake.writes == {}
    assert sum(m.unchanged for m in intake.merged) == rows


def resource(city: str, path: str) -> Resource:
    return next(r for r in contract.load(CITIES[city]).resources if r.path == path)


def length(city: str, path: str) -> int:
    return len(parse((CITIES[city] / path).read_bytes(), resource(city, path)).rows)


@pytest.mark.parametrize(("city", "path"), resources())
def test_our_own_downloads_change_nothing(city: str, path: str, work: Work, shipped: Built, sichuan: Built) -> None:
    site = {"suining": shipped, "sichuan": sichuan}[city].site
    if not any(c.public for c in resource(city, path).table.columns):
        assert not (site / resource(city, path).csv).exists()
        return
    for kind in ("csv", "xlsx"):
        file = site / resource(city, path).file(kind)
        if length(city, path):
            intake = taken(city, work, (file.name, file.read_bytes()))
            nothing_new(intake, length(city, path))
            assert [m.missing for m in intake.merged] == [[]]


@pytest.mark.parametrize(("city", "path"), resources())
def test_the_tables_that_ship_are_as_the_import_writes_them(city: str, path: str) -> None:
    found = resource(city, path)
    sheet = parse((CITIES[city] / path).read_bytes(), found)
    rows = [{c: texts[i] for c, texts in sheet.texts.items()} for i in range(len(sheet.rows))]
    content, _ = canonical.content(found.table, rows)
    assert content == (CITIES[city] / path).read_bytes()


# --- LibreOffice ------------------------------------------------------------------------------------------------------

MOST = 12  # rows of a table that the office fills in
KINDS = {
    "xlsx": "xlsx:Calc MS Excel 2007 XML",
    "xls": "xls:MS Excel 97",
    "ods": "ods:calc8",
    "csv": "csv:Text - txt - csv (StarCalc):44,34,76,1",
    "gbk": "csv:Text - txt - csv (StarCalc):44,34,85,1",
}


def convert(files: Sequence[Path], kind: str, to: Path, profile: Path) -> dict[str, bytes]:
    """These files, saved by LibreOffice as another kind, by the name of each without its ending."""
    command = [
        OFFICE, "--headless", "--norestore", f"-env:UserInstallation={profile.as_uri()}", "--convert-to", KINDS[kind],
        "--outdir", str(to), *map(str, files),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return {file.stem: file.read_bytes() for file in to.iterdir()}


def typed(column: Column, text: str) -> Any:
    """What a spreadsheet program makes of a text that is typed into a cell of this column."""
    if column.type == "date" and text:
        return dt.date.fromisoformat(text)
    return float(text) if column.measured and text[:1].isdigit() and not text.endswith("%") else text or None


def fill(path: Path, found: Resource) -> int:
    """Types rows of a file into its table's workbook, from the example's row on; gives how many."""
    sheet = parse((CITIES["suining"] / found.path).read_bytes(), found)
    book = openpyxl.load_workbook(path)
    count = min(MOST, len(sheet.rows))
    for position in range(count):
        for index, column in enumerate(found.table.columns, 1):
            cell = book.worksheets[0].cell(position + 2, index)
            cell.value = typed(column, sheet.texts[column.id][position])
            cell.number_format = "yyyy-mm-dd" if column.type == "date" else cell.number_format
    book.save(path)
    return count


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, int]]:
    """Path in the shipped city's data -> the table's workbook with its rows typed in, and how many."""
    folder = tmp_path_factory.mktemp("filled")
    tables = pipeline.checked(settings.load(ROOT / "mkdocs.yml"), SUBJECTS, None, lambda text: None).tables
    assert tables
    made = {}
    for found in contract.load(ROOT / "data").resources:
        path = folder / f"{found.table.title} {found.year or ''}.xlsx"
        path.write_bytes(template.workbook(found.table, tables, 2030))
        if rows := fill(path, found):
            made[found.path] = path, rows
    return made


@pytest.mark.parametrize("kind", KINDS)
def test_our_workbooks_come_back_from_an_office_without_a_mend(
    kind: str, filled: dict[str, tuple[Path, int]], work: Work, tmp_path: Path
) -> None:
    names = [path for path, _ in filled.values()]
    assert {r.table.id for r in contract.load(CITIES["suining"]).resources} == {
        resource("suining", p).table.id for p in filled
    }
    saved = convert(names, kind, tmp_path / "saved", tmp_path / "profile")
    for path, (file, rows) in filled.items():
        content = saved[file.stem]
        assert content != file.read_bytes()
        intake = taken("suining", work, (f"{file.stem}.{kind}", content))
        nothing_new(intake, rows)
        assert {p.rule for s in intake.sent for p in s.all()} <= OF_FILES, (path, told.text(intake))
        assert [x.text for s in intake.sent for part in s.parts for x in part.left] == []
    if kind == "gbk":
        with pytest.raises(UnicodeDecodeError):
            b"".join(saved.values()).decode("utf-8")


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_what_an_office_hides_is_said_of_each_kind_of_workbook(kind: str, work: Work, tmp_path: Path) -> None:
    path = tmp_path / "藏.xlsx"
    book = openpyxl.Workbook()
    rows = [line.split(",") for line in (CITIES["suining"] / "budget/2021.csv").read_text(encoding="utf-8").split()[:5]]
    for row in rows:
        book.worksheets[0].append(row)
    book.worksheets[0].row_dimensions[3].hidden = True
    book.worksheets[0].row_dimensions[4].hidden = True
    book.worksheets[0].column_dimensions["F"].hidden = True
    book.save(path)
    saved = convert([path], kind, tmp_path / "saved", tmp_path / "profile")["藏"]
    intake = taken("suining", work, (f"藏.{kind}", saved))
    assert not intake.refused
    assert [p.message for s in intake.sent for p in s.all() if p.rule == "hidden"] == [
        "第 3、4 行是隐藏的(或者被筛选掉了),里面的数也导入了。",
        f"{rows[0][5]}(F 列)是隐藏的(或者被筛选掉了),里面的数也导入了。",
    ]
