"""The fields of the family file, and which service answers each kind of request."""

from collections.abc import Mapping
from typing import Any

from preau.demarches.actions.recipients import choose_recipient
from preau.demarches.choices import ACCOUNT
from preau.demarches.kinds import KINDS
from preau.demarches.models import Recipient
from preau.town.actions import delete_reference, save_field
from preau.town.fields import FIELDS
from preau.town.models import FieldPolicy
from preau.townfile.file import TownFile
from preau.townfile.rows import FieldRow, RequestRow
from preau.townfile.tables.table import Synced, Writing


def _wanted_fields(file: TownFile) -> Mapping[str, FieldRow]:
    """What goes without saying is said, so that it compares with the database: an unknown field is a fault already."""
    return {code: _whole(code, row) for code, row in file.fields.rows.items() if code in FIELDS}


def _whole(code: str, row: FieldRow) -> FieldRow:
    usual = FIELDS[code]
    return FieldRow(
        shown=usual.is_shown if row.shown is None else row.shown,
        required=usual.is_required if row.required is None else row.required,
        checked=usual.is_checked if row.checked is None else row.checked,
    )


def _current_fields() -> Mapping[str, FieldRow]:
    return {
        row.field: FieldRow(shown=row.is_shown, required=row.is_required, checked=row.is_checked)
        for row in FieldPolicy.objects.order_by("pk")
    }


def _save_fields(rows: Mapping[str, FieldRow], writing: Writing) -> None:
    for code, row in rows.items():
        save_field(
            code,
            is_shown=bool(row.shown),
            is_required=bool(row.required),
            is_checked=bool(row.checked),
            **writing.note,
        )


NAMES = {"members.child": "new-child"}  # « child » is a change in the file of a child


def request_codes() -> dict[str, str]:
    """The kinds of requests by their name in the file; accounts have a table of their own."""
    return {_name_of(kind): kind for kind in KINDS if kind != ACCOUNT}


def _name_of(kind: str) -> str:
    return NAMES.get(kind, kind.partition(".")[2])


def _current_requests() -> Mapping[str, RequestRow]:
    rows = Recipient.objects.select_related("service").exclude(kind=ACCOUNT).order_by("pk")
    return {_name_of(row.kind): RequestRow(service=row.service.code, working_days=row.working_days) for row in rows}


def _save_requests(rows: Mapping[str, RequestRow], writing: Writing) -> None:
    codes = request_codes()
    for code, row in rows.items():
        choose_recipient(codes[code], row.service, working_days=row.working_days, **writing.note)


REQUEST_TABLES: tuple[Synced[Any], ...] = (
    Synced(
        ("fields",),
        "champ",
        _wanted_fields,
        _current_fields,
        _save_fields,
        lambda code, writing: delete_reference(FieldPolicy.objects.get(field=code), **writing.note),
    ),
    Synced(
        ("requests",),
        "demandes",
        lambda file: {code: row for code, row in file.requests.rows.items() if code in request_codes()},
        _current_requests,
        _save_requests,
        lambda code, writing: choose_recipient(request_codes()[code], None, **writing.note),
    ),
)
