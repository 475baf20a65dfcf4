"""No task of the ten things is dropped: each stands with whoever is to do it and where it is done, late ones on top.

Which task must stand where is read from the tables as plain CSV, and the pages as HTML: nothing of the program is used
to say what is right. One site is the shipped one; the other is small, and has what the shipped one lacks: a unit that
only has tasks, a unit that only helps, a thing that nobody answers for, a place that only has a task.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import project
from tests.sites import Built, Row, resolve

HEADERS = {
    "grievances": "年度,编号,名称,类别,责任单位,配合单位,目标,开始日期,完成时限,来源",
    "grievance_tasks": "年度,事项编号,序号,任务,责任单位,区划代码,计划完成,实际完成,来源",
    "grievance_progress": "年度,事项编号,截至月份,整治进度(%),填报状态,报送日期,单位说明,来源",
}
ROWS = {
    "grievances": (
        "2021,1,停车难,出行,示例单位甲,示例单位乙、示例单位丁,办好,2021-03-15,2021-11-30,demo",
        "2021,2,噪声,环境,示例单位甲,,办好,2021-03-15,2022-12-31,demo",
        "2021,3,看病排队,就医,,示例单位甲,办好,2021-03-15,2022-12-31,demo",
    ),
    "grievance_tasks": (
        "2021,1,1,划线,示例单位甲,510903,2021-06-30,2021-06-30,demo",
        "2021,1,2,立牌,示例单位甲,,2021-10-31,,demo",
        "2021,1,3,开放车库,示例单位丙,510903,2021-11-30,,demo",
        "2021,1,4,公布车位,示例单位乙,510904,2021-12-31,,demo",
        "2021,2,1,限时施工,示例单位甲,510903,2021-08-31,2021-09-02,demo",
        "2021,2,2,装隔声窗,示例单位甲,510904,2021-12-01,2022-01-03,demo",
        "2021,2,3,装隔声窗,示例单位丙,510921,2021-12-01,,demo",
        "2021,3,1,夜间门诊,示例单位丙,,2021-12-30,,demo",
        "2021,3,2,预约,,510903,2021-12-30,,demo",
        "2021,3,3,清单,,,2021-12-30,,demo",
    ),
    "grievance_progress": (
        "2021,1,2021-11,40,整治中,2021-12-08,上个月的说明,demo",
        "2021,1,2021-12,60,整治中,2022-01-08,车库还没有验收,demo",
        "2021,2,2021-11,50,整治中,2021-12-08,只在上个月说明过,demo",
        "2021,2,2021-12,60,整治中,2022-01-08,,demo",
        "2021,3,2021-12,60,整治中,2022-01-08,医生不够,demo",
    ),
}


def add_things(root: Path) -> Path:
    """The small project with things, their tasks and reports."""
    for table, rows in ROWS.items():
        header = HEADERS[table].split(",")
        project.write_rows(root / f"data/{table}/2021.csv", [header, *(r.split(",") for r in rows)])
    for line in ("u3,示例单位丙,,demo", "u4,示例单位丁,,demo"):
        project.edit_rows(root / "data/units.csv", lambda rows, line=line: rows.append(line.split(",")))  # type: ignore[misc]
    package = root / "data/datapackage.yaml"
    there = yaml.safe_load(package.read_text(encoding="utf-8"))
    shipped = yaml.safe_load((project.ROOT / "data/datapackage.yaml").read_text(encoding="utf-8"))["resources"]
    there["resources"] += [r for r in shipped if r["path"].removesuffix("/2021.csv") in ROWS]
    package.write_text(yaml.safe_dump(there, allow_unicode=True), encoding="utf-8")
    return root


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Built:
    warmed = project.warmed(tmp_path_factory)
    return Built(
        project.once(
            tmp_path_factory, "project-with-things", lambda to: project.build(add_things(project.copy(warmed, to)))
        )
    )


BOTH = pytest.mark.parametrize("name", ["shipped", "small"])


@pytest.fixture
def built(name: str, request: pytest.FixtureRequest) -> Built:
    return request.getfixturevalue(name)  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Task:
    """A task, with the thing that it is a part of, as the tables have them."""

    row: Row
    thing: Row
    end: str
    note: str

    @property
    def done(self) -> bool:
        return bool(self.row["实际完成"]) and self.row["实际完成"] <= self.end

    @property
    def late(self) -> bool:
        return not self.done and self.row["计划完成"] < self.end

    @property
    def state(self) -> str:
        if self.done:
            return "▼晚于计划完成" if self.row["实际完成"] > self.row["计划完成"] else "●按时完成"
        return "▼逾期，没有完成" if self.late else "◐没有完成"

    @property
    def why(self) -> str:
        lead = self.thing["责任单位"]
        return (
            (f"{lead}的说明：{self.note}" if lead else f"单位说明：{self.note}") if self.note else "单位没有说明原因。"
        )


@dataclass(frozen=True)
class Year:
    """A year's tables of things."""

    built: Built
    year: str

    def table(self, name: str) -> list[Row]:
        return self.built.rows(f"{name}/{self.year}")

    @cached_property
    def tasks(self) -> list[Task]:
        progress = self.table("grievance_progress")
        month = max(r["截至月份"] for r in progress)
        days = calendar.monthrange(int(month[:4]), int(month[5:]))[1]
        notes = {r["事项编号"]: r["单位说明"] for r in progress if r["截至月份"] == month}
        things = {r["编号"]: r for r in self.table("grievances")}
        rows = sorted(self.table("grievance_tasks"), key=lambda r: (int(r["事项编号"]), int(r["序号"])))
        return [Task(r, things[r["事项编号"]], f"{month}-{days}", notes.get(r["事项编号"], "")) for r in rows]

    @cached_property
    def regions(self) -> dict[str, str]:
        return {r["代码"]: r["名称"] for r in self.built.rows("regions")}

    def units(self) -> Iterator[tuple[str, str, list[Task]]]:
        """The page, name and tasks of each unit."""
        for unit in self.built.rows("units"):
            mine = [t for t in self.tasks if t.row["责任单位"] == unit["名称"]]
            yield f"units/{self.year}/{unit['编号']}/", unit["名称"], mine

    def places(self) -> Iterator[tuple[str, list[Task]]]:
        """The page and tasks of each place."""
        for code in (r["代码"] for r in self.built.rows("regions") if r["填报"] == "是"):
            yield f"regions/{self.year}/r{code}/", [t for t in self.tasks if t.row["区划代码"] == code]


def years(built: Built) -> list[Year]:
    found = [Year(built, p.stem) for p in sorted((built.data / "grievance_tasks").glob("*.csv"))]
    assert found
    assert all(year.tasks for year in found)
    return found


def words(element: Any) -> str:
    return re.sub(r"\s+", "", element.text_content())


def bare(*texts: str) -> list[str]:
    return [re.sub(r"\s+", "", t) for t in texts]


def listed(built: Built, page: str, section: str) -> list[list[str]]:
    """The cells of the rows of a section; nothing where there is no such section, or no such page."""
    if page not in built.pages:
        return []
    rows = built.tree(page).xpath(f"//section[@id='{section}']//tbody/tr")
    return [[words(cell) for cell in row] for row in rows]


def cells(task: Task, last: str) -> list[str]:
    row = task.row
    return bare(row["任务"], task.thing["名称"], task.state, row["计划完成"], row["实际完成"] or "没有完成", last)


def links(built: Built, page: str, path: str = "//article") -> set[str]:
    return {resolve(page, a.get("href"))[0] for e in built.tree(page).xpath(path) for a in e.iter("a") if a.get("href")}


def late_ones_stand_on_top(built: Built, page: str, tasks: list[Task]) -> None:
    """Each late task stands once among what is late, with its day and what the thing's unit says of the thing."""
    late = [t for t in tasks if t.late]
    cards = built.tree(page).xpath("//section[@id='late']//li") if page in built.pages else []
    text = "".join(words(c) for c in cards)
    assert text.count("逾期，没有完成") == len(late), page
    for task in late:
        wanted = bare(task.row["任务"], task.thing["名称"], f"计划{task.row['计划完成']}前完成")
        (card,) = [c for c in cards if all(w in words(c) for w in wanted)]
        own = task.thing["责任单位"] == task.row["责任单位"] and page.startswith("units/")
        why = bare(task.why, f"单位说明：{task.note}" if own and task.note else task.why)
        assert any(w in words(card) for w in why), (page, task.row)


# --- what must stand where --------------------------------------------------------------------------------------------


@BOTH
def test_every_task_of_a_unit_stands_on_its_page(built: Built) -> None:
    for year in years(built):
        for page, _, tasks in year.units():
            expected = [cells(t, year.regions.get(t.row["区划代码"], "全市")) for t in tasks]
            assert listed(built, page, "tasks") == expected, page
            late_ones_stand_on_top(built, page, tasks)


@BOTH
def test_every_task_in_a_place_stands_on_its_page(built: Built) -> None:
    for year in years(built):
        for page, tasks in year.places():
            assert listed(built, page, "things") == [cells(t, t.row["责任单位"] or "未公布") for t in tasks], page
            late_ones_stand_on_top(built, page, tasks)


@BOTH
def test_a_task_leads_to_its_unit_its_place_and_its_thing_and_they_to_it(built: Built) -> None:
    for year in years(built):
        units = {name: page for page, name, _ in year.units()}
        for task in year.tasks:
            thing = f"grievances/{year.year}/g{int(task.row['事项编号']):02d}/"
            unit = units.get(task.row["责任单位"])
            place = f"regions/{year.year}/r{task.row['区划代码']}/" if task.row["区划代码"] else None
            row = f"//tr[@id='task-{task.row['序号']}']"
            assert {p for p in (unit, place) if p} == links(built, thing, row) - {thing}
            if unit:
                assert {p for p in (thing, place) if p} <= links(built, unit, "//section[@id='tasks']")
            if place:
                assert {p for p in (thing, unit) if p} <= links(built, place, "//section[@id='things']")


@BOTH
def test_a_unit_that_has_a_task_is_in_every_list_of_units(built: Built) -> None:
    for year in years(built):
        wanted = {page for page, _, tasks in year.units() if tasks}
        assert wanted <= links(built, f"units/{year.year}/")
        assert wanted <= links(built, "units/")


@BOTH
def test_the_things_that_a_unit_helps_with_stand_on_its_page(built: Built) -> None:
    for year in years(built):
        things = sorted(year.table("grievances"), key=lambda r: int(r["编号"]))
        for page, name, _ in year.units():
            if page not in built.pages:
                continue
            helped = [t for t in things if name in t["配合单位"].split("、")]
            shown = built.tree(page).xpath("//section[@id='helps-things']//li")
            assert [words(li) for li in shown] == bare(
                *(f"{int(t['编号']):02d}{t['名称']}·责任单位：{t['责任单位'] or '未公布'}" for t in helped)
            )
            here = f"grievances/{year.year}/"
            assert links(built, page, "//section[@id='helps-things']") >= {
                f"{here}g{int(t['编号']):02d}/" for t in helped
            }


# --- that the tables have what is to be seen --------------------------------------------------------------------------


def test_the_shipped_year_has_a_late_task_of_a_thing_that_another_unit_answers_for(shipped: Built) -> None:
    (year,) = years(shipped)
    late = [t for t in year.tasks if t.late]
    assert {t.row["责任单位"] == t.thing["责任单位"] for t in late} == {True, False}
    assert any(t.row["区划代码"] and t.note for t in late)


def test_who_only_helps_has_no_page_and_who_only_has_tasks_has_one(small: Built) -> None:
    assert "units/2021/u3/" in small.pages
    assert "units/2021/u4/" not in small.pages
    assert words(small.tree("units/2021/u3/").xpath("//p[@class='lede']")[0]).startswith("示例单位丙负责下面这些任务")
    assert words(small.tree("units/2021/u3/").xpath("//section[@id='sources']")[0]).find("演示数据") >= 0


def test_a_thing_that_is_late_takes_its_own_units_late_tasks_with_it(small: Built) -> None:
    """The note stands once, with the thing; a late task of a thing that is in time stands for itself."""
    cards = [words(c) for c in small.tree("units/2021/u1/").xpath("//section[@id='late']//li")]
    (thing,) = [c for c in cards if "立牌" in c]
    assert thing.startswith("停车难◐整治中")
    assert thing.count("车库还没有验收") == 1
    (other,) = [c for c in cards if "装隔声窗" in c]
    assert other == "噪声：装隔声窗▼逾期，没有完成·计划2021-12-01前完成·西河区单位没有说明原因。"
