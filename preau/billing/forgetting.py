"""What becomes of invoices and payments: the law keeps them ten years, as they were printed."""

from collections.abc import Iterator

from django.db.models import F, QuerySet

from preau.billing.choices import InvoiceKind, InvoiceState
from preau.billing.models import Invoice, Payment, PaymentAttempt
from preau.billing.queries.documents import pdf_of
from preau.core.personal import Step, Whom, kept

TEN_YEARS = (
    "Comptabilité\u00a0: dix ans, sur l’imprimé scellé (code de commerce, art. L123-22\u00a0; RGPD, art. 17.3 b)."
)


def steps(whom: Whom) -> Iterator[Step]:
    yield kept("Factures", _invoices(whom), TEN_YEARS)
    yield kept("Paiements", Payment.objects.filter(payer__adult__in=whom.adults), TEN_YEARS)
    yield kept("Paiements en ligne", PaymentAttempt.objects.filter(payer__adult__in=whom.adults), TEN_YEARS)


def keep_papers(whom: Whom) -> int:
    """Print once more what was issued, under its seal, while the names are there: returns how many papers are kept."""
    papers = list(_invoices(whom).filter(state=InvoiceState.ISSUED))
    for invoice in papers:
        pdf_of(invoice)
    return len(papers)


def owes(whom: Whom) -> bool:
    """Whether an invoice is still to be paid: a debt needs its debtor."""
    due = _invoices(whom).filter(state=InvoiceState.ISSUED, kind=InvoiceKind.INVOICE)
    return due.filter(settled_cents__lt=F("total_cents")).exists()


def _invoices(whom: Whom) -> QuerySet[Invoice]:
    return Invoice.objects.filter(payer__adult__in=whom.adults)
