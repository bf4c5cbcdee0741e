"""How long what nobody needs any more is kept, where no other delay of the portal says it, and taking it away."""

import calendar
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import QuerySet

from preau.core.dates import PARIS
from preau.journal import actions as journal
from preau.journal.models import Entry
from preau.notifications.choices import OutgoingState
from preau.notifications.models import Outgoing

NIGHT_ENDS = 5  # o’clock in France


@dataclass(frozen=True, slots=True)
class Kept:
    """A sort of data: kept for so many months after the instant that `since` tells, because of `source`.

    `old` counts what is older than an instant; `clear` takes it away, and returns how many rows went.
    """

    code: str
    label: str
    months: int
    since: str
    source: str
    old: Callable[[dt.datetime], int]
    clear: Callable[[dt.datetime, dt.datetime], int]


def months_before(now: dt.datetime, months: int) -> dt.datetime:
    """The same day and hour so many months earlier; the last day of a shorter month."""
    years, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    day = min(now.day, calendar.monthrange(years, month + 1)[1])
    return now.replace(year=years, month=month + 1, day=day)


def _mails(before: dt.datetime) -> QuerySet[Outgoing]:
    """What is still to be sent never goes."""
    return Outgoing.objects.filter(state__in=[OutgoingState.SENT, OutgoingState.FAILED], created_at__lt=before)


RETENTION = (
    Kept(
        "journal",
        "Journal : qui a fait quoi",
        12,
        "l’action",
        "CNIL, délibération 2021-122 : six à douze mois",
        lambda before: Entry.objects.filter(seq__isnull=False, at__lt=before).count(),
        lambda before, now: journal.purge(before=before, now=now),
    ),
    Kept(
        "messages",
        "Courriels envoyés par le portail",
        6,
        "l’envoi",
        "RGPD, art. 5.1 e : le temps de répondre à une réclamation",
        lambda before: _mails(before).count(),
        lambda before, now: _mails(before).delete()[0],
    ),
)


@dataclass(frozen=True, slots=True)
class Cleared:
    """What of a sort went, or would go."""

    kept: Kept
    before: dt.datetime
    count: int


def foreseen(*, now: dt.datetime) -> list[Cleared]:
    """What a purge would take away, without taking any."""
    return [Cleared(kept, before := months_before(now, kept.months), kept.old(before)) for kept in RETENTION]


def purge(*, now: dt.datetime) -> list[Cleared]:
    """Take away what is older than its delay. Each sort in its own transaction; a second time takes nothing more."""
    return [Cleared(kept, before := months_before(now, kept.months), kept.clear(before, now)) for kept in RETENTION]


def purge_by_night(*, now: dt.datetime) -> int:
    """The same, when the town sleeps; returns how many rows went."""
    if now.astimezone(PARIS).hour >= NIGHT_ENDS:
        return 0
    return sum(one.count for one in purge(now=now))
