import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.bookings.choices import BookingState, LineResult, Refusal
from preau.bookings.rules.lines import (
    PERMITTED_MOVES,
    Board,
    Cell,
    CellFacts,
    Live,
    Want,
    booking_refusal,
    cancel_refusal,
    decide,
    lines_of,
    may_move,
)
from preau.bookings.testing import paris

MONDAY, TUESDAY = dt.date(2026, 10, 5), dt.date(2026, 10, 6)
NOW = paris(2026, 10, 1)
DEADLINE = paris(2026, 10, 4, 23, 59, 59).replace(microsecond=999999)
ONE_SECOND = dt.timedelta(seconds=1)

# Units 1 and 2 take a part of the day each, 3 takes both, 4 occupies nobody.
PARTS = {1: frozenset({1}), 2: frozenset({2}), 3: frozenset({1, 2}), 4: frozenset[int]()}


def want(unit, *, wanted=True, day=MONDAY, participant=1):
    return Want(Cell(participant, day, unit), wanted, PARTS[unit])


def open_until(deadline):
    return CellFacts(book_by=deadline, cancel_by=deadline)


# The moves of a booking


def test_final_states_lead_nowhere():
    for state in (BookingState.CANCELLED, BookingState.REFUSED, BookingState.EXPIRED):
        assert PERMITTED_MOVES[state] == frozenset()


def test_every_state_is_in_the_table_and_can_be_reached():
    assert set(PERMITTED_MOVES) == {None, *BookingState}
    assert set().union(*PERMITTED_MOVES.values()) == set(BookingState)


def test_a_booking_is_cancelled_and_nothing_else():
    assert [state for state in BookingState if may_move(BookingState.BOOKED, state)] == [BookingState.CANCELLED]


# Deadlines


@pytest.mark.parametrize("refusal_of", [booking_refusal, cancel_refusal])
def test_the_last_instant_is_in_time_and_the_next_is_not(refusal_of):
    assert refusal_of(open_until(DEADLINE), now=DEADLINE) is None
    assert refusal_of(open_until(DEADLINE), now=DEADLINE - ONE_SECOND) is None
    assert refusal_of(open_until(DEADLINE), now=DEADLINE + dt.timedelta(microseconds=1)) == Refusal.TOO_LATE


@pytest.mark.parametrize(
    ("deadline", "in_time"),
    [
        (paris(2026, 10, 25, 2, 30), dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)),  # clocks go back at 3
        (paris(2027, 3, 28, 3, 30), dt.datetime(2027, 3, 28, 1, 30, tzinfo=dt.UTC)),  # clocks go forward at 2
    ],
)
def test_deadlines_are_instants_when_the_clock_changes(deadline, in_time):
    assert booking_refusal(open_until(deadline), now=in_time) is None
    assert booking_refusal(open_until(deadline), now=in_time + ONE_SECOND) == Refusal.TOO_LATE


def test_booking_and_cancelling_have_their_own_deadlines():
    cell = CellFacts(book_by=NOW - ONE_SECOND, cancel_by=NOW)
    assert booking_refusal(cell, now=NOW) == Refusal.TOO_LATE
    assert cancel_refusal(cell, now=NOW) is None


def test_a_closed_day_is_refused_before_its_deadline_is_asked():
    assert booking_refusal(CellFacts(is_open=False), now=NOW) == Refusal.CLOSED
    assert cancel_refusal(CellFacts(is_open=False), now=NOW) == Refusal.CLOSED


def test_a_closed_slot_closes_the_cell():
    assert booking_refusal(CellFacts(book_by=DEADLINE, cancel_by=DEADLINE, slots=None), now=NOW) == Refusal.CLOSED


@pytest.mark.parametrize("barred", [Refusal.NO_RIGHT, Refusal.READ_ONLY, Refusal.OTHER_HOME, Refusal.NOT_ENROLLED])
def test_a_barred_cell_is_refused_for_that(barred):
    assert booking_refusal(CellFacts(barred=barred, book_by=DEADLINE), now=NOW) == barred


def test_what_outlives_an_enrolment_can_still_be_cancelled():
    cell = CellFacts(barred=Refusal.NOT_ENROLLED, book_by=DEADLINE, cancel_by=DEADLINE)
    assert cancel_refusal(cell, now=NOW) is None


# Lines


def test_a_swap_is_one_line():
    assert len(lines_of([want(1, wanted=False), want(3)])) == 1


def test_a_morning_and_an_evening_are_two_lines():
    assert len(lines_of([want(1), want(2)])) == 2


def test_two_units_that_exclude_each_other_are_one_line():
    assert len(lines_of([want(1), want(3)])) == 1


def test_a_whole_day_ties_the_morning_and_the_evening():
    assert len(lines_of([want(1, wanted=False), want(2, wanted=False), want(3)])) == 1


def test_other_days_and_other_children_are_other_lines():
    assert len(lines_of([want(1), want(3, day=TUESDAY), want(3, participant=2)])) == 3


def test_lines_that_only_free_places_come_first():
    lines = lines_of([want(1), want(1, wanted=False, day=TUESDAY)])
    assert [line[0].wanted for line in lines] == [False, True]


wants = st.lists(
    st.builds(
        want,
        st.sampled_from([1, 2, 3, 4]),
        wanted=st.booleans(),
        day=st.sampled_from([MONDAY, TUESDAY]),
        participant=st.integers(1, 3),
    ),
    unique_by=lambda want: want.cell,
    max_size=12,
)


@given(wants)
def test_every_want_is_in_one_line_and_tied_ones_share_it(wants):
    lines = lines_of(wants)
    assert sorted(w.cell for line in lines for w in line) == sorted(w.cell for w in wants)
    place = {w.cell: number for number, line in enumerate(lines) for w in line}
    for one in wants:
        for other in wants:
            same_day = (one.cell.participant, one.cell.day) == (other.cell.participant, other.cell.day)
            if same_day and one.parts & other.parts:
                assert place[one.cell] == place[other.cell]


# Deciding

SLOTS = {(MONDAY, 1): 11, (MONDAY, 2): 12, (TUESDAY, 1): 21, (TUESDAY, 2): 22}


def slots_of(cell):
    parts = PARTS[cell.unit] or {1}  # unit 4 takes a place in the morning without occupying the child
    return tuple(SLOTS[cell.day, part] for part in sorted(parts))


def facts_of(*wants, **changes):
    return {
        w.cell: CellFacts(**({"book_by": DEADLINE, "cancel_by": DEADLINE, "slots": slots_of(w.cell)} | changes))
        for w in wants
    }


def board(free, *booked):
    """A board on which the cells of `booked` are live."""
    live = {w.cell: Live(number, BookingState.BOOKED, 1, slots_of(w.cell), w.parts) for number, w in enumerate(booked)}
    return Board(dict.fromkeys(SLOTS.values(), free), live)


def decide_all(wants, board):
    return decide(lines_of(wants), facts_of(*wants), board, now=NOW)


def test_a_free_place_is_taken():
    state = board(1)
    [decision] = decide_all([want(1)], state)
    assert (decision.result, state.free[11]) == (LineResult.DONE, 0)


def test_a_full_slot_is_refused():
    [decision] = decide_all([want(1)], board(0))
    assert (decision.result, decision.refusal) == (LineResult.REFUSED, Refusal.FULL)


def test_a_unit_without_limit_is_never_full():
    [decision] = decide_all([want(1)], board(None))
    assert decision.result == LineResult.DONE


def test_a_swap_on_a_full_slot_keeps_the_childs_own_place():
    state = board(0, want(1))
    state.free[12] = 1
    [decision] = decide_all([want(1, wanted=False), want(3)], state)
    assert (decision.result, state.free[11], state.free[12]) == (LineResult.DONE, 0, 0)


def test_a_swap_that_lacks_a_place_leaves_the_booking_as_it_was():
    state = board(0, want(1))
    [decision] = decide_all([want(1, wanted=False), want(3)], state)
    assert (decision.result, decision.refusal) == (LineResult.REFUSED, Refusal.FULL)
    assert want(1).cell in state.live
    assert not decision.to_cancel


def test_a_place_given_up_by_a_sister_goes_to_the_brother():
    state = board(0, want(1, participant=1))
    decisions = decide_all([want(1, participant=2), want(1, participant=1, wanted=False)], state)
    assert [decision.result for decision in decisions] == [LineResult.DONE, LineResult.DONE]


def test_nobody_is_in_two_places_at_once():
    [decision] = decide_all([want(3)], board(9, want(1)))
    assert (decision.refusal, decision.at_fault) == (Refusal.OVERLAP, want(3).cell)


def test_a_unit_that_occupies_nobody_goes_with_another():
    [decision] = decide_all([want(4)], board(9, want(1)))
    assert decision.result == LineResult.DONE


def test_what_is_already_so_is_no_refusal():
    decisions = decide_all([want(1), want(2, wanted=False)], board(0, want(1)))
    assert [decision.result for decision in decisions] == [LineResult.ALREADY, LineResult.ALREADY]


def test_a_group_above_its_capacity_takes_nobody_until_it_is_back_under():
    state = board(9, want(1))
    state.free[11] = -1
    cancelled, booked = decide_all([want(1, wanted=False), want(1, participant=2)], state)
    assert (cancelled.result, booked.refusal) == (LineResult.DONE, Refusal.FULL)


booked = st.lists(
    st.builds(want, st.sampled_from([1, 2, 4]), day=st.sampled_from([MONDAY, TUESDAY]), participant=st.integers(1, 3)),
    unique_by=lambda want: want.cell,
    max_size=6,
)
places = st.lists(st.integers(-1, 3) | st.none(), min_size=4, max_size=4)


@given(wants, booked, places)
def test_no_slot_passes_its_places_and_no_child_is_in_two_places(wants, booked, places):
    state = board(0, *booked)
    state.free = dict(zip(SLOTS.values(), places, strict=True))
    before, live_before = dict(state.free), dict(state.live)
    decisions = decide_all(wants, state)
    for slot, left in state.free.items():
        held = [cell for cell, booking in state.live.items() if slot in booking.slots]
        held_before = [cell for cell, booking in live_before.items() if slot in booking.slots]
        if left is None:
            continue
        assert left == before[slot] - (len(held) - len(held_before))  # places follow seats
        assert left >= min(0, before[slot])
    for participant in (1, 2, 3):
        for day in (MONDAY, TUESDAY):
            mine = [
                live.parts for cell, live in state.live.items() if (cell.participant, cell.day) == (participant, day)
            ]
            assert sum(map(len, mine)) == len(frozenset().union(*mine))
    for decision in decisions:
        asked = {w.cell: w.wanted for w in decision.line}
        as_wanted = {cell for cell, wanted in asked.items() if (cell in state.live) == wanted}
        if decision.result == LineResult.REFUSED:
            assert all((cell in state.live) == (cell in live_before) for cell in asked)
        else:
            assert as_wanted == set(asked)


@given(wants, booked)
def test_deciding_again_changes_nothing(wants, booked):
    state = board(2, *booked)
    done = [decision for decision in decide_all(wants, state) if decision.result == LineResult.DONE]
    again = decide([decision.line for decision in done], facts_of(*wants), state, now=NOW)
    assert {decision.result for decision in again} <= {LineResult.ALREADY}
