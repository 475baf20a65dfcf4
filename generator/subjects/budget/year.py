"""One budget year of a site: its figures by key, and lines of tables made from them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pandas as pd

from generator.model import Figure
from generator.subject import Site
from generator.subjects.budget.measures import AMOUNTS, LEVELS, RATES, months
from generator.subjects.projects.measures import REACHED, of
from generator.subjects.projects.year import projects, record
from generator.view import View, view

ROOT = "budget/"
COLUMNS = (*AMOUNTS, *RATES)
PARTS = ("year", "project", "region", "level", "month")


class Year:
    """One budget year of a site: shorthand for its figures."""

    def __init__(self, site: Site, year: int) -> None:
        self.site, self.year, self.figures = site, year, site.figures
        resource = site.tables.contract.resource(f"budget:{year}")
        self.csv = resource.csv if resource else None
        self.frame = site.tables.frame("budget") if site.tables.has("budget") else pd.DataFrame(columns=PARTS)
        self.frame = self.frame[self.frame["year"] == year]
        self.months = months(self.frame)
        self.projects = projects(site.tables, year)
        regions = site.tables.frame("regions").to_dict("records") if site.tables.has("regions") else []
        self.regions = {r["code"]: r["name"] for r in regions}
        units = site.tables.frame("units").to_dict("records") if site.tables.has("units") else []
        self.aliases = {u["name"]: tuple(u["aliases"] or ()) for u in units}
        self._units = {u["name"]: u["id"] for u in units}
        self.levels = {key: name for name, key in LEVELS.items()}
        self.by_record: dict[str, list[Figure]] = {}
        for figure in self.figures.values():
            if figure.id.startswith((f"budget/{year}/", f"projects/{year}/")):
                self.by_record.setdefault(figure.key.split("+")[0], []).append(figure)

    def get(self, key: str, measure: str, month: str = "") -> Figure | None:
        """A figure of this year, or ``None``."""
        tail = "_sum" if key == "all" and measure in COLUMNS and (month or not self.official) else ""
        return self.figures.get(f"budget/{self.year}/{key}/{measure}{tail}{month and '@' + month}")

    def sum(self, measure: str, month: str = "") -> Figure | None:
        """The sum of rows for the whole city, whatever was published."""
        return self.figures.get(f"budget/{self.year}/all/{measure}_sum{month and '@' + month}")

    @property
    def official(self) -> bool:
        """Whether totals were published for the year."""
        return f"budget/{self.year}/all/allocated" in self.figures

    @property
    def path(self) -> str:
        """The year's page."""
        return f"{ROOT}{self.year}/"

    def unit(self, lead: str) -> str | None:
        """The page of a unit that leads a project of this year; it has one if the table of units has it."""
        found = self._units.get(lead)
        return f"units/{self.year}/{found}/" if found else None

    def keys(self, pattern: str) -> list[str]:
        """The keys that have rows and begin with ``pattern``, in order: ``r``, ``l``, ``p07+r``."""
        record_part = pattern.split("+")[0]
        groups = [self.by_record.get(record_part, [])] if "+" in pattern else self.by_record.values()
        found = {
            f.key for group in groups for f in group
            if f.key.startswith(pattern) and f.key.count("+") == pattern.count("+")
            and f.id == f"budget/{self.year}/{f.key}/allocated" and f.rows[0].table != "control_totals"
        }  # fmt: skip
        return sorted(found | self._silent(pattern))

    def _silent(self, pattern: str) -> set[str]:
        """The keys that begin with ``pattern`` and had rows in the year, whether or not in the newest month."""
        *whole, part = pattern.split("+")
        column = {"r": "region", "l": "level"}[part]
        mine = self.frame["project"].map(record) == whole[0] if whole else self.frame["project"].notna()
        named = LEVELS.__getitem__ if part == "l" else "r{}".format
        return {"+".join([*whole, named(v)]) for v in set(self.frame[mine][column])}

    def of(self, *records: str) -> list[Figure]:
        """The figures of some records (``all``, ``p07``), their cross keys included; of all of them without any."""
        return [f for r in (records or self.by_record) for f in self.by_record.get(r, [])]

    def name(self, part: str) -> str:
        """What people call a region (``r100103``) or a level (``lcity``)."""
        return self.regions.get(part[1:], part[1:]) if part.startswith("r") else self.levels[part]

    def line(self, key: str, label: str, **more: Any) -> View:
        """A line of a table: the three amounts and the two rates of a key; no cells when it has no rows now."""
        cells = [view(f) for m in COLUMNS if (f := self.get(key, m))]
        return {"label": label, "href": None, "cells": cells, **more}

    def latest(self, project: int) -> str:
        """The month that a project was last reported for, ``""`` for the year's newest."""
        found = months(self.frame[self.frame["project"] == project])
        return found[-1] if found and found[-1] != self.months[-1] else ""

    def split(self, pattern: str) -> list[View]:
        """A line for each key that begins with ``pattern``, the largest 安排 first, with targets where known."""
        lines = [self.line(k, self.name(k.split("+")[-1]), **self._counts(k)) for k in self.keys(pattern)]
        return sorted(lines, key=lambda line: -Fraction((line["cells"] and line["cells"][0]["value"]) or 0))

    def _counts(self, key: str) -> View:
        """Targets and what was done in a region: a project's own, or the only project's."""
        place = key.split("+")[-1]
        records = [record(p["number"]) for p in self.projects] if key == place else [key.split("+")[0]]
        found = [
            counts
            for r in records
            if len(counts := [f for m in REACHED if (f := of(self.figures, self.year, f"{r}+{place}", m))])
            == len(REACHED)
        ]
        return {"counts": [view(f) for f in found[0]]} if len(found) == 1 else {}
