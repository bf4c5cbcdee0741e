import pytest
from django.core.cache import cache

from preau.accounts.choices import UserKind
from preau.accounts.models import User
from preau.accounts.testing import make_user
from preau.accounts.tests.agents.given import NOW, make_administrator
from preau.town.testing import make_town


@pytest.fixture(autouse=True)
def monday(time_machine):
    time_machine.move_to(NOW, tick=False)
    make_town()
    cache.clear()


@pytest.fixture
def anne() -> User:
    return make_administrator("anne")


@pytest.fixture
def bruno() -> User:
    return make_administrator("bruno")


@pytest.fixture
def denis() -> User:
    return make_user("denis", kind=UserKind.STAFF, first_name="Denis", last_name="Faure")
