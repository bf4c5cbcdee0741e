"""What families ask about members, as values: kept, read again, turned into a plan."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.families.choices import CustodyHolidays, CustodyMode
from preau.members.rules import (
    SHAPES,
    ChildAsked,
    CustodyAsked,
    GuardianAsked,
    SchoolAsked,
    as_json,
    from_json,
    plan_of,
    stays,
    usual_level,
)

MONDAY = dt.date(2026, 11, 9)
LEVELS = ("ps", "ms", "gs", "cp", "ce1", "ce2", "cm1", "cm2")
MINE, THEIRS = 1, 2


@pytest.mark.parametrize(
    "asked",
    [
        ChildAsked("Lou", "Roussel", MONDAY, "f", ("abc", "def")),
        GuardianAsked("Paul", "Roussel", "exercises", ("abc",)),
        CustodyAsked(MONDAY, "abc", "weeks", "me", "other"),
        SchoolAsked("2026-2027", "philipe", "cp", ("Fratrie",), "Merci."),
    ],
)
def test_what_is_asked_is_read_as_it_was_kept(asked) -> None:
    assert from_json(type(asked), as_json(asked)) == asked


@pytest.mark.parametrize("values", [{}, {"first_name": "Lou"}, {"first_name": 3, "last_name": "R", "born_on": "x"}])
def test_anything_else_is_not_read(values) -> None:
    with pytest.raises(ValueError):
        from_json(ChildAsked, values)


def days_mine(shape: str, begins: str = "me", days: int = 14, starts_on: dt.date = MONDAY) -> str:
    plan = plan_of(CustodyAsked(starts_on, "x", shape, begins), mine=MINE, theirs=THEIRS)
    found = stays(plan, MONDAY, MONDAY + dt.timedelta(days=days - 1), ())
    return "".join(("m" if one.home == MINE else "o") * ((one.ends_on - one.starts_on).days + 1) for one in found)


def test_each_shape_shares_the_days_as_its_name_says() -> None:
    assert days_mine("weeks") == "mmmmmmmooooooo"
    assert days_mine("weeks", "other") == "ooooooommmmmmm"
    assert days_mine("two-two-five-five") == "mmoommmmmooooo"
    assert days_mine("weekends") == "mmmmmmmmmmmooo"
    assert days_mine("one") == "m" * 14
    assert days_mine("even-weeks") == "mmmmmmmooooooo" or days_mine("even-weeks") == "ooooooommmmmmm"


def test_a_rhythm_begins_on_the_monday_of_the_week_of_its_first_day() -> None:
    assert days_mine("weeks", starts_on=MONDAY + dt.timedelta(days=3)) == days_mine("weeks")


def test_holidays_are_told_by_who_has_the_first_half_in_even_years() -> None:
    def of(begins: str, holidays: str) -> CustodyHolidays:
        return plan_of(CustodyAsked(MONDAY, "x", "weeks", begins, holidays), mine=MINE, theirs=THEIRS).holidays

    assert of("me", "me") == of("other", "other") == CustodyHolidays.FIRST_HALF_A_EVEN
    assert of("me", "other") == of("other", "me") == CustodyHolidays.FIRST_HALF_A_ODD
    assert of("me", "none") == CustodyHolidays.NONE


def test_a_shape_that_does_not_exist_makes_no_plan() -> None:
    with pytest.raises(ValueError):
        days_mine("moons")


@given(st.sampled_from([*SHAPES, "even-weeks", "one"]), st.integers(0, 60))
def test_stays_cover_every_day_once(shape, days) -> None:
    plan = plan_of(CustodyAsked(MONDAY, "x", shape, "me"), mine=MINE, theirs=THEIRS)
    assert plan.mode in CustodyMode
    found = stays(plan, MONDAY, MONDAY + dt.timedelta(days=days), ())
    assert (found[0].starts_on, found[-1].ends_on) == (MONDAY, MONDAY + dt.timedelta(days=days))
    for before, after in pairwise(found):
        assert after.starts_on == before.ends_on + dt.timedelta(days=1)
        assert before.home != after.home


def test_the_year_of_birth_tells_the_usual_level() -> None:
    assert usual_level(dt.date(2023, 12, 31), 2026, LEVELS) == "ps"
    assert usual_level(dt.date(2020, 1, 1), 2026, LEVELS) == "cp"
    assert usual_level(dt.date(2024, 1, 1), 2026, LEVELS) == ""
    assert usual_level(dt.date(2012, 1, 1), 2026, LEVELS) == ""
    assert usual_level(dt.date(2024, 1, 1), 2026, ("tps", *LEVELS)) == "tps"
