"""The town, the hour and the agent of these tests."""

import pytest
import time_machine

from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.accounts.testing import make_agent, sign_in
from preau.demarches.testing import NOW
from preau.town.testing import make_service, make_town


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def town():
    return make_town()


@pytest.fixture
def samira(client) -> User:
    """An agent who answers the requests of one service."""
    agent = make_agent(Capability.HANDLE_REQUESTS, service=make_service("population"), username="samira")
    sign_in(client, agent)
    return agent
