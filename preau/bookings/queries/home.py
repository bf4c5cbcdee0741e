"""What the family's home page says of the planning."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from preau.accounts.models import User
from preau.bookings.choices import SEATED
from preau.bookings.models import Booking, DraftChange
from preau.core.dates import Month
from preau.families.choices import Subject
from preau.families.models import Participant
from preau.families.permissions import participants_visible_to

LOOK_AHEAD = dt.timedelta(days=14)


@dataclass(frozen=True, slots=True)
class DraftSummary:
    """A draft that waits to be confirmed: nothing of it is booked. `first_names` in the order of the days."""

    count: int
    months: tuple[Month, ...]
    first_names: tuple[str, ...]


def draft_summary(user: User) -> DraftSummary | None:
    """What `user` has ticked and not confirmed; None without a draft. One query."""
    rows = list(DraftChange.objects.filter(user=user).order_by("day").values_list("day", "participant__first_name"))
    if not rows:
        return None
    return DraftSummary(
        count=len(rows),
        months=tuple(dict.fromkeys(Month.of(day) for day, _ in rows)),
        first_names=tuple(dict.fromkeys(name for _, name in rows)),
    )


@dataclass(frozen=True, slots=True)
class ComingUnit:
    """A unit on a coming day: booked; or only in the draft, where it is to add or to remove."""

    name: str
    activity: str
    starts_at: dt.time
    is_booked: bool
    is_in_draft: bool

    @property
    def is_to_add(self) -> bool:
        return self.is_in_draft and not self.is_booked

    @property
    def is_to_remove(self) -> bool:
        return self.is_in_draft and self.is_booked


@dataclass(frozen=True, slots=True)
class ComingDay:
    day: dt.date
    units: tuple[ComingUnit, ...]  # by hour


@dataclass(frozen=True, slots=True)
class ParticipantDays:
    participant: Participant
    days: tuple[ComingDay, ...]


def coming_days(user: User, *, first: dt.date, count: int) -> list[ParticipantDays]:
    """For each participant whose planning `user` may see, by age, the next days on which something is booked or ticked.

    At most `count` days each, from `first` on and within a fortnight; none when nothing is planned. Three queries.
    """
    seen = participants_visible_to(user, Subject.PLANNING, on=first).order_by("born_on", "first_name", "pk")
    participants = list(seen)
    keys = [participant.pk for participant in participants]
    span = {"participant__in": keys, "day__gte": first, "day__lt": first + LOOK_AHEAD}
    fields = ("participant_id", "day", "unit_id", "unit__short_name", "unit__activity__name", "unit__starts_at")
    booked = Booking.objects.filter(state__in=SEATED, **span).values_list(*fields)
    ticked = DraftChange.objects.filter(user=user, **span).values_list(*fields, "was_booked")
    cells: dict[tuple[int, dt.date], dict[int, ComingUnit]] = defaultdict(dict)
    for participant_id, day, unit_id, name, activity, starts_at in booked:
        cells[participant_id, day][unit_id] = ComingUnit(name, activity, starts_at, True, False)
    for participant_id, day, unit_id, name, activity, starts_at, was_booked in ticked:
        known = cells[participant_id, day].get(unit_id)
        if (known is not None) == was_booked:  # else the draft is out of date: the recap will say so
            cells[participant_id, day][unit_id] = ComingUnit(name, activity, starts_at, was_booked, True)
    return [
        ParticipantDays(
            participant,
            tuple(
                ComingDay(day, tuple(sorted(units.values(), key=lambda unit: (unit.starts_at, unit.name))))
                for (key, day), units in sorted(cells.items())
                if key == participant.pk
            )[:count],
        )
        for participant in participants
    ]
