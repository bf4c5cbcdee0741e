"""Paying online, against a payment site that really listens."""

import datetime as dt
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from preau.billing.actions.attempts import PaymentRefused, open_attempt
from preau.billing.actions.settling import hint, poll_due, refresh_attempt, settle
from preau.billing.choices import AttemptState, PaymentMethod
from preau.billing.models import Allocation, AttemptShare, Invoice, Line, Payment, PaymentAttempt, Regie
from preau.billing.payfip.client import Means, Outcome, OutcomeStatus, PayFiPRefused, PayFiPUnavailable
from preau.billing.payfip.simulator import Behaviour, Outage, Result, Simulator
from preau.billing.payfip.testing import simulated
from preau.billing.rules.attempts import POLLS, PaymentRefusal, retry_after
from preau.billing.testing import PayingHousehold, make_household, make_invoice, make_regie
from preau.core.money import Cents, euros
from preau.journal.models import Entry
from preau.notifications.models import Outgoing
from preau.town.testing import make_town

NOW = dt.datetime(2026, 11, 3, 18, 42, tzinfo=dt.UTC)


@pytest.fixture
def payfip() -> Iterator[Simulator]:
    with simulated(Simulator(clock=lambda: NOW)) as simulator:
        simulator.behaviour = Behaviour(notices=0)
        yield simulator


@pytest.fixture
def zoe(db: None) -> PayingHousehold:
    make_town()
    return make_household()


@pytest.fixture
def regie(db: None) -> Regie:
    return make_regie()


def begin(payer: PayingHousehold, *invoices: Invoice, now: dt.datetime = NOW) -> PaymentAttempt:
    return open_attempt(by=payer.user, payer=payer.payer, invoices=invoices, now=now)


def refusal_of(payer: PayingHousehold, *invoices: Invoice) -> PaymentRefusal:
    with pytest.raises(PaymentRefused) as refused:
        begin(payer, *invoices)
    assert not PaymentAttempt.objects.exists()
    return refused.value.reason


def settled(invoice: Invoice) -> int:
    return Invoice.objects.get(pk=invoice.pk).settled_cents


def test_an_attempt_freezes_amount_and_invoices_before_the_browser_leaves(
    zoe: PayingHousehold, regie: Regie, payfip: Simulator
) -> None:
    one, two = make_invoice(zoe.payer, regie, 5460, 6608, number="1"), make_invoice(zoe.payer, regie, 6364, number="2")
    attempt = begin(zoe, one, two)
    assert (attempt.amount_cents, attempt.state, attempt.next_poll_at) == (
        18432,
        AttemptState.OPEN,
        NOW + dt.timedelta(minutes=2),
    )
    assert list(AttemptShare.objects.order_by("pk").values_list("invoice", "amount_cents")) == [
        (one.pk, 12068),
        (two.pk, 6364),
    ]
    assert attempt.operation in attempt.page_url
    assert 6 <= len(attempt.reference) <= 30


def test_only_what_remains_due_is_asked(zoe: PayingHousehold, regie: Regie, payfip: Simulator) -> None:
    invoice = make_invoice(zoe.payer, regie, 5000)
    Invoice.objects.update(settled_cents=2000)
    Line.objects.update(settled_cents=2000)
    assert begin(zoe, invoice).amount_cents == 3000


def test_what_cannot_be_paid_online_says_why(zoe: PayingHousehold, regie: Regie, payfip: Simulator) -> None:
    other = make_regie(code="crèche")
    invoice, elsewhere = make_invoice(zoe.payer, regie, 5000), make_invoice(zoe.payer, other, 5000)
    small, large = (
        make_invoice(zoe.payer, regie, 99, number="2"),
        make_invoice(zoe.payer, regie, 10_000_000, number="3"),
    )
    assert refusal_of(zoe) == PaymentRefusal.NOTHING_CHOSEN
    assert refusal_of(zoe, invoice, elsewhere) == PaymentRefusal.SEVERAL_REGIES
    assert refusal_of(zoe, small) == PaymentRefusal.TOO_SMALL
    assert refusal_of(zoe, large) == PaymentRefusal.TOO_LARGE


@pytest.mark.parametrize(
    "change", [{"numcli": ""}, {"numcli": "12"}, {"online_since": None}, {"online_since": dt.date(2026, 11, 4)}]
)
def test_a_regie_is_paid_online_from_its_day_with_its_client_number(
    change: dict[str, object], zoe: PayingHousehold, regie: Regie, payfip: Simulator
) -> None:
    invoice = make_invoice(zoe.payer, regie, 5000)
    Regie.objects.update(**change)
    assert refusal_of(zoe, invoice) == PaymentRefusal.OFFLINE


def test_a_paid_invoice_is_not_paid_again(zoe: PayingHousehold, regie: Regie, payfip: Simulator) -> None:
    invoice = make_invoice(zoe.payer, regie, 5000)
    Invoice.objects.update(settled_cents=5000)
    assert refusal_of(zoe, invoice) == PaymentRefusal.SETTLED


def test_the_invoice_of_another_payer_cannot_be_paid(zoe: PayingHousehold, regie: Regie, payfip: Simulator) -> None:
    other = make_household(name="Autre")
    assert refusal_of(zoe, make_invoice(other.payer, regie, 5000)) == PaymentRefusal.NOTHING_CHOSEN


def test_when_the_site_does_not_answer_nothing_is_written(
    zoe: PayingHousehold, regie: Regie, payfip: Simulator
) -> None:
    invoice = make_invoice(zoe.payer, regie, 5000)
    payfip.outage = Outage.CLOSED
    with pytest.raises(PayFiPUnavailable):
        begin(zoe, invoice)
    assert not PaymentAttempt.objects.exists()


def test_when_the_site_refuses_the_regie_nothing_is_written(zoe: PayingHousehold, regie: Regie) -> None:
    invoice = make_invoice(zoe.payer, regie, 5000)
    with simulated(Simulator(clients={})), pytest.raises(PayFiPRefused):
        begin(zoe, invoice)
    assert not PaymentAttempt.objects.exists()


def test_a_payment_settles_its_invoices_line_by_line(zoe: PayingHousehold, regie: Regie, payfip: Simulator) -> None:
    one, two = make_invoice(zoe.payer, regie, 5460, 6608, number="1"), make_invoice(zoe.payer, regie, 6364, number="2")
    attempt = begin(zoe, one, two)
    payfip.decide(attempt.operation, Result.CARD_PAID)
    attempt = refresh_attempt(attempt=attempt, now=NOW)
    assert (attempt.state, attempt.next_poll_at) == (AttemptState.PAID, None)
    assert (settled(one), settled(two)) == (12068, 6364)
    assert list(Line.objects.order_by("pk").values_list("settled_cents", flat=True)) == [5460, 6608, 6364]
    payment = Payment.objects.get()
    assert (payment.amount_cents, payment.used_cents, payment.method) == (18432, 18432, PaymentMethod.CARD)
    assert payment.received_at == NOW
    assert payment.authorisation
    assert sum(Allocation.objects.values_list("amount_cents", flat=True)) == 18432


def test_an_accepted_debit_is_told_from_a_card(zoe: PayingHousehold, regie: Regie, payfip: Simulator) -> None:
    attempt = begin(zoe, make_invoice(zoe.payer, regie, 5000))
    payfip.decide(attempt.operation, Result.DEBIT_ACCEPTED)
    refresh_attempt(attempt=attempt, now=NOW)
    assert Payment.objects.get().method == PaymentMethod.ONLINE_DEBIT


def test_news_that_comes_three_times_settles_once(zoe: PayingHousehold, regie: Regie, payfip: Simulator) -> None:
    invoice = make_invoice(zoe.payer, regie, 5000)
    attempt = begin(zoe, invoice)
    payfip.decide(attempt.operation, Result.CARD_PAID)
    for _ in range(3):
        refresh_attempt(attempt=PaymentAttempt.objects.get(), now=NOW)
        refresh_attempt(attempt=attempt, now=NOW)
    assert settled(invoice) == 5000
    assert Payment.objects.count() == 1
    assert Entry.objects.filter(action="billing.payment_received").count() == 1
    assert Outgoing.objects.count() == 1


@pytest.mark.parametrize(
    ("result", "state"),
    [
        (Result.CARD_REFUSED, AttemptState.REFUSED),
        (Result.DEBIT_REFUSED, AttemptState.REFUSED),
        (Result.ABANDONED, AttemptState.ABANDONED),
    ],
)
def test_a_payment_that_fails_settles_nothing(
    result: Result, state: AttemptState, zoe: PayingHousehold, regie: Regie, payfip: Simulator
) -> None:
    invoice = make_invoice(zoe.payer, regie, 5000)
    attempt = begin(zoe, invoice)
    payfip.decide(attempt.operation, result)
    assert refresh_attempt(attempt=attempt, now=NOW).state == state
    assert settled(invoice) == 0
    assert not Payment.objects.exists()
    assert not Outgoing.objects.exists()


def test_a_payment_being_made_stays_open(zoe: PayingHousehold, regie: Regie, payfip: Simulator) -> None:
    attempt = begin(zoe, make_invoice(zoe.payer, regie, 5000))
    assert refresh_attempt(attempt=attempt, now=NOW).state == AttemptState.OPEN


def test_a_payment_that_arrives_after_the_site_forgot_it_is_still_taken(
    zoe: PayingHousehold, regie: Regie, payfip: Simulator
) -> None:
    invoice = make_invoice(zoe.payer, regie, 5000)
    attempt = begin(zoe, invoice)
    payfip.advance(dt.timedelta(days=1))
    tomorrow = NOW + dt.timedelta(days=1)
    assert refresh_attempt(attempt=attempt, now=tomorrow).state == AttemptState.EXPIRED
    payfip.decide(attempt.operation, Result.CARD_PAID)
    assert refresh_attempt(attempt=attempt, now=tomorrow).state == AttemptState.PAID
    assert settled(invoice) == 5000


def test_the_second_payment_of_a_debt_is_wholly_credit(zoe: PayingHousehold, regie: Regie, payfip: Simulator) -> None:
    invoice = make_invoice(zoe.payer, regie, 5000)
    first, second = begin(zoe, invoice), begin(zoe, invoice)
    for attempt in (first, second):
        payfip.decide(attempt.operation, Result.CARD_PAID)
        refresh_attempt(attempt=attempt, now=NOW)
    assert settled(invoice) == 5000
    assert list(Payment.objects.order_by("pk").values_list("amount_cents", "used_cents")) == [(5000, 5000), (5000, 0)]
    assert "50,00\u00a0€ restent à votre crédit" in Outgoing.objects.get(dedupe_key__endswith=second.payment.code).text


class SlowSite(Simulator):
    """Somebody else pays at the counter while this site opens an operation."""

    def create(self, fields: Mapping[str, str]) -> str:
        Invoice.objects.update(settled_cents=5000)
        connection.close()
        return super().create(fields)


@pytest.mark.django_db(transaction=True)
def test_a_debt_settled_while_the_site_opens_the_operation_is_not_asked_again() -> None:
    make_town()
    zoe, regie = make_household(), make_regie()
    invoice = make_invoice(zoe.payer, regie, 5000)
    with simulated(SlowSite()):
        assert refusal_of(zoe, invoice) == PaymentRefusal.SETTLED


def outcome(attempt: PaymentAttempt, **changes: object) -> Outcome:
    true = {
        "status": OutcomeStatus.PAID,
        "means": Means.CARD,
        "refdet": attempt.reference,
        "amount": Cents(attempt.amount_cents),
        "numcli": attempt.numcli,
        "mode": attempt.mode,
    }
    return Outcome(**(true | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"amount": Cents(100)}, f"montant\u00a0: {euros(100)} au lieu de {euros(5000)}"),
        ({"refdet": "AUTRE1"}, "référence"),
        ({"numcli": "654321"}, "numéro de client"),
        ({"mode": "X"}, "mode\u00a0: X au lieu de T"),
    ],
)
def test_an_answer_that_contradicts_the_attempt_never_pays(
    change: dict[str, object], words: str, zoe: PayingHousehold, regie: Regie, payfip: Simulator
) -> None:
    invoice = make_invoice(zoe.payer, regie, 5000)
    attempt = begin(zoe, invoice)
    for _ in range(2):
        attempt = settle(attempt=attempt, outcome=outcome(attempt, **change), now=NOW)
    assert attempt.state == AttemptState.OPEN
    assert words in attempt.alert
    assert not Payment.objects.exists()
    assert Entry.objects.filter(action="billing.attempt_contradicted").count() == 1


def test_a_true_answer_after_a_false_one_pays(zoe: PayingHousehold, regie: Regie, payfip: Simulator) -> None:
    attempt = begin(zoe, make_invoice(zoe.payer, regie, 5000))
    payfip.decide(attempt.operation, Result.CARD_PAID)
    payfip.behave(attempt.operation, Behaviour(notices=0, amount=1))
    assert refresh_attempt(attempt=attempt, now=NOW).alert
    payfip.behave(attempt.operation, Behaviour(notices=0))
    attempt = refresh_attempt(attempt=attempt, now=NOW)
    assert (attempt.state, attempt.alert) == (AttemptState.PAID, "")


def test_polling_asks_what_is_due_and_finds_what_nobody_announced(
    zoe: PayingHousehold, regie: Regie, payfip: Simulator
) -> None:
    invoice = make_invoice(zoe.payer, regie, 5000)
    attempt = begin(zoe, invoice)
    payfip.decide(attempt.operation, Result.CARD_PAID)
    assert poll_due(now=NOW + dt.timedelta(minutes=1)) == 0
    assert poll_due(now=NOW + dt.timedelta(minutes=2)) == 1
    assert settled(invoice) == 5000
    assert poll_due(now=NOW + dt.timedelta(days=1)) == 0


def test_polling_comes_back_when_the_site_is_down(zoe: PayingHousehold, regie: Regie, payfip: Simulator) -> None:
    attempt = begin(zoe, make_invoice(zoe.payer, regie, 5000))
    payfip.decide(attempt.operation, Result.CARD_PAID)
    payfip.outage = Outage.CLOSED
    later = NOW + dt.timedelta(minutes=2)
    assert poll_due(now=later) == 0
    payfip.outage = None
    assert poll_due(now=later) == 0
    assert poll_due(now=later + retry_after(later - NOW)) == 1
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.PAID


def test_polling_stops_after_a_week(zoe: PayingHousehold, regie: Regie, payfip: Simulator) -> None:
    attempt = begin(zoe, make_invoice(zoe.payer, regie, 5000))
    at: dt.datetime | None = NOW
    asked = 0
    while at is not None:
        payfip.advance(at - payfip.now())
        asked += poll_due(now=at)
        attempt.refresh_from_db()
        at = attempt.next_poll_at
    assert asked == len(POLLS)
    assert attempt.state == AttemptState.ABANDONED


def test_a_hint_is_kept_even_if_we_die_before_asking(zoe: PayingHousehold, regie: Regie, payfip: Simulator) -> None:
    attempt = begin(zoe, make_invoice(zoe.payer, regie, 5000))
    payfip.decide(attempt.operation, Result.CARD_PAID)
    assert hint(operation="unknown", now=NOW) is None
    assert hint(operation=attempt.operation, now=NOW) == attempt
    assert poll_due(now=NOW) == 1
    assert hint(operation=attempt.operation, now=NOW) is None


@pytest.mark.django_db(transaction=True)
def test_two_payments_of_one_debt_announced_three_times_at_once_settle_it_once() -> None:
    make_town()
    zoe, regie = make_household(), make_regie()
    invoice = make_invoice(zoe.payer, regie, 2000, 3000)

    def announce(attempt: PaymentAttempt) -> None:
        try:
            settle(attempt=attempt, outcome=outcome(attempt), now=NOW)
        finally:
            connection.close()

    with simulated():
        attempts = [begin(zoe, invoice), begin(zoe, invoice)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(announce, attempts * 3))
    assert settled(invoice) == 5000
    assert sorted(Payment.objects.values_list("amount_cents", "used_cents")) == [(5000, 0), (5000, 5000)]
    assert sum(Allocation.objects.values_list("amount_cents", flat=True)) == 5000


@pytest.mark.django_db(transaction=True)
def test_payments_of_crossed_invoices_at_once_never_wait_for_each_other_for_ever() -> None:
    make_town()
    zoe, regie = make_household(), make_regie()
    invoices = [make_invoice(zoe.payer, regie, 1000, number=str(number)) for number in range(6)]

    def announce(attempt: PaymentAttempt) -> None:
        try:
            settle(attempt=attempt, outcome=outcome(attempt), now=NOW)
        finally:
            connection.close()

    with simulated():
        attempts = [begin(zoe, *invoices), begin(zoe, *reversed(invoices)), begin(zoe, *invoices[3:], *invoices[:3])]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(announce, attempts * 2))
    assert [settled(invoice) for invoice in invoices] == [1000] * 6
    assert sorted(Payment.objects.values_list("used_cents", flat=True)) == [0, 0, 6000]
