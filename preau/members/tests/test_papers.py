"""The papers of a request about a member: where each stands, for who asks and for the agent who answers."""

import pytest

from preau.accounts.choices import Capability
from preau.accounts.testing import make_agent, sign_in
from preau.demarches.models import Demarche
from preau.documents.choices import Holder, Sensitivity
from preau.documents.models import DocumentKind
from preau.documents.papers import FAMILY_BOOK, HOME_PROOF, JUDGMENT, VACCINES
from preau.documents.testing import make_document, make_kind
from preau.members.actions.asking import ask
from preau.members.choices import CUSTODY, GUARDIAN, SCHOOL
from preau.members.papers import papers_of, papers_to_check
from preau.members.rules import CustodyAsked, GuardianAsked, SchoolAsked
from preau.members.testing import NOW
from preau.town.testing import make_level, make_place, make_year

TODAY = NOW.date()


@pytest.fixture
def kinds(apart) -> dict[str, DocumentKind]:
    return {
        FAMILY_BOOK: make_kind(FAMILY_BOOK),
        HOME_PROOF: make_kind(HOME_PROOF),
        VACCINES: make_kind(VACCINES, holder=Holder.CHILD, sensitivity=Sensitivity.HEALTH),
        JUDGMENT: make_kind(JUDGMENT, holder=Holder.CHILD, sensitivity=Sensitivity.JUDGMENT),
    }


def words(response) -> str:
    assert response.status_code == 200
    page: str = response.content.decode()
    return page.replace("\u00a0", " ")


def custody(apart, parent, other) -> Demarche:
    asked = CustodyAsked(TODAY, other.code, "weeks", "me")
    return ask(kind=CUSTODY, adult=parent, asked=asked, summary="Garde", child=apart.child, by=parent.user, now=NOW)


@pytest.mark.parametrize(
    ("page", "codes"),
    [
        ("/dossier/demander/enfant/", [FAMILY_BOOK]),
        ("/dossier/demander/responsable/", [FAMILY_BOOK]),
        ("/dossier/enfants/{}/garde/", [JUDGMENT]),
        ("/dossier/enfants/{}/ecole/", [HOME_PROOF, VACCINES]),
    ],
)
def test_the_form_leads_to_where_each_paper_is_given(apart, kinds, client, page, codes) -> None:
    make_year()
    sign_in(client, apart.mother.user)
    html = words(client.get(page.format(apart.child.code)))
    assert [code for code in kinds if f"?piece={code}" in html] == [code for code in kinds if code in codes]
    assert "À fournir" in html


def test_the_request_says_what_has_come_of_each_paper(apart, kinds, client) -> None:
    demarche = custody(apart, apart.mother, apart.father)
    make_document(kinds[JUDGMENT], apart.child, apart.mother.family, by=apart.mother.user)
    sign_in(client, apart.mother.user)
    for page in ("", "completer/"):
        assert "En cours de lecture" in words(client.get(f"/dossier/demarches/{demarche.code}/{page}"))


def test_of_two_papers_that_prove_the_same_one_is_enough(apart, kinds) -> None:
    asked = GuardianAsked("Paul", "Durand", "exercises", (apart.child.code,))
    demarche = ask(kind=GUARDIAN, adult=apart.mother, asked=asked, summary="x", by=apart.mother.user, now=NOW)
    labels = [paper.label for paper in papers_of(demarche, apart.mother.user, TODAY)]
    assert labels == ["Sa pièce d’identité", "Livret de famille", "Jugement, Élio"]
    make_document(kinds[JUDGMENT], apart.child, apart.mother.family, by=apart.mother.user)
    labels = [paper.label for paper in papers_of(demarche, apart.mother.user, TODAY)]
    assert labels == ["Sa pièce d’identité", "Jugement, Élio"]


def test_the_agent_opens_the_papers_that_are_there(apart, kinds, client) -> None:
    asked = SchoolAsked(make_year().code, make_place("a", name="A").code, make_level("cp").code)
    mother = apart.mother
    demarche = ask(kind=SCHOOL, adult=mother, asked=asked, summary="x", child=apart.child, by=mother.user, now=NOW)
    given = make_document(kinds[HOME_PROOF], apart.mother.family, apart.mother.family, by=apart.mother.user)
    sign_in(client, make_agent(Capability.HANDLE_REQUESTS, Capability.REVIEW_DOCUMENTS))
    html = words(client.get(f"/mairie/demandes/{demarche.code}/membre/"))
    assert f'href="/mairie/demandes/{given.demarche.code}/piece/"' in html
    assert "Réservée" in html  # the vaccination booklet needs the capability of health


@pytest.mark.parametrize("giver", ["mother", "father"])
def test_an_agent_sees_the_judgment_that_goes_with_the_request_and_no_other(apart, kinds, giver) -> None:
    demarche, parent = custody(apart, apart.mother, apart.father), getattr(apart, giver)
    make_document(kinds[JUDGMENT], apart.child, parent.family, by=parent.user)
    agent = make_agent(Capability.HANDLE_REQUESTS, Capability.REVIEW_DOCUMENTS)
    assert [paper.state for paper in papers_to_check(demarche, agent, TODAY)] == ["Réservée"]
    agent = make_agent(Capability.HANDLE_REQUESTS, Capability.REVIEW_DOCUMENTS, Capability.SEE_JUDGMENTS)
    states = [paper.state for paper in papers_to_check(demarche, agent, TODAY)]
    assert states == (["À lire"] if giver == "mother" else ["Pas reçue"])


def test_a_town_without_the_kind_says_it_in_words(apart) -> None:
    demarche = custody(apart, apart.mother, apart.father)
    papers = papers_of(demarche, apart.mother.user, TODAY)
    assert [(paper.label, paper.url) for paper in papers] == [
        ("Le jugement, ou l’accord signé par les deux parents", "")
    ]
