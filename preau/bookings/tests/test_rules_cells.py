import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.bookings.choices import LIVE, BookingState, Presence
from preau.bookings.rules.cells import CAN_CHANGE, CellState, cell_state

OPEN = {
    "booking": None,
    "presence": Presence.UNKNOWN,
    "is_past": False,
    "is_offered": True,
    "is_open": True,
    "is_locked": False,
    "has_room": True,
    "in_time": True,
}
BOOKED = OPEN | {"booking": BookingState.BOOKED}


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        (OPEN, CellState.FREE),
        (OPEN | {"has_room": False}, CellState.FULL),
        (OPEN | {"in_time": False}, CellState.TOO_LATE),
        (OPEN | {"in_time": False, "has_room": False}, CellState.TOO_LATE),
        (OPEN | {"is_locked": True}, CellState.LOCKED),
        (OPEN | {"is_past": True}, CellState.NOT_BOOKED),
        (OPEN | {"is_open": False}, CellState.CLOSED),
        (OPEN | {"is_offered": False, "is_open": False}, CellState.NOT_OFFERED),
        (BOOKED, CellState.BOOKED),
        (BOOKED | {"has_room": False}, CellState.BOOKED),
        (BOOKED | {"in_time": False}, CellState.KEPT),
        (BOOKED | {"is_locked": True}, CellState.KEPT),
        (BOOKED | {"is_open": False}, CellState.KEPT),
        (BOOKED | {"is_past": True}, CellState.WAS_BOOKED),
        (BOOKED | {"is_past": True, "presence": Presence.PRESENT}, CellState.PRESENT),
        (BOOKED | {"presence": Presence.ABSENT}, CellState.ABSENT),
        (OPEN | {"booking": BookingState.WAITING}, CellState.WAITING),
        (OPEN | {"booking": BookingState.REQUESTED}, CellState.REQUESTED),
        (OPEN | {"booking": BookingState.HELD}, CellState.HELD),
    ],
)
def test_a_cell_says_what_it_is(facts, state):
    assert cell_state(**facts) == state


any_facts = st.fixed_dictionaries(
    {"booking": st.sampled_from([None, *LIVE]), "presence": st.sampled_from(Presence)}
    | {name: st.booleans() for name in OPEN if name not in ("booking", "presence")}
)


@given(any_facts)
def test_nothing_past_closed_or_locked_can_change(facts):
    if facts["is_past"] or facts["is_locked"] or not facts["is_open"]:
        assert cell_state(**facts) not in CAN_CHANGE


@given(any_facts)
def test_what_can_change_is_within_its_deadline(facts):
    if cell_state(**facts) in CAN_CHANGE:
        assert facts["in_time"]
