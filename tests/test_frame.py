"""What stands around every page: the seven items of a government site's footer, from the configuration; mourning."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.sites import SETTINGS, Built, configured, copy_sichuan, shared

# Each of the seven by what a reader sees.
ITEMS = (
    "我为政府网站找错", "党政机关网站标识", "网站标识码:5100000000", "蜀ICP备00000000号", "川公网安备 00000000000000号",
    "主办单位:某市人民政府办公室", "联系方式:12345",
)  # fmt: skip


@pytest.fixture(scope="module")
def official(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The official case with every setting."""
    return shared(tmp_path_factory, "configured", lambda place: configured(copy_sichuan(place)))


def footer(built: Built, page: str) -> str:
    return str(built.tree(page).find_class("portal-footer")[0].text_content())


def test_every_page_has_the_seven_items(official: Built) -> None:
    for page in (*official.pages, "404.html"):
        if not page.startswith("embed/"):
            assert [item for item in ITEMS if item not in footer(official, page)] == [], page
            (link,) = official.tree(page).xpath("//footer//a[.='我为政府网站找错']/@href")
            assert link == SETTINGS["find_error"]
            assert not official.tree(page).xpath("//script[contains(@src, '//')]")


def test_what_is_not_configured_is_not_there(sichuan: Built) -> None:
    for page in sichuan.pages:
        if not page.startswith("embed/"):
            assert not [
                word for word in ("主办单位", "联系方式", "标识码", "备", "找错") if word in footer(sichuan, page)
            ]
        assert not sichuan.tree(page).xpath("//link[contains(@href, 'mourning')]"), page


def test_mourning_turns_every_page_grey(official: Built) -> None:
    for page in (*official.pages, "404.html"):
        assert official.tree(page).xpath("//link[@rel='stylesheet'][contains(@href, 'assets/mourning.css')]"), page
    assert "grayscale(1)" in (official.site / "assets/mourning.css").read_text(encoding="utf-8")


def test_tags_and_citations_name_the_office(official: Built) -> None:
    found = {m.get("name"): m.get("content") for m in official.tree("projects/2021/p20/").xpath("//meta[@name]")}
    assert found["SiteIDCode"] == "5100000000"
    assert found["ContentSource"] == SETTINGS["office"]
    (cite, *_) = official.tree("budget/2021/all/origin/").xpath("//details[@class='cite']/p/text()")
    assert cite.startswith(f"{SETTINGS['office']}. ")


def test_every_figure_can_be_reported(official: Built) -> None:
    for page in official.pages:
        if "/origin/" not in page:
            continue
        for row in official.tree(page).xpath("//tr[.//details[@class='cite']]"):
            (link,) = row.xpath(".//details//a/@href")
            parts = urlsplit(link)
            assert (parts.scheme, parts.path) == ("mailto", "jiucuo@example.org")
            (body,) = parse_qs(parts.query)["body"]
            assert row.xpath(".//code/text()")[0] in body
            assert f"https://www.example.org/minsheng/{page}#" in body


def test_who_is_lost_learns_how_to_say_so(official: Built) -> None:
    (note,) = official.tree("404.html").xpath("//article//p[contains(., '告诉我们')]")
    assert note.xpath("./a/@href") == [f"mailto:{SETTINGS['report']}"]
    assert SETTINGS["contact"] in note.text_content()


def test_a_demonstration_shows_none_of_it_though_configured(hostile: Built) -> None:
    for page in (*hostile.pages, "404.html"):
        if not page.startswith("embed/"):
            words = footer(hostile, page)
            assert "演示站,非政府网站" in words
            assert [item for item in ITEMS if item in words] == [], page
        assert not {"SiteIDCode", "ContentSource"} & set(hostile.tree(page).xpath("//meta/@name")), page
