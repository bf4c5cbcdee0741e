"""What the tests of the area share."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from preau.registration.testing import NOW
from preau.town.models import Town
from preau.town.testing import make_service, make_town


@pytest.fixture(autouse=True)
def fresh_limits() -> Iterator[None]:
    """Attempts are counted in the cache, which outlives a test."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def town(db: None, time_machine) -> Town:
    time_machine.move_to(NOW, tick=False)
    make_service()
    return make_town(
        ways=["five_steps", "invited"], where_is_file_number="En haut à droite de votre facture.", link_hours={}
    )
