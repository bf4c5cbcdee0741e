"""What gathers several areas on one page."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from preau.activities.models import Unit
from preau.activities.queries import DeadlineRow, deadlines_by_theme
from preau.bookings.models import Opening

NEXT_WEEK = dt.timedelta(days=7)
BEYOND_SUMMER = dt.timedelta(days=80)


@dataclass(frozen=True, slots=True)
class Example:
    """An opening day to come, and the last instants to book and to cancel it."""

    day: dt.date
    book_by: dt.datetime
    cancel_by: dt.datetime


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """Deadlines in words; `example` is what the planning says of a coming day, None when nothing opens soon."""

    deadlines: DeadlineRow
    example: Example | None


@dataclass(frozen=True, slots=True)
class NoticeTheme:
    name: str
    rows: list[NoticeRow]


def notices_by_theme(today: dt.date) -> list[NoticeTheme]:
    """Every deadline of what families book, with an example: six queries."""
    themes = deadlines_by_theme(today)
    examples = _examples([unit for theme in themes for row in theme.rows for unit in row.units], today + NEXT_WEEK)
    return [
        NoticeTheme(theme.theme, [NoticeRow(row, _example_of(row, examples)) for row in theme.rows]) for theme in themes
    ]


def _example_of(row: DeadlineRow, examples: dict[int, Example]) -> Example | None:
    of_units = [examples[unit.pk] for unit in row.units if unit.pk in examples]
    return min(of_units, key=lambda example: example.day, default=None)


def _examples(units: Iterable[Unit], after: dt.date) -> dict[int, Example]:
    """The first day on which each unit opens, by its id."""
    openings = Opening.objects.filter(unit__in=units, is_open=True, day__range=(after, after + BEYOND_SUMMER))
    rows = openings.order_by("-day").values_list("unit_id", "day", "book_by", "cancel_by")
    return {
        unit_id: Example(day, book_by, cancel_by) for unit_id, day, book_by, cancel_by in rows if book_by and cancel_by
    }
