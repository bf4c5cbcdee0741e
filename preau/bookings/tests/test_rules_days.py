import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.activities.rules import DaysBefore
from preau.bookings.rules.days import (
    NOT_THIS_WEEKDAY,
    OUT_OF_DATES,
    RETIRED,
    Capacity,
    TownDays,
    UnitRule,
    opening_on,
    places_on,
)
from preau.bookings.rules.periods import Period, PeriodKind
from preau.bookings.testing import paris
from preau.town.choices import DayKind
from preau.town.rules import Calendar, SchoolYear, Span

YEAR = SchoolYear(dt.date(2026, 9, 1), dt.date(2027, 7, 2), frozenset({0, 1, 3, 4}))
NOEL = Span(dt.date(2026, 12, 19), dt.date(2027, 1, 3))
CHRISTMAS, ARMISTICE = dt.date(2026, 12, 25), dt.date(2026, 11, 11)
TOWN = TownDays(
    Calendar((YEAR,), (NOEL,), frozenset({CHRISTMAS, ARMISTICE})),
    ((NOEL, "Vacances de Noël"),),
    {CHRISTMAS: "Noël", ARMISTICE: "Armistice 1918"},
)
MONDAY, WEDNESDAY = dt.date(2026, 10, 5), dt.date(2026, 10, 7)


def rule(**changes):
    values: dict[str, Any] = {
        "span": Span(YEAR.starts_on, YEAR.ends_on),
        "kinds": frozenset({DayKind.SCHOOL}),
        "weekdays": frozenset(),
        "starts_at": dt.time(7, 30),
        "notice_book": DaysBefore(1),
        "notice_cancel": DaysBefore(2),
    }
    return UnitRule(**(values | changes))


@pytest.mark.parametrize(
    ("day", "label"),
    [
        (MONDAY, "Jour d’école"),
        (WEDNESDAY, "Mercredi"),
        (dt.date(2026, 10, 10), "Samedi"),
        (dt.date(2026, 12, 21), "Vacances de Noël"),
        (CHRISTMAS, "Férié\u00a0: Noël"),
        (dt.date(2027, 7, 14), "Vacances d’été"),
        (dt.date(2028, 4, 14), "Vacances scolaires"),
    ],
)
def test_a_day_has_the_name_that_families_give_it(day, label):
    assert TOWN.label(day) == label


def test_an_open_day_has_both_deadlines():
    opening = opening_on(rule(), MONDAY, TOWN)
    assert opening.is_open
    assert opening.book_by == paris(2026, 10, 4, 23, 59, 59).replace(microsecond=999999)
    assert opening.cancel_by == paris(2026, 10, 3, 23, 59, 59).replace(microsecond=999999)


@pytest.mark.parametrize(
    ("changes", "day", "reason"),
    [
        ({}, WEDNESDAY, "Mercredi"),
        ({}, dt.date(2026, 12, 21), "Vacances de Noël"),
        ({}, ARMISTICE, "Férié\u00a0: Armistice 1918"),
        ({"weekdays": frozenset({1})}, MONDAY, NOT_THIS_WEEKDAY),
        ({"span": Span(WEDNESDAY, YEAR.ends_on)}, MONDAY, OUT_OF_DATES),
        ({"retired_on": MONDAY}, MONDAY, RETIRED),
        ({"closures": ((Span(MONDAY, MONDAY), "Grève"),)}, MONDAY, "Grève"),
    ],
)
def test_a_closed_day_says_why_and_has_no_deadline(changes, day, reason):
    opening = opening_on(rule(**changes), day, TOWN)
    assert (opening.is_open, opening.reason, opening.book_by, opening.cancel_by) == (False, reason, None, None)


def test_a_retired_unit_is_open_until_the_day_before():
    assert opening_on(rule(retired_on=WEDNESDAY), MONDAY, TOWN).is_open


@given(st.dates(dt.date(2026, 8, 1), dt.date(2027, 8, 31)))
def test_no_deadline_comes_after_the_end_of_the_day(day):
    opening = opening_on(rule(), day, TOWN)
    for deadline in (opening.book_by, opening.cancel_by):
        assert deadline is None or deadline < paris(day.year, day.month, day.day, 23, 59, 59) + dt.timedelta(seconds=1)


# Places


def capacity(places, *kinds, starts_on=dt.date(2026, 9, 1)):
    return Capacity(starts_on, frozenset(kinds), places)


def test_without_a_rule_there_is_no_limit():
    assert places_on([], MONDAY, DayKind.SCHOOL) is None


def test_the_latest_rule_holds():
    chain = [capacity(20), capacity(12, starts_on=MONDAY), capacity(30, starts_on=WEDNESDAY)]
    assert places_on(chain, MONDAY, DayKind.SCHOOL) == 12


def test_a_rule_for_other_days_says_nothing():
    assert places_on([capacity(20, DayKind.WEDNESDAY)], MONDAY, DayKind.SCHOOL) is None


def test_of_two_rules_of_a_day_the_more_precise_holds():
    chain = [capacity(20), capacity(12, DayKind.WEDNESDAY), capacity(15, DayKind.WEDNESDAY, DayKind.SATURDAY)]
    assert places_on(chain, WEDNESDAY, DayKind.WEDNESDAY) == 12


def test_a_later_rule_may_lift_the_limit():
    assert places_on([capacity(20), capacity(None, starts_on=MONDAY)], MONDAY, DayKind.SCHOOL) is None


# Periods

periods = st.builds(Period.around, st.sampled_from(PeriodKind), st.dates(dt.date(2001, 1, 1), dt.date(2190, 1, 1)))


@given(periods)
def test_the_period_before_the_next_one_is_this_one(period):
    assert period.next.previous == period
    assert period.previous.next == period
    assert period.next.first == period.last + dt.timedelta(days=1)


@given(periods)
def test_weeks_hold_each_day_once_and_start_on_monday(period):
    assert [day for week in period.weeks for day in week] == list(period)
    assert all(week[0].weekday() == 0 for week in period.weeks[1:])
    assert len(period.weeks) <= 6
