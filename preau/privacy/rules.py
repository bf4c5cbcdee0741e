"""How an export is written and until when it is there; how long each sort of data may be kept."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from preau.core.dates import PARIS
from preau.core.money import euros

DAYS_TO_DOWNLOAD = 7
ROWS_IN_PDF = 200
"""Of one section: a readable paper, not a dump. The rest is in the spreadsheet beside it."""
COLUMNS_IN_A_TABLE = 5
"""More do not fit the width of a sheet: such rows are told one under the other."""


def until(ready_at: dt.datetime) -> dt.datetime:
    """The instant from which an export is no longer there."""
    return ready_at + dt.timedelta(days=DAYS_TO_DOWNLOAD)


class Money(int):
    """Whole cents, told in euros."""


def in_json(value: object) -> object:
    """Dates and instants as machines read them, money as a decimal text in euros; anything else as it is."""
    if isinstance(value, Money):
        whole, rest = divmod(abs(value), 100)
        return f"{'-' if value < 0 else ''}{whole}.{rest:02d}"
    return value.isoformat() if isinstance(value, dt.date) else value


def in_french(value: object) -> str:
    """As a person reads it: 9 November 2026 is 09/11/2026, nothing is an empty text."""
    if value is None:
        return ""
    if isinstance(value, Money):
        return euros(value)
    if isinstance(value, dt.datetime):
        return f"{value.astimezone(PARIS):%d/%m/%Y %H:%M}"
    if isinstance(value, dt.date):
        return f"{value:%d/%m/%Y}"
    return str(value)


def shown(rows: Sequence[Sequence[object]]) -> tuple[list[list[str]], int]:
    """The rows that the paper prints, in French, and how many more the spreadsheet has."""
    return [[in_french(cell) for cell in row] for row in rows[:ROWS_IN_PDF]], max(0, len(rows) - ROWS_IN_PDF)


@dataclass(frozen=True, slots=True)
class Delay:
    """Months that a sort of data is kept, as usual, and the bounds within which a town may choose otherwise."""

    months: int
    least: int
    most: int


DELAYS: Mapping[str, Delay] = MappingProxyType(
    {
        "health": Delay(12, 1, 12),
        "accounts": Delay(36, 12, 36),
        "children": Delay(36, 12, 36),
        "demarches": Delay(24, 12, 60),
        "rights": Delay(72, 12, 72),
        "documents": Delay(6, 1, 24),
        "space": Delay(36, 12, 36),
        "journal": Delay(12, 6, 36),
        "messages": Delay(6, 1, 24),
        "links": Delay(12, 6, 12),
        "drafts": Delay(3, 1, 12),
        "accounting": Delay(120, 120, 600),
    }
)
"""By sort of data (see privacy.retention, which tells the source of each). Accounting papers: never under ten years."""
