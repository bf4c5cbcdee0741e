"""The town that is shipped, once in the database. See conftest for the town that they all read."""

import datetime as dt

import pytest

from preau.activities.models import Activity, Unit
from preau.bookings.models import Opening, Slot
from preau.townfile.comparing import changes
from preau.townfile.exporting import export
from preau.townfile.loading import file_to_load
from preau.townfile.testing import write_town
from preau.townfile.tests.conftest import NOW

D = dt.date


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("villejuif")]


def test_there_is_an_activity_for_each_school_year() -> None:
    assert Activity.objects.count() == 33
    assert Activity.objects.filter(year__code="2026-2027", name="1_Accueil matin maternelle").count() == 1


def test_days_open_as_the_calendar_says() -> None:
    def is_open(day: dt.date) -> bool:
        return Opening.objects.get(unit=unit, day=day).is_open

    unit = Unit.objects.get(activity__code="restauration-maternelle-2026-2027")
    assert is_open(D(2026, 12, 18))
    assert not is_open(D(2026, 12, 16))  # a Wednesday
    assert not is_open(D(2026, 12, 21))  # holidays
    assert not is_open(D(2027, 3, 29))  # Easter Monday


def test_a_closed_centre_has_no_slot_open() -> None:
    slots = Slot.objects.filter(group__code="la-ferme-maternelle", day="2026-12-16")
    assert [slot.is_open for slot in slots] == [False] * 3


def test_written_back_it_is_the_same_town(tmp_path_factory: pytest.TempPathFactory) -> None:
    copy = write_town(tmp_path_factory.mktemp("copy"), export())
    assert changes(file_to_load(copy, today=NOW.date()), today=NOW.date()) == []
