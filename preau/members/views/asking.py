"""What the pages of requests about members share, whether a parent writes or an agent at the counter."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from preau.families.choices import Subject
from preau.families.models import Adult, Family, Participant
from preau.members.models import SchoolRule
from preau.members.queries.parents import bonds_with
from preau.members.queries.schools import Sectored, has_sectors, sectored
from preau.members.rules import (
    ChildAsked,
    CustodyAsked,
    GuardianAsked,
    SchoolAsked,
    Stay,
    plan_of,
    stays,
    usual_level,
)
from preau.town.choices import PlaceKind
from preau.town.models import Level, Place, SchoolYear
from preau.town.queries import school_calendar
from preau.town.rules import breaks

SHOWN = dt.timedelta(days=41)
MINE, THEIRS = 1, 2


def child_summary(asked: ChildAsked) -> str:
    return f"Ajouter {asked.first_name} au dossier"


def guardian_summary(asked: GuardianAsked) -> str:
    return f"Ajouter {asked.first_name} {asked.last_name} au dossier"


def custody_summary(asked: CustodyAsked) -> str:
    return f"Garde à partir du {asked.starts_on:%d/%m/%Y}"


def other_parents(child: Participant, adult: Adult, *, on: dt.date) -> list[Adult]:
    """With whom `adult` may share the days of the child."""
    return [bond.adult for bond in bonds_with([child], Subject.PLANNING, on=on) if bond.adult_id != adult.pk]


def weeks_of(asked: CustodyAsked, adult: Adult, others: Iterable[Adult]) -> tuple[tuple[Stay, str], ...]:
    """The six weeks from the first day, « chez … », when `adult` asks."""
    names = {MINE: str(adult), THEIRS: next(str(one) for one in others if one.code == asked.other)}
    plan = plan_of(asked, mine=MINE, theirs=THEIRS)
    found = stays(plan, asked.starts_on, asked.starts_on + SHOWN, breaks(school_calendar()))
    return tuple((stay, names[stay.home]) for stay in found)


@dataclass(frozen=True, slots=True)
class Offer:
    """What the form of a school is made of. `found` is what the sectors say, None in a town without sectors."""

    year: SchoolYear | None
    level: str
    found: Sectored | None
    given: dict[str, Any]


def offered(request: HttpRequest, child: Participant, family: Family, *, today: dt.date) -> Offer:
    """For the year and the level chosen, else those in which the child is to go to school next."""
    years = list(SchoolYear.objects.filter(ends_on__gte=today).order_by("starts_on")[:2])
    levels = list(Level.objects.order_by("order"))
    sent = request.POST if request.method == "POST" else request.GET
    year = next((one for one in years if one.code == sent.get("year")), years[-1] if years else None)
    usual = usual_level(child.born_on, year.starts_on.year, [one.code for one in levels]) if year else ""
    level = next((one for one in levels if one.code == sent.get("level", usual)), None)
    found = None
    if year and has_sectors():
        found = sectored(family, level, on=max(today, year.starts_on))
    rule = SchoolRule.objects.filter(id=1).first()
    in_use = Q(retired_on__isnull=True) | Q(retired_on__gt=today)
    given: dict[str, Any] = {
        "years": years,
        "places": Place.objects.filter(in_use, kind=PlaceKind.SCHOOL).order_by("name"),
        "levels": levels,
        "criteria": rule.criteria if rule else (),
        "papers": rule.papers if rule else {},
        "sector": found.place if found else None,
        "is_settled": found is not None and level is not None,
    }
    return Offer(year, level.code if level else "", found, given)


def school_summary(asked: SchoolAsked, offer: Offer, known: Participant) -> str:
    """« Changement d’école 2026-2027 »."""
    return f"{_what(asked, offer, known)} {asked.year}"


def _what(asked: SchoolAsked, offer: Offer, known: Participant) -> str:
    if asked.is_other or (offer.found and offer.found.is_resident is False):
        return "Dérogation scolaire"
    held = [row for row in known.schoolings.all() if row.year.code == asked.year]
    return "Changement d’école" if held else "Inscription scolaire"
