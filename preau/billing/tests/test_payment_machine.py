"""Any sequence of returns, notifications, polls and late payments ends with what the payment site says."""

import datetime as dt
from contextlib import ExitStack, suppress
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test

from preau.billing.actions.attempts import PaymentRefused, open_attempt
from preau.billing.actions.settling import poll_due, refresh_attempt
from preau.billing.choices import AttemptState
from preau.billing.models import Allocation, Invoice, Line, Payment, PaymentAttempt
from preau.billing.payfip.client import PayFiPUnavailable
from preau.billing.payfip.simulator import Behaviour, Outage, Result, Simulator
from preau.billing.payfip.testing import simulated
from preau.billing.testing import make_household, make_invoice, make_regie
from preau.town.testing import make_town

START = dt.datetime(2026, 11, 3, 18, 42, tzinfo=dt.UTC)
PAID = (Result.CARD_PAID, Result.DEBIT_ACCEPTED)


class Payments(RuleBasedStateMachine):
    """A parent with three invoices, their browser, the payment site and our worker, in any order."""

    attempts: Bundle[PaymentAttempt] = Bundle("attempts")

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.stack.enter_context(transaction.atomic())
        self.site = Simulator(clock=lambda: START)
        self.site.behaviour = Behaviour(notices=0)
        self.stack.enter_context(simulated(self.site))
        make_town()
        self.zoe, regie = make_household(), make_regie()
        self.invoices = [
            make_invoice(self.zoe.payer, regie, *cents, number=str(number))
            for number, cents in enumerate([(5460, 6608, 6364), (100,), (250, 350)])
        ]
        self.browser = Client()
        self.decided: dict[str, Result] = {}

    def teardown(self) -> None:
        self.site.outage = None
        self.ask_about_everything()
        self.the_ledger_is_what_the_site_says()
        transaction.set_rollback(True)
        self.stack.close()

    @property
    def now(self) -> dt.datetime:
        return self.site.now()

    @rule(target=attempts, chosen=st.sets(st.integers(0, 2), min_size=1))
    def begin(self, chosen: set[int]) -> Any:
        invoices = list(Invoice.objects.filter(pk__in=[self.invoices[place].pk for place in chosen]))
        try:
            return open_attempt(by=self.zoe.user, payer=self.zoe.payer, invoices=invoices, now=self.now)
        except (PaymentRefused, PayFiPUnavailable):
            return multiple()

    @rule(attempt=attempts, result=st.sampled_from(Result))
    def decide(self, attempt: PaymentAttempt, result: Result) -> None:
        self.site.decide(attempt.operation, result)
        self.decided.setdefault(attempt.operation, result)

    @rule(attempt=attempts)
    def come_back(self, attempt: PaymentAttempt) -> None:
        with suppress(PayFiPUnavailable):
            refresh_attempt(attempt=attempt, now=self.now)

    @rule(attempt=attempts, times=st.integers(1, 3))
    def be_notified(self, attempt: PaymentAttempt, times: int) -> None:
        for _ in range(times):
            answer = self.browser.post("/paiements/payfip/notification/", {"idop": attempt.operation})
            assert answer.status_code == 200

    @rule()
    def poll(self) -> None:
        poll_due(now=self.now, limit=100)

    @rule(minutes=st.sampled_from([1, 5, 30, 180, 1500]))
    def wait(self, minutes: int) -> None:
        self.site.advance(dt.timedelta(minutes=minutes))

    @rule(outage=st.sampled_from([None, None, Outage.CLOSED, Outage.NONSENSE]))
    def change_the_weather(self, outage: Outage | None) -> None:
        self.site.outage = outage

    @invariant()
    def the_ledger_adds_up(self) -> None:
        allocated = dict.fromkeys(Line.objects.values_list("pk", flat=True), 0)
        used = dict.fromkeys(Payment.objects.values_list("pk", flat=True), 0)
        for line, payment, cents in Allocation.objects.values_list("line", "payment", "amount_cents"):
            allocated[line] += cents
            used[payment] += cents
        assert dict(Line.objects.values_list("pk", "settled_cents")) == allocated
        assert dict(Payment.objects.values_list("pk", "used_cents")) == used
        for invoice in Invoice.objects.prefetch_related("lines"):
            assert invoice.settled_cents == sum(line.settled_cents for line in invoice.lines.all())

    @invariant()
    def nothing_is_paid_that_the_site_has_not_said(self) -> None:
        for attempt in PaymentAttempt.objects.select_related("payment"):
            has_payment = hasattr(attempt, "payment")
            assert has_payment == (attempt.state == AttemptState.PAID)
            if has_payment:
                assert self.decided[attempt.operation] in PAID
                assert attempt.payment.amount_cents == attempt.amount_cents

    def ask_about_everything(self) -> None:
        for attempt in PaymentAttempt.objects.exclude(state=AttemptState.PAID):
            refresh_attempt(attempt=attempt, now=self.now)

    def the_ledger_is_what_the_site_says(self) -> None:
        truth = {operation for operation, result in self.decided.items() if result in PAID}
        assert set(Payment.objects.values_list("attempt__operation", flat=True)) == truth


@pytest.mark.django_db
def test_the_ledger_is_what_the_payment_site_says() -> None:
    run_state_machine_as_test(
        Payments,
        settings=settings(
            max_examples=10,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
