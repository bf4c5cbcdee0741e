"""Writing roles: named sets of capabilities."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction

from preau.accounts.agents import AgentRefused, hold
from preau.accounts.choices import TOWN_WIDE
from preau.accounts.models import Role, RoleCapability, User
from preau.accounts.rules import AgentRefusal
from preau.core.dates import local_day
from preau.journal.actions import Actor
from preau.town.actions import delete_reference, save_reference


@transaction.atomic
def save_role(code: str, *, name: str, capabilities: Collection[str], by: Actor | None, now: dt.datetime) -> Role:
    """Create or change a role: it gives these capabilities and no others, to all who hold it."""
    role = save_reference(Role, {"code": code}, {"name": name}, by=by, now=now)
    for capability in capabilities:
        save_reference(RoleCapability, {"role": role, "capability": capability}, {}, by=by, now=now)
    for row in role.capability_rows.exclude(capability__in=capabilities):
        delete_reference(row, by=by, now=now)
    return role


@transaction.atomic
def new_role(code: str, *, name: str, capabilities: Collection[str], by: User, now: dt.datetime) -> Role:
    """An administrator makes a role, which nobody has yet. Raises AgentRefused."""
    _administers(by, now)
    return save_role(code, name=name, capabilities=capabilities, by=by, now=now)


@transaction.atomic
def change_role(role: Role, *, name: str, capabilities: Collection[str], by: User, now: dt.datetime) -> Role:
    """An administrator changes a role for all who hold it, save themselves; what makes administrators is given to
    persons, one by one, and never through a role that they hold already. Raises AgentRefused."""
    _administers(by, now)
    holders = set(role.grants.on_or_after(local_day(now)).values_list("user", flat=True))
    if by.pk in holders:
        raise AgentRefused(AgentRefusal.OWN_ROLE)
    before = set(role.capability_rows.values_list("capability", flat=True))
    if holders and before.symmetric_difference(capabilities).intersection(TOWN_WIDE):
        raise AgentRefused(AgentRefusal.MAKES_ADMINISTRATORS)
    return save_role(role.code, name=name, capabilities=capabilities, by=by, now=now)


def _administers(by: User, now: dt.datetime) -> None:
    """Until the end of the transaction, rights change here alone. Raises AgentRefused."""
    if by.pk not in hold(by=by, about=by, now=now).administrators:
        raise AgentRefused(AgentRefusal.NOT_ADMINISTRATOR)
