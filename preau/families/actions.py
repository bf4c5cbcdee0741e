"""Linking accounts to adults, and changing what adults may see and do for a participant."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from preau.accounts.actions import admit
from preau.accounts.models import User
from preau.accounts.notifying import Event, notify
from preau.families.choices import AccessLevel, LinkRefusal, Situation, Subject
from preau.families.models import Adult, Guardianship, Participant
from preau.families.rules import PRESETS
from preau.journal import actions as journal

ACCOUNT_LINKED = Event("families/mail/account_linked")
NOTHING_LEFT = (Situation.WITHDRAWN, Situation.ENDED)


class LinkRefused(Exception):
    """Nothing was written; `reason` tells why."""

    def __init__(self, reason: LinkRefusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


@transaction.atomic
def link_account(*, adult: Adult, user: User, by: journal.Actor | None, now: dt.datetime) -> Adult:
    """Make `user` the account of `adult`, and let it in; the holders of the household are told by mail.

    Linked already to that very adult, nothing changes. Raises LinkRefused, when another came first included. The proof
    that they are the same person is the caller's.
    """
    if Adult.objects.filter(pk=adult.pk, user=user).exists():
        return adult
    if refusal := _link_refusal(adult, user) or _take(adult, user):
        raise LinkRefused(refusal)
    adult.refresh_from_db()
    admit(user=user, by=by, now=now)
    journal.record(
        by,
        "families.account_linked",
        at=now,
        subject=adult.code,
        family=adult.family.code,
        facts={"account": user.journal_name},
    )
    _tell_household(adult, user, now=now)
    return adult


def _link_refusal(adult: Adult, user: User) -> LinkRefusal | None:
    """Why these two cannot be linked, as the database stands; another may still come first."""
    if not user.is_family:
        return LinkRefusal.NOT_A_FAMILY_ACCOUNT
    if adult.family.archived_at is not None:
        return LinkRefusal.FILE_IS_CLOSED
    if Adult.objects.filter(user=user).exists():
        return LinkRefusal.ACCOUNT_HAS_FILE
    return None


def _take(adult: Adult, user: User) -> LinkRefusal | None:
    """One conditional update: of two accounts for one adult, or two adults for one account, the first is linked."""
    try:
        with transaction.atomic():
            free = Adult.objects.filter(pk=adult.pk, user__isnull=True, family__archived_at__isnull=True)
            return None if free.update(user=user) else LinkRefusal.ADULT_HAS_ACCOUNT
    except IntegrityError:  # the account is another adult's
        return LinkRefusal.ACCOUNT_HAS_FILE


def _tell_household(adult: Adult, user: User, *, now: dt.datetime) -> None:
    """The other accounts of the household, and the address that the file knew for this adult."""
    holders = User.objects.filter(Q(adult__family=adult.family), is_active=True).exclude(pk=user.pk)
    told: dict[str, User | str] = {holder.email.lower(): holder for holder in holders}
    if adult.email:
        told.setdefault(adult.email.lower(), adult.email)
    told.pop(user.email.lower(), None)
    for address, person in told.items():
        notify(
            ACCOUNT_LINKED,
            to=person,
            facts={"adult": adult, "family": adult.family, "at": now},
            key=f"account-linked-{adult.code}-{user.pk}-{address}",
            now=now,
        )


@transaction.atomic
def set_bond(
    *,
    adult: Adult,
    participant: Participant,
    situation: Situation,
    starts_on: dt.date,
    levels: Mapping[Subject, AccessLevel] | None = None,
    by: journal.Actor | None,
    now: dt.datetime,
) -> Guardianship:
    """What `adult` may see and do for `participant` from a day on, past days included; the rows of other days stay.

    `levels` are what a judgment adjusts in the situation's presets. Raises ValueError on a level left to somebody whose
    bond is withdrawn or ended, and on the bond of an adult to oneself, which nothing takes away.
    """
    if participant.adult_id == adult.pk and situation != Situation.EXERCISES:
        raise ValueError("nobody loses the bond to oneself")
    adjusted = {**PRESETS[situation], **(levels or {})}
    if situation in NOTHING_LEFT and any(adjusted.values()):
        raise ValueError("a withdrawn or ended bond leaves nothing")
    wanted = {"situation": situation.value} | {str(subject): int(level) for subject, level in adjusted.items()}
    key: dict[str, Any] = {"adult": adult, "participant": participant, "starts_on": starts_on}
    before = Guardianship.objects.select_for_update().filter(**key).first()
    if before is not None and all(getattr(before, name) == value for name, value in wanted.items()):
        return before
    bond, _ = Guardianship.objects.update_or_create(defaults=wanted, **key)
    journal.record(
        by,
        "families.bond_set",
        at=now,
        subject=adult.code,
        family=adult.family.code,
        participant=participant.code,
        facts={"starts_on": starts_on.isoformat(), **wanted},
    )
    return bond


@transaction.atomic
def correct_email(*, adult: Adult, email: str, by: journal.Actor | None, now: dt.datetime) -> None:
    """Keep in the file an address that an agent has mended; the account of the adult, if any, keeps its own."""
    if Adult.objects.filter(pk=adult.pk).exclude(email=email).update(email=email):
        journal.record(by, "families.email_corrected", at=now, subject=adult.code, family=adult.family.code)
    adult.email = email
