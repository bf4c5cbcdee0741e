"""The bookings of a child follow its custody: each is of the home whose day it is, which pays for it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet

from preau.bookings.billed import is_billed
from preau.bookings.choices import LIVE
from preau.bookings.models import Booking
from preau.bookings.queries.households import read_households
from preau.families.models import Family, Participant
from preau.journal import actions as journal
from preau.journal.actions import Actor
from preau.members.following import HomeOn, Moving
from preau.town.queries import school_calendar
from preau.town.rules import breaks


def bookings_that_may_move(participant: Participant, since: dt.date) -> QuerySet[Booking]:
    """Live bookings from a day on that no invoice holds yet."""
    live = Booking.objects.filter(participant=participant, day__gte=since, state__in=LIVE)
    return live.exclude(is_billed()).order_by("pk")


def bookings_moving(participant: Participant, since: dt.date, home_on: HomeOn) -> Sequence[Moving]:
    """What would change home, if each day were that of `home_on`: one query."""
    rows = bookings_that_may_move(participant, since).select_related("unit__activity")
    return [
        Moving(row.day, f"{row.unit.activity}, {row.unit}", row.family_id, home)
        for row in rows
        if (home := home_on(row.day)) != row.family_id
    ]


@transaction.atomic
def follow_custody(participant: Participant, since: dt.date, *, by: Actor | None, now: dt.datetime) -> int:
    """Give each of these bookings to the home whose day it is now; returns how many moved. What is billed stays."""
    households = read_households([participant.pk], breaks(school_calendar()))
    rows = bookings_that_may_move(participant, since).select_for_update(of=("self",))
    moved: dict[int, list[int]] = defaultdict(list)
    for pk, day, family in rows.values_list("pk", "day", "family"):
        home = households.home(participant.pk, day, mine=family)
        if home != family:
            moved[home].append(pk)
    codes = dict(Family.objects.filter(pk__in=moved).values_list("pk", "code"))
    for home, pks in moved.items():
        Booking.objects.filter(pk__in=pks).update(family=home)
        facts = {"count": len(pks), "since": since.isoformat()}
        journal.record(
            by,
            "bookings.followed_custody",
            at=now,
            family=codes[home],
            participant=participant.code,
            facts=facts,
        )
    return sum(map(len, moved.values()))
