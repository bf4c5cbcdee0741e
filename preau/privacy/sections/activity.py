"""What the household uses and pays: enrolments, bookings, invoices, payments."""

import datetime as dt
from collections.abc import Iterator

from preau.billing.models import AttemptShare, Line, Payer, PayerShare, Payment
from preau.billing.permissions import attempts_visible_to, invoices_visible_to
from preau.bookings.models import Booking, DraftChange, Submission
from preau.enrolments.models import Enrolment
from preau.families.choices import Subject
from preau.privacy.rules import in_french
from preau.privacy.sections.section import Person, Row, Section, money, yes_no


def enrolments(person: Person) -> Iterator[Row]:
    rows = Enrolment.objects.filter(participant__in=person.participants(Subject.PLANNING))
    for row in rows.select_related("participant", "activity", "group").order_by("starts_on", "pk"):
        yield (
            *(row.code, row.participant.first_name, row.activity.name, row.group.name),
            *(row.get_state_display(), row.starts_on, row.ends_on, row.asked_at),
        )


def bookings(person: Person) -> Iterator[Row]:
    mine = {family.pk for family in person.families}
    rows = Booking.objects.filter(participant__in=person.participants(Subject.PLANNING))
    for row in rows.select_related("participant", "unit__activity").order_by("day", "pk").iterator():
        home = "le mien" if row.family_id in mine else "l’autre"
        yield (
            *(row.day, row.participant.first_name, row.unit.activity.name, row.unit.name, row.get_state_display()),
            *(home, row.get_presence_display(), yes_no(row.excused), row.decided_at),
        )


def drafts(person: Person) -> Iterator[Row]:
    rows = DraftChange.objects.filter(user=person.user).select_related("participant", "unit").order_by("day", "pk")
    for row in rows:
        yield row.day, row.participant.first_name, row.unit.name, "ajouter" if row.wanted else "enlever", row.at


def confirmations(person: Person) -> Iterator[Row]:
    for row in Submission.objects.filter(user=person.user).order_by("at"):
        yield row.token, row.at


def shares(person: Person) -> Iterator[Row]:
    for payer in Payer.objects.filter(adult__user=person.user).select_related("family"):
        yield payer.code, payer.family.number, None, None
    for row in PayerShare.objects.filter(payer__adult__user=person.user).select_related("payer", "family"):
        yield row.payer.code, row.family.number if row.family in person.families else "", row.starts_on, row.weight


def invoices(person: Person) -> Iterator[Row]:
    for row in invoices_visible_to(person.user).order_by("issued_on", "pk"):
        yield (
            *(row.number, row.get_kind_display(), row.label, row.period_starts_on, row.period_ends_on),
            *(row.issued_on, row.due_on, money(row.total_cents), money(row.settled_cents), money(row.quotient_cents)),
        )


def lines(person: Person) -> Iterator[Row]:
    rows = Line.objects.filter(invoice__in=invoices_visible_to(person.user)).select_related("invoice", "participant")
    for row in rows.order_by("invoice__issued_on", "invoice", "order", "pk"):
        who = row.participant.first_name if row.participant else "foyer"
        days = ", ".join(in_french(dt.date.fromisoformat(day)) for day in row.why.get("days", []))
        amounts = (money(row.unit_price_cents), money(row.amount_cents))
        price = " · ".join(f"{label}\u00a0: {value}" for label, value in row.why.get("steps", []))
        yield row.invoice.number, who, row.label, row.quantity, *amounts, days, price


def attempts(person: Person) -> Iterator[Row]:
    for row in attempts_visible_to(person.user).order_by("opened_at", "pk"):
        yield row.reference, money(row.amount_cents), row.get_state_display(), row.opened_at, row.settled_at


def paid(person: Person) -> Iterator[Row]:
    for row in AttemptShare.objects.filter(attempt__in=attempts_visible_to(person.user)).select_related(
        "attempt", "invoice"
    ):
        yield row.attempt.reference, row.invoice.number, money(row.amount_cents)


def payments(person: Person) -> Iterator[Row]:
    for row in Payment.objects.filter(payer__adult__user=person.user).order_by("received_at", "pk"):
        yield row.code, row.get_method_display(), money(row.amount_cents), money(row.used_cents), row.received_at


SECTIONS = (
    Section(
        "inscriptions",
        "Inscriptions",
        "Des enfants dont vous voyez le planning.",
        ("Numéro", "Enfant", "Activité", "Groupe", "État", "Du", "Au", "Demandée le"),
        enrolments,
        ("enrolments.Enrolment",),
    ),
    Section(
        "reservations",
        "Réservations et présences",
        "Jour par jour\u00a0; le foyer est celui dont c’est le jour.",
        ("Jour", "Enfant", "Activité", "Prestation", "État", "Foyer", "Présence", "Excusé", "Décidé le"),
        bookings,
        ("bookings.Booking",),
    ),
    Section(
        "brouillon",
        "Réservations à confirmer",
        "Cochées, pas encore envoyées.",
        ("Jour", "Enfant", "Prestation", "À faire", "Coché le"),
        drafts,
        ("bookings.DraftChange",),
    ),
    Section(
        "confirmations",
        "Réservations confirmées",
        "Chaque envoi du planning.",
        ("Numéro", "Le"),
        confirmations,
        ("bookings.Submission",),
    ),
    Section(
        "payeur",
        "Ce que je paie",
        "Votre part des jours du foyer.",
        ("Payeur", "Dossier", "Depuis", "Poids"),
        shares,
        ("billing.Payer", "billing.PayerShare"),
    ),
    Section(
        "factures",
        "Mes factures",
        "Celles que vous payez. Elles se téléchargent en PDF dans «\u00a0Facturation\u00a0».",
        (
            *("Numéro", "Nature", "Libellé", "Du", "Au", "Émise le", "À payer avant le"),
            *("Total", "Réglé", "Quotient"),
        ),
        invoices,
        ("billing.Invoice",),
    ),
    Section(
        "lignes",
        "Lignes de mes factures",
        "Avec l’explication du prix.",
        ("Facture", "Enfant", "Prestation", "Quantité", "Prix unitaire", "Montant", "Jours", "Prix expliqué"),
        lines,
        ("billing.Line",),
    ),
    Section(
        "paiements-en-ligne",
        "Mes paiements en ligne",
        "Le portail ne connaît jamais votre carte.",
        ("Référence", "Montant", "État", "Commencé le", "Terminé le"),
        attempts,
        ("billing.PaymentAttempt",),
    ),
    Section(
        "factures-payees",
        "Ce que chaque paiement règle",
        "Facture par facture.",
        ("Référence", "Facture", "Montant"),
        paid,
        ("billing.AttemptShare",),
    ),
    Section(
        "paiements",
        "Paiements reçus",
        "«\u00a0Utilisé\u00a0»\u00a0: ce qui a réglé des factures\u00a0; le reste est à vous.",
        ("Numéro", "Moyen", "Montant", "Utilisé", "Reçu le"),
        payments,
        ("billing.Payment",),
    ),
)
