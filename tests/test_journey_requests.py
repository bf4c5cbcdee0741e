"""Villennes: « Je n’ai pas d’espace », from the request to the home page, by way of a mail and of an agent."""

import re

import pytest
from playwright.sync_api import Page, expect

from preau.accounts.models import Role, RoleCapability, User
from preau.core.testing import picture
from preau.demarches.models import AnswerText, Demarche, Recipient
from preau.families.models import Adult
from preau.families.testing import make_adult, make_family
from preau.notifications.models import Outgoing
from preau.registration.testing import NEW_PASSWORD
from preau.town.models import Service, Town
from tests.browser import Visitor
from tests.conftest import OpenVisitor
from tests.journeys import Villejuif

pytestmark = pytest.mark.journey

MOST_TABS = 80


@pytest.fixture
def villennes(villejuif: Villejuif) -> Villejuif:
    """The town opens this way too, and Samira answers; the file of Inès is known, without an account."""
    Town.objects.update(ways=["request", "five_steps"])
    enfance = Service.objects.get(code="enfance")
    Recipient.objects.update_or_create(kind="demarches.account", defaults={"service": enfance})
    role = Role.objects.get(code="agent-enfance")
    RoleCapability.objects.get_or_create(role=role, capability="handle_requests")
    make_adult(make_family(name="Laurent", number="2020"), first_name="Ines", last_name="Laurent", signs_in=False)
    AnswerText.objects.create(state="incomplete", title="Adresse", body="Quelle est votre adresse ?")
    return villejuif


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.locator(f"#id_{name}").fill(value)


def go_on(page: Page, button: str = "Enregistrer et continuer") -> None:
    page.get_by_role("button", name=button).click()


def ask(visitor: Visitor) -> None:
    """All the steps, from the front page to « Un courriel vous a été envoyé »."""
    page = visitor.page
    visitor.goto("/")
    page.get_by_role("link", name="Créer mon espace").click()
    visitor.look("demande-debut")
    page.get_by_role("link", name="Créer mon espace").click()
    page.get_by_label("Madame").check()
    fill(page, last_name="Laurent", first_name="Inès", birth_date="14/03/1985", birth_town="Brest")
    photo = {"name": "moi.jpg", "mimeType": "image/jpeg", "buffer": picture((1200, 1600))}
    page.get_by_label("Photo (facultatif)").set_input_files(photo)  # type: ignore[arg-type]
    visitor.look("demande-identite")
    go_on(page)
    fill(page, address="3 impasse du Lac", postcode="94800", city="Villejuif", phone_mobile="06 12 34 56 78")
    fill(page, email="ines@example.org", email_again="ines@example.org")
    visitor.look("demande-coordonnees")
    go_on(page)
    fill(page, username="ines.laurent", password=NEW_PASSWORD, password_again=NEW_PASSWORD)
    visitor.look("demande-identifiants")
    go_on(page)
    for box in ("J’ai lu et j’accepte", "J’ai pris connaissance"):
        page.get_by_label(box).check()
        go_on(page, "Accepter et continuer")
    visitor.look("demande-recapitulatif")
    go_on(page, "Envoyer ma demande")
    expect(page.get_by_role("heading", name="Un courriel vous a été envoyé")).to_be_visible()
    visitor.look("demande-envoyee")


def mailed_link() -> str:
    found = re.search(r"/confirmer-ma-demande/[\w-]+/", Outgoing.objects.get(address="ines@example.org").text)
    assert found
    return found[0]


def test_whoever_has_no_file_asks_waits_and_is_home_once_an_agent_has_linked_the_account(
    villennes: Villejuif, visitor: Visitor, open_visitor: OpenVisitor, sign_in
) -> None:
    page = visitor.page
    ask(visitor)
    visitor.goto(mailed_link())
    visitor.look("demande-confirmer")
    assert not User.objects.filter(username="ines.laurent").exists()
    go_on(page, "Confirmer ma demande")
    expect(page.get_by_role("heading", name="Un agent prépare votre dossier")).to_be_visible()
    expect(page.get_by_text("Réponse au plus tard")).to_contain_text("soit 48 heures ouvrées")
    visitor.look("demande-en-attente")
    visitor.goto("/planning/")
    expect(page.get_by_role("heading", name="Un agent prépare votre dossier")).to_be_visible()

    samira = open_visitor(width=visitor.width)
    sign_in(samira, villennes.samira)
    ask_for_more(samira)
    visitor.goto("/en-attente/")
    expect(page.get_by_text("Quelle est votre adresse ?")).to_be_visible()
    page.get_by_role("link", name="Compléter ma demande").click()
    fill(page, text="3 impasse du Lac, depuis septembre.")
    page.get_by_text("Corriger ce que j’avais écrit").click()
    fill(page, phone_work="01 45 59 20 00", birth_town="Quimper")
    visitor.look("demande-completer")
    go_on(page, "Envoyer ma réponse")
    expect(page.get_by_role("heading", name="Un agent prépare votre dossier")).to_be_visible()

    link(samira)
    visitor.goto("/en-attente/")
    expect(page).to_have_url(visitor.address + "/accueil/")
    visitor.look("demande-accueil")
    assert Adult.objects.get(first_name="Ines").user == User.objects.get(username="ines.laurent")


def ask_for_more(samira: Visitor) -> None:
    """With one of the town's texts, which the form takes as soon as it is chosen."""
    page = samira.page
    samira.goto("/mairie/")
    page.get_by_role("link", name="Voir les demandes").click()
    samira.look("mairie-demandes")
    page.get_by_role("checkbox", name="Choisir : Ouvrir un compte sans dossier, Inès Laurent").check()
    page.get_by_role("button", name="Refuser les demandes cochées").click()
    samira.look("mairie-refuser")
    page.get_by_role("link", name="Annuler").click()
    page.get_by_role("link", name="Ouvrir un compte sans dossier").click()
    samira.look("mairie-demande")
    page.get_by_role("link", name="Demander un complément").click()
    page.get_by_label("Adresse").check()
    expect(page.locator("#id_message")).to_have_value("Quelle est votre adresse ?")
    samira.look("mairie-complement")
    go_on(page, "Envoyer à la famille")
    expect(page.get_by_role("status")).to_contain_text("renvoyée à la famille")


def link(samira: Visitor) -> None:
    """With the keyboard alone."""
    page = samira.page
    samira.goto("/mairie/demandes/")
    press(page, "Ouvrir un compte sans dossier")
    expect(page.get_by_role("heading", name="Ouvrir un compte sans dossier")).to_be_visible()
    page.wait_for_load_state()
    press(page, "Examiner")
    expect(page.get_by_role("heading", name=re.compile("^Ines Laurent, dossier 2020"))).to_be_visible()
    portrait = page.get_by_role("img", name="Photo envoyée par Inès Laurent")
    for side, pixels in (("naturalWidth", 480), ("naturalHeight", 640)):  # none until it is there
        expect(portrait).to_have_js_property(side, pixels)
    samira.look("mairie-compte")
    press(page, "J’ai vérifié que c’est la même personne", key="Space")
    press(page, "Relier à Ines Laurent, dossier 2020")
    expect(page.get_by_role("status")).to_contain_text("est relié au dossier 2020")
    assert Demarche.objects.get().state == "accepted"


def press(page: Page, name: str, *, key: str = "Enter") -> None:
    """Go with Tab to what is called so, then press a key."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        said = page.evaluate("(document.activeElement.closest('label') ?? document.activeElement).textContent.trim()")
        if said == name:
            break
    else:
        pytest.fail(f"Tab does not lead to « {name} »")
    page.keyboard.press(key)
