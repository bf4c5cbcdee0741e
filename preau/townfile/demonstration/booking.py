"""Which days families booked: within the places, one place at a time, and a few days full in the weeks to come."""

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Count, OuterRef, Subquery

from preau.billing.bulk import insert_rows
from preau.bookings.choices import BookingState, Origin, Presence
from preau.bookings.models import Booking, Opening, Seat, Slot
from preau.bookings.queries.households import Households, read_households
from preau.core.codes import ALPHABET, LENGTH
from preau.core.dates import PARIS, days
from preau.town.queries import school_calendar
from preau.town.rules import breaks
from preau.townfile.demonstration.enrolling import Catalogue, Enrolled, Offer
from preau.townfile.demonstration.households import Child, Household
from preau.townfile.demonstration.settling import Settled
from preau.townfile.demonstration.timeline import Timeline

Full = tuple[tuple[str, str, int], ...]
"""Groups that are full on some of the days to come: (group, activity without stage and year, how many days)."""

FIRST_FULL = dt.timedelta(days=5)
THREE_WEEKS = dt.timedelta(days=21)
ABSENT = 0.045


@dataclass(slots=True)
class Board:
    """The places that remain, and who is already somewhere."""

    slots: dict[tuple[int, int, dt.date], int]
    room: dict[int, int | None]
    busy: set[tuple[Child, int, dt.date]] = field(default_factory=set)

    @classmethod
    def read(cls, first: dt.date, last: dt.date) -> "Board":
        slots, room = {}, {}
        rows = Slot.objects.filter(day__range=(first, last), is_open=True)
        for key, group, part, day, capacity in rows.values_list("pk", "group_id", "part_id", "day", "capacity"):
            slots[group, part, day], room[key] = key, capacity
        return cls(slots, room)

    def take(self, child: Child, offer: Offer, day: dt.date) -> list[int] | None:
        """The slots now taken, those of the group first; None when one is full or the child is elsewhere."""
        if any((child, part, day) in self.busy for part in offer.part_ids):
            return None
        wanted = [self.slots.get((group, part, day)) for group in offer.group_ids for part in offer.part_ids]
        keys = [key for key in wanted if key is not None and self.room[key] != 0]
        if len(keys) < len(wanted):
            return None
        for key in keys:
            left = self.room[key]
            self.room[key] = None if left is None else left - 1
        self.busy |= {(child, part, day) for part in offer.part_ids}
        return keys


@dataclass(frozen=True, slots=True, eq=False)
class Booked:
    """A child on a day, and the slots that are theirs."""

    enrolled: Enrolled
    day: dt.date
    slots: list[int]


@dataclass(slots=True)
class Diary:
    """What families booked over the days of a timeline."""

    rng: random.Random
    timeline: Timeline
    board: Board
    open_days: dict[int, set[dt.date]]  # by unit
    booked: list[Booked] = field(default_factory=list)

    @classmethod
    def read(cls, rng: random.Random, timeline: Timeline) -> "Diary":
        first, last = timeline.spans()[0][0], timeline.last
        open_days: dict[int, set[dt.date]] = defaultdict(set)
        rows = Opening.objects.filter(day__range=(first, last), is_open=True).values_list("unit_id", "day")
        for unit, day in rows:
            open_days[unit].add(day)
        return cls(rng, timeline, Board.read(first, last), open_days)

    def new_code(self) -> str:
        return "".join(self.rng.choices(ALPHABET, k=LENGTH))

    def fill(self, enrolled: Sequence[Enrolled]) -> None:
        """Book the usual days, in an order that changes each day: the last to book finds groups full."""
        waiting = list(enrolled)
        for first, last in self.timeline.spans():
            for day in days(first, last):
                self.rng.shuffle(waiting)
                for one in waiting:
                    if day.weekday() in one.weekdays and self.comes(one, day):
                        self.book(one, day)

    def comes(self, one: Enrolled, day: dt.date) -> bool:
        """Few miss a usual day; not everybody has booked the days further on."""
        line = self.timeline
        if one.household.is_visited:
            return day <= line.soon
        share = 0.94 if day <= line.soon else 0.80 if day <= line.soon + THREE_WEEKS else 0.55
        return self.rng.random() < share

    def book(self, one: Enrolled, day: dt.date) -> None:
        if day not in self.open_days[one.offer.unit.pk]:
            return
        slots = self.board.take(one.child, one.offer, day)
        if slots is not None:
            self.booked.append(Booked(one, day, slots))

    def fill_up(
        self, full: Full, enrolled: list[Enrolled], households: Sequence[Household], catalogue: Catalogue
    ) -> None:
        """Make a few of the days to come full; children who were not in the activity join it if need be."""
        for group, stem, how_many in full:
            members = [one for one in enrolled if one.offer.group.code == group and _is_in(one, stem, catalogue)]
            if not members:
                continue
            others = list(_who_could_join(members, stem, households, catalogue))
            full_from = self.timeline.today + FIRST_FULL
            to_come = sorted(day for day in self.open_days[members[0].offer.unit.pk] if day >= full_from)
            for day in to_come[1 : 2 * how_many : 2]:
                for one in [*members, *others]:
                    before = len(self.booked)
                    self.book(one, day)
                    if one in others and len(self.booked) > before:
                        others.remove(one)
                        members.append(one)
                        enrolled.append(one)


def _is_in(one: Enrolled, stem: str, catalogue: Catalogue) -> bool:
    return one.offer is catalogue.offer(one.child, stem) and not one.household.is_visited


def _who_could_join(
    members: Sequence[Enrolled], stem: str, households: Sequence[Household], catalogue: Catalogue
) -> Iterator[Enrolled]:
    """Children of the same schools who are not in the activity, those of the household that chooses aside."""
    offer = members[0].offer
    inside = {one.child for one in members}
    for household in households:
        for child in household.children:
            if child not in inside and not household.is_visited and catalogue.offer(child, stem) is offer:
                yield Enrolled(child, household, offer, frozenset())


BOOKING_FIELDS = (
    *("code", "participant_id", "family_id", "unit_id", "group_id", "day", "state", "points", "origin", "late"),
    *("presence", "excused", "decided_at", "by_id"),
)
SEAT_FIELDS = ("booking_id", "slot_id", "participant_id", "day", "part_id")


def write_bookings(diary: Diary, settled: Settled, *, now: dt.datetime) -> None:
    """Write the bookings and their seats, then make each counter the number of its seats."""
    homes = read_households([child.pk for child in settled.participants.values()], breaks(school_calendar()))
    rows = [_booking(diary, settled, homes, booked, now) for booked in diary.booked]
    insert_rows(Booking, BOOKING_FIELDS, rows)
    keys = dict(Booking.objects.values_list("code", "pk"))
    seats = (seat for row, booked in zip(rows, diary.booked, strict=True) for seat in _seats(keys[row[0]], row, booked))
    insert_rows(Seat, SEAT_FIELDS, seats)
    count = Seat.objects.filter(slot=OuterRef("pk")).order_by().values("slot").annotate(n=Count("pk")).values("n")
    Slot.objects.filter(pk__in=Seat.objects.values("slot")).update(taken=Subquery(count))


def _booking(diary: Diary, settled: Settled, homes: Households, booked: Booked, now: dt.datetime) -> tuple[Any, ...]:
    """In the order of BOOKING_FIELDS."""
    one, day, rng = booked.enrolled, booked.day, diary.rng
    presence = Presence.UNKNOWN
    if day < diary.timeline.today:
        presence = Presence.ABSENT if rng.random() < ABSENT else Presence.PRESENT
    participant, family = settled.participants[one.child], settled.families[one.household]
    decided = dt.datetime.combine(day - dt.timedelta(days=rng.randint(8, 30)), dt.time(20, rng.randrange(60)), PARIS)
    user = settled.users[one.household]
    return (
        *(diary.new_code(), participant.pk, homes.home(participant.pk, day, mine=family.pk), one.offer.unit.pk),
        *(one.offer.group.pk, day.isoformat(), str(BookingState.BOOKED), 0, str(Origin.FAMILY), False, str(presence)),
        *(False, _instant(min(decided, now - dt.timedelta(days=1))), user.pk if user else None),
    )


def _instant(at: dt.datetime) -> str:
    """As both databases read it."""
    return str(connection.ops.adapt_datetimefield_value(at.astimezone(dt.UTC)))


def _seats(key: int, row: tuple[Any, ...], booked: Booked) -> Iterator[tuple[Any, ...]]:
    """A seat on each slot; only those of the group itself, and not of a larger one, keep the child from elsewhere."""
    parts = booked.enrolled.offer.part_ids
    for place, slot in enumerate(booked.slots):
        yield key, slot, row[1], row[5], parts[place] if place < len(parts) else None
