"""What a health sheet says: found on its own pages, by those who may open them, and nowhere else."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from django.db import connection
from django.test import Client
from django.urls import resolve

from preau.accounts.choices import Capability
from preau.accounts.testing import make_agent, sign_in
from preau.families.models import Participant
from preau.health.actions import fill, fill_pai
from preau.health.choices import Item
from tests.forms import Page
from tests.household import NOW, OURS
from tests.routes import Route
from tests.sweep import Browsers, addresses, is_for, leaks
from tests.world import Person, World

WORD = "Zymarole"  # names.remedy of our family


def plant(child: Participant) -> None:
    """The word in every answer of the sheet that takes one."""
    answers: dict[Item, dict[str, Any]] = {
        Item.DOCTOR: {"name": f"Dr {WORD}", "phone": "01 00 00 00 02"},
        Item.ALLERGIES: {"has": True, "list": [{"cause": WORD, "action": WORD, "severity": "vital"}]},
        Item.TREATMENTS: {"has": True, "list": [{"name": WORD, "how": WORD}], "prescription": True},
        Item.ADVICE: {"text": WORD},
    }
    for item, value in answers.items():
        fill(child=child, item=item, value=value, by=None, now=NOW)
    fill_pai(child=child, starts_on=NOW.date(), ends_on=NOW.date() + dt.timedelta(9), text=WORD, by=None, now=NOW)


def elsewhere(world: World, routes: Sequence[Route]) -> list[str]:
    """Pages that say it without being the sheet's own: to the parent, or to an agent who holds every capability, for
    whom not even the sheet says it before its button is pressed; and addresses that hold it."""
    agent = Person("an agent who may all", make_agent(*Capability.values), frozenset())
    browsers = Browsers()
    faults: list[str] = []
    for person in (world.parent, agent):
        seen: set[str] = set()
        for route in (route for route in routes if is_for(route.audience, person)):
            for address in addresses(world, route):
                faults += _said(browsers.of(person), person, address, seen)
        for address in sorted(seen):
            faults += _said(browsers.of(person), person, address, set())
    return faults


def _said(client: Client, person: Person, address: str, seen: set[str]) -> Iterator[str]:
    """`seen` gets the links with parameters of the page: its exports, its other pages."""
    response = client.get(address)
    is_its_own = person.user is not None and person.user.is_family and _page_at(address).startswith("health:")
    if not is_its_own and leaks(response, [WORD], sent=""):
        yield f"{person}, GET {address}: says it"
    if response.status_code == 200 and "text/html" in response["Content-Type"]:
        page = Page(address, response.content.decode())
        seen |= page.queries
        addresses = {*page.queries, *(form.action for form in page.forms)}
        yield from (f"{person}, GET {address}: leads to {one}" for one in addresses if WORD in unquote(one))


def _page_at(address: str) -> str:
    return resolve(urlsplit(address).path).view_name


def found_by_it(routes: Sequence[Route]) -> list[str]:
    """Lists of agents in which somebody who looks for the word finds our family."""
    client, faults = Client(), []
    sign_in(client, make_agent(*Capability.values))
    for route in (route for route in routes if route.path.startswith("mairie/") and not route.parameters):
        address = route.address({})
        response = client.get(address, {"q": WORD})
        if response.status_code == 200 and b'name="q"' in response.content:
            said = leaks(response, {OURS.family, OURS.parent, OURS.child}, sent="")
            faults += [f"{route}: finds « {mark} »" for mark in said]
    return faults


def tables_that_say_it() -> list[str]:
    """Tables of the database, whoever writes them, in which the word can be read: the journal, the outbox, sessions."""
    said = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                values = (bytes(one) if isinstance(one, memoryview) else one for one in row)
                if any(WORD.casefold() in _text(value).casefold() for value in values):
                    said.append(table)
                    break
    return said


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
