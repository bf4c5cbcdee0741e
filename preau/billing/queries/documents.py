"""The printed invoice, gathered from its rows."""

from collections.abc import Iterable

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse

from preau.billing.models import Invoice, Line
from preau.billing.pdf import DocumentGroup, DocumentKind, DocumentLine, InvoiceDocument, invoice_pdf
from preau.billing.queries.invoices import ChildLines, lines_by_child, lines_in_order, takes_online
from preau.billing.templatetags.facturation import capital, days_told, prestation
from preau.core.templatetags.ui import mois
from preau.families.models import Address, Participant, Schooling
from preau.town.models import Town
from preau.town.queries import the_town

HELP = (
    "Chaque prix s’explique sur le portail\u00a0: «\u00a0Pourquoi ce prix\u00a0? ».",
    "Une difficulté pour payer\u00a0? Appelez la régie avant la date limite.",
)


def pdf_of(invoice: Invoice) -> bytes:
    """The PDF of an issued invoice: made the first time, then kept under its seal, since it never changes."""
    path = f"factures/{invoice.sha256}.pdf"
    if default_storage.exists(path):
        with default_storage.open(path) as kept:
            content: bytes = kept.read()
            return content
    pdf = invoice_pdf(document_of(invoice))
    default_storage.save(path, ContentFile(pdf))
    return pdf


def document_of(invoice: Invoice) -> InvoiceDocument:
    """All that the paper says. Five queries."""
    invoice = (
        Invoice.objects.select_related("regie__service", "payer__adult", "family")
        .prefetch_related(lines_in_order())
        .get(pk=invoice.pk)
    )
    assert invoice.issued_on is not None
    town, service, lines = the_town(), invoice.regie.service, list(invoice.lines.all())
    at_home = invoice.payer.adult.family_id == invoice.family_id
    schoolings = _schoolings(invoice, lines) if at_home else {}
    online = takes_online(invoice.regie, invoice.issued_on)
    return InvoiceDocument(
        kind=DocumentKind.INVOICE,
        number=invoice.number or "",
        period=f"{capital(mois(invoice.period_starts_on))} ({invoice.label})",
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        town=town.name,
        accent=town.accent,
        regie_name=invoice.regie.name,
        regie_address=service.address or town.address,
        regie_phone=service.phone or town.phone,
        regie_email=service.email or town.email,
        family_number=invoice.family.number,
        payer_name=f"{invoice.payer.adult.last_name.upper()} {invoice.payer.adult.first_name}",
        payer_lines=_payer_lines(invoice, town),
        groups=tuple(_group(child, schoolings) for child in lines_by_child(lines)),
        total_cents=invoice.total_cents,
        quotient=quotient_of(lines),
        care_cents=sum(line.care_cents for line in lines),
        food_cents=sum(line.food_cents for line in lines),
        pay_url=settings.PUBLIC_URL + reverse("billing:invoice", args=[invoice.code]) if online else "",
        how_to_pay=tuple(invoice.regie.how_to_pay),
        help_lines=HELP,
    )


def _payer_lines(invoice: Invoice, town: Town) -> tuple[str, ...]:
    adult = invoice.payer.adult
    name = " ".join(filter(None, [adult.civility, adult.first_name, adult.last_name.upper()]))
    address = (
        Address.objects.filter(family=adult.family_id, starts_on__lte=invoice.issued_on).order_by("-starts_on").first()
    )
    return (name, address.lines, f"{address.postcode} {address.city.upper()}") if address else (name,)


def _schoolings(invoice: Invoice, lines: list[Line]) -> dict[int, Schooling]:
    """The school of each child on the last day of the period."""
    rows = Schooling.objects.filter(
        participant__in={line.participant_id for line in lines},
        year__starts_on__lte=invoice.period_ends_on,
        year__ends_on__gte=invoice.period_starts_on,
    )
    return {row.participant_id: row for row in rows.select_related("level", "place").order_by("year__starts_on")}


def _group(child: ChildLines, schoolings: dict[int, Schooling]) -> DocumentGroup:
    return DocumentGroup(_title(child.participant, schoolings), tuple(_line(line) for line in child.lines))


def _title(person: Participant | None, schoolings: dict[int, Schooling]) -> str:
    if person is None:
        return "Foyer"
    name = f"{person.first_name} {person.last_name.upper()}"
    schooling = schoolings.get(person.pk)
    return f"{name}, {schooling.level.name}, {schooling.place.name}" if schooling else name


def _line(line: Line) -> DocumentLine:
    steps = [label.lower() for label, _ in line.why.get("steps", []) if label.startswith("Tranche")]
    share = [f"votre part\u00a0: {line.why['share']}"] if "share" in line.why else []
    details = " · ".join([days_told(line.why.get("days", [])), *steps, *share])
    return DocumentLine(prestation(line.label), details, line.quantity, line.unit_price_cents, line.amount_cents)


def quotient_of(lines: Iterable[Line]) -> str | None:
    """The quotient that the prices of these lines counted with, in words; None when none did."""
    told = (value for line in lines for label, value in line.why.get("steps", []) if label == "Quotient familial")
    return next(told, None)
