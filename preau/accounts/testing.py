"""Builders for tests."""

import datetime as dt
import itertools
import time

from allauth.account.internal.flows import login
from django.test import Client

from preau.accounts.choices import UserKind
from preau.accounts.factors import add_app
from preau.accounts.hashers import PortalArgon2
from preau.accounts.models import Grant, Role, RoleCapability, User
from preau.town.models import Place, Service


class QuickArgon2(PortalArgon2):
    """Two hundred times quicker: what tests hash guards nothing."""

    time_cost = 1
    memory_cost = 8


SECRET = "ORSXG5DTMVRXEZLUON2HE2LOMZZXI4TJ"  # of the application that `make_app` gives
PASSWORD = "un-mot-de-passe-assez-long"
_numbers = itertools.count(1)


def make_user(
    username: str = "", *, kind: str = UserKind.FAMILY, first_name: str = "Zoé", last_name: str = "Pinceau"
) -> User:
    """A user who can sign in with PASSWORD."""
    username = username or f"{kind}-{next(_numbers)}"
    return User.objects.create_user(
        username,
        f"{username.lower()}@example.org",
        kind=kind,
        password=PASSWORD,
        first_name=first_name,
        last_name=last_name,
    )


def make_agent(
    *capabilities: str, service: Service | None = None, place: Place | None = None, username: str = ""
) -> User:
    """An agent who holds `capabilities`, on one service or place, or on all when none is given."""
    user = make_user(username, kind=UserKind.STAFF, first_name="Samira", last_name="Benali")
    if capabilities:
        role = Role.objects.create(code=f"role-{next(_numbers)}", name="Rôle d’essai")
        for capability in capabilities:
            RoleCapability.objects.create(role=role, capability=capability)
        Grant.objects.create(user=user, role=role, service=service, place=place, starts_on=dt.date(2020, 1, 1))
    return user


def sign_in(client: Client, user: User, *, factor: bool = True) -> None:
    """`client` is `user` from now on, as after the password and, for an agent, the second factor."""
    client.force_login(user)
    methods = ["password", "mfa"] if user.is_staff and factor else ["password"]
    session = client.session
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": method, "at": time.time()} for method in methods]
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()


def make_app(user: User) -> None:
    """`user` has an application of codes, whose secret is SECRET."""
    add_app(user, secret=SECRET, period=0, now=dt.datetime(2026, 9, 1, tzinfo=dt.UTC))


def confirm(client: Client, method: str = "password") -> None:
    """Whoever is signed in on `client` has just shown once more who they are (see `fresh`)."""
    session = client.session
    records = session.get(login.AUTHENTICATION_METHODS_SESSION_KEY, [])
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [*records, {"method": method, "at": time.time()}]
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = session["_auth_user_id"]
    session.save()
