"""Another e-mail address: confirmed from there, taken back from the old one for a week."""

import datetime as dt
import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.utils import timezone

from preau.accounts.credentials import answer_password_requests, ask_email_change
from preau.accounts.factors import add_passkey, drop_newer_factors, factors_of
from preau.accounts.franceconnect.actions import tie
from preau.accounts.models import EmailChange, Session, User
from preau.accounts.testing import PASSWORD, confirm, make_app, make_user
from preau.accounts.tests.franceconnect.given import sign_in
from preau.notifications.models import Outgoing
from preau.town.testing import make_town

pytestmark = pytest.mark.django_db

OLD, NEW = "z-pinceau@example.org", "zoe@nouvelle.example"


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 9, 9, tzinfo=dt.UTC), tick=False)
    return time_machine


@pytest.fixture
def zoe() -> User:
    make_town()
    return make_user("Z-pinceau")


@pytest.fixture
def signed_in(client, zoe):
    client.post("/connexion/", {"login": "Z-pinceau", "password": PASSWORD})
    return client


def ask(client: Client, email: str = NEW):
    return client.post("/mon-compte/adresse-e-mail/", {"email": email})


def link(kind: str, to: str) -> str:
    """The last address of this kind mailed there."""
    texts = Outgoing.objects.filter(address=to).order_by("-pk").values_list("text", flat=True)
    return next(match[0] for text in texts if (match := re.search(rf"/adresse-e-mail/{kind}/\S+/", text)))


def changed(client: Client) -> None:
    ask(client)
    assert Client().post(link("confirmer", NEW)).status_code == 302


def email_of(user: User) -> str:
    user.refresh_from_db()
    return user.email


def words(response) -> str:
    page: str = response.content.decode()
    return page.replace("\u00a0", " ")


def test_nothing_changes_before_the_new_address_answers(signed_in, zoe) -> None:
    ask(signed_in)
    assert email_of(zoe) == OLD
    page = words(signed_in.get("/mon-compte/"))
    assert f"Nouvelle adresse à confirmer : {NEW}" in page
    assert [mail.address for mail in Outgoing.objects.all()] == [NEW]
    client = Client()
    assert NEW in words(client.get(link("confirmer", NEW)))
    assert email_of(zoe) == OLD, "a mail scanner opens links"


def test_once_confirmed_the_new_one_signs_in_and_the_old_one_is_warned(signed_in, zoe) -> None:
    changed(signed_in)
    assert email_of(zoe) == NEW
    assert Client().post("/connexion/", {"login": NEW, "password": PASSWORD}).status_code == 302
    mail = Outgoing.objects.get(address=OLD)
    assert mail.subject == "L’adresse e-mail de votre compte a changé"
    assert NEW in mail.text
    assert signed_in.get("/mon-compte/").status_code == 200


def test_a_confirmation_works_once(signed_in, zoe) -> None:
    changed(signed_in)
    response = Client().post(link("confirmer", NEW))
    assert response.status_code == 410
    assert "Ce lien a déjà servi" in words(response)
    assert Outgoing.objects.filter(address=OLD).count() == 1


def test_whoever_has_the_address_already_is_told_and_the_page_says_nothing(signed_in, zoe) -> None:
    leo = make_user("leo")
    taken, free = ask(signed_in, leo.email), ask(signed_in, NEW)
    assert (taken.status_code, taken.headers["Location"]) == (free.status_code, free.headers["Location"])
    mail = Outgoing.objects.get(address=leo.email)
    assert mail.subject == "Cette adresse a déjà un compte"
    assert "Z-pinceau" not in mail.text + mail.html
    assert "/adresse-e-mail/confirmer/" not in mail.text


def test_an_address_taken_meanwhile_is_not_taken_twice(signed_in, zoe) -> None:
    ask(signed_in)
    User.objects.filter(pk=make_user("leo").pk).update(email=NEW.upper())
    response = Client().post(link("confirmer", NEW))
    assert response.status_code == 409
    assert "Cette adresse a déjà un compte" in words(response)
    assert email_of(zoe) == OLD


def test_one_s_own_address_is_no_change(signed_in, zoe) -> None:
    assert "C’est déjà votre adresse" in words(ask(signed_in, OLD.upper()))
    assert not EmailChange.objects.exists()


def test_a_change_may_be_dropped(signed_in, zoe) -> None:
    ask(signed_in)
    mailed = link("confirmer", NEW)
    signed_in.post("/mon-compte/adresse-e-mail/abandonner/")
    assert "à confirmer" not in words(signed_in.get("/mon-compte/"))
    assert Client().post(mailed).status_code == 410
    assert email_of(zoe) == OLD


def test_a_change_asked_again_closes_the_one_before(signed_in, zoe) -> None:
    ask(signed_in, "premiere@example.net")
    first = link("confirmer", "premiere@example.net")
    changed(signed_in)
    assert Client().post(first).status_code == 410
    assert email_of(zoe) == NEW


def test_a_confirmation_holds_three_days(signed_in, zoe, clock) -> None:
    ask(signed_in)
    mailed = link("confirmer", NEW)
    clock.shift(72 * 3600)
    assert Client().get(mailed).status_code == 410


def test_the_old_address_takes_it_back_for_a_week(signed_in, zoe, clock) -> None:
    changed(signed_in)
    undo = link("revenir", OLD)
    clock.shift(7 * 24 * 3600 - 1)
    client = Client()
    assert OLD in words(client.get(undo))
    assert email_of(zoe) == NEW
    response = client.post(undo)
    assert email_of(zoe) == OLD
    assert response.headers["Location"].startswith("/mot-de-passe-oublie/")
    assert client.get(response.headers["Location"]).status_code == 200


def test_after_a_week_it_is_too_late(signed_in, zoe, clock) -> None:
    changed(signed_in)
    clock.shift(7 * 24 * 3600)
    assert Client().post(link("revenir", OLD)).status_code == 410
    assert email_of(zoe) == NEW


def test_taking_it_back_ends_all_sessions_and_the_password(signed_in, zoe) -> None:
    changed(signed_in)
    response = Client().post(link("revenir", OLD))
    assert signed_in.get("/mon-compte/").status_code == 302
    assert not Session.objects.filter(user=zoe).exists()
    assert Client().post("/connexion/", {"login": "Z-pinceau", "password": PASSWORD}).status_code == 200
    new = "girafe sept lampe nuage"
    Client().post(response.headers["Location"], {"password": new, "password_again": new})
    assert Client().post("/connexion/", {"login": OLD, "password": new}).status_code == 302


def come_back(client: Client, user: User) -> None:
    client.force_login(user)
    confirm(client)


def left(user: User) -> set[str]:
    """What still opens the account beside a password: kinds of factors, and FranceConnect."""
    factors = Authenticator.objects.filter(user=user).values_list("type", flat=True)
    return {*factors, *SocialAccount.objects.filter(user=user).values_list("provider", flat=True)}


def add_what_a_thief_would(user: User, *, now: dt.datetime) -> None:
    add_passkey(user, name="Celle du voleur", credential={}, now=now)
    tie(user=user, sign_in=sign_in("voleur"), by=user, now=now)


def test_taking_it_back_takes_away_what_a_thief_added_to_stay(signed_in, zoe, clock) -> None:
    add_what_a_thief_would(zoe, now=timezone.now())
    clock.shift(23 * 3600)
    come_back(signed_in, zoe)
    changed(signed_in)
    Client().post(link("revenir", OLD))
    assert left(zoe) == set()


def test_taking_it_back_leaves_what_the_owner_had_before(signed_in, zoe, clock) -> None:
    make_app(zoe)
    tie(user=zoe, sign_in=sign_in("zoe"), by=zoe, now=timezone.now())
    clock.shift(25 * 3600)
    come_back(signed_in, zoe)
    changed(signed_in)
    add_passkey(zoe, name="Celle du voleur", credential={}, now=timezone.now())
    Client().post(link("revenir", OLD))
    assert left(zoe) == {"totp", "recovery_codes", "franceconnect"}


def test_an_agent_keeps_a_protection_rather_than_none(clock) -> None:
    """The one who reads the old address would come in without any."""
    make_town()
    agent = make_user("s.benali", kind="staff")
    change = ask_email_change(agent, NEW, now=timezone.now())
    add_passkey(agent, name="La seule", credential={}, now=timezone.now())
    drop_newer_factors(agent, since=change.asked_at, now=timezone.now())
    assert left(agent) == {"webauthn", "recovery_codes"}
    clock.shift(3600)
    add_passkey(agent, name="Une autre", credential={}, now=timezone.now())
    drop_newer_factors(agent, since=timezone.now(), now=timezone.now())
    assert [str(row) for row in factors_of(agent).passkeys] == ["La seule"]


def test_whoever_took_the_address_can_take_nothing_back(signed_in, zoe) -> None:
    """A thief changes it twice, and asks for a password: nothing of it holds once the owner has come back."""
    changed(signed_in)
    ask(signed_in, "voleur@example.net")
    Client().post(link("confirmer", "voleur@example.net"))
    of_the_thief = link("revenir", NEW)
    Client().post("/mot-de-passe-oublie/", {"login": "Z-pinceau"})
    answer_password_requests(now=timezone.now())
    text = Outgoing.objects.get(template="accounts/mail/password_link").text
    chosen = re.search(r"/mot-de-passe-oublie/\S+/", text)
    assert Client().post(link("revenir", OLD)).status_code == 302
    assert email_of(zoe) == OLD
    assert Client().post(of_the_thief).status_code == 410
    assert chosen is not None
    assert Client().get(chosen[0]).status_code == 410


def test_a_change_can_be_taken_back_only_once(signed_in, zoe) -> None:
    changed(signed_in)
    undo = link("revenir", OLD)
    Client().post(undo)
    assert Client().post(undo).status_code == 410


def test_mails_have_no_password_and_a_plain_subject(signed_in, zoe) -> None:
    changed(signed_in)
    Client().post(link("revenir", OLD))
    for mail in Outgoing.objects.all():
        assert PASSWORD not in mail.text + mail.html
        assert "Zoé" not in mail.subject
        assert "http" in mail.html
