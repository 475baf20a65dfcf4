"""One year of inspections: its figures by key, and lines of tables made from them."""

from __future__ import annotations

from generator import format as fmt
from generator.model import Figure
from generator.subject import Site
from generator.subjects.inspections.measures import MEASURES, OFFICIAL, kinds, listed, units
from generator.subjects.ties import Ties
from generator.view import View, view

ROOT = "inspections/"


class Year:
    """One year of a site: shorthand for its figures. ``listed`` are its problems as plain data, newest first."""

    def __init__(self, site: Site, year: int) -> None:
        self.site, self.year, self.ties = site, year, Ties(site, year)
        self.figures = {i: f for i, f in site.figures.items() if i.startswith(f"{ROOT}{year}/")}
        self.listed = listed(site.tables, year)
        resource = site.tables.contract.resource(f"inspections:{year}")
        self.csv = resource.csv if resource and self.listed else None
        regions = site.tables.frame("regions") if site.tables.has("regions") else None
        self.regions = dict(zip(regions["code"], regions["name"], strict=True)) if regions is not None else {}
        self.kinds = {key: f"{name}问题" for name, key in kinds(site.tables).items()}
        self.units = {key: name for name, key in units(site.tables).items()} if site.tables.has("units") else {}

    @property
    def path(self) -> str:
        """The year's page."""
        return f"{ROOT}{self.year}/"

    def get(self, key: str, measure: str) -> Figure | None:
        """A figure of this year's rows, or ``None``; for the whole its sum."""
        tail = "_sum" if key == "all" and measure in OFFICIAL else ""
        return self.figures.get(f"{ROOT}{self.year}/{key}/{measure}{tail}")

    def headline(self, measure: str) -> Figure | None:
        """The published total, or what the rows give."""
        return self.figures.get(f"{ROOT}{self.year}/all/{measure}") or self.get("all", measure)

    @property
    def official(self) -> bool:
        """Whether totals were published for the year."""
        return any(f"{ROOT}{self.year}/all/{m}" in self.figures for m in OFFICIAL)

    def line(self, key: str, label: str, folder: str = "") -> View:
        """A line of a table: what was found, mended and late of a key, and the days it took; its page in ``folder``."""
        cells = [view(f) for m in MEASURES if (f := self.get(key, m))]
        return {"key": key, "label": label, "href": self.ties.page(folder, key) if folder else None, "cells": cells}

    def split(self, names: dict[str, str], folder: str = "") -> list[View]:
        """A line for each of some keys that has rows, the most problems first, then by key."""
        found = [(key, name, f) for key, name in names.items() if (f := self.get(key, "found"))]
        return [
            self.line(key, name, folder) for key, name, f in sorted(found, key=lambda x: (-int(x[2].value or 0), x[0]))
        ]

    def by_month(self) -> list[View]:
        """A line for each month that has problems, in order."""
        months = [f"m{n:02d}" for n in range(1, 13)]
        return [self.line(key, fmt.month(f"{self.year}-{key[1:]}")) for key in months if self.get(key, "found")]
