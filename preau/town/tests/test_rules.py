"""Kinds of days, on the official calendar of zone C."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.town.choices import DayKind
from preau.town.rules import Calendar, SchoolYear, Span, breaks, is_working_day, kind_of_day

D = dt.date

FOUR_DAYS = frozenset({0, 1, 3, 4})
FIVE_DAYS = frozenset({0, 1, 2, 3, 4})

AUTUMN = Span(D(2026, 10, 17), D(2026, 11, 1))
CHRISTMAS = Span(D(2026, 12, 19), D(2027, 1, 3))
SUMMER = Span(D(2027, 7, 3), D(2027, 8, 31))


def make_calendar(weekdays: frozenset[int] = FOUR_DAYS) -> Calendar:
    return Calendar(
        years=(
            SchoolYear(D(2026, 9, 1), D(2027, 7, 2), weekdays),
            SchoolYear(D(2027, 9, 1), D(2028, 7, 4), weekdays),
        ),
        holidays=(AUTUMN, CHRISTMAS, SUMMER),
        public_holidays=frozenset({D(2026, 11, 1), D(2026, 11, 11), D(2026, 12, 25), D(2027, 5, 1)}),
    )


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (D(2026, 9, 1), DayKind.SCHOOL),
        (D(2026, 9, 2), DayKind.WEDNESDAY),
        (D(2026, 9, 5), DayKind.SATURDAY),
        (D(2026, 9, 6), DayKind.SUNDAY),
        (D(2026, 10, 16), DayKind.SCHOOL),
        (D(2026, 10, 17), DayKind.HOLIDAYS),
        (D(2026, 10, 21), DayKind.HOLIDAYS),
        (D(2026, 11, 1), DayKind.PUBLIC_HOLIDAY),
        (D(2026, 11, 2), DayKind.SCHOOL),
        (D(2027, 7, 2), DayKind.SCHOOL),
        (D(2027, 7, 3), DayKind.HOLIDAYS),
        (D(2027, 9, 1), DayKind.WEDNESDAY),
    ],
)
def test_each_day_of_the_year_has_its_kind(day: dt.date, kind: DayKind) -> None:
    assert kind_of_day(make_calendar(), day) == kind


def test_a_public_holiday_wins_over_a_wednesday() -> None:
    assert D(2026, 11, 11).weekday() == 2
    assert kind_of_day(make_calendar(), D(2026, 11, 11)) == DayKind.PUBLIC_HOLIDAY


def test_a_public_holiday_wins_over_the_holidays() -> None:
    assert kind_of_day(make_calendar(), D(2026, 12, 25)) == DayKind.PUBLIC_HOLIDAY


def test_a_wednesday_with_class_is_a_school_day() -> None:
    assert kind_of_day(make_calendar(FIVE_DAYS), D(2026, 9, 2)) == DayKind.SCHOOL


def test_a_saturday_with_class_is_a_school_day() -> None:
    assert kind_of_day(make_calendar(FIVE_DAYS | {5}), D(2026, 9, 5)) == DayKind.SCHOOL


def test_another_day_off_in_term_counts_as_a_wednesday() -> None:
    assert kind_of_day(make_calendar(frozenset({0, 1, 2, 3})), D(2026, 9, 4)) == DayKind.WEDNESDAY


def test_the_last_sunday_of_the_holidays_is_still_holidays() -> None:
    assert kind_of_day(make_calendar(), D(2027, 1, 3)) == DayKind.HOLIDAYS
    assert kind_of_day(make_calendar(), D(2027, 1, 4)) == DayKind.SCHOOL


@given(st.dates(D(2020, 1, 1), D(2026, 8, 31)))
def test_outside_known_school_years_every_day_is_holidays(day: dt.date) -> None:
    assert kind_of_day(make_calendar(), day) == DayKind.HOLIDAYS


def test_working_days_are_monday_to_friday_less_public_holidays() -> None:
    week = [D(2026, 11, 9) + dt.timedelta(days=offset) for offset in range(7)]
    assert [is_working_day(make_calendar(), day) for day in week] == [True, True, False, True, True, False, False]


def test_school_holidays_have_working_days() -> None:
    assert is_working_day(make_calendar(), D(2026, 10, 21))


def test_breaks_join_the_summer_period_with_the_days_before_the_new_year() -> None:
    calendar = make_calendar()
    assert breaks(calendar) == (AUTUMN, CHRISTMAS, Span(D(2027, 7, 3), D(2027, 8, 31)))


def test_a_summer_that_nobody_typed_is_a_break_all_the_same() -> None:
    calendar = make_calendar()
    untyped = Calendar(calendar.years, (AUTUMN, CHRISTMAS), calendar.public_holidays)
    assert breaks(untyped)[-1] == SUMMER


def test_periods_that_touch_make_one_break() -> None:
    halves = (Span(D(2026, 10, 17), D(2026, 10, 24)), Span(D(2026, 10, 25), D(2026, 11, 1)))
    assert breaks(Calendar((), halves, frozenset())) == (AUTUMN,)


@given(st.dates(D(2026, 9, 1), D(2028, 7, 4)))
def test_a_day_is_in_a_break_exactly_when_it_is_holidays_or_a_public_holiday_in_them(day: dt.date) -> None:
    calendar = make_calendar()
    in_break = any(day in span for span in breaks(calendar))
    assert in_break == (kind_of_day(Calendar(calendar.years, calendar.holidays, frozenset()), day) == DayKind.HOLIDAYS)


def test_a_span_includes_both_its_ends() -> None:
    assert (AUTUMN.starts_on in AUTUMN, AUTUMN.ends_on in AUTUMN, len(AUTUMN)) == (True, True, 16)


def test_a_span_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot end"):
        Span(D(2026, 9, 2), D(2026, 9, 1))
