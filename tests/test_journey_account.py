"""Mon compte, from a new device to the answers one takes back: on a phone, a computer, and with the keyboard alone."""

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from preau.accounts.models import Session
from preau.accounts.testing import PASSWORD
from tests.browser import Visitor
from tests.conftest import OpenVisitor
from tests.journeys import Villejuif, work

pytestmark = pytest.mark.journey

NEW_PASSWORD = "girafe sept lampe nuage"
NEW_ADDRESS = "zoe@nouvelle.example"


def test_mon_compte(villejuif: Villejuif, visitor: Visitor, open_visitor: OpenVisitor, sign_in) -> None:
    sign_in(open_visitor(), villejuif.zoe)  # elsewhere
    arrives(visitor)
    changes_the_size_of_the_text(visitor)
    changes_address(visitor)
    answers_a_consent(visitor)
    chooses_what_to_receive(visitor)
    signs_out_elsewhere(visitor, villejuif)
    changes_password(visitor)
    forgets_the_password(visitor)
    loses_nothing_of_what_was_typed(visitor)


def arrives(zoe: Visitor) -> None:
    zoe.goto("/connexion/")
    give_password(zoe, PASSWORD)
    expect(zoe.page.get_by_role("heading", name="Bonjour Zoé")).to_be_visible()
    zoe.goto("/mon-compte/")
    zoe.look("mon-compte")


def give_password(zoe: Visitor, password: str) -> None:
    zoe.page.get_by_role("textbox", name="Adresse e-mail ou nom d’utilisateur").fill("z-pinceau")
    zoe.page.get_by_role("textbox", name="Mot de passe").fill(password)
    zoe.page.get_by_role("button", name="Me connecter").click()


def changes_the_size_of_the_text(zoe: Visitor) -> None:
    page = zoe.page
    page.get_by_role("link", name="Modifier l’affichage").click()
    page.get_by_role("radio", name="Très grande").check()
    zoe.look("mon-compte-affichage")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Texte très grand")).to_be_visible()
    zoe.look("mon-compte-texte-tres-grand")
    page.get_by_role("link", name="Modifier l’affichage").click()
    page.get_by_role("radio", name="Normale").check()
    page.get_by_role("button", name="Enregistrer").click()


def changes_address(zoe: Visitor) -> None:
    page = zoe.page
    page.get_by_role("link", name="Modifier l’e-mail").click()
    zoe.look("mon-compte-adresse")
    page.get_by_role("textbox", name="Nouvelle adresse e-mail").fill(NEW_ADDRESS)
    page.get_by_role("button", name="Recevoir le lien de confirmation").click()
    expect(page.get_by_text("À confirmer", exact=True)).to_be_visible()
    zoe.look("mon-compte-a-confirmer")
    zoe.goto(link_in(NEW_ADDRESS, "/adresse-e-mail/confirmer/"))
    zoe.look("mon-compte-confirmer-adresse")
    page.get_by_role("button", name="Confirmer cette adresse").click()
    expect(page.get_by_text(f"Votre adresse est maintenant {NEW_ADDRESS}.")).to_be_visible()
    assert link_in("z-pinceau@example.org", "/adresse-e-mail/revenir/")


def link_in(address: str, beginning: str) -> str:
    """The link of that kind in the last mail that has one."""
    work()
    bodies = [str(one.body) for one in mail.outbox if one.to == [address]]
    return next(found[0] for body in reversed(bodies) if (found := re.search(rf"{beginning}\S+", body)))


def answers_a_consent(zoe: Visitor) -> None:
    page = zoe.page
    page.get_by_role("link", name="Mes consentements").click()
    zoe.look("mes-consentements")
    page.get_by_role("link", name=re.compile("Lire le texte et répondre.*quotient", re.IGNORECASE)).click()
    page.get_by_role("button", name="Donner mon accord").click()
    expect(page.get_by_text("Votre accord est enregistré.")).to_be_visible()
    zoe.look("mon-consentement-donne")
    page.get_by_role("button", name="Retirer mon accord").click()
    history = page.get_by_role("region", name="Historique")
    expect(history.get_by_role("listitem")).to_have_count(2)
    page.get_by_role("link", name="Mes consentements").click()
    expect(page.get_by_text("Retiré", exact=True)).to_be_visible()


def chooses_what_to_receive(zoe: Visitor) -> None:
    page = zoe.page
    page.get_by_role("link", name="Mes souscriptions").click()
    page.get_by_role("checkbox", name="Mes factures, par e-mail").uncheck()
    zoe.look("mes-souscriptions")
    page.get_by_role("button", name="Enregistrer mes choix").click()
    expect(page.get_by_role("checkbox", name="Mes factures, par e-mail")).not_to_be_checked()


def signs_out_elsewhere(zoe: Visitor, villejuif: Villejuif) -> None:
    page = zoe.page
    page.get_by_role("link", name="Mes appareils").click()
    expect(page.get_by_text("Cet appareil", exact=True)).to_have_count(1)
    zoe.look("mes-appareils")
    page.get_by_role("button", name="Me déconnecter partout ailleurs").click()
    expect(page.get_by_text("Vous êtes déconnecté partout ailleurs.")).to_be_visible()
    assert Session.objects.filter(user=villejuif.zoe).count() == 1


def changes_password(zoe: Visitor) -> None:
    page = zoe.page
    zoe.goto("/mon-compte/mot-de-passe/")
    page.get_by_label("Mot de passe actuel", exact=True).fill(PASSWORD)
    for label in ("Mot de passe", "Confirmation du mot de passe"):
        page.get_by_label(label, exact=True).fill("cantine2026!")
    page.get_by_role("button", name="Changer mon mot de passe").click()
    expect(page.locator(".alerte.a-erreur")).to_contain_text("trop courant")
    zoe.look("mon-compte-mot-de-passe-refuse")
    page.get_by_label("Mot de passe actuel", exact=True).fill(PASSWORD)
    for label in ("Mot de passe", "Confirmation du mot de passe"):
        page.get_by_label(label, exact=True).fill(NEW_PASSWORD)
    page.get_by_role("button", name="Changer mon mot de passe").click()
    expect(page.get_by_text("Votre mot de passe est changé.")).to_be_visible()


def forgets_the_password(zoe: Visitor) -> None:
    page = zoe.page
    zoe.context.clear_cookies(name="preau_session")
    zoe.goto("/connexion/")
    page.get_by_role("link", name="Mot de passe oublié").click()
    page.get_by_role("textbox", name="Adresse e-mail ou nom d’utilisateur").fill(NEW_ADDRESS)
    page.get_by_role("button", name="Recevoir le lien").click()
    expect(page.get_by_role("heading", name="C’est noté")).to_be_visible()
    zoe.look("mot-de-passe-oublie")
    link = link_in(NEW_ADDRESS, "/mot-de-passe-oublie/")
    zoe.goto(link)
    zoe.look("choisir-mot-de-passe")
    for label in ("Mot de passe", "Confirmation du mot de passe"):
        page.get_by_label(label, exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Changer mon mot de passe").click()
    give_password(zoe, PASSWORD)
    expect(page.get_by_role("heading", name="Bonjour Zoé")).to_be_visible()
    zoe.goto(link, status=410)
    zoe.look("lien-deja-servi")


def loses_nothing_of_what_was_typed(zoe: Visitor) -> None:
    page = zoe.page
    zoe.goto("/mon-compte/identite/")
    page.get_by_role("textbox", name="Prénom").fill("Zoé-Marie")
    Session.objects.update(expire_date="2026-11-09T07:59:00Z")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("heading", name="Reconnectez-vous")).to_be_visible()
    zoe.look("reconnectez-vous")
    page.get_by_role("textbox", name="Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Me connecter").click()
    expect(page.get_by_role("heading", name="Votre saisie est gardée")).to_be_visible()
    zoe.look("saisie-gardee")
    page.get_by_role("button", name="Envoyer ma saisie").click()
    expect(page.get_by_text("C’est enregistré.")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Zoé-Marie Pinceau")


def test_the_keyboard_alone_changes_an_address(villejuif: Villejuif, open_visitor: OpenVisitor) -> None:
    zoe = open_visitor(width=1280)
    page = zoe.page
    zoe.goto("/connexion/")
    reach(zoe, "Adresse e-mail ou nom d’utilisateur")
    page.keyboard.type("z-pinceau")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Bonjour Zoé")).to_be_visible()
    reach(zoe, "Mon compte")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Mon compte")).to_be_visible()
    reach(zoe, "Modifier l’e-mail")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Changer mon adresse e-mail")).to_be_visible()
    reach(zoe, "Nouvelle adresse e-mail")
    page.keyboard.type(NEW_ADDRESS)
    page.keyboard.press("Enter")
    expect(page.get_by_text("À confirmer", exact=True)).to_be_visible()


# A page that has only just come keeps the focus for itself at the first Tab: its name is not all that it says.
NAME_OF_FOCUS = """() => {
  const element = document.activeElement;
  if (!element.matches("a, button, input, select, summary, textarea")) return "";
  return (element.labels?.[0] ?? element).textContent.replace(/\\s+/g, " ").trim();
}"""


def reach(zoe: Visitor, name: str) -> None:
    """Press Tab until what has the focus is called so."""
    for _ in range(60):
        zoe.page.keyboard.press("Tab")
        if name in zoe.page.evaluate(NAME_OF_FOCUS):
            return
    raise AssertionError(f"the keyboard does not reach « {name} »")
