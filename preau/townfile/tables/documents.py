"""What the town asks families for."""

from collections.abc import Mapping
from typing import Any

from preau.documents.actions import retire_document_kind, save_document_kinds
from preau.documents.models import DocumentKind
from preau.townfile.rows import DocumentRow
from preau.townfile.tables.table import Synced, Writing

COLUMNS = ("label", "help", "holder", "sensitivity", "validity", "months", "pdf_only", "required")


def _current() -> Mapping[str, DocumentRow]:
    kinds = DocumentKind.objects.filter(retired_on__isnull=True).order_by("order", "pk").values("code", *COLUMNS)
    return {kind.pop("code"): DocumentRow.model_validate(kind) for kind in kinds}


def _save(rows: Mapping[str, DocumentRow], writing: Writing) -> None:
    save_document_kinds({code: _values(row) for code, row in rows.items()}, **writing.note)


def _values(row: DocumentRow) -> dict[str, Any]:
    """The columns; of each case, only what it says."""
    return row.model_dump() | {"required": [case.model_dump(exclude_defaults=True) for case in row.required]}


DOCUMENT_TABLES: tuple[Synced[Any], ...] = (
    Synced(
        ("documents",),
        "pièce",
        lambda file: file.documents.rows,
        _current,
        _save,
        lambda code, writing: retire_document_kind(code, on=writing.today, **writing.note),
        is_ordered=True,
    ),
)
