"""FranceConnect for tests: the town opens that way in, and the settings point to a simulator that really listens."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.test import Client as Browser
from django.test import override_settings

from preau.accounts.franceconnect.simulator import PEOPLE, Client, Fault, Simulator, running
from preau.town.choices import WayIn
from preau.town.queries import the_town
from preau.town.testing import make_town

CLIENT_ID, SECRET = "portail-essai", "un-secret-d-essai"
RETURN, SIGNED_OUT = "/franceconnect/retour/", "/franceconnect/deconnexion/"


def open_franceconnect() -> None:
    """The town opens FranceConnect beside its other ways in."""
    make_town(ways=[*the_town().ways, WayIn.FRANCECONNECT.value])


@contextmanager
def simulated(public_url: str = "") -> Iterator[Simulator]:
    """A simulator that knows the portal, at the address of the settings for the time of a test."""
    portal = public_url or settings.PUBLIC_URL
    known = Client(SECRET, "Portail d’essai", frozenset({portal + RETURN}), frozenset({portal + SIGNED_OUT}))
    simulator = Simulator({CLIENT_ID: known})
    with (
        running(simulator) as base_url,
        override_settings(
            FRANCECONNECT_URL=base_url, FRANCECONNECT_CLIENT_ID=CLIENT_ID, FRANCECONNECT_CLIENT_SECRET=SECRET
        ),
    ):
        yield simulator


def go_as(
    browser: Browser, simulator: Simulator, who: str, *, address: str = "/franceconnect/", fault: Fault | None = None
) -> Any:
    """Leave for FranceConnect from an address of ours, be `who` there, and come back: our answer to the return."""
    return come_back(browser, simulator, asked_by(browser.get(address)["Location"]), who, fault=fault)


def asked_by(location: str) -> dict[str, str]:
    """The parameters with which a browser leaves for FranceConnect."""
    return dict(parse_qsl(urlsplit(location).query))


def come_back(
    browser: Browser, simulator: Simulator, query: dict[str, str], who: str, *, fault: Fault | None = None
) -> Any:
    code = simulator.grant(simulator.asked(query), PEOPLE[who], fault)
    return browser.get(RETURN, {"code": code, "state": query["state"]})
