"""What is not public is gone before anything else sees it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from generator import contract, privacy
from generator.model import Missing
from generator.tables import FILE, KEY, ROW
from tests import mess

AMOUNT = "id: paid, type: number, unit: 万元, scale: money"
PAID = (f"{AMOUNT}, public: true", AMOUNT)


def _loaded(tmp_path: Path, schema: str, *pairs: tuple[str, str]) -> contract.Contract:
    folder = mess.case_folder("bom", tmp_path)
    path = folder / "schemas" / schema
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    return contract.load(folder)


def test_private_columns_and_row_numbers_are_gone(tmp_path: Path) -> None:
    loaded = _loaded(
        tmp_path,
        "money.yaml",
        PAID,
    )
    tables = mess.run(loaded.folder).tables
    assert tables is not None
    money = tables.frame("money")
    assert not {"paid", "paid?", FILE, ROW} & set(money.columns)
    assert {"allocated", "allocated?", KEY} <= set(money.columns)
    assert "contact" not in tables.frame("projects").columns


def test_keys_do_not_tell_private_parts(tmp_path: Path) -> None:
    loaded = _loaded(tmp_path, "money.yaml", ("id: region, type: string, public: true", "id: region, type: string"))
    tables = mess.run(loaded.folder).tables
    assert tables is not None
    assert set(tables.frame("money")[KEY]) == {"2021/1/city/2021-11", "2021/1/city/2021-12", "2021/2/city/2021-12"}


def test_published_schema_drops_what_refers_to_private_fields(tmp_path: Path) -> None:
    loaded = _loaded(
        tmp_path, "money.yaml",
        ("id: region, type: string, public: true", "id: region, type: string"),
        PAID,
        ("id: project, type: integer, public: true", "id: project, type: integer"),
        ("title: 资金", "title: 资金\nsuppress: [{fields: [资金拨付(万元)], below: 5}]"),
    )  # fmt: skip
    table = loaded.table("money")
    assert table is not None
    shown = privacy.published(table, loaded)
    text = str(shown)
    assert not any(word in text for word in ("区划代码", "资金拨付", "项目编号", "suppress"))
    assert shown["primaryKey"] == ["年度", "资金层级", "截至月份"]
    assert [k["fields"] for k in shown["foreignKeys"]] == [["来源"]]
    assert "refersTo" not in shown
    assert shown["cumulative"] == {"by": "截至月份", "fields": ["年初预算安排数(万元)"]}


def test_references_to_private_columns_elsewhere_are_dropped(tmp_path: Path) -> None:
    loaded = _loaded(tmp_path, "sources.yaml", ("id: id, type: string, public: true", "id: id, type: string"))
    table = loaded.table("money")
    assert table is not None
    assert [k["fields"] for k in privacy.published(table, loaded)["foreignKeys"]] == [["区划代码"]]
    assert len(privacy.published(table)["foreignKeys"]) == 2


@pytest.mark.parametrize(
    ("values", "hidden"),
    [
        ({1: 10, 2: 20}, set()),
        ({1: 3, 2: 20, 3: 8}, {1, 3}),  # one small count takes the next smallest with it
        ({1: 3, 2: 4, 3: 8}, {1, 2}),
        ({1: 0, 2: 8}, set()),
        ({1: 3, 2: 8, 3: 8, 4: 9}, {1, 2, 3}),  # or all that are: which of two 8s went would tell
        ({1: 3, 2: 0, 3: 0}, {1, 2, 3}),  # all 3 who were asked: the total beside them would give it back
        ({1: 3, 2: 0, 3: 9}, {1, 3}),
        ({1: 1, 2: 1, 3: 9}, {1, 2, 3}),  # two of two people would be one each
        ({1: 4, 2: 4, 3: 9}, {1, 2, 3}),  # and two that are eight, each below five, four each
        ({1: 1, 2: 0, 3: 1, 4: 0}, {1, 2, 3, 4}),
        ({1: 1, 2: 1}, {1, 2}),
        ({1: 3}, {1}),  # alone in its group: nothing else can be hidden
        ({1: 5}, set()),
    ],
)
def test_small_counts(values: dict[int, int], hidden: set[int]) -> None:
    assert privacy._small(values, 5) == hidden


@pytest.mark.parametrize("below", [2, 3, 5])
@pytest.mark.parametrize("size", [2, 3])
def test_who_knows_the_total_and_the_rule_can_tell_no_small_count(below: int, size: int) -> None:
    """Every group of counts up to 16 that looks the same, with the same total: no hidden small count is always one."""
    alike: dict[tuple[tuple[int | None, ...], int], list[tuple[int, ...]]] = defaultdict(list)
    for counts in product(range(17), repeat=size):
        hidden = privacy._small(dict(enumerate(counts)), below)
        seen = tuple(None if at in hidden else count for at, count in enumerate(counts))
        assert hidden >= {at for at, count in enumerate(counts) if 0 < count < below}
        alike[seen, sum(counts)].append(counts)
    told = [
        groups
        for (seen, total), groups in alike.items()
        if total <= 16
        for at, shown in enumerate(seen)
        if shown is None and {group[at] for group in groups} in ({n} for n in range(1, below))
    ]
    assert told in ([], [[(1,) * size]] * size), "only ones alone: there is nothing more to hide"


def test_small_counts_are_hidden_in_each_group(tmp_path: Path) -> None:
    folder = mess.case_folder("bom", tmp_path)
    schema = folder / "schemas" / "rates.yaml"
    rule = "suppress: [{fields: [件数], below: 5, within: [日期]}]\n"
    schema.write_text(schema.read_text(encoding="utf-8") + rule, encoding="utf-8")
    rows = [("001", 3, "01"), ("002", 9, "01"), ("003", 7, "01"), ("004", 9, "02"), ("005", 7, "02")]
    text = "指标,完成率(%),件数,指数,日期,说明\n" + "".join(f"{i},,{n},,2021-12-{d},\n" for i, n, d in rows)
    (folder / "rates.csv").write_text(text, encoding="utf-8")
    tables = mess.run(folder).tables
    assert tables is not None
    rates = tables.frame("rates")
    counts: list[Any] = [None if v is pd.NA else v for v in rates["count"].tolist()]
    assert counts == [None, 9, None, 9, 7]
    assert rates["count?"].tolist() == [Missing.HIDDEN, None, Missing.HIDDEN, None, None]


def test_a_table_without_public_columns_publishes_none(tmp_path: Path) -> None:
    loaded = contract.load(mess.case_folder("bom", tmp_path))
    table = loaded.table("corrections")
    assert table is not None
    private = replace(table, columns=tuple(replace(c, public=False) for c in table.columns))
    assert privacy.published(private)["fields"] == []
