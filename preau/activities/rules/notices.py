"""The kinds of notice: at what minute each ends, and how to say so."""

import datetime as dt
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from preau.core.dates import Month
from preau.core.money import NBSP
from preau.town.choices import DayKind
from preau.town.rules import Calendar, breaks, is_working_day, kind_of_day

ONE_DAY = dt.timedelta(days=1)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAY_NAMES = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
LAST_MINUTE = dt.time(23, 59)
MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Service:
    """What a notice may ask about what is booked: the calendar, the hour at which it starts, the days it is open.

    Unless told otherwise, those are the days of school.
    """

    calendar: Calendar
    starts_at: dt.time | None = None
    opens_on: Callable[[dt.date], bool] | None = None

    def is_open(self, day: dt.date) -> bool:
        if self.opens_on is not None:
            return self.opens_on(day)
        return kind_of_day(self.calendar, day) == DayKind.SCHOOL

    def first_day(self, day: dt.date) -> dt.date:
        """The first working day of the school holidays around `day`; `day` itself outside them, or before that one."""
        around = next((span for span in breaks(self.calendar) if day in span), None)
        if around is None:
            return day
        return next((first for first in around if is_working_day(self.calendar, first) or first == day), day)


class Notice(Protocol):
    """A kind of notice. The minute at which it ends is still in time."""

    @property
    def at(self) -> dt.time | None:
        """The hour at which it ends, whatever the day; None when it depends on the day."""
        ...

    def last_minute(self, day: dt.date, service: Service) -> dt.datetime:
        """When the notice for `day` ends, by the clock on the wall, never after `day` itself."""
        ...

    def words(self) -> str:
        """When it ends, in French, without the hour."""
        ...


@dataclass(frozen=True, slots=True)
class DaysBefore:
    """`n` calendar days before; 0 is the day itself."""

    n: int
    at: dt.time = LAST_MINUTE

    def last_minute(self, day: dt.date, service: Service) -> dt.datetime:
        return dt.datetime.combine(day - self.n * ONE_DAY, self.at)

    def words(self) -> str:
        near = {0: "le jour même", 1: "la veille", 2: "l’avant-veille"}
        return near.get(self.n) or f"{self.n}{NBSP}jours avant"


@dataclass(frozen=True, slots=True)
class ClearDaysBefore:
    """`n` clear days (« jours francs ») in between: neither the day of the request nor the day itself counts."""

    n: int
    at: dt.time = LAST_MINUTE

    def last_minute(self, day: dt.date, service: Service) -> dt.datetime:
        return dt.datetime.combine(day - (self.n + 1) * ONE_DAY, self.at)

    def words(self) -> str:
        return f"{self.n}{NBSP}{'jours francs' if self.n > 1 else 'jour franc'} avant"


@dataclass(frozen=True, slots=True)
class WorkingDaysBefore:
    """`n` working days before: Monday to Friday less public holidays, wherever `day` itself falls."""

    n: int
    at: dt.time = LAST_MINUTE

    def last_minute(self, day: dt.date, service: Service) -> dt.datetime:
        left = self.n
        while left:
            day -= ONE_DAY
            left -= is_working_day(service.calendar, day)
        return dt.datetime.combine(day, self.at)

    def words(self) -> str:
        near = {0: "le jour même", 1: f"1{NBSP}jour ouvré avant"}
        return near.get(self.n) or f"{self.n}{NBSP}jours ouvrés avant"


@dataclass(frozen=True, slots=True)
class OpenDaysBefore:
    """`n` days of opening before: the last day of school before the holidays, for the day on which school resumes.

    Before the very first days of the service, calendar days are counted.
    """

    n: int
    at: dt.time = LAST_MINUTE

    def last_minute(self, day: dt.date, service: Service) -> dt.datetime:
        earlier = (day - back * ONE_DAY for back in range(1, MOST_DAYS))
        opened = (each for each in earlier if service.is_open(each))
        found = [day, *(each for _, each in zip(range(self.n), opened, strict=False))]
        return dt.datetime.combine(found[self.n] if len(found) > self.n else day - self.n * ONE_DAY, self.at)

    def words(self) -> str:
        near = {0: "le jour même", 1: "le jour d’ouverture précédent"}
        return near.get(self.n) or f"{self.n}{NBSP}jours d’ouverture avant"


@dataclass(frozen=True, slots=True)
class WeekCutOff:
    """The weekday `on` (Monday 0) of the week `weeks` before that of the day, for the whole week.

    In the same week (0), the days that come before the cut-off end on the day itself.
    """

    weeks: int
    on: int
    at: dt.time = LAST_MINUTE

    def last_minute(self, day: dt.date, service: Service) -> dt.datetime:
        return dt.datetime.combine(min(in_week(day, self.on, self.weeks), day), self.at)

    def words(self) -> str:
        near = {0: "de la même semaine", 1: "de la semaine précédente"}
        return f"le {WEEKDAY_NAMES[self.on]} {near.get(self.weeks) or f'{self.weeks}{NBSP}semaines avant'}"


Target = tuple[int, int]
"""A weekday (Monday 0) and how many weeks before."""

Targets = tuple[Target | None, ...]
"""One for each weekday from Monday, None for those that are not named."""


@dataclass(frozen=True, slots=True)
class WeekdayMap:
    """A cut-off for each weekday. A weekday that is not named ends with the named one before it.

    When a weekday of `variants` is a public holiday in the week of the day, its own cut-offs come first.
    """

    targets: Targets
    variants: tuple[tuple[int, Targets], ...] = ()
    at: dt.time = LAST_MINUTE

    def last_minute(self, day: dt.date, service: Service) -> dt.datetime:
        while (target := self._target(day, service.calendar)) is None:
            day -= ONE_DAY
        return dt.datetime.combine(in_week(day, *target), self.at)

    def _target(self, day: dt.date, calendar: Calendar) -> Target | None:
        for holiday, targets in self.variants:
            if in_week(day, holiday) in calendar.public_holidays and (target := targets[day.weekday()]):
                return target
        return self.targets[day.weekday()]

    def words(self) -> str:
        by_target: dict[Target, list[str]] = {}
        for name, target in zip(WEEKDAY_NAMES, self.targets, strict=True):
            if target is not None:
                by_target.setdefault(target, []).append(name)
        near = {0: "", 1: " de la semaine précédente"}
        return ", ".join(
            f"le {WEEKDAY_NAMES[on]}{near.get(weeks, f' {weeks}{NBSP}semaines avant')} pour {' et '.join(days)}"
            for (on, weeks), days in by_target.items()
        )


@dataclass(frozen=True, slots=True)
class HoursBefore:
    """`n` hours before the start, by the clock on the wall; what has no hour starts with the day."""

    n: int
    at: None = field(default=None, init=False)

    def last_minute(self, day: dt.date, service: Service) -> dt.datetime:
        return dt.datetime.combine(day, service.starts_at or dt.time()) - dt.timedelta(hours=self.n)

    def words(self) -> str:
        return f"{self.n}{NBSP}{'heures' if self.n > 1 else 'heure'} avant le début"


@dataclass(frozen=True, slots=True)
class DayOfMonth:
    """The day `on` of the month `months` before, or the last day of a shorter month."""

    months: int
    on: int
    at: dt.time = LAST_MINUTE

    def last_minute(self, day: dt.date, service: Service) -> dt.datetime:
        month = Month.of(day).plus(-self.months)
        on = min(self.on, monthrange(month.year, month.number)[1])
        return dt.datetime.combine(dt.date(month.year, month.number, on), self.at)

    def words(self) -> str:
        on = "1er" if self.on == 1 else str(self.on)
        return f"le {on} du mois précédent" if self.months == 1 else f"le {on}, {self.months}{NBSP}mois avant"


@dataclass(frozen=True, slots=True)
class Published:
    """For the days from the first to the second, both included, until the third."""

    starts_on: dt.date
    ends_on: dt.date
    by: dt.date


@dataclass(frozen=True, slots=True)
class PublishedDates:
    """Dates given one by one, period by period; any other day ends on the day itself."""

    dates: tuple[Published, ...]
    at: dt.time = LAST_MINUTE

    def last_minute(self, day: dt.date, service: Service) -> dt.datetime:
        by = next((each.by for each in self.dates if each.starts_on <= day <= each.ends_on), day)
        return dt.datetime.combine(by, self.at)

    def words(self) -> str:
        return "à la date annoncée pour chaque période"


@dataclass(frozen=True, slots=True)
class FromPeriod:
    """A notice counted from the first day of the school holidays, for all their days."""

    notice: Notice

    @property
    def at(self) -> dt.time | None:
        return self.notice.at

    def last_minute(self, day: dt.date, service: Service) -> dt.datetime:
        return self.notice.last_minute(service.first_day(day), service)

    def words(self) -> str:
        return f"{self.notice.words()}, à compter du premier jour des vacances"


def in_week(day: dt.date, weekday: int, weeks: int = 0) -> dt.date:
    """A weekday of the week of `day`, or of an earlier one."""
    return day + (weekday - day.weekday() - 7 * weeks) * ONE_DAY
