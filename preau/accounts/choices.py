"""Kinds of users, and what agents may be allowed to do."""

from django.db.models import TextChoices


class UserKind(TextChoices):
    FAMILY = "family", "famille"
    STAFF = "staff", "agent"


class Capability(TextChoices):
    """One thing that an agent may do. Roles gather them; grants give a role on a service or a place."""

    SEE_BOOKINGS = "see_bookings", "voir les réservations et l’occupation"
    PREPARE_INVOICES = "prepare_invoices", "préparer et émettre les factures"
    SEE_PAYMENTS = "see_payments", "voir les paiements"
