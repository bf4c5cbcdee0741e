"""Requests for an account: asked, then answered by an agent."""

import datetime as dt
from dataclasses import asdict

from django.db import IntegrityError, transaction

from preau.accounts.models import User
from preau.core.dates import local_day
from preau.demarches.actions.moving import open_demarche
from preau.demarches.choices import ACCOUNT, OPEN
from preau.demarches.models import AccountAsked, Demarche
from preau.demarches.queries import recipient_of
from preau.demarches.rules import AccountIdentity
from preau.town.actions import save_service
from preau.town.models import Service
from preau.town.queries import the_town


def ask_account(
    *, user: User, identity: AccountIdentity, claimed_number: str, claimed_name: str, now: dt.datetime
) -> Demarche:
    """Ask an agent to link this account, which waits, to a file or to open one; the open request if there is one.

    `claimed_number` and `claimed_name` are the file that the person says is theirs; "" when they have none.
    """
    try:
        with transaction.atomic():
            return _open_request(user) or _ask(user, identity, claimed_number.strip(), claimed_name.strip(), now)
    except IntegrityError:
        if asked := _open_request(user):  # the other of two simultaneous requests came first
            return asked
        raise


def _open_request(user: User) -> Demarche | None:
    return Demarche.objects.filter(kind=ACCOUNT, asked_by=user, state__in=OPEN).first()


def _ask(user: User, identity: AccountIdentity, number: str, name: str, now: dt.datetime) -> Demarche:
    demarche = open_demarche(
        kind=ACCOUNT,
        service=_recipient(now),
        asked_by=user,
        summary=f"Relier un compte au dossier {number[:40]}" if number else "Ouvrir un compte sans dossier",
        working_days=the_town().account_request_days,
        now=now,
    )
    AccountAsked.objects.create(
        demarche=demarche, claimed_number=number[:40], claimed_name=name[:120], **asdict(identity)
    )
    return demarche


def _recipient(now: dt.datetime) -> Service:
    """A request is never lost: a town without any service gets one, which its administrators see."""
    service = recipient_of(ACCOUNT, on=local_day(now))
    return service or save_service("mairie", {"name": "Mairie"}, by=None, now=now)
