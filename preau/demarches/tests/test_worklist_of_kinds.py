"""The worklist of several kinds: filters, what the machine looked at, answering many at once, two agents at once."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from preau.accounts.choices import Capability
from preau.accounts.models import Grant
from preau.accounts.testing import make_agent, sign_in
from preau.demarches.actions import accept_change, ask_change
from preau.demarches.choices import ADULT_CHANGE, CHILD_CHANGE, HOUSEHOLD_CHANGE, DemarcheState
from preau.demarches.kinds import kind_of
from preau.demarches.models import Demarche, Recipient
from preau.demarches.testing import NOW, make_account_request
from preau.families.actions import move_household
from preau.families.models import Adult
from preau.families.testing import make_adult, make_child, make_family
from preau.notifications.models import Outgoing
from preau.town.testing import make_level, make_place, make_service, make_year

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "town")]

LIST = "/mairie/demandes/"
HERE = {"lines": "8 avenue Karl-Marx", "postcode": "94800", "city": "Villejuif"}


@pytest.fixture(autouse=True)
def recipients():
    for kind in (HOUSEHOLD_CHANGE, ADULT_CHANGE, CHILD_CHANGE):
        Recipient.objects.create(kind=kind, service=make_service("population"), working_days=5)


def to_move(name: str = "Pinceau", *, address=None, hours_ago: int = 0, adult: Adult | None = None) -> Demarche:
    adult = adult or make_adult(make_family(name=name), last_name=name)
    assert adult.user
    at = NOW - dt.timedelta(hours=hours_ago)
    asked = ask_change(target=adult.family, wanted={"address": address or HERE}, by=adult.user, now=at).asked
    assert asked is not None
    return asked


def to_rename(first_name: str = "Nora", *, school: str = "") -> Demarche:
    adult = make_adult(make_family())
    child = make_child(adult.family, first_name=first_name)
    if school:
        child.schoolings.create(year=make_year(), place=make_place(school, name=school.title()), level=make_level("gs"))
    assert adult.user
    wanted = {"child-first-name": f"{first_name}h"}
    asked = ask_change(target=child, wanted=wanted, by=adult.user, now=NOW).asked
    assert asked is not None
    return asked


def read(client: Client, path: str = LIST) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return str(response.content.decode()).replace("\u00a0", " ")


def people(html: str) -> list[str]:
    return re.findall(r'data-l="Famille ou personne">([^<]+)<', html)


def post(client: Client, path: str, **given: object) -> str:
    response = client.post(path, given, follow=True)
    assert response.status_code == 200
    return str(response.content.decode()).replace("\u00a0", " ")


# Filters


def test_requests_of_every_kind_are_in_one_list(client, samira):
    to_move()
    to_rename()
    make_account_request(service=make_service("population"))
    html = read(client)
    assert {"Adresse et foyer", "Enfant", "Compte"} <= set(re.findall(r'<span class="discret bloc">([^<]+)<', html))


def test_one_kind_alone(client, samira):
    to_move("Roussel")
    to_rename("Nora")
    assert people(read(client, f"{LIST}?type={CHILD_CHANGE}")) == ["Nora Pinceau"]


def test_one_service_among_those_of_the_agent(client, samira):
    to_move("Roussel")
    assert 'name="service"' not in read(client)
    Recipient.objects.filter(kind=CHILD_CHANGE).update(service=make_service("scolaire"))
    to_rename("Nora")
    grant = samira.grants.get()
    Grant.objects.create(user=samira, role=grant.role, service=make_service("scolaire"), starts_on=dt.date(2020, 1, 1))
    assert people(read(client, f"{LIST}?service=scolaire")) == ["Nora Pinceau"]


def test_one_school_and_the_households_of_its_pupils(client, samira):
    to_rename("Nora", school="peri")
    moving = to_rename("Lou", school="jaures")
    adult = Adult.objects.get(user=moving.asked_by)
    to_move(adult=adult)
    assert sorted(people(read(client, f"{LIST}?ecole=jaures"))) == ["Famille Pinceau", "Lou Pinceau"]


@pytest.mark.parametrize(
    ("delay", "found"), [("depasse", ["Vieille"]), ("jour", ["Vieille", "Hier"]), ("", ["Vieille", "Hier", "Neuve"])]
)
def test_what_is_due_by_then(client, samira, delay, found):
    to_move("Vieille", hours_ago=24 * 10)
    to_move("Hier", hours_ago=24 * 7)
    to_move("Neuve")
    assert people(read(client, f"{LIST}?delai={delay}")) == [f"Famille {name}" for name in found]


def test_a_child_is_found_by_name_without_accents(client, samira):
    to_rename("Élio")
    to_rename("Nora")
    assert people(read(client, f"{LIST}?q=elio")) == ["Élio Pinceau"]


@pytest.mark.parametrize("query", ["type=x", "service=x", "ecole=%00", "delai=x", "moi=x", "q=%00"])
def test_what_nobody_offered_looks_for_everything(client, samira, query):
    to_move()
    read(client, f"{LIST}?{query}")


def test_many_requests_of_mixed_kinds_cost_as_many_queries_as_one(client, samira):
    to_move()
    read(client)
    with CaptureQueriesContext(connection) as one:
        read(client)
    for rank in range(4):
        to_move(f"Famille{rank}")
        to_rename(f"Enfant{rank}")
        make_account_request(service=make_service("population"))
    with CaptureQueriesContext(connection) as many:
        read(client)
    assert len(many) == len(one)


# One request


def test_the_panel_tells_what_the_machine_looked_at(client, samira):
    demarche = to_move(address=HERE | {"city": "Paris", "postcode": "75013"})
    html = read(client, f"{LIST}{demarche.code}/")
    assert "Adresse hors de la commune" in html
    assert "12 rue des Écoles, 94800 Villejuif" in html


def test_the_agent_compares_and_accepts(client, samira):
    demarche = to_move()
    path = f"{LIST}{demarche.code}/changement/"
    html = read(client, path)
    given = dict(re.findall(r'name="(version|read)" value="([^"]+)"', html))
    assert "le dossier est à jour" in post(client, path, **given, is_resident="on")
    demarche.refresh_from_db()
    assert demarche.state == DemarcheState.ACCEPTED
    assert demarche.asked_by
    assert Outgoing.objects.filter(address=demarche.asked_by.email).exists()


def test_a_file_that_moved_while_the_agent_read_is_compared_again(client, samira):
    demarche = to_move()
    path = f"{LIST}{demarche.code}/changement/"
    given = dict(re.findall(r'name="(version|read)" value="([^"]+)"', read(client, path)))
    assert demarche.family
    away = HERE | {"lines": "1 quai Vert"}
    move_household(family=demarche.family, starts_on=NOW.date(), **away, insee_code="", by=None, now=NOW)
    html = post(client, path, **given)
    assert "Le dossier a changé pendant que vous lisiez." in html
    assert "1 quai Vert" in html
    assert "À la demande : 12 rue des Écoles" in html
    demarche.refresh_from_db()
    assert demarche.is_open


@pytest.mark.parametrize("read_code", ["", "x", "0" * 40])
def test_an_acceptance_that_the_page_did_not_write_changes_nothing(client, samira, read_code):
    demarche = to_move()
    post(client, f"{LIST}{demarche.code}/changement/", version=1, read=read_code)
    demarche.refresh_from_db()
    assert demarche.is_open


def test_the_page_of_a_change_is_not_that_of_another_kind(client, samira):
    demarche = make_account_request(service=make_service("population"))
    assert client.get(f"{LIST}{demarche.code}/changement/").status_code == 404
    assert client.get(f"{LIST}{to_move().code}/compte/").status_code == 404


def test_the_second_of_two_agents_is_told_and_keeps_what_they_wrote(client, samira, monkeypatch):
    demarche = to_move()
    colleague = make_agent(Capability.HANDLE_REQUESTS, username="karim")

    def meanwhile(code):
        if Demarche.objects.get(pk=demarche.pk).is_open:
            accept_change(demarche, by=colleague, version=1, now=NOW)
        return kind_of(code)

    monkeypatch.setattr("preau.demarches.views.staff.kind_of", meanwhile)
    html = post(client, f"{LIST}{demarche.code}/refuser/", message="Il manque un bail.", version=1)
    assert "a déjà répondu à cette demande" in html
    assert "Votre message, qui n’est pas parti" in html
    assert "Il manque un bail." in html


# Several at once


def test_several_are_accepted_at_once_and_each_family_is_told(client, samira):
    first, second = to_move("Roussel"), to_rename("Nora")
    html = read(client, f"{LIST}accepter/?d={first.code}&d={second.code}")
    assert "Accepter les 2 demandes" in html
    ticked = re.findall(r'name="d" value="([^"]+)"', html)
    html = post(client, f"{LIST}accepter/", d=ticked)
    assert "2 demandes sont acceptées." in html
    assert Demarche.objects.filter(state=DemarcheState.ACCEPTED).count() == 2


def test_what_the_machine_finds_odd_and_accounts_are_read_one_by_one(client, samira):
    odd = to_move(address=HERE | {"postcode": "94801"})
    account = make_account_request(service=make_service("population"))
    html = read(client, f"{LIST}accepter/?d={odd.code}&d={account.code}")
    assert "À lire une par une" in html
    assert "Le code postal 94801 n’est pas celui de la mairie." in html
    assert "Ce type de demande s’accepte une à une." in html
    assert "Accepter les" not in html
    post(client, f"{LIST}accepter/", d=[f"{odd.code}-1", f"{account.code}-1"])
    assert not Demarche.objects.filter(state=DemarcheState.ACCEPTED).exists()


def test_what_moved_since_it_was_read_is_left_as_it_is(client, samira):
    demarche = to_move()
    html = post(client, f"{LIST}accepter/", d=[f"{demarche.code}-7"])
    assert "cette demande a changé, elle n’est pas acceptée" in html
    demarche.refresh_from_db()
    assert demarche.is_open


@pytest.mark.parametrize("sent", [[], ["x"], ["\x00-1"], ["zzzzzzzzzz-1"]])
def test_nothing_ticked_is_said(client, samira, sent):
    assert "Cochez les demandes" in post(client, f"{LIST}accepter/", d=sent)


def test_requests_of_other_services_are_not_accepted(client):
    demarche = to_move()
    sign_in(client, make_agent(Capability.HANDLE_REQUESTS, service=make_service("sports")))
    post(client, f"{LIST}accepter/", d=[f"{demarche.code}-1"])
    demarche.refresh_from_db()
    assert demarche.is_open
    assert client.get(f"{LIST}{demarche.code}/changement/").status_code == 404
