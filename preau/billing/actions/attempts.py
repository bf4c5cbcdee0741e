"""Paying online: an operation is opened at the payment site, then settled once, whoever brings the news."""

import datetime as dt
import re
from collections.abc import Collection

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from preau.accounts.models import User
from preau.billing.choices import InvoiceKind, InvoiceState
from preau.billing.models import AttemptShare, Invoice, Payer, PaymentAttempt
from preau.billing.payfip import client
from preau.billing.queries.invoices import takes_online
from preau.billing.rules.attempts import MAX_CENTS, MIN_CENTS, PaymentRefusal, next_poll
from preau.core.codes import new_code
from preau.core.dates import local_day
from preau.core.money import Cents
from preau.journal.actions import record

REFERENCE_SIGNS = 13  # of the invoice's number, before the code of the attempt: 30 at most for PayFiP


class PaymentRefused(Exception):
    """The payment cannot be begun; `reason` says why."""

    def __init__(self, reason: PaymentRefusal) -> None:
        super().__init__(reason)
        self.reason = reason


def open_attempt(*, by: User, payer: Payer, invoices: Collection[Invoice], now: dt.datetime) -> PaymentAttempt:
    """Open a payment of all that is due on `invoices`, which are the payer's own; nothing is locked meanwhile.

    The payment site is called between two readings of what is due: if it moved, the operation is left to expire and
    the payment is refused. A second click makes a second operation: an operation is usable once. Raises
    PaymentRefused, client.PayFiPUnavailable, client.PayFiPRefused.
    """
    chosen = [invoice.pk for invoice in invoices]
    dues = _dues(payer, chosen)
    if refusal := payment_refusal(list(dues), now=now):
        raise PaymentRefused(refusal)
    email = _email(by, payer)
    regie, total, code = next(iter(dues)).regie, sum(dues.values()), new_code()
    reference = _reference(next(iter(dues)), code)
    operation = client.open_operation(
        numcli=regie.numcli,
        exercice=local_day(now).year,
        refdet=reference,
        amount=Cents(total),
        email=email,
        label="Facture " + " ".join(invoice.label for invoice in dues),
        mode=regie.payfip_mode,
        notify_url=settings.PUBLIC_URL + reverse("billing:payfip_notify"),
        return_url=settings.PUBLIC_URL + reverse("billing:payfip_return"),
    )
    with transaction.atomic():
        if _dues(payer, chosen, lock=True) != dues:
            raise PaymentRefused(PaymentRefusal.SETTLED)
        attempt = PaymentAttempt.objects.create(
            code=code,
            regie=regie,
            payer=payer,
            by=by,
            operation=operation.number,
            reference=reference,
            page_url=operation.page_url,
            amount_cents=total,
            numcli=regie.numcli,
            mode=regie.payfip_mode,
            opened_at=now,
            next_poll_at=next_poll(now, now),
        )
        AttemptShare.objects.bulk_create(
            AttemptShare(attempt=attempt, invoice=invoice, amount_cents=cents) for invoice, cents in dues.items()
        )
        facts = {"cents": total, "invoices": [invoice.code for invoice in dues]}
        record(by, "billing.attempt_opened", at=now, subject=code, family=payer.family.code, facts=facts)
    return attempt


def payment_refusal(invoices: Collection[Invoice], *, now: dt.datetime) -> PaymentRefusal | None:
    """Why these invoices cannot be paid together online, or None if they can."""
    if not invoices:
        return PaymentRefusal.NOTHING_CHOSEN
    if any(invoice.due_cents == 0 for invoice in invoices):
        return PaymentRefusal.SETTLED
    regies = {invoice.regie_id: invoice.regie for invoice in invoices}
    if len(regies) > 1:
        return PaymentRefusal.SEVERAL_REGIES
    [regie] = regies.values()
    if not takes_online(regie, local_day(now)):
        return PaymentRefusal.OFFLINE
    total = sum(invoice.due_cents for invoice in invoices)
    if total < MIN_CENTS:
        return PaymentRefusal.TOO_SMALL
    return PaymentRefusal.TOO_LARGE if total > MAX_CENTS else None


def _dues(payer: Payer, chosen: list[int], *, lock: bool = False) -> dict[Invoice, int]:
    """What is due now on each of the invoices chosen, in the order of their ids."""
    rows = Invoice.objects.filter(
        pk__in=chosen, payer=payer, state=InvoiceState.ISSUED, kind=InvoiceKind.INVOICE
    ).order_by("pk")
    if lock:
        rows = rows.select_for_update(of=("self",))
    return {invoice: invoice.due_cents for invoice in rows.select_related("regie")}


def _email(by: User, payer: Payer) -> str:
    for email in (by.email, payer.adult.email):
        if client.accepts_mail(email):
            return email
    raise PaymentRefused(PaymentRefusal.NO_EMAIL)


def _reference(invoice: Invoice, code: str) -> str:
    """The end of the first invoice's number, so that the régisseur recognises it, and the attempt's own code."""
    return (re.sub("[^0-9A-Za-z]", "", invoice.number or "")[-REFERENCE_SIGNS:] + code).upper()
