"""Reading démarches."""

import datetime as dt
from dataclasses import fields

from django.db.models import Q

from preau.accounts.models import User
from preau.demarches.choices import ACCOUNT
from preau.demarches.models import AccountAsked, Demarche, Recipient
from preau.demarches.rules import AccountIdentity
from preau.town.models import Service


def recipient_of(kind: str, *, on: dt.date) -> Service | None:
    """The service that receives requests of this kind: the one chosen for it, else the first in use; None when the
    town has no service at all."""
    chosen = Recipient.objects.select_related("service").filter(kind=kind).first()
    if chosen is not None:
        return chosen.service
    return Service.objects.filter(Q(retired_on__isnull=True) | Q(retired_on__gt=on)).order_by("pk").first()


def account_request_of(user: User) -> Demarche | None:
    """The latest request for this account, whatever its state."""
    asked = Demarche.objects.filter(asked_by=user, kind=ACCOUNT).select_related("service", "account_asked")
    return asked.order_by("-sent_at", "-pk").first()


def identity_of(user: User, **said: str) -> AccountIdentity:
    """Who this person is by what they just `said`, else by their latest request, else by the names of the account."""
    known = {"first_name": user.first_name, "last_name": user.last_name}
    before = AccountAsked.objects.filter(demarche__asked_by=user).order_by("-demarche__sent_at").first()
    if before is not None:
        known |= {field.name: getattr(before, field.name) for field in fields(AccountIdentity)}
    return AccountIdentity(**known | {name: text.strip() for name, text in said.items() if text.strip()})
