from collections.abc import Iterator

import pytest
from django.test import Client

from preau.billing.models import Regie
from preau.billing.payfip.simulator import Behaviour, Simulator
from preau.billing.payfip.testing import simulated
from preau.billing.testing import PayingHousehold, make_household, make_regie
from preau.billing.tests.family_pages.given import signed_in
from preau.town.testing import make_town


@pytest.fixture
def payfip() -> Iterator[Simulator]:
    with simulated() as simulator:
        simulator.behaviour = Behaviour(notices=0)
        yield simulator


@pytest.fixture
def zoe() -> PayingHousehold:
    make_town()
    return make_household()


@pytest.fixture
def regie() -> Regie:
    return make_regie()


@pytest.fixture
def parent(zoe: PayingHousehold) -> Client:
    return signed_in(zoe)
