"""« Familles »: an agent finds a file and reads it on one page."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from preau.accounts import testing
from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.accounts.testing import make_agent
from preau.activities.testing import make_activity, make_group, make_unit
from preau.bookings.testing import paris
from preau.documents.testing import make_document, make_kind
from preau.enrolments.testing import make_enrolment, make_intake
from preau.families.actions import protect
from preau.families.choices import Situation
from preau.families.models import Adult, Family
from preau.families.testing import make_adult, make_bond, make_child, make_family
from preau.journal.models import Entry
from preau.pricing.testing import make_quotient
from preau.town.testing import make_level, make_place, make_service, make_town, make_year

pytestmark = pytest.mark.django_db

NOW = paris(2026, 11, 9, 9)
LIST = "/mairie/familles/"


@pytest.fixture(autouse=True)
def monday(time_machine):
    time_machine.move_to(NOW, tick=False)
    make_town()


def agent_of(**where) -> Client:
    return client_of(make_agent(Capability.SEE_FAMILIES, **where))


def client_of(user) -> Client:
    client = Client()
    testing.sign_in(client, user)
    return client


@pytest.fixture
def samira() -> Client:
    return agent_of()


@pytest.fixture
def pinceau() -> Family:
    family = make_family(name="Pinceau", number="1084-3154")
    make_adult(family, first_name="Zoé")
    return family


def school_child(family: Family, **names):
    return make_child(family, year=make_year(), school=make_place("ecole"), level=make_level("gs"), **names)


def text(response) -> str:
    assert response.status_code == 200
    return " ".join(strip_tags(response.content.decode()).split())


def page_of(client: Client, family: Family, under: str = ""):
    return client.get(f"{LIST}{family.code}/{under}")


def test_nothing_is_listed_until_something_is_typed(samira: Client, pinceau: Family) -> None:
    shown = text(samira.get(LIST))
    assert "Cherchez une famille" in shown
    assert "Pinceau" not in shown


@pytest.mark.parametrize("typed", ["pinceau", "ZOE", "nora pinc", "10843154"])
def test_a_file_is_found_by_anything(samira: Client, pinceau: Family, typed: str) -> None:
    school_child(pinceau, first_name="Nora")
    make_family(name="Martin")
    shown = text(samira.get(LIST, {"q": typed}))
    assert f"1 dossier pour « {typed} »" in shown
    assert "Nora, " in shown
    assert "Martin" not in shown


def test_nobody_found_is_told_with_what_to_try(samira: Client) -> None:
    assert "Aucun dossier trouvé" in text(samira.get(LIST, {"q": "personne"}))


def test_protected_and_archived_files_are_marked(samira: Client, pinceau: Family) -> None:
    protect(family=pinceau, is_protected=True, by=None, now=NOW)
    Family.objects.filter(pk=pinceau.pk).update(archived_at=NOW)
    for shown in (text(samira.get(LIST, {"q": "pinceau"})), text(page_of(samira, pinceau))):
        assert "Dossier protégé" in shown
        assert "Archivé" in shown


def test_an_agent_of_a_school_finds_the_families_of_its_children_only(pinceau: Family) -> None:
    school_child(pinceau)
    at_school, elsewhere = agent_of(place=make_place("ecole")), agent_of(place=make_place("autre"))
    assert "1 dossier" in text(at_school.get(LIST, {"q": "pinceau"}))
    assert "Aucun dossier" in text(elsewhere.get(LIST, {"q": "pinceau"}))
    assert page_of(at_school, pinceau).status_code == 200
    for under in ("", "historique/"):
        assert page_of(elsewhere, pinceau, under).status_code == 404


def test_a_grant_on_a_service_opens_no_file(pinceau: Family) -> None:
    school_child(pinceau)
    assert page_of(agent_of(service=make_service("enfance")), pinceau).status_code == 404


def test_an_agent_without_the_capability_has_no_such_page(pinceau: Family) -> None:
    other = client_of(make_agent(Capability.SEE_BOOKINGS))
    assert other.get(LIST).status_code == page_of(other, pinceau).status_code == 404


def test_many_pages_of_files_keep_the_same_queries(samira: Client) -> None:
    counts = []
    for total in (1, 3, 40):
        while Family.objects.count() < total:
            family = make_family(name="Pinceau")
            make_adult(family)
            for _ in range(3):
                school_child(family)
        with CaptureQueriesContext(connection) as queries:
            samira.get(LIST, {"q": "pinceau"})
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2]


def test_the_file_shows_its_people_its_quotient_and_what_is_due(samira: Client, pinceau: Family) -> None:
    make_quotient(pinceau, "742")
    child = school_child(pinceau, first_name="Nora")
    activity = make_activity("cantine", name="Restauration")
    make_unit(activity, "repas")
    group = make_group("groupe", place=make_place("ecole"))
    make_intake(activity, group)
    make_enrolment(child, activity, group)
    Adult.objects.filter(family=pinceau).update(phone_mobile="06 00 00 00 00")
    shown = text(page_of(samira, pinceau))
    for words in ("Famille Pinceau", "quotient 742", "habite la commune", "Nora", "5 ans", "Restauration"):
        assert words in shown
    assert "06 00 00 00 00" in shown.replace("\xa0", " ")
    assert "0,00 €" in shown.replace("\xa0", " ")
    assert "12 rue des Écoles" in shown


def test_a_household_that_lives_elsewhere_or_gave_no_quotient_reads_so(samira: Client) -> None:
    shown = text(page_of(samira, make_family(insee_code="75056")))
    assert "n’habite pas la commune" in shown
    assert "quotient inconnu, tarif le plus haut" in shown


def test_the_other_household_is_named_and_its_coordinates_are_not_shown(samira: Client, pinceau: Family) -> None:
    other = make_family(name="Lopez")
    father = make_adult(other, first_name="Karim", last_name="Lopez")
    Adult.objects.filter(pk=father.pk).update(phone_mobile="06 99 99 99 99")
    make_child(pinceau, other)
    response = page_of(samira, pinceau)
    shown = text(response)
    assert "Karim Lopez" in shown
    assert "06 99" not in shown.replace("\xa0", " ")
    assert father.email not in shown
    assert f"{LIST}{other.code}/" in response.content.decode()


def test_the_file_of_the_other_household_is_a_link_only_for_who_may_open_it(pinceau: Family) -> None:
    other = make_family(name="Lopez")
    child = make_child(pinceau, other)
    local = school_child(pinceau)
    assert child != local
    shown = page_of(agent_of(place=make_place("ecole")), pinceau).content.decode()
    assert "Lopez" in shown
    assert other.code not in shown


def test_a_bond_that_is_not_plain_authority_is_told(samira: Client, pinceau: Family) -> None:
    child = make_child(pinceau, first_name="Nora")
    grandmother = make_adult(pinceau, first_name="Odette")
    make_bond(grandmother, child, Situation.GRANDPARENT)
    assert "Nora : grand-parent" in text(page_of(samira, pinceau)).replace("&nbsp;", " ").replace("\xa0", " ")


def test_judgments_are_a_link_for_who_may_know_them(samira: Client, pinceau: Family) -> None:
    page = f"/mairie/enfants/{school_child(pinceau, first_name='Nora').code}/jugements/"
    assert page not in page_of(samira, pinceau).content.decode()
    lawyer = client_of(make_agent(Capability.SEE_FAMILIES, Capability.SEE_JUDGMENTS))
    assert page in page_of(lawyer, pinceau).content.decode()
    assert f"{LIST}{pinceau.code}/" in lawyer.get(page).content.decode()


def test_documents_are_a_tab_with_those_to_read_for_who_reviews_them(samira: Client, pinceau: Family) -> None:
    zoe, _ = User.objects.get(adult__family=pinceau), make_service("enfance")
    make_document(make_kind(), pinceau, pinceau, by=zoe)
    assert "Pièces" not in text(page_of(samira, pinceau))
    reviewer = client_of(make_agent(Capability.SEE_FAMILIES, Capability.REVIEW_DOCUMENTS))
    assert "Pièces (1 à lire)" in text(page_of(reviewer, pinceau))
    assert f'{LIST}{pinceau.code}/"' in page_of(reviewer, pinceau, "documents/").content.decode()


def test_opening_a_file_is_noted_once_a_day_for_each_agent(pinceau: Family, time_machine) -> None:
    readings = Entry.objects.filter(action="families.read", family=pinceau.code)
    one, other = agent_of(), agent_of()
    for client in (one, one, other):
        page_of(client, pinceau)
    assert readings.count() == 2
    time_machine.move_to(NOW + dt.timedelta(days=1), tick=False)
    page_of(client_of(make_agent(Capability.SEE_FAMILIES)), pinceau)
    assert readings.count() == 3


def test_the_history_tells_what_was_done_and_who_opened_the_file(samira: Client, pinceau: Family) -> None:
    protect(family=pinceau, is_protected=True, by=make_agent(), now=NOW)
    page_of(samira, pinceau)
    shown = text(page_of(samira, pinceau, "historique/"))
    assert "Dossier protégé : aucun compte ne s’y relie en ligne" in shown.replace("\xa0", " ")
    assert "Samira Benali" in shown
    assert "Dossier lu" not in shown
    assert "Dossier lu" in text(page_of(samira, pinceau, "historique/?lectures=oui"))


def test_a_file_keeps_the_same_queries_whatever_it_holds(samira: Client, pinceau: Family) -> None:
    counts = []
    for children in (1, 4):
        while pinceau.homes.count() < children:
            other = make_family(name="Autre")
            make_adult(other)
            make_child(pinceau, other)
            make_adult(pinceau)
            protect(family=pinceau, is_protected=children == 4, by=None, now=NOW)
        page_of(samira, pinceau)
        with CaptureQueriesContext(connection) as queries:
            page_of(samira, pinceau)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_page_of_erasures_is_linked_for_who_answers_of_personal_data(pinceau: Family) -> None:
    erasing, link = f"{LIST}{pinceau.code}/", "/mairie/donnees/effacer/?q=1084-3154"
    may = client_of(make_agent(Capability.SEE_FAMILIES, Capability.PROTECT_DATA))
    assert link in may.get(erasing).content.decode()
    assert link not in agent_of().get(erasing).content.decode()
