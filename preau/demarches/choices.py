"""States of a démarche."""

from django.db.models import TextChoices


class DemarcheState(TextChoices):
    SENT = "sent", "envoyée"
    INCOMPLETE = "incomplete", "à compléter"
    ACCEPTED = "accepted", "acceptée"
    REFUSED = "refused", "refusée"
    WITHDRAWN = "withdrawn", "retirée"
