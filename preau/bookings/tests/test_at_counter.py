"""What an agent booked for a family is said above the planning, to that family alone."""

import pytest
import time_machine

from preau.bookings.choices import Origin
from preau.bookings.models import Booking
from preau.bookings.testing import make_booking
from preau.bookings.tests.conftest import MONDAY, NOW, TUESDAY
from preau.families.testing import make_adult, make_bond, make_family


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


def planning(client, user, child) -> str:
    client.force_login(user)
    text: str = client.get(f"/planning/{child.code}/2026-10/").content.decode()
    return text.replace("\u00a0", " ")


def test_what_was_booked_at_the_counter_is_said_with_its_days(world, client):
    for day in (MONDAY, TUESDAY):
        make_booking(world.child, world.units["matin"], world.group, day)
    assert "Réservé au guichet" not in planning(client, world.user, world.child)
    Booking.objects.filter(day=TUESDAY).update(origin=Origin.AGENT)
    assert "Réservé au guichet : " in planning(client, world.user, world.child)
    assert ", 06/10." in planning(client, world.user, world.child)


def test_what_the_other_household_asked_at_the_counter_is_not(world, client):
    other = make_family(name="Carpentier")
    thomas = make_adult(other, first_name="Thomas")
    world.child.homes.create(family=other)
    make_bond(thomas, world.child)
    make_booking(world.child, world.units["matin"], world.group, MONDAY)
    Booking.objects.update(origin=Origin.AGENT)
    assert "Réservé au guichet" in planning(client, world.user, world.child)
    assert "Réservé au guichet" not in planning(client, thomas.user, world.child)
