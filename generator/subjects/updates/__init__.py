"""工作动态: news of the work, and press conferences."""

from generator.subject import Subject
from generator.subjects.updates import measures, pages, rules

UPDATES = Subject(
    "updates", figures=measures.figures, pages=pages.pages, rules=rules.RULES, titles=rules.TITLES,
    published=rules.PUBLISHED,
)  # fmt: skip
