"""What a list can be narrowed down by: facets, their options with counts, and where each row stands among them.

Plain data for pages. The list itself is complete without it; ``assets/facets.js`` does the rest in the browser.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from generator.model import Kind
from generator.view import View

FEWEST = 5  # a list that is seen at a glance needs none of it
Words = Sequence[str]


def narrowing(
    names: Mapping[str, str],
    rows: Sequence[Mapping[str, Words]],
    kinds: Sequence[Kind],
    unit: str,
    orders: Mapping[str, Iterable[str]] | None = None,
) -> View | None:
    """The facets of a list by id and name, from the words that each row has for each; ``None`` for a short list.

    ``orders``: the order of some facets' options; those of others come as they are met. A facet that every row has the
    same single word for tells nothing apart, and is left out.
    """
    if len(rows) < FEWEST:
        return None
    facets, places = [], []
    for facet, name in names.items():
        counts = Counter(word for row in rows for word in dict.fromkeys(row.get(facet, ())))
        known = dict.fromkeys([*(orders or {}).get(facet, ()), *counts])
        options = [word for word in known if counts[word]]
        if any(counts[word] < len(rows) for word in options):
            facets.append({"id": facet, "name": name, "options": [{"word": w, "count": counts[w]} for w in options]})
            places.append((facet, {word: str(place) for place, word in enumerate(options)}))
    return {
        "facets": facets,
        "rows": ["|".join(",".join(at[w] for w in row.get(facet, ())) for facet, at in places) for row in rows],
        "kinds": [str(kind) for kind in kinds],
        "count": len(rows),
        "unit": unit,
    }


def years(counts: Mapping[int, int], here: int, folder: str) -> list[View]:
    """The same list of each year, newest first, with the number of its rows; none where there is but one."""
    found = [
        {"year": year, "count": count, "href": f"{folder}{year}/", "here": year == here}
        for year, count in sorted(counts.items(), reverse=True)
    ]
    return found if len(found) > 1 else []
