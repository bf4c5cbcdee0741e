"""The invoices of a parent, among the papers of the town (see documents.around)."""

import datetime as dt
from collections.abc import Sequence

from django.urls import reverse

from preau.accounts.models import User
from preau.billing.permissions import invoices_visible_to
from preau.core.dates import PARIS
from preau.core.money import euros
from preau.documents.around import Paper

SHOWN = 6
"""The latest; the others are in « Facturation »."""


def papers_of(user: User) -> Sequence[Paper]:
    """The PDFs of the latest invoices: one query."""
    issued = invoices_visible_to(user).filter(issued_on__isnull=False).order_by("-issued_on", "-pk")[:SHOWN]
    return [
        Paper(
            title=f"Facture {invoice.number}",
            url=reverse("billing:invoice_pdf", args=[invoice.code]),
            at=dt.datetime.combine(invoice.issued_on, dt.time(), PARIS),
            note=f"PDF, {euros(invoice.total_cents)}",
        )
        for invoice in issued
        if invoice.issued_on is not None
    ]
