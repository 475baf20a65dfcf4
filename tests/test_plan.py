"""The plan: every subject's figures together, every page once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from generator import plan
from generator.errors import ProgramError
from generator.model import Figure, Page
from generator.origins import Rows
from generator.subject import Site, Subject
from generator.tables import Tables
from tests import toy


def other(tables: Tables) -> Iterator[Figure]:
    yield toy.figure("other/2021/all/x", 7, "个", rows=toy.figure("toy/2021/all/planned").rows)


def sees(site: Site) -> Iterator[Page]:
    """A page that shows another subject's figure."""
    yield toy.page("other/", data={"paid": str(site.figures["toy/2021/all/paid_sum"].value)})


OTHER = Subject("other", figures=other, pages=sees)


def test_figures_of_all_subjects_are_joined(tmp_path: Path) -> None:
    tables = toy.tables(toy.toy_contract(tmp_path), toy.ROWS)
    site = plan.site_of(tables, [toy.TOY, OTHER], toy.IDENTITY, None)
    assert [i for i in site.figures if "@" not in i] == [
        "other/2021/all/x", "toy/2021/all/paid_sum", "toy/2021/all/planned", "toy/2021/all/planned_sum",
        "toy/2021/p01/paid", "toy/2021/p01/planned", "toy/2021/p02/paid", "toy/2021/p02/planned",
    ]  # fmt: skip
    assert (site.as_of, site.identity.city) == ("2021-12-31", "甲市")
    assert plan.site_of(tables, [toy.TOY], toy.IDENTITY, "2022-06-30").as_of == "2022-06-30"


def test_all_pages_in_the_order_of_their_paths(tmp_path: Path) -> None:
    tables = toy.tables(toy.toy_contract(tmp_path), toy.ROWS)
    site = plan.site_of(tables, [toy.TOY, OTHER], toy.IDENTITY, None)
    found = plan.pages(site, [toy.TOY, OTHER], Rows(tables))
    assert [p.path for p in found] == [
        "data/", "data/control_totals/", "data/places/", "data/sources/", "data/toys/", "data/toys/2021/",
        "embed/toy-2021/", "other/", "other/2021/all/origin/", "search/", "toy/", "toy/2021/", "toy/2021/all/origin/",
        "toy/2021/all/origin/2021-11/", "toy/2021/all/origin/2021-12/", "toy/2021/p01/origin/", "toy/2021/p02/origin/",
    ]  # fmt: skip
    assert next(p for p in found if p.path == "other/").data == {"paid": "123456790"}


@pytest.mark.parametrize(("one", "two"), [("toy/", "toy/"), ("toy/", "Toy/"), ("", "")])
def test_two_pages_on_one_path(one: str, two: str) -> None:
    with pytest.raises(ProgramError) as caught:
        plan.unique([toy.page("x/"), toy.page(one), toy.page(two)])
    assert str(caught.value) == f"两个页面用了同一个地址:{two or '首页'}"


def test_two_subjects_on_one_path(tmp_path: Path) -> None:
    tables = toy.tables(toy.toy_contract(tmp_path), toy.ROWS)
    site = plan.site_of(tables, [toy.TOY], toy.IDENTITY, None)
    thief = Subject("thief", figures=lambda t: (), pages=lambda s: [toy.page("data/toys/")])
    with pytest.raises(ProgramError, match=r"^两个页面用了同一个地址:data/toys/$"):
        plan.pages(site, [toy.TOY, thief], Rows(tables))


def test_two_subjects_with_one_figure(tmp_path: Path) -> None:
    tables = toy.tables(toy.toy_contract(tmp_path), toy.ROWS)
    liar = Subject("liar", figures=lambda t: [toy.figure("toy/2021/all/planned", 8)], pages=lambda s: ())
    with pytest.raises(ProgramError, match="toy/2021/all/planned"):
        plan.site_of(tables, [toy.TOY, liar], toy.IDENTITY, None)
