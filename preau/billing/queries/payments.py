"""What the régisseur sees of money received and of payments under way."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from preau.billing.choices import AttemptState
from preau.billing.models import Payment, PaymentAttempt, Regie
from preau.core.dates import PARIS

DAYS_BACK = 31
WATCHED = dt.timedelta(days=7)
MOST = 100


@dataclass(frozen=True, slots=True)
class DayTotal:
    """The money received on a day, in local time."""

    day: dt.date
    payments: int
    cents: int


def totals_by_day(regies: QuerySet[Regie], *, today: dt.date) -> list[DayTotal]:
    """The days of the last month with payments, the latest first. One query."""
    since = dt.datetime.combine(today - dt.timedelta(days=DAYS_BACK), dt.time(), PARIS)
    rows = (
        Payment.objects.filter(regie__in=regies, received_at__gte=since)
        .annotate(day=TruncDate("received_at", tzinfo=PARIS))
        .values_list("day")
        .annotate(payments=Count("pk"), cents=Sum("amount_cents"))
        .order_by("-day")
    )
    return [DayTotal(*row) for row in rows]


def payments_on(regies: QuerySet[Regie], day: dt.date) -> QuerySet[Payment]:
    """The payments of a day, in local time, the first at the head."""
    start = dt.datetime.combine(day, dt.time(), PARIS)
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), PARIS)
    rows = Payment.objects.filter(regie__in=regies, received_at__gte=start, received_at__lt=end)
    return rows.select_related("regie", "payer__adult", "attempt").order_by("received_at", "pk")


def credits_of(regies: QuerySet[Regie]) -> QuerySet[Payment]:
    """The payments that no invoice used wholly: the payer's credit. The latest hundred."""
    rows = Payment.objects.filter(regie__in=regies, used_cents__lt=F("amount_cents"))
    return (
        rows.annotate(credit_cents=F("amount_cents") - F("used_cents"))
        .select_related("regie", "payer__adult", "attempt")
        .order_by("-received_at", "-pk")[:MOST]
    )


def attempts_to_watch(regies: QuerySet[Regie], *, now: dt.datetime) -> QuerySet[PaymentAttempt]:
    """The attempts of the week that did not end paid, those whose answer contradicts them first."""
    rows = PaymentAttempt.objects.filter(regie__in=regies).exclude(state=AttemptState.PAID)
    recent = rows.filter(Q(opened_at__gt=now - WATCHED) | ~Q(alert=""))
    return recent.select_related("regie", "payer__adult").order_by(F("alert").desc(), "-opened_at", "-pk")[:MOST]
