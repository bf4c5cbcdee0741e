"""How long a session lasts, and on which device it is."""

import base64
import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from preau.accounts import testing
from preau.accounts.actions import clear_expired_sessions
from preau.accounts.models import Session, User
from preau.accounts.testing import PASSWORD, make_agent, make_user
from preau.accounts.tests.sign_in.given import ANDROID, SIGN_IN, days_left, sign_in
from preau.notifications.models import Outgoing
from preau.town.testing import make_town

pytestmark = pytest.mark.django_db


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
