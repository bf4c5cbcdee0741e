"""The kind of requests by which a document is given: how the worklist and the family's « Suivi » read and answer it."""

from collections.abc import Sequence

from django.db.models import Q

from preau.core.templatetags.ui import date_longue
from preau.demarches.kinds import Kind, Line, Reach
from preau.demarches.models import Demarche
from preau.documents.actions import KIND, accept_document, refuse_document, withdraw_document
from preau.documents.models import SupportingDocument
from preau.documents.papers import hand_in_url
from preau.documents.permissions import closed_to
from preau.families.choices import Subject


def lines_of(demarche: Demarche) -> Sequence[Line]:
    """What was given, without a word of what it says."""
    document = SupportingDocument.objects.select_related("kind", "adult", "participant", "file").get(pk=demarche.pk)
    told = (
        Line("Document", document.kind.label),
        Line("Pour", document.holder_name),
        Line("Pages", str(document.file.pages)),
        Line("Valable jusqu’au", date_longue(document.valid_until)),
        Line("Reçu", "Au guichet" if document.channel == "counter" else ""),
    )
    return [line for line in told if line.value]


def change_page(demarche: Demarche) -> str:
    """Another file is sent instead."""
    document = demarche.document
    return hand_in_url(document.kind, document.holder)


def then(demarche: Demarche) -> str:
    return "Ce document sert pour toutes vos démarches. Vous n’avez rien d’autre à faire."


HANDED = Kind(
    code=KIND,
    label="Pièce",
    page="documents:review",
    detail=SupportingDocument,
    lines=lines_of,
    accept=accept_document,
    refuse=refuse_document,
    mail="documents/mail/answered",
    reach=Reach.ASKER,
    subject=Subject.DOCUMENTS,
    change_page=change_page,
    again_label="Envoyer un nouveau document",
    then=then,
    withdraw=withdraw_document,
    working_days=lambda: 2,
    closed=lambda user, on: Q(document__kind__sensitivity__in=closed_to(user, on)),
)
