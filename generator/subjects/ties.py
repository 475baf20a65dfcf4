"""Ties of a row to a project, to one of the ten things, to a place and a unit: what each is called, and its page."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from generator.subject import Site
from generator.subjects.grievances import life
from generator.subjects.projects.year import record, unit_ids


def grievance(number: int) -> str:
    """A thing's part of a key: ``g03``."""
    return f"g{number:02d}"


class Ties:
    """A year's projects, things, places and units with their addresses. What has no page has no tie."""

    def __init__(self, site: Site, year: int) -> None:
        self.site, self.year = site, year

    def _titles(self, table: str) -> dict[int, str]:
        if not self.site.tables.has(table):
            return {}
        frame = self.site.tables.frame(table)
        frame = frame[(frame["year"] == self.year).fillna(False)]
        return {int(n): str(title) for n, title in zip(frame["number"], frame["title"], strict=True)}

    @cached_property
    def _projects(self) -> dict[int, str]:
        return self._titles("projects")

    @cached_property
    def _things(self) -> dict[int, str]:
        return self._titles("grievances")

    @cached_property
    def _answering(self) -> set[str]:
        """The ids of the units that answer for one of the ten things, or for a task of one."""
        units = unit_ids(self.site.tables)
        return {units[name] for name in life.year_of(self.site.tables, self.year).leads if name in units}

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

    def page(self, folder: str, key: str) -> str | None:
        """The page of a place (``regions``, ``r100103``) or a unit (``units``, its id).

        A place has one where it has a part of a project, a unit also where it answers for one of the ten things
        or for a task of one.
        """
        answers = f"projects/{self.year}/{key}/listed" in self.site.figures
        if folder == "units":
            answers = answers or key in self._answering
        return f"{folder}/{self.year}/{key}/" if answers else None
