"""What can be downloaded is the data, described as it is; and what is not public is nowhere."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from decimal import Decimal
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
import yaml
from frictionless import Package

from tests.sites import Built, build, copy_sichuan, read, resolve, write
from tests.truth.common import WORDS, key

BOTH = pytest.mark.parametrize("name", ["shipped", "sichuan"])
NATURE = "数据性质"
AMOUNTS = ("安排(万元)", "下达(万元)", "拨付(万元)")
KNOWN = {
    "name", "id", "type", "public", "description", "constraints", "unit", "scale", "codes", "list", "wholePercent",
    "counts", "steps",
}  # fmt: skip


@pytest.fixture
def built(request: pytest.FixtureRequest, name: str) -> Built:
    found: Built = request.getfixturevalue(name)
    return found


def resources(built: Built) -> list[dict[str, Any]]:
    found = yaml.safe_load((built.data / "datapackage.yaml").read_text(encoding="utf-8"))["resources"]
    whole = [{**r, "schema": yaml.safe_load((built.data / r["schema"]).read_text(encoding="utf-8"))} for r in found]
    return [r for r in whole if any(f.get("public") for f in r["schema"]["fields"])]  # others are not published


def words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def plain(row: dict[str, str]) -> dict[str, str]:
    """A row without what may differ between two ways to write an amount."""
    return {k: (v.rstrip("0").rstrip(".") if k in AMOUNTS and "." in v else v) for k, v in row.items()}


# --- files --------------------------------------------------------------------------------------------------


@BOTH
def test_csv_files_are_the_data_and_its_nature(built: Built) -> None:
    kinds = {s["编号"]: s["类别"] for s in built.rows("sources")}
    for resource in resources(built):
        content = (built.site / "data" / resource["path"]).read_bytes()
        assert content.startswith(b"\xef\xbb\xbf")
        bare = re.sub(rb'"(?:[^"]|"")*"', b"", content)  # within a cell a line ends as Excel ends it
        assert bare.count(b"\n") == bare.count(b"\r\n")
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        found, right = list(reader), built.rows(resource["path"].removesuffix(".csv"))
        columns = [f["name"] for f in resource["schema"]["fields"]]
        sourced = "来源" in columns
        assert reader.fieldnames == columns + [NATURE] * sourced
        expected = [plain({**r, **({NATURE: kinds[r["来源"]]} if sourced else {})}) for r in right]
        key = itemgetter(*resource["schema"]["primaryKey"])
        assert sorted(map(plain, found), key=key) == sorted(expected, key=key), resource["path"]


@BOTH
def test_the_published_package_is_valid(built: Built) -> None:
    path = built.site / "data/datapackage.json"
    report = Package(str(path)).validate()
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "message"])[:10]
    published = {r["name"]: r for r in json.loads(path.read_bytes())["resources"]}
    assert published.keys() == {r["name"] for r in resources(built)}
    assert report.stats["tasks"] == len(published)
    for resource in resources(built):
        fields = published[resource["name"]]["schema"]["fields"]
        assert [f for f in fields if f["name"] != NATURE] == resource["schema"]["fields"]
        assert [f["name"] for f in fields][-1:] == [NATURE] or "来源" not in [f["name"] for f in fields]


@BOTH
def test_schemas_hold_only_what_is_known(built: Built) -> None:
    """YAML cuts an unquoted text in braces at a comma, and makes a key of its rest."""
    for resource in resources(built):
        for field in resource["schema"]["fields"]:
            assert field.keys() <= KNOWN, field
            assert None not in field.values(), field


@BOTH
def test_figure_files_say_what_they_hold(built: Built) -> None:
    index = json.loads((built.site / "data/figures/index.json").read_bytes())
    found = {p.relative_to(built.site / "data/figures").as_posix() for p in built.site.rglob("figures/2*/*.json")}
    assert {f["path"] for f in index["files"]} == found
    for entry in index["files"]:
        figures = json.loads((built.site / "data/figures" / entry["path"]).read_bytes())["figures"]
        assert len(figures) == entry["figures"]
        assert {tuple(f["id"].split("/")[:2]) for f in figures} == {(entry["subject"], str(entry["year"]))}


# --- pages of the catalogue ---------------------------------------------------------------------------------


@BOTH
def test_the_catalogue_lists_every_table(built: Built) -> None:
    tables: dict[str, list[dict[str, Any]]] = {}
    for resource in resources(built):
        tables.setdefault(resource["table"], []).append(resource)
    cards = {resolve("data/", c.find("a").get("href"))[0]: c for c in built.tree("data/").xpath("//ul/li[a and p]")}
    assert cards.keys() == {f"data/{table}/" for table in tables}
    kinds = {s["编号"]: s["类别"] for s in built.rows("sources")}
    for table, files in tables.items():
        schema, card = files[0]["schema"], cards[f"data/{table}/"]
        rows = [r for f in files for r in built.rows(f["path"].removesuffix(".csv"))]
        links = [resolve("data/", a.get("href"))[0] for a in card.iter("a")]
        stems = [f["path"].removesuffix(".csv") for f in files]
        assert links == [f"data/{table}/", *(f"data/{s}.{e}" for s in stems for e in ("csv", "xlsx", "json"))]
        assert words(card.find("a")) == schema["title"]
        assert schema["description"] in words(card)
        assert (f"{len(rows):,} 行" if rows else "还没有数据") in words(card)
        assert {words(s) for s in card.iter("span")} == {kinds[r["来源"]] for r in rows if "来源" in r}
        assert card.xpath("../preceding-sibling::h2[1]")[0].text == schema["group"]


@BOTH
def test_every_dictionary_is_the_schema(built: Built) -> None:
    types = {"string": "文字", "integer": "整数", "number": "数", "date": "日期", "yearmonth": "年月"}
    for resource in resources(built):
        schema = resource["schema"]
        lines = built.tree(f"data/{resource['table']}/").xpath("//table[caption='列的说明']/tbody/tr")
        assert len(lines) == len(schema["fields"])
        for line, field in zip(lines, schema["fields"], strict=True):
            head, description, kind, allowed, identifier = (words(c) for c in line)
            assert head == field["name"] + " 主键" * (field["name"] in schema["primaryKey"])
            assert (identifier, description) == (field["id"], field["description"])
            more = f"，{field['unit']}" if "unit" in field else "，可有几个" if field.get("list") else ""
            assert kind == types[field["type"]] + more
            constraints = field.get("constraints", {})
            assert ("必填" in allowed) == constraints.get("required", False)
            assert all(str(value) in allowed for value in constraints.get("enum", ()))
            assert "minimum" not in constraints or str(constraints["minimum"]) in allowed


@BOTH
def test_table_pages_say_what_they_are_of(built: Built) -> None:
    """Rows, licence, dates and due days; that every row is shown somewhere is held in ``test_rows.py``."""
    for resource in resources(built):
        tree, schema = built.tree(f"data/{resource['table']}/"), resource["schema"]
        files = [r["path"] for r in resources(built) if r["table"] == resource["table"]]
        rows = [row for path in files for row in built.rows(path.removesuffix(".csv"))]
        facts = {words(d.find("dt")): words(d.find("dd")) for d in tree.xpath("//dl/div")}
        assert facts["行数"] == f"{len(rows):,}"
        assert "CC-BY-4.0" in facts["许可"]
        assert ("报送" in facts) == ("due" in schema)
        assert "due" not in schema or f"次月 {schema['due']['day']} 日前" in facts["报送"]
        months = [r[c] for r in rows for c in ("截至月份", "月份", "截至") if r.get(c)]
        assert not months or max(months)[:7] in facts["截至"]


@BOTH
def test_rows_stand_as_in_the_files(built: Built) -> None:
    names = {r["代码"]: r["名称"] for r in built.rows("regions")}
    seen = 0
    for resource in resources(built):
        pages = [p for p in built.pages if p.startswith(f"data/{resource['table']}/")]
        shown = {r.get("data-row"): r for p in pages for r in built.tree(p).xpath("//tr[@data-row]")}
        for row in built.rows(resource["path"].removesuffix(".csv")):
            line = shown[key(resource["schema"], row)]
            for (column, text), cell in zip(row.items(), (words(c) for c in line), strict=False):
                if column.endswith(("(万元)", "(%)")) and text not in WORDS:
                    assert Decimal(cell.replace(",", "")) == Decimal(text.removesuffix("%"))
                else:
                    assert cell in (names.get(text, text), " ".join(text.split())), (resource["path"], column)
            seen += 1
    assert seen


# --- what is not public ------------------------------------------------------------------------------------

CANARIES = ("canary-7f3a", "91827364.55", "918273645500", "9182736455", "金丝雀")


def hide(root: Path) -> None:
    """Adds columns that are not public, with values that occur nowhere else, to three tables."""
    for table, name, column, values in (
        (
            "projects",
            "projects/2021",
            "{name: 内部联系人, id: contact, type: string, description: 金丝雀}",
            CANARIES[0],
        ),
        (
            "budget",
            "budget/2021",
            "{name: 内部估算(万元), id: guess, type: number, unit: 万元, scale: money}",
            CANARIES[1],
        ),
        ("sources", "sources", "{name: 内部说明, id: secret, type: string, public: false}", CANARIES[4]),
    ):
        schema = root / f"data/schemas/{table}.yaml"
        text = schema.read_text(encoding="utf-8")
        schema.write_text(text.replace("primaryKey:", f"  - {column}\nprimaryKey:", 1), encoding="utf-8")
        header = yaml.safe_load(column)["name"]
        write(root / f"data/{name}.csv", [{**r, header: values} for r in read(root / "data", name)])


@pytest.fixture(scope="module")
def private(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Sichuan case with private columns, built."""
    root = copy_sichuan(tmp_path_factory.mktemp("private") / "root")
    hide(root)
    build(root)
    return root


def unpacked(path: Path) -> bytes:
    """What a file says; of a workbook or an archive, what its parts say."""
    if path.suffix not in (".xlsx", ".zip"):
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return b"\0".join(archive.read(name) for name in archive.namelist())


def test_what_is_not_public_is_nowhere(private: Path) -> None:
    """Nowhere in the site, packed or not, nor in the working files but the check's own memory of the tables it read."""
    given = b"".join(p.read_bytes() for p in (private / "data").rglob("*.csv"))
    assert all(c.encode() in given for c in (CANARIES[0], CANARIES[1], CANARIES[4]))
    files = [p for folder in (private / "site", private / "build") for p in folder.rglob("*") if p.is_file()]
    assert len(files) > 100
    secret = [*CANARIES, "内部联系人", "内部估算", "内部说明"]
    found = {(p.relative_to(private).as_posix(), w) for p in files for w in secret if w.encode() in unpacked(p)}
    assert {path for path, _ in found if not path.startswith("build/cache/")} == set()
    assert len({path for path, _ in found}) <= 3, "besides the three tables as they were read"


def test_a_private_column_changes_nothing_that_is_published(private: Path, sichuan: Built) -> None:
    def files(site: Path) -> dict[str, bytes]:
        return {p.relative_to(site).as_posix(): p.read_bytes() for p in site.rglob("*") if p.is_file()}

    here, there = files(private / "site"), files(sichuan.site)
    assert {p for p in here.keys() | there.keys() if here.get(p) != there.get(p)} == set()
