"""Archiving a file, and undoing the merge of two: what booking and billing say of it first."""

import datetime as dt

from django.db import transaction

from preau.accounts.models import User
from preau.backoffice.queries.families import balance_of
from preau.billing.choices import InvoiceKind, InvoiceState
from preau.billing.models import Invoice
from preau.bookings.choices import LIVE
from preau.bookings.models import Booking
from preau.core.dates import local_day
from preau.families.changing import archive_file
from preau.families.merged_values import MergeRefused
from preau.families.merging import undo_merge
from preau.families.models import Family, Merge


class StillInUse(Exception):
    """Nothing was written; `text` tells what keeps the file open."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


@transaction.atomic
def archive(*, family: Family, by: User, now: dt.datetime) -> None:
    """Close the file. Raises StillInUse while days are booked or invoices wait to be paid."""
    Family.objects.select_for_update().get(pk=family.pk)
    if Booking.objects.filter(family=family, day__gte=local_day(now), state__in=LIVE).exists():
        raise StillInUse("Des jours sont encore réservés. Annulez-les d’abord dans le planning.")
    if balance_of(family).invoices:
        raise StillInUse("Des factures restent à payer. Le dossier s’archive une fois le solde à zéro.")
    archive_file(family=family, by=by, now=now)


@transaction.atomic
def undo(*, merge: Merge, by: User, now: dt.datetime) -> list[str]:
    """Separate two files again; returns what was written since, and stays. Raises MergeRefused once something was
    billed."""
    if was_billed_since(merge):
        raise MergeRefused("Une facture a été émise depuis la réunion. Elle ne s’annule plus.")
    return undo_merge(merge=merge, by=by, now=now)


def was_billed_since(merge: Merge) -> bool:
    """Whether a campaign issued an invoice to either file since."""
    invoices = Invoice.objects.filter(
        family__in=[merge.kept_id, merge.gone_id], state=InvoiceState.ISSUED, kind=InvoiceKind.INVOICE
    )
    return invoices.filter(campaign__issued_at__gt=merge.at).exists()
