"""The home page: the year's answer first, what changed in a month, who is responsible, and the ways in."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests import truth
from tests.sites import Built, resolve
from tests.truth import grievances
from tests.truth import projects as recomputed

YEAR = "2021"


def words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


@pytest.fixture(scope="module")
def year(shipped: Built) -> recomputed.Year:
    return recomputed.Year(truth.Tables(shipped.data), YEAR)


def states(year: recomputed.Year, month: str) -> dict[str, str]:
    return {n: recomputed.state(p, year.of(project=n, month=month), month)[0] for n, p in year.projects.items()}


def test_the_answer_has_projects_money_with_bases_things_and_opinion(shipped: Built) -> None:
    (brief,) = shipped.tree("").xpath("//dl[@class='brief']")
    shown = [d.get("data-figure") for d in brief.iter("data")]
    money = [f"budget/{YEAR}/all/{m}" for m in ("allocated", "issued", "issued_rate", "paid", "paid_rate")]
    assert [i for i in shown if i.startswith("budget/")] == money
    assert {i.rsplit("/", 1)[1] for i in shown if i.startswith("projects/")} >= {"listed", "state_done", "state_behind"}
    assert {i.rsplit("/", 1)[1] for i in shown if i.startswith("grievances/")} >= {
        "count",
        "done",
        "satisfied",
        "sample",
    }
    assert re.search(r"下达 34\.17\s亿元（占安排 106\.32\s%）", words(brief))
    assert "截至 2021-12-31" in words(shipped.tree("").find(".//h1"))


def test_exactly_what_changed_in_the_last_month_is_listed_the_late_first(
    shipped: Built, many: Built, year: recomputed.Year
) -> None:
    before, now = (states(year, m) for m in year.months[-2:])
    changed = {year.projects[n]["名称"] for n in now if now[n] != before[n]}
    assert len(changed) > 8
    (section,) = shipped.tree("").xpath("//section[@id='changes']")
    (first, second) = section.xpath("./ul")
    titles = [words(a) for a in first.iter("a")]
    assert set(titles) < changed
    assert len(titles) == 8
    assert section.xpath("./p/a[contains(@href, 'projects/2021/')]")
    by_title = {p["名称"]: n for n, p in year.projects.items()}
    for line in first.iter("li"):
        number = by_title[words(line.find("a"))]
        said = words(line)
        assert said.index(before[number]) < said.rindex(now[number])
    assert second.findall("li")
    counts = [d.get("data-figure") for d in section.xpath("./p//data")]
    assert counts[0] == f"budget/{YEAR}/all/paid_added_sum"
    shown = {i.split("/")[3] for i in counts[1:]}
    wanted = set()
    for name, word in recomputed.STATES.items():
        if list(before.values()).count(word) != list(now.values()).count(word):
            wanted |= {f"state_{name}", f"state_{name}@{year.months[-2]}", f"state_{name}@{year.months[-1]}"}
    assert shown <= wanted
    assert shown & wanted
    assert len(many.tree("").xpath("//section[@id='projects']/ul/li")) == 8
    assert many.tree("").xpath("//section[@id='projects']/p/a[contains(@href, '#late')]")


def test_what_is_late_stands_with_who_is_responsible(shipped: Built, year: recomputed.Year) -> None:
    now = states(year, year.months[-1])
    late = {p["名称"]: p["牵头单位"] for n, p in year.projects.items() if now[n] in ("滞后", "未报送")}
    cards = shipped.tree("").xpath("//section[@id='projects']/ul/li")
    assert {words(c.find("a")) for c in cards} == set(late)
    assert all(late[words(c.find("a"))] in words(c.find("p")) for c in cards)


def test_the_things_that_are_done_stand_by_name(shipped: Built) -> None:
    (line,) = shipped.tree("").xpath("//section[@id='things']/p[starts-with(., '已办结')]")
    done = grievances.finished(truth.Tables(shipped.data), YEAR)
    assert 0 < len(done) < 10
    links = {words(a): a.get("href") for a in line.iter("a") if "term" not in (a.get("class") or "")}
    assert list(links) == done
    for title, href in links.items():
        assert words(shipped.tree(resolve("", href)[0]).find(".//h1")).endswith(title)


def test_each_kind_leads_to_the_list_narrowed_down_and_is_there_without_script(
    shipped: Built, year: recomputed.Year
) -> None:
    counts: dict[str, int] = {}
    for project in year.projects.values():
        counts[project["类别"]] = counts.get(project["类别"], 0) + 1
    links = shipped.tree("").xpath("//section[@id='topics']//li/a")
    assert {words(a): a.get("href") for a in links}.keys() == {f"{k} {n} 个" for k, n in counts.items()}
    for a in links:
        parts = urlsplit(a.get("href"))
        assert resolve("", parts.path) == (f"projects/{YEAR}/", "")
        assert parse_qs(parts.query) == {"category": [words(a).split()[0]]}
        assert parts.fragment == "list"
    terms = shipped.tree(f"projects/{YEAR}/").xpath("//section[@id='projects']/div[@id='list']/dl[@class='kinds']/div")
    found = {words(t.find("dt")): len(t.findall("dd/a")) for t in terms}
    assert found == counts


def test_the_404_page_has_a_search_form_and_the_newest_lists(shipped: Built) -> None:
    tree = shipped.tree("404.html")
    (form,) = tree.xpath("//article//form[@role='search']")
    assert (form.get("action"), form.get("method")) == ("/search/", "get")
    assert form.xpath(".//label/@for") == form.xpath(".//input[@name='q']/@id")
    lists = tree.xpath("//article//a[contains(@href, '/2021/')]")
    assert [words(a) for a in lists] == ["2021 年民生实事", "2021 年民生资金", "2021 年群众最不满意的事", "2021 年督查"]
    assert "告诉我们" not in words(tree)  # nobody has said how
    for href in tree.xpath("//article//a/@href"):
        assert href.startswith("/"), href  # the page stands at any depth
        assert (shipped.site / href.lstrip("/") / "index.html").is_file(), href
