"""Until when a day may be booked or cancelled, and whom an activity is for."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from preau.activities.choices import Misfit
from preau.core.dates import PARIS
from preau.core.money import NBSP
from preau.town.rules import Calendar, is_working_day

ONE_DAY = dt.timedelta(days=1)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAY_NAMES = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
LAST_MINUTE = dt.time(23, 59)
MOST_DAYS = 366


class NoticeFault(ValueError):
    """A notice that cannot be read: `key` is at fault, the message tells the mend in French."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(f"{key}{NBSP}: {message}")
        self.key = key


class Notice(Protocol):
    """A kind of notice: on which day it ends, at what minute of that day, and how to say so."""

    @property
    def at(self) -> dt.time: ...

    def last_day(self, day: dt.date, calendar: Calendar) -> dt.date:
        """The day on which the notice for `day` ends, never after `day` itself."""
        ...

    def words(self) -> str:
        """When it ends, in French, without the hour."""
        ...


@dataclass(frozen=True, slots=True)
class DaysBefore:
    """`n` calendar days before; 0 is the day itself."""

    n: int
    at: dt.time = LAST_MINUTE

    def last_day(self, day: dt.date, calendar: Calendar) -> dt.date:
        return day - self.n * ONE_DAY

    def words(self) -> str:
        near = {0: "le jour même", 1: "la veille", 2: "l’avant-veille"}
        return near.get(self.n) or f"{self.n}{NBSP}jours avant"


@dataclass(frozen=True, slots=True)
class WorkingDaysBefore:
    """`n` working days before: Monday to Friday less public holidays, wherever `day` itself falls."""

    n: int
    at: dt.time = LAST_MINUTE

    def last_day(self, day: dt.date, calendar: Calendar) -> dt.date:
        left = self.n
        while left:
            day -= ONE_DAY
            left -= is_working_day(calendar, day)
        return day

    def words(self) -> str:
        near = {0: "le jour même", 1: f"1{NBSP}jour ouvré avant"}
        return near.get(self.n) or f"{self.n}{NBSP}jours ouvrés avant"


@dataclass(frozen=True, slots=True)
class WeekCutOff:
    """The weekday `on` (Monday 0) of the week `weeks` before that of the day, for the whole week.

    In the same week (0), the days that come before the cut-off end on the day itself.
    """

    weeks: int
    on: int
    at: dt.time = LAST_MINUTE

    def last_day(self, day: dt.date, calendar: Calendar) -> dt.date:
        monday = day - day.weekday() * ONE_DAY
        return min(monday + (self.on - 7 * self.weeks) * ONE_DAY, day)

    def words(self) -> str:
        near = {0: "de la même semaine", 1: "de la semaine précédente"}
        return f"le {WEEKDAY_NAMES[self.on]} {near.get(self.weeks) or f'{self.weeks}{NBSP}semaines avant'}"


def parse_notice(data: Mapping[str, object]) -> Notice:
    """The notice that `data` describes, e.g. `{"kind": "working_days", "n": 2, "at": "09:30"}`.

    Without `at` it is 23:59. Raises NoticeFault on anything else, unknown keys included.
    """
    kind = data.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise NoticeFault("kind", f"indiquez l’un des délais connus ({', '.join(KINDS)}).")
    reader = _Reader(data)
    notice = KINDS[kind](reader)
    for key in data:
        if key not in reader.read:
            raise NoticeFault(key, f"cette clé n’existe pas pour un délai «{NBSP}{kind}{NBSP}».")
    return notice


class _Reader:
    """Reads the keys of one notice, and remembers which were."""

    def __init__(self, data: Mapping[str, object]) -> None:
        self.data = data
        self.read = {"kind"}

    def count(self, key: str, most: int) -> int:
        self.read.add(key)
        value = self.data.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
            raise NoticeFault(key, f"indiquez un nombre entier de 0 à {most}.")
        return value

    def weekday(self, key: str) -> int:
        self.read.add(key)
        value = self.data.get(key)
        if value not in WEEKDAYS:
            raise NoticeFault(key, f"indiquez un jour de la semaine ({', '.join(WEEKDAYS)}).")
        return WEEKDAYS.index(value)

    def time(self, key: str, default: dt.time) -> dt.time:
        self.read.add(key)
        value = self.data.get(key)
        if value is None:
            return default
        if not isinstance(value, str) or not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
            raise NoticeFault(key, "indiquez une heure de 00:00 à 23:59, par exemple 09:30.")
        return dt.time.fromisoformat(value)


KINDS: Mapping[str, Callable[[_Reader], Notice]] = MappingProxyType(
    {
        "days": lambda read: DaysBefore(read.count("n", MOST_DAYS), read.time("at", LAST_MINUTE)),
        "working_days": lambda read: WorkingDaysBefore(read.count("n", MOST_DAYS), read.time("at", LAST_MINUTE)),
        "week": lambda read: WeekCutOff(
            read.count("weeks", MOST_DAYS // 7), read.weekday("on"), read.time("at", LAST_MINUTE)
        ),
    }
)
"""How each kind of notice is read. A later kind is a dataclass above and a line here."""


def deadline(notice: Notice | None, day: dt.date, calendar: Calendar, starts_at: dt.time | None) -> dt.datetime:
    """The last instant in time for `day`, in France: a request is in time when `now <= deadline(…)`.

    The minute of the notice is included (09:30 holds until 09:30:59). Without notice, until the unit starts, that
    instant excluded, or until the end of the day when it has no hour.
    """
    if notice is not None:
        return _end_of_minute(notice.last_day(day, calendar), notice.at)
    if starts_at is None:
        return _end_of_minute(day, LAST_MINUTE)
    return dt.datetime.combine(day, starts_at, PARIS) - dt.timedelta(microseconds=1)


def _end_of_minute(day: dt.date, at: dt.time) -> dt.datetime:
    """On the nights when the clock changes, the later of the two readings: a doubt favours the family."""
    wall = dt.datetime.combine(day, at.replace(second=59, microsecond=999999), PARIS)
    latest = max(wall.replace(fold=fold).astimezone(dt.UTC) for fold in (0, 1))
    return latest.astimezone(PARIS)


def describe(notice: Notice | None) -> str:
    """The rule as a French phrase, e.g. « au plus tard 2 jours ouvrés avant, à 9 h 30 »; minutes are included."""
    if notice is None:
        return "jusqu’au début de l’activité"
    if notice.at == LAST_MINUTE:
        return f"au plus tard {notice.words()}, avant minuit"
    return f"au plus tard {notice.words()}, à {_hour(notice.at)}"


def _hour(at: dt.time) -> str:
    if at == dt.time(12):
        return "midi"
    return f"{at.hour}{NBSP}h{NBSP}{at.minute:02d}" if at.minute else f"{at.hour}{NBSP}h"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityFacts:
    """Whom an activity is for. Birth dates include both ends; None and empty sets ask for nothing."""

    ends_on: dt.date
    born_from: dt.date | None = None
    born_to: dt.date | None = None
    levels: frozenset[str] = frozenset()
    schools: frozenset[str] = frozenset()
    for_adults: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFacts:
    """Who would enrol; level and school are those of the activity's school year, None when unknown."""

    born_on: dt.date
    level: str | None = None
    school: str | None = None
    is_adult: bool = False


def fits(activity: ActivityFacts, person: PersonFacts, day: dt.date) -> Misfit | None:
    """Why the activity is not for this person on `day`, or None if it is. Current and future activities both fit.

    Asked of participants: a grown-up of the family takes part only in activities for adults, and the reverse.
    """
    if day > activity.ends_on:
        return Misfit.OVER
    if activity.for_adults != person.is_adult:
        return Misfit.ADULTS_ONLY if activity.for_adults else Misfit.CHILDREN_ONLY
    if activity.born_to is not None and person.born_on > activity.born_to:
        return Misfit.TOO_YOUNG
    if activity.born_from is not None and person.born_on < activity.born_from:
        return Misfit.TOO_OLD
    if activity.levels and person.level not in activity.levels:
        return Misfit.WRONG_LEVEL
    if activity.schools and person.school not in activity.schools:
        return Misfit.WRONG_SCHOOL
    return None
