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
    found = years(site.tables)
    newest = found[-1] if found else None
    names = (*AMOUNTS, *RATES)
    figures = {m: f for m in names if (f := site.figures.get(f"budget/{newest}/all/{m}"))}
    if not figures:
        figures = {m: f for m in names if (f := site.figures.get(f"budget/{newest}/all/{m}_sum"))}
    count = site.figures.get(f"projects/{newest}/all/count") or site.figures.get(f"projects/{newest}/all/count_sum")
    shown = [*figures.values(), *([count] if count else [])]
    demo = any(f.kind is Kind.DEMO for f in shown)
    chain = {m: figures.get(m) for m in names}
    drawn = (pictures.chain("home-chain", chain, demo, "data/control_totals.csv"),) if figures.get("allocated") else ()
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
        },
        section="",
        description=f"{site.identity.city}民生实事的项目和资金，逐月公开，每个数都能查到出处。",
        charts=drawn,
        demo=demo,
        as_of=site.as_of,
    )
