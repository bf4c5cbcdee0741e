"""The mails that tell payers of their invoices.

An issued invoice that was not announced *is* the task (see docs/decisions): issuing ten thousand writes no mail, and
the worker writes them little by little. Nothing is lost if either dies.
"""

import datetime as dt

from django.db import transaction
from django.urls import reverse

from preau.billing.choices import InvoiceState
from preau.billing.models import Invoice
from preau.notifications.actions import queue_mails
from preau.town.queries import the_town


@transaction.atomic
def announce_due(*, now: dt.datetime, limit: int = 100) -> int:
    """Queue the mails of issued invoices that wait for theirs, and say how many. Several workers may do it at once."""
    waiting = (
        Invoice.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(state=InvoiceState.ISSUED, by_email=True, announced_at__isnull=True)
        .select_related("payer__adult", "regie")
        .order_by("pk")[:limit]
    )
    invoices = list(waiting)
    if invoices:
        town = the_town()
        mails = [
            (
                invoice.payer.adult.email,
                {"town": town, "invoice": invoice, "adult": invoice.payer.adult, "path": _path(invoice)},
                f"billing.invoice:{invoice.code}",
            )
            for invoice in invoices
            if invoice.payer.adult.email
        ]
        queue_mails(mails, template="billing/mail/invoice", now=now)
        taken = Invoice.objects.filter(pk__in=[invoice.pk for invoice in invoices])
        taken.filter(payer__adult__email="").update(by_email=False)  # the address is gone: to be printed
        taken.filter(by_email=True).update(announced_at=now)
    return len(invoices)


def _path(invoice: Invoice) -> str:
    return reverse("billing:invoice", args=[invoice.code])
