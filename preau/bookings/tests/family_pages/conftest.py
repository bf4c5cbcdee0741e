import pytest
import time_machine

from preau.bookings.tests.conftest import NOW


@pytest.fixture(autouse=True)
def on_the_first_of_october():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def parent(client, world):
    client.force_login(world.user)
    return client
