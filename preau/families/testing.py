"""Builders for tests."""

import datetime as dt
import itertools

from preau.accounts.models import User
from preau.accounts.testing import make_user
from preau.families.choices import Situation
from preau.families.models import Address, Adult, Family, Guardianship, Home, Participant, Schooling
from preau.families.rules import PRESETS
from preau.town.models import Level, Place, SchoolYear

LONG_AGO = dt.date(2020, 1, 1)
_numbers = itertools.count(1)


def make_family(*, name: str = "Pinceau", number: str = "", insee_code: str = "94076") -> Family:
    """A household with an address."""
    family = Family.objects.create(name=name, number=number or f"{1000 + next(_numbers)}")
    Address.objects.create(
        family=family,
        starts_on=LONG_AGO,
        lines="12 rue des Écoles",
        postcode="94800",
        city="Villejuif",
        insee_code=insee_code,
    )
    return family


def make_adult(
    family: Family,
    *,
    user: User | None = None,
    first_name: str = "Zoé",
    last_name: str = "Pinceau",
    signs_in: bool = True,
) -> Adult:
    """An adult of `family`, with an account unless `signs_in` is False."""
    account = user or (make_user(first_name=first_name, last_name=last_name) if signs_in else None)
    return Adult.objects.create(
        family=family,
        user=account,
        civility="Madame",
        first_name=first_name,
        last_name=last_name,
        email=account.email if account else "",
    )


def make_child(
    *families: Family,
    first_name: str = "Nora",
    last_name: str = "Pinceau",
    born_on: dt.date = dt.date(2021, 3, 14),
    year: SchoolYear | None = None,
    school: Place | None = None,
    level: Level | None = None,
) -> Participant:
    """A child living in `families`, tied to all their adults as a parent who exercises authority."""
    child = Participant.objects.create(first_name=first_name, last_name=last_name, born_on=born_on)
    for family in families:
        Home.objects.create(participant=child, family=family)
        for adult in family.adults.all():
            make_bond(adult, child)
    if year and school and level:
        Schooling.objects.create(participant=child, year=year, place=school, level=level)
    return child


def make_bond(
    adult: Adult,
    child: Participant,
    situation: Situation = Situation.EXERCISES,
    *,
    starts_on: dt.date = LONG_AGO,
) -> Guardianship:
    """The bond of an adult with a child from a day on, with the levels that the situation presets."""
    levels = {str(subject): int(level) for subject, level in PRESETS[situation].items()}
    return Guardianship.objects.create(
        adult=adult, participant=child, situation=situation, starts_on=starts_on, **levels
    )
