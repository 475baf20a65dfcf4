"""Page tags of government sites: each rule by its name, on toy pages and on the built official case."""

from __future__ import annotations

import re

import pytest

from generator.metas import is_list, metas
from generator.model import Page
from generator.settings import Identity
from tests.sites import Built

CITY = Identity("甲市", "甲市民生公开", "甲市人民政府办公室", "12345", "5109000001", "https://www.example.org/p/")
COLUMN = Page("budget/", "民生资金", "x", {}, "budget/", "钱到了哪里。")
RECORD = Page("budget/2021/p07/", "校园食堂", "x", {}, "budget/", "一个项目的钱。", as_of="2021-12")
HOME = Page("", "甲市民生公开", "x", {}, "", "首页。")
SITE = ["SiteName", "SiteDomain", "SiteIDCode"]
LIST = [*SITE, "ColumnName", "ColumnDescription", "ColumnKeywords", "ColumnType"]


def tags(page: Page, *, identity: Identity = CITY, demo: bool = False) -> dict[str, str]:
    found = metas(page, identity, {COLUMN.path: COLUMN}, demo_site=demo)
    return {m["name"]: m["content"] for m in found}


def test_home_says_whose_site_it_is() -> None:
    assert tags(HOME) == {"SiteName": "甲市民生公开", "SiteDomain": "www.example.org", "SiteIDCode": "5109000001"}


@pytest.mark.parametrize("path", ["budget/", "budget/2021/", "budget/2021/page/2/"])
def test_lists_say_which_column_they_are(path: str) -> None:
    page = Page(path, "某年", "x", {}, "budget/", "一年的钱。")
    assert is_list(page)
    assert list(tags(page)) == LIST
    assert tags(page)["ColumnDescription"] == "钱到了哪里。"


def test_records_add_title_date_and_source() -> None:
    assert not is_list(RECORD)
    assert list(tags(RECORD)) == [*LIST, "ArticleTitle", "PubDate", "ContentSource"]
    assert tags(RECORD)["PubDate"] == "2021-12-31 00:00"  # the content's, never that of the build
    assert tags(RECORD)["ContentSource"] == "甲市人民政府办公室"


def test_what_is_not_known_is_left_out() -> None:
    bare = Identity("甲市", "甲市民生公开", "", "", "", "")
    undated = Page("budget/2021/p07/", "校园食堂", "x", {}, "budget/", "一个项目的钱。")
    assert list(tags(undated, identity=bare)) == ["SiteName", *LIST[3:], "ArticleTitle"]


def test_a_demonstration_bears_no_official_mark() -> None:
    assert {"SiteIDCode", "ContentSource"} & set(tags(RECORD, demo=True)) == set()


ARTICLE = re.compile(r"p20/|origin/|/r51|/u-|data/.|embed/|corrections/")


def test_every_built_page_carries_the_tags_of_its_place(sichuan: Built) -> None:
    for path in sichuan.pages:
        found = {m.get("name"): m.get("content") for m in sichuan.tree(path).xpath("//meta[@name]")}
        assert found["SiteDomain"] == "www.example.org", path
        assert ("ColumnName" in found) == (not re.match(r"$|search/|embed/", path)), path
        assert ("ArticleTitle" in found) == bool(ARTICLE.search(path)), path


PUBLISHED = re.compile(r"(\d{4}-\d{2}-\d{2}) 公布")


@pytest.mark.parametrize("name", ["shipped", "sichuan"])
def test_the_date_is_that_of_the_content(request: pytest.FixtureRequest, name: str) -> None:
    """How far the data reach, as the footer says it; where it says nothing, when the newest document came out."""
    known, built = 0, request.getfixturevalue(name)
    for page in built.pages:
        tree = built.tree(page)
        dates = [d.removesuffix(" 00:00") for d in tree.xpath("//meta[@name='PubDate']/@content")]
        if page.startswith("embed/") or not tree.xpath("//meta[@name='ArticleTitle']"):
            continue
        (foot,) = tree.find_class("portal-footer")
        said = re.findall(r"数据截至 (\d{4}-\d{2}-\d{2})", foot.text_content())
        documents = [
            s.text_content() for s in tree.xpath("//section[@id='sources'] | //section[@class='origin-section']/p")
        ]
        printed = max((d for text in documents for d in PUBLISHED.findall(text)), default=None)
        assert dates == (said or ([printed] if printed else [])), page
        known += len(dates)
    assert known > 50


def test_a_piece_of_news_has_its_own_date(shipped: Built) -> None:
    dated = {p: shipped.tree(p).xpath("//meta[@name='PubDate']/@content") for p in shipped.pages}
    news = shipped.rows("updates/2021")[0]
    (path,) = [p for p in dated if p.startswith("updates/2021/") and p.endswith(f"n{int(news['编号']):03d}/")]
    assert dated[path] == [f"{news['日期']} 00:00"]
