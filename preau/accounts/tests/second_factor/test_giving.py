"""Giving the second factor: compulsory for agents, a code taken once, a device that is trusted."""

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from preau.accounts import factors
from preau.accounts.models import Session, User
from preau.accounts.testing import PASSWORD, SECRET, make_agent, make_app, sign_in
from preau.accounts.tests.second_factor.given import (
    APP,
    CODE,
    CODES,
    NOW,
    PROTECTION,
    RECOVERY,
    REMOVE,
    RENEW,
    WRONG,
    code,
    code_of,
    give_password,
    is_signed_in,
    set_up_app,
    text_of,
    wrong_code,
)
from preau.notifications.models import Outgoing

pytestmark = pytest.mark.django_db


# Agents cannot do without


@pytest.mark.parametrize("path", ["/mairie/", "/mairie/reservations/", "/mairie/factures/"])
def test_an_agent_who_gave_a_password_alone_is_led_to_set_up_a_protection(client, agent, path):
    give_password(client, agent)
    assert client.get(path).headers["Location"] == PROTECTION


def test_the_protection_is_asked_before_the_capability(client):
    """Otherwise a password alone would tell what an agent may do."""
    sign_in(client, make_agent(), factor=False)
    assert client.get("/mairie/factures/").headers["Location"] == PROTECTION


@pytest.mark.parametrize("path", [CODES, RENEW, REMOVE])
def test_an_agent_without_protection_does_nothing_else_than_set_one_up(client, agent, path):
    sign_in(client, agent, factor=False)
    assert client.post(path).headers["Location"] == PROTECTION


def test_a_protected_agent_who_gave_a_password_alone_sets_up_nothing(client, agent):
    """A second browser, left open before the protection was set up in the first."""
    sign_in(client, agent, factor=False)
    make_app(agent)
    response = client.get(APP, follow=True)
    assert response.redirect_chain[-1][0] == "/connexion/"
    assert "deuxième protection" in text_of(response)
    assert not is_signed_in(client)


def test_a_record_of_somebody_else_opens_nothing(client, agent):
    sign_in(client, agent)
    session = client.session
    session["account_authentication_methods_user"] = "999"
    session.save()
    assert client.get("/mairie/").headers["Location"] == PROTECTION


def test_the_second_factor_is_read_without_a_query(client, agent, django_assert_num_queries):
    sign_in(client, agent, factor=False)
    with django_assert_num_queries(1):  # the session and its user
        assert client.get("/mairie/").headers["Location"] == PROTECTION


def test_an_agent_is_asked_the_code_after_the_password_then_arrives(client, agent):
    make_app(agent)
    assert give_password(client, agent).headers["Location"] == CODE
    assert not is_signed_in(client)
    assert client.get("/mairie/").headers["Location"] == "/connexion/?next=/mairie/"
    assert client.post(CODE, {"code": code()}).headers["Location"] == "/arrivee/"
    assert client.get("/mairie/").status_code == 200


def test_one_goes_where_one_was_going(client, agent):
    make_app(agent)
    give_password(client, agent, next="/mairie/reservations/")
    assert client.post(CODE, {"code": code()}).headers["Location"] == "/mairie/reservations/"


def test_an_agent_stays_nine_hours_after_the_code(client, agent):
    make_app(agent)
    give_password(client, agent, remember="on")
    client.post(CODE, {"code": code()})
    left = Session.objects.get(pk=client.session.session_key).expire_date - timezone.now()
    assert left == dt.timedelta(hours=9)


def test_a_parent_who_stays_thirty_days_still_does_after_the_code(client, zoe):
    make_app(zoe)
    give_password(client, zoe, remember="on")
    client.post(CODE, {"code": code()})
    left = Session.objects.get(pk=client.session.session_key).expire_date - timezone.now()
    assert left == dt.timedelta(days=30)


def test_the_pages_of_the_code_are_for_whoever_gave_a_password(client, zoe):
    for path in (CODE, RECOVERY):
        assert client.get(path).headers["Location"] == "/connexion/"
        assert client.post(path, {"code": "000000"}).headers["Location"] == "/connexion/"
    sign_in(client, zoe)
    assert client.get(CODE).headers["Location"] == "/arrivee/"


def test_an_account_closed_between_the_password_and_the_code_does_not_open(client, agent):
    make_app(agent)
    give_password(client, agent)
    User.objects.update(is_active=False)
    assert client.post(CODE, {"code": code()}).headers["Location"] == "/connexion/"
    assert not is_signed_in(client)


def test_a_code_asked_too_late_goes_back_to_the_password(client, agent, time_machine):
    make_app(agent)
    give_password(client, agent)
    time_machine.move_to(NOW + dt.timedelta(minutes=16), tick=False)
    assert client.post(CODE, {"code": code()}).headers["Location"] == "/connexion/"


# Codes


@pytest.mark.parametrize("seconds", [-30, 0, 30])
def test_a_clock_may_be_wrong_by_half_a_minute(client, zoe, seconds):
    make_app(zoe)
    give_password(client, zoe)
    client.post(CODE, {"code": code(seconds)})
    assert is_signed_in(client)


@pytest.mark.parametrize("sent", ["", "12", "abcdef", "é" * 6, "٣" * 6, "\x00", "9" * 500, "../.."])
def test_a_wrong_code_is_told_next_to_the_field(client, zoe, sent):
    make_app(zoe)
    give_password(client, zoe)
    response = client.post(CODE, {"code": sent})
    assert response.status_code == 200
    assert 'id="id_code_error"' in text_of(response)
    assert not is_signed_in(client)


def test_a_code_is_used_once(zoe):
    make_app(zoe)
    for expected in (True, False):
        client = Client()
        give_password(client, zoe)
        response = client.post(CODE, {"code": code()})
        assert is_signed_in(client) is expected
    assert WRONG in text_of(response)


def test_a_code_older_than_the_last_one_used_is_refused(zoe):
    make_app(zoe)
    assert factors.take_code(zoe, code(30), kinds=[factors.APP], now=timezone.now())
    assert not factors.take_code(zoe, code(), kinds=[factors.APP], now=timezone.now())


def test_the_code_that_set_up_the_application_opens_nothing_more(client, zoe):
    sign_in(client, zoe)
    set_up_app(client)
    assert not factors.take_code(zoe, code_of(zoe), kinds=[factors.APP], now=timezone.now())


def test_the_code_of_somebody_else_is_refused(client, zoe, agent):
    make_app(zoe)
    factors.add_app(agent, secret="A" * 32, period=0, now=NOW)
    give_password(client, agent)
    assert WRONG in text_of(client.post(CODE, {"code": code()}))


def test_guesses_are_slowed_down_and_the_right_code_too(client, zoe):
    make_app(zoe)
    give_password(client, zoe)
    for _ in range(5):
        assert client.post(CODE, {"code": wrong_code()}).status_code == 200
    response = client.post(CODE, {"code": code()})
    assert response.status_code == 429
    assert "Trop d’essais" in text_of(response)
    assert not is_signed_in(client)


def test_guesses_of_recovery_codes_count_with_the_others(client, zoe):
    make_app(zoe)
    give_password(client, zoe)
    for path in (CODE, RECOVERY, CODE, RECOVERY, CODE):
        client.post(path, {"code": wrong_code()})
    assert client.post(RECOVERY, {"code": factors.codes_of(zoe)[0]}).status_code == 429


def test_a_recovery_code_opens_once_and_the_person_is_told(zoe):
    make_app(zoe)
    secret = factors.codes_of(zoe)[3]
    for expected in (True, False):
        client = Client()
        give_password(client, zoe)
        client.post(RECOVERY, {"code": f"{secret[:4]} {secret[4:]}"})
        assert is_signed_in(client) is expected
    assert factors.factors_of(zoe).codes_left == 9
    assert "code de secours a été utilisé" in Outgoing.objects.latest("pk").text


def test_a_recovery_code_is_no_code_of_the_application_nor_the_other_way_round(client, zoe):
    make_app(zoe)
    give_password(client, zoe)
    client.post(CODE, {"code": factors.codes_of(zoe)[0]})
    client.post(RECOVERY, {"code": code()})
    assert not is_signed_in(client)


def test_no_secret_can_be_read_in_the_database(zoe):
    make_app(zoe)
    kept = repr(list(Authenticator.objects.values()))
    assert SECRET not in kept
    assert not any(secret in kept for secret in factors.codes_of(zoe))


def test_another_secret_key_leaves_no_code_that_anybody_could_compute(zoe, settings):
    make_app(zoe)
    settings.SECRET_KEY = "another"
    empty = factors.code_at("", timezone.now())
    for guess in (code(), empty):
        assert not factors.take_code(zoe, guess, kinds=[factors.APP], now=timezone.now())


# « Ne plus demander sur cet appareil »


def test_a_parent_may_ask_not_to_be_asked_again_on_this_device(client, zoe, time_machine):
    make_app(zoe)
    give_password(client, zoe)
    client.post(CODE, {"code": code(), "remember": "on"})
    client.post("/deconnexion/")
    assert give_password(client, zoe).headers["Location"] == "/arrivee/"
    client.post("/deconnexion/")
    time_machine.move_to(NOW + dt.timedelta(days=30, seconds=1), tick=False)
    assert give_password(client, zoe).headers["Location"] == CODE


def test_another_device_is_asked(client, zoe):
    make_app(zoe)
    give_password(client, zoe)
    client.post(CODE, {"code": code(), "remember": "on"})
    assert give_password(Client(), zoe).headers["Location"] == CODE


def test_a_device_is_asked_again_once_the_password_has_changed(client, zoe):
    make_app(zoe)
    give_password(client, zoe)
    client.post(CODE, {"code": code(), "remember": "on"})
    zoe.set_password(PASSWORD)
    zoe.save()
    assert give_password(client, zoe).headers["Location"] == CODE


def test_an_agent_is_not_offered_it_and_does_not_get_it(client, agent):
    make_app(agent)
    give_password(client, agent)
    assert "Ne plus demander" not in text_of(client.get(CODE))
    response = client.post(CODE, {"code": code(), "remember": "on"})
    assert "preau_confiance" not in response.cookies


def test_a_device_of_an_agent_is_never_trusted(client, agent):
    """Not even with a cookie that holds, as after a parent's account became an agent's."""
    make_app(agent)
    User.objects.update(kind="family")
    give_password(client, agent)
    client.post(CODE, {"code": code(), "remember": "on"})
    User.objects.update(kind="staff")
    client.post("/deconnexion/")
    assert give_password(client, agent).headers["Location"] == CODE
