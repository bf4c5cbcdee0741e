import datetime as dt

from preau.bookings.actions import clear_draft, save_draft
from preau.bookings.models import Booking, DraftChange, Slot
from preau.bookings.queries.recaps import read_draft
from preau.bookings.testing import make_booking
from preau.bookings.tests.conftest import MONDAY, NOW, TUESDAY
from preau.families.testing import make_adult

LATER = NOW + dt.timedelta(hours=3)


def kept(world):
    return {cell: ticked.wanted for cell, ticked in read_draft(world.user).items()}


def test_a_tick_is_kept_and_takes_nothing(world):
    world.tick(world.cell("matin"))
    assert kept(world) == {world.cell("matin"): True}
    assert not Booking.objects.exists()
    assert not Slot.objects.filter(taken__gt=0).exists()


def test_ticks_of_several_months_pile_up(world):
    world.tick(world.cell("matin"))
    world.tick(world.cell("soir", dt.date(2026, 11, 3)))
    assert len(kept(world)) == 2


def test_wanting_what_is_already_booked_leaves_nothing(world):
    make_booking(world.child, world.units["matin"], world.group, MONDAY)
    world.tick(world.cell("matin"))
    assert kept(world) == {}


def test_unticking_what_is_booked_is_a_change(world):
    make_booking(world.child, world.units["matin"], world.group, MONDAY)
    world.tick(world.cell("matin"), wanted=False)
    assert kept(world) == {world.cell("matin"): False}


def test_going_back_on_a_tick_removes_it(world):
    world.tick(world.cell("matin"), world.cell("soir"))
    world.tick(world.cell("matin"), wanted=False)
    assert kept(world) == {world.cell("soir"): True}


def test_a_dropped_cell_leaves_the_draft_whatever_was_booked_since(world):
    world.tick(world.cell("matin"))
    make_booking(world.child, world.units["matin"], world.group, MONDAY)
    save_draft(user=world.user, changes={}, dropped=[world.cell("matin")], now=NOW)
    assert kept(world) == {}


def test_a_tick_kept_again_keeps_its_first_instant(world):
    world.tick(world.cell("matin"))
    world.tick(world.cell("matin"), world.cell("soir"), now=LATER)
    instants = dict(DraftChange.objects.values_list("unit__code", "at"))
    assert instants == {"matin": NOW, "soir": LATER}


def test_a_change_of_mind_about_a_stale_tick_replaces_it(world):
    world.tick(world.cell("matin"))
    make_booking(world.child, world.units["matin"], world.group, MONDAY)
    world.tick(world.cell("matin"), wanted=False)
    assert kept(world) == {world.cell("matin"): False}


def test_clearing_forgets_all_of_ones_own_draft_only(world):
    other = make_adult(world.family, first_name="Sam")
    assert other.user is not None
    world.tick(world.cell("matin"))
    world.tick(world.cell("matin", TUESDAY), user=other.user)
    assert clear_draft(user=world.user) == 1
    assert list(DraftChange.objects.values_list("user", flat=True)) == [other.user.pk]


def test_saving_takes_a_fixed_number_of_queries(world, django_assert_num_queries):
    one, many = [world.cell("matin")], [world.cell(unit, day) for unit in world.units for day in (MONDAY, TUESDAY)]
    with django_assert_num_queries(5):  # with its savepoint
        world.tick(*one)
    with django_assert_num_queries(5):
        world.tick(*many)
