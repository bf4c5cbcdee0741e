"""States of a démarche, why one may not move, and why two people look alike."""

from django.db.models import TextChoices

ACCOUNT = "demarches.account"
"""The kind of a request to open an account, or to link one to a file."""
HOUSEHOLD_CHANGE, ADULT_CHANGE, CHILD_CHANGE = "demarches.household", "demarches.adult", "demarches.child"
"""The kinds of requests to change what the file says of a household, of an adult or of a child."""


class DemarcheState(TextChoices):
    SENT = "sent", "envoyée"
    INCOMPLETE = "incomplete", "à compléter"
    ACCEPTED = "accepted", "acceptée"
    REFUSED = "refused", "refusée"
    WITHDRAWN = "withdrawn", "retirée"


OPEN = (DemarcheState.SENT, DemarcheState.INCOMPLETE)


class Refusal(TextChoices):
    """Why a démarche was left as it is."""

    MOVED = "moved", "quelqu’un d’autre a changé cette demande entre-temps"
    NO_REASON = "no_reason", "dites à la famille pourquoi, et ce qu’elle peut faire"
    NOT_PERMITTED = "not_permitted", "cette demande ne peut plus changer"
    STALE = "stale", "le dossier a changé depuis cette demande"
    PREFERRED_UNKNOWN = "preferred_unknown", "le moyen de contact préféré n’aurait plus de numéro"


class FieldState(TextChoices):
    """Where the change of one field has got to."""

    PENDING = "pending", "demandé"
    ACCEPTED = "accepted", "accepté"
    REFUSED = "refused", "refusé"
    WITHDRAWN = "withdrawn", "annulé"


class Likeness(TextChoices):
    """Why somebody in a file may be the person who asks."""

    NUMBER = "number", "Numéro de dossier indiqué"
    NAME = "name", "Mêmes nom et prénom"
    EMAIL = "email", "Même e-mail"
    PHONE = "phone", "Même téléphone"
    BIRTH_DATE = "birth_date", "Même date de naissance"
    ADDRESS = "address", "Même adresse"
    FAMILY_NAME = "family_name", "Même nom de famille"
