"""A document is given to the town, or taken back before an agent has read it."""

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from preau.accounts.choices import Channel
from preau.accounts.models import User
from preau.core.cleaning import Cleaned, Part
from preau.demarches.actions import open_demarche, withdraw
from preau.demarches.models import Demarche
from preau.documents.choices import DocumentState, Fault, FileType, Holder, Sensitivity
from preau.documents.faults import DocumentRefused
from preau.documents.models import DocumentKind, OwnDocument, StoredFile, SupportingDocument
from preau.documents.sealed import sealed_for
from preau.documents.storing import FileGone, keep, read, store, write
from preau.families.models import Adult, Family, Participant
from preau.health.master import MasterFault

KIND = "documents.handed"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Given:
    """Of which kind a document is, whose, and which household gives it: the holder's own, or one of the child's."""

    kind: DocumentKind
    holder: Family | Adult | Participant
    household: Family

    def __post_init__(self) -> None:
        if not isinstance(self.holder, MODELS[Holder(self.kind.holder)]):
            raise DocumentRefused(Fault.NOT_HOLDER)

    @property
    def column(self) -> str:
        return {Family: "family", Adult: "adult", Participant: "participant"}[type(self.holder)]

    @property
    def child(self) -> Participant | None:
        return self.holder if isinstance(self.holder, Participant) else None

    @property
    def giver(self) -> Family | None:
        """The household that gave a judgment; None of anything else, which is the holder's whoever gives it."""
        return self.household if self.kind.sensitivity == Sensitivity.JUDGMENT else None

    @property
    def others(self) -> QuerySet[SupportingDocument]:
        """All that was given of this kind for this holder, of a judgment by this household: what another gave says
        perhaps where a parent lives, and a paper handed in later may hold an earlier decision."""
        return SupportingDocument.objects.filter(kind=self.kind, household=self.giver, **{self.column: self.holder})

    @property
    def waiting(self) -> QuerySet[SupportingDocument]:
        """What nobody has read of it: one at most."""
        return self.others.filter(state=DocumentState.HANDED).select_related("demarche")


MODELS: dict[Holder, type[Family] | type[Adult] | type[Participant]] = {
    Holder.FAMILY: Family,
    Holder.ADULT: Adult,
    Holder.CHILD: Participant,
}


def hand_in(given: Given, *, what: Sequence[Part] | OwnDocument, by: User, now: dt.datetime) -> SupportingDocument:
    """Give a document, as files or from one's own space; one of the same kind that nobody has read yet is taken back.

    Raises FileRefused or DocumentRefused.
    """
    stored = stored_for(given, what, now=now)
    with transaction.atomic():
        lock(given)
        for waiting in given.waiting:
            withdraw_document(waiting.demarche, by=by, now=now)
        return write_document(given, stored, asked_by=by, by=by, channel=Channel.ONLINE, now=now)


def stored_for(given: Given, what: Sequence[Part] | OwnDocument, *, now: dt.datetime) -> StoredFile:
    """The file of a document, sealed if its kind is; a file of one's own space serves as it is unless it must be."""
    child = given.child

    def seal(cleaned: Cleaned, key: str) -> bytes:
        assert child is not None  # by a constraint on kinds
        return sealed_for(child, cleaned, key)

    try:
        if not isinstance(what, OwnDocument):
            if given.kind.pdf_only and any(not part.name.lower().endswith(".pdf") for part in what):
                raise DocumentRefused(Fault.FORMAT)
            return store(what, seal=seal if given.kind.is_sealed else None, now=now)
        if given.kind.pdf_only and what.file.type != FileType.PDF:
            raise DocumentRefused(Fault.FORMAT)
        if not given.kind.is_sealed:
            return what.file
        file = what.file
        return write(Cleaned(read(file), file.type, file.pages), file.scan, seal=seal, now=now)
    except FileGone:
        raise DocumentRefused(Fault.MOVED) from None
    except MasterFault:
        logger.exception("A document could not be sealed")
        raise DocumentRefused(Fault.NOT_ONLINE) from None


def lock(given: Given) -> None:
    """Of two documents of a kind for one holder, given at once, the second waits."""
    list(type(given.holder)._default_manager.select_for_update().filter(pk=given.holder.pk))


def write_document(
    given: Given, stored: StoredFile, *, asked_by: User | None, by: User, channel: Channel, now: dt.datetime
) -> SupportingDocument:
    """In the caller's transaction: the démarche, and the document that it asks to accept. Raises DocumentRefused when
    the file has gone meanwhile."""
    try:
        keep(stored)
    except FileGone:
        raise DocumentRefused(Fault.MOVED) from None
    demarche = open_demarche(
        kind=KIND,
        asked_by=asked_by,
        summary=given.kind.label,
        family=given.household,
        participant=given.child,
        words=[str(given.holder)],
        now=now,
    )
    return SupportingDocument.objects.create(
        demarche=demarche,
        kind=given.kind,
        file=stored,
        at=now,
        channel=channel,
        handed_by=by,
        household=given.giver,
        **{given.column: given.holder},
    )


@transaction.atomic
def withdraw_document(demarche: Demarche, *, by: User, now: dt.datetime) -> Demarche:
    """Take back a document that no agent has answered. Raises DemarcheRefused once one has."""
    withdrawn = withdraw(demarche, by=by, now=now)
    SupportingDocument.objects.filter(pk=demarche.pk).update(state=DocumentState.WITHDRAWN)
    return withdrawn
