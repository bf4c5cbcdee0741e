"""A complete first file, from nothing to « Dossier complet » and to the first day booked; a document put right."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from preau.accounts.conditions import accept, texts_in_force
from preau.accounts.models import User
from preau.accounts.testing import make_user
from preau.bookings.models import Booking
from preau.checklist.choices import Stage
from preau.checklist.models import AskedItem
from preau.core.testing import picture
from preau.demarches.models import AnswerText
from preau.documents.models import DocumentKind, SupportingDocument
from preau.documents.testing import make_own, paper
from preau.documents.tests.hostile import heic
from preau.families.models import Adult, Family, Participant
from preau.families.testing import make_adult
from preau.town.actions import catalogue_changed
from tests.browser import Visitor
from tests.conftest import OpenVisitor
from tests.journeys import LONG_BEFORE, NOVEMBER, Planning, Villejuif, enrol, make_colleague, settle_child, work

pytestmark = pytest.mark.journey

PDF = {"name": "facture.pdf", "mimeType": "application/pdf", "buffer": paper(2)}
PHOTO = {"name": "livret.jpg", "mimeType": "image/jpeg", "buffer": picture((900, 1200))}
FRIDAY = dt.date(2026, 11, 20)
REASON = "La photo est trop sombre : reprenez-la à la lumière."
HEXAVALENT = ("2021-05-14", "2021-07-14", "2022-02-14")
PAPERS: dict[str, list[dict[str, Any]]] = {
    "justificatif de domicile": [PDF],
    "livret de famille": [PHOTO, {**PHOTO, "name": "page-2.jpg"}],
    "pièce d’identité": [{"name": "carte.heic", "mimeType": "image/heic", "buffer": heic((900, 600))}],
    "carnet de vaccination": [PDF],
    "attestation d’assurance": [PHOTO],
}


@dataclass(frozen=True)
class Newcomers:
    """Inès, whose file an agent has just opened; Tom, enrolled for the evenings; Claire, who reads papers."""

    ines: User
    tom: Participant
    claire: User

    @property
    def adult(self) -> Adult:
        return Adult.objects.get(user=self.ines)


@pytest.fixture
def newcomers(villejuif: Villejuif) -> Newcomers:
    """In a town that wants everything before the first booking."""
    AskedItem.objects.update(stage=Stage.BEFORE_BOOKING)
    for kind in DocumentKind.objects.exclude(required=[]).exclude(code="avis-d-imposition"):
        DocumentKind.objects.filter(pk=kind.pk).update(required=[{"stage": "before_booking"}])
    AnswerText.objects.create(state="refused", title="Illisible", body=REASON)
    catalogue_changed()
    family = Family.objects.create(name="Laurent", number="2020")
    ines = make_user("ines", first_name="Inès", last_name="Laurent")
    make_adult(family, user=ines, first_name="Inès", last_name="Laurent")
    accept(ines, texts_in_force(), now=LONG_BEFORE)
    tom = settle_child(family, "Tom", "maternelle-marronniers", "gs")
    enrol(tom, "accueil-soir-maternelle", "peri-marronniers")
    return Newcomers(ines, tom, make_colleague("Claire", "Lemoine", "sante"))


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.locator(f"#id_{name}").fill(value)


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button).click()


def told(page: Page, words: str) -> None:
    expect(page.get_by_role("status").or_(page.get_by_role("alert")).filter(has_text=words).first).to_be_visible()


def to_give(ines: Visitor, link: str) -> None:
    """Follow a line of « À faire »."""
    ines.goto("/dossier/a-faire/")
    ines.page.get_by_role("main").get_by_role("link", name=re.compile(f"^{link}")).click()


def test_a_first_file_goes_from_nothing_to_complete_and_to_the_first_day_booked(
    newcomers: Newcomers, open_visitor: OpenVisitor, sign_in
) -> None:
    ines, claire = open_visitor(width=390), open_visitor(width=1280)
    sign_in(ines, newcomers.ines)
    sign_in(claire, newcomers.claire)
    ines.goto("/accueil/")
    ines.page.get_by_role("link", name=re.compile(r"^Tom\s: .*à donner")).click()
    expect(ines.page.get_by_text("empêchent de réserver")).to_be_visible()
    ines.look("premier-dossier-a-faire")
    cannot_book_yet(ines, newcomers)
    gives_coordinates(ines)
    fills_the_sheet(ines)
    names_somebody_and_answers(ines)
    chooses_a_diet(ines)
    for name, files in PAPERS.items():
        hands_in(ines, name, files)
    waits(ines)
    reads_everything(claire)
    is_complete(ines)
    books(ines, newcomers)


def cannot_book_yet(ines: Visitor, newcomers: Newcomers) -> None:
    planning = Planning(ines)
    planning.open(newcomers.tom.code, NOVEMBER)
    planning.tick("Soir", FRIDAY)
    planning.press("Valider")
    expect(ines.page.get_by_text("Il manque dans le dossier")).to_be_visible()
    ines.look("premier-dossier-rien-a-reserver")


def gives_coordinates(ines: Visitor) -> None:
    page = ines.page
    to_give(ines, "Donner une adresse")
    ines.look("premier-dossier-coordonnees")
    page.get_by_role("link", name="Modifier : Adresse").click()
    fill(page, lines="3 impasse du Lac", postcode="94800", city="Villejuif")
    press(page, "Demander ce changement")
    page.get_by_label("J’ai compris").check()
    press(page, "Demander ce changement")
    told(page, "Un agent va vérifier votre demande")
    page.get_by_role("link", name="Modifier : Téléphone portable").click()
    fill(page, phone_mobile="06 12 34")
    press(page, "Enregistrer")
    ines.look("premier-dossier-telephone-faux")
    fill(page, phone_mobile="06 12 34 56 78")
    press(page, "Enregistrer")
    told(page, "C’est enregistré")


def fills_the_sheet(ines: Visitor) -> None:
    page = ines.page
    to_give(ines, "Compléter la fiche sanitaire")
    page.get_by_role("link", name=re.compile("^Médecin")).click()
    fill(page, name="Dr Martin", phone="01 45 59 20 00")
    press(page, "Enregistrer")
    page.get_by_role("link", name=re.compile("^Allergies")).click()
    page.get_by_label("Oui").check()
    fill(page, cause_0="Arachide", action_0="Stylo d’adrénaline, puis le 15")
    press(page, "Ajouter une ligne")
    expect(page.locator("#id_cause_0")).to_have_value("Arachide")
    fill(page, cause_1="Pollens")
    ines.look("premier-dossier-allergies")
    press(page, "Enregistrer")
    for subject in ("PAI", "Traitements"):
        page.get_by_role("link", name=re.compile(f"^{subject}")).click()
        page.get_by_label("Non").check()
        press(page, "Enregistrer")
    writes_vaccines(ines)


def writes_vaccines(ines: Visitor) -> None:
    page = ines.page
    to_give(ines, "Donner les dates des vaccins")
    for name, days in (
        ("Diphtérie", HEXAVALENT),
        ("Pneumocoque", HEXAVALENT),
        ("Rougeole", ("2022-03-14", "2022-07-14")),
        ("Méningocoque C", ("2021-08-14", "2022-03-14")),
    ):
        page.get_by_role("listitem").filter(has_text=name).get_by_role("link").click()
        fill(page, **{f"on_{place}": day for place, day in enumerate(days)})
        press(page, "Enregistrer les dates")
        told(page, "c’est enregistré")
    ines.look("premier-dossier-vaccins")


def names_somebody_and_answers(ines: Visitor) -> None:
    page = ines.page
    to_give(ines, "Nommer une personne")
    page.get_by_role("link", name="Ajouter une personne").click()
    fill(page, first_name="Jeanne", last_name="Martin", link="Voisine", phone="06 00 00 00 01")
    page.locator("#id_emergency_order").select_option("1")
    press(page, "Ajouter cette personne")
    told(page, "Jeanne Martin est dans la liste")
    expect(page.get_by_role("button", name="Signer mes réponses")).to_be_visible()
    for group in page.get_by_role("main").get_by_role("group").all():
        group.get_by_label("Non" if "presse" in group.inner_text() else "Oui").check()
    press(page, "Signer mes réponses")
    told(page, "réponses sont enregistrées")
    ines.look("premier-dossier-autorisations")


def chooses_a_diet(ines: Visitor) -> None:
    page = ines.page
    page.get_by_role("link", name="Changer le régime").click()
    page.get_by_label("Sans porc").check()
    press(page, "Enregistrer le régime")
    told(page, "C’est enregistré")


def hands_in(ines: Visitor, name: str, files: list[dict[str, Any]]) -> None:
    to_give(ines, rf"Envoyer\s: {name}")
    ines.page.get_by_label("Choisir un fichier").set_input_files(files)  # type: ignore[arg-type]
    press(ines.page, "Envoyer ce document")
    told(ines.page, "Votre document est envoyé")


def waits(ines: Visitor) -> None:
    """Nothing is left to do: an agent reads what was sent."""
    ines.goto("/dossier/a-faire/")
    expect(ines.page.get_by_text("Vous avez donné tout ce que la mairie demande.")).to_be_visible()
    expect(ines.page.get_by_text("En vérification")).to_be_visible()
    ines.look("premier-dossier-en-verification")
    ines.goto("/dossier/documents/")
    ines.look("premier-dossier-documents")
    ines.goto("/accueil/")
    ines.look("premier-dossier-accueil")


def reads_everything(claire: Visitor) -> None:
    page = claire.page
    claire.goto("/mairie/demandes/")
    claire.look("premier-dossier-demandes")
    page.get_by_role("link", name="Changer d’adresse").click()
    page.get_by_role("link", name="Examiner").click()
    press(page, "Accepter")
    for document in SupportingDocument.objects.order_by("pk"):
        claire.goto(f"/mairie/demandes/{document.demarche.code}/piece/")
        claire.look(f"premier-dossier-piece-{document.kind.code}")
        if document.kind.validity == "asked":
            fill(page, valid_until="2031-05-02")
        press(page, "Accepter la pièce")
        told(page, "accepté")


def is_complete(ines: Visitor) -> None:
    ines.goto("/dossier/a-faire/")
    expect(ines.page.get_by_text("Dossier complet")).to_be_visible()
    ines.look("premier-dossier-complet")
    ines.goto("/accueil/")
    expect(ines.page.get_by_text("Valider 1 modification du planning")).to_be_visible()


def books(ines: Visitor, newcomers: Newcomers) -> None:
    page = ines.page
    page.get_by_role("link", name="Valider 1 modification").click()
    press(page, "Terminer")
    expect(page.get_by_role("heading", name="1 changement enregistré")).to_be_visible()
    assert Booking.objects.filter(participant=newcomers.tom, day=FRIDAY).exists()


def test_a_refused_document_is_put_right_from_my_space_in_one_click(
    newcomers: Newcomers, visitor: Visitor, open_visitor: OpenVisitor, sign_in
) -> None:
    page, claire = visitor.page, open_visitor(width=1280)
    make_own(newcomers.adult, "Facture d’eau")
    sign_in(visitor, newcomers.ines)
    sign_in(claire, newcomers.claire)
    hands_in(visitor, "justificatif de domicile", [PHOTO])
    refuses(claire)
    work()
    written = next(str(one.body) for one in mail.outbox if one.to == ["ines@example.org"])
    assert "ne convient pas" in written
    reads_why(visitor)
    visitor.goto("/dossier/documents/")
    page.get_by_role("link", name=re.compile("^Donner à la mairie.*Facture d’eau")).click()
    page.get_by_role("link", name="Justificatif de domicile").click()
    expect(page.get_by_label("Facture d’eau")).to_be_checked()
    visitor.look("piece-de-mon-espace")
    press(page, "Envoyer ce document")
    told(page, "Votre document est envoyé")
    expect(page.get_by_text("En cours de lecture")).to_be_visible()
    visitor.look("piece-renvoyee")
    claire.goto("/mairie/demandes/")
    claire.page.get_by_role("link", name="Justificatif de domicile").click()
    claire.page.get_by_role("link", name="Examiner").click()
    press(claire.page, "Accepter la pièce")
    visitor.goto("/dossier/documents/")
    expect(page.get_by_role("row", name="Justificatif de domicile").first).to_contain_text("Accepté")
    visitor.look("piece-acceptee")


def refuses(claire: Visitor) -> None:
    page = claire.page
    claire.goto("/mairie/demandes/")
    page.get_by_role("link", name="Justificatif de domicile").click()
    page.get_by_role("link", name="Examiner").click()
    press(page, "Refuser")
    claire.look("piece-refuser-sans-raison")
    page.get_by_label("Illisible").check()
    press(page, "Refuser")
    told(page, "refusé")


def reads_why(visitor: Visitor) -> None:
    page = visitor.page
    visitor.goto("/accueil/")
    visitor.look("piece-refusee-accueil")
    to_give(visitor, r"Envoyer\s: justificatif de domicile")
    expect(page.get_by_text(REASON)).to_be_visible()
    visitor.look("piece-refusee")
