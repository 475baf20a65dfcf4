"""Rules on frames: each holds on good rows and speaks on bad ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator import check, contract, rules, titles
from generator.model import Level, Problem
from generator.tables import Draft
from tests import mess

HEAD = "年度,项目编号,区划代码,资金层级,截至月份,年初预算安排数(万元),资金拨付(万元),来源\n"


def _found(folder: Path, rule: rules.Rule) -> list[Problem]:
    """What one rule says of a data folder."""
    return [
        p for p in check.check(contract.load(folder), mess.holding(rule)).problems if p.rule not in ("mend", "alias")
    ]


def _money(tmp_path: Path, *rows: str) -> Path:
    folder = mess.case_folder("bom", tmp_path)
    (folder / "money" / "2021.csv").write_text(HEAD + "".join(f"{r},s1\n" for r in rows), encoding="utf-8")
    return folder


def _tenfold(draft: Draft) -> Iterator[Problem]:
    yield from rules.tenfold(draft, "money", ("allocated",))


def _series(region: str, *amounts: str) -> list[str]:
    return [f"2021,1,{region},市,2021-{i:02d},{a},0" for i, a in enumerate(amounts, 1)]


@pytest.mark.parametrize(
    ("amounts", "rows"),
    [
        (("1", "12", "150"), []),  # growth at the start of a year passes one neighbour, not both
        (("10", "12", "14", "150"), [5]),  # the newest value, after three that had settled
        (("100", "110", "120", "130", "1400"), [6]),
        (("100", "110", "120", "130", "1400", "1500"), [6]),  # a jump that stays does not excuse itself
        (("100", "110", "120", "130", "1400", "1500", "1600"), [6]),
        (("100", "110", "1200"), [4]),  # two that hardly grew had settled
        (("100", "110", "1200", "1300"), [4]),
        (("100", "200", "2000", "2100"), []),  # and two that doubled had not
        (("1", "12", "150", "1600"), [5]),
        (("1", "12", "15", "16", "18"), []),
        (("0", "0", "3", "40", "45"), []),
        (("100", "110", "", "", "1200"), [6]),
        (("10", "150"), []),
        (("10", "150", "160"), []),
        (("10", "20000"), [3]),  # a thousandfold step, wherever
        (("10", "", "15"), []),
        (("0", "100"), []),
        (("5", "6", "7", "8"), []),
    ],
)
def test_tenfold_in_time(amounts: tuple[str, ...], rows: list[int], tmp_path: Path) -> None:
    found = _found(_money(tmp_path, *_series("510903", *amounts)), _tenfold)
    assert [p.row for p in found if p.rule == "tenfold"] == rows
    assert {p.level for p in found if p.rule == "tenfold"} <= {Level.WARNING}


def test_tenfold_spike_between_two_months() -> None:
    months = ["2021-01", "2021-02", "2021-03"]
    assert [i for i, _ in rules._spikes([10, 200, 12], months)] == [1]
    assert [i for i, _ in rules._spikes([100, 2, 120], months)] == [1]
    assert [i for i, _ in rules._spikes([100, 300, 900], months)] == []
    assert [i for i, _ in rules._spikes([100, 110, 120, 2, 130], [*months, *months])] == [3]


def test_a_steady_amount_is_settled_from_its_first_month(tmp_path: Path) -> None:
    def steady(draft: Draft) -> Iterator[Problem]:
        yield from rules.tenfold(draft, "money", ("allocated",), steady=("allocated",))

    for n, amounts in enumerate((("100", "1100"), ("100", "1000", "1100"))):
        found = _found(_money(tmp_path / str(n), *_series("510903", *amounts)), steady)
        assert [(p.rule, p.row) for p in found] == [("tenfold", 3)]
    assert not _found(_money(tmp_path / "calm", *_series("510903", "100", "999", "9000")), steady)


def test_tenfold_among_regions(tmp_path: Path) -> None:
    rows = [
        f"2021,1,{r},市,2021-12,{a},0"
        for r, a in zip(("510903", "510904", "510981", "000001"), (10, 40, 90, 90000), strict=True)
    ]
    assert [p.row for p in _found(_money(tmp_path, *rows), _tenfold) if p.rule == "tenfold"] == [5]
    calm = [row.replace("90000", "900") for row in rows]
    assert not _found(_money(tmp_path / "calm", *calm), _tenfold)


def test_chain(tmp_path: Path) -> None:
    def chain(draft: Draft) -> Iterator[Problem]:
        yield from rules.chain(draft, "money", ("allocated", "paid"))

    rows = ("2021,1,510903,市,2021-11,5,6", "2021,1,510904,市,2021-11,5,5", "2021,1,510981,市,2021-11,,5")
    found = _found(_money(tmp_path, *rows), chain)
    assert [(p.row, p.column, p.letter, p.value, p.level) for p in found] == [
        (2, "资金拨付(万元)", "G", "6", Level.NOTE)
    ]
    assert "6万元" in found[0].message


def test_never_falls_within_its_series_only(tmp_path: Path) -> None:
    rows = [*_series("510903", "5", "", "4"), *_series("510904", "3", "3")]
    found = _found(_money(tmp_path, *rows), lambda draft: iter(()))
    assert [(p.rule, p.row, p.level) for p in found] == [("never_falls", 4, Level.ERROR)]


def test_sums_wait_while_rows_have_errors(tmp_path: Path) -> None:
    found = Counter(p.rule for p in mess.run(mess.case_folder("total-with-errors", tmp_path)).problems)
    assert found == {"reference": 1, "withheld": 1}


def test_rules_have_names_and_sentences() -> None:
    assert all(titles.TITLES.values())
    assert set(titles.TITLES) >= set(titles.NEEDS_ALL_ROWS)
    for rule in (*rules.GENERIC, rules.chain, rules.tenfold, rules.partition_of_levels, rules.partition_of_regions):
        assert str(rule.__doc__).split("\n", 1)[0].endswith(".")
