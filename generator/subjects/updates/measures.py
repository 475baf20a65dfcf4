"""News of the work, and press conferences: what was published in all, and what is listed here.

The list is a selection, so its length is not held against the number of news published; press conferences are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from generator.measure import ANY, published
from generator.model import Entry, Figure, Kind, Precision, RowRef
from generator.tables import KEY, KIND, PICTURE, Draft, Tables

CONFERENCE = "新闻发布会"
Row = dict[str, Any]


def rows(tables: Tables | Draft, year: int) -> list[Row]:
    """A year's news as dicts by column id, newest first; ``project`` and ``grievance`` are ``int`` or ``None``."""
    found = tables.rows("updates", year)
    return sorted(found, key=lambda r: (r["date"], r["number"]), reverse=True)


def years(tables: Tables | Draft) -> list[int]:
    """The years that have news, oldest first."""
    return tables.years("updates")


def news_id(number: int) -> str:
    """A piece of news's part of an address: ``n001``."""
    return f"n{number:03d}"


def _year(tables: Tables, year: int) -> Iterator[Figure]:
    found = rows(tables, year)
    table, sources = f"updates:{year}", "+".join(sorted({r["source"] for r in found}))
    whole = (RowRef(table, f"{year}/{ANY}", sources, len(found)),)
    conferences = [r for r in found if r["kind"] == CONFERENCE]
    single = tuple(RowRef(table, r[KEY], r["source"]) for r in conferences)
    for measure, label, unit, mine, refs in (
        ("listed", "选登的动态", "条", found, whole),
        ("conferences_sum", "选登的新闻发布会", "场", conferences, single),
    ):
        if mine:
            yield Figure(
                id=f"updates/{year}/all/{measure}",
                label=label,
                value=len(mine),
                unit=unit,
                as_of=found[0]["date"],
                precision=Precision.EXACT,
                formula="动态表里的行数" if measure == "listed" else f"动态表里类型是{CONFERENCE}的行数",
                rows=refs,
                kind=Kind.weakest({Kind(r[KIND]) for r in mine}),
            )


def figures(tables: Tables) -> Iterator[Figure]:
    """Published totals under ``updates/``, and how many pieces of news and press conferences are listed."""
    yield from published(tables.frame("control_totals"), "updates/")
    for year in years(tables):
        yield from _year(tables, year)


# --- for other subjects -----------------------------------------------------------------------------------


def parts(row: Row) -> list[str]:
    """The text of a row by its paragraphs, which blank lines part; a picture is one of its own."""
    text = PICTURE.sub(lambda m: f"\n\n{m[0]}\n\n", str(row["text"]))
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def paragraphs(row: Row) -> list[str]:
    """The paragraphs that are words; what pictures show where there is nothing else."""
    found = parts(row)
    return [p for p in found if not PICTURE.fullmatch(p)] or [PICTURE.sub(r"\1", p) for p in found]


def plain(row: Row) -> dict[str, Any]:
    """A piece of news as plain data for lists: its cells but the text, the first paragraph, and its page."""
    number, year = int(row["number"]), int(row["year"])
    return {
        "id": news_id(number),
        "number": number,
        "href": f"updates/{year}/{news_id(number)}/",
        "project": None if row["project"] is None else int(row["project"]),
        "grievance": None if row["grievance"] is None else int(row["grievance"]),
        **{name: row[name] for name in ("date", "kind", "title", "unit", "region")},
        "first": paragraphs(row)[0],
        "demo": row[KIND] == Kind.DEMO,
        "nature": str(row[KIND]),
    }


def entry(news: dict[str, Any]) -> Entry:
    """A plain piece of news for those who follow what it is about."""
    by = f"（{news['unit']}，{news['kind']}）" if news["unit"] else f"（{news['kind']}）"
    return Entry(news["href"], news["title"], f"{news['first']}{by}", news["href"], news["date"], news["demo"])


def _of(tables: Tables, year: int, wanted: Callable[[Row], bool]) -> list[dict[str, Any]]:
    return [plain(row) for row in rows(tables, year) if wanted(row)]


def of_project(tables: Tables, year: int, number: int) -> list[dict[str, Any]]:
    """The news of a project, newest first."""
    return _of(tables, year, lambda row: bool(row["project"] == number))


def of_grievance(tables: Tables, year: int, number: int) -> list[dict[str, Any]]:
    """The news of one of the ten things, newest first."""
    return _of(tables, year, lambda row: bool(row["grievance"] == number))


def of_region(tables: Tables, year: int, code: str) -> list[dict[str, Any]]:
    """The news of a region, by its code, newest first."""
    return _of(tables, year, lambda row: bool(row["region"] == code))


def of_unit(tables: Tables, year: int, unit_id: str) -> list[dict[str, Any]]:
    """The news that a unit, by its id, published, newest first."""
    frame = tables.frame("units")
    names = set(frame[frame["id"] == unit_id]["name"])
    return _of(tables, year, lambda row: row["unit"] in names)
