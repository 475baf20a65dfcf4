"""Every figure can be cited and reported as wrong, and whatever a cell says, the message stays one message."""

from __future__ import annotations

import dataclasses
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from generator import cite
from generator.subject import Site
from generator.tables import Tables
from generator.view import view
from tests import toy
from tests.sites import Built

NASTY = "<b>甲&乙</b>?subject=x&bcc=a@example.org\r\nBcc: b@example.org {message} %0D%0A 𠮷"


def speaking(folder: Path, **identity: str) -> Site:
    site = toy.site(folder)
    return dataclasses.replace(site, identity=dataclasses.replace(site.identity, **identity))


def shown(site: Site, **changes: Any) -> dict[str, Any]:
    figure = view(next(iter(site.figures.values())))
    return {**figure, "ids": [figure["id"]], "about": "甲年乙项目 · 丙县", **changes}


def test_a_citation_names_whose_what_when_which_and_where(tmp_path: Path) -> None:
    site = speaking(tmp_path, office="甲市政府办", base_url="https://www.example.org/p/")
    figure = shown(site, kind="官方")
    assert cite.citation(site, figure) == (
        f"甲市政府办. 甲年乙项目 · 丙县 · {figure['label']}：{figure['prose']}[DS/OL]. ({figure['date']})[引用日期]. "
        f"编号 {figure['id']}. https://www.example.org/p/{figure['href'].split('#')[0]}#{figure['id']}"
    )


def test_without_office_the_site_is_cited_and_demonstration_says_so(tmp_path: Path) -> None:
    site = speaking(tmp_path)
    text = cite.citation(site, shown(site, kind="演示"))
    assert text.startswith(f"{site.identity.site_name}. ")
    assert "（演示数据）[DS/OL]" in text
    assert text.endswith(f"编号 {shown(site)['id']}.")  # a path alone leads nowhere


def test_a_demonstration_is_nobodys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Tables, "demo", lambda self: True)
    site = speaking(tmp_path, office="甲市政府办")
    assert cite.citation(site, shown(site)).startswith(f"{site.identity.site_name}. ")


def test_a_mail_has_one_recipient_a_subject_and_a_text(tmp_path: Path) -> None:
    site = speaking(tmp_path, report="12345@example.gov.cn")
    figure = shown(site, label=NASTY)
    parts = urlsplit(cite.report(site, figure))
    asked = parse_qs(parts.query)
    assert (parts.scheme, parts.path, set(asked)) == ("mailto", "12345@example.gov.cn", {"subject", "body"})
    (body,) = asked["body"]
    for said in (figure["id"], figure["about"], NASTY, figure["prose"], site.as_of, cite.place(figure)):
        assert said
        assert said in body
    EmailMessage()["Subject"] = asked["subject"][0].replace("\r\n", " ")


@pytest.mark.parametrize(
    ("channel", "filled"),
    [
        ("https://www.example.org/ask?content={message}&from=portal", True),
        ("https://www.example.org/ask", False),
        ("", False),
    ],
)
def test_an_address_is_filled_in_where_it_has_room(tmp_path: Path, channel: str, filled: bool) -> None:
    site = speaking(tmp_path, report=channel)
    figure = shown(site, label=NASTY)
    link = cite.report(site, figure)
    if filled:
        assert parse_qs(urlsplit(link).query) == {"content": [cite.message(site, figure)], "from": ["portal"]}
    else:
        assert unquote(link) == channel


def test_every_figure_of_the_site_has_its_citation(shipped: Built) -> None:
    pages = [p for p in shipped.pages if "/origin/" in p]
    said = [text for p in pages for text in shipped.tree(p).xpath("//details[@class='cite']/p/text()")]
    cited = {text.split("编号 ")[1].split(". ")[0].rstrip(".") for text in said}
    ids = {i for p in pages for i in shipped.tree(p).xpath("//tr[.//details]//code/text()")}
    assert ids == set(shipped.figures)
    assert cited <= ids
    assert len(said) == sum(len(shipped.tree(p).xpath("//tr[.//details]")) for p in pages)


def test_every_figure_has_a_line_of_its_own_and_citations_lead_there(sichuan: Built) -> None:
    base, whole = "https://www.example.org/minsheng/", set()
    for page in (p for p in sichuan.pages if "/origin/" in p):
        tree = sichuan.tree(page)
        anchors = set(tree.xpath("//tr[.//details]//@id | //tr[.//details]/@id"))
        assert set(tree.xpath("//tr[.//details]//code/text()")) == anchors
        whole |= anchors
        for text in tree.xpath("//details[@class='cite']/p[1]/text()"):
            path, _, anchor = text.rsplit(" ", 1)[1].removeprefix(base).partition("#")
            assert path == page
            assert unquote(anchor) in anchors
    assert whole == set(sichuan.figures)


def test_citations_tell_figures_apart(shipped: Built) -> None:
    names: dict[str, str] = {}
    for page in (p for p in shipped.pages if "/origin/" in p):
        for text in shipped.tree(page).xpath("//details[@class='cite']/p[1]/text()"):
            name, day = text.split("[DS/OL]. (")[0], text.split("[DS/OL]. (")[1].split(")")[0]
            number = text.split("编号 ")[1].rstrip(".").partition("@")[0]  # a month's, and the newest one
            assert names.setdefault(f"{name} {day}", number) == number
    assert len(names) > 1000
