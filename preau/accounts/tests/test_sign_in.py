"""Signing in and out."""

import base64
import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from preau.accounts import testing
from preau.accounts.actions import clear_expired_sessions
from preau.accounts.backends import SignInBackend
from preau.accounts.choices import Capability, UserKind
from preau.accounts.hashers import PortalArgon2
from preau.accounts.models import Session, User
from preau.accounts.testing import PASSWORD, make_agent, make_user
from preau.notifications.models import Outgoing
from preau.town.testing import make_town

pytestmark = pytest.mark.django_db

SIGN_IN = "/connexion/"
ANDROID = "Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0"
MISMATCH = "L’identifiant ou le mot de passe ne correspond pas."
TOO_MANY = "Trop d’essais. Attendez 30 secondes"


@pytest.fixture(autouse=True)
def town():
    return make_town()


@pytest.fixture
def zoe() -> User:
    return make_user("Z-pinceau")


def sign_in(client, login="Z-pinceau", password=PASSWORD, **more):
    return client.post(SIGN_IN, {"login": login, "password": password, **more})


def days_left(client) -> float:
    return (Session.objects.get(pk=client.session.session_key).expire_date - timezone.now()) / dt.timedelta(days=1)


def words(response) -> str:
    """The page without what changes each time it is drawn."""
    page: str = response.content.decode()
    return page.replace(str(response.context["csrf_token"]), "")


@pytest.mark.parametrize(
    "login", ["Z-pinceau", "z-PINCEAU", "z-pinceau@example.org", "Z-Pinceau@Example.org", " Z-pinceau "]
)
def test_the_user_name_and_the_address_both_open_the_account_whatever_the_case(client, zoe, login):
    response = sign_in(client, login)
    assert response.headers["Location"] == "/arrivee/"
    assert client.session["_auth_user_id"] == str(zoe.pk)


def test_the_session_row_knows_its_user(client, zoe):
    sign_in(client)
    assert Session.objects.get(pk=client.session.session_key).user == zoe


def test_signing_in_changes_the_session_key(client, zoe):
    session = client.session
    session["before"] = True
    session.save()
    before = client.session.session_key
    sign_in(client)
    assert client.session.session_key != before
    assert not Session.objects.filter(pk=before).exists()


@pytest.mark.parametrize("login", ["Z-pinceau", "nobody", "nobody@example.org", "z-pinceau@example.org"])
def test_a_wrong_name_and_a_wrong_password_are_met_with_the_same_page(client, zoe, login):
    response = sign_in(client, login, "autre chose que le mot de passe")
    other = sign_in(client, "Quelqu-un", "autre chose que le mot de passe")
    assert MISMATCH in words(response)
    assert words(response).replace(login, "") == words(other).replace("Quelqu-un", "")
    assert "_auth_user_id" not in client.session


def test_a_closed_account_is_met_with_the_same_words(client, zoe):
    User.objects.update(is_active=False)
    response = sign_in(client)
    assert response.status_code == 200
    assert MISMATCH in words(response)


def test_a_closed_account_is_signed_out_at_once(client, zoe):
    sign_in(client)
    User.objects.update(is_active=False)
    assert client.get("/accueil/").headers["Location"] == "/connexion/?next=/accueil/"


def test_the_page_says_which_fields_are_empty(client):
    page = words(sign_in(client, "", ""))
    assert "Écrivez votre adresse e-mail ou votre nom d’utilisateur" in page
    assert "Écrivez votre mot de passe" in page


def test_the_password_is_never_shown_again(client, zoe):
    assert "un-essai-manqué" not in words(sign_in(client, password="un-essai-manqué"))


@pytest.mark.parametrize("login", ["a\x00b", "x" * 5000, "é" * 200, "%00", "' OR 1=1 --"])
def test_an_odd_name_is_refused_without_a_fault(client, login):
    assert sign_in(client, login).status_code == 200


def test_one_hash_is_computed_for_a_known_name_as_for_an_unknown_one(zoe, monkeypatch):
    """Otherwise the time of the answer tells which accounts exist."""
    hashes = []

    def counted(real):
        def call(*args):
            hashes.append(real.__name__)
            return real(*args)

        return call

    monkeypatch.setattr(PortalArgon2, "encode", counted(PortalArgon2.encode))
    monkeypatch.setattr(PortalArgon2, "verify", counted(PortalArgon2.verify))
    for login in ("Z-pinceau", "z-pinceau@example.org", "nobody", "nobody@example.org"):
        SignInBackend().authenticate(None, username=login, password="faux")
    assert len(hashes) == 4


def test_the_account_is_found_in_one_query(zoe, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert SignInBackend().authenticate(None, username="z-pinceau@example.org", password=PASSWORD) == zoe


def test_an_agent_who_is_a_parent_chooses_by_the_password():
    parent, agent = make_user("Z-pinceau"), make_user("z.pinceau", kind=UserKind.STAFF)
    User.objects.update(email="zoe@example.org")
    agent.refresh_from_db()
    agent.set_password("un-autre-mot-de-passe")
    agent.save()
    backend = SignInBackend()
    assert backend.authenticate(None, username="zoe@example.org", password="un-autre-mot-de-passe") == agent
    assert backend.authenticate(None, username="zoe@example.org", password=PASSWORD) == parent


# How long a session lasts


@pytest.fixture
def clock(time_machine):
    """Stands still until it is told to move."""
    time_machine.move_to(timezone.now(), tick=False)
    return time_machine


def hours_left(client) -> float:
    return days_left(client) * 24


def test_a_parent_stays_until_the_browser_is_closed_and_half_a_day_at_most(client, zoe):
    response = sign_in(client)
    assert client.session.get_expire_at_browser_close()
    assert response.cookies["preau_session"]["max-age"] == ""
    assert 11.9 < hours_left(client) <= 12


def test_a_parent_who_asks_for_it_stays_thirty_days(client, zoe):
    response = sign_in(client, remember="on")
    assert 29.9 < days_left(client) <= 30
    assert response.cookies["preau_session"]["max-age"] == 30 * 86400


def test_an_agent_stays_nine_hours_whatever_is_asked(client):
    agent = make_agent()
    sign_in(client, agent.username, remember="on")
    assert 8.9 < hours_left(client) <= 9


def test_the_town_says_how_long(client, zoe):
    make_town(family_session_hours=3, family_remember_days=7, staff_session_hours=4)
    sign_in(client)
    assert 2.9 < hours_left(client) <= 3
    sign_in_again = client.logout() or sign_in(client, remember="on")
    assert sign_in_again.status_code == 302
    assert 6.9 < days_left(client) <= 7
    client.logout()
    sign_in(client, make_agent().username)
    assert 3.9 < hours_left(client) <= 4


def test_a_session_is_not_made_longer_by_what_is_written_in_it(client, zoe, clock):
    sign_in(client)
    clock.shift(dt.timedelta(hours=5))
    session = client.session
    session["something"] = 1
    session.save()
    assert 6.9 < hours_left(client) <= 7


def test_an_agent_who_does_nothing_for_a_quarter_of_an_hour_is_signed_out(client, clock):
    testing.sign_in(client, make_agent())
    for minutes in (10, 14):  # not idle: each page counts
        clock.shift(dt.timedelta(minutes=minutes))
        assert client.get("/mairie/").status_code == 200
    clock.shift(dt.timedelta(minutes=16))
    assert client.get("/mairie/").headers["Location"] == "/connexion/?next=/mairie/"
    assert client.get("/mairie/").status_code == 302


def test_the_town_says_how_idle_an_agent_may_be(client, clock):
    make_town(staff_idle_minutes=5)
    sign_in(client, make_agent().username)
    assert client.session["idle_minutes"] == 5
    clock.shift(dt.timedelta(minutes=4))
    assert client.get("/mairie/").headers["Location"] == "/mon-compte/protection/"
    clock.shift(dt.timedelta(minutes=6))
    assert client.get("/mairie/").headers["Location"] == "/connexion/?next=/mairie/"


def test_a_parent_may_do_nothing_for_hours(client, zoe, clock):
    sign_in(client)
    clock.shift(dt.timedelta(hours=11))
    assert client.get("/inscriptions/").status_code == 200


def updates_of_sessions(client, path) -> int:
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return sum(query["sql"].startswith('UPDATE "accounts_session"') for query in queries)


@pytest.mark.parametrize(("kind", "path", "seconds"), [("staff", "/mairie/", 60), ("family", "/inscriptions/", 300)])
def test_when_one_was_last_there_is_written_once_in_a_while(client, clock, kind, path, seconds):
    sign_in(client, make_user(kind=kind).username)
    clock.shift(dt.timedelta(seconds=seconds - 5))
    assert updates_of_sessions(client, path) == 0
    clock.shift(dt.timedelta(seconds=10))
    assert updates_of_sessions(client, path) == 1
    assert updates_of_sessions(client, path) == 0


def test_a_session_says_on_which_device_it_is_and_keeps_it(client, zoe):
    client.post(SIGN_IN, {"login": "Z-pinceau", "password": PASSWORD}, headers={"user-agent": ANDROID})
    row = Session.objects.get(user=zoe)
    session = client.session
    session["something"] = 1
    session.save()
    again = Session.objects.get(user=zoe)
    assert again.device == "Téléphone Android, Firefox"
    assert (again.code, again.created_at) == (row.code, row.created_at)


# New devices


def mails() -> list[Outgoing]:
    return list(Outgoing.objects.order_by("pk"))


def test_the_first_visit_of_all_warns_nobody_and_the_next_browser_does(client, zoe):
    sign_in(client)
    client.post("/deconnexion/")
    sign_in(client)
    assert mails() == []
    other = Client(headers={"user-agent": ANDROID})
    sign_in(other)
    [mail] = mails()
    assert (mail.address, mail.subject) == (zoe.email, "Connexion depuis un nouvel appareil")
    assert "Téléphone Android, Firefox" in mail.text
    assert "/mon-compte/appareils/" in mail.text
    other.post("/deconnexion/")
    sign_in(other)
    assert len(mails()) == 1


def test_a_device_known_to_one_is_new_to_another(client, zoe):
    leo = make_user("leo")
    User.objects.update(last_login=timezone.now())
    sign_in(client)
    client.post("/deconnexion/")
    sign_in(client, "leo")
    assert [mail.address for mail in mails()] == [zoe.email, leo.email]


def test_the_cookie_of_the_device_names_nobody(client, zoe):
    cookie = sign_in(client).cookies["preau_device"]
    assert cookie["httponly"]
    assert "pinceau" not in base64.urlsafe_b64decode(cookie.value.split(":")[0] + "==").decode().lower()


def test_a_session_over_is_forgotten(client, zoe):
    sign_in(client)
    Session.objects.update(expire_date=timezone.now() - dt.timedelta(seconds=1))
    assert client.get("/accueil/").headers["Location"] == "/connexion/?next=/accueil/"


def test_sessions_are_cleared_a_day_after_their_end_and_the_others_kept(client, zoe):
    sign_in(client)
    now = timezone.now()
    for key, days in (("old", 2), ("late", 0.5)):
        Session.objects.create(session_key=key, session_data="", expire_date=now - dt.timedelta(days=days))
    assert clear_expired_sessions(now=now) == 1
    assert set(Session.objects.values_list("user", flat=True)) == {zoe.pk, None}


# Where one goes


def test_each_kind_of_user_lands_in_their_own_space(client, zoe):
    agent = make_agent(Capability.SEE_BOOKINGS)
    client.force_login(zoe)
    assert client.get("/arrivee/").headers["Location"] == "/accueil/"
    testing.sign_in(client, agent)
    assert client.get("/arrivee/").headers["Location"] == "/mairie/"


def test_a_visitor_lands_on_the_sign_in_page(client):
    assert client.get("/arrivee/").headers["Location"] == SIGN_IN


def test_signing_in_leads_to_the_page_one_was_going_to(client, zoe):
    asked = client.get("/inscriptions/nouvelle/?enfant=x&type=y")
    page = client.get(asked.headers["Location"])
    assert 'name="next" value="/inscriptions/nouvelle/?enfant=x&amp;type=y"' in page.content.decode()
    response = sign_in(client, next="/inscriptions/nouvelle/?enfant=x&type=y")
    assert response.headers["Location"] == "/inscriptions/nouvelle/?enfant=x&type=y"


def test_the_page_one_was_going_to_survives_a_wrong_password(client, zoe):
    response = sign_in(client, password="faux", next="/inscriptions/")
    assert 'name="next" value="/inscriptions/"' in response.content.decode()


@pytest.mark.parametrize(
    "next_url",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:///evil.example",
        "https://localhost/",
        "/\tevil",
        "\x00",
    ],
)
def test_signing_in_never_leads_elsewhere(client, zoe, next_url):
    response = sign_in(client, next=next_url)
    location = response.headers["Location"]
    assert location == "/arrivee/" or location.startswith("/%09evil")


def test_someone_signed_in_is_not_asked_again(client, zoe):
    client.force_login(zoe)
    assert client.get(SIGN_IN).headers["Location"] == "/arrivee/"


def test_a_form_sent_too_late_leads_back_to_its_page_and_says_so(client, zoe):
    response = client.post(
        "/inscriptions/nouvelle/", headers={"referer": "http://testserver/inscriptions/nouvelle/?enfant=x"}
    )
    assert response.headers["Location"] == "/connexion/?next=/inscriptions/nouvelle/%3Fenfant%3Dx"
    assert "rien n’a été enregistré" in client.get(response.headers["Location"]).content.decode()


def test_a_form_sent_too_late_from_nowhere_leads_where_one_arrives(client):
    response = client.post("/inscriptions/nouvelle/", headers={"referer": "https://evil.example/x"})
    assert response.headers["Location"] == "/connexion/?next=/arrivee/"


def test_a_part_of_a_page_asked_too_late_sends_the_whole_page_to_sign_in(client):
    headers = {"hx-request": "true", "hx-current-url": "http://testserver/inscriptions/nouvelle/?enfant=x"}
    response = client.get("/inscriptions/nouvelle/?enfant=y", headers=headers)
    assert response.status_code == 200
    assert response.headers["HX-Redirect"] == "/connexion/?next=/inscriptions/nouvelle/%3Fenfant%3Dx"
    assert response.content == b""


def test_a_parent_finds_no_desk_and_an_agent_no_family_page(client, zoe):
    agent = make_agent(Capability.SEE_BOOKINGS)
    testing.sign_in(client, agent)
    assert client.get("/accueil/").status_code == 404
    assert client.get("/inscriptions/").status_code == 404


# Slowing down whoever guesses: see test_throttling


def test_five_wrong_passwords_make_whoever_tries_wait(client, zoe):
    for _ in range(5):
        assert sign_in(client, password="faux").status_code == 200
    response = sign_in(client)
    assert response.status_code == 429
    assert TOO_MANY in words(response)
    assert "_auth_user_id" not in client.session


def test_an_unknown_account_waits_just_the_same(client):
    for _ in range(5):
        sign_in(client, "nobody", "faux")
    assert TOO_MANY in words(sign_in(client, "nobody", "faux"))


def test_right_passwords_do_not_count(client, zoe):
    for _ in range(8):
        assert sign_in(client).status_code == 302
        client.logout()


def test_the_page_offers_a_new_password_after_a_wrong_one(client, zoe):
    assert 'href="/mot-de-passe-oublie/"' in words(sign_in(client, password="faux"))


# Signing out


def test_signing_out_ends_the_session_and_says_so(client, zoe):
    sign_in(client)
    response = client.post("/deconnexion/", follow=True)
    assert response.redirect_chain == [("/", 302)]
    assert "Vous êtes déconnecté." in response.content.decode()
    assert not Session.objects.exists()


def test_a_link_signs_nobody_out(client, zoe):
    client.force_login(zoe)
    assert client.get("/deconnexion/").status_code == 405
    assert client.get("/arrivee/").headers["Location"] == "/accueil/"


def test_signing_out_twice_is_harmless(client):
    assert client.post("/deconnexion/").headers["Location"] == "/"


def test_a_page_of_someone_signed_in_is_not_kept_by_the_browser(client, zoe):
    client.force_login(zoe)
    assert "no-store" in client.get("/inscriptions/").headers["Cache-Control"]


# The page itself


def test_the_page_offers_the_ways_that_the_town_opens(client):
    page = client.get(SIGN_IN).content.decode()
    assert '<a href="/creer-mon-compte/">Créer mon compte</a>' in page
    assert "FranceConnect" not in page
    make_town(ways=["invited"])
    page = client.get(SIGN_IN).content.decode()
    assert "Créer mon compte" not in page
    assert '<a href="tel:+33145592000">01 45 59 20 00</a>' in page


def test_no_other_address_of_allauth_exists(client):
    for path in ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/connexion/signup/"):
        assert client.get(path).status_code == 404
