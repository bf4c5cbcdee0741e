"""How a démarche moves, and by when it is answered."""

import datetime as dt
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.core.dates import PARIS
from preau.demarches.choices import OPEN, DemarcheState
from preau.demarches.rules import birth_date, due_at, is_phone, may_move, needs_reason, working_days_left
from preau.town.rules import Calendar, is_working_day

NOEL = Calendar(years=(), holidays=(), public_holidays=frozenset([dt.date(2026, 12, 25), dt.date(2027, 1, 1)]))
MAY = Calendar(years=(), holidays=(), public_holidays=frozenset([dt.date(2026, 5, 1), dt.date(2026, 5, 8)]))


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=PARIS)


def test_what_is_open_may_be_answered_withdrawn_or_sent_back_and_what_is_answered_never_moves() -> None:
    allowed = {(before, after) for before, after in product(DemarcheState, repeat=2) if may_move(before, after)}
    ends = {DemarcheState.ACCEPTED, DemarcheState.REFUSED, DemarcheState.WITHDRAWN}
    again = (DemarcheState.SENT, DemarcheState.SENT)  # what is sent may be added to
    assert allowed == set(product(OPEN, ends)) | {tuple(OPEN), tuple(reversed(OPEN)), again}


def test_a_refusal_and_a_demand_for_more_tell_why() -> None:
    assert [state for state in DemarcheState if needs_reason(state)] == ["incomplete", "refused"]


@pytest.mark.parametrize(
    ("sent", "due"),
    [
        ("2026-02-10 16:10", "2026-02-12 17:00"),  # Tuesday → Thursday: the example that families are given
        ("2026-02-12 09:00", "2026-02-16 17:00"),  # Thursday → Friday, Monday
        ("2026-02-13 23:59", "2026-02-17 17:00"),  # a Friday night
        ("2026-02-14 10:00", "2026-02-17 17:00"),  # a Saturday counts for nothing
        ("2026-02-15 10:00", "2026-02-17 17:00"),
    ],
)
def test_two_working_days_are_told_as_a_day_at_five(sent: str, due: str) -> None:
    assert due_at(MAY, at(sent), 2) == at(due)


def test_public_holidays_are_not_working_days() -> None:
    assert due_at(MAY, at("2026-04-30 10:00"), 2) == at("2026-05-05 17:00")
    assert due_at(NOEL, at("2026-12-24 10:00"), 2) == at("2026-12-29 17:00")


@pytest.mark.parametrize(
    ("sent", "due"), [("2026-03-27 10:00", "2026-03-31 17:00"), ("2026-10-23 10:00", "2026-10-27 17:00")]
)
def test_clocks_that_change_leave_five_o_clock_at_five(sent: str, due: str) -> None:
    assert due_at(MAY, at(sent), 2) == at(due)


def test_the_day_is_that_of_the_town_and_not_of_greenwich() -> None:
    just_after_midnight = dt.datetime(2026, 2, 10, 23, 30, tzinfo=dt.UTC)  # the 11th in France
    assert due_at(MAY, just_after_midnight, 2) == at("2026-02-13 17:00")


@given(sent=st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 12, 31)), days=st.integers(1, 10))
def test_as_many_working_days_are_left_on_the_day_of_the_sending_as_were_promised(sent: dt.datetime, days: int) -> None:
    instant = sent.replace(tzinfo=PARIS)
    due = due_at(MAY, instant, days)
    assert is_working_day(MAY, due.date())
    assert working_days_left(MAY, due, instant) == days


def test_on_its_last_day_nothing_is_left_and_past_its_hour_it_is_late() -> None:
    due = at("2026-02-12 17:00")
    assert [working_days_left(MAY, due, at(now)) for now in ("2026-02-11 18:00", "2026-02-12 16:59")] == [1, 0]
    assert working_days_left(MAY, due, at("2026-02-12 17:01")) == -1


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("14/03/1985", "1985-03-14"),
        ("4.3.1985", "1985-03-04"),
        (" 14 03 1985 ", "1985-03-14"),
        ("03/1985", "1985-03"),
        ("1985", "1985"),
        ("", ""),
    ],
)
def test_a_date_of_birth_may_be_known_in_part(written: str, kept: str) -> None:
    assert birth_date(written, today=dt.date(2026, 2, 10)) == kept


@pytest.mark.parametrize(
    "written", ["30/02/1985", "14/13/1985", "0/1985", "85", "14/03/85", "11/02/2026", "1899", "١٩٨٥", "hier", "1985-"]
)
def test_what_is_no_date_of_birth_is_refused(written: str) -> None:
    with pytest.raises(ValueError):
        birth_date(written, today=dt.date(2026, 2, 10))


@pytest.mark.parametrize(
    ("written", "ok"),
    [("06 12 34 56 78", True), ("+33 6.12.34.56.78", True), ("3949", False), ("appelez-moi", False), ("1" * 16, False)],
)
def test_a_phone_number_can_be_dialled(written: str, ok: bool) -> None:
    assert is_phone(written) is ok
