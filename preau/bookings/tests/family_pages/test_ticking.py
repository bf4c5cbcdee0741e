"""What a parent ticks is kept until it is confirmed."""

import datetime as dt
import re

import pytest

from preau.activities.choices import BookingMode
from preau.bookings.models import Booking, DraftChange
from preau.bookings.queries.catalogue import catalogue
from preau.bookings.testing import make_booking, paris
from preau.bookings.tests.conftest import MONDAY, TUESDAY
from preau.bookings.tests.family_pages.given import NOVEMBER, Form, address, bar_of, messages_of
from preau.families.choices import Situation
from preau.families.testing import make_adult, make_bond, make_child, make_family


def test_ticks_are_kept_and_the_page_shows_them(parent, world):
    form = Form(parent, address(world))
    response = form.click(form.box(world, "matin", MONDAY)).send(action="brouillon")
    assert response.headers["Location"] == address(world)
    text = Form(parent, address(world)).text
    assert 'data-avant="0"><input type="checkbox" name="r" value="0-1005" checked>' in text
    assert "1 modification" in bar_of(text)
    assert "+\u00a03,50\u00a0€" in bar_of(text)
    assert not Booking.objects.exists()


def test_moving_to_the_next_month_keeps_the_ticks(parent, world):
    form = Form(parent, address(world))
    response = form.click(form.box(world, "matin", MONDAY)).send(to=address(world, NOVEMBER))
    assert response.headers["Location"] == address(world, NOVEMBER)
    assert "1 autre modification" in Form(parent, address(world, NOVEMBER)).text
    assert DraftChange.objects.get().day == MONDAY


def test_unticking_again_empties_the_draft(parent, world):
    form = Form(parent, address(world))
    form.click(form.box(world, "matin", MONDAY)).send(action="brouillon")
    again = Form(parent, address(world))
    again.click(again.box(world, "matin", MONDAY)).send(action="brouillon")
    assert not DraftChange.objects.exists()


def test_each_tab_keeps_what_the_other_ticked(parent, world):
    one, other = Form(parent, address(world)), Form(parent, address(world))
    one.click(one.box(world, "matin", MONDAY)).send(htmx=True)
    other.click(other.box(world, "matin", TUESDAY)).send(htmx=True)
    one.send(action="valider")
    assert sorted(change.day for change in DraftChange.objects.all()) == [MONDAY, TUESDAY]


def test_a_click_taken_back_on_the_same_page_empties_the_draft(parent, world):
    form = Form(parent, address(world))
    box = form.box(world, "matin", MONDAY)
    form.click(box).send(htmx=True)
    assert DraftChange.objects.exists()
    form.click(box).send(htmx=True)
    assert not DraftChange.objects.exists()


@pytest.mark.parametrize("clicks", [["matin"], ["matin", "repas", "soir"], []])
def test_the_fragment_is_what_a_reload_shows(parent, world, clicks):
    make_booking(world.child, world.units["repas"], world.group, MONDAY)
    form = Form(parent, address(world))
    fragment = form.click(*(form.box(world, unit, MONDAY) for unit in clicks)).send(htmx=True).content.decode()
    reloaded = bar_of(parent.get(address(world)).content.decode())
    assert re.sub(r"\s+", " ", fragment.strip()) == re.sub(r"\s+", " ", reloaded)


@pytest.fixture
def five_to_midnight(on_the_first_of_october):
    """The last minutes before the deadline of Monday 5."""
    on_the_first_of_october.move_to(paris(2026, 10, 4, 23, 55))
    return on_the_first_of_october


def test_a_cell_whose_deadline_passed_meanwhile_is_not_kept_and_the_bar_says_why(five_to_midnight, parent, world):
    form = Form(parent, address(world))
    form.click(form.box(world, "matin", MONDAY), form.box(world, "matin", TUESDAY))
    five_to_midnight.move_to(paris(2026, 10, 5, 0, 0, 0))
    fragment = form.send(htmx=True).content.decode()
    assert "1 case non gardée\u00a0: le délai est passé." in fragment
    assert DraftChange.objects.get().day == TUESDAY


def test_without_javascript_the_next_page_says_it(five_to_midnight, parent, world):
    form = Form(parent, address(world))
    form.click(form.box(world, "matin", MONDAY))
    five_to_midnight.move_to(paris(2026, 10, 5, 0, 0, 0))
    form.send(action="brouillon")
    assert "1 case non gardée\u00a0: le délai est passé." in parent.get(address(world)).content.decode()


def test_a_forged_cell_is_ignored_with_a_message(parent, world):
    stranger = make_child(make_family(name="Autre"))
    rows = [f"{stranger.code} accueil/matin 2026-10-05 0", f"{world.child.code} accueil/matin 2026-10-07 0"]
    parent.post(address(world), {"vu": rows, "r": ["0-1005", "1-1007"], "action": "brouillon"})
    text = parent.get(address(world)).content.decode()
    assert "Une partie du planning n’a pas pu être lue" in text
    assert "c’est fermé ce jour-là" in text
    assert not DraftChange.objects.exists()


def test_forged_ticks_on_an_activity_that_the_town_manages_are_ignored(parent, world):
    world.meals.booking_mode = BookingMode.READ_ONLY
    world.meals.save()
    catalogue.cache_clear()
    parent.post(address(world), {"vu": [f"{world.child.code} restauration/repas 2026-10-05 0"], "r": ["0-1005"]})
    assert not DraftChange.objects.exists()


def test_a_parent_who_may_only_see_finds_no_box_and_cannot_forge_one(client, world):
    grandmother = make_adult(make_family(name="Mamie"))
    make_bond(grandmother, world.child, Situation.GRANDPARENT)
    client.force_login(grandmother.user)
    form = Form(client, address(world))
    assert form.all_boxes == []
    client.post(address(world), {"vu": [f"{world.child.code} accueil/matin 2026-10-05 0"], "r": ["0-1005"]})
    assert not DraftChange.objects.exists()


def test_cancelling_everything_empties_the_draft_of_all_months(parent, world):
    world.tick(world.cell("matin"), world.cell("matin", dt.date(2026, 11, 3)))
    response = Form(parent, address(world)).send(action="annuler")
    assert messages_of(response) == ["Vos modifications sont effacées. Vos réservations n’ont pas changé."]
    assert not DraftChange.objects.exists()
