"""What the portal writes by itself: journal, mails, links, ticks that nobody confirmed."""

import datetime as dt

from django.db.models import Q, QuerySet

from preau.accounts.models import EmailChange, MailedLink
from preau.bookings.models import DraftChange
from preau.journal import actions as journal
from preau.journal.models import Entry
from preau.notifications.choices import OutgoingState
from preau.notifications.models import Outgoing
from preau.privacy.retention.kept import Kept, counted, deleted


def _mails(before: dt.datetime) -> QuerySet[Outgoing]:
    """What is still to be sent never goes."""
    return Outgoing.objects.filter(state__in=[OutgoingState.SENT, OutgoingState.FAILED], created_at__lt=before)


def _links(before: dt.datetime) -> QuerySet[MailedLink]:
    return MailedLink.objects.filter(expires_at__lt=before)


def _changes(before: dt.datetime) -> QuerySet[EmailChange]:
    return EmailChange.objects.filter(Q(confirmed_at=None) | Q(confirmed_at__lt=before), asked_at__lt=before)


def _drafts(before: dt.datetime) -> QuerySet[DraftChange]:
    return DraftChange.objects.filter(at__lt=before)


TRACES = (
    Kept(
        "journal",
        "Journal\u00a0: qui a fait quoi",
        "l’action",
        "CNIL, délibération 2021-122\u00a0: six à douze mois",
        lambda before, now: Entry.objects.filter(seq__isnull=False, at__lt=before).count(),
        lambda before, now: journal.purge(before=before, now=now),
    ),
    Kept(
        "messages",
        "Courriels envoyés par le portail",
        "l’envoi",
        "RGPD, art. 5.1 e\u00a0: le temps de répondre à une réclamation",
        counted(_mails),
        deleted(_mails),
    ),
    Kept(
        "links",
        "Liens envoyés, changements d’adresse e-mail",
        "leur fin",
        "CNIL, délibération 2021-122\u00a0: traces de connexion",
        lambda before, now: _links(before).count() + _changes(before).count(),
        lambda before, now: deleted(_links)(before, now) + deleted(_changes)(before, now),
    ),
    Kept(
        "drafts",
        "Réservations cochées et jamais confirmées",
        "la coche",
        "RGPD, art. 5.1 e\u00a0: rien n’a été réservé",
        counted(_drafts),
        deleted(_drafts),
    ),
)
