"""Moving a town file by whole weeks, so that a demonstration whose school years are over lives on."""

import datetime as dt
import re
from typing import Any

import holidays

from preau.townfile.source import Source

YEAR = re.compile(r"\b(\d{4})-(\d{4})\b")


def shift(source: Source, weeks: int) -> None:
    """Move every day of the file, and the names of the school years with them.

    Public holidays do not move by weeks: they are those of the country over the new days.
    """
    if not weeks:
        return
    moved_years = round(weeks * 7 / 365.25)
    calendar = source.tree.get("calendar", {})
    known = calendar.pop("public_holidays", [])
    source.tree = _moved(source.tree, dt.timedelta(weeks=weeks), moved_years)
    first, last = known[0]["on"], known[-1]["on"]
    years = range(first.year + moved_years, last.year + moved_years + 1)
    source.tree["calendar"]["public_holidays"] = [
        {"on": day, "name": name.replace("'", "’")} for day, name in sorted(_french_holidays(years).items())
    ]


def _french_holidays(years: range) -> dict[dt.date, str]:
    return dict(holidays.country_holidays("FR", years=years, language="fr"))


def _moved(value: Any, delta: dt.timedelta, years: int) -> Any:
    if isinstance(value, dict):
        return {_renamed(key, years): _moved(item, delta, years) for key, item in value.items()}
    if isinstance(value, list):
        return [_moved(item, delta, years) for item in value]
    if isinstance(value, dt.date):
        return value + delta
    return _renamed(value, years) if isinstance(value, str) else value


def _renamed(text: str, years: int) -> str:
    """« 2026-2027 » becomes « 2027-2028 », in codes too."""
    return YEAR.sub(lambda found: f"{int(found[1]) + years}-{int(found[2]) + years}", text)
