"""What monthly and quarterly inspections found, and how it was mended, as figures.

Everything is counted as of the newest day in the year's rows. A problem is late when it was mended after its deadline,
or is open past it. Days to mend are a median: half of the problems were mended within it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from generator import format as fmt
from generator.measure import ANY, published
from generator.model import Entry, Figure, Kind, Missing, Precision, RowRef
from generator.subjects.inspections.cases import STATES, Row, case_id, days, late, newest, rows, state, years
from generator.subjects.projects.year import record
from generator.subjects.ties import grievance
from generator.tables import KEY, KIND, Draft, Tables

MEASURES = {"found": "发现的问题", "mended": "已改好的问题", "late": "超过期限的问题", "days": "改好用时的中位数"}
FORMULAS = {
    "found": "问题的行数",
    "mended": "有整改日期的行数",
    "late": "整改日期晚于整改期限的，和过了期限还没有改好的",
    "days": "从发现到改好的天数，取中位数；没有改好的不算",
}
OFFICIAL = ("found", "mended")  # what documents print for the whole


def kinds(tables: Tables | Draft) -> dict[str, str]:
    """Each kind of problem's part of a key, by its name: 进度 -> ``kprogress``."""
    table = tables.contract.table("inspections")
    codes = [dict(c.codes) for c in table.columns if c.id == "kind"] if table else []
    return {name: f"k{code}" for found in codes for name, code in found.items()}


def names(tables: Tables, year: int) -> dict[str, str]:
    """What months, kinds and single problems are called, by their part of a key."""
    months = {f"m{n:02d}": fmt.month(f"{year}-{n:02d}") for n in range(1, 13)}
    cases = {case_id(int(r["number"])): f"问题 {r['number']}" for r in rows(tables, year)}
    return {**months, **{part: name for name, part in kinds(tables).items()}, **cases}


def units(tables: Tables | Draft) -> dict[str, str]:
    """Each unit's id, which is its part of a key, by its name."""
    frame = tables.frame("units")
    return dict(zip(frame["name"], frame["id"], strict=True))


def groups(tables: Tables | Draft, year: int) -> dict[str, list[Row]]:
    """A year's problems by each key that they count for: all, month, kind, region, unit, project, thing."""
    kind_of, unit_of = kinds(tables), units(tables)
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows(tables, year):
        keys = ["all", f"m{row['month'][5:7]}", kind_of.get(row["kind"]), f"r{row['region']}", unit_of.get(row["lead"])]
        keys += [name(row[c]) for c, name in (("project", record), ("grievance", grievance)) if row[c] is not None]
        for key in filter(None, keys):  # while a file is faulty, rules may see a unit that nothing is known of
            found[key].append(row)
    return dict(found)


def value_of(measure: str, found: Sequence[Row], as_of: str) -> int | Fraction | None:
    """A measure over some problems; days as a ``Fraction``, ``None`` when none is mended."""
    if measure != "days":
        counted: dict[str, Callable[[Row], bool]] = {
            "found": lambda row: True,
            "mended": lambda row: row["mended"] is not None,
            "late": lambda row: late(row, as_of),
        }
        return sum(map(counted[measure], found))
    known = sorted(n for row in found if (n := days(row)) is not None)
    middle = len(known) // 2
    return Fraction(known[middle] + known[-middle - 1], 2) if known else None


def _references(year: int, key: str, found: Sequence[Row], gaps: Sequence[Row]) -> tuple[RowRef, ...]:
    """The rows of a key: by pattern where the table's key has the part, else one by one."""
    table = f"inspections:{year}"
    if key == "all" or key.startswith("m"):
        parts = (str(year), ANY if key == "all" else found[0]["month"], ANY)
        sources = "+".join(sorted({r["source"] for r in found}))
        return (RowRef(table, "/".join(parts), sources, len(found), len(gaps)),)
    return tuple(RowRef(table, r[KEY], r["source"], missing=int(r in gaps)) for r in found)


def _figure(year: int, key: str, measure: str, found: Sequence[Row], as_of: str, **more: Any) -> Figure:
    value = value_of(measure, found, as_of)
    gaps = [row for row in found if measure == "days" and row["mended"] is None]
    whole = not isinstance(value, Fraction) or value.denominator == 1
    fields: dict[str, Any] = {
        "id": f"inspections/{year}/{key}/{measure}{'_sum' if key == 'all' and measure in OFFICIAL else ''}",
        "label": MEASURES[measure],
        "value": value,
        "unit": "天" if measure == "days" else "个",
        "as_of": as_of,
        "precision": Precision.EXACT,
        "formula": FORMULAS[measure],
        "rows": _references(year, key, found, gaps),
        "kind": Kind.weakest({Kind(row[KIND]) for row in found}),
        "lacks": ((Missing.PENDING, len(gaps)),) if gaps else (),
        "places": 0 if whole else 1,
    }
    return Figure(**fields | more)


def _year(tables: Tables, year: int) -> Iterator[Figure]:
    split = groups(tables, year)
    as_of = newest(split["all"])
    for key, found in split.items():
        for measure in MEASURES:
            yield _figure(year, key, measure, found, as_of)
    for row in split["all"]:
        words = {"label": "改好用时", "formula": "从发现到改好的天数"}
        yield _figure(year, case_id(row["number"]), "days", [row], as_of, value=days(row), **words)


def figures(tables: Tables) -> Iterator[Figure]:
    """Published totals under ``inspections/``, then counts and days of the rows of each year."""
    found = [figure for year in years(tables) for figure in _year(tables, year)]
    ids = {f.id for f in found}  # a total published for a part is only held against it
    yield from (f for f in published(tables.frame("control_totals"), "inspections/") if f.id not in ids)
    yield from found


# --- for other subjects -----------------------------------------------------------------------------------


def plain(row: Row, as_of: str) -> dict[str, Any]:
    """A problem as plain data for pages: its cells, what became of it (mark, word, style), and where it stands."""
    names = ("problem", "kind", "method", "region", "lead", "found", "deadline", "mended", "result")
    mark, word, style = STATES[state(row, as_of)]
    number, year = int(row["number"]), int(row["year"])
    if row["deadline"] is None and row["mended"]:
        word = "已改好"
    return {
        "id": case_id(number),
        "number": number,
        "href": f"inspections/{year}/#{case_id(number)}",
        "figure": f"inspections/{year}/{case_id(number)}/days",
        "project": None if row["project"] is None else int(row["project"]),
        "grievance": None if row["grievance"] is None else int(row["grievance"]),
        **{name: row[name] for name in names},
        "state": {"mark": mark, "word": word, "style": style},
        "demo": row[KIND] == Kind.DEMO,
        "nature": str(row[KIND]),
    }


def entry(problem: dict[str, Any]) -> Entry:
    """A plain problem for those who follow what it was found at: told when it is found, and again when it is mended."""
    said = f"{problem['found']} {problem['method']}发现：{problem['problem']}"
    due = f"，要求 {problem['deadline']} 前改好" if problem["deadline"] else ""
    mended = f"，{problem['mended']} 改好" if problem["mended"] else ""
    result = f"。{problem['result']}" if problem["result"] else ""
    title = f"督查发现的问题（{problem['state']['word']}）：{problem['problem']}"
    date = problem["mended"] or problem["found"]
    return Entry(problem["href"], title, f"{said}{due}{mended}{result}", problem["href"], date, problem["demo"])


def listed(tables: Tables, year: int, key: str = "all") -> list[dict[str, Any]]:
    """The problems of a key (``all``, ``p07``, ``g03``, ``r100103``, a unit's id) as plain data, newest first."""
    found = groups(tables, year)
    as_of = newest(found["all"]) if found else ""
    mine = sorted(found.get(key, []), key=lambda r: (r["found"], r["number"]), reverse=True)
    return [plain(row, as_of) for row in mine]


def of_project(tables: Tables, year: int, number: int) -> list[dict[str, Any]]:
    """The problems found at a project, newest first."""
    return listed(tables, year, record(number))


def of_grievance(tables: Tables, year: int, number: int) -> list[dict[str, Any]]:
    """The problems that touch one of the ten things, newest first."""
    return listed(tables, year, grievance(number))


def of_region(tables: Tables, year: int, code: str) -> list[dict[str, Any]]:
    """The problems found in a region, by its code, newest first."""
    return listed(tables, year, f"r{code}")


def of_unit(tables: Tables, year: int, unit_id: str) -> list[dict[str, Any]]:
    """The problems that a unit, by its id, is to mend, newest first."""
    return listed(tables, year, unit_id)
