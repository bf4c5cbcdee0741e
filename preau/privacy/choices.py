"""States of an export, whom an erasure is about, kinds of requests about one’s data."""

from django.db.models import TextChoices


class ExportState(TextChoices):
    ASKED = "asked", "en préparation"
    READY = "ready", "prêt"


class ExportRefusal(TextChoices):
    """Why an export is not begun."""

    ONE_AT_A_TIME = "one_at_a_time", "Vous avez déjà un fichier en préparation ou à télécharger."
    ALONE = "alone", "Cette personne a un compte\u00a0: elle emporte ses données elle-même."


class Erased(TextChoices):
    """Whom an erasure is about."""

    ACCOUNT = "account", "un compte"
    ADULT = "adult", "un adulte"
    CHILD = "child", "un enfant ou un participant"
    FAMILY = "family", "un dossier entier"


CORRECTION, ERASURE, OBJECTION = "privacy.data-correction", "privacy.data-erasure", "privacy.data-objection"
"""The kinds of the requests about one's data: GDPR, articles 16, 17 and 21."""

ASKED_OF: tuple[Erased, ...] = (Erased.ACCOUNT, Erased.ADULT, Erased.FAMILY)
"""Whose data a parent may ask to erase: those of a child alone are the town hall's to settle, with both parents."""


class ErasureRefusal(TextChoices):
    """Why nobody can be erased yet."""

    ENROLLED = "enrolled", "Une inscription ou une réservation à venir est en cours\u00a0: terminez-la d’abord."
    OWES = "owes", "Une facture reste à payer\u00a0: la dette a besoin de son débiteur."
    ASKS = "asks", "Une démarche attend encore une réponse."
