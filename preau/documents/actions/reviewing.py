"""An agent answers a document, or adds the one that a family brought to the counter."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from preau.accounts.choices import Channel
from preau.accounts.models import User
from preau.core.cleaning import Part
from preau.demarches.actions import answer
from preau.demarches.choices import DemarcheState
from preau.demarches.models import Demarche
from preau.documents.actions.handing import Given, lock, stored_for, withdraw_document, write_document
from preau.documents.choices import DocumentState
from preau.documents.models import SupportingDocument


@transaction.atomic
def accept_document(
    demarche: Demarche, *, valid_until: dt.date | None = None, by: User, version: int, now: dt.datetime
) -> Demarche:
    """The document is good, until a day included (None: without end); it replaces the one before, of a judgment that of
    the same household. Raises DemarcheRefused when somebody has answered meanwhile."""
    document = SupportingDocument.objects.select_related("kind", "family", "adult", "participant").get(pk=demarche.pk)
    given = given_of(document, demarche)
    lock(given)
    answered = answer(demarche, state=DemarcheState.ACCEPTED, reason="", by=by, version=version, now=now)
    given.others.filter(state=DocumentState.ACCEPTED).exclude(pk=document.pk).update(state=DocumentState.REPLACED)
    SupportingDocument.objects.filter(pk=document.pk).update(state=DocumentState.ACCEPTED, valid_until=valid_until)
    return answered


@transaction.atomic
def refuse_document(demarche: Demarche, *, reason: str, by: User, version: int, now: dt.datetime) -> Demarche:
    """The document does not do; the family reads why, and sends another. Raises DemarcheRefused."""
    refused = answer(demarche, state=DemarcheState.REFUSED, reason=reason, by=by, version=version, now=now)
    SupportingDocument.objects.filter(pk=demarche.pk).update(state=DocumentState.REFUSED)
    return refused


def given_of(document: SupportingDocument, demarche: Demarche) -> Given:
    """What a document is."""
    holder = document.family or document.adult or document.participant
    assert holder is not None  # by a constraint
    assert demarche.family is not None  # hand_in says which household gave it
    return Given(document.kind, holder, demarche.family)


def add_at_counter(
    given: Given, *, parts: Sequence[Part], valid_until: dt.date | None, by: User, now: dt.datetime
) -> SupportingDocument:
    """Keep what a family brought to the counter, read and accepted by the agent who adds it. Raises FileRefused or
    DocumentRefused."""
    stored = stored_for(given, parts, now=now)
    with transaction.atomic():
        lock(given)
        for waiting in given.waiting:
            withdraw_document(waiting.demarche, by=by, now=now)
        document = write_document(given, stored, asked_by=None, by=by, channel=Channel.COUNTER, now=now)
        accept_document(document.demarche, valid_until=valid_until, by=by, version=1, now=now)
    document.refresh_from_db()
    return document
