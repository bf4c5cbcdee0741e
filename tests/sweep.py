"""Looking at every page as everybody: each function returns the faults it found, in words.

What a page may answer: whoever is not of its audience finds the sign-in page (a visitor) or no page; whoever is, but
asks for what belongs to our family, finds no page; and no answer to a stranger says a word of our family.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain, cycle, groupby, product, takewhile
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import connection, transaction
from django.shortcuts import resolve_url
from django.test import Client
from django.urls import Resolver404, resolve
from pypdf import PdfReader

from preau.accounts.choices import Capability
from preau.accounts.models import Session
from preau.accounts.testing import sign_in
from preau.core.audience import Audience, AudienceKind, audience_of
from tests.forms import Form, Page
from tests.household import state_of
from tests.own import is_own, values_for
from tests.routes import Route
from tests.world import Answer, Person, World

METHODS = ("GET", "POST")
OTHER_METHODS = ("HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
UNHEARD_OF = ("PUT", "PATCH", "DELETE", "TRACE")
NO_PAGE = (404, 405)
SESSIONS = f'"{Session._meta.db_table}"'
HARMLESS = (
    *("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK"),
    *(f"{verb} {SESSIONS}" for verb in ("INSERT INTO", "UPDATE", "DELETE FROM")),
)


def silent(routes: Iterable[Route]) -> list[str]:
    """Pages that do not say for whom they are."""
    return [f"{route}: no audience is declared" for route in routes if route.audience is None]


# Strangers


def trespass(world: World, routes: Sequence[Route]) -> list[str]:
    """Every address with our family's own in it, read and sent by each stranger to whose kind the page is open; each
    page, read by the others; and sent, then asked by two of the other methods in turn, by those of the others who take
    turns: refusals come first."""
    browsers, in_turn, others = Browsers(), cycle(world.strangers), cycle(OTHER_METHODS)
    asked = [
        (person, route, method, address)
        for route in routes
        for person in world.strangers
        for method, address in _asked_by(person, route, addresses(world, route))
    ]
    asked += [
        (_next_refused(in_turn, route), route, method, addresses(world, route)[0])
        for route in routes
        for method in ("POST", next(others), next(others))
    ]
    return [fault for each in asked for fault in _trespass(browsers, *each)]


def _next_refused(in_turn: Iterator[Person], route: Route) -> Person:
    """The next of the strangers for whom a page is not, if any."""
    first = next(in_turn)
    others = takewhile(lambda person: person is not first, in_turn)
    return next((person for person in chain([first], others) if not is_for(route.audience, person)), first)


def _asked_by(person: Person, route: Route, addresses: Sequence[str]) -> Iterable[tuple[str, str]]:
    return product(METHODS, addresses) if is_for(route.audience, person) else [("GET", addresses[0])]


def _trespass(browsers: "Browsers", person: Person, route: Route, method: str, address: str) -> Iterator[str]:
    where, response = f"{person}, {method} {route}", browsers.of(person).generic(method, address)
    if wrong := _wrong_status(person, route, response):
        yield f"{where}: {wrong}"
    said = leaks(response, person.marks_on(route.audience), sent=address)
    yield from (f"{where}: says « {mark} »" for mark in said)


def addresses(world: World, route: Route) -> list[str]:
    """The addresses of a page, with all that is our family's."""
    return [route.address(values) for values in values_for(route.name, route.parameters, world.ours)]


def _wrong_status(person: Person, route: Route, response: Any) -> str:
    status = response.status_code
    if status >= 500:
        return f"answers {status}"
    if not is_for(route.audience, person):
        if person.user is None:
            return "" if _is_sign_in(response) else f"answers {status}, not the sign-in page"
        return "" if status == 404 else f"answers {status}, not 404"
    if is_own(route.parameters) and person.is_refused(route.name) and status not in NO_PAGE:
        return f"answers {status}, not 404, for what is not theirs"
    return ""


def is_for(audience: Audience | None, person: Person) -> bool:
    """Whether this person is of the audience; a page without one is for nobody."""
    if audience is None:
        return False
    if audience.kind == AudienceKind.PUBLIC:
        return True
    if audience.kind == AudienceKind.SIGNED_IN:
        return person.user is not None
    if person.user is None or person.user.kind != audience.kind:
        return False
    return audience.capability is None or person.user.may(audience.capability)


def _is_sign_in(response: Any) -> bool:
    return bool(response.status_code == 302 and urlsplit(response["Location"]).path == resolve_url(settings.LOGIN_URL))


class Browsers:
    """A browser for each person; one who was signed out signs in again."""

    def __init__(self) -> None:
        self._known: dict[str, Client] = {}

    def of(self, person: Person) -> Client:
        client = self._known.get(person.name)
        if client is None or (person.user and not client.cookies[settings.SESSION_COOKIE_NAME].value):
            client = self._known[person.name] = Client(raise_request_exception=False)
            if person.user is not None:
                sign_in(client, person.user)
        return client


@contextmanager
def undone() -> Iterator[None]:
    """What is written here never was: as in a test, where what must be in no transaction may be in this one."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        yield
        transaction.set_rollback(True)


def leaks(response: Any, marks: Iterable[str], *, sent: str) -> list[str]:
    """The marks that an answer says: in its headers, its cookies or its body. What was sent may be repeated."""
    said, known = text_of(response).casefold(), unquote(sent).casefold()
    return sorted(mark for mark in marks if mark.casefold() in said and mark.casefold() not in known)


def text_of(response: Any) -> str:
    """All that an answer says: the pages of a PDF, the files of a ZIP or a spreadsheet too."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    parts = [f"{name}: {value}" for name, value in response.items()]
    parts += [cookie.OutputString() for cookie in response.cookies.values()]
    parts.append(body.decode("utf-8", errors="replace"))
    if body.startswith(b"%PDF"):
        document = PdfReader(io.BytesIO(body))
        parts += [page.extract_text() for page in document.pages]
        parts.append(str(document.metadata))
    if body.startswith(b"PK\3\4"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            parts += [archive.read(name).decode("utf-8", errors="replace") for name in archive.namelist()]
    return unquote("\n".join(parts))


# What the family and the agent themselves see: that there is something to leak, and what may be sent from there


def shut_out(world: World, routes: Sequence[Route]) -> list[str]:
    """Pages that our family, or the agent of the service, cannot open: a sweep over them would prove nothing."""
    faults = []
    for (route, person), asked in groupby(answers(world, routes), lambda each: each[:2]):
        statuses = [answer.status for _, _, answer in asked]
        if max(statuses) >= 500 or (is_own(route.parameters) and set(statuses) == {404}):
            faults.append(f"{person}, GET {route}: answers {statuses}")
    return faults


def unheard_of(world: World, routes: Sequence[Route]) -> list[str]:
    """Pages that do something for our family, or the agent, when asked by a method that no page takes: each page by
    OPTIONS, to which Django has an answer of its own, and by one of the others in turn."""
    faults, browsers, before = [], Browsers(), state_of(world.ours)
    others = cycle(UNHEARD_OF)
    for route, person in own_pages(world, routes):
        address = addresses(world, route)[0]
        for method in ("OPTIONS", next(others)):
            status = browsers.of(person).generic(method, address).status_code
            if status < 300 or status >= 500:
                faults.append(f"{person}, {method} {route}: answers {status}")
    changed = [name for name, rows in state_of(world.ours).items() if rows != before[name]]
    return faults + ([f"changes {changed}"] if changed else [])


def dead_ends(world: World, routes: Sequence[Route]) -> list[str]:
    """Addresses that only take forms, whose page does not lead to one that opens."""
    faults, browsers = [], Browsers()
    for route, person, answer in answers(world, routes):
        if answer.status != 405:
            continue
        back = re.search(r'href="([^"]*)">Revenir à la page', answer.html)
        status = browsers.of(person).get(back[1]).status_code if back else None
        opens = (200, 302, 404) if "link_token" in route.parameters else (200, 302)  # nobody sent the sweep's link
        if status not in opens:
            faults.append(f"{person}, GET {route}: leads to {back and back[1]}, which answers {status}")
    return faults


def unsaid(world: World, routes: Sequence[Route]) -> set[str]:
    """The marks that no page says even to our family or to the agent of the service."""
    said = "\n".join(answer.text for _, _, answer in answers(world, routes)).casefold()
    return {mark for mark in world.marks if mark.casefold() not in said}


def answers(world: World, routes: Iterable[Route]) -> Iterator[tuple[Route, Person, Answer]]:
    """What each address of ours says to who, of ours, may open it. It is read once for all the sweeps: they start from
    the same world, and what one changes is undone before the next."""
    browsers = Browsers()
    for route, person in own_pages(world, routes):
        for address in addresses(world, route):
            known = world.answers.get((person.name, address))
            if known is None:
                response = browsers.of(person).get(address)
                is_page = "text/html" in response.get("Content-Type", "")
                html = response.content.decode() if is_page else ""
                known = Answer(address, response.status_code, response.headers, html, text_of(response))
                world.answers[person.name, address] = known
            yield route, person, known


def own_pages(world: World, routes: Iterable[Route]) -> Iterator[tuple[Route, Person]]:
    """Each page with who, of ours, may open it."""
    for route in routes:
        for person in world.owners:
            if is_for(route.audience, person) and (person is not world.administrator or is_about_agents(route)):
                yield route, person


def is_about_agents(route: Route) -> bool:
    """Whether only who manages agents may open the page: they are asked for no other."""
    return route.audience is not None and route.audience.capability == Capability.MANAGE_AGENTS


def pages_of(world: World, person: Person, routes: Iterable[Route]) -> Iterator[Page]:
    """The pages that one of ours can read."""
    for _, who, answer in answers(world, routes):
        if who is person and answer.status == 200 and answer.html:
            yield Page(answer.address, answer.html)


def forms_of(world: World, person: Person, routes: Iterable[Route]) -> list[Form]:
    """The forms of these pages, once each."""
    forms = [form for page in pages_of(world, person, routes) for form in page.forms]

    def alike(form: Form) -> str:
        return f"{form.method} {form.action} {sorted(form.names)}"

    return [next(same) for _, same in groupby(sorted(forms, key=alike), alike)]


def replay(world: World, routes: Sequence[Route]) -> list[str]:
    """Every form that our family or the agent may send, sent by each stranger: nothing is said, nothing moves."""
    forms = [(owner, form) for owner in world.owners for form in forms_of(world, owner, routes)]
    before, browsers = state_of(world.ours), Browsers()
    faults = []
    for person in world.strangers:
        for owner, form in forms:
            if not person.is_refused(page_at(form.action)):
                continue
            where = f"{person}, {form.method} {form.action} as {owner}"
            with written() as changes:
                for sent in form.sendings().values():
                    response = send(browsers.of(person), form, sent)
                    faults += broken(response, where)
                    said = leaks(response, person.marks, sent=f"{form} {sent}")
                    faults += [f"{where}: says « {mark} »" for mark in said]
            after = state_of(world.ours) if changes else before
            if after != before:
                faults.append(f"{where}: changes {[name for name in after if after[name] != before[name]]}")
                before = after
    return faults


@contextmanager
def written() -> Iterator[list[str]]:
    """What writes anything but a session: without it, the database holds what it held."""
    found: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        if not sql.startswith(HARMLESS):
            found.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield found


def follow(world: World, routes: Sequence[Route]) -> list[str]:
    """Every link with parameters that our family or the agent may follow, opened by each stranger: nothing is said."""
    browsers, faults = Browsers(), []
    pages = [page for owner in (world.parent, world.agent) for page in pages_of(world, owner, routes)]
    for address in sorted({address for page in pages for address in page.queries}):
        audience = audience_of(resolve(urlsplit(address).path).func)
        for person in world.strangers:
            if is_for(audience, person):
                response, where = browsers.of(person).get(address), f"{person}, GET {address}"
                faults += broken(response, where)
                said = leaks(response, person.marks_on(audience), sent=address)
                faults += [f"{where}: says « {mark} »" for mark in said]
    return faults


def page_at(address: str) -> str:
    """The name of the page at an address, "" when none is there."""
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return ""


def send(client: Client, form: Form, sent: Mapping[str, Sequence[str]]) -> Any:
    return client.get(form.action, sent) if form.method == "get" else client.post(form.action, sent)


def broken(response: Any, where: str) -> list[str]:
    return [f"{where}: answers {response.status_code}"] if response.status_code >= 500 else []
