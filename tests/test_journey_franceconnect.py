"""Signing in with FranceConnect, in a browser: the account is tied once, then opens by itself."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from preau.accounts.franceconnect.simulator import Fault, Simulator
from preau.accounts.franceconnect.testing import simulated
from preau.accounts.testing import PASSWORD
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
