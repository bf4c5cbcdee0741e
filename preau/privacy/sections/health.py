"""The health sheets that this person may see, opened for them alone, and which agents' readings there were."""

import json
from collections.abc import Iterator

from preau.families.choices import Subject
from preau.families.models import Participant
from preau.health.keys import opener_for
from preau.health.models import Confirmation, HealthField, HealthReading, Pai, Vaccination
from preau.privacy.sections.section import Person, Row, Section, yes_no


def _children(person: Person) -> list[Participant]:
    return list(Participant.objects.filter(pk__in=person.participants(Subject.HEALTH)).order_by("born_on", "pk"))


def sheets(person: Person) -> Iterator[Row]:
    """What was answered, as it is kept: one value, or several told by their names."""
    for child in _children(person):
        opener = opener_for(child)
        if opener is not None:
            for row in HealthField.objects.filter(participant=child).order_by("pk"):
                yield child.first_name, row.get_name_display(), _plain(opener.opened(row)), row.filled_at
            for pai in Pai.objects.filter(participant=child).order_by("starts_on"):
                days = f"du {pai.starts_on:%d/%m/%Y} au {pai.ends_on:%d/%m/%Y}"
                yield child.first_name, f"PAI {days}", _plain(opener.opened(pai)), pai.filled_at


def _plain(text: str) -> str:
    """The value of a sealed field without its braces, whatever its shape."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return _told(value)


def _told(value: object) -> str:
    if isinstance(value, dict):
        return " ; ".join(f"{name}\u00a0: {_told(one)}" for name, one in value.items() if one not in ("", None, [], {}))
    if isinstance(value, list):
        return " · ".join(_told(one) for one in value)
    return yes_no(value) if isinstance(value, bool) else str(value)


def doses(person: Person) -> Iterator[Row]:
    for child in _children(person):
        opener = opener_for(child)
        if opener is not None:
            for row in Vaccination.objects.filter(participant=child).order_by("vaccine", "rank"):
                day = opener.opened(row)
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
