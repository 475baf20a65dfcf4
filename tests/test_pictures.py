"""What stands beside a picture: every chart that is planned has its files, and they say what the picture says."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from lxml import etree

from generator import pictures, pipeline, plan, settings
from generator.embeds import address, offered
from generator.model import Chart, Field, Page
from generator.origins import Rows
from generator.subjects import SUBJECTS
from tests import toy
from tests.sites import Built

Planned = list[tuple[Page, Chart]]


@pytest.fixture(scope="module")
def planned(shipped: Built) -> Planned:
    """Each chart of the shipped site with the page that it belongs to."""
    chosen = settings.load(shipped.root / "mkdocs.yml")
    tables = pipeline.checked(chosen, SUBJECTS, None, lambda text: None).tables
    assert tables is not None
    site = plan.site_of(tables, SUBJECTS, chosen.identity, None)
    pages = [p for p in plan.pages(site, SUBJECTS, Rows(tables)) if p.section != "embed/"]
    return [(page, chart) for page in pages for chart in page.charts]


def file(shipped: Built, chart: Chart, form: str) -> bytes:
    return (shipped.site / f"charts/{chart.id}.{form}").read_bytes()


# --- words ------------------------------------------------------------------------------------------------


def chart(*fields: Field, rows: list[dict[str, Any]], demo: bool = False) -> Chart:
    made = toy.chart()
    return Chart(made.id, made.finding, made.measure, made.describe, made.draw, rows, demo, fields)


LABEL = Field("label", "地方", silent=True)
MONTH = Field("month", "月份", "月", silent=True)


@pytest.mark.parametrize(
    ("fields", "row", "words"),
    [
        ((LABEL, Field("paid", "拨付", "亿元")), {"label": "甲区", "paid": 1234.567}, "甲区 拨付 1,234.57 亿元"),
        ((LABEL, Field("paid", "拨付", "亿元")), {"label": "甲区", "paid": None}, "甲区 拨付 没有数"),
        ((LABEL, Field("days", "用时", "天", optional=True)), {"label": "甲区", "days": None}, "甲区"),
        ((MONTH, Field("n", "数", "个", silent=True)), {"month": 3, "n": 0}, "3月 0 个"),
        ((LABEL, Field("work", "进度", "1")), {"label": "甲区", "work": 1}, "甲区 进度 100.00 %"),
        ((LABEL, Field("work", "进度", "1")), {"label": "甲区", "work": 0.87654}, "甲区 进度 87.65 %"),
        ((LABEL, Field("a", "安", "%"), Field("b", "拨", "%")), {"label": "", "a": 5, "b": 6}, "安 5 %，拨 6 %"),
    ],
)  # fmt: skip
def test_a_row_in_words(fields: tuple[Field, ...], row: dict[str, Any], words: str) -> None:
    assert pictures.said(chart(*fields, rows=[row]), row).replace("\u2009", " ") == words


def test_the_csv_neutralises_formulas_and_says_what_is_demonstration() -> None:
    made = chart(LABEL, Field("paid", "拨付", "亿元"), rows=[{"label": "=1+1", "paid": None}], demo=True)
    text = pictures.data(made).decode("utf-8-sig")
    assert text == "地方,拨付（亿元）,数据性质\r\n'=1+1,,演示\r\n"


# --- the files of the shipped site ------------------------------------------------------------------------


def kinds(planned: Planned) -> Iterator[Chart]:
    seen = set()
    for _, one in planned:
        if one.draw not in seen:
            seen.add(one.draw)
            yield one


def test_every_chart_names_what_its_rows_hold(planned: Planned) -> None:
    assert len(planned) > 100
    for _, one in planned:
        assert one.fields, one.id
        for row in one.rows:
            assert {f.id for f in one.fields} <= set(row), one.id
        said = [pictures.said(one, row) for row in one.rows]
        assert all(said), one.id
        assert not any("None" in text for text in said), one.id


def test_every_chart_has_its_files_and_they_agree(shipped: Built, planned: Planned) -> None:
    assert len({c.id for _, c in planned}) * 3 == len(list((shipped.site / "charts").iterdir()))
    for _, one in planned:
        body = json.loads(file(shipped, one, "json"))
        assert body["said"] == [pictures.said(one, row) for row in one.rows], one.id
        for form in ("wide", "narrow"):
            rows = body[form]["datasets"]["rows"]
            assert [r["row"] for r in rows] == list(range(len(one.rows))), one.id
        table = list(csv.reader(io.StringIO(file(shipped, one, "csv").decode("utf-8-sig"))))
        assert len(table) == len(one.rows) + 1
        for line, row in zip(table[1:], one.rows, strict=True):
            for cell, field in zip(line, one.fields, strict=False):
                value = row[field.id]
                if isinstance(value, int | float):
                    assert float(cell) == float(value), one.id
                else:
                    assert cell == (value or ""), one.id
            assert (line[-1] == "演示") == one.demo, one.id


def test_a_saved_picture_carries_title_source_and_date(shipped: Built, planned: Planned) -> None:
    for page, one in planned:
        root = etree.fromstring(file(shipped, one, "svg"))
        words = "".join(root.xpath("./*[local-name()='text']/text()"))
        for part in (one.finding, one.measure, "遂宁市民生公开"):
            assert part in words, one.id
        assert ("数据截至" in words) == bool(page.as_of), one.id
        assert ("演示" in words) == one.demo, one.id
        assert not root.xpath("//*[local-name()='script' or local-name()='foreignObject' or local-name()='image']")
        ids = root.xpath("//@id")
        assert len(ids) == len(set(ids)), one.id


def test_pages_offer_the_files_of_each_of_their_charts(shipped: Built, planned: Planned) -> None:
    for page, one in planned:
        (figure,) = shipped.tree(page.path).xpath(f"//figure[@id='{one.id}']")
        hrefs = [re.sub(r"^(\.\./)*", "", a) for a in figure.xpath(".//a/@href")]
        frame = [address(one.id)] if offered(page) else []
        assert hrefs == [f"charts/{one.id}.csv", f"charts/{one.id}.svg", *frame], one.id
        assert figure.xpath(".//button/@data-chart")[0].endswith(f"charts/{one.id}.json")
        assert not figure.xpath(".//iframe")


# --- pages for other sites --------------------------------------------------------------------------------


def test_headline_charts_have_a_page_with_source_and_date(shipped: Built, planned: Planned) -> None:
    wanted = {address(c.id): (p, c) for p, c in planned if offered(p)}
    assert {p for p in shipped.pages if p.startswith("embed/")} == set(wanted)
    assert {"", "projects/2021/", "budget/2021/", "grievances/2021/", "inspections/2021/"} <= {
        p.path for p, _ in wanted.values()
    }
    for path, (_, one) in wanted.items():
        tree = shipped.tree(path)
        assert tree.findtext(".//h1") == one.finding.replace("\u2009", "\u202f")
        words = tree.find(".//article").text_content()
        listed = {r["编号"]: r for r in shipped.rows("sources")}
        assert one.sources, path
        assert one.demo == any(listed[s]["类别"] == "演示" for s in one.sources), path
        for source, row in listed.items():
            assert (row["名称"] in words) == (source in one.sources), path
        assert "数据截至" in words, path
        assert bool(tree.xpath("//aside[@class='banner-demo']")) == one.demo
        assert not tree.xpath("//header | //footer | //nav | //form")
        assert tree.xpath("//meta[@name='robots']/@content") == ["noindex"]


def test_a_frame_without_a_date_says_when_its_document_was_published(sichuan: Built) -> None:
    frames = [p for p in sichuan.pages if p.startswith("embed/")]
    assert frames
    for path in frames:
        assert "数据截至时间未注明，2021-05-12 公布。" in sichuan.tree(path).find(".//article").text_content()


def test_a_city_with_an_address_gives_the_frame_to_copy(sichuan: Built) -> None:
    codes = sichuan.tree("budget/2021/").xpath("//figure//code/text()")
    assert codes
    for code in codes:
        found = re.match(r'<iframe src="https://www\.example\.org/minsheng/(embed/[\w-]+/)" title="[^"<]+"', code)
        assert found, code
        assert found[1] in sichuan.pages
    assert b"/embed/" not in (sichuan.site / "sitemap.xml").read_bytes()


def test_what_draws_in_a_browser_is_the_version_that_drew_the_pictures(shipped: Built) -> None:
    import vl_convert

    text = (shipped.site / "assets/vega.js").read_text(encoding="utf-8")
    version = vl_convert.get_vega_version()
    assert f'"{version}"' in text
    assert "window.portalVega" in text[-200:]
