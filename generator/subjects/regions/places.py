"""Which places have a page in a year: those that some table speaks of."""

from __future__ import annotations

from typing import Any

from generator.subject import Site
from generator.tables import Tables

TABLES = ("project_progress", "budget", "inspections", "grievance_tasks", "updates")


def places(site: Site, year: int) -> dict[str, dict[str, Any]]:
    """The rows of the table of regions, by code, of the places that rows of a year name; never the whole city."""
    named = {r["region"] for table in TABLES for r in site.tables.rows(table, year) if r["region"]}
    return {r["code"]: r for r in site.tables.rows("regions") if r["code"] in named and r["reports"] == "是"}


def names(tables: Tables) -> dict[str, str]:
    """What each place is called, by its part of a key."""
    return {f"r{r['code']}": r["name"] for r in tables.rows("regions")}


def years(site: Site) -> list[int]:
    """The years in which any place is named, oldest first."""
    return [y for y in sorted({y for table in TABLES for y in site.tables.years(table)}) if places(site, y)]
