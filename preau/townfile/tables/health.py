"""What the health sheet of a child asks for."""

from collections.abc import Mapping
from typing import Any

from preau.health.actions import save_sheet_settings
from preau.health.models import SheetSettings
from preau.townfile.file import TownFile
from preau.townfile.rows import HealthRow
from preau.townfile.tables.table import Synced, Writing
from preau.townfile.tables.town import never_removed


def _wanted(file: TownFile) -> Mapping[str, HealthRow]:
    return {"health": file.health} if file.health else {}


def _current() -> Mapping[str, HealthRow]:
    row = SheetSettings.objects.filter(id=1).first()
    if row is None:
        return {}
    known = {"items": row.modes, "show_readings": row.show_readings, "vaccines": row.schemes or []}
    return {"health": HealthRow.model_validate(known, strict=False)}


def _save(rows: Mapping[str, HealthRow], writing: Writing) -> None:
    for row in rows.values():
        schemes = [vaccine.model_dump(mode="json", exclude_defaults=True) for vaccine in row.vaccines]
        save_sheet_settings(modes=row.items, schemes=schemes or None, show_readings=row.show_readings, **writing.note)


HEALTH_TABLES: tuple[Synced[Any], ...] = (
    Synced(("health",), "fiche sanitaire", _wanted, _current, _save, never_removed),
)
