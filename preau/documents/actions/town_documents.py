"""What an agent puts in the file of a household."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from preau.accounts.models import User
from preau.core.cleaning import Part
from preau.documents.models import TownDocument
from preau.documents.rules import title_of
from preau.documents.storing import keep, leave, store
from preau.families.models import Family
from preau.journal.actions import record


def give_from_town(*, family: Family, title: str, parts: Sequence[Part], by: User, now: dt.datetime) -> TownDocument:
    """Put a document in a file: every adult of the household reads it. Raises FileRefused."""
    stored = store(parts, now=now)
    with transaction.atomic():
        keep(stored)
        name = title_of(f"{title}.pdf") if title.strip() else title_of(parts[0].name)
        given = TownDocument.objects.create(family=family, file=stored, title=name, at=now, by=by)
        record(by, "documents.given_by_town", at=now, subject=given.code, family=family.code)
    return given


@transaction.atomic
def take_back_from_town(document: TownDocument, *, by: User, now: dt.datetime) -> None:
    """Take out a document put there by mistake."""
    if TownDocument.objects.filter(pk=document.pk).delete()[0]:
        leave(document.file)
        record(by, "documents.taken_back_by_town", at=now, subject=document.code, family=document.family.code)
