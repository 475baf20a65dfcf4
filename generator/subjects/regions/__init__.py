"""按区划: what each place answers for, drawn from the other subjects."""

from generator.subject import Subject
from generator.subjects.regions import pages, places

REGIONS = Subject(
    "regions", figures=lambda tables: (), pages=pages.pages, names=lambda tables, year: places.names(tables)
)
