"""Changing how one signs in: password, e-mail address, user name. What is changed is told by mail."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Lower

from preau.accounts.actions import UsernameTaken, close_other_sessions
from preau.accounts.choices import LinkPurpose
from preau.accounts.factors import drop_newer_factors
from preau.accounts.franceconnect.actions import cut_newer_tie
from preau.accounts.links import make_link, use_link
from preau.accounts.models import EmailChange, MailedLink, PasswordRequest, User
from preau.accounts.notifying import Event, notify
from preau.core.codes import new_code
from preau.journal import actions as journal

PASSWORD_HOURS, EMAIL_HOURS, UNDO_HOURS = 1, 72, 7 * 24
MOST_LINKS_AN_HOUR = 5  # to one person, however many are asked for
SUSPECT = dt.timedelta(days=1)  # before a change was asked: whoever stole the account may have come in then

FORGOTTEN = Event("accounts/mail/password_link")
PASSWORD_CHANGED = Event("accounts/mail/password_changed")
NEW_ADDRESS = Event("accounts/mail/email_confirm")
ADDRESS_TAKEN = Event("accounts/mail/email_taken")
ADDRESS_CHANGED = Event("accounts/mail/email_changed")
ADDRESS_BACK = Event("accounts/mail/email_undone")


class LinkOver(Exception):
    """The link has been used already, or its time is over."""


class AddressTaken(Exception):
    """Somebody else of the same kind signs in with this address by now."""


# Password


def ask_password_link(login: str, *, now: dt.datetime) -> None:
    """Somebody says that they forgot the password of this name or address; the worker looks for it."""
    PasswordRequest.objects.create(login=login.strip()[:254], asked_at=now)


def answer_password_requests(*, now: dt.datetime, limit: int = 20) -> int:
    """Mail a link to whoever has the accounts asked for, and say how many requests were read."""
    with transaction.atomic():
        asked = list(PasswordRequest.objects.select_for_update(skip_locked=True).order_by("pk")[:limit])
        for request in asked:
            for user in _accounts_of(request.login):
                _mail_password_link(user, now=now)
        PasswordRequest.objects.filter(pk__in=[request.pk for request in asked]).delete()
    return len(asked)


def _accounts_of(login: str) -> list[User]:
    """Those who sign in under this name or address; not those who wait for the link that opens their account."""
    wanted = Q(name=login.lower()) | Q(address=login.lower())
    users = User.objects.alias(name=Lower("username"), address=Lower("email")).filter(wanted, is_active=True)
    return [user for user in users if user.has_usable_password() or user.last_login or user.password_changed_at]


def _mail_password_link(user: User, *, now: dt.datetime) -> None:
    an_hour_ago = now - dt.timedelta(hours=1)
    sent = MailedLink.objects.filter(user=user, purpose=LinkPurpose.PASSWORD, created_at__gt=an_hour_ago)
    if sent.count() >= MOST_LINKS_AN_HOUR:
        return
    # A subject of its own: whoever asks in the place of the owner does not close the link that the owner holds.
    token = make_link(LinkPurpose.PASSWORD, user=user, subject=new_code(), hours=PASSWORD_HOURS, now=now)
    facts = {"user": user, "token": token, "until": now + dt.timedelta(hours=PASSWORD_HOURS)}
    notify(FORGOTTEN, to=user, facts=facts, key=f"password-link:{new_code()}", now=now)


@transaction.atomic
def choose_password_by_link(link: MailedLink, password: str, *, now: dt.datetime) -> User:
    """Set the password of whoever holds the link. Raises LinkOver. All sessions end."""
    user = _owner(link)
    if not (user.is_active and use_link(link, now=now)):
        raise LinkOver
    set_password(user, password, keep=None, now=now)
    return user


@transaction.atomic
def set_password(user: User, password: str, *, keep: str | None, now: dt.datetime) -> None:
    """Set a password already checked. All sessions end but the one whose key is `keep`, and no link that was sent to
    choose a password works any more."""
    user.set_password(password)
    user.password_changed_at = now
    user.save(update_fields=["password", "password_changed_at"])
    close_other_sessions(user, but=keep or "")
    _close_links(user, LinkPurpose.PASSWORD, now=now)
    journal.record(user, "accounts.password_changed", at=now, subject=user.code)
    notify(PASSWORD_CHANGED, to=user, facts={"user": user, "at": now}, key=f"password:{new_code()}", now=now)


# E-mail address


@transaction.atomic
def ask_email_change(user: User, email: str, *, now: dt.datetime) -> EmailChange:
    """Ask for another address: nothing changes until it is confirmed from there. Earlier requests are dropped.

    Whoever has that address already is told by mail, and the page says nothing of it.
    """
    cancel_email_change(user, now=now)
    change = EmailChange.objects.create(user=user, old_email=user.email, new_email=email, asked_at=now)
    key = f"email-change:{change.code}"
    # Made in any case, and mailed to nobody when the address is taken: the time taken tells nothing.
    token = make_link(LinkPurpose.EMAIL, user=user, subject=change.code, hours=EMAIL_HOURS, now=now)
    if _is_taken(email, user):
        notify(ADDRESS_TAKEN, to=email, facts={}, key=key, now=now)
        return change
    facts = {"user": user, "token": token, "until": now + dt.timedelta(hours=EMAIL_HOURS)}
    notify(NEW_ADDRESS, to=email, facts=facts, key=key, now=now)
    return change


def pending_email_change(user: User, *, now: dt.datetime) -> EmailChange | None:
    """The change that waits to be confirmed, as long as it may be."""
    since = now - dt.timedelta(hours=EMAIL_HOURS)
    return user.email_changes.filter(confirmed_at=None, asked_at__gt=since).order_by("-asked_at").first()


@transaction.atomic
def cancel_email_change(user: User, *, now: dt.datetime) -> None:
    """Drop what waits to be confirmed, and its link."""
    user.email_changes.filter(confirmed_at=None).delete()
    _close_links(user, LinkPurpose.EMAIL, now=now)


def email_change_of(link: MailedLink) -> EmailChange | None:
    """The change that a link confirms, or takes back; None when it was dropped."""
    return EmailChange.objects.select_related("user").filter(code=link.subject).first()


@transaction.atomic
def confirm_email_change(link: MailedLink, *, now: dt.datetime) -> User:
    """The new address is the account's; the old one may take it back for a week. Raises LinkOver, AddressTaken."""
    user, change = _owner(link), email_change_of(link)
    if change is None or not use_link(link, now=now):
        raise LinkOver
    if _is_taken(change.new_email, user):
        raise AddressTaken
    change.old_email, change.confirmed_at = user.email, now
    change.save(update_fields=["old_email", "confirmed_at"])
    _set_email(user, change.new_email)
    journal.record(user, "accounts.email_changed", at=now, subject=user.code, facts={"change": change.code})
    token = make_link(LinkPurpose.EMAIL_UNDO, user=user, subject=change.code, hours=UNDO_HOURS, now=now)
    facts = {"user": user, "change": change, "token": token, "until": now + dt.timedelta(hours=UNDO_HOURS)}
    notify(ADDRESS_CHANGED, to=change.old_email, facts=facts, key=f"email-changed:{change.code}", now=now)
    return user


@transaction.atomic
def undo_email_change(link: MailedLink, *, now: dt.datetime) -> str:
    """Back to the old address. Whoever changed it is signed out everywhere and their password opens nothing any more,
    nor does what they may have added to stay: FranceConnect, a second factor.

    Returns the token of a link to choose a new one, for whoever reads the old address. Raises LinkOver, AddressTaken.
    """
    user, change = _owner(link), email_change_of(link)
    if change is None or not use_link(link, now=now):
        raise LinkOver
    if _is_taken(change.old_email, user):
        raise AddressTaken
    cancel_email_change(user, now=now)
    _close_links(user, LinkPurpose.EMAIL_UNDO, LinkPurpose.PASSWORD, now=now)  # those of the addresses that came after
    EmailChange.objects.filter(pk=change.pk).update(undone_at=now)
    _set_email(user, change.old_email)
    user.set_unusable_password()
    user.password_changed_at = now
    user.save(update_fields=["password", "password_changed_at"])
    close_other_sessions(user, but="")
    cut_newer_tie(user=user, since=change.asked_at - SUSPECT, now=now)
    drop_newer_factors(user, since=change.asked_at - SUSPECT, now=now)
    journal.record(user, "accounts.email_change_undone", at=now, subject=user.code, facts={"change": change.code})
    notify(ADDRESS_BACK, to=user, facts={"user": user}, key=f"email-undone:{change.code}", now=now)
    return make_link(LinkPurpose.PASSWORD, user=user, subject=change.code, hours=PASSWORD_HOURS, now=now)


def _is_taken(email: str, user: User) -> bool:
    others = User.objects.filter(kind=user.kind).exclude(pk=user.pk)
    return others.alias(address=Lower("email")).filter(address=email.lower()).exists()


def _set_email(user: User, email: str) -> None:
    user.email = email
    try:
        with transaction.atomic():
            user.save(update_fields=["email"])
    except IntegrityError as taken:
        raise AddressTaken from taken


def _owner(link: MailedLink) -> User:
    assert link.user_id is not None
    return User.objects.select_for_update(of=("self",)).get(pk=link.user_id)


def _close_links(user: User, *purposes: LinkPurpose, now: dt.datetime) -> None:
    MailedLink.objects.filter(user=user, purpose__in=purposes, used_at=None, expires_at__gt=now).update(expires_at=now)


# Names


@transaction.atomic
def change_names(user: User, *, first_name: str, last_name: str, username: str, now: dt.datetime) -> None:
    """Change what the account is called. Raises UsernameTaken."""
    before = user.username
    user.first_name, user.last_name, user.username = first_name, last_name, username
    try:
        with transaction.atomic():
            user.save(update_fields=["first_name", "last_name", "username"])
    except IntegrityError as taken:
        raise UsernameTaken(username) from taken
    if username != before:
        journal.record(user, "accounts.username_changed", at=now, subject=user.code)
