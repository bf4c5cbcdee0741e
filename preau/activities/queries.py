"""Reading the catalogue."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from preau.activities.choices import BookingMode
from preau.activities.models import Activity, Unit
from preau.activities.rules import ActivityFacts, Notice, describe, parse_notice

Choices = list[tuple[str, Any]]  # codes with their words, or titles with their choices


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
class DeadlineRow:
    """Until when units of an activity are booked and cancelled, in words, in every school year to come alike."""

    name: str
    units: list[Unit]
    starts_on: dt.date
    ends_on: dt.date
    book: str
    cancel: str

    @property
    def unit_names(self) -> list[str]:
        return list(dict.fromkeys(unit.name for unit in self.units))


@dataclass(frozen=True, slots=True)
class ThemeDeadlines:
    theme: str
    rows: list[DeadlineRow]


def deadlines_by_theme(today: dt.date) -> list[ThemeDeadlines]:
    """« Délais de réservation et de modification »: what the rules say today, of every activity families book.

    One row for the units with the same notices, and for an activity that comes back the next year with the same.
    """
    activities = activities_to_come(today).filter(booking_mode=BookingMode.FAMILY)
    by_theme = groupby((activity for activity in activities if activity.units.all()), key=attrgetter("theme.name"))
    return [
        ThemeDeadlines(theme, _merged(row for activity in alike for row in _deadlines(activity)))
        for theme, alike in by_theme
    ]


def _deadlines(activity: Activity) -> Iterator[DeadlineRow]:
    alike: dict[tuple[Notice | None, Notice | None], list[Unit]] = {}
    for unit in activity.units.all():
        alike.setdefault(notices_of(unit, activity), []).append(unit)
    for (book, cancel), units in alike.items():
        yield DeadlineRow(activity.name, units, activity.starts_on, activity.ends_on, describe(book), describe(cancel))


def _merged(rows: Iterable[DeadlineRow]) -> list[DeadlineRow]:
    """Rows that say the same of activities of one name become one, from the first day to the last."""
    merged: dict[tuple[object, ...], DeadlineRow] = {}
    for row in rows:
        key = (row.name, tuple(unit.name for unit in row.units), row.book, row.cancel)
        known = merged.get(key)
        merged[key] = replace(
            row,
            units=[*(known.units if known else []), *row.units],
            starts_on=min(row.starts_on, known.starts_on) if known else row.starts_on,
            ends_on=max(row.ends_on, known.ends_on) if known else row.ends_on,
        )
    return list(merged.values())


def activity_choices(activities: Sequence[Activity], today: dt.date) -> Choices:
    """Codes and names: what runs today, what comes, what is over; without titles when all of them run.

    Activities come back each year under the same name, which then needs its years.
    """
    groups: dict[str, list[Activity]] = {"En cours": [], "À venir": [], "Terminées": []}
    for activity in activities:
        coming, over = activity.starts_on > today, activity.ends_on < today
        groups["À venir" if coming else "Terminées" if over else "En cours"].append(activity)
    running = groups.pop("En cours")
    others = [(title, named(some, among=activities)) for title, some in groups.items() if some]
    return [("En cours", named(running, among=running)), *others] if others else named(running, among=running)


def named(activities: Iterable[Activity], *, among: Iterable[Activity]) -> Choices:
    """Codes and names; with their years for those whose name is not the only one `among` some."""
    same = Counter(activity.name for activity in among)
    return [
        (activity.code, f"{activity.name} ({_years(activity)})" if same[activity.name] > 1 else activity.name)
        for activity in activities
    ]


def _years(activity: Activity) -> str:
    first, last = activity.starts_on.year, activity.ends_on.year
    return str(first) if first == last else f"{first}-{last}"
