"""What a set of changes asks for, and what becomes of it: read without a lock for a page, with locks to write."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import QuerySet

from preau.activities.choices import BookingMode
from preau.bookings.choices import LIVE, BookingState, LineResult, Refusal
from preau.bookings.models import Booking, Opening, Seat, Slot
from preau.bookings.queries.catalogue import Catalogue, UnitEntry
from preau.bookings.queries.children import Child
from preau.bookings.queries.households import read_households
from preau.bookings.rules.lines import (
    Board,
    Cell,
    CellFacts,
    Decision,
    Line,
    Live,
    Want,
    booking_refusal,
    cancel_refusal,
    decide,
    lines_of,
)
from preau.checklist.queries.obstacles import obstacles_to
from preau.checklist.words import names_of
from preau.core.dates import local_day
from preau.core.prepared import Prepared

SlotKey = tuple[int, dt.date, int]  # group, day, part


class BoardMoved(Exception):
    """What was read is no longer so, in a way that the locks did not cover: read again."""


@dataclass(slots=True)
class Plan:
    """What a set of changes asks for, and all that the rules say of it, read without a lock."""

    lines: list[Line]
    children: Mapping[int, Child]
    catalogue: Catalogue
    at_counter: bool = False
    facts: dict[Cell, CellFacts] = field(default_factory=dict)
    homes: dict[Cell, int] = field(default_factory=dict)  # the household whose day it is
    groups: dict[Cell, int] = field(default_factory=dict)
    slots: dict[Cell, tuple[SlotKey, ...]] = field(default_factory=dict)
    missing: dict[Cell, tuple[str, ...]] = field(default_factory=dict)  # what the file lacks to book it, in words

    @property
    def wants(self) -> list[Want]:
        return [want for line in self.lines for want in line]

    def unit(self, cell: Cell) -> UnitEntry:
        return self.catalogue.units[cell.unit]


def read_plan(
    changes: Mapping[Cell, bool], children: Mapping[int, Child], catalogue: Catalogue, *, at_counter: bool = False
) -> Plan:
    """What the rules say of each cell that is wanted (True) or to be freed. One query, or two.

    Cells of units that the catalogue does not know are left out. `at_counter`: an agent asks, who also books what the
    town manages by itself.
    """
    known = {cell: wanted for cell, wanted in changes.items() if cell.unit in catalogue.units}
    wants = [Want(cell, wanted, catalogue.units[cell.unit].occupied) for cell, wanted in known.items()]
    plan = Plan(lines_of(wants), children, catalogue, at_counter)
    concerned = {cell.participant for cell in known}
    shared = [key for key, child in children.items() if key in concerned and child.is_shared]
    households = read_households(shared, catalogue.breaks)
    deadlines = _read_deadlines(known)
    for cell in known:
        book_by, cancel_by = deadlines.get((cell.unit, cell.day), (None, None))
        child = children.get(cell.participant)
        if child is not None:
            plan.homes[cell] = households.home(cell.participant, cell.day, mine=child.household)
            if _place(plan, cell, child):
                book_by = cancel_by = None
        plan.facts[cell] = CellFacts(
            barred=_bar(plan, cell, child), is_open=book_by is not None, book_by=book_by, cancel_by=cancel_by
        )
    return plan


def _read_deadlines(
    cells: Collection[Cell],
) -> dict[tuple[int, dt.date], tuple[dt.datetime | None, dt.datetime | None]]:
    """The deadlines to book and to cancel, where the unit is open."""
    rows = OPENINGS.rows(units={cell.unit for cell in cells}, days={cell.day for cell in cells})
    return {(unit, day): (book_by, cancel_by) for unit, day, book_by, cancel_by in rows}


def _openings(units: Collection[int], days: Collection[dt.date]) -> QuerySet[Opening, Any]:
    openings = Opening.objects.filter(unit__in=units, day__in=days, is_open=True)
    return openings.values_list("unit", "day", "book_by", "cancel_by")


OPENINGS = Prepared(_openings)


def _place(plan: Plan, cell: Cell, child: Child) -> str:
    """Note in which group the child would be received, and on which slots; says why it is exceptionally closed."""
    unit = plan.unit(cell)
    enrolment = child.enrolled(unit.activity, cell.day)
    if enrolment is None:
        return ""
    group = plan.catalogue.groups[enrolment.group]
    plan.groups[cell] = group.key
    plan.slots[cell] = tuple((key, cell.day, part) for key in group.chain for part in unit.parts)
    return plan.catalogue.closure(unit, group, cell.day)


def _bar(plan: Plan, cell: Cell, child: Child | None) -> Refusal | None:
    if child is None or not child.may_act:
        return Refusal.NO_RIGHT
    if plan.unit(cell).mode != BookingMode.FAMILY and not plan.at_counter:
        return Refusal.READ_ONLY
    if plan.homes[cell] != child.household:
        return Refusal.OTHER_HOME
    return None if cell in plan.groups else Refusal.NOT_ENROLLED


def bar_incomplete(plan: Plan, *, catalogue_version: int, on: dt.date) -> None:
    """Refuse what cannot be booked before something is given, and note what. Nothing is asked to cancel. An agent who
    goes beyond says why.

    A few queries, none when nothing that the town asks for could keep from booking what is wanted.
    """
    cells = [want.cell for want in plan.wants if want.wanted and plan.facts[want.cell].barred is None]
    wanted: dict[int, set[int]] = defaultdict(set)
    for cell in cells:
        wanted[cell.participant].add(plan.unit(cell).activity)
    if not wanted:
        return
    household = plan.children[cells[0].participant].household
    found = obstacles_to(wanted, catalogue_version=catalogue_version, on=on, household=household)
    for cell in cells:
        if items := found.get((cell.participant, plan.unit(cell).activity)):
            plan.missing[cell] = names_of(items, catalogue_version)
            plan.facts[cell] = replace(plan.facts[cell], barred=Refusal.INCOMPLETE)


def refusals(plan: Plan, *, now: dt.datetime) -> dict[Cell, Refusal]:
    """The cells that the rules alone refuse now, whatever the places."""
    return {
        want.cell: refusal
        for want in plan.wants
        if (refusal := (booking_refusal if want.wanted else cancel_refusal)(plan.facts[want.cell], now=now))
    }


@dataclass(frozen=True, slots=True)
class SlotRow:
    """A slot as it was read."""

    key: int
    where: SlotKey
    is_open: bool
    left: int | None  # None is no limit


@dataclass(frozen=True, slots=True)
class Decided:
    """What becomes of a plan, and what it was decided on."""

    decisions: list[Decision]
    facts: Mapping[Cell, CellFacts]
    live: Mapping[Cell, Live]  # before
    slots: Mapping[int, SlotRow]
    beyond: tuple[Decision, ...] = ()  # what the rules refuse of these, and an agent asks all the same

    @property
    def cancelled(self) -> list[Live]:
        return [self.live[want.cell] for decision in self.decisions for want in decision.to_cancel]

    @property
    def booked(self) -> list[Cell]:
        """In order, whatever the lines: all writers insert in the same order."""
        return sorted(want.cell for decision in self.decisions for want in decision.to_book)


def decide_plan(plan: Plan, *, now: dt.datetime, lock: bool) -> Decided:
    """What becomes of each line at the instant `now`. With `lock`, in a transaction, it stays true until its end.
    At the counter, what only a deadline, a closed day to cancel or a lack of places forbids is done, and told apart.

    The slots are locked first, then the bookings, each in the order of their keys. Raises BoardMoved when someone
    wrote between the two. Two queries; one more with the lock, and one when something is to be cancelled.
    """
    freed = [want.cell for want in plan.wants if not want.wanted]
    slots = _read_slots({key for keys in plan.slots.values() for key in keys}, _slots_held(freed), lock=lock)
    live = _read_bookings(plan, lock=lock)
    if not all(slots.keys() >= set(live[cell].slots) for cell in freed if cell in live):
        raise BoardMoved
    open_slots = {slot.where: slot.key for slot in slots.values() if slot.is_open}
    facts = {
        cell: replace(
            facts, slots=_slots_of(plan, cell, open_slots), barred=facts.barred or _bar_live(plan, cell, live)
        )
        for cell, facts in plan.facts.items()
    }
    board = Board({slot.key: slot.left for slot in slots.values()}, dict(live))
    decisions = decide(plan.lines, facts, board, now=now)
    if not plan.at_counter:
        return Decided(decisions, facts, live, slots)
    no_limit = Board(dict.fromkeys(slots), dict(live))
    granted = decide(plan.lines, _without_deadlines(plan, facts, now), no_limit, now=now)
    beyond = [rules for rules, done in zip(decisions, granted, strict=True) if _goes_beyond(rules, done)]
    return Decided(granted, facts, live, slots, tuple(beyond))


def _goes_beyond(rules: Decision, done: Decision) -> bool:
    return rules.result == LineResult.REFUSED and done.result == LineResult.DONE


def _without_deadlines(plan: Plan, facts: Mapping[Cell, CellFacts], now: dt.datetime) -> dict[Cell, CellFacts]:
    """From today on it is never too late, a closed day may be cancelled, and no paper is waited for; what is past stays
    as it is."""
    freed = {want.cell for want in plan.wants if not want.wanted}
    return {
        cell: replace(
            fact,
            barred=None if fact.barred is Refusal.INCOMPLETE else fact.barred,
            is_open=fact.is_open or cell in freed,
            book_by=max(fact.book_by, now) if fact.book_by else None,
            cancel_by=max(fact.cancel_by or now, now),
        )
        if cell.day >= local_day(now)
        else fact
        for cell, fact in facts.items()
    }


def _bar_live(plan: Plan, cell: Cell, live: Mapping[Cell, Live]) -> Refusal | None:
    """The other household's bookings are theirs, even on a day that custody has given to this one since."""
    theirs = cell in live and live[cell].family != plan.homes[cell]
    return Refusal.OTHER_HOME if theirs else None


def _slots_held(cells: Collection[Cell]) -> list[int]:
    """The slots on which the bookings to cancel hold seats."""
    if not cells:
        return []
    seats = Seat.objects.filter(
        participant__in={cell.participant for cell in cells},
        day__in={cell.day for cell in cells},
        booking__unit__in={cell.unit for cell in cells},
    )
    return list(seats.values_list("slot", flat=True))


def _read_slots(wanted: Collection[SlotKey], held: Collection[int], *, lock: bool) -> dict[int, SlotRow]:
    """The slots to take from and to give back to; locked all at once, in the order of their keys."""
    groups, days, parts = ({where[place] for where in wanted} for place in range(3))
    near = SLOTS.rows(groups=groups, days=days, parts=parts)
    found = {slot.key: slot for slot in map(_slot_row, near) if slot.where in wanted}
    if not lock and found.keys() >= set(held):
        return found
    slots = Slot.objects.select_for_update(of=("self",)) if lock else Slot.objects.all()
    rows = slots.filter(pk__in={*found, *held}).order_by("pk").values_list(*SLOT_FIELDS)
    return {slot.key: slot for slot in map(_slot_row, rows)}


SLOT_FIELDS = ("pk", "group", "day", "part", "is_open", "capacity", "taken")
SLOTS = Prepared(
    lambda groups, days, parts: Slot.objects.filter(group__in=groups, day__in=days, part__in=parts).values_list(
        *SLOT_FIELDS
    )
)


def _slot_row(row: tuple[Any, ...]) -> SlotRow:
    key, group, day, part, is_open, capacity, taken = row
    return SlotRow(key, (group, day, part), is_open, None if capacity is None else capacity - taken)


def _read_bookings(plan: Plan, *, lock: bool) -> dict[Cell, Live]:
    """The live bookings of these children on these days, in the order of their keys."""
    rows = (LOCKED_BOOKINGS if lock else BOOKINGS).rows(
        participants={want.cell.participant for want in plan.wants}, days={want.cell.day for want in plan.wants}
    )
    live: dict[Cell, Live] = {}
    for key, participant, day, unit, state, family, slot, part in rows:
        cell = Cell(participant, day, unit)
        known = live.get(cell) or Live(key, BookingState(state), family, (), frozenset())
        live[cell] = replace(
            known,
            slots=known.slots if slot is None else (*known.slots, slot),
            parts=known.parts if part is None else known.parts | {part},
        )
    return live


def _bookings(participants: Collection[int], days: Collection[dt.date]) -> QuerySet[Booking, Any]:
    """A row for each seat, or one without."""
    live = Booking.objects.filter(participant__in=participants, day__in=days, state__in=LIVE).order_by("pk")
    return live.values_list("pk", "participant", "day", "unit", "state", "family", "seats__slot", "seats__part")


BOOKINGS = Prepared(_bookings)
LOCKED_BOOKINGS = Prepared(lambda participants, days: _bookings(participants, days).select_for_update(of=("self",)))


def _slots_of(plan: Plan, cell: Cell, open_slots: Mapping[SlotKey, int]) -> tuple[int, ...] | None:
    keys = plan.slots.get(cell, ())
    return tuple(open_slots[key] for key in keys) if all(key in open_slots for key in keys) else None
