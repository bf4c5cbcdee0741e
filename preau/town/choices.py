"""Kinds of days and of places."""

from django.db.models import TextChoices


class DayKind(TextChoices):
    """What a day is for the town's activities; exactly one per day."""

    SCHOOL = "school", "jour d’école"
    WEDNESDAY = "wednesday", "mercredi"
    SATURDAY = "saturday", "samedi"
    SUNDAY = "sunday", "dimanche"
    HOLIDAYS = "holidays", "vacances scolaires"
    PUBLIC_HOLIDAY = "public_holiday", "jour férié"


class PlaceKind(TextChoices):
    SCHOOL = "school", "école"
    CENTRE = "centre", "accueil de loisirs"
    RESTAURANT = "restaurant", "restaurant scolaire"
    OTHER = "other", "autre lieu"


class TextCode(TextChoices):
    """Texts that a town may publish; each has a page, which says something sober until it does."""

    LEGAL = "legal", "Mentions légales"
    PRIVACY = "privacy", "Données personnelles"
    ACCESSIBILITY = "accessibility", "Accessibilité"
    HELP = "help", "Aide"
    TERMS = "terms", "Conditions d’utilisation"
    CONSENT_QUOTIENT = "consent-quotient", "Quotient familial"
    CONSENT_IMAGE = "consent-image", "Droit à l’image"


CONSENTS = (TextCode.CONSENT_QUOTIENT, TextCode.CONSENT_IMAGE)
"""Texts to which a person answers yes or no, freely, and may answer otherwise later."""


class WayIn(TextChoices):
    """How a person gets an account; a town opens one or several."""

    FIVE_STEPS = "five_steps", "création en cinq étapes"
    INVITED = "invited", "invitation de la commune"
    REQUEST = "request", "demande sans dossier"
    FRANCECONNECT = "franceconnect", "FranceConnect"


class Proof(TextChoices):
    """What shows that a file is one's own, besides its number and name, which others may read (PRODUCT 4.9)."""

    CODE = "code", "code du courrier"
    CONTACT = "contact", "code envoyé au contact connu"
    AGENT = "agent", "vérification par un agent"
    FRANCECONNECT = "franceconnect", "FranceConnect"
