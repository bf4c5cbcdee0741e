"""What the régisseur’s pages gather beyond a campaign: months with what was paid, lists to keep, payments received."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet, Sum

from preau.billing.choices import InvoiceKind, InvoiceState
from preau.billing.models import Invoice, Regie
from preau.billing.queries.campaigns import MonthRow, boards


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
