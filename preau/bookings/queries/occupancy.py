"""Occupancy against capacity, for agents: of an activity over a period, and of every group on a day."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import F, QuerySet

from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.accounts.permissions import in_scope
from preau.activities.models import Activity, Group, Part
from preau.bookings.models import Slot
from preau.bookings.queries.catalogue import outward
from preau.bookings.rules.occupancy import Places, fullest, places, together, within
from preau.enrolments.models import Intake
from preau.town.models import Place


def intakes_in_scope(user: User, *, on: dt.date) -> QuerySet[Intake]:
    """The activities and the groups whose bookings this agent may see, as the town orders them."""
    scope = in_scope(user, Capability.SEE_BOOKINGS, on, service="activity__service", place="group__place")
    return (
        Intake.objects.filter(scope)
        .select_related("activity__theme", "group__place")
        .order_by("activity__theme__order", "activity__order", "activity__name", "group__place__name", "group__name")
    )


@dataclass(frozen=True, slots=True)
class GroupPlaces:
    """A group on a day, at its fullest moment; `moment` names it when the day has several, "" otherwise."""

    group: Group
    places: Places
    moment: str


@dataclass(frozen=True, slots=True)
class DayPlaces:
    """A day of the groups that were asked for: together, and one by one. A day is full where a group is."""

    day: dt.date
    together: Places
    groups: tuple[GroupPlaces, ...]

    @property
    def full(self) -> list[GroupPlaces]:
        return [row for row in self.groups if row.places.is_full]

    @property
    def taken_in_full(self) -> int:
        """How many of the places taken are in full groups."""
        return min(self.together.taken, sum(row.places.taken for row in self.full))


@dataclass(frozen=True, slots=True)
class Occupancy:
    """The days of a period on which one of the groups is open, or holds bookings all the same."""

    days: tuple[DayPlaces, ...]

    @property
    def taken(self) -> int:
        return sum(day.together.taken for day in self.days)

    @property
    def capacity(self) -> int | None:
        """None as soon as a day has no limit."""
        capacities = [day.together.capacity for day in self.days]
        return None if None in capacities else sum(one for one in capacities if one is not None)

    @property
    def share(self) -> int | None:
        """Percentage of the places that are taken, rounded down so that 100 means full; None without a limit."""
        capacity = self.capacity
        return self.taken * 100 // capacity if capacity else None

    @property
    def average(self) -> int:
        return round(self.taken / len(self.days)) if self.days else 0

    @property
    def full_days(self) -> list[DayPlaces]:
        return [day for day in self.days if day.full]

    def on(self, day: dt.date) -> DayPlaces | None:
        return next((one for one in self.days if one.day == day), None)


@dataclass(slots=True)
class SlotBook:
    """The slots of some groups and of those around them, over some days."""

    chains: dict[int, tuple[int, ...]]
    parts: dict[int, Part]
    slots: dict[tuple[dt.date, int], dict[int, Places]] = field(default_factory=lambda: defaultdict(dict))

    @classmethod
    def read(cls, groups: Iterable[Group], parts: Sequence[Part], first: dt.date, last: dt.date) -> "SlotBook":
        """Two queries."""
        around = dict(Group.objects.values_list("pk", "within_id"))
        book = cls({group.pk: outward(group.pk, around) for group in groups}, {part.pk: part for part in parts})
        rows = Slot.objects.filter(
            group__in={link for chain in book.chains.values() for link in chain},
            part__in=book.parts,
            day__range=(first, last),
        ).values_list("day", "part", "group", "taken", "capacity", "is_open")
        for day, part, group, taken, capacity, is_open in rows:
            if is_open or taken:
                book.slots[day, part][group] = places(taken=taken, capacity=capacity, is_open=is_open)
        return book

    def days(self) -> list[dt.date]:
        return sorted({day for day, _ in self.slots})

    def day(self, day: dt.date, groups: Iterable[Group]) -> DayPlaces | None:
        """These groups on a day; None when none of them is open, nor taken."""
        rows = [row for group in groups if (row := self._group(group, day))]
        open_rows = [row for row in rows if row.places.is_open] or rows
        chains = [self.chains[row.group.pk] for row in open_rows]
        moments = (
            together(chains, slots)
            for part in self.parts
            if any(chain[0] in (slots := self.slots.get((day, part), {})) for chain in chains)
        )
        whole = fullest(moments)
        return DayPlaces(day, whole, tuple(rows)) if whole else None

    def _group(self, group: Group, day: dt.date) -> GroupPlaces | None:
        own, *outer = self.chains[group.pk]
        moments = {
            part: within(slots[own], (slots[link] for link in outer if link in slots))
            for part in self.parts
            if own in (slots := self.slots.get((day, part), {}))
        }
        chosen = fullest(moments.values())
        if chosen is None:
            return None
        part = next(part for part, moment in moments.items() if moment == chosen)
        return GroupPlaces(group, chosen, self.parts[part].name if len(moments) > 1 else "")


@dataclass(frozen=True, slots=True)
class ActivityOccupancy:
    """`chosen`: the groups of the place asked for (all without one); `everywhere`: all the groups of the activity."""

    chosen: Occupancy
    everywhere: Occupancy


def occupancy_of(
    activity: Activity, groups: Sequence[Group], *, first: dt.date, last: dt.date, place: Place | None = None
) -> ActivityOccupancy:
    """What is taken of these groups in the parts of the day that the activity uses, both days included.

    The places are the group's: those that other activities take in it count too. Three queries.
    """
    parts = list(Part.objects.filter(units__activity=activity).distinct().order_by("order"))
    book = SlotBook.read(groups, parts, first, last)
    everywhere = _occupancy(book, groups)
    if place is None:
        return ActivityOccupancy(everywhere, everywhere)
    return ActivityOccupancy(_occupancy(book, [group for group in groups if group.place_id == place.pk]), everywhere)


def _occupancy(book: SlotBook, groups: Sequence[Group]) -> Occupancy:
    return Occupancy(tuple(row for day in book.days() if (row := book.day(day, groups))))


@dataclass(frozen=True, slots=True)
class FullDay:
    """A group that is full on a day: in which parts of it, and an activity that takes its places then."""

    day: dt.date
    group: Group
    moments: tuple[str, ...]
    activity: Activity


def full_days(user: User, *, first: dt.date, last: dt.date, on: dt.date) -> list[FullDay]:
    """Where no place is left, in what this agent sees, both days included; in order. Four queries and the grants'."""
    running = intakes_in_scope(user, on=on).filter(activity__starts_on__lte=last, activity__ends_on__gte=first)
    around = dict(Group.objects.values_list("pk", "within_id"))
    parts_of = defaultdict(set)
    for activity_id, part_id in Part.objects.values_list("units__activity", "pk"):
        parts_of[activity_id].add(part_id)
    activities: dict[tuple[int, int], Activity] = {}
    for intake in running:
        for group_id in outward(intake.group_id, around):
            for part_id in parts_of[intake.activity_id]:
                activities.setdefault((group_id, part_id), intake.activity)
    full = (
        Slot.objects.filter(group__in={group for group, _ in activities}, is_open=True, capacity__gt=0)
        .filter(day__range=(first, last), taken__gte=F("capacity"))
        .select_related("group__place", "part")
        .order_by("day", "group__place__name", "group__name", "part__order")
    )
    by_group: dict[tuple[dt.date, int], list[Slot]] = defaultdict(list)
    for slot in full:
        if (slot.group_id, slot.part_id) in activities:
            by_group[slot.day, slot.group_id].append(slot)
    return [
        FullDay(day, slots[0].group, tuple(slot.part.name for slot in slots), activities[key, slots[0].part_id])
        for (day, key), slots in by_group.items()
    ]
