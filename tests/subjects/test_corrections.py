"""The page of corrections: each with what it is of, both values and what lies between; and who can follow it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from generator.format import MINUS
from generator.format import THIN as T
from generator.model import Kind, Page
from generator.subject import Site
from generator.subjects.corrections import CORRECTIONS
from tests.sites import Built, resolve
from tests.subjects.money import WAN, project, row, site
from tests.subjects.staged import soup


def correction(id_: str, **more: Any) -> dict[str, Any]:
    made = {
        "id": id_, "date": "2021-05-18", "table": "budget", "row": "2021/1/510903/city/2021-12", "column": "拨付(万元)",
        "old": "3", "new": "1", "reason": "登记了两次", "document": None, "source": "demo",
    }  # fmt: skip
    return {**made, **more}


def listed(*rows: dict[str, Any], **more: Any) -> tuple[Site, Page]:
    money = [row(1, "510903", "市", "2021-12", WAN, WAN, WAN)]
    found = site(money, projects=[project(1)], corrections=list(rows), **more)
    (page,) = CORRECTIONS.pages(found)
    return found, page


def lines(page: Page) -> list[dict[str, Any]]:
    return list(page.data["lines"])


def test_the_newest_stands_first_and_says_what_it_is_of() -> None:
    found, page = listed(correction("a"), correction("b", date="2021-06-01", document="某文〔2021〕1号"))
    assert [c["id"] for c in lines(page)] == ["b", "a"]
    assert page.as_of == "2021-06-01"
    first, second = soup(found, page).select("li.entry")
    assert first["id"] == "b"
    assert "某文〔2021〕1号" in first.get_text()
    text = "".join(second.get_text().replace("\u202f", T).split())
    assert f"拨付(万元)由3改为1，相差{MINUS}2万元。登记了两次" in text
    assert "2021年民生资金，船山区，资金层级：市，12月" in text
    assert [a["href"] for a in second.select("a")] == ["../projects/2021/p01/", "../data/corrections/#row-a"]


PROGRESS = {"table": "project_progress", "row": "2021/1/510903/2021-12", "column": "形象进度(%)"}


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ({"old": "100.5", "new": "120"}, f"+19.5{T}万元"), ({"old": "3", "new": "未报送"}, ""),
        ({"old": "12,000", "new": "1"}, f"{MINUS}11,999{T}万元"), ({"table": "nowhere"}, ""), ({"column": "别的"}, ""),
        ({"table": "projects", "row": "2021/1", "column": "名称"}, ""),
        ({**PROGRESS, "old": "80%", "new": "75"}, f"{MINUS}5{T}个百分点"),
    ],
)  # fmt: skip
def test_the_difference_is_that_of_two_numbers_in_their_unit(change: dict[str, str], shown: str) -> None:
    assert lines(listed(correction("a", **change))[1])[0]["difference"] == shown


@pytest.mark.parametrize("change", [{"table": "nowhere"}, {"row": "2021/1"}, {"row": "x"}])
def test_what_leads_nowhere_stands_as_it_was_written(change: dict[str, str]) -> None:
    found, page = listed(correction("a", **change))
    assert lines(page)[0]["about"] == []
    assert (change.get("row") or "2021/1/510903/city/2021-12") in soup(found, page).get_text()


def test_before_anything_was_corrected_the_page_says_so() -> None:
    found, page = listed()
    assert "还没有改过已经公布的数" in soup(found, page).get_text()
    assert (page.demo, page.as_of, page.feed) == (False, None, ())


def test_every_correction_of_the_shipped_data_is_listed_and_leads_to_its_project(shipped: Built) -> None:
    rows = {r["编号"]: r for r in shipped.rows("corrections")}
    entries = shipped.tree("corrections/").xpath("//li[@class='entry']")
    assert {e.get("id") for e in entries} == set(rows)
    for entry in entries:
        record = rows[entry.get("id")]
        text = "".join(entry.itertext())
        assert all(record[name] in text for name in ("更正日期", "列", "原值", "新值", "原因"))
        difference = Decimal(record["新值"]) - Decimal(record["原值"])
        assert f"{difference:,}".replace("-", MINUS) in text
        links = [resolve("corrections/", a.get("href"))[0] for a in entry.iter("a")]
        _, number, *_ = record["行"].split("/")
        assert links[0] == f"projects/2021/p{int(number):02d}/"
        back = shipped.tree(links[0]).xpath("//section[@id='corrections']//a/@href")
        assert "corrections/" in {resolve(links[0], href)[0] for href in back}
    assert "corrections/" in {resolve("", a.get("href"))[0] for a in shipped.tree("").xpath("//article//a")}


def test_who_follows_the_page_is_told_of_each_once(hostile: Built) -> None:
    feed = (hostile.site / "corrections/feed.json").read_text(encoding="utf-8")
    ids = {r["编号"] for r in hostile.rows("corrections")}
    assert all(f"corrections/#{i}" in feed for i in ids)
    assert str(Kind.DEMO) in feed
