"""What the planning shows at once: a month, a fortnight or a week."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from preau.core.dates import Month, days

ONE_DAY = dt.timedelta(days=1)


class PeriodKind(StrEnum):
    """By their word in the address."""

    MONTH = "mois"
    FORTNIGHT = "quinzaine"
    WEEK = "semaine"


LENGTHS = {PeriodKind.WEEK: 7, PeriodKind.FORTNIGHT: 14}


@dataclass(frozen=True, slots=True)
class Period:
    """A month from its first day to its last; a week or two from a Monday to a Sunday."""

    kind: PeriodKind
    first: dt.date
    last: dt.date

    @classmethod
    def around(cls, kind: PeriodKind, day: dt.date) -> "Period":
        """The period of this kind that holds `day`."""
        if kind == PeriodKind.MONTH:
            month = Month.of(day)
            return cls(kind, month.first, month.last)
        monday = day - day.weekday() * ONE_DAY
        return cls(kind, monday, monday + (LENGTHS[kind] - 1) * ONE_DAY)

    def __iter__(self) -> Iterator[dt.date]:
        return days(self.first, self.last)

    def __contains__(self, day: dt.date) -> bool:
        return self.first <= day <= self.last

    @property
    def previous(self) -> "Period":
        if self.kind == PeriodKind.MONTH:
            return Period.around(self.kind, self.first - ONE_DAY)
        return Period.around(self.kind, self.first - LENGTHS[self.kind] * ONE_DAY)

    @property
    def next(self) -> "Period":
        return Period.around(self.kind, self.last + ONE_DAY)

    @property
    def weeks(self) -> list[list[dt.date]]:
        """The days, week by week, Monday first."""
        return [list(week) for _, week in groupby(self, key=lambda day: day.isocalendar()[:2])]
