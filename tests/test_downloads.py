"""Files beside the pages: CSV as Excel needs it, exact figures as JSON, a valid data package, a sitemap."""

from __future__ import annotations

import copy
import csv
import io
import json
import zipfile
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from frictionless import Package, system
from hypothesis import given
from hypothesis import strategies as st

from generator import contract, dcat, downloads, extract, plan
from generator.contract import Resource
from generator.model import Asset, Missing
from generator.origins import Rows
from generator.subject import Site
from generator.view import as_json
from tests import toy

NS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def assets(site: Site) -> dict[str, Asset]:
    rows = Rows(site.tables)
    pages = plan.pages(site, [toy.TOY], rows)
    found = [*downloads.assets(site, rows), *downloads.sitemap(site, pages)]
    assert len({a.path for a in found}) == len(found)
    return {a.path: a for a in found}


def table(site: Site, path: str = "data/toys/2021.csv") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(assets(site)[path].content.decode("utf-8-sig"))))


def one(tmp_path: Path, **cells: Any) -> dict[str, str]:
    """The CSV of a single row."""
    row = {**toy.toy(1, "01", "市", "2021-12", 100_000_000, 1), **cells}
    (found,) = table(toy.site(tmp_path, {"toys": (row,)}))
    return found


def test_files(tmp_path: Path) -> None:
    files = ("data/sources", "data/places", "data/control_totals", "data/toys/2021")
    assert list(assets(toy.site(tmp_path))) == [
        *(f"{file}.{extension}" for file in files for extension in ("csv", "xlsx", "json")), "data/datapackage.json",
        "data/all.zip", "data/figures/2021/toy.json", "data/figures/index.json",
    ]  # fmt: skip


def test_csv_opens_right_in_excel(tmp_path: Path) -> None:
    content = assets(toy.site(tmp_path))["data/toys/2021.csv"].content
    assert content.startswith(b"\xef\xbb\xbf")
    lines = content.decode("utf-8-sig").split("\r\n")
    assert (len(lines), lines[-1]) == (6, "")
    assert "\n" not in "".join(lines)
    assert lines[0] == "年度,编号,地方,层级,月份,安排,拨付,件数,完成率,标签,说明,来源,数据性质"
    assert lines[1] == "2021,1,01,市,2021-11,100,30,3,未报送,,,gov,官方"
    assert lines[2] == "2021,1,01,市,2021-12,100,123.456789,4,未报送,,,gov,官方"
    assert lines[3] == "2021,1,02,县,2021-12,50,待定,1,未报送,,,gov,官方"
    assert lines[4] == "2021,2,01,市,2021-12,0.000001,0.000001,不涉及,未报送,,,paper,转载"


def test_private_columns_are_not_there(tmp_path: Path) -> None:
    """Nor in what is packed: the parts of workbooks and of the archive are looked at one by one."""
    found = assets(toy.site(tmp_path, base_url="https://example.org"))
    assert dcat.PATH in found
    texts = [text for a in found.values() for text in unpacked(a.content)]
    assert len(texts) > len(found)
    assert not any(word.encode() in text for text in texts for word in ("电话", '"phone"', ">phone<"))
    assert any("安排".encode() in text and text.startswith(b"<?xml") for text in texts), "parts are read"


def unpacked(content: bytes) -> list[bytes]:
    """A file, or the parts of one that is an archive."""
    if not content.startswith(b"PK"):
        return [content]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [archive.read(name) for name in archive.namelist()]


def test_tables_without_sources_have_no_kind(tmp_path: Path) -> None:
    content = assets(toy.site(tmp_path))["data/places.csv"].content.decode("utf-8-sig")
    assert content == "代码,名称\r\n01,东区\r\n02,西区\r\n"


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("a=1", "a=1"), ("'=1", "'=1"), ("", ""), ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"), ("1-2", "1-2"),
        ('a,"b"\nc', 'a,"b"\nc'), (None, ""),
    ],
)  # fmt: skip
def test_formulas_are_made_harmless(tmp_path: Path, text: str | None, cell: str) -> None:
    assert one(tmp_path, note=text)["说明"] == cell


def test_formulas_in_lists_too(tmp_path: Path) -> None:
    assert one(tmp_path, tags=("=1", "乙"))["标签"] == "'=1、乙"


@pytest.mark.parametrize(
    ("fen", "cell"),
    [
        (321_400_000_000, "321400"), (-150_000_000, "-150"), (-1, "-0.000001"), (123_456_789, "123.456789"), (0, "0"),
        (10_000_000, "10"), (1_000_000, "1"), (100_000, "0.1"), (Missing.NOT_APPLICABLE, "不涉及"), (None, "未报送"),
    ],
)  # fmt: skip
def test_money_in_ten_thousands_and_negatives_untouched(tmp_path: Path, fen: Any, cell: str) -> None:
    assert one(tmp_path, planned=fen)["安排"] == cell


@given(st.integers(-(10**16), 10**16))
def test_money_is_exact(fen: int) -> None:
    text = extract.shifted(fen, 6)
    assert Decimal(text) * 1_000_000 == fen
    assert text == text.strip()
    assert "e" not in text.lower()


@pytest.mark.parametrize(
    ("share", "cell"),
    [
        (Fraction(1063161, 10**6), "106.3161"), (Fraction(985, 1000), "98.5"), (Fraction(1), "100"), (Fraction(0), "0"),
        (Fraction(123456789, 10**7), "1234.56789"), (Fraction(-1, 8), "-12.5"), (Fraction(10**5), "10000000"),
        (Fraction(1, 10**8), "0.000001"),
    ],
)  # fmt: skip
def test_percentages_are_exact(tmp_path: Path, share: Fraction, cell: str) -> None:
    assert one(tmp_path, share=share)["完成率"] == cell


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (Decimal("1E+3"), "1000"), (Decimal("0.0000001"), "0.0000001"), (Decimal("101.50"), "101.5"), (0, "0"),
        (10**20, "1" + "0" * 20),
    ],
)  # fmt: skip
def test_other_numbers_have_no_exponent(value: Any, cell: str) -> None:
    assert extract.decimals(value) == cell


# --- rows as JSON


def rows_json(site: Site, path: str = "data/toys/2021.json") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(assets(site)[path].content)
    return found


def test_rows_as_json(tmp_path: Path) -> None:
    site = toy.site(tmp_path)
    found = rows_json(site)
    assert {k: v for k, v in found.items() if k not in ("records", "columns")} == {
        "site": "甲市民生公开", "table": "toys", "title": "玩具", "year": 2021, "as_of": "2021-12-31",
        "licence": "CC0-1.0", "demonstration": False, "rows": 4,
    }  # fmt: skip
    assert {"id": "paid", "name": "拨付", "type": "number", "unit": "万元"} in found["columns"]
    table = site.tables.contract.table("toys")
    assert table is not None
    assert [c["id"] for c in found["columns"]] == [c.id for c in table.columns if c.public]
    assert found["records"][1] == {
        "@key": "2021/1/01/city/2021-12", "@kind": "官方", "@missing": {"share": "未报送"}, "year": 2021, "number": 1,
        "place": "01", "level": "市", "month": "2021-12", "planned": "100", "paid": "123.456789", "count": 4,
        "share": None, "tags": [], "note": None, "source": "gov",
    }  # fmt: skip
    assert found["records"][2]["@missing"] == {"paid": "待定", "share": "未报送"}
    assert (found["records"][3]["count"], found["records"][3]["paid"]) == (None, "0.000001")
    # A row a line, so that a changed row is a changed line.
    lines = assets(site)["data/toys/2021.json"].content.decode().splitlines()
    assert sum(line.startswith('{"@key"') for line in lines) == 4


def test_a_record_says_no_more_than_there_is(tmp_path: Path) -> None:
    found = rows_json(toy.site(tmp_path), "data/places.json")
    assert found["records"] == [
        {"@key": "01", "code": "01", "name": "东区"},
        {"@key": "02", "code": "02", "name": "西区"},
    ]
    assert (found["as_of"], found["year"]) == (None, None)


@pytest.mark.parametrize("text", ["=1+1", "@x", "<script>", "0012", 'a"b', "一\u2028二", "\x85"])
def test_json_holds_text_as_it_is(tmp_path: Path, text: str) -> None:
    row = {**toy.toy(1, "01", "市", "2021-12", 1, 1), "note": text, "tags": (text, "乙")}
    (found,) = rows_json(toy.site(tmp_path, {"toys": (row,)}))["records"]
    assert (found["note"], found["tags"]) == (text, [text, "乙"])


def test_an_empty_table_is_json_too(tmp_path: Path) -> None:
    found = rows_json(toy.site(tmp_path, {"toys": ()}))
    assert (found["records"], found["rows"], found["as_of"]) == ([], 0, None)


# --- figures


def test_figures_as_json(tmp_path: Path) -> None:
    site = toy.site(tmp_path)
    content = assets(site)["data/figures/2021/toy.json"].content.decode()
    found = json.loads(content)
    assert (found["site"], found["demonstration"], found["as_of"]) == ("甲市民生公开", False, "2021-12-31")
    assert found["figures"] == [json.loads(json.dumps(as_json(f))) for f in site.figures.values()]
    assert [f["id"] for f in found["figures"]] == sorted(site.figures)
    # A figure a line, so that a changed figure is a changed line.
    assert sum(line.startswith('{"as_of"') for line in content.splitlines()) == len(site.figures)
    assert content.endswith("}\n")
    by_id = {f["id"]: f for f in found["figures"]}
    assert by_id["toy/2021/all/planned"]["value"] == "1500000.00"
    assert by_id["toy/2021/p01/paid"]["value"] == "1234567.89"
    assert by_id["toy/2021/p01/paid"]["lacks"] == {"待定": 1}


def test_index_of_figures(tmp_path: Path) -> None:
    site = toy.site(tmp_path)
    assert json.loads(assets(site)["data/figures/index.json"].content) == {
        "site": "甲市民生公开",
        "files": [{"path": "2021/toy.json", "year": 2021, "subject": "toy", "figures": len(site.figures)}],
    }


def year(site: Site, label: str = "toys:2021") -> Resource:
    found = site.tables.contract.resource(label)
    assert found is not None
    return found


def test_a_workbook_says_whose_it_is(tmp_path: Path) -> None:
    site = toy.site(tmp_path, base_url="https://example.org/p/")
    assert downloads._about(site, extract.of(Rows(site.tables), year(site))) == [
        ("网站", "甲市民生公开"), ("网址", "https://example.org/p/data/toys/"), ("数据表", "玩具 2021 年"),
        ("说明", "每个玩具的钱。"), ("行数", "4"), ("截至", "2021-12-31"), ("许可", "CC0-1.0"),
        ("数据性质", "官方、转载"), ("缺的数", downloads.MEANINGS),
    ]  # fmt: skip
    plain = toy.site(tmp_path)
    names = [name for name, _ in downloads._about(plain, extract.of(Rows(plain.tables), year(plain, "places")))]
    assert names == ["网站", "数据表", "行数", "截至", "许可"]


def test_a_demonstration_says_so_everywhere(tmp_path: Path) -> None:
    rows = {**toy.ROWS, "toys": (*toy.ROWS["toys"], toy.toy(3, "02", "市", "2021-12", 1, 1, source="demo"))}
    site = toy.site(tmp_path, rows, base_url="https://example.org/p")
    found = assets(site)
    body = json.loads(found["data/figures/2021/toy.json"].content)
    assert body["demonstration"] is True
    assert {f["kind"] for f in body["figures"] if "/p03/" in f["id"] or f["id"].endswith("paid_sum")} == {"演示"}
    assert [r["数据性质"] for r in table(site)] == ["官方", "官方", "官方", "转载", "演示"]
    rows_found = rows_json(site)
    assert rows_found["demonstration"] is True
    assert [r["@kind"] for r in rows_found["records"]] == ["官方", "官方", "官方", "转载", "演示"]
    assert "演示" in json.loads(found["data/datapackage.json"].content)["description"]
    assert "演示站" in json.dumps(
        dict(downloads._about(site, extract.of(Rows(site.tables), year(site)))), ensure_ascii=False
    )
    assert "sitemap.xml" not in found


def test_an_empty_list_is_json_too() -> None:
    assert json.loads(downloads.listed({"a": 1}, "figures", [])) == {"a": 1, "figures": []}


# --- the data package


def validated(site: Site, folder: Path) -> list[str]:
    """Problems that Frictionless finds in the published package."""
    for path, asset in assets(site).items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(asset.content)
    with system.use_context(trusted=True):
        report = Package(str(folder / "data/datapackage.json")).validate()
    return [f"{e.type}: {e.message}" for task in report.tasks for e in task.errors] + [str(e) for e in report.errors]


def test_published_package_is_valid(tmp_path: Path) -> None:
    site = toy.site(tmp_path / "in")
    assert validated(site, tmp_path / "out") == []


def packed(site: Site, folder: Path) -> tuple[Path, list[str]]:
    """The archive as a file, and the problems that Frictionless finds in it."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "all.zip"
    file.write_bytes(assets(site)[dcat.ALL].content)
    report = Package(str(file)).validate()
    assert report.stats["tasks"] == len(site.tables.contract.resources)
    return file, [f"{e.type}: {e.message}" for task in report.tasks for e in task.errors] + [
        str(e) for e in report.errors
    ]


def test_the_archive_is_a_valid_package(tmp_path: Path) -> None:
    """By itself, in a folder where nothing else is; with its BOM and CRLF."""
    site = toy.site(tmp_path / "in")
    file, problems = packed(site, tmp_path / "out")
    assert problems == []
    found = assets(site)
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        assert names == sorted(["datapackage.json", *(r.path for r in site.tables.contract.resources)])
        assert all(archive.read(n) == found[f"data/{n}"].content for n in names)
        assert {i.date_time for i in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {i.create_system for i in archive.infolist()} == {3}
    toys = Package(str(file)).get_resource("toys-2021").read_rows()
    assert [row["年度"] for row in toys] == [2021] * 4
    assert toys[2]["拨付"] is None


def test_the_validator_would_notice_in_the_archive_too(tmp_path: Path) -> None:
    site = toy.site(tmp_path / "in", {"toys": (toy.toy(1, "09", "市", "2021-12", 1, 1),)})
    assert [e.split(":")[0] for e in packed(site, tmp_path / "out")[1]] == ["foreign-key"]


def test_the_validator_would_notice(tmp_path: Path) -> None:
    site = toy.site(tmp_path / "in", {"toys": (toy.toy(1, "09", "市", "2021-12", 1, 1),)})
    found = validated(site, tmp_path / "out")
    assert [e.split(":")[0] for e in found] == ["foreign-key"]


def test_package_describes_what_is_published(tmp_path: Path) -> None:
    package = json.loads(assets(toy.site(tmp_path))["data/datapackage.json"].content)
    assert (package["name"], package["title"], package["licenses"]) == ("toy", "玩具数据", [{"name": "CC0-1.0"}])
    found = {r["name"]: r for r in package["resources"]}
    toys = found["toys-2021"]
    assert (toys["path"], toys["encoding"], toys["title"]) == ("toys/2021.csv", "utf-8-sig", "玩具")
    names = [f["name"] for f in toys["schema"]["fields"]]
    assert names[-1] == "数据性质"
    assert "电话" not in names
    assert [f["name"] for f in found["places"]["schema"]["fields"]] == ["代码", "名称"]


def test_nothing_refers_to_private_columns_elsewhere(tmp_path: Path) -> None:
    schemas = copy.deepcopy(toy.SCHEMAS)
    schemas["places"]["fields"].append({**toy.column("内部代码", "inner"), "public": False})
    schemas["toys"]["foreignKeys"][1]["reference"]["fields"] = ["内部代码"]
    found = contract.load(toy.write_contract(tmp_path, schemas=schemas))
    site = plan.site_of(toy.tables(found, toy.ROWS), [toy.TOY], toy.IDENTITY, None)
    assert "内部代码" not in assets(site)["data/datapackage.json"].content.decode()


# --- the sitemap


def test_no_sitemap_without_an_address(tmp_path: Path) -> None:
    assert "sitemap.xml" not in assets(toy.site(tmp_path))


@pytest.mark.parametrize("base", ["https://example.org/p", "https://example.org/p/", "https://example.org/a&b/"])
def test_sitemap_is_dated_by_the_data(tmp_path: Path, base: str) -> None:
    site = toy.site(tmp_path, base_url=base)
    root = ElementTree.fromstring(assets(site)["sitemap.xml"].content)
    assert root.tag == f"{NS}urlset"
    pages = plan.pages(site, [toy.TOY], Rows(site.tables))
    found = {u.findtext(f"{NS}loc"): u.findtext(f"{NS}lastmod") for u in root}
    assert found == {f"{base.rstrip('/')}/{p.path}": p.as_of for p in pages if p.section != "embed/"}
    assert found[f"{base.rstrip('/')}/toy/2021/p01/origin/"] == "2021-12"


def test_the_same_tables_give_the_same_bytes(tmp_path: Path) -> None:
    one_site, two_site = toy.site(tmp_path / "a"), toy.site(tmp_path / "b")
    assert assets(one_site) == assets(two_site)
