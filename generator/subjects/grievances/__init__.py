"""群众最不满意的10件事: the ten things that citizens are most dissatisfied with."""

from generator.subject import Subject
from generator.subjects.grievances import measures, pages, rules

GRIEVANCES = Subject(
    "grievances", figures=measures.figures, pages=pages.pages, rules=rules.RULES, titles=rules.TITLES,
    needs_all_rows=rules.NEEDS_ALL_ROWS, published=rules.PUBLISHED, names=measures.names,
    counted={"g": "件事"},
)  # fmt: skip
