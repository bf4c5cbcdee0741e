"""Writing roles: named sets of capabilities."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction

from preau.accounts.models import Role, RoleCapability
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
