"""My space."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from preau.accounts.models import User
from preau.core.cleaning import Part
from preau.documents.choices import Fault
from preau.documents.faults import DocumentRefused
from preau.documents.models import OwnDocument
from preau.documents.rules import title_of
from preau.documents.storing import keep, leave, store
from preau.families.models import Adult
from preau.journal.actions import record

MOST_OWN = 100
"""Files in somebody's space."""


def add_own(*, adult: Adult, parts: Sequence[Part], by: User, now: dt.datetime) -> OwnDocument:
    """Keep a file for its owner, under the name it came with; several are the pages of one. The same file under the
    same name is there already: the form went twice. Raises FileRefused or DocumentRefused."""
    _refuse_full(adult)
    stored = store(parts, now=now)
    with transaction.atomic():
        list(Adult.objects.select_for_update().filter(pk=adult.pk))
        title = title_of(parts[0].name)
        known = OwnDocument.objects.filter(adult=adult, title=title, file__sha256=stored.sha256)
        if same := known.select_related("file").first():
            leave(stored)
            return same
        _refuse_full(adult)
        keep(stored)
        own = OwnDocument.objects.create(adult=adult, file=stored, title=title, at=now)
        record(by, "documents.own_added", at=now, subject=own.code)
    return own


def _refuse_full(adult: Adult) -> None:
    if OwnDocument.objects.filter(adult=adult).count() >= MOST_OWN:
        raise DocumentRefused(Fault.TOO_MANY)


@transaction.atomic
def rename_own(own: OwnDocument, *, title: str, by: User, now: dt.datetime) -> None:
    """Call it otherwise."""
    OwnDocument.objects.filter(pk=own.pk).update(title=title_of(f"{title}.pdf"))
    record(by, "documents.own_renamed", at=now, subject=own.code)


@transaction.atomic
def delete_own(own: OwnDocument, *, by: User, now: dt.datetime) -> None:
    """Forget it. What was given to the town from it stays given."""
    if OwnDocument.objects.filter(pk=own.pk).delete()[0]:
        leave(own.file)
        record(by, "documents.own_deleted", at=now, subject=own.code)
