"""Ten things that citizens are dissatisfied with, from the first complaint to the last survey.

Only their number is published, so what they are is invented: everyday matters, in words that name no place. ``THINGS``
says what becomes of each; among them one is reopened, one is behind, one claims more than its figures say, one was
never asked about, some months came late or not at all.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass

from bench.demo.common import NOT_APPLICABLE, NOT_REPORTED, REGIONS, SEED, SOURCE, YEAR, table, unit

MONTHS = range(3, 13)  # decided in March
DUE_DAY = 10
CHANNELS = ("12345热线", "来信", "来访", "网络留言", "问卷调查")
START = "2021-03-15"

Task = tuple[str, str, str, str, str]  # what, who, where (a letter, or "" for everywhere), planned, done or ""
Survey = tuple[str, str, int, str, str, str]  # date, how, sample, 满意, 基本满意, 不满意


@dataclass(frozen=True)
class Thing:
    """One thing. ``work`` is per cent done at the end of each month from March on; ``origins`` by channel.

    ``ballot`` is its title on the ballot, where that was another.
    """

    number: int
    title: str
    category: str
    lead: str
    partners: str
    goal: str
    deadline: str
    work: tuple[int, ...]
    origins: tuple[int | str, ...]
    votes: int
    tasks: tuple[Task, ...]
    surveys: tuple[Survey, ...] = ()
    ballot: str = ""


PHONE, DOORS, WEB = "随机电话", "入户", "网上问卷"
JULY, DECEMBER = "2021-07-16", "2021-12-24"

THINGS = (
    Thing(1, "老旧小区停车难,消防通道被占", "出行", "甲", "己、庚",
          "新增公共停车位不少于 2,000 个,消防通道全部划线并有人管", "2021-12-31",
          (4, 11, 21, 34, 47, 60, 72, 84, 94, 100), (1_846, 37, 52, 913, 6_204), 48_310,
          (("清查可以改成停车位的空地和地下车库", "甲", "", "2021-04-30", "2021-04-28"),
           ("新增公共停车位", "甲", "a", "2021-11-30", "2021-12-09"),
           ("消防通道划线和立牌", "己", "", "2021-08-31", "2021-08-26"),
           ("单位停车场夜间向居民开放", "庚", "a", "2021-10-31", "2021-10-20"),
           ("停车位数量和收费上网公布", "甲", "", "2021-12-20", "2021-12-17")),
          ((JULY, PHONE, 400, "118", "142", "128"), (DECEMBER, PHONE, 400, "176", "154", "63"))),
    Thing(2, "医院夜间和节假日看病排队久", "就医", "丙", "",
          "夜间和节假日门诊平均候诊不超过 40 分钟", "2021-10-31",
          (8, 20, 35, 52, 66, 79, 91, 100, 100, 100), (1_322, 64, 29, 1_105, 5_488), 44_075,
          (("夜间门诊增加医生班次", "丙", "", "2021-05-31", "2021-05-25"),
           ("分时段预约和现场取号合并", "丙", "", "2021-07-31", "2021-07-30"),
           ("候诊时间每周公布", "丙", "", "2021-09-30", "2021-09-18"),
           ("增设节假日儿科门诊", "丙", "", "2021-10-31", "2021-10-27")),
          ((JULY, PHONE, 400, "150", "130", "112"), (DECEMBER, PHONE, 1_200, "588", "452", "149"))),
    Thing(3, "夜间施工和娱乐场所噪声扰民", "环境", "壬", "戊、辛",
          "夜间噪声反映比上年减少一半", "2021-09-30",
          (6, 25, 46, 64, 82, 93, 100, 100, 70, 78), (2_907, 18, 41, 688, 4_930), 41_226,
          (("夜间施工全部先批后干并公示", "壬", "", "2021-04-30", "2021-04-30"),
           ("重点路段安装噪声监测点", "壬", "a", "2021-07-31", "2021-08-12"),
           ("娱乐场所隔声改造", "戊", "ae", "2021-08-31", "2021-08-30"),
           ("复发工地和场所再整治", "壬", "a", "2021-12-20", "")),
          ((JULY, PHONE, 400, "112", "135", "144"), (DECEMBER, PHONE, 400, "96", "121", "175"))),
    Thing(4, "小区物业收费不透明、报修没人管", "住房", "己", "辛",
          "物业收费全部公示,报修 48 小时内上门", "2021-12-31",
          (0, 5, 12, 20, 28, 36, 44, 52, 60, 68), (1_516, 92, 134, 760, 5_012), 39_488,
          (("制定收费公示的统一格式", "己", "", "2021-05-31", "2021-06-18"),
           ("小区逐个公示收费和公共收益", "己", "", "2021-10-31", ""),
           ("开通报修登记和回访", "己", "", "2021-09-30", "2021-11-05"),
           ("公开物业服务评分", "辛", "", "2021-12-15", "")),
          ((JULY, DOORS, 400, "60", "102", "229"), (DECEMBER, DOORS, 400, "84", "118", "190"))),
    Thing(5, "公交班次少、末班车收得早", "出行", "庚", "",
          "早晚高峰发车间隔不超过 10 分钟,末班车不早于 21:30", "2021-11-30",
          (10, 22, 38, 51, 65, 76, 88, 97, 100, 100), (804, 21, 8, 1_240, 4_377), 35_902,
          (("公布全部线路的首末班时间", "庚", "", "2021-04-15", "2021-04-12"),
           ("高峰加车", "庚", "", "2021-07-31", "2021-07-22"),
           ("末班车延后", "庚", "aH", "2021-09-30", "2021-09-28"),
           ("新开接驳线路", "庚", "J", "2021-11-30", "2021-11-19")),
          ((JULY, WEB, 1_200, "402", "391", "365"), (DECEMBER, WEB, 1_200, "561", "427", "180"))),
    Thing(6, "校外培训预收费多、退费难", "教育", "乙", "辛",
          "预收费全部进入监管账户,退费反映全部办结", "2022-03-31",
          (5, 14, 24, 37, 52, 66, 80, 90, 100, 100), (1_093, 45, 87, 402, 3_915), 31_774,
          (("培训机构全部登记公示", "乙", "", "2021-05-31", "2021-05-27"),
           ("预收费进入监管账户", "乙", "", "2021-10-31", "2021-10-29"),
           ("退费反映逐件回访", "辛", "", "2022-03-15", "")),
          ((DECEMBER, PHONE, 38, "14", "13", "9"),), "校外培训退费难"),
    Thing(7, "农贸市场周边占道经营、污水横流", "环境", "癸", "壬",
          "占道经营全部进入划定的点位,排水沟全部疏通", "2021-11-30",
          (12, 24, 37, 50, 61, 73, 85, 95, 100, 100), (689, 12, 33, 351, 3_260), 28_640,
          (("划定临时经营点位", "癸", "", "2021-05-31", "2021-05-30"),
           ("疏通和加盖排水沟", "壬", "abc", "2021-08-31", "2021-09-10"),
           ("夜间清扫和冲洗", "癸", "", "2021-10-31", "2021-10-15"),
           ("建立日常巡查", "癸", "", "2021-11-30", "2021-11-24")),
          ((JULY, DOORS, 400, NOT_REPORTED, NOT_REPORTED, NOT_REPORTED), (DECEMBER, DOORS, 400, "168", "171", "52"))),
    Thing(8, "路灯不亮、井盖松动没人修", "出行", "戊", "己",
          "坏灯 24 小时内修复,松动井盖 4 小时内处置", "2021-12-31",
          (9, 19, 30, 42, 54, 65, 77, 88, 96, 100), (1_428, 6, 5, 820, 2_981), 26_317,
          (("路灯和井盖逐个编号", "戊", "", "2021-06-30", "2021-07-21"),
           ("更换坏损路灯", "戊", "", "2021-10-31", "2021-10-30"),
           ("更换松动井盖", "己", "", "2021-11-30", "2021-11-26"),
           ("公布报修电话和处置时间", "戊", "", "2021-12-15", "2021-12-10")),
          ((JULY, PHONE, 400, "141", "139", "110"), (DECEMBER, PHONE, 400, "190", "151", "52"))),
    Thing(9, "办事窗口排队久、一次说不清要带什么", "办事", "丁", "",
          "常办事项材料清单一次说清,平均等候不超过 20 分钟", "2021-08-31",
          (15, 33, 52, 71, 86, 100, 100, 100, 100, 100), (377, 28, 61, 545, 2_604), 23_158,
          (("公布常办事项材料清单", "丁", "", "2021-04-30", "2021-04-29"),
           ("窗口综合受理", "丁", "", "2021-07-31", "2021-07-30"),
           ("午间和周六不关窗", "丁", "", "2021-08-31", "2021-08-21"))),
    Thing(10, "遛狗不牵绳、粪便不清理", "环境", "辛", "癸",
          "公共场所遛狗全部牵绳,设置拾便设施不少于 500 处", "2021-12-31",
          (7, 16, 28, 39, 52, 63, 75, 87, 95, 100), (951, 3, NOT_APPLICABLE, 472, 2_118), 21_903,
          (("犬只登记和免疫", "辛", "", "2021-07-31", "2021-07-26"),
           ("设置拾便设施", "癸", "", "2021-10-31", "2021-10-31"),
           ("早晚巡查劝导", "辛", "", "2021-12-31", "2021-12-28")),
          ((JULY, PHONE, 400, "72", "95", "221"), (DECEMBER, PHONE, 1_200, "210", "262", "701"))),
)  # fmt: skip
# Candidates that were not chosen: title and votes.
OTHERS = (
    ("快递柜收费、包裹不送上门", 21_470), ("餐饮油烟直排", 20_822), ("网约车拒载、绕路", 18_905),
    ("广场舞音量大", 17_344), ("农村垃圾清运不及时", 15_091), ("停水停电不提前通知", 13_260),
    ("小广告乱贴", 11_733), ("公共厕所少、指示不清", 9_586),
)  # fmt: skip
# Places on the ballot: things as positive numbers, the others counted from -1.
BALLOT = (7, -1, 3, 10, -2, 1, -3, 9, 5, -4, 2, -5, 8, -6, 4, -7, 6, -8)
# (thing, months): nothing was reported.
SILENT = ((7, (6,)), (10, (8,)))
# (thing, months, days after the due day)
LATE = ((7, (4, 5, 10), 9), (4, (7, 8, 9), 6), (8, (7,), 2), (3, (11,), 13))
# (thing, months, 填报状态): what the unit says, where the figures say something else.
CLAIMS = ((6, (11, 12), "已办结"),)
NOTES = {
    (3, 9): "五项措施全部落实,申请办结(演示)",
    (3, 11): "入冬后两处工地夜间赶工,一条街的音响又响起来,已重新打开(演示)",
    (3, 12): "一处工地已停工整改,另一处仍在协商作业时间,年内办不完(演示)",
    (4, 6): "统一格式征求意见超出预期,公示推迟(演示)",
    (4, 12): "仍有小区没有选出业主代表,收费公示无人签字;计划次年 3 月底前完成(演示)",
    (6, 11): "整治措施已全部落实,退费回访继续做(演示)",
    (7, 7): "上月漏报,本月补齐材料(演示)",
}  # fmt: skip


def month_end(month: int) -> dt.date:
    """The last day of a month of the year."""
    return dt.date(YEAR + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)


def state(thing: Thing, month: int) -> str:
    """What the unit says of itself: mostly what the figures say."""
    for number, months, claim in CLAIMS:
        if number == thing.number and month in months:
            return claim
    done = thing.work[month - MONTHS.start]
    if done == 100:
        return "已办结"
    if 100 in thing.work[: month - MONTHS.start]:
        return "重新打开"
    return "整治中" if done else "未启动"


def reported(thing: Thing, month: int, rng: random.Random) -> str:
    """The day on which a month was reported: usually by the tenth of the next."""
    late = next((d for n, months, d in LATE if n == thing.number and month in months), 0)
    return (month_end(month) + dt.timedelta(days=DUE_DAY + late if late else rng.choice((5, 6, 8, 9, 10)))).isoformat()


def progress_rows(thing: Thing, rng: random.Random) -> Iterator[list[str]]:
    """A thing's months."""
    for month in MONTHS:
        head = [str(YEAR), str(thing.number), f"{YEAR}-{month:02d}"]
        if any(n == thing.number and month in months for n, months in SILENT):
            yield [*head, NOT_REPORTED, "", "", "", SOURCE]
            continue
        note = NOTES.get((thing.number, month), "")
        work = str(thing.work[month - MONTHS.start])
        yield [*head, work, state(thing, month), reported(thing, month, rng), note, SOURCE]


def task_rows(thing: Thing) -> Iterator[list[str]]:
    """A thing's tasks; one that is done in several places is a task in each."""
    number = 0
    for title, lead, letters, planned, actual in thing.tasks:
        for region in [REGIONS[x] for x in letters] or [""]:
            number += 1
            yield [str(YEAR), str(thing.number), str(number), title, unit(lead), region, planned, actual, SOURCE]


def survey_rows(thing: Thing) -> Iterator[list[str]]:
    """A thing's surveys, in order."""
    for number, (day, method, sample, *counts) in enumerate(thing.surveys, 1):
        yield [str(YEAR), str(thing.number), str(number), day, method, str(sample), *counts, SOURCE]


def ballot_rows() -> Iterator[list[str]]:
    """The candidates as they stood on the ballot."""
    for candidate, place in enumerate(BALLOT, 1):
        if place > 0:
            thing = THINGS[place - 1]
            row = [thing.ballot or thing.title, str(thing.votes), "是", str(thing.number)]
        else:
            title, votes = OTHERS[-place - 1]
            row = [title, str(votes), "否", NOT_APPLICABLE]
        yield [str(YEAR), str(candidate), *row, SOURCE]


def thing_row(thing: Thing) -> list[str]:
    """A thing's row."""
    partners = "、".join(unit(x) for x in thing.partners.split("、") if x)
    return [
        str(YEAR), str(thing.number), thing.title, thing.category, unit(thing.lead), partners, thing.goal, START,
        thing.deadline, SOURCE,
    ]  # fmt: skip


def files() -> dict[str, bytes]:
    """Every file's path in the data folder, and its bytes."""
    rng = random.Random(SEED + 2)
    origins = [
        [str(YEAR), str(t.number), channel, str(count), SOURCE]
        for t in THINGS for channel, count in zip(CHANNELS, t.origins, strict=True)
    ]  # fmt: skip
    return {
        "grievances/2021.csv": table(
            "年度 编号 名称 类别 责任单位 配合单位 目标 开始日期 完成时限 来源", [thing_row(t) for t in THINGS]
        ),
        "grievance_origins/2021.csv": table("年度 事项编号 渠道 件数 来源", origins),
        "votes/2021.csv": table("年度 候选编号 候选名称 得票 入选 事项编号 来源", ballot_rows()),
        "grievance_tasks/2021.csv": table(
            "年度 事项编号 序号 任务 责任单位 区划代码 计划完成 实际完成 来源",
            [row for t in THINGS for row in task_rows(t)],
        ),
        "grievance_progress/2021.csv": table(
            "年度 事项编号 截至月份 整治进度(%) 填报状态 报送日期 单位说明 来源",
            [row for t in THINGS for row in progress_rows(t, rng)],
        ),
        "satisfaction/2021.csv": table(
            "年度 事项编号 轮次 调查日期 调查方式 样本数 满意 基本满意 不满意 来源",
            [row for t in THINGS for row in survey_rows(t)],
        ),
    }
