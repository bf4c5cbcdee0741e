"""Conditions: asked at the next sign-in when a version is new, before anything else, once."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from preau.accounts.conditions import accept, texts_to_accept
from preau.accounts.models import Acceptance, User
from preau.accounts.testing import PASSWORD, make_agent, make_user, sign_in
from preau.journal.models import Entry
from preau.town.models import Text
from preau.town.testing import make_text, make_town

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 9, 9, tzinfo=dt.UTC)
CONDITIONS = "/conditions/"


@pytest.fixture
def zoe() -> User:
    make_town()
    return make_user("Z-pinceau")


def enter(client: Client, next_page: str = "") -> str:
    """Sign in as Zoé; where she is led."""
    answer = client.post("/connexion/", {"login": "Z-pinceau", "password": PASSWORD, "next": next_page})
    return str(answer["Location"])


def held(client: Client, page: str = "/planning/") -> bool:
    answer = client.get(page)
    return answer.status_code == 302 and answer["Location"].startswith(CONDITIONS)


def answers(text: Text) -> dict[str, str]:
    return {f"accept-{text.pk}": "on"}


def test_a_town_without_conditions_holds_nobody(client, zoe) -> None:
    enter(client)
    assert not held(client)


def test_a_new_version_is_asked_at_the_next_sign_in_and_not_before(client, zoe) -> None:
    accept(zoe, [make_text("terms")], now=NOW)
    enter(client)
    make_text("terms", "Autres règles.")
    assert not held(client)
    client.post("/deconnexion/")
    enter(client)
    assert held(client)


def test_whoever_accepted_the_version_in_force_is_not_asked(client, zoe) -> None:
    accept(zoe, [make_text("terms"), make_text("privacy")], now=NOW)
    enter(client)
    assert not held(client)


def test_what_changes_is_told_to_those_who_knew_the_text(client, zoe) -> None:
    accept(zoe, [make_text("terms")], now=NOW)
    make_text("terms", "Autres règles.", changes="Le wifi est ouvert.")
    make_text("privacy", "Vos données.", changes="Rien pour vous.")
    enter(client)
    page = client.get(CONDITIONS).content.decode()
    assert "Le wifi est ouvert." in page
    assert "Rien pour vous." not in page
    assert "J’ai lu et j’accepte les conditions d’utilisation" in page
    assert "J’ai pris connaissance de la politique de confidentialité" in page


def test_accepting_leads_where_one_was_going(client, zoe) -> None:
    terms, privacy = make_text("terms"), make_text("privacy")
    enter(client, "/factures/?annee=2026")
    to_conditions = client.get("/factures/?annee=2026")["Location"]
    assert to_conditions == f"{CONDITIONS}?next=/factures/%3Fannee%3D2026"
    answer = client.post(to_conditions, answers(terms) | answers(privacy) | {"next": "/factures/?annee=2026"})
    assert answer["Location"] == "/factures/?annee=2026"
    assert set(zoe.acceptances.values_list("text", flat=True)) == {terms.pk, privacy.pk}
    assert not held(client)
    assert Entry.objects.get(action="accounts.texts_accepted").facts["texts"] == ["terms 1", "privacy 1"]


@pytest.mark.parametrize("elsewhere", ["https://a.example.org/", "//a.example.org", "javascript:alert(1)", "x", "٣"])
def test_accepting_never_leads_to_another_site(client, zoe, elsewhere) -> None:
    terms = make_text("terms")
    enter(client)
    assert client.post(CONDITIONS, answers(terms) | {"next": elsewhere})["Location"] == reverse("accounts:account")


def test_both_boxes_are_needed(client, zoe) -> None:
    terms, privacy = make_text("terms"), make_text("privacy")
    enter(client)
    answer = client.post(CONDITIONS, answers(terms))
    assert f"accept-{privacy.pk}" in answer.content.decode()
    assert not Acceptance.objects.exists()
    assert held(client)


def test_a_version_published_while_one_reads_is_read_too(client, zoe) -> None:
    terms = make_text("terms")
    enter(client)
    make_text("terms", "Autres règles.")
    assert "Il manque une réponse" in client.post(CONDITIONS, answers(terms)).content.decode()
    assert not Acceptance.objects.exists()


def test_refusing_signs_out_and_says_so(client, zoe) -> None:
    make_text("terms")
    enter(client)
    answer = client.post(CONDITIONS, {"refuse": "1"}, follow=True)
    assert "Vous n’avez pas accepté" in answer.content.decode()
    assert "_auth_user_id" not in client.session
    assert not Acceptance.objects.exists()


def test_accepting_twice_is_accepting_once(client, zoe) -> None:
    terms = make_text("terms")
    enter(client)
    client.post(CONDITIONS, answers(terms))
    client.post(CONDITIONS, answers(terms))
    accept(zoe, [terms], now=NOW)
    assert Acceptance.objects.count() == 1


@pytest.mark.parametrize("page", ["/mon-compte/", "/mon-compte/appareils/", "/aide/", "/donnees-personnelles/"])
def test_ones_account_and_public_pages_stay_open(client, zoe, page) -> None:
    make_text("terms")
    enter(client)
    assert client.get(page).status_code == 200
    assert client.post("/deconnexion/").status_code == 302


@pytest.mark.parametrize("page", ["/accueil/", "/planning/", "/factures/", "/reprise/", "/en-attente/"])
def test_other_pages_wait(client, zoe, page) -> None:
    make_text("terms")
    enter(client)
    assert held(client, page)


def test_whoever_waits_for_a_file_is_asked_too(client, zoe) -> None:
    User.objects.filter(pk=zoe.pk).update(is_admitted=False)
    make_text("terms")
    enter(client)
    assert held(client, "/en-attente/")


def test_agents_are_not_asked(client) -> None:
    make_town()
    make_text("terms")
    agent = make_agent()
    sign_in(client, agent)
    assert client.get("/mairie/").status_code == 200


def test_the_notice_alone_asks_nothing_of_a_town_without_conditions(zoe) -> None:
    make_text("privacy")
    assert texts_to_accept(zoe) == []


def test_ordinary_pages_read_nothing_of_conditions(client, zoe) -> None:
    accept(zoe, [make_text("terms")], now=NOW)
    enter(client)
    with CaptureQueriesContext(connection) as seen:
        client.get("/accueil/")
    assert not [query for query in seen if "town_text" in query["sql"] or "accounts_acceptance" in query["sql"]]


def test_mon_compte_tells_what_was_accepted_and_links_to_that_very_version(client, zoe) -> None:
    accept(zoe, [make_text("terms", title="Conditions d’utilisation")], now=NOW)
    make_text("terms", "Autres règles.", title="Conditions d’utilisation")
    sign_in(client, zoe)
    page = client.get("/mon-compte/").content.decode()
    assert "Acceptée le 9\u00a0novembre 2026" in page or "Acceptée le 9 novembre 2026" in page
    assert "/textes/terms/1/" in page
    assert "/textes/terms/2/" not in page
