"""What the town asks of sheets."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from preau.health.models import SheetSettings
from preau.journal.actions import Actor
from preau.town.actions import save_reference


def save_sheet_settings(
    *,
    modes: Mapping[str, str],
    schemes: Sequence[Mapping[str, Any]] | None,
    show_readings: bool,
    by: Actor | None,
    now: dt.datetime,
) -> None:
    """What is asked by item, where it is not as usual; the vaccines, None for the national calendar."""
    values = {"modes": dict(modes), "schemes": schemes, "show_readings": show_readings}
    save_reference(SheetSettings, {"id": 1}, values, by=by, now=now)
