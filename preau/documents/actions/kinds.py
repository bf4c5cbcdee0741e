"""The kinds of documents that the town asks for."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from preau.documents.models import DocumentKind
from preau.documents.rules import parse_owed
from preau.journal.actions import Actor
from preau.town.actions import retire_reference, save_reference


def save_document_kinds(rows: Mapping[str, Mapping[str, Any]], *, by: Actor | None, now: dt.datetime) -> None:
    """Create or change kinds, back in use if they were retired, in the order of `rows`. Raises ValueError for a case
    that cannot be read."""
    for order, (code, values) in enumerate(rows.items()):
        for case in values.get("required", ()):
            parse_owed(case)
        save_reference(DocumentKind, {"code": code}, {**values, "order": order, "retired_on": None}, by=by, now=now)


def retire_document_kind(code: str, *, on: dt.date, by: Actor | None, now: dt.datetime) -> None:
    """Ask for it no more; what was given stays."""
    retire_reference(DocumentKind.objects.get(code=code), on=on, by=by, now=now)
