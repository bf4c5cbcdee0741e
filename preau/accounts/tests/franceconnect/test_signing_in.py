"""Signing in with FranceConnect, and what is not believed."""

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from preau.accounts.factors import add_app
from preau.accounts.franceconnect import client, kept
from preau.accounts.franceconnect.simulator import PEOPLE, Fault, Outage, Simulator
from preau.accounts.franceconnect.testing import (
    RETURN,
    asked_by,
    come_back,
    go_as,
    open_franceconnect,
)
from preau.accounts.models import User
from preau.accounts.testing import make_user
from preau.accounts.tests.franceconnect.given import NOW, ZOE, heading, signed_in
from preau.town.testing import make_town

pytestmark = pytest.mark.django_db


# The way in


@pytest.mark.parametrize("closed", ["by the town", "without a key"])
def test_where_it_is_closed_nothing_of_it_shows(closed: str, settings) -> None:
    make_town()
    if closed == "without a key":
        open_franceconnect()
    else:
        settings.FRANCECONNECT_CLIENT_ID = settings.FRANCECONNECT_CLIENT_SECRET = "x"
    browser = Client()
    assert "FranceConnect" not in browser.get("/connexion/").content.decode()
    for name in ("", "_return", "_unknown", "_signed_out"):
        assert browser.get(reverse(f"accounts:franceconnect{name}")).status_code == 404
    browser.force_login(make_user())
    for name in ("_link", "_account"):
        assert browser.get(reverse(f"accounts:franceconnect{name}")).status_code == 404


def test_the_sign_in_page_offers_it_and_remembers_where_one_was_going(simulator: Simulator) -> None:
    page = Client().get("/connexion/?next=/planning/").content.decode()
    assert 'href="/franceconnect/?next=%2Fplanning%2F"' in page


def test_a_known_identity_opens_the_account_where_one_was_going(simulator: Simulator, zoe: User) -> None:
    browser = Client()
    response = go_as(browser, simulator, ZOE, address="/franceconnect/?next=/planning/")
    assert (response.status_code, response["Location"]) == (302, "/planning/")
    assert browser.session["_auth_user_id"] == str(zoe.pk)
    kept_of_it = SocialAccount.objects.get().extra_data
    assert set(kept_of_it) == {"sub", "acr", "auth_time"}


def test_a_parent_s_second_protection_is_still_asked(simulator: Simulator, zoe: User) -> None:
    """FranceConnect stands for the password, not for what the parent has added to it."""
    add_app(zoe, secret="JBSWY3DPEHPK3PXP", period=0, now=NOW)
    browser = Client()
    response = go_as(browser, simulator, ZOE)
    assert response["Location"] == reverse("accounts:second_factor")
    assert not signed_in(browser)


def test_nobody_is_sent_elsewhere_afterwards(simulator: Simulator, zoe: User) -> None:
    response = go_as(Client(), simulator, ZOE, address="/franceconnect/?next=https://ailleurs.example.org/")
    assert response["Location"] == "/arrivee/"


def test_the_level_and_the_nonce_are_ours_whatever_the_address_says(simulator: Simulator) -> None:
    browser = Client()
    address = "/franceconnect/?auth_params=acr_values%3Deidas0%26nonce%3Dx&scope=cnaf_enfants&process=connect"
    first, second = (asked_by(browser.get(address)["Location"]) for _ in range(2))
    assert first["acr_values"] == "eidas1"
    assert set(first["scope"].split()) == {"openid", "identite_pivot", "preferred_username", "email"}
    assert len(first["nonce"]) >= 22
    assert first["nonce"] != second["nonce"]
    assert first["state"] != second["state"]


def test_the_same_address_elsewhere_is_not_the_same_person(simulator: Simulator) -> None:
    """The address that FranceConnect tells proves nothing: the account that has it stays shut."""
    user = make_user()
    User.objects.filter(pk=user.pk).update(email=PEOPLE[ZOE].email)
    browser = Client()
    response = go_as(browser, simulator, ZOE)
    assert response["Location"] == "/franceconnect/nouveau/"
    assert not signed_in(browser)
    assert not SocialAccount.objects.exists()


def test_a_closed_account_stays_closed(simulator: Simulator, zoe: User) -> None:
    User.objects.filter(pk=zoe.pk).update(is_active=False)
    browser = Client()
    assert heading(go_as(browser, simulator, ZOE)) == "Ce compte est fermé"
    assert not signed_in(browser)


# What is not believed


OF_ONE = {
    Fault.OTHER_PERSON: "userinfo",
    Fault.PLAIN_JSON: "userinfo",
    Fault.WRONG_NONCE: "id_token",
    Fault.WRONG_ACR: "id_token",
}


@pytest.mark.parametrize(
    ("token", "fault"),
    [(token, fault) for fault in Fault for token in ("id_token", "userinfo") if OF_ONE.get(fault, token) == token],
    ids=lambda value: value.name if isinstance(value, Fault) else value,
)
def test_a_token_with_one_fault_opens_nothing(simulator: Simulator, zoe: User, token: str, fault: Fault) -> None:
    simulator.spoils = frozenset({token})
    browser = Client()
    response = go_as(browser, simulator, ZOE, fault=fault)
    assert response.status_code == 400
    assert heading(response) == "La réponse de FranceConnect n’est pas sûre"
    assert not signed_in(browser)
    assert kept.PENDING not in browser.session


def test_without_a_fault_the_same_way_opens(simulator: Simulator, zoe: User) -> None:
    browser = Client()
    go_as(browser, simulator, ZOE)
    assert signed_in(browser)


def test_a_state_serves_once_and_in_its_own_session(simulator: Simulator, zoe: User) -> None:
    browser, thief = Client(), Client()
    query = asked_by(browser.get("/franceconnect/")["Location"])
    assert heading(come_back(thief, simulator, query, ZOE)) == "La connexion a pris trop de temps"
    assert not signed_in(thief)
    come_back(browser, simulator, query, ZOE)
    browser.logout()
    assert heading(come_back(browser, simulator, query, ZOE)) == "La connexion a pris trop de temps"
    assert not signed_in(browser)


def test_a_code_of_another_sign_in_is_refused(simulator: Simulator, zoe: User) -> None:
    """Somebody's code, put in the address that another opens, carries another nonce."""
    victim, thief = Client(), Client()
    mine, theirs = (asked_by(browser.get("/franceconnect/")["Location"]) for browser in (victim, thief))
    code = simulator.grant(simulator.asked(theirs), PEOPLE[ZOE])
    assert heading(victim.get(RETURN, {"code": code, "state": mine["state"]})).endswith("n’est pas sûre")
    assert not signed_in(victim)


def test_a_code_too_old_says_to_start_again(simulator: Simulator, zoe: User) -> None:
    browser = Client()
    query = asked_by(browser.get("/franceconnect/")["Location"])
    code = simulator.grant(simulator.asked(query), PEOPLE[ZOE])
    simulator.advance(31)
    response = browser.get(RETURN, {"code": code, "state": query["state"]})
    assert heading(response) == "La connexion a pris trop de temps"
    assert "Recommencer avec FranceConnect" in response.content.decode()


@pytest.mark.parametrize(
    ("error", "title"),
    [
        ("access_denied", "Vous avez annulé"),
        ("server_error", "FranceConnect n’a pas pu vous identifier"),
        ("", "FranceConnect n’a pas pu vous identifier"),
    ],
)
def test_what_franceconnect_refuses_has_its_page(simulator: Simulator, error: str, title: str) -> None:
    browser = Client()
    query = asked_by(browser.get("/franceconnect/")["Location"])
    assert heading(browser.get(RETURN, {"error": error, "state": query["state"]})) == title
    assert not signed_in(browser)


@pytest.mark.parametrize("outage", [Outage.DOWN, Outage.NONSENSE, Outage.SLOW])
def test_a_service_that_does_not_answer_has_its_page(
    simulator: Simulator, zoe: User, outage: Outage, monkeypatch
) -> None:
    monkeypatch.setattr(client, "TIMEOUT", 0.2)
    browser = Client()
    query = asked_by(browser.get("/franceconnect/")["Location"])
    code = simulator.grant(simulator.asked(query), PEOPLE[ZOE])
    simulator.outage = outage
    cache.clear()
    for response in (
        browser.get("/franceconnect/"),
        browser.get(RETURN, {"code": code, "state": query["state"]}),
    ):
        assert (response.status_code, heading(response)) == (503, "FranceConnect ne répond pas")


def test_a_service_that_says_it_is_another_is_not_believed(simulator: Simulator, settings) -> None:
    settings.FRANCECONNECT_URL = settings.FRANCECONNECT_URL.replace("127.0.0.1", "localhost")
    assert Client().get("/franceconnect/").status_code == 302
    cache.clear()
    settings.FRANCECONNECT_URL = settings.FRANCECONNECT_URL + "/../v2"
    assert Client().get("/franceconnect/").status_code in (400, 503)


def test_keys_are_asked_once_then_again_when_they_turn(simulator: Simulator, zoe: User) -> None:
    def asks() -> int:
        before = simulator.key_requests
        browser = Client()
        go_as(browser, simulator, ZOE)
        assert signed_in(browser)
        return simulator.key_requests - before

    assert asks() == 1
    assert asks() == 0
    simulator.rotate()  # to the key that was announced
    assert asks() == 0
    simulator.rotate()
    assert asks() == 1


def test_a_token_a_little_late_is_taken_but_not_much(simulator: Simulator, zoe: User) -> None:
    """Clocks differ by seconds, not by minutes."""
    for late, holds in ((80, True), (95, False)):
        browser = Client()
        query = asked_by(browser.get("/franceconnect/")["Location"])
        simulator.advance(-late)
        come_back(browser, simulator, query, ZOE)
        simulator.advance(late)
        assert signed_in(browser) is holds
