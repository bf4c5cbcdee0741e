"""Sending the bytes of a document: to be kept by no browser, nor run by any."""

import logging

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

from preau.documents.models import StoredFile, SupportingDocument
from preau.documents.sealed import opened
from preau.documents.storing import FileGone
from preau.families.models import Participant
from preau.health.master import MasterFault

TYPES = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png"}
ALONE = "sandbox; default-src 'none'; frame-ancestors 'none'"

logger = logging.getLogger(__name__)


def bytes_of(stored: StoredFile, participant: Participant | None = None) -> bytes:
    """What a file says; no such page when it is lost, or its child forgotten."""
    try:
        return opened(stored, participant)
    except (FileGone, MasterFault):
        logger.exception("a document cannot be read")
        raise Http404 from None


def sent(content: bytes, type: str, name: str, *, is_shown: bool = False) -> HttpResponse:
    """The answer that holds a file: to be saved under a name or, when `is_shown`, as a picture of a page."""
    response = HttpResponse(content, content_type=TYPES[type])
    response["Content-Disposition"] = content_disposition_header(not is_shown, name) or "attachment"
    response["Content-Security-Policy"] = ALONE
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def name_of(document: SupportingDocument) -> str:
    """« Carnet de vaccination, Nora.pdf »."""
    person = document.participant or document.adult
    whose = f", {person.first_name}" if person else ""
    return f"{document.kind.label}{whose}.{document.file.extension}"
