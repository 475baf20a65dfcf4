"""督查: what monthly and quarterly inspections found, and how it was mended."""

from generator.subject import Subject
from generator.subjects.inspections import measures, pages, rules

INSPECTIONS = Subject(
    "inspections", figures=measures.figures, pages=pages.pages, rules=rules.RULES, titles=rules.TITLES,
    published=rules.PUBLISHED, names=measures.names,
)  # fmt: skip
