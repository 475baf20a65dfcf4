"""What changed in the last month: which projects and things stand otherwise than a month before, and what was paid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator import format as fmt
from generator.subject import Site
from generator.subjects.grievances.year import Shown, status
from generator.subjects.projects.lines import Lines, state
from generator.subjects.projects.traits import RANKS
from generator.view import View, view

SHOWN = 8  # what a home page has room for; the rest stands in the lists
MONTHS = 2


def _projects(lines: Lines, before: str, now: str) -> Iterator[View]:
    """Projects whose state is another one, what needs looking at first."""
    found = []
    for number, row in lines.year.projects.items():
        standings = lines.year.standings.projects[number]
        if standings[before].word != standings[now].word:
            found.append((RANKS[standings[now].word], number, row["title"], standings))
    for _, number, title, standings in sorted(found, key=lambda f: f[:2]):
        yield {
            "title": title, "href": lines.address(number), "before": [state(standings[before])],
            "now": [state(standings[now])],
        }  # fmt: skip


def _things(shown: Shown, before: str, now: str) -> Iterator[View]:
    """Things that stand otherwise, in their order."""
    for thing in shown.things:
        then, here = status(thing, before), status(thing, now)
        if [s["word"] for s in then] != [s["word"] for s in here]:
            yield {"title": thing.row["title"], "href": shown.address(thing), "before": then, "now": here}


def _counts(lines: Lines, before: str, now: str) -> list[View]:
    """The states that another number of projects is in now."""
    then, here = lines.counts("all", before), lines.counts("all", now)
    return [
        {"before": view(then[name]), "now": view(f)}
        for name, f in here.items()
        if name in then and then[name].value != f.value
    ]


def _part(found: Sequence[View], months: Sequence[str], href: str) -> View:
    return {
        "before": fmt.month(months[-2]), "now": fmt.month(months[-1]), "lines": list(found[:SHOWN]),
        "more": href if len(found) > SHOWN else "",
    }  # fmt: skip


def changes(site: Site, year: int, lines: Lines | None, shown: Shown | None) -> View:
    """The last month beside the one before, as far as there are two: projects, things, money."""
    found: View = {}
    months = lines.year.standings.months if lines else []
    if lines and len(months) >= MONTHS:
        rows = list(_projects(lines, *months[-2:]))
        found["projects"] = {**_part(rows, months, lines.path), "counts": _counts(lines, *months[-2:])}
    months = list(shown.rows.months) if shown else []
    if shown and len(months) >= MONTHS:
        found["things"] = _part(list(_things(shown, *months[-2:])), months, shown.path)
    paid = site.figures.get(f"budget/{year}/all/paid_added_sum")
    if paid and paid.value is not None:
        found["paid"] = {**view(paid), "month": fmt.month(paid.as_of or "")}
    return found
