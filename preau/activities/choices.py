"""How an activity takes enrolments and bookings."""

from django.db.models import TextChoices


class EnrolmentMode(TextChoices):
    DIRECT = "direct", "acceptée aussitôt"
    CHECKED = "checked", "vérifiée par un agent"
    ALLOCATED = "allocated", "attribuée en commission"
    PAY_NOW = "pay_now", "en paiement immédiat"


class BookingMode(TextChoices):
    FAMILY = "family", "réservée par la famille"
    READ_ONLY = "read_only", "consultable seulement"
    AUTOMATIC = "automatic", "réservée d’office chaque jour d’ouverture"


class AfterNotice(TextChoices):
    """What becomes of a request made once the deadline has passed."""

    REFUSE = "refuse", "refusée"
    SURCHARGE = "surcharge", "acceptée avec majoration"
    ASK = "ask", "soumise à un agent"


class Misfit(TextChoices):
    """Why an activity is not for someone."""

    OVER = "over", "Cette activité est terminée."
    ADULTS_ONLY = "adults_only", "Cette activité est réservée aux adultes."
    CHILDREN_ONLY = "children_only", "Cette activité est réservée aux enfants."
    TOO_YOUNG = "too_young", "Cette activité demande d’être plus âgé."
    TOO_OLD = "too_old", "Cette activité demande d’être plus jeune."
    WRONG_LEVEL = "wrong_level", "Cette activité est ouverte à d’autres niveaux scolaires."
    WRONG_SCHOOL = "wrong_school", "Cette activité est ouverte à d’autres écoles."
