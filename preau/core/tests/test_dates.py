"""Days and ages."""

import datetime as dt

from preau.core.dates import age_on


def test_an_age_is_reached_on_the_birthday_and_on_the_1st_of_march_after_a_29th_of_february() -> None:
    born = dt.date(2016, 2, 29)
    days = dt.date(2024, 2, 28), dt.date(2024, 2, 29), dt.date(2025, 2, 28), dt.date(2025, 3, 1)
    assert [age_on(born, day) for day in days] == [7, 8, 8, 9]
