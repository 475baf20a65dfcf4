"""The thirty projects themselves: targets, deadlines, and how far each had come in each place at each month's end.

``PLANS`` says what each project promised and how it went; every situation that the site must show is in it or in the
tables after it. Places come from the project's money, so that both speak of the same ones.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass

from bench.demo.common import MONTHS, NOT_APPLICABLE, NOT_REPORTED, REGIONS, SEED, SOURCE, YEAR, nearest, table, unit
from bench.demo.money import FULL, PROJECTS, REGION_WEIGHTS, Project, cells_of, shaped, shared

HUNDRED = 100
DUE_DAY = 10


@dataclass(frozen=True)
class Plan:
    """What a project promised. ``goal`` has ``{n}`` for its number; ``total`` is that number in ``measure``.

    ``start`` and ``deadline`` are ISO dates; ``curve`` is a shape with the tenths of months in which work begins and
    ends (over 120: not within the year). ``baseline`` makes it a target to fall to.
    """

    number: int
    origin: str
    partners: str
    goal: str
    total: int
    measure: str
    start: str
    deadline: str
    curve: tuple[str, int, int]
    steps: str
    baseline: int = 0


# The steps of building something, of handing out money, of a service that runs all year.
STEPS = {
    "build": ("方案印发", "招标完成", "全面开工", "主体完工", "竣工验收"),
    "grant": ("办法印发", "名单核定并公示", "首批发放", "全部发放"),
    "serve": ("方案印发", "服务点到位", "过半完成", "年度任务完成"),
}
PLANS = (
    Plan(1, "省下达", "己", "新建和改扩建公办幼儿园 {n} 所", 42, "所",
         "2021-01-04", "2021-12-31", ("mid", 10, 118), "build"),
    Plan(2, "省下达", "戊", "补助家庭经济困难学生不少于 {n} 人", 18_600, "人",
         "2021-01-04", "2021-12-31", ("even", 20, 102), "grant"),
    Plan(3, "市自选", "", "开展课后服务的学校不少于 {n} 所", 308, "所",
         "2021-02-22", "2021-12-31", ("early", 15, 88), "serve"),
    Plan(4, "市自选", "己", "建设教师周转住房 {n} 套,同步加固旧校舍", 360, "套",
         "2021-03-01", "2022-08-31", ("even", 30, 205), "build"),
    Plan(5, "省下达", "", "建立和更新居民健康档案不少于 {n} 份", 265_000, "份",
         "2021-01-04", "2021-12-31", ("even", 0, 116), "serve"),
    Plan(6, "省下达", "己", "改造发热门诊和传染病区 {n} 处", 11, "处",
         "2021-02-01", "2021-10-31", ("mid", 15, 92), "build"),
    Plan(7, "省下达", "", "免费筛查适龄妇女不少于 {n} 人", 61_000, "人",
         "2021-03-01", "2021-12-31", ("even", 25, 112), "serve"),
    Plan(8, "市自选", "", "更新村卫生室设备 {n} 个", 640, "个",
         "2021-03-01", "2021-10-31", ("late", 30, 118), "grant"),
    Plan(9, "省下达", "戊", "基础养老金按时足额发放不少于 {n} 人", 586_000, "人",
         "2021-01-04", "2021-12-31", ("even", 0, 119), "grant"),
    Plan(10, "省下达", "己、辛", "为困难老年人家庭做适老化改造 {n} 户", 2_400, "户",
         "2021-02-01", "2021-12-31", ("late", 20, 132), "build"),
    Plan(11, "市自选", "", "建成并运营社区日间照料中心 {n} 个", 36, "个",
         "2021-02-01", "2021-12-31", ("mid", 15, 115), "build"),
    Plan(12, "市自选", "丁", "向失能老年人发放护理补贴不少于 {n} 人", 9_800, "人",
         "2021-01-04", "2021-12-31", ("even", 10, 110), "grant"),
    Plan(13, "省下达", "壬、庚", "改造老旧小区 {n} 个", 128, "个",
         "2021-01-04", "2021-12-31", ("mid", 5, 117), "build"),
    Plan(14, "省下达", "", "改造农村危房和加固农房 {n} 户", 1_950, "户",
         "2021-03-01", "2021-11-30", ("late", 30, 129), "build"),
    Plan(15, "市自选", "", "补助加装电梯 {n} 部", 85, "部",
         "2021-04-01", "2021-12-31", ("even", 45, 120), "grant"),
    Plan(16, "省下达", "", "建成交付安置住房 {n} 套", 2_680, "套",
         "2021-01-04", "2022-12-31", ("even", 0, 226), "build"),
    Plan(17, "省下达", "", "新建和改建农村公路 {n} 公里", 420, "公里",
         "2021-01-04", "2022-06-30", ("early", 0, 148), "build"),
    Plan(18, "市自选", "", "补助乡村客运班线 {n} 条", 210, "条",
         "2021-01-04", "2021-12-31", ("even", 15, 109), "grant"),
    Plan(19, "省下达", "", "改造危旧桥梁 {n} 座", 23, "座",
         "2021-03-01", "2021-12-31", ("mid", 30, 98), "build"),
    Plan(20, "市自选", "壬", "整治背街小巷 {n} 条", 156, "条",
         "2021-02-22", "2021-12-31", ("even", 15, 118), "build"),
    Plan(21, "省下达", "", "开发公益性岗位不少于 {n} 个", 7_400, "个",
         "2021-01-04", "2021-12-31", ("early", 0, 85), "serve"),
    Plan(22, "省下达", "甲", "补贴职业技能培训不少于 {n} 人次", 25_500, "人次",
         "2021-03-01", "2021-12-31", ("mid", 25, 119), "grant"),
    Plan(23, "市自选", "", "奖补返乡创业 {n} 户", 430, "户",
         "2021-04-01", "2021-12-31", ("late", 55, 115), "grant"),
    Plan(24, "市自选", "甲", "提供就业见习岗位不少于 {n} 个", 1_600, "个",
         "2021-03-01", "2021-12-31", ("even", 25, 97), "serve"),
    Plan(25, "省下达", "", "新建改造农村户用卫生厕所 {n} 户", 12_300, "户",
         "2021-02-22", "2021-12-31", ("mid", 20, 116), "build"),
    Plan(26, "省下达", "", "污水直排口由 {b} 处减到不超过 {n} 处", 16, "处",
         "2021-01-04", "2021-12-31", ("even", 10, 110), "build", 46),
    Plan(27, "市自选", "", "生活垃圾分类收运处置覆盖行政村不少于 {n} 个", 1_080, "个",
         "2021-01-04", "2021-12-31", ("even", 0, 104), "serve"),
    Plan(28, "省下达", "丙", "规范化建设饮用水水源地 {n} 处", 19, "处",
         "2021-02-01", "2021-12-31", ("even", 20, 145), "build"),
    Plan(29, "省下达", "", "免费开放图书馆、文化馆(站)不少于 {n} 个", 131, "个",
         "2021-01-04", "2021-12-31", ("early", 0, 75), "serve"),
    Plan(30, "市自选", "", "更新社区健身设施 {n} 处", 95, "处",
         "2021-04-01", "2021-12-31", ("even", 40, 112), "build"),
)  # fmt: skip
STOPPED = {
    28: ("2021-11-25", "新水厂提前通水,其余水源地不再作为饮用水水源,经批准终止;已完成部分照常验收(演示)"),
}
# (project, regions or "" for all, months): nothing was reported.
SILENT = (
    (22, "", (12,)),
    (20, "G", (9, 10, 11, 12)),
    (14, "d", (8,)),
    (7, "b", (5, 6)),
    (30, "H", (10,)),
    (11, "e", (12,)),
)
# (project, regions, months, 填报状态, 填报进度): what the unit says, where the figures say something else.
CLAIMS = (
    (10, "bc", (11, 12), "实施中", "序时推进"),
    (14, "e", (12,), "已完成", ""),
    (17, "d", (12,), "实施中", "序时推进"),
    (4, "b", (10, 11), "实施中", "超序时"),
)
# (project, regions, months, days after the due day)
LATE = (
    (25, "", (7, 8), 6), (26, "", (7, 8, 9), 9), (27, "ab", (8, 9), 9), (28, "", (9,), 14),
    (14, "bc", (10, 11, 12), 12), (10, "d", (12,), 4), (13, "a", (6,), 2), (17, "G", (12,), 21),
    (1, "e", (4,), 1), (23, "c", (12,), 3),
)  # fmt: skip
NOTES = {
    (10, "b", 12): "下半年改造户数增加,施工队伍不够;已增加两支队伍,计划次年 2 月底完成(演示)",
    (10, "d", 12): "入户评估晚于计划,材料到货推迟(演示)",
    (14, "b", 12): "雨季停工 43 天,剩余农房次年 3 月前完成(演示)",
    (14, "e", 12): "主体全部完工,正在办理验收,按完成填报(演示)",
    (20, "G", 8): "路面开挖与管线迁改冲突,已停工协调(演示)",
    (17, "G", 12): "材料整理晚了,下月起按时报送(演示)",
    (4, "b", 11): "钢结构已提前进场,因此填报超序时(演示)",
}


def month_end(month: int) -> dt.date:
    """The last day of a month of the year."""
    return dt.date(YEAR + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)


def places(project: Project) -> list[str]:
    """The regions in which a project has money, in order of their codes."""
    return sorted({region for region, _ in cells_of(project.cells)})


def chosen(region: str, letters: str) -> bool:
    """Whether a region is among some letters; none means all."""
    return not letters or region in [REGIONS[x] for x in letters]


def curves(plan: Plan, regions: list[str], rng: random.Random) -> dict[str, list[int]]:
    """Per cent of the work done at each month's end, in each place: some places are a little earlier."""
    kind, first, last = plan.curve
    found = {}
    slowest = rng.randrange(len(regions))
    for i, region in enumerate(regions):
        early = 0 if i == slowest else rng.choice((0, 2, 5, 9, 14))
        shares = shaped(kind, first, max(last - early, first + 20))
        found[region] = [min(nearest(share * HUNDRED, FULL) // FULL, HUNDRED) for share in shares]
    return found


def numbers(plan: Plan, regions: list[str], rng: random.Random) -> dict[str, tuple[int, int]]:
    """What each place is to reach, and (for what is to fall) where it began."""
    weights = [REGION_WEIGHTS[r] * rng.randint(80, 120) for r in regions]
    targets = shared(plan.total, weights, [1] * len(regions))
    begun = shared(plan.baseline, weights, [1] * len(regions))
    return {r: (t, b) for r, t, b in zip(regions, targets, begun, strict=True)}


def elapsed(plan: Plan, month: int) -> float:
    """The share of the time from start to deadline that has passed at a month's end."""
    start, end = dt.date.fromisoformat(plan.start), dt.date.fromisoformat(plan.deadline)
    return min(max(((month_end(month) - start).days + 1) / ((end - start).days + 1), 0), 1)


def claim(plan: Plan, region: str, month: int, work: int) -> tuple[str, str]:
    """The state that a place reports for itself: mostly what the figures say."""
    for number, letters, months, lifecycle, schedule in CLAIMS:
        if number == plan.number and chosen(region, letters) and month in months:
            return lifecycle, schedule
    stopped = STOPPED.get(plan.number)
    if stopped and month_end(month).isoformat() >= stopped[0]:
        return "已终止", ""
    if work == HUNDRED:
        return "已完成", ""
    ahead = work - elapsed(plan, month) * HUNDRED
    return ("实施中" if work else "未启动"), "超序时" if ahead > 5 else "滞后" if ahead < -5 else "序时推进"


def reported(plan: Plan, region: str, month: int, rng: random.Random) -> str:
    """The day on which a place reported a month: usually by the tenth of the next."""
    late = next((d for n, x, m, d in LATE if n == plan.number and chosen(region, x) and month in m), 0)
    day = DUE_DAY + late if late else rng.choice((4, 5, 7, 8, 9, 9, 10))
    return (month_end(month) + dt.timedelta(days=day)).isoformat()


def progress_rows(plan: Plan, project: Project, rng: random.Random) -> Iterator[list[str]]:
    """A project's rows, place by place, month by month."""
    regions = places(project)
    shares, targets = curves(plan, regions, rng), numbers(plan, regions, rng)
    notes = {(n, REGIONS[x], m): text for (n, x, m), text in NOTES.items()}
    for region in regions:
        target, begun = targets[region]
        for month in MONTHS:
            work = shares[region][month - 1]
            if plan.number in STOPPED:
                work = min(work, 74)
            if plan.number in (14,) and month == 12 and region == REGIONS["e"]:
                work = 96
            head = [str(YEAR), str(plan.number), region, f"{YEAR}-{month:02d}", str(target)]
            if any(n == plan.number and chosen(region, x) and month in m for n, x, m in SILENT):
                falling = (NOT_APPLICABLE, NOT_REPORTED) if plan.baseline else (NOT_REPORTED, NOT_APPLICABLE)
                yield [*head, *falling, NOT_REPORTED, "", "", "", "", SOURCE]
                continue
            if plan.baseline:
                counts = (NOT_APPLICABLE, str(begun - (begun - target) * work // HUNDRED))
            else:
                counts = (str(target * work // HUNDRED), NOT_APPLICABLE)
            note = notes.get((plan.number, region, month), "")
            yield [
                *head, *counts, str(work),
                *claim(plan, region, month, work), reported(plan, region, month, rng), note, SOURCE,
            ]  # fmt: skip


def milestones(plan: Plan, rows: list[list[str]], rng: random.Random) -> Iterator[list[str]]:
    """A project's steps: planned between start and deadline, done when its slowest place had come so far."""
    names = STEPS[plan.steps]
    start, end = dt.date.fromisoformat(plan.start), dt.date.fromisoformat(plan.deadline)
    least = {}
    for row in rows:
        if row[7] != NOT_REPORTED:
            month, work = int(row[3][5:]), int(row[7])
            least[month] = min(least.get(month, HUNDRED), work)
    for i, name in enumerate(names):
        share = (5, 20, 45, 75, 100)[i] if len(names) == 5 else (5, 25, 60, 100)[i]
        planned = start + (end - start) * share // HUNDRED
        month = next((m for m in MONTHS if least.get(m, 0) >= share), None)
        actual = "" if month is None else month_end(month).replace(day=rng.randint(9, 27)).isoformat()
        note = "终止,不再实施(演示)" if plan.number in STOPPED and not actual else ""
        yield [str(YEAR), str(plan.number), str(i + 1), name, planned.isoformat(), actual, note, SOURCE]


def project_row(plan: Plan, project: Project) -> list[str]:
    """A project's row."""
    partners = "、".join(unit(x) for x in plan.partners.split("、") if x)
    goal = plan.goal.format(n=f"{plan.total}", b=plan.baseline)
    falls = bool(plan.baseline)
    return [
        str(YEAR), str(plan.number), project.title, project.category, plan.origin, unit(project.lead), partners, goal,
        "不超过" if falls else "不少于", plan.measure, str(plan.baseline) if falls else NOT_APPLICABLE, plan.start,
        plan.deadline, *STOPPED.get(plan.number, ("", "")), SOURCE,
    ]  # fmt: skip


def files() -> dict[str, bytes]:
    """Every file's path in the data folder, and its bytes."""
    rng = random.Random(SEED + 1)
    listed, progress, steps = [], [], []
    for plan, project in zip(PLANS, PROJECTS, strict=True):
        mine = list(progress_rows(plan, project, rng))
        listed.append(project_row(plan, project))
        progress += mine
        steps += milestones(plan, mine, rng)
    return {
        "projects/2021.csv": table(
            "年度 编号 名称 类别 任务来源 牵头单位 配合单位 目标 目标方向 计量单位 基数 开始日期 完成时限 终止日期 "
            "终止原因 来源",
            listed,
        ),
        "project_progress/2021.csv": table(
            "年度 项目编号 区划代码 截至月份 目标数 完成数 现值 形象进度(%) 填报状态 填报进度 报送日期 单位说明 来源",
            progress,
        ),
        "project_milestones/2021.csv": table("年度 项目编号 序号 节点 计划完成 实际完成 说明 来源", steps),
    }
