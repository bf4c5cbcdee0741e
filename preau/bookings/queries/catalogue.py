"""The units that can be booked, kept by each process for as long as the town's catalogue stays the same."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from preau.activities.choices import BookingMode
from preau.activities.models import Activity, Closure, Group, Unit
from preau.activities.rules import describe, parse_notice
from preau.bookings.models import Opening
from preau.bookings.rules.days import TownDays, UnitRule
from preau.core.money import NBSP
from preau.town.choices import DayKind
from preau.town.models import PublicHoliday, SchoolPeriod
from preau.town.queries import school_calendar
from preau.town.rules import Span, breaks

MOST_PERIODS = 50  # whose deadlines a process keeps


@dataclass(frozen=True, slots=True, eq=False)
class UnitEntry:
    """A unit as the planning shows it, in the order of the rows (`rank`)."""

    key: int
    code: str
    name: str
    short_name: str
    hours: str  # « 7 h 30 – 8 h 20 »
    rank: int
    parts: tuple[int, ...]
    exclusive: bool
    activity: int
    activity_code: str
    activity_name: str
    mode: BookingMode
    book_rule: str  # « au plus tard la veille, avant minuit »
    cancel_rule: str
    rule: UnitRule
    has_siblings: bool  # its activity has other units

    @property
    def occupied(self) -> frozenset[int]:
        """The parts of the day in which the unit occupies the child."""
        return frozenset(self.parts) if self.exclusive else frozenset()


class Deadlines(NamedTuple):
    """Until when a unit may be booked and cancelled: seconds since 1970, cut and not rounded."""

    book_by: str
    cancel_by: str


@dataclass(frozen=True, slots=True)
class GroupEntry:
    key: int
    place: int
    chain: tuple[int, ...]  # the group, then those that it is within


@dataclass(slots=True)
class Catalogue:
    """Units, groups and days of the town."""

    town: TownDays
    units: dict[int, UnitEntry]
    groups: dict[int, GroupEntry]
    units_of_activity: dict[int, tuple[UnitEntry, ...]]
    by_code: dict[tuple[str, str], UnitEntry]  # activity code, unit code
    closures: list[tuple[int | None, int | None, Span, str]]  # place, activity
    breaks: tuple[Span, ...]  # the school holidays
    _kinds: dict[dt.date, DayKind] = field(default_factory=dict)
    _deadlines: dict[tuple[dt.date, dt.date], dict[int, list[Deadlines | None]]] = field(default_factory=dict)

    def kind(self, day: dt.date) -> DayKind:
        known = self._kinds.get(day)
        if known is None:
            known = self._kinds[day] = self.town.kind(day)
        return known

    def deadlines(self, first: dt.date, last: dt.date) -> Mapping[int, list[Deadlines | None]]:
        """By unit, the deadlines from `first` to `last`, day by day: None when closed. One never open is missing."""
        known = self._deadlines.get((first, last))
        if known is None:
            if len(self._deadlines) >= MOST_PERIODS:
                self._deadlines.clear()
            known = self._deadlines[first, last] = _deadlines(first, last)
        return known

    def closure(self, unit: UnitEntry, group: GroupEntry, day: dt.date) -> str:
        """Why the place or the activity is exceptionally closed for this unit in this group; "" if it is not."""
        for place, activity, span, reason in self.closures:
            if place in (None, group.place) and activity in (None, unit.activity) and day in span:
                return reason
        return ""


def _deadlines(first: dt.date, last: dt.date) -> dict[int, list[Deadlines | None]]:
    found: dict[int, list[Deadlines | None]] = {}
    alike: dict[Deadlines, Deadlines] = {}  # many units share theirs
    openings = Opening.objects.filter(is_open=True, day__range=(first, last))
    for unit, day, *instants in openings.values_list("unit_id", "day", "book_by", "cancel_by"):
        days = found.setdefault(unit, [None] * ((last - first).days + 1))
        both = Deadlines(*(str(int(instant.timestamp())) for instant in instants if instant))
        days[(day - first).days] = alike.setdefault(both, both)
    return found


@lru_cache(maxsize=2)
def catalogue(version: int) -> Catalogue:
    """The catalogue of this version (see `Town.catalogue_version`, which grows with each change)."""
    groups = _groups()
    parts = defaultdict(list)
    for unit_id, part_id in Unit.parts.through.objects.order_by("part__order").values_list("unit_id", "part_id"):
        parts[unit_id].append(part_id)
    closures = list(Closure.objects.order_by("starts_on"))
    rows = list(
        Unit.objects.select_related("activity__theme").order_by(
            "activity__theme__order", "activity__order", "activity__name", "order", "starts_at", "pk"
        )
    )
    counts = Counter(unit.activity_id for unit in rows if unit.retired_on is None)
    units = {
        unit.pk: _entry(unit, rank, tuple(parts[unit.pk]), closures, has_siblings=counts[unit.activity_id] > 1)
        for rank, unit in enumerate(rows)
    }
    of_activity = defaultdict(list)
    for unit in units.values():
        of_activity[unit.activity].append(unit)
    town = town_days()
    return Catalogue(
        town=town,
        units=units,
        groups=groups,
        units_of_activity={key: tuple(entries) for key, entries in of_activity.items()},
        by_code={(unit.activity_code, unit.code): unit for unit in units.values()},
        closures=[(row.place_id, row.activity_id, Span(row.starts_on, row.ends_on), row.reason) for row in closures],
        breaks=breaks(town.calendar),
    )


def _groups() -> dict[int, GroupEntry]:
    rows = list(Group.objects.values_list("pk", "place_id", "within_id"))
    within = {key: outer for key, _, outer in rows}
    return {key: GroupEntry(key, place, outward(key, within)) for key, place, _ in rows}


def outward(group_id: int, within: Mapping[int, int | None]) -> tuple[int, ...]:
    """The group and those that it is within, from the inside out."""
    chain: list[int] = []
    current: int | None = group_id
    while current is not None and current not in chain:
        chain.append(current)
        current = within[current]
    return tuple(chain)


def town_days() -> TownDays:
    """The calendar, with the names of its periods and public holidays."""
    periods = SchoolPeriod.objects.order_by("starts_on").values_list("starts_on", "ends_on", "name")
    return TownDays(
        school_calendar(),
        tuple((Span(first, last), name) for first, last, name in periods),
        dict(PublicHoliday.objects.values_list("on", "name")),
    )


def unit_rule(unit: Unit, closures: list[Closure]) -> UnitRule:
    """When a unit is offered: its own notices, else its activity's."""
    activity = unit.activity
    book = unit.notice_book or activity.notice_book
    cancel = unit.notice_cancel or activity.notice_cancel
    retired = [day for day in (unit.retired_on, activity.retired_on) if day is not None]
    return UnitRule(
        span=Span(activity.starts_on, activity.ends_on),
        kinds=frozenset(activity.kinds_of_day),
        weekdays=frozenset(unit.weekdays),
        starts_at=unit.starts_at,
        notice_book=parse_notice(book) if book else None,
        notice_cancel=parse_notice(cancel) if cancel else None,
        closures=tuple(
            (Span(closure.starts_on, closure.ends_on), closure.reason)
            for closure in closures
            if closure.activity_id == activity.pk and closure.place_id is None
        ),
        retired_on=min(retired, default=None),
    )


def _entry(unit: Unit, rank: int, parts: tuple[int, ...], closures: list[Closure], *, has_siblings: bool) -> UnitEntry:
    activity: Activity = unit.activity
    rule = unit_rule(unit, closures)
    return UnitEntry(
        key=unit.pk,
        code=unit.code,
        name=unit.name,
        short_name=unit.short_name,
        hours=f"{_hour(unit.starts_at)} – {_hour(unit.ends_at)}",
        rank=rank,
        parts=parts,
        exclusive=unit.exclusive,
        activity=activity.pk,
        activity_code=activity.code,
        activity_name=activity.name,
        mode=BookingMode(activity.booking_mode),
        book_rule=describe(rule.notice_book),
        cancel_rule=describe(rule.notice_cancel),
        rule=rule,
        has_siblings=has_siblings,
    )


def _hour(at: dt.time) -> str:
    return f"{at.hour}{NBSP}h{NBSP}{at.minute:02d}" if at.minute else f"{at.hour}{NBSP}h"
