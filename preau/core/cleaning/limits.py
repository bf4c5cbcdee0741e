"""What a file may be, and why one is refused. Read by the process that cleans: nothing of Django here."""

from enum import StrEnum

MOST_BYTES = 10_000_000
MOST_PARTS = 10
MOST_PAGES = 40
MOST_PIXELS = 24_000_000
MOST_SCANNED_PIXELS = 80_000_000
"""Of a picture inside a PDF: an A3 sheet scanned at 600 dots an inch, in black and white, has 70 millions."""
MOST_INFLATED = 256_000_000
"""Bytes of a PDF once inflated, all its streams together."""
LONGEST_SIDE = 2600
"""An A4 sheet at 220 dots an inch: small print is read."""
PHOTO_SIDE = 640
"""Of the photo of somebody: a face is recognised."""

MEMORY = 300 * 1024 * 1024
"""Of the process that cleans, all it reserves included."""
CPU_SECONDS = 6
PATIENCE = 20.0
"""Seconds, on a machine that does other things too."""
BIGGEST_ANSWER = 24_000_000

FORMATS = {"pdf": "pdf", "jpg": "jpeg", "jpeg": "jpeg", "png": "png", "heic": "heic", "heif": "heic"}
"""By extension."""


class Reason(StrEnum):
    """Why a file is refused."""

    EMPTY = "empty"
    TOO_HEAVY = "too_heavy"
    TOO_MANY_FILES = "too_many_files"
    EXTENSION = "extension"
    LYING = "lying"
    TOO_LARGE = "too_large"
    TOO_MANY_PAGES = "too_many_pages"
    LOCKED = "locked"
    DYNAMIC_FORM = "dynamic_form"
    UNREADABLE = "unreadable"
    INFECTED = "infected"
    NOT_SCANNED = "not_scanned"
    BUSY = "busy"


TEXTS = {
    Reason.EMPTY: "Ce fichier est vide\u00a0: choisissez-en un autre",
    Reason.TOO_HEAVY: "Choisissez un fichier de 10 Mo au plus",
    Reason.TOO_MANY_FILES: "Envoyez 10 fichiers au plus pour un document",
    Reason.EXTENSION: "Choisissez un fichier PDF, JPEG, PNG ou HEIC",
    Reason.LYING: (
        "Ce fichier n’est pas ce que son nom annonce\u00a0: enregistrez-le en PDF, ou prenez la feuille en photo"
    ),
    Reason.TOO_LARGE: "Cette image est trop grande\u00a0: choisissez-en une de 24 millions de points au plus",
    Reason.TOO_MANY_PAGES: "Envoyez 40 pages au plus\u00a0: gardez celles qui sont demandées",
    Reason.LOCKED: "Ce PDF est protégé par un mot de passe\u00a0: enregistrez-le sans mot de passe, puis envoyez-le",
    Reason.DYNAMIC_FORM: "Ce formulaire ne s’affiche pas partout\u00a0: imprimez-le en PDF, ou prenez-le en photo",
    Reason.UNREADABLE: (
        "Ce fichier ne peut pas être lu\u00a0: il est abîmé. Enregistrez-le à nouveau, ou prenez une photo"
    ),
    Reason.INFECTED: "L’antivirus a trouvé un virus dans ce fichier\u00a0: il n’est pas gardé",
    Reason.NOT_SCANNED: "L’antivirus ne répond pas\u00a0: ce fichier n’est pas gardé. Réessayez dans quelques minutes",
    Reason.BUSY: "Trop de fichiers arrivent en même temps\u00a0: celui-ci n’est pas gardé. Réessayez dans une minute",
}


class FileRefused(Exception):
    """A file is not kept; `reason` says why, `name` which one, `str()` the sentence for whoever sent it."""

    def __init__(self, reason: Reason, name: str = "") -> None:
        super().__init__(TEXTS[reason])
        self.reason, self.name = reason, name
