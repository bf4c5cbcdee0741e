"""What the régisseur sees of campaigns."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from preau.billing.choices import InvoiceKind, InvoiceState
from preau.billing.models import Campaign, Invoice, Line, Regie
from preau.billing.queries.invoices import lines_in_order
from preau.billing.queries.sources import campaign_before
from preau.billing.rules.campaigns import BLOCKING, AnomalyKind, months_ready
from preau.billing.rules.invoices import Standing, standing
from preau.bookings.choices import BookingState
from preau.bookings.models import Booking
from preau.core.dates import Month
from preau.core.money import euros

LIVE = Q(invoices__state__in=[InvoiceState.DRAFT, InvoiceState.ISSUED], invoices__kind=InvoiceKind.INVOICE)
SHOWN = 12


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month of a régie: its campaign, or None while nobody has begun it."""

    month: Month
    campaign: Campaign | None
    invoices: int = 0
    cents: int = 0


@dataclass(frozen=True, slots=True)
class RegieBoard:
    """A régie and its months, the latest first: those that may be prepared, those that were issued."""

    regie: Regie
    months: list[MonthRow]


def boards(regies: QuerySet[Regie], *, today: dt.date) -> list[RegieBoard]:
    """The régies and their months: those begun, and those over in which something was booked. Two queries."""
    ready = months_ready(today)
    found = list(
        regies.filter(retired_on__isnull=True)
        .annotate(**{_flag(month): _booked_in(month) for month in ready})
        .order_by("name")
    )
    campaigns = (
        Campaign.objects.filter(regie__in=found)
        .annotate(invoice_count=Count("invoices", LIVE), cents=Coalesce(Sum("invoices__total_cents", filter=LIVE), 0))
        .order_by("-starts_on")
    )
    by_regie: dict[int, dict[Month, Any]] = {regie.pk: {} for regie in found}
    for campaign in campaigns:
        by_regie[campaign.regie_id][Month.of(campaign.starts_on)] = campaign
    return [
        RegieBoard(regie, _months(by_regie[regie.pk], [month for month in ready if getattr(regie, _flag(month))]))
        for regie in found
    ]


def _flag(month: Month) -> str:
    return f"booked_{month.year}_{month.number}"


def _booked_in(month: Month) -> Exists:
    return Exists(
        Booking.objects.filter(
            unit__activity__regie_link__regie=OuterRef("pk"),
            state=BookingState.BOOKED,
            day__range=(month.first, month.last),
        )
    )


def _months(campaigns: dict[Month, Any], ready: list[Month]) -> list[MonthRow]:
    rows = []
    for month in sorted({*ready, *campaigns}, reverse=True)[:SHOWN]:
        found = campaigns.get(month)
        rows.append(MonthRow(month, found, found.invoice_count, found.cents) if found else MonthRow(month, None))
    return rows


@dataclass(frozen=True, slots=True)
class AnomalyRow:
    """An anomaly in words."""

    title: str
    detail: str
    household: str
    number: str
    cents: int | None
    is_blocking: bool


@dataclass(slots=True)
class DraftFigures:
    """What a draft, or an issued campaign, comes to."""

    invoices: int
    cents: int
    by_email: int
    before_cents: int
    anomalies: list[AnomalyRow] = field(default_factory=list)

    @property
    def on_paper(self) -> int:
        return self.invoices - self.by_email

    @property
    def blocking(self) -> int:
        return sum(anomaly.is_blocking for anomaly in self.anomalies)

    @property
    def to_check(self) -> int:
        return len(self.anomalies) - self.blocking


def figures(campaign: Campaign) -> DraftFigures:
    """What the campaign comes to. Three queries."""
    sums = campaign.invoices.filter(kind=InvoiceKind.INVOICE).aggregate(
        invoices=Count("pk"), cents=Coalesce(Sum("total_cents"), 0), mails=Count("pk", filter=Q(by_email=True))
    )
    before = invoices_before(campaign)
    return DraftFigures(
        invoices=sums["invoices"],
        cents=sums["cents"],
        by_email=sums["mails"],
        before_cents=before.aggregate(cents=Coalesce(Sum("total_cents"), 0))["cents"],
        anomalies=[_anomaly(row) for row in campaign.anomalies],
    )


def invoices_before(campaign: Campaign) -> QuerySet[Invoice]:
    """The invoices of the régie's last issued campaign before this one."""
    before = campaign_before(campaign)
    return before.invoices.filter(kind=InvoiceKind.INVOICE) if before else Invoice.objects.none()


TITLES = {
    AnomalyKind.NO_PAYER: ("Personne pour payer", "Aucun adulte dans ce dossier"),
    AnomalyKind.TARIFF_HOLE: ("Aucun prix", ""),
    AnomalyKind.NO_QUOTIENT: ("Sans quotient", "Le tarif le plus élevé est appliqué"),
    AnomalyKind.FAR: ("Loin de l’habitude", ""),
}


def _anomaly(row: dict[str, Any]) -> AnomalyRow:
    kind = AnomalyKind(row["kind"])
    title, detail = TITLES[kind]
    if kind == AnomalyKind.FAR:
        sign = "+" if row["percent"] > 0 else "−"
        detail = f"{sign} {abs(row['percent'])} %\u00a0: {euros(row['before_cents'])} la fois d’avant"
    return AnomalyRow(
        title=title,
        detail=row.get("detail") or detail,
        household=row["name"],
        number=row.get("number", ""),
        cents=row.get("cents"),
        is_blocking=kind in BLOCKING,
    )


def invoices_of(campaign: Campaign, search: str = "") -> QuerySet[Invoice]:
    """The invoices of a campaign in the order of the names of the payers; `search` is a name or a file number."""
    rows = campaign.invoices.filter(kind=InvoiceKind.INVOICE).select_related("payer__adult", "family")
    for word in search.split():
        rows = rows.filter(
            Q(payer__adult__last_name__icontains=word)
            | Q(payer__adult__first_name__icontains=word)
            | Q(family__name__icontains=word)
            | Q(family__number__icontains=word)
            | Q(number__icontains=word)
        )
    return rows.order_by("payer__adult__last_name", "payer__adult__first_name", "family__number", "pk")


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """An invoice in the régisseur's list; `before_cents` is what the same payer was billed the time before."""

    invoice: Invoice
    children: list[str]
    before_cents: int | None
    standing: Standing | None


def rows_of(campaign: Campaign, invoices: Iterable[Invoice], *, today: dt.date) -> list[InvoiceRow]:
    """The rows of one page of invoices. Three queries."""
    page = list(invoices)
    names: dict[int, list[str]] = {}
    lines = Line.objects.filter(invoice__in=page).order_by("order").values_list("invoice_id", "participant__first_name")
    for invoice_id, name in lines:
        if name and name not in names.setdefault(invoice_id, []):
            names[invoice_id].append(name)
    before = invoices_before(campaign).filter(payer__in={row.payer_id for row in page})
    amounts = {(row.payer_id, row.family_id): row.total_cents for row in before}
    return [
        InvoiceRow(
            row,
            names.get(row.pk, []),
            amounts.get((row.payer_id, row.family_id)),
            standing(row.due_cents, row.due_on, today) if row.due_on else None,
        )
        for row in page
    ]


@dataclass(frozen=True, slots=True)
class IssuedFigures:
    """What became of an issued campaign."""

    first: str
    last: str
    paid: int
    settled_cents: int
    overdue: int
    mails_waiting: int


def issued_figures(campaign: Campaign, *, today: dt.date) -> IssuedFigures:
    """What became of an issued campaign. One query."""
    unpaid = Q(settled_cents__lt=F("total_cents"))
    sums = campaign.invoices.filter(kind=InvoiceKind.INVOICE).aggregate(
        first=Min("number"),
        last=Max("number"),
        paid=Count("pk", filter=~unpaid),
        settled=Coalesce(Sum("settled_cents"), 0),
        overdue=Count("pk", filter=unpaid & Q(due_on__lt=today)),
        waiting=Count("pk", filter=Q(by_email=True, announced_at__isnull=True)),
    )
    return IssuedFigures(
        sums["first"] or "", sums["last"] or "", sums["paid"], sums["settled"], sums["overdue"], sums["waiting"]
    )


def invoice_of(campaign: Campaign, code: str) -> QuerySet[Invoice]:
    """One invoice of the campaign, draft or issued, with its lines."""
    return (
        campaign.invoices.filter(code=code)
        .select_related("regie", "payer__adult", "family")
        .prefetch_related(lines_in_order())
    )


def campaigns_in(regies: QuerySet[Regie]) -> QuerySet[Campaign]:
    return Campaign.objects.filter(regie__in=regies).select_related("regie")
