"""Months and days in addresses: what is not one is no page."""

import datetime as dt

from preau.core.dates import Month


class MonthConverter:
    regex = "[0-9]{4}-[0-9]{2}"

    def to_python(self, value: str) -> Month:
        return _known(Month.parse(value))

    def to_url(self, value: Month) -> str:
        return str(value)


class DayConverter:
    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> dt.date:
        day = dt.date.fromisoformat(value)
        _known(Month.of(day))
        return day

    def to_url(self, value: dt.date) -> str:
        return value.isoformat()


def _known(month: Month) -> Month:
    """Raises ValueError in the first and last years that `Month` knows: every page has one before and one after."""
    for years in (-1, 1):
        month.plus(12 * years)
    return month
