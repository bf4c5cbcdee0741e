"""Every role of the four towns, on every service and place, opening every page of agents.

What each may open is written from PRODUCT.md (A, 4.11) and STYLE.md 3, never from what the portal works out: capability
and scope are two questions.
"""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from django.test import Client

from preau.accounts.choices import Capability
from preau.accounts.testing import make_agent, sign_in
from preau.core.audience import AudienceKind
from preau.townfile.demonstration.preparing import town_file
from preau.townfile.demonstration.scenes import SCENES
from tests.own import is_own, values_for
from tests.routes import Route
from tests.sweep import leaks, undone
from tests.world import World


class Reach(Enum):
    """By what a grant reaches the thing of a page: requests and régies belong to a service, children and their files
    to a place (their school) and no service, groups of an activity to both, agents and texts to the town. Who is at the
    place of a child may read its sheet, whatever their service."""

    SERVICE = auto()
    PLACE = auto()
    AT_PLACE = auto()
    BOTH = auto()
    TOWN = auto()


REACH: dict[str, Reach] = {
    "backoffice:family_merge": Reach.TOWN,  # the other file is at no place of ours
    "backoffice:family_apart": Reach.TOWN,
    "backoffice:desk": Reach.BOTH,  # a part by capability
    "backoffice:children": Reach.BOTH,
    "backoffice:": Reach.PLACE,
    "billing:": Reach.SERVICE,
    "bookings:": Reach.BOTH,
    "checklist:": Reach.PLACE,
    "demarches:": Reach.SERVICE,
    "documents:counter": Reach.PLACE,
    "documents:given_by_town": Reach.PLACE,
    "documents:take_back": Reach.PLACE,
    "documents:": Reach.SERVICE,
    "health:counter": Reach.PLACE,
    "health:": Reach.AT_PLACE,
    "members:collecting": Reach.AT_PLACE,
    "members:counter": Reach.PLACE,
    "members:judgments": Reach.PLACE,
    "members:bar_lift": Reach.PLACE,
    "members:school_year": Reach.TOWN,
    "members:repeating": Reach.TOWN,
    "members:": Reach.SERVICE,
    "privacy:asked": Reach.SERVICE,
    "privacy:": Reach.TOWN,
    "registration:takeover": Reach.TOWN,
    "registration:": Reach.PLACE,
    "accounts:": Reach.TOWN,
}
"""By how the names of the pages begin, the first that fits."""

ALSO: dict[str, Capability] = {
    "documents:review": Capability.REVIEW_DOCUMENTS,
    "members:counter_diet": Capability.SEE_DIETS,
    "health:counter": Capability.SEE_HEALTH,
}
"""What a page about our things asks besides the capability that it declares."""
NOTHING_THERE = {"backoffice:family_separate"}  # no file was merged into ours


@dataclass(frozen=True)
class Where:
    """A grant: on our service, another or all of them (None); at our place, another or everywhere (None)."""

    name: str
    our_service: bool | None = None
    our_place: bool | None = None

    def reaches(self, reach: Reach) -> bool:
        match reach:
            case Reach.SERVICE:
                return self.our_place is None and self.our_service is not False
            case Reach.PLACE:
                return self.our_service is None and self.our_place is not False
            case Reach.AT_PLACE:
                return self.our_place is True or (self.our_place is None and self.our_service is None)
            case Reach.BOTH:
                return self.our_service is not False and self.our_place is not False
            case Reach.TOWN:
                return self.our_service is None and self.our_place is None


WHERES = (
    Where("on the town"),
    Where("on our service", True),
    Where("at our place", None, True),
    Where("on our service, at our place", True, True),
    Where("on another service", False),
    Where("at another place", None, False),
    Where("on our service, at another place", True, False),
    Where("on another service, at our place", False, True),
)


@dataclass(frozen=True)
class Role:
    """A role of the towns."""

    name: str
    capabilities: frozenset[str]

    def may_open(self, route: Route) -> bool:
        """Whether the page exists for them."""
        assert route.audience is not None
        return route.audience.capability is None or route.audience.capability in self.capabilities

    def reaches(self, route: Route, where: Where) -> bool:
        """Whether the page shows them what is our family's."""
        also = next((one for pages, one in ALSO.items() if route.name.startswith(pages)), None)
        return (also is None or also in self.capabilities) and where.reaches(reach_of(route))


def reach_of(route: Route) -> Reach:
    found = [reach for pages, reach in REACH.items() if route.name.startswith(pages)]
    assert found, f"{route}: say in tests/scopes.py by what a grant reaches it"
    return found[0]


def roles_of_the_towns() -> list[Role]:
    """The roles of the four town files, those with the same capabilities once."""
    found: dict[frozenset[str], str] = {}
    for town in SCENES:
        for code, role in tomllib.loads(town_file(town).read_text())["roles"].items():
            found.setdefault(frozenset(role["capabilities"]), code)
    return [Role(code, capabilities) for capabilities, code in found.items()]


def overstepped(world: World, routes: Sequence[Route]) -> list[str]:
    """Where a page answers an agent otherwise than their role and its scope say."""
    desk = [route for route in routes if route.audience and route.audience.kind == AudienceKind.STAFF]
    services = {True: world.ours.regie.service, False: world.others.regie.service, None: None}
    places = {True: world.ours.enrolment.group.place, False: world.others.enrolment.group.place, None: None}
    faults: list[str] = []
    for role in roles_of_the_towns():
        agent, client = make_agent(*sorted(role.capabilities)), Client(raise_request_exception=False)
        sign_in(client, agent)
        for where in WHERES:
            agent.grants.update(service=services[where.our_service], place=places[where.our_place])
            for route in desk if where is WHERES[0] else filter(role.may_open, desk):
                faults += [f"{role.name} {where.name}, {fault}" for fault in _faults(world, client, role, where, route)]
    return faults


def _faults(world: World, client: Client, role: Role, where: Where, route: Route) -> Iterator[str]:
    address = route.address(values_for(route.name, route.parameters, world.ours)[0])
    method, response = _answer(client, address)
    asked, status, reaches = f"{method} {route}", response.status_code, role.reaches(route, where)
    if status >= 500:
        yield f"{asked}: answers {status}"
    elif not role.may_open(route) and status != 404:
        yield f"{asked}: answers {status} without the capability"
    elif role.may_open(route) and _is_about_ours(route) and (status != 404) != reaches:
        yield f"{asked}: answers {status} {'in' if reaches else 'out of'} scope"
    if not (role.may_open(route) and reaches):
        yield from (f"{asked}: says « {mark} »" for mark in leaks(response, world.marks, sent=address))


def _is_about_ours(route: Route) -> bool:
    return is_own(route.parameters) and route.name not in NOTHING_THERE


def _answer(client: Client, address: str) -> tuple[str, Any]:
    """What a page answers: to an empty form when it takes only forms, and what that did is undone."""
    response = client.get(address)
    if response.status_code != 405:
        return "GET", response
    with undone():
        response = client.post(address)
    client.cookies.pop("messages", None)  # what it said to the next page
    return "POST", response
