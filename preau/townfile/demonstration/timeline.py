"""Which days matter in a demonstration that is alive today: months billed, month to bill, days to come."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from preau.core.dates import Month, days

SETTLED_AFTER = dt.timedelta(days=91)
"""How much of the first school year must be past: three months to bill."""

FEWEST_CLASS_DAYS = 5
DAYS_AHEAD = 35
CLASS_DAYS_BOOKED = 12


def weeks_to_shift(today: dt.date, first: dt.date, last: dt.date) -> int:
    """By how many whole weeks to move the shipped school years (`first` to `last` day) for `today` to be within them.

    Whole years as near as weeks allow, so that weekdays stay and seasons with them; 0 when nothing has to move.
    """
    years = 0
    while today > last + _years(years):
        years += 1
    while today < first + SETTLED_AFTER + _years(years):
        years -= 1
    return _years(years).days // 7


def _years(count: int) -> dt.timedelta:
    return dt.timedelta(weeks=round(count * 365.25 / 7))


@dataclass(frozen=True, slots=True)
class Timeline:
    """The months of the demonstration, the latest complete ones with class, and how far families have booked.

    Everybody has booked up to `soon`, some of them up to `last`.
    """

    today: dt.date
    paid: Month
    issued: Month
    unbilled: Month
    soon: dt.date
    last: dt.date

    def spans(self) -> list[tuple[dt.date, dt.date]]:
        """The days on which families booked: the billed months, then from the unbilled one on without a gap."""
        return [(month.first, month.last) for month in (self.paid, self.issued)] + [(self.unbilled.first, self.last)]

    def issue_day(self, month: Month) -> dt.date:
        """When the invoices of a billed month left the town hall: the last ones a week ago, so that none is overdue."""
        if month == self.issued:
            return self.today - dt.timedelta(days=8)
        return min(month.last + dt.timedelta(days=20), self.today - dt.timedelta(days=36))


def timeline(today: dt.date, is_class_day: Callable[[dt.date], bool]) -> Timeline:
    """The months around `today`; raises ValueError when three complete months with class are not behind it."""
    unbilled, issued, paid = _months_with_class(today, is_class_day)
    to_come = (day for day in days(today, today + dt.timedelta(days=150)) if is_class_day(day))
    soon = list(islice(to_come, CLASS_DAYS_BOOKED))[-1]
    last = Month.of(max(today + dt.timedelta(days=DAYS_AHEAD), soon)).last
    return Timeline(today, paid, issued, unbilled, soon, last)


def _months_with_class(today: dt.date, is_class_day: Callable[[dt.date], bool]) -> Sequence[Month]:
    """The last three complete months with enough days of class, the latest first."""
    found: list[Month] = []
    month = Month.of(today)
    for _ in range(18):
        month = month.plus(-1)
        if sum(map(is_class_day, days(month.first, month.last))) >= FEWEST_CLASS_DAYS:
            found.append(month)
        if len(found) == 3:
            return found
    raise ValueError(f"no three months of class before {today}")
