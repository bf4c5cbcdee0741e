"""Which days a unit is open, until when it may be booked, and how many places a group has."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from preau.activities.rules import Notice, deadline
from preau.core.money import NBSP
from preau.town.choices import DayKind
from preau.town.rules import Calendar, Span, kind_of_day

RETIRED = "Cette activité n’est plus proposée"
OUT_OF_DATES = "En dehors des dates de l’activité"
NOT_THIS_WEEKDAY = "Pas d’accueil ce jour de la semaine"
SUMMER = range(7, 10)


@dataclass(frozen=True, slots=True)
class TownDays:
    """The calendar with the names of its periods and public holidays."""

    calendar: Calendar
    periods: tuple[tuple[Span, str], ...] = ()
    public_holidays: Mapping[dt.date, str] | None = None

    def kind(self, day: dt.date) -> DayKind:
        return kind_of_day(self.calendar, day)

    def label(self, day: dt.date) -> str:
        """The day in words: « Vacances de Noël », « Férié : Toussaint », « Mercredi »."""
        kind = self.kind(day)
        if kind == DayKind.PUBLIC_HOLIDAY:
            return f"Férié{NBSP}: {(self.public_holidays or {}).get(day, 'jour férié')}"
        if kind == DayKind.HOLIDAYS:
            named = next((name for span, name in self.periods if day in span), "")
            return named or ("Vacances d’été" if day.month in SUMMER else "Vacances scolaires")
        return {DayKind.SCHOOL: "Jour d’école"}.get(kind, kind.label.capitalize())


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRule:
    """When a unit is offered. `kinds` are named one by one; no weekday means any (Monday 0).

    `closures` are those of its activity. From `retired_on` on, it is closed.
    """

    span: Span
    kinds: frozenset[str]
    weekdays: frozenset[int]
    starts_at: dt.time
    notice_book: Notice | None
    notice_cancel: Notice | None
    closures: tuple[tuple[Span, str], ...] = ()
    retired_on: dt.date | None = None

    def is_offered(self, kind: str, weekday: int) -> bool:
        """Whether the unit is for such a day; the others are no exception, so the planning says nothing of them."""
        return kind in self.kinds and (not self.weekdays or weekday in self.weekdays)


@dataclass(frozen=True, slots=True)
class DayOpening:
    """A unit on a day. Closed: why. Open: the last instants to book and to cancel."""

    is_open: bool
    reason: str = ""
    book_by: dt.datetime | None = None
    cancel_by: dt.datetime | None = None


def opening_on(rule: UnitRule, day: dt.date, town: TownDays) -> DayOpening:
    """Whether the unit is open on `day`, and its deadlines."""
    if reason := _closed_because(rule, day, town):
        return DayOpening(False, reason)
    book, cancel = (
        deadline(notice, day, town.calendar, rule.starts_at, lambda other: not _closed_because(rule, other, town))
        for notice in (rule.notice_book, rule.notice_cancel)
    )
    return DayOpening(True, "", book, cancel)


def _closed_because(rule: UnitRule, day: dt.date, town: TownDays) -> str:
    if day not in rule.span:
        return OUT_OF_DATES
    if rule.retired_on is not None and day >= rule.retired_on:
        return RETIRED
    kind = town.kind(day)
    if kind not in rule.kinds:
        return town.label(day)
    if not rule.is_offered(kind, day.weekday()):
        return NOT_THIS_WEEKDAY
    return next((reason for span, reason in rule.closures if day in span), "")


@dataclass(frozen=True, slots=True)
class Capacity:
    """Places from a day on, for some kinds of day (none named: all); None is no limit."""

    starts_on: dt.date
    kinds: frozenset[str]
    places: int | None


def places_on(chain: Iterable[Capacity], day: dt.date, kind: str) -> int | None:
    """The places on such a day; None is no limit, also when no rule speaks of it.

    The latest rule wins; of two of the same day, the one that names fewer kinds of day.
    """
    holding = [rule for rule in chain if rule.starts_on <= day and (not rule.kinds or kind in rule.kinds)]
    if not holding:
        return None
    return max(holding, key=lambda rule: (rule.starts_on, -(len(rule.kinds) or len(DayKind)))).places
