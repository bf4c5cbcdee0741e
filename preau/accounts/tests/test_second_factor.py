"""The second factor: agents open nothing without it, parents may want it; a code is used once."""

import datetime as dt
import re
import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from preau.accounts import factors
from preau.accounts.choices import Capability
from preau.accounts.models import Session, User
from preau.accounts.testing import PASSWORD, SECRET, make_agent, make_app, make_user, sign_in
from preau.journal.models import Entry
from preau.notifications.models import Outgoing
from preau.town.testing import make_town

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 9, 9, tzinfo=dt.UTC)
CODE, RECOVERY = "/connexion/code/", "/connexion/code-de-secours/"
PROTECTION, APP, CODES = (
    "/mon-compte/protection/",
    "/mon-compte/protection/application/",
    "/mon-compte/protection/codes-de-secours/",
)
RENEW = "/mon-compte/protection/codes-de-secours/nouveaux/"
REMOVE = "/mon-compte/protection/retirer/"
WRONG = "Ce code ne convient pas"


@pytest.fixture(autouse=True)
def monday(time_machine) -> Iterator[None]:
    time_machine.move_to(NOW, tick=False)
    make_town()
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def agent() -> User:
    return make_agent(Capability.SEE_BOOKINGS, username="s.benali")


@pytest.fixture
def zoe() -> User:
    return make_user("Z-pinceau")


def give_password(client, user, **more):
    return client.post("/connexion/", {"login": user.username, "password": PASSWORD, **more})


def code(seconds: int = 0) -> str:
    return factors.code_at(SECRET, timezone.now() + dt.timedelta(seconds=seconds))


def wrong_code() -> str:
    good = {code(seconds) for seconds in (-30, 0, 30)}
    return next(text for text in ("000000", "000001", "000002", "000003") if text not in good)


def text_of(response) -> str:
    page: str = response.content.decode()
    return page


def is_signed_in(client) -> bool:
    return "_auth_user_id" in client.session


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


# Setting up


def set_up_app(client):
    page = text_of(client.get(APP))
    (spaced,) = re.findall(r'class="secret">([A-Z2-7 ]+)<', page)
    secret = spaced.replace(" ", "")
    return client.post(APP, {"code": factors.code_at(secret, timezone.now())})


def code_of(user) -> str:
    row = Authenticator.objects.get(user=user, type=factors.APP)
    return factors.code_at(decrypt(row.data["secret"]), timezone.now())


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
