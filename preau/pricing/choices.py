"""Words of quotients and prices."""

from django.db.models import TextChoices


class QuotientSource(TextChoices):
    """Where the town read a quotient."""

    API = "api", "CAF ou MSA, lu en ligne"
    CERTIFICATE = "certificate", "attestation de la CAF ou de la MSA"
    TAX_NOTICE = "tax_notice", "avis d’imposition"


class PricedStatus(TextChoices):
    """What is being priced: a booking as it should be, or what happened instead."""

    BOOKED = "booked", "réservé"
    LATE = "late", "réservé hors délai"
    UNBOOKED = "unbooked", "présent sans réservation"
    ABSENT = "absent", "absent"
    EXCUSED = "excused", "absence excusée"


class Rounding(TextChoices):
    """How a unit price is brought to the cent, once."""

    HALF_UP = "half_up", "au centime le plus proche"
    UP = "up", "au centime supérieur"
    DOWN = "down", "au centime inférieur"
