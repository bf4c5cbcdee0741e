"""Documents among what is asked: each in the state that its household, its adults or its child are in."""

import datetime as dt

import pytest
import time_machine

from preau.accounts.choices import Capability
from preau.accounts.testing import make_agent
from preau.core.dates import PARIS
from preau.documents.actions import accept_document, refuse_document
from preau.documents.choices import Holder
from preau.documents.testing import make_document, make_kind
from preau.families.testing import make_adult, make_child, make_family
from preau.town.testing import make_level, make_place, make_service, make_town, make_year

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 9, 9, tzinfo=PARIS)
PAGE = "/dossier/a-faire/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def zoe(client):
    make_town()
    make_service()  # which reads the documents
    family = make_family()
    make_adult(family)
    make_child(family, year=make_year(), school=make_place(), level=make_level("gs"))
    client.force_login(family.adults.get().user)
    return family


@pytest.fixture
def agent():
    return make_agent(Capability.REVIEW_DOCUMENTS, Capability.HANDLE_REQUESTS)


def asked(code="justificatif-de-domicile", stage="before_booking", *, case=None, **values):
    return make_kind(code, required=[{"stage": stage, **(case or {})}], **values)


def given(kind, family, holder=None):
    return make_document(kind, holder or family, family, by=family.adults.get().user, now=NOW)


def page(client) -> str:
    text: str = client.get(PAGE).content.decode()
    return text.replace("\u00a0", " ")


def test_a_document_that_is_asked_for_is_missing_and_leads_to_where_it_is_handed_in(client, zoe):
    asked()
    shown = page(client)
    assert "Envoyer : justificatif de domicile" in shown
    assert 'href="/dossier/documents/deposer/?piece=justificatif-de-domicile"' in shown


def test_that_of_a_child_names_the_child(client, zoe):
    asked("assurance", holder=Holder.CHILD)
    nora = zoe.homes.get().participant
    assert f"?piece=assurance&amp;pour={nora.code}" in page(client)


def test_while_an_agent_reads_it_nothing_is_asked_nor_blocked(client, zoe):
    given(asked(), zoe)
    shown = page(client)
    assert "La mairie vérifie 1 élément." in shown
    assert "Envoyer" not in shown


def test_once_accepted_the_file_is_complete(client, zoe, agent):
    document = given(asked(), zoe)
    accept_document(document.demarche, valid_until=None, by=agent, version=1, now=NOW)
    assert "Dossier complet" in page(client)


def test_a_refused_one_is_asked_again_with_the_reason(client, zoe, agent):
    document = given(asked(), zoe)
    refuse_document(document.demarche, reason="La photo est trop sombre.", by=agent, version=1, now=NOW)
    assert "Refusé : La photo est trop sombre." in page(client)


def test_one_that_has_expired_is_asked_again_since_then(client, zoe, agent):
    document = given(asked(), zoe)
    accept_document(document.demarche, valid_until=NOW.date(), by=agent, version=1, now=NOW)
    with time_machine.travel(NOW + dt.timedelta(days=1), tick=False):
        client.force_login(zoe.adults.get().user)
        assert "Périmé depuis le 9 novembre 2026." in page(client)


def test_what_leaving_an_optional_one_out_costs_is_told(client, zoe):
    asked("avis", "optional", case={"without": "Sans lui, le tarif le plus élevé s’applique."})
    assert "Sans lui, le tarif le plus élevé s’applique." in page(client)


def test_a_document_of_some_levels_is_asked_of_those_alone(client, zoe):
    asked(case={"levels": ["cp"]})
    assert "Dossier complet" in page(client)


def test_that_of_an_adult_serves_for_the_household(client, zoe, agent):
    document = given(asked("identite", holder=Holder.ADULT), zoe, zoe.adults.get())
    accept_document(document.demarche, valid_until=None, by=agent, version=1, now=NOW)
    assert "Dossier complet" in page(client)
