"""Zoé, whose child may be enrolled, and the hour."""

import pytest
import time_machine

from preau.enrolments.tests.family_pages.given import NOW, offered
from preau.families.choices import Sex
from preau.families.models import Participant
from preau.families.testing import make_adult, make_child, make_family
from preau.pricing.queries import tariff_catalogue
from preau.pricing.testing import make_quotient
from preau.town.testing import make_level, make_place, make_town, make_year


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def town():
    tariff_catalogue.cache_clear()  # each test has its own tariffs, all under the first version of the catalogue
    return make_town()


@pytest.fixture
def family(town):
    """Zoé, whose quotient is 742, and Nora, in the last class of nursery school."""
    family = make_family()
    make_adult(family)
    make_quotient(family)
    make_child(family, year=make_year(), school=make_place(name="École Péri"), level=make_level(name="Grande section"))
    Participant.objects.update(sex=Sex.GIRL)
    return family


@pytest.fixture
def nora(family):
    return family.homes.get().participant


@pytest.fixture
def zoe(family, client):
    """Zoé's browser."""
    client.force_login(family.adults.get().user)
    return client


@pytest.fixture
def morning(town):
    return offered()
