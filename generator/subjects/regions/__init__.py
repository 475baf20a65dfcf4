"""按区划: what each place answers for, drawn from the other subjects."""

from generator.subject import Subject
from generator.subjects.regions import pages

REGIONS = Subject("regions", figures=lambda tables: (), pages=pages.pages)
