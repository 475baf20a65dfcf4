"""What every recomputation shares: tables as text, exact numbers, and how each is written."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from tests.sites import Row, read

WORDS = ("未报送", "不涉及", "待定")
MONEY = {"亿元": 100_000_000, "万元": 10_000, "元": 1}
KINDS = ("官方", "转载", "演示")
NARROW = "\u202f"

Group = tuple[str, ...]


@dataclass(frozen=True)
class Truth:
    """What a figure must be: published value, text in a sentence and in a table, and the rows it comes from."""

    value: str | None
    prose: str
    cell: str
    unit: str
    as_of: str | None
    kind: str
    lacks: tuple[tuple[str, int], ...]
    rows: tuple[tuple[str, str, int], ...]  # table, key pattern, how many
    lacking: str = ""


def half_up(value: Fraction, places: int) -> Decimal:
    """A fraction as a decimal, rounded half up once, from its exact value."""
    scaled = value * 10**places
    whole, rest = divmod(abs(scaled.numerator), scaled.denominator)
    whole += 2 * rest >= scaled.denominator
    return Decimal(whole if scaled >= 0 else -whole).scaleb(-places)


def yuan(value: Fraction) -> str:
    """An amount as it is published: 元 with two decimals."""
    return f"{half_up(value, 2):.2f}"


def money(value: Fraction) -> str:
    """An amount in a sentence: 亿元 from 1 亿 on, else 万元."""
    unit = "亿元" if abs(value) >= MONEY["亿元"] else "万元"
    return f"{half_up(value / MONEY[unit], 2):,}{NARROW}{unit}"


def number(text: str) -> Fraction | None:
    """万元 as 元; nothing for a word that says why it is missing."""
    return None if text in WORDS else Fraction(Decimal(text)) * MONEY["万元"]


def weakest(kinds: Iterable[str]) -> str:
    """The kind that a figure takes from its rows."""
    return KINDS[max(KINDS.index(k) for k in kinds)]


def lacking(lacks: Counter[str]) -> tuple[tuple[str, int], ...]:
    """How many are missing, by word, in the words' order."""
    return tuple((w, lacks[w]) for w in WORDS if lacks[w])


def remark(lacks: tuple[tuple[str, int], ...]) -> str:
    """What stands beside a number that lacks some of its rows."""
    gaps = sum(n for word, n in lacks if word != "不涉及")
    return f"缺 {gaps} 项" if gaps else "".join(f"{n} 项不涉及" for _, n in lacks)


def absent(lacks: tuple[tuple[str, int], ...], otherwise: str) -> str:
    """What stands where nothing can be added."""
    return "、".join(word for word, _ in lacks) or otherwise


class Tables:
    """A data folder as rows of text, and from which kind of source each row is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sources = {s["编号"]: s["类别"] for s in read(folder, "sources")}
        self.totals = read(folder, "control_totals")
        self.schemas = {
            p.stem: yaml.safe_load(p.read_text(encoding="utf-8")) for p in (folder / "schemas").glob("*.yaml")
        }
        self._keyed: dict[str, list[tuple[list[str], Row]]] = {}
        self._chosen: dict[tuple[str, str], list[tuple[str, Row]]] = {}

    def years(self, name: str) -> list[str]:
        """The years that a table has a file for, oldest first."""
        return sorted(p.stem for p in (self.folder / name).glob("*.csv"))

    def all(self, name: str) -> list[Row]:
        """The rows of a table of one file."""
        return read(self.folder, name)

    def of(self, name: str, year: str) -> list[Row]:
        """A year's rows of a table; none when there is no such table."""
        path = self.folder / name / f"{year}.csv"
        return read(self.folder, f"{name}/{year}") if path.is_file() else []

    def addable(self, name: str, shown: list[Row]) -> list[str]:
        """The columns whose cells can be added: amounts and counts, not what names a row, here or elsewhere, and what
        is cumulative only within one month."""
        schema = self.schemas[name]
        names = set(schema["primaryKey"])
        cumulative = schema.get("cumulative")
        if cumulative and len({row[cumulative["by"]] for row in shown}) > 1:
            names |= set(cumulative["fields"])
        for reference in (*schema.get("foreignKeys", ()), *schema.get("refersTo", ())):
            names |= set(reference["fields"])
        return [
            f["name"] for f in schema["fields"]
            if f["name"] not in names and (f["type"] == "integer" or f.get("scale") == "money")
        ]  # fmt: skip

    def selected(self, label: str, pattern: str) -> list[tuple[str, Row]]:
        """The rows that a figure names, with their keys: by table, with its year, and key pattern."""
        if (label, pattern) not in self._chosen:
            self._chosen[label, pattern] = self._select(label, pattern)
        return self._chosen[label, pattern]

    def _select(self, label: str, pattern: str) -> list[tuple[str, Row]]:
        if label not in self._keyed:
            name, _, year = label.partition(":")
            rows = self.of(name, year) if year else read(self.folder, name)
            self._keyed[label] = [(key(self.schemas[name], r).split("/"), r) for r in rows]
        if label == "control_totals":
            return [("/".join(k), r) for k, r in self._keyed[label] if "/".join(k) == pattern]
        wanted = pattern.split("/")
        fixed = [(i, part) for i, part in enumerate(wanted) if part != "*"]
        return [
            ("/".join(k), r) for k, r in self._keyed[label]
            if len(k) == len(wanted) and all(k[i] == part for i, part in fixed)
        ]  # fmt: skip

    def kind(self, rows: Iterable[Row]) -> str:
        """The weakest kind among some rows."""
        return weakest(self.sources[r["来源"]] for r in rows)


# --- rows -------------------------------------------------------------------------------------------------


def key(schema: dict[str, Any], row: Row) -> str:
    """A row's key as it is published: the primary key's cells, coded ones by their code, an empty one as a dash."""
    codes = {f["name"]: f.get("codes") or {} for f in schema["fields"]}
    return "/".join(codes[name].get(row[name], row[name]) or "-" for name in schema["primaryKey"])


# --- figures ----------------------------------------------------------------------------------------------


def amount_truth(value: Fraction | None, lacks: tuple[tuple[str, int], ...], **more: object) -> Truth:
    nothing = absent(lacks, "未报送")
    shown = (nothing, nothing) if value is None else (money(value), f"{half_up(value / MONEY['万元'], 2):,}")
    return Truth(None if value is None else yuan(value), *shown, "元", lacks=lacks, lacking=remark(lacks), **more)  # type: ignore[arg-type]


def rate_truth(value: Fraction | None, lacks: tuple[tuple[str, int], ...], **more: object) -> Truth:
    nothing = absent(lacks, "没有可比的数")
    cell = nothing if value is None else f"{half_up(value * 100, 2):,}"
    prose = nothing if value is None else f"{cell}{NARROW}%"
    exact = None if value is None else f"{half_up(value, 6)}"
    return Truth(exact, prose, cell, "1", lacks=lacks, lacking=remark(lacks), **more)  # type: ignore[arg-type]


def count_truth(value: int | None, unit: str, lacks: tuple[tuple[str, int], ...] = (), **more: object) -> Truth:
    nothing = absent(lacks, "未报送")
    shown = (nothing, nothing) if value is None else (f"{value:,}{NARROW if unit else ''}{unit}", f"{value:,}")
    return Truth(None if value is None else str(value), *shown, unit, lacks=lacks, lacking=remark(lacks), **more)  # type: ignore[arg-type]


def number_truth(
    value: Fraction | None, unit: str, places: int, lacks: tuple[tuple[str, int], ...] = (), **more: object
) -> Truth:
    """A number that is neither an amount nor a share nor a count, such as points or a median of days."""
    nothing = absent(lacks, "未报送")
    cell = nothing if value is None else f"{half_up(value, places):,}".replace("-", "\u2212")
    prose = nothing if value is None else f"{cell}{NARROW}{unit}"
    exact = None if value is None else f"{half_up(value, 6)}"
    return Truth(exact, prose, cell, unit, lacks=lacks, lacking=remark(lacks), **more)  # type: ignore[arg-type]


def group(rows: Iterable[Row], *columns: str) -> dict[Group, list[Row]]:
    found: dict[Group, list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(row[c] for c in columns), []).append(row)
    return found


def published(tables: Tables, sums: set[str]) -> Iterator[tuple[str, Truth]]:
    """What documents print, but percentages, which follow from their amounts; and what is summed from rows."""
    for row in tables.totals:
        name = row["指标编号"]
        if row["单位"] == "%" or name in sums:
            continue
        ref = ("control_totals", name, 1)
        more = {"as_of": row["截至"] or None, "kind": tables.sources[row["来源"]], "rows": (ref,)}
        if row["单位"] in MONEY:
            value = Fraction(Decimal(row["数值"])) * MONEY[row["单位"]]
            yield name, amount_truth(value, (), **more)
        else:
            found = count_truth(int(row["数值"]), row["单位"], (), **more)
            yield name, replace(found, prose=f"{found.cell} 余{row['单位']}") if row["精度"] == "余" else found


def end_of(as_of: str) -> str:
    """A month's last day, or the day itself."""
    year, month, *day = as_of.split("-")
    return as_of if day else f"{as_of}-{calendar.monthrange(int(year), int(month))[1]:02d}"


def added(lines: list[dict[str, str]], column: str) -> Fraction | None:
    """The sum of a column over lines that have it; nothing when none has."""
    known = [Fraction(Decimal(x[column].replace(",", ""))) for x in lines if x[column] not in WORDS]
    return sum(known, Fraction(0)) if known else None


def printed(lines: list[dict[str, str]], figure: dict[str, Any]) -> str:
    """A number that a document prints, from its one row."""
    row = next(line for line in lines if line["@"] == figure["id"])
    exact = Fraction(Decimal(row["数值"])) * MONEY.get(row["单位"], 1)
    return yuan(exact) if figure["unit"] == "元" else str(exact)
