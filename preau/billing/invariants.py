"""What must always be true of bills and money, beyond what the database can refuse in one row."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable
from itertools import islice

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from preau.billing.choices import AttemptState, CampaignState, InvoiceState
from preau.billing.models import Campaign, Invoice, Line, Payment, PaymentAttempt, Regie
from preau.billing.queries.sealing import seals_now
from preau.billing.rules.numbers import COUNTER, label_of
from preau.core.invariants import invariant
from preau.core.money import euros


@invariant("Factures : le total est la somme des lignes, et le réglé celle de ce que les lignes ont reçu")
def invoices_that_do_not_add_up() -> Iterable[str]:
    sums = Invoice.objects.annotate(
        lines_cents=Coalesce(Sum("lines__amount_cents"), 0), received=Coalesce(Sum("lines__settled_cents"), 0)
    ).exclude(total_cents=F("lines_cents"), settled_cents=F("received"))
    for invoice in sums.order_by("pk"):
        yield (
            f"facture {_name(invoice)} : {euros(invoice.total_cents)} pour {euros(invoice.lines_cents)} de lignes, "
            f"{euros(invoice.settled_cents)} réglés pour {euros(invoice.received)} reçus par les lignes"
        )


@invariant("Lignes : ce qui est réglé est la somme des affectations")
def lines_that_do_not_add_up() -> Iterable[str]:
    sums = Line.objects.annotate(received=Coalesce(Sum("allocations__amount_cents"), 0))
    for line in sums.exclude(settled_cents=F("received")).select_related("invoice").order_by("pk"):
        yield (
            f"facture {_name(line.invoice)}, ligne {line.order + 1} : {euros(line.settled_cents)} réglés, "
            f"{euros(line.received)} affectés"
        )


@invariant("Paiements : ce qui est utilisé est la somme des affectations")
def payments_that_do_not_add_up() -> Iterable[str]:
    sums = Payment.objects.annotate(allocated=Coalesce(Sum("allocations__amount_cents"), 0))
    for payment in sums.exclude(used_cents=F("allocated")).order_by("pk"):
        yield f"paiement {payment.code} : {euros(payment.used_cents)} utilisés, {euros(payment.allocated)} affectés"


@invariant("Numéros : autant de factures émises que de numéros donnés par la régie, et aucun trou")
def numbers_with_gaps() -> Iterable[str]:
    for regie in Regie.objects.annotate(
        issued=Count("invoices", filter=Q(invoices__state=InvoiceState.ISSUED), distinct=True)
    ).order_by("pk"):
        given = regie.counters.aggregate(last=Coalesce(Sum("last"), 0))["last"]
        if given != regie.issued:
            yield f"régie {regie.code} : {given} numéros donnés, {regie.issued} factures émises"
        yield from _gaps(regie)


def _gaps(regie: Regie) -> Iterable[str]:
    """In the régie's present pattern; numbers of a former pattern are left out."""
    counts: dict[tuple[str, str], set[int]] = defaultdict(set)
    for invoice in regie.invoices.filter(state=InvoiceState.ISSUED).only("number", "issued_on").iterator():
        number, issued_on = invoice.number or "", invoice.issued_on or dt.date.min
        before, places, after = COUNTER.split(label_of(regie.number_pattern, issued_on))
        found = re.fullmatch(f"{re.escape(before)}([0-9]{{{len(places)}}}){re.escape(after)}", number)
        if found:
            counts[before, after].add(int(found[1]))
    for (before, after), present in sorted(counts.items()):
        missing = sorted(set(range(1, max(present) + 1)) - present)
        if missing:
            told = ", ".join(map(str, islice(missing, 5)))
            yield f"régie {regie.code}, série {before}…{after} : il manque {told}"


@invariant("Sceaux : aucune facture, ni aucun brouillon, n’a changé depuis qu’ils ont été écrits")
def broken_seals() -> Iterable[str]:
    for code, sealed, now in seals_now(Invoice.objects.exclude(state=InvoiceState.VOID)):
        if sealed != now:
            yield f"facture {code} : son contenu ne correspond plus à son sceau"


@invariant("Campagnes : une campagne émise n’a plus de brouillon, une campagne ouverte n’a pas de facture")
def campaigns_in_two_states() -> Iterable[str]:
    counts = Campaign.objects.annotate(
        drafts=Count("invoices", filter=Q(invoices__state=InvoiceState.DRAFT), distinct=True),
        issued=Count("invoices", filter=Q(invoices__state=InvoiceState.ISSUED), distinct=True),
    )
    wrong = Q(state=CampaignState.ISSUED, drafts__gt=0) | (~Q(state=CampaignState.ISSUED) & Q(issued__gt=0))
    for campaign in counts.filter(wrong | Q(state=CampaignState.OPEN, drafts__gt=0)).order_by("pk"):
        drafts, issued = campaign.drafts, campaign.issued
        yield f"campagne {campaign.label} ({campaign.get_state_display()}) : {drafts} brouillons, {issued} émises"


@invariant("Paiements en ligne : une opération payée a son paiement, du même montant ; les autres n’en ont pas")
def attempts_without_their_payment() -> Iterable[str]:
    attempts = PaymentAttempt.objects.annotate(shared=Coalesce(Sum("shares__amount_cents"), 0)).select_related(
        "payment"
    )
    for attempt in attempts.order_by("pk").iterator(chunk_size=2000):
        name, payment = f"opération {attempt.reference}", getattr(attempt, "payment", None)
        if (payment is not None) != (attempt.state == AttemptState.PAID):
            yield f"{name} : {attempt.get_state_display()}, {'un' if payment else 'aucun'} paiement"
        elif payment is not None and payment.amount_cents != attempt.amount_cents:
            yield f"{name} : {euros(payment.amount_cents)} au lieu de {euros(attempt.amount_cents)}"
        if attempt.shared != attempt.amount_cents:
            yield f"{name} : ses factures ne font pas {euros(attempt.amount_cents)}"


def _name(invoice: Invoice) -> str:
    return invoice.number or f"{invoice.code} ({invoice.get_state_display()})"
