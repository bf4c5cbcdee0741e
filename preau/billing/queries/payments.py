"""Payments under way: what the régisseur watches, and which one an operation of the payment site is."""

import datetime as dt

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from preau.billing.choices import AttemptState
from preau.billing.models import AttemptShare, Payment, PaymentAttempt, Regie

WATCHED = dt.timedelta(days=7)
MOST = 100


def credits_of(regies: QuerySet[Regie]) -> QuerySet[Payment]:
    """The payments that no invoice used wholly: the payer's credit. The latest hundred."""
    rows = Payment.objects.filter(regie__in=regies, used_cents__lt=F("amount_cents"))
    return (
        rows.annotate(credit_cents=F("amount_cents") - F("used_cents"))
        .select_related("regie", "payer__adult", "attempt")
        .order_by("-received_at", "-pk")[:MOST]
    )


def attempts_to_watch(regies: QuerySet[Regie], *, now: dt.datetime) -> QuerySet[PaymentAttempt]:
    """The attempts of the week that did not end paid, those whose answer contradicts them first.

    One that failed is over once all its invoices are paid in another way.
    """
    unpaid = AttemptShare.objects.filter(attempt=OuterRef("pk"), invoice__settled_cents__lt=F("invoice__total_cents"))
    rows = PaymentAttempt.objects.filter(regie__in=regies).exclude(state=AttemptState.PAID)
    pending = Q(state=AttemptState.OPEN) | Exists(unpaid)
    watched = rows.filter(Q(opened_at__gt=now - WATCHED) & pending | ~Q(alert=""))
    return watched.select_related("regie", "payer__adult").order_by(F("alert").desc(), "-opened_at", "-pk")[:MOST]


def code_of(operation: str) -> str | None:
    """Our code of an operation of the payment site, or None when it is unknown."""
    known = PaymentAttempt.objects.filter(provider="payfip", operation=operation)
    return known.values_list("code", flat=True).first()
