"""How an export is written, and until when it is there."""

import datetime as dt
from collections.abc import Sequence

from preau.core.dates import PARIS

DAYS_TO_DOWNLOAD = 7
ROWS_IN_PDF = 200
"""Of one section: a readable paper, not a dump. The rest is in the spreadsheet beside it."""
COLUMNS_IN_A_TABLE = 5
"""More do not fit the width of a sheet: such rows are told one under the other."""


def until(ready_at: dt.datetime) -> dt.datetime:
    """The instant from which an export is no longer there."""
    return ready_at + dt.timedelta(days=DAYS_TO_DOWNLOAD)


def in_json(value: object) -> object:
    """Dates and instants as machines read them; anything else as it is."""
    return value.isoformat() if isinstance(value, dt.date) else value


def in_french(value: object) -> str:
    """As a person reads it: 9 November 2026 is 09/11/2026, nothing is an empty text."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return f"{value.astimezone(PARIS):%d/%m/%Y %H:%M}"
    if isinstance(value, dt.date):
        return f"{value:%d/%m/%Y}"
    return str(value)


def shown(rows: Sequence[Sequence[object]]) -> tuple[list[list[str]], int]:
    """The rows that the paper prints, in French, and how many more the spreadsheet has."""
    return [[in_french(cell) for cell in row] for row in rows[:ROWS_IN_PDF]], max(0, len(rows) - ROWS_IN_PDF)
