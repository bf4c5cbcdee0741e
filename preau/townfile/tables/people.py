"""How accounts open, and roles: what agents may be allowed to do. People themselves are never in the file."""

from collections.abc import Mapping
from typing import Any

from preau.accounts.models import Role
from preau.accounts.roles import save_role
from preau.demarches.actions.recipients import choose_recipient
from preau.demarches.choices import ACCOUNT
from preau.demarches.models import Recipient
from preau.town.actions import delete_reference, is_used, save_town
from preau.town.models import Town
from preau.townfile.file import TownFile
from preau.townfile.rows import AccountsRow, RoleRow
from preau.townfile.tables.table import Synced, Writing
from preau.townfile.tables.town import never_removed

OF_THE_TOWN = set(AccountsRow.model_fields) - {"service"}


def _wanted_accounts(file: TownFile) -> Mapping[str, AccountsRow]:
    return {"accounts": file.accounts} if file.accounts else {}


def _current_accounts() -> Mapping[str, AccountsRow]:
    values = Town.objects.filter(id=1).values(*OF_THE_TOWN).first()
    if values is None:
        return {}
    recipient = Recipient.objects.filter(kind=ACCOUNT).values_list("service__code", flat=True).first()
    return {"accounts": AccountsRow.model_validate({**values, "service": recipient})}


def _save_accounts(rows: Mapping[str, AccountsRow], writing: Writing) -> None:
    for row in rows.values():
        save_town(row.model_dump(include=OF_THE_TOWN), **writing.note)
        choose_recipient(ACCOUNT, row.service, **writing.note)


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
    Synced(("accounts",), "comptes", _wanted_accounts, _current_accounts, _save_accounts, never_removed),
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
