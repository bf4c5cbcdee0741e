import datetime as dt

import pytest

from preau.activities.testing import make_activity, make_group, make_unit
from preau.bookings.models import DraftChange
from preau.bookings.queries import coming_days, draft_summary
from preau.bookings.testing import make_booking, paris
from preau.core.dates import Month
from preau.families.testing import make_adult, make_child, make_family

pytestmark = pytest.mark.django_db

NOW = paris(2026, 10, 1)
THURSDAY = dt.date(2026, 10, 1)
FRIDAY = dt.date(2026, 10, 2)


@pytest.fixture
def parent():
    return make_adult(make_family())


@pytest.fixture
def unit():
    return make_unit(make_activity())


def tick(parent, child, unit, day, *, wanted=True):
    DraftChange.objects.create(
        user=parent.user, participant=child, unit=unit, day=day, wanted=wanted, was_booked=not wanted, at=NOW
    )


def test_without_a_draft_there_is_no_summary(parent):
    assert draft_summary(parent.user) is None


def test_the_summary_counts_the_changes_of_all_months_and_children(parent, unit):
    nora, mylis = (make_child(parent.family, first_name=name) for name in ("Nora", "Mylis"))
    tick(parent, nora, unit, FRIDAY)
    tick(parent, mylis, unit, dt.date(2026, 11, 3))
    tick(parent, nora, unit, dt.date(2026, 11, 4))
    summary = draft_summary(parent.user)
    assert summary is not None
    assert (summary.count, summary.first_names) == (3, ("Nora", "Mylis"))
    assert summary.months == (Month(2026, 10), Month(2026, 11))


def test_coming_days_show_what_is_booked_and_what_is_only_ticked(parent, unit):
    child = make_child(parent.family)
    evening = make_unit(unit.activity, "soir", starts_at=dt.time(16, 30), ends_at=dt.time(18, 30), parts=["soir"])
    group = make_group()
    make_booking(child, unit, group, THURSDAY)
    make_booking(child, evening, group, FRIDAY)
    tick(parent, child, unit, FRIDAY)
    tick(parent, child, evening, FRIDAY, wanted=False)
    [nora] = coming_days(parent.user, first=THURSDAY, count=3)
    assert [(day.day, [(u.name, u.is_booked, u.is_in_draft) for u in day.units]) for day in nora.days] == [
        (THURSDAY, [("Matin", True, False)]),
        (FRIDAY, [("Matin", False, True), ("Soir", True, True)]),
    ]


def test_coming_days_stop_at_the_number_asked(parent, unit):
    child = make_child(parent.family)
    for offset in range(5):
        make_booking(child, unit, make_group(f"g{offset}"), THURSDAY + dt.timedelta(days=offset))
    [nora] = coming_days(parent.user, first=FRIDAY, count=2)
    assert [day.day for day in nora.days] == [FRIDAY, dt.date(2026, 10, 3)]


def test_coming_days_show_no_child_of_another_family(parent, unit):
    other = make_child(make_family(name="Autre"), first_name="Zélie")
    make_booking(other, unit, make_group(), FRIDAY)
    assert coming_days(parent.user, first=THURSDAY, count=3) == []


@pytest.mark.parametrize("children", [1, 4])
def test_coming_days_take_three_queries(parent, unit, children, django_assert_num_queries):
    for number in range(children):
        make_booking(make_child(parent.family), unit, make_group(f"g{number}"), FRIDAY)
    with django_assert_num_queries(3):
        coming_days(parent.user, first=THURSDAY, count=3)
