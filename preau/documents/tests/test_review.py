"""An agent reads a document page by page, and answers it; what they may not read does not exist for them."""

import datetime as dt

import pytest
from django.test import Client

from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.accounts.testing import make_agent, sign_in
from preau.core.testing import picture, sent
from preau.demarches.choices import DemarcheState
from preau.demarches.models import AnswerText
from preau.demarches.permissions import demarches_in_scope
from preau.documents.actions import accept_document, withdraw_document
from preau.documents.choices import Holder, Sensitivity, Validity
from preau.documents.models import SupportingDocument, TownDocument
from preau.documents.testing import AT, make_document, make_kind, make_town_document, paper
from preau.documents.tests.conftest import Home
from preau.journal.models import Entry
from preau.town.testing import make_service

pytestmark = pytest.mark.django_db


def path_of(document: SupportingDocument, end: str = "") -> str:
    return f"/mairie/demandes/{document.demarche.code}/piece/{end}"


@pytest.fixture
def desk(client: Client, agent: User) -> Client:
    sign_in(client, agent)
    return client


@pytest.fixture
def document(home: Home) -> SupportingDocument:
    kind = make_kind(validity=Validity.MONTHS, months=12)
    return make_document(kind, home.family, home.family, by=home.user)


def test_the_page_shows_the_document_beside_the_file_and_proposes_an_end(
    desk: Client, document: SupportingDocument
) -> None:
    shown = desk.get(path_of(document)).content.decode()
    for words in (
        "12 rue des Écoles",
        "Non analysé",
        'value="2027-11-09"',
        f"{path_of(document)}1/",
        "Pièce 1 sur 1 à lire",
    ):
        assert words in shown


def test_a_page_is_a_picture_in_which_nothing_runs(desk: Client, home: Home) -> None:
    kind = make_kind("livret")
    document = make_document(kind, home.family, home.family, by=home.user)
    answer = desk.get(path_of(document, "1/"))
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"].startswith("inline")
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "no-store" in answer["Cache-Control"]
    assert desk.get(path_of(document, "2/")).status_code == 404


def test_a_page_of_a_pdf_is_drawn(desk: Client, home: Home) -> None:
    from preau.core.cleaning import Part
    from preau.documents.actions import Given, hand_in

    given = Given(make_kind("livret"), home.family, home.family)
    document = hand_in(given, what=[Part("a.pdf", paper(2))], by=home.user, now=AT)
    assert desk.get(path_of(document, "2/")).content.startswith(b"\x89PNG")


def test_accepting_keeps_the_day_and_opens_the_next(desk: Client, home: Home, document: SupportingDocument) -> None:
    following = make_document(make_kind("livret"), home.family, home.family, by=home.user)
    answer = desk.post(path_of(document), {"version": 1, "valid_until": "2027-01-31", "action": "accepter"})
    assert answer["Location"] == path_of(following)
    document.refresh_from_db()
    assert (document.state, document.valid_until) == ("accepted", dt.date(2027, 1, 31))


def test_a_day_that_only_the_document_says_is_asked(desk: Client, home: Home) -> None:
    kind = make_kind("identite", holder=Holder.ADULT, validity=Validity.ASKED)
    document = make_document(kind, home.zoe, home.family, by=home.user)
    answer = desk.post(path_of(document), {"version": 1, "action": "accepter"})
    assert "Écrivez la date qui est sur le document" in answer.content.decode()


def test_a_day_that_is_past_accepts_nothing(desk: Client, document: SupportingDocument) -> None:
    past = {"version": 1, "valid_until": "2026-11-08"}
    assert "Cette date est passée" in desk.post(path_of(document), {**past, "action": "accepter"}).content.decode()
    refusal = {**past, "action": "refuser", "message": "Ce document est trop ancien."}
    assert desk.post(path_of(document), refusal).status_code == 302
    document.refresh_from_db()
    assert document.state == "refused"


def test_refusing_takes_a_text_of_the_town_or_ones_own_words(desk: Client, document: SupportingDocument) -> None:
    text = AnswerText.objects.create(state=DemarcheState.REFUSED, title="Illisible", body="La photo est floue.")
    assert "Dites à la famille" in desk.post(path_of(document), {"version": 1, "action": "refuser"}).content.decode()
    desk.post(path_of(document), {"version": 1, "action": "refuser", "modele": text.code, "message": "Page 2."})
    document.demarche.refresh_from_db()
    document.refresh_from_db()
    assert (document.state, document.demarche.reason) == ("refused", "La photo est floue.\n\nPage 2.")


def test_the_second_of_two_agents_is_told(desk: Client, document: SupportingDocument) -> None:
    desk.post(path_of(document), {"version": 1, "action": "accepter"})
    answer = desk.post(path_of(document), {"version": 1, "action": "refuser", "message": "Non."}, follow=True)
    assert "Vous avez déjà répondu à cette pièce" in answer.content.decode()


@pytest.mark.parametrize("wrong", ["", "x", "-1", "9" * 40])
def test_a_version_that_nobody_wrote_is_met_with_the_page(
    desk: Client, document: SupportingDocument, wrong: str
) -> None:
    assert desk.post(path_of(document), {"version": wrong, "action": "accepter"}).status_code == 200


@pytest.mark.parametrize(
    ("capabilities", "elsewhere"),
    [
        ((Capability.HANDLE_REQUESTS,), False),
        ((Capability.HANDLE_REQUESTS, Capability.REVIEW_DOCUMENTS), True),
        ((Capability.REVIEW_DOCUMENTS,), False),
    ],
)
def test_whoever_does_not_review_for_the_service_finds_no_page(
    document: SupportingDocument, home: Home, capabilities: tuple[Capability, ...], elsewhere: bool
) -> None:
    other = Client()
    service = make_service("sports") if elsewhere else home.service
    sign_in(other, make_agent(*capabilities, service=service))
    assert other.get(path_of(document)).status_code == 404


@pytest.mark.parametrize(
    ("sensitivity", "capability"),
    [(Sensitivity.HEALTH, Capability.SEE_HEALTH), (Sensitivity.JUDGMENT, Capability.SEE_JUDGMENTS)],
)
def test_a_sensitive_document_needs_its_own_capability_and_each_reading_is_noted(
    desk: Client, agent: User, home: Home, sensitivity: Sensitivity, capability: Capability
) -> None:
    kind = make_kind("secret", holder=Holder.CHILD, sensitivity=sensitivity)
    document = make_document(kind, home.nora, home.family, by=home.user)
    for end in ("", "1/", "fichier/"):
        assert desk.get(path_of(document, end)).status_code == 404
    assert kind.label not in desk.get(f"/mairie/demandes/?d={document.demarche.code}").content.decode()
    assert not demarches_in_scope(agent, AT.date()).exists()
    reader = make_agent(Capability.HANDLE_REQUESTS, Capability.REVIEW_DOCUMENTS, capability, service=home.service)
    allowed = Client()
    sign_in(allowed, reader)
    assert kind.label in allowed.get("/mairie/demandes/").content.decode()
    assert allowed.get(path_of(document)).status_code == 200
    assert allowed.get(path_of(document, "fichier/")).content.startswith(b"\xff\xd8")
    read = Entry.objects.get(action="documents.read")
    assert (read.actor, read.subject, read.participant) == (
        reader.journal_name, document.demarche.code, home.nora.code,
    )  # fmt: skip


def test_the_page_of_a_judgment_tells_which_it_replaces_and_which_another_household_gave(
    client: Client, agent: User, home: Home
) -> None:
    service = home.service
    reads = (Capability.HANDLE_REQUESTS, Capability.REVIEW_DOCUMENTS, Capability.SEE_JUDGMENTS)
    sign_in(client, make_agent(*reads, service=service))
    kind = make_kind("jugement", holder=Holder.CHILD, sensitivity=Sensitivity.JUDGMENT)
    thomas = home.thomas.user
    assert thomas is not None
    ours = make_document(kind, home.nora, home.family, by=home.user)
    assert "jugement, accepté" not in client.get(path_of(ours)).content.decode()
    theirs = make_document(kind, home.nora, home.other, by=thomas)
    for document in (ours, theirs):
        accept_document(document.demarche, by=agent, version=1, now=AT)
    again = make_document(kind, home.nora, home.family, by=home.user)
    told = client.get(path_of(again)).content.decode().replace("\u00a0", " ")
    assert "Un autre jugement de ce foyer, accepté le 9 novembre 2026, sera remplacé." in told
    assert "Un autre foyer a donné un jugement, accepté le 9 novembre 2026 : les deux resteront." in told
    assert path_of(theirs) in told
    accept_document(again.demarche, by=agent, version=1, now=AT)
    assert "jugement, accepté" not in client.get(path_of(again)).content.decode()


def test_what_was_taken_back_is_read_no_more(desk: Client, document: SupportingDocument, home: Home) -> None:
    withdraw_document(document.demarche, by=home.user, now=AT)
    for end in ("", "1/", "fichier/"):
        assert desk.get(path_of(document, end)).status_code == 404


def test_a_sensitive_document_is_not_added_at_the_counter_without_its_capability(client: Client, home: Home) -> None:
    make_kind("pai", holder=Holder.CHILD, sensitivity=Sensitivity.HEALTH)
    sign_in(client, make_agent(Capability.REVIEW_DOCUMENTS))
    path = f"/mairie/familles/{home.family.code}/documents/"
    assert "pai" not in client.get(path).content.decode()
    client.post(path, {"piece": "pai", "pour": home.nora.code, "chosen": [sent(picture())]})
    assert not SupportingDocument.objects.exists()


def test_a_document_of_the_town_is_read_and_taken_out_from_its_own_file_alone(client: Client, home: Home) -> None:
    put = make_town_document(home.other)
    sign_in(client, make_agent(Capability.REVIEW_DOCUMENTS))
    path = f"/mairie/familles/{home.family.code}/documents/{put.code}/"
    assert client.get(path).status_code == 404
    assert client.post(f"{path}retirer/").status_code == 404
    assert TownDocument.objects.get() == put


def test_an_agent_adds_what_came_to_the_counter_and_gives_a_document(client: Client, home: Home) -> None:
    make_kind()
    sign_in(client, make_agent(Capability.REVIEW_DOCUMENTS))
    path = f"/mairie/familles/{home.family.code}/documents/"
    given = {"piece": "justificatif-de-domicile", "pour": "foyer", "chosen": [sent(picture())]}
    assert client.post(path, given).status_code == 302
    document = SupportingDocument.objects.get()
    assert (document.state, document.channel) == ("accepted", "counter")
    paper_sent = {"quoi": "mairie", "title": "Certificat", "town_files": [sent(paper(), "c.pdf")]}
    assert client.post(path, paper_sent).status_code == 302
    put = TownDocument.objects.get()
    assert "Certificat.pdf" in client.get(path).content.decode()
    client.post(f"{path}{put.code}/retirer/")
    assert not TownDocument.objects.exists()


def test_the_counter_asks_for_the_day_that_only_the_document_says(client: Client, home: Home) -> None:
    make_kind("identite", holder=Holder.ADULT, validity=Validity.ASKED)
    sign_in(client, make_agent(Capability.REVIEW_DOCUMENTS))
    path = f"/mairie/familles/{home.family.code}/documents/"
    given = {"piece": "identite", "pour": home.zoe.code, "chosen": [sent(picture())]}
    assert "Écrivez la date qui est sur le document" in client.post(path, given).content.decode()
    given |= {"chosen": [sent(picture())], "valid_until": "2026-11-08"}
    assert "Cette date est passée" in client.post(path, given).content.decode()
    given |= {"chosen": [sent(picture())], "valid_until": "2031-05-04"}
    assert client.post(path, given).status_code == 302


def test_a_document_of_a_household_is_not_added_for_a_child(client: Client, home: Home) -> None:
    make_kind()
    sign_in(client, make_agent(Capability.REVIEW_DOCUMENTS))
    given = {"piece": "justificatif-de-domicile", "pour": home.nora.code, "chosen": [sent(picture())]}
    shown = client.post(f"/mairie/familles/{home.family.code}/documents/", given).content.decode()
    assert "se donne pour le foyer" in shown
    assert "Choisissez à nouveau vos fichiers" in shown
