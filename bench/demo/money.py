"""The money of thirty projects, month by month, adding up exactly to the published totals.

``PROJECTS`` and the tables after it say what each project looks like; a seeded generator adds the unevenness.
All arithmetic is in integers, in steps of 0.01 万元.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bench.demo.common import (
    CITY,
    COUNTIES,
    GAOXIN,
    HEDONG,
    JINGKAI,
    MONTHS,
    NOT_APPLICABLE,
    NOT_REPORTED,
    PENDING,
    REGIONS,
    SEED,
    SOURCE,
    YEAR,
    nearest,
    table,
)

WAN = 100  # one 万元 in steps of 0.01 万元
ALLOCATED, ISSUED, PAID = 321_400 * WAN, 341_700 * WAN, 324_000 * WAN
FULL = 10_000  # a share of 100 %
LEAST = 300  # shares below 3 % are nothing yet, so that no amount starts from next to nothing

LEVELS = {"C": "中央", "P": "省", "S": "市", "X": "县", "O": "其他"}
LEVEL_CODES = {"中央": "central", "省": "province", "市": "city", "县": "county", "其他": "other"}
LEVEL_WEIGHTS = {"中央": 100, "省": 55, "市": 45, "县": 40, "其他": 12}
COUNTY_WEIGHTS = dict(zip(COUNTIES, (95, 88, 104, 79, 121), strict=True))
REGION_WEIGHTS = {**COUNTY_WEIGHTS, CITY: 130, JINGKAI: 45, HEDONG: 38, GAOXIN: 30}
HEADERS = ("安排(万元)", "下达(万元)", "拨付(万元)")

Steps = tuple[tuple[int, int], ...]
Cell = tuple[str, str]  # region, level


@dataclass(frozen=True)
class Project:
    """One project: what it is called, how much money, where from, and how it came along.

    ``size`` is the year's allocation in 万元; ``issued`` is per mille of it, ``paid`` per mille of what was issued.
    ``cells`` pairs regions and levels by letter. ``alloc`` and ``issue`` are steps (month, per cent reached);
    ``pay`` is steps too, or a shape with its first and last month (in tenths).
    """

    number: int
    title: str
    category: str
    lead: str
    size: int
    issued: int
    paid: int
    cells: str
    alloc: Steps
    issue: Steps
    pay: Steps | tuple[str, int, int]


PROJECTS = (
    Project(1, "新建和改扩建公办幼儿园,增加普惠性学位", "教育", "甲", 15_600, 1000, 970, "abcde:PX J:S",
            ((1, 92), (7, 100)), ((2, 35), (5, 60), (8, 88), (11, 100)), ("even", 20, 118)),
    Project(2, "义务教育阶段家庭经济困难学生生活补助", "教育", "甲", 8_920, 1000, 1000, "abcde:CP B:S",
            ((1, 100),), ((2, 50), (9, 100)), ((4, 50), (10, 92), (11, 100))),
    Project(3, "课后服务", "教育", "甲", 2_460, 960, 985, "abcde:X B:S H:S",
            ((1, 84), (4, 100)), ((3, 45), (9, 100)), ((4, 18), (6, 44), (7, 47), (10, 71), (12, 100))),
    Project(4, "乡村学校教师周转住房建设和旧校舍加固改造", "教育", "乙", 6_380, 1000, 720, "bcd:PX e:X",
            ((3, 78), (6, 100)), ((3, 25), (6, 55), (9, 85), (12, 100)), ("late", 25, 120)),
    Project(5, "基本公共卫生服务均等化", "医疗卫生", "丙", 24_300, 1075, 990, "abcde:CPX B:S",
            ((1, 95), (10, 100)), ((1, 62), (6, 85), (10, 100)), ((2, 18), (5, 44), (8, 70), (11, 95), (12, 100))),
    Project(6, "县级医院发热门诊和传染病区改造", "医疗卫生", "丙", 9_750, 1240, 930, "abcde:C cd:X B:S",
            ((1, 60), (6, 88), (10, 100)), ((3, 30), (7, 75), (11, 100)), ("mid", 40, 118)),
    Project(7, "农村适龄妇女宫颈癌、乳腺癌免费筛查", "医疗卫生", "丙", 1_180, 1000, 994, "abcde:PX",
            ((1, 97), (8, 100)), ((3, 70), (7, 100)), ((5, 20), (6, 38), (7, 60), (9, 84), (11, 100))),
    Project(8, "村卫生室设备更新", "医疗卫生", "丙", 860, 985, 958, "bcde:PX",
            ((2, 90), (5, 100)), ((4, 80), (10, 100)), ((6, 12), (9, 57), (10, 66), (11, 97), (12, 100))),
    Project(9, "城乡居民基础养老金按时足额发放", "养老", "丁", 59_800, 1036, 1000, "abcde:CPX B:S",
            ((1, 98), (11, 100)), ((1, 25), (4, 52), (7, 78), (10, 100)), ("even", 0, 120)),
    Project(10, "困难老年人家庭适老化改造", "养老", "戊", 640, 1000, 880, "abcde:P H:S",
            ((1, 88), (9, 100)), ((4, 40), (7, 90), (11, 100)), ("mid", 55, 120)),
    Project(11, "社区日间照料中心建设和运营", "养老", "戊", 4_150, 930, 640, "ae:XO B:S H:S",
            ((2, 70), (7, 100)), ((5, 30), (8, 65), (12, 100)), ((7, 8), (9, 30), (11, 70), (12, 100))),
    Project(12, "失能老年人护理补贴", "养老", "戊", 5_230, 1000, 1050, "abcde:SX",
            ((1, 94), (6, 100)), ((3, 34), (6, 63), (9, 84), (12, 100)), ("even", 10, 122)),
    Project(13, "城镇老旧小区改造:水电气路、外墙、绿化和加装无障碍设施", "住房", "己", 38_900, 1150, 905,
            "abcde:CX BJ:CS G:S",
            ((1, 72), (6, 90), (10, 100)), ((3, 40), (6, 70), (10, 94), (12, 100)), ("mid", 15, 125)),
    Project(14, "农村危房改造和农房抗震加固", "住房", "己", 7_640, 1300, 945, "abcde:CP",
            ((1, 80), (7, 100)), ((3, 55), (7, 100)), ("mid", 25, 105)),
    Project(15, "既有住宅加装电梯补助(验收后发放)", "住房", "己", 1_450, 900, 815, "acd:X B:S J:S",
            ((1, 86), (10, 100)), ((6, 35), (9, 70), (12, 100)), ((7, 10), (10, 42), (12, 100))),
    Project(16, "棚户区改造安置住房建成交付", "住房", "己", 28_700, 1000, 912, "ade:CXO G:SO",
            ((1, 68), (4, 91), (11, 100)), ((2, 20), (4, 46), (7, 72), (11, 100)), ("early", 15, 120)),
    Project(17, "农村公路新改建、安全防护设施和村道窄路加宽工程", "交通", "庚", 34_180, 1125, 975, "bcde:CPX a:PX",
            ((1, 76), (5, 100)), ((3, 36), (5, 58), (7, 82), (10, 100)), ("mid", 20, 115)),
    Project(18, "乡村客运班线运营补助", "交通", "庚", 1_920, 1000, 1080, "abc:SX",
            ((1, 96), (6, 100)), ((4, 48), (8, 80), (12, 100)), ((3, 22), (5, 39), (6, 58), (9, 79), (11, 100))),
    Project(19, "公路危旧桥梁改造", "交通", "庚", 5_870, 1000, 760, "bcde:PX",
            ((3, 83), (7, 100)), ((4, 30), (6, 62), (10, 100)), ((4, 4), (6, 9), (8, 17), (10, 55), (12, 100))),
    Project(20, "背街小巷整治", "交通", "庚", 6_900, 975, 935, "a:SX BJHG:S",
            ((1, 64), (4, 86), (7, 100)), ((2, 15), (5, 50), (7, 66), (11, 100)), ("late", 0, 120)),
    Project(21, "公益性岗位开发和就业困难人员安置", "就业", "辛", 7_310, 1000, 998, "abcde:CS",
            ((1, 90), (11, 100)), ((1, 30), (3, 52), (6, 74), (9, 100)), ("early", 5, 125)),
    Project(22, "重点群体职业技能培训补贴", "就业", "辛", 4_480, 1065, 960, "abcde:C B:CS G:S",
            ((1, 82), (6, 93), (10, 100)), ((3, 60), (8, 100)),
            ((3, 7), (6, 31), (7, 52), (9, 63), (10, 89), (12, 100))),
    Project(23, "返乡创业奖补", "就业", "辛", 1_260, 1000, 870, "abcde:PX",
            ((1, 74), (7, 87), (11, 100)), ((6, 50), (11, 100)), ((7, 26), (9, 50), (10, 62), (12, 100))),
    Project(24, "高校毕业生就业见习补贴", "就业", "辛", 980, 1000, 1000, "ade:P B:PS",
            ((1, 89), (4, 100)), ((2, 66), (6, 100)), ("early", 10, 95)),
    Project(25, "农村户用卫生厕所新建改造奖补", "环境", "壬", 3_720, 1150, 900, "bcde:CPX a:C",
            ((1, 55), (4, 75), (7, 100)), ((3, 22), (6, 90), (11, 100)), ((7, 35), (10, 81), (12, 100))),
    Project(26, "城镇生活污水管网补短板和雨污分流", "环境", "壬", 22_600, 1045, 880, "abcde:PO B:SO J:O G:O",
            ((1, 66), (4, 80), (10, 100)), ((4, 42), (7, 60), (10, 86), (12, 100)), ("late", 10, 122)),
    Project(27, "农村生活垃圾分类收运处置", "环境", "壬", 9_450, 1000, 1036, "abcde:SX",
            ((1, 87), (6, 100)), ((1, 24), (4, 45), (7, 70), (10, 91), (12, 100)), ("even", 0, 108)),
    Project(28, "集中式饮用水水源地规范化建设", "环境", "壬", 5_100, 940, 790, "bce:CX B:S",
            ((1, 58), (7, 81), (11, 100)), ((3, 20), (7, 50), (11, 100)), ("late", 45, 118)),
    Project(29, "图书馆、文化馆(站)免费开放", "文体", "癸", 1_350, 1000, 990, "abcde:C B:P",
            ((1, 93), (10, 100)), ((1, 50), (3, 75), (7, 100)), ((2, 24), (4, 49), (7, 76), (10, 100))),
    Project(30, "社区健身设施更新", "文体", "癸", 320, 1000, 1120, "a:O d:X H:SO",
            ((2, 62), (6, 77), (11, 100)), ((5, 45), (9, 75), (12, 100)), ((4, 16), (6, 29), (7, 68), (11, 100))),
)  # fmt: skip
BALANCES_ISSUED, BALANCES_PAID = 17, 16  # these two take what is left of the published totals

# (project, regions or "" for all, levels or "" for all, months, columns 0 安排 1 下达 2 拨付, what the cell says)
GAPS = (
    (3, "H", "", (2,), (0, 1, 2), NOT_REPORTED),
    (7, "b", "", (5,), (2,), NOT_REPORTED),
    (14, "d", "", (5, 8), (0, 1, 2), NOT_REPORTED),
    (17, "c", "", (8,), (2,), NOT_REPORTED),
    (20, "G", "", (8, 9), (0, 1, 2), NOT_REPORTED),
    (22, "G", "", (9,), (1, 2), NOT_REPORTED),
    (26, "J", "", (1, 2), (0, 1, 2), NOT_REPORTED),
    (27, "e", "", (9,), (2,), NOT_REPORTED),
    (30, "a", "", (5,), (0, 1, 2), NOT_REPORTED),
    (4, "", "", (1, 2), (0,), PENDING),
    (6, "", "", (1, 2), (0,), PENDING),
    (11, "", "", (1,), (0,), PENDING),
    (19, "bc", "", (1, 2), (0,), PENDING),
    (28, "B", "", (1, 2), (0,), PENDING),
    (15, "", "", tuple(range(1, 7)), (2,), NOT_APPLICABLE),
    (23, "", "", tuple(range(1, 7)), (2,), NOT_APPLICABLE),
    (25, "", "", tuple(range(1, 7)), (2,), NOT_APPLICABLE),
)


@dataclass(frozen=True)
class Correction:
    """A cumulative amount that fell: before ``month`` it had been published ``excess`` 万元 too high."""

    id: str
    date: str
    project: int
    cell: Cell
    month: int
    column: int
    excess: int
    reason: str


CORRECTIONS = (
    Correction("c2021-01", "2021-05-18", 5, ("510904", "县"), 4, 2, 26,
               "上月把一笔已退回的款项计入了拨付,4 月起按实际拨付数更正(演示)"),
    Correction("c2021-02", "2021-08-16", 13, ("510903", "中央"), 7, 1, 150,
               "上月把同一份下达文件登记了两次,7 月起剔除重复部分(演示)"),
    Correction("c2021-03", "2021-12-14", 26, (CITY, "市"), 11, 0, 80,
               "上月把上年结转资金计入了当年安排,11 月起剔除(演示)"),
)  # fmt: skip


@dataclass
class Money:
    """A cell's year: three cumulative series of twelve months."""

    project: Project
    cell: Cell
    final: list[int]
    series: list[list[int]] = field(default_factory=list)


def stepped(steps: Steps) -> list[int]:
    """Shares that jump in the months given."""
    return [max((share for month, share in steps if month <= m), default=0) * WAN for m in MONTHS]


def shaped(kind: str, first: int, last: int) -> list[int]:
    """Shares along a curve between two moments, in tenths of a month; nothing until it is worth naming."""
    shares = []
    for m in MONTHS:
        x = min(max((m * 10 - first) * FULL // (last - first), 0), FULL)
        share = {
            "even": x,
            "early": FULL - (FULL - x) ** 2 // FULL,
            "late": x * x // FULL,
            "mid": x * x * (3 * FULL - 2 * x) // FULL**2,
        }[kind]
        shares.append(share if share >= LEAST else 0)
    return shares


def delayed(shares: Sequence[int], months: int) -> list[int]:
    """The same shares some months later or earlier; the year ends complete."""
    moved = [shares[min(max(i - months, 0), 11)] if i >= months else 0 for i in range(12)]
    return [*moved[:11], FULL]


def shared(total: int, weights: Sequence[int], grains: Sequence[int]) -> list[int]:
    """``total`` divided by weight, each part round; the heaviest takes what is left."""
    whole = sum(weights)
    parts = [nearest(total * w // whole, g) for w, g in zip(weights, grains, strict=True)]
    parts[weights.index(max(weights))] += total - sum(parts)
    return parts


def cells_of(text: str) -> list[Cell]:
    """``ab:CX B:S`` as (region, level) pairs."""
    pairs = (part.split(":") for part in text.split())
    return [(REGIONS[r], LEVELS[level]) for regions, levels in pairs for r in regions for level in levels]


def totals() -> dict[int, tuple[int, int, int]]:
    """Each project's December amounts; together exactly the published totals."""
    allocated = {p.number: p.size * WAN for p in PROJECTS}
    issued = {p.number: nearest(allocated[p.number] * p.issued // 1000, WAN) for p in PROJECTS}
    issued[BALANCES_ISSUED] += ISSUED - sum(issued.values())
    paid = {p.number: issued[p.number] * p.paid // 1000 for p in PROJECTS}
    paid[BALANCES_PAID] += PAID - sum(paid.values())
    if sum(allocated.values()) != ALLOCATED:
        raise AssertionError("the sizes do not add up to the published allocation")
    return {n: (allocated[n], issued[n], paid[n]) for n in allocated}


def divided(total: int, cells: Sequence[Cell], base: Sequence[int], levels: str, rng: random.Random) -> list[int]:
    """A surplus or shortfall over the cells of some levels (all, if none is there), unevenly, by their size."""
    chosen = [level in levels.split() for _, level in cells]
    weights = [b * rng.randint(60, 140) * (c or not any(chosen)) for b, c in zip(base, chosen, strict=True)]
    return shared(total, weights, [rng.choice((1, 10, 50, WAN)) for _ in cells])


def december(project: Project, amounts: tuple[int, int, int], rng: random.Random) -> list[Money]:
    """A project's cells with their December amounts.

    More issued than allocated is money that came from above during the year; more paid than issued is a county's
    own, advanced.
    """
    cells = cells_of(project.cells)
    weights = [REGION_WEIGHTS[r] * LEVEL_WEIGHTS[level] * rng.randint(75, 125) for r, level in cells]
    grain = 10 * WAN if project.size >= 5_000 else WAN
    allocated = shared(amounts[0], weights, [grain] * len(cells))
    more = amounts[1] - amounts[0]
    added = divided(more, cells, allocated, "中央 省 其他" if more > 0 else "", rng)
    issued = [a + nearest(d, WAN) for a, d in zip(allocated, added, strict=True)]
    issued[issued.index(max(issued))] += amounts[1] - sum(issued)
    more = amounts[2] - amounts[1]
    added = divided(more, cells, issued, "县 其他" if more > 0 else "", rng)
    paid = [i + d for i, d in zip(issued, added, strict=True)]
    return [Money(project, c, list(f)) for c, *f in zip(cells, allocated, issued, paid, strict=True)]


def followed(final: int, shares: Sequence[int], grain: int, ceiling: Sequence[int] | None) -> list[int]:
    """Twelve cumulative amounts along the shares, below ``ceiling`` if there is one."""
    values = [final if share == FULL else min(nearest(final * share // FULL, grain), final) for share in shares]
    return values if ceiling is None else [min(v, c) for v, c in zip(values, ceiling, strict=True)]


def months_of(project: Project, money: Iterable[Money], rng: random.Random) -> None:
    """Fills in the months: regions a little earlier or later than each other, counties after the levels above."""
    pay = shaped(*project.pay) if isinstance(project.pay[0], str) else stepped(project.pay)
    lags = {region: rng.choice((0, 0, 0, 1)) for region in REGIONS.values()}
    for m in money:
        lag = lags[m.cell[0]]
        allocated, issued, paid = m.final
        a = followed(allocated, stepped(project.alloc), WAN, None)
        i = followed(issued, delayed(stepped(project.issue), lag), WAN, a if issued <= allocated else None)
        shift = lag if m.cell[1] in ("中央", "省") else rng.choice((lag, lag, 0))
        grain = rng.choice((1, 10, 50, WAN))
        p = followed(paid, delayed(pay, shift), grain, i if paid <= issued else None)
        m.series = [a, i, p]


def correct(money: Iterable[Money], correction: Correction) -> tuple[str, str]:
    """Puts the mistake into the month before; gives the value as it was and as it is."""
    found = next(m for m in money if (m.project.number, m.cell) == (correction.project, correction.cell))
    series, now = found.series[correction.column], correction.month - 1
    series[now - 1] = series[now] + correction.excess * WAN
    return written(series[now - 1]), written(series[now])


def written(amount: int) -> str:
    """Steps of 0.01 万元 as text."""
    return f"{amount // WAN}.{amount % WAN:02d}"


def gaps() -> dict[tuple[int, str, str, int, int], str]:
    """What stands in the cells that have no number."""
    return {
        (p.number, region, level, month, column): mark
        for number, regions, levels, months, columns, mark in GAPS
        for p in PROJECTS
        if p.number == number
        for region, level in cells_of(p.cells)
        if (not regions or region in [REGIONS[r] for r in regions]) and (not levels or level in levels)
        for month in months
        for column in columns
    }


def budget_rows(money: Iterable[Money]) -> Iterator[list[str]]:
    """The rows of the budget table, in order of their key."""
    missing = gaps()
    for m in sorted(money, key=lambda m: (m.project.number, m.cell)):
        key = (m.project.number, *m.cell)
        for month in MONTHS:
            amounts = [missing.get((*key, month, c)) or written(m.series[c][month - 1]) for c in range(3)]
            yield [str(YEAR), *map(str, key), f"{YEAR}-{month:02d}", *amounts, SOURCE]


def unsteady(money: Iterable[Money]) -> list[str]:
    """Series that grow tenfold from one month to the next: a sign that a shape above was chosen badly."""
    return [
        f"{m.project.number} {m.cell} {HEADERS[c]} {before} {after}"
        for m in money
        for c in range(3)
        for before, after in pairwise(m.series[c])
        if 0 < before * 10 <= after
    ]


def files() -> dict[str, bytes]:
    """Every file's path in the data folder, and its bytes."""
    rng = random.Random(SEED)
    money: list[Money] = []
    sums = totals()
    for project in PROJECTS:
        mine = december(project, sums[project.number], rng)
        months_of(project, mine, rng)
        money += mine
    if problems := unsteady(money):
        raise AssertionError("\n".join(problems))
    corrections = []
    for c in CORRECTIONS:
        key = f"{YEAR}/{c.project}/{c.cell[0]}/{LEVEL_CODES[c.cell[1]]}/{YEAR}-{c.month:02d}"
        old, new = correct(money, c)
        corrections.append([c.id, c.date, "budget", key, HEADERS[c.column], old, new, c.reason, "", SOURCE])
    amounts = " ".join(HEADERS)
    return {
        "budget/2021.csv": table(f"年度 项目编号 区划代码 资金层级 截至月份 {amounts} 来源", budget_rows(money)),
        "corrections.csv": table("编号 更正日期 数据表 行 列 原值 新值 原因 依据 来源", corrections),
    }
