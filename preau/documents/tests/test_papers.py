"""Papers that other pages ask for: each with its state, and the link where it is given."""

import datetime as dt

import pytest
from django.test import Client

from preau.accounts.models import User
from preau.accounts.testing import sign_in
from preau.documents.actions import accept_document, refuse_document
from preau.documents.choices import Holder, Sensitivity
from preau.documents.models import DocumentKind
from preau.documents.papers import JUDGMENT, PAI, PRESCRIPTION, VACCINES, asked_papers
from preau.documents.testing import AT, make_document, make_kind
from preau.documents.tests.conftest import Home, user_of
from preau.families.choices import Situation
from preau.families.testing import make_bond
from preau.health.testing import make_sheet

TODAY = AT.date()


@pytest.fixture
def booklet(home: Home) -> DocumentKind:
    return make_kind(VACCINES, holder=Holder.CHILD, sensitivity=Sensitivity.HEALTH)


def sheet(home: Home, page: str = "") -> str:
    return f"/dossier/enfants/{home.nora.code}/fiche-sanitaire/{page}"


def said(home: Home, page: str = "", user: User | None = None) -> str:
    client = Client()
    sign_in(client, user or home.user)
    answer = client.get(sheet(home, page))
    assert answer.status_code == 200
    text: str = answer.content.decode()
    return text.replace("\u00a0", " ")


def test_a_paper_that_is_missing_is_given_from_the_page_that_asks_for_it(home: Home, booklet: DocumentKind) -> None:
    link = f'href="/dossier/documents/deposer/?piece={VACCINES}&amp;pour={home.nora.code}"'
    for page in ("", "vaccins/"):
        html = said(home, page)
        assert link in html
        assert "À fournir" in html


@pytest.mark.parametrize(
    ("answer", "state", "note"),
    [
        (None, "En cours de lecture", "Donné le 9 novembre 2026"),
        ("refuse", "À renvoyer", "Trop sombre"),
        (AT.date() + dt.timedelta(days=200), "Accepté", "Valable jusqu’au 28 mai 2027"),
        (AT.date() + dt.timedelta(days=9), "Expire bientôt", "Valable jusqu’au 18 novembre 2026"),
    ],
)
def test_the_sheet_says_how_far_the_paper_has_come(home, booklet, agent, answer, state, note) -> None:
    document = make_document(booklet, home.nora, home.family, by=home.user)
    given = {"by": agent, "version": 1, "now": AT}
    if answer == "refuse":
        refuse_document(document.demarche, reason="Trop sombre", **given)
    elif answer:
        accept_document(document.demarche, valid_until=answer, **given)
    html = said(home)
    assert state in html
    assert note in html


def test_a_pai_and_a_prescription_are_asked_for_only_when_there_is_something_to_prove(home: Home) -> None:
    for code in (PAI, PRESCRIPTION):
        make_kind(code, holder=Holder.CHILD, sensitivity=Sensitivity.HEALTH)
    assert "piece=" not in said(home)
    assert "piece=pai" in said(home, "pai/")
    assert "piece=ordonnance" in said(home, "traitements/")
    treatments = {"has": True, "list": [{"name": "Sirop", "how": ""}], "prescription": True}
    make_sheet(home.nora, pai={"has": True}, treatments=treatments)
    assert said(home).count("piece=") == 2


def test_who_may_only_look_is_given_no_link(home: Home, booklet: DocumentKind) -> None:
    make_bond(home.thomas, home.nora, Situation.WITHOUT_EXERCISE, starts_on=TODAY)
    make_document(booklet, home.nora, home.family, by=home.user)
    papers = asked_papers(user_of(home.thomas), [VACCINES], [home.nora], on=TODAY)
    assert all("deposer" not in paper.url for paper in papers)


def test_the_other_parent_does_not_learn_that_a_judgment_was_given(home: Home) -> None:
    judgment = make_kind(JUDGMENT, holder=Holder.CHILD, sensitivity=Sensitivity.JUDGMENT)
    make_document(judgment, home.nora, home.family, by=home.user)
    states = [asked_papers(user_of(one), [JUDGMENT], [home.nora], on=TODAY)[0].state for one in (home.zoe, home.thomas)]
    assert states == ["En cours de lecture", "À fournir"]


def test_papers_cost_two_queries_and_one_for_each_kind(home: Home, booklet, django_assert_num_queries) -> None:
    judgment = make_kind(JUDGMENT, holder=Holder.CHILD, sensitivity=Sensitivity.JUDGMENT)
    for kind in (booklet, judgment):
        make_document(kind, home.nora, home.family, by=home.user)
    with django_assert_num_queries(4):
        assert len(asked_papers(home.user, [VACCINES, JUDGMENT, "inconnu"], [home.nora], on=TODAY)) == 2
