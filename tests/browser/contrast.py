"""The contrast of all words of a page, those in drawings too, against what they stand on."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.kinds import FRAMED

ROWS = 40  # of a table that stay: the others come from the same loop of a template, and pages have thousands
CHARTS = {
    FRAMED, "budget/project.md.j2", "budget/year.md.j2", "grievances/thing.md.j2", "grievances/year.md.j2",
    "home/home.md.j2", "inspections/year.md.j2", "projects/project.md.j2", "projects/year.md.j2",
}  # fmt: skip

CONTRAST = """() => {
  const once = (make, kept = new Map()) => key => kept.has(key) ? kept.get(key) : kept.set(key, make(key)).get(key);
  const rgb = once(c => c.match(/[\\d.]+/g).map(Number));
  const light = once(c => {
    const f = rgb(c).slice(0, 3).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * f[0] + 0.7152 * f[1] + 0.0722 * f[2];
  });
  const ground = once(e => {
    if (!e) return 'rgb(255, 255, 255)';
    const below = ['::before', '::after'].map(n => getComputedStyle(e, n)).find(p => p.content !== 'none'
      && p.display !== 'none' && rgb(p.backgroundColor)[3] === undefined && parseFloat(p.width) > 24
      && parseFloat(p.height) > 24);
    const c = (below || getComputedStyle(e)).backgroundColor; // a smaller one is a mark beside the words
    return rgb(c)[3] === undefined || rgb(c)[3] === 1 ? c : ground(e.parentElement);
  });
  const ratio = (a, b) => {
    const [d, l] = [light(a), light(b)].sort((x, y) => x - y);
    return (l + 0.05) / (d + 0.05);
  };
  const faint = once(e => e ? Number(getComputedStyle(e).opacity) * faint(e.parentElement) : 1);
  const mixed = e => {
    const words = rgb(getComputedStyle(e).color), below = rgb(ground(e)), part = faint(e) * (words[3] ?? 1);
    return `rgb(${[0, 1, 2].map(i => words[i] * part + below[i] * (1 - part)).join()})`;
  };
  const seen = e => e.getClientRects().length > 0;
  const own = e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
  // A mark that stands in a bar is read against the bar: the last filled shape before it that holds its middle.
  const bar = t => {
    const b = t.getBoundingClientRect(), x = (b.left + b.right) / 2, y = (b.top + b.bottom) / 2;
    const shapes = [...t.closest('svg').querySelectorAll('path, rect')].filter(s => {
      const r = s.getBoundingClientRect(), fill = getComputedStyle(s).fill;
      const before = s.compareDocumentPosition(t) & Node.DOCUMENT_POSITION_FOLLOWING;
      const inside = r.left <= x && x <= r.right && r.top <= y && y <= r.bottom;
      return before && inside && fill !== 'none' && rgb(fill)[3] !== 0;
    });
    return shapes.length ? getComputedStyle(shapes.pop()).fill : ground(t);
  };
  const charts = [...document.querySelectorAll('figure.chart svg text')].filter(seen)
    .map(t => ({text: t.textContent, ratio: ratio(getComputedStyle(t).fill, bar(t))}));
  const words = [...document.querySelectorAll('body *:not(svg *)')].filter(e => own(e) && seen(e))
    .filter(e => !e.closest('.portal-skip, .md-overlay, script, option'))
    .map(e => ({text: e.textContent.slice(0, 40), ratio: ratio(mixed(e), ground(e))}));
  return {page: light(ground(document.body)), charts, words};
}"""

SHORTEN = """most => document.querySelectorAll('table > tbody').forEach(body => {
  if (body.rows.length > 2 * most) [...body.rows].slice(most, -most).forEach(row => row.remove());
})"""


def shorten(page: Page) -> None:
    """Leaves the first and the last rows of long tables: axe takes 13 s for 2,000 rows, four times."""
    page.evaluate(SHORTEN, ROWS // 2)


def readable(page: Page, kind: str | None = None, *, dark: bool) -> None:
    """Words and charts stand out from what they stand on, which is dark or light as was asked for."""
    found = page.evaluate(CONTRAST)
    assert (found["page"] < 0.1) == dark
    assert len(found["charts"]) + len(found["words"]) > 10
    faint = [w for w in [*found["charts"], *found["words"]] if w["ratio"] < 4.5]
    assert faint == [], faint
    assert kind is None or bool(found["charts"]) == (kind in CHARTS)
