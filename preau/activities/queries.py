"""Reading the catalogue."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from django.db.models import Prefetch, Q, QuerySet

from preau.activities.choices import BookingMode
from preau.activities.models import Activity, Unit
from preau.activities.rules import ActivityFacts, Notice, deadline, describe, parse_notice
from preau.core.dates import days
from preau.town.rules import Calendar, kind_of_day

A_YEAR = dt.timedelta(days=365)


def facts_of(activity: Activity) -> ActivityFacts:
    """Whom the activity is for. Without a query when levels and schools are prefetched."""
    return ActivityFacts(
        ends_on=activity.ends_on,
        born_from=activity.born_from,
        born_to=activity.born_to,
        levels=frozenset(level.code for level in activity.levels.all()),
        schools=frozenset(place.code for place in activity.schools.all()),
        for_adults=activity.for_adults,
    )


def in_use(day: dt.date) -> Q:
    """The condition, on reference rows, of not being retired on `day`."""
    return Q(retired_on__isnull=True) | Q(retired_on__gt=day)


def activities_to_come(day: dt.date) -> QuerySet[Activity]:
    """Activities that are not over on `day`, as the town orders them, with what a page shows: four queries."""
    units = Prefetch("units", Unit.objects.filter(in_use(day)).order_by("order", "id"))
    return (
        Activity.objects.filter(in_use(day), ends_on__gte=day)
        .select_related("theme", "service", "year")
        .prefetch_related("levels", "schools", units)
        .order_by("theme__order", "theme__name", "order", "name", "id")
    )


def notices_of(unit: Unit, activity: Activity) -> tuple[Notice | None, Notice | None]:
    """Until when the unit is booked and cancelled: its own notices, or those of its activity."""
    book, cancel = unit.notice_book or activity.notice_book, unit.notice_cancel or activity.notice_cancel
    return (parse_notice(book) if book else None), (parse_notice(cancel) if cancel else None)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The notices of some units of an activity, in words; `example` is an opening day to come, None when there is
    none, and the last instants for that day."""

    units: list[str]
    book: str
    cancel: str
    example: dt.date | None
    book_by: dt.datetime | None
    cancel_by: dt.datetime | None

    @property
    def is_same(self) -> bool:
        """Whether booking and cancelling end together."""
        return self.book == self.cancel


@dataclass(frozen=True, slots=True)
class ActivityDeadlines:
    activity: Activity
    deadlines: list[Deadline]


@dataclass(frozen=True, slots=True)
class ThemeDeadlines:
    theme: str
    activities: list[ActivityDeadlines]


def deadlines_by_theme(calendar: Calendar, today: dt.date) -> list[ThemeDeadlines]:
    """« Délais de réservation et de modification »: what the rules say today, of every activity families book."""
    bookable = [
        ActivityDeadlines(activity, list(_deadlines(activity, calendar, today)))
        for activity in activities_to_come(today).filter(booking_mode=BookingMode.FAMILY)
    ]
    by_theme = groupby((row for row in bookable if row.deadlines), key=attrgetter("activity.theme.name"))
    return [ThemeDeadlines(theme, list(rows)) for theme, rows in by_theme]


def _deadlines(activity: Activity, calendar: Calendar, today: dt.date) -> Iterator[Deadline]:
    """One row for all the units with the same notices."""
    alike: dict[tuple[Notice | None, Notice | None], list[Unit]] = {}
    for unit in activity.units.all():
        alike.setdefault(notices_of(unit, activity), []).append(unit)
    for (book, cancel), units in alike.items():
        day = _next_opening(units[0], activity, calendar, today + dt.timedelta(days=7))
        yield Deadline(
            units=[unit.name for unit in units],
            book=describe(book),
            cancel=describe(cancel),
            example=day,
            book_by=deadline(book, day, calendar, units[0].starts_at) if day else None,
            cancel_by=deadline(cancel, day, calendar, units[0].starts_at) if day else None,
        )


def _next_opening(unit: Unit, activity: Activity, calendar: Calendar, after: dt.date) -> dt.date | None:
    for day in days(max(after, activity.starts_on), min(after + A_YEAR, activity.ends_on)):
        if day.weekday() in unit.weekdays and kind_of_day(calendar, day) in activity.kinds_of_day:
            return day
    return None
