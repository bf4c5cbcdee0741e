"""States of an export."""

from django.db.models import TextChoices


class ExportState(TextChoices):
    ASKED = "asked", "en préparation"
    READY = "ready", "prêt"


class ExportRefusal(TextChoices):
    """Why an export is not begun."""

    ONE_AT_A_TIME = "one_at_a_time", "Vous avez déjà un fichier en préparation ou à télécharger."
