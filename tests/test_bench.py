"""`make bench` is run by hand: the check sees that its town can still be made."""

import pytest

from bench import town
from preau.bookings.models import Booking
from preau.families.models import Family


@pytest.mark.django_db
def test_the_town_of_the_bench_is_made_on_the_tables_of_today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(town, "HOUSEHOLDS", (2, 1, 1))
    monkeypatch.setattr(town, "THREE_CHILDREN", 4)
    town.settle()
    children = 2 + 2 + 3
    assert Family.objects.count() == 4
    assert Booking.objects.count() == children * sum(town.BOOKINGS_EACH)
