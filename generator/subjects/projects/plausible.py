"""What is worth a second look in projects: nothing here is impossible, and what is right stays as it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from generator import rules
from generator.format import end_of
from generator.model import Level, Problem
from generator.rules import TENFOLD
from generator.tables import Draft

TITLES = {
    "milestone_future": "节点完成在数据之后",
    "milestone_order": "节点的先后",
    "done_tenfold": "完成数远多于目标数",
    "target_changes": "目标数前后不同",
    "lead_partner": "牵头单位又是配合单位",
    "never_reported": "项目从未报送",
}


def not_yet(draft: Draft) -> Iterator[Problem]:
    """A milestone was not reached after the newest day that the reports of progress speak of."""
    reports = draft.rows("project_progress")
    days = [str(r["reported"]) for r in reports if r["reported"]] + [end_of(r["month"]) for r in reports if r["month"]]
    if not days:
        return
    newest = max(days)
    for row in draft.rows("project_milestones"):
        if row["actual"] and row["actual"] > newest:
            yield rules.at(
                draft, "project_milestones", row, "actual", rule="milestone_future", level=Level.WARNING,
                message=f"{row['actual']} 比进度表里最新的日期 {newest} 还晚。",
                remedy="核对年份和月份;还没有完成的节点留空。确实已经完成的,不必改。", allowed=f"不晚于 {newest}",
            )  # fmt: skip


def planned(draft: Draft) -> Iterator[Problem]:
    """Milestones are planned in the order of their numbers."""
    series: dict[tuple[int, int], list[dict[str, object]]] = defaultdict(list)
    for row in draft.rows("project_milestones"):
        if row["planned"] and row["project"] is not None and row["number"] is not None:
            series[row["year"], row["project"]].append(row)
    for rows in series.values():
        for before, row in pairwise(sorted(rows, key=lambda r: int(str(r["number"])))):
            if str(row["planned"]) < str(before["planned"]):
                yield rules.at(
                    draft, "project_milestones", row, "planned", rule="milestone_order", level=Level.WARNING,
                    message=f"第 {row['number']} 个节点计划在 {row['planned']} 完成,"
                    f"早于第 {before['number']} 个节点的 {before['planned']}。",
                    remedy="核对这两个日期;日期没有错的,按先后重新编序号。", allowed=f"不早于 {before['planned']}",
                )  # fmt: skip


def overdone(draft: Draft) -> Iterator[Problem]:
    """More than ten times what was promised looks like another unit of measurement."""
    for row in draft.rows("project_progress"):
        target, done = row["target"], row["done"]
        if target and done is not None and done > TENFOLD * target:
            yield rules.at(
                draft, "project_progress", row, "done", rule="done_tenfold", level=Level.WARNING,
                message=f"完成数 {done} 是目标数 {target} 的十倍以上。",
                remedy="核对计量单位和位数:两列用的是项目表里的同一个计量单位。数没有错的,不必改。",
            )  # fmt: skip


def targets(draft: Draft) -> Iterator[Problem]:
    """What a place is to reach in a year stays the same from month to month, unless the unit's note says why not."""
    series: dict[tuple[int, int, str], list[dict[str, object]]] = defaultdict(list)
    for row in draft.rows("project_progress"):
        if row["month"] and row["target"] is not None and row["project"] is not None:
            series[row["year"], row["project"], row["region"]].append(row)
    for rows in series.values():
        for before, row in pairwise(sorted(rows, key=lambda r: str(r["month"]))):
            if row["target"] != before["target"] and not row["note"]:
                yield rules.at(
                    draft, "project_progress", row, "target", rule="target_changes", level=Level.WARNING,
                    message=f"{before['month']} 的目标数是 {before['target']},这个月是 {row['target']}。",
                    remedy="目标数是全年的数,每个月都一样:核对这两个月。确实调整过的,在这一行的“单位说明”里写明原因和依据。",
                )  # fmt: skip


def partners(draft: Draft) -> Iterator[Problem]:
    """The unit in the lead is not one of its own partners."""
    for row in draft.rows("projects"):
        if row["lead"] and row["lead"] in (row["partners"] or ()):
            yield rules.at(
                draft, "projects", row, "partners", rule="lead_partner", level=Level.WARNING,
                message=f"{row['lead']}已经是牵头单位,又写在配合单位里。",
                remedy="从配合单位里删去它;如果牵头单位填错了,请改正。",
            )  # fmt: skip


def silent(draft: Draft) -> Iterator[Problem]:
    """Once a year has reports, each of its projects has one."""
    reported: dict[int, set[int]] = defaultdict(set)
    for row in draft.rows("project_progress"):
        reported[row["year"]].add(row["project"])
    for row in draft.rows("projects"):
        if row["year"] in reported and row["number"] not in reported[row["year"]]:
            yield rules.at(
                draft, "projects", row, "number", rule="never_reported", level=Level.WARNING,
                message=f"项目 {row['number']} 在 {row['year']} 年的进度表里一行也没有。",
                remedy="请牵头单位报送;还没有数的月份也要留一行,数字填未报送。编号写错的,请改正。",
            )  # fmt: skip


RULES = (not_yet, planned, overdone, targets, partners, silent)
