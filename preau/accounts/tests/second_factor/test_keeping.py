"""Setting a second factor up, taking it away, and the demonstration that weakens nothing."""

import datetime as dt
import re
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from preau.accounts import factors
from preau.accounts.models import Session
from preau.accounts.testing import make_app, sign_in
from preau.accounts.tests.second_factor.given import (
    APP,
    CODE,
    CODES,
    NOW,
    PROTECTION,
    REMOVE,
    RENEW,
    WRONG,
    code,
    give_password,
    set_up_app,
    text_of,
)
from preau.journal.models import Entry
from preau.notifications.models import Outgoing

pytestmark = pytest.mark.django_db


# Setting up


def test_an_agent_sets_up_an_application_keeps_the_codes_and_arrives(client, agent):
    give_password(client, agent)
    page = text_of(client.get(PROTECTION))
    assert "Protégez votre compte" in page
    assert "Réservations" not in page  # no menu yet
    response = set_up_app(client)
    assert response.headers["Location"] == CODES
    shown = text_of(client.get(CODES))
    assert all(f"{secret[:4]} {secret[4:]}" in shown for secret in factors.codes_of(agent))
    assert client.post(CODES, {"kept": "1"}).headers["Location"] == "/arrivee/"
    assert client.get("/mairie/").status_code == 200


def test_the_codes_are_not_shown_again(client, agent):
    give_password(client, agent)
    set_up_app(client)
    client.post(CODES, {"kept": "1"})
    assert client.get(CODES).headers["Location"] == PROTECTION


def test_the_codes_are_shown_ten_minutes_at_most_and_to_this_browser_only(client, agent, time_machine):
    give_password(client, agent)
    set_up_app(client)
    other = Client()
    sign_in(other, agent)
    assert other.get(CODES).headers["Location"] == PROTECTION
    time_machine.move_to(NOW + dt.timedelta(minutes=10, seconds=1), tick=False)
    assert client.get(CODES).headers["Location"] == PROTECTION


def test_a_wrong_first_code_adds_nothing_and_keeps_the_same_picture(client, zoe):
    sign_in(client, zoe)
    before = text_of(client.get(APP))
    response = client.post(APP, {"code": "000000"})
    assert WRONG in text_of(response)
    assert re.findall("<path.*?>", before) == re.findall("<path.*?>", text_of(response))
    assert not Authenticator.objects.exists()


def test_the_picture_says_who_and_where(client, zoe, monkeypatch):
    seen: list[str] = []
    monkeypatch.setattr("preau.accounts.views.protection.qr_code", seen.append)
    sign_in(client, zoe)
    client.get(APP)
    address = urlsplit(seen[0])
    assert (address.scheme, address.netloc, address.path) == ("otpauth", "totp", "/Z-pinceau")
    assert parse_qs(address.query)["issuer"] == ["Espace familles Villejuif"]


def test_setting_up_closes_the_other_browsers(client, agent):
    other = Client()
    sign_in(other, agent, factor=False)
    give_password(client, agent)
    set_up_app(client)
    assert Session.objects.filter(user=agent).count() == 1
    assert other.get("/mairie/").headers["Location"] == "/connexion/?next=/mairie/"


def test_a_change_is_journalled_and_told_by_mail(client, zoe):
    sign_in(client, zoe)
    set_up_app(client)
    assert Entry.objects.get(action="accounts.factor_added").facts == {"kind": "totp"}
    told = Outgoing.objects.get()
    assert told.address == zoe.email
    assert "Une application de codes protège maintenant votre compte." in told.text


def test_a_second_application_takes_the_place_of_the_first(client, zoe):
    make_app(zoe)
    sign_in(client, zoe)
    assert set_up_app(client).headers["Location"] == PROTECTION
    assert Authenticator.objects.filter(type=factors.APP).count() == 1
    assert not factors.take_code(zoe, code(), kinds=[factors.APP], now=timezone.now())


def test_new_codes_replace_the_old_ones(client, zoe):
    make_app(zoe)
    before = factors.codes_of(zoe)
    sign_in(client, zoe)
    assert client.post(RENEW).headers["Location"] == CODES
    after = factors.codes_of(zoe)
    assert not set(before) & set(after)
    assert not factors.take_code(zoe, before[0], kinds=[factors.RECOVERY], now=timezone.now())


def test_without_a_protection_there_are_no_codes(client, zoe):
    sign_in(client, zoe)
    assert client.post(RENEW).headers["Location"] == PROTECTION
    assert not Authenticator.objects.exists()


# Taking away


def test_a_parent_may_take_the_last_one_away_and_the_codes_go_with_it(client, zoe):
    make_app(zoe)
    sign_in(client, zoe)
    client.post(REMOVE, {"factor": Authenticator.objects.get(type=factors.APP).pk})
    assert not Authenticator.objects.exists()
    assert "ne protège plus" in Outgoing.objects.latest("pk").text


def test_an_agent_keeps_one(client, agent):
    make_app(agent)
    sign_in(client, agent)
    response = client.post(REMOVE, {"factor": Authenticator.objects.get(type=factors.APP).pk}, follow=True)
    assert "Gardez au moins une protection" in text_of(response)
    assert factors.has_factor(agent)


def test_a_factor_of_somebody_else_is_left_alone(client, zoe, agent):
    make_app(zoe)
    make_app(agent)
    sign_in(client, zoe)
    client.post(REMOVE, {"factor": Authenticator.objects.get(user=agent, type=factors.APP).pk})
    assert factors.has_factor(agent)


@pytest.mark.parametrize("sent", ["", "x", "-1", "9" * 30, "\x00", "٣", "1.5"])
def test_an_odd_factor_takes_nothing_away(client, zoe, sent):
    make_app(zoe)
    sign_in(client, zoe)
    assert client.post(REMOVE, {"factor": sent}).status_code == 302
    assert factors.has_factor(zoe)


def test_the_builder_signs_in_as_the_pages_do(client, agent):
    make_app(agent)
    give_password(client, agent)
    client.post(CODE, {"code": code()})
    real, built = client.session["account_authentication_methods"], Client()
    sign_in(built, agent)
    assert [one["method"] for one in real] == [one["method"] for one in built.session["account_authentication_methods"]]
    assert real[-1]["at"] == pytest.approx(time.time())


# In a demonstration


@pytest.mark.urls("tests.every_url")
def test_the_codes_of_agents_are_shown_in_a_demonstration_only(client, agent, settings):
    make_app(agent)
    assert client.get("/codes-des-agents/").status_code == 404
    settings.DEMO = True
    assert code() in text_of(client.get("/codes-des-agents/"))


@pytest.mark.urls("tests.every_url")
def test_the_code_shown_is_one_that_still_opens(client, agent, zoe, settings):
    settings.DEMO = True
    make_app(agent)
    make_app(zoe)
    assert factors.take_code(agent, code(), kinds=[factors.APP], now=timezone.now())
    page = text_of(client.get("/codes-des-agents/"))
    assert code() not in page
    assert factors.take_code(agent, code(30), kinds=[factors.APP], now=timezone.now())
    assert "Attendez le code suivant" in text_of(client.get("/codes-des-agents/"))
    assert "Zoé" not in page  # parents read their own
