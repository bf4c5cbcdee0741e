"""Nobody reads what is not theirs: every page, tried as everybody. The last tests plant holes and see them found."""

import logging
from collections.abc import Callable, Sequence

import pytest
from django.test import Client
from django.urls import reverse

from preau.accounts.choices import Capability
from preau.accounts.testing import make_agent, sign_in
from preau.core.audience import AudienceKind
from preau.demarches.testing import make_waiting_user
from preau.notifications.models import Outgoing
from tests import health_words, malformed, scopes, sweep
from tests.own import values_for
from tests.routes import Route, routes_of
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.every_url")]

Sweep = Callable[[World, Sequence[Route]], list[str]]


def nothing(faults: Sequence[str]) -> None:
    assert not faults, "\n".join(faults)


def test_every_page_declares_its_audience() -> None:
    nothing(sweep.silent(routes_of()))


def test_strangers_find_no_page_and_read_nothing_of_the_family(world: World) -> None:
    nothing(sweep.trespass(world, routes_of()))


def test_the_family_and_the_agent_open_their_pages(world: World) -> None:
    nothing(sweep.shut_out(world, routes_of()))


def test_no_page_answers_a_method_that_it_does_not_take(world: World) -> None:
    nothing(sweep.unheard_of(world, routes_of()))


def test_the_address_of_a_button_leads_to_a_page_that_opens(world: World) -> None:
    nothing(sweep.dead_ends(world, routes_of()))


def test_the_family_and_the_agent_read_what_strangers_must_not(world: World) -> None:
    marks = {"Zwingelstein", "Quirinelle", "Xanthippe", "773119", "731,19"}
    assert marks <= world.marks - sweep.unsaid(world, routes_of())


def test_each_role_on_each_service_and_place_opens_what_it_says(world: World) -> None:
    nothing(scopes.overstepped(world, routes_of()))


def test_an_account_that_waits_for_its_file_opens_no_page_of_families(world: World) -> None:
    client, waiting = Client(), reverse("demarches:waiting")
    sign_in(client, make_waiting_user())
    pages = [route for route in routes_of() if route.audience and route.audience.kind == AudienceKind.FAMILY]
    for address in [address for route in pages for address in sweep.addresses(world, route)]:
        for method in sweep.METHODS:
            answer = client.generic(method, address)
            assert (answer.status_code, answer.get("Location")) == (302, waiting), f"{method} {address}"


def test_forms_of_the_family_and_of_the_agent_give_strangers_nothing(world: World) -> None:
    nothing(sweep.replay(world, routes_of()))


def test_links_of_the_family_and_of_the_agent_tell_strangers_nothing(world: World) -> None:
    nothing(sweep.follow(world, routes_of()))


def test_what_a_health_sheet_says_is_on_no_other_page_nor_in_an_address_and_finds_nobody(world: World) -> None:
    health_words.plant(world.ours.child)
    assert health_words.WORD in read_by_the_parent(world)
    nothing(health_words.elsewhere(world, routes_of()))
    nothing(health_words.found_by_it(routes_of()))


def read_by_the_parent(world: World) -> str:
    client = Client()
    sign_in(client, world.ours.user)
    return client.get(reverse("health:sheet", args=[world.ours.child.code])).content.decode()


def test_what_a_health_sheet_says_is_in_no_table_log_nor_mail(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """Filled in, read by an agent for a reason, typed when the session was over."""
    logging.disable(logging.NOTSET)
    caplog.set_level(logging.DEBUG)
    health_words.plant(world.ours.child)
    make_agent(Capability.MANAGE_AGENTS)  # who is told that somebody read
    agent, parent = Client(), Client()
    sign_in(agent, make_agent(Capability.SEE_HEALTH))
    sheet = reverse("health:staff_sheet", args=[world.ours.child.code])
    read = agent.post(sheet, {"reason": f"Malaise, {health_words.WORD} ?"})
    assert health_words.WORD in read.content.decode()
    parent.force_login(world.ours.user)
    advice = reverse("health:item", args=[world.ours.child.code, "recommandations"])
    assert parent.post(advice, {"text": health_words.WORD}).status_code == 302
    assert Outgoing.objects.filter(subject__icontains="fiche").exists()
    assert health_words.tables_that_say_it() == []
    assert health_words.WORD not in caplog.text


@pytest.mark.parametrize("look", [malformed.addresses, malformed.parameters, malformed.fields])
def test_what_nobody_wrote_is_met_with_a_page(world: World, look: Sweep) -> None:
    nothing(look(world, routes_of()))


@pytest.mark.urls("tests.holes")
@pytest.mark.parametrize(
    ("look", "hole", "found"),
    [
        (lambda world, routes: sweep.silent(routes), "silent", "no audience is declared"),
        (sweep.trespass, "silent", "answers 200, not 404"),
        (sweep.trespass, "everybody", "a parent of another family, GET everybody: says « Xanthippe »"),
        (sweep.trespass, "anybody", "a parent whose bond was withdrawn, GET anybody: answers 200, not 404, for what"),
        (sweep.trespass, "without_scope", "an agent of another service, GET without_scope: says « Zwingelstein »"),
        (sweep.trespass, "in_a_header", "a visitor, GET in_a_header: says « 773119 »"),
        (sweep.trespass, "by_a_side_door", "by_a_side_door: answers 200, not 404"),
        (sweep.unheard_of, "by_a_side_door", "OPTIONS by_a_side_door: answers 200"),
        (sweep.replay, "behind_a_button", "as the parent: changes ['Participant']"),
        (sweep.replay, "anybody", "a parent of another family, post /trou/un/"),
        (malformed.addresses, "fragile", "answers 500"),
        (malformed.parameters, "careless", "?page='x': answers 500"),
        (malformed.fields, "careless", "nom=['x']: answers 500"),
        (malformed.fields, "behind_a_button", "nom=['x']: answers 500"),
    ],
)
def test_a_planted_hole_is_found(world: World, look: Sweep, hole: str, found: str) -> None:
    routes = [route for route in routes_of() if route.name == hole]
    assert any(found in fault for fault in look(world, routes)), look(world, routes)


def test_a_parameter_that_the_sweeps_do_not_know_is_said() -> None:
    with pytest.raises(AssertionError, match="unheard_of"):
        values_for("area:page", ["unheard_of"], None)  # type: ignore[arg-type]
