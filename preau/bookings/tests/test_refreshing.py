import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from preau.activities.models import Closure
from preau.activities.testing import make_activity, make_group, make_part, make_unit
from preau.bookings.actions import refresh_days
from preau.bookings.models import Opening, Slot
from preau.bookings.testing import open_days, paris
from preau.enrolments.testing import make_intake
from preau.town.choices import DayKind
from preau.town.models import PublicHoliday, SchoolPeriod
from preau.town.queries import the_town
from preau.town.testing import make_town, make_year

pytestmark = pytest.mark.django_db

NOW = paris(2026, 8, 20)
MONDAY = dt.date(2026, 10, 5)
WEDNESDAY = dt.date(2026, 10, 7)


@pytest.fixture
def morning():
    make_town()
    activity = make_activity()
    unit = make_unit(activity)
    make_intake(activity, make_group(matin=20))
    return unit


def opening(unit, day):
    return Opening.objects.get(unit=unit, day=day)


def slot(day, part="matin", group="peri-maternelle"):
    return Slot.objects.get(group__code=group, part__code=part, day=day)


def test_every_day_of_the_activity_has_an_opening_closed_ones_included(morning):
    open_days(morning.activity, now=NOW)
    first, last = morning.activity.starts_on, morning.activity.ends_on
    assert Opening.objects.filter(unit=morning, day__range=(first, last)).count() == (last - first).days + 1
    assert Slot.objects.filter(day__range=(first, last)).count() == (last - first).days + 1


def test_an_open_day_has_its_deadlines_and_its_places(morning):
    open_days(morning.activity, now=NOW)
    assert opening(morning, MONDAY).is_open
    assert opening(morning, MONDAY).book_by == paris(2026, 10, 4, 23, 59, 59).replace(microsecond=999999)
    assert (slot(MONDAY).is_open, slot(MONDAY).capacity) == (True, 20)


def test_a_closed_day_says_why(morning):
    SchoolPeriod.objects.create(
        year=make_year(),
        code="noel",
        name="Vacances de Noël",
        starts_on=dt.date(2026, 12, 19),
        ends_on=dt.date(2027, 1, 3),
    )
    PublicHoliday.objects.create(on=dt.date(2026, 11, 11), name="Armistice 1918")
    Closure.objects.create(
        code="greve", activity=morning.activity, starts_on=MONDAY, ends_on=MONDAY, reason="Grève du personnel"
    )
    open_days(morning.activity, now=NOW)
    reasons = dict(Opening.objects.filter(is_open=False).values_list("day", "reason"))
    assert reasons[dt.date(2026, 12, 21)] == "Vacances de Noël"
    assert reasons[dt.date(2026, 11, 11)] == "Férié\u00a0: Armistice 1918"
    assert reasons[WEDNESDAY] == "Mercredi"
    assert reasons[MONDAY] == "Grève du personnel"


def test_doing_it_again_changes_nothing(morning):
    open_days(morning.activity, now=NOW)
    before = list(Opening.objects.order_by("pk").values()), list(Slot.objects.order_by("pk").values())
    report = open_days(morning.activity, now=NOW)
    assert (report.openings_made, report.openings_changed, report.slots_made, report.slots_changed) == (0, 0, 0, 0)
    assert before == (list(Opening.objects.order_by("pk").values()), list(Slot.objects.order_by("pk").values()))


def test_processes_forget_the_deadlines_that_they_keep_when_days_change_and_only_then(morning):
    open_days(morning.activity, now=NOW)
    version = the_town().catalogue_version
    open_days(morning.activity, now=NOW)
    assert the_town().catalogue_version == version
    Closure.objects.create(activity=morning.activity, starts_on=MONDAY, ends_on=MONDAY, reason="Grève")
    open_days(morning.activity, now=NOW)
    assert the_town().catalogue_version == version + 1


def test_a_slot_changed_by_hand_is_left_alone(morning):
    open_days(morning.activity, now=NOW)
    Slot.objects.filter(day=MONDAY).update(capacity=12, by_hand=True)
    morning.activity.intakes.get().group.capacity_rules.update(places=30)
    open_days(morning.activity, now=NOW)
    assert slot(MONDAY).capacity == 12
    assert slot(MONDAY + dt.timedelta(days=1)).capacity == 30


def test_a_capacity_never_goes_below_the_places_taken_and_the_report_says_so(morning):
    open_days(morning.activity, now=NOW)
    Slot.objects.filter(day=MONDAY).update(taken=15)
    morning.activity.intakes.get().group.capacity_rules.update(places=10)
    report = open_days(morning.activity, now=NOW)
    assert slot(MONDAY).capacity == 15
    assert [(kept.day, kept.wanted, kept.kept) for kept in report.kept] == [(MONDAY, 10, 15)]


def test_past_days_keep_the_deadlines_under_which_families_booked(morning):
    open_days(morning.activity, now=NOW)
    before = opening(morning, MONDAY).book_by
    morning.activity.notice_book = {"kind": "days", "n": 7}
    morning.activity.save()
    open_days(morning.activity, now=paris(2026, 10, 6))
    assert opening(morning, MONDAY).book_by == before
    assert opening(morning, dt.date(2026, 10, 6)).book_by < before


def test_a_day_that_closes_remembers_since_when(morning):
    open_days(morning.activity, now=NOW)
    Closure.objects.create(code="x", activity=morning.activity, starts_on=MONDAY, ends_on=MONDAY, reason="Travaux")
    later = paris(2026, 9, 15)
    open_days(morning.activity, now=later)
    assert (opening(morning, MONDAY).is_open, opening(morning, MONDAY).closed_at) == (False, later)


def test_a_closed_place_closes_its_slots(morning):
    group = morning.activity.intakes.get().group
    Closure.objects.create(code="x", place=group.place, starts_on=MONDAY, ends_on=MONDAY, reason="Travaux")
    open_days(morning.activity, now=NOW)
    assert not slot(MONDAY).is_open


def test_a_shorter_activity_closes_its_last_days_and_leaves_no_gap(morning):
    open_days(morning.activity, now=NOW)
    morning.activity.ends_on = dt.date(2026, 12, 18)
    morning.activity.save()
    open_days(morning.activity, now=NOW)
    rows = Opening.objects.filter(unit=morning)
    assert rows.count() == (dt.date(2027, 7, 2) - dt.date(2026, 9, 1)).days + 1
    assert not rows.filter(day__gt=dt.date(2026, 12, 18), is_open=True).exists()


def test_a_group_within_another_gives_the_outer_one_its_slots(morning):
    site = make_group("site", matin=30)
    inner = morning.activity.intakes.get().group
    inner.within = site
    inner.save()
    open_days(morning.activity, now=NOW)
    assert (slot(MONDAY, group="site").is_open, slot(MONDAY, group="site").capacity) == (True, 30)


def test_groups_shared_by_two_activities_stay_open_for_both(morning):
    group = morning.activity.intakes.get().group
    wednesdays = make_activity("mercredi", kinds_of_day=[DayKind.WEDNESDAY])
    make_unit(wednesdays, "journee", parts=["matin", "soir"])
    make_intake(wednesdays, group)
    open_days(morning.activity, now=NOW)
    assert slot(MONDAY).is_open
    assert slot(WEDNESDAY).is_open
    assert make_part("soir").pk in Slot.objects.values_list("part_id", flat=True)


def test_the_queries_do_not_grow_with_the_activities(morning, django_assert_num_queries):
    group = morning.activity.intakes.get().group
    open_days(morning.activity, now=NOW)
    with CaptureQueriesContext(connection) as alone:
        open_days(morning.activity, now=NOW)
    for number in range(3):
        activity = make_activity(f"a{number}")
        make_unit(activity)
        make_intake(activity, group)
    refresh_days(now=NOW)
    with django_assert_num_queries(len(alone) + 1):  # plus the list of all activities
        refresh_days(now=NOW)
