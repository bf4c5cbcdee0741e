from collections.abc import Iterator

import pytest

from preau.billing.payfip.simulator import Behaviour, Simulator
from preau.billing.payfip.testing import simulated
from preau.billing.tests.payfip_client.given import NOON


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with simulated(Simulator(clock=lambda: NOON)) as simulator:
        simulator.behaviour = Behaviour(notices=0)
        yield simulator
