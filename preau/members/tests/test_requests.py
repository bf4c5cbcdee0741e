"""A family asks about its members, an agent grants it: the file changes then, once, and not before."""

import datetime as dt

import pytest

from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.accounts.testing import make_agent, sign_in
from preau.core.dates import local_day
from preau.demarches.actions import DemarcheRefused
from preau.demarches.models import Demarche, Recipient
from preau.families.choices import Situation
from preau.families.households import move_out
from preau.families.models import Adult, Custody, Participant, Schooling
from preau.families.testing import make_adult, make_bond, make_child
from preau.members.actions.asking import (
    NotGranted,
    accept_child,
    accept_custody,
    accept_guardian,
    accept_school,
    ask,
    refuse,
)
from preau.members.actions.authorising import sign_authorisations
from preau.members.choices import CHILD, CUSTODY, GUARDIAN, SCHOOL
from preau.members.models import SchoolRule
from preau.members.rules import ChildAsked, CustodyAsked, GuardianAsked, SchoolAsked
from preau.members.testing import NOW, make_authorisation
from preau.notifications.models import Outgoing
from preau.town.testing import make_level, make_place, make_service, make_year

TODAY = NOW.date()


@pytest.fixture
def agent(apart) -> User:
    return make_agent(Capability.HANDLE_REQUESTS)


def send(apart, kind: str, asked, child: Participant | None = None) -> Demarche:
    mother = apart.mother
    return ask(kind=kind, adult=mother, asked=asked, summary="Demande", child=child, by=mother.user, now=NOW)


def words(response) -> str:
    page: str = response.content.decode()
    return page.replace("\u00a0", " ")


def lou(apart) -> ChildAsked:
    return ChildAsked("Lou", "Roussel", dt.date(2024, 5, 1), "f", (apart.mother.code,))


def test_a_child_is_written_when_an_agent_accepts_and_once(apart, agent) -> None:
    demarche = send(apart, CHILD, lou(apart))
    assert not Participant.objects.filter(first_name="Lou").exists()
    for _ in range(2):
        accept_child(demarche, by=agent, version=1, now=NOW)
    child = Participant.objects.get(first_name="Lou")
    assert [home.family for home in child.homes.all()] == [apart.mother.family]
    assert child.guardianships.get().adult == apart.mother


def test_a_child_already_known_joins_the_household_and_is_not_written_twice(apart, agent) -> None:
    child = make_child(apart.father.family, first_name="Lou", last_name="Roussel", born_on=dt.date(2024, 5, 1))
    accept_child(send(apart, CHILD, lou(apart)), existing=child, by=agent, version=1, now=NOW)
    assert Participant.objects.filter(first_name="Lou").count() == 1
    assert child.homes.count() == 2


def test_the_agent_is_shown_children_who_look_alike_and_must_say_which(apart, agent, client) -> None:
    make_child(apart.father.family, first_name="Lou", last_name="Autre", born_on=dt.date(2024, 5, 1))
    demarche = send(apart, CHILD, lou(apart))
    sign_in(client, agent)
    page = f"/mairie/demandes/{demarche.code}/membre/"
    assert "Un enfant connu lui ressemble" in words(client.get(page))
    assert "Choisissez une réponse" in words(client.post(page, {"version": 1, "checked": "on"}))
    client.post(page, {"version": 1, "checked": "on", "existing": "nouveau"})
    assert Participant.objects.filter(first_name="Lou").count() == 2


def test_papers_are_seen_before_anything_is_granted(apart, agent, client) -> None:
    demarche = send(apart, CHILD, lou(apart))
    sign_in(client, agent)
    page = f"/mairie/demandes/{demarche.code}/membre/"
    assert "Cochez la case" in words(client.post(page, {"version": 1}))
    assert not Participant.objects.filter(first_name="Lou").exists()


def test_of_two_agents_the_second_writes_nothing(apart, agent) -> None:
    demarche = send(apart, CHILD, lou(apart))
    refuse(demarche, reason="Il manque le livret.", by=agent, version=1, now=NOW)
    with pytest.raises(DemarcheRefused):
        accept_child(demarche, by=make_agent(Capability.HANDLE_REQUESTS), version=1, now=NOW)
    assert not Participant.objects.filter(first_name="Lou").exists()


def test_the_second_of_two_agents_who_accept_is_told(apart, agent) -> None:
    demarche = send(apart, CHILD, lou(apart))
    accept_child(demarche, by=agent, version=1, now=NOW)
    with pytest.raises(DemarcheRefused):
        accept_child(demarche, by=make_agent(Capability.HANDLE_REQUESTS), version=1, now=NOW)
    assert Participant.objects.filter(first_name="Lou").count() == 1


def test_adding_a_child_gives_nothing_back_to_whom_a_judge_withdrew_it(apart, agent) -> None:
    child = make_child(apart.father.family, first_name="Lou", last_name="Roussel", born_on=dt.date(2024, 5, 1))
    make_bond(apart.mother, child, Situation.WITHDRAWN)
    accept_child(send(apart, CHILD, lou(apart)), existing=child, by=agent, version=1, now=NOW)
    assert child.guardianships.get(adult=apart.mother).situation == Situation.WITHDRAWN


def test_a_guardian_gets_the_bond_that_the_agent_keeps(apart, agent) -> None:
    asked = GuardianAsked("Paul", "Durand", "exercises", (apart.child.code, "ailleurs"), email="p@example.org")
    accept_guardian(send(apart, GUARDIAN, asked), situation=Situation.GRANDPARENT, by=agent, version=1, now=NOW)
    paul = Adult.objects.get(first_name="Paul")
    assert (paul.family, paul.user, paul.email) == (apart.mother.family, None, "p@example.org")
    assert [bond.situation for bond in paul.guardianships.all()] == ["grandparent"]


def test_a_guardian_is_never_tied_to_the_children_of_others(apart, agent) -> None:
    stranger = make_child(apart.father.family, first_name="Tom")
    asked = GuardianAsked("Paul", "Durand", "exercises", (stranger.code,))
    accept_guardian(send(apart, GUARDIAN, asked), by=agent, version=1, now=NOW)
    assert not Adult.objects.get(first_name="Paul").guardianships.exists()


def test_custody_is_told_to_the_other_parent_and_holds_once_granted(apart, agent) -> None:
    asked = CustodyAsked(TODAY, apart.father.code, "weeks", "me")
    demarche = send(apart, CUSTODY, asked, apart.child)
    assert Outgoing.objects.get().address == apart.father.user.email
    assert not Custody.objects.exists()
    accept_custody(demarche, by=agent, version=1, now=NOW)
    custody = Custody.objects.get()
    assert (custody.home_a, custody.home_b, custody.pattern) == (
        apart.mother.family,
        apart.father.family,
        "AAAAAAABBBBBBB",
    )


def test_an_agent_reads_what_becomes_of_a_custody_written_already(apart, agent, client) -> None:
    days = [TODAY, TODAY + dt.timedelta(days=30)]
    for starts_on in days:
        asked = CustodyAsked(starts_on, apart.father.code, "weeks", "me")
        accept_custody(send(apart, CUSTODY, asked, apart.child), by=agent, version=1, now=NOW)
    sign_in(client, agent)
    told = {}
    for starts_on in (days[0], days[0] + dt.timedelta(days=1)):
        asked = CustodyAsked(starts_on, apart.father.code, "weeks", "other")
        demarche = send(apart, CUSTODY, asked, apart.child)
        told[starts_on] = client.get(f"/mairie/demandes/{demarche.code}/membre/").content.decode()
    assert "La garde déjà écrite à partir du 9\u00a0novembre 2026 est remplacée." in told[days[0]]
    last = told[days[0] + dt.timedelta(days=1)]
    assert "La garde écrite depuis le 9\u00a0novembre 2026 s’arrête la veille." in last
    assert "Une autre garde est écrite à partir du 9\u00a0décembre 2026" in last
    assert Custody.objects.count() == 2


def test_custody_is_not_shared_with_who_is_no_longer_tied_to_the_child(apart, agent) -> None:
    demarche = send(apart, CUSTODY, CustodyAsked(TODAY, apart.father.code, "weeks", "me"), apart.child)
    make_bond(apart.father, apart.child, Situation.ENDED, starts_on=TODAY)
    with pytest.raises(NotGranted):
        accept_custody(demarche, by=agent, version=1, now=NOW)
    demarche.refresh_from_db()
    assert demarche.is_open
    assert not Custody.objects.exists()


def test_a_child_is_never_tied_to_adults_of_another_household(apart, agent) -> None:
    asked = ChildAsked("Lou", "Roussel", dt.date(2024, 5, 1), "f", (apart.mother.code, apart.father.code))
    accept_child(send(apart, CHILD, asked), by=agent, version=1, now=NOW)
    assert Participant.objects.get(first_name="Lou").guardianships.get().adult == apart.mother


def test_a_parent_who_leaves_the_household_gets_a_file_of_their_own(apart, agent) -> None:
    partner = make_adult(apart.mother.family, first_name="Marc", last_name="Roussel")
    make_bond(partner, apart.elder)
    asked = CustodyAsked(TODAY, partner.code, "even-weeks", "other")
    accept_custody(send(apart, CUSTODY, asked, apart.elder), by=agent, version=1, now=NOW)
    partner.refresh_from_db()
    assert partner.family != apart.mother.family
    assert {home.family for home in apart.elder.homes.all()} == {apart.mother.family, partner.family}


def test_a_parent_who_left_since_they_asked_shares_the_days_from_where_they_live_now(apart, agent) -> None:
    partner = make_adult(apart.mother.family, first_name="Marc", last_name="Roussel")
    make_bond(partner, apart.elder)
    demarche = send(apart, CUSTODY, CustodyAsked(TODAY, partner.code, "weeks", "me"), apart.elder)
    left = move_out(adult=apart.mother, by=agent, now=NOW)
    accept_custody(demarche, by=agent, version=1, now=NOW)
    custody = Custody.objects.get()
    assert (custody.home_a, custody.home_b) == (left, partner.family)


def test_a_school_is_written_for_its_year_the_one_that_the_agent_gives(apart, agent) -> None:
    year, level = make_year(), make_level("cp")
    wished, given = make_place("a", name="A"), make_place("b", name="B")
    asked = SchoolAsked(year.code, wished.code, level.code)
    accept_school(send(apart, SCHOOL, asked, apart.child), place=given, by=agent, version=1, now=NOW)
    schooling = Schooling.objects.get()
    assert (schooling.participant, schooling.place, schooling.level) == (apart.child, given, level)


def test_the_same_request_is_not_sent_twice(apart) -> None:
    assert send(apart, CHILD, lou(apart)) == send(apart, CHILD, lou(apart))


def test_a_parent_sends_each_request_from_its_page(apart, client) -> None:
    year, level, place = make_year(), make_level("cp"), make_place("a", name="École A")
    SchoolRule.objects.create(criteria=["Fratrie"])
    Recipient.objects.create(kind=CHILD, service=make_service("etat-civil"), working_days=5)
    sign_in(client, apart.mother.user)
    assert "Ajouter un enfant" in words(client.get("/dossier/demander/"))
    child = {"first_name": "Lou", "last_name": "R", "born_on": "2024-05-01", "parents": [apart.mother.code]}
    guardian = {"first_name": "P", "last_name": "D", "situation": "grandparent", "children": [apart.child.code]}
    school = {"year": year.code, "place": place.code, "level": level.code, "criteria": ["Fratrie"], "words": ""}
    for page, sent in (
        ("/dossier/demander/enfant/", child),
        ("/dossier/demander/responsable/", guardian),
        (f"/dossier/enfants/{apart.child.code}/ecole/", school),
    ):
        assert client.get(page).status_code == 200
        assert "Votre demande est envoyée" in words(client.post(page, sent, follow=True)), page
    assert sorted(Demarche.objects.values_list("kind", flat=True)) == [CHILD, GUARDIAN, SCHOOL]
    promised = Demarche.objects.get(kind=CHILD)
    assert promised.due_at is not None
    assert (promised.service.code, local_day(promised.due_at)) == ("etat-civil", dt.date(2026, 11, 16))


def test_custody_is_shown_before_it_is_sent(apart, client) -> None:
    sign_in(client, apart.mother.user)
    page = f"/dossier/enfants/{apart.child.code}/garde/"
    sent = {
        "other": apart.father.code,
        "starts_on": TODAY.isoformat(),
        "shape": "weeks",
        "begins": "me",
        "holidays": "none",
    }
    shown = words(client.post(page, sent | {"voir": "1"}))
    assert "Chez Thomas Carpentier" in shown
    assert not Demarche.objects.exists()
    client.post(page, sent | {"envoyer": "1"})
    assert Demarche.objects.get().kind == CUSTODY


def test_a_child_who_is_not_born_is_not_asked(apart, client) -> None:
    sign_in(client, apart.mother.user)
    page = client.post("/dossier/demander/enfant/", {"first_name": "L", "last_name": "R", "born_on": "2027-05-01"})
    assert "Vérifiez l’année" in words(page)


def test_a_parent_without_authority_asks_nothing_about_a_child(apart, client) -> None:
    make_bond(apart.father, apart.child, Situation.WITHOUT_EXERCISE, starts_on=TODAY)
    sign_in(client, apart.father.user)
    for page in ("garde", "ecole"):
        assert client.get(f"/dossier/enfants/{apart.child.code}/{page}/").status_code == 404


def test_both_parents_follow_their_disagreement_and_neither_gives_it_up(apart, client) -> None:
    mother, father = apart.mother, apart.father
    kind = make_authorisation("photo")
    for parent, given in ((mother, True), (father, False)):
        answers = {kind.code: given}
        sign_authorisations(adult=parent, participant=apart.child, answers=answers, by=parent.user, now=NOW)
    page = f"/dossier/demarches/{Demarche.objects.get().code}/"
    for parent in (mother, father):
        sign_in(client, parent.user)
        html = words(client.get(page))
        assert "Désaccord entre parents" in html
        assert "Annuler ma demande" not in html
    assert client.get(f"{page}annuler/").status_code == 404


def test_the_other_parent_follows_a_custody_request_without_its_words(apart, client) -> None:
    demarche = send(apart, CUSTODY, CustodyAsked(TODAY, apart.father.code, "weeks", "me"), apart.child)
    sign_in(client, apart.father.user)
    html = words(client.get(f"/dossier/demarches/{demarche.code}/"))
    assert "envoyée par un autre responsable" in html
    assert "une semaine sur deux" not in html
    assert "Les papiers à montrer" not in html
