"""Builders for tests."""

import datetime as dt

from django.db.models import F
from django.utils import timezone

from preau.activities.models import Activity, Group, Unit
from preau.bookings.actions import RefreshReport, refresh_days
from preau.bookings.choices import BookingState
from preau.bookings.models import Booking, Seat, Slot
from preau.core.dates import PARIS
from preau.families.models import Family, Participant


def paris(year: int, month: int, day: int, hour: int = 12, minute: int = 0, second: int = 0) -> dt.datetime:
    """An instant, as clocks in France tell it."""
    return dt.datetime(year, month, day, hour, minute, second, tzinfo=PARIS)


def open_days(*activities: Activity, now: dt.datetime) -> RefreshReport:
    """Openings and slots of the activities, which need their units, groups and intakes (enrolments make these)."""
    return refresh_days(activity_ids=[activity.pk for activity in activities], now=now)


def make_booking(
    participant: Participant, unit: Unit, group: Group, day: dt.date, *, family: Family | None = None
) -> Booking:
    """A live booking and its seats, in the group and those it is within; slots that are missing are made."""
    home = family or participant.homes.order_by("pk").select_related("family")[0].family
    booking = Booking.objects.create(
        participant=participant,
        family=home,
        unit=unit,
        group=group,
        day=day,
        state=BookingState.BOOKED,
        decided_at=timezone.now(),
    )
    receiving: Group | None = group
    while receiving is not None:
        for part in unit.parts.all():
            slot = Slot.objects.get_or_create(group=receiving, day=day, part=part)[0]
            Slot.objects.filter(pk=slot.pk).update(taken=F("taken") + 1)
            occupies = receiving == group and unit.exclusive
            Seat.objects.create(
                booking=booking, slot=slot, participant=participant, day=day, part=part if occupies else None
            )
        receiving = receiving.within
    return booking
