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
from generator.view import view
from tests import toy
from tests.sites import Built

NASTY = "<b>甲&乙</b>?subject=x&bcc=a@example.org\r\nBcc: b@example.org {message} %0D%0A 𠮷"


def speaking(folder: Path, **identity: str) -> Site:
    site = toy.site(folder)
    return dataclasses.replace(site, identity=dataclasses.replace(site.identity, **identity))


def shown(site: Site, **changes: Any) -> dict[str, Any]:
    figure = view(next(iter(site.figures.values())))
    return {**figure, "ids": [figure["id"]], **changes}


def test_a_citation_names_whose_what_when_which_and_where(tmp_path: Path) -> None:
    site = speaking(tmp_path, office="甲市政府办", base_url="https://www.example.org/p/")
    figure = shown(site, kind="官方")
    assert cite.citation(site, figure) == (
        f"甲市政府办. {figure['label']}：{figure['prose']}[DS/OL]. ({figure['date']}). "
        f"编号 {figure['id']}. https://www.example.org/p/{figure['href']}"
    )


def test_without_office_the_site_is_cited_and_demonstration_says_so(tmp_path: Path) -> None:
    site = speaking(tmp_path)
    text = cite.citation(site, shown(site, kind="演示"))
    assert text.startswith(f"{site.identity.site_name}. ")
    assert "（演示数据）[DS/OL]" in text


def test_a_mail_has_one_recipient_a_subject_and_a_text(tmp_path: Path) -> None:
    site = speaking(tmp_path, report="12345@example.gov.cn")
    figure = shown(site, label=NASTY)
    parts = urlsplit(cite.report(site, figure))
    asked = parse_qs(parts.query)
    assert (parts.scheme, parts.path, set(asked)) == ("mailto", "12345@example.gov.cn", {"subject", "body"})
    (body,) = asked["body"]
    for said in (figure["id"], NASTY, figure["prose"], site.as_of, figure["href"]):
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
    cited = {text.split("编号 ")[1].split(". ")[0] for text in said}
    ids = {i for p in pages for i in shipped.tree(p).xpath("//tr[.//details]//code/text()")}
    assert ids == set(shipped.figures)
    assert cited <= ids
    assert len(said) == sum(len(shipped.tree(p).xpath("//tr[.//details]")) for p in pages)
