"""What a family owes and has paid."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, F, Min, QuerySet, Sum

from preau.accounts.models import User
from preau.billing.choices import InvoiceKind
from preau.billing.models import Invoice
from preau.billing.permissions import invoices_visible_to


@dataclass(frozen=True, slots=True)
class AmountDue:
    """What a parent owes to a régie; `due_on` is the earliest of its invoices."""

    regie_code: str
    regie_name: str
    invoices: int
    cents: int
    due_on: dt.date


def amounts_due(user: User) -> list[AmountDue]:
    """What this parent owes, régie by régie, the most urgent first; [] when nothing is due. One query."""
    rows = (
        invoices_due(user)
        .values_list("regie__code", "regie__name")
        .annotate(invoices=Count("pk"), cents=Sum(F("total_cents") - F("settled_cents")), first=Min("due_on"))
        .order_by("first", "regie__code")
    )
    return [AmountDue(*row) for row in rows]


def invoices_due(user: User) -> QuerySet[Invoice]:
    """The invoices of this parent that are not wholly settled."""
    return invoices_visible_to(user).filter(kind=InvoiceKind.INVOICE, settled_cents__lt=F("total_cents"))
