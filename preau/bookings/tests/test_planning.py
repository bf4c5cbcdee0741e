import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from preau.activities.choices import BookingMode
from preau.activities.models import Closure
from preau.activities.testing import make_group
from preau.bookings.choices import Presence
from preau.bookings.models import Booking, Slot
from preau.bookings.queries.catalogue import catalogue
from preau.bookings.queries.changes import pending_changes
from preau.bookings.queries.children import read_children
from preau.bookings.queries.planning import read_planning
from preau.bookings.queries.plans import decide_plan, read_plan
from preau.bookings.rules.cells import CAN_CHANGE, CellState
from preau.bookings.rules.lines import Cell
from preau.bookings.rules.periods import Period, PeriodKind
from preau.bookings.testing import make_booking, open_days, paris
from preau.bookings.tests.conftest import MONDAY, NOW, TUESDAY, WEDNESDAY
from preau.families.choices import CustodyMode, Situation
from preau.families.models import Custody, Home
from preau.families.testing import make_adult, make_bond, make_child, make_family
from preau.town.models import PublicHoliday, SchoolPeriod
from preau.town.queries import the_town
from preau.town.testing import make_year

OCTOBER = Period.around(PeriodKind.MONTH, MONDAY)


def planning(world, *, user=None, who=None, period=OCTOBER, now=NOW):
    found = read_planning(user or world.user, town=the_town(), who=who or world.child.code, period=period, now=now)
    assert found is not None
    return found


def cell(world, unit="matin", day=MONDAY, **options):
    shown = planning(world, **options)
    [row] = [row for row in shown.rows if row.unit.code == unit]
    return row.cells[shown.days.index(day)]


def price(world, unit="matin", day=MONDAY):
    shown = planning(world)
    [row] = [row for row in shown.rows if row.unit.code == unit]
    return row.prices[shown.days.index(day)]


# Whose planning


def test_a_child_of_another_family_has_no_planning(world):
    stranger = make_child(make_family(name="Autre"))
    assert read_planning(world.user, town=the_town(), who=stranger.code, period=OCTOBER, now=NOW) is None


def test_all_the_children_are_shown_together_eldest_first(world):
    elder = make_child(world.family, first_name="Mylis", born_on=dt.date(2018, 1, 1))
    world.enrol(elder)
    shown = read_planning(world.user, town=the_town(), who=None, period=OCTOBER, now=NOW)
    assert shown is not None
    assert [child.first_name for child in shown.shown] == ["Mylis", "Nora"]
    assert len(shown.rows) == 8


# Cells


def test_a_day_of_school_can_be_booked_until_its_deadline(world):
    found = cell(world)
    assert (found.state, price(world)) == (CellState.FREE, 350)
    assert int(found.deadline) == int(paris(2026, 10, 4, 23, 59, 59).timestamp())


@pytest.mark.parametrize(("second", "state"), [(59, CellState.FREE), (60, CellState.TOO_LATE)])
def test_the_page_and_the_action_share_the_deadline_to_the_second(world, second, state):
    now = paris(2026, 10, 4, 23, 59) + dt.timedelta(seconds=second, microseconds=999999 if second == 59 else 0)
    assert cell(world, now=now).state == state


def test_each_unit_has_its_own_deadline_on_the_same_day(world):
    meals = world.units["repas"]
    meals.notice_book = {"kind": "days", "n": 2}
    meals.save()
    open_days(world.activity, world.meals, now=NOW)
    catalogue.cache_clear()
    deadlines = [int(cell(world, unit).deadline) for unit in ("matin", "repas", "soir")]
    day_before, two_days_before = (int(paris(2026, 10, day, 23, 59, 59).timestamp()) for day in (4, 3))
    assert deadlines == [day_before, two_days_before, day_before]


def test_a_booked_day_can_be_cancelled_then_no_longer(world):
    make_booking(world.child, world.units["matin"], world.group, MONDAY)
    assert cell(world).state == CellState.BOOKED
    assert cell(world, now=paris(2026, 10, 5, 8)).state == CellState.KEPT


def test_a_full_day_says_so(world):
    Slot.objects.filter(day=MONDAY, part__code="matin").update(capacity=0)
    assert cell(world).state == CellState.FULL
    assert cell(world, "soir").state == CellState.FREE
    assert cell(world, "journee").state == CellState.FULL


def test_a_full_outer_group_is_full(world):
    world.group.within = make_group("site", matin=0)
    world.group.save()
    open_days(world.activity, world.meals, now=NOW)
    catalogue.cache_clear()
    assert cell(world).state == CellState.FULL


def test_ones_own_place_can_be_swapped_on_a_full_day(world):
    make_booking(world.child, world.units["matin"], world.group, MONDAY)
    Slot.objects.filter(day=MONDAY, part__code="matin").update(capacity=1)
    assert cell(world, "journee").state == CellState.FREE


def test_a_day_without_school_is_not_offered(world):
    assert cell(world, day=WEDNESDAY).state == CellState.NOT_OFFERED


def test_a_closure_says_why(world):
    Closure.objects.create(code="x", activity=world.activity, starts_on=MONDAY, ends_on=MONDAY, reason="Grève")
    open_days(world.activity, now=NOW)
    assert (cell(world).state, cell(world).reason) == (CellState.CLOSED, "Grève")


def test_days_before_the_enrolment_are_not_offered(world):
    world.child.enrolments.update(starts_on=TUESDAY)
    assert cell(world).state == CellState.NOT_OFFERED
    assert cell(world, day=TUESDAY).state == CellState.FREE


def test_past_days_tell_who_came(world):
    for day, presence in ((5, Presence.PRESENT), (6, Presence.ABSENT), (8, Presence.UNKNOWN)):
        booking = make_booking(world.child, world.units["matin"], world.group, dt.date(2026, 10, day))
        Booking.objects.filter(pk=booking.pk).update(presence=presence)
    states = [cell(world, day=dt.date(2026, 10, day), now=paris(2026, 10, 20)).state for day in (5, 6, 8, 9)]
    assert states == [CellState.PRESENT, CellState.ABSENT, CellState.WAS_BOOKED, CellState.NOT_BOOKED]


def test_an_activity_that_the_town_manages_can_only_be_read(world):
    world.meals.booking_mode = BookingMode.READ_ONLY
    world.meals.save()
    catalogue.cache_clear()
    assert cell(world, "repas").state == CellState.LOCKED
    assert cell(world).state == CellState.FREE


def test_a_grandparent_can_only_read(world):
    grandmother = make_adult(make_family(name="Mamie"))
    make_bond(grandmother, world.child, Situation.GRANDPARENT)
    assert cell(world, user=grandmother.user).state == CellState.LOCKED


def share_custody(world):
    """Nora is with her mother on Mondays, with her father on Tuesdays."""
    other = make_family(name="Autre")
    Home.objects.create(participant=world.child, family=other)
    Custody.objects.create(
        participant=world.child,
        starts_on=dt.date(2026, 9, 1),
        mode=CustodyMode.CYCLE,
        home_a=world.family,
        home_b=other,
        anchor_on=MONDAY,
        pattern="ABAAAAA",
    )
    return other


def test_the_days_of_the_other_parent_are_locked_and_their_price_unseen(world):
    other = share_custody(world)
    make_booking(world.child, world.units["matin"], world.group, TUESDAY, family=other)
    assert (cell(world, day=TUESDAY).state, price(world, day=TUESDAY)) == (CellState.KEPT, None)
    assert price(world, day=MONDAY) == 350
    assert cell(world, "soir", TUESDAY).state == CellState.LOCKED
    assert cell(world).state == CellState.FREE


def test_the_cost_counts_only_the_bookings_of_ones_own_household(world):
    other = share_custody(world)
    make_booking(world.child, world.units["matin"], world.group, MONDAY)
    make_booking(world.child, world.units["matin"], world.group, TUESDAY, family=other)
    assert planning(world).cost == 350


@pytest.mark.parametrize("full", [False, True])
def test_what_the_page_lets_tick_is_what_the_action_accepts(world, full):
    """Every cell of the month, alone: ticked, it is refused exactly when the page does not let tick it."""
    make_booking(world.child, world.units["matin"], world.group, MONDAY)
    Closure.objects.create(code="x", place=world.group.place, starts_on=TUESDAY, ends_on=TUESDAY, reason="Travaux")
    if full:
        Slot.objects.filter(day__gte=dt.date(2026, 10, 15)).update(capacity=0)
    open_days(world.activity, world.meals, now=NOW)
    catalogue.cache_clear()
    now = paris(2026, 10, 3, 12)
    shown = planning(world, now=now)
    children = read_children(world.user, on=now.date())
    for row in shown.rows:
        for day, found in zip(shown.days, row.cells, strict=True):
            change = {Cell(world.child.pk, day, row.unit.key): not found.is_booked}
            plan = read_plan(change, children, catalogue(1))
            [decision] = decide_plan(plan, now=now, lock=False).decisions
            accepted = decision.result == "done"
            overlaps = decision.refusal == "overlap"  # the page lets tick both, and says so when it is confirmed
            assert (found.state in CAN_CHANGE) == (accepted or overlaps), (row.unit.code, day, found.state, decision)


# The draft over the bookings


def test_a_tick_of_the_draft_shows_and_changes_no_cost(world):
    world.tick(world.cell("matin"))
    shown = planning(world)
    found = cell(world)
    assert (found.is_booked, found.is_ticked) == (False, True)
    assert shown.cost == 0
    changes = pending_changes(shown)
    assert (changes.count, changes.difference, changes.before, changes.after) == (1, 350, 0, 350)


def test_a_swap_counts_for_what_it_changes(world):
    make_booking(world.child, world.units["matin"], world.group, MONDAY)
    world.tick(world.cell("matin"), wanted=False)
    world.tick(world.cell("journee"))
    changes = pending_changes(planning(world))
    assert (changes.count, changes.difference, changes.before, changes.after) == (2, 350, 350, 700)


def test_ticks_of_another_month_are_counted_apart(world):
    world.tick(world.cell("matin"), world.cell("matin", dt.date(2026, 11, 3)))
    changes = pending_changes(planning(world))
    assert (changes.count, changes.elsewhere) == (1, 1)


def test_a_tick_that_has_become_full_can_still_be_unticked(world):
    world.tick(world.cell("matin"))
    Slot.objects.filter(day=MONDAY, part__code="matin").update(capacity=0)
    found = cell(world)
    assert (found.state, found.is_ticked, found.can_change) == (CellState.FULL, True, True)


def test_a_tick_that_is_too_late_is_no_longer_shown_as_ticked(world):
    world.tick(world.cell("matin"))
    found = cell(world, now=paris(2026, 10, 5, 6))
    assert (found.state, found.is_ticked) == (CellState.TOO_LATE, False)


# Columns


def test_weekends_without_activity_have_no_column(world):
    assert {column.day.weekday() for week in planning(world).weeks for column in week} == {0, 1, 2, 3, 4}


def test_holidays_and_public_holidays_close_their_days(world):
    SchoolPeriod.objects.create(
        year=make_year(),
        code="toussaint",
        name="Vacances de la Toussaint",
        starts_on=dt.date(2026, 10, 17),
        ends_on=dt.date(2026, 11, 1),
    )
    PublicHoliday.objects.create(on=dt.date(2026, 10, 9), name="Fête du village")
    open_days(world.activity, world.meals, now=NOW)
    catalogue.cache_clear()
    columns = {column.day: column for week in planning(world).weeks for column in week}
    assert columns[dt.date(2026, 10, 19)].closed_for == "Vacances de la Toussaint"
    assert columns[dt.date(2026, 10, 19)].is_holidays
    assert columns[dt.date(2026, 10, 9)].closed_for == "Férié\u00a0: Fête du village"
    assert columns[MONDAY].closed_for == ""


@pytest.mark.parametrize("kind", [PeriodKind.WEEK, PeriodKind.FORTNIGHT])
def test_a_week_may_run_over_two_months(world, kind):
    period = Period.around(kind, dt.date(2026, 10, 29))
    world.tick(world.cell("matin", dt.date(2026, 11, 3)))
    shown = planning(world, period=period)
    assert (shown.days[0].weekday(), shown.days[-1].weekday()) == (0, 6)
    assert sum(1 for _ in shown.changes()) == (kind == PeriodKind.FORTNIGHT)


# How much it reads


def count_queries(world, who):
    catalogue(1)
    town = the_town()
    read_planning(world.user, town=town, who=who, period=OCTOBER, now=NOW)
    with CaptureQueriesContext(connection) as queries:
        read_planning(world.user, town=town, who=who, period=OCTOBER, now=NOW)
    return len(queries)


def test_the_queries_do_not_grow_with_the_data(world):
    alone = count_queries(world, world.child.code)
    for name in ("Mylis", "Sacha", "Lou"):
        child = make_child(world.family, first_name=name)
        world.enrol(child)
        for day in (MONDAY, TUESDAY):
            make_booking(child, world.units["matin"], world.group, day)
        world.tick(world.cell("soir", child=child), world.cell("repas", TUESDAY, child))
    assert alone == 3
    assert count_queries(world, None) == count_queries(world, world.child.code) == alone
    share_custody(world)
    assert count_queries(world, None) == count_queries(world, world.child.code) == alone + 1
