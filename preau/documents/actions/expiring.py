"""Families are told once, a month before a document expires."""

import datetime as dt

from django.db import transaction

from preau.accounts.choices import Topic
from preau.accounts.models import User
from preau.accounts.notifying import Event, notify
from preau.core.dates import local_day
from preau.documents.choices import DocumentState
from preau.documents.models import SupportingDocument
from preau.documents.permissions import documents_visible_to
from preau.documents.rules import SOON
from preau.town.queries import the_town

EXPIRES = Event("documents/mail/expires", Topic.REQUESTS)


@transaction.atomic
def warn_expiring(*, now: dt.datetime, limit: int = 100) -> int:
    """Tell the household that gave a document that it expires soon; returns how many documents were told of."""
    today = local_day(now)
    due = SupportingDocument.objects.filter(
        state=DocumentState.ACCEPTED, warned_at__isnull=True, valid_until__gte=today, valid_until__lte=today + SOON
    )
    documents = list(
        due.select_for_update(of=("self",), skip_locked=True).select_related("demarche__family", "kind")[:limit]
    )
    town = the_town()
    for document in documents:
        for to in readers_of(document, today):
            facts = {"town": town, "user": to}
            key = f"documents.expires:{document.demarche.code}:{to.pk}"
            notify(EXPIRES, to=to, facts=facts, key=key, now=now)
    SupportingDocument.objects.filter(pk__in=[document.pk for document in documents]).update(warned_at=now)
    return len(documents)


def readers_of(document: SupportingDocument, on: dt.date) -> list[User]:
    """The adults of the household that gave it, as long as they may read it."""
    adults = User.objects.filter(adult__family=document.demarche.family, is_active=True).order_by("pk")
    return [user for user in adults if documents_visible_to(user, on=on).filter(pk=document.pk).exists()]
