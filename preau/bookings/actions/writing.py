"""Booking and cancelling: the only writer of bookings, seats and counters.

In this order, whoever writes: 1 read the rules, without a lock; 2 lock the slots, then the bookings, in the order of
their keys; 3 decide again; 4 move the counters, in one statement; 5 the booking rows; 6 the seats. On PostgreSQL what
only books does 2, 4, 5 and 6 in one statement (see `claiming`), which takes all of the places or none.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from django.db import IntegrityError, connection, transaction
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Greatest, Least

from preau.accounts.models import User
from preau.bookings.actions.claiming import SeatTaken, claim
from preau.bookings.choices import BookingState, Origin
from preau.bookings.models import Booking, Seat, Slot
from preau.bookings.queries.plans import BoardMoved, Decided, Plan
from preau.bookings.rules.lines import Cell, Live, may_move

T = TypeVar("T")


def twice(write: Callable[[bool], T]) -> T:
    """What `write` returns, in a transaction; tried once more, from the start, when someone else was quicker.

    `write` is told whether it is the first time. A unique violation is another tab or the other parent: the second
    reading sees what they did.
    """
    try:
        with transaction.atomic():
            return write(True)
    except (IntegrityError, BoardMoved):
        with transaction.atomic():
            return write(False)


def write(
    plan: Plan,
    decided: Decided,
    *,
    by: User,
    now: dt.datetime,
    submission: str | None = None,
    origin: Origin = Origin.FAMILY,
) -> None:
    """Book and cancel what was decided, in the caller's transaction, under the locks of the decision or without them.

    Raises BoardMoved when it has to be read again, IntegrityError when someone else was quicker: see `twice`.
    """
    same = {
        "state": BookingState.BOOKED,
        "origin": origin,
        "submission_id": submission,
        "decided_at": now,
        "by_id": by.pk,
    }
    seats = _seats(plan, decided)
    if connection.vendor == "postgresql" and not decided.cancelled and not decided.beyond:
        claim(plan, decided.booked, seats, same)
        return
    moves = Counter(slot for _, slot, _ in seats)
    for booking in decided.cancelled:
        moves.subtract(booking.slots)
    if decided.beyond:
        _grant_places(moves)
        _move(moves, places=F("capacity") + F("extra"))
    else:
        _move_counters(moves)
    _cancel(decided.cancelled, by=by, now=now, submission=submission)
    _book(plan, decided.booked, seats, same)


def _grant_places(moves: Mapping[int, int]) -> None:
    """Places above the capacity, as many as these moves lack: what an agent gives knowingly, under the locks."""
    for slot in Slot.objects.filter(pk__in=moves, capacity__isnull=False).order_by("pk"):
        wanted = slot.taken + moves[slot.pk] - (slot.capacity or 0)
        if wanted > slot.extra and moves[slot.pk] > 0:
            Slot.objects.filter(pk=slot.pk).update(extra=wanted)


def _move_counters(moves: Mapping[int, int]) -> None:
    """Add to each slot's `taken`, in one statement that lets no slot pass its capacity."""
    _move(moves, places=F("capacity"))


def _move(moves: Mapping[int, int], *, places: Combinable) -> None:
    """The same, within these `places`.

    What agents granted above the capacity (`extra`) only shrinks here, and before a place reopens: were it to grow with
    `taken`, the CHECK that bounds them would never bite. It is room for nobody but those whom it was just granted to.
    The locks make the condition true: if it is not, someone wrote without them.
    """
    counts = {key: count for key, count in moves.items() if count}
    if not counts:
        return
    by_count: dict[int, list[int]] = defaultdict(list)
    for key, count in counts.items():
        by_count[count].append(key)
    add = Case(*(When(pk__in=keys, then=Value(count)) for count, keys in by_count.items()), output_field=IntegerField())
    givers = [key for key, count in counts.items() if count < 0]
    has_room = Q(pk__in=givers) | Q(capacity__isnull=True) | Q(taken__lte=places - add)
    above = Greatest(0, F("taken") + add - F("capacity"))
    moved = Slot.objects.filter(has_room, pk__in=counts).update(
        taken=F("taken") + add,
        extra=Case(When(capacity__isnull=True, then=F("extra")), default=Least(F("extra"), above)),
    )
    if moved != len(counts):
        raise BoardMoved


def _cancel(bookings: Iterable[Live], *, by: User, now: dt.datetime, submission: str | None) -> None:
    keys = [booking.key for booking in bookings if may_move(booking.state, BookingState.CANCELLED)]
    if not keys:
        return
    Seat.objects.filter(booking__in=keys).delete()
    Booking.objects.filter(pk__in=keys).update(
        state=BookingState.CANCELLED,
        held_until=None,
        decided_at=now,
        by=by,
        submission=submission,
    )


def _book(plan: Plan, cells: Iterable[Cell], seats: Iterable[SeatTaken], same: Mapping[str, Any]) -> None:
    bookings = {
        cell: Booking(
            **same,
            participant_id=cell.participant,
            family_id=plan.homes[cell],
            unit_id=cell.unit,
            group_id=plan.groups[cell],
            day=cell.day,
        )
        for cell in cells
    }
    Booking.objects.bulk_create(bookings.values())
    Seat.objects.bulk_create(
        Seat(booking=bookings[cell], slot_id=slot, participant_id=cell.participant, day=cell.day, part_id=part)
        for cell, slot, part in seats
    )


def _seats(plan: Plan, decided: Decided) -> list[SeatTaken]:
    """Seats in the order (child, day, part), so that two writers of one child never wait for each other."""
    seats: list[SeatTaken] = []
    for cell in decided.booked:
        for key in decided.facts[cell].slots or ():
            group, _, part = decided.slots[key].where
            occupies = group == plan.groups[cell] and plan.unit(cell).exclusive
            seats.append((cell, key, part if occupies else None))
    return sorted(seats, key=lambda seat: (seat[0].participant, seat[0].day, seat[2] or 0))
