"""Reminding families of what they have not done: one mail to each parent who may do it, once a day at most."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery

from preau.accounts.choices import Topic
from preau.accounts.models import Subscription
from preau.checklist.models import Season
from preau.checklist.permissions import open_participants
from preau.checklist.queries.missing import Lack
from preau.checklist.queries.standings import standings_within
from preau.checklist.queries.unfinished import unfinished
from preau.checklist.rules import reminder_due
from preau.core.dates import local_day
from preau.families.choices import AccessLevel
from preau.families.models import Guardianship, Home, Participant
from preau.journal.actions import Actor, record
from preau.notifications.actions import queue_mails
from preau.notifications.models import Outgoing
from preau.town.queries import the_town

T = TypeVar("T")
BATCH = 500  # families at a time: the memory of a campaign stays that of a few pages


@dataclass(frozen=True, slots=True)
class Recipient:
    """A parent who is told, their household, and the first names of the children whom it is about."""

    user: int
    household: int
    first_name: str
    last_name: str
    email: str
    children: tuple[tuple[int, str], ...]

    @property
    def first_names(self) -> list[str]:
        return [name for _, name in self.children]


def recipients_of(people: Collection[int] | QuerySet[Participant, int], *, on: dt.date) -> list[Recipient]:
    """The parents who may act on the file of these participants (keys), have an address, and did not refuse reminders.
    One statement."""
    in_force = (
        Guardianship.objects.filter(adult=OuterRef("adult"), participant=OuterRef("participant"), starts_on__lte=on)
        .order_by("-starts_on")
        .values("pk")[:1]
    )
    silent = Subscription.objects.filter(topic=Topic.REMINDERS, is_on=False).values("user")
    rows = (
        Guardianship.objects.filter(
            participant__in=people,
            pk=Subquery(in_force),
            identity=AccessLevel.ACT,
            adult__family__archived_at__isnull=True,
            adult__user__is_active=True,
        )
        .exclude(adult__user__email="")
        .exclude(adult__user__in=silent)
        .order_by("adult__user", "participant__born_on", "participant")
        .values_list(
            "adult__user",
            "adult__family",
            "adult__user__first_name",
            "adult__user__last_name",
            "adult__user__email",
            "participant",
            "participant__first_name",
        )
    )
    found: dict[tuple[int, int, str, str, str], list[tuple[int, str]]] = defaultdict(list)
    for *who, child, name in rows.iterator(chunk_size=2000):
        found[tuple(who)].append((child, name))  # type: ignore[index]
    return [Recipient(*who, tuple(children)) for who, children in found.items()]


@transaction.atomic
def remind_of_year(season: Season, people: QuerySet[Participant], *, by: Actor | None, now: dt.datetime) -> int:
    """Remind the families of those of `people` of whom a step of the file of the year is left; returns how many mails
    are new. A second press on the same day sends nothing more. Nothing is sent once the file is closed."""
    today = local_day(now)
    if not season.is_open(today):
        return 0
    recipients = recipients_of(unfinished(people, season).order_by().values_list("pk", flat=True), on=today)
    facts = {"season": season, "town": the_town()}
    return _send(
        recipients,
        template="checklist/mail/year",
        key=f"checklist.year:{season.year.code}:{today}",
        context=lambda one: {"person": one, "children": one.first_names, **facts},
        action="checklist.year_reminded",
        subject=season.year.code,
        by=by,
        now=now,
    )


@transaction.atomic
def remind_of_missing(lacks: Sequence[Lack], *, on: dt.date, by: Actor | None, now: dt.datetime) -> int:
    """Remind the families of what their files lack on a day, child by child, without a word of health; returns how many
    mails are new. A second press on the same day sends nothing more."""
    today = local_day(now)
    told = told_of_missing(lacks, on=on, today=today)
    town = the_town()
    return _send(
        list(told),
        template="checklist/mail/missing",
        key=f"checklist.missing:{today}",
        context=lambda one: {"person": one, "children": told[one], "town": town},
        action="checklist.missing_reminded",
        subject=today.isoformat(),
        by=by,
        now=now,
    )


def told_of_missing(
    lacks: Sequence[Lack], *, on: dt.date, today: dt.date
) -> dict[Recipient, list[tuple[str, list[str]]]]:
    """What each parent is told: the first name of each child, and what they lack on that day. Of a child with two
    homes, nothing of what the other household owes."""
    recipients: list[Recipient] = []
    items: dict[tuple[int, int], list[str]] = {}
    for batch in _batches(lacks):
        some = recipients_of([lack.key for lack in batch], on=today)
        recipients += some
        items |= _items_by_household(batch, some, on)
    told = {
        one: [(name, items[one.household, key]) for key, name in one.children if items[one.household, key]]
        for one in _joined(recipients)
    }
    return {one: children for one, children in told.items() if children}


def _items_by_household(
    lacks: Sequence[Lack], recipients: Sequence[Recipient], on: dt.date
) -> dict[tuple[int, int], list[str]]:
    """In words, by household and child. Where a household is not the only home of the child, its own standing counts:
    one reading for the first household of each such child, one for the second…"""
    found = {lack.key: lack for lack in lacks}
    homes: dict[int, dict[int, int]] = defaultdict(dict)
    for child, family, home in Home.objects.filter(participant__in=found).values_list("participant", "family", "pk"):
        homes[child][family] = home
    asked = {(child, one.household) for one in recipients for child, _ in one.children}
    apart: dict[int, list[int]] = defaultdict(list)
    for child, household in sorted(asked):
        if list(homes[child]) != [household]:
            apart[child].append(household)
    owed: dict[tuple[int, int], set[str]] = {}
    for rank in range(max(map(len, apart.values()), default=0)):
        chosen = {child: theirs[rank] for child, theirs in apart.items() if len(theirs) > rank}
        within = Q(pk__in=[homes[child][one] for child, one in chosen.items() if one in homes[child]])
        standings = standings_within(list(Participant.objects.filter(pk__in=chosen)), within, on=on)
        owed |= {(chosen[child], child): {one.item for one in each.missing} for child, each in standings.items()}
    return {(household, child): found[child].items_among(owed.get((household, child))) for child, household in asked}


def _joined(recipients: Sequence[Recipient]) -> list[Recipient]:
    """One for each parent, whatever the batches in which their children were."""
    whole: dict[int, Recipient] = {}
    for one in recipients:
        known = whole.get(one.user)
        whole[one.user] = replace(known, children=(*known.children, *one.children)) if known else one
    return list(whole.values())


def remind_due(*, now: dt.datetime) -> int:
    """What the worker does: the reminders of the day, once, for every season."""
    return sum(_remind_if_due(season.pk, now) for season in Season.objects.filter(closes_on__gte=local_day(now)))


@transaction.atomic
def _remind_if_due(key: int, now: dt.datetime) -> int:
    season = Season.objects.select_for_update(of=("self",)).select_related("year").get(pk=key)
    today = local_day(now)
    if not reminder_due(
        opens_on=season.opens_on,
        closes_on=season.closes_on,
        reminders=season.reminders,
        reminded_on=season.reminded_on,
        today=today,
    ):
        return 0
    Season.objects.filter(pk=key).update(reminded_on=today)
    return remind_of_year(season, open_participants(), by=None, now=now)


def _send(
    recipients: Sequence[Recipient],
    *,
    template: str,
    key: str,
    context: Callable[[Recipient], dict[str, object]],
    action: str,
    subject: str,
    by: Actor | None,
    now: dt.datetime,
) -> int:
    """Queue one mail for each recipient, at most once for `key`, and note how many in the journal."""
    sent = 0
    for batch in _batches(recipients):
        keys = {f"{key}:{one.user}": one for one in batch}
        known = set(Outgoing.objects.filter(dedupe_key__in=list(keys)).values_list("dedupe_key", flat=True))
        new = {name: one for name, one in keys.items() if name not in known}
        queue_mails([(one.email, context(one), name) for name, one in new.items()], template=template, now=now)
        sent += len(new)
    if sent:
        record(by, action, at=now, subject=subject, facts={"mails": sent})
    return sent


def _batches(some: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(some), BATCH):
        yield some[start : start + BATCH]
