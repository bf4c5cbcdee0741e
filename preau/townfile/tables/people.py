"""Roles: what agents may be allowed to do. People themselves are never in the file."""

from collections.abc import Mapping
from typing import Any

from preau.accounts.models import Role
from preau.accounts.roles import save_role
from preau.town.actions import delete_reference, is_used
from preau.townfile.rows import RoleRow
from preau.townfile.tables.table import Synced, Writing


def _current_roles() -> Mapping[str, RoleRow]:
    roles = Role.objects.prefetch_related("capability_rows").order_by("pk")
    return {
        role.code: RoleRow(name=role.name, capabilities=[row.capability for row in role.capability_rows.all()])
        for role in roles
    }


def _save_roles(rows: Mapping[str, RoleRow], writing: Writing) -> None:
    for code, row in rows.items():
        save_role(code, name=row.name, capabilities=row.capabilities, **writing.note)


PEOPLE_TABLES: tuple[Synced[Any], ...] = (
    Synced(
        ("roles",),
        "rôle",
        lambda file: file.roles.rows,
        _current_roles,
        _save_roles,
        lambda code, writing: delete_reference(Role.objects.get(code=code), **writing.note),
        is_kept=lambda code, today: is_used(Role.objects.get(code=code)),
    ),
)
