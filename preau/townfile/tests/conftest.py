"""Towns that take seconds to make: made once for the tests of a module, which only read them."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from pytest_django.plugin import DjangoDbBlocker

from preau.core.dates import PARIS
from preau.townfile.demonstration.preparing import prepare, town_file
from preau.townfile.demonstration.scenes import SCENES
from preau.townfile.loading import file_to_load, load

NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=PARIS)
FAMILIES = 30


@pytest.fixture(scope="module")
def committed(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[DjangoDbBlocker]:
    """What is written under this blocker stays for every test of the module, then goes.

    The tests must be marked django_db: pytest-django makes no test database for a run without any such test.
    """
    yield django_db_blocker
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(scope="module")
def villejuif(committed: DjangoDbBlocker) -> None:
    """The shipped town, loaded."""
    with committed.unblock():
        load(file_to_load(town_file("villejuif"), today=NOW.date()), by=None, now=NOW)


@pytest.fixture(scope="module")
def demonstration(committed: DjangoDbBlocker) -> None:
    """A small demonstration."""
    with committed.unblock():
        prepare(SCENES["villejuif"], families=FAMILIES, now=NOW)
