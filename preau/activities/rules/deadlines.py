"""The last instant of a notice, and how to say it."""

import datetime as dt
from collections.abc import Callable

from preau.activities.rules.notices import LAST_MINUTE, Notice, Service
from preau.core.dates import PARIS
from preau.core.money import NBSP
from preau.town.rules import Calendar


def deadline(
    notice: Notice | None,
    day: dt.date,
    calendar: Calendar,
    starts_at: dt.time | None,
    opens_on: Callable[[dt.date], bool] | None = None,
) -> dt.datetime:
    """The last instant in time for `day`, in France: a request is in time when `now <= deadline(…)`.

    The minute of the notice is included (09:30 holds until 09:30:59). Without notice, until the unit starts, that
    instant excluded, or until the end of the day when it has no hour. `opens_on` tells the days of the service.
    """
    if notice is not None:
        return _end_of_minute(notice.last_minute(day, Service(calendar, starts_at, opens_on)))
    if starts_at is None:
        return _end_of_minute(dt.datetime.combine(day, LAST_MINUTE))
    return dt.datetime.combine(day, starts_at, PARIS) - dt.timedelta(microseconds=1)


def _end_of_minute(minute: dt.datetime) -> dt.datetime:
    """On the nights when the clock changes, the later of the two readings: a doubt favours the family."""
    wall = minute.replace(second=59, microsecond=999999, tzinfo=PARIS)
    latest = max(wall.replace(fold=fold).astimezone(dt.UTC) for fold in (0, 1))
    return latest.astimezone(PARIS)


def describe(notice: Notice | None) -> str:
    """The rule as a French phrase, e.g. « au plus tard 2 jours ouvrés avant, à 9 h 30 »; minutes are included."""
    if notice is None:
        return "jusqu’au début de l’activité"
    if notice.at is None:
        return f"au plus tard {notice.words()}"
    return f"au plus tard {notice.words()}, {'avant minuit' if notice.at == LAST_MINUTE else f'à {_hour(notice.at)}'}"


def _hour(at: dt.time) -> str:
    if at == dt.time(12):
        return "midi"
    return f"{at.hour}{NBSP}h{NBSP}{at.minute:02d}" if at.minute else f"{at.hour}{NBSP}h"
