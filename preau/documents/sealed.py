"""Sensitive documents, sealed with the key of their child before they are written, opened once they are read."""

from preau.core.cleaning import Cleaned
from preau.documents.models import StoredFile, SupportingDocument
from preau.documents.storing import FileGone, read
from preau.families.models import Participant
from preau.health.keys import open_bytes, seal_bytes
from preau.health.sealing import CannotOpen

TABLE = "documents_storedfile"


def sealed_for(participant: Participant, cleaned: Cleaned, key: str) -> bytes:
    """The bytes to write under `key`. Raises MasterFault without the master key of the town."""
    return seal_bytes(participant=participant, table=TABLE, row=key, plain=cleaned.content)


def content_of(document: SupportingDocument) -> bytes:
    """What a supporting document says. Raises FileGone, also once its child was forgotten."""
    return opened(document.file, document.participant)


def opened(stored: StoredFile, participant: Participant | None) -> bytes:
    """The bytes of a file, of that child when it is sealed. Raises FileGone."""
    content = read(stored)
    if not stored.is_sealed:
        return content
    if participant is None:
        raise FileGone(stored.key)
    try:
        return open_bytes(participant=participant, table=TABLE, row=stored.key, sealed=content)
    except CannotOpen:
        raise FileGone(stored.key) from None
