"""« Au guichet »: an agent asks for an adult of a file what this adult could ask online, and no more."""

import pytest
from django.test import Client

from preau.accounts.choices import Capability
from preau.accounts.testing import make_agent, sign_in
from preau.demarches.models import Demarche
from preau.families.choices import Situation
from preau.families.models import Adult, Consent, Custody
from preau.families.testing import make_adult, make_bond
from preau.journal.models import Entry
from preau.members.actions.asking import accept_custody
from preau.members.choices import CUSTODY
from preau.members.models import DietChoice, TrustedPerson
from preau.members.testing import NOW, make_authorisation, make_barred, make_diet
from preau.notifications.models import Outgoing
from preau.town.testing import make_place


def page_of(adult: Adult, end: str = "") -> str:
    return f"/mairie/familles/{adult.family.code}/adultes/{adult.code}/agir/{end}"


@pytest.fixture
def samira(client: Client) -> Client:
    sign_in(client, make_agent(Capability.EDIT_FAMILIES, Capability.HANDLE_REQUESTS))
    return client


NANA = {
    "first_name": "Rose",
    "last_name": "Roussel",
    "link": "grand-mère",
    "phone": "06 12 34 56 78",
    "may_collect": "on",
    "starts_on": NOW.date().isoformat(),
}


def weeks(apart) -> dict[str, str]:
    return {
        "other": apart.father.code,
        "starts_on": NOW.date().isoformat(),
        "shape": "weeks",
        "begins": "me",
        "holidays": "me",
    }


def test_a_custody_asked_at_the_counter_is_the_parents_and_noted_in_the_name_of_the_agent(apart, samira) -> None:
    page = page_of(apart.mother, f"{apart.child.code}/garde/")
    shown = samira.post(page, {**weeks(apart), "voir": "1"}).content.decode()
    assert f"Première moitié chez {apart.mother} les années paires" in shown
    assert f"Chez {apart.mother}" in shown
    assert not Demarche.objects.exists()
    answer = samira.post(page, {**weeks(apart), "envoyer": "1"})
    demarche = Demarche.objects.get(kind=CUSTODY)
    assert answer["Location"] == f"/mairie/demandes/{demarche.code}/membre/"
    assert demarche.asked_by == apart.mother.user
    assert demarche.events.get().text == f"Écrite au guichet, pour {apart.mother}."
    assert Entry.objects.get(action="demarches.sent").facts["channel"] == "counter"
    assert [one.address for one in Outgoing.objects.all()] == [apart.father.user.email]


def test_who_has_no_account_has_their_requests_written_and_granted_all_the_same(apart, samira) -> None:
    Adult.objects.filter(pk=apart.mother.pk).update(user=None)
    samira.post(page_of(apart.mother, f"{apart.child.code}/garde/"), {**weeks(apart), "envoyer": "1"})
    demarche = Demarche.objects.get()
    read = samira.get(f"/mairie/demandes/{demarche.code}/membre/").content.decode()
    assert f"première moitié les années paires chez {apart.mother}" in read
    accept_custody(demarche, by=make_agent(), version=1, now=NOW)
    assert Custody.objects.get().home_a == apart.mother.family


def test_a_file_is_written_in_only_by_who_may(apart, samira) -> None:
    pages = [page_of(apart.mother, end) for end in ("", "enfant/", "responsable/")]
    assert [samira.get(page).status_code for page in pages] == [200, 200, 200]
    sign_in(samira, make_agent(Capability.EDIT_FAMILIES, place=make_place()))
    assert [samira.get(page).status_code for page in pages] == [404, 404, 404]


def test_an_agent_does_no_more_than_the_adult_could(apart, samira) -> None:
    grandmother = make_adult(apart.mother.family, first_name="Odette", signs_in=False)
    make_bond(grandmother, apart.child, Situation.GRANDPARENT, starts_on=NOW.date())
    assert samira.get(page_of(grandmother, f"{apart.child.code}/ecole/")).status_code == 404
    assert "ne décide pour aucun enfant" in samira.get(page_of(grandmother)).content.decode()


def test_who_may_not_answer_leaves_the_request_to_the_service(apart, client) -> None:
    sign_in(client, make_agent(Capability.EDIT_FAMILIES, Capability.SEE_FAMILIES))
    sent = {"first_name": "Paul", "last_name": "Durand", "situation": "exercises", "children": apart.child.code}
    answer = client.post(page_of(apart.mother, "responsable/"), sent)
    assert answer["Location"] == f"/mairie/familles/{apart.mother.family.code}/"
    assert Demarche.objects.get().summary == "Ajouter Paul Durand au dossier"


def test_what_a_parent_signs_on_paper_is_theirs_and_noted_at_the_counter(apart, samira) -> None:
    kind = make_authorisation("sortie")
    at = f"{apart.child.code}/"
    samira.post(page_of(apart.mother, f"{at}autorisations/"), {kind.code: "oui"})
    consent = Consent.objects.get()
    assert (consent.adult, consent.given) == (apart.mother, True)
    samira.post(page_of(apart.mother, f"{at}personnes/"), NANA)
    named = TrustedPerson.objects.get()
    assert named.signed_by == apart.mother
    assert "Rose Roussel" in samira.get(page_of(apart.mother, f"{at}personnes/")).content.decode()
    samira.post(page_of(apart.mother, f"{at}personnes/"), {"retirer": named.code})
    assert TrustedPerson.objects.get().withdrawn_at
    written = Entry.objects.filter(family=apart.mother.family.code, facts__channel="counter")
    wanted = {"families.consent_given", "members.person_named", "members.person_withdrawn"}
    assert set(written.values_list("action", flat=True)) == wanted


def test_a_barred_person_is_not_named_at_the_counter_and_the_page_says_no_more(apart, samira) -> None:
    make_barred(apart.child, first_name="Rose", last_name="Roussel")
    answer = samira.post(page_of(apart.mother, f"{apart.child.code}/personnes/"), NANA).content.decode()
    assert "Cette personne ne peut pas être ajoutée" in answer
    assert "jugement" not in answer.lower()
    assert not TrustedPerson.objects.exists()


def test_a_diet_is_written_by_who_may_see_diets(apart, samira) -> None:
    diet = make_diet("sans-porc")
    page = page_of(apart.mother, f"{apart.child.code}/repas/")
    assert samira.get(page).status_code == 404
    sign_in(samira, make_agent(Capability.EDIT_FAMILIES, Capability.SEE_DIETS))
    samira.post(page, {"diets": diet.code, "starts_on": NOW.date().isoformat()})
    assert DietChoice.objects.get().signed_by == apart.mother
