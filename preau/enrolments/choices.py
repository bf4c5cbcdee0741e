"""States of an enrolment."""

from django.db.models import TextChoices


class EnrolmentState(TextChoices):
    ASKED = "asked", "demande envoyée"
    WAITING = "waiting", "liste d’attente"
    ACCEPTED = "accepted", "inscrit"
    REFUSED = "refused", "refusée"
    LEFT = "left", "terminée"


LIVE = (EnrolmentState.ASKED, EnrolmentState.WAITING, EnrolmentState.ACCEPTED)
