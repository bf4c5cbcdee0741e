"""Mon compte: names, password, display, devices; and showing again who one is before what matters most."""

import datetime as dt

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from django.views.decorators.http import require_safe

from preau.accounts.audience import signed_in_page
from preau.accounts.choices import UserKind
from preau.accounts.fresh import confirmed_at, fresh
from preau.accounts.models import Session, User
from preau.accounts.testing import PASSWORD, confirm, make_agent, make_user, sign_in
from preau.journal.models import Entry
from preau.notifications.models import Outgoing
from preau.town.testing import make_town

pytestmark = pytest.mark.django_db

ACCOUNT = "/mon-compte/"
NEW = "girafe sept lampe nuage"


@pytest.fixture
def zoe() -> User:
    make_town()
    return make_user("Z-pinceau")


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 9, 9, tzinfo=dt.UTC), tick=False)
    return time_machine


@pytest.fixture
def signed_in(client, zoe):
    """Zoé, who has just given her password."""
    client.post("/connexion/", {"login": "Z-pinceau", "password": PASSWORD})
    return client


def words(response) -> str:
    page: str = response.content.decode()
    return page.replace("\u00a0", " ")


def test_the_page_says_how_one_signs_in(signed_in) -> None:
    page = words(signed_in.get(ACCOUNT))
    for text in ("Zoé Pinceau", "Z-pinceau", "z-pinceau@example.org", "Choisi à l’ouverture du compte", "Texte normal"):
        assert text in page


def test_agents_have_the_page_too_in_their_own_frame(client, zoe) -> None:
    sign_in(client, make_agent())
    page = words(client.get(ACCOUNT))
    assert 'class="mairie"' in page
    assert "Mes appareils" in page


def test_every_page_leads_to_mon_compte(signed_in) -> None:
    assert 'href="/mon-compte/"' in words(signed_in.get("/inscriptions/"))


# Names


def rename(client, **changes):
    return client.post(
        "/mon-compte/identite/", {"first_name": "Zoé", "last_name": "Pinceau", "username": "Z-pinceau", **changes}
    )


def test_names_change_and_the_new_one_signs_in(signed_in, zoe) -> None:
    assert rename(signed_in, last_name="Durand", username="zoe.durand").status_code == 302
    zoe.refresh_from_db()
    assert (str(zoe), zoe.username) == ("Zoé Durand", "zoe.durand")
    assert Client().post("/connexion/", {"login": "ZOE.durand", "password": PASSWORD}).status_code == 302
    entry = Entry.objects.get(action="accounts.username_changed")
    assert "inceau" not in f"{entry.actor} {entry.subject} {entry.facts}"


def test_a_name_that_is_taken_is_refused_whatever_its_case_and_nothing_changes(signed_in, zoe) -> None:
    make_user("leo")
    response = rename(signed_in, first_name="Léa", username="LEO")
    assert "déjà ce nom d’utilisateur" in words(response)
    assert "Zoé Pinceau" in words(response), "the frame of the page keeps the name"
    zoe.refresh_from_db()
    assert zoe.first_name == "Zoé"


@pytest.mark.parametrize("username", ["ab", "leo@example.org", "deux mots", "x" * 61, "-leo", "", "<b>"])
def test_a_user_name_is_short_and_never_an_address(signed_in, username) -> None:
    response = rename(signed_in, username=username)
    assert response.status_code == 200
    assert "Il y a une erreur à corriger" in words(response)


# Password


def change_password(client, old=PASSWORD, password=NEW, again=None):
    data = {"old_password": old, "password": password, "password_again": again or password}
    return client.post("/mon-compte/mot-de-passe/", data)


def test_the_password_changes_and_only_this_session_stays(signed_in, zoe) -> None:
    elsewhere = Client()
    elsewhere.force_login(zoe)
    assert change_password(signed_in).status_code == 302
    assert signed_in.get(ACCOUNT).status_code == 200
    assert elsewhere.get(ACCOUNT).status_code == 302
    assert Session.objects.get(user=zoe).session_key == signed_in.session.session_key
    zoe.refresh_from_db()
    assert zoe.check_password(NEW)
    assert "Changé le" in words(signed_in.get(ACCOUNT))
    assert Outgoing.objects.get().subject == "Votre mot de passe a changé"


def test_the_old_password_is_asked_and_guesses_are_slowed(signed_in, zoe) -> None:
    for _ in range(5):
        assert "Ce n’est pas votre mot de passe" in words(change_password(signed_in, old="faux"))
    assert change_password(signed_in).status_code == 429
    zoe.refresh_from_db()
    assert zoe.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("password", "fault"),
    [("court", "12 signes"), ("Z-pinceau la lune", "votre nom"), ("cantine2026!", "trop courant")],
)
def test_a_poor_password_is_refused(signed_in, password, fault) -> None:
    assert fault in words(change_password(signed_in, password=password))


def test_an_agent_s_password_opens_no_parent_s_account(client, zoe) -> None:
    agent = make_user("z.pinceau", kind=UserKind.STAFF)
    agent.set_password(NEW)
    agent.save()
    User.objects.update(email="zoe@example.org")
    client.force_login(zoe)
    assert "Ce n’est pas votre mot de passe" in words(
        change_password(client, old=NEW, password="lampe girafe huit pluie")
    )


def test_whoever_has_no_password_is_led_to_choose_one(client, zoe) -> None:
    zoe.set_unusable_password()
    zoe.save()
    client.force_login(zoe)
    assert client.get("/mon-compte/mot-de-passe/").headers["Location"] == "/mot-de-passe-oublie/"
    assert "Choisir" in words(client.get(ACCOUNT))


# Display


def test_the_size_of_the_text_is_kept_for_every_page(signed_in) -> None:
    assert '<html lang="fr">' in words(signed_in.get("/inscriptions/"))
    signed_in.post("/mon-compte/affichage/", {"text_size": "tres-grand"})
    for page in ("/inscriptions/", "/aide/", ACCOUNT):
        assert '<html lang="fr" class="tres-grand">' in words(signed_in.get(page))
    signed_in.post("/mon-compte/affichage/", {"text_size": ""})
    assert '<html lang="fr">' in words(signed_in.get(ACCOUNT))


def test_a_size_that_does_not_exist_is_refused(signed_in) -> None:
    assert signed_in.post("/mon-compte/affichage/", {"text_size": "énorme"}).status_code == 200


def test_the_language_is_asked_only_when_there_are_several(signed_in, zoe, settings) -> None:
    assert "Langue" not in words(signed_in.get("/mon-compte/affichage/"))
    settings.LANGUAGES = [("fr", "Français"), ("en", "English")]
    assert "English" in words(signed_in.get("/mon-compte/affichage/"))
    signed_in.post("/mon-compte/affichage/", {"text_size": "", "language": "en"})
    zoe.refresh_from_db()
    assert zoe.language == "en"


# Devices


def test_one_device_is_signed_out_and_the_others_stay(signed_in, zoe) -> None:
    one, other = Client(), Client()
    for client in (one, other):
        client.post(
            "/connexion/", {"login": "Z-pinceau", "password": PASSWORD}, headers={"user-agent": "Firefox/1 (X11)"}
        )
    page = words(signed_in.get("/mon-compte/appareils/"))
    assert page.count("Ordinateur Linux, Firefox</strong>") == 2
    assert page.count("Cet appareil") == 1
    code = Session.objects.get(session_key=one.session.session_key).code
    signed_in.post(f"/mon-compte/appareils/{code}/deconnecter/")
    assert one.get(ACCOUNT).status_code == 302
    assert other.get(ACCOUNT).status_code == 200


def test_all_the_others_are_signed_out_at_once(signed_in, zoe) -> None:
    elsewhere = Client()
    elsewhere.force_login(zoe)
    signed_in.post("/mon-compte/appareils/deconnecter-les-autres/")
    assert elsewhere.get(ACCOUNT).status_code == 302
    assert signed_in.get(ACCOUNT).status_code == 200


def test_a_device_of_somebody_else_is_no_device(signed_in) -> None:
    leo = Client()
    leo.force_login(make_user("leo"))
    code = Session.objects.get(session_key=leo.session.session_key).code
    assert signed_in.post(f"/mon-compte/appareils/{code}/deconnecter/").status_code == 404
    assert leo.get(ACCOUNT).status_code == 200


def test_sessions_that_are_over_are_not_listed(signed_in, zoe) -> None:
    Session.objects.create(session_key="old", session_data="", user=zoe, expire_date=timezone.now(), device="Vieux")
    assert "Vieux" not in words(signed_in.get("/mon-compte/appareils/"))


def test_the_list_of_devices_takes_as_many_queries_whatever_its_length(
    signed_in, zoe, django_assert_num_queries
) -> None:
    for _ in range(5):
        Client().force_login(zoe)
    signed_in.get("/mon-compte/appareils/")
    with django_assert_num_queries(3):
        signed_in.get("/mon-compte/appareils/")


# Showing again who one is

CONFIRM = "/mon-compte/confirmer/?next=/mon-compte/adresse-e-mail/"


def test_a_page_that_matters_asks_for_the_password_after_a_quarter_of_an_hour(zoe, client, clock) -> None:
    client.post("/connexion/", {"login": "Z-pinceau", "password": PASSWORD})
    clock.shift(15 * 60)
    assert client.get("/mon-compte/adresse-e-mail/").status_code == 200
    clock.shift(1)
    assert client.get("/mon-compte/adresse-e-mail/").headers["Location"] == CONFIRM
    data = {"password": PASSWORD, "next": "/mon-compte/adresse-e-mail/"}
    assert client.post("/mon-compte/confirmer/", data).headers["Location"] == "/mon-compte/adresse-e-mail/"
    assert client.get("/mon-compte/adresse-e-mail/").status_code == 200


def test_a_session_without_any_record_has_shown_nothing(client, zoe) -> None:
    client.force_login(zoe)
    assert client.get("/mon-compte/adresse-e-mail/").status_code == 302
    confirm(client)
    assert client.get("/mon-compte/adresse-e-mail/").status_code == 200


def test_a_wrong_password_confirms_nothing(client, zoe) -> None:
    client.force_login(zoe)
    response = client.post("/mon-compte/confirmer/", {"password": "faux"})
    assert "Ce n’est pas votre mot de passe" in words(response)
    assert client.get("/mon-compte/adresse-e-mail/").status_code == 302


def test_one_is_led_nowhere_else(signed_in) -> None:
    for place in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        response = signed_in.post("/mon-compte/confirmer/", {"password": PASSWORD, "next": place})
        assert response.headers["Location"] == ACCOUNT


@pytest.mark.parametrize(
    ("method", "minutes", "opens"), [("password", 5, True), ("mfa", 5, True), ("unheard-of", 5, False)]
)
def test_what_counts_is_chosen_by_the_page(rf, client, zoe, method, minutes, opens) -> None:
    @signed_in_page
    @fresh(minutes=minutes)
    @require_safe
    def page(request):
        return HttpResponse(str(confirmed_at(request)))

    client.force_login(zoe)
    confirm(client, method)
    request = rf.get("/x/")
    request.user, request.session = zoe, client.session
    assert (page(request).status_code == 200) is opens
