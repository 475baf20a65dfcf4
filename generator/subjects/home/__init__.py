"""首页: the year's answer, drawn from all subjects."""

from generator.subject import Subject
from generator.subjects.home import pages

HOME = Subject("home", figures=lambda tables: (), pages=pages.pages)
