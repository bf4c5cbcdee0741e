"""States of a booking."""

from django.db.models import TextChoices


class BookingState(TextChoices):
    HELD = "held", "place retenue"
    REQUESTED = "requested", "en attente de validation"
    WAITING = "waiting", "liste d’attente"
    BOOKED = "booked", "réservé"
    CANCELLED = "cancelled", "annulé"
    REFUSED = "refused", "refusé"
    EXPIRED = "expired", "expiré"


LIVE = (BookingState.HELD, BookingState.REQUESTED, BookingState.WAITING, BookingState.BOOKED)
SEATED = (BookingState.HELD, BookingState.BOOKED)


class Presence(TextChoices):
    UNKNOWN = "unknown", "non pointé"
    PRESENT = "present", "présent"
    ABSENT = "absent", "absent"


class Origin(TextChoices):
    FAMILY = "family", "famille"
    AGENT = "agent", "agent"
    IMPORT = "import", "reprise"
    WALK_IN = "walk_in", "venu sans réservation"
