"""Fixtures of the browser journeys and of the sweeps."""

import contextlib
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
import time_machine as clock
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import override_settings
from playwright.sync_api import Browser, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from preau.accounts.models import User
from preau.billing.models import Invoice
from preau.billing.payfip.simulator import Simulator
from preau.billing.payfip.testing import simulated
from preau.documents.models import StoredFile
from preau.documents.storing import read
from tests import browser as browsers
from tests import journeys
from tests import maze as mazes
from tests.browser import Visitor
from tests.household import NOW
from tests.maze import Maze
from tests.sweep import undone
from tests.world import World, make_world

OpenVisitor = Callable[..., Visitor]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for the whole run."""
    # Playwright keeps an event loop running in this thread from now on; Django would take every query for a mistake.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    expect.set_options(timeout=browsers.TIMEOUT)
    with browsers.chromium() as chromium:
        yield chromium
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_visitor(browser: Browser, live_server: LiveServer, settings: Settings) -> Iterator[OpenVisitor]:
    """`open_visitor(width=1280, javascript=True)`: one more person, in a browser of their own."""
    settings.PUBLIC_URL = live_server.url
    with contextlib.ExitStack() as visits:

        def open_one(*, width: int = 1280, javascript: bool = True) -> Visitor:
            return visits.enter_context(browsers.visit(browser, live_server.url, width, javascript=javascript))

        yield open_one


@pytest.fixture(params=[390, 1280])
def visitor(request: pytest.FixtureRequest, open_visitor: OpenVisitor) -> Visitor:
    """Someone on a phone, then on a computer."""
    return open_visitor(width=request.param)


@pytest.fixture
def sign_in() -> Callable[[Visitor, User], None]:
    """`sign_in(visitor, user)`: the visitor is `user` from now on."""
    return browsers.sign_in


@pytest.fixture
def villejuif(transactional_db: None) -> Iterator[journeys.Villejuif]:
    """The town of the journeys, on a Monday of November; ask for it before the visitors."""
    with journeys.villejuif() as town:
        yield town


@pytest.fixture
def payfip() -> Iterator[Simulator]:
    """The payment site, on a good day."""
    with simulated() as simulator:
        yield simulator


@pytest.fixture
def october(villejuif: journeys.Villejuif) -> Invoice:
    """Zoé's invoice of October, issued this morning."""
    return journeys.issue_october(villejuif)


MadeWorld = tuple[World, Mapping[str, bytes]]
IN_MEMORY = {"default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}


@pytest.fixture(scope="module")
def made_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[MadeWorld]:
    """The world and its files, made once for the module and forgotten at its end."""
    with django_db_blocker.unblock(), clock.travel(NOW, tick=False), undone():
        with override_settings(STORAGES=django_settings.STORAGES | IN_MEMORY):
            world = make_world()
            files = {stored.key: read(stored) for stored in StoredFile.objects.all()}
        yield world, files


@pytest.fixture
def world(made_world: MadeWorld, db: None, settings: Settings) -> Iterator[World]:
    """The small town of the sweeps, on a Monday of November; what a test changes in it is undone."""
    world, files = made_world
    for key, content in files.items():
        default_storage.save(key, ContentFile(content))
    settings.PAYFIP_SERVICE_URL = "http://127.0.0.1:9/closed"  # the discard port: nobody answers
    logging.disable()  # hundreds of refusals, all expected
    with clock.travel(NOW, tick=False):
        yield world
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def maze(django_db_setup: None, django_db_blocker: Any) -> Iterator[Maze]:
    """Drawn once for the module, and forgotten at its end."""
    with django_db_blocker.unblock(), clock.travel(mazes.NOW, tick=False), undone():
        yield mazes.make_maze()
