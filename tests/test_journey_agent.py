"""An agent's way in: a password, then a second factor, which nobody does without."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from preau.accounts.factors import code_at
from preau.accounts.testing import PASSWORD
from tests.browser import Visitor
from tests.journeys import Villejuif

pytestmark = pytest.mark.journey

PERIOD = dt.timedelta(seconds=30)


def give_password(page: Page, username: str) -> None:
    page.get_by_label("Adresse e-mail ou nom d’utilisateur").fill(username)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Me connecter").click()


def have_a_key(page: Page) -> None:
    """The visitor's device has passkeys, opened by a finger that always answers."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_an_agent_sets_up_an_application_keeps_the_codes_and_comes_back(villejuif: Villejuif, visitor: Visitor) -> None:
    page = visitor.page
    visitor.goto("/connexion/?next=/mairie/reservations/")
    give_password(page, villejuif.samira.username)
    expect(page.get_by_role("heading", name="Protégez votre compte")).to_be_visible()
    visitor.look("protection-choisir")
    page.get_by_role("link", name="Une application de codes").click()
    page.get_by_text("Je ne peux pas scanner").click()
    secret = re.sub(r"\s", "", page.locator(".secret").inner_text())
    visitor.look("protection-application")
    page.get_by_label("Code à 6 chiffres").fill("000000")
    page.get_by_role("button", name="Activer l’application").click()
    expect(page.locator(".champ .erreur")).to_contain_text("Ce code ne convient pas")
    visitor.look("protection-code-faux")
    page.get_by_label("Code à 6 chiffres").fill(code_at(secret, timezone.now()))
    page.get_by_role("button", name="Activer l’application").click()
    expect(page.get_by_role("heading", name="Vos codes de secours")).to_be_visible()
    recovery = page.locator(".codes li").first.inner_text()
    visitor.look("protection-codes")
    page.get_by_role("button", name="J’ai gardé mes codes").click()
    expect(page.get_by_role("heading", name="Bonjour Samira")).to_be_visible()
    leave(visitor)
    visitor.goto("/connexion/")
    give_password(page, villejuif.samira.username)
    expect(page.get_by_role("heading", name="Votre code de vérification")).to_be_visible()
    visitor.look("connexion-code")
    page.get_by_label("Code à 6 chiffres").fill(code_at(secret, timezone.now() + PERIOD))
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", name="Bonjour Samira")).to_be_visible()
    leave(visitor)
    visitor.goto("/connexion/")
    give_password(page, villejuif.samira.username)
    page.get_by_role("link", name="Utiliser un code de secours").click()
    page.get_by_label("Code de secours").fill(recovery)
    visitor.look("connexion-code-de-secours")
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", name="Bonjour Samira")).to_be_visible()


def test_an_agent_makes_a_passkey_which_then_signs_in_alone(villejuif: Villejuif, visitor: Visitor) -> None:
    page = visitor.page
    have_a_key(page)
    visitor.goto("/connexion/")
    give_password(page, villejuif.remi.username)
    page.get_by_role("link", name="Une clé d’accès").click()
    page.get_by_label("Nom de cette clé").fill("Mon téléphone")
    visitor.look("protection-cle")
    page.get_by_role("button", name="Créer la clé d’accès").click()
    expect(page.get_by_role("heading", name="Vos codes de secours")).to_be_visible()
    page.get_by_role("button", name="J’ai gardé mes codes").click()
    visitor.goto("/mon-compte/protection/")
    expect(page.get_by_text("Mon téléphone", exact=True)).to_be_visible()
    visitor.look("protection")
    leave(visitor)
    visitor.goto("/connexion/?next=/mairie/factures/")
    page.get_by_role("link", name="Me connecter avec une clé d’accès").click()
    visitor.look("connexion-cle")
    page.get_by_role("button", name="Utiliser ma clé d’accès").click()
    expect(page.get_by_role("heading", name="Factures", exact=True)).to_be_visible()
    leave(visitor)
    visitor.goto("/connexion/")
    give_password(page, villejuif.remi.username)
    expect(page.get_by_role("heading", name="Votre clé d’accès")).to_be_visible()
    page.get_by_role("button", name="Utiliser ma clé d’accès").click()
    expect(page.get_by_role("heading", name="Bonjour Rémi")).to_be_visible()


def leave(visitor: Visitor) -> None:
    """Sign out from the desk, whose menu is folded on a phone."""
    page = visitor.page
    if visitor.width < 900:
        page.locator(".nav-plus summary").click()
        page.locator(".nav-plus").get_by_role("button", name="Me déconnecter").click()
    else:
        page.locator(".m-personne").get_by_role("button", name="Me déconnecter").click()
    expect(page.get_by_text("Vous êtes déconnecté.")).to_be_visible()
