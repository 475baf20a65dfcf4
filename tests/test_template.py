"""Workbooks to be filled in: what they offer comes from the contract, and what they hold comes back without a mend."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from generator import cli, contract, pipeline, settings, sheet, template
from generator.contract import Contract, Resource, Table
from generator.subjects import SUBJECTS
from generator.tables import Tables
from tests import mess
from tests.sites import CASE, ROOT
from tests.test_cli import run

HOMES = {"shipped": ROOT / "mkdocs.yml", "sichuan": ROOT / CASE / "mkdocs.yml"}
ALL = [(home, t.id) for home, file in HOMES.items() for t in contract.load(file.parent / "data").tables()]
EACH = pytest.mark.parametrize(("home", "table_id"), ALL)


# What is said of a file as text, and has nothing to do with how its cells were filled in.
OF_FILES = {"line_ends", "quoted_newline"}


@pytest.fixture(scope="module")
def cities() -> dict[str, Tables]:
    found = {}
    for home, file in HOMES.items():
        tables = pipeline.checked(settings.load(file), SUBJECTS, None, lambda text: None).tables
        assert tables is not None
        found[home] = tables
    return found


def opened(table: Table, tables: Tables | None) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(template.workbook(table, tables, 2030)))


def whole(tables: Tables) -> Contract:
    """The contract with the tables that are not public: they are filled in as well."""
    return contract.load(tables.contract.folder)


def table_of(tables: Tables, table_id: str) -> Table:
    found = whole(tables).table(table_id)
    assert found
    return found


def as_csv(page: Worksheet) -> bytes:
    """A sheet as a spreadsheet program saves it: what is seen in each cell."""

    def seen(cell: Any) -> str:
        if cell.value is None:
            return ""
        if cell.number_format == "yyyy-mm-dd":
            return str(cell.value)[:10]
        return str(cell.value)

    out = io.StringIO(newline="")
    csv.writer(out).writerows([[seen(c) for c in row] for row in page.iter_rows()])
    return out.getvalue().encode()


def newest(tables: Tables, table_id: str) -> Resource:
    files = whole(tables).of(table_id)
    with_rows = [r for r in files if r.year is None or tables.rows(table_id, r.year)]
    return max(with_rows or files, key=lambda r: r.year or 0)


@EACH
def test_headers_are_the_contracts_and_the_example_needs_no_mend(
    cities: dict[str, Tables], home: str, table_id: str
) -> None:
    tables = cities[home]
    table, resource = table_of(tables, table_id), newest(tables, table_id)
    page = opened(table, tables).worksheets[0]
    assert [c.value for c in page[1]] == [c.name for c in table.columns]
    assert page.freeze_panes == "A2"
    found = sheet.parse(as_csv(page), resource)
    assert len(found.rows) == 1
    if not tables.rows(table_id):
        return
    assert [p for p in found.problems if p.rule not in OF_FILES] == []
    own = sheet.parse((tables.contract.folder / resource.path).read_bytes(), resource)
    keys = [[s.texts[c] for c in table.ids(table.key)] for s in (own, found)]
    at = list(zip(*keys[0], strict=True)).index(tuple(k[0] for k in keys[1]))
    for column in table.columns:
        before, after = own.texts[column.id][at], found.texts[column.id][0]
        assert before == after or (column.measured and float(before) == float(after)), column.name


@EACH
def test_an_example_that_is_made_up_keeps_the_contract(cities: dict[str, Tables], home: str, table_id: str) -> None:
    """Of the first year of a city that has nothing yet: only what names rows of other tables can be wrong."""
    table = table_of(cities[home], table_id)
    page = opened(table, None).worksheets[0]
    resource = replace(whole(cities[home]).of(table_id)[0], year=2030)
    found = sheet.parse(as_csv(page), resource)
    allowed = {*OF_FILES, "pattern"}  # a code of its own kind is not known from its pattern
    assert [p.message for p in found.problems if p.rule not in allowed] == []


@EACH
def test_each_column_says_what_it_is_and_offers_what_it_may_be(
    cities: dict[str, Tables], home: str, table_id: str
) -> None:
    tables = cities[home]
    table = table_of(tables, table_id)
    book = opened(table, tables)
    rules = list(offers(book))
    assert len(rules) == len(table.columns)
    choices = template.columns_of(table, tables)
    for column, (last, prompt, offered) in zip(table.columns, rules, strict=True):
        assert last == template.LAST_ROW + 1
        assert prompt.startswith(column.description[:100])
        assert (column.unit or "") in prompt
        wanted = [value for value, _ in choices.get(column.id, [])]
        assert offered == ([] if column.many else wanted), column.name
        if enum := column.constraint("enum"):
            assert column.many or offered == list(enum)
    assert {c.value for c in book["数据字典"]["A"][1:]} == {c.name for c in table.columns}
    named = {r.fields[0] for r in table.references if len(r.fields) == 1 and r.table != table.id}
    assert {table.column(n).id for n in named if tables.rows(references(table)[n])} <= set(choices)


def test_what_may_not_be_reported_is_not_offered_and_hints_do_not_contradict(cities: dict[str, Tables]) -> None:
    tables = cities["shipped"]
    wholes = {r["code"] for r in tables.rows("regions") if r["reports"] == "否"}
    assert len(wholes) == 1
    for table in whole(tables).tables():
        for column, (_, prompt, offered) in zip(table.columns, offers(opened(table, tables)), strict=True):
            if references(table).get(column.name) == "regions" and column.name in table.key:
                assert offered
                assert not wholes & set(offered)
            assert not ("留空" in column.description and "必填" in prompt), (table.title, prompt)
            assert not ("填不涉及" in column.description and "没有的留空" in prompt), (table.title, prompt)
            assert prompt.count("写成 2021-12") <= 1


@EACH
def test_an_example_that_is_made_up_is_known_again(cities: dict[str, Tables], home: str, table_id: str) -> None:
    """With the lists of a city or without them; and a city's own rows are none."""
    table = table_of(cities[home], table_id)
    for tables in (None, cities[home]):
        choices = template.columns_of(table, tables)
        made = [template._made(c, choices.get(c.id), 2030) for c in table.columns]
        texts = {c.id: text for c, text in zip(table.columns, made, strict=True)}
        assert template.untouched(table, texts) is any(t.startswith("示例") for t in made)
        for column in table.columns:
            if column.type == "number":
                assert template.untouched(table, texts | {column.id: "100.00"}) is not None
                assert template.untouched(table, texts | {column.id: "101"}) is None
    resource = newest(cities[home], table_id)
    own = sheet.parse((cities[home].contract.folder / resource.path).read_bytes(), resource)
    for position in range(len(own.rows)):
        assert template.untouched(table, {c: texts[position] for c, texts in own.texts.items()}) is None


def references(table: Table) -> dict[str, str]:
    return {r.fields[0]: r.table for r in table.references}


def offers(book: openpyxl.Workbook) -> Iterator[tuple[int, str, list[str]]]:
    """For each column of the first sheet: the last row of its rule, its hint, and what its list offers."""
    page = book.worksheets[0]
    rules = {str(d.sqref).split(":")[0].rstrip("2"): d for d in page.data_validations.dataValidation}
    for cell in page[1]:
        rule = rules[cell.column_letter]
        formula = rule.formula1 or ""
        if rule.type != "list":
            offered = []
        elif formula.startswith('"'):
            offered = formula.strip('"').split(",")
        else:
            name, cells = formula.lstrip("=").split("!")
            offered = [str(c[0].value) for c in book[name.strip("'")][cells.replace("$", "")]]
        yield int(str(rule.sqref).rsplit(cell.column_letter, 1)[1]), str(rule.prompt), offered


@EACH
def test_words_stay_words_wherever_a_row_is_added(cities: dict[str, Tables], home: str, table_id: str) -> None:
    """A code keeps its zeros and a month stays a month, in rows that have nothing yet as well."""
    table = table_of(cities[home], table_id)
    page = opened(table, cities[home]).worksheets[0]
    forms = {n: d.number_format for d in page.column_dimensions.values() for n in range(d.min, d.max + 1)}
    for index, column in enumerate(table.columns, 1):
        form = forms[index]
        if column.type in ("string", "yearmonth"):
            assert form == "@", column.name
        else:
            assert "," not in form, column.name
            assert form != "@", column.name


def test_columns_that_are_not_public_can_be_filled_in_and_nothing_of_them_is_shown(tmp_path: Path) -> None:
    folder = mess.case_folder("alias", tmp_path)
    found = contract.load(folder)
    tables = mess.run(folder).tables
    table = found.table("projects")
    assert tables
    assert table
    private = [c.name for c in table.columns if not c.public]
    page = opened(table, tables).worksheets[0]
    cells = {head.value: cell.value for head, cell in zip(page[1], page[2], strict=True)}
    assert private
    assert [cells[name] for name in private] == [None] * len(private)


# --- the command ------------------------------------------------------------------------------------------------------


def names(folder: Path) -> set[str]:
    return {p.name for p in folder.iterdir()}


def test_the_command_makes_what_is_asked_for_and_leaves_what_is_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config, to = ROOT / "mkdocs.yml", tmp_path / "要 填的"
    status, out, err = run(capsys, "template", "民生资金", "units", "--config", config, "--to", to)
    assert (status, err) == (0, "")
    assert names(to) == {"民生资金.xlsx", "责任单位.xlsx"}
    (to / "民生资金.xlsx").write_bytes(b"filled in")
    status, out, err = run(capsys, "template", "--all", "--config", config, "--to", to)
    assert (status, err) == (0, "")
    assert "已有这个文件,没有动" in out
    assert (to / "民生资金.xlsx").read_bytes() == b"filled in"
    found: Contract = contract.load(ROOT / "data")
    assert names(to) == {f"{t.title}.xlsx" for t in found.tables()}


@pytest.mark.parametrize(("arguments", "said"), [((), "请写明哪张表"), (("民生资",), "没有“民生资”这张表")])
def test_a_table_that_is_not_there_is_answered_with_those_that_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    to = tmp_path / "x"
    status, _, err = run(capsys, "template", *arguments, "--config", ROOT / "mkdocs.yml", "--to", to)
    assert status == cli.USAGE
    assert said in err
    assert "民生资金" in err
    assert not to.exists()


def test_with_faulty_data_the_workbooks_come_without_its_lists(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "_subjects", lambda: mess.SUBJECTS)
    (tmp_path / "mkdocs.yml").write_text("site_name: 甲\nnav: []\nextra: {portal: {city: 甲市}}\n", encoding="utf-8")
    data = mess.case_folder("column-missing", tmp_path)
    arguments = ("--config", tmp_path / "mkdocs.yml", "--data", data, "--to", tmp_path / "to")
    status, out, _ = run(capsys, "template", "--all", *arguments)
    assert status == 0
    assert "数据有错误" in out
    assert len(names(tmp_path / "to")) == len(contract.load(data).tables())
