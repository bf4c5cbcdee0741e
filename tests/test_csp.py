"""Every kind of answer carries the strict policy: nothing runs, and nothing is styled, but from our own files."""

from collections.abc import Mapping

import pytest
from django.test import Client

from preau.accounts.choices import UserKind
from preau.accounts.testing import make_agent, make_user, sign_in
from preau.core.audience import AudienceKind
from tests import sweep
from tests.routes import routes_of
from tests.world import World

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


def policy_of(headers: Mapping[str, str]) -> dict[str, list[str]]:
    told = headers.get("Content-Security-Policy", "")
    return {name: values for name, *values in (part.split() for part in told.split(";") if part.strip())}


def is_strict(headers: Mapping[str, str]) -> bool:
    is_page = headers.get("Content-Type", "text/html").startswith("text/html")
    return policy_of(headers) == POLICY or (not is_page and policy_of(headers) == OF_FILES)


def test_every_answer_has_the_strict_policy(world: World) -> None:
    """Pages, redirections, documents and lists, for whoever may open them; and what refuses the others of ours."""
    routes, browsers = routes_of("tests.every_url"), sweep.Browsers()
    said = [(person, route, answer.headers) for route, person, answer in sweep.answers(world, routes)]
    said += [
        (person, route, browsers.of(person).get(sweep.addresses(world, route)[0]).headers)
        for route in routes
        for person in (world.parent, world.agent, world.strangers[0])
        if person.user is None or not sweep.is_for(route.audience, person)
    ]
    assert [f"{person}, {route}: {policy_of(told)}" for person, route, told in said if not is_strict(told)] == []


@pytest.mark.parametrize("kind", UserKind.values)
def test_a_page_that_does_not_exist_has_it_too(kind: str) -> None:
    client = Client()
    sign_in(client, make_user(kind=kind))
    assert policy_of(client.get("/nulle-part/").headers) == POLICY


def test_a_failure_has_it_too(world: World) -> None:
    client = Client(raise_request_exception=False)
    response = client.get("/trou/fragile/x/")
    assert response.status_code == 500
    assert policy_of(response.headers) == POLICY


def test_an_expired_form_has_it_too() -> None:
    response = Client(enforce_csrf_checks=True).post("/connexion/")
    assert response.status_code == 403
    assert policy_of(response.headers) == POLICY


def test_private_pages_are_kept_by_no_cache(world: World) -> None:
    """A shared computer must not show them again once signed out."""
    for route, person, answer in sweep.answers(world, routes_of("tests.every_url")):
        if route.audience is not None and route.audience.kind != AudienceKind.PUBLIC and answer.status == 200:
            assert "no-store" in answer.headers["Cache-Control"], f"{person}, {route}"


def test_other_protections_are_on_every_page() -> None:
    client = Client()
    sign_in(client, make_agent())
    for address in ("/", "/connexion/", "/mairie/", "/nulle-part/"):
        response = client.get(address)
        assert response["X-Frame-Options"] == "DENY"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Referrer-Policy"] == "same-origin"
        assert response["Cross-Origin-Opener-Policy"] == "same-origin"
