from collections.abc import Iterator

import pytest
from django.core.cache import cache

from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.accounts.testing import make_agent, make_user
from preau.accounts.tests.second_factor.given import NOW
from preau.town.testing import make_town


@pytest.fixture(autouse=True)
def monday(time_machine) -> Iterator[None]:
    time_machine.move_to(NOW, tick=False)
    make_town()
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def agent() -> User:
    return make_agent(Capability.SEE_BOOKINGS, username="s.benali")


@pytest.fixture
def zoe() -> User:
    return make_user("Z-pinceau")
