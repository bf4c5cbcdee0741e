"""What the régisseur’s pages gather beyond a campaign: months with what was paid, lists to keep, payments received."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import TruncDate

from preau.billing.choices import InvoiceKind, InvoiceState, PaymentMethod
from preau.billing.models import Allocation, AttemptShare, Campaign, Invoice, Payment, PaymentAttempt, Regie
from preau.billing.queries.campaigns import MonthRow, boards, invoices_of
from preau.billing.rules.invoices import Standing, standing
from preau.core.dates import PARIS


@dataclass(frozen=True, slots=True)
class MonthLine:
    """A month of a régie, and what its issued invoices have brought so far."""

    row: MonthRow
    settled_cents: int


@dataclass(frozen=True, slots=True)
class RegieMonths:
    regie: Regie
    months: list[MonthLine]


def months_of(regies: QuerySet[Regie], *, today: dt.date) -> list[RegieMonths]:
    """The régies in use, and their months with what was paid. Three queries."""
    found = boards(regies, today=today)
    shown = [row.campaign.pk for board in found for row in board.months if row.campaign]
    paid = dict(
        Invoice.objects.filter(campaign__in=shown, kind=InvoiceKind.INVOICE, state=InvoiceState.ISSUED)
        .values_list("campaign")
        .annotate(cents=Sum("settled_cents"))
    )
    return [
        RegieMonths(
            board.regie,
            [MonthLine(row, paid.get(row.campaign.pk, 0) if row.campaign else 0) for row in board.months],
        )
        for board in found
    ]


LINKED = ("code", "number", "label", "campaign__code", "regie")  # what a link to an invoice is made of
STANDINGS = {Standing.PAID: "payée", Standing.DUE: "à payer", Standing.OVERDUE: "en retard"}


def issued_rows(campaign: Campaign, search: str, *, today: dt.date) -> Iterator[Sequence[object]]:
    """The issued invoices as a list to keep, after a row of titles. One query, as a stream."""
    yield (
        *("Numéro", "Libellé", "Nom", "Prénom", "Dossier", "Total", "Réglé", "Reste"),
        *("Émise le", "À payer avant le", "État", "Envoi"),
    )
    for invoice in invoices_of(campaign, search).iterator(chunk_size=1000):
        assert invoice.issued_on is not None
        assert invoice.due_on is not None
        adult = invoice.payer.adult
        yield (
            *(invoice.number, invoice.label, adult.last_name, adult.first_name, invoice.family.number),
            *(amount(invoice.total_cents), amount(invoice.settled_cents), amount(invoice.due_cents)),
            *(f"{invoice.issued_on:%d/%m/%Y}", f"{invoice.due_on:%d/%m/%Y}"),
            STANDINGS[standing(invoice.due_cents, invoice.due_on, today)],
            sending(invoice),
        )


def sending(invoice: Invoice) -> str:
    """How an issued invoice reaches its payer, in words."""
    if not invoice.by_email:
        return "à imprimer"
    return "e-mail envoyé" if invoice.announced_at else "e-mail à partir"


def amount(cents: int) -> str:
    """`18432` → « 184,32 », which a French spreadsheet adds up."""
    return f"{cents // 100},{cents % 100:02d}"


@dataclass(frozen=True, slots=True)
class DayTotal:
    """The money that a régie received on a day, in local time; `credit_cents` settled nothing."""

    day: dt.date
    regie: str
    payments: int
    cents: int
    credit_cents: int


def payments_between(regies: QuerySet[Regie], first: dt.date, last: dt.date) -> QuerySet[Payment]:
    """The payments received from `first` to `last`, both included, in local time; the latest first."""
    start = dt.datetime.combine(first, dt.time(), PARIS)
    end = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), PARIS)
    rows = Payment.objects.filter(regie__in=regies, received_at__gte=start, received_at__lt=end)
    return rows.select_related("regie", "payer__adult", "payer__family", "attempt").order_by("-received_at", "-pk")


def totals_of(received: QuerySet[Payment]) -> list[DayTotal]:
    """Day by day and régie by régie, the latest day first. One query."""
    rows = (
        received.annotate(day=TruncDate("received_at", tzinfo=PARIS))
        .values_list("day", "regie__name")
        .annotate(payments=Count("pk"), cents=Sum("amount_cents"), credit=Sum(F("amount_cents") - F("used_cents")))
        .order_by("-day", "regie__name")
    )
    return [DayTotal(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class InvoiceLink:
    """An invoice as payments name it; `campaign` is its campaign's code, "" when its page is not for this agent."""

    code: str
    number: str
    label: str
    campaign: str


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment, the invoices it settled, and what of it settled none."""

    payment: Payment
    invoices: list[InvoiceLink]

    @property
    def credit_cents(self) -> int:
        return self.payment.amount_cents - self.payment.used_cents


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """An attempt, and the invoices it was to pay."""

    attempt: PaymentAttempt
    invoices: list[InvoiceLink]


def payment_rows(payments: Sequence[Payment], *, open_regies: Collection[int]) -> list[PaymentRow]:
    """A page of payments. One query."""
    found = _settled_by(Allocation.objects.filter(payment__in=[payment.pk for payment in payments]), open_regies)
    return [PaymentRow(payment, found.get(payment.pk, [])) for payment in payments]


def credit_rows(payments: Sequence[Payment], *, open_regies: Collection[int]) -> list[PaymentRow]:
    """Payments too many, with the invoices that their payers meant to pay. One query."""
    found = _meant_by([payment.attempt_id for payment in payments if payment.attempt_id], open_regies)
    return [PaymentRow(payment, found.get(payment.attempt_id or 0, [])) for payment in payments]


def attempt_rows(attempts: Sequence[PaymentAttempt], *, open_regies: Collection[int]) -> list[AttemptRow]:
    """One query."""
    found = _meant_by([attempt.pk for attempt in attempts], open_regies)
    return [AttemptRow(attempt, found.get(attempt.pk, [])) for attempt in attempts]


def payment_lines(received: QuerySet[Payment]) -> Iterator[Sequence[object]]:
    """The payments as a list to keep, after a row of titles. Two queries."""
    yield (
        *("Jour", "Heure", "Régie", "Nom", "Prénom", "Dossier", "Moyen"),
        *("Référence", "Autorisation", "Montant", "Crédit", "Factures"),
    )
    found = _settled_by(Allocation.objects.filter(payment__in=received.order_by().values("pk")), ())
    for payment in received.iterator(chunk_size=1000):
        at, adult = payment.received_at.astimezone(PARIS), payment.payer.adult
        yield (
            *(f"{at:%d/%m/%Y}", f"{at:%H:%M}", payment.regie.name),
            *(adult.last_name, adult.first_name, payment.payer.family.number, PaymentMethod(payment.method).label),
            *(payment.attempt.reference if payment.attempt else "", payment.authorisation),
            *(amount(payment.amount_cents), amount(payment.amount_cents - payment.used_cents)),
            ", ".join(invoice.number for invoice in found.get(payment.pk, [])),
        )


def _settled_by(allocations: QuerySet[Allocation], open_regies: Collection[int]) -> dict[int, list[InvoiceLink]]:
    rows = allocations.order_by("line__invoice__number").values_list(
        "payment", *(f"line__invoice__{field}" for field in LINKED)
    )
    return _links(rows.distinct(), open_regies)


def _meant_by(attempts: Collection[int], open_regies: Collection[int]) -> dict[int, list[InvoiceLink]]:
    rows = AttemptShare.objects.filter(attempt__in=attempts).order_by("invoice__number")
    return _links(rows.values_list("attempt", *(f"invoice__{field}" for field in LINKED)), open_regies)


def _links(rows: Iterable[tuple[Any, ...]], open_regies: Collection[int]) -> dict[int, list[InvoiceLink]]:
    found: dict[int, list[InvoiceLink]] = {}
    for owner, code, number, label, campaign, regie in rows:
        shown = campaign if campaign and regie in open_regies else ""
        found.setdefault(owner, []).append(InvoiceLink(code, number or "", label, shown))
    return found
