"""The link of a registration is pressed: the account exists, and its file is linked or asked for."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from preau.accounts.actions import open_family_account
from preau.accounts.franceconnect.actions import tie
from preau.accounts.links import use_link
from preau.accounts.models import MailedLink, User
from preau.accounts.notifying import Event, notify
from preau.demarches.actions import ask_account
from preau.demarches.rules import AccountIdentity
from preau.registration.actions.identity import claim_by_identity, vouched_by
from preau.registration.actions.linking import ClaimedFile, claim_file
from preau.registration.choices import Outcome
from preau.registration.models import DraftPhoto, Registration

KEPT_WHILE_WAITING = dt.timedelta(days=90)

REQUEST_SENT = Event("registration/mail/request_sent")
TOLD = {
    Outcome.LINKED: Event("registration/mail/linked"),
    Outcome.CODE_SENT: Event("registration/mail/code_awaited"),
    Outcome.AGENT_ASKED: Event("registration/mail/agent_asked"),
    Outcome.NOT_VERIFIED: Event("registration/mail/not_verified"),
    Outcome.TOO_MANY: Event("registration/mail/not_verified"),
}


class LinkIsOver(Exception):
    """The link was used, has expired, or what it was about is gone."""


@dataclass(frozen=True, slots=True)
class Activated:
    """The new account, and what came of its file."""

    user: User
    outcome: Outcome


@transaction.atomic
def activate(*, link: MailedLink, username: str, address: str, now: dt.datetime) -> Activated:
    """Open the account that the link stands for, under `username`; whether the file is linked is told by mail.

    Raises LinkIsOver, or EmailTaken, UsernameTaken and TieRefused of accounts: the link then still works.
    """
    registration = _opened(link, username, now=now)
    assert registration.user is not None
    user, sign_in = registration.user, vouched_by(registration)
    registration.identity = None
    registration.save(update_fields=["user", "password", "identity", "expires_at"])
    claimed = ClaimedFile(
        number=registration.file_number,
        name=registration.file_name,
        proof=registration.proof,
        digest=registration.proof_digest,
    )
    if sign_in is not None:
        tie(user=user, sign_in=sign_in, tells=False, by=user, now=now)
        outcome = claim_by_identity(user=user, sign_in=sign_in, claimed=claimed, address=address, now=now)
    else:
        outcome = claim_file(user=user, claimed=claimed, address=address, now=now)
    tell_outcome(user=user, outcome=outcome, now=now)
    return Activated(user, outcome)


@transaction.atomic
def confirm_request(*, link: MailedLink, username: str, now: dt.datetime) -> User:
    """Open the account that asks for a file, under `username`, and hand it to an agent; the person is told by when.

    Raises what `activate` does.
    """
    registration = _opened(link, username, now=now)
    assert registration.user is not None
    user = registration.user
    identity = AccountIdentity(
        first_name=registration.first_name, last_name=registration.last_name, **registration.asked
    )
    photo = DraftPhoto.objects.filter(registration=registration).first()
    demarche = ask_account(
        user=user,
        identity=identity,
        claimed_number="",
        claimed_name="",
        photo=bytes(photo.jpeg) if photo else b"",
        now=now,
    )
    registration.asked = {}  # the request has it now, and the photo
    if photo:
        photo.delete()
    registration.save(update_fields=["user", "password", "asked", "expires_at"])
    facts = {"user": user, "demarche": demarche}
    notify(REQUEST_SENT, to=user, facts=facts, key=f"account-asked-{demarche.code}", now=now)
    return user


def _opened(link: MailedLink, username: str, *, now: dt.datetime) -> Registration:
    """The registration of the link, with its new account, which waits; the caller saves it."""
    waiting = Registration.objects.select_for_update(of=("self",)).select_related("terms", "privacy")
    registration = waiting.filter(code=link.subject, submitted_at__isnull=False, user=None).first()
    if registration is None or not use_link(link, now=now):
        raise LinkIsOver
    registration.user = open_family_account(
        username=username,
        email=registration.email,
        first_name=registration.first_name,
        last_name=registration.last_name,
        password_hash=registration.password,
        is_admitted=False,
        texts=[text for text in (registration.terms, registration.privacy) if text],
        by=None,
        now=now,
    )
    registration.password = ""
    registration.expires_at = now + KEPT_WHILE_WAITING
    return registration


def tell_outcome(*, user: User, outcome: Outcome, now: dt.datetime) -> None:
    """Mail what came of a claim, in the caller's transaction."""
    notify(TOLD[outcome], to=user, facts={"user": user}, key=f"claim-{user.pk}-{now.timestamp():.0f}", now=now)
