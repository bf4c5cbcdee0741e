"""Builders for tests."""

import datetime as dt
import itertools

from preau.accounts.choices import UserKind
from preau.accounts.models import Grant, Role, RoleCapability, User
from preau.town.models import Place, Service

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
