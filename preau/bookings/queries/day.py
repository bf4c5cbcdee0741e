"""The bookings of a day, for agents: how many in each activity, group and unit; and who."""

import datetime as dt
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, QuerySet, prefetch_related_objects

from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.accounts.permissions import in_scope
from preau.activities.models import Activity, Group, Unit
from preau.bookings.choices import SEATED, BookingState
from preau.bookings.models import Booking, Opening
from preau.bookings.queries.occupancy import intakes_in_scope
from preau.families.models import Participant
from preau.families.queries import schooling_on, with_schooling
from preau.town.models import Place


@dataclass(frozen=True, slots=True)
class UnitCount:
    unit: Unit
    count: int


@dataclass(frozen=True, slots=True)
class GroupCounts:
    """Bookings of an activity in a group, unit by unit."""

    group: Group
    units: tuple[UnitCount, ...]

    @property
    def total(self) -> int:
        return sum(row.count for row in self.units)


@dataclass(frozen=True, slots=True)
class ActivityDay:
    """An activity on a day, with its units that are open or booked, in the order of the day.

    `closed` says why none of them is open, "" when one is.
    """

    activity: Activity
    closed: str
    units: tuple[Unit, ...]
    groups: tuple[GroupCounts, ...]

    @property
    def total(self) -> int:
        return sum(row.total for row in self.groups)


def bookings_in_scope(user: User, *, day: dt.date, on: dt.date) -> QuerySet[Booking]:
    """The bookings of a day, holds included, that this agent may see; grants are those in force on the day `on`."""
    scope = in_scope(user, Capability.SEE_BOOKINGS, on, service="unit__activity__service", place="group__place")
    return Booking.objects.filter(scope, day=day, state__in=SEATED)


def day_counts(user: User, *, day: dt.date, on: dt.date, place: Place | None = None) -> list[ActivityDay]:
    """Every activity of that day in the agent's scope, in the town's order. Four queries and the grants'."""
    intakes = intakes_in_scope(user, on=on).filter(activity__starts_on__lte=day, activity__ends_on__gte=day)
    bookings = bookings_in_scope(user, day=day, on=on)
    if place is not None:
        intakes, bookings = intakes.filter(group__place=place), bookings.filter(group__place=place)
    taken = Counter[tuple[int, int]]()
    for group_id, unit_id, count in bookings.values_list("group", "unit").annotate(Count("pk")).order_by():
        taken[group_id, unit_id] = count
    activities: dict[int, Activity] = {}
    groups: dict[int, list[Group]] = defaultdict(list)
    for intake in intakes:
        activities[intake.activity_id] = intake.activity
        groups[intake.activity_id].append(intake.group)
    units = units_of_day(activities, day)
    return [_activity_day(activity, units[key], groups[key], taken) for key, activity in activities.items()]


def _activity_day(
    activity: Activity, units: "list[UnitDay]", groups: list[Group], taken: Counter[tuple[int, int]]
) -> ActivityDay:
    shown = tuple(row.unit for row in units if row.is_open or any(taken[group.pk, row.unit.pk] for group in groups))
    counts = (
        GroupCounts(group, tuple(UnitCount(unit, taken[group.pk, unit.pk]) for unit in shown)) for group in groups
    )
    return ActivityDay(activity, closed_because(units), shown, tuple(counts))


@dataclass(frozen=True, slots=True)
class UnitDay:
    """A unit on a day, and why it is closed ("" when open)."""

    unit: Unit
    is_open: bool
    reason: str


def units_of_day(activity_ids: Iterable[int], day: dt.date) -> dict[int, list[UnitDay]]:
    """By activity, its units in the order of the day. Two queries."""
    openings = {row.unit_id: row for row in Opening.objects.filter(unit__activity__in=activity_ids, day=day)}
    units: dict[int, list[UnitDay]] = defaultdict(list)
    for unit in Unit.objects.filter(activity__in=activity_ids).order_by("order", "starts_at", "pk"):
        opening = openings.get(unit.pk)
        units[unit.activity_id].append(
            UnitDay(unit, opening is not None and opening.is_open, opening.reason if opening else "")
        )
    return units


def closed_because(units: Iterable[UnitDay]) -> str:
    """Why an activity receives nobody that day; "" when one of its units is open."""
    rows = list(units)
    if any(row.is_open for row in rows):
        return ""
    return next((row.reason for row in rows if row.reason), "Aucun accueil ce jour-là")


@dataclass(frozen=True, slots=True)
class Child:
    """Who is expected, where they are at school, and the units that they booked; held ones are not confirmed yet."""

    participant: Participant
    school: str
    level: str
    units: tuple[Unit, ...]
    is_held: bool


@dataclass(frozen=True, slots=True)
class GroupList:
    group: Group
    units: tuple[UnitCount, ...]
    children: tuple[Child, ...]


def day_list(
    user: User, activity: Activity, *, day: dt.date, on: dt.date, place: Place | None = None
) -> list[GroupList]:
    """The children of an activity that day, by group and by name. Two queries and the grants'."""
    bookings = bookings_in_scope(user, day=day, on=on).filter(unit__activity=activity)
    if place is not None:
        bookings = bookings.filter(group__place=place)
    rows = list(
        bookings.select_related("group__place", "unit", "participant").order_by(
            "group__place__name", "group__name", "group", "unit__order", "unit__starts_at", "pk"
        )
    )
    prefetch_related_objects([booking.participant for booking in rows], with_schooling())
    return [_group_list(list(booked), day) for _, booked in groupby(rows, key=lambda booking: booking.group_id)]


def _group_list(bookings: list[Booking], day: dt.date) -> GroupList:
    """Of one group; `bookings` in the order of their units."""
    units = {booking.unit_id: booking.unit for booking in bookings}
    count = Counter(booking.unit_id for booking in bookings)
    booked: dict[int, list[Booking]] = defaultdict(list)
    for booking in bookings:
        booked[booking.participant_id].append(booking)
    return GroupList(
        group=bookings[0].group,
        units=tuple(UnitCount(unit, count[key]) for key, unit in units.items()),
        children=tuple(sorted((_child(rows, day) for rows in booked.values()), key=_by_name)),
    )


def _child(bookings: list[Booking], day: dt.date) -> Child:
    participant = bookings[0].participant
    schooling = schooling_on(participant.schoolings.all(), day)
    return Child(
        participant=participant,
        school=schooling.place.name if schooling else "",
        level=schooling.level.name if schooling else "",
        units=tuple(booking.unit for booking in bookings),
        is_held=any(booking.state == BookingState.HELD for booking in bookings),
    )


def _by_name(child: Child) -> tuple[str, str, int]:
    """As a French list goes: accents and capitals do not count, whatever the database."""
    return _plain(child.participant.last_name), _plain(child.participant.first_name), child.participant.pk


def _plain(name: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFD", name.casefold()) if not unicodedata.combining(sign))
