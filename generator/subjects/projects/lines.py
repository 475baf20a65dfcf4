"""One year of projects as pages see it: figures by their parts, and lines of tables made from them."""

from __future__ import annotations

from functools import cached_property

from generator import format as fmt
from generator import schedule
from generator.model import Figure
from generator.schedule import Lifecycle
from generator.subject import Site
from generator.subjects.projects.measures import of
from generator.subjects.projects.standing import Report, Row, Standing
from generator.subjects.projects.tallies import STATES
from generator.subjects.projects.year import Year, by_region, by_unit, record
from generator.view import View, prose, view

ROOT = "projects/"


def state(standing: Standing | None) -> View | None:
    """How something stands, for templates: mark, word, style."""
    return schedule.state(standing.word, overdue=standing.overdue) if standing else None


class Lines:
    """Shorthand for one year's figures, names and addresses."""

    def __init__(self, site: Site, number: int) -> None:
        self.site, self.number = site, number
        self.year = site.tables.once(Year, number)
        resource = site.tables.contract.resource(f"project_progress:{number}")
        self.csv = resource.csv if resource else None
        self.regions = {r["code"]: r["name"] for r in site.tables.rows("regions")}
        self.aliases = {r["name"]: tuple(r["aliases"] or ()) for r in site.tables.rows("units")}
        self.by_record: dict[str, list[Figure]] = {}
        for figure in site.figures.values():
            if figure.id.startswith(f"projects/{number}/"):
                self.by_record.setdefault(figure.key.split("+")[0], []).append(figure)
        sums = f"budget/{number}/all/paid_sum@"
        self.paid_months = sorted(i.removeprefix(sums) for i in site.figures if i.startswith(sums))
        self.unit_names = {unit: name for name, unit in self.year.units.items()}

    @property
    def path(self) -> str:
        """The year's page."""
        return f"{ROOT}{self.number}/"

    def address(self, number: int) -> str:
        """A project's page."""
        return f"{self.path}{record(number)}/"

    def get(self, key: str, measure: str, month: str = "") -> Figure | None:
        """A figure of this year, or ``None``."""
        return of(self.site.figures, self.number, key, f"{measure}{month and '@' + month}")

    def of(self, *keys: str) -> list[Figure]:
        """The figures of some records, units or regions, cross keys included; of all without any."""
        return [f for k in (keys or self.by_record) for f in self.by_record.get(k, [])]

    def goal(self, number: int) -> str:
        """What a project is to reach, in words: as it was written, else the number that was published."""
        target = self.get(record(number), "target")
        known = f"目标 {prose(target)}" if target and target.value is not None else "目标没有公布"
        return str(self.year.projects[number]["goal"] or known)

    def money(self, number: int, measure: str, month: str = "") -> Figure | None:
        """A project's figure of the money: of its newest month, or of the month that is asked for."""
        name = f"budget/{self.number}/{record(number)}/{measure}"
        newest = self.site.figures.get(name)
        if not month or (newest and newest.as_of == month):
            return newest
        return self.site.figures.get(f"{name}@{month}")

    def counts(self, key: str, month: str = "") -> dict[str, Figure]:
        """How many stand how, by state; empty when nothing was reported for the key."""
        found = {name: self.get(key, f"state_{name}", month) for name in STATES}
        return {name: figure for name, figure in found.items() if figure}

    def regions_with_projects(self) -> list[str]:
        """Codes of the regions that have counts, in order."""
        return [code for code in by_region(self.year) if self.counts(f"r{code}")]

    def units_with_projects(self) -> list[str]:
        """Ids of the units that lead a project, in order."""
        return list(by_unit(self.year))

    def standing(self, number: int) -> Standing | None:
        """How a project stands in the newest month."""
        return self.year.standings.projects.get(number, {}).get(self.year.newest or "")

    def project(self, number: int) -> View:
        """A line of the list of projects."""
        found, key, standing = self.year.projects[number], record(number), self.standing(number)
        cells = {m: self.get(key, m) for m in ("work", "time", "margin", "target", "done", "now")}
        return {
            "number": number,
            "title": found["title"],
            "label": f"{number:02d} {found['title']}",
            "href": self.address(number),
            "category": found["category"],
            "lead": found["lead"],
            "lead_href": self.unit(found["lead"]),
            "deadline": found["deadline"] or "",
            "state": state(standing),
            "paid": view(rate) if (rate := self.money(number, "paid_rate")) else None,
            "last": self._last(number, standing),
            **{m: view(f) if f else None for m, f in cells.items()},
        }

    def _last(self, number: int, standing: Standing | None) -> View | None:
        """The last report of a project that nobody reported for the newest month; nothing where somebody did."""
        latest = self.year.standings.latest(number)
        work = self.get(record(number), "work", latest.month) if latest else None
        if standing is None or standing.work is not None or latest is None or work is None or work.value is None:
            return None
        return {"month": fmt.month(latest.month), "work": view(work)}

    def unit(self, name: str) -> str | None:
        """The page of a unit in this year, if it leads a project and the table of units has it."""
        found = self.year.units.get(name)
        return f"units/{self.number}/{found}/" if found in self._leading else None

    @cached_property
    def _leading(self) -> set[str]:
        return set(by_unit(self.year))

    @cached_property
    def places(self) -> dict[int, set[str]]:
        """The codes of the places where each project is done."""
        found: dict[int, set[str]] = {number: set() for number in self.year.projects}
        for number, region in (*self.year.standings.places, *self.year.standings.undated):
            found[number].add(region)
        return found

    def drawn(self, number: int) -> View:
        """The same for a picture: figures, not text."""
        found, key, standing = self.year.projects[number], record(number), self.standing(number)
        return {
            "label": f"{number:02d} {found['title']}", "title": found["title"],
            **{m: self.get(key, m) for m in ("work", "time", "margin")},
            "word": standing.word if standing else schedule.SILENT, "mark": standing.mark if standing else "–",
            "going": bool(standing and standing.lifecycle in (Lifecycle.ACTIVE, Lifecycle.IDLE)),
        }  # fmt: skip

    def tally(self, key: str, label: str, href: str | None) -> View:
        """A line of counts for a region or a unit."""
        counts = self.counts(key)
        more = {m: self.get(key, m) for m in ("listed", "reports_late", "reports_missing")}
        return {
            "label": label,
            "href": href,
            **{name: view(f) for name, f in counts.items()},
            **{m: view(f) if f else None for m, f in more.items()},
        }

    def place(self, row: Row) -> View:
        """A place's part of a project, as it stands and as it was reported, in one month or undated."""
        standing = self.year.standings.places.get((int(row["project"]), row["region"]), {}).get(row["month"])
        key = f"{record(int(row['project']))}+r{row['region']}"
        cells = {m: self.get(key, m) for m in ("work", "target", "done", "now")}
        return {
            "label": self.regions.get(row["region"], row["region"]),
            "state": state(standing),
            "said": "、".join(w for w in (row["lifecycle"], row["schedule"]) if w),
            "disagrees": bool(standing and Report(row, standing).disagrees),
            "reported": row["reported"] or "",
            "note": row["note"] or "",
            "href": f"regions/{self.number}/r{row['region']}/",
            **{m: view(f) if f else None for m, f in cells.items()},
        }
