"""按单位: what each unit answers for, drawn from the other subjects."""

from generator.subject import Subject
from generator.subjects.units import pages

UNITS = Subject("units", figures=lambda tables: (), pages=pages.pages, names=lambda tables, year: pages.names(tables))
