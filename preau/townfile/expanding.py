"""From what is written short to what is meant: an activity per school year, a tariff from its first day."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from preau.townfile.file import TownFile
from preau.townfile.rows import ActivityRow, TariffLink, UnitRow

SHORT_NAME = 20


def span_of(file: TownFile, activity: ActivityRow) -> Iterator[tuple[dt.date, dt.date]]:
    """The first and last day of the activity, once per school year; nothing for those that the file does not give."""
    for code in activity.years or [activity.year or ""]:
        year = file.years.rows.get(code)
        starts_on = activity.starts_on or (year.starts_on if year else None)
        ends_on = activity.ends_on or (year.ends_on if year else None)
        if starts_on is not None and ends_on is not None:
            yield starts_on, ends_on


def activities_meant(file: TownFile) -> Iterator[tuple[str, str, ActivityRow]]:
    """(written code, code of the activity, row) for each activity and school year, in the order of the file."""
    for written, activity in file.activities.rows.items():
        codes: list[tuple[str, str | None]] = [(f"{written}-{year}", year) for year in activity.years]
        codes = codes or [(written, activity.year)]
        for (code, year), (starts_on, ends_on) in zip(codes, span_of(file, activity), strict=False):
            meant: dict[str, Any] = {"years": [], "year": year, "starts_on": starts_on, "ends_on": ends_on}
            yield written, code, activity.model_copy(update=meant)


def unit_meant(unit: UnitRow, starts_on: dt.date) -> UnitRow:
    """The unit of an activity that begins on `starts_on`, with its short name and its chain of tariffs."""
    links = unit.tariffs
    if unit.tariff is not None:
        links = [TariffLink(starts_on=starts_on, tariff=unit.tariff)]
    short_name = unit.short_name or short_name_of(unit.name)
    return unit.model_copy(update={"short_name": short_name, "tariff": None, "tariffs": links})


def short_name_of(name: str) -> str:
    """What a cell of the planning shows when the town has not said."""
    return name[:SHORT_NAME].strip()
