"""« Mon dossier »: the children of the household, and the section that leads there."""

import datetime as dt

import pytest
import time_machine

from preau.accounts.choices import Capability
from preau.accounts.testing import make_agent, make_user, sign_in
from preau.core.dates import PARIS
from preau.documents.actions import accept_document
from preau.documents.testing import make_document, make_kind
from preau.families.actions import answer_consent
from preau.families.choices import Situation
from preau.families.testing import make_adult, make_bond, make_child, make_family
from preau.members.actions.eating import choose_diets
from preau.members.testing import make_diet
from preau.portal.sections import SECTIONS
from preau.pricing.testing import make_quotient
from preau.town.testing import make_level, make_place, make_service, make_text, make_town, make_year

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 10, 5, 12, 0, tzinfo=PARIS)
DOSSIER = "/dossier/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def town():
    return make_town(sections=[{"code": "dossier", "label": "Dossier"}])


@pytest.fixture
def zoe(client):
    user = make_user(first_name="Zoé", last_name="Pinceau")
    sign_in(client, user)
    return make_adult(make_family(name="Pinceau", number="1084-3154"), user=user)


def page(response) -> str:
    assert response.status_code == 200
    text: str = response.content.decode()
    return text.replace("\u00a0", " ")


def test_the_page_names_the_file_and_its_children(client, zoe):
    nora = make_child(
        zoe.family, year=make_year(), school=make_place(name="École Péri"), level=make_level(name="Grande section")
    )
    html = page(client.get(DOSSIER))
    assert "<h1>Dossier famille Pinceau</h1>" in html
    assert "1084-3154" in html
    assert f"{nora.first_name}</span>" in html
    assert "14 mars 2021 · Grande section" in html
    assert "École Péri" in html


def test_a_file_without_children_says_what_to_do(client, zoe):
    assert "Aucun enfant dans votre dossier" in page(client.get(DOSSIER))


def test_only_the_children_whose_identity_one_may_see_are_there(client, zoe):
    other = make_family(name="Roussel")
    child = make_child(other, first_name="Gaspard")
    make_bond(zoe, child, Situation.PAYER_ONLY)
    assert "Gaspard" not in page(client.get(DOSSIER))


def test_the_answer_about_image_rights_is_told_child_by_child(client, zoe):
    nora, text = make_child(zoe.family), make_text("consent-image")
    make_child(zoe.family, first_name="Mylis")
    answer_consent(adult=zoe, participant=nora, text=text, given=True, by=zoe.user, now=NOW)
    html = page(client.get(DOSSIER))
    assert "<span>Accordé</span>" in html
    assert "<span>Sans réponse</span>" in html


def test_six_children_cost_as_many_queries_as_one(client, zoe, django_assert_num_queries):
    make_text("consent-image")
    make_kind("carnet-de-vaccination", holder="child", required=[{"stage": "before_first_day"}])
    make_child(zoe.family)
    page(client.get(DOSSIER))
    with django_assert_num_queries(QUERIES):
        client.get(DOSSIER)
    for rank in range(5):
        make_child(zoe.family, first_name=f"Enfant {rank}")
    with django_assert_num_queries(QUERIES):
        client.get(DOSSIER)


QUERIES = 42


@pytest.mark.parametrize("name", ["portal:dossier", "families:child", "demarches:mine", "health:sheet"])
def test_the_section_holds_the_pages_of_the_areas_of_the_file(name):
    assert SECTIONS["dossier"].holds(name)


@pytest.mark.parametrize("name", ["portal:home", "families:consents", "accounts:account", "bookings:planning"])
def test_the_section_leaves_to_others_what_is_theirs(name):
    assert not SECTIONS["dossier"].holds(name)


def test_the_menu_leads_to_the_file_under_the_name_of_the_town(client, zoe):
    make_town(sections=[{"code": "dossier", "label": "Mon dossier familial"}])
    html = page(client.get(DOSSIER))
    assert 'href="/dossier/" aria-current="page"' in html
    assert "Mon dossier familial" in html


def test_papers_of_the_file_tell_what_is_to_be_done_first(client, zoe):
    make_child(zoe.family)
    make_service()
    book = make_kind("livret-de-famille", required=[{"stage": "before_first_day"}])
    make_kind("justificatif-de-domicile", required=[{"stage": "before_first_day"}])
    make_document(book, zoe.family, zoe.family, by=zoe.user, now=NOW)
    html = page(client.get(DOSSIER))
    shown = html[html.index("Pièces du dossier") :]
    assert shown.index("Justificatif de domicile") < shown.index("Livret de famille")
    assert 'href="/dossier/documents/deposer/?piece=justificatif-de-domicile"' in shown
    assert "En cours de lecture" in shown


def test_an_unknown_quotient_says_what_it_costs_and_what_to_do(client, zoe):
    assert "Appelez la mairie" in quotient(client)
    make_kind("avis-d-imposition", required=[{"stage": "optional", "without": "Tarif le plus haut."}])
    assert "?piece=avis-d-imposition" in quotient(client)
    make_text("consent-quotient")
    assert "Donner mon accord" in quotient(client)


def test_a_known_quotient_is_silent_until_its_proof_ends(client, zoe):
    make_service()
    kind = make_kind("avis-d-imposition", required=[{"stage": "optional"}])
    make_quotient(zoe.family)
    assert "Votre quotient familial" not in page(client.get(DOSSIER))
    document = make_document(kind, zoe.family, zoe.family, by=zoe.user, now=NOW)
    agent = make_agent(Capability.REVIEW_DOCUMENTS)
    until = NOW.date() + dt.timedelta(days=10)
    accept_document(document.demarche, valid_until=until, by=agent, version=1, now=NOW)
    assert "vous paierez le tarif le plus haut" in quotient(client)


def quotient(client) -> str:
    html = page(client.get(DOSSIER))
    return html[html.index("Votre quotient familial") :]


def test_the_page_of_a_child_tells_the_diet_and_where_it_changes(client, zoe):
    child = make_child(zoe.family)
    assert "À table" not in page(client.get(f"/dossier/enfants/{child.code}/"))
    diet = make_diet()
    choose_diets(adult=zoe, participant=child, diets=[diet], starts_on=NOW.date(), by=zoe.user, now=NOW)
    html = page(client.get(f"/dossier/enfants/{child.code}/"))
    assert diet.name in html
    assert f'href="/dossier/enfants/{child.code}/regime/"' in html
