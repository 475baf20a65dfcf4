"""A toy contract, tiny tables built directly and a toy subject: the engine without the shipped subjects and files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from generator import contract
from generator.contract import Contract, Table
from generator.measure import ANY, gather, published, reference
from generator.model import Chart, Figure, Kind, Missing, Page, Precision, RowRef
from generator.settings import Identity, Settings
from generator.subject import Site, Subject
from generator.tables import BLANK, KEY, KIND, TABLE, Tables
from generator.view import view

Rows = Mapping[str, Iterable[Mapping[str, Any]]]

MISSING = ["", "未报送", "不涉及", "待定"]
SOURCE = {"fields": ["来源"], "reference": {"resource": "sources", "fields": ["编号"]}}


def column(name: str, id_: str, type_: str = "string", **more: Any) -> dict[str, Any]:
    return {"name": name, "id": id_, "type": type_, "public": True, "description": f"{name}的说明", **more}


SCHEMAS: dict[str, dict[str, Any]] = {
    "sources": {
        "title": "来源",
        "fields": [column("编号", "id"), column("名称", "title"), column("类别", "kind"),
                   column("发布机构", "publisher"),
                   column("公布日期", "published", "date"), column("网址", "url")],
        "primaryKey": ["编号"],
    },
    "places": {
        "title": "地方",
        "fields": [column("代码", "code"), column("名称", "name")],
        "primaryKey": ["代码"],
        "lookup": ["代码", "名称"],
    },
    "control_totals": {
        "title": "公布的总数",
        "fields": [column("指标编号", "figure"), column("名称", "label"), column("数值", "value"),
                   column("单位", "unit"),
                   column("精度", "precision", codes={"精确": "exact", "约": "rounded", "余": "at_least"}),
                   column("截至", "as_of", "date"), column("公布日期", "published", "date"), column("来源", "source")],
        "primaryKey": ["指标编号"],
        "foreignKeys": [SOURCE],
    },
    "toys": {
        "title": "玩具",
        "description": "每个玩具的钱。",
        "fields": [
            column("年度", "year", "integer", constraints={"required": True, "minimum": 2000}),
            column("编号", "number", "integer", constraints={"required": True}),
            column("地方", "place"),
            column("层级", "level", constraints={"enum": ["市", "县"]}, codes={"市": "city", "县": "county"}),
            column("月份", "month", "yearmonth"),
            column("安排", "planned", "number", unit="万元", scale="money"),
            column("拨付", "paid", "number", unit="万元", scale="money"),
            column("件数", "count", "integer"),
            column("完成率", "share", "number", unit="%", scale="percent"),
            column("标签", "tags", list=True),
            column("说明", "note"),
            {**column("电话", "phone"), "public": False},
            column("来源", "source"),
        ],
        "primaryKey": ["年度", "编号", "地方", "层级", "月份"],
        "missingValues": MISSING,
        "foreignKeys": [SOURCE, {"fields": ["地方"], "reference": {"resource": "places", "fields": ["代码"]}}],
    },
}  # fmt: skip
YEARLY = {"toys"}
SOURCES = (
    {
        "id": "gov",
        "title": "公报",
        "kind": "官方",
        "publisher": "市政府",
        "published": "2022-01-05",
        "url": "https://example.org/a",
    },
    {"id": "paper", "title": "日报", "kind": "转载", "publisher": "报社"},
    {"id": "demo", "title": "演示", "kind": "演示"},
)
PLACES = ({"code": "01", "name": "东区"}, {"code": "02", "name": "西区"})
IDENTITY = Identity("甲市", "甲市民生公开", "", "", "", "")


def write_contract(folder: Path, years: Iterable[int] = (2021,), schemas: Mapping[str, Any] = SCHEMAS) -> Path:
    """``datapackage.yaml`` and ``schemas/`` of the toy contract; gives the folder."""
    (folder / "schemas").mkdir(parents=True, exist_ok=True)
    resources = []
    for table, schema in schemas.items():
        path = f"schemas/{table}.yaml"
        (folder / path).write_text(yaml.safe_dump(schema, allow_unicode=True, sort_keys=False), encoding="utf-8")
        if table in YEARLY:
            resources += [
                {"name": f"{table}-{y}", "table": table, "year": y, "path": f"{table}/{y}.csv", "schema": path}
                for y in years
            ]
        else:
            resources.append({"name": table, "path": f"{table}.csv", "schema": path})
    package = {"name": "toy", "title": "玩具数据", "licenses": [{"name": "CC0-1.0"}], "resources": resources}
    (folder / "datapackage.yaml").write_text(yaml.safe_dump(package, allow_unicode=True), encoding="utf-8")
    return folder


def toy_contract(folder: Path, years: Iterable[int] = (2021,)) -> Contract:
    return contract.load(write_contract(folder, years))


def _label(found: Contract, table: Table, row: Mapping[str, Any]) -> str:
    yearly = any(r.year is not None for r in found.of(table.id))
    return f"{table.id}:{row['year']}" if yearly else table.id


def _key(table: Table, row: Mapping[str, Any]) -> str:
    parts = []
    for name in table.key:
        c = table.column(name)
        text = "" if row.get(c.id) is None else str(row[c.id])
        parts.append(dict(c.codes).get(text, text) or BLANK)
    return "/".join(parts)


def frame(found: Contract, table: Table, rows: Iterable[Mapping[str, Any]], kinds: Mapping[str, str]) -> pd.DataFrame:
    """A frame as ``tables`` says, public columns only. A measured cell is a value, a ``Missing``, or not there."""
    rows = list(rows)
    parts: dict[str, Any] = {}
    for c in (c for c in table.columns if c.public):
        cells = [row.get(c.id, () if c.many else None) for row in rows]
        values = [None if isinstance(cell, Missing) else cell for cell in cells]
        whole = c.type == "integer" or c.scale == "money"
        parts[c.id] = pd.array(values, dtype="Int64") if whole else pd.Series(values, dtype=object)
        if c.measured:
            why = [
                str(cell or Missing.NOT_REPORTED) if v is None else None for cell, v in zip(cells, values, strict=True)
            ]
            parts[f"{c.id}?"] = pd.Series(why, dtype=object)
        if c.id == "source":
            parts[KIND] = pd.Series([kinds[v] for v in values], dtype=object)
    parts[TABLE] = pd.Series([_label(found, table, row) for row in rows], dtype=object)
    parts[KEY] = pd.Series([_key(table, row) for row in rows], dtype=object)
    return pd.DataFrame(parts)


def tables(found: Contract, rows: Rows) -> Tables:
    """Public tables with these rows, by table and column id; ``sources`` and ``places`` are there already."""
    given = {"sources": SOURCES, "places": PLACES, **rows}
    kinds = {str(s["id"]): str(s["kind"]) for s in given["sources"]}
    return Tables(found, {t.id: frame(found, t, given.get(t.id, ()), kinds) for t in found.tables()})


def toy(number: int, place: str, level: str, month: str | None, planned: Any, paid: Any, **more: Any) -> dict[str, Any]:
    """A row of table ``toys``; amounts in 分."""
    return {"year": 2021, "number": number, "place": place, "level": level, "month": month, "planned": planned,
            "paid": paid, "source": "gov", **more}  # fmt: skip


def control(figure: str, value: str, unit: str = "万元", **more: Any) -> dict[str, Any]:
    """A row of table ``control_totals``."""
    return {"figure": figure, "label": f"{figure} 的名称", "value": value, "unit": unit, "precision": "精确",
            "as_of": None, "published": None, "source": "gov", **more}  # fmt: skip


ROWS: Rows = {
    "toys": (
        toy(1, "01", "市", "2021-11", 100_000_000, 30_000_000, count=3),
        toy(1, "01", "市", "2021-12", 100_000_000, 123_456_789, count=4),
        toy(1, "02", "县", "2021-12", 50_000_000, Missing.PENDING, count=1),
        toy(2, "01", "市", "2021-12", 1, 1, count=Missing.NOT_APPLICABLE, source="paper"),
    ),
    "control_totals": (control("toy/2021/all/planned", "150.00", as_of="2021-12-31"),),
}


def measures(found: Tables) -> Iterator[Figure]:
    """Published totals; sums for the newest month by number and for all; what was paid, by month."""
    yield from published(found.frame("control_totals"), "toy/")
    rows = found.frame("toys")
    newest = max(rows["month"].dropna(), default=None)
    now = rows[rows["month"] == newest] if newest else rows
    for by, stamped in (((), False), (("number",), False), (("month",), True)):
        if stamped and not newest:
            continue
        for group, pool in gather(rows if stamped else now, by, ("planned", "paid"), (("paid", "planned"),)).items():
            month = group[0] if stamped else newest
            key = f"p{group[0]:02d}" if by and not stamped else "all"
            parts = ("2021", str(group[0]) if key != "all" else ANY, ANY, ANY, month or BLANK)
            for measure in ("planned", "paid"):
                yield Figure(
                    id=f"toy/2021/{key}/{measure}{'_sum' if key == 'all' else ''}{'@' + month if stamped else ''}",
                    label={"planned": "安排", "paid": "拨付"}[measure],
                    value=pool.sums.get(measure),
                    unit="元",
                    as_of=month,
                    precision=Precision.EXACT,
                    formula="各行相加",
                    rows=(reference("toys:2021", parts, pool, measure),),
                    kind=Kind.weakest(pool.kinds),
                    lacks=pool.lacking(measure),
                )


def draw(rows: list[dict[str, Any]], width: int) -> dict[str, Any]:
    """A bar for each row."""
    import altair as alt

    from generator.charts import TEAL, house

    made = alt.Chart(alt.Data(values=rows), name="bars").mark_bar(color=TEAL)
    made = made.encode(x=alt.X("value:Q", title=None), y=alt.Y("label:N", title=None, sort=None))
    return house(made, width, 20 * len(rows) + 40)


def chart(chart_id: str = "toy-2021", *, demo: bool = False, rows: list[dict[str, Any]] | None = None) -> Chart:
    bars = [{"label": "甲", "value": 1.0}, {"label": "乙", "value": 2.0}] if rows is None else rows
    return Chart(chart_id, "乙比甲多", "个", "两条横条", draw, bars, demo)


def pages(site: Site) -> Iterator[Page]:
    """The subject's page, and the year's with all figures."""
    shown = [view(f) for f in site.figures.values() if f.subject == "toy"]
    yield page("toy/", data={"figures": []})
    yield page("toy/2021/", data={"figures": shown}, charts=(chart(),))


def page(path: str, **more: Any) -> Page:
    """A page with what every page needs."""
    values = {"title": f"页 {path}", "template": "toy/page.md.j2", "data": {}, "section": "toy/", "description": "说明"}
    return Page(path=path, **{**values, **more})


TOY = Subject("toy", figures=measures, pages=pages, names=lambda tables, year: {"p01": "一号项目"})


def site(folder: Path, rows: Rows = ROWS, *, base_url: str = "") -> Site:
    """A toy site; its contract is written below ``folder``."""
    from generator import plan

    identity = Identity(IDENTITY.city, IDENTITY.site_name, "", "", "", base_url)
    return plan.site_of(tables(toy_contract(folder), rows), [TOY], identity, None)


def figure(id_: str = "toy/2021/all/paid", value: Any = 1, unit: str = "元", **more: Any) -> Figure:
    """A figure with what every figure needs."""
    values = {"label": "拨付", "as_of": "2021-12", "precision": Precision.EXACT, "formula": "照录",
              "kind": Kind.OFFICIAL,
              "rows": (RowRef("control_totals", id_.split("@")[0], "gov"),)}  # fmt: skip
    return Figure(id=id_, value=value, unit=unit, **{**values, **more})


def settings(root: Path, **more: Any) -> Settings:
    """Settings over a folder with configuration, contract, an override and a hand-written page."""
    from generator.settings import load

    write_contract(root / "data")
    files = {
        "mkdocs.yml": "site_name: 甲市民生公开\nnav: [首页: index.md]\nextra: {portal: {city: 甲市}}\n",
        "docs/about.md": "---\ntitle: 关于\n---\n正文\n",
        "overrides/assets/a.css": "a{}",
    }
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return load(root / "mkdocs.yml", **more)
