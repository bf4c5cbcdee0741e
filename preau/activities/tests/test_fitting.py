"""Whom an activity is for."""

import datetime as dt
from typing import Any

import pytest

from preau.activities.choices import Misfit
from preau.activities.rules import ActivityFacts, PersonFacts, fits

D = dt.date
TODAY = D(2026, 11, 21)
NORA = PersonFacts(born_on=D(2021, 3, 14), level="gs", school="pasteur")


def offered(**facts: Any) -> ActivityFacts:
    return ActivityFacts(**{"ends_on": D(2027, 7, 2)} | facts)


def test_an_activity_that_asks_for_nothing_fits_any_child() -> None:
    assert fits(offered(), NORA, TODAY) is None


def test_an_activity_to_come_fits() -> None:
    assert fits(offered(ends_on=D(2028, 7, 4)), NORA, TODAY) is None


def test_an_activity_fits_until_its_last_day_included() -> None:
    assert fits(offered(ends_on=TODAY), NORA, TODAY) is None
    assert fits(offered(ends_on=TODAY), NORA, TODAY + dt.timedelta(days=1)) == Misfit.OVER


def test_birth_dates_include_both_ends() -> None:
    assert fits(offered(born_from=NORA.born_on, born_to=NORA.born_on), NORA, TODAY) is None


@pytest.mark.parametrize(
    ("facts", "misfit"),
    [
        ({"born_to": D(2021, 3, 13)}, Misfit.TOO_YOUNG),
        ({"born_from": D(2021, 3, 15)}, Misfit.TOO_OLD),
        ({"levels": frozenset({"cp", "ce1"})}, Misfit.WRONG_LEVEL),
        ({"schools": frozenset({"zola"})}, Misfit.WRONG_SCHOOL),
        ({"for_adults": True}, Misfit.ADULTS_ONLY),
    ],
)
def test_an_activity_for_others_says_why(facts: dict[str, Any], misfit: Misfit) -> None:
    assert fits(offered(**facts), NORA, TODAY) == misfit


def test_a_child_of_unknown_level_does_not_fit_an_activity_of_some_levels() -> None:
    unknown = PersonFacts(born_on=NORA.born_on)
    assert fits(offered(levels=frozenset({"gs"})), unknown, TODAY) == Misfit.WRONG_LEVEL


def test_an_adult_fits_only_activities_for_adults() -> None:
    zoe = PersonFacts(born_on=D(1988, 5, 2), is_adult=True)
    assert fits(offered(), zoe, TODAY) == Misfit.CHILDREN_ONLY
    assert fits(offered(for_adults=True), zoe, TODAY) is None
