"""民生实事: what each livelihood project promised, how far it is, who answers for it."""

from generator.subject import Subject
from generator.subjects.projects import measures, pages, rules, year

PROJECTS = Subject(
    "projects", figures=measures.figures, pages=pages.pages, rules=rules.RULES, titles=rules.TITLES,
    published=rules.PUBLISHED, names=year.names, counted={"p": "个项目"},
)  # fmt: skip
