"""What a town may ask for, and before what."""

from django.db.models import TextChoices


class Item(TextChoices):
    """What may be asked for, documents apart: each of their kinds is asked for in the area of documents."""

    COORDINATES = "coordinates", "Adresse et téléphone de la famille"
    SCHOOL = "school", "École et niveau"
    PERSON_TO_CALL = "person_to_call", "Une personne à appeler en cas d’urgence"
    HEALTH_SHEET = "health_sheet", "Fiche sanitaire"
    VACCINES = "vaccines", "Vaccins"
    AUTHORISATIONS = "authorisations", "Réponses aux autorisations parentales"
    IMAGE_RIGHTS = "image_rights", "Réponse sur le droit à l’image"


ABOUT_CHILDREN = frozenset(Item) - {Item.COORDINATES}
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


class Step(TextChoices):
    """What families look at again in the file of the year, in the order of the walk."""

    COORDINATES = "coordinates", "Coordonnées du foyer"
    IDENTITY = "identity", "Identité et école"
    HEALTH = "health", "Fiche sanitaire"
    AUTHORISATIONS = "authorisations", "Autorisations parentales"
    IMAGE = "image", "Droit à l’image"
    DOCUMENTS = "documents", "Documents"


OF_THE_HOUSEHOLD = frozenset({Step.COORDINATES})
"""Each household confirms these for itself; the others are done once for the child, by either parent."""


class YearRefusal(TextChoices):
    """Why a step of the file of the year is not confirmed."""

    NOT_OPEN = "not_open", "Le dossier d’inscription n’est pas ouvert. Rien n’a été enregistré."
    CHANGED = "changed", "Ce qui est écrit a changé pendant que vous lisiez\u00a0: relisez-le, puis confirmez."
    MISSING = "missing", "Il manque encore quelque chose à cette étape\u00a0: complétez-la d’abord."
