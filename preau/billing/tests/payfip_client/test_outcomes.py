"""Our client against the simulator, over real sockets: every outcome."""

import datetime as dt

import pytest

from preau.billing.payfip import client
from preau.billing.payfip.client import Means, Outcome, OutcomeStatus, outcome_of
from preau.billing.payfip.simulator import Behaviour, Result, Simulator
from preau.billing.tests.payfip_client.given import NOON, opened


@pytest.mark.parametrize(
    ("result", "status", "means"),
    [
        (Result.CARD_PAID, OutcomeStatus.PAID, Means.CARD),
        (Result.DEBIT_ACCEPTED, OutcomeStatus.PAID, Means.DEBIT),
        (Result.CARD_REFUSED, OutcomeStatus.REFUSED, Means.CARD),
        (Result.DEBIT_REFUSED, OutcomeStatus.REFUSED, Means.DEBIT),
        (Result.ABANDONED, OutcomeStatus.ABANDONED, None),
    ],
)
def test_a_result_is_seen_at_once(
    simulator: Simulator, result: Result, status: OutcomeStatus, means: Means | None
) -> None:
    number = opened().number
    simulator.decide(number, result)
    outcome = outcome_of(operation=number)
    assert (outcome.status, outcome.means) == (status, means)


def test_a_payment_comes_back_with_all_that_must_be_compared(simulator: Simulator) -> None:
    number = opened().number
    simulator.decide(number, Result.CARD_PAID)
    outcome = outcome_of(operation=number)
    assert (outcome.refdet, outcome.amount, outcome.numcli, outcome.mode) == ("PERI2105A1", 18432, "090909", "T")
    assert len(outcome.authorisation) == 6


def test_a_payment_bears_its_minute_in_paris(simulator: Simulator) -> None:
    number = opened().number
    simulator.decide(number, Result.CARD_PAID)
    paid_at = outcome_of(operation=number).paid_at
    assert paid_at == NOON.replace(second=0)
    assert paid_at.isoformat() == "2026-02-03T12:20:00+01:00"


@pytest.mark.parametrize(
    ("day", "hour", "read"),
    [
        ("28032026", "2330", "2026-03-28T23:30:00+01:00"),
        ("29032026", "0330", "2026-03-29T03:30:00+02:00"),
        ("25102026", "0330", "2026-10-25T03:30:00+01:00"),
    ],
)
def test_the_minute_is_right_on_both_clock_changes(day: str, hour: str, read: str) -> None:
    paid_at = client._instant(day, hour)
    assert paid_at is not None
    assert paid_at.isoformat() == read


@pytest.mark.parametrize(("day", "hour"), [("", ""), ("28032026", ""), ("31022026", "1200"), ("2803202", "61200")])
def test_a_senseless_date_is_no_date(day: str, hour: str) -> None:
    assert client._instant(day, hour) is None


def test_nothing_is_known_before_the_page_is_used(simulator: Simulator) -> None:
    number = opened().number
    assert outcome_of(operation=number) == Outcome(OutcomeStatus.PENDING)
    simulator.open_page(number)
    assert outcome_of(operation=number) == Outcome(OutcomeStatus.PENDING)


def test_an_operation_whose_page_was_never_shown_is_forgotten_in_the_night(simulator: Simulator) -> None:
    number = opened().number
    simulator.advance(dt.timedelta(hours=14, minutes=39))  # 2:59
    assert outcome_of(operation=number).status == OutcomeStatus.PENDING
    simulator.advance(dt.timedelta(minutes=1))
    assert outcome_of(operation=number).status == OutcomeStatus.EXPIRED


def test_an_unknown_operation_is_expired(simulator: Simulator) -> None:
    assert outcome_of(operation="0ba3e4b9-0000-4000-8000-000000000000").status == OutcomeStatus.EXPIRED


@pytest.mark.parametrize("days", [1, 6, 364])
def test_an_operation_whose_page_was_shown_may_be_paid_days_later(simulator: Simulator, days: int) -> None:
    number = opened().number
    simulator.open_page(number)
    simulator.advance(dt.timedelta(days=days))
    assert outcome_of(operation=number).status == OutcomeStatus.PENDING
    simulator.decide(number, Result.CARD_PAID)
    assert outcome_of(operation=number).status == OutcomeStatus.PAID


def test_a_result_stays_readable_for_a_year(simulator: Simulator) -> None:
    number = opened().number
    simulator.decide(number, Result.CARD_PAID)
    simulator.advance(dt.timedelta(days=364))
    assert outcome_of(operation=number).status == OutcomeStatus.PAID
    simulator.advance(dt.timedelta(days=2))
    assert outcome_of(operation=number).status == OutcomeStatus.EXPIRED


def test_a_tampered_amount_is_handed_to_the_caller(simulator: Simulator) -> None:
    number = opened().number
    simulator.behave(number, Behaviour(amount=100, notices=0))
    simulator.decide(number, Result.CARD_PAID)
    assert outcome_of(operation=number).amount == 100


@pytest.mark.parametrize("is_short", [True, False])
def test_the_year_may_come_back_short(simulator: Simulator, is_short: bool) -> None:
    number = opened().number
    simulator.behave(number, Behaviour(short_year=is_short, notices=0))
    simulator.decide(number, Result.CARD_PAID)
    assert outcome_of(operation=number).status == OutcomeStatus.PAID
    assert simulator.detail(number)["exer"] == ("26" if is_short else "2026")
