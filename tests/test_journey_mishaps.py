"""What goes wrong in a family's hands: wrong answers, double clicks, two tabs, the way back, a session that ends."""

import re
import time
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page, expect

from preau.accounts.models import Session
from preau.accounts.testing import PASSWORD
from preau.core.testing import picture
from preau.demarches.models import Demarche
from preau.documents.choices import DocumentState
from preau.documents.models import OwnDocument, SupportingDocument
from preau.health.models import HealthField
from preau.members.models import DietChoice, TrustedPerson
from tests.browser import Visitor
from tests.conftest import OpenVisitor
from tests.family_pages import addresses_of, codes_of
from tests.journeys import Villejuif
from tests.large_family import settle_large_family

pytestmark = pytest.mark.journey

HAND_IN = "/dossier/documents/deposer/?piece=justificatif-de-domicile"


@pytest.fixture
def zoe(villejuif: Villejuif, open_visitor: OpenVisitor, sign_in) -> Visitor:
    visitor = open_visitor(width=390)
    sign_in(visitor, villejuif.zoe)
    return visitor


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button).click()


SENT_TWICE = """button => {
  const send = () => fetch(button.form.action, { method: "POST", body: new FormData(button.form, button) });
  return Promise.all([send(), send()]).then(answers => answers.map(answer => answer.status));
}"""


def press_twice(page: Page, button: str) -> None:
    """As a nervous hand or a slow network does: the same form goes twice at once."""
    assert page.get_by_role("button", name=button).evaluate(SENT_TWICE) == [200, 200], button


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.locator(f"#id_{name}").fill(value)


def send(page: Page, *files: tuple[str, bytes]) -> None:
    given: list[Any] = [{"name": name, "mimeType": "application/pdf", "buffer": content} for name, content in files]
    page.get_by_label("Choisir un fichier").set_input_files(given)


def refused(visitor: Visitor, words: str, picture: str = "") -> None:
    """The page says what to mend, and is no error of ours."""
    expect(visitor.page.locator(".a-erreur")).to_contain_text(words)
    if picture:
        visitor.look(picture)


def test_wrong_answers_are_explained_and_nothing_is_lost(villejuif: Villejuif, zoe: Visitor) -> None:
    page, who = zoe.page, villejuif.nora.code
    sheet = reverse("health:sheet", args=[who])
    zoe.goto(sheet + "medecin/")
    fill(page, phone="12 34")
    press(page, "Enregistrer")
    refused(zoe, "téléphone", "fautes-medecin")
    expect(page.locator("#id_phone")).to_have_value("12 34")
    zoe.goto(sheet + "pai/")
    page.get_by_label("Oui").check()
    fill(page, starts_on="2026-12-01", ends_on="2026-11-01", text="Le 15.")
    press(page, "Enregistrer")
    refused(zoe, "finit avant de commencer")
    expect(page.locator("#id_text")).to_have_value("Le 15.")
    zoe.goto(sheet + "vaccins/ror/")
    fill(page, on_0="2020-01-01", on_1="2030-01-01")
    press(page, "Enregistrer les dates")
    refused(zoe, "avant la naissance", "fautes-vaccin")
    zoe.goto(reverse("members:person_add", args=[who]))
    fill(page, first_name="Ludivine", last_name="Petit", link="Sœur", phone="06 00 00 00 01", born_on="2015-05-05")
    press(page, "Ajouter cette personne")
    refused(zoe, "16 ans", "fautes-personne")
    zoe.goto(reverse("members:diet", args=[who]))
    fill(page, starts_on="2020-01-01")
    press(page, "Enregistrer le régime")
    refused(zoe, "un jour à venir")
    assert not HealthField.objects.exists()
    assert not TrustedPerson.objects.exists()
    assert not DietChoice.objects.exists()


def test_files_that_cannot_be_taken_are_explained(zoe: Visitor) -> None:
    page = zoe.page
    for files, words in (
        ((), "Prenez une photo"),
        ([("facture.pdf", b"ceci n'est pas un PDF")], "Ce fichier"),
        ([("vide.pdf", b"")], "vide"),
        ([("lourd.pdf", b"%PDF-1.7\n" + bytes(10_500_000))], "10 Mo au plus"),
        ([("facture.jpg", picture((60, 40))), ("notes.txt", b"bonjour")], "notes.txt"),
    ):
        zoe.goto(HAND_IN)
        send(page, *files)
        press(page, "Envoyer ce document")
        refused(zoe, words)
    zoe.look("fautes-fichier")
    assert not SupportingDocument.objects.exists()


def test_a_double_click_does_everything_once(villejuif: Villejuif, zoe: Visitor) -> None:
    page, who = zoe.page, villejuif.nora.code
    zoe.goto(HAND_IN)
    send(page, ("facture.jpg", picture((600, 800))))
    press_twice(page, "Envoyer ce document")
    zoe.goto("/dossier/documents/espace/ajouter/")
    send(page, ("Facture.jpg", picture((600, 800))))
    press_twice(page, "Garder dans mon espace")
    zoe.goto(reverse("members:person_add", args=[who]))
    fill(page, first_name="Jeanne", last_name="Martin", link="Voisine", phone="06 00 00 00 01")
    press_twice(page, "Ajouter cette personne")
    zoe.goto(reverse("members:ask_child"))
    fill(page, first_name="Sacha", born_on="2026-10-01")
    press_twice(page, "Envoyer ma demande")
    zoe.goto("/dossier/coordonnees/adresse/")
    fill(page, lines="3 impasse du Lac")
    press_twice(page, "Demander ce changement")
    zoe.goto("/dossier/documents/")
    zoe.look("double-clic-documents")
    assert counted() == {"handed": 1, "own": 1, "named": 1, "members.child": 1, "demarches.household": 1}


def counted() -> dict[str, int]:
    """What is there after the clicks."""
    asked = Demarche.objects.filter(kind__in=("members.child", "demarches.household"), state="sent")
    kinds = list(asked.values_list("kind", flat=True))
    return {
        "handed": SupportingDocument.objects.filter(state=DocumentState.HANDED).count(),
        "own": OwnDocument.objects.count(),
        "named": TrustedPerson.objects.filter(withdrawn_at__isnull=True).count(),
        **{kind: kinds.count(kind) for kind in ("members.child", "demarches.household")},
    }


def test_two_tabs_and_the_way_back_overwrite_nothing_in_silence(villejuif: Villejuif, zoe: Visitor) -> None:
    page, who = zoe.page, villejuif.nora.code
    address = reverse("health:item", args=[who, "medecin"])
    zoe.goto(address)
    other = zoe.context.new_page()
    other.goto(zoe.address + address)
    fill(other, name="Dr Martin")
    press(other, "Enregistrer")
    expect(other.get_by_role("status").first).to_contain_text("c’est enregistré")
    fill(page, name="Dr Kaboré")
    press(page, "Enregistrer")
    refused(zoe, "a changé depuis que vous l’avez ouverte", "deux-onglets")
    expect(page.locator("#id_name")).to_have_value("Dr Kaboré")
    expect(page.locator("form p").filter(has_text="La fiche dit maintenant")).to_contain_text("Dr Martin")
    press(page, "Enregistrer")
    expect(page.get_by_text("Dr Kaboré")).to_be_visible()
    goes_back(zoe, address)
    withdrawn_elsewhere(zoe)


def goes_back(zoe: Visitor, address: str) -> None:
    """The form that is found again says what holds now, and may be sent once more."""
    page = zoe.page
    zoe.goto(address)
    fill(page, name="Dr Cohen")
    press(page, "Enregistrer")
    expect(page.get_by_text("Dr Cohen")).to_be_visible()
    page.go_back()
    expect(page.locator("#id_name")).to_have_value("Dr Cohen")
    press(page, "Enregistrer")
    expect(page.get_by_role("heading", name="Fiche sanitaire")).to_be_visible()


def withdrawn_elsewhere(zoe: Visitor) -> None:
    """The page of a document was open when it was taken back in another tab."""
    page = zoe.page
    zoe.goto(HAND_IN)
    send(page, ("facture.jpg", picture((600, 800))))
    press(page, "Envoyer ce document")
    link = page.get_by_role("link", name=re.compile("^Retirer"))
    address = link.get_attribute("href") or ""
    other = zoe.context.new_page()
    for tab in (page, other):
        tab.goto(zoe.address + address)
    press(other, "Retirer ce document")
    press(page, "Retirer ce document")
    expect(page.get_by_role("heading", name="Mes documents")).to_be_visible()


def test_a_session_that_ends_in_the_sheet_loses_nothing_that_was_typed(villejuif: Villejuif, zoe: Visitor) -> None:
    page, address = zoe.page, reverse("health:item", args=[villejuif.nora.code, "allergies"])
    for end, signed_out in ((ask_for_the_password, False), (end_the_session, True)):
        HealthField.objects.all().delete()
        zoe.goto(address)
        page.get_by_label("Oui").check()
        fill(page, cause_0="Arachide", action_0="Stylo d’adrénaline, puis le 15")
        end(zoe)
        press(page, "Enregistrer")
        zoe.look(f"fiche-session-{'finie' if signed_out else 'ancienne'}")
        assert "Arachide" not in page.content(), "what is kept is not shown to whoever holds the phone"
        page.get_by_role("textbox", name="Mot de passe").fill(PASSWORD)
        page.get_by_role("button", name=re.compile("Me connecter|Continuer|Confirmer")).click()
        press(page, "Envoyer ma saisie")
        expect(page.get_by_text("Allergies : c’est enregistré.")).to_be_visible()
        expect(page.get_by_text("Arachide")).to_be_visible()


def ask_for_the_password(zoe: Visitor) -> None:
    """The password was typed an hour ago."""
    key = next(one["value"] for one in zoe.context.cookies() if one["name"] == settings.SESSION_COOKIE_NAME)
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key=key)
    records: Sequence[dict[str, Any]] = session[AUTHENTICATION_METHODS_SESSION_KEY]
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{**one, "at": time.time() - 3600} for one in records]
    session.save()


def end_the_session(zoe: Visitor) -> None:
    Session.objects.update(expire_date="2026-11-09T07:59:00Z")


def test_the_addresses_of_another_family_lead_nowhere(villejuif: Villejuif, zoe: Visitor) -> None:
    large = settle_large_family(villejuif)
    codes = codes_of(large).values()
    theirs = [path for _, path in addresses_of(large) if any(f"/{code}/" in path for code in codes)]
    assert len(theirs) > 40
    for path in theirs:
        answer = zoe.context.request.get(zoe.address + path)
        assert answer.status == 404, path
    zoe.goto(theirs[0], status=404)
    expect(zoe.page.get_by_role("heading", level=1)).to_have_text("Ce crochet est vide")
