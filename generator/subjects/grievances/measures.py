"""The ten things that citizens are most dissatisfied with, as figures: how many, found, chosen, mended, judged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.contract import Due
from generator.measure import ANY, published
from generator.model import Figure
from generator.subjects.grievances import life, surveys, work
from generator.subjects.grievances.life import Row, Year, survey_round
from generator.subjects.grievances.made import NAME, Chosen, figure, listed, total
from generator.tables import KEY, Tables

CHANNELS = {"12345热线": "hotline", "来信": "letters", "来访": "visits", "网络留言": "web", "问卷调查": "survey"}


def names(tables: Tables, year: int) -> dict[str, str]:
    """What things, channels and rounds of surveys are called, by their part of a key."""
    things = life.year_of(tables, year).things
    rounds = {survey_round(r): f"第 {r['round']} 次调查" for t in things for r in t.surveys}
    return {**{t.key: t.row["title"] for t in things}, **{f"c{code}": c for c, code in CHANNELS.items()}, **rounds}


def _list(year: Year) -> Iterator[Figure]:
    rows = listed(year)
    named = sum(t.row["lead"] is not None for t in year.things)
    yield figure(f"{year.year}/all/count_sum", "列出的事项", len(rows.rows), "件", "事项表里的行数", rows)
    yield figure(f"{year.year}/all/named", "写明责任单位的事项", named, "件", "事项表里写明责任单位的行数", rows)


def _selections(year: Year) -> Iterator[tuple[str, str, Sequence[Row]]]:
    """What reports are added up over, as key, pattern and rows: all, each thing, each channel."""
    rows = [r for t in year.things for r in t.origins]
    yield "all", f"{ANY}/{ANY}", rows
    for thing in year.things:
        yield thing.key, f"{thing.number}/{ANY}", thing.origins
    for channel, code in CHANNELS.items():
        yield f"c{code}", f"{ANY}/{code}", [r for r in rows if r["channel"] == channel]


def _origins(year: Year) -> Iterator[Figure]:
    for key, pattern, rows in _selections(year):
        if rows:
            chosen = Chosen(life.ORIGINS, f"{year.year}/{pattern}", rows, ("count",))
            name = f"{year.year}/{key}/reports"
            yield figure(name, "反映", total(rows, "count"), "件", "各渠道、各事项的件数相加", chosen)


def _rank(own: Row, votes: Sequence[Row]) -> int | None:
    """A candidate's place by votes, equal ones the same; nobody's is known before all votes are."""
    known = [int(v["votes"]) for v in votes if v["votes"] is not None]
    return 1 + sum(v > int(own["votes"]) for v in known) if len(known) == len(votes) else None


def _ballot(year: Year) -> Iterator[Figure]:
    if not year.votes:
        return
    pattern = f"{year.year}/{ANY}"
    rows, whole = Chosen(life.VOTES, pattern, year.votes), Chosen(life.VOTES, pattern, year.votes, ("votes",))
    chosen = sum(r["chosen"] == "是" for r in year.votes)
    yield figure(f"{year.year}/all/votes", "得票合计", total(year.votes, "votes"), "票", "各候选事项的得票相加", whole)
    yield figure(f"{year.year}/all/candidates", "候选事项", len(year.votes), "个", "票选表里的行数", rows)
    yield figure(f"{year.year}/all/chosen", "入选事项", chosen, "个", "票选表里入选的行数", rows)
    for thing in year.things:
        if vote := thing.vote:
            own = Chosen(life.VOTES, vote[KEY], [vote], ("votes",))
            yield figure(f"{year.year}/{thing.key}/votes", "得票", vote["votes"], "票", "票选的得票，照录", own)
            name = f"{year.year}/{thing.key}/rank"
            yield figure(name, "得票名次", _rank(vote, year.votes), "", "得票比它多的候选事项数 + 1", whole)


def _of_year(year: Year, rule: Due | None) -> Iterator[Figure]:
    yield from _list(year)
    yield from _origins(year)
    yield from _ballot(year)
    yield from work.figures(year, rule)
    yield from surveys.figures(year)


def figures(tables: Tables) -> Iterator[Figure]:
    """Published totals under ``grievances/``, and all that the tables say of each year."""
    yield from published(tables.frame("control_totals"), f"{NAME}/")
    progress = tables.contract.table(life.PROGRESS)
    for year in life.years(tables):
        yield from _of_year(life.year_of(tables, year), progress.due if progress else None)
