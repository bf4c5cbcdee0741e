"""States of a booking, and why a change is refused."""

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


class Refusal(TextChoices):
    """Why a change of the planning is not made, in the words of the recap."""

    CLOSED = "closed", "Fermé"
    TOO_LATE = "too_late", "Trop tard"
    FULL = "full", "Complet"
    OVERLAP = "overlap", "Deux activités au même moment"
    NOT_ENROLLED = "not_enrolled", "Pas d’inscription à cette date"
    READ_ONLY = "read_only", "Géré par la mairie"
    OTHER_HOME = "other_home", "Jour de l’autre parent"
    INCOMPLETE = "incomplete", "Dossier à compléter"
    NO_RIGHT = "no_right", "Modification réservée aux responsables"


class LineResult(TextChoices):
    """What became of a line of a draft."""

    DONE = "done", "enregistré"
    ALREADY = "already", "déjà fait"
    REFUSED = "refused", "refusé"
