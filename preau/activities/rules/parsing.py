"""A notice from data, the same tree in the town file and in the database."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from preau.activities.rules.notices import (
    LAST_MINUTE,
    MOST_DAYS,
    WEEKDAYS,
    ClearDaysBefore,
    DayOfMonth,
    DaysBefore,
    FromPeriod,
    HoursBefore,
    Notice,
    OpenDaysBefore,
    Published,
    PublishedDates,
    Target,
    Targets,
    WeekCutOff,
    WeekdayMap,
    WorkingDaysBefore,
)
from preau.core.money import NBSP

MOST_WEEKS = MOST_DAYS // 7


class NoticeFault(ValueError):
    """A notice that cannot be read: `key` is at fault, the message tells the mend in French."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(f"{key}{NBSP}: {message}")
        self.key = key


def parse_notice(data: Mapping[str, object]) -> Notice:
    """The notice that `data` describes, e.g. `{"kind": "working_days", "n": 2, "at": "09:30"}`.

    Without `at` it is 23:59; `"from": "period"` counts from the first day of the holidays. Raises NoticeFault on
    anything else, unknown keys included.
    """
    kind = data.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise NoticeFault("kind", f"indiquez l’un des délais connus ({', '.join(KINDS)}).")
    reader = _Reader(data)
    notice = KINDS[kind](reader)
    if reader.is_from_period():
        notice = FromPeriod(notice)
    reader.refuse_others(f"pour un délai «{NBSP}{kind}{NBSP}»")
    return notice


class _Reader:
    """Reads the keys of a table, and remembers which were."""

    def __init__(self, data: Mapping[str, object]) -> None:
        self.data = data
        self.read = {"kind"}

    def get(self, key: str) -> object:
        self.read.add(key)
        return self.data.get(key)

    def count(self, key: str, most: int, least: int = 0) -> int:
        value = self.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise NoticeFault(key, f"indiquez un nombre entier de {least} à {most}.")
        return value

    def weekday(self, key: str) -> int:
        value = self.get(key)
        if value not in WEEKDAYS:
            raise NoticeFault(key, f"indiquez un jour de la semaine ({', '.join(WEEKDAYS)}).")
        return WEEKDAYS.index(value)

    def at(self) -> dt.time:
        value = self.get("at")
        if value is None:
            return LAST_MINUTE
        if not isinstance(value, str) or not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
            raise NoticeFault("at", "indiquez une heure de 00:00 à 23:59, par exemple 09:30.")
        return dt.time.fromisoformat(value)

    def day(self, key: str) -> dt.date:
        """A day as TOML gives it or, from JSON, as `2026-09-01`."""
        value = self.get(key)
        if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            try:
                return dt.date.fromisoformat(value)
            except ValueError:
                value = None
        if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
            raise NoticeFault(key, "indiquez une date, par exemple 2026-09-01.")
        return value

    def tables(self, key: str) -> "list[_Reader]":
        value = self.get(key)
        if not isinstance(value, list) or not value or not all(isinstance(item, Mapping) for item in value):
            raise NoticeFault(key, "indiquez une liste de tables [{ … }, { … }].")
        return [_Reader(item) for item in value]

    def targets(self, key: str) -> Targets:
        """`{mon = "fri-1", thu = "tue"}`: for Monday the Friday before, for Thursday the Tuesday of the same week."""
        value = self.get(key)
        if not isinstance(value, Mapping) or not value:
            raise NoticeFault(key, 'indiquez une table, par exemple { mon = "fri-1", thu = "tue" }.')
        for day in value:
            if day not in WEEKDAYS:
                known = ", ".join(WEEKDAYS)
                raise NoticeFault(key, f"«{NBSP}{day}{NBSP}» n’est pas un jour de la semaine ({known}).")
        return tuple(_target_at(key, day, value[day]) if day in value else None for day in WEEKDAYS)

    def is_from_period(self) -> bool:
        value = self.get("from")
        if value not in (None, "period"):
            raise NoticeFault("from", 'indiquez "period" : à compter du premier jour des vacances.')
        return value is not None

    def refuse_others(self, where: str) -> None:
        for key in self.data:
            if key not in self.read:
                raise NoticeFault(key, f"cette clé n’existe pas {where}.")


def _target_at(key: str, day: str, told: object) -> Target:
    found = re.fullmatch(r"([a-z]{3})(?:-([1-9][0-9]?))?", told) if isinstance(told, str) else None
    if found is None or found.group(1) not in WEEKDAYS or int(found.group(2) or 0) > MOST_WEEKS:
        raise NoticeFault(key, f'pour {day}, indiquez un jour : "tue", ou "fri-1" pour celui de la semaine précédente.')
    on, weeks = WEEKDAYS.index(found.group(1)), int(found.group(2) or 0)
    if not weeks and on > WEEKDAYS.index(day):
        raise NoticeFault(key, f"{told} vient après {day} : ajoutez -1 pour la semaine précédente.")
    return on, weeks


def _weekday_map(read: _Reader) -> Notice:
    variants = []
    for variant in read.tables("variants") if "variants" in read.data else []:
        variants.append((variant.weekday("if_holiday"), variant.targets("map")))
        variant.refuse_others("dans variants")
    return WeekdayMap(read.targets("map"), tuple(variants), read.at())


def _published_dates(read: _Reader) -> Notice:
    dates = []
    for table in read.tables("dates"):
        each = Published(table.day("from"), table.day("to"), table.day("by"))
        table.refuse_others("dans dates")
        if not each.by <= each.starts_on <= each.ends_on:
            raise NoticeFault("dates", "by vient avant from, et from avant to.")
        dates.append(each)
    return PublishedDates(tuple(dates), read.at())


KINDS: Mapping[str, Callable[[_Reader], Notice]] = MappingProxyType(
    {
        "days": lambda read: DaysBefore(read.count("n", MOST_DAYS), read.at()),
        "working_days": lambda read: WorkingDaysBefore(read.count("n", MOST_DAYS), read.at()),
        "clear_days": lambda read: ClearDaysBefore(read.count("n", MOST_DAYS), read.at()),
        "open_days": lambda read: OpenDaysBefore(read.count("n", MOST_DAYS), read.at()),
        "week": lambda read: WeekCutOff(read.count("weeks", MOST_WEEKS), read.weekday("on"), read.at()),
        "weekday_map": _weekday_map,
        "hours": lambda read: HoursBefore(read.count("n", 24 * MOST_DAYS)),
        "month": lambda read: DayOfMonth(read.count("months", 12, least=1), read.count("day", 31, least=1), read.at()),
        "dates": _published_dates,
    }
)
"""How each kind of notice is read. A later kind is a dataclass of `notices` and a line here."""
