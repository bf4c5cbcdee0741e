"""Settling a payment: the browser's return, the payment site's notification and our own polling all end here."""

import datetime as dt
import logging

from django.db import transaction

from preau.billing.choices import AttemptState, PaymentMethod
from preau.billing.models import Allocation, Invoice, Line, Payment, PaymentAttempt
from preau.billing.payfip import client
from preau.billing.payfip.client import Means, Outcome
from preau.billing.rules.attempts import Terms, contradictions, may_move, next_poll, retry_after, spread, state_told
from preau.journal.actions import record
from preau.notifications.actions import queue_mail
from preau.town.queries import the_town

LEASE = dt.timedelta(minutes=2)  # much longer than one question to the payment site
TOLD = (AttemptState.PAID, AttemptState.REFUSED, AttemptState.ABANDONED)

logger = logging.getLogger(__name__)


def refresh_attempt(*, attempt: PaymentAttempt, now: dt.datetime, timeout: float = 8) -> PaymentAttempt:
    """Ask the payment site what became of the attempt, and settle it. Raises client.PayFiPUnavailable."""
    if attempt.state == AttemptState.PAID:
        return attempt
    outcome = client.outcome_of(operation=attempt.operation, timeout=timeout)
    return settle(attempt=attempt, outcome=outcome, now=now)


def hint(*, operation: str, now: dt.datetime) -> PaymentAttempt | None:
    """The unsettled attempt of an operation of which there is news, due to be polled at once; None if it is unknown.

    The hint is kept before the payment site is asked: if we die in between, the worker asks.
    """
    attempts = PaymentAttempt.objects.filter(provider="payfip", operation=operation).exclude(state=AttemptState.PAID)
    attempts.update(next_poll_at=now)
    return attempts.first()


def poll_due(*, now: dt.datetime, limit: int = 20) -> int:
    """Ask about the attempts that are due, and say how many answered. Several workers may do it at once.

    An attempt whose worker died comes back after its lease; when the payment site is down, after a while.
    """
    answered = 0
    for attempt in _take_due(now=now, limit=limit):
        try:
            refresh_attempt(attempt=attempt, now=now)
        except client.PayFiPUnavailable as fault:
            logger.warning("attempt %s: no answer (%s)", attempt.code, fault)
            again = now + retry_after(now - attempt.opened_at)
            PaymentAttempt.objects.filter(pk=attempt.pk).exclude(state=AttemptState.PAID).update(next_poll_at=again)
        else:
            answered += 1
    return answered


@transaction.atomic
def _take_due(*, now: dt.datetime, limit: int) -> list[PaymentAttempt]:
    due = list(
        PaymentAttempt.objects.select_for_update(skip_locked=True)
        .filter(next_poll_at__lte=now)
        .order_by("next_poll_at", "pk")[:limit]
    )
    PaymentAttempt.objects.filter(pk__in=[attempt.pk for attempt in due]).update(next_poll_at=now + LEASE)
    return due


@transaction.atomic
def settle(*, attempt: PaymentAttempt, outcome: Outcome, now: dt.datetime) -> PaymentAttempt:
    """Write down what the payment site says of the attempt, once; paid is final. Returns it as it is now.

    An answer that contradicts what was agreed never pays: it is noted for the régisseur.
    """
    attempt = (
        PaymentAttempt.objects.select_for_update(of=("self",)).select_related("payer__adult", "by").get(pk=attempt.pk)
    )
    if attempt.state == AttemptState.PAID:
        return attempt
    attempt.next_poll_at = next_poll(attempt.opened_at, now)
    told = state_told(outcome.status, age=now - attempt.opened_at)
    faults = contradictions(_agreed(attempt), _told(outcome)) if told in TOLD and outcome.amount is not None else []
    if faults:
        _flag(attempt, " ; ".join(faults), now=now)
    elif told == AttemptState.PAID:
        _pay(attempt, outcome, now=now)
    elif may_move(attempt.state, told):
        attempt.state, attempt.settled_at = told, now
        record(None, f"billing.attempt_{told}", at=now, subject=attempt.code)
    attempt.save(update_fields=["state", "settled_at", "next_poll_at", "alert"])
    return attempt


def _agreed(attempt: PaymentAttempt) -> Terms:
    return Terms(attempt.reference, attempt.amount_cents, attempt.numcli, attempt.mode)


def _told(outcome: Outcome) -> Terms:
    return Terms(outcome.refdet, outcome.amount or 0, outcome.numcli, outcome.mode)


def _flag(attempt: PaymentAttempt, alert: str, *, now: dt.datetime) -> None:
    if attempt.alert != alert[:200]:
        attempt.alert = alert[:200]
        record(None, "billing.attempt_contradicted", at=now, subject=attempt.code, facts={"alert": attempt.alert})


def _pay(attempt: PaymentAttempt, outcome: Outcome, *, now: dt.datetime) -> None:
    payment = Payment.objects.create(
        regie_id=attempt.regie_id,
        payer=attempt.payer,
        method=PaymentMethod.ONLINE_DEBIT if outcome.means == Means.DEBIT else PaymentMethod.CARD,
        amount_cents=attempt.amount_cents,
        received_at=outcome.paid_at or now,
        attempt=attempt,
        authorisation=outcome.authorisation,
    )
    _allocate(payment, attempt, now=now)
    attempt.state, attempt.settled_at, attempt.next_poll_at, attempt.alert = AttemptState.PAID, now, None, ""
    facts = {"cents": payment.amount_cents, "credit": payment.amount_cents - payment.used_cents}
    record(None, "billing.payment_received", at=now, subject=attempt.code, facts=facts)
    _confirm(payment, attempt, now=now)


def _allocate(payment: Payment, attempt: PaymentAttempt, *, now: dt.datetime) -> None:
    """Put the payment on what is still due of the invoices of the attempt; the rest stays the payer's credit."""
    shares = dict(attempt.shares.values_list("invoice_id", "amount_cents"))
    # Always in the order of ids: two payments of the same invoices wait for each other and never both.
    invoices = list(Invoice.objects.select_for_update().filter(pk__in=shares).order_by("pk"))
    lines = list(Line.objects.filter(invoice__in=invoices).order_by("invoice_id", "order", "pk"))
    allocations = []
    for invoice in invoices:
        mine = [line for line in lines if line.invoice_id == invoice.pk]
        dues = [line.amount_cents - line.settled_cents for line in mine]
        for line, part in zip(mine, spread(shares[invoice.pk], dues), strict=True):
            if part:
                allocations.append(Allocation(line=line, payment=payment, amount_cents=part, at=now))
                line.settled_cents += part
                invoice.settled_cents += part
    Allocation.objects.bulk_create(allocations)
    Line.objects.bulk_update([allocation.line for allocation in allocations], ["settled_cents"])
    Invoice.objects.bulk_update(invoices, ["settled_cents"])
    payment.used_cents = sum(allocation.amount_cents for allocation in allocations)
    payment.save(update_fields=["used_cents"])


def _confirm(payment: Payment, attempt: PaymentAttempt, *, now: dt.datetime) -> None:
    adult = attempt.payer.adult
    address = attempt.by.email if attempt.by else adult.email
    if not address:
        return
    context = {
        "town": the_town(),
        "adult": adult,
        "payment": payment,
        "attempt": attempt,
        "invoices": [share.invoice for share in attempt.shares.select_related("invoice")],
        "credit_cents": payment.amount_cents - payment.used_cents,
    }
    key = f"billing.payment:{payment.code}"
    queue_mail(address, template="billing/mail/payment", context=context, dedupe_key=key, now=now)
