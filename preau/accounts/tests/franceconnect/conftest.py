from collections.abc import Iterator

import pytest

from preau.accounts.franceconnect.simulator import Simulator
from preau.accounts.franceconnect.testing import (
    open_franceconnect,
    simulated,
)
from preau.accounts.models import User
from preau.accounts.testing import make_user
from preau.accounts.tests.franceconnect.given import tie_to
from preau.town.testing import make_town


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    make_town()
    open_franceconnect()
    with simulated() as simulator:
        yield simulator


@pytest.fixture
def zoe(simulator: Simulator) -> User:
    """Her account, tied to her identity."""
    user = make_user("Z-pinceau")
    tie_to(user, simulator)
    return user
