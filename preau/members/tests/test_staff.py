"""What agents do: note a disagreement without deciding, write down a judgment that families never read."""

import pytest

from preau.accounts.choices import Capability
from preau.accounts.testing import make_agent, sign_in
from preau.demarches.models import Demarche
from preau.families.testing import make_child
from preau.journal.models import Entry
from preau.members.actions.authorising import sign_authorisations
from preau.members.actions.trusting import contest_person
from preau.members.choices import Verdict
from preau.members.models import Barred
from preau.members.queries.authorisations import authorisation_states
from preau.members.testing import NOW, make_authorisation, make_barred, make_person
from preau.town.testing import make_level, make_place, make_service, make_year


def words(response) -> str:
    page: str = response.content.decode()
    return page.replace("\u00a0", " ")


def disagree(apart) -> Demarche:
    make_authorisation("baignade")
    for adult, given in ((apart.mother, True), (apart.father, False)):
        sign_authorisations(adult=adult, participant=apart.child, answers={"baignade": given}, by=adult.user, now=NOW)
    return Demarche.objects.get()


def test_an_agent_notes_and_closes_and_no_answer_changes(apart, client) -> None:
    demarche = disagree(apart)
    sign_in(client, make_agent(Capability.HANDLE_REQUESTS))
    page = f"/mairie/demandes/{demarche.code}/desaccord/"
    read = words(client.get(page))
    assert "Inès Roussel" in read
    assert "oui, le 9 novembre 2026" in read
    assert "Remplissez" in words(client.post(page, {"version": demarche.version, "note": ""}))
    client.post(page, {"version": demarche.version, "note": "Les deux parents sont reçus jeudi."})
    demarche.refresh_from_db()
    assert (demarche.state, demarche.reason) == ("accepted", "Les deux parents sont reçus jeudi.")
    assert authorisation_states([apart.child], on=NOW.date())[apart.child.pk][0].verdict == Verdict.DISAGREED


def test_the_second_agent_is_told_that_it_has_moved(apart, client) -> None:
    demarche = disagree(apart)
    sign_in(client, make_agent(Capability.HANDLE_REQUESTS))
    page = f"/mairie/demandes/{demarche.code}/desaccord/"
    client.post(page, {"version": 1, "note": "Vu."})
    sign_in(client, make_agent(Capability.HANDLE_REQUESTS))
    assert "a changé" in words(client.post(page, {"version": 1, "note": "Autre chose."}, follow=True))


def test_a_person_contested_is_read_with_who_named_and_who_opposes(apart, client) -> None:
    person = make_person(apart.child, apart.mother)
    contest_person(person=person, adult=apart.father, by=apart.father.user, now=NOW)
    sign_in(client, make_agent(Capability.HANDLE_REQUESTS))
    page = words(client.get(f"/mairie/demandes/{Demarche.objects.get().code}/desaccord/"))
    assert "Jeanne Martin, Grand-mère" in page
    assert "Thomas Carpentier" in page
    assert person.phone not in page


def test_a_judgment_is_written_read_and_lifted_by_those_who_may(apart, client) -> None:
    sign_in(client, make_agent(Capability.SEE_JUDGMENTS))
    page = f"/mairie/enfants/{apart.child.code}/jugements/"
    sent = {"first_name": "Jean", "last_name": "Sinistre", "judged_on": "2026-01-05", "reason": "Interdiction."}
    assert "Jean Sinistre" in words(client.post(page, sent, follow=True))
    assert "vérifiez la date" in words(client.post(page, sent | {"judged_on": "2027-01-05"}))
    barred = Barred.objects.get()
    assert "levé le" in words(client.post(f"{page}{barred.code}/lever/", follow=True))


@pytest.mark.parametrize("place", [True, False])
def test_a_judgment_is_nobodys_whose_scope_does_not_hold_the_child(apart, client, place) -> None:
    make_barred(apart.child)
    scope = {"place": make_place("gymnase")} if place else {"service": make_service("sports")}
    sign_in(client, make_agent(Capability.SEE_JUDGMENTS, **scope))
    assert client.get(f"/mairie/enfants/{apart.child.code}/jugements/").status_code == 404


def test_a_judgment_is_lifted_from_the_page_of_its_child_alone(apart, client) -> None:
    barred = make_barred(apart.child)
    sign_in(client, make_agent(Capability.SEE_JUDGMENTS))
    assert client.post(f"/mairie/enfants/{apart.elder.code}/jugements/{barred.code}/lever/").status_code == 404
    barred.refresh_from_db()
    assert barred.lifted_at is None


def test_an_agent_who_answers_requests_reads_no_judgment(apart, client) -> None:
    sign_in(client, make_agent(Capability.HANDLE_REQUESTS))
    assert client.get(f"/mairie/enfants/{apart.child.code}/jugements/").status_code == 404


def test_families_never_read_of_somebody_barred(apart, client) -> None:
    make_barred(apart.child)
    for adult in (apart.mother, apart.father):
        sign_in(client, adult.user)
        for page in (apart.page, f"{apart.page}historique/", f"{apart.page}ajouter/"):
            assert "Sinistre" not in words(client.get(page))


def collecting(apart, client, *capabilities: str, **scope) -> str:
    sign_in(client, make_agent(*capabilities, **scope))
    return words(client.get(f"/mairie/enfants/{apart.child.code}/autorisations/"))


def test_who_looks_after_a_child_reads_who_may_come_whom_to_call_and_what_is_allowed(apart, client) -> None:
    make_authorisation("baignade")
    sign_authorisations(
        adult=apart.mother, participant=apart.child, answers={"baignade": True}, by=apart.mother.user, now=NOW
    )
    make_person(apart.child, apart.mother, emergency_order=1)
    contested = make_person(apart.child, apart.mother, first_name="Bruno", phone="06 00 00 00 02")
    contest_person(person=contested, adult=apart.father, by=apart.father.user, now=NOW)
    page = collecting(apart, client, Capability.SEE_CHILDREN)
    assert all(name in page for name in ("Inès Roussel", "Thomas Carpentier", "Jeanne Martin", "Question baignade"))
    assert 'href="tel:+33600000001"' in page
    assert "Bruno" not in page
    assert Entry.objects.filter(action="members.collectors_read", participant=apart.child.code).count() == 1


def test_whom_a_judgment_keeps_away_is_told_to_those_who_may_know(apart, client) -> None:
    make_barred(apart.child)
    make_person(apart.child, apart.mother, first_name="Jean-Paul", last_name="Sinistre", emergency_order=1)
    assert "Sinistre" not in collecting(apart, client, Capability.SEE_CHILDREN)
    assert "Ne pas confier" in collecting(apart, client, Capability.SEE_CHILDREN, Capability.SEE_JUDGMENTS)
    assert Entry.objects.filter(action="members.judgments_read").count() == 1


def test_who_may_collect_is_read_where_the_child_is_looked_after(apart, client) -> None:
    child = make_child(apart.mother.family, year=make_year(), school=make_place("elementaire"), level=make_level())
    page = f"/mairie/enfants/{child.code}/autorisations/"
    for scope, status in (
        ({"place": make_place("elementaire")}, 200),
        ({"place": make_place("gymnase")}, 404),
        ({"service": make_service("sports")}, 404),
    ):
        sign_in(client, make_agent(Capability.SEE_CHILDREN, **scope))
        assert client.get(page).status_code == status


def test_who_may_collect_is_read_with_as_many_queries_whoever_is_named(
    apart, client, django_assert_num_queries
) -> None:
    sign_in(client, make_agent(Capability.SEE_CHILDREN))
    page = f"/mairie/enfants/{apart.child.code}/autorisations/"
    make_person(apart.child, apart.mother, emergency_order=1)
    client.get(page)
    with django_assert_num_queries(12) as one:
        client.get(page)
    for place in range(2, 8):
        make_person(apart.child, apart.father, first_name=f"Zoé{place}", emergency_order=place)
    with django_assert_num_queries(len(one)):
        client.get(page)
