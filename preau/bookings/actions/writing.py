"""Booking and cancelling: the only writer of bookings, seats and counters.

In this order, whoever writes: 1 read the rules, without a lock; 2 lock the slots, then the bookings, in the order of
their keys; 3 decide again; 4 move the counters, in one statement; 5 the booking rows; 6 the seats.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.functions import Greatest, Least

from preau.accounts.models import User
from preau.bookings.choices import BookingState, Origin
from preau.bookings.models import Booking, Seat, Slot
from preau.bookings.queries.plans import BoardMoved, Decided, Plan, decide_plan
from preau.bookings.rules.lines import Cell, Live, may_move

T = TypeVar("T")


def twice(write: Callable[[], T]) -> T:
    """What `write` returns, in a transaction; tried once more, from the start, when someone else was quicker.

    A unique violation is another tab or the other parent: the second reading sees what they did.
    """
    try:
        with transaction.atomic():
            return write()
    except (IntegrityError, BoardMoved):
        with transaction.atomic():
            return write()


def write(
    plan: Plan, *, by: User, now: dt.datetime, submission: str | None = None, origin: Origin = Origin.FAMILY
) -> Decided:
    """Book and cancel what the plan asks for, line by line, in the caller's transaction.

    Raises BoardMoved when it has to be read again, IntegrityError when someone else was quicker: see `twice`.
    """
    decided = decide_plan(plan, now=now, lock=True)
    moves: Counter[int] = Counter()
    for booking in decided.cancelled:
        moves.subtract(booking.slots)
    for cell in decided.booked:
        moves.update(decided.facts[cell].slots or ())
    _move_counters(moves)
    _cancel(decided.cancelled, by=by, now=now, submission=submission)
    rows = _book(plan, decided.booked, by=by, now=now, submission=submission, origin=origin)
    _seat(plan, rows, decided)
    return decided


def _move_counters(moves: Mapping[int, int]) -> None:
    """Add to each slot's `taken`, in one statement that lets no slot pass its capacity.

    What agents granted above the capacity (`extra`) only shrinks here, and before a place reopens: were it to grow with
    `taken`, the CHECK that bounds them would never bite. The locks make the condition true: if it is not, someone wrote
    without them.
    """
    counts = {key: count for key, count in moves.items() if count}
    if not counts:
        return
    by_count: dict[int, list[int]] = defaultdict(list)
    for key, count in counts.items():
        by_count[count].append(key)
    add = Case(*(When(pk__in=keys, then=Value(count)) for count, keys in by_count.items()), output_field=IntegerField())
    givers = [key for key, count in counts.items() if count < 0]
    has_room = Q(pk__in=givers) | Q(capacity__isnull=True) | Q(capacity__gte=F("taken") + add)
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


def _book(
    plan: Plan, cells: Iterable[Cell], *, by: User, now: dt.datetime, submission: str | None, origin: Origin
) -> list[Booking]:
    return Booking.objects.bulk_create(
        Booking(
            participant_id=cell.participant,
            family_id=plan.homes[cell],
            unit_id=cell.unit,
            group_id=plan.groups[cell],
            day=cell.day,
            state=BookingState.BOOKED,
            origin=origin,
            submission_id=submission,
            decided_at=now,
            by=by,
        )
        for cell in cells
    )


def _seat(plan: Plan, bookings: Iterable[Booking], decided: Decided) -> None:
    """Seats in the order (child, day, part), so that two writers of one child never wait for each other."""
    seats = []
    for booking in bookings:
        cell = Cell(booking.participant_id, booking.day, booking.unit_id)
        for key in decided.facts[cell].slots or ():
            group, _, part = decided.slots[key].where
            occupies = group == plan.groups[cell] and plan.unit(cell).exclusive
            seats.append(
                Seat(
                    booking=booking,
                    slot_id=key,
                    participant_id=cell.participant,
                    day=cell.day,
                    part_id=part if occupies else None,
                )
            )
    seats.sort(key=lambda seat: (seat.participant_id, seat.day, seat.part_id or 0))
    Seat.objects.bulk_create(seats)
