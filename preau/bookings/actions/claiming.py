"""Booking in one statement, on PostgreSQL: what everyone wants at once is locked for no longer than that.

Between the lock and the commit there is neither a round trip nor a line of Python. Measured against the same writes one
by one by `make bench`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection

from preau.bookings.models import Booking
from preau.bookings.queries.plans import BoardMoved, Plan
from preau.bookings.rules.lines import Cell
from preau.core.codes import new_code

SeatTaken = tuple[Cell, int, int | None]  # slot, and the part in which the unit occupies the child

CELL_COLUMNS = {
    "code": "text",
    "participant_id": "bigint",
    "family_id": "bigint",
    "unit_id": "bigint",
    "group_id": "bigint",
    "day": "date",
}
# The lock comes in the order of the keys, so that two statements never wait for each other; its condition is met again
# by the row as it is once locked. What agents granted above the capacity only shrinks (see `writing`).
STATEMENT = """
WITH held AS MATERIALIZED (
  SELECT slot.id, wanted.places FROM bookings_slot AS slot
  JOIN unnest(%(slots)s::bigint[], %(places)s::int[]) AS wanted (slot_id, places) ON slot.id = wanted.slot_id
  WHERE slot.is_open AND (slot.capacity IS NULL OR slot.taken + wanted.places <= slot.capacity)
  ORDER BY slot.id FOR UPDATE OF slot
), moved AS (
  UPDATE bookings_slot AS slot SET taken = slot.taken + held.places, extra = CASE WHEN slot.capacity IS NULL
    THEN slot.extra ELSE least(slot.extra, greatest(0, slot.taken + held.places - slot.capacity)) END
  FROM held WHERE slot.id = held.id AND (slot.capacity IS NULL OR slot.taken + held.places <= slot.capacity)
  RETURNING slot.id
), booked AS (
  INSERT INTO bookings_booking ({columns}, {others})
  SELECT {columns}, {values} FROM unnest({arrays}) AS cell ({columns})
  WHERE (SELECT count(*) FROM moved) = cardinality(%(slots)s::bigint[])
  RETURNING id, participant_id, unit_id, day
)
INSERT INTO bookings_seat (booking_id, slot_id, participant_id, day, part_id)
SELECT booked.id, seat.slot_id, booked.participant_id, booked.day, seat.part_id
FROM unnest(%(seat_participants)s::bigint[], %(seat_units)s::bigint[], %(seat_days)s::date[], %(seat_slots)s::bigint[],
  %(seat_parts)s::bigint[]) WITH ORDINALITY AS seat (participant_id, unit_id, day, slot_id, part_id, place)
JOIN booked USING (participant_id, unit_id, day) ORDER BY seat.place
"""


def claim(plan: Plan, cells: Sequence[Cell], seats: Sequence[SeatTaken], same: Mapping[str, Any]) -> None:
    """Write the bookings of `cells`, alike in all that `same` says, with their seats: all of them or none.

    Raises BoardMoved when a slot is full or closed, IntegrityError when someone else booked a cell.
    """
    if not cells:
        return
    places = sorted(Counter(slot for _, slot, _ in seats).items())
    parameters: dict[str, Any] = {
        "slots": [slot for slot, _ in places],
        "places": [count for _, count in places],
        "code": [new_code() for _ in cells],
        "participant_id": [cell.participant for cell in cells],
        "family_id": [plan.homes[cell] for cell in cells],
        "unit_id": [cell.unit for cell in cells],
        "group_id": [plan.groups[cell] for cell in cells],
        "day": [cell.day for cell in cells],
        "seat_participants": [cell.participant for cell, _, _ in seats],
        "seat_units": [cell.unit for cell, _, _ in seats],
        "seat_days": [cell.day for cell, _, _ in seats],
        "seat_slots": [slot for _, slot, _ in seats],
        "seat_parts": [part for _, _, part in seats],
    }
    model = Booking(**same)
    others = {
        f"same_{column}": field.get_db_prep_save(getattr(model, field.attname), connection)
        for column, field in _other_columns().items()
    }
    with connection.cursor() as cursor:
        cursor.execute(_statement(), parameters | others)
        if cursor.rowcount != len(seats):
            raise BoardMoved


def _other_columns() -> dict[str, Any]:
    """The columns that all bookings of a claim share, with their fields."""
    fields = {str(field.column): field for field in Booking._meta.concrete_fields if not field.primary_key}
    return {column: field for column, field in fields.items() if column not in CELL_COLUMNS}


@lru_cache
def _statement() -> str:
    others = _other_columns()
    return STATEMENT.format(
        columns=", ".join(CELL_COLUMNS),
        others=", ".join(others),
        values=", ".join(f"%(same_{column})s" for column in others),
        arrays=", ".join(f"%({column})s::{kind}[]" for column, kind in CELL_COLUMNS.items()),
    )
