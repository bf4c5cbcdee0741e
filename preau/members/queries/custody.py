"""What a custody that is asked would change of the days already booked."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from preau.core.templatetags.ui import date_longue
from preau.families.models import Adult, Custody, Family, Participant
from preau.families.rules import home_on
from preau.members.following import Moving, moving
from preau.members.rules import CustodyAsked, plan_of
from preau.town.queries import school_calendar
from preau.town.rules import breaks

NEW_HOME = 0
"""Stands for the file that the other parent does not have yet."""


@dataclass(frozen=True, slots=True)
class Changing:
    """Bookings that go to the days of one of the two, `count` of them."""

    whose: str
    count: int
    first: dt.date
    last: dt.date
    labels: tuple[str, ...]


def known_custodies(child: Participant, starts_on: dt.date) -> list[str]:
    """What becomes of the custodies written already, the other household's perhaps, if one begins on that day."""
    days = list(Custody.objects.filter(participant=child).order_by("starts_on").values_list("starts_on", flat=True))
    before = max((day for day in days if day < starts_on), default=None)
    after = min((day for day in days if day > starts_on), default=None)
    told = []
    if starts_on in days:
        told.append(f"La garde déjà écrite à partir du {date_longue(starts_on)} est remplacée.")
    elif before is not None:
        told.append(f"La garde écrite depuis le {date_longue(before)} s’arrête la veille.")
    if after is not None:
        told.append(f"Une autre garde est écrite à partir du {date_longue(after)}\u00a0: ce jour-là, elle la remplace.")
    return told


def changing(asked: CustodyAsked, child: Participant, family: Family, *, me: str) -> list[Changing]:
    """By home, what would go there: nothing when the other parent is no longer known. `me` is how the household that
    asks is told."""
    other = Adult.objects.filter(code=asked.other).select_related("family").first()
    if other is None:
        return []
    theirs = other.family_id if other.family_id != family.pk else NEW_HOME
    plan, holidays = plan_of(asked, mine=family.pk, theirs=theirs), breaks(school_calendar())
    found = moving(child, asked.starts_on, lambda day: home_on(plan, (), day, holidays))
    names = {theirs: str(other), family.pk: me}
    return [
        _told(whose, some) for home, whose in names.items() if (some := [one for one in found if one.after == home])
    ]


def _told(whose: str, some: Sequence[Moving]) -> Changing:
    labels = Counter(one.label for one in some)
    told = tuple(f"{label}\u00a0: {count}" for label, count in labels.most_common())
    return Changing(whose, len(some), some[0].day, some[-1].day, told)
