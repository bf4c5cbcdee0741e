"""How long each sort of data is kept."""

from collections.abc import Mapping
from typing import Any

from preau.privacy.actions.retaining import save_retention
from preau.privacy.retention import delays
from preau.townfile.file import TownFile
from preau.townfile.retention import RetentionRow
from preau.townfile.tables.table import Synced, Writing
from preau.townfile.tables.town import never_removed


def _wanted(file: TownFile) -> Mapping[str, RetentionRow]:
    return {"retention": file.retention} if file.retention else {}


def _current() -> Mapping[str, RetentionRow]:
    return {"retention": RetentionRow(**delays())}


def _save(rows: Mapping[str, RetentionRow], writing: Writing) -> None:
    for row in rows.values():
        save_retention(row.model_dump(), **writing.note)


RETENTION_TABLES: tuple[Synced[Any], ...] = (
    Synced(("retention",), "durées de conservation", _wanted, _current, _save, never_removed),
)
