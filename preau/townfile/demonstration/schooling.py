"""Two families ask for a school of next year: that of their sector, and another."""

import datetime as dt
from collections.abc import Sequence

from preau.core.dates import local_day
from preau.families.models import Adult, Participant, Schooling
from preau.members.actions.asking import ask
from preau.members.choices import SCHOOL
from preau.members.models import SchoolRule
from preau.members.queries.schools import sectored
from preau.members.rules import SchoolAsked
from preau.town.choices import PlaceKind
from preau.town.models import Level, Place, SchoolYear
from preau.townfile.demonstration.households import FIRST_ELEMENTARY, LEVELS, Household
from preau.townfile.demonstration.settling import Settled

WORDS = "Je travaille à l’hôpital Paul-Brousse, à côté de cette école\u00a0: je pourrais y déposer mon enfant à 8 h 20."
LAST_MATERNELLE = FIRST_ELEMENTARY - 1


def ask_for_schools(households: Sequence[Household], settled: Settled, *, now: dt.datetime) -> None:
    """Both enter elementary school; nothing in a town that has not written the year after."""
    today = local_day(now)
    year = SchoolYear.objects.filter(starts_on__gt=today).order_by("starts_on").first()
    level = Level.objects.filter(code=LEVELS[FIRST_ELEMENTARY]).first()
    rule = SchoolRule.objects.filter(id=1).first()
    if year is None or level is None:
        return
    asked = 0
    for household in households:
        child = next((one for one in household.children if one.level == LAST_MATERNELLE), None)
        adult = Adult.objects.filter(family=settled.families[household], user__isnull=False).order_by("pk").first()
        if child is None or adult is None or household.is_visited or household.insee_code != _town(households):
            continue
        participant = settled.participants[child]
        found = sectored(adult.family, level, on=year.starts_on)
        own = found.place or _other_than(None)
        wished = _other_than(own) if asked else own
        if wished is None or own is None:
            return
        reasons = tuple(rule.criteria[1:2]) if rule and asked else ()
        wish = SchoolAsked(year.code, wished.code, level.code, reasons, WORDS if asked else "", own.code)
        _send(adult, participant, wish, now=now - dt.timedelta(days=3 - asked, hours=4))
        asked += 1
        if asked == 2:
            return


def _town(households: Sequence[Household]) -> str:
    return households[0].insee_code


def _other_than(own: Place | None) -> Place | None:
    """An elementary school of the town."""
    schools = Place.objects.filter(kind=PlaceKind.SCHOOL, retired_on=None).order_by("pk")
    taught = Schooling.objects.filter(level__code=LEVELS[FIRST_ELEMENTARY]).values("place")
    return schools.filter(pk__in=taught).exclude(code=own.code if own else "").first()


def _send(adult: Adult, child: Participant, wish: SchoolAsked, *, now: dt.datetime) -> None:
    user = adult.user
    assert user is not None
    what = "Dérogation scolaire" if wish.is_other else "Inscription scolaire"
    ask(
        kind=SCHOOL,
        adult=adult,
        asked=wish,
        summary=f"{what} {wish.year}",
        child=child,
        by=user,
        now=now,
    )
