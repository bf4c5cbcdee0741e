"""Invoices of the past months, issued as the régisseur issues them, and what families paid since."""

import datetime as dt
import random
import uuid
from collections.abc import Sequence

from django.db.models import F

from preau.accounts.models import User
from preau.billing.actions.campaigns import draft_campaign, open_campaign
from preau.billing.actions.issuing import issue_campaign
from preau.billing.choices import AttemptState, PaymentMethod
from preau.billing.models import (
    Allocation,
    AttemptShare,
    Campaign,
    Invoice,
    Line,
    Payment,
    PaymentAttempt,
    Regie,
)
from preau.core.dates import PARIS, Month
from preau.townfile.demonstration.scene import REGISSEUR
from preau.townfile.demonstration.settling import BATCH
from preau.townfile.demonstration.timeline import Timeline

DUE_AFTER = dt.timedelta(days=30)
SMALLEST_ONLINE = 100  # cents
PAID_SHARE = {"paid": 0.94, "issued": 0.45}


def bill_past_months(timeline: Timeline, rng: random.Random, *, visited: str, now: dt.datetime) -> None:
    """Issue the two months before the last; the visited household (its code) has paid the first, owes the second."""
    regisseur = User.objects.get(username=REGISSEUR)
    for regie in Regie.objects.filter(retired_on__isnull=True):
        for name, month in (("paid", timeline.paid), ("issued", timeline.issued)):
            campaign = _issue(regie, month, timeline.issue_day(month), regisseur)
            if campaign is None:
                continue
            invoices = list(
                campaign.invoices.select_related("regie", "payer__adult__user", "family").order_by("number")
            )
            _announce(invoices, campaign, but="" if name == "paid" else visited)
            owes = visited if name == "issued" else ""
            payers = [
                invoice
                for invoice in invoices
                if invoice.total_cents >= SMALLEST_ONLINE
                and invoice.payer.adult.user is not None
                and (rng.random() < PAID_SHARE[name] or invoice.family.code == visited)
                and invoice.family.code != owes
            ]
            _pay(payers, rng, now=now)


def _issue(regie: Regie, month: Month, day: dt.date, by: User) -> Campaign | None:
    at = dt.datetime.combine(day, dt.time(10, 30), PARIS)
    campaign = open_campaign(regie=regie, month=month, by=by, now=at)
    draft_campaign(campaign=campaign, by=by, now=at)
    if not campaign.invoices.exists():
        return None
    return issue_campaign(campaign=campaign, due_on=day + DUE_AFTER, by=by, now=at)


def _announce(invoices: Sequence[Invoice], campaign: Campaign, *, but: str) -> None:
    """Mails of the past left in the past; only that of the household `but` is still to leave."""
    told = [invoice.pk for invoice in invoices if invoice.family.code != but]
    Invoice.objects.filter(pk__in=told, by_email=True).update(announced_at=campaign.issued_at)


def _pay(invoices: Sequence[Invoice], rng: random.Random, *, now: dt.datetime) -> None:
    """Each invoice paid online, in one operation, in the weeks that followed it; written as settling writes it."""
    attempts = [_attempt(invoice, rng, now) for invoice in invoices]
    PaymentAttempt.objects.bulk_create(attempts, batch_size=BATCH)
    AttemptShare.objects.bulk_create(
        [
            AttemptShare(attempt=attempt, invoice=invoice, amount_cents=invoice.total_cents)
            for attempt, invoice in zip(attempts, invoices, strict=True)
        ],
        batch_size=BATCH,
    )
    payments = [
        Payment(
            regie_id=attempt.regie_id,
            payer_id=attempt.payer_id,
            method=PaymentMethod.CARD,
            amount_cents=attempt.amount_cents,
            used_cents=attempt.amount_cents,
            received_at=attempt.settled_at or now,
            attempt=attempt,
            authorisation=f"{rng.randrange(10**6):06d}",
        )
        for attempt in attempts
    ]
    Payment.objects.bulk_create(payments, batch_size=BATCH)
    by_invoice = {invoice.pk: payment for invoice, payment in zip(invoices, payments, strict=True)}
    lines = Line.objects.filter(invoice__in=by_invoice, amount_cents__gt=0)
    Allocation.objects.bulk_create(
        [
            Allocation(line_id=key, payment=by_invoice[invoice], amount_cents=cents, at=by_invoice[invoice].received_at)
            for key, invoice, cents in lines.values_list("pk", "invoice_id", "amount_cents")
        ],
        batch_size=BATCH,
    )
    lines.update(settled_cents=F("amount_cents"))
    Invoice.objects.filter(pk__in=by_invoice).update(settled_cents=F("total_cents"))


def _attempt(invoice: Invoice, rng: random.Random, now: dt.datetime) -> PaymentAttempt:
    assert invoice.issued_on is not None
    after = dt.timedelta(days=rng.randint(1, 24), hours=rng.randint(8, 21), minutes=rng.randrange(60))
    opened_at = min(dt.datetime.combine(invoice.issued_on, dt.time(), PARIS) + after, now - dt.timedelta(hours=2))
    operation = str(uuid.UUID(int=rng.getrandbits(128), version=4))
    return PaymentAttempt(
        regie_id=invoice.regie_id,
        payer=invoice.payer,
        by=invoice.payer.adult.user,
        operation=operation,
        reference=f"{invoice.number}{operation[:6].upper()}",
        page_url=f"https://payfip.example/paiement?idop={operation}",
        amount_cents=invoice.total_cents,
        numcli=invoice.regie.numcli,
        mode=invoice.regie.payfip_mode,
        state=AttemptState.PAID,
        opened_at=opened_at,
        settled_at=opened_at + dt.timedelta(minutes=rng.randint(1, 6)),
    )
