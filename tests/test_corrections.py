"""Corrections: each leads to a cell, the data says what was corrected, and only that excuses a fall."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator import check, contract
from generator.model import Level, Problem
from tests import mess

HEAD = "编号,更正日期,数据表,行,列,原值,新值,原因,依据,来源\n"
ROW, PAID = "2021/1/510903/city/2021-12", "资金拨付(万元)"


def correction(
    row: str = ROW, column: str = PAID, new: str = "200.5", table: str = "money", date: str = "2022-01-05"
) -> tuple[str, ...]:
    return date, table, row, column, "250", new


def found(tmp_path: Path, *given: tuple[str, ...], fall: bool = False, money: str = "") -> list[Problem]:
    """What is said of corrections, and of falls, when these rows stand in table ``corrections``."""
    folder = mess.case_folder("bom", tmp_path)
    lines = [f"c{n},{','.join(cells)},核减,,s1\n" for n, cells in enumerate(given, 1)]
    (folder / "corrections.csv").write_text(HEAD + "".join(lines), encoding="utf-8")
    path = folder / "money/2021.csv"
    text = path.read_text(encoding="utf-8-sig") + money
    path.write_text(text.replace("300,100", "300,250") if fall else text, encoding="utf-8")
    said = check.check(contract.load(folder), ()).problems
    return [p for p in said if p.rule.startswith("correction") or p.rule in ("never_falls", "withheld")]


@pytest.mark.parametrize(
    ("given", "rule", "column", "suggestion"),
    [
        (correction(table="mony"), "correction", "数据表", "money"),
        (correction(table="资金"), "correction", "数据表", "money"),
        (correction(table="money/2021"), "correction", "数据表", "money"),
        (correction(table="没有的表"), "correction", "数据表", None),
        (correction(column="没有的列"), "correction", "列", None),
        (correction(column="资金拔付(万元)"), "correction", "列", PAID),
        (correction(column="paid"), "correction", "列", PAID),
        (correction("2021/1/510903/2021-12"), "correction", "行", None),
        (correction("2021"), "correction", "行", None),
        (correction("2021/1/510903/city/2021-02"), "correction_row", "行", "2021/1/510903/city/2021-12"),
        (correction("2021/1/船山曲/city/2021-12"), "correction_row", "行", "2021/1/510903/city/2021-12"),
        (correction("甲/乙/丙/丁/戊"), "correction_row", "行", None),
        (correction("2021/1/510903/county/2021-12"), "correction_row", "行", "2021/1/510903/city/2021-12"),
    ],
)
def test_what_a_correction_names_must_be_there(
    given: tuple[str, ...], rule: str, column: str, suggestion: str | None, tmp_path: Path
) -> None:
    (problem,) = found(tmp_path, given)
    assert (problem.level, problem.rule, problem.file, problem.row, problem.column, problem.suggestion) == (
        Level.ERROR, rule, "corrections.csv", 2, column, suggestion
    )  # fmt: skip
    assert problem.letter
    assert problem.value
    assert problem.allowed
    assert problem.remedy


@pytest.mark.parametrize(
    "given",
    [
        correction(),
        correction("/2021/1/510903/city/2021-12/"),
        correction("2021/1/510903/市/2021-12"),
        correction("2021/01/船山区/市/2021年12月"),
        correction("２０２１/1/船山/市/2021-12"),
        correction("2021/1/ 510903/city/2021-12"),
        correction(column="资金拨付（万元）"),
        correction(column="资金拨付 (万元)"),
        correction(new="200.50"),
        correction(new="２００.５"),
        correction("s1", "发布机构", "示例市统计局", "sources"),
        correction("2021/1", "名称", "公办幼儿园建设", "projects"),
        correction("002", "完成率(%)", "100%", "rates"),
        correction("002", "件数", "0", "rates"),
        correction("money/2021/all/allocated", "数值", "1000.00", "control_totals"),
    ],
)
def test_names_codes_brackets_and_widths_are_understood(given: tuple[str, ...], tmp_path: Path) -> None:
    assert found(tmp_path, given) == []


@pytest.mark.parametrize(
    ("given", "now"),
    [
        (correction(new="1"), "200.5万元"), (correction(new="200.51"), "200.5万元"),
        (correction(new="约200"), "200.5万元"),
        (correction(new="未报送"), "200.5万元"), (correction("s1", "发布机构", "统计局", "sources"), "示例市统计局"),
        (correction("001", "完成率(%)", "98", "rates"), "98.5%"), (correction("002", "说明", "一般", "rates"), "空的"),
    ],
)  # fmt: skip
def test_the_data_says_what_was_corrected(given: tuple[str, ...], now: str, tmp_path: Path) -> None:
    (problem,) = found(tmp_path, given)
    assert (problem.level, problem.rule, problem.column, problem.allowed) == (
        Level.WARNING, "correction_value", "新值", now
    )  # fmt: skip
    assert now in problem.message
    assert given[-1] in problem.message


def test_only_the_last_correction_of_a_cell_says_what_stands_there(tmp_path: Path) -> None:
    early, late = correction(new="1", date="2021-12-31"), correction()
    assert found(tmp_path / "a", early, late) == []
    assert found(tmp_path / "b", late, early) == []
    wrong = found(tmp_path / "c", correction(date="2021-12-31"), correction(new="1"))
    assert [(p.rule, p.row) for p in wrong] == [("correction_value", 3)]
    same_day = found(tmp_path / "d", correction(new="1"), correction("2021/1/船山/市/2021-12"))
    assert same_day == []


@pytest.mark.parametrize(
    ("given", "excused"),
    [
        ((), False),
        ((correction(),), True),
        ((correction("2021/1/船山区/市/2021-12", "资金拨付（万元）", "200.50"),), True),
        ((correction(new="1"),), False),
        ((correction(new="250"),), False),
        ((correction("2021/1/510903/city/2021-11"),), False),  # the month that was right
        ((correction(column="年初预算安排数(万元)", new="400"),), False),
        ((correction(), correction(new="1")), True),
        ((correction(column="没有的列"),), False),
    ],
)
def test_only_a_correction_to_this_value_excuses_a_fall(
    given: tuple[tuple[str, ...], ...], excused: bool, tmp_path: Path
) -> None:
    falls = [p for p in found(tmp_path, *given, fall=True) if p.rule == "never_falls"]
    assert [p.row for p in falls] == ([] if excused else [3])


def test_a_fall_points_at_the_correction_that_says_otherwise(tmp_path: Path) -> None:
    fall = next(p for p in found(tmp_path, correction(new="1"), fall=True) if p.rule == "never_falls")
    assert "更正表第 2 行写的新值是“1”" in fall.remedy


def test_rows_are_not_missed_while_some_are_left_out(tmp_path: Path) -> None:
    given = correction("2021/2/510904/city/2021-12", new="1")
    said = found(tmp_path, given, money="2021,2,510904,市,2021-12,约1,1,s1\n")
    assert [p.rule for p in said] == ["withheld"]
    assert said[0].message == "有错误的行没有参加查对更正,查对更正要等改好以后再做。"
