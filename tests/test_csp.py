"""Every kind of answer carries the strict policy: nothing runs, and nothing is styled, but from our own files."""

import logging

import pytest
from django.test import Client
from pytest_django import Settings

from preau.accounts.choices import UserKind
from preau.accounts.testing import make_agent, make_user, sign_in
from preau.core.audience import AudienceKind
from tests import sweep
from tests.routes import routes_of
from tests.world import NOW, Person, World, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.holes")]

POLICY = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "font-src": ["'self'"],
    "img-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}
OF_FILES: dict[str, list[str]] = {"sandbox": [], "default-src": ["'none'"], "frame-ancestors": ["'none'"]}
"""What somebody handed in is no page: even opened by itself, it may nothing."""


@pytest.fixture
def world(time_machine, settings: Settings):
    time_machine.move_to(NOW, tick=False)
    settings.PAYFIP_SERVICE_URL = "http://127.0.0.1:9/closed"
    logging.disable()
    yield make_world()
    logging.disable(logging.NOTSET)


def policy_of(response) -> dict[str, list[str]]:
    told = response.headers.get("Content-Security-Policy", "")
    return {name: values for name, *values in (part.split() for part in told.split(";") if part.strip())}


def everybody(world: World) -> list[Person]:
    return [world.parent, world.agent, world.strangers[0]]


def test_every_answer_has_the_strict_policy(world: World) -> None:
    """Pages, refusals, redirections, documents and lists, for a parent, an agent and a visitor."""
    wrong, browsers = [], sweep.Browsers()
    for route in routes_of("tests.every_url"):
        for address in sweep.addresses(world, route):
            for person in everybody(world):
                response = browsers.of(person).get(address)
                is_page = response.headers.get("Content-Type", "text/html").startswith("text/html")
                if policy_of(response) != POLICY and (is_page or policy_of(response) != OF_FILES):
                    wrong.append(f"{person}, {route}: {policy_of(response)}")
    assert wrong == []


@pytest.mark.parametrize("kind", UserKind.values)
def test_a_page_that_does_not_exist_has_it_too(kind: str) -> None:
    client = Client()
    sign_in(client, make_user(kind=kind))
    assert policy_of(client.get("/nulle-part/")) == POLICY


def test_a_failure_has_it_too(world: World) -> None:
    client = Client(raise_request_exception=False)
    response = client.get("/trou/fragile/x/")
    assert response.status_code == 500
    assert policy_of(response) == POLICY


def test_an_expired_form_has_it_too() -> None:
    response = Client(enforce_csrf_checks=True).post("/connexion/")
    assert response.status_code == 403
    assert policy_of(response) == POLICY


def test_private_pages_are_kept_by_no_cache(world: World) -> None:
    """A shared computer must not show them again once signed out."""
    browsers = sweep.Browsers()
    for route in routes_of("tests.every_url"):
        if route.audience is not None and route.audience.kind != AudienceKind.PUBLIC:
            for person in (world.parent, world.agent):
                for address in sweep.addresses(world, route):
                    response = browsers.of(person).get(address)
                    if response.status_code == 200:
                        assert "no-store" in response["Cache-Control"], f"{person}, {route}"


def test_other_protections_are_on_every_page() -> None:
    client = Client()
    sign_in(client, make_agent())
    for address in ("/", "/connexion/", "/mairie/", "/nulle-part/"):
        response = client.get(address)
        assert response["X-Frame-Options"] == "DENY"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Referrer-Policy"] == "same-origin"
        assert response["Cross-Origin-Opener-Policy"] == "same-origin"
