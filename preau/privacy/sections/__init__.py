"""The sections of an export, area by area. A new area adds its own here; a test names the tables that nobody told."""

from preau.privacy.sections import account, activity, care, health, household, papers
from preau.privacy.sections.section import File, Person, Section

SECTIONS: tuple[Section, ...] = (
    *account.SECTIONS,
    *household.SECTIONS,
    *health.SECTIONS,
    *care.SECTIONS,
    *papers.SECTIONS,
    *activity.SECTIONS,
)
FILES = (*household.FILES, *papers.FILES)

__all__ = ["FILES", "SECTIONS", "File", "Person", "Section"]
