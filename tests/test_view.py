"""Figures as plain data: where they lead, how they are shown, what is published of them."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from generator import contract, view
from generator.model import Figure, Kind, Missing, Precision, RowRef
from tests.toy import SCHEMAS, figure, write_contract

T = "\u2009"
MINUS = "\u2212"
NOT, NA, LATER = Missing.NOT_REPORTED, Missing.NOT_APPLICABLE, Missing.PENDING


def some(id_: str, as_of: str | None, selected: bool = True) -> Figure:
    pattern = f"2021/*/{as_of[:7] if as_of else '-'}"
    rows = (RowRef(f"{id_.split('/')[0]}:2021", pattern if selected else "2021/1/01", "gov", 3),)
    return figure(id_, as_of=as_of, rows=rows)


def other(id_: str, as_of: str | None, *tables: str, month: str | None = None) -> Figure:
    """A figure of rows of other tables, of the month of its date or of another (``*``: the whole year)."""
    pattern = f"2021/*/{month or (as_of[:7] if as_of else '-')}"
    rows = tuple(RowRef(f"{t}:2021", pattern, "gov", 3) for t in tables or ("project_progress",))
    return figure(id_, as_of=as_of, rows=rows)


@pytest.mark.parametrize(
    ("found", "address"),
    [
        (some("budget/2021/all/paid_sum", "2021-12"), "budget/2021/all/origin/2021-12/#rows"),
        (some("budget/2021/all/paid_sum@2021-11", "2021-11"), "budget/2021/all/origin/2021-11/#rows"),
        (some("budget/2021/all/paid_sum", "2021-12-31"), "budget/2021/all/origin/2021-12/#rows"),
        (some("projects/2021/all/count_sum", None), "projects/2021/all/origin/undated/#rows"),
        (some("budget/2021/p07/paid", "2021-12"), "budget/2021/p07/origin/#2021-12"),
        (some("budget/2021/p07/paid@2021-01", "2021-01"), "budget/2021/p07/origin/#2021-01"),
        (some("budget/2021/p07/paid", None), "budget/2021/p07/origin/#undated"),
        (some("budget/2021/r510903/paid", "2021-12"), "budget/2021/r510903/origin/#2021-12"),
        (some("budget/2021/rlocal-hedong/paid", "2021-12"), "budget/2021/rlocal-hedong/origin/#2021-12"),
        (some("budget/2021/lcity/paid", "2021-12"), "budget/2021/lcity/origin/#2021-12"),
        (some("budget/2021/p07+r510903/paid", "2021-12"), "budget/2021/p07/origin/#r510903.2021-12"),
        (some("budget/2021/p07+r510903+lcity/paid", None), "budget/2021/p07/origin/#r510903.lcity.undated"),
        (some("projects/2021/p07+r510903/done", "2021-12", False), "projects/2021/p07/origin/#r510903.done"),
        (other("projects/2021/all/done_sum", None), "projects/2021/all/origin/undated/#project_progress"),
        (
            other("projects/2021/p07+r510903/done", "2021-12"),
            "projects/2021/p07/origin/#r510903.2021-12.project_progress",
        ),
        (
            other("projects/2021/all/listed", "2021-12", "projects", "project_progress"),
            "projects/2021/all/origin/2021-12/#project_progress.projects",
        ),
        (
            other("projects/2021/u1/reports_late", "2021-12", month="*"),
            "projects/2021/u1/origin/#2021-12.project_progress.year",
        ),
        (figure("budget/2021/all/paid"), "budget/2021/all/origin/#paid"),
        (figure("budget/2021/all/paid", as_of=None), "budget/2021/all/origin/#paid"),
        (figure("budget/2021/q20+r510900/paid", as_of=None), "budget/2021/q20/origin/#r510900.paid"),
    ],
)
def test_address(found: Figure, address: str) -> None:
    assert view.address(found) == address
    assert view.view(found)["href"] == view.as_json(found)["href"] == address


KEYS = ["年度", "编号", "地方", "层级", "月份"]
MONTHLY = {"cumulative": {"by": "月份", "fields": ["拨付"]}}


@pytest.mark.parametrize(
    ("more", "key", "page"),
    [
        ({}, "2021/7/01/city/2021-12", "data/toys/2021/"),
        (MONTHLY, "2021/7/01/city/2021-12", "data/toys/2021/2021-12/"),
        (MONTHLY, "2021/7/01/city/-", "data/toys/2021/undated/"),
        (MONTHLY | {"primaryKey": ["月份", *KEYS[:4]]}, "2021-12/2021/7/01/city", "data/toys/2021/2021-12/"),
        # The month is no part of the key, so an address cannot have it.
        (MONTHLY | {"primaryKey": KEYS[:4]}, "2021/7/01/city", "data/toys/2021/"),
        ({"cumulative": {"by": "层级", "fields": ["拨付"]}}, "2021/7/01/city/2021-12", "data/toys/2021/"),
    ],
)
def test_address_of_a_row(tmp_path: Path, more: dict[str, Any], key: str, page: str) -> None:
    schemas = {**SCHEMAS, "toys": SCHEMAS["toys"] | more}
    found = contract.load(write_contract(tmp_path, schemas=schemas)).resource("toys:2021")
    assert found is not None
    assert view.rows_page(found, key) == page
    assert view.row_address(found, key) == f"{page}#row-{key.replace('/', '.')}"


def test_address_of_a_row_whose_key_is_partly_private(tmp_path: Path) -> None:
    """A published key has its public parts only; the month is found among them, or is not there."""
    for private, key, page in (("编号", "2021/01/city/2021-12", "2021-12/"), ("月份", "2021/7/01/city", "")):
        fields = [f | {"public": f["name"] != private} for f in SCHEMAS["toys"]["fields"]]
        schemas = {**SCHEMAS, "toys": SCHEMAS["toys"] | MONTHLY | {"fields": fields}}
        found = contract.load(write_contract(tmp_path, schemas=schemas)).resource("toys:2021")
        assert found is not None
        assert view.rows_page(found, key) == f"data/toys/2021/{page}"


def test_a_table_of_one_file_has_its_rows_on_its_page(tmp_path: Path) -> None:
    found = contract.load(write_contract(tmp_path)).resource("sources")
    assert found is not None
    assert view.row_address(found, "gov") == "data/sources/#row-gov"


@pytest.mark.parametrize(
    ("value", "unit", "more", "shown"),
    [
        (321_400_000_000, "元", {}, ("3214000000.00", f"32.14{T}亿元", "321,400.00")),
        (448_320_000, "元", {}, ("4483200.00", f"448.32{T}万元", "448.32")),
        (1, "元", {}, ("0.01", f"0.00{T}万元", "0.00")),
        (-448_320_000, "元", {}, ("-4483200.00", f"{MINUS}448.32{T}万元", f"{MINUS}448.32")),
        (0, "元", {}, ("0.00", f"0.00{T}万元", "0.00")),
        (Fraction(3417, 3214), "%", {}, ("1.063161", f"106.32{T}%", "106.32")),
        (Fraction(25), "%", {}, ("25.000000", f"2,500.00{T}%", "2,500.00")),
        (Fraction(1, 8), "%", {"places": 0}, ("0.125000", f"13{T}%", "13")),
        (0, "%", {}, ("0.000000", f"0.00{T}%", "0.00")),
        (30, "件", {}, ("30", f"30{T}件", "30")),
        (1234, "条", {}, ("1234", f"1,234{T}条", "1,234")),
        (600, "条", {"precision": Precision.AT_LEAST}, ("600", "600 余条", "600")),
        (None, "元", {}, (None, "未报送", "未报送")),
        (None, "件", {}, (None, "未报送", "未报送")),
        (None, "%", {}, (None, "没有可比的数", "没有可比的数")),
        (None, "元", {"lacks": ((NA, 2),)}, (None, "不涉及", "不涉及")),
        (None, "%", {"lacks": ((NOT, 1), (LATER, 3))}, (None, "未报送、待定", "未报送、待定")),
    ],
)
def test_value_prose_and_cell(value: Any, unit: str, more: dict[str, Any], shown: tuple[str | None, str, str]) -> None:
    found = figure(value=value, unit=unit, **more)
    assert (view.value(found), view.prose(found), view.cell(found)) == shown


@pytest.mark.parametrize(
    ("lacks", "words", "gaps"),
    [
        ((), "", 0),
        (((NOT, 2),), "缺 2 项（未报送 2）", 2),
        (((NOT, 1), (LATER, 2)), "缺 3 项（未报送 1、待定 2）", 3),
        (((NA, 4),), "4 项不涉及", 0),
        (((NOT, 1), (NA, 4)), "缺 1 项（未报送 1），4 项不涉及", 1),
    ],
)
def test_lacking(lacks: tuple[tuple[Missing, int], ...], words: str, gaps: int) -> None:
    found = figure(lacks=lacks)
    assert (view.lacking(found), found.gaps, view.view(found)["gaps"]) == (words, gaps, gaps)


def test_view_is_plain_and_complete() -> None:
    found = figure("toy/2021/all/paid_rate", Fraction(1, 2), "%", label="资金 · 拨付率", base="安排", lacks=((NOT, 1),))
    shown = view.view(found)
    expected = {
        "id": "toy/2021/all/paid_rate", "label": "资金 · 拨付率", "value": "0.500000", "prose": f"50.00{T}%",
        "cell": "50.00", "unit": "%", "kind": "官方", "base": "安排", "date": "截至 2021-12-31",
        "href": "toy/2021/all/origin/#paid_rate",
        "lacks": "缺 1 项（未报送 1）", "gaps": 1, "formula": "照录", "absent": False, "short": "拨付率",
        "sources": ["gov"],
    }  # fmt: skip
    assert {k: shown[k] for k in expected} == expected
    assert json.loads(json.dumps(shown)) == shown
    assert all(type(v) in (str, int, bool, list, type(None)) for v in shown.values())


def test_an_undated_figure_says_so() -> None:
    found = figure(as_of=None, published="2021-05-12", value=None)
    assert view.view(found)["date"] == "截至时间未注明，2021-05-12 公布"
    assert view.view(found)["absent"] is True


def test_as_json_has_everything_needed_to_believe_it() -> None:
    found = figure(
        "budget/2021/p07/paid_rate", Fraction(3240, 3214), "%", base="安排", kind=Kind.DEMO,
        precision=Precision.ROUNDED, lacks=((NOT, 1), (NA, 2)),
        rows=(RowRef("budget:2021", "2021/7/*/*/2021-12", "a+b", 9, 3),),
    )  # fmt: skip
    assert view.as_json(found) == {
        "id": "budget/2021/p07/paid_rate",
        "label": "拨付",
        "value": "1.008090",
        "unit": "1",
        "as_of": "2021-12",
        "published": None,
        "precision": "rounded",
        "kind": "演示",
        "base": "安排",
        "formula": "照录",
        "lacks": {"未报送": 1, "不涉及": 2},
        "rows": [{"table": "budget:2021", "key": "2021/7/*/*/2021-12", "source": ["a", "b"], "rows": 9, "missing": 3}],
        "href": "budget/2021/p07/origin/#2021-12",
    }
    assert view.as_json(figure(value=None))["value"] is None
    assert view.as_json(figure())["unit"] == "元"


def test_parts_of_an_id() -> None:
    found = figure("budget/2021/p07+r510903/paid@2021-11")
    assert (found.subject, found.year, found.key) == ("budget", 2021, "p07+r510903")
