"""The contract: what it says of columns, tables and files, and each way in which it contradicts itself."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator import contract
from generator.contract import Reference
from generator.errors import UsageError
from tests import toy

ROOT = Path(__file__).parents[1]
SHIPPED = [p.parent for p in sorted(ROOT.glob("**/datapackage.yaml")) if "build" not in p.parts]


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_shipped_contracts_load(folder: Path) -> None:
    found = contract.load(folder)
    assert found.tables()
    for table in found.tables():
        assert table.key, table.id
        assert len({c.id for c in table.columns}) == len(table.columns) == len({c.name for c in table.columns})
        assert all(c.description for c in table.columns), table.id
        for column in table.columns:
            coded, allowed = dict(column.codes), column.constraint("enum")
            assert not coded or set(coded) == set(allowed), (table.id, column.name)
            assert all(code.isascii() for code in coded.values())


def test_shipped_contract_says_what_the_measures_need() -> None:
    found = contract.load(ROOT / "data")
    budget = found.table("budget")
    assert budget is not None
    assert budget.ids(budget.key) == ("year", "project", "region", "level", "month")
    assert [c.id for c in budget.columns if c.scale == "money"] == ["allocated", "issued", "paid"]
    assert (budget.cumulative_by, budget.cumulative) == ("截至月份", ("安排(万元)", "下达(万元)", "拨付(万元)"))
    assert dict(budget.column("资金层级").codes)["未分"] == "none"


def test_tables_columns_and_files(tmp_path: Path) -> None:
    found = toy.toy_contract(tmp_path, years=(2020, 2021))
    assert (found.title, found.licence, found.folder) == ("玩具数据", "CC0-1.0", tmp_path)
    assert [t.id for t in found.tables()] == ["sources", "places", "control_totals", "toys"]
    assert [r.label for r in found.resources] == ["sources", "places", "control_totals", "toys:2020", "toys:2021"]
    assert [r.path for r in found.of("toys")] == ["toys/2020.csv", "toys/2021.csv"]
    assert found.table("absent") is None
    assert found.of("absent") == ()
    toys = found.table("toys")
    assert toys is not None
    assert toys.references == (
        Reference(("来源",), "sources", ("编号",)),
        Reference(("地方",), "places", ("代码",)),
    )
    assert toys.missing == ("", "未报送", "不涉及", "待定")
    assert (toys.lookup, toys.cumulative_by, toys.cumulative) == ((), None, ())
    level, tags, phone, year = (toys.column(n) for n in ("层级", "标签", "电话", "年度"))
    assert level.codes == (("市", "city"), ("县", "county"))
    assert level.constraint("enum") == ("市", "县")
    assert level.constraint("minimum") is None
    assert (tags.many, tags.public, phone.public, year.measured, level.measured) == (True, True, False, True, False)
    with pytest.raises(KeyError):
        toys.column("没有")


def test_refers_to_and_what_is_left_out(tmp_path: Path) -> None:
    schemas = {
        "a": {"fields": [{"name": "甲", "id": "a"}, {"name": "乙", "id": "b"}],
              "refersTo": [{"fields": ["甲", "乙"], "table": "b", "to": ["丙", "丁"]}]},
        "b": {"fields": [{"name": "丙", "id": "c"}, {"name": "丁", "id": "d"}]},
    }  # fmt: skip
    found = contract.load(toy.write_contract(tmp_path, schemas=schemas))
    a = found.table("a")
    assert a is not None
    assert a.references == (Reference(("甲", "乙"), "b", ("丙", "丁")),)
    assert (a.title, a.description, a.key, a.missing) == ("a", "", (), ("",))
    assert (a.columns[0].type, a.columns[0].public, a.columns[0].description) == ("string", False, "")


def changed(tmp_path: Path, change: Callable[[dict[str, Any]], Any]) -> Path:
    schemas = copy.deepcopy(toy.SCHEMAS)
    change(schemas["toys"])
    return toy.write_contract(tmp_path, schemas=schemas)


SAYS = "schemas/toys.yaml 提到了没有定义的列:"
CHANGES: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "no name": (lambda s: s["fields"][0].pop("name"), "schemas/toys.yaml 里有一列没有 name(表头)或 id。"),
    "no id": (lambda s: s["fields"][0].update(id=""), "schemas/toys.yaml 里有一列没有 name(表头)或 id。"),
    "odd type": (
        lambda s: s["fields"][0].update(type="boolean"),
        "schemas/toys.yaml 的“年度”列类型是 boolean,只支持 date、integer、number、string、yearmonth。",
    ),
    "no columns": (lambda s: s.clear() or s.update(title="空"), f"{SAYS}(没有任何列)。"),
    "key": (lambda s: s.update(primaryKey=["年度", "号"]), f"{SAYS}号。"),
    "lookup": (lambda s: s.update(lookup=["名"]), f"{SAYS}名。"),
    "cumulative": (lambda s: s.update(cumulative={"by": "月份", "fields": ["钱", "币"]}), f"{SAYS}钱、币。"),
    "cumulative by": (lambda s: s.update(cumulative={"by": "日", "fields": ["安排"]}), f"{SAYS}日。"),
    "foreign key": (
        lambda s: s["foreignKeys"].append({"fields": ["源"], "reference": {"resource": "sources", "fields": ["编号"]}}),
        f"{SAYS}源。",
    ),
    "refers to": (lambda s: s.update(refersTo=[{"fields": ["号"], "table": "toys", "to": ["编号"]}]), f"{SAYS}号。"),
    "target column": (
        lambda s: s.update(refersTo=[{"fields": ["编号"], "table": "places", "to": ["代号"]}]),
        "toys 引用了 places 里没有的列:代号。",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_schemas_that_contradict_themselves(tmp_path: Path, name: str) -> None:
    change, message = CHANGES[name]
    with pytest.raises(UsageError) as caught:
        contract.load(changed(tmp_path, change))
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("datapackage.yaml", None, "找不到数据契约文件 datapackage.yaml。"),
        ("datapackage.yaml", b"\xff\xfe\x00", "数据契约文件 datapackage.yaml 读不懂:"),
        ("datapackage.yaml", b"a: [", "数据契约文件 datapackage.yaml 读不懂:while parsing a flow node"),
        ("datapackage.yaml", b"- a", "数据契约文件 datapackage.yaml 应当是键值结构。"),
        ("datapackage.yaml", b"", "数据契约文件 datapackage.yaml 应当是键值结构。"),
        ("datapackage.yaml", b"resources: [{name: a}]", "datapackage.yaml 里有一个资源缺少 name、path 或 schema。"),
        ("datapackage.yaml", b"resources: [a]", "datapackage.yaml 里有一个资源缺少 name、path 或 schema。"),
        ("schemas/toys.yaml", None, "找不到数据契约文件 schemas/toys.yaml。"),
        ("schemas/toys.yaml", b"a: b: c", "数据契约文件 schemas/toys.yaml 读不懂:"),
        ("schemas/toys.yaml", b"1", "数据契约文件 schemas/toys.yaml 应当是键值结构。"),
    ],
)
def test_files_that_cannot_be_used(tmp_path: Path, file: str, content: bytes | None, message: str) -> None:
    folder = toy.write_contract(tmp_path)
    (folder / file).unlink()
    if content is not None:
        (folder / file).write_bytes(content)
    with pytest.raises(UsageError) as caught:
        contract.load(folder)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_a_byte_order_mark_is_no_matter(tmp_path: Path) -> None:
    folder = toy.write_contract(tmp_path)
    for file in (folder / "datapackage.yaml", folder / "schemas/toys.yaml"):
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert contract.load(folder).table("toys")


def test_a_package_may_be_nearly_empty(tmp_path: Path) -> None:
    (tmp_path / "datapackage.yaml").write_text("name: nothing", encoding="utf-8")
    found = contract.load(tmp_path)
    assert (found.title, found.licence, found.resources) == ("nothing", "", ())


def test_fingerprint_changes_with_any_byte(tmp_path: Path) -> None:
    folder = toy.write_contract(tmp_path)
    first = contract.load(folder).fingerprint
    seen = {first}
    files = sorted(p for p in folder.rglob("*.yaml"))
    assert len(files) == 5
    for file in files:
        before = file.read_bytes()
        file.write_bytes(before + b"#\n")
        seen.add(contract.load(folder).fingerprint)
        file.write_bytes(before)
    assert len(seen) == 6
    assert contract.load(folder).fingerprint == first


def test_fingerprint_does_not_depend_on_the_place(tmp_path: Path) -> None:
    one, two = (toy.toy_contract(tmp_path / name) for name in ("a", "b"))
    assert one.fingerprint == two.fingerprint


def test_a_second_schema_for_one_table_counts_too(tmp_path: Path) -> None:
    """Files of one table share its schema; naming another for one of them is a contradiction."""
    folder = toy.write_contract(tmp_path, years=(2020, 2021))
    package = yaml.safe_load((folder / "datapackage.yaml").read_text(encoding="utf-8"))
    package["resources"][-1]["schema"] = "schemas/places.yaml"
    (folder / "datapackage.yaml").write_text(yaml.safe_dump(package, allow_unicode=True), encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        contract.load(folder)
    assert (
        str(caught.value) == "datapackage.yaml 里的 toys 有两个不同的 schema:schemas/toys.yaml、schemas/places.yaml。"
    )
