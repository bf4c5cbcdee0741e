"""An agent's morning: twenty requests of several kinds answered, then a family found, helped at the counter, and made
one of two."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from preau.demarches.actions import answer
from preau.demarches.choices import HOUSEHOLD_CHANGE, DemarcheState
from preau.demarches.models import AnswerText, Demarche
from preau.families.choices import PreferredContact
from preau.families.models import Adult, Family, Participant
from preau.families.searching import refile
from preau.families.testing import make_adult, make_child, make_family
from tests.browser import Visitor
from tests.conftest import OpenVisitor
from tests.journeys import Villejuif, make_colleague
from tests.morning import Morning, twenty_requests

pytestmark = pytest.mark.journey

LIST = "/mairie/demandes/"
MOST_TABS = 80
SORRY = "Nous n’ouvrons pas de compte à une personne qui habite une autre commune."


@pytest.fixture
def morning(villejuif: Villejuif) -> Morning:
    AnswerText.objects.create(state=DemarcheState.REFUSED, title="Autre commune", body=SORRY)
    return twenty_requests(villejuif)


def test_twenty_requests_are_found_answered_and_read_by_their_families(
    villejuif: Villejuif, morning: Morning, visitor: Visitor, open_visitor: OpenVisitor, sign_in
) -> None:
    page = visitor.page
    sign_in(visitor, make_colleague("Claire", "Petit", "agent-enfance"))
    visitor.goto(LIST)
    expect(page.get_by_role("link", name="À traiter 20")).to_be_visible()
    visitor.look("matin-demandes")
    search(page, "norah")
    expect(page.get_by_text("Aucune demande ne correspond")).to_be_visible()
    search(page, "élève inconnu")
    visitor.look("matin-demandes-vide")
    accept_all_that_move(visitor)
    refuse_with_a_kept_text(visitor, morning.accounts[0])
    ask_for_an_address(visitor, morning.accounts[1])
    come_second(visitor, morning.accounts[2])
    read_a_document_with_the_keyboard(visitor, morning.documents[0])
    for demarche, under, button, done in (
        (morning.documents[1], "piece/", "Accepter la pièce", "accepté"),
        (morning.documents[2], "piece/", "Accepter la pièce", "accepté"),
        (morning.name, "changement/", "Accepter ce changement", "à jour"),
        (morning.school, "membre/", "Accepter et mettre à jour le dossier", "à jour"),
        (morning.child, "membre/", "Accepter et mettre à jour le dossier", "à jour"),
    ):
        visitor.goto(f"{LIST}{demarche.code}/{under}")
        visitor.look(f"matin-{under.strip('/')}-{demarche.kind.partition('.')[2]}")
        if under == "membre/":
            page.get_by_label("J’ai vu les papiers demandés").check()
        page.get_by_role("button", name=button).click()
        expect(page.get_by_role("status").first).to_contain_text(done)
    note_the_disagreement(visitor, morning.disagreement)
    visitor.goto(LIST)
    expect(page.get_by_text("Tout est traité")).to_be_visible()
    visitor.look("matin-tout-est-traite")
    assert Participant.objects.get(pk=villejuif.nora.pk).first_name == "Norah"

    mine = Demarche.objects.get(asked_by=morning.movers[0], kind=HOUSEHOLD_CHANGE)
    family = open_visitor(width=visitor.width)
    sign_in(family, morning.movers[0])
    family.goto(f"/dossier/demarches/{mine.code}/")
    expect(family.page.get_by_role("main")).to_contain_text("Acceptée")
    family.look("matin-reponse-lue")


def search(page: Page, words: str) -> None:
    page.get_by_label("Famille, enfant ou n° de dossier").fill(words)
    page.get_by_role("button", name="Chercher").click()


def accept_all_that_move(visitor: Visitor) -> None:
    """Found by the name of their street's families and their kind, ticked, read on one page, accepted at once."""
    page = visitor.page
    visitor.goto(LIST)
    page.get_by_label("Type de demande").select_option(label="Adresse et foyer")
    search(page, "faubourg")
    boxes = page.get_by_role("checkbox", name="Choisir :")
    expect(boxes).to_have_count(10)
    for place in range(10):
        boxes.nth(place).check()
    page.get_by_role("button", name="Accepter les demandes cochées").click()
    visitor.look("matin-accepter-dix")
    page.get_by_role("button", name="Accepter les 10 demandes").click()
    expect(page.get_by_role("status")).to_contain_text("10 demandes")
    expect(page.get_by_role("link", name="À traiter 10")).to_be_visible()


def refuse_with_a_kept_text(visitor: Visitor, demarche: Demarche) -> None:
    page = visitor.page
    visitor.goto(f"{LIST}{demarche.code}/")
    visitor.look("matin-demande")
    page.get_by_role("link", name="Refuser…").click()
    page.get_by_label("Autre commune").check()
    expect(page.locator("#id_message")).to_have_value(SORRY)
    visitor.look("matin-refuser")
    page.get_by_role("button", name="Refuser et prévenir").click()
    expect(page.get_by_role("status")).to_contain_text("La demande est refusée.")


def ask_for_an_address(visitor: Visitor, demarche: Demarche) -> None:
    page = visitor.page
    visitor.goto(f"{LIST}{demarche.code}/")
    page.get_by_role("link", name="Demander un complément").click()
    page.locator("#id_message").fill("Quelle est votre adresse ?")
    page.get_by_role("button", name="Envoyer à la famille").click()
    expect(page.get_by_role("status")).to_contain_text("renvoyée à la famille")


def come_second(visitor: Visitor, demarche: Demarche) -> None:
    """Karim answers while Claire writes: she is told, and what she wrote is still there."""
    page = visitor.page
    visitor.goto(f"{LIST}{demarche.code}/refuser/")
    page.locator("#id_message").fill("Il manque votre livret de famille.")
    karim = make_colleague("Karim", f"Second{visitor.width}", "agent-enfance")
    answer(demarche, state=DemarcheState.REFUSED, reason=SORRY, by=karim, version=demarche.version, now=timezone.now())
    page.get_by_role("button", name="Refuser et prévenir").click()
    expect(page.get_by_text(f"Karim Second{visitor.width} a déjà répondu à cette demande (refusée)")).to_be_visible()
    expect(page.get_by_label("Votre message, qui n’est pas parti")).to_have_value("Il manque votre livret de famille.")
    visitor.look("matin-deuxieme")


def read_a_document_with_the_keyboard(visitor: Visitor, demarche: Demarche) -> None:
    """From the list to the document, then accepted, without a mouse."""
    page = visitor.page
    visitor.goto(LIST)
    tab_to(page, demarche.summary)
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{LIST}{demarche.code}/**")
    page.wait_for_load_state()
    tab_to(page, "Examiner")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_url("**/piece/")
    page.wait_for_load_state()
    tab_to(page, "Accepter la pièce")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("accepté")


def tab_to(page: Page, name: str) -> None:
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            return
    pytest.fail(f"Tab does not lead to « {name} »")


def note_the_disagreement(visitor: Visitor, demarche: Demarche) -> None:
    page = visitor.page
    visitor.goto(f"{LIST}{demarche.code}/desaccord/")
    visitor.look("matin-desaccord")
    page.get_by_label("Ce qui a été dit et fait").fill("Les deux parents sont reçus jeudi.")
    page.get_by_role("button", name="Noter et clore").click()
    expect(page.get_by_role("status")).to_contain_text("C’est noté.")


def test_a_family_is_found_helped_at_the_counter_and_made_one_of_two(
    villejuif: Villejuif, open_visitor: OpenVisitor, sign_in
) -> None:
    visitor = open_visitor(width=1280)
    page = visitor.page
    again = written_twice(villejuif)
    sign_in(visitor, make_colleague("Claire", "Petit", "agent-enfance"))
    visitor.goto("/mairie/familles/")
    for words in ("06 44 55 66 77", "lea martin"):
        page.get_by_label("Nom, enfant, numéro, téléphone ou e-mail").fill(words)
        page.get_by_role("button", name="Chercher").click()
        expect(page.get_by_role("status")).to_contain_text("2 dossiers")
    visitor.look("matin-familles")
    page.get_by_role("link", name="Dossiers qui se ressemblent").click()
    expect(page.get_by_text("Même enfant")).to_be_visible()
    visitor.look("matin-ressemblances")
    visitor.goto(f"/mairie/familles/{villejuif.lea.homes.get().family.code}/")
    expect(page.get_by_text("Un autre dossier lui ressemble")).to_be_visible()
    visitor.look("matin-famille")
    page.get_by_role("link", name="Changer les coordonnées de Hugo Martin").click()
    expect(page.get_by_text("Vous agissez pour la famille Martin, au guichet.")).to_be_visible()
    page.get_by_label("Téléphone du travail").fill("01 45 59 20 00")
    visitor.look("matin-guichet")
    page.get_by_role("button", name="Enregistrer pour la famille").click()
    expect(page.get_by_role("status")).to_contain_text("à jour")
    page.get_by_role("link", name="Comparer les deux dossiers").click()
    page.get_by_role("radio", name="Adresse : 4 impasse du Lac").check()
    page.get_by_label("Pourquoi est-ce la même famille").fill("Même enfant, adresse confirmée au téléphone.")
    visitor.look("matin-reunir")
    page.get_by_role("button", name="Réunir les deux dossiers").click()
    expect(page.get_by_role("status")).to_contain_text("n’en font plus qu’un")
    expect(page.get_by_text("4 impasse du Lac")).to_be_visible()
    visitor.look("matin-reunis")
    page.get_by_role("button", name="Séparer les deux dossiers").click()
    expect(page.get_by_role("status")).to_contain_text("de nouveau à part")
    again.refresh_from_db()
    assert again.archived_at is None


def written_twice(town: Villejuif) -> Family:
    """Hugo's file, opened once more by an agent who did not find it."""
    hugo = Adult.objects.filter(user=town.hugo)
    hugo.update(phone_mobile="06 44 55 66 77", preferred_contact=PreferredContact.MOBILE)
    again = make_family(name="Martin", number="9917")
    again.addresses.update(lines="4 impasse du Lac")
    make_adult(again, first_name="Hugo", last_name="Martin", signs_in=False)
    again.adults.update(phone_mobile="06 44 55 66 77", email="")
    make_child(again, first_name="Lea", last_name="Martin", born_on=town.lea.born_on)
    refile(again.pk, hugo.get().family_id)
    return again
