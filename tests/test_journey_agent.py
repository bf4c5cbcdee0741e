"""An agent's way in: a password, then a second factor, which nobody does without."""

import datetime as dt
import re

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import Page, expect

from preau.accounts.factors import code_at
from preau.accounts.models import Session, User
from preau.accounts.testing import PASSWORD, make_app
from preau.notifications.models import Outgoing
from tests.browser import Visitor
from tests.conftest import OpenVisitor
from tests.journeys import Villejuif, make_colleague

pytestmark = pytest.mark.journey

MINUTE = dt.timedelta(minutes=1)
PERIOD = dt.timedelta(seconds=30)


def give_password(page: Page, username: str) -> None:
    page.get_by_label("Adresse e-mail ou nom d’utilisateur").fill(username)
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
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
    later = timezone.now()
    with time_machine.travel(later + 10 * MINUTE, tick=True):
        visitor.goto("/mon-compte/protection/")  # an agent who does nothing for a while is signed out
    with time_machine.travel(later + 20 * MINUTE, tick=True):
        visitor.goto("/mon-compte/protection/cle-acces/")
        visitor.look("confirmer")
        page.get_by_role("link", name="Utiliser ma clé d’accès").click()
        page.get_by_role("button", name="Utiliser ma clé d’accès").click()
        expect(page.get_by_role("heading", name="Ajouter une clé d’accès")).to_be_visible()
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


def test_a_key_is_not_asked_for_before_the_page_can_receive_it(villejuif: Villejuif, visitor: Visitor) -> None:
    page = visitor.page
    page.route("**/protection*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    visitor.goto("/connexion/cle-acces/")
    button = page.get_by_role("button", name="Utiliser ma clé d’accès")
    expect(button).to_be_disabled()
    expect(page.get_by_text("Le bouton reste gris\u00a0?")).to_be_visible()
    visitor.look("connexion-cle-attente")
    page.unroute("**/protection*.js")
    visitor.goto("/connexion/cle-acces/")
    expect(button).to_be_enabled()
    expect(page.get_by_text("Le bouton reste gris\u00a0?")).to_be_hidden()


def leave(visitor: Visitor) -> None:
    """Sign out from the desk, whose menu is folded on a phone."""
    page = visitor.page
    if visitor.width < 900:
        page.locator(".nav-plus summary").click()
        page.locator(".nav-plus").get_by_role("button", name="Me déconnecter").click()
    else:
        page.locator(".m-personne").get_by_role("button", name="Me déconnecter").click()
    expect(page.get_by_text("Vous êtes déconnecté.")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_an_administrator_invites_an_agent_and_two_of_them_give_an_access_back(
    villejuif: Villejuif, open_visitor: OpenVisitor, sign_in, width: int
) -> None:
    anne, bruno = (make_colleague(name, "Petit", "administrateur") for name in ("Anne", "Bruno"))
    desk, other, ines = (open_visitor(width=width) for _ in range(3))
    sign_in(desk, anne)
    desk.goto("/mairie/agents/")
    desk.look("agents")
    desk.page.get_by_role("link", name="Inviter un agent").click()
    desk.page.get_by_label("Prénom").fill("Inès")
    desk.page.get_by_label("Nom", exact=True).fill("Faure")
    desk.page.get_by_label("Adresse e-mail professionnelle").fill("ines.faure@villejuif.example")
    desk.page.get_by_label("Nom d’utilisateur").fill("i.faure")
    desk.page.get_by_label("Rôle").select_option(label="Agent du service Enfance")
    desk.look("agents-inviter")
    desk.page.get_by_role("button", name="Envoyer l’invitation").click()
    expect(desk.page.get_by_text("L’invitation part à ines.faure")).to_be_visible()
    desk.look("agents-agent")
    ines.goto(link_sent_to("ines.faure@villejuif.example"))
    ines.look("agents-bienvenue")
    choose_password(ines.page)
    expect(ines.page.get_by_role("heading", name="Protégez votre compte")).to_be_visible()
    lose_everything(ines, User.objects.get(username="i.faure"))
    for visitor, user in ((desk, anne), (other, bruno)):
        sign_in(visitor, user)
        visitor.goto("/mairie/agents/")
        visitor.look(f"agents-perdu-{user.first_name}")
        visitor.page.get_by_role("button", name="Confirmer").click()
        expect(visitor.page.get_by_text("Votre confirmation est enregistrée.")).to_be_visible()
    ines.goto(link_sent_to("ines.faure@villejuif.example"))
    expect(ines.page.get_by_role("heading", name="Retrouver votre accès")).to_be_visible()
    choose_password(ines.page)
    expect(ines.page.get_by_role("heading", name="Protégez votre compte")).to_be_visible()
    for path in ("/mairie/agents/roles/", "/mairie/agents/roles/nouveau/", "/mairie/agents/roles/role/regisseur/"):
        desk.goto(path)
        desk.look(path.strip("/").replace("/", "-"))


def lose_everything(visitor: Visitor, agent: User) -> None:
    """The agent had an application, and asks for help after the password."""
    make_app(agent)
    Session.objects.filter(user=agent).delete()
    visitor.goto("/connexion/")
    give_password(visitor.page, agent.username)
    visitor.page.get_by_role("link", name="J’ai tout perdu").click()
    visitor.look("connexion-protection-perdue")
    visitor.page.get_by_role("button", name="Demander aux administrateurs").click()
    expect(visitor.page.get_by_role("heading", name="Votre demande est partie")).to_be_visible()


def link_sent_to(address: str) -> str:
    """The path of the last link mailed there."""
    text = Outgoing.objects.filter(address=address, text__contains="/agents/bienvenue/").latest("pk").text
    return "/agents/bienvenue/" + text.partition("/agents/bienvenue/")[2].split()[0]


def choose_password(page: Page) -> None:
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_label("Confirmation du mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Choisir ce mot de passe").click()
