"""Twenty-six pieces of news, four of them press conferences; the numbers in their words are those of the other tables.

A sentence takes its numbers from the rows of the month that it speaks of, so that no news contradicts the tables.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from bench.demo import inspections, money, projects
from bench.demo.common import NOT_APPLICABLE, REGIONS, SOURCE, YEAR, nearest, table, unit
from bench.demo.projects import chosen

SAYS = "（演示）"
Row = dict[str, str]


@dataclass(frozen=True)
class News:
    """One piece of news. ``text`` has a paragraph an entry; ``month`` is that of the numbers that stand in braces.

    ``{done} {target} {unit}`` are the project's, over all places or in the one whose letter is ``place``; ``{paid}`` is
    what was paid of all projects, in 亿元. News with a ``quarter`` is the press conference after it, and has
    ``{found}``, the problems found by that quarter's end, and ``{mended}``, those of them mended by ``day``.
    """

    day: str
    title: str
    text: tuple[str, ...]
    project: int = 0
    month: int = 0
    unit: str = ""
    place: str = ""
    quarter: int = 0


NEWS = (
    News("01-08", "全年 {all} 件民生实事公布", (
        "今年的民生实事一共 {all} 件，分教育、医疗卫生、养老、住房、交通、就业、环境、文体八类。",
        "每一件都写明了目标、牵头单位和完成时限，进度和资金逐月公开。",
    )),
    News("01-26", "首次月调度：改造方案要先听居民的意见", (
        "1 月的月调度发现，有几个老旧小区的改造方案没有征求居民意见的记录。",
        "牵头单位要在 2 月 4 日前补开居民议事会。没有听过居民意见的方案，不进入招标。",
    ), project=13, unit="己"),
    News("02-24", "养老金发放：1 月发到 {done} 人", (
        "到 {month} 月底，城乡居民基础养老金发到 {done} {unit}，全年目标是不少于 {target} {unit}。",
        "养老金每月发放一次。没有收到的，可以带身份证到就近的社会保障服务窗口查询。",
    ), project=9, month=1, unit="丁"),
    News("03-18", "公益性岗位开发 {done} 个，接下来做三件事", (
        "到 {month} 月底，公益性岗位开发了 {done} {unit}，全年目标是不少于 {target} {unit}。",
        "接下来做三件事：岗位要求公开，安置名单公示，考勤每月核对。",
    ), project=21, month=2, unit="辛"),
    News("04-15", "第一场新闻发布会：前三个月的进度和资金", (
        "会上通报，到 {month} 月底，各项目合计拨付 {paid} 亿元。",
        "前三个月的月调度和季核查一共发现 {found} 个问题，到 4 月 15 日已经改好 {mended} 个。",
        "有记者问没有按时改好的怎么办。答复是：写明原因和新的时间，下个月再查，结果公开。",
    ), month=3, quarter=1),
    News("04-22", "农村公路：前三个月建成 {done} 公里", (
        "到 {month} 月底，新建和改建农村公路 {done} {unit}，目标是 {target} {unit}，到 2022 年 6 月完成。",
        "施工路段有改道的，会提前在路口张贴通告。",
    ), project=17, month=3, unit="庚"),
    News("05-17", "图书馆和文化馆免费开放 {done} 个", (
        "到 {month} 月底，免费开放的图书馆、文化馆（站）有 {done} {unit}，全年目标是不少于 {target} {unit}。",
        "开放时间贴在各馆门口，节假日照常开放。",
    ), project=29, month=4, unit="癸"),
    News("05-20", "两癌免费筛查已做 {done} 人", (
        "到 {month} 月底，免费筛查农村适龄妇女 {done} {unit}，全年目标是不少于 {target} {unit}。",
        "筛查不收费，由乡镇卫生院通知时间和地点。查出问题的，由医院联系复查。",
    ), project=7, month=4, unit="丙"),
    News("06-16", "开展课后服务的学校有 {done} 所", (
        "到 {month} 月底，开展课后服务的学校有 {done} {unit}，全年目标是不少于 {target} {unit}。",
        "家长自愿报名。服务时间、内容和收费标准由学校公布。",
    ), project=3, month=5, unit="甲"),
    News("06-18", "生活垃圾分类收运覆盖 {done} 个村", (
        "到 {month} 月底，生活垃圾分类收运处置覆盖行政村 {done} {unit}，全年目标是不少于 {target} {unit}。",
        "4 月查出没有硬化的收集点已经重做，现场复核合格。",
    ), project=27, month=5, unit="壬"),
    News("06-24", "社区日间照料中心开门 {done} 个", (
        "到 {month} 月底，本地的社区日间照料中心建成并运营 {done} {unit}，全年目标是 {target} {unit}。",
        "中心白天为老人提供用餐、休息和康复，费用贴在门口。",
    ), project=11, month=5, unit="戊", place="a"),
    News("07-15", "第二场新闻发布会：上半年的进度和资金", (
        "会上通报，到 {month} 月底，各项目合计拨付 {paid} 亿元。",
        "上半年的月调度和季核查一共发现 {found} 个问题，到 7 月 15 日已经改好 {mended} 个，没有改好的逐个写明原因。",
        "下半年重点查两件事：雨季停工的工地有没有补上进度，年底前该发的补助有没有发到人。",
    ), month=6, quarter=2),
    News("07-21", "老旧小区改造：上半年改完 {done} 个", (
        "到 {month} 月底，改造老旧小区 {done} {unit}，全年目标是 {target} {unit}。",
        "改造水、电、气和路面时会短时间停供，停供通知提前三天贴到楼门口。",
        "居民对工程质量有意见的，可以向社区反映，施工单位应当当场记录并答复。",
    ), project=13, month=6, unit="己"),
    News("07-28", "上半年补助家庭经济困难学生 {done} 人", (
        "到 {month} 月底，补助义务教育阶段家庭经济困难学生 {done} {unit}，全年目标是不少于 {target} {unit}。",
        "补助按学期发到家长的账户。名单不公开，有疑问的向就读的学校查询。",
    ), project=2, month=6, unit="甲"),
    News("08-16", "污水直排口还剩 {left} 处", (
        "到 {month} 月底，污水直排口还有 {left} {unit}，年底的目标是不超过 {target} {unit}。",
        "雨污分流施工的路段晚上不作业。",
    ), project=26, month=7, unit="壬"),
    News("08-19", "发热门诊和传染病区改造完成 {done} 处", (
        "到 {month} 月底，改造县级医院发热门诊和传染病区 {done} {unit}，目标是 {target} {unit}，10 月底前完成。",
        "6 月核查发现有一处通风达不到设计要求，风机已经换装，检测合格。",
    ), project=6, month=7, unit="丙"),
    News("09-16", "就业见习岗位提供 {done} 个", (
        "到 {month} 月底，提供高校毕业生就业见习岗位 {done} {unit}，全年目标是不少于 {target} {unit}。",
        "见习期间有生活补贴。岗位名单可以到就业服务窗口查询。",
    ), project=24, month=8, unit="辛"),
    News("09-22", "村卫生室换新设备 {done} 个", (
        "到 {month} 月底，更新设备的村卫生室有 {done} {unit}，目标是 {target} {unit}，10 月底前完成。",
        "进度慢的原因是一批设备到货晚。到货以后先装离乡镇远的村。",
    ), project=8, month=8, unit="丙"),
    News("10-15", "第三场新闻发布会：前三季度发现的问题怎么改", (
        "前三季度的月调度和季核查一共发现 {found} 个问题，到 10 月 15 日已经改好 {mended} 个。",
        "会上逐个说明了超过期限才改好的问题：为什么晚，晚了多久，是谁的责任。",
        "9 月有单位没有报送资金数，会上没有公布合计，等报齐了再公布。",
    ), month=9, quarter=3),
    News("10-21", "失能老年人护理补贴发到 {done} 人", (
        "到 {month} 月底，发放失能老年人护理补贴 {done} {unit}，全年目标是不少于 {target} {unit}。",
        "符合条件还没有领到的，由村（社区）代为申请。",
    ), project=12, month=9, unit="戊"),
    News("10-29", "夜间和节假日门诊：候诊时间每周公布", (
        "医院夜间和节假日看病排队久这件事，四项任务到 10 月 27 日全部完成。",
        "夜间门诊增加了医生班次，分时段预约和现场取号合并，候诊时间每周公布，节假日有儿科门诊。",
    ), unit="丙"),
    News("11-16", "加装电梯补助发放 {done} 部", (
        "到 {month} 月底，补助加装电梯 {done} {unit}，全年目标是 {target} {unit}。",
        "补助在电梯验收以后发放。没有验收的，先由施工单位整改。",
    ), project=15, month=10, unit="己"),
    News("11-25", "夜间噪声的事重新打开", (
        "夜间施工和娱乐场所噪声扰民这件事，9 月做到过 100 %。",
        "入冬后两处工地夜间赶工，一条街的音响又响起来，这件事从 11 月起重新打开。",
        "复发的工地和场所再整治，计划 12 月 20 日前完成。还听到夜间施工的，可以打 12345 反映。",
    ), unit="壬"),
    News("11-26", "饮用水水源地项目终止的说明", (
        "新水厂已经提前通水，其余水源地不再作为饮用水水源，这个项目经批准在 11 月 25 日终止。",
        "到 {month} 月底已经完成 {done} {unit}，原定目标是 {target} {unit}。已经完成的部分照常验收。",
        "没有用完的资金按规定收回，数额在全年决算里公布。",
    ), project=28, month=10, unit="壬"),
    News("12-16", "危旧桥梁改造完成 {done} 座", (
        "到 {month} 月底，改造公路危旧桥梁 {done} {unit}，全年目标是 {target} {unit}。",
        "改造完成的桥先做荷载试验，合格以后才恢复通车。",
    ), project=19, month=11, unit="庚"),
    News("12-30", "第四场新闻发布会：全年的进度、资金和问题", (
        "会上通报，到 {month} 月底，各项目合计拨付 {paid} 亿元。12 月的数在次年 1 月报送。",
        "全年发现 {found} 个问题，到 12 月 30 日已经改好 {mended} 个，最后一个要在次年 1 月 3 日前改好。",
        "没有在年内完成的项目，会上写明了新的完成时间和牵头单位。",
    ), month=11, quarter=4),
)  # fmt: skip
# The news's number -> the thing of the year's ten that it tells of.
TIES = {21: 2, 23: 3}


@cache
def made(path: str) -> list[Row]:
    """The rows of another demonstration table, by header."""
    content = next(m.files()[path] for m in (projects, money, inspections) if path in m.files())
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"))))


def _progress(news: News) -> dict[str, str]:
    """The counts of a project at a month's end; raises ``ValueError`` if a place had not reported."""
    month = f"{YEAR}-{news.month:02d}"
    rows = [
        r for r in made("project_progress/2021.csv")
        if (r["项目编号"], r["截至月份"]) == (str(news.project), month) and chosen(r["区划代码"], news.place)
    ]  # fmt: skip
    measure = next(p.measure for p in projects.PLANS if p.number == news.project)
    falls = rows[0]["完成数"] == NOT_APPLICABLE
    done = sum(int(r["现值" if falls else "完成数"]) for r in rows)
    found = {"target": sum(int(r["目标数"]) for r in rows), "left" if falls else "done": done}
    return {name: str(n) for name, n in found.items()} | {"unit": measure}


def _paid(month: int) -> str:
    """What all projects had paid at a month's end, in 亿元; a month with gaps has no such sum."""
    cells = [r["拨付(万元)"] for r in made("budget/2021.csv") if r["截至月份"] == f"{YEAR}-{month:02d}"]
    total = sum(int(c.replace(".", "")) for c in cells if c != NOT_APPLICABLE)
    whole = nearest(total, 10_000 * money.WAN // 100)
    return f"{whole // (10_000 * money.WAN)}.{whole // (100 * money.WAN) % 100:02d}"


def _problems(news: News) -> dict[str, str]:
    """How many problems had been found by the end of the news's quarter, and mended by its day."""
    last = f"{YEAR}-{3 * news.quarter:02d}"
    known = [r for r in made("inspections/2021.csv") if r["月份"] <= last]
    return {"found": str(len(known)), "mended": str(sum(r["整改日期"] <= f"{YEAR}-{news.day}" for r in known))}


def facts(news: News) -> dict[str, str]:
    """The numbers that the words of a piece of news may take."""
    found = {"all": str(len(projects.PLANS)), "month": str(news.month)}
    if news.project and news.month:
        found |= _progress(news)
    if news.quarter:
        found |= _problems(news)
    if "{paid}" in "".join(news.text):
        found |= {"paid": _paid(news.month)}
    return found


def rows() -> Iterator[list[str]]:
    """The table's rows in the order of their numbers."""
    for number, news in enumerate(NEWS, 1):
        known = facts(news)
        yield [
            str(YEAR), str(number), f"{YEAR}-{news.day}", "新闻发布会" if news.quarter else "工作动态",
            news.title.format(**known), "\n\n".join(news.text).format(**known) + SAYS,
            str(news.project) if news.project else NOT_APPLICABLE, str(TIES.get(number, NOT_APPLICABLE)),
            unit(news.unit), REGIONS[news.place] if news.place else "", SOURCE,
        ]  # fmt: skip


def files() -> dict[str, bytes]:
    """Every file's path in the data folder, and its bytes."""
    return {"updates/2021.csv": table("年度 编号 日期 类型 标题 内容 项目编号 事项编号 单位 区划代码 来源", rows())}
