"""Ties of a row to a project, or to one of the ten things: what it is called, and its page."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from generator.subjects.projects.year import record
from generator.tables import Tables


def grievance(number: int) -> str:
    """A thing's part of a key: ``g03``."""
    return f"g{number:02d}"


class Ties:
    """A year's projects and things by number, as labels with addresses; a row that ties to nothing has none."""

    def __init__(self, tables: Tables, year: int) -> None:
        self.tables, self.year = tables, year

    def _titles(self, table: str) -> dict[int, str]:
        if not self.tables.has(table):
            return {}
        frame = self.tables.frame(table)
        frame = frame[(frame["year"] == self.year).fillna(False)]
        return {int(n): str(title) for n, title in zip(frame["number"], frame["title"], strict=True)}

    @cached_property
    def _projects(self) -> dict[int, str]:
        return self._titles("projects")

    @cached_property
    def _things(self) -> dict[int, str]:
        return self._titles("grievances")

    def of(self, row: dict[str, Any]) -> list[dict[str, Any]]:
        """What a plain row (``project``, ``grievance``: numbers or ``None``) is tied to: what, label, href."""
        found = []
        number = row["project"]
        if number in self._projects:
            href = f"projects/{self.year}/{record(number)}/"
            found.append({"what": "项目", "label": f"{number:02d} {self._projects[number]}", "href": href})
        number = row["grievance"]
        if number in self._things:
            href = f"grievances/{self.year}/{grievance(number)}/"
            found.append({"what": "事项", "label": self._things[number], "href": href})
        return found
