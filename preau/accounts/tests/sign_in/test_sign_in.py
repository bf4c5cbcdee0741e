"""Signing in and out."""

import pytest

from preau.accounts import testing
from preau.accounts.backends import SignInBackend
from preau.accounts.choices import Capability, UserKind
from preau.accounts.hashers import PortalArgon2
from preau.accounts.models import Session, User
from preau.accounts.testing import PASSWORD, make_agent, make_user
from preau.accounts.tests.sign_in.given import MISMATCH, SIGN_IN, TOO_MANY, sign_in, words
from preau.town.testing import make_town

pytestmark = pytest.mark.django_db


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
