"""Tying an account to an identity, and untying it."""

import datetime as dt

from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction
from django.db.models import TextChoices

from preau.accounts.franceconnect.client import SignIn
from preau.accounts.franceconnect.provider import ID
from preau.accounts.models import User
from preau.accounts.notifying import Event, notify
from preau.journal import actions as journal

LINKED = Event("accounts/mail/franceconnect_linked")
UNLINKED = Event("accounts/mail/franceconnect_unlinked")


class TieRefusal(TextChoices):
    """Why nothing was tied or untied."""

    TAKEN = "taken", "cette identité est reliée à un autre compte"
    ALREADY = "already", "ce compte est relié à une autre identité"
    NOT_A_FAMILY_ACCOUNT = "not_a_family_account", "ce compte n’est pas celui d’une famille"
    NO_PASSWORD = "no_password", "ce compte n’a pas de mot de passe"


class TieRefused(Exception):
    """Nothing was written; `reason` tells why."""

    def __init__(self, reason: TieRefusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


def account_of(sub: str) -> User | None:
    """The user whose account is tied to this identity."""
    tied = SocialAccount.objects.select_related("user").filter(provider=ID, uid=sub).first()
    return tied.user if tied else None


def tie_of(user: User) -> SocialAccount | None:
    """What ties this account to an identity; None when nothing does."""
    return SocialAccount.objects.filter(provider=ID, user=user).first()


@transaction.atomic
def tie(*, user: User, sign_in: SignIn, tells: bool = True, by: journal.Actor | None, now: dt.datetime) -> None:
    """From now on, whoever signs in with this identity is `user`, who is told by mail unless the account is only being
    opened. Raises TieRefused.

    Of the identity, nothing is kept but what finds it again and how sure the State was.
    """
    if not user.is_family:
        raise TieRefused(TieRefusal.NOT_A_FAMILY_ACCOUNT)
    User.objects.select_for_update().get(pk=user.pk)  # of two identities at once, the second finds the first
    if tied := tie_of(user):
        if tied.uid != sign_in.sub:
            raise TieRefused(TieRefusal.ALREADY)
        return
    facts = {"sub": sign_in.sub, "acr": sign_in.acr, "auth_time": sign_in.auth_time}
    try:
        with transaction.atomic():
            SocialAccount.objects.create(provider=ID, uid=sign_in.sub, user=user, extra_data=facts)
    except IntegrityError:
        raise TieRefused(TieRefusal.TAKEN) from None
    journal.record(by, "accounts.franceconnect_linked", at=now, subject=user.code, facts={"acr": sign_in.acr})
    if tells:
        notify(LINKED, to=user, facts={"at": now}, key=f"franceconnect-linked-{user.pk}-{now.isoformat()}", now=now)


@transaction.atomic
def untie(*, user: User, by: journal.Actor | None, now: dt.datetime) -> None:
    """FranceConnect no longer opens this account; a second time changes nothing. Raises TieRefused without a password,
    which would leave no way in."""
    if not user.has_usable_password():
        raise TieRefused(TieRefusal.NO_PASSWORD)
    deleted, _ = SocialAccount.objects.filter(provider=ID, user=user).delete()
    if deleted:
        journal.record(by, "accounts.franceconnect_unlinked", at=now, subject=user.code)
        notify(UNLINKED, to=user, facts={"at": now}, key=f"franceconnect-unlinked-{user.pk}-{now.isoformat()}", now=now)


def cut_newer_tie(*, user: User, since: dt.datetime, now: dt.datetime) -> None:
    """Untie what was tied since, even without a password: whoever tied it stole the account."""
    deleted, _ = SocialAccount.objects.filter(provider=ID, user=user, date_joined__gte=since).delete()
    if deleted:
        journal.record(user, "accounts.franceconnect_unlinked", at=now, subject=user.code)


def note_sign_in(*, user: User, sign_in: SignIn) -> None:
    """Remember the last time, and how sure the State was of it."""
    tied = tie_of(user)
    if tied is not None:
        tied.extra_data = {"sub": sign_in.sub, "acr": sign_in.acr, "auth_time": sign_in.auth_time}
        tied.save(update_fields=["extra_data", "last_login"])
