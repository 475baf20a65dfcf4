"""What people say of each thing when they are asked, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from generator.model import Figure
from generator.subjects.grievances import life
from generator.subjects.grievances.interval import wilson
from generator.subjects.grievances.life import Row, Year, survey_round
from generator.subjects.grievances.made import Chosen, figure, total
from generator.tables import KEY

CONTENT = ("satisfied", "fair")  # 满意和基本满意
ANSWERS = {
    "satisfied": ("满意和基本满意的比例", "（满意 + 基本满意）÷ 样本数", CONTENT),
    "strict": ("满意的比例", "满意 ÷ 样本数", CONTENT[:1]),
}
BOUNDS = {"low": "区间下限", "high": "区间上限"}
OPEN = ("网上", "网络", "线上", "扫码", "自愿")  # ways of asking in which whoever wants to answers


def is_open(row: Row) -> bool:
    """Whether people chose to answer of themselves: then no interval says anything of those who did not."""
    return any(word in row["method"] for word in OPEN)


def share(rows: Sequence[Row], columns: Sequence[str]) -> Fraction | None:
    """The share of people who gave one of some answers, over the surveys that counted them all."""
    known = [r for r in rows if all(r[c] is not None for c in ("sample", *columns))]
    asked = sum(int(r["sample"]) for r in known)
    return Fraction(sum(int(r[c]) for r in known for c in columns), asked) if asked else None


def _survey(name: str, row: Row) -> Iterator[Figure]:
    """A survey's figures: how many answered, what they said, and the interval of it, where there is one."""

    def chosen(*needs: str) -> Chosen:
        return Chosen(life.SURVEYS, row[KEY], [row], ("sample", *needs))

    day = row["date"]
    yield figure(f"{name}/sample", "回答的人", row["sample"], "人", "样本数，照录", chosen(), as_of=day)
    for measure, (label, formula, needs) in ANSWERS.items():
        value = share([row], needs)
        yield figure(f"{name}/{measure}", label, value, "%", formula, chosen(*needs), as_of=day, base="样本数")
    if is_open(row):
        return
    content = share([row], CONTENT)
    bounds = (None, None) if content is None else wilson(content, int(row["sample"]))
    formula = "满意和基本满意的比例的 95 % 区间，按威尔逊公式，见方法"
    for (measure, label), bound in zip(BOUNDS.items(), bounds, strict=True):
        yield figure(f"{name}/{measure}", label, bound, "%", formula, chosen(*CONTENT), as_of=day, base="样本数")


def _pooled(year: Year) -> Iterator[Figure]:
    """The last surveys of all things, taken together."""
    rows = [t.survey for t in year.things if t.survey]
    if not rows:
        return

    def chosen(*needs: str) -> list[Chosen]:
        return [Chosen(life.SURVEYS, r[KEY], [r], needs) for r in rows]

    name, day = f"{year.year}/all", max(r["date"] for r in rows)
    each = "各件事最近一次调查"
    yield figure(f"{name}/asked", "做过调查的事", len(rows), "件", "有调查的事项数", *chosen(), as_of=day)
    people = total(rows, "sample")
    yield figure(f"{name}/sample", "回答的人", people, "人", f"{each}的样本数相加", *chosen("sample"), as_of=day)
    label, formula, needs = ANSWERS["satisfied"]
    yield figure(
        f"{name}/satisfied", label, share(rows, needs), "%", f"{each}合在一起，{formula}，只算几项都有的调查",
        *chosen("sample", *needs), as_of=day, base="样本数",
    )  # fmt: skip


def figures(year: Year) -> Iterator[Figure]:
    """A year's figures of surveys, each survey's own and each thing's last."""
    for thing in year.things:
        for row in thing.surveys:
            yield from _survey(f"{year.year}/{thing.key}+{survey_round(row)}", row)
        if thing.survey:
            yield from _survey(f"{year.year}/{thing.key}", thing.survey)
    yield from _pooled(year)
