"""Administrators, roles, and what agents are told."""

import datetime as dt

import pytest

from preau.accounts import agents
from preau.accounts.agents import AgentRefused, Right
from preau.accounts.choices import Capability, UserKind
from preau.accounts.models import Grant, Role, RoleCapability, User
from preau.accounts.rules import AgentRefusal
from preau.accounts.testing import make_user
from preau.notifications.models import Outgoing

TODAY = dt.date(2026, 11, 9)
NOW = dt.datetime(2026, 11, 9, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def make_role(*capabilities: str, code: str = "regisseur") -> Role:
    role = Role.objects.create(code=code, name=code.capitalize())
    for capability in capabilities:
        RoleCapability.objects.create(role=role, capability=capability)
    return role


def make_administrator(username: str, *, ends_on: dt.date | None = None) -> User:
    user = make_user(username, kind=UserKind.STAFF, first_name=username.capitalize(), last_name="Petit")
    role = Role.objects.filter(code="administrateur").first() or make_role(
        Capability.MANAGE_AGENTS, code="administrateur"
    )
    Grant.objects.create(user=user, role=role, starts_on=dt.date(2026, 1, 1), ends_on=ends_on)
    return user


def ruling() -> Role:
    return Role.objects.get(code="administrateur")


def right(role: Role, **more) -> Right:
    return Right(**({"role": role, "service": None, "place": None, "starts_on": TODAY} | more))


def refused(reason: AgentRefusal):
    return pytest.raises(AgentRefused, match=str(reason))


def again(user: User) -> User:
    """As the next request reads them."""
    return User.objects.get(pk=user.pk)


def told(word: str) -> list[str]:
    return sorted(Outgoing.objects.filter(text__contains=word).values_list("address", flat=True))


def invite(by: User | None, role: Role, username: str = "n.blanc", **more) -> tuple[User, str]:
    who = {"email": f"{username}@example.org", "first_name": "Noé", "last_name": "Blanc"}
    return agents.invite(username=username, right=right(role, **more), by=by, now=NOW, **who)


def token_of(path: str) -> str:
    return path.strip("/").split("/")[-1]
