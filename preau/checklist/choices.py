"""What a town may ask for, and before what."""

from django.db.models import TextChoices


class Item(TextChoices):
    """What may be asked for, documents apart: each of their kinds is asked for in the area of documents."""

    COORDINATES = "coordinates", "Adresse et téléphone de la famille"
    SCHOOL = "school", "École et niveau"
    IMAGE_RIGHTS = "image_rights", "Réponse sur le droit à l’image"


ABOUT_CHILDREN = frozenset({Item.SCHOOL, Item.IMAGE_RIGHTS})
"""What is never asked of an adult who takes part."""


class Stage(TextChoices):
    """Before what something is asked for, the strictest first."""

    BEFORE_BOOKING = "before_booking", "avant de réserver"
    BEFORE_FIRST_DAY = "before_first_day", "avant le premier jour"
    PROVISIONAL = "provisional", "dans un délai après le premier jour"
    OPTIONAL = "optional", "facultatif"


class State(TextChoices):
    """How far something asked for has come."""

    SETTLED = "settled", "fait"
    CHECKING = "checking", "en cours de vérification"
    REFUSED = "refused", "à refaire"
    EXPIRED = "expired", "périmé"
    MISSING = "missing", "à compléter"


DONE_BY_THE_FAMILY = (State.SETTLED, State.CHECKING)
"""The family has done its part: nothing is asked of it, and nothing is blocked while an agent looks."""
