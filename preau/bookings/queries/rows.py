"""Bookings, ticks and slots of a period, gathered by the database: a short text per unit, not a row per day.

Written in SQL: a planning reads hundreds of days at each click, and building the same statements through the ORM would
take longer than running them.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection

from preau.bookings.choices import LIVE, BookingState, Origin, Presence
from preau.bookings.models import Booking, DraftChange, Slot

# A day is its rank in the period, as one sign from « 0 » on; a day of the draft, which may be of any month, its date.
POSTGRESQL = {
    "day": "chr(48 + (day - %s::date))",
    "date": "to_char(day, 'YYYYMMDD')",
    "gather": "string_agg({}, '')",
}
SQLITE = {
    "day": "char(48 + julianday(day) - julianday(%s))",
    "date": "strftime('%%Y%%m%%d', day)",
    "gather": "group_concat({}, '')",
}
STATES = {str(state)[0]: state for state in LIVE}
BY_AGENT = str(Origin.AGENT)[0]
PRESENCES = {str(presence)[0]: presence for presence in Presence}


def day_sign(rank: int) -> str:
    """How a day of the period is written, by its rank from 0."""
    return chr(48 + rank)


class Booked(NamedTuple):
    """A live booking; `household` pays it, `by_agent` tells that an agent made it for the family."""

    household: int
    state: BookingState
    presence: Presence
    by_agent: bool


@dataclass(slots=True)
class Marks:
    """What is booked in a period, by (participant, unit) and day sign; all that the parent has ticked, by date.

    `full`: for each (group, part), whether its slot is full, by day sign; a day that is missing is closed.
    """

    booked: dict[tuple[int, int], dict[str, Booked]] = field(default_factory=dict)
    ticked: dict[tuple[int, int], dict[dt.date, bool]] = field(default_factory=dict)
    full: dict[tuple[int, int], dict[str, bool]] = field(default_factory=dict)


def read_marks(
    user: int, participants: Collection[int], groups: Collection[int], first: dt.date, last: dt.date
) -> Marks:
    """The live bookings of participants and the open slots of groups from `first` to `last`, and the draft of `user`.

    One query.
    """
    found = Marks()
    words = _words()
    booked = words["gather"].format(
        f"{words['day']} || substr(state, 1, 1) || substr(presence, 1, 1) || substr(origin, 1, 1)"
    )
    ticked = words["gather"].format(f"{words['date']} || case when wanted then '1' else '0' end")
    slot = words["gather"].format(f"{words['day']} || case when taken >= capacity then '1' else '0' end")
    sql = f"""
        select 0, participant_id, unit_id, family_id, {booked} from {Booking._meta.db_table}
        where participant_id in ({_marks(participants)}) and day between %s and %s and state in ({_marks(LIVE)})
        group by participant_id, unit_id, family_id
        union all
        select 1, participant_id, unit_id, 0, {ticked} from {DraftChange._meta.db_table}
        where user_id = %s group by participant_id, unit_id
        union all
        select 2, group_id, part_id, 0, {slot} from {Slot._meta.db_table}
        where group_id in ({_marks(groups)}) and day between %s and %s and is_open
        group by group_id, part_id"""  # noqa: S608 (table names and our own words; values are parameters)
    of_bookings: list[int | str | dt.date] = [first, *participants, first, last, *map(str, LIVE)]
    for kind, one, other, household, text in _run(sql, [*of_bookings, user, first, *groups, first, last]):
        if kind == 0:
            days = found.booked.setdefault((one, other), {})
            for at in range(0, len(text), 4):
                state, presence = STATES[text[at + 1]], PRESENCES[text[at + 2]]
                days[text[at]] = Booked(household, state, presence, text[at + 3] == BY_AGENT)
        elif kind == 1:
            found.ticked[one, other] = {
                dt.date.fromisoformat(text[at : at + 8]): text[at + 8] == "1" for at in range(0, len(text), 9)
            }
        else:
            found.full[one, other] = {text[at]: text[at + 1] == "1" for at in range(0, len(text), 2)}
    return found


def _words() -> Mapping[str, str]:
    return POSTGRESQL if connection.vendor == "postgresql" else SQLITE


def _marks(values: Collection[object]) -> str:
    return ", ".join(["%s"] * len(values)) or "null"


def _run(sql: str, parameters: Sequence[int | str | dt.date]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [value.isoformat() if isinstance(value, dt.date) else value for value in parameters])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
