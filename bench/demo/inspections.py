"""Thirty-four problems that monthly and quarterly inspections found, all mended by the end of the year.

As many as were published. Each is in a place where its project has money, with the unit that leads the project or one
that helps; nine were mended after the day they were to be mended by.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from bench.demo.common import NOT_APPLICABLE, REGIONS, SOURCE, YEAR, table, unit
from bench.demo.money import PROJECTS

METHODS = {"M": "月调度", "Q": "季核查"}
SAYS = "（演示）"


@dataclass(frozen=True)
class Problem:
    """One problem: when it was found, how, what, and where; ``allowed`` and ``took`` are days from ``day`` on.

    ``place`` is a region's letter; ``unit`` the stem of a unit other than the one that leads the project.
    """

    day: str
    method: str
    kind: str
    project: int
    place: str
    problem: str
    allowed: int
    took: int
    result: str
    unit: str = ""


PROBLEMS = (
    Problem("01-20", "M", "资料", 13, "a", "几个小区的改造方案没有征求居民意见的记录", 15, 12,
            "补开了居民议事会，意见记录已经归档"),
    Problem("02-22", "M", "资金", 20, "H", "资金下达后没有按时分到具体的街巷", 15, 17,
            "已经分到各条街巷并公示"),
    Problem("03-16", "M", "进度", 4, "b", "两所学校的周转住房没有按计划开工", 30, 46,
            "施工许可补办完成，两所学校都已开工"),
    Problem("03-17", "M", "资料", 22, "G", "培训机构名单没有公示", 10, 5,
            "名单已经公示"),
    Problem("03-23", "Q", "资金", 26, "J", "一笔管网资金的用途和批复不一致", 20, 19,
            "已经退回，并按批复重新安排"),
    Problem("03-24", "Q", "质量", 19, "c", "一座危桥的检测报告已经过期", 30, 28,
            "重新做了检测，按新报告改造"),
    Problem("04-14", "M", "进度", 10, "b", "入户评估没有按月推进，后面的改造排不上队", 30, 61,
            "评估全部做完，改造按批次排定"),
    Problem("04-15", "M", "质量", 27, "e", "几个村的垃圾分类收集点没有按标准硬化", 30, 24,
            "收集点已经重做，现场复核合格"),
    Problem("04-20", "M", "资料", 2, "d", "补助名单里有三个人的信息不全", 7, 4,
            "材料补齐，补助已经发放"),
    Problem("05-18", "M", "资金", 11, "e", "运营补贴没有按时拨到社区", 20, 33,
            "补贴已经拨到社区，拨付流程减少一道审核"),
    Problem("05-19", "M", "进度", 14, "d", "一批农房没有赶在雨季前完成加固", 45, 75,
            "这批农房全部加固完成，逐户验收"),
    Problem("06-16", "M", "进度", 17, "d", "一段窄路加宽停工二十天", 20, 18,
            "砂石料供应恢复，已经复工"),
    Problem("06-17", "M", "资料", 25, "c", "十几份验收单上没有农户签字", 15, 9,
            "逐户补签，重新核对"),
    Problem("06-22", "Q", "质量", 6, "c", "发热门诊的通风达不到设计要求", 45, 43,
            "换装风机，检测合格"),
    Problem("06-23", "Q", "资金", 18, "c", "运营补助的考核办法没有印发，补助发不下去", 30, 22,
            "办法已经印发，上半年补助发放完毕"),
    Problem("06-24", "Q", "质量", 1, "e", "一所幼儿园的室外场地没有防护", 15, 11,
            "护栏和软垫安装到位"),
    Problem("07-14", "M", "资料", 21, "a", "公益性岗位的考勤记录不全", 10, 6,
            "记录补齐，改为每周核对一次"),
    Problem("07-20", "M", "进度", 30, "a", "器材采购流标，更新没有按时开工", 30, 38,
            "重新招标完成，器材已经进场"),
    Problem("08-17", "M", "进度", 20, "G", "路面开挖和管线迁改冲突，街巷整治停工", 30, 57,
            "管线迁改完成，整治已经复工", "壬"),
    Problem("08-18", "M", "资金", 23, "c", "十几户的奖补申请积压没有审核", 20, 16,
            "积压的申请全部审完"),
    Problem("08-24", "M", "质量", 13, "d", "三栋楼的外墙保温层有空鼓", 30, 27,
            "空鼓部分铲除重做，复检合格"),
    Problem("09-14", "M", "资料", 28, "b", "水源地标志牌的位置和批复图不一致", 20, 13,
            "标志牌按批复图移位"),
    Problem("09-15", "M", "进度", 11, "a", "照料中心装修慢，开业时间往后推", 30, 29,
            "装修完成，中心已经开门"),
    Problem("09-22", "Q", "资金", 9, "e", "发放名单更新晚，部分老人的养老金晚发一周", 10, 3,
            "当月补发到位，名单改为每月 5 日前更新"),
    Problem("09-23", "Q", "质量", 17, "a", "一段新建农村公路的护栏高度不够", 30, 35,
            "护栏全部换装，现场测量合格"),
    Problem("09-24", "Q", "进度", 8, "c", "一批卫生室设备到货晚，安装往后推", 30, 26,
            "设备到货，安装调试完成"),
    Problem("10-19", "M", "质量", 16, "d", "安置房有两个单元的屋面渗水", 30, 30,
            "屋面防水重做，淋水试验合格"),
    Problem("10-20", "M", "资料", 29, "B", "免费开放的时间没有在门口公示", 5, 2,
            "已经在门口和网上公示"),
    Problem("11-16", "M", "进度", 10, "b", "改造户数增加以后施工队伍不够", 30, 24,
            "增加了两支施工队伍"),
    Problem("11-17", "M", "资金", 19, "b", "工程款拨付比工程进度慢", 20, 21,
            "按工程进度补拨到位"),
    Problem("12-07", "M", "资料", 24, "e", "三家单位的见习协议没有备案", 10, 8,
            "协议全部备案"),
    Problem("12-08", "Q", "进度", 14, "b", "雨季停工以后没有报送补救计划", 15, 14,
            "补救计划已经报送，剩下的农房次年 3 月前完成"),
    Problem("12-09", "Q", "质量", 25, "b", "几户厕所的化粪池盖板破损", 10, 9,
            "盖板全部更换"),
    Problem("12-09", "Q", "资金", 26, "G", "一段管网的结算资料没有送审", 25, 22,
            "资料送审，结算审核完成"),
)  # fmt: skip
# The problem's number -> the thing of the year's ten that it touches.
TIES = {15: 5, 19: 8, 34: 7}


def rows() -> Iterator[list[str]]:
    """The table's rows in the order of their numbers."""
    leads = {p.number: p.lead for p in PROJECTS}
    for number, problem in enumerate(PROBLEMS, 1):
        found = dt.date.fromisoformat(f"{YEAR}-{problem.day}")
        yield [
            str(YEAR), f"{YEAR}-{problem.day[:2]}", str(number), METHODS[problem.method], problem.kind,
            f"{problem.problem}{SAYS}", str(problem.project), str(TIES.get(number, NOT_APPLICABLE)),
            REGIONS[problem.place], unit(problem.unit or leads[problem.project]), found.isoformat(),
            (found + dt.timedelta(days=problem.allowed)).isoformat(),
            (found + dt.timedelta(days=problem.took)).isoformat(), f"{problem.result}{SAYS}", SOURCE,
        ]  # fmt: skip


def files() -> dict[str, bytes]:
    """Every file's path in the data folder, and its bytes."""
    header = (
        "年度 月份 编号 方式 问题类别 问题 项目编号 事项编号 区划代码 责任单位 发现日期 整改期限 整改日期 整改情况 来源"
    )
    return {"inspections/2021.csv": table(header, rows())}
