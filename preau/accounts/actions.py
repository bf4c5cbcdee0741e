"""Opening accounts, letting parents in, and keeping sessions tidy."""

import datetime as dt
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models.functions import Lower

from preau.accounts.choices import UserKind
from preau.accounts.models import Acceptance, Session, User
from preau.journal import actions as journal
from preau.town.models import Text


class UsernameTaken(Exception):
    """Somebody already signs in with this user name, or an agent with this e-mail address."""


class EmailTaken(Exception):
    """A parent already signs in with this address."""


def admit(*, user: User, by: journal.Actor | None, now: dt.datetime) -> None:
    """A parent who waited for their file need not wait any more; in the caller's transaction."""
    if User.objects.filter(pk=user.pk, is_admitted=False).update(is_admitted=True):
        journal.record(by, "accounts.admitted", at=now, subject=user.code)
    user.is_admitted = True


@transaction.atomic
def open_family_account(
    *,
    username: str,
    email: str,
    first_name: str,
    last_name: str,
    password_hash: str,
    is_admitted: bool,
    texts: Iterable[Text],
    by: journal.Actor | None,
    now: dt.datetime,
) -> User:
    """Open a parent's account, with the `texts` that the parent has just accepted or taken note of.

    `by` None: the parents themselves. `password_hash` is `make_password`'s. Raises EmailTaken or UsernameTaken.
    """
    user = User(
        kind=UserKind.FAMILY,
        username=username,
        email=email,
        first_name=first_name,
        last_name=last_name,
        password=password_hash,
        is_admitted=is_admitted,
    )
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as taken:
        raise (EmailTaken(email) if family_account_at(email) else UsernameTaken(username)) from taken
    Acceptance.objects.bulk_create(Acceptance(user=user, text=text, at=now) for text in texts)
    journal.record(by or user, "accounts.opened", at=now, subject=username)
    return user


def family_account_at(email: str) -> User | None:
    """The parent who signs in with this address, whatever its case."""
    return User.objects.alias(address=Lower("email")).filter(address=email.lower(), kind=UserKind.FAMILY).first()


def close_other_sessions(user: User, *, but: str | None) -> None:
    """Sign `user` out everywhere, except in the session of this key."""
    Session.objects.filter(user=user).exclude(session_key=but).delete()


def clear_expired_sessions(*, now: dt.datetime) -> int:
    """Delete the sessions that ended a day before `now`, and say how many; run now and then by the worker.

    Until then an expired session tells whose form was sent too late (see kept_forms).
    """
    return Session.objects.filter(expire_date__lt=now - dt.timedelta(days=1)).delete()[0]
