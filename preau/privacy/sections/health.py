"""The health sheets that this person may see, opened for them alone, and which agents' readings there were."""

import json
from collections.abc import Iterator

from preau.demarches.reading import date_told
from preau.families.choices import Subject
from preau.families.models import Participant
from preau.health.choices import Item
from preau.health.keys import opener_for
from preau.health.models import Confirmation, HealthField, HealthReading, Pai, Vaccination
from preau.health.rules.sheet import told
from preau.privacy.sections.section import Person, Row, Section


def _children(person: Person) -> list[Participant]:
    return list(Participant.objects.filter(pk__in=person.participants(Subject.HEALTH)).order_by("born_on", "pk"))


def sheets(person: Person) -> Iterator[Row]:
    """What was answered, a line for each thing."""
    for child in _children(person):
        opener = opener_for(child)
        if opener is not None:
            for row in HealthField.objects.filter(participant=child).order_by("pk"):
                yield child.first_name, row.get_name_display(), _plain(row.name, opener.opened(row)), row.filled_at
            for pai in Pai.objects.filter(participant=child).order_by("starts_on"):
                days = f"du {pai.starts_on:%d/%m/%Y} au {pai.ends_on:%d/%m/%Y}"
                yield child.first_name, f"PAI {days}", opener.opened(pai), pai.filled_at


def _plain(item: str, text: str) -> str:
    """A sealed answer as the portal tells it; as it is kept when it has no such shape."""
    try:
        return "\n".join(told(Item(item), json.loads(text))) or "oui"
    except (ValueError, KeyError, TypeError):
        return text


def doses(person: Person) -> Iterator[Row]:
    for child in _children(person):
        opener = opener_for(child)
        if opener is not None:
            for row in Vaccination.objects.filter(participant=child).order_by("vaccine", "rank"):
                day = date_told(opener.opened(row))
                yield child.first_name, row.get_vaccine_display(), row.rank, row.get_state_display(), day


def confirmed(person: Person) -> Iterator[Row]:
    rows = Confirmation.objects.filter(participant__in=_children(person)).select_related("participant", "year")
    for row in rows.filter(adult__user=person.user).order_by("at"):
        yield row.participant.first_name, row.year.code, row.at


def readings(person: Person) -> Iterator[Row]:
    """When a sheet was read and why; who read it is shown on the portal, if the town so chose."""
    rows = HealthReading.objects.filter(participant__in=_children(person)).select_related("participant")
    for row in rows.order_by("at"):
        yield row.participant.first_name, row.at, row.get_purpose_display()


SECTIONS = (
    Section(
        "fiches-sanitaires",
        "Fiches sanitaires",
        "Gardées chiffrées\u00a0; ouvertes ici pour vous.",
        ("Enfant", "Sujet", "Réponse", "Écrit le"),
        sheets,
        ("health.HealthField", "health.Pai"),
    ),
    Section(
        "vaccins",
        "Vaccins",
        "Dose par dose.",
        ("Enfant", "Vaccin", "Dose", "État", "Date"),
        doses,
        ("health.Vaccination",),
    ),
    Section(
        "fiches-confirmees",
        "Fiches confirmées",
        "«\u00a0Rien n’a changé\u00a0», par vous.",
        ("Enfant", "Année", "Le"),
        confirmed,
        ("health.Confirmation",),
    ),
    Section(
        "lectures",
        "Lectures des fiches sanitaires",
        "Chaque lecture par un agent.",
        ("Enfant", "Le", "Pourquoi"),
        readings,
        ("health.HealthReading",),
    ),
)
