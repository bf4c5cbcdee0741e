"""Signing in with FranceConnect, in a browser: the account is tied once, then opens by itself."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from preau.accounts.franceconnect.simulator import Fault, Simulator
from preau.accounts.franceconnect.testing import simulated
from preau.accounts.testing import PASSWORD
from preau.families.models import Adult
from preau.families.testing import make_family
from preau.notifications.models import Outgoing
from tests.browser import Visitor
from tests.journeys import Villejuif

pytestmark = pytest.mark.journey

BUTTON = "S’identifier avec FranceConnect"


@pytest.fixture
def franceconnect(villejuif: Villejuif, live_server: LiveServer) -> Iterator[Simulator]:
    with simulated(live_server.url) as simulator:
        yield simulator


def test_zoe_ties_her_account_and_comes_back_by_franceconnect(franceconnect: Simulator, visitor: Visitor) -> None:
    page = visitor.page
    visitor.goto("/connexion/")
    visitor.look("connexion-franceconnect")
    page.get_by_role("link", name=BUTTON).click()
    visitor.look("franceconnect-simulateur")
    be(page, "Zoé Marie")
    expect(page.get_by_role("heading", name="Bonjour Zoé")).to_be_visible()
    visitor.look("franceconnect-inconnu")
    ties(visitor)
    leaves(visitor)
    page.goto(visitor.address + "/connexion/")
    page.get_by_role("link", name=BUTTON).click()
    be(page, "Zoé Marie")
    expect(page.get_by_role("article", name="Nora")).to_be_visible()
    unties(visitor)


def be(page: Page, first_names: str) -> None:
    page.get_by_role("button", name=re.compile(first_names)).click()


def ties(visitor: Visitor) -> None:
    page = visitor.page
    page.get_by_role("link", name="Me connecter pour relier mon compte").click()
    page.get_by_role("textbox", name="Adresse e-mail ou nom d’utilisateur").fill("z-pinceau")
    page.get_by_role("textbox", name="Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Me connecter").click()
    expect(page.get_by_role("heading", name="Relier FranceConnect à votre compte")).to_be_visible()
    visitor.look("franceconnect-relier")
    page.get_by_role("button", name="Relier FranceConnect").click()
    expect(page.get_by_text("FranceConnect est relié à votre compte")).to_be_visible()
    visitor.look("franceconnect-relie")


def leaves(visitor: Visitor) -> None:
    """FranceConnect is left too, without a hand: the page goes there by itself, and comes back."""
    page = visitor.page
    if visitor.width < 900:
        page.get_by_text("Menu", exact=True).click()
    page.get_by_role("button", name="Me déconnecter").click()
    expect(page.get_by_role("heading", name="Vous êtes déconnecté")).to_be_visible()
    expect(page.get_by_text("Vous êtes déconnecté de l’espace famille et de FranceConnect.")).to_be_visible()


def unties(visitor: Visitor) -> None:
    page = visitor.page
    visitor.goto("/mon-compte/franceconnect/")
    visitor.look("franceconnect-compte")
    page.get_by_role("button", name="Délier FranceConnect").click()
    expect(page.get_by_text("FranceConnect n’ouvre plus votre compte.")).to_be_visible()
    visitor.look("franceconnect-compte-delie")
    page.get_by_role("button", name="Relier FranceConnect").click()
    be(page, "Zoé Marie")  # the page has gone there by itself
    expect(page.get_by_text("FranceConnect est relié à votre compte")).to_be_visible()


def test_boubacar_creates_his_account_without_a_password(franceconnect: Simulator, visitor: Visitor) -> None:
    page = visitor.page
    family = make_family(name="Diallo", number="2077")
    Adult.objects.create(family=family, first_name="Boubacar", last_name="Diallo", birth_date="1979-07")
    comes_to_create(visitor, "Boubacar")
    page.get_by_role("button", name="Créer mon compte").click()
    visitor.look("franceconnect-creer-erreurs")
    page.get_by_role("textbox", name="Numéro de dossier").fill("20 77")
    page.get_by_role("textbox", name="Nom du dossier").fill("diallo")
    accepts(page)
    expect(page.get_by_role("heading", name="Un courriel vous a été envoyé")).to_be_visible()
    opens_the_link(visitor)
    expect(page.get_by_text("Votre compte est prêt. Bienvenue !")).to_be_visible()
    assert Adult.objects.get(family=family).user is not None


def test_salma_whom_the_town_does_not_know_waits_for_an_agent(franceconnect: Simulator, visitor: Visitor) -> None:
    comes_to_create(visitor, "Salma")
    visitor.look("franceconnect-creer")
    accepts(visitor.page)
    opens_the_link(visitor)
    expect(visitor.page.get_by_role("heading", name="Un agent prépare votre dossier")).to_be_visible()
    visitor.look("franceconnect-attente")


def comes_to_create(visitor: Visitor, first_name: str) -> None:
    visitor.goto("/franceconnect/")
    be(visitor.page, first_name)
    visitor.page.get_by_role("link", name="Créer mon compte").click()
    expect(visitor.page.get_by_role("heading", name="Créer mon compte")).to_be_visible()


def accepts(page: Page) -> None:
    page.get_by_role("checkbox", name="J’ai lu et j’accepte").check()
    page.get_by_role("checkbox", name="J’ai pris connaissance").check()
    page.get_by_role("button", name="Créer mon compte").click()


def opens_the_link(visitor: Visitor) -> None:
    text = Outgoing.objects.filter(text__contains="/activer/").latest("pk").text
    visitor.goto(f"/activer/{text.split('/activer/')[1].split('/')[0]}/")
    visitor.look("franceconnect-activer")
    visitor.page.get_by_role("button", name="Activer mon compte").click()


def test_what_goes_wrong_says_what_to_do(franceconnect: Simulator, visitor: Visitor) -> None:
    page = visitor.page
    visitor.goto("/franceconnect/")
    page.get_by_role("button", name="Annuler").click()
    expect(page.get_by_role("heading", name="Vous avez annulé")).to_be_visible()
    visitor.look("franceconnect-annule")
    page.get_by_role("link", name="Recommencer avec FranceConnect").click()
    page.get_by_text("Mauvais jours").click()
    page.get_by_role("combobox").select_option(Fault.WRONG_SIGNATURE)
    visitor.look("franceconnect-simulateur-mauvais-jours")
    be(page, "Zoé Marie")
    expect(page.get_by_role("heading", name="La réponse de FranceConnect n’est pas sûre")).to_be_visible()
    visitor.look("franceconnect-refuse")
    visitor.goto("/franceconnect/retour/?code=perdu&state=perdu", status=400)
    visitor.look("franceconnect-trop-tard")
