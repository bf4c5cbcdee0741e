import pytest

from preau.accounts.models import User
from preau.accounts.testing import make_user
from preau.town.testing import make_town


@pytest.fixture(autouse=True)
def town():
    return make_town()


@pytest.fixture
def zoe() -> User:
    return make_user("Z-pinceau")
