"""Villejuif's five steps and Villepreux's invitation: from the front page, or from the desk, to the parent's home."""

import re

import pytest
from playwright.sync_api import FilePayload, Page, expect

from preau.accounts.choices import UserKind
from preau.accounts.models import Grant, Role, User
from preau.accounts.testing import make_user
from preau.families.models import Adult
from preau.families.testing import make_adult, make_child, make_family
from preau.notifications.models import Outgoing
from preau.registration.rules import spaced_code
from preau.registration.testing import NEW_PASSWORD, make_code
from preau.town.models import Town
from tests.browser import Visitor
from tests.conftest import OpenVisitor
from tests.journeys import NOW, Villejuif

pytestmark = pytest.mark.journey

MOST_TABS = 80
ADDRESS = "karim.lopez@example.org"


@pytest.fixture
def karim(villejuif: Villejuif) -> Adult:
    """A father whose file is known, without an account."""
    family = make_family(name="Lopez", number="1084-3154")
    adult = make_adult(family, first_name="Karim", last_name="Lopez", signs_in=False)
    Adult.objects.filter(pk=adult.pk).update(civility="Monsieur")
    make_child(family, first_name="Sacha", last_name="Lopez")
    adult.refresh_from_db()
    return adult


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.locator(f"#id_{name}").fill(value)


def go_on(page: Page, button: str = "Enregistrer et continuer") -> None:
    page.get_by_role("button", name=button).click()


def link_mailed(way: str, template: str) -> str:
    text = Outgoing.objects.filter(address=ADDRESS, template=template).latest("pk").text
    found = re.search(rf"/{way}/[\w-]+/", text)
    assert found
    return found[0]


def test_villejuif_five_steps_lead_home(karim: Adult, visitor: Visitor) -> None:
    page, code = visitor.page, make_code(karim, at=NOW)
    visitor.goto("/")
    page.get_by_role("link", name="Créer mon compte").first.click()
    visitor.look("compte-debut")
    page.get_by_role("link", name="Commencer").click()
    go_on(page)
    expect(page.get_by_role("alert")).to_contain_text("erreurs à corriger")
    visitor.look("compte-1-erreurs")
    fill(page, last_name="Lopez", first_name="Karim", email=ADDRESS, email_again=ADDRESS, username="k.lopez")
    fill(page, password=NEW_PASSWORD, password_again=NEW_PASSWORD)
    visitor.look("compte-1-informations")
    go_on(page)
    expect(page.get_by_role("heading", name="Mes références dossier")).to_be_visible()
    fill(page, number="10843154", name="LOPEZ", code=spaced_code(code).lower())
    visitor.look("compte-2-dossier")
    go_on(page)
    visitor.look("compte-3-conditions")
    page.get_by_label("J’ai lu et j’accepte").check()
    go_on(page, "Accepter et continuer")
    visitor.look("compte-4-confidentialite")
    page.get_by_label("J’ai pris connaissance").check()
    go_on(page, "Accepter et continuer")
    visitor.look("compte-5-recapitulatif")
    page.get_by_role("link", name="Modifier le nom du dossier").click()
    fill(page, name="Lopez")
    go_on(page)
    go_on(page, "Créer mon compte")
    expect(page.get_by_role("heading", name="Un courriel vous a été envoyé")).to_be_visible()
    visitor.look("compte-courriel")
    assert not User.objects.filter(username="k.lopez").exists()
    visitor.goto(link_mailed("activer", "registration/mail/activation"))
    visitor.look("compte-activation")
    go_on(page, "Activer mon compte")
    expect(page).to_have_url(visitor.address + "/accueil/")
    expect(page.get_by_role("main")).to_contain_text("Sacha")
    visitor.look("compte-accueil")
    karim.refresh_from_db()
    assert karim.user == User.objects.get(username="k.lopez")
    visitor.goto(link_mailed("activer", "registration/mail/activation"), status=410)
    visitor.look("compte-lien-deja-servi")


def test_the_five_steps_and_another_proof_need_only_the_keyboard(karim: Adult, open_visitor: OpenVisitor) -> None:
    visitor = open_visitor()
    page = visitor.page
    visitor.goto("/creer-mon-compte/")
    press(page, "Commencer")
    for label, text in (("Nom", "Lopez"), ("Prénom", "Karim"), ("Adresse e-mail", ADDRESS)):
        type_in(page, label, text)
    type_in(page, "Confirmation de l’adresse e-mail", ADDRESS)
    type_in(page, "Nom d’utilisateur", "k.lopez")
    type_in(page, "Mot de passe", NEW_PASSWORD)
    type_in(page, "Confirmation du mot de passe", NEW_PASSWORD)
    press(page, "Enregistrer et continuer")
    type_in(page, "Numéro de dossier", "9999")
    type_in(page, "Nom du dossier", "Lopez")
    type_in(page, "Code d’activation", "0000000000")
    press(page, "Enregistrer et continuer")
    for box in ("J’ai lu et j’accepte", "J’ai pris connaissance"):
        press(page, box, key="Space")
        press(page, "Accepter et continuer")
    press(page, "Créer mon compte")
    expect(page.get_by_role("heading", name="Un courriel vous a été envoyé")).to_be_visible()
    visitor.goto(link_mailed("activer", "registration/mail/activation"))
    press(page, "Activer mon compte")
    expect(page.get_by_role("heading", name="Votre compte attend un dossier")).to_be_visible()
    assert "pas pu vérifier" in Outgoing.objects.filter(address=ADDRESS).latest("pk").subject
    press(page, "Relier mon dossier")
    expect(page.get_by_role("heading", name="Relier mon dossier", level=1)).to_be_visible()
    visitor.look("compte-relier")
    type_in(page, "Numéro de dossier", "1084-3154")
    type_in(page, "Code d’activation", make_code(karim, at=NOW))
    press(page, "Relier mon dossier")
    expect(page).to_have_url(visitor.address + "/accueil/")


def focused(page: Page) -> str:
    """What the element with the focus is called."""
    name: str = page.evaluate(
        """() => {
          const here = document.activeElement, label = here.labels?.[0] ?? here;
          return label.textContent.replace("(facultatif)", "").trim();
        }"""
    )
    return name


def press(page: Page, name: str, *, key: str = "Enter") -> None:
    """Go with Tab to what is called so, or begins so, then press a key."""
    page.wait_for_load_state()
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if focused(page).startswith(name) and page.evaluate("document.activeElement.closest('main') !== null"):
            break
    else:
        pytest.fail(f"Tab does not lead to « {name} » on {page.url}")
    if key == "Space":
        page.keyboard.press(key)
        return
    with page.expect_navigation():
        page.keyboard.press(key)


def type_in(page: Page, label: str, text: str) -> None:
    page.wait_for_load_state()
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if focused(page) == label:
            break
    else:
        pytest.fail(f"Tab does not lead to « {label} » on {page.url}")
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


# Accounts made by the town


@pytest.fixture
def counter(villejuif: Villejuif) -> User:
    """The agent of Villepreux's counter, for the whole town, which invites and nothing else."""
    Town.objects.update(ways=["invited"], proofs=["code", "contact", "agent"])
    user = make_user("guichet", kind=UserKind.STAFF, first_name="Fatou", last_name="Ndiaye")
    role = Role.objects.get(code="administrateur")
    Grant.objects.create(user=user, role=role, starts_on=NOW.date())
    return user


def test_villepreux_invites_and_the_parent_is_home_at_the_first_visit(
    karim: Adult, counter: User, visitor: Visitor, open_visitor: OpenVisitor, sign_in
) -> None:
    agent = open_visitor(width=visitor.width)
    sign_in(agent, counter)
    invite(agent)
    page = visitor.page
    visitor.goto(link_mailed("invitation", "registration/mail/invitation"))
    visitor.look("invitation")
    expect(page.locator("#id_username")).to_have_value("k.lopez")
    fill(page, password=NEW_PASSWORD, password_again=NEW_PASSWORD)
    go_on(page, "Activer mon compte")
    expect(page.get_by_role("alert")).to_contain_text("Cochez la case")
    fill(page, password=NEW_PASSWORD, password_again=NEW_PASSWORD)
    page.get_by_label("J’ai lu et j’accepte").check()
    page.get_by_label("J’ai pris connaissance").check()
    go_on(page, "Activer mon compte")
    expect(page).to_have_url(visitor.address + "/accueil/")
    expect(page.get_by_role("main")).to_contain_text("Sacha")
    agent.goto("/mairie/comptes/?q=lopez")
    expect(agent.page.get_by_role("row", name=re.compile("Lopez, Karim"))).to_contain_text("Compte ouvert")


def invite(agent: Visitor) -> None:
    """At a mended address from the page of the file, after a look at the list and at a takeover."""
    page = agent.page
    agent.goto("/mairie/comptes/")
    agent.look("mairie-comptes")
    page.get_by_label("Nom, numéro de dossier ou e-mail").fill("lopez")
    go_on(page, "Chercher")
    page.get_by_label("Lopez, Karim").check()
    go_on(page, "Inviter par e-mail")
    expect(page.get_by_role("main")).to_contain_text("Un adulte n’a pas d’adresse e-mail.")
    page.get_by_role("link", name=re.compile("^Lopez")).click()
    agent.look("mairie-compte-dossier")
    page.get_by_label("Adresse e-mail").fill(ADDRESS)
    go_on(page, "Inviter par e-mail")
    expect(page.get_by_role("status")).to_contain_text(ADDRESS)
    with page.expect_download() as letter:
        go_on(page, "Imprimer la lettre avec code")
    assert letter.value.suggested_filename.endswith(".pdf")
    letter.value.save_as("build/screens/lettre.pdf")


def test_a_takeover_is_checked_read_and_done(karim: Adult, counter: User, visitor: Visitor, sign_in) -> None:
    page = visitor.page
    sign_in(visitor, counter)
    visitor.goto("/mairie/comptes/")
    page.get_by_role("link", name="Reprendre d’anciens comptes").click()
    hand_in(page, "dossier;courriel;adultes\n1084-3154;lopez@;Karim Lopez\n")
    expect(page.get_by_role("alert").first).to_contain_text("Ligne 2")
    visitor.look("mairie-reprise-fautes")
    hand_in(page, f"dossier;courriel;adultes\n1084-3154;{ADDRESS};Karim Lopez\n777;a@example.org;\n")
    expect(page.get_by_role("heading", name="Vérifiez avant d’inviter")).to_be_visible()
    visitor.look("mairie-reprise")
    go_on(page, "Envoyer les invitations")
    expect(page.get_by_role("heading", name="Reprise faite")).to_be_visible()
    visitor.look("mairie-reprise-faite")
    assert Outgoing.objects.filter(address=ADDRESS).count() == 1


def hand_in(page: Page, text: str) -> None:
    file: FilePayload = {"name": "anciens-comptes.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.get_by_label("Fichier CSV").set_input_files(file)
    go_on(page, "Vérifier le fichier")
