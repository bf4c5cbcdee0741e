"""What becomes of the documents of a person, their household, their children: each goes, and its file after it."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet

from preau.core.personal import Step, Whom
from preau.demarches.models import Demarche
from preau.documents.models import OwnDocument, SupportingDocument, TownDocument
from preau.documents.storing import leave


def sealed_steps(whom: Whom) -> Iterator[Step]:
    """What goes when the key of a child alone does: nothing else opens these."""
    sealed = SupportingDocument.objects.filter(participant__in=whom.participants, file__is_sealed=True)
    yield Step("Pièces scellées, avec leurs fichiers et leurs démarches", sealed, instead=_drop_given)


def steps(whom: Whom) -> Iterator[Step]:
    given = SupportingDocument.objects.filter(
        Q(family__in=whom.families) | Q(adult__in=whom.adults) | Q(participant__in=whom.participants)
    )
    yield Step("Pièces données à la mairie, avec leurs fichiers et leurs démarches", given, instead=_drop_given)
    own = OwnDocument.objects.filter(adult__in=whom.adults)
    yield Step("Documents de mon espace, avec leurs fichiers", own, instead=_drop)
    told = TownDocument.objects.filter(family__in=whom.families)
    yield Step("Documents de la mairie, avec leurs fichiers", told, instead=_drop)


def _drop_given(documents: QuerySet[Any, Any]) -> None:
    """With the request that each came by, which would tell nothing without it."""
    files = [document.file for document in documents.select_related("file")]
    Demarche.objects.filter(document__in=list(documents)).delete()
    for file in files:
        leave(file)


def _drop(documents: QuerySet[Any, Any]) -> None:
    """The worker deletes the files once the transaction holds."""
    files = [document.file for document in documents.select_related("file")]
    documents.delete()
    for file in files:
        leave(file)
