"""Tying an identity to an account, untying it, and leaving."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from preau.accounts import testing
from preau.accounts.choices import UserKind
from preau.accounts.franceconnect import kept
from preau.accounts.franceconnect.actions import TieRefusal, TieRefused, account_of, tie, untie
from preau.accounts.franceconnect.simulator import PEOPLE, Outage, Simulator
from preau.accounts.franceconnect.testing import (
    CLIENT_ID,
    SIGNED_OUT,
    asked_by,
    come_back,
    go_as,
)
from preau.accounts.models import User
from preau.accounts.testing import PASSWORD, make_user
from preau.accounts.tests.franceconnect.given import NOW, ZOE, browser_of, heading, sign_in, signed_in
from preau.journal.models import Entry
from preau.notifications.models import Outgoing
from preau.town.testing import make_town

pytestmark = pytest.mark.django_db


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
