"""The home page. It uses other subjects' figures, never their pages."""

from __future__ import annotations

from collections.abc import Iterator

from generator.model import Kind, Page
from generator.subject import Site
from generator.subjects.budget import pictures
from generator.subjects.budget.measures import AMOUNTS, RATES, years
from generator.view import view


def pages(site: Site) -> Iterator[Page]:
    """One page: the newest year's money and the ways in."""
    found = years(site.figures)
    newest = found[-1] if found else None
    names = (*AMOUNTS, *RATES)
    figures = {m: f for m in names if (f := site.figures.get(f"budget/{newest}/all/{m}"))}
    if not figures:
        figures = {m: f for m in names if (f := site.figures.get(f"budget/{newest}/all/{m}_sum"))}
    count = site.figures.get(f"projects/{newest}/all/count")  # rows that happen to be listed are no such claim
    shown = [*figures.values(), *([count] if count else [])]
    demo = any(f.kind is Kind.DEMO for f in shown)
    chain = {m: figures.get(m) for m in names}
    official = f"budget/{newest}/all/allocated" in site.figures
    rows = site.tables.contract.resource(f"budget:{newest}")
    csv = "data/control_totals.csv" if official else rows.csv if rows else None
    drawn = (pictures.chain("home-chain", chain, demo, csv),) if figures.get("allocated") else ()
    yield Page(
        path="",
        title=site.identity.site_name,
        template="home/home.md.j2",
        data={
            "city": site.identity.city,
            "year": newest,
            "headline": {m: view(f) for m, f in figures.items()},
            "count": view(count) if count else None,
            "charts": {"chain": drawn[0].id} if drawn else {},
            "splits": f"budget/{newest}/all/projects" in site.figures,
        },
        section="",
        description=f"{site.identity.city}民生实事的项目和资金，逐月公开，每个数都能查到出处。",
        charts=drawn,
        demo=demo,
        as_of=site.as_of,
    )
