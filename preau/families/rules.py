"""What each situation lets an adult see or do, and in which home a child is on a day."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from preau.families.choices import AccessLevel, CustodyHolidays, CustodyMode, Situation, Subject
from preau.town.rules import Span

SHORTEST_SHARED_HOLIDAYS = 7
"""Days. Judgments share « les vacances scolaires »; a bridge of a few days stays with the home whose days they are."""


def _levels(
    *, identity: int = 0, planning: int = 0, health: int = 0, documents: int = 0, attendance: int = 0, pickup: int = 0
) -> Mapping[Subject, AccessLevel]:
    return MappingProxyType(
        {
            Subject.IDENTITY: AccessLevel(identity),
            Subject.PLANNING: AccessLevel(planning),
            Subject.HEALTH: AccessLevel(health),
            Subject.DOCUMENTS: AccessLevel(documents),
            Subject.ATTENDANCE: AccessLevel(attendance),
            Subject.PICKUP: AccessLevel(pickup),
        }
    )


PRESETS: Mapping[Situation, Mapping[Subject, AccessLevel]] = MappingProxyType(
    {
        Situation.EXERCISES: _levels(identity=2, planning=2, health=2, documents=2, attendance=2, pickup=2),
        # CADA, conseil 20154766: entitled to the child's after-school papers even without exercising authority.
        # Not to the health sheet, which follows authority (code de la santé publique, L1111-7), nor to who collects.
        Situation.WITHOUT_EXERCISE: _levels(identity=1, planning=1, documents=1, attendance=1),
        Situation.WITHDRAWN: _levels(),
        Situation.PAYER_ONLY: _levels(),
        # Usual acts only (code civil, 373-4): who may collect and what the health sheet says stay the parents' word.
        Situation.FOSTER: _levels(identity=1, planning=2, health=1, documents=2, attendance=2, pickup=1),
        Situation.COLLECTS: _levels(planning=1, pickup=1),
        Situation.GRANDPARENT: _levels(planning=1, attendance=1, pickup=1),
        Situation.ENDED: _levels(),
    }
)
"""Levels that a situation gives until an agent adjusts one for a judgment."""


@dataclass(frozen=True, slots=True)
class CustodyPlan:
    """Whose day it is. Homes are family keys.

    `one`: always home A, without home B.
    `cycle`: `pattern` has one letter, A or B, per day from `anchor_on`, repeated both ways.
    `iso_week`: home A has the even ISO weeks; after a year of 53 weeks home B has two weeks running.
    Raises ValueError when the mode lacks what it needs.
    """

    mode: CustodyMode
    home_a: int
    home_b: int | None = None
    anchor_on: dt.date | None = None
    pattern: str = ""
    holidays: CustodyHolidays = CustodyHolidays.NONE

    def __post_init__(self) -> None:
        if self.mode == CustodyMode.ONE:
            if self.home_b is not None:
                raise ValueError("one home leaves no room for a second")
            return
        if self.home_b is None or self.home_b == self.home_a:
            raise ValueError("shared custody takes two different homes")
        if self.mode == CustodyMode.CYCLE and (self.anchor_on is None or set(self.pattern) != {"A", "B"}):
            raise ValueError("a cycle takes an anchor and a pattern of A and B")


@dataclass(frozen=True, slots=True)
class CustodyException:
    """Days of `span` on which the child is at `home`, whatever the plan says."""

    span: Span
    home: int


def home_on(
    plan: CustodyPlan, exceptions: Iterable[CustodyException], day: dt.date, holiday_periods: Iterable[Span]
) -> int:
    """The home whose day it is: an exception first (the one that starts last), then shared holidays, then the plan.

    `holiday_periods` are whole periods (see `town.rules.breaks`): a summer cut at a year's end would be halved twice.
    """
    holding = [exception for exception in exceptions if day in exception.span]
    if holding:
        return max(holding, key=lambda exception: exception.span.starts_on).home
    if plan.home_b is None:
        return plan.home_a
    if plan.holidays != CustodyHolidays.NONE:
        period = next((period for period in holiday_periods if day in period), None)
        if period is not None and len(period) >= SHORTEST_SHARED_HOLIDAYS:
            return plan.home_a if _is_holiday_of_a(plan.holidays, period, day) else plan.home_b
    return plan.home_a if _is_day_of_a(plan, day) else plan.home_b


def _is_holiday_of_a(rule: CustodyHolidays, period: Span, day: dt.date) -> bool:
    """The year is the one in which the period starts; the middle day of an odd number belongs to the first half."""
    is_first_half = (day - period.starts_on).days < (len(period) + 1) // 2
    is_even_year = period.starts_on.year % 2 == 0
    a_has_first_half = is_even_year == (rule == CustodyHolidays.FIRST_HALF_A_EVEN)
    return is_first_half == a_has_first_half


def _is_day_of_a(plan: CustodyPlan, day: dt.date) -> bool:
    if plan.mode == CustodyMode.ISO_WEEK or plan.anchor_on is None:
        return day.isocalendar().week % 2 == 0
    return plan.pattern[(day - plan.anchor_on).days % len(plan.pattern)] == "A"
