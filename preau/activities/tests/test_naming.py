"""How a list of activities names them."""

import datetime as dt

import pytest

from preau.activities.queries import activity_choices, named
from preau.activities.testing import make_activity

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 11, 9)


def test_activities_that_run_come_first_and_those_of_other_years_tell_them() -> None:
    last, this, following = (
        make_activity(f"midi-{first}", name="Midi", starts_on=dt.date(first, 9, 1), ends_on=dt.date(first + 1, 7, 3))
        for first in (2025, 2026, 2027)
    )
    assert activity_choices([last, this, following], MONDAY) == [
        ("En cours", [("midi-2026", "Midi")]),
        ("À venir", [("midi-2027", "Midi (2027-2028)")]),
        ("Terminées", [("midi-2025", "Midi (2025-2026)")]),
    ]
    assert activity_choices([this], MONDAY) == [("midi-2026", "Midi")]
    assert named([this, following], among=[this, following]) == [
        ("midi-2026", "Midi (2026-2027)"),
        ("midi-2027", "Midi (2027-2028)"),
    ]
