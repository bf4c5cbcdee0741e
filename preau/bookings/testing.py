"""Builders for tests."""

import datetime as dt

from preau.activities.models import Activity, Unit
from preau.bookings.actions import RefreshReport, refresh_days
from preau.bookings.models import Slot
from preau.core.dates import PARIS


def paris(year: int, month: int, day: int, hour: int = 12, minute: int = 0, second: int = 0) -> dt.datetime:
    """An instant, as clocks in France tell it."""
    return dt.datetime(year, month, day, hour, minute, second, tzinfo=PARIS)


def open_days(*activities: Activity, now: dt.datetime) -> RefreshReport:
    """Openings and slots of the activities, which need their units, groups and intakes (enrolments make these)."""
    return refresh_days(activity_ids=[activity.pk for activity in activities], now=now)


def slot_of(unit: Unit, group_code: str, day: dt.date) -> Slot:
    """The slot of a unit that takes one part of the day."""
    return Slot.objects.get(group__code=group_code, day=day, part__units=unit)
