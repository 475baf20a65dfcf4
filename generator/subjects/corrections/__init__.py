"""更正: what was corrected of numbers that had been published."""

from generator.subject import Subject
from generator.subjects.corrections import pages

CORRECTIONS = Subject("corrections", figures=lambda tables: (), pages=pages.pages)
