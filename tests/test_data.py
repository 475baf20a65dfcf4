"""The shipped data and the Sichuan case, read as plain CSV and YAML: nothing of the program is used here."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from frictionless import Package

from bench import demo

ROOT = Path(__file__).parent.parent
DATA = ROOT / "data"
CASE = ROOT / "tests" / "cases" / "sichuan-2021" / "data"
PACKAGES = pytest.mark.parametrize("folder", [DATA, CASE], ids=["shipped", "sichuan"])

AMOUNTS = ALLOCATED, ISSUED, PAID = ("安排(万元)", "下达(万元)", "拨付(万元)")
NOT_REPORTED, NOT_APPLICABLE, PENDING = "未报送", "不涉及", "待定"
WORDS = {NOT_REPORTED, NOT_APPLICABLE, PENDING}
MONTHS = [f"2021-{m:02d}" for m in range(1, 13)]
COMPLETE = [f"2021-{m:02d}" for m in (3, 4, 6, 7, 10, 11, 12)]
JUNE, DECEMBER = "2021-06", "2021-12"
CODES = {"中央": "central", "省": "province", "市": "city", "县": "county", "其他": "other", "未分": "none"}

Row = dict[str, str]
Place = tuple[str, str]  # project, region


def read(folder: Path, name: str) -> list[Row]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def schema(folder: Path, resource: dict[str, Any]) -> dict[str, Any]:
    return yaml.safe_load((folder / resource["schema"]).read_text(encoding="utf-8"))


def resources(folder: Path) -> list[dict[str, Any]]:
    return yaml.safe_load((folder / "datapackage.yaml").read_text(encoding="utf-8"))["resources"]


def number(text: str) -> Decimal | None:
    return None if text in WORDS else Decimal(text)


def total(rows: Iterable[Row], column: str) -> Decimal:
    return sum((number(r[column]) or Decimal(0) for r in rows), Decimal(0))


def groups(rows: Iterable[Row], *columns: str) -> dict[tuple[str, ...], list[Row]]:
    found: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        found[tuple(row[c] for c in columns)].append(row)
    return found


def enough(places: set[Place]) -> bool:
    """In at least three projects and two regions."""
    return len({p for p, _ in places}) >= 3 and len({r for _, r in places}) >= 2


def percent(part: Decimal, whole: Decimal) -> Decimal:
    return (part * 100 / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)


@pytest.fixture(scope="module")
def budget() -> list[Row]:
    return read(DATA, "budget/2021")


@pytest.fixture(scope="module")
def december(budget: list[Row]) -> dict[Place, tuple[Decimal, Decimal, Decimal]]:
    """The three amounts of each project in each region, in December."""
    newest = groups([r for r in budget if r["截至月份"] == DECEMBER], "项目编号", "区划代码")
    return {(p, r): tuple(total(rows, c) for c in AMOUNTS) for (p, r), rows in newest.items()}


# --- form -------------------------------------------------------------------------------------------------


@PACKAGES
def test_packages_are_valid(folder: Path) -> None:
    report = Package(str(folder / "datapackage.yaml")).validate()
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "message"])[:10]
    assert report.stats["tasks"] == len(resources(folder))


@PACKAGES
def test_files_have_the_form_that_spreadsheets_and_diffs_like(folder: Path) -> None:
    for resource in resources(folder):
        content = (folder / resource["path"]).read_bytes()
        assert not content.startswith(b"\xef\xbb\xbf")
        assert b"\r" not in content
        assert content.endswith(b"\n")
        header = content.decode("utf-8").split("\n", 1)[0]
        assert header.split(",") == [f["name"] for f in schema(folder, resource)["fields"]], resource["path"]


@PACKAGES
def test_rows_are_sorted_by_key(folder: Path) -> None:
    for resource in resources(folder):
        description = schema(folder, resource)
        types = {f["name"]: f["type"] for f in description["fields"]}
        rows = read(folder, resource["path"].removesuffix(".csv"))
        keys = [tuple(int(r[k]) if types[k] == "integer" else r[k] for k in description["primaryKey"]) for r in rows]
        assert keys == sorted(set(keys)), resource["path"]


def test_the_cases_schemas_are_the_shipped_ones() -> None:
    copies = sorted((CASE / "schemas").iterdir())
    assert {f"schemas/{c.name}" for c in copies} == {r["schema"] for r in resources(CASE)}
    for copy in copies:
        assert copy.read_bytes() == (DATA / "schemas" / copy.name).read_bytes(), copy.name


def test_the_demonstration_is_made_by_the_script() -> None:
    made = demo.make()
    for path, content in made.items():
        assert (DATA / path).read_bytes() == content, path
    kinds = {r["编号"]: r["类别"] for r in read(DATA, "sources")}
    for resource in resources(DATA):
        name = resource["path"].removesuffix(".csv")
        rows = [r for r in read(DATA, name) if "来源" in r] if name != "units" else []
        assert resource["path"] in made or not [r for r in rows if kinds[r["来源"]] == "演示"], name


# --- what was published -----------------------------------------------------------------------------------


def test_official_totals_are_as_printed() -> None:
    printed = {r["指标编号"]: (r["数值"], r["单位"], r["截至"]) for r in read(DATA, "control_totals")}
    assert printed["budget/2021/all/allocated"] == ("32.14", "亿元", "2021-12-31")
    assert printed["budget/2021/all/issued"] == ("34.17", "亿元", "2021-12-31")
    assert printed["budget/2021/all/paid"] == ("32.4", "亿元", "2021-12-31")
    assert printed["budget/2021/all/issued_rate"] == ("106.32", "%", "2021-12-31")
    assert printed["budget/2021/all/paid_rate"] == ("100.81", "%", "2021-12-31")
    assert printed["projects/2021/all/count"] == ("30", "件", "2021-12-31")


def test_official_totals_and_demonstration_do_not_mix() -> None:
    kinds = {r["编号"]: r["类别"] for r in read(DATA, "sources")}
    assert {kinds[r["来源"]] for r in read(DATA, "control_totals")} == {"官方"}
    for path in demo.make():
        assert {kinds[r["来源"]] for r in read(DATA, path.removesuffix(".csv"))} == {"演示"}, path
    assert {r["类别"] for r in read(CASE, "sources")} == {"官方"}


def test_suinings_line_is_the_same_in_both_places() -> None:
    printed = [r for r in read(DATA, "control_totals") if "q20" in r["指标编号"]]
    here = {r["指标编号"].replace("q20+", ""): r["数值"] for r in printed}
    row = next(r for r in read(CASE, "budget/2021") if r["区划代码"] == "510900")
    done = next(r for r in read(CASE, "project_progress/2021") if r["区划代码"] == "510900")
    prefix = "budget/2021/r510900"
    assert [here[f"{prefix}/{m}"] for m in ("allocated", "issued", "paid")] == [row[a] for a in AMOUNTS]
    assert [here[f"projects/2021/r510900/{m}"] for m in ("target", "done")] == [done["目标数"], done["完成数"]]
    there = {r["指标编号"]: r["数值"] for r in read(CASE, "control_totals")}
    for rate in ("issued_rate", "paid_rate"):
        assert here[f"{prefix}/{rate}"] == there[f"{prefix}/{rate}"]


def test_the_provinces_line_is_the_sum_of_its_cities() -> None:
    totals = {r["指标编号"]: Decimal(r["数值"]) for r in read(CASE, "control_totals")}
    money, progress = read(CASE, "budget/2021"), read(CASE, "project_progress/2021")
    assert len(money) == len(progress) == 21
    assert [total(money, a) for a in AMOUNTS] == [Decimal("9820.00"), Decimal("9732.30"), Decimal("3882.97")]
    assert [totals[f"budget/2021/all/{m}"] for m in ("allocated", "issued", "paid")] == [
        total(money, a) for a in AMOUNTS
    ]
    assert [total(progress, c) for c in ("目标数", "完成数")] == [89, 89]
    assert [totals[f"projects/2021/all/{m}"] for m in ("target", "done")] == [89, 89]
    cities = {r["区划代码"]: [Decimal(r[a]) for a in AMOUNTS] for r in money}
    for figure, code, part in (
        ("budget/2021/r510100/issued_rate", "510100", 1),
        ("budget/2021/r510900/issued_rate", "510900", 1),
        ("budget/2021/r510900/paid_rate", "510900", 2),
    ):
        assert percent(cities[code][part], cities[code][0]) == totals[figure]
    assert [totals[f] for f in sorted(totals) if f.endswith("_rate")] == [
        Decimal("117.01"), Decimal("93.67"), Decimal("57.48"),
    ]  # fmt: skip


def test_the_case_has_no_dates_that_its_document_lacks() -> None:
    assert {r["截至"] for r in read(CASE, "control_totals")} == {""}
    assert {r["公布日期"] for r in read(CASE, "control_totals")} == {"2021-05-12"}
    assert {(r["截至月份"], r["资金层级"]) for r in read(CASE, "budget/2021")} == {("", "未分")}


# --- demonstration rows: sums -----------------------------------------------------------------------------


def test_december_is_exactly_the_published_total(budget: list[Row]) -> None:
    newest = [r for r in budget if r["截至月份"] == DECEMBER]
    assert [total(newest, a) for a in AMOUNTS] == [Decimal("321400.00"), Decimal("341700.00"), Decimal("324000.00")]
    assert percent(Decimal(341700), Decimal(321400)) == Decimal("106.32")
    assert percent(Decimal(324000), Decimal(321400)) == Decimal("100.81")


def test_every_cell_has_twelve_months(budget: list[Row]) -> None:
    cells = groups(budget, "项目编号", "区划代码", "资金层级")
    assert {tuple(r["截至月份"] for r in rows) for rows in cells.values()} == {tuple(MONTHS)}
    assert {p for p, _, _ in cells} == {str(n) for n in range(1, 31)}
    assert 2500 <= len(budget) <= 3600


def test_some_months_are_complete_and_december_has_only_numbers(budget: list[Row]) -> None:
    gaps = groups([{**r, "gap": a} for r in budget for a in AMOUNTS if r[a] in (NOT_REPORTED, PENDING)], "截至月份")
    assert [m for m in MONTHS if (m,) not in gaps] == COMPLETE
    assert not [r for r in budget if r["截至月份"] == DECEMBER and WORDS & {r[a] for a in AMOUNTS}]


def test_amounts_have_two_decimals(budget: list[Row]) -> None:
    assert all(r[a] in WORDS or Decimal(r[a]).as_tuple().exponent == -2 for r in budget for a in AMOUNTS)


# --- demonstration rows: cases ----------------------------------------------------------------------------


def test_more_is_issued_than_allocated(december: dict[Place, tuple[Decimal, Decimal, Decimal]]) -> None:
    assert enough({place for place, (allocated, issued, _) in december.items() if issued > allocated})


def test_more_is_paid_than_issued_in_whole_projects(
    budget: list[Row], december: dict[Place, tuple[Decimal, Decimal, Decimal]]
) -> None:
    newest = groups([r for r in budget if r["截至月份"] == DECEMBER], "项目编号")
    over = {p for (p,), rows in newest.items() if total(rows, PAID) > total(rows, ISSUED)}
    assert enough({place for place, (_, issued, paid) in december.items() if place[0] in over and paid > issued})
    assert len({p for (p,), rows in newest.items() if total(rows, ISSUED) > total(rows, ALLOCATED)}) >= 3


def test_some_are_late(budget: list[Row], december: dict[Place, tuple[Decimal, Decimal, Decimal]]) -> None:
    june = groups([r for r in budget if r["截至月份"] == JUNE and r[PAID] != NOT_APPLICABLE], "项目编号", "区划代码")
    behind = {(p, r) for (p, r), rows in june.items() if total(rows, PAID) < total(rows, ALLOCATED) * Decimal("0.25")}
    assert enough(behind)
    assert enough({place for place in behind if december[place][2] < december[place][0] * Decimal("0.8")})


@pytest.mark.parametrize("word", sorted(WORDS))
def test_each_kind_of_missing_is_there(budget: list[Row], word: str) -> None:
    assert enough({(r["项目编号"], r["区划代码"]) for r in budget if word in {r[a] for a in AMOUNTS}})


def test_rewards_are_paid_after_the_work(budget: list[Row]) -> None:
    marked = {(r["项目编号"], r["区划代码"], r["资金层级"]) for r in budget if r[PAID] == NOT_APPLICABLE}
    for key, rows in groups(budget, "项目编号", "区划代码", "资金层级").items():
        if key in marked:
            assert [r[PAID] == NOT_APPLICABLE for r in rows] == [True] * 6 + [False] * 6


def test_projects_do_not_share_a_curve(budget: list[Row]) -> None:
    months = groups(budget, "项目编号", "截至月份")
    projects = sorted({p for p, _ in months})
    for column, least in ((ALLOCATED, "0.015"), (ISSUED, "0.04"), (PAID, "0.04")):
        curves = {
            p: [total(months[p, m], column) / total(months[p, DECEMBER], column) for m in COMPLETE] for p in projects
        }
        for one, other in combinations(projects, 2):
            apart = max(abs(a - b) for a, b in zip(curves[one], curves[other], strict=True))
            assert apart > Decimal(least), (column, one, other)


def series(budget: list[Row]) -> Iterable[tuple[str, list[tuple[Row, Decimal]]]]:
    """Each cell's known amounts in order of months, by column."""
    for rows in groups(budget, "项目编号", "区划代码", "资金层级").values():
        for column in AMOUNTS:
            yield column, [(r, n) for r in rows if (n := number(r[column])) is not None]


def test_only_corrections_fall_and_each_is_recorded(budget: list[Row]) -> None:
    falls = {}
    for column, known in series(budget):
        for (_, before), (row, after) in pairwise(known):
            if after < before:
                parts = (row["年度"], row["项目编号"], row["区划代码"], CODES[row["资金层级"]], row["截至月份"])
                falls["/".join(parts), column] = (f"{before}", f"{after}")
    corrections = read(DATA, "corrections")
    assert {(c["行"], c["列"]): (c["原值"], c["新值"]) for c in corrections} == falls
    assert len(corrections) == 3
    assert all(c["数据表"] == "budget" and c["更正日期"] > c["行"][-7:] for c in corrections)


def test_nothing_jumps_tenfold(budget: list[Row]) -> None:
    for column, known in series(budget):
        for (row, before), (_, after) in pairwise(known):
            assert before == 0 or after < before * 10, (column, row)


# --- demonstration rows: what was found, and what was said ------------------------------------------------


def test_every_problem_is_where_its_project_has_money_with_a_unit_of_the_project(budget: list[Row]) -> None:
    problems = read(DATA, "inspections/2021")
    projects = {p["编号"]: p for p in read(DATA, "projects/2021")}
    places = {(r["项目编号"], r["区划代码"]) for r in budget}
    for row in problems:
        project = projects[row["项目编号"]]
        assert (row["项目编号"], row["区划代码"]) in places, row
        assert row["责任单位"] in {project["牵头单位"], *project["配合单位"].split("、")}, row
    leads = [row for row in problems if row["责任单位"] == projects[row["项目编号"]]["牵头单位"]]
    assert len(leads) < len(problems) < len(leads) * 2


def test_thirty_four_were_found_and_mended_some_of_them_late() -> None:
    problems = read(DATA, "inspections/2021")
    assert len(problems) == 34
    assert {r["月份"] for r in problems} == set(MONTHS)
    assert {r["月份"] for r in problems if r["方式"] == "季核查"} == {"2021-03", "2021-06", "2021-09", "2021-12"}
    assert all(r["发现日期"] <= r["整改日期"] <= "2021-12-31" for r in problems)
    assert all(r["发现日期"][:7] == r["月份"] and r["发现日期"] < r["整改期限"] for r in problems)
    assert 5 <= sum(r["整改日期"] > r["整改期限"] for r in problems) <= 15
    took = [(date.fromisoformat(r["整改日期"]) - date.fromisoformat(r["发现日期"])).days for r in problems]
    assert (min(took), max(took)) == (2, 75)


def test_news_says_what_the_tables_say(budget: list[Row]) -> None:
    """The numbers of each text, worked out again from the rows of the month that it names."""
    progress, problems = read(DATA, "project_progress/2021"), read(DATA, "inspections/2021")
    seen = {"progress": 0, "money": 0, "problems": 0}
    for news in read(DATA, "updates/2021"):
        text = news["内容"]
        month = re.search(r"到 (\d+) 月底", text)
        then = f"2021-{int(month[1]):02d}" if month else ""
        assert not month or then < news["日期"][:7], news
        if month and news["项目编号"] != NOT_APPLICABLE:
            rows = [r for r in progress if (r["项目编号"], r["截至月份"]) == (news["项目编号"], then)]
            rows = [r for r in rows if news["区划代码"] in ("", r["区划代码"])]
            column = "现值" if rows[0]["完成数"] == NOT_APPLICABLE else "完成数"
            sums = {str(total(rows, column)), str(total(rows, "目标数"))}
            assert sums <= set(re.findall(r"\d+", text)), news
            seen["progress"] += 1
        if paid := re.search(r"合计拨付 ([\d.]+) 亿元", text):
            assert then in COMPLETE
            whole = total([r for r in budget if r["截至月份"] == then], PAID) / 10_000
            assert Decimal(paid[1]) == whole.quantize(Decimal("0.01"), ROUND_HALF_UP), news
            seen["money"] += 1
        if found := re.search(r"发现 (\d+) 个问题.*已经改好 (\d+) 个", text):
            last = {"04": "2021-03", "07": "2021-06", "10": "2021-09", "12": "2021-12"}[news["日期"][5:7]]
            known = [r for r in problems if r["月份"] <= last]
            mended = [r for r in known if r["整改日期"] <= news["日期"]]
            assert (int(found[1]), int(found[2])) == (len(known), len(mended)), news
            seen["problems"] += 1
    assert seen == {"progress": 18, "money": 3, "problems": 4}


def test_twenty_six_pieces_of_news_four_of_them_conferences() -> None:
    news = read(DATA, "updates/2021")
    assert len(news) == 26
    assert [n["日期"][5:7] for n in news if n["类型"] == "新闻发布会"] == ["04", "07", "10", "12"]
    assert [n["日期"] for n in news] == sorted({n["日期"] for n in news})
    assert all(2 <= len(n["内容"].split("\n\n")) <= 4 and n["内容"].endswith("（演示）") for n in news)


# --- demonstration rows: names ----------------------------------------------------------------------------


def test_demonstration_names_no_real_unit_or_place() -> None:
    kinds = {r["编号"]: r["类别"] for r in read(DATA, "sources")}
    for unit in read(DATA, "units"):
        demonstration = kinds[unit["来源"]] == "演示"
        assert unit["名称"].startswith("示例单位") == unit["编号"].startswith("udemo-") == demonstration, unit
    for path in demo.make():
        for row in read(DATA, path.removesuffix(".csv")):
            named = [u for c in ("牵头单位", "责任单位", "配合单位", "单位") for u in row.get(c, "").split("、") if u]
            assert all(u.startswith("示例单位") for u in named), (path, row)
    regions = read(DATA, "regions")
    names = {n for r in regions for n in (r["名称"], *r["别名"].split("、")) if n and r["代码"] != "local-shiben"}
    names |= {n[:2] for n in names} | {"四川", "局", "委员会"}
    texts = (
        "名称",
        "标题",
        "候选名称",
        "目标",
        "任务",
        "节点",
        "问题",
        "内容",
        "原因",
        "终止原因",
        "单位说明",
        "整改情况",
    )
    rows = [r for path in demo.make() for r in read(DATA, path.removesuffix(".csv"))]
    assert not [(r[c], n) for r in rows for c in texts if c in r for n in names if n in r[c]]


def test_thirty_projects_of_several_categories() -> None:
    projects = read(DATA, "projects/2021")
    assert [int(p["编号"]) for p in projects] == list(range(1, 31))
    assert len({p["名称"] for p in projects}) == 30
    assert 6 <= len({p["类别"] for p in projects}) <= 8
    lengths = [len(p["名称"]) for p in projects]
    assert min(lengths) <= 5
    assert max(lengths) >= 25
