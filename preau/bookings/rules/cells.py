"""What a cell of the planning is, at an instant."""

from enum import StrEnum

from preau.bookings.choices import BookingState, Presence


class CellState(StrEnum):
    """What a cell says. The first two can be ticked and unticked; the others are fixed."""

    FREE = "free"
    BOOKED = "booked"
    FULL = "full"
    TOO_LATE = "too_late"  # nothing booked, and one may no longer book
    KEPT = "kept"  # booked, and one may no longer cancel
    LOCKED = "locked"  # nothing booked, and not for this parent to change
    WAITING = "waiting"
    REQUESTED = "requested"
    HELD = "held"
    CLOSED = "closed"
    NOT_OFFERED = "not_offered"  # no such unit on such a day: nothing to say
    NOT_BOOKED = "not_booked"  # past
    PRESENT = "present"
    ABSENT = "absent"
    WAS_BOOKED = "was_booked"  # past, nobody noted who came


CAN_CHANGE = frozenset({CellState.FREE, CellState.BOOKED})
UNDECIDED = {
    BookingState.WAITING: CellState.WAITING,
    BookingState.REQUESTED: CellState.REQUESTED,
    BookingState.HELD: CellState.HELD,
}
WENT_BY = {
    Presence.PRESENT: CellState.PRESENT,
    Presence.ABSENT: CellState.ABSENT,
    Presence.UNKNOWN: CellState.WAS_BOOKED,
}


def cell_state(
    booking: BookingState | None,
    presence: Presence,
    *,
    is_past: bool,
    is_offered: bool,
    is_open: bool,
    is_locked: bool,
    has_room: bool,
    in_time: bool,
) -> CellState:
    """What the cell of a unit says on a day.

    `is_offered`: the unit exists on such days. `is_open`: it is open on this one, and so are its slots. `is_locked`:
    this parent may only look. `in_time`: the deadline to cancel what is booked, else to book, has not passed; it is
    itself in time.
    """
    if booking is not None:
        if booking in UNDECIDED:
            return UNDECIDED[booking]
        if is_past or presence != Presence.UNKNOWN:
            return WENT_BY[presence]
        return CellState.BOOKED if is_open and in_time and not is_locked else CellState.KEPT
    if not is_offered:
        return CellState.NOT_OFFERED
    if not is_open:
        return CellState.CLOSED
    if is_past:
        return CellState.NOT_BOOKED
    if is_locked:
        return CellState.LOCKED
    if not in_time:
        return CellState.TOO_LATE
    return CellState.FREE if has_room else CellState.FULL
