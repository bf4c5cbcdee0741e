"""Deadlines to the minute."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.activities.rules import NoticeFault, deadline, describe, parse_notice
from preau.core.dates import PARIS
from preau.core.money import NBSP
from preau.town.rules import Calendar, SchoolYear, Span, is_working_day

D = dt.date
CALENDAR = Calendar((), (), frozenset({D(2026, 11, 11), D(2026, 12, 25), D(2027, 1, 1), D(2027, 3, 29)}))
SCHOOL = Calendar(
    (
        SchoolYear(D(2026, 9, 1), D(2027, 7, 2), frozenset({0, 1, 3, 4})),
        SchoolYear(D(2027, 9, 1), D(2028, 7, 4), frozenset({0, 1, 3, 4})),
    ),
    (Span(D(2026, 10, 17), D(2026, 11, 1)), Span(D(2026, 12, 19), D(2027, 1, 3))),
    CALENDAR.public_holidays,
)
SECOND = dt.timedelta(seconds=1)

hours = st.times().map(lambda time: time.strftime("%H:%M"))
weekdays = st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"])
counted = st.sampled_from(["days", "working_days", "clear_days", "open_days"])
in_order = st.one_of(
    st.fixed_dictionaries(
        {"kind": counted, "n": st.integers(0, 15)}, optional={"at": hours, "from": st.just("period")}
    ),
    st.fixed_dictionaries(
        {"kind": st.just("week"), "weeks": st.integers(0, 4), "on": weekdays}, optional={"at": hours}
    ),
    st.fixed_dictionaries({"kind": st.just("hours"), "n": st.integers(0, 200)}),
    st.fixed_dictionaries(
        {"kind": st.just("month"), "months": st.integers(1, 3), "day": st.integers(1, 31)}, optional={"at": hours}
    ),
)
targets = st.dictionaries(weekdays, st.sampled_from(["mon-1", "thu-1", "sun-1", "fri-2"]), min_size=1)
notices = st.one_of(
    in_order,
    st.fixed_dictionaries(
        {"kind": st.just("weekday_map"), "map": targets},
        optional={"at": hours, "variants": st.just([{"if_holiday": "wed", "map": {"thu": "mon", "sun": "fri-1"}}])},
    ),
    st.just(
        {"kind": "dates", "dates": [{"from": D(2026, 10, 17), "to": D(2026, 11, 1), "by": "2026-10-02"}], "at": "12:00"}
    ),
)
days_ = st.dates(D(2026, 1, 1), D(2028, 12, 31))


def notice(kind: str, **keys: Any):
    return parse_notice({"kind": kind, **keys})


def until(rule: Any, day: dt.date, starts_at: dt.time | None = None, calendar: Calendar = CALENDAR) -> str:
    """The deadline as `2026-11-30 09:30`, in France."""
    return f"{deadline(rule, day, calendar, starts_at).astimezone(PARIS):%Y-%m-%d %H:%M}"


def test_the_minute_of_the_deadline_is_in_time_and_the_next_is_late() -> None:
    limit = deadline(notice("days", n=1, at="09:30"), D(2026, 12, 8), CALENDAR, None)
    last_second = dt.datetime(2026, 12, 7, 9, 30, 59, 999999, tzinfo=PARIS)
    assert last_second.astimezone(dt.UTC) <= limit
    assert limit < (last_second + SECOND).astimezone(dt.UTC)


def test_midnight_is_late_when_the_notice_ends_at_23_59() -> None:
    limit = deadline(notice("days", n=1), D(2026, 12, 8), CALENDAR, None)
    assert dt.datetime(2026, 12, 7, 23, 59, 59, tzinfo=PARIS) <= limit
    assert limit < dt.datetime(2026, 12, 8, 0, 0, tzinfo=PARIS)


@pytest.mark.parametrize(("n", "expected"), [(0, "2026-12-08 12:00"), (1, "2026-12-07 12:00"), (7, "2026-12-01 12:00")])
def test_calendar_days_count_every_day(n: int, expected: str) -> None:
    assert until(notice("days", n=n, at="12:00"), D(2026, 12, 8)) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (D(2026, 12, 7), "2026-12-03 09:30"),  # Monday: the weekend does not count
        (D(2026, 12, 9), "2026-12-07 09:30"),
        (D(2026, 11, 12), "2026-11-09 09:30"),  # 11 November does not count
        (D(2026, 12, 28), "2026-12-23 09:30"),  # neither Christmas nor the weekend
        (D(2026, 12, 12), "2026-12-10 09:30"),  # a Saturday
        (D(2026, 11, 11), "2026-11-09 09:30"),  # a public holiday itself
    ],
)
def test_working_days_skip_weekends_and_public_holidays(day: dt.date, expected: str) -> None:
    assert until(notice("working_days", n=2, at="09:30"), day) == expected


@given(days_, st.integers(0, 20))
def test_n_working_days_lie_between_the_deadline_and_the_day(day: dt.date, n: int) -> None:
    last = deadline(notice("working_days", n=n), day, CALENDAR, None).date()
    counted = [last + dt.timedelta(days=offset) for offset in range((day - last).days)]
    assert sum(is_working_day(CALENDAR, each) for each in counted) == n


@pytest.mark.parametrize("day", [D(2026, 12, 7) + dt.timedelta(days=offset) for offset in range(7)])
def test_one_weekly_cut_off_serves_the_whole_week(day: dt.date) -> None:
    assert until(notice("week", weeks=1, on="tue"), day) == "2026-12-01 23:59"


def test_a_weekly_cut_off_may_be_two_weeks_before() -> None:
    assert until(notice("week", weeks=2, on="fri", at="17:00"), D(2027, 1, 4)) == "2026-12-25 17:00"


def test_a_cut_off_in_the_same_week_never_lets_anyone_book_a_day_gone_by() -> None:
    rule = notice("week", weeks=0, on="wed", at="12:00")
    assert [until(rule, D(2026, 12, day)) for day in (7, 9, 11)] == [
        "2026-12-07 12:00",
        "2026-12-09 12:00",
        "2026-12-09 12:00",
    ]


@given(notices, days_)
def test_no_notice_ends_after_the_day_itself(data: dict[str, Any], day: dt.date) -> None:
    assert deadline(parse_notice(data), day, SCHOOL, dt.time(8)).date() <= day


@given(in_order, days_)
def test_a_later_day_never_has_an_earlier_deadline(data: dict[str, Any], day: dt.date) -> None:
    rule = parse_notice(data)
    later = deadline(rule, day + dt.timedelta(days=1), SCHOOL, dt.time(8))
    assert deadline(rule, day, SCHOOL, dt.time(8)) <= later


@given(notices)
def test_every_notice_says_itself(data: dict[str, Any]) -> None:
    assert describe(parse_notice(data)).startswith("au plus tard ")


def test_clear_days_count_neither_the_request_nor_the_day() -> None:
    assert until(notice("clear_days", n=15), D(2022, 10, 24)) == "2022-10-08 23:59"
    assert until(notice("clear_days", n=0), D(2022, 10, 24)) == "2022-10-23 23:59"


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (D(2026, 12, 7), "2026-12-04 11:00"),  # Monday: the Friday before
        (D(2026, 12, 8), "2026-12-07 11:00"),
        (D(2026, 12, 10), "2026-12-08 11:00"),  # Thursday: there is no class on Wednesday
        (D(2026, 11, 12), "2026-11-10 11:00"),
        (D(2026, 11, 2), "2026-10-16 11:00"),  # class resumes
        (D(2027, 9, 3), "2027-09-02 11:00"),
        (D(2027, 9, 2), "2027-07-02 11:00"),  # the first day of class
        (D(2026, 9, 1), "2026-08-31 11:00"),  # nothing is known before
    ],
)
def test_open_days_skip_all_that_is_closed(day: dt.date, expected: str) -> None:
    assert until(notice("open_days", n=1, at="11:00"), day, calendar=SCHOOL) == expected


def test_open_days_are_those_of_the_service_when_they_are_told() -> None:
    is_wednesday = lambda day: day.weekday() == 2  # noqa: E731
    limit = deadline(notice("open_days", n=2, at="11:00"), D(2026, 12, 9), SCHOOL, None, is_wednesday)
    assert f"{limit:%Y-%m-%d}" == "2026-11-25"


MAP = {"mon": "fri-1", "tue": "fri-1", "thu": "tue", "fri": "tue"}


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (D(2026, 12, 7), "2026-12-04 09:00"),
        (D(2026, 12, 8), "2026-12-04 09:00"),
        (D(2026, 12, 9), "2026-12-04 09:00"),  # Wednesday is not named: as Tuesday
        (D(2026, 12, 10), "2026-12-08 09:00"),
        (D(2026, 12, 11), "2026-12-08 09:00"),
        (D(2026, 12, 13), "2026-12-08 09:00"),
    ],
)
def test_each_weekday_may_have_its_cut_off(day: dt.date, expected: str) -> None:
    assert until(notice("weekday_map", at="09:00", map=MAP), day) == expected


def test_a_public_holiday_may_move_the_cut_offs_of_its_week() -> None:
    variants = [{"if_holiday": "mon", "map": {"tue": "thu-1"}}]
    rule = notice("weekday_map", at="09:00", map=MAP, variants=variants)
    assert until(rule, D(2027, 3, 30)) == "2027-03-25 09:00"  # Easter Monday
    assert until(rule, D(2027, 4, 1)) == "2027-03-30 09:00"
    assert until(rule, D(2027, 4, 6)) == "2027-04-02 09:00"


@pytest.mark.parametrize(
    ("n", "day", "expected"),
    [
        (72, D(2026, 12, 10), "2026-12-07 11:30"),
        (12, D(2026, 12, 10), "2026-12-09 23:30"),
        (72, D(2027, 3, 30), "2027-03-27 11:30"),  # the clock on the wall, though an hour was lost
    ],
)
def test_hours_are_counted_back_from_the_start(n: int, day: dt.date, expected: str) -> None:
    assert until(notice("hours", n=n), day, dt.time(11, 30)) == expected


@pytest.mark.parametrize(
    ("months", "day_of_month", "day", "expected"),
    [
        (1, 20, D(2026, 12, 1), "2026-11-20 23:59"),
        (1, 20, D(2026, 12, 31), "2026-11-20 23:59"),
        (1, 31, D(2027, 3, 8), "2027-02-28 23:59"),
        (2, 1, D(2027, 1, 8), "2026-11-01 23:59"),
    ],
)
def test_a_month_may_be_closed_on_a_day_of_the_one_before(
    months: int, day_of_month: int, day: dt.date, expected: str
) -> None:
    assert until(notice("month", months=months, day=day_of_month), day) == expected


def test_dates_may_be_published_period_by_period() -> None:
    dates = [
        {"from": "2026-10-17", "to": "2026-11-01", "by": "2026-10-02"},
        {"from": D(2026, 12, 19), "to": D(2027, 1, 3), "by": D(2026, 11, 27)},
    ]
    rule = notice("dates", dates=dates, at="12:00")
    assert until(rule, D(2026, 10, 17)) == until(rule, D(2026, 11, 1)) == "2026-10-02 12:00"
    assert until(rule, D(2026, 12, 24)) == "2026-11-27 12:00"
    assert until(rule, D(2026, 11, 2)) == "2026-11-02 12:00"


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (D(2026, 10, 20), "2026-10-03 23:59"),  # from Monday 19 October, the first working day
        (D(2026, 10, 30), "2026-10-03 23:59"),
        (D(2026, 10, 17), "2026-10-01 23:59"),  # that Saturday itself
        (D(2026, 11, 3), "2026-10-18 23:59"),  # class has resumed
    ],
)
def test_a_notice_may_be_counted_from_the_first_day_of_the_holidays(day: dt.date, expected: str) -> None:
    assert until(notice("clear_days", n=15, **{"from": "period"}), day, calendar=SCHOOL) == expected


def test_without_notice_a_day_stays_open_until_the_unit_starts() -> None:
    starts_at = dt.time(11, 30)
    limit = deadline(None, D(2026, 12, 8), CALENDAR, starts_at)
    start = dt.datetime(2026, 12, 8, 11, 30, tzinfo=PARIS)
    assert start - SECOND <= limit < start


def test_without_notice_nor_hour_the_whole_day_is_open() -> None:
    assert until(None, D(2026, 12, 8)) == "2026-12-08 23:59"


@pytest.mark.parametrize(
    ("day", "utc"),
    [
        (D(2027, 3, 28), "2027-03-27 22:59"),  # the day before the hour is lost: winter time
        (D(2027, 3, 29), "2027-03-28 21:59"),  # the evening of that Sunday: summer time
        (D(2026, 10, 25), "2026-10-24 21:59"),
        (D(2026, 10, 26), "2026-10-25 22:59"),
    ],
)
def test_deadlines_follow_the_clock_across_both_changes(day: dt.date, utc: str) -> None:
    limit = deadline(notice("days", n=1), day, CALENDAR, None).astimezone(dt.UTC)
    assert f"{limit:%Y-%m-%d %H:%M}" == utc


def test_an_hour_that_strikes_twice_counts_the_second_time() -> None:
    limit = deadline(notice("days", n=0, at="02:30"), D(2026, 10, 25), CALENDAR, None)
    assert limit.astimezone(dt.UTC) == dt.datetime(2026, 10, 25, 1, 30, 59, 999999, tzinfo=dt.UTC)


def test_an_hour_that_does_not_exist_counts_as_the_one_after() -> None:
    limit = deadline(notice("days", n=0, at="02:30"), D(2027, 3, 28), CALENDAR, None)
    assert limit.astimezone(dt.UTC) == dt.datetime(2027, 3, 28, 1, 30, 59, 999999, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({}, "kind"),
        ({"kind": "lunar"}, "kind"),
        ({"kind": ["days"]}, "kind"),
        ({"kind": "days"}, "n"),
        ({"kind": "days", "n": -1}, "n"),
        ({"kind": "days", "n": 1000}, "n"),
        ({"kind": "days", "n": "2"}, "n"),
        ({"kind": "days", "n": True}, "n"),
        ({"kind": "days", "n": 1, "at": "24:00"}, "at"),
        ({"kind": "days", "n": 1, "at": "9:30"}, "at"),
        ({"kind": "days", "n": 1, "at": "09:30\n"}, "at"),
        ({"kind": "days", "n": 1, "at": 930}, "at"),
        ({"kind": "days", "n": 1, "hour": "09:30"}, "hour"),
        ({"kind": "days", "n": 1, "from": "holidays"}, "from"),
        ({"kind": "hours"}, "n"),
        ({"kind": "hours", "n": 72, "at": "09:30"}, "at"),
        ({"kind": "month", "months": 0, "day": 20}, "months"),
        ({"kind": "month", "months": 1, "day": 32}, "day"),
        ({"kind": "weekday_map"}, "map"),
        ({"kind": "weekday_map", "map": {}}, "map"),
        ({"kind": "weekday_map", "map": {"lundi": "fri-1"}}, "map"),
        ({"kind": "weekday_map", "map": {"mon": "vendredi"}}, "map"),
        ({"kind": "weekday_map", "map": {"mon": "fri"}}, "map"),
        ({"kind": "weekday_map", "map": {"mon": "fri-0"}}, "map"),
        ({"kind": "weekday_map", "map": MAP, "variants": [{"if_holiday": "lundi", "map": MAP}]}, "if_holiday"),
        ({"kind": "weekday_map", "map": MAP, "variants": [{"if_holiday": "mon", "map": MAP, "n": 1}]}, "n"),
        ({"kind": "weekday_map", "map": MAP, "variants": {}}, "variants"),
        ({"kind": "dates"}, "dates"),
        ({"kind": "dates", "dates": []}, "dates"),
        ({"kind": "dates", "dates": [{"from": "2026-10-17", "to": "2026-11-01"}]}, "by"),
        ({"kind": "dates", "dates": [{"from": "2026-10-17", "to": "2026-11-31", "by": "2026-10-02"}]}, "to"),
        ({"kind": "dates", "dates": [{"from": "2026-10-17", "to": "2026-11-01", "by": "2026-10-18"}]}, "dates"),
        ({"kind": "dates", "dates": [{"from": "2026-11-02", "to": "2026-11-01", "by": "2026-10-18"}]}, "dates"),
        ({"kind": "week", "weeks": 1}, "on"),
        ({"kind": "week", "weeks": 1, "on": "mardi"}, "on"),
        ({"kind": "week", "on": "tue"}, "weeks"),
        ({"kind": "week", "weeks": 1, "on": "tue", "n": 1}, "n"),
    ],
)
def test_a_notice_that_cannot_be_read_names_the_key_at_fault(data: dict[str, Any], key: str) -> None:
    with pytest.raises(NoticeFault) as raised:
        parse_notice(data)
    assert raised.value.key == key
    assert str(raised.value).startswith(f"{key}{NBSP}: ")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"kind": "working_days", "n": 2, "at": "09:30"}, "au plus tard 2 jours ouvrés avant, à 9 h 30"),
        ({"kind": "working_days", "n": 1, "at": "12:00"}, "au plus tard 1 jour ouvré avant, à midi"),
        ({"kind": "working_days", "n": 0, "at": "09:00"}, "au plus tard le jour même, à 9 h"),
        ({"kind": "days", "n": 0, "at": "09:00"}, "au plus tard le jour même, à 9 h"),
        ({"kind": "days", "n": 1, "at": "12:00"}, "au plus tard la veille, à midi"),
        ({"kind": "days", "n": 2}, "au plus tard l’avant-veille, avant minuit"),
        ({"kind": "days", "n": 7}, "au plus tard 7 jours avant, avant minuit"),
        ({"kind": "week", "weeks": 1, "on": "tue"}, "au plus tard le mardi de la semaine précédente, avant minuit"),
        ({"kind": "week", "weeks": 0, "on": "mon", "at": "10:00"}, "au plus tard le lundi de la même semaine, à 10 h"),
        (
            {"kind": "week", "weeks": 2, "on": "fri", "at": "08:05"},
            "au plus tard le vendredi 2 semaines avant, à 8 h 05",
        ),
        ({"kind": "clear_days", "n": 1}, "au plus tard 1 jour franc avant, avant minuit"),
        (
            {"kind": "clear_days", "n": 15, "from": "period"},
            "au plus tard 15 jours francs avant, à compter du premier jour des vacances, avant minuit",
        ),
        ({"kind": "open_days", "n": 1, "at": "11:00"}, "au plus tard le jour d’ouverture précédent, à 11 h"),
        ({"kind": "open_days", "n": 2}, "au plus tard 2 jours d’ouverture avant, avant minuit"),
        (
            {"kind": "weekday_map", "map": MAP, "at": "09:00"},
            "au plus tard le vendredi de la semaine précédente pour lundi et mardi, le mardi pour jeudi et vendredi, "
            "à 9 h",
        ),
        ({"kind": "hours", "n": 72}, "au plus tard 72 heures avant le début"),
        ({"kind": "month", "months": 1, "day": 20}, "au plus tard le 20 du mois précédent, avant minuit"),
        ({"kind": "month", "months": 2, "day": 1}, "au plus tard le 1er, 2 mois avant, avant minuit"),
        (
            {"kind": "dates", "dates": [{"from": "2026-10-17", "to": "2026-11-01", "by": "2026-10-02"}]},
            "au plus tard à la date annoncée pour chaque période, avant minuit",
        ),
    ],
)
def test_a_notice_says_itself_in_french(data: dict[str, Any], words: str) -> None:
    assert describe(parse_notice(data)).replace(NBSP, " ") == words


def test_no_notice_says_itself_too() -> None:
    assert describe(None) == "jusqu’au début de l’activité"
