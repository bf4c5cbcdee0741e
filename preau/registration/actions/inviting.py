"""Accounts that the town offers: invited by mail, one adult or hundreds, then accepted or taken back."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Lower

from preau.accounts.actions import open_family_account
from preau.accounts.choices import LinkPurpose, UserKind
from preau.accounts.links import close_links, make_links, use_link
from preau.accounts.models import MailedLink, User
from preau.families.actions import LinkRefused, correct_email, link_account
from preau.families.models import Adult
from preau.journal import actions as journal
from preau.notifications.actions import queue_mails
from preau.registration.choices import NotInvited
from preau.registration.models import Invitation
from preau.registration.rules import proposed_username
from preau.town.choices import WayIn
from preau.town.models import Text
from preau.town.queries import the_town

INVITED = "registration/mail/invitation"
BETWEEN_MAILS = dt.timedelta(minutes=1)


@dataclass(slots=True)
class Invited:
    """Who was invited, and who was not and why."""

    done: list[Invitation] = field(default_factory=list)
    refused: list[tuple[Adult, NotInvited]] = field(default_factory=list)


class InvitationIsOver(Exception):
    """The invitation was accepted or taken back, or the adult has got an account otherwise."""


class NotAsked(Exception):
    """The invitation does not leave; `reason` tells why."""

    def __init__(self, reason: NotInvited) -> None:
        super().__init__(reason.value)
        self.reason = reason


def invite(
    *,
    adults: Sequence[int],
    emails: Mapping[int, str] | None = None,
    renews_expired: bool = True,
    by: journal.Actor | None,
    now: dt.datetime,
) -> Invited:
    """Invite `adults` (keys) at their address in the file, or at that of `emails`. Fixed queries for hundreds.

    An invitation in force stays as it is, and so does an expired one unless `renews_expired`. Two adults cannot share
    an address: neither is invited.
    """
    try:
        return _invite(adults, emails or {}, renews_expired, by, now)
    except IntegrityError:  # another agent invited somebody to one of these addresses meanwhile: seen this time
        return _invite(adults, emails or {}, renews_expired, by, now)


@transaction.atomic
def _invite(
    keys: Sequence[int], emails: Mapping[int, str], renews: bool, by: journal.Actor | None, now: dt.datetime
) -> Invited:
    adults = list(
        Adult.objects.select_for_update(of=("self",))
        .filter(pk__in=keys)
        .select_related("family")
        .order_by("family__name", "family__number", "last_name", "first_name", "pk")
    )
    addresses = {adult.pk: emails.get(adult.pk, adult.email).strip() for adult in adults}
    known = _Known.about(addresses)
    result = Invited()
    for adult in adults:
        if reason := known.refusal(adult, addresses[adult.pk], renews=renews, now=now):
            result.refused.append((adult, reason))
        else:
            result.done.append(known.invitation(adult, addresses[adult.pk], now=now))
    _write_and_mail(result.done, by=by, now=now)
    return result


@dataclass(slots=True)
class _Known:
    """What is already there about some adults and their addresses."""

    open_of: dict[int, Invitation]
    invited_at: dict[str, int]
    accounts: set[str]
    shared: Counter[str]
    usernames: set[str]

    @classmethod
    def about(cls, addresses: Mapping[int, str]) -> "_Known":
        lowered = [address.lower() for address in addresses.values() if address]
        opened = Invitation.objects.alias(address=Lower("email")).filter(
            Q(adult__in=list(addresses)) | Q(address__in=lowered), accepted_at=None, revoked_at=None
        )
        names = User.objects.values_list("username", flat=True)
        offered = Invitation.objects.filter(accepted_at=None, revoked_at=None).values_list("username", flat=True)
        invitations = list(opened)
        return cls(
            open_of={invitation.adult_id: invitation for invitation in invitations},
            invited_at={invitation.email.lower(): invitation.adult_id for invitation in invitations},
            accounts=set(
                User.objects.alias(address=Lower("email"))
                .filter(address__in=lowered, kind=UserKind.FAMILY)
                .values_list(Lower("email"), flat=True)
            ),
            shared=Counter(lowered),
            usernames={name.lower() for name in [*names, *offered]},
        )

    def refusal(self, adult: Adult, address: str, *, renews: bool, now: dt.datetime) -> NotInvited | None:
        if adult.user_id is not None:
            return NotInvited.HAS_ACCOUNT
        if adult.family.archived_at is not None:
            return NotInvited.FILE_IS_CLOSED
        if adult.family.is_protected:
            return NotInvited.FILE_IS_PROTECTED
        invitation = self.open_of.get(adult.pk)
        if invitation and (invitation.expires_at > now or not renews):
            return NotInvited.ALREADY_INVITED
        if not address:
            return NotInvited.NO_EMAIL
        if address.lower() in self.accounts:
            return NotInvited.EMAIL_TAKEN
        if self.shared[address.lower()] > 1 or self.invited_at.get(address.lower(), adult.pk) != adult.pk:
            return NotInvited.SHARED_EMAIL
        return None

    def invitation(self, adult: Adult, address: str, *, now: dt.datetime) -> Invitation:
        """A new one, or the expired one renewed, not saved yet."""
        found = self.open_of.get(adult.pk)
        if found is None:
            username = proposed_username(adult.first_name, adult.last_name, self.usernames)
            self.usernames.add(username)
            found = Invitation(adult=adult, username=username, invited_at=now, mails=0)
        found.adult, found.email, found.mailed_at = adult, address, now
        found.mails += 1
        return found


def _write_and_mail(invitations: Sequence[Invitation], *, by: journal.Actor | None, now: dt.datetime) -> None:
    town = the_town()
    hours = town.hours_of_link(WayIn.INVITED)
    for invitation in invitations:
        invitation.expires_at = now + dt.timedelta(hours=hours)
    fields = ["email", "mails", "mailed_at", "expires_at"]
    Invitation.objects.bulk_create([one for one in invitations if one.pk is None], batch_size=200)
    Invitation.objects.bulk_update([one for one in invitations if one.pk is not None], fields, batch_size=200)
    tokens = make_links(
        LinkPurpose.INVITATION, subjects=[invitation.code for invitation in invitations], hours=hours, now=now
    )
    mails = [
        (
            invitation.email,
            {"town": town, "invitation": invitation, "adult": invitation.adult, "token": tokens[invitation.code]},
            f"invitation-{invitation.code}-{invitation.mails}",
        )
        for invitation in invitations
    ]
    queue_mails(mails, template=INVITED, now=now)
    about = [(invitation.adult.code, invitation.adult.family.code) for invitation in invitations]
    journal.record_each(by, "registration.invited", at=now, about=about, facts={})


@transaction.atomic
def invite_again(*, invitation: Invitation, by: journal.Actor | None, now: dt.datetime) -> bool:
    """Mail a new link to the same address, expired or not: the person asks, or an agent. False when one just left.

    Raises InvitationIsOver.
    """
    found = _open_invitation(invitation)
    if now - found.mailed_at < BETWEEN_MAILS:
        return False
    found.mails, found.mailed_at = found.mails + 1, now
    _write_and_mail([found], by=by, now=now)
    return True


@transaction.atomic
def invite_at(*, adult: Adult, email: str, by: journal.Actor | None, now: dt.datetime) -> Invitation:
    """Invite one adult at an address that an agent has just mended: the file keeps it, an earlier invitation is void.

    Raises NotAsked.
    """
    close_invitation(adult=adult, by=by, now=now)
    try:
        result = _invite([adult.pk], {adult.pk: email}, True, by, now)
    except IntegrityError as taken:
        raise NotAsked(NotInvited.SHARED_EMAIL) from taken
    if result.refused:
        raise NotAsked(result.refused[0][1])
    correct_email(adult=adult, email=email, by=by, now=now)
    return result.done[0]


@transaction.atomic
def close_invitation(*, adult: Adult, by: journal.Actor | None, now: dt.datetime) -> bool:
    """Take back the invitation of this adult: its link no longer works. False when there is none."""
    opened = Invitation.objects.select_for_update().filter(adult=adult, accepted_at=None, revoked_at=None)
    codes = list(opened.values_list("code", flat=True))
    if not codes:
        return False
    Invitation.objects.filter(code__in=codes).update(revoked_at=now)
    close_links(LinkPurpose.INVITATION, subjects=codes, now=now)
    journal.record(by, "registration.invitation_revoked", at=now, subject=adult.code, family=adult.family.code)
    return True


@transaction.atomic
def accept_invitation(
    *, link: MailedLink, username: str, password_hash: str, texts: Iterable[Text], now: dt.datetime
) -> User:
    """The invited adult has chosen a name and a password, and accepted `texts`: the account exists, linked.

    Raises InvitationIsOver, or EmailTaken and UsernameTaken of accounts: the link then still works.
    """
    found = _open_invitation(Invitation(code=link.subject))
    if not use_link(link, now=now):
        raise InvitationIsOver
    adult = found.adult
    user = open_family_account(
        username=username,
        email=found.email,
        first_name=adult.first_name,
        last_name=adult.last_name,
        password_hash=password_hash,
        is_admitted=False,
        texts=texts,
        by=None,
        now=now,
    )
    try:
        link_account(adult=adult, user=user, by=user, now=now)
    except LinkRefused as refused:
        raise InvitationIsOver from refused
    Invitation.objects.filter(pk=found.pk).update(accepted_at=now)
    return user


def _open_invitation(invitation: Invitation) -> Invitation:
    found = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("adult__family")
        .filter(code=invitation.code, accepted_at=None, revoked_at=None, adult__user=None)
        .first()
    )
    if found is None:
        raise InvitationIsOver
    return found
