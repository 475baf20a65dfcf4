"""The report as a file: a page without anything from elsewhere, and the clerk's tables with the cells marked."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest
from lxml import html
from openpyxl.utils.escape import unescape

from generator import cli, contract, report, report_file
from generator.model import Level, Problem
from generator.workbook import Book
from tests import mess
from tests.test_cli import MKDOCS, run

REFUSED = [case for case, (_, verdict) in mess.index().items() if verdict in ("refuse", "warn")]
COLOURS = {Level.ERROR: "FFF7D4CD", Level.WARNING: "FFF7E7C4"}


def project(tmp_path: Path, case: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, list[str | Path]]:
    monkeypatch.setattr(cli, "_subjects", lambda: mess.SUBJECTS)
    (tmp_path / "mkdocs.yml").write_text(MKDOCS, encoding="utf-8")
    data = mess.case_folder(case, tmp_path)
    return data, ["--config", tmp_path / "mkdocs.yml", "--data", data]


@pytest.mark.no_cover  # hundreds of checks take twice as long when measured
@pytest.mark.parametrize("case", REFUSED)
def test_every_cell_in_question_is_marked_and_says_why(case: str, tmp_path: Path) -> None:
    data = mess.case_folder(case, tmp_path)
    problems = mess.run(data).problems
    book = openpyxl.load_workbook(io.BytesIO(report_file.workbook(problems, mess.SUBJECTS, data)))
    listed = [unescape(row[6].value) for row in book[report_file.LIST].iter_rows(min_row=2)]
    assert sorted(listed) == sorted(p.message for p in problems)
    names = report_file._names(data)
    sheets = {name: book[name] for name in book.sheetnames[1:]}
    marked = 0
    for problem in problems:
        name = names.get(problem.file, problem.file.removesuffix(".csv"))
        page = sheets.get(name)
        if page is None or not problem.row or problem.level not in COLOURS:
            continue
        cell = page[f"{problem.letter or 'A'}{problem.row}"]
        assert cell.comment, problem
        said = unescape(cell.comment.text)
        assert problem.message in said
        assert (problem.suggestion or "") in said
        assert cell.fill.fgColor.rgb in COLOURS.values()
        marked += 1
    readable = [p for p in problems if p.row and p.level in COLOURS and p.rule not in UNREADABLE]
    assert marked == len(readable)


# The file cannot be read as a table, so that it cannot be given back as one.
UNREADABLE = {"nul", "quote", "encoding_mixed", "encoding_unknown", "full_width_comma", "workbook"}


def test_the_tables_come_back_as_they_are(tmp_path: Path) -> None:
    data = mess.case_folder("amount-yi", tmp_path)
    (tmp_path / "x.xlsx").write_bytes(report_file.workbook(mess.run(data).problems, mess.SUBJECTS, data))
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    (name,) = book.sheetnames[1:]
    wanted = list(csv.reader(io.StringIO((data / "money/2021.csv").read_text(encoding="utf-8"), newline="")))
    assert [[c.value or "" for c in row] for row in book[name].iter_rows()] == wanted
    plain = [c for row in book[name].iter_rows(min_row=2) for c in row if not c.comment]
    assert {c.fill.fgColor.rgb for c in plain} == {"00000000"}
    assert {c.data_type for row in book[name].iter_rows() for c in row if c.value} == {"s"}


def test_a_sheet_has_a_name_that_excel_takes_and_keeps_the_year() -> None:
    book, long = Book("x"), "甲" * 40
    for wanted in ("甲/乙[丙]:丁 2021", f"{long} 2021", f"{long} 2021", "'甲' 2021", f"{long} 2022", long):
        book.sheet(report_file._unused(book, wanted), (), ())
    names = [sheet.get_name() for sheet in book.book.worksheets()]
    cut = long[:23]
    assert names == ["甲 乙 丙  丁 2021", f"{cut} 2021", f"{cut} 2021 2", "甲' 2021", f"{cut} 2022", long[:28]]
    book.book.close()


def test_the_file_with_an_error_comes_first_and_sheets_have_the_tables_names(tmp_path: Path) -> None:
    data = mess.case_folder("amount-yi", tmp_path)
    found = [
        Problem(Level.NOTE, "a", "提示在前", "", "aaa.csv", 2),
        Problem(Level.ERROR, "b", "错误在后", "", "money/2021.csv", 2),
    ]
    assert list(report.groups(found)) == ["money/2021.csv", "aaa.csv"]
    book = openpyxl.load_workbook(io.BytesIO(report_file.workbook(found, mess.SUBJECTS, data)))
    assert [row[6].value for row in book[report_file.LIST].iter_rows(min_row=2)] == ["错误在后", "提示在前"]
    title = next(r.table.title for r in contract.load(data).resources if r.path == "money/2021.csv")
    assert book.sheetnames[1:] == [f"{title} 2021"]


def test_the_page_says_all_and_nothing_of_a_cell_is_markup(tmp_path: Path) -> None:
    data = mess.case_folder("amount-yi", tmp_path)
    rows = (data / "money/2021.csv").read_text(encoding="utf-8").splitlines()
    bad = "<script>alert(1)</script>{{ 7*7 }}"
    (data / "money/2021.csv").write_text("\n".join([*rows, rows[1].replace("300", bad)]), encoding="utf-8")
    problems = mess.run(data).problems
    text = report_file.page(problems, mess.SUBJECTS).decode()
    tree = html.fromstring(text)
    lines = tree.xpath("//tbody/tr")
    assert len(lines) == len(problems)
    said = " ".join(tree.text_content().split())
    assert all(p.message in said and p.remedy in said for p in problems)
    assert bad in said
    assert not tree.xpath("//script | //link | //img | //@src | //a[not(starts-with(@href, '#'))]")
    gravest = [h2.getnext().find("span").text for h2 in tree.iter("h2")]
    assert gravest == sorted(gravest, key=[str(level) for level in Level].index)
    heads = tree.xpath("//h2/@id")
    assert [f"#{h}" for h in heads] == tree.xpath("//ul//a/@href") or len(heads) == 1


@pytest.mark.parametrize("ending", [".html", ".xlsx", ".HTML"])
def test_the_command_writes_it_beside_what_it_prints(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    _, common = project(tmp_path, "amount-yi", monkeypatch)
    file = tmp_path / "给 县里" / f"报告{ending}"
    for _ in range(2):  # the second gives way to none: it takes the first one's place
        status, out, err = run(capsys, "check", *common, "--report", file)
        assert (status, err) == (cli.PROBLEMS, f"报告在 {file}\n")
        assert "检查完成" in out
    assert [p.name for p in file.parent.iterdir()] == [file.name]
    assert file.read_bytes()[:2] == (b"PK" if ending == ".xlsx" else b"<!")
    status, out, _ = run(capsys, "check", *common, "--format", "json", "--report", file)
    assert out.startswith("{")


def test_another_ending_is_refused_before_anything_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, common = project(tmp_path, "amount-yi", monkeypatch)
    status, out, err = run(capsys, "check", *common, "--report", tmp_path / "报告.pdf")
    assert (status, out) == (cli.USAGE, "")
    assert ".html 或 .xlsx" in err


def test_a_place_that_cannot_be_written_is_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, common = project(tmp_path, "amount-yi", monkeypatch)
    (tmp_path / "报告.html").mkdir()
    status, _, err = run(capsys, "check", *common, "--report", tmp_path / "报告.html")
    assert status == cli.FAILED
    assert "写报告 报告.html" in err
    assert [p for p in tmp_path.iterdir() if p.name.endswith(".part")] == []


def test_no_number_of_a_person_comes_back(tmp_path: Path) -> None:
    data = mess.case_folder("amount-yi", tmp_path)
    file = data / "money/2021.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("s1", "13812345678", 1), encoding="utf-8")
    problems = mess.run(data).problems
    book = openpyxl.load_workbook(io.BytesIO(report_file.workbook(problems, mess.SUBJECTS, data)))
    cells = [c for page in book for row in page.iter_rows() for c in row]
    texts = [str(c.value) for c in cells] + [c.comment.text for c in cells if c.comment]
    assert not [t for t in texts if "13812345678" in t]
    assert [t for t in texts if t == "138******78"]
    assert "13812345678" not in report_file.page(problems, mess.SUBJECTS).decode()
