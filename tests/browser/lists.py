"""What lists can be narrowed down by, recomputed from the tables alone, and as a page says it."""

from __future__ import annotations

from typing import Any

from tests.sites import Built, Row
from tests.truth import projects

Words = dict[str, set[str]]
NONE = {"", "不涉及"}
PACES = {"超序时", "序时推进", "滞后"}


def words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def names(built: Built) -> dict[str, str]:
    return {r["代码"]: r["名称"] for r in built.rows("regions")}


def some(*found: str) -> set[str]:
    return set(found) - NONE


def _projects(built: Built, places: str) -> list[Words]:
    """Projects by number: places from one table, who pays from the money, how they stand by the tests' own rules."""
    progress, money, regions = built.rows("project_progress/2021"), built.rows("budget/2021"), names(built)
    month = max(r["截至月份"] for r in progress)
    found = []
    for project in built.rows("projects/2021"):
        number = project["编号"]
        mine = [r for r in progress if r["项目编号"] == number]
        paid = [r for r in money if r["项目编号"] == number]
        word, _ = projects.state(project, [r for r in mine if r["截至月份"] == month], month)
        steps = {"实施中", "未启动"} if word == "滞后" else {"实施中"} if word in PACES else {word}
        found.append({
            "category": some(project["类别"]), "unit": some(project["牵头单位"]), "lifecycle": steps,
            "schedule": {word} & PACES, "level": {r["资金层级"] for r in paid},
            "region": {regions[r["区划代码"]] for r in (mine if places == "progress" else paid)},
        })  # fmt: skip
    return found


def _things(built: Built, year: str) -> list[Words]:
    tasks = built.rows(f"grievance_tasks/{year}") if year == "2021" else []
    regions = names(built)
    return [
        {
            "category": some(t["类别"]),
            "unit": some(t["责任单位"]),
            "region": {regions[r["区划代码"]] for r in tasks if r["事项编号"] == t["编号"] and r["区划代码"]},
        }
        for t in built.rows(f"grievances/{year}")
    ]


def _problems(built: Built) -> list[Words]:
    regions = names(built)
    late = {True: "超期改好", False: "按期改好"}
    return [
        {
            "kind": {r["问题类别"]},
            "method": {r["方式"]},
            "unit": {r["责任单位"]},
            "region": {regions[r["区划代码"]]},
            "lifecycle": {late[bool(r["整改期限"]) and r["整改日期"] > r["整改期限"]]} if r["整改日期"] else set(),
        }
        for r in sorted(built.rows("inspections/2021"), key=lambda r: (r["发现日期"], int(r["编号"])), reverse=True)
    ]


def _news(built: Built) -> list[Words]:
    regions = names(built)
    kinds = {("项目", r["编号"]): r["类别"] for r in built.rows("projects/2021")}
    kinds |= {("事项", r["编号"]): r["类别"] for r in built.rows("grievances/2021")}

    def about(row: Row) -> set[str]:
        return {kinds.get((table, row[f"{table}编号"]), "") for table in ("项目", "事项")} - {""}

    return [
        {
            "kind": {r["类型"]}, "unit": some(r["单位"]), "category": about(r),
            "month": {f"{int(r['日期'][5:7])}月"},
            "region": {regions[c] for c in some(r["区划代码"])},
        }
        for r in sorted(built.rows("updates/2021"), key=lambda r: (r["日期"], int(r["编号"])), reverse=True)
    ]  # fmt: skip


def expected(built: Built, path: str) -> list[Words]:
    """The words of each row of a page's list, in the page's order, by facet."""
    section, year, *rest = path.rstrip("/").split("/")
    if section == "updates":
        whole = _news(built)
        return whole if rest == ["all"] else whole[10 * (int(rest[-1]) - 1 if rest else 0) :][:10]
    if section == "inspections":
        return _problems(built)
    if section == "grievances":
        return _things(built, year)
    return _projects(built, {"projects": "progress", "budget": "money"}[section])


def shown(built: Built, path: str) -> tuple[dict[str, dict[str, int]], list[Words]]:
    """What a page's form offers, with counts, and the words that its rows point to."""
    tree = built.tree(path)
    offered: dict[str, dict[str, int]] = {}
    for label in tree.xpath("//form[@data-portal='facets']//label[input[@type='checkbox']]"):
        box = label.find("input")
        assert words(label.xpath("span[@class='word']")[0]) == box.get("value")
        count = int(words(label.xpath("span[@class='count']")[0]))
        offered.setdefault(box.get("name"), {})[box.get("value")] = count
    rows = []
    for row in tree.xpath("//*[@data-list]//*[@data-at]"):
        places = row.get("data-at").split("|") if offered else []
        found = zip(offered.items(), places, strict=True)
        rows.append({f: {list(o)[int(p)] for p in at.split(",") if p} for (f, o), at in found})
    return offered, rows
