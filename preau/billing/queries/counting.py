"""What a campaign bills, counted by the database: one row for each household, participant, unit and status."""

import datetime as dt
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import Aggregate, Case, Count, Max, Q, QuerySet, TextField, Value, When

from preau.activities.models import Unit
from preau.billing.models import Campaign, Regie
from preau.bookings.choices import BookingState, Origin, Presence
from preau.bookings.models import Booking
from preau.core.dates import days
from preau.pricing.choices import PricedStatus

# What is priced: what happened, else what was booked. An absence that nothing excuses is due.
STATUS = Case(
    When(presence=Presence.ABSENT, then=Value(str(PricedStatus.ABSENT))),
    When(origin=Origin.WALK_IN, then=Value(str(PricedStatus.UNBOOKED))),
    When(late=True, then=Value(str(PricedStatus.LATE))),
    default=Value(str(PricedStatus.BOOKED)),
)

STATUSES = {str(status): status for status in PricedStatus}


class JoinedDays(Aggregate):
    """The days of a group in one text, in any order: a sign for each, by its rank from the day `first`."""

    ZERO = ord("0")
    EVE = 1721424.5  # the Julian day of Python's ordinal 0, the eve of 0001-01-01
    output_field = TextField()

    def __init__(self, first: dt.date, **extra: Any) -> None:
        super().__init__("day", zero=self.ZERO, first=first.toordinal(), **extra)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        rank = f"cast(julianday(%(expressions)s) - {self.EVE} as integer) - %(first)s"
        return self.as_sql(compiler, connection, template=f"group_concat(char(%(zero)s + {rank}), '')", **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        rank = "%(expressions)s - date '0001-01-01' + 1 - %(first)s"
        return self.as_sql(compiler, connection, template=f"string_agg(chr(%(zero)s + {rank}), '')", **extra)


class Usage(NamedTuple):
    """Days of a participant on a unit, billed to a household; `days` are ISO texts in order."""

    family_id: int
    participant_id: int
    unit_id: int
    status: PricedStatus
    days: list[str]


def units_of(regie: Regie) -> QuerySet[Unit]:
    """The units that the régie bills."""
    return Unit.objects.filter(activity__regie_link__regie=regie)


def bookings_of(regie: Regie, first: dt.date, last: dt.date) -> QuerySet[Booking]:
    """All bookings of the régie's units between two days, both included, whatever became of them."""
    return Booking.objects.filter(unit__in=units_of(regie).values("pk"), day__range=(first, last))


def billable(regie: Regie, first: dt.date, last: dt.date) -> QuerySet[Booking]:
    """The bookings that are due: kept, and not excused."""
    return (
        bookings_of(regie, first, last)
        .filter(state=BookingState.BOOKED)
        .exclude(presence=Presence.ABSENT, excused=True)
    )


def usages(bookings: QuerySet[Booking], first: dt.date, last: dt.date) -> Iterator[Usage]:
    """What `bookings`, from `first` to `last`, come to, household by household, read as a stream in one query."""
    written = {chr(JoinedDays.ZERO + rank): day.isoformat() for rank, day in enumerate(days(first, last))}
    rows = (
        bookings.annotate(status=STATUS)
        .values_list("family_id", "participant_id", "unit_id", "status")
        .annotate(joined=JoinedDays(first))
        .order_by("family_id", "participant_id", "unit_id", "status")
    )
    for family_id, participant_id, unit_id, status, joined in rows.iterator(chunk_size=5000):
        yield Usage(family_id, participant_id, unit_id, STATUSES[status], [written[sign] for sign in sorted(joined)])


def has_moved(campaign: Campaign) -> bool:
    """Whether a booking of the period was decided after the draft was computed."""
    assert campaign.drafted_at is not None
    latest = bookings_of(campaign.regie, campaign.starts_on, campaign.ends_on).aggregate(at=Max("decided_at"))["at"]
    return latest is not None and latest > campaign.drafted_at


def counted(campaign: Campaign) -> dict[str, int]:
    """For the régisseur: days billed, unexcused absences among them, households concerned."""
    return billable(campaign.regie, campaign.starts_on, campaign.ends_on).aggregate(
        days=Count("pk"),
        absences=Count("pk", filter=Q(presence=Presence.ABSENT)),
        households=Count("family", distinct=True),
    )
