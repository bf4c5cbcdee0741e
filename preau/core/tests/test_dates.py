"""Days and ages."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from preau.core.dates import age_on, months_after


def test_a_month_after_the_31st_is_the_last_day_of_a_shorter_month() -> None:
    assert months_after(dt.date(2027, 1, 31), 1) == dt.date(2027, 2, 28)


@given(st.dates(dt.date(2000, 1, 1), dt.date(2090, 1, 1)), st.integers(1, 240))
def test_months_only_go_forward(day: dt.date, months: int) -> None:
    assert day < months_after(day, months) <= day + dt.timedelta(days=31 * months)


def test_an_age_is_reached_on_the_birthday_and_on_the_1st_of_march_after_a_29th_of_february() -> None:
    born = dt.date(2016, 2, 29)
    days = dt.date(2024, 2, 28), dt.date(2024, 2, 29), dt.date(2025, 2, 28), dt.date(2025, 3, 1)
    assert [age_on(born, day) for day in days] == [7, 8, 8, 9]
