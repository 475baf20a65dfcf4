"""民生实事: for now the list of projects and, where reported, targets and what was done."""

from generator.subject import Subject
from generator.subjects.projects import measures, rules

PROJECTS = Subject(
    "projects", figures=measures.figures, pages=lambda site: (), rules=rules.RULES, published=rules.PUBLISHED
)
