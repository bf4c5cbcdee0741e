"""The life of an online payment."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.billing.choices import AttemptState
from preau.billing.rules.attempts import Terms, contradictions, may_move, next_poll, retry_after, spread, state_told

OPENED = dt.datetime(2026, 11, 3, 19, 42, tzinfo=dt.UTC)
TERMS = Terms("2026000001K3V9", 18432, "123456", "W")


@pytest.mark.parametrize("state", [state for state in AttemptState if state != AttemptState.PAID])
def test_money_that_arrives_late_is_never_refused(state: AttemptState) -> None:
    assert may_move(state, AttemptState.PAID)


@pytest.mark.parametrize("to", list(AttemptState))
def test_paid_is_final(to: AttemptState) -> None:
    assert not may_move(AttemptState.PAID, to)


def test_the_payment_site_is_asked_often_then_less_and_less() -> None:
    asked: list[float] = []
    at = next_poll(OPENED, OPENED)
    while at is not None:
        asked.append((at - OPENED) / dt.timedelta(minutes=1))
        at = next_poll(OPENED, at)
    assert asked[:7] == [2, 5, 10, 20, 40, 120, 240]
    assert asked[-7:] == [24 * 60, *(day * 24 * 60 for day in range(2, 8))]


@given(st.integers(0, 8 * 24 * 60))
def test_the_next_question_is_always_ahead(minutes: int) -> None:
    now = OPENED + dt.timedelta(minutes=minutes)
    at = next_poll(OPENED, now)
    assert at is None or at > now
    assert (at is None) == (minutes >= 7 * 24 * 60)


def test_an_answer_about_another_payment_says_how() -> None:
    told = Terms("OTHER0", 100, "654321", "T")
    assert contradictions(TERMS, TERMS) == []
    assert contradictions(TERMS, told) == [
        "référence\u00a0: OTHER0 au lieu de 2026000001K3V9",
        "montant\u00a0: 1,00\u00a0€ au lieu de 184,32\u00a0€",
        "numéro de client\u00a0: 654321 au lieu de 123456",
        "mode\u00a0: T au lieu de W",
    ]


@given(st.integers(0, 10**6), st.lists(st.integers(0, 10**5), max_size=8))
def test_money_goes_to_what_is_due_in_order_and_never_beyond(cents: int, dues: list[int]) -> None:
    parts = spread(cents, dues)
    assert sum(parts) == min(cents, sum(dues))
    assert all(0 <= part <= due for part, due in zip(parts, dues, strict=True))
    unpaid = next((place for place, (part, due) in enumerate(zip(parts, dues, strict=True)) if part < due), len(dues))
    assert not any(parts[unpaid + 1 :])


@pytest.mark.parametrize(
    ("status", "minutes", "state"),
    [
        ("paid", 0, AttemptState.PAID),
        ("refused", 0, AttemptState.REFUSED),
        ("expired", 0, AttemptState.EXPIRED),
        ("pending", 119, AttemptState.OPEN),
        ("pending", 120, AttemptState.ABANDONED),
    ],
)
def test_a_page_left_open_for_two_hours_is_abandoned(status: str, minutes: int, state: AttemptState) -> None:
    assert state_told(status, age=dt.timedelta(minutes=minutes)) == state


@pytest.mark.parametrize(("hours", "minutes"), [(0, 2), (1, 6), (10, 60), (100, 120)])
def test_a_site_that_is_down_is_asked_less_and_less(hours: int, minutes: int) -> None:
    assert retry_after(dt.timedelta(hours=hours)) == dt.timedelta(minutes=minutes)
