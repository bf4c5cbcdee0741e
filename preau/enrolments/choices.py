"""States of an enrolment."""

from django.db.models import TextChoices


class EnrolmentState(TextChoices):
    ASKED = "asked", "demande envoyée"
    WAITING = "waiting", "liste d’attente"
    ACCEPTED = "accepted", "inscrit"
    REFUSED = "refused", "refusée"
    LEFT = "left", "terminée"


LIVE = (EnrolmentState.ASKED, EnrolmentState.WAITING, EnrolmentState.ACCEPTED)


class Refusal(TextChoices):
    """Why an enrolment is refused, beside what makes an activity unfit for someone (activities.choices.Misfit)."""

    ALREADY = "already", "Cette inscription existe déjà\u00a0: une seule par enfant et par activité."
    DESK_ONLY = "desk_only", "Cette activité ne s’inscrit pas en ligne. Appelez la mairie."
    NO_GROUP = "no_group", "Aucun groupe de cette activité n’accueille son école ou son niveau."
    FULL = "full", "Il n’y a plus de place dans cette activité."
    TOO_EARLY = "too_early", "Choisissez une date d’entrée à partir d’aujourd’hui, pas avant le début de l’activité."
    TOO_LATE = "too_late", "Choisissez une date d’entrée avant la fin de l’activité."
