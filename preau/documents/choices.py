"""States of files."""

from django.db.models import TextChoices


class FileType(TextChoices):
    """What is kept, whatever was sent."""

    PDF = "pdf", "PDF"
    JPEG = "jpeg", "image JPEG"


class FileState(TextChoices):
    """A file is there for certain only while it is kept: the row comes before it, and goes after it."""

    WRITING = "writing", "en cours d’écriture"
    KEPT = "kept", "gardé"
    DROPPED = "dropped", "à effacer"


class ScanState(TextChoices):
    """What an antivirus said of the bytes that were sent."""

    NOT_SCANNED = "not_scanned", "Non analysé"
    CLEAN = "clean", "Rien trouvé"


class Holder(TextChoices):
    """Whose document it is: it serves for all that they do."""

    FAMILY = "family", "le foyer"
    ADULT = "adult", "un adulte"
    CHILD = "child", "un enfant"


class Sensitivity(TextChoices):
    """Who may read a document: beside its household, whoever reviews; more for these."""

    ORDINARY = "ordinary", "ordinaire"
    INCOME = "income", "revenus"
    HEALTH = "health", "santé"
    JUDGMENT = "judgment", "jugement"


SEALED = (Sensitivity.HEALTH, Sensitivity.JUDGMENT)
"""Kept sealed with the key of the child."""


class Validity(TextChoices):
    """Until when a document is good once it is accepted."""

    FOREVER = "forever", "sans limite"
    MONTHS = "months", "un nombre de mois"
    SCHOOL_YEAR = "school_year", "jusqu’à la fin de l’année scolaire"
    YEAR = "year", "jusqu’au 31 décembre"
    ASKED = "asked", "la date qui est sur le document"


class Stage(TextChoices):
    """When a document is owed."""

    BEFORE_BOOKING = "before_booking", "avant de réserver"
    BEFORE_FIRST_DAY = "before_first_day", "avant le premier jour"
    PROVISIONAL = "provisional", "dans les mois qui suivent le premier jour"
    OPTIONAL = "optional", "facultatif"


class DocumentState(TextChoices):
    HANDED = "handed", "En cours de lecture"
    ACCEPTED = "accepted", "Accepté"
    REFUSED = "refused", "Refusé"
    WITHDRAWN = "withdrawn", "Retiré"
    REPLACED = "replaced", "Remplacé"


LIVE = (DocumentState.HANDED, DocumentState.ACCEPTED)
"""Of these, a holder has one of a kind at most."""


class Standing(TextChoices):
    """Where a holder stands with a kind of document, on a day."""

    OK = "ok", "Fourni"
    EXPIRING = "expiring", "À renouveler"
    WAITING = "waiting", "En cours de lecture"
    REFUSED = "refused", "À renvoyer"
    EXPIRED = "expired", "Expiré"
    MISSING = "missing", "À fournir"


OWED = (Standing.MISSING, Standing.EXPIRED, Standing.REFUSED)


class Fault(TextChoices):
    """Why a document was left as it is."""

    NOT_HOLDER = "not_holder", "ce document n’est pas demandé pour cette personne"
    FORMAT = "format", "ce document n’est pas accepté sous cette forme"
    MOVED = "moved", "ce document a changé entre-temps\u00a0: relisez la page"
    TOO_MANY = "too_many", "votre espace est plein\u00a0: supprimez un fichier avant d’en ajouter"
    NOT_ONLINE = "not_online", "ce document ne peut pas être gardé pour le moment\u00a0: portez-le à la mairie"
