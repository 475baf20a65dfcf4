"""民生资金: the money behind the livelihood projects, 安排 → 下达 → 拨付."""

from generator.subject import Subject
from generator.subjects.budget import measures, pages, rules

BUDGET = Subject(
    "budget", figures=measures.figures, pages=pages.pages, rules=rules.RULES, titles=rules.TITLES,
    published=rules.PUBLISHED, names=lambda tables, year: measures.NAMES,
)  # fmt: skip
