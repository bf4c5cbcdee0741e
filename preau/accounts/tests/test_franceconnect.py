"""Signing in with FranceConnect: whom it opens an account for, and all that it must not believe."""

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from preau.accounts import testing
from preau.accounts.choices import UserKind
from preau.accounts.factors import add_app
from preau.accounts.franceconnect import client, kept
from preau.accounts.franceconnect.actions import TieRefusal, TieRefused, account_of, tie, untie
from preau.accounts.franceconnect.client import Pivot, SignIn
from preau.accounts.franceconnect.simulator import PEOPLE, Fault, Outage, Simulator
from preau.accounts.franceconnect.testing import (
    CLIENT_ID,
    RETURN,
    SIGNED_OUT,
    asked_by,
    come_back,
    go_as,
    open_franceconnect,
    simulated,
)
from preau.accounts.models import User
from preau.accounts.testing import PASSWORD, confirm, make_user
from preau.journal.models import Entry
from preau.notifications.models import Outgoing
from preau.town.testing import make_town

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 9, 9, tzinfo=dt.UTC)
ZOE = "zoe-pinceau"


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    make_town()
    open_franceconnect()
    with simulated() as simulator:
        yield simulator


@pytest.fixture
def zoe(simulator: Simulator) -> User:
    """Her account, tied to her identity."""
    user = make_user("Z-pinceau")
    tie_to(user, simulator)
    return user


def tie_to(user: User, simulator: Simulator, who: str = ZOE) -> None:
    sub = simulator.sub(PEOPLE[who], CLIENT_ID)
    SocialAccount.objects.create(provider="franceconnect", uid=sub, user=user, extra_data={})


def sign_in(sub: str) -> SignIn:
    return SignIn(sub, "eidas1", 0, "jeton", Pivot("Zoé", "Pinceau", "1988", "", "", "female", "", ""))


def browser_of(user: User) -> Client:
    """Signed in a moment ago."""
    browser = Client()
    browser.force_login(user)
    confirm(browser)
    return browser


def signed_in(browser: Client) -> bool:
    return "_auth_user_id" in browser.session


def heading(response: Any) -> str:
    return str(response.content.decode()).partition("<h1>")[2].partition("</h1>")[0]


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


# Tying and untying


def test_one_ties_from_ones_own_account_by_a_button(simulator: Simulator) -> None:
    user = make_user()
    browser = browser_of(user)
    leaving = browser.post("/mon-compte/franceconnect/", {"geste": "relier"})
    seconds, _, url = leaving["Refresh"].partition("; url=")
    assert int(seconds) < 5
    response = come_back(browser, simulator, asked_by(url), ZOE)
    assert response["Location"] == "/mon-compte/franceconnect/"
    assert account_of(simulator.sub(PEOPLE[ZOE], CLIENT_ID)) == user
    assert Outgoing.objects.get().address == user.email
    assert "Relié" in browser.get("/mon-compte/franceconnect/").content.decode()


def test_a_session_left_open_ties_and_unties_nothing_before_the_password(simulator: Simulator, zoe: User) -> None:
    browser = Client()
    browser.force_login(zoe)
    for gesture in ("relier", "delier"):
        response = browser.post("/mon-compte/franceconnect/", {"geste": gesture})
        assert response["Location"].startswith(reverse("accounts:confirm"))
    assert SocialAccount.objects.filter(user=zoe).exists()


def test_franceconnect_confirms_who_one_is_without_a_password(simulator: Simulator, zoe: User) -> None:
    browser = Client()
    browser.force_login(zoe)
    page = browser.get(reverse("accounts:confirm") + "?next=/mon-compte/franceconnect/").content.decode()
    assert "/franceconnect/?next=%2Fmon-compte%2Ffranceconnect%2F" in page
    response = go_as(browser, simulator, ZOE, address="/franceconnect/?next=/mon-compte/franceconnect/")
    assert response["Location"] == "/mon-compte/franceconnect/"
    browser.post("/mon-compte/franceconnect/", {"geste": "delier"})
    assert not SocialAccount.objects.exists()


def test_somebody_else_s_identity_confirms_nothing(simulator: Simulator, zoe: User) -> None:
    browser = Client()
    other = make_user()
    browser.force_login(other)
    response = go_as(browser, simulator, ZOE)
    assert heading(response) == "Cette identité est reliée à un autre compte"
    assert browser.session["_auth_user_id"] == str(other.pk)
    assert browser.get(reverse("accounts:email")).status_code == 302


def test_leaving_by_a_link_ties_nothing(simulator: Simulator) -> None:
    """Only the button of one's own page ties: a link to the way in, put elsewhere, must not."""
    user, browser = make_user(), Client()
    browser.force_login(user)
    go_as(browser, simulator, ZOE)
    assert not SocialAccount.objects.exists()


def test_only_who_asked_is_tied(simulator: Simulator) -> None:
    asker, other = make_user(), make_user()
    browser = browser_of(asker)
    leaving = browser.post("/mon-compte/franceconnect/", {"geste": "relier"})
    session = browser.session
    states = session["socialaccount_states"]
    browser.force_login(other)
    session = browser.session
    session["socialaccount_states"] = states
    session.save()
    come_back(browser, simulator, asked_by(leaving["Refresh"].partition("url=")[2]), ZOE)
    assert not SocialAccount.objects.exists()


def test_an_unknown_identity_is_tied_after_signing_in_and_a_button(simulator: Simulator) -> None:
    user, browser = make_user("Z-pinceau"), Client()
    go_as(browser, simulator, ZOE)
    page = browser.get("/franceconnect/nouveau/").content.decode()
    assert "PINCEAU" in page
    assert "12 avril 1988" in page
    response = browser.post(
        "/connexion/", {"login": "z-pinceau", "password": PASSWORD, "next": "/franceconnect/relier/"}
    )
    assert response["Location"] == "/franceconnect/relier/"
    assert "Z-pinceau" in browser.get("/franceconnect/relier/").content.decode()
    assert not SocialAccount.objects.exists()
    browser.post("/franceconnect/relier/")
    assert SocialAccount.objects.get().user == user
    assert kept.PENDING not in browser.session


def test_an_identity_that_waits_is_forgotten_after_half_an_hour(simulator: Simulator) -> None:
    browser = Client()
    with time_machine.travel(NOW, tick=False) as clock:
        go_as(browser, simulator, ZOE)
        clock.move_to(NOW + dt.timedelta(minutes=29))
        assert browser.get("/franceconnect/nouveau/").status_code == 200
        clock.move_to(NOW + dt.timedelta(minutes=30))
        assert heading(browser.get("/franceconnect/nouveau/")) == "La connexion a pris trop de temps"
    assert kept.PENDING not in browser.session


def test_an_identity_opens_one_account_and_an_account_has_one_identity() -> None:
    make_town()
    first, second = make_user(), make_user()
    tie(user=first, sign_in=sign_in("a"), by=first, now=NOW)
    tie(user=first, sign_in=sign_in("a"), by=first, now=NOW)
    for user, sub, reason in ((second, "a", TieRefusal.TAKEN), (first, "b", TieRefusal.ALREADY)):
        with pytest.raises(TieRefused) as refused:
            tie(user=user, sign_in=sign_in(sub), by=user, now=NOW)
        assert refused.value.reason == reason
    assert SocialAccount.objects.count() == 1
    assert Entry.objects.filter(action="accounts.franceconnect_linked").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("contested", ["account", "identity"])
def test_of_two_ties_at_once_one_holds(contested: str) -> None:
    make_town()
    users = [make_user() for _ in range(1 if contested == "account" else 2)]
    subs = ["a", "b"] if contested == "account" else ["a"]

    def attempt(place: int) -> bool:
        user = users[place % len(users)]
        try:
            tie(user=user, sign_in=sign_in(subs[place % len(subs)]), by=user, now=NOW)
        except TieRefused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, range(2))) == [False, True]
    assert SocialAccount.objects.count() == 1


def test_an_agent_is_not_tied(simulator: Simulator) -> None:
    agent = make_user(kind=UserKind.STAFF)
    with pytest.raises(TieRefused):
        tie(user=agent, sign_in=sign_in("a"), by=agent, now=NOW)
    browser = Client()
    testing.sign_in(browser, agent)
    assert browser.get("/mon-compte/franceconnect/").status_code == 404


def test_the_page_of_an_identity_tied_elsewhere_says_what_to_do(simulator: Simulator, zoe: User) -> None:
    browser = browser_of(make_user())
    leaving = browser.post("/mon-compte/franceconnect/", {"geste": "relier"})
    response = come_back(browser, simulator, asked_by(leaving["Refresh"].partition("url=")[2]), ZOE)
    assert heading(response) == "Cette identité est reliée à un autre compte"


def test_one_unties_and_is_told(simulator: Simulator, zoe: User) -> None:
    browser = browser_of(zoe)
    browser.post("/mon-compte/franceconnect/", {"geste": "delier"})
    assert account_of(simulator.sub(PEOPLE[ZOE], CLIENT_ID)) is None
    untie(user=zoe, by=zoe, now=NOW)
    assert Outgoing.objects.filter(subject="FranceConnect n’ouvre plus votre compte").count() == 1


def test_without_a_password_one_does_not_lock_oneself_out(simulator: Simulator, zoe: User) -> None:
    zoe.set_unusable_password()
    zoe.save(update_fields=["password"])
    browser = browser_of(zoe)
    browser.post("/mon-compte/franceconnect/", {"geste": "delier"})
    assert SocialAccount.objects.filter(user=zoe).exists()
    assert "choisissez d’abord un mot de passe" in browser.get("/mon-compte/franceconnect/").content.decode()


# Leaving


def test_who_came_by_franceconnect_leaves_it_too(simulator: Simulator, zoe: User) -> None:
    browser = Client()
    go_as(browser, simulator, ZOE)
    leaving = browser.post("/deconnexion/")
    assert not signed_in(browser)
    query = asked_by(leaving["Refresh"].partition("url=")[2])
    assert simulator.end_session(query).endswith(SIGNED_OUT)
    back = browser.get(SIGNED_OUT, {"state": query["state"]}, follow=True)
    assert "déconnecté de l’espace famille et de FranceConnect" in back.content.decode()
    again = browser.get(SIGNED_OUT, {"state": query["state"]}, follow=True)
    assert "déconnecté de l’espace famille et de FranceConnect" not in again.content.decode()


def test_who_came_by_a_password_just_leaves(simulator: Simulator, zoe: User) -> None:
    browser = Client()
    browser.force_login(zoe)
    assert browser.post("/deconnexion/").status_code == 302


def test_one_leaves_us_even_when_franceconnect_is_down(simulator: Simulator, zoe: User) -> None:
    browser = Client()
    go_as(browser, simulator, ZOE)
    simulator.outage = Outage.DOWN
    cache.clear()
    assert browser.post("/deconnexion/").status_code == 302
    assert not signed_in(browser)
