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
