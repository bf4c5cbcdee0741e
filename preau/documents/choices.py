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
