"""Pages that cannot be shown."""

import logging
import re

import pytest
from django.test import Client

from preau.accounts.choices import UserKind
from preau.accounts.testing import make_user, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.urls("preau.portal.tests.error_urls")]


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


def test_an_unknown_address_offers_ways_out(visitor):
    response = visitor.get("/nulle-part/")
    assert response.status_code == 404
    html = response.content.decode()
    assert "Ce crochet est vide" in html
    for address in ("/portal/welcome", "/accounts/login", "/portal/sitemap", "/portal/help"):
        assert f'href="{address}"' in html


def test_a_refusal_says_whom_to_ask(visitor):
    response = visitor.get("/refusee/")
    assert response.status_code == 403
    assert "Cette page ne vous est pas ouverte" in response.content.decode()


@pytest.mark.parametrize(
    ("kind", "header"), [(UserKind.FAMILY, '<header class="entete">'), (UserKind.STAFF, '<header class="m-entete">')]
)
def test_a_signed_in_person_stays_in_their_space(visitor, kind, header):
    sign_in(visitor, make_user(kind=kind))
    html = visitor.get("/nulle-part/").content.decode()
    assert header in html
    assert 'href="/accounts/landing">Revenir à l’accueil' in html
    assert "Se connecter" not in html


@pytest.mark.parametrize(
    ("address", "back"),
    [
        ("/choses/velo/essai/supprimer/", "/choses/velo/"),
        ("/choses/robot/prevenir/", "/"),  # no thing is called « robot »
    ],
)
def test_the_address_of_a_button_leads_to_the_page_above_it(visitor, address, back):
    response = visitor.get(address)
    assert (response.status_code, response["Allow"]) == (405, "POST")
    html = response.content.decode()
    assert "Cette page ne s’ouvre pas ainsi" in html
    assert f'href="{back}">Revenir à la page' in html


def test_a_form_sent_to_a_page_that_takes_none_leads_to_that_page(visitor):
    assert 'href="/choses/velo/">Revenir à la page' in visitor.post("/choses/velo/").content.decode()


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/abimee/", 400, "Rien n’a été enregistré"),
        ("/cassee/", 500, "Quelque chose est tombé"),
        ("/entretien/", 503, "en entretien"),
    ],
)
def test_a_page_that_stands_alone_asks_nothing_of_the_database(
    visitor, django_assert_num_queries, address, status, words
):
    with django_assert_num_queries(0):
        response = visitor.get(address)
    assert response.status_code == status
    assert words in response.content.decode()


def test_the_code_given_after_a_failure_is_in_the_log(visitor, caplog):
    with caplog.at_level(logging.ERROR):
        html = visitor.get("/cassee/?mois=2026-02").content.decode()
    code = re.search(r'<span class="ref">(E-\w{4}-\w{4})</span>', html)
    assert code
    assert code.group(1) in caplog.text


def test_a_failed_reading_may_be_tried_again_at_the_same_address(visitor):
    assert (
        '<a class="bouton" href="/cassee/?a=1&amp;b=2">Essayer encore'
        in visitor.get("/cassee/?a=1&b=2").content.decode()
    )


def test_a_failed_sending_is_not_offered_again(visitor):
    assert "Essayer encore" not in visitor.post("/cassee/").content.decode()


def test_maintenance_tells_robots_to_come_back_later(visitor):
    assert visitor.get("/entretien/")["Retry-After"] == "600"


@pytest.fixture
def strict() -> Client:
    return Client(enforce_csrf_checks=True)


def test_an_expired_form_leads_back_to_its_page(strict):
    response = strict.post("/cassee/", headers={"referer": "http://testserver/planning/nora/?mois=2026-02"})
    assert response.status_code == 403
    html = response.content.decode()
    assert "Votre session a expiré" in html
    assert 'href="http://testserver/planning/nora/?mois=2026-02"' in html


@pytest.mark.parametrize("page", ["https://pirate.example/", "javascript:alert(1)", ""])
def test_an_expired_form_never_leads_to_another_site(strict, page):
    html = strict.post("/cassee/", headers={"referer": page}).content.decode()
    assert 'href="/portal/welcome">Revenir à l’accueil' in html
    assert "pirate" not in html
    assert "javascript" not in html


def test_a_browser_that_refuses_cookies_is_told_so(strict):
    assert "Votre navigateur refuse les cookies" in strict.post("/cassee/").content.decode()
