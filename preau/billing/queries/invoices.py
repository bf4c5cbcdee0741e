"""What a family owes and has paid."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, Exists, F, Min, OuterRef, Prefetch, QuerySet, Subquery, Sum

from preau.accounts.models import User
from preau.billing.choices import AttemptState, InvoiceKind
from preau.billing.models import Allocation, AttemptShare, Invoice, Line, PaymentAttempt, Regie
from preau.billing.permissions import attempts_visible_to, invoices_visible_to
from preau.billing.rules.attempts import UNANSWERED
from preau.billing.rules.invoices import Standing, standing
from preau.families.models import Participant

TWELVE = 12


@dataclass(frozen=True, slots=True)
class AmountDue:
    """What a parent owes to a régie; `due_on` is the earliest of its invoices."""

    regie_name: str
    invoices: int
    cents: int
    due_on: dt.date


def amounts_due(user: User) -> list[AmountDue]:
    """What this parent owes, régie by régie, the most urgent first; [] when nothing is due. One query."""
    rows = (
        invoices_due(user)
        .values("regie__code", "regie__name")
        .annotate(invoices=Count("pk"), cents=Sum(F("total_cents") - F("settled_cents")), first=Min("due_on"))
        .order_by("first", "regie__code")
        .values_list("regie__name", "invoices", "cents", "first")
    )
    return [AmountDue(*row) for row in rows]


def invoices_due(user: User) -> QuerySet[Invoice]:
    """The invoices of this parent that are not wholly settled."""
    return invoices_visible_to(user).filter(kind=InvoiceKind.INVOICE, settled_cents__lt=F("total_cents"))


@dataclass(frozen=True, slots=True)
class ChildLines:
    """The lines of an invoice for one participant (None: for the household)."""

    participant: Participant | None
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """An invoice as its page shows it."""

    invoice: Invoice
    standing: Standing
    children: list[ChildLines]


@dataclass(frozen=True, slots=True)
class RegieBills:
    """What is due to one régie, and whether it can be paid online today."""

    regie: Regie
    invoices: list[InvoiceView]
    online: bool

    @property
    def cents(self) -> int:
        return sum(view.invoice.due_cents for view in self.invoices)


def bills_to_pay(user: User, *, today: dt.date) -> list[RegieBills]:
    """What this parent owes, régie by régie, with the lines, the most urgent first. Two queries."""
    invoices = invoices_due(user).select_related("regie").order_by("due_on", "number")
    views = [view_of(invoice, today=today) for invoice in invoices.prefetch_related(lines_in_order())]
    by_regie: dict[Regie, list[InvoiceView]] = {}
    for view in views:
        by_regie.setdefault(view.invoice.regie, []).append(view)
    return [RegieBills(regie, mine, takes_online(regie, today)) for regie, mine in by_regie.items()]


def lines_in_order() -> "Prefetch[str]":
    """The lines of invoices with their participants, as they are printed."""
    return Prefetch("lines", Line.objects.select_related("participant", "unit").order_by("order", "pk"))


def view_of(invoice: Invoice, *, today: dt.date) -> InvoiceView:
    """An issued invoice, its lines prefetched, as it is shown."""
    assert invoice.due_on is not None
    return InvoiceView(invoice, standing(invoice.due_cents, invoice.due_on, today), lines_by_child(invoice.lines.all()))


def lines_by_child(lines: Iterable[Line]) -> list[ChildLines]:
    return [ChildLines(person, list(rows)) for person, rows in groupby(lines, key=lambda line: line.participant)]


def takes_online(regie: Regie, on: dt.date) -> bool:
    """Whether the régie takes payments online on that day."""
    has_client = bool(re.fullmatch("[0-9]{6}", regie.numcli))
    return has_client and regie.online_since is not None and regie.online_since <= on


@dataclass(frozen=True, slots=True)
class PastInvoice:
    """A row of the history; `paid_on` is the instant of the last payment, None when nothing was paid."""

    invoice: Invoice
    standing: Standing
    paid_at: dt.datetime | None


def latest_invoices(user: User, *, today: dt.date) -> list[PastInvoice]:
    """The twelve latest invoices of this parent, paid or not. One query."""
    last_payment = Allocation.objects.filter(line__invoice=OuterRef("pk")).order_by("-at").values("at")[:1]
    rows = (
        invoices_visible_to(user)
        .filter(kind=InvoiceKind.INVOICE)
        .annotate(paid_at=Subquery(last_payment))
        .select_related("regie")
        .order_by("-issued_on", "-pk")[:TWELVE]
    )
    return [PastInvoice(row, standing(row.due_cents, row.due_on, today), row.paid_at) for row in rows if row.due_on]


def payment_under_way(user: User, *, now: dt.datetime) -> PaymentAttempt | None:
    """The latest payment begun a short while ago whose end is not known: paying again now might pay twice.

    Once its invoices are settled some other way, nobody is asked to pay them: there is nothing left to say."""
    still_due = AttemptShare.objects.filter(attempt=OuterRef("pk"), invoice__in=invoices_due(user))
    recent = attempts_visible_to(user).filter(state=AttemptState.OPEN, opened_at__gt=now - UNANSWERED)
    return recent.filter(Exists(still_due)).order_by("-opened_at").first()
