"""Builders for tests."""

import datetime as dt

from preau.accounts.models import User
from preau.accounts.testing import make_user
from preau.demarches.actions import ask_account
from preau.demarches.models import Demarche, Recipient
from preau.demarches.rules import AccountIdentity
from preau.town.models import Service
from preau.town.testing import make_service

NOW = dt.datetime(2026, 2, 10, 15, 10, tzinfo=dt.UTC)  # Tuesday 10 February, 16 h 10 in France


def make_waiting_user(username: str = "", *, first_name: str = "Inès", last_name: str = "Laurent") -> User:
    """A parent whose account is not linked to a file yet."""
    user = make_user(username, first_name=first_name, last_name=last_name)
    User.objects.filter(pk=user.pk).update(is_admitted=False)
    user.refresh_from_db()
    return user


def make_account_request(
    user: User | None = None,
    *,
    service: Service | None = None,
    claimed_number: str = "",
    claimed_name: str = "",
    photo: bytes = b"",
    now: dt.datetime = NOW,
    **identity: str,
) -> Demarche:
    """A request for an account, sent to `service`."""
    asker = user or make_waiting_user()
    Recipient.objects.update_or_create(
        kind="demarches.account", defaults={"service": service or make_service("population")}
    )
    names = {"first_name": asker.first_name, "last_name": asker.last_name}
    who = AccountIdentity(**(names | identity))
    return ask_account(
        user=asker, identity=who, claimed_number=claimed_number, claimed_name=claimed_name, photo=photo, now=now
    )


def asker_of(demarche: Demarche) -> User:
    assert demarche.asked_by is not None
    return demarche.asked_by
