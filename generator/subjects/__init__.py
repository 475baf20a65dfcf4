"""The one list of subjects. A new dataset is one more folder here, and one line in the nav."""

from generator.subject import Subject
from generator.subjects.budget import BUDGET
from generator.subjects.corrections import CORRECTIONS
from generator.subjects.grievances import GRIEVANCES
from generator.subjects.home import HOME
from generator.subjects.inspections import INSPECTIONS
from generator.subjects.projects import PROJECTS
from generator.subjects.regions import REGIONS
from generator.subjects.units import UNITS
from generator.subjects.updates import UPDATES

SUBJECTS: tuple[Subject, ...] = (
    HOME,
    PROJECTS,
    BUDGET,
    GRIEVANCES,
    INSPECTIONS,
    UPDATES,
    REGIONS,
    UNITS,
    CORRECTIONS,
)
